"""Take a catalogue sheet into the shop's books: all of it in one step, or nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from app.bounded import TooMuch, settings_text
from app.domain.catalogue import Medicine, revised, same_content
from app.domain.catalogue_rows import (
    ColumnMapping,
    Columns,
    RowRefused,
    find_columns,
    key_of_values,
    read_row,
)
from app.domain.insured_list import INSURED
from app.errors import BadFile, BadValue
from app.ports import CatalogueIndex, Clock, Ids, MedicineBook, UnitOfWork, UnitOfWorkFactory
from app.use_cases.table_file import lines_of

_AT_ONCE = 500
"""Rows looked up and written together."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left out: its number in the sheet (the headings are row 1) and why."""

    row: int
    reason: str
    """Message id of section ``import``."""
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did with each row of the file."""

    read: int
    added: int
    changed: int
    unchanged: int
    refused: tuple[Refusal, ...]
    batch_no: str
    """Under which the rows added and changed are marked; empty when there were none."""
    remarks: tuple[Refusal, ...] = ()
    """Rows that were taken in but for one cell."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one import writes beside each row."""

    ids: Ids
    source: str
    batch_no: str
    codes_by: str
    """Id of the manager who answers for other national codes; empty = codes stay (LN-4.3b)."""


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    key: str
    values: dict[str, Any]


class _Count:
    """The running figures of one import."""

    def __init__(self) -> None:
        self.read = self.added = self.changed = self.unchanged = 0
        self.refused: list[Refusal] = []
        self.remarks: list[Refusal] = []


def load_mapping(path: Path) -> ColumnMapping:
    """A mapping file: ``source = "..."`` and a table ``[columns]`` of field = heading.

    :raises BadFile: not readable, not TOML, or not of that shape.
    """
    try:
        held = tomllib.loads(settings_text(path))
    except TooMuch:
        raise BadFile(file=path.name, why="import.file_too_large") from None
    except (OSError, UnicodeError):
        raise BadFile(file=path.name, why="import.file_unreadable") from None
    except (tomllib.TOMLDecodeError, RecursionError):
        raise BadFile(file=path.name, why="import.mapping_no_toml") from None
    columns, source = held.get("columns"), held.get("source", "")
    if not (isinstance(columns, dict) and columns and isinstance(source, str)):
        raise BadFile(file=path.name, why="import.mapping_shape")
    if not all(isinstance(heading, str) for heading in columns.values()):
        raise BadFile(file=path.name, why="import.mapping_shape")
    return ColumnMapping(columns, source)


def import_catalogue(
    path: Path,
    mapping: ColumnMapping,
    *,
    uow_factory: UnitOfWorkFactory,
    ids: Ids,
    clock: Clock,
    index: CatalogueIndex | None = None,
    actor: str = "",
    codes_by: str = "",
) -> ImportReport:
    """Import a sheet; each row is added, changed, unchanged or refused with a reason.

    Only fields that have a column are touched. All rows stand in one unit of work: a file that
    turns out broken at its last line has changed nothing. A file that says nothing new writes
    nothing. After the books are safe the search index is written anew.

    A drug keeps the national code that it has, row and all, where no manager answers for another:
    goods of one code must not be settled under that of another (LN-4.3b). What has no national
    code is no insured drug, whatever its row says (LN-2.2b): that cell is left out, with a remark.

    :param actor: id of the staff member, for the log.
    :param codes_by: id of the manager whose word changes national codes; empty = nobody's.
    :raises BadFile: the file as a whole cannot be used.
    :raises StoreError: the books cannot be written.
    """
    count, batch_no = _Count(), ids.new()
    batch = _Batch(ids, mapping.source or path.name, batch_no, codes_by)
    with uow_factory() as uow:
        rows = _read(path, mapping, count)
        while some := list(islice(rows, _AT_ONCE)):
            moved = _store(some, uow.medicines, count, batch)
            if any(old.price != new.price for old, new in moved):
                _note_prices(uow, moved, ids, clock, actor)
            if any(old.national_code != new.national_code for old, new in moved):
                _log_codes(uow, moved, batch, clock)
                _tell_codes(uow, moved, clock)
            if any(old.insurance_class != new.insurance_class for old, new in moved):
                _note_insurance(uow, moved, batch_no, clock)
        touched = bool(count.added or count.changed)
        if touched:
            figures = {"added": count.added, "changed": count.changed, "batch": batch_no}
            uow.log.append("catalogue.import", actor, clock.now(), figures)
            uow.commit()
    if touched and index is not None:
        refresh_index(uow_factory, index)
    refused = tuple(sorted(count.refused, key=lambda one: one.row))
    done = (count.read, count.added, count.changed, count.unchanged)
    return ImportReport(*done, refused, batch_no if touched else "", tuple(count.remarks))


