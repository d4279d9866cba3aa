"""The sheets of a stock-take: for counters, for the shop's binder, for the county centre (S-22)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.bounded import settings_text
from app.domain.catalogue import nfkc
from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.staff import Right
from app.domain.stocktake import Stocktake
from app.domain.stocktake_states import SheetEvent, StocktakeState
from app.errors import BadFile, BadValue
from app.use_cases.stocktake import require
from app.use_cases.stocktake_read import COLUMNS, heading_of
from app.use_cases.stocktake_sample import sample_list
from app.use_cases.stocktake_view import lots_of, medicines_of

if TYPE_CHECKING:
    from app.domain.catalogue import Medicine
    from app.domain.stock import Lot
    from app.ports_stocktake import ResultRow
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.stocktake_sample import SampleRow

Cell = str | int | Decimal | date | datetime | None
MOST_COLUMNS: Final = 40
WAYS: Final = ("in_person", "mail", "post", "portal")
"""How a sheet reaches the centre."""
_LONGEST: Final = 64


# --- for the shelf --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BlankSheet:
    """A list to count by: no figures of the books."""

    take: Stocktake
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def blank_sheet(
    doors: Doors, stocktake_id: str, operator: Operator, zone: str | None = None
) -> BlankSheet:
    """The frozen list of one zone, or of all (None), for one counter to carry around.

    Each row has an id of its own, so that reading the filled sheet twice counts once.
    """
    require(doors, operator, Right.COUNT_STOCK)
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        lines = [one for one in uow.stocktakes.lines(take.id) if zone is None or one.zone == zone]
        zones = {one.id: one.name for one in uow.stocktakes.zones()}
    drugs = medicines_of(doors, {line.medicine_id for line in lines})
    lots = lots_of(doors, {line.lot_id for line in lines})
    stem = doors.ids.new().replace("-", "")[-16:]
    rows: list[tuple[Cell, ...]] = []
    for line in lines:
        drug, lot = drugs[line.medicine_id], lots.get(line.lot_id)
        known: dict[str, Cell] = {
            "id": f"{stem}-{line.no}", "line": line.no, "code": drug.shop_code,
            "batch": lot.batch if lot else "", "zone": zones.get(line.zone, ""),
            "position": line.position, "counted": None, "at": None,
            "counter": operator.staff.number, "made": lot.made_on if lot else None,
            "expires": lot.expires_on if lot else None,
        }  # fmt: skip
        names = (drug.display_name, drug.spec, drug.manufacturer, drug.pack_unit)
        rows.append((*names, *(known[name] for name in COLUMNS)))
    heads = ("品名", "规格", "生产企业", "单位", *(heading_of(name) for name in COLUMNS))
    return BlankSheet(take, heads, tuple(rows))


# --- the electronic sheet -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the electronic sheet."""

    field: str
    title: str


@dataclass(frozen=True, slots=True)
class SheetForm:
    """Title and columns, from the shop's file or the one that ships (HY-1.5.5b names none)."""

    title: str
    columns: tuple[Column, ...]


