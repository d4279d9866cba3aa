"""The doctor on what is under way: papers, uploads, line, settlements, days, pack, licences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.domain.clock import from_micros, shop_time
from ui.command_words import said
from ui.doctor.part import BAD, LOOK, OK, Part, Parts, Patient, ahead

if TYPE_CHECKING:
    from collections.abc import Mapping

_LATELY: Final = 20
"""Requests of which the line is judged."""
_OLD: Final = timedelta(days=1)


def spool(patient: Patient) -> Parts:
    """Papers that wait, or of which nobody knows whether they were printed."""
    from app.domain.print_states import PrintState

    with patient.doors.uow() as uow:
        waiting = uow.prints.in_state(PrintState.WAITING)
        unsure = uow.prints.in_state(PrintState.UNSURE)
    now = datetime.now(UTC)
    old = waiting and (ahead(waiting[0].at, now) or now - waiting[0].at > _OLD)
    state = LOOK if unsure or old else OK
    params: dict[str, object] = {"waiting": len(waiting), "unsure": len(unsure)}
    yield Part("spool", state, f"doctor.spool_{state}", params)


def outbox(patient: Patient) -> Parts:
    """What waits for the platform, how long, and what stepped aside."""
    from app.domain.upload_states import UploadState

    with patient.doors.uow() as uow:
        waiting, oldest = uow.outbox.waiting()
        counts = uow.outbox.counts()
    aside = counts.get(UploadState.REJECTED, 0) + counts.get(UploadState.INCOMPLETE, 0)
    since = f"{shop_time(oldest):%Y-%m-%d %H:%M}" if oldest else "—"
    params: dict[str, object] = {"count": waiting, "since": since, "aside": aside}
    now = datetime.now(UTC)
    late = oldest is not None and now - oldest > _OLD
    if aside:
        yield Part("outbox", LOOK, "doctor.outbox_aside", params)
    elif oldest is not None and ahead(oldest, now):
        yield Part("outbox", LOOK, "doctor.outbox_ahead", params)
    elif late:
        yield Part("outbox", LOOK, "doctor.outbox_late", params)
    else:
        yield Part("outbox", OK, "doctor.outbox", params)


def line(patient: Patient) -> Parts:
    """What the platform last answered; the doctor asks it nothing."""
    from sqlalchemy import select

    from app.storage.tables import PLATFORM_REQUEST

    column = PLATFORM_REQUEST.c
    # The message id holds the time: the newest stand last in the index that is there.
    query = select(column.outcome, column.sent_at, column.millis).order_by(column.msgid.desc())
    with patient.books.connect() as connection:
        rows = connection.execute(query.limit(_LATELY)).all()
    if not rows:
        yield Part("line", OK, "doctor.line_none")
        return
    silent = sum(row.outcome in ("unknown", "not_sent") for row in rows)
    params: dict[str, object] = {
        "many": len(rows), "silent": silent,
        "at": f"{shop_time(from_micros(rows[0].sent_at)):%Y-%m-%d %H:%M}",
        "slow": max(row.millis for row in rows),
    }  # fmt: skip
    state = LOOK if rows[0].outcome in ("unknown", "not_sent") else OK
    yield Part("line", state, f"doctor.line_{state}", params)


def settlements(patient: Patient) -> Parts:
    """Attempts whose outcome nobody knows yet."""
    with patient.doors.uow() as uow:
        undecided = len(uow.settlements.undecided())
    message_id = "doctor.undecided" if undecided else "doctor.all_decided"
    yield Part("settlements", LOOK if undecided else OK, message_id, {"count": undecided})


def days(patient: Patient) -> Parts:
    """Days that nobody closed, and what would roll forward now."""
    from app.use_cases.day_close import business_day, unclosed_days
    from app.use_cases.day_open_items import open_items

    doors = patient.doors
    left = [one for one in unclosed_days(doors) if one < business_day(doors)]
    with doors.uow() as uow:
        found = open_items(uow, "doctor")
    many = sum(one.many for one in found)
    params: dict[str, object] = {
        "days": len(left), "first": f"{left[0]}" if left else "—", "items": many,
    }  # fmt: skip
    if left:
        yield Part("days", LOOK, "doctor.days_left", params)
    else:
        yield Part("days", OK, "doctor.days_good", params)


def packs(patient: Patient) -> Parts:
    """Which area's rules hold, since when and until when."""
    from app.errors import PackValueMissing

    region, now = patient.region, datetime.now(UTC)
    silent = []
    for settlement in region.settlements:
        try:
            region.policy_on(settlement, now)
        except PackValueMissing:
            silent.append(settlement)
    params: dict[str, object] = {
        "code": region.code, "name": region.name, "infver": region.profile.infver,
        "types": len(region.settlements), "until": _until(region.intervals, now),
    }  # fmt: skip
    if silent:
        names = said("list.comma").join(said(f"payment.type_{one}") for one in silent)
        yield Part("packs", BAD, "doctor.packs_silent", {**params, "names": names})
    elif region.status == "draft" and not patient.practice:
        yield Part("packs", LOOK, "doctor.packs_draft", params)
    else:
        yield Part("packs", OK, "doctor.packs_good", params)


def _until(intervals: Mapping[str, tuple[Mapping[str, object], ...]], now: datetime) -> str:
    """The next day on which some rule ends; a dash where none is known to."""
    today = shop_time(now).date()
    ends = [row.get("valid_to") for rows in intervals.values() for row in rows]
    known = sorted(f"{one}" for one in ends if one and f"{one}" >= f"{today}")
    return known[0] if known and not known[0].startswith("9999") else "—"


def licences(patient: Patient) -> Parts:
    """Papers of the store and of its people that end soon or are over; no names."""
    from app.use_cases.holidays import load_calendar
    from app.use_cases.store_papers import papers_view

    view = papers_view(patient.doors, patient.who, load_calendar(patient.folder))
    due = view.due()
    over = [one for one in due if one.days is None or one.days < 0]
    params: dict[str, object] = {"many": len(view.papers), "due": len(due), "over": len(over)}
    state = BAD if over else LOOK if due else OK
    yield Part("licences", state, f"doctor.licences_{state}", params)