def _log_codes(
    uow: UnitOfWork, moved: list[tuple[Medicine, Medicine]], batch: _Batch, clock: Clock
) -> None:
    """An entry a drug, with both codes and whose word it was."""
    for old, new in moved:
        if old.national_code != new.national_code:
            entry: dict[str, object] = {
                "medicine": new.id, "before": old.national_code, "after": new.national_code,
                "batch": batch.batch_no,
            }  # fmt: skip
            uow.log.append("catalogue.national_code", batch.codes_by, clock.now(), entry)


def _tell_codes(uow: UnitOfWork, moved: list[tuple[Medicine, Medicine]], clock: Clock) -> None:
    """The platform is told which drug stands beside which national code (interface 2.15)."""
    from app.use_cases.mappings import owe_mappings

    owe_mappings(uow, moved, clock.now())


def _note_insurance(
    uow: UnitOfWork, moved: list[tuple[Medicine, Medicine]], batch_no: str, clock: Clock
) -> None:
    """What entered or left the insurance's list by this version of the catalogue."""
    from app.ports_papers import InsuranceChange

    now = clock.now()
    uow.papers.note_insurance(
        [
            InsuranceChange(new.id, old.insurance_class, new.insurance_class, batch_no, now)
            for old, new in moved
            if old.insurance_class != new.insurance_class
        ]
    )


def refresh_index(uow_factory: UnitOfWorkFactory, index: CatalogueIndex) -> None:
    """Write the search index anew from the books."""
    with uow_factory() as uow:
        index.rebuild(uow.medicines.all(), uow.medicines.version())


def load_stock(uow_factory: UnitOfWorkFactory, index: CatalogueIndex) -> None:
    """Tell the index what is on hand, so that it ranks goods in stock first."""
    with uow_factory() as uow:
        known = iter(uow.medicines.all())
        while some := [one.id for one in islice(known, _AT_ONCE)]:
            for medicine_id, on_hand in uow.stock.on_hand(some).items():
                index.set_stock(medicine_id, on_hand)


def _read(path: Path, mapping: ColumnMapping, count: _Count) -> Iterator[_Row]:
    """Rows fit to be stored; the others go to ``count.refused``."""
    seen: dict[str, int] = {}
    columns: Columns | None = None
    for line in lines_of(path):
        number, cells = line.number, list(line.cells)
        if not line.why and not cells:
            continue
        if columns is None:
            columns = _columns(cells, mapping, path)
            continue
        count.read += 1
        if line.why:
            count.refused.append(Refusal(number, line.why, {}))
            continue
        try:
            values = read_row(cells, columns)
            key = key_of_values(values)
            first = seen.setdefault(key, number)
            if first != number:
                raise RowRefused("import.same_key", first=first)
        except RowRefused as refusal:
            count.refused.append(Refusal(number, refusal.reason, refusal.params))
        else:
            yield _Row(number, key, values)
    if columns is None:
        raise BadFile(file=path.name, why="import.file_empty")


def _columns(cells: Sequence[str], mapping: ColumnMapping, path: Path) -> Columns:
    try:
        return find_columns(cells, mapping)
    except BadValue as wrong:
        raise BadFile(file=path.name, **wrong.params) from None


def _store(
    rows: Sequence[_Row],
    book: MedicineBook,
    count: _Count,
    batch: _Batch,
) -> list[tuple[Medicine, Medicine]]:
    """Write a run of rows; answers the changed drugs as they were and as they are."""
    known = book.by_keys([row.key for row in rows])
    to_save: list[Medicine] = []
    moved: list[tuple[Medicine, Medicine]] = []
    marks: dict[str, Any] = {"source": batch.source, "batch_no": batch.batch_no}
    for row in rows:
        old = known.get(row.key)
        if old is None:
            fresh = Medicine(id=batch.ids.new(), **marks, **row.values)
            to_save.append(_insured_by_code(fresh, row, count))
            count.added += 1
            continue
        new = replace(old, **marks, **row.values)
        if new.national_code != old.national_code and not batch.codes_by:
            codes = {"before": old.national_code or "—", "after": new.national_code or "—"}
            count.refused.append(Refusal(row.number, "import.code_changes", codes))
            continue
        new = _insured_by_code(new, row, count)
        if same_content(old, new):
            count.unchanged += 1
        else:
            to_save.append(revised(old, new))
            moved.append((old, to_save[-1]))
            count.changed += 1
    if to_save:
        book.save_many(to_save)
    return moved


def _insured_by_code(one: Medicine, row: _Row, count: _Count) -> Medicine:
    """Without the national code no drug is an insured one: the rest of its row stands."""
    if one.national_code or one.insurance_class not in INSURED:
        return one
    count.remarks.append(Refusal(row.number, "import.insured_without_code", {}))
    return replace(one, insurance_class="")


def _note_prices(
    uow: UnitOfWork,
    moved: Sequence[tuple[Medicine, Medicine]],
    ids: Ids,
    clock: Clock,
    actor: str,
) -> None:
    """Other prices go into their history; loaded by the first import that brings some."""
    from app.use_cases.price_effects import note_catalogue_prices

    note_catalogue_prices(ids, uow, moved, clock.now(), actor)
