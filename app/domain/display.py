"""What a customer's display of a few digits shows: one figure and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What the figure is; a display has a lamp for each, or a word."""

    NOTHING = "nothing"
    """Between two customers: dark."""
    PRICE = "price"
    """单价, while goods are scanned."""
    TOTAL = "total"
    """总计: what the customer pays."""
    RECEIVED = "received"
    """收款."""
    CHANGE = "change"
    """找零."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; ``amount`` is a decimal text of digits, at most one point and a leading minus."""

    meaning: Meaning = Meaning.NOTHING
    amount: str = ""


DARK = Figure()
