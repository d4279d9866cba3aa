"""Sets of medicines as numpy holds them: short lists for rare terms, bit fields for broad ones."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.search.keys import Packing
from app.search.layout import Mapped

Docs = NDArray[np.uint32]
Bits = NDArray[np.uint8]
Marks = NDArray[np.bool_]

FEW = 2_000
"""Up to here a list is sorted and sifted; beyond, fields of one bit a medicine are quicker."""


@dataclass(frozen=True, slots=True)
class Found:
    """Medicines that have a term: a list (with repeats) or a packed bit field."""

    size: int
    docs: Docs | None = None
    bits: Bits | None = None

    def packed(self, scratch: Marks) -> Bits:
        """The set as a bit field; ``scratch`` holds a False per medicine, before and after."""
        if self.bits is not None:
            return self.bits
        scratch[self.docs] = True
        packed = np.packbits(scratch)
        scratch[self.docs] = False
        return packed

    def sorted(self) -> Docs:
        """Each medicine of a list once, in order."""
        return np.unique(self.docs) if self.docs is not None else _NONE

    def among(self, docs: Docs, scratch: Marks) -> Marks:
        """Which of these medicines are in the set."""
        if self.bits is not None:
            return has_bit(self.bits, docs)
        scratch[self.docs] = True
        found = scratch[docs]
        scratch[self.docs] = False
        return found


_NONE: Docs = np.zeros(0, np.uint32)
NOTHING = Found(0, docs=_NONE)


def has_bit(bits: Bits, docs: Docs) -> Marks:
    """Whether each medicine's bit is set."""
    found: Marks = (bits[docs >> 3] >> (7 - (docs & 7)).astype(np.uint8)) & 1 != 0
    return found


class Terms:
    """One half of the stored terms, asked by prefix."""

    def __init__(self, mapped: Mapped, name: str, packing: Packing) -> None:
        self._packing = packing
        self._hi = mapped.view(f"{name}_hi")
        self._lo = mapped.view(f"{name}_lo")
        self._at = mapped.view(f"{name}_at")
        self._docs: Docs = mapped.array(f"{name}_docs")
        broad = mapped.array(f"{name}_broad").reshape(-1, 2)
        self._broad = {(int(a), int(b)): number for number, (a, b) in enumerate(broad)}
        bits: Bits = mapped.array(f"{name}_bits")
        # A small catalogue has no broad terms, and nothing cannot be cut into rows of any width.
        self._bits: Bits = bits.reshape(len(broad), bits.size // max(1, len(broad)))

    @property
    def longest(self) -> int:
        """Signs of a token that one look-up can tell apart."""
        return self._packing.longest

    def starting_with(self, text: str) -> Found:
        """The medicines with a term that begins with the text."""
        hi, lo, end_hi, end_lo = self._packing.bounds(text)
        first = self._place(hi, lo)
        last = self._place(end_hi, end_lo)
        start, end = self._at[first], self._at[last]
        if start == end:
            return NOTHING
        number = self._broad.get((first, last))
        if number is not None:
            return Found(end - start, bits=self._bits[number])
        return Found(end - start, docs=self._docs[start:end])

    def _place(self, hi: int, lo: int) -> int:
        first = bisect_left(self._hi, hi)
        if not lo:
            return first
        return bisect_left(self._lo, lo, first, bisect_left(self._hi, hi + 1, first))
