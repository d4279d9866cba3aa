"""上线 · 期初库存: batches that lie on the shelf when the books open, flagged as opening.

A file is looked through first and taken in by one transaction; a row that does not fit is left out
with its reason. Items come by :mod:`app.use_cases.import_catalogue`, suppliers and staff by
:mod:`app.use_cases.go_live_people`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

from app.domain.catalogue import Medicine, folded, key_from
from app.domain.catalogue_rows import RowRefused
from app.domain.clock import shop_time
from app.domain.money import ZERO, Money, Quantity, UnitPrice
from app.domain.staff import Right
from app.domain.stock import Lot, MoveKind, check_lot_dates
from app.domain.stock_document import DocumentKind, StockDocument
from app.errors import BadFile, BadValue
from app.ports import StockMove, UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.import_catalogue import Refusal
from app.use_cases.recalls import lock_if_recalled
from app.use_cases.rights import require
from app.use_cases.stock_moves import book_moves, next_number
from app.use_cases.table_file import TableRow, day_of, table_of

Progress = Callable[[int], None]
"""Rows so far; what it raises ends the work, and nothing is kept."""

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("货号", "shop_code", "商品编码", "商品编号", "药品编码", "自编码", "编码", "编号"),
    "barcode": ("条码", "barcode", "条形码", "商品条码", "69码"),
    "name": ("品名", "display_name", "商品名称", "药品名称", "名称", "name"),
    "spec": ("规格", "spec", "药品规格"),
    "maker": ("生产厂家", "manufacturer", "生产企业", "厂家", "上市许可持有人"),
    "approval": ("批准文号", "approval_no", "文号"),
    "batch": ("批号", "batch", "生产批号", "lot"),
    "made_on": ("生产日期", "made_on", "manu_date"),
    "expires_on": ("有效期至", "expires_on", "有效期", "失效日期", "expiry"),
    "quantity": ("数量", "quantity", "库存数量", "库存", "结存数量"),
    "cost": ("进价", "cost", "成本价", "进货价", "含税进价"),
    "supplier": ("供应商", "supplier", "供货单位", "供货商"),
}  # fmt: skip
"""How old systems call the columns; the first is how we name one that is missing."""

_NEEDED = ("batch", "expires_on", "quantity")
_AT_ONCE = 500
_MOST = Quantity.of(1_000_000)
"""More packs of one batch on one shop's shelf is a barcode that slipped into the column."""
_LONGEST_BATCH = 30
"""As much of a batch number as the platform takes (interface 2.16, ``manu_lotnum``)."""


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """What a file of opening stock holds, or what became of it."""

    read: int
    taken: int
    """Rows that fit: a lot each."""
    packs: Quantity
    worth: Money
    """At cost, of the rows that name one."""
    without_cost: int
    expired: int
    """Taken, since they lie there; the date locks them by itself."""
    supplier_unknown: int
    """Taken without their supplier: no file of that name is here yet."""
    refused: tuple[Refusal, ...]
    document: str = ""
    """Number of the paper; empty when the file was only looked through."""


