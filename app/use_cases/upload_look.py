"""A row that was refused or had no answer is asked after: what the centre holds of it.

Found equal, it is confirmed, with the answer as its proof; found otherwise, both sides are kept for
a person; not found, it may be sent again. Asking changes nothing at the centre (3508 to 3513).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, cast

from app.domain.clock import micros, shop_time
from app.domain.insurance import Outcome
from app.domain.refusals import RefusalCause, Remedy, cause_of
from app.domain.stock_calls import AskHeld, AskHeldCodes
from app.domain.stock_held import ASKED_BY, CODES_BY, Found, HeldRow, Side, sides, valid_of
from app.domain.stock_upload import StockUpload
from app.domain.upload_states import UPLOAD, UploadEvent, UploadState
from app.errors import BadValue, IllegalTransition
from app.ports import UnitOfWork
from app.ports_outbox import OutboxEntry
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, first_sentence, run_leg, signed_in
from app.use_cases.upload_common import (
    entry_of,
    fits,
    goods_of,
    keep_row,
    may_look,
    require_manager,
)

_AROUND: Final = timedelta(days=1)
"""Which of its days a row is listed under is not said: one to each side."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What asking came to."""

    found: Found
    sides: tuple[Side, ...] = ()
    text: str = ""
    """The centre's own words where it refused."""
    number: str = ""
    """Its own number of the row, which a return refers to."""

    @property
    def different(self) -> tuple[Side, ...]:
        """Where the two sides are not alike."""
        return tuple(one for one in self.sides if not one.same)


def look_after(doors: Doors, key: str, operator: Operator) -> Looked:
    """Ask the centre about one row and book what follows from its answer.

    :raises NotAllowed: not a manager; :raises NotFound: no such row; :raises BadValue: this region
    has no such question, its cause is none to be asked about, or the row is no goods;
    :raises IllegalTransition: it neither stands aside
    nor waits for an answer, or it moved meanwhile; :raises Refused, NotSent, NoAnswer: nobody can
    be signed in.
    """
    require_manager(doors, operator)
    with doors.uow() as uow:
        entry = entry_of(uow, key)
    row = goods_of(entry)
    if entry.state not in (UploadState.REJECTED, UploadState.SENT):
        raise IllegalTransition(machine="upload", state=entry.state, event="look")
    if not may_look(doors, entry):
        raise BadValue(what="look", why="the region has no such question")
    if not fits(entry, Remedy.LOOK):
        raise BadValue(what="look", why="is none of this cause")
    made = _asked(doors, row, signed_in(doors, operator))
    _book(doors, operator, entry, made)
    return made


def _asked(doors: Doors, row: StockUpload, operator: Operator) -> Looked:
    begins, ends = _days(row, doors.clock.now())
    call = AskHeld(ASKED_BY[row.kind], row, begins, ends)
    answer = run_leg(doors, Leg(call), operator)
    if answer.outcome is Outcome.REFUSED:
        return Looked(Found.REFUSED, text=first_sentence(answer.text))
    if answer.outcome is not Outcome.SUCCESS:
        return Looked(Found.SILENT)
    held = valid_of(cast("Sequence[HeldRow]", answer.value), row.serial)
    if not held:
        return Looked(Found.MISSING)
    codes = _codes(doors, row, operator, (begins, ends))
    told = sides(row, held, codes)
    found = Found.EQUAL if all(one.same for one in told) else Found.DIFFERS
    return Looked(found, told, number=held[0].number)


def _codes(
    doors: Doors, row: StockUpload, operator: Operator, days: tuple[date, date]
) -> Sequence[str] | None:
    """The trace codes that the centre has under the row; None = it does not tell them."""
    infno = CODES_BY.get(row.kind, "")
    if not row.codes or infno not in doors.profile.stock_queries:
        return None
    answer = run_leg(doors, Leg(AskHeldCodes(infno, row, *days)), operator)
    return cast("Sequence[str]", answer.value) if answer.outcome is Outcome.SUCCESS else None


def _days(row: StockUpload, now: datetime) -> tuple[date, date]:
    """From the day before it happened until tomorrow: it may be listed by either time."""
    on = shop_time(row.at).date()
    return on - _AROUND, max(on, shop_time(now).date()) + _AROUND


def _book(doors: Doors, operator: Operator, was: OutboxEntry, made: Looked) -> None:
    if made.found is Found.SILENT:
        return
    now = doors.clock.now()
    with doors.uow() as uow:
        entry = entry_of(uow, was.row.key)
        if (entry.state, entry.tries) != (was.state, was.tries):
            raise IllegalTransition(machine="upload", state=entry.state, event="changed meanwhile")
        _follow(uow, entry, made, now)
        told = {"upload": entry.row.key, "found": made.found.value}
        uow.log.append("upload.look", operator.staff.id, now, told)
        uow.commit()


def _follow(uow: UnitOfWork, entry: OutboxEntry, made: Looked, now: datetime) -> None:
    """What the answer means for the row."""
    kept: dict[str, object] = {
        "at": micros(now),
        "found": made.found.value,
        "sides": [[one.name, one.here, one.there, one.same] for one in made.sides],
        "text": made.text,
    }
    answer = {**entry.answer, "looked": kept}
    if made.number:
        answer["serial"] = made.number
    if made.found is Found.EQUAL:
        state = UPLOAD.step(entry.state, UploadEvent.FOUND)
        done = {**answer, "found": "centre"}
        done.pop("cause", None)
        keep_row(uow, replace(entry, state=state, settled_at=now, answer=done), entry)
        return
    if made.found is not Found.DIFFERS:
        if made.found is Found.MISSING and cause_of(answer) is RefusalCause.DIFFERS:
            del answer["cause"]  # it was taken out there: nothing is held that could differ
        uow.outbox.keep(replace(entry, answer=answer), entry)
        return
    # Said again it would be taken for a repeat: it steps aside, if it has not yet.
    waits = entry.state is UploadState.SENT
    aside = replace(
        entry,
        state=UPLOAD.step(entry.state, UploadEvent.REFUSED) if waits else entry.state,
        next_try_at=None,
        settled_at=now if waits else entry.settled_at,
        answer={**answer, "cause": RefusalCause.DIFFERS.value, "differed": True},
    )
    keep_row(uow, aside, entry)
