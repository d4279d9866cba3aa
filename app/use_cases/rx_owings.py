"""欠药: what was prescribed and not handed out, with the day by which it can be fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from app.domain.clock import shop_time
from app.domain.rx_case import Owing, OwingState, RxCase
from app.domain.rx_match import left_over
from app.errors import IllegalTransition, NotFound, PackValueMissing
from app.use_cases.doors import Doors, Operator
from app.use_cases.rx_common import log


def owe(doors: Doors, case_id: str, operator: Operator) -> tuple[Owing, ...]:
    """An owing for each line that is handed out in part or not at all; due when it runs out.

    Said again it changes nothing: a line is owed once.
    :raises IllegalTransition: nothing is picked yet, so nobody knows what is owed;
    :raises PackValueMissing: neither sheet nor pack says how long it is valid.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        if case.picked is None:
            raise IllegalTransition(machine="prescription", state=case.state, event="owe")
        known = {one.line_no for one in uow.owings.of_case(case_id)}
        owings = tuple(
            Owing(
                id=doors.ids.new(),
                case_id=case_id,
                line_no=line.no,
                name=line.generic_name,
                quantity=quantity,
                unit=line.unit,
                made_at=doors.clock.now(),
                due=last_day(doors, case),
            )
            for line, quantity in left_over(case)
            if line.no not in known
        )
        uow.owings.add(owings)
        log(doors, uow, case, "owed", operator.staff.id, owings=len(owings))
        uow.commit()
    return owings


def last_day(doors: Doors, case: RxCase) -> date:
    """The last day on which it is valid: its own, else issue day and the pack's days (3.1)."""
    sheet = case.sheet
    if sheet.expires_at is not None:
        return shop_time(sheet.expires_at).date()
    for kind in doors.settlement_types:
        try:
            rules = doors.policy_on(kind, doors.clock.now()).rx
        except PackValueMissing:
            continue
        if rules.validity_days is not None:
            counted = rules.count_issue_day is not False
            days = timedelta(days=rules.validity_days - counted)
            return shop_time(sheet.issued_at).date() + days
    raise PackValueMissing(key="rx.validity_days", who=doors.profile.who)


def owings(doors: Doors) -> list[Owing]:
    """What is owed, soonest due first."""
    with doors.uow() as uow:
        return uow.owings.open()


def fulfil_owing(doors: Doors, owing_id: str, operator: Operator, note: str = "") -> Owing:
    """The customer fetched it; :raises NotFound: it is not open."""
    return _end(doors, owing_id, OwingState.FULFILLED, operator, note)


def drop_owing(doors: Doors, owing_id: str, operator: Operator, note: str) -> Owing:
    """Nobody comes for it any more; :raises NotFound: it is not open."""
    return _end(doors, owing_id, OwingState.DROPPED, operator, note)


def _end(doors: Doors, owing_id: str, state: OwingState, operator: Operator, note: str) -> Owing:
    now = doors.clock.now()
    with doors.uow() as uow:
        found = next((one for one in uow.owings.open() if one.id == owing_id), None)
        if found is None:
            raise NotFound(what="open owing")
        ended = replace(found, state=state, settled_at=now, note=note)
        uow.owings.save(ended)
        entry = {"owing": owing_id, "case": ended.case_id, "state": state.value}
        uow.log.append("rx.owing", operator.staff.id, now, entry)
        uow.commit()
    return ended
