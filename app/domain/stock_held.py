"""What the centre holds of a row that was told, beside ours (3508 to 3513, interface 2.16).

Nothing here rounds but where the answer has fewer places than what was sent; nobody is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.clock import shop_time
from app.domain.money import Quantity, UnitPrice, round_half_up
from app.domain.stock_upload import NO_NATIONAL_CODE, StockUpload, UploadKind

ASKED_BY: Final[Mapping[str, str]] = {
    UploadKind.COUNTED: "3508",
    UploadKind.CHANGED: "3509",
    UploadKind.BOUGHT: "3510",
    UploadKind.SENT_BACK: "3510",
    UploadKind.SOLD: "3511",
    UploadKind.CAME_BACK: "3511",
}
"""The question that finds what a row told; a deletion and a mapping have none."""

CODES_BY: Final[Mapping[str, str]] = {
    UploadKind.COUNTED: "3512",
    UploadKind.SOLD: "3513",
}
"""The question for the trace codes of a row. Of a return it is not said whether its codes still
count as sold, so that they are not asked after."""


class Found(StrEnum):
    """What came of looking."""

    EQUAL = "equal"
    DIFFERS = "differs"
    MISSING = "missing"
    REFUSED = "refused"
    """The centre does not answer this question for this shop."""
    SILENT = "silent"
    """No answer: nothing is known that was not known before."""


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row as the centre tells it; None and empty = it does not say."""

    serial: str
    item: str = ""
    national_code: str = ""
    quantity: Quantity | None = None
    price: UnitPrice | None = None
    batch: str = ""
    made_on: date | None = None
    expires_on: date | None = None
    change: str = ""
    day: date | None = None
    """The business day."""
    split: bool | None = None
    settlement_id: str = ""
    number: str = ""
    """The centre's own number of a sale or purchase; a return refers to it."""
    valid: bool = True


@dataclass(frozen=True, slots=True)
class Side:
    """One fact of a row, ours and theirs, as text."""

    name: str
    here: str
    there: str
    same: bool


def valid_of(rows: Iterable[HeldRow], serial: str) -> list[HeldRow]:
    """What stands there under our own serial; a row that was made void does not stand."""
    return [one for one in rows if one.serial == serial and one.valid]


def sides(
    row: StockUpload, held: Sequence[HeldRow], codes: Sequence[str] | None = None
) -> tuple[Side, ...]:
    """Ours beside theirs, as far as they tell; the quantity always.

    ``codes``: those that the centre has under the serial; None = they were not asked for.
    """
    there = held[0]
    found = [_quantity(row, there)]
    found += [
        _text(name, ours, theirs) for name, ours, theirs in _facts(row, there) if theirs
    ]  # fmt: skip
    if codes is not None and row.codes:
        found.append(_text("codes", "、".join(sorted(row.codes)), "、".join(sorted(codes))))
    if len(held) > 1:
        found.append(Side("rows", "1", str(len(held)), same=False))
    return tuple(found)


def _text(name: str, ours: str, theirs: str) -> Side:
    return Side(name, ours, theirs, ours == theirs)


def _quantity(row: StockUpload, there: HeldRow) -> Side:
    ours, theirs = row.quantity, there.quantity
    same = theirs in (ours, _two_places(ours))
    return Side("quantity", ours.plain(), "" if theirs is None else theirs.plain(), same)


def _two_places(quantity: Quantity) -> Quantity:
    """Most answers have two places where the row had four."""
    return Quantity(round_half_up(quantity.ten_thousandths, 100) * 100)


def _facts(row: StockUpload, there: HeldRow) -> Iterable[tuple[str, str, str]]:
    yield "item", row.item, there.item
    yield "national_code", row.national_code or NO_NATIONAL_CODE, there.national_code
    if row.price is not None and there.price is not None:
        yield "price", row.price.plain(), there.price.plain()
    if row.batch:
        yield "batch", row.batch, there.batch
    if row.made_on is not None and there.made_on is not None:
        yield "made_on", f"{row.made_on}", f"{there.made_on}"
    if row.expires_on is not None and there.expires_on is not None:
        yield "expires_on", f"{row.expires_on}", f"{there.expires_on}"
    yield "change", row.change, there.change
    if there.day is not None:
        yield "day", f"{shop_time(row.at).date()}", f"{there.day}"
    if there.split is not None and row.kind not in (UploadKind.COUNTED, UploadKind.BOUGHT):
        yield "split", "1" if row.split else "0", "1" if there.split else "0"
    if row.sale is not None:
        yield "settlement", row.sale.settlement_id, there.settlement_id
