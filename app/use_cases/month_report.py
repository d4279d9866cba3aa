"""门诊统筹月报: settlements and fund of a month, what was refused and why, what is open.

SJZ-3, SY-4, LN-3.2. The lines are the comparison's own (:func:`reconcile_rows.own_side`), so that
what is reported is what is compared and claimed, to the fen; nothing is counted a second way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.domain.clearing import RefusedFee, month_bounds, visits_of
from app.domain.clock import shop_time
from app.domain.money import ZERO, Money
from app.domain.prescription import Prescription
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.domain.staff import Right
from app.domain.statement import Figures, OwnRow, total_of
from app.errors import BadValue, PackValueMissing
from app.use_cases.day_open_items import open_items
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import first_sentence
from app.use_cases.reconcile_rows import own_side
from app.use_cases.rights import require

_TOLD: Final = "month_report/"
"""Setting under which it stands that a month was exported."""

BY_HAND: Final = "adopted"
"""Type of a line that only a documented correction knows of."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Some lines together."""

    key: str
    name: str
    count: int
    """清算人次: settlements that stand."""
    figures: Figures


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was not settled, or is not paid."""

    words: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Open:
    """One kind of what is open now."""

    kind: str
    """Words ``shift.item_<kind>`` of the day's close, and ``alert``."""
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class MonthReport:
    """One month of the whole store."""

    month: str
    total: Sum
    by_type: tuple[Sum, ...]
    by_insurance: tuple[Sum, ...]
    """Key: insurance type and clearing type, with a stroke between."""
    by_issuer: tuple[Sum, ...]
    """By the institution that issued the prescription; key empty = none was there."""
    by_department: tuple[Sum, ...]
    by_prescriber: tuple[Sum, ...]
    declined: tuple[Reason, ...]
    """What the platform refused to settle, by its words."""
    fees: tuple[Reason, ...]
    """What the agency does not pay (扣款), by its words."""
    cancelled: int
    """Settlements of the month that were taken back."""
    open: tuple[Open, ...]
    """As of now, not of the month's end."""
    over: bool
    """Whether the month is at its end; before, its figures still grow."""
    by_source: tuple[Sum, ...] = ()
    """By why the prescription was written to be filled here (EZ-9d); key empty = not said."""


def month_report(doors: Doors, operator: Operator, month: str) -> MonthReport:
    """Reads every settlement of the month: call it where nobody waits.

    :raises NotAllowed: not a manager; :raises BadValue: no month, or one that has not begun.
    """
    require(doors, operator, Right.RESOLVE_UNKNOWN)
    begins, ends = month_bounds(month)
    today = shop_time(doors.clock.now()).date()
    if begins > today:
        raise BadValue(what="month", why="not begun")
    with doors.uow() as uow:
        side = own_side(uow, doors.profile, begins, ends, named=False)
        rx = uow.reports.prescribed(sorted({row.sale_id for row in side.rows if row.sale_id}))
        fees = uow.clearings.fees(month)
        waiting = open_items(uow, operator.staff.id)
        alerts, _oldest = uow.alerts.open_ones()
    kinds = {one.id: one.settlement_type for one in side.attempts}
    opened = _opened((one.kind.value, one.many, one.amount) for one in waiting)
    return MonthReport(
        month=month,
        total=Sum("", "", visits_of(side.rows), total_of(side.rows)),
        by_type=_sums(side.rows, lambda row: (kinds.get(row.settlement_id, BY_HAND), "")),
        by_insurance=_sums(
            side.rows, lambda row: (f"{row.group.insutype}|{row.group.clr_type}", "")
        ),
        by_issuer=_sums(side.rows, _by(rx, lambda one: (one.issuer_code, one.issuer_name))),
        by_department=_sums(
            side.rows,
            _by(rx, lambda one: (f"{one.issuer_code}/{one.dept_code}",
                                 f"{one.issuer_name} {one.dept_name}")),
        ),
        by_prescriber=_sums(side.rows, _by(rx, lambda one: (one.doctor_code, one.doctor_name))),
        declined=_declined(side.attempts, begins, ends),
        fees=_fees(fees),
        cancelled=sum(row.negative for row in side.rows),
        open=(*opened, Open("alert", alerts, ZERO)) if alerts else opened,
        over=today > ends,
        by_source=_sums(side.rows, _by(rx, lambda one: (one.source_reason, ""))),
    )  # fmt: skip


Key = tuple[str, str]
"""Key and name of the group that a line belongs to."""


