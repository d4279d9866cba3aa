"""Builds the stored index from the medicines: every term, its medicines, and the full rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.domain.catalogue import Medicine, nfkc
from app.ports import Pinyin
from app.search import layout
from app.search.keys import CHINESE, LATIN, Keys, Packing
from app.search.rows import packed_row
from app.search.terms import TermMaker, codes_of, texts_of

BROAD = 4_096
"""A prefix with more postings than this gets a ready bit per medicine instead of a scan."""

_DOC_BITS = np.uint64(24)
_AT_ONCE = 200_000


def build(path: Path, medicines: Iterable[Medicine], version: int, pinyin: Pinyin) -> None:
    """Write the index of these medicines.

    Medicines are numbered by what breaks ties between hits: the shorter name first, then name,
    spec, maker and id, so that the first hits of a bit field are the best ones.

    :param version: of the books that it was built from; tells later whether it is stale.
    """
    ranked = sorted(medicines, key=_rank)
    if len(ranked) >= 1 << int(_DOC_BITS):
        raise OverflowError("more medicines than the index can number")
    maker = TermMaker(pinyin)
    latin, chinese = _Family(LATIN), _Family(CHINESE)
    texts: dict[tuple[str, str], int] = {}
    docs: list[int] = []
    links: list[int] = []
    for doc, medicine in enumerate(ranked):
        for pair in dict.fromkeys(texts_of(medicine)):
            number = texts.get(pair)
            if number is None:
                number = texts[pair] = len(texts)
                of_text = maker.of_text(*pair)
                latin.add(of_text[0])
                chinese.add(of_text[1])
            docs.append(doc)
            links.append(number)
    arrays = _exact(ranked) | _rows(ranked)
    pairs = np.array(docs, np.uint64), np.array(links, np.int64)
    arrays |= latin.arrays("latin", *pairs, len(ranked))
    arrays |= chinese.arrays("chinese", *pairs, len(ranked))
    facts = {"version": version, "count": len(ranked), "syllables": sorted(maker.syllables)}
    layout.write(path, facts, arrays)


def _rank(medicine: Medicine) -> tuple[int, str, str, str, str]:
    name = medicine.display_name
    return len(name), name, medicine.spec, medicine.manufacturer, medicine.id


def hash_of(text: str) -> int:
    """64 bits of a code or id, by which it is found exactly (and then compared)."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def exact_code(text: str) -> str:
    """A code as it is compared: width and case do not count."""
    return nfkc(text).upper()


def _exact(ranked: list[Medicine]) -> dict[str, layout.Array]:
    found = {(hash_of(f"id:{one.id}"), doc) for doc, one in enumerate(ranked)}
    for doc, one in enumerate(ranked):
        found.update((hash_of("code:" + exact_code(code)), doc) for code in codes_of(one))
    table = np.array(sorted(found), np.uint64).reshape(-1, 2)
    return {"exact_hash": table[:, 0], "exact_doc": table[:, 1].astype(np.uint32)}


def _rows(ranked: list[Medicine]) -> dict[str, layout.Array]:
    rows = [packed_row(one) for one in ranked]
    ends = np.cumsum([0, *map(len, rows)]).astype(np.uint64)
    data = np.frombuffer(b"".join(rows) or b"\x00", np.uint8)
    return {"row_at": ends, "row_data": data}


class _Family:
    """One half of the terms, gathered text by text and then turned into sorted arrays."""

    def __init__(self, packing: Packing) -> None:
        self._packing = packing
        self._waiting: list[str] = []
        self._packed: list[tuple[Keys, Keys]] = []
        self._counts: list[int] = []

    def add(self, terms: frozenset[str]) -> None:
        """The terms of the next text."""
        self._counts.append(len(terms))
        self._waiting += terms
        if len(self._waiting) >= _AT_ONCE:
            self._pack()

    def _pack(self) -> None:
        self._packed.append(self._packing.pack(self._waiting))
        self._waiting = []

    def arrays(
        self, name: str, docs: Keys, links: NDArray[np.int64], count: int
    ) -> dict[str, layout.Array]:
        """Terms in order, where each one's postings begin, the postings, the broad prefixes."""
        self._pack()
        hi = np.concatenate([pair[0] for pair in self._packed])
        lo = np.concatenate([pair[1] for pair in self._packed])
        order = np.lexsort((lo, hi))
        hi, lo = hi[order], lo[order]
        fresh = np.ones(len(hi), bool)
        fresh[1:] = (hi[1:] != hi[:-1]) | (lo[1:] != lo[:-1])
        rank = np.empty(len(hi), np.uint64)
        rank[order] = np.cumsum(fresh) - 1
        hi, lo = hi[fresh], lo[fresh]
        postings, at = self._postings(rank, docs, links, len(hi))
        tables = {"hi": hi, "lo": lo, "at": at, "docs": postings}
        tables |= self._broad(hi, lo, at, postings, count)
        return {f"{name}_{key}": table for key, table in tables.items()}

    def _postings(
        self, rank: Keys, docs: Keys, links: NDArray[np.int64], terms: int
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        counts = np.array(self._counts, np.int64)
        starts = np.concatenate(([0], np.cumsum(counts)))[:-1]
        sizes = counts[links]
        begins = np.repeat(starts[links] - np.cumsum(sizes) + sizes, sizes)
        places = begins + np.arange(sizes.sum())
        pairs = (rank[places] << _DOC_BITS) | np.repeat(docs, sizes)
        pairs = np.unique(pairs)
        at = np.searchsorted(pairs >> _DOC_BITS, np.arange(terms + 1, dtype=np.uint64))
        mask = (np.uint64(1) << _DOC_BITS) - np.uint64(1)
        return (pairs & mask).astype(np.uint32), at.astype(np.uint32)

    def _broad(
        self, hi: Keys, lo: Keys, at: NDArray[np.uint32], docs: NDArray[np.uint32], count: int
    ) -> dict[str, layout.Array]:
        """Ready bit fields of the prefixes that too many medicines have."""
        found: list[tuple[int, int]] = []
        for length in range(1, self._packing.longest + 1):
            ranges = _ranges_of(self._packing, length, hi, lo)
            sizes = at[ranges[1:]].astype(np.int64) - at[ranges[:-1]]
            broad = np.flatnonzero(sizes > BROAD)
            if not len(broad):
                break
            found += [(int(ranges[place]), int(ranges[place + 1])) for place in broad]
        fields = []
        for first, last in dict.fromkeys(found):
            has = np.zeros(count, bool)
            has[docs[at[first] : at[last]]] = True
            fields.append(np.packbits(has))
        ends = np.array(list(dict.fromkeys(found)), np.uint64).reshape(-1, 2)
        bits = np.concatenate(fields) if fields else np.zeros(0, np.uint8)
        return {"broad": ends.ravel(), "bits": bits}


def _ranges_of(packing: Packing, length: int, hi: Keys, lo: Keys) -> NDArray[np.int64]:
    """Where the terms begin that share their first ``length`` signs; the end of all at last."""
    first = min(length, packing.per_word)
    second = length - first
    whole = packing.bits * packing.per_word
    shift_hi = np.uint64(whole - packing.bits * first)
    changes = (hi[1:] >> shift_hi) != (hi[:-1] >> shift_hi)
    if second:
        shift_lo = np.uint64(whole - packing.bits * second)
        changes |= (lo[1:] >> shift_lo) != (lo[:-1] >> shift_lo)
    inner = np.flatnonzero(changes) + 1
    return np.concatenate(([0], inner, [len(hi)])).astype(np.int64)
