"""A supplier's delivery note as a file: rows become lines of a draft; its words are learned.

Nothing is received by it: the lines are judged in the grid as typed ones are, line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from app.domain.catalogue import Medicine, folded, nfkc
from app.domain.receiving import Receiving, TypedLine
from app.errors import BadFile, BadValue
from app.use_cases.doors import Doors, Operator
from app.use_cases.receiving import MOST_LINES, draft_of, require
from app.use_cases.table_file import TableRow, lines_of, table_of

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("品名", "药品名称", "通用名称", "商品名称", "名称", "name", "drug"),
    "code": ("货号", "店内码", "shop_code"),
    "barcode": ("条码", "商品条码", "条形码", "barcode"),
    "approval": ("批准文号", "approval_no"),
    "spec": ("规格", "包装规格", "spec"),
    "maker": ("生产企业", "生产厂家", "厂家", "上市许可持有人", "maker", "manufacturer"),
    "batch": ("批号", "生产批号", "产品批号", "batch", "lot"),
    "made": ("生产日期", "made", "made_on", "production_date"),
    "expires": ("有效期至", "有效期", "失效日期", "expires", "expiry"),
    "quantity": ("数量", "发货数量", "实发数量", "出库数量", "quantity", "qty"),
    "cost": ("单价", "含税单价", "供货价", "price", "cost"),
    "amount": ("金额", "含税金额", "amount"),
    "note_no": ("随货单号", "随货同行单号", "单号", "单据编号", "note_no"),
}
"""How files call the columns, folded; the first spelling is how a missing one is named."""

_IDENTITY: Final = ("name", "code", "barcode", "approval")
_TOTALS: Final = ("合计", "总计", "total")
_TELL_EVERY: Final = 500
_HEADING, _DRUG = "heading", "drug"

Progress = Callable[[int], bool]
"""Told how many rows were read; answers whether to go on."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not read."""

    row: int
    why: str
    """Message id of section ``import``."""


@dataclass(frozen=True, slots=True)
class NoteReport:
    """What became of a file's rows."""

    read: int
    taken: int
    unknown: int
    """Lines whose drug a person must choose."""
    refused: tuple[RefusedRow, ...]


@dataclass
class _Known:
    """The catalogue by everything that a note may call a drug by; more than one = none."""

    learned: Mapping[str, str]
    by: dict[str, dict[str, Medicine | None]] = field(default_factory=dict)

    def add(self, drug: Medicine) -> None:
        """Under each of its names."""
        names = {folded(each) for each in (drug.display_name, drug.generic_name) if each}
        spec, maker = folded(drug.spec), folded(drug.manufacturer)
        self._put("code", drug.shop_code, drug)
        self._put("barcode", drug.barcode, drug)
        self._put(
            "approval", f"{folded(drug.approval_no)}|{spec}" if drug.approval_no else "", drug
        )
        for name in names:
            self._put("full", f"{name}|{spec}|{maker}", drug)
            self._put("spec", f"{name}|{spec}", drug)
            self._put("name", name, drug)

    def _put(self, kind: str, key: str, drug: Medicine) -> None:
        if key:
            table = self.by.setdefault(kind, {})
            other = table.get(key, drug)
            table[key] = drug if other is not None and other.id == drug.id else None

    def find(self, row: Mapping[str, str]) -> str:
        """The drug's id; empty where nothing, or more than one, is meant."""
        name = folded(row.get("name", ""))
        spec, maker = folded(row.get("spec", "")), folded(row.get("maker", ""))
        if learned := self.learned.get(folded(named(row))):
            return learned
        approval = folded(row.get("approval", ""))
        for kind, key in (
            ("code", row.get("code", "")),
            ("barcode", row.get("barcode", "")),
            ("full", f"{name}|{spec}|{maker}"),
            ("approval", f"{approval}|{spec}" if approval else ""),
            ("spec", f"{name}|{spec}"),
            ("name", name if not spec else ""),
        ):
            found = self.by.get(kind, {}).get(key) if key else None
            if found is not None:
                return found.id
        return ""


def named(row: Mapping[str, str]) -> str:
    """What the note calls the article: name, spec and maker, for people and for the memory."""
    parts = (row.get(each, "") for each in ("name", "spec", "maker"))
    said = " ".join(part for part in parts if part)
    return said or row.get("code", "") or row.get("barcode", "") or row.get("approval", "")


def note_headings(path: Path) -> tuple[str, ...]:
    """The headings of a file, for a person who says what they mean; :raises BadFile:."""
    head = next(lines_of(path, MOST_LINES), None)
    if head is None or not any(cell.strip() for cell in head.cells):
        raise BadFile(file=path.name, why="import.file_empty")
    return tuple(nfkc(cell) for cell in head.cells)