def _sums(rows: Iterable[OwnRow], key_of: Callable[[OwnRow], Key]) -> tuple[Sum, ...]:
    """Every line in exactly one group: the groups' sums are the month's."""
    groups: dict[str, list[OwnRow]] = {}
    names: dict[str, str] = {}
    for row in rows:
        key, name = key_of(row)
        groups.setdefault(key, []).append(row)
        names[key] = name or names.get(key, "")
    found = [Sum(key, names[key], visits_of(mine), total_of(mine)) for key, mine in groups.items()]
    return tuple(sorted(found, key=lambda one: (-one.figures.fund.fen, one.key)))


def _by(
    rx: Mapping[str, Prescription], told: Callable[[Prescription], Key]
) -> Callable[[OwnRow], Key]:
    def key_of(row: OwnRow) -> Key:
        found = rx.get(row.sale_id)
        return told(found) if found is not None else ("", "")

    return key_of


def _declined(attempts: Iterable[Settlement], begins: date, ends: date) -> tuple[Reason, ...]:
    groups: dict[str, list[int]] = {}
    for one in attempts:
        if one.state is not SettlementState.DECLINED or one.submitted_at is None:
            continue
        if not begins <= shop_time(one.submitted_at).date() <= ends:
            continue
        asked = one.quote.split.fund.fen if one.quote is not None else 0
        groups.setdefault(first_sentence(one.last_text), []).append(asked)
    return _reasons(groups)


def _fees(fees: Iterable[RefusedFee]) -> tuple[Reason, ...]:
    groups: dict[str, list[int]] = {}
    for one in fees:
        groups.setdefault(one.reason, []).append(one.lost.fen)
    return _reasons(groups)


def _reasons(groups: Mapping[str, list[int]]) -> tuple[Reason, ...]:
    found = [Reason(words, len(fen), Money(sum(fen))) for words, fen in groups.items()]
    return tuple(sorted(found, key=lambda one: (-one.count, one.words)))


def _opened(items: Iterable[tuple[str, int, Money | None]]) -> tuple[Open, ...]:
    counts: dict[str, int] = {}
    money: dict[str, int] = {}
    for kind, many, amount in items:
        counts[kind] = counts.get(kind, 0) + many
        money[kind] = money.get(kind, 0) + (amount.fen if amount is not None else 0)
    return tuple(Open(kind, count, Money(money[kind])) for kind, count in counts.items())


# --- the reminder ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MonthTold:
    """Whether last month's report is still to be made, for the morning board."""

    month: str
    until: date
    told: bool
    """Somebody exported it."""
    days_left: int


def month_due(doors: Doors) -> MonthTold | None:
    """From the first to the pack's day of a month: the month before. None = nobody asks now."""
    today = shop_time(doors.clock.now()).date()
    day = _due_day(doors)
    if day is None or today.day > day:
        return None
    last = today.replace(day=1) - timedelta(days=1)
    month, until = f"{last:%Y-%m}", today.replace(day=day)
    with doors.uow() as uow:
        told = bool(uow.settings.get(_TOLD + month))
    return MonthTold(month, until, told, (until - today).days)


def _due_day(doors: Doors) -> int | None:
    found = []
    for kind in doors.settlement_types:
        try:
            day = doors.policy_on(kind, doors.clock.now()).store.month_report_day
        except PackValueMissing:
            continue
        if day is not None:
            found.append(day)
    return min(found, default=None)


def month_told(doors: Doors, operator: Operator, month: str, form: str) -> None:
    """It was exported; of a month that is not over nothing is noted: its figures still grow.

    :raises NotAllowed: not a manager; :raises BadValue: no month.
    """
    require(doors, operator, Right.RESOLVE_UNKNOWN)
    _begins, ends = month_bounds(month)
    now = doors.clock.now()
    with doors.uow() as uow:
        if shop_time(now).date() > ends:
            uow.settings.put(_TOLD + month, shop_time(now).isoformat())
        uow.log.append("month.exported", operator.staff.id, now, {"month": month, "form": form})
        uow.commit()


def rows_of(report: MonthReport) -> Iterator[tuple[str, Sum]]:
    """Every sum with the part that it stands in, as files and screens list them."""
    yield "total", report.total
    for part, sums in (
        ("type", report.by_type),
        ("insurance", report.by_insurance),
        ("issuer", report.by_issuer),
        ("department", report.by_department),
        ("prescriber", report.by_prescriber),
        ("source", report.by_source if any(one.key for one in report.by_source) else ()),
    ):
        for one in sums:
            yield part, one