def read_form(path: Path) -> SheetForm:
    """A form from TOML: ``title`` and ``[[column]]`` with ``field`` and ``title``.

    :raises BadFile: no TOML, an unknown or doubled field, nothing at all.
    """
    try:
        told = tomllib.loads(settings_text(path))
        columns = tuple(Column(str(one["field"]), str(one["title"])) for one in told["column"])
        title = str(told["title"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise BadFile(file=path.name, why="stocktake.form_broken") from None
    fields = [one.field for one in columns]
    if not 0 < len(fields) <= MOST_COLUMNS or len(set(fields)) != len(fields):
        raise BadFile(file=path.name, why="stocktake.form_columns")
    if any(name not in FIELDS for name in fields):
        raise BadFile(file=path.name, why="stocktake.form_field")
    return SheetForm(title, columns)


@dataclass(frozen=True, slots=True)
class _Facts:
    number: int
    row: ResultRow
    drug: Medicine
    lot: Lot | None
    take: Stocktake
    shop: str
    reason: str
    uncounted: str
    """What stands where nobody counted, in words."""
    boxes: _Boxes | None
    """What became of its boxes; None = none were asked for."""


@dataclass(slots=True)
class _Boxes:
    """Of all lots of one batch together, as its line is."""

    asked: int = 0
    found: int = 0
    missing: int = 0
    odd: int = 0


FIELDS: Final[dict[str, Callable[[_Facts], Cell]]] = {
    "no": lambda f: f.number,
    "store": lambda f: f.shop,
    "period": lambda f: f.take.period or f.take.number,
    "code": lambda f: f.drug.shop_code,
    "national_code": lambda f: f.drug.national_code,
    "name": lambda f: f.drug.display_name,
    "generic_name": lambda f: f.drug.generic_name,
    "dosage_form": lambda f: f.drug.dosage_form,
    "spec": lambda f: f.drug.spec,
    "unit": lambda f: f.drug.pack_unit,
    "maker": lambda f: f.drug.manufacturer,
    "approval_no": lambda f: f.drug.approval_no,
    "batch": lambda f: f.lot.batch if f.lot else f.row.batch,
    "made_on": lambda f: f.lot.made_on if f.lot else None,
    "expires_on": lambda f: f.lot.expires_on if f.lot else None,
    "ledger": lambda f: _plain(f.row.ledger),
    "counted": lambda f: _plain(f.row.counted) if f.row.counted is not None else f.uncounted,
    "variance": lambda f: _plain(f.row.counted - f.row.ledger) if f.row.counted is not None
    else None,
    "worth": lambda f: Decimal(f.row.worth.fen).scaleb(-2) if f.row.worth is not None else None,
    "reason": lambda f: f.reason,
    "counted_at": lambda f: shop_time(f.row.at) if f.row.at else None,
    "price": lambda f: Decimal(str(f.drug.price)) if f.drug.price is not None else None,
    "sample_asked": lambda f: f.boxes.asked if f.boxes else None,
    "sample_found": lambda f: f.boxes.found if f.boxes else None,
    "sample_missing": lambda f: f.boxes.missing if f.boxes else None,
    "sample_odd": lambda f: f.boxes.odd if f.boxes else None,
}  # fmt: skip
"""Every field that a column may show."""


def _plain(quantity: Quantity) -> Decimal:
    return Decimal(quantity.plain())


@dataclass(frozen=True, slots=True)
class Report:
    """A posted stock-take as rows for a file or a paper."""

    take: Stocktake
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    samples: tuple[SampleRow, ...] = ()
    """The boxes that were asked for, a row a lot; of the paper alone."""


def report(
    doors: Doors,
    stocktake_id: str,
    form: SheetForm,
    operator: Operator,
    words: Callable[[str], str],
) -> Report:
    """Every line of a posted stock-take, none left out.

    ``words``: a reason's code, or ``uncounted`` -> what people read. :raises NotAllowed:; :raises
    BadValue: ``not_posted``, or ``rows`` where lines are missing.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id)
        if take.state is not StocktakeState.POSTED:
            raise BadValue(what="count", why="not_posted")
        results = uow.stocktakes.results(take.id)
    samples = sample_list(doors, take.id, operator).rows
    drugs = medicines_of(doors, {row.medicine_id for row in results})
    lots = lots_of(doors, {row.lot_id for row in results})
    boxes = _boxes_of(samples)
    rows = tuple(_report_rows(doors, take, form, results, drugs, lots, boxes, words))
    if len(rows) != len(results):
        raise BadValue(what="count", why="rows")
    return Report(take, tuple(one.title for one in form.columns), rows, samples)


def _boxes_of(samples: Sequence[SampleRow]) -> dict[tuple[str, str], _Boxes]:
    """By drug and batch, where there is one, else by drug and lot."""
    told: dict[tuple[str, str], _Boxes] = {}
    for one in samples:
        key = (one.sample.medicine_id, one.batch or one.sample.lot_id)
        boxes = told.setdefault(key, _Boxes())
        boxes.asked += len(one.sample.asked)
        boxes.found += len(one.found)
        boxes.missing += len(one.sample.missing)
        boxes.odd += len(one.odd)
    return told


def _report_rows(
    doors: Doors,
    take: Stocktake,
    form: SheetForm,
    results: Sequence[ResultRow],
    drugs: dict[str, Medicine],
    lots: dict[str, Lot],
    boxes: dict[tuple[str, str], _Boxes],
    words: Callable[[str], str],
) -> Iterator[tuple[Cell, ...]]:
    cells = [FIELDS[one.field] for one in form.columns]
    uncounted = words("uncounted")
    for number, row in enumerate(results, 1):
        reason = words(row.reason) if row.reason else ""
        lot = lots.get(row.lot_id)
        of_batch = lot.batch if lot and lot.batch else row.lot_id
        facts = _Facts(number, row, drugs[row.medicine_id], lot, take, doors.shop.shop_name,
                       reason, uncounted, boxes.get((row.medicine_id, of_batch)))  # fmt: skip
        yield tuple(cell(facts) for cell in cells)


def note_sheet(
    doors: Doors, stocktake_id: str, content: bytes, rows: int, operator: Operator
) -> tuple[Stocktake, str]:
    """The electronic sheet was written: its SHA-256 goes into the books; answers it too."""
    require(doors, operator, Right.APPROVE_STOCK)
    digest = hashlib.sha256(content).hexdigest()
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id).sheet_step(SheetEvent.MADE)
        take = uow.stocktakes.save(replace(take, sheet_digest=digest, sheet_rows=rows))
        entry = {"take": take.id, "digest": digest, "rows": rows}
        uow.log.append("stocktake.sheet_made", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    return take, digest


def hand_over(doors: Doors, stocktake_id: str, to: str, how: str, operator: Operator) -> Stocktake:
    """The sheet went to the county centre: to whom, how, now.

    :raises NotAllowed, IllegalTransition:; :raises BadValue: ``hand_over``.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    name = nfkc(to)
    if not name or len(name) > _LONGEST or how not in WAYS:
        raise BadValue(what="count", why="hand_over")
    now = doors.clock.now()
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id).sheet_step(SheetEvent.HANDED_OVER)
        take = uow.stocktakes.save(
            replace(take, handed_at=now, handed_by=operator.staff.id, handed_how=how)
        )
        uow.stocktakes.keep_handed_to(take.id, name)
        entry = {"take": take.id, "how": how, "digest": take.sheet_digest}
        uow.log.append("stocktake.handed_over", operator.staff.id, now, entry)
        uow.commit()
    return take


def receipt(
    doors: Doors, stocktake_id: str, number: str, on: date, operator: Operator
) -> Stocktake:
    """The centre's receipt; :raises BadValue: ``receipt``: no number, or a day that cannot be."""
    require(doors, operator, Right.APPROVE_STOCK)
    plain, now = nfkc(number), doors.clock.now()
    with doors.uow() as uow:
        take = uow.stocktakes.get(stocktake_id).sheet_step(SheetEvent.RECEIPTED)
        handed = shop_time(take.handed_at).date() if take.handed_at else on
        if not plain or len(plain) > _LONGEST or not handed <= on <= shop_time(now).date():
            raise BadValue(what="count", why="receipt")
        take = uow.stocktakes.save(replace(take, receipt_no=plain, receipt_on=on))
        entry = {"take": take.id, "receipt": plain, "on": str(on)}
        uow.log.append("stocktake.receipt", operator.staff.id, now, entry)
        uow.commit()
    return take
