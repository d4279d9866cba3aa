"""What the till says to the platform of its goods, and hears row by row (interface 2.15, 2.16)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from app.domain.stock_upload import StockUpload, Upload


@dataclass(frozen=True, slots=True)
class UploadRows:
    """Rows of one kind; value: tuple of :class:`RowResult`, which may be shorter than the rows.

    ``form`` is the transaction's number: 3505 takes one row, 3505A many.
    """

    form: str
    rows: tuple[Upload, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class RowResult:
    """What the platform said of one row."""

    serial: str
    accepted: bool
    text: str = ""
    """Its words, where it said no."""
    platform_serial: str = ""
    """Its own number of a sale or a purchase; a return refers to it."""


@dataclass(frozen=True, slots=True)
class AskVirtualCode:
    """3592B, where the region has it; value: one code, good for one use, as text."""

    national_code: str
    shop_code: str
    name: str
    serial: str
    """``fixmedins_bchno``: the institution's own, at most 30 characters."""


@dataclass(frozen=True, slots=True)
class AskHeld:
    """3508 to 3511 for one row by its serial; value: tuple of
    :class:`app.domain.stock_held.HeldRow`, empty = the centre has none.
    """

    infno: str
    row: StockUpload = field(repr=False)
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class AskHeldCodes:
    """3512 received, 3513 sold, for one row by its serial; value: tuple of trace codes."""

    infno: str
    row: StockUpload = field(repr=False)
    begins: date
    ends: date


StockCall = UploadRows | AskVirtualCode | AskHeld | AskHeldCodes
