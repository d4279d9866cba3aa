"""对账 of one day: 3201 by group, and where a group is not level its lines by 9101, 3202, 9102.

Asking changes no figure. What was said and what differs is kept in one commit; a question without
an answer leaves the day unfinished, and the day may be compared as often as wanted (2.14, 7.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from app.domain.insurance import LateCall, Outcome
from app.domain.policy import InterfaceProfile
from app.domain.staff import Right
from app.domain.statement import (
    CentreRow,
    DayState,
    Difference,
    GroupKey,
    GroupResult,
    GroupTold,
    OwnRow,
    Statement,
    total_of,
)
from app.domain.statement_calls import (
    AskDetails,
    AskTotals,
    FetchStatement,
    FileKept,
    SendStatement,
    TotalsSaid,
)
from app.domain.statement_compare import Told, match
from app.domain.statement_states import DIFFERENCE, STANDING, DifferenceEvent, DifferenceState
from app.errors import BadValue
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, first_sentence, run_leg, signed_in
from app.use_cases.reconcile_look import Look, look_at
from app.use_cases.reconcile_rows import own_side
from app.use_cases.rights import require

GONE = "gone"
"""``Difference.act`` of one that a later comparison no longer found."""


@dataclass(frozen=True, slots=True)
class DayReconciled:
    """A day as it stands after being compared."""

    statement: Statement
    differences: tuple[Difference, ...]
    """Of this day, standing ones first; closed ones stay in sight."""

    @property
    def standing(self) -> tuple[Difference, ...]:
        """Those that somebody has to do something about."""
        return tuple(one for one in self.differences if one.state in STANDING)


def reconcile(doors: Doors, operator: Operator, day: date) -> DayReconciled:
    """Compare a day of the platform's clock; keeps the result and the differences.

    Any operator may have it asked (it runs by itself in the morning); what it found is shown by
    :func:`differences` only to who may resolve it.

    :raises Refused, NotSent, NoAnswer: nobody can be signed in; nothing was compared.
    :raises PackValueMissing: the area's profile has no path for it.
    """
    operator = signed_in(doors, operator)
    with doors.uow() as uow:
        own = own_side(uow, doors.profile, day, day).rows
    groups = [_ask_totals(doors, operator, day, key, own) for key in groups_to_ask(doors, own)]
    asked = _unlevel(groups)
    told, silent = list[Told](), set[tuple[str, str]]()
    for agency, clr_type in asked:
        for refunded in (False, True):
            rows = _fetch_details(doors, operator, day, (agency, clr_type, refunded), own)
            if rows is None:
                silent.add((agency, clr_type))
            else:
                told += [Told(row, agency, clr_type) for row in rows]
    mine = [
        row
        for row in own
        if (row.group.agency, row.group.clr_type) in asked
        and (row.group.agency, row.group.clr_type) not in silent
    ]
    matched = match(mine, _heard(told, silent), doors.profile.stmt_level)
    found = look_at(doors, operator, Look(day, matched, tuple(groups), own))
    groups = [
        replace(one, detailed=(one.key.agency, one.key.clr_type) in asked - silent)
        for one in groups
    ]
    return _keep(doors, operator, day, (own, groups, found, bool(silent)))


def _heard(told: Iterable[Told], silent: set[tuple[str, str]]) -> list[Told]:
    return [one for one in told if (one.agency, one.clr_type) not in silent]


def differences(doors: Doors, operator: Operator, day: date) -> list[Difference]:
    """Every difference that a day had, standing ones first. :raises NotAllowed:."""
    require(doors, operator, Right.RESOLVE_UNKNOWN)
    with doors.uow() as uow:
        return uow.reconciliations.of_day(day)


# --- the first level: totals ----------------------------------------------------------------------


def groups_to_ask(doors: Doors, own: Sequence[OwnRow]) -> list[GroupKey]:
    """Every group that may hold a line on either side, also where we have none."""
    profile: InterfaceProfile = doors.profile
    agencies = dict.fromkeys([profile.division, *(row.group.agency for row in own)])
    schemes = dict.fromkeys([*profile.insutypes, *(row.group.insutype for row in own)])
    types = dict.fromkeys([*profile.clr_types.values(), *(row.group.clr_type for row in own)])
    return [
        GroupKey(agency, insutype, clr_type, refunded)
        for agency in agencies
        for insutype in schemes
        for clr_type in types
        for refunded in (False, True)
    ]


def _ask_totals(
    doors: Doors, operator: Operator, day: date, key: GroupKey, own: Sequence[OwnRow]
) -> GroupTold:
    rows = [row for row in own if row.group == key]
    told = GroupTold(key, len(rows), total_of(rows), GroupResult.UNANSWERED)
    call = AskTotals(key, day, day, told.figures, told.count)
    try:
        answer = run_leg(doors, Leg(call), operator)
    except BadValue as error:
        # A line of which the platform never told the clearing type: it cannot be asked for.
        return replace(told, result=GroupResult.REFUSED, text=str(error.params["what"]))
    if answer.outcome is Outcome.REFUSED:
        return replace(told, result=GroupResult.REFUSED, text=first_sentence(answer.text))
    if answer.outcome is not Outcome.SUCCESS or not isinstance(answer.value, TotalsSaid):
        return told
    level = answer.value.result in doors.profile.stmt_level
    result = GroupResult.LEVEL if level else GroupResult.DIFFERS
    return replace(told, result=result, text=first_sentence(answer.value.text))


def _unlevel(groups: Iterable[GroupTold]) -> set[tuple[str, str]]:
    """Agencies and types whose lines are wanted; 3202 knows no insurance type (2.14)."""
    return {
        (one.key.agency, one.key.clr_type)
        for one in groups
        if one.result is GroupResult.DIFFERS or (one.result is GroupResult.REFUSED and one.count)
    }


# --- the second level: lines ----------------------------------------------------------------------


def _fetch_details(
    doors: Doors,
    operator: Operator,
    day: date,
    wanted: tuple[str, str, bool],
    own: Sequence[OwnRow],
) -> tuple[CentreRow, ...] | None:
    """The result rows of one group; None where any step was not answered."""
    agency, clr_type, refunded = wanted
    filed = [
        row
        for row in own
        if (row.group.agency, row.group.clr_type, row.group.refunded) == wanted and row.can_be_filed
    ]
    name = f"stmt_{day:%Y%m%d}_{agency}_{clr_type}_{int(refunded)}.zip"
    sent = _value(doors, operator, SendStatement(tuple(filed), name))
    if not isinstance(sent, FileKept):
        return None
    sums = total_of(filed)
    call = AskDetails(agency, clr_type, refunded, sent.number, day, day, sums, len(filed))
    result = _value(doors, operator, call)
    if not isinstance(result, FileKept):
        return None
    rows = _value(doors, operator, FetchStatement(result))
    return cast("tuple[CentreRow, ...]", rows) if isinstance(rows, tuple) else None


def _value(doors: Doors, operator: Operator, call: LateCall) -> object:
    try:
        answer = run_leg(doors, Leg(call), operator)
    except BadValue:
        return None
    return answer.value if answer.outcome is Outcome.SUCCESS else None


# --- kept -----------------------------------------------------------------------------------------


def _keep(
    doors: Doors,
    operator: Operator,
    day: date,
    made: tuple[Sequence[OwnRow], Sequence[GroupTold], Sequence[Difference], bool],
) -> DayReconciled:
    """Statement, differences and log: one commit."""
    own, groups, found, silent = made
    now = doors.clock.now()
    with doors.uow() as uow:
        unfinished = silent or any(one.result is GroupResult.UNANSWERED for one in groups)
        keep_differences(uow, doors, day, found, complete=not unfinished, by=operator.staff.id)
        left = sum(one.state in STANDING for one in uow.reconciliations.of_day(day))
        statement = Statement(
            doors.ids.new(), day, now, operator.staff.id,
            _state(groups, unfinished, left), tuple(groups), len(own), left,
        )  # fmt: skip
        uow.reconciliations.keep(statement)
        entry = {
            "day": day.isoformat(),
            "state": statement.state.value,
            "lines": len(own),
            "open": left,
        }
        uow.log.append("reconcile.compared", operator.staff.id, now, entry)
        kept = tuple(uow.reconciliations.of_day(day))
        uow.commit()
    return DayReconciled(statement, kept)


def _state(groups: Iterable[GroupTold], unfinished: bool, left: int) -> DayState:
    if unfinished:
        return DayState.UNFINISHED
    bad = any(
        one.result is GroupResult.DIFFERS or (one.result is GroupResult.REFUSED and one.count)
        for one in groups
    )
    return DayState.DIFFERS if bad or left else DayState.LEVEL


def keep_differences(
    uow: UnitOfWork,
    doors: Doors,
    day: date,
    found: Sequence[Difference],
    *,
    complete: bool,
    by: str,
) -> None:
    """Write down what was found; what is no longer there is closed, if everything was answered."""
    now = doors.clock.now()
    known: dict[tuple[str, bool], Difference] = {}
    for one in sorted(uow.reconciliations.of_day(day), key=lambda each: each.round):
        known[one.matter] = one
    for one in found:
        old = known.pop(one.matter, None)
        if old is None or old.state not in STANDING:
            state = DIFFERENCE.step(DifferenceState.FOUND, DifferenceEvent.WRITTEN)
            again = old.round + 1 if old is not None else 0
            fresh = replace(one, state=state, found_at=now, seen_at=now, round=again)
            uow.reconciliations.put(fresh)
            continue
        asked = old.state is DifferenceState.ASKED
        uow.reconciliations.put(
            replace(
                one,
                id=old.id,
                state=old.after(DifferenceEvent.SEEN_AGAIN),
                act=old.act if asked else "",
                ground=old.ground,
                second=old.second,
                twin_msgid=one.twin_msgid or old.twin_msgid,
                found_at=old.found_at,
                seen_at=now,
                round=old.round,
                version=old.version,
            )
        )
    if not complete:
        return
    for old in known.values():
        if old.state in STANDING:
            closed = replace(
                old, state=old.after(DifferenceEvent.GONE), act=GONE, closed_at=now, closed_by=by
            )
            uow.reconciliations.put(closed)
