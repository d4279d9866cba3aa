"""监管提醒: what the supervision subsystem said, who answers it, what is late (S-11, LN-4.3a)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from app.domain.alert_states import AlertState
from app.domain.balance import Period
from app.domain.clock import BusinessDay
from app.domain.settlement_states import SettlementState
from app.domain.staff import Right
from app.domain.stock_upload import UploadKind, WarningAnswer
from app.domain.supervision import Alert, Phase, RuleName, Way
from app.errors import BadFile, IllegalTransition, PackValueMissing
from app.ports import OutboxRow, UnitOfWork
from app.resources import resource
from app.use_cases.basket_calls import insured_again
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import signed_in
from app.use_cases.notes import Note
from app.use_cases.rights import require
from app.use_cases.supervise import asked, question

MOST: Final = 5_000
"""Alerts of one look; a store with more has to look at a shorter period."""

RIGHT: Final = Right.SEE_PERSON
"""Who answers for what was handed out: pharmacists, managers. The text may name a patient."""

ASKABLE: Final = frozenset({SettlementState.QUOTED, SettlementState.SETTLED})


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as the list shows it."""

    alert: Alert
    receipt_no: str
    """Empty while the sale is not done."""
    rule: str
    """Rule of the mirror, where the area's pack names one."""
    owner: str
    """Name of who stood at the counter."""
    answered_by: str
    late: bool
    told: str
    """State of the answer in the outbox; empty = there is none to tell."""


@dataclass(frozen=True, slots=True)
class AlertsView:
    """A period's alerts with what still waits."""

    period: Period
    rows: tuple[AlertRow, ...]
    days: int | None
    """Within so many days somebody answers; None = the area names no period."""
    asks: bool
    """Whether this area has the subsystem open at all."""

    @property
    def waiting(self) -> int:
        """How many are open."""
        return sum(row.alert.state is AlertState.OPEN for row in self.rows)

    @property
    def overdue(self) -> int:
        """How many of them for too long."""
        return sum(row.late for row in self.rows)


@dataclass(frozen=True, slots=True)
class MirrorRow:
    """One rule of the rule base beside our own checks (S-11)."""

    rule: str
    local: tuple[str, ...]
    platform: tuple[str, ...]
    """The area's own ids; empty = it has named none."""
    alerts: int
    """Alerts of the period."""


def alerts_view(doors: Doors, operator: Operator, period: Period) -> AlertsView:
    """Alerts of a period, and every open one of before it, newest first.

    :raises NotAllowed: neither pharmacist nor manager.
    """
    require(doors, operator, RIGHT)
    now, days = doors.clock.now(), answer_days(doors)
    with doors.uow() as uow:
        found = uow.alerts.between(period.begins, period.ends, MOST)
        names = {one.id: one.name for one in uow.staff.all()}
        sales = {each: uow.sales.get(each).receipt_no for each in {one.sale_id for one in found}}
        keys = [_key(one, *warning) for one in found for warning in one.told()]
        told = {key: entry.state.value for key, entry in uow.outbox.many(keys).items()}
    mirror = doors.profile.audit.rules
    rows = [
        AlertRow(
            one,
            sales[one.sale_id],
            mirror.get(one.rule_id, ""),
            names.get(one.by, ""),
            names.get(one.answered_by, ""),
            one.late(now, days),
            told.get(_key(one, one.phase, one.number), "") if one.number else "",
        )
        for one in found
    ]
    return AlertsView(period, tuple(rows), days, bool(doors.profile.audit.calls))


def answer_days(doors: Doors) -> int | None:
    """The shortest period that the area names for an answer."""
    found = []
    for kind in doors.settlement_types:
        try:
            days = doors.policy_on(kind, doors.clock.now()).supervision.answer_days
        except PackValueMissing:
            continue
        if days is not None:
            found.append(days)
    return min(found, default=None)


def answer_alert(doors: Doors, operator: Operator, alert_id: str, way: Way, words: str) -> Alert:
    """Say what was done and why; where 3103 is open the subsystem is told by the outbox.

    Alert, outbox rows and log are one commit; who answers stands in it for good.
    :raises NotAllowed: :raises NotFound: :raises BadValue: no words, or more than 200 characters;
    :raises IllegalTransition: somebody answered it already.
    """
    require(doors, operator, RIGHT)
    now = doors.clock.now()
    with doors.uow() as uow:
        alert = uow.alerts.get(alert_id).answered(way, words, operator.staff.id, now)
        uow.alerts.put(alert)
        if UploadKind.ANSWER.value in doors.profile.audit.calls:
            uow.outbox.add([_row(one) for one in _answers(alert, now)])
        told: dict[str, object] = {"alert": alert.id, "sale": alert.sale_id, "way": alert.way}
        uow.log.append("supervision.answered", operator.staff.id, now, told)
        uow.commit()
    return alert


