"""What waits for the platform, what it refused and what nobody could tell it, for people to settle.

Nothing is changed in a row: what was wrong is said by another one, and both stay in the books.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, cast

from app.domain.catalogue import nfkc
from app.domain.money import Quantity, UnitPrice
from app.domain.staff import Right
from app.domain.stock import check_lot_dates
from app.domain.stock_upload import (
    CORRECTABLE,
    DATA_KIND,
    DrugMapping,
    StockUpload,
    UploadKind,
    corrected,
    gaps_of,
    serial_of,
    shown_value,
    upload_of,
)
from app.domain.upload_states import NEEDS_PEOPLE, UPLOAD, WAITING, UploadEvent, UploadState
from app.errors import BadValue, IllegalTransition, NotAllowed, NotFound
from app.ports import UnitOfWork
from app.ports_outbox import OutboxEntry
from app.use_cases.doors import Doors, Operator
from app.use_cases.outbox_turn import sale_row
from app.use_cases.stock_moves import outbox_row

SHOWN: Final = 2000
"""Rows of one list; older ones are counted, and looked up by their lot."""

PARTS: Final[Mapping[str, tuple[UploadState, ...]]] = {
    "aside": NEEDS_PEOPLE,
    "waiting": WAITING,
    "done": (UploadState.CONFIRMED, UploadState.DELETED, UploadState.REPLACED),
}
"""The lists of the page, what needs a person first."""


@dataclass(frozen=True, slots=True)
class UploadLine:
    """One row as the list shows it; names nobody."""

    key: str
    kind: str
    state: UploadState
    at: datetime
    item: str
    name: str
    batch: str
    quantity: Quantity | None
    """None for a mapping: it is about a drug, not about goods."""
    tries: int
    settled_at: datetime | None
    text: str = ""
    """The platform's own words."""
    gaps: tuple[str, ...] = ()
    field: str = ""
    """A member of the message that broke its table, where that kept it here."""
    waits: bool = False
    """A return whose sale is not known there yet."""
    reason: str = ""
    """Why a person had it deleted."""
    may: frozenset[str] = frozenset()
    """Acts open to a manager: ``again``, ``correct``, ``delete``."""