def import_note(
    doors: Doors,
    receiving_id: str,
    path: Path,
    operator: Operator,
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> NoteReport:
    """Add a note's rows to a draft; all readable ones or, given up on the way, none.

    ``mapping``: field of :data:`HEADINGS` -> heading of this file; it is remembered for the
    supplier, as is what a person said of an article before (:func:`name_drug`).
    :raises NotAllowed:; :raises BadValue: no draft; :raises BadFile: the file, a needed heading,
    too many rows, or ``delivery_note.given_up``; :raises NotFound:.
    """
    require(doors, operator)
    with doors.uow() as uow:
        head = draft_of(uow, receiving_id)
        meant = uow.suppliers.learned(head.supplier_id, _HEADING) | dict(mapping or {})
        known = _Known(uow.suppliers.learned(head.supplier_id, _DRUG))
        for drug in uow.medicines.all():
            known.add(drug)
    rows = list(_counted(_rows(path, meant), path, progress))
    totals = [row for row in rows if _is_total(row)]
    lines, refused = _lines([row for row in rows if not _is_total(row)], known)
    with doors.uow() as uow:
        head = draft_of(uow, receiving_id)
        before = uow.receivings.lines(receiving_id)
        if len(before) + len(lines) > MOST_LINES:
            raise BadFile(file=path.name, why="import.file_too_large")
        last = max((one.no for one in before), default=0)
        numbered = [replace(one, no=last + at) for at, one in enumerate(lines, 1)]
        uow.receivings.put(receiving_id, numbered)
        uow.receivings.save(_headed(head, rows, totals))
        uow.suppliers.learn(head.supplier_id, _HEADING, dict(mapping or {}))
        entry: dict[str, object] = {
            "receiving": head.id, "lines": len(lines), "refused": len(refused),
        }  # fmt: skip
        uow.log.append("receiving.note_read", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    unknown = sum(1 for one in lines if not one.medicine_id)
    return NoteReport(len(rows) - len(totals), len(lines), unknown, tuple(refused))


def name_drug(
    doors: Doors, receiving_id: str, no: int, medicine_id: str, operator: Operator
) -> int:
    """A person says which drug a note's article is: every line that calls it so, now and later.

    Answers how many lines it settled. :raises NotAllowed:; :raises BadValue: no draft, or the line
    has its drug; :raises NotFound: the line or the drug.
    """
    require(doors, operator)
    with doors.uow() as uow:
        head = draft_of(uow, receiving_id)
        drug = uow.medicines.get(medicine_id)
        lines = uow.receivings.lines(receiving_id)
        meant = next((one for one in lines if one.no == no and not one.medicine_id), None)
        if meant is None:
            raise BadValue(what="line", why="it has its drug")
        word = folded(meant.name)
        same = [one for one in lines if not one.medicine_id and folded(one.name) == word]
        named_now = [replace(one, medicine_id=drug.id, name=drug.display_name) for one in same]
        uow.receivings.put(receiving_id, named_now)
        if head.supplier_id and word:
            uow.suppliers.learn(head.supplier_id, _DRUG, {word: drug.id})
        uow.commit()
    return len(named_now)


def _rows(path: Path, mapping: Mapping[str, str]) -> Iterator[TableRow]:
    headings = {
        name: (nfkc(mapping[name]).casefold(),) if name in mapping else known
        for name, known in HEADINGS.items()
    }
    rows = table_of(path, headings, ("quantity",), MOST_LINES)
    first = next(rows, None)
    if first is None:
        raise BadFile(file=path.name, why="import.file_empty")
    if not any(each in first.cells for each in _IDENTITY):
        raise BadFile(file=path.name, why="import.heading_missing", what=HEADINGS["name"][0])
    yield first
    yield from rows


def _counted(rows: Iterator[TableRow], path: Path, progress: Progress | None) -> Iterator[TableRow]:
    for number, row in enumerate(rows, 1):
        if progress is not None and number % _TELL_EVERY == 0 and not progress(number):
            raise BadFile(file=path.name, why="delivery_note.given_up")
        yield row


def _is_total(row: TableRow) -> bool:
    """The sum under a note is no goods: it is what the lines are held against."""
    texts = (row.cells.get(each, "") for each in _IDENTITY)
    return any(folded(text).rstrip(":") in _TOTALS for text in texts)


def _lines(rows: Iterable[TableRow], known: _Known) -> tuple[list[TypedLine], list[RefusedRow]]:
    lines, refused = [], []
    for row in rows:
        if row.why:
            refused.append(RefusedRow(row.number, row.why))
            continue
        cells = row.cells
        lines.append(
            TypedLine(
                no=0,
                medicine_id=known.find(cells),
                name=named(cells),
                batch=cells.get("batch", ""),
                made=cells.get("made", ""),
                expires=cells.get("expires", ""),
                delivered=cells.get("quantity", ""),
                cost=cells.get("cost", ""),
            )
        )
    return lines, refused


def _headed(head: Receiving, rows: list[TableRow], totals: list[TableRow]) -> Receiving:
    """Number and totals of the note, where nobody typed them."""
    number = next((row.cells["note_no"] for row in rows if row.cells.get("note_no")), "")
    total = totals[-1].cells if totals else {}
    return replace(
        head,
        note_no=head.note_no or number,
        note_total=head.note_total or total.get("amount", ""),
        note_packs=head.note_packs or total.get("quantity", ""),
    )
