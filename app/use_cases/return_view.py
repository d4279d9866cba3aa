"""A return for the screen: its legs with their ticks, and the net amounts told beforehand."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.money import ZERO, Money
from app.domain.return_states import ReturnState
from app.domain.returns import Return
from app.domain.sale import Sale, TenderKind
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.use_cases.doors import Doors
from app.use_cases.legs import first_sentence
from app.use_cases.payment import payment_view
from app.use_cases.rounding import due_of_remainder
from app.use_cases.views import ReturnLegView, ReturnView

_STEPS = {
    ReturnState.ASKED: 0,
    ReturnState.CANCELLING: 0,
    ReturnState.RESETTLING: 1,
    ReturnState.PAYING_BACK: 2,
    ReturnState.DONE: 3,
    ReturnState.DROPPED: 0,
}
_HAPPENED = (
    SettlementState.SETTLED,
    SettlementState.CANCELLING,
    SettlementState.CANCELLED,
    SettlementState.DISPUTED,
)


def own_paid(sale: Sale) -> Money:
    """Cash and scan-pay that came in for the sale."""
    kinds = (TenderKind.CASH, TenderKind.SCAN_PAY)
    return Money.total(
        tender.amount for tender in sale.tenders if tender.kind in kinds and tender.amount > ZERO
    )


def open_returns(doors: Doors) -> list[ReturnView]:
    """Returns that stopped between two legs: the open items, oldest first."""
    with doors.uow() as uow:
        items = [one.id for one in uow.returns.open_items() if one.state is not ReturnState.ASKED]
    return [return_view(doors, each) for each in items]


def return_view(doors: Doors, return_id: str) -> ReturnView:
    """Where the return stands, from the books."""
    with doors.uow() as uow:
        one = uow.returns.get(return_id)
        sale = uow.sales.get(one.sale_id)
        attempts = uow.settlements.of_sale(sale.id)
        remainder = uow.sales.get(one.replacement_sale_id) if one.replacement_sale_id else None
        later = uow.settlements.of_sale(remainder.id) if remainder else []
    happened = [a for a in attempts if a.state in _HAPPENED and a.answer]
    fund = Money.total(a.answer.split.fund for a in happened if a.answer)
    account = Money.total(a.answer.split.account for a in happened if a.answer)
    cash = own_paid(sale)
    if remainder is not None:
        again = payment_view(remainder, later)
        fund = fund - again.fund
        account = account - again.account - again.mutual_aid
        cash = cash - due_of_remainder(sale, again.cash_due)
    return ReturnView(
        return_id=one.id,
        sale_id=sale.id,
        state=one.state.value,
        legs=_legs(one, happened, later, cash),
        net_cash=cash,
        net_fund=fund,
        net_account=account,
        receipt_no=sale.receipt_no,
        worth=worth_back(sale, remainder),
    )


def worth_back(sale: Sale, remainder: Sale | None) -> Money:
    """What the goods that come back cost, whoever paid them."""
    return sale.total - remainder.total if remainder is not None else sale.total


def _legs(
    one: Return, happened: Sequence[Settlement], later: Sequence[Settlement], cash: Money
) -> tuple[ReturnLegView, ...]:
    legs: list[ReturnLegView] = []
    step = _STEPS[one.state]
    for attempt in happened:
        done = attempt.state is SettlementState.CANCELLED
        doing = attempt.state is SettlementState.CANCELLING
        failed = not done and not doing and bool(attempt.last_text)
        state = "done" if done else "doing" if doing else "failed" if failed else "todo"
        amount = ZERO
        if attempt.answer is not None:  # what the insurer takes back, the family's account included
            amount = attempt.answer.split.fund + attempt.answer.split.account
        legs.append(ReturnLegView("cancel", state, first_sentence(attempt.last_text), amount))
    if one.replacement_sale_id and later:
        text = first_sentence(later[-1].last_text)
        state = "done" if step > 1 else ("failed" if text and step == 1 else "todo")
        legs.append(ReturnLegView("resettle", state, text))
    last = "done" if one.state is ReturnState.DONE else "todo"
    legs.append(ReturnLegView("pay_back", last, amount=cash))
    legs += [ReturnLegView("stock", last), ReturnLegView("codes", last)]
    return tuple(legs)
