"""Answers queries from a mapped index: every token must match, the best come first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from app.search.keys import HEAD
from app.search.postings import FEW, Bits, Docs, Found, Marks, Terms, has_bit
from app.search.syllables import mixed_readings, pieces
from app.search.text import Token

MOST_RECENT = 1_024
"""So many medicines sold last are told apart by when; older sales rank as none."""

_FIRST_BYTES = 2_048
"""How much of a bit field is looked at before all of it: the best medicines stand first."""


@dataclass(slots=True)
class Standing:
    """What changes from sale to sale and ranks hits: stock, and what was sold last."""

    in_stock: Bits
    sold_at: dict[int, int]
    """Medicine to microseconds, at most MOST_RECENT of them."""
    recent: Docs
    """The same, newest first."""
    is_recent: Marks

    @classmethod
    def blank(cls, count: int) -> Standing:
        """No stock, nothing sold."""
        width = -(-count // 8)
        none = np.zeros(0, np.uint32)
        return cls(np.zeros(width, np.uint8), {}, none, np.zeros(count, np.bool_))

    def set_stock(self, doc: int, *, there: bool) -> None:
        """Whether any of it is on hand."""
        bit = np.uint8(0x80 >> (doc & 7))
        if there:
            self.in_stock[doc >> 3] |= bit
        else:
            self.in_stock[doc >> 3] &= ~bit

    def note_sold(self, doc: int, at: int) -> None:
        """Sold at this moment; an older moment than the one known changes nothing."""
        if at <= self.sold_at.get(doc, -1):
            return
        self.sold_at[doc] = at
        newest = sorted(self.sold_at, key=lambda one: (-self.sold_at[one], one))
        for dropped in newest[MOST_RECENT:]:
            del self.sold_at[dropped]
            self.is_recent[dropped] = False
        self.recent = np.array(newest[:MOST_RECENT], np.uint32)
        self.is_recent[self.recent] = True


class Engine:
    """Token sets, their intersection, and the order of what is left.

    Answers one query at a time: the marks it works on are made once.
    """

    def __init__(self, latin: Terms, chinese: Terms, count: int, syllables: frozenset[str]) -> None:
        self._latin = latin
        self._chinese = chinese
        self._count = count
        self._syllables = syllables
        self._scratch: Marks = np.zeros(count, np.bool_)

    def hits(self, plan: Sequence[Token], standing: Standing, limit: int) -> list[tuple[int, int]]:
        """The best medicines that match every token, as (number, tier); tier 0 is best."""
        if not self._count or limit <= 0:
            return []
        sets = self._sets(plan)
        if sets is None:
            return []
        head = self._head(plan)
        sets.sort(key=lambda found: found.size)
        if sets[0].size <= FEW:
            docs = sets[0].sorted()
            for found in sets[1:]:
                docs = docs[found.among(docs, self._scratch)]
            ordered = self._order_list(docs, head, standing, limit)
        else:
            bits = sets[0].packed(self._scratch)
            for found in sets[1:]:
                bits = bits & found.packed(self._scratch)
            filled = np.flatnonzero(bits != 0)
            if len(filled) <= FEW // 4:
                ordered = self._order_list(_docs_in(bits, filled), head, standing, limit)
            else:
                ordered = self._order_bits(bits, head, standing, limit)
        return list(islice(ordered, limit))

    def _sets(self, plan: Sequence[Token]) -> list[Found] | None:
        """One set a token; None as soon as one is empty."""
        sets: list[Found] = []
        for token in plan:
            found = self._of_token(token)
            if not found:
                return None
            sets += found
        return sets

    def _of_token(self, token: Token) -> list[Found]:
        """Sets that must all hold for the token; empty when nothing has it."""
        terms = self._latin if token.latin else self._chinese
        found = self._all_of(terms, pieces(token, terms.longest, self._syllables))
        if found or not token.latin:
            return found
        for reading in mixed_readings(token.text, self._syllables):
            if found := self._all_of(terms, reading):
                return found
        return []

    def _all_of(self, terms: Terms, texts: Sequence[str]) -> list[Found]:
        found: list[Found] = []
        for text in texts:
            one = terms.starting_with(text)
            if not one.size:
                return []
            found.append(one)
        return found

    def _head(self, plan: Sequence[Token]) -> Found:
        """Medicines whose name begins with the weightiest token."""
        weightiest = max(plan, key=lambda token: len(token.text) * (1 if token.latin else 2))
        terms = self._latin if weightiest.latin else self._chinese
        return terms.starting_with(HEAD + weightiest.text[: terms.longest - 1])

    def _order_list(
        self, docs: Docs, head: Found, standing: Standing, limit: int
    ) -> Iterator[tuple[int, int]]:
        if not len(docs):
            return
        at_head = head.among(docs, self._scratch)
        there = has_bit(standing.in_stock, docs)
        tiers = (at_head & there, at_head & ~there, ~at_head & there, ~(at_head | there))
        for tier, chosen in enumerate(tiers):
            some = docs[chosen]
            sold = standing.is_recent[some]
            if sold.any():
                newest = standing.recent
                recent = newest[Found(len(some), docs=some).among(newest, self._scratch)]
                yield from ((doc, tier) for doc in recent.tolist())
                some = some[~sold]
            yield from ((doc, tier) for doc in some[:limit].tolist())

    def _order_bits(
        self, bits: Bits, head: Found, standing: Standing, limit: int
    ) -> Iterator[tuple[int, int]]:
        heads, there = head.packed(self._scratch), standing.in_stock
        recent = standing.recent[has_bit(bits, standing.recent)]
        tier_of = 2 * ~has_bit(heads, recent) + ~has_bit(there, recent)
        at_head, elsewhere = bits & heads, bits & ~heads
        tiers = (at_head & there, at_head & ~there, elsewhere & there, elsewhere & ~there)
        for tier, chosen in enumerate(tiers):
            sold = recent[tier_of == tier].tolist()
            yield from ((doc, tier) for doc in sold)
            for doc in _first_set(chosen, limit + len(sold)):
                if doc not in standing.sold_at:
                    yield doc, tier


def _first_set(bits: Bits, wanted: int) -> list[int]:
    """The numbers of the first bits that are set."""
    found: list[int] = np.flatnonzero(np.unpackbits(bits[:_FIRST_BYTES]))[:wanted].tolist()
    if len(found) >= wanted or len(bits) <= _FIRST_BYTES:
        return found
    filled = np.flatnonzero(bits[_FIRST_BYTES:] != 0)[:wanted] + _FIRST_BYTES
    more: list[int] = _docs_in(bits, filled).tolist()
    return (found + more)[:wanted]


def _docs_in(bits: Bits, filled: NDArray[np.intp]) -> Docs:
    """The numbers of the bits that are set in these bytes."""
    rows, places = np.nonzero(np.unpackbits(bits[filled]).reshape(-1, 8))
    return (filled[rows] * 8 + places).astype(np.uint32)
