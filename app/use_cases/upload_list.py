"""What waits for the platform, what it refused and what nobody could tell it, for people to settle.

Nothing is changed in a row: what was wrong is said by another one, and both stay in the books.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, cast

from app.domain.catalogue import nfkc
from app.domain.clock import from_micros
from app.domain.money import Quantity, UnitPrice
from app.domain.refusals import OWNERS, REMEDIES, RefusalCause, Remedy, cause_of
from app.domain.staff import Role
from app.domain.stock import check_lot_dates
from app.domain.stock_held import Found, Side
from app.domain.stock_upload import (
    CORRECTABLE,
    DATA_KIND,
    StockUpload,
    Upload,
    UploadKind,
    corrected,
    gaps_of,
    serial_of,
    shown_value,
    upload_of,
)
from app.domain.upload_states import (
    COUNTED,
    NEEDS_PEOPLE,
    UPLOAD,
    WAITING,
    UploadEvent,
    UploadState,
)
from app.errors import BadValue, IllegalTransition, NotFound
from app.ports import UnitOfWork
from app.ports_outbox import OutboxEntry
from app.use_cases.doors import Doors, Operator
from app.use_cases.outbox_turn import sale_row
from app.use_cases.stock_moves import outbox_row
from app.use_cases.upload_common import (
    entry_of,
    fits,
    goods_of,
    keep_row,
    looked,
    may_look,
    may_take,
    require_manager,
)
from app.use_cases.upload_look import Looked

SHOWN: Final = 200
"""Rows of one page: read between two sales, so they are few."""

PARTS: Final[Mapping[str, tuple[UploadState, ...]]] = {
    "aside": NEEDS_PEOPLE,
    "waiting": WAITING,
    "done": (
        UploadState.CONFIRMED, UploadState.DELETED, UploadState.REPLACED, UploadState.LEFT
    ),
}  # fmt: skip
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
    """Acts open to a manager: ``delete`` and those of :class:`Remedy`."""
    seq: int = 0
    cause: RefusalCause | None = None
    """Of a row that stands aside."""
    remedies: tuple[Remedy, ...] = ()
    """What helps it, the first by one key."""
    owner: Role | None = None
    """Who looks after it."""
    since: datetime | None = None
    """When it stepped aside."""
    looked: Looked | None = None
    """What the centre said that it holds, if it was asked."""
    looked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UploadList:
    """One list with the counts of all of them."""

    part: str
    lines: tuple[UploadLine, ...]
    counts: Mapping[str, int]
    """By list; ``oldest`` in whole minutes since the oldest row that waits."""
    oldest: datetime | None = None
    after: int = 0
    """The number to ask the next page with; 0 = this is all."""


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


def upload_list(doors: Doors, part: str, after: int = 0, limit: int = SHOWN) -> UploadList:
    """A page of one of :data:`PARTS`, newest first; what waits oldest first, in the order of its
    sending.

    ``after``: that of the page before; counts stop at :data:`app.ports_outbox.COUNTED`.
    """
    with doors.uow() as uow:
        counts = uow.outbox.counts()
        _count, oldest = uow.outbox.waiting(1)
        if part == "waiting":
            entries = uow.outbox.oldest(limit, after)
        else:
            entries = uow.outbox.newest(PARTS[part], limit, after)
        lines = tuple(_line(doors, uow, one) for one in entries)
    told = {
        name: min(COUNTED, sum(counts.get(state, 0) for state in states))
        for name, states in PARTS.items()
    }
    following = entries[-1].seq if len(entries) == limit else 0
    return UploadList(part, lines, told, oldest, following)


def _line(doors: Doors, uow: UnitOfWork, entry: OutboxEntry) -> UploadLine:
    answer, asked = entry.answer, looked(entry)
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
        seq=entry.seq,
        looked=_looked(asked) if asked else None,
        looked_at=from_micros(cast("int", asked["at"])) if asked else None,
    )
    if entry.state is UploadState.SENT and may_look(doors, entry):
        common = replace(common, remedies=(Remedy.LOOK,))
    if entry.state in NEEDS_PEOPLE:
        cause = cause_of(answer)
        common = replace(
            common,
            cause=cause,
            owner=OWNERS[cause],
            since=entry.settled_at or entry.row.at,
            remedies=_ordered(doors, entry, cause, asked),
        )
    row = upload_of(entry.row.kind, entry.row.payload)
    common = replace(common, item=row.item, name=row.name, may=_acts(doors, entry, row))
    if not isinstance(row, StockUpload):
        return common
    waits = entry.state in WAITING and row.kind == UploadKind.CAME_BACK and _sale_open(uow, row)
    return replace(common, batch=row.batch, quantity=row.quantity, waits=waits)


def _looked(asked: Mapping[str, object]) -> Looked:
    sides = cast("list[tuple[str, str, str, bool]]", asked["sides"])
    return Looked(Found(str(asked["found"])), tuple(Side(*one) for one in sides),
                  str(asked["text"]))  # fmt: skip


def _ordered(
    doors: Doors, entry: OutboxEntry, cause: RefusalCause, asked: Mapping[str, object]
) -> tuple[Remedy, ...]:
    """What helps, most first: of what the centre does not hold, sending it again."""
    helps = tuple(one for one in REMEDIES[cause] if _helps(doors, entry, one))
    if asked.get("found") == Found.MISSING and Remedy.AGAIN in helps:
        return (Remedy.AGAIN, *(one for one in helps if one is not Remedy.AGAIN))
    return helps


def _sale_open(uow: UnitOfWork, row: StockUpload) -> bool:
    sale = sale_row(uow, row)
    return sale is not None and sale.state is not UploadState.CONFIRMED


_BY_EVENT: Final = {
    Remedy.LOOK: UploadEvent.FOUND,
    Remedy.AGAIN: UploadEvent.AGAIN,
    Remedy.MAP: UploadEvent.AGAIN,
    Remedy.COUNT: UploadEvent.AGAIN,
    Remedy.TAKE: UploadEvent.FOUND,
    Remedy.LEAVE: UploadEvent.LEFT,
    Remedy.CORRECT: UploadEvent.REPLACED,
}
_OF_GOODS: Final = (Remedy.MAP, Remedy.COUNT, Remedy.CORRECT, Remedy.LOOK)
"""Of a mapping itself, and of a deletion, there is nothing to map, to count, or to put right."""


def _helps(doors: Doors, entry: OutboxEntry, remedy: Remedy) -> bool:
    goods = entry.row.kind in DATA_KIND
    if remedy is Remedy.LOOK and not may_look(doors, entry):
        return False
    if remedy is Remedy.TAKE and (entry.state in WAITING or not may_take(doors, entry)):
        return False
    return UPLOAD.allows(entry.state, _BY_EVENT[remedy]) and (goods or remedy not in _OF_GOODS)


def _acts(doors: Doors, entry: OutboxEntry, row: Upload) -> frozenset[str]:
    others = [one for one in Remedy if one is not Remedy.CORRECT]
    acts = {one.value for one in others if fits(entry, one) and _helps(doors, entry, one)}
    goods = isinstance(row, StockUpload) and row.kind in DATA_KIND
    said_anew = entry.state is UploadState.DELETED and "by" not in entry.answer
    wrong = UPLOAD.allows(entry.state, UploadEvent.REPLACED) and fits(entry, Remedy.CORRECT)
    if goods and (wrong or said_anew):
        acts.add("correct")
    if goods and UPLOAD.allows(entry.state, UploadEvent.DELETED) and "deleting" not in entry.answer:
        acts.add("delete")
    return frozenset(acts)


# --- acts ----------------------------------------------------------------------------------------


def upload_form(doors: Doors, key: str, operator: Operator) -> UploadForm:
    """The fields of a row that a person may put right, what is missing first.

    Costs and staff's numbers among them: :raises NotAllowed: not a manager; :raises NotFound:.
    """
    require_manager(doors, operator)
    with doors.uow() as uow:
        entry = entry_of(uow, key)
        line = _line(doors, uow, entry)
    row = goods_of(entry)
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
    require_manager(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        entry = entry_of(uow, key)
        if "correct" not in _acts(doors, entry, goods_of(entry)):
            raise IllegalTransition(machine="upload", state=entry.state, event="correct")
        changes = _changes(goods_of(entry), typed)
        if not changes and entry.state is not UploadState.DELETED:
            raise BadValue(what="correction", why="nothing was changed")
        check_lot_dates(
            cast("date | None", changes.get("made_on", goods_of(entry).made_on)),
            cast("date | None", changes.get("expires_on", goods_of(entry).expires_on)),
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
    row, attempt = goods_of(entry), 1
    while uow.outbox.many([serial_of(row.lot_id, row.kind, row.move_id, attempt)]):
        attempt += 1
    made = corrected(row, changes, attempt)
    uow.outbox.add([outbox_row(made)])
    state = entry.state
    if UPLOAD.allows(state, UploadEvent.REPLACED):
        state = UPLOAD.step(state, UploadEvent.REPLACED)
    keep_row(uow, replace(entry, state=state, answer={**entry.answer, "by": made.serial}), entry)
    return made.serial


def _complete_lot(uow: UnitOfWork, entry: OutboxEntry, changes: Mapping[str, object]) -> int:
    """What became known of the batch is written down with the lot, and into its other rows."""
    learned = {name: value for name, value in changes.items() if name in _OF_LOT and value}
    if not learned:
        return 0
    lot_id, others = goods_of(entry).lot_id, 0
    try:
        lot = uow.lots.get(lot_id)
    except NotFound:
        return 0
    fresh = {name: value for name, value in learned.items() if not getattr(lot, name)}
    if fresh:
        uow.lots.save(replace(lot, **fresh))  # type: ignore[arg-type]
    for other in uow.outbox.stepped_aside(entry.row.aggregate):
        row = goods_of(other)
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
    require_manager(doors, operator)
    if not reason.strip():
        raise BadValue(what="reason", why="a reason is needed")
    now = doors.clock.now()
    with doors.uow() as uow:
        entry = entry_of(uow, key)
        row = goods_of(entry)
        if "delete" not in _acts(doors, entry, row):
            raise IllegalTransition(machine="upload", state=entry.state, event="delete")
        attempt = 0
        while uow.outbox.many([serial_of(row.lot_id, UploadKind.DELETE, key, attempt)]):
            attempt += 1
        asking = StockUpload(
            serial=serial_of(row.lot_id, UploadKind.DELETE, key, attempt),
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
        keep_row(uow, replace(entry, answer=told), entry)
        entry_of_log = {"upload": key, "by": asking.serial}
        uow.log.append("upload.delete_asked", operator.staff.id, now, entry_of_log)
        uow.commit()
    return asking.serial
