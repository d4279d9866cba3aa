"""A sheet of new prices, CSV or xlsx: each row proposed or left out with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from app.domain.catalogue import Medicine
from app.domain.check_context import Finding
from app.domain.clock import SHOP_ZONE
from app.domain.price import PriceChange, PriceSource, retail_price
from app.errors import BadFile, BadValue
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.price_lists import RowOut
from app.use_cases.prices import MOST_AT_ONCE, PriceDraft, propose_prices
from app.use_cases.table_file import TableRow, day_of, table_of

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "shop_code": ("货号", "商品编码", "商品编号", "shop_code"),
    "price": ("新价", "新售价", "零售价", "售价", "price"),
    "reason": ("原因", "调价原因", "reason"),
    "begins": ("生效日期", "执行日期", "开始日期", "begins"),
    "decision": ("店长决定", "decision"),
}


@dataclass(frozen=True, slots=True)
class SheetTaken:
    """What became of each row."""

    read: int
    saved: tuple[PriceChange, ...]
    refused: tuple[RowOut, ...]
    warnings: tuple[Finding, ...]


class _Refused(Exception):
    def __init__(self, why: str, **params: object) -> None:
        super().__init__(why)
        self.why, self.params = why, params


def import_price_sheet(doors: Doors, path: Path, reason: str, operator: Operator) -> SheetTaken:
    """Propose the prices of a sheet; ``reason``: for rows that give none.

    :raises NotAllowed: the right to change prices is lacking; :raises BadFile: the file as a whole.
    """
    rows = list(table_of(path, HEADINGS, ("shop_code", "price"), MOST_AT_ONCE))
    if not rows:
        raise BadFile(file=path.name, why="import.file_empty")
    with doors.uow() as uow:
        known = _known(uow, rows)
    drafts: list[PriceDraft] = []
    refused: list[RowOut] = []
    seen: dict[str, int] = {}
    for row in rows:
        try:
            draft = _draft(row, known, reason)
            first = seen.setdefault(draft.medicine_id, row.number)
            if first != row.number:
                raise _Refused("prices.row_twice", first=first)
            drafts.append(draft)
        except _Refused as out:
            refused.append(RowOut(row.number, out.why, out.params))
    done = propose_prices(doors, drafts, operator, PriceSource.FILE)
    for each in done.refused:
        finding = next((one for one in each.findings if one.blocks), each.findings[0])
        refused.append(RowOut(each.row, finding.message_id, finding.params))
    refused.sort(key=lambda one: one.row)
    return SheetTaken(len(rows), done.saved, tuple(refused), done.warnings)


def _known(uow: UnitOfWork, rows: Sequence[TableRow]) -> dict[str, Medicine]:
    codes = sorted({row.cells["shop_code"] for row in rows} - {""})
    found = uow.medicines.by_keys([f"code:{code}" for code in codes])
    return {one.shop_code: one for one in found.values()}


def _draft(row: TableRow, known: Mapping[str, Medicine], reason: str) -> PriceDraft:
    if row.why:
        raise _Refused(row.why)
    cells = row.cells
    medicine = known.get(cells["shop_code"])
    if medicine is None:
        raise _Refused("prices.row_no_drug", code=cells["shop_code"][:40])
    try:
        price = retail_price(cells["price"].replace(",", "").removesuffix("元"))
    except BadValue:
        raise _Refused("prices.row_price", text=cells["price"][:20]) from None
    return PriceDraft(
        medicine.id,
        price,
        cells.get("reason", "") or reason,
        _moment(cells.get("begins", "")),
        cells.get("decision", ""),
        row.number,
    )


def _moment(text: str) -> datetime | None:
    """A day counts from its first minute in the shop's zone."""
    if not text:
        return None
    day = day_of(text)
    if day is None:
        raise _Refused("prices.row_day", text=text[:20])
    return datetime.combine(day, time(), SHOP_ZONE)
