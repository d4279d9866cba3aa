"""Visits that a quote opened and nobody needs any more: 2205, then 2202, until answered."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from app.domain.clock import still_waits
from app.domain.insurance import Answer, AskVisits, CloseVisit, Insured, Outcome, VisitFound
from app.domain.sale_states import SaleState
from app.domain.settlement import Settlement, Visit
from app.domain.settlement_states import SettlementEvent, SettlementState
from app.domain.visit_states import VisitEvent, VisitState
from app.errors import YaotaiError
from app.ports import UnitOfWork
from app.use_cases.basket_calls import insured_again
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import leg_for, run_leg, signed_in, silent_until
from app.use_cases.visit_legs import asked_period, change_visit, clear_lines, visit_of


def abandon_quotes(doors: Doors, sale_id: str, operator: Operator) -> None:
    """The customer walks away or the basket changes: no quote of this sale counts any more.

    Local at once; what stands open on the platform is closed by :func:`close_open_visits`.
    """
    with doors.uow() as uow:
        for one in uow.settlements.of_sale(sale_id):
            if one.state is SettlementState.QUOTED:
                one.move(SettlementEvent.ABANDONED)
                uow.settlements.save(one)
        uow.log.append("quote.abandoned", operator.staff.id, doors.clock.now(), {"sale": sale_id})
        uow.commit()


def close_open_visits(
    doors: Doors, operator: Operator, *, left_before: datetime | None = None
) -> int:
    """Close every visit without a living settlement; answers how many are closed now.

    ``left_before``: see :func:`app.use_cases.recover_settlements.recover_settlements`.
    """
    if left_before is not None:
        _take_over(doors, left_before)
    with doors.uow() as uow:
        left = uow.settlements.with_open_visit()
        left = [one for one in left if one.state is not SettlementState.QUOTED]
    closed = 0
    for one in left:
        operator = signed_in(doors, operator)
        try:
            closed += _close_safely(doors, one, operator)
        except YaotaiError as error:
            # One visit that cannot be closed holds up no other.
            with doors.uow() as uow:
                entry = {"settlement": one.id, "error": error.message_id}
                uow.log.append("recovery.failed", operator.staff.id, doors.clock.now(), entry)
                uow.commit()
    return closed


def _close_safely(doors: Doors, one: Settlement, operator: Operator) -> bool:
    if visit_of(one).state is VisitState.REGISTERING:
        if _is_listened_for(doors, one):
            return False
        with doors.uow() as uow:
            change_visit(uow, one.id, lambda visit: visit.move(VisitEvent.NO_ANSWER))
            uow.commit()
        with doors.uow() as uow:
            one = uow.settlements.get(one.id)
    if _close(doors, one, operator):
        return True
    with doors.uow() as uow:
        one = uow.settlements.get(one.id)
    # A refused 2202 may only mean that an earlier one got through: 5201 tells at once.
    return visit_of(one).state is VisitState.ORPHANED and _close(doors, one, operator)


def _is_listened_for(doors: Doors, one: Settlement) -> bool:
    """Whether the sender of its 2201 may yet write the answer down; a full disk never lets it."""
    with doors.uow() as uow:
        sent = [row.sent_at for row in uow.requests.of_settlement(one.id)]
    since = sent[-1] if sent else one.created_at
    return still_waits(doors.clock.now(), silent_until(doors, since))


def _take_over(doors: Doors, left_before: datetime) -> None:
    """After a crash: a visit whose 2201 has no answer may exist, and no old quote is trusted."""
    with doors.uow() as uow:
        for one in uow.settlements.with_open_visit():
            if one.created_at >= left_before:
                continue
            visit = visit_of(one)
            if visit.state is VisitState.REGISTERING:
                visit.move(VisitEvent.NO_ANSWER)
            if one.state is SettlementState.QUOTED and _is_idle(uow, one):
                one.move(SettlementEvent.ABANDONED)
            uow.settlements.save(one)
        uow.commit()


def _is_idle(uow: UnitOfWork, one: Settlement) -> bool:
    return uow.sales.get(one.sale_id).state in (SaleState.OPEN, SaleState.ABANDONED)


def _close(doors: Doors, one: Settlement, operator: Operator) -> bool:
    with doors.uow() as uow:
        insured = insured_again(uow.persons.get(one.person_id), one)
    visit = visit_of(one)
    if visit.state is VisitState.ORPHANED:
        if not _find(doors, one, insured, operator):
            return True
        with doors.uow() as uow:
            one = uow.settlements.get(one.id)
            visit = visit_of(one)
        if visit.state is not VisitState.CLOSING:
            return False
    had_lines = visit.state is not VisitState.REGISTERED
    if visit.state in (VisitState.REGISTERED, VisitState.LINES_SENT):
        with doors.uow() as uow:
            change_visit(uow, one.id, lambda each: each.move(VisitEvent.CLOSE_ASKED))
            uow.commit()
    if had_lines:
        # Refused = there were none, or they are gone already; 2202 will tell the truth.
        with doors.uow() as uow:
            one = uow.settlements.get(one.id)
        if clear_lines(doors, one, insured, operator).outcome is Outcome.UNKNOWN:
            return False
    return _withdraw(doors, one, insured, operator)


def _withdraw(doors: Doors, one: Settlement, insured: Insured, operator: Operator) -> bool:
    events = {
        Outcome.SUCCESS: VisitEvent.CLOSED,
        Outcome.REFUSED: VisitEvent.REFUSED,
    }

    def after(uow: UnitOfWork, answer: Answer) -> None:
        event = events.get(answer.outcome, VisitEvent.NO_ANSWER)
        change_visit(uow, one.id, lambda visit: visit.move(event))

    visit = visit_of(one)
    call = CloseVisit(insured, visit.mdtrt_id, visit.visit_no)
    answer = run_leg(doors, leg_for(call, insured, one.id), operator, after=after)
    return answer.outcome is Outcome.SUCCESS


def _find(doors: Doors, one: Settlement, insured: Insured, operator: Operator) -> bool:
    """Look for our visit number in 5201; answers whether it may still be open there."""
    begins, ends = asked_period(doors, one)
    call = AskVisits(insured, begins, ends, one.med_type)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        def change(visit: Visit) -> None:
            if answer.outcome is not Outcome.SUCCESS:
                visit.move(VisitEvent.NO_ANSWER)
                return
            rows = cast("tuple[VisitFound, ...]", answer.value or ())
            ours = [row for row in rows if row.visit_no == visit.visit_no]
            if ours:
                visit.mdtrt_id = ours[0].mdtrt_id
                visit.move(VisitEvent.FOUND)
            else:
                visit.move(VisitEvent.NOT_IN_BOOKS)

        change_visit(uow, one.id, change)

    run_leg(doors, leg_for(call, insured, one.id), operator, after=after)
    with doors.uow() as uow:
        return visit_of(uow.settlements.get(one.id)).state is not VisitState.CLOSED