@dataclass(frozen=True, slots=True)
class UploadList:
    """One list with the counts of all of them."""

    part: str
    lines: tuple[UploadLine, ...]
    counts: Mapping[str, int]
    """By list; ``oldest`` in whole minutes since the oldest row that waits."""
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class FormField:
    """A field that may be put right, as text."""

    name: str
    value: str
    missing: bool


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What a person sees of a row before correcting it."""

    line: UploadLine
    fields: tuple[FormField, ...] = field(repr=False)


def upload_list(doors: Doors, part: str) -> UploadList:
    """One of :data:`PARTS`, newest first; what waits oldest first, in the order of its sending."""
    with doors.uow() as uow:
        counts = uow.outbox.counts()
        _count, oldest = uow.outbox.waiting()
        if part == "waiting":
            entries = uow.outbox.oldest(SHOWN)
        else:
            entries = uow.outbox.newest(PARTS[part], SHOWN)
        lines = tuple(_line(uow, one) for one in entries)
    told = {name: sum(counts.get(state, 0) for state in states) for name, states in PARTS.items()}
    return UploadList(part, lines, told, oldest)


def _line(uow: UnitOfWork, entry: OutboxEntry) -> UploadLine:
    answer = entry.answer
    common = UploadLine(
        key=entry.row.key,
        kind=entry.row.kind,
        state=entry.state,
        at=entry.row.at,
        item="",
        name="",
        batch="",
        quantity=None,
        tries=entry.tries,
        settled_at=entry.settled_at,
        text=str(answer.get("text", "")),
        gaps=tuple(cast("list[str]", answer.get("gaps", []))),
        field=str(answer.get("field", "")),
        reason=str(answer.get("reason", "")),
    )
    row = upload_of(entry.row.kind, entry.row.payload)
    common = replace(common, item=row.item, name=row.name, may=_acts(entry, row))
    if isinstance(row, DrugMapping):
        return common
    waits = entry.state in WAITING and row.kind == UploadKind.CAME_BACK and _sale_open(uow, row)
    return replace(common, batch=row.batch, quantity=row.quantity, waits=waits)


def _sale_open(uow: UnitOfWork, row: StockUpload) -> bool:
    sale = sale_row(uow, row)
    return sale is not None and sale.state is not UploadState.CONFIRMED


def _acts(entry: OutboxEntry, row: StockUpload | DrugMapping) -> frozenset[str]:
    acts = set()
    if UPLOAD.allows(entry.state, UploadEvent.AGAIN):
        acts.add("again")
    goods = isinstance(row, StockUpload) and row.kind in DATA_KIND
    said_anew = entry.state is UploadState.DELETED and "by" not in entry.answer
    if goods and (UPLOAD.allows(entry.state, UploadEvent.REPLACED) or said_anew):
        acts.add("correct")
    if goods and UPLOAD.allows(entry.state, UploadEvent.DELETED) and "deleting" not in entry.answer:
        acts.add("delete")
    return frozenset(acts)


# --- acts ----------------------------------------------------------------------------------------


def say_again(doors: Doors, key: str, operator: Operator) -> None:
    """A refused row goes once more as it is: what stood in its way was put right elsewhere.

    :raises NotAllowed: not a manager; :raises IllegalTransition: it was not refused.
    """
    _require(operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        entry = _entry(uow, key)
        state = UPLOAD.step(entry.state, UploadEvent.AGAIN)
        after = replace(entry, state=state, next_try_at=None, settled_at=None)
        _keep(uow, after, entry)
        uow.log.append("upload.again", operator.staff.id, now, {"upload": key})
        uow.commit()


def upload_form(doors: Doors, key: str, operator: Operator) -> UploadForm:
    """The fields of a row that a person may put right, what is missing first.

    Costs and staff's numbers among them: :raises NotAllowed: not a manager; :raises NotFound:.
    """
    _require(operator)
    with doors.uow() as uow:
        entry = _entry(uow, key)
        line = _line(uow, entry)
    row = _goods(entry)
    missing = gaps_of(row)
    wanted = sorted(_fields_of(row), key=lambda name: (name not in missing, _ORDER[name]))
    fields = tuple(FormField(name, shown_value(row, name), name in missing) for name in wanted)
    return UploadForm(line, fields)


_ORDER: Final = {name: place for place, name in enumerate(CORRECTABLE)}
_ALWAYS: Final = ("batch", "made_on", "expires_on", "price", "national_code")
_SALE: Final = ("pharmacist", "pharmacist_licence", "pharmacist_code", "operator")
_PURCHASE: Final = (
    "maker", "approval_no", "supplier", "licence", "delivery_note", "invoice_no", "operator",
)  # fmt: skip
_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    UploadKind.BOUGHT: _PURCHASE,
    UploadKind.SENT_BACK: _PURCHASE,
    UploadKind.SOLD: _SALE,
    UploadKind.CAME_BACK: ("operator",),
    UploadKind.CHANGED: ("operator",),
}
_OF_LOT: Final = ("batch", "made_on", "expires_on")


def _fields_of(row: StockUpload) -> tuple[str, ...]:
    return _ALWAYS + _OF_KIND.get(row.kind, ())


def correct_upload(
    doors: Doors, key: str, typed: Mapping[str, str], operator: Operator
) -> tuple[str, int]:
    """Say it by a new row with what a person typed; answers its key, and how many rows of the same
    lot were completed with it: a batch's dates are the batch's, not one row's.

    :raises NotAllowed: not a manager; :raises BadValue: a field that is none of the row's, or what
    was typed is no such value, or changes nothing; :raises IllegalTransition: nothing to correct.
    """
    _require(operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        entry = _entry(uow, key)
        if "correct" not in _acts(entry, _goods(entry)):
            raise IllegalTransition(machine="upload", state=entry.state, event="correct")
        changes = _changes(_goods(entry), typed)
        if not changes and entry.state is not UploadState.DELETED:
            raise BadValue(what="correction", why="nothing was changed")
        check_lot_dates(
            cast("date | None", changes.get("made_on", _goods(entry).made_on)),
            cast("date | None", changes.get("expires_on", _goods(entry).expires_on)),
        )
        made = _replace(uow, entry, changes)
        others = _complete_lot(uow, entry, changes)
        told = {"upload": key, "by": made, "fields": sorted(changes), "others": others}
        uow.log.append("upload.corrected", operator.staff.id, now, told)
        uow.commit()
    return made, others


def _changes(row: StockUpload, typed: Mapping[str, str]) -> dict[str, object]:
    """What was typed and is another value than the row's."""
    known = _fields_of(row)
    changes: dict[str, object] = {}
    for name, text in typed.items():
        if name not in known:
            raise BadValue(what=name, why="no field of this row")
        text = nfkc(text)
        if text != shown_value(row, name):
            changes[name] = _value(name, text)
    return changes


