"""The supplier's code file: which codes come in which carton, row by row (policy 3.5, LN-2.4a).

Nothing is received by it: what it says waits until a receiving scans a carton or a box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from app.domain.catalogue import nfkc
from app.domain.clock import shop_time
from app.domain.pack_code import PackLevel, product_code_of
from app.domain.scanned import classify
from app.domain.staff import Right
from app.domain.stock import check_lot_dates
from app.domain.trace import LONGEST_CODE, NoticedCode
from app.errors import BadFile, BadValue
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require
from app.use_cases.table_file import TableRow, day_of, lines_of, table_of

MOST_ROWS: Final = 100_000
"""More boxes than a shop receives in a year; a file with more is not read."""
_CHUNK = 500

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": (
        "追溯码",
        "药品追溯码",
        "监管码",
        "电子监管码",
        "code",
        "trace_code",
        "drug_trac_codg",
    ),
    "carton": ("父码", "箱码", "上级码", "外箱码", "上级追溯码", "carton", "parent", "parent_code"),
    "drug": ("商品编码", "店内码", "药品编码", "货号", "shop_code", "drug_code"),
    "barcode": ("条码", "商品条码", "barcode"),
    "national": ("国家医保编码", "医保编码", "national_code"),
    "batch": ("批号", "生产批号", "产品批号", "batch", "batch_no", "lot"),
    "made": ("生产日期", "production_date", "made_on"),
    "expires": ("有效期至", "有效期", "失效日期", "expiry", "expiry_date", "expires_on"),
}
"""How files call the columns; the first spelling is how a missing one is named."""


@dataclass(frozen=True, slots=True)
class UnfitCode:
    """One row that is not taken, and why."""

    row: int
    """Its number in the file, headings counted."""
    why: str
    """Message id of section ``trace_file`` or ``import``."""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodeFile:
    """What a file announces, and what of it does not fit."""

    read: int
    """Rows that are not blank."""
    codes: tuple[NoticedCode, ...] = field(repr=False)
    unfit: tuple[UnfitCode, ...]
    cartons: int
    boxes: int
    import_id: str = ""


Progress = Callable[[int], bool]
"""Told how many rows were read; answers whether to go on."""


def take_code_file(
    doors: Doors,
    operator: Operator,
    path: Path,
    *,
    keep: bool = True,
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> CodeFile:
    """Read a supplier's code file (CSV, TXT, xlsx) and keep what it announces.

    ``keep``: False = look only. ``mapping``: field of :data:`HEADINGS` -> heading of this file,
    where it calls a column otherwise. A row that does not fit is refused with its reason, all
    others are kept; nothing is received by it.
    :raises NotAllowed: goods are received by who may; :raises BadFile: the file as such, or it was
    given up on the way: nothing is kept then.
    """
    require(doors, operator, Right.RECEIVE_GOODS)
    now, import_id = doors.clock.now(), doors.ids.new()
    rows = list(_counted(_rows(path, mapping or {}), path, progress))
    file = _judged(doors, rows, import_id, now)
    if keep and file.codes:
        with doors.uow() as uow:
            uow.received.notice(file.codes)
            entry = {"import": import_id, "codes": len(file.codes), "unfit": len(file.unfit)}
            uow.log.append("trace.codes_announced", operator.staff.id, now, entry)
            uow.commit()
    return file


def _counted(rows: Iterator[TableRow], path: Path, progress: Progress | None) -> Iterator[TableRow]:
    for number, row in enumerate(rows, 1):
        if progress is not None and number % _CHUNK == 0 and not progress(number):
            raise BadFile(file=path.name, why="trace_file.given_up")
        yield row


def _rows(path: Path, mapping: Mapping[str, str]) -> Iterator[TableRow]:
    """The rows by field; a text of bare codes has no headings: code, then its carton."""
    today = date(2000, 1, 1)  # of a bare code no date is read
    head = next(lines_of(path, MOST_ROWS), None)
    if head is None or not head.cells:
        raise BadFile(file=path.name, why="import.file_empty")
    if not mapping and classify(nfkc(head.cells[0]), today).trace_code():
        for line in lines_of(path, MOST_ROWS):
            if any(cell.strip() for cell in line.cells):
                cells = dict(zip(("code", "carton"), map(nfkc, line.cells), strict=False))
                yield TableRow(line.number, cells, line.why)
        return
    headings = {name: (_heading(mapping[name]),) if name in mapping else known
                for name, known in HEADINGS.items()}  # fmt: skip
    yield from table_of(path, headings, ("code",), MOST_ROWS)


def _heading(text: str) -> str:
    return nfkc(text).casefold()


# --- judging rows ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Seen:
    """What the rows before said, and what the books know."""

    import_id: str
    now: datetime
    parents: frozenset[str]
    """Codes that are the carton of another row: packs, not boxes."""
    here: Mapping[str, str] = field(default_factory=dict)
    """Code -> why it cannot come (again)."""
    codes: dict[str, NoticedCode] = field(default_factory=dict)
    parts: dict[str, tuple[str, PackLevel]] = field(default_factory=dict)
    """Product part -> drug and level as the shop knows them."""
    drugs: dict[tuple[str, str], str] = field(default_factory=dict)


class _UnfitRowError(Exception):
    """A row that is not taken: message id and its parameters."""

    def __init__(self, why: str, **params: object) -> None:
        super().__init__(why)
        self.why, self.params = why, params


def _judged(doors: Doors, rows: list[TableRow], import_id: str, now: datetime) -> CodeFile:
    unfit: list[UnfitCode] = []
    parents = frozenset(filter(None, (_bare(row.cells.get("carton", "")) for row in rows)))
    seen = _Seen(import_id, now, parents)
    for start in range(0, len(rows), _CHUNK):
        # A few rows at a time: the counter sells on between them.
        chunk = rows[start : start + _CHUNK]
        with doors.uow() as uow:
            seen.here = _already(uow, [_bare(row.cells.get("code", "")) for row in chunk])
            for row in chunk:
                try:
                    one = _taken(uow, seen, row)
                except _UnfitRowError as told:
                    unfit.append(UnfitCode(row.number, told.why, told.params))
                    continue
                seen.codes[one.code] = one
    boxes = [one for one in seen.codes.values() if one.code not in seen.parents]
    cartons = {one.carton for one in boxes if one.carton}
    return CodeFile(
        len(rows), tuple(seen.codes.values()), tuple(unfit), len(cartons), len(boxes), import_id
    )


def _bare(text: str) -> str:
    """A code as the books spell it; what is no code stays as it is."""
    read = classify(text, date(2000, 1, 1))
    return read.trace_code() or text.strip()


def _already(uow: UnitOfWork, codes: list[str]) -> dict[str, str]:
    """Codes that are here already, or were sold: they cannot come by this file."""
    found = dict.fromkeys(uow.received.lots_of(codes), "trace_file.on_hand")
    return found | dict.fromkeys(uow.codes.where(codes), "trace_file.sold")


def _taken(uow: UnitOfWork, seen: _Seen, row: TableRow) -> NoticedCode:
    """:raises _UnfitRowError:."""
    if row.why:
        raise _UnfitRowError(row.why)
    text, carton = row.cells.get("code", ""), _bare(row.cells.get("carton", ""))
    read = classify(text, shop_time(seen.now).date())
    code = read.trace_code()
    if not code or len(code) > LONGEST_CODE or len(carton) > LONGEST_CODE:
        raise _UnfitRowError("trace_file.wrong_code", length=len(text.strip()))
    if code in seen.codes:
        raise _UnfitRowError("trace_file.double", tail=code[-6:])
    if code in seen.here:
        raise _UnfitRowError(seen.here[code], tail=code[-6:])
    if carton == code:
        raise _UnfitRowError("trace_file.own_carton", tail=code[-6:])
    drug = _drug(uow, seen, row, product_code_of(read), is_pack=code in seen.parents)
    made, expires = _dates(row)
    batch = row.cells.get("batch", "") or read.batch
    if len(batch) > 64:
        raise _UnfitRowError("trace_file.batch_long")
    last = expires or read.expiry
    return NoticedCode(code, seen.import_id, seen.now, carton, drug, batch, made, last)


def _drug(uow: UnitOfWork, seen: _Seen, row: TableRow, part: str, *, is_pack: bool) -> str:
    """By the drug that the row names, checked against what the shop knows of the product part."""
    named = ""
    for column in ("drug", "barcode", "national"):
        text = row.cells.get(column, "")
        if text:
            named = named or _named(uow, seen, column, text)
    asked = any(row.cells.get(column) for column in ("drug", "barcode", "national"))
    if asked and not named:
        raise _UnfitRowError("trace_file.unknown_drug")
    known, level = _part(uow, seen, part)
    if level is not PackLevel.BOX and not is_pack:
        raise _UnfitRowError("trace_file.not_a_box", part=part)
    if named and known and named != known and level is PackLevel.BOX:
        raise _UnfitRowError("trace_file.other_drug", part=part)
    if not named and not known and not is_pack:
        raise _UnfitRowError("trace_file.unknown_product", part=part)
    return named or known


def _part(uow: UnitOfWork, seen: _Seen, part: str) -> tuple[str, PackLevel]:
    if part not in seen.parts:
        learned = uow.pack_codes.get(part) if part else None
        if learned is not None:
            seen.parts[part] = learned.medicine_id, learned.level
        else:
            shared = uow.medicines.by_trace_product(part) if part else []
            seen.parts[part] = shared[0].id if len(shared) == 1 else "", PackLevel.BOX
    return seen.parts[part]


def _named(uow: UnitOfWork, seen: _Seen, column: str, text: str) -> str:
    """The drug of a shop code, a bar code or a national code, where exactly one has it."""
    key = (column, text)
    if key not in seen.drugs:
        if column == "drug":
            one = uow.medicines.by_shop_code(text)
            found = [one] if one is not None else []
        elif column == "barcode":
            found = uow.medicines.by_barcode(text)
        else:
            found = uow.medicines.alike((), (text,))
        seen.drugs[key] = found[0].id if len(found) == 1 else ""
    return seen.drugs[key]


def _dates(row: TableRow) -> tuple[date | None, date | None]:
    days: list[date | None] = []
    for column in ("made", "expires"):
        text = row.cells.get(column, "")
        day = day_of(text, last=column == "expires") if text else None
        if text and day is None:
            raise _UnfitRowError("trace_file.bad_date", date=text[:20])
        days.append(day)
    made, expires = days
    try:
        check_lot_dates(made, expires)
    except BadValue:
        raise _UnfitRowError("trace_file.expiry_first") from None
    return made, expires
