"""Temperatures of cold-chain goods on the way: tenths of a degree, never a float (policy 3.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from app.domain.catalogue import nfkc
from app.errors import BadValue

_TEXT = re.compile(r"[+-]?[0-9]{1,2}(\.[0-9])?")
_COLDEST, _WARMEST = -900, 700
"""What a thermometer of a delivery can say at all."""


@dataclass(frozen=True, slots=True, order=True)
class Celsius:
    """A temperature, held as tenths of a degree."""

    tenths: int

    @classmethod
    def of(cls, text: str) -> Self:
        """From text with at most one place, such as "5.8"; :raises BadValue: otherwise."""
        plain = nfkc(text).removesuffix("°C").removesuffix("C").strip()
        if not _TEXT.fullmatch(plain):
            raise BadValue(what="temperature", why="degrees with at most one place")
        whole, _, part = plain.lstrip("+-").partition(".")
        value = int(whole) * 10 + int(part or "0")
        value = -value if plain.startswith("-") else value
        if not _COLDEST <= value <= _WARMEST:
            raise BadValue(what="temperature", why="no temperature of goods")
        return cls(value)

    def plain(self) -> str:
        """As people write it: 5.8, -1.0."""
        whole, part = divmod(abs(self.tenths), 10)
        return f"{'-' if self.tenths < 0 else ''}{whole}.{part}"


@dataclass(frozen=True, slots=True)
class ColdRange:
    """What goods may be exposed to, both ends included."""

    low: Celsius
    high: Celsius

    def holds(self, told: Celsius) -> bool:
        """Whether the temperature lies within."""
        return self.low <= told <= self.high
