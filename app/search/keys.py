"""Terms as pairs of 64-bit integers: a prefix is a range, and a range is found by bisection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

HEAD = "^"
"""Stands before a term that begins a name; no typed token holds it."""

_LATIN_SIGNS = "^0123456789abcdefghijklmnopqrstuvwxyz.*/%:+-"


@dataclass(frozen=True, slots=True)
class Packing:
    """How the signs of a term fill two words: so many bits a sign, so many signs a word."""

    bits: int
    per_word: int

    @property
    def longest(self) -> int:
        """Signs of a term that are kept."""
        return 2 * self.per_word

    def codes(self, text: str) -> list[int]:
        """The code of each sign, 1 or more; what has none gets the last one."""
        if self.bits == 6:
            return [_LATIN_CODES.get(sign, 63) for sign in text]
        return [1 if sign == HEAD else _folded_point(ord(sign)) for sign in text]

    def bounds(self, text: str) -> tuple[int, int, int, int]:
        """First (hi, lo) that begins with the text, and the first behind all that do."""
        codes = self.codes(text[: self.longest])
        words = [0, 0]
        for place, code in enumerate(codes):
            word, slot = divmod(place, self.per_word)
            words[word] |= code << (self.bits * (self.per_word - 1 - slot))
        free = self.per_word - (len(codes) - 1) % self.per_word - 1
        step = 1 << (self.bits * free)
        if len(codes) <= self.per_word:
            return words[0], 0, words[0] + step, 0
        return words[0], words[1], words[0], words[1] + step

    def pack(self, terms: Sequence[str]) -> tuple[Keys, Keys]:
        """Both words of many terms at once."""
        if not terms:
            return np.zeros(0, np.uint64), np.zeros(0, np.uint64)
        points = self._points(terms)
        words = []
        for word in (0, 1):
            packed: Any = np.zeros(len(terms), np.uint64)
            for slot in range(self.per_word):
                shift = np.uint64(self.bits * (self.per_word - 1 - slot))
                packed |= points[:, word * self.per_word + slot] << shift
            words.append(packed)
        return words[0], words[1]

    def _points(self, terms: Sequence[str]) -> Keys:
        if self.bits == 6:
            raw = np.array([t.encode("ascii", "replace") for t in terms], f"S{self.longest}")
            table = np.full(256, 63, np.uint64)
            table[0] = 0
            for sign, code in _LATIN_CODES.items():
                table[ord(sign)] = code
            return table[raw.view(np.uint8).reshape(len(terms), self.longest)]
        wide = np.array(terms, f"U{self.longest}").view(np.uint32)
        points = wide.reshape(len(terms), self.longest).astype(np.uint64)
        beyond = points > 0xFFFF
        points[beyond] = 0xE000 + points[beyond] % 0x1900
        points[points == ord(HEAD)] = 1
        return points


def _folded_point(point: int) -> int:
    # Rare characters beyond the first plane share the private area: an accident there costs
    # one false hit, not a wider key for everybody.
    return point if point <= 0xFFFF else 0xE000 + point % 0x1900


_LATIN_CODES = {sign: number for number, sign in enumerate(_LATIN_SIGNS, start=1)}

LATIN = Packing(bits=6, per_word=10)
CHINESE = Packing(bits=16, per_word=4)