def _value(name: str, text: str) -> object:
    if name in ("made_on", "expires_on"):
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise BadValue(what=name, why="a day as 2026-11-22") from None
    if name == "price":
        return UnitPrice.of(text) if text else None
    if len(text) > _LONGEST:
        raise BadValue(what=name, why=f"longer than {_LONGEST}")
    return text


_LONGEST: Final = 200


def _replace(uow: UnitOfWork, entry: OutboxEntry, changes: Mapping[str, object]) -> str:
    """The new row, and the old one pointing to it; answers the new key."""
    row, attempt = _goods(entry), 1
    while uow.outbox.many([serial_of(row.lot_id, row.kind, row.move_id, attempt)]):
        attempt += 1
    made = corrected(row, changes, attempt)
    uow.outbox.add([outbox_row(made)])
    state = entry.state
    if UPLOAD.allows(state, UploadEvent.REPLACED):
        state = UPLOAD.step(state, UploadEvent.REPLACED)
    _keep(uow, replace(entry, state=state, answer={**entry.answer, "by": made.serial}), entry)
    return made.serial


def _complete_lot(uow: UnitOfWork, entry: OutboxEntry, changes: Mapping[str, object]) -> int:
    """What became known of the batch is written down with the lot, and into its other rows."""
    learned = {name: value for name, value in changes.items() if name in _OF_LOT and value}
    if not learned:
        return 0
    lot_id, others = _goods(entry).lot_id, 0
    try:
        lot = uow.lots.get(lot_id)
    except NotFound:
        return 0
    fresh = {name: value for name, value in learned.items() if not getattr(lot, name)}
    if fresh:
        uow.lots.save(replace(lot, **fresh))  # type: ignore[arg-type]
    for other in uow.outbox.stepped_aside(entry.row.aggregate):
        row = _goods(other)
        own = {name: value for name, value in learned.items() if not shown_value(row, name)}
        if own and other.state is UploadState.INCOMPLETE:
            _replace(uow, other, own)
            others += 1
    return others


def delete_upload(doors: Doors, key: str, reason: str, operator: Operator) -> str:
    """Have the platform delete a confirmed row (3507); answers the key of the row that asks for it.

    The movement here stays: it may then be said anew, rightly.
    :raises NotAllowed: not a manager; :raises BadValue: no reason; :raises IllegalTransition: it is
    not confirmed, or its deletion is under way.
    """
    _require(operator)
    if not reason.strip():
        raise BadValue(what="reason", why="a reason is needed")
    now = doors.clock.now()
    with doors.uow() as uow:
        entry = _entry(uow, key)
        row = _goods(entry)
        if "delete" not in _acts(entry, row):
            raise IllegalTransition(machine="upload", state=entry.state, event="delete")
        asking = StockUpload(
            serial=serial_of(row.lot_id, UploadKind.DELETE, key),
            kind=UploadKind.DELETE.value,
            at=now,
            lot_id=row.lot_id,
            move_id=key,
            item=row.item,
            medicine_id=row.medicine_id,
            name=row.name,
            batch=row.batch,
            quantity=row.quantity,
            deletes=key,
            data_kind=DATA_KIND[row.kind],
        )
        uow.outbox.add([outbox_row(asking)])
        told = {**entry.answer, "deleting": asking.serial, "reason": reason.strip()[:_LONGEST]}
        _keep(uow, replace(entry, answer=told), entry)
        entry_of_log = {"upload": key, "by": asking.serial}
        uow.log.append("upload.delete_asked", operator.staff.id, now, entry_of_log)
        uow.commit()
    return asking.serial


def _require(operator: Operator) -> None:
    if not operator.staff.may(Right.APPROVE_STOCK):
        raise NotAllowed(act="upload")


def _entry(uow: UnitOfWork, key: str) -> OutboxEntry:
    found = uow.outbox.many([key]).get(key)
    if found is None:
        raise NotFound(what="upload")
    return found


def _goods(entry: OutboxEntry) -> StockUpload:
    row = upload_of(entry.row.kind, entry.row.payload)
    if not isinstance(row, StockUpload):
        raise BadValue(what="upload", why="a mapping is changed in the catalogue")
    return row


def _keep(uow: UnitOfWork, after: OutboxEntry, was: OutboxEntry) -> None:
    uow.outbox.alone()
    if not uow.outbox.keep(after, was):
        raise IllegalTransition(machine="upload", state=was.state, event="changed meanwhile")
    uow.outbox.release([was.seq])
