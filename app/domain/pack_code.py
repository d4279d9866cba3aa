"""What the product part of a trace code means: which drug, which pack of it (devices.md 4.4).

No digit of a code tells whether it stands on one box, on a middle pack of ten or on a carton: the
shop learns each product part once, from a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.domain.scanned import Scanned
from app.errors import BadValue

MOST_UNITS: Final = 9999
"""Boxes in a carton; more is a code that went into the number."""

_PRODUCT_CODE = re.compile(r"8[0-9]{6}|[0-9]{14}")


class PackLevel(StrEnum):
    """Which pack a code stands on."""

    BOX = "box"
    """One sellable pack."""
    MIDDLE = "middle"
    """Several boxes in film or a middle box."""
    CARTON = "carton"


@dataclass(frozen=True, slots=True)
class PackCode:
    """One product part as the shop knows it. Who learned it and when stands with it."""

    product_code: str
    """药品标识码, the first seven digits; of a GS1-based code the GTIN-14."""
    medicine_id: str
    level: PackLevel
    units: int
    """Boxes in it; 1 for a box."""
    learned_at: datetime
    learned_by: str
    """Id of the member of staff."""

    def __post_init__(self) -> None:
        """:raises BadValue: no product part, or so many units do not fit the level."""
        if not _PRODUCT_CODE.fullmatch(self.product_code):
            raise BadValue(what="product code", why=self.product_code[:20])
        fits = self.units == 1 if self.level is PackLevel.BOX else 2 <= self.units <= MOST_UNITS
        if not fits:
            raise BadValue(what="units", why=str(self.units))


def product_code_of(scanned: Scanned) -> str:
    """The product part of a code that names one single pack; empty where it names none."""
    if not scanned.trace_code():
        return ""
    return scanned.product_code or scanned.gtin


def two_parts(product_code: str, serial: str) -> str:
    """A trace code of its two parts as they stand apart on a label, typed by hand.

    :raises BadValue: naming the part that is wrong.
    """
    first, second = ("".join(part.split()) for part in (product_code, serial))
    if not re.fullmatch(r"8[0-9]{6}", first):
        raise BadValue(what="product code", why=first[:20])
    if not re.fullmatch(r"[0-9]{13}", second):
        raise BadValue(what="serial", why=second[:20])
    return first + second
