"""The legs of the registered-visit route: 2201, 2203A, 2205, 2204, 2206, one row each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.domain.insurance import (
    Answer,
    ClearLines,
    DescribeVisit,
    Insured,
    Message,
    Outcome,
    QuoteVisit,
    RegisterVisit,
    SendLines,
)
from app.domain.prescription import Prescription
from app.domain.sale import Sale
from app.domain.settlement import Settlement, Visit
from app.domain.visit_states import VisitEvent, VisitState
from app.errors import BadValue, IllegalTransition
from app.ports import UnitOfWork
from app.use_cases.basket_calls import basket_of, diagnosis_of
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import leg_for, run_leg

_WINDOW = timedelta(minutes=10)
_CLOCK_WAS_AHEAD = timedelta(days=2)


def asked_period(doors: Doors, one: Settlement) -> tuple[datetime, datetime]:
    """Begin and end of a 5201 that must not miss what an attempt may have opened.

    From its quote, whose moment is the ``begntime`` that was told (interface 2.11). An attempt
    later than now means that this till's clock was set back since, or had been ahead; nobody knows
    what the platform's own clock said then, so two days are looked through.
    """
    now = doors.clock.now()
    if one.created_at > now:
        return now - _CLOCK_WAS_AHEAD, one.created_at + _WINDOW
    return one.created_at - _WINDOW, now + _WINDOW


EVERY_BATCH = "0000"
"""To 2205: every unsettled line, of which there may be none (interface 2.11)."""


def visit_of(settlement: Settlement) -> Visit:
    """The visit of a settlement on this route; :raises IllegalTransition: where it has none."""
    if settlement.visit is None:
        raise IllegalTransition(machine="visit", state="absent", event="any")
    return settlement.visit


def change_visit(uow: UnitOfWork, settlement_id: str, change: Callable[[Visit], None]) -> None:
    """Load, change and store the visit of a settlement within one unit of work."""
    one = uow.settlements.get(settlement_id)
    change(visit_of(one))
    uow.settlements.save(one)


def quote_visit(
    doors: Doors, one: Settlement, sale: Sale, insured: Insured, operator: Operator
) -> Answer:
    """Walk the legs from where the visit stands to 2206; the first that fails ends the walk.

    A re-quote sends 2205 before 2204 again; lines whose 2204 had no answer are cleared the same
    way (``chrg_bchno`` 0000).
    """
    prescription = sale.prescription
    if prescription is None:
        raise BadValue(what="prescription", why="the visit route needs one")
    answer = Answer(Outcome.SUCCESS)
    state = visit_of(one).state
    if state in (VisitState.NONE, VisitState.CLOSED):
        answer = _register(doors, one, insured, operator)
    elif state is VisitState.LINES_SENT:
        answer = clear_lines(doors, one, insured, operator)
    if answer.outcome is not Outcome.SUCCESS:
        return answer
    with doors.uow() as uow:
        one = uow.settlements.get(one.id)
    for leg in (_describe, _send_lines):
        answer = leg(doors, one, sale, prescription, insured, operator)
        if answer.outcome is not Outcome.SUCCESS:
            return answer
    return _quote(doors, one, sale, insured, operator)


def _register(doors: Doors, one: Settlement, insured: Insured, operator: Operator) -> Answer:
    visit = visit_of(one)

    def before(uow: UnitOfWork, _message: Message) -> None:
        change_visit(uow, one.id, lambda visit: visit.move(VisitEvent.REGISTER_SENT))

    def after(uow: UnitOfWork, answer: Answer) -> None:
        def change(visit: Visit) -> None:
            if answer.outcome is Outcome.SUCCESS:
                visit.mdtrt_id = str(answer.value)
                visit.move(VisitEvent.REGISTERED)
            elif answer.outcome is Outcome.UNKNOWN:
                visit.move(VisitEvent.NO_ANSWER)
            else:
                visit.move(VisitEvent.REFUSED)

        change_visit(uow, one.id, change)

    call = RegisterVisit(insured, visit.visit_no, doors.clock.now())
    leg = leg_for(call, insured, one.id)
    return run_leg(doors, leg, operator, before=before, after=after)


def _describe(
    doors: Doors,
    one: Settlement,
    sale: Sale,
    prescription: Prescription,
    insured: Insured,
    operator: Operator,
) -> Answer:
    # Sent again it replaces what was sent, so an unknown outcome needs nothing but repetition.
    call = DescribeVisit(
        insured=insured,
        mdtrt_id=visit_of(one).mdtrt_id,
        med_type=one.med_type,
        at=one.created_at,
        diagnosis=diagnosis_of(prescription),
        rx_institution_code=prescription.issuer_code,
        rx_institution_name=prescription.issuer_name,
        rx_picture=prescription.picture,
        disease_code=one.disease_code,
        disease_name=one.disease_name,
    )
    return run_leg(doors, leg_for(call, insured, one.id), operator)


def _send_lines(
    doors: Doors,
    one: Settlement,
    sale: Sale,
    prescription: Prescription,
    insured: Insured,
    operator: Operator,
) -> Answer:
    with doors.uow() as uow:
        batch = f"{doors.shop.till_no:02d}{uow.numbers.next_serial('charge_batch'):010d}"
        uow.commit()

    def before(uow: UnitOfWork, _message: Message) -> None:
        def change(visit: Visit) -> None:
            # Counted as sent before the wire is touched: an unknown 2204 is cleared by 2205.
            visit.batch = batch
            visit.move(VisitEvent.LINES_SENT)

        change_visit(uow, one.id, change)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        if answer.outcome in (Outcome.REFUSED, Outcome.NOT_SENT):
            change_visit(uow, one.id, lambda visit: visit.move(VisitEvent.LINES_CLEARED))

    call = SendLines(
        basket=basket_of(sale, one, insured),
        mdtrt_id=visit_of(one).mdtrt_id,
        batch=batch,
        dept_code=prescription.dept_code,
        dept_name=prescription.dept_name,
        doctor_code=prescription.doctor_code,
        doctor_name=prescription.doctor_name,
    )
    leg = leg_for(call, insured, one.id)
    return run_leg(doors, leg, operator, before=before, after=after)


def _quote(
    doors: Doors, one: Settlement, sale: Sale, insured: Insured, operator: Operator
) -> Answer:
    with doors.uow() as uow:
        visit = visit_of(uow.settlements.get(one.id))
    call = QuoteVisit(basket_of(sale, one, insured), visit.mdtrt_id, visit.batch)
    return run_leg(doors, leg_for(call, insured, one.id), operator)


def clear_lines(
    doors: Doors,
    one: Settlement,
    insured: Insured,
    operator: Operator,
    batch: str = EVERY_BATCH,
) -> Answer:
    """2205 for all unsettled lines of the visit; success leads back to REGISTERED or CLOSING.

    ``batch``: those of one charge batch, all or none: refused where it took part in a settlement.
    """

    def after(uow: UnitOfWork, answer: Answer) -> None:
        if answer.outcome is Outcome.SUCCESS:
            change_visit(uow, one.id, lambda visit: visit.move(VisitEvent.LINES_CLEARED))

    call = ClearLines(insured, visit_of(one).mdtrt_id, batch)
    return run_leg(doors, leg_for(call, insured, one.id), operator, after=after)
