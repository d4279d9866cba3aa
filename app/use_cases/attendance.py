"""Attendance of the pharmacists for a period, compared with the business hours (HY-1.5.1)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.clock import shop_time
from app.domain.pharmacist import Duty, Pharmacist
from app.domain.staff import Right
from app.errors import BadValue
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require

HOURS = "business_hours"
"""Setting: ``08:00-21:30``; empty = nobody has said."""
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One pharmacist on one day; minutes on duty, cut at midnight."""

    day: str
    number: str
    name: str
    filing_no: str
    intervals: str
    """``08:00-12:00; 13:00-17:30`` in the shop's time; one that runs reaches up to now."""
    minutes: int
    within: int | None
    """Minutes inside the business hours; None where those are not set."""
    open_minutes: int | None
    """Minutes for which the store is open that day."""
    remote: bool = False


def set_business_hours(doors: Doors, text: str, operator: Operator) -> None:
    """Keep the daily business hours, ``08:00-21:30``; empty takes them back.

    :raises BadValue: no such span; :raises NotAllowed: the right to manage staff is lacking.
    """
    require(doors, operator, Right.MANAGE_STAFF)
    if text and _span(text) is None:
        raise BadValue(what="business hours", why="like 08:00-21:30, the end after the beginning")
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.settings.put(HOURS, text)
        uow.log.append("shop.business_hours", operator.staff.id, now, {"hours": text})
        uow.commit()


def attendance(doors: Doors, begins: datetime, ends: datetime) -> tuple[AttendanceRow, ...]:
    """Who was on duty on which day of the period, by day and staff number.

    A duty that still runs is counted up to now.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        duties = uow.duties.between(begins, ends)
        pharmacists = {one.staff_id: one for one in uow.pharmacists.all()}
        numbers = {member.id: member.number for member in uow.staff.all()}
        hours = _span(_hours(uow))
    stretches: dict[tuple[str, str], list[tuple[int, int, bool]]] = {}
    for duty in duties:
        for day, first, last in _by_day(duty, min(now, ends), max(duty.on_at, begins)):
            key = (day, duty.staff_id)
            stretches.setdefault(key, []).append((first, last, duty.remote))
    rows = [
        _row(day, staff_id, found, pharmacists, numbers, hours)
        for (day, staff_id), found in stretches.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.day, row.number)))


def attendance_csv(rows: Iterable[AttendanceRow], headings: Mapping[str, str]) -> bytes:
    """The rows as CSV, UTF-8 with BOM, so that spreadsheets show the characters.

    ``headings``: words by column, ids under ``[attendance]``; hours with two places.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    columns = ("day", "number", "name", "filing_no", "intervals", "hours", "within", "open",
               "remote")  # fmt: skip
    writer.writerow([headings.get(column, column) for column in columns])
    for row in rows:
        told = (row.minutes, row.within, row.open_minutes)
        writer.writerow(
            [row.day, row.number, _safe(row.name), _safe(row.filing_no), row.intervals]
            + ["" if minutes is None else hours_of(minutes) for minutes in told]
            + [headings.get("yes" if row.remote else "no", str(row.remote))]
        )
    return out.getvalue().encode("utf-8-sig")


def hours_of(minutes: int) -> str:
    """Minutes as hours with two places, rounded down."""
    return f"{minutes // 60}.{minutes % 60 * 100 // 60:02d}"


def _safe(text: str) -> str:
    # A spreadsheet runs what begins like a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _hours(uow: UnitOfWork) -> str:
    return uow.settings.get(HOURS)


def _span(text: str) -> tuple[int, int] | None:
    """Minutes of the day from which and until which the store is open."""
    found = _HOURS.fullmatch(text)
    if found is None:
        return None
    first = int(found[1]) * 60 + int(found[2])
    last = int(found[3]) * 60 + int(found[4])
    return (first, last) if first < last <= _DAY else None


def _by_day(duty: Duty, until: datetime, since: datetime) -> list[tuple[str, int, int]]:
    """The interval cut at midnights: (day, first minute, last minute)."""
    at, end = shop_time(since), shop_time(min(duty.off_at or until, until))
    found = []
    while at < end:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        stop = min(end, midnight + timedelta(days=1))
        first, last = (at - midnight) // timedelta(minutes=1), (stop - midnight)
        found.append((at.date().isoformat(), first, last // timedelta(minutes=1)))
        at = stop
    return found


def _row(
    day: str,
    staff_id: str,
    found: list[tuple[int, int, bool]],
    pharmacists: Mapping[str, Pharmacist],
    numbers: Mapping[str, str],
    hours: tuple[int, int] | None,
) -> AttendanceRow:
    who = pharmacists.get(staff_id)
    within = None
    if hours is not None:
        parts = (min(last, hours[1]) - max(first, hours[0]) for first, last, _ in found)
        within = sum(max(0, part) for part in parts)
    return AttendanceRow(
        day=day,
        number=numbers.get(staff_id, ""),
        name=who.professional.name if who else "",
        filing_no=who.filing_no if who else "",
        intervals="; ".join(_stretch(first, last) for first, last, _ in sorted(found)),
        minutes=sum(last - first for first, last, _ in found),
        within=within,
        open_minutes=hours[1] - hours[0] if hours else None,
        remote=all(remote for _, _, remote in found),
    )


def _stretch(first: int, last: int) -> str:
    return f"{first // 60:02d}:{first % 60:02d}-{last // 60:02d}:{last % 60:02d}"