def ask_again(doors: Doors, operator: Operator, alert_id: str) -> tuple[Note, ...]:
    """Put a question once more that had no answer; what is found now is an alert of its own.

    :raises NotAllowed: :raises NotFound: :raises IllegalTransition: it had an answer, or its part
    came to nothing: then there is nothing to ask about, and a person answers it.
    :raises Refused, NotSent, NoAnswer: when signing in fails.
    """
    require(doors, operator, RIGHT)
    operator = signed_in(doors, operator)
    with doors.uow() as uow:
        alert = uow.alerts.get(alert_id)
        one = uow.settlements.get(alert.settlement_id)
        if not alert.silent or alert.state is not AlertState.OPEN or one.state not in ASKABLE:
            raise IllegalTransition(machine="supervision_alert", state=alert.state, event="ask")
        sale = uow.sales.get(alert.sale_id)
        insured = insured_again(uow.persons.get(one.person_id), one)
        call = question(doors, uow, sale, one, insured, alert.phase)
    if call is None:
        raise IllegalTransition(machine="supervision_alert", state=alert.state, event="ask")
    return asked(doors, call, one, insured, operator)


def _answers(alert: Alert, now: datetime) -> list[WarningAnswer]:
    """One row a warning and phase: asked twice, the subsystem gave it two numbers, or said one
    twice; the answer names the phase (interface 2.13, ``warn_type``).
    """
    return [
        WarningAnswer(
            serial=_key(alert, phase, number),
            at=now,
            number=number,
            phase=phase.value,
            way=alert.way,
            words=alert.answer,
            name=alert.rule_name,
        )
        for phase, number in alert.told()
    ]


def _row(one: WarningAnswer) -> OutboxRow:
    return OutboxRow(one.serial, f"warning/{one.serial}", one.kind, one.payload(), one.at)


def _key(alert: Alert, phase: Phase, number: str) -> str:
    """Of the alert's own: that no other carries its number is the subsystem's word alone."""
    name = f"{alert.id}|{phase.value}|{number}"
    return f"M3103-{hashlib.sha256(name.encode()).hexdigest()[:20].upper()}"


# --- how things stand -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlertsTold:
    """For the tile of the morning board."""

    waiting: int
    oldest: datetime | None
    late: bool


def alerts_told(doors: Doors) -> AlertsTold:
    """How many wait, and whether the oldest waits for too long."""
    with doors.uow() as uow:
        waiting, oldest = uow.alerts.open_ones()
    days = answer_days(doors)
    late = (
        days is not None
        and oldest is not None
        and doors.clock.now() - oldest > timedelta(days=days)
    )
    return AlertsTold(waiting, oldest, late)


# --- the mirror -----------------------------------------------------------------------------------


@cache
def mirrored_rules() -> tuple[RuleName, ...]:
    """The rules of ``resources/rules/supervision.toml``, in their order.

    :raises BadFile: it is not as it was shipped.
    """
    path = resource("rules", "supervision.toml")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(
            RuleName(str(one["id"]), f"alerts.rule_{one['id']}", tuple(one["local"]))
            for one in table["rule"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFile(file=path.name, why=type(error).__name__) from None


def mirror_rows(doors: Doors, operator: Operator, period: Period) -> tuple[MirrorRow, ...]:
    """Each rule with our own checks of the same thing and how often it spoke.

    :raises NotAllowed: neither pharmacist nor manager.
    """
    require(doors, operator, RIGHT)
    with doors.uow() as uow:
        counts = _counts(uow, doors.profile.audit.rules, period)
    of_area: dict[str, list[str]] = {}
    for number, rule in doors.profile.audit.rules.items():
        of_area.setdefault(rule, []).append(number)
    return tuple(
        MirrorRow(one.id, one.local, tuple(of_area.get(one.id, ())), counts.get(one.id, 0))
        for one in mirrored_rules()
    )


def _counts(uow: UnitOfWork, names: Mapping[str, str], period: Period) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in uow.alerts.between(period.begins, period.ends, MOST):
        if one.at >= period.begins:
            rule = names.get(one.rule_id, one.rule_id)
            found[rule] = found.get(rule, 0) + 1
    return found


def this_month(now: datetime) -> Period:
    """The month so far, as the pages show it first."""
    today = BusinessDay.of(now).day
    return Period(today.replace(day=1), today)