@dataclass(slots=True)
class _Found:
    """The running result of one file."""

    read: int = 0
    lots: list[tuple[Lot, Quantity]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    supplier_unknown: int = 0


def check_opening(
    doors: Doors, path: Path, operator: Operator, tell: Progress | None = None
) -> OpeningReport:
    """Look a file through: what would be taken and what not; nothing is written.

    :raises NotAllowed: it is the manager's; :raises BadFile: the file as a whole cannot be used.
    """
    _require(doors, operator)
    with doors.uow() as uow:
        found = _read(doors, uow, path, tell)
    return _report(doors, found)


def import_opening(
    doors: Doors, path: Path, operator: Operator, tell: Progress | None = None
) -> OpeningReport:
    """Put the batches of a file on the shelf, all that fit in one transaction (policy LN-2.4a).

    A batch that came by an earlier opening file is refused: the same file twice doubles nothing.
    :raises NotAllowed: it is the manager's; :raises BadFile: the file, or no row of it fits.
    """
    _require(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        found = _read(doors, uow, path, tell)
        if not found.lots:
            raise BadFile(file=path.name, why="golive.nothing_fits")
        paper = StockDocument(
            id=doors.ids.new(),
            kind=DocumentKind.OPENING,
            number=next_number(doors, uow, DocumentKind.OPENING),
            at=now,
            staff_id=operator.staff.id,
        )
        uow.documents.add(paper)
        for start in range(0, len(found.lots), _AT_ONCE):
            _put(doors, uow, paper, found.lots[start : start + _AT_ONCE])
        report = replace(_report(doors, found), document=paper.number)
        entry = {
            "document": paper.id,
            "lots": report.taken,
            "packs": report.packs.ten_thousandths,
            "worth_fen": report.worth.fen,
            "refused": len(report.refused),
        }
        uow.log.append("stock.opened", operator.staff.id, now, entry)
        uow.commit()
    return report


def _put(
    doors: Doors, uow: UnitOfWork, paper: StockDocument, some: Sequence[tuple[Lot, Quantity]]
) -> None:
    lots = [replace(lot, received_at=paper.at, document_id=paper.id) for lot, _packs in some]
    lots = lock_if_recalled(uow, lots)
    uow.lots.add(lots)
    moves = [
        StockMove(
            id=f"{paper.id}/{lot.id}",
            medicine_id=lot.medicine_id,
            quantity=packs,
            kind=MoveKind.OPENING,
            at=paper.at,
            batch=lot.batch,
            lot_id=lot.id,
            document_id=paper.id,
            amount=lot.cost.times(packs) if lot.cost is not None else None,
        )
        for lot, (_same, packs) in zip(lots, some, strict=True)
    ]
    book_moves(doors, uow, moves)


def _read(doors: Doors, uow: UnitOfWork, path: Path, tell: Progress | None) -> _Found:
    found, seen = _Found(), dict[tuple[str, str, date], int]()
    suppliers = {one.name_key: one.id for one in uow.suppliers.all()}
    rows = table_of(path, HEADINGS, _NEEDED)
    while some := list(islice(rows, _AT_ONCE)):
        drugs = _drugs(uow, some)
        for row in some:
            found.read += 1
            try:
                _take(doors, uow, found, row, drugs, suppliers, seen)
            except RowRefused as unfit:
                found.refused.append(Refusal(row.number, unfit.reason, unfit.params))
        if tell is not None:
            tell(found.read)
    return found


def _take(
    doors: Doors,
    uow: UnitOfWork,
    found: _Found,
    row: TableRow,
    drugs: Mapping[int, Medicine],
    suppliers: Mapping[str, str],
    seen: dict[tuple[str, str, date], int],
) -> None:
    if row.why:
        raise RowRefused(row.why)
    drug = drugs.get(row.number)
    if drug is None:
        raise RowRefused("golive.no_drug")
    lot, packs = _lot(doors, drug, row.cells)
    key = (drug.id, lot.batch, lot.expires_on or date.max)
    if (first := seen.setdefault(key, row.number)) != row.number:
        raise RowRefused("golive.twice", first=first)
    if any(one.opening and one.document_id and one.expires_on == lot.expires_on
           for one in uow.lots.of_batch(lot.batch, drug.id)):  # fmt: skip
        raise RowRefused("golive.already")
    name = row.cells.get("supplier", "")
    supplier = suppliers.get(folded(name), "") if name else ""
    found.supplier_unknown += bool(name and not supplier)
    found.lots.append((replace(lot, supplier_id=supplier), packs))


def _lot(doors: Doors, drug: Medicine, cells: Mapping[str, str]) -> tuple[Lot, Quantity]:
    batch = cells["batch"].replace(" ", "")
    if not batch or len(batch) > _LONGEST_BATCH or not batch.isprintable():
        raise RowRefused("golive.batch")
    expires = day_of(cells["expires_on"], last=True)
    if expires is None:
        raise RowRefused("golive.expiry", text=cells["expires_on"][:20])
    made_text = cells.get("made_on", "")
    made = day_of(made_text)
    if made_text and (made is None or made > shop_time(doors.clock.now()).date()):
        raise RowRefused("golive.made", text=made_text[:20])
    try:
        check_lot_dates(made, expires)
    except BadValue:
        raise RowRefused("golive.expiry_before") from None
    packs = _packs(cells["quantity"])
    cost = _cost(cells.get("cost", ""))
    return Lot(doors.ids.new(), drug.id, batch, made, expires, cost=cost, opening=True), packs


def _packs(text: str) -> Quantity:
    try:
        packs = Quantity.of(text.replace(",", ""))
    except BadValue:
        raise RowRefused("golive.quantity", text=text[:20]) from None
    if not Quantity(0) < packs <= _MOST:
        raise RowRefused("golive.quantity", text=text[:20])
    return packs


def _cost(text: str) -> UnitPrice | None:
    if not text:
        return None
    try:
        return UnitPrice.of(text.replace(",", "").lstrip("¥￥"))
    except BadValue:
        raise RowRefused("golive.cost", text=text[:20]) from None


def _drugs(uow: UnitOfWork, rows: Sequence[TableRow]) -> dict[int, Medicine]:
    """Row number -> its drug: by the shop's code or all that names it, else by a lone barcode."""
    keys = {row.number: _key(row.cells) for row in rows}
    known = uow.medicines.by_keys([key for key in keys.values() if key])
    found = {number: known[key] for number, key in keys.items() if key in known}
    for row in rows:
        barcode = row.cells.get("barcode", "")
        if row.number not in found and barcode and not row.cells.get("code"):
            same = uow.medicines.by_barcode(barcode)
            if len(same) == 1:
                found[row.number] = same[0]
    return found


def _key(cells: Mapping[str, str]) -> str:
    parts = [cells.get(each, "") for each in ("code", "name", "spec", "maker", "approval")]
    return key_from(*parts) if parts[0] or parts[1] else ""


def _report(doors: Doors, found: _Found) -> OpeningReport:
    today = shop_time(doors.clock.now()).date()
    worth = [lot.cost.times(packs) for lot, packs in found.lots if lot.cost is not None]
    return OpeningReport(
        read=found.read,
        taken=len(found.lots),
        packs=_sum(packs for _lot, packs in found.lots),
        worth=Money.total(worth) if worth else ZERO,
        without_cost=len(found.lots) - len(worth),
        expired=sum(lot.expired_on(today) for lot, _packs in found.lots),
        supplier_unknown=found.supplier_unknown,
        refused=tuple(found.refused),
    )


def _sum(packs: Iterator[Quantity]) -> Quantity:
    return Quantity(sum(each.ten_thousandths for each in packs))


def _require(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.APPROVE_STOCK)
