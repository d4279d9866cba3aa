"""撤销: undo settled attempts, one leg each: for who cannot pay, and for returns."""

from __future__ import annotations

from app.domain.insurance import Answer, CancelSettlement, Insured, Message, Outcome, Settled
from app.domain.sale_states import SaleEvent, SaleState
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementEvent, SettlementState
from app.errors import IllegalTransition
from app.ports import UnitOfWork
from app.use_cases.basket_calls import insured_again
from app.use_cases.close_visits import close_open_visits
from app.use_cases.connection_mode import require_direct
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import ALREADY_REFUNDED, leg_for, run_leg, signed_in
from app.use_cases.payment import payment, step_along
from app.use_cases.rx_follow import follow
from app.use_cases.views import PaymentView


def cancel_settlements(doors: Doors, sale_id: str, operator: Operator) -> PaymentView:
    """The customer cannot pay: undo what is settled; the sale ends as UNDONE.

    A leg without an answer stays CANCELLING and the recovery asks 5203; a refused one leaves the
    sale to be completed or cancelled again.
    :raises IllegalTransition: nothing of the sale is settled, or it is done already;
    :raises RuleBroken: PORTAL_CANCEL: it was keyed from the insurer's portal, and ends there.
    """
    with doors.uow() as uow:
        require_direct(*uow.settlements.of_sale(sale_id))
    operator = signed_in(doors, operator)
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        if sale.done_at is not None:
            raise IllegalTransition(machine="sale", state=sale.state, event="cancel a done sale")
        if sale.state is not SaleState.UNDOING:
            sale.move(SaleEvent.UNDO_ASKED)
            uow.sales.save(sale)
        uow.commit()
    cancel_all(doors, sale_id, operator)
    with doors.uow() as uow:
        step_along(uow, sale_id, operator.staff.id, doors.clock.now())
        uow.commit()
    close_open_visits(doors, operator)
    return payment(doors, sale_id)


def cancel_all(doors: Doors, sale_id: str, operator: Operator) -> None:
    """One cancel leg for each settlement of the sale that is still settled."""
    with doors.uow() as uow:
        attempts = uow.settlements.of_sale(sale_id)
        require_direct(*attempts)
        settled = [one for one in attempts if one.state is SettlementState.SETTLED]
        known = {one.id: insured_again(uow.persons.get(one.person_id), one) for one in settled}
    for one in settled:
        _cancel(doors, one, known[one.id], operator)


def _cancel(doors: Doors, one: Settlement, insured: Insured, operator: Operator) -> None:
    if one.answer is None:
        raise IllegalTransition(machine="settlement", state=one.state, event="cancel without ids")

    def before(uow: UnitOfWork, message: Message) -> None:
        current = uow.settlements.get(one.id)
        current.move(SettlementEvent.CANCEL_ASKED)
        current.cancel_msgid = message.msgid
        current.asked = 0
        current.next_ask_at = None
        uow.settlements.save(current)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        current = uow.settlements.get(one.id)
        current.last_text = answer.text
        current.move(_event_of(current, answer))
        if current.state is SettlementState.CANCELLED and isinstance(answer.value, Settled):
            current.cancel_answer = answer.value
        uow.settlements.save(current)
        entry = {"settlement": one.id, "sale": one.sale_id, "msgid": current.cancel_msgid}
        act, now = f"settlement.{current.state.value}", doors.clock.now()
        uow.log.append(act, operator.staff.id, now, entry)
        attempts = uow.settlements.of_sale(one.sale_id)
        follow(uow, uow.sales.get(one.sale_id), attempts, operator.staff.id, now)

    call = CancelSettlement(
        insured, one.answer.setl_id, one.answer.mdtrt_id, visit_route=one.route == "visit"
    )
    run_leg(doors, leg_for(call, insured, one.id), operator, before=before, after=after)


def _event_of(one: Settlement, answer: Answer) -> SettlementEvent:
    """Confirmed only by the negated original (interface 6.2); anything else is asked after."""
    settled = answer.value if isinstance(answer.value, Settled) else None
    if answer.outcome is Outcome.SUCCESS and settled and one.answer:
        believed = settled.split.is_negation_of(one.answer.split)
        return SettlementEvent.CANCEL_CONFIRMED if believed else SettlementEvent.NO_ANSWER
    refused = answer.outcome in (Outcome.REFUSED, Outcome.NOT_SENT)
    # "Already refunded": an earlier cancel came through after all; 5203 will say so.
    if refused and ALREADY_REFUNDED not in answer.text:
        return SettlementEvent.REFUSED
    return SettlementEvent.NO_ANSWER
