"""A person decides a disputed attempt with the platform's books in hand; nobody else can.

The platform is asked once more wherever its own ids allow it, and what it then says prevails over
what was typed (interface 2.18). Ground and amounts are kept sealed with the attempt; the log names
who decided what, and no person beyond that.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from app.domain.dispute import Decision, Verdict
from app.domain.insurance import (
    Answer,
    AskSettlement,
    FundSplit,
    Insured,
    Outcome,
    Settled,
    SettlementFound,
)
from app.domain.money import ZERO, Money
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementEvent
from app.domain.staff import Right, Staff
from app.errors import BadValue, IllegalTransition, NoAnswer, PlatformError, RuleBroken
from app.ports import UnitOfWork
from app.use_cases.basket_calls import insured_again
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import demand, leg_for, run_leg, signed_in
from app.use_cases.payment import payment, step_along
from app.use_cases.recover_settlements import fresh_visits
from app.use_cases.settle_sale import answers_us
from app.use_cases.sign_in import SecondPerson, answering
from app.use_cases.views import Note, PaymentView

ASKED_AGAIN = (SettlementEvent.ASKED_ANEW, SettlementEvent.CANCEL_ASKED_ANEW)


@dataclass(frozen=True, slots=True)
class BookedAmounts:
    """Who paid what, typed from the platform's books; ``account`` holds the family part too."""

    fund: Money
    account: Money
    cash: Money
    mutual_aid: Money = ZERO


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person decides, and on what ground."""

    verdict: Verdict
    evidence: str = field(repr=False)
    """Number of the statement, or who at the office said so. Required."""
    setl_id: str = ""
    mdtrt_id: str = ""
    """The platform's ids: needed to book a settlement whose answer never came."""
    amounts: BookedAmounts | None = None
    """Only where the platform cannot be asked for them."""


def decide_dispute(
    doors: Doors,
    settlement_id: str,
    ruling: Ruling,
    operator: Operator,
    second: SecondPerson | None = None,
) -> PaymentView:
    """Take a disputed attempt out of dispute; sale and visit go on as after any other answer.

    :raises BadValue: no ground, an id missing, amounts that do not add up;
    :raises NotAllowed: neither operator nor second person may resolve unknown outcomes;
    :raises SignInRefused, LockedOut: of the second person;
    :raises IllegalTransition: it is not disputed, or cannot be decided so;
    :raises RuleBroken: BOOKS_DIFFER, the platform's books say something else;
    :raises Refused: the platform knows no such settlement;
    :raises NotSent, NoAnswer, Maintenance: it cannot be asked, and no amounts were typed.
    """
    if not ruling.evidence.strip():
        raise BadValue(what="evidence", why="-")
    by = answering(doors, operator, Right.RESOLVE_UNKNOWN, second)
    with doors.uow() as uow:
        one = uow.settlements.get(settlement_id)
        insured = insured_again(uow.persons.get(one.person_id), one)
        sale = uow.sales.get(one.sale_id)
    _event(one, ruling)
    booked, source = None, ""
    if ruling.verdict is Verdict.SETTLED and one.answer is None:
        total = Money.total(sale.line(no).amount for no in one.line_nos)
        booked, source = _booked(doors, one, insured, ruling, total, operator)
    elif one.answer is not None and ruling.verdict is not Verdict.ASK_AGAIN:
        source = _confirm(doors, one, insured, ruling, operator)
    decision = Decision(
        ruling.verdict, ruling.evidence.strip(), by.id, operator.staff.id, doors.clock.now(), source
    )
    with doors.uow() as uow:
        _write_down(uow, settlement_id, ruling, decision, booked, by)
        uow.commit()
    return payment(doors, one.sale_id)


def _event(one: Settlement, ruling: Ruling) -> SettlementEvent:
    event = one.verdicts.get(ruling.verdict)
    if event is None:
        raise IllegalTransition(
            machine="settlement", state=one.state, event=f"decided {ruling.verdict}"
        )
    return event


def _write_down(
    uow: UnitOfWork,
    settlement_id: str,
    ruling: Ruling,
    decision: Decision,
    booked: Settled | None,
    by: Staff,
) -> None:
    """The one durable step: attempt, ground, sale and log."""
    one = uow.settlements.get(settlement_id)
    event = _event(one, ruling)
    one.move(event)
    one.decisions = (*one.decisions, decision)
    one.answer = booked or one.answer
    if event in ASKED_AGAIN:
        one.asked, one.absent_at, one.next_ask_at = 0, None, decision.at
    uow.settlements.save(one)
    step_along(uow, one.sale_id, by.id, decision.at)
    split = booked.split if booked else None
    entry = {
        "settlement": one.id,
        "sale": one.sale_id,
        "msgid": one.settle_msgid,
        "verdict": ruling.verdict.value,
        "state": one.state.value,
        "source": decision.source,
        "operator": decision.operator,
        "fund_fen": split.fund.fen if split else None,
        "cash_fen": split.cash.fen if split else None,
    }
    uow.log.append("settlement.decided", by.id, decision.at, entry)


# --- what the platform says ----------------------------------------------------------------------


def _booked(
    doors: Doors,
    one: Settlement,
    insured: Insured,
    ruling: Ruling,
    total: Money,
    operator: Operator,
) -> tuple[Settled, str]:
    """The settlement whose answer never came: fetched by its ids, else as typed from the books."""
    setl_id = ruling.setl_id.strip()
    if not setl_id:
        raise BadValue(what="setl_id", why="-")
    mdtrt_id = _visit_id(doors, one, insured, ruling, operator)
    answer = _ask(doors, one, AskSettlement(insured, setl_id, mdtrt_id), operator)
    if answer.outcome in (Outcome.SUCCESS, Outcome.REFUSED):
        found = cast("SettlementFound", demand(answer, "5203"))
        if found.refunded:
            raise _differs("refunded")
        if found.settled is not None:
            return _fetched(one, found.settled, total), "platform"
    elif ruling.amounts is None:
        demand(answer, "5203")
    if ruling.amounts is None:
        # An answer without its sums helps no more than none.
        raise NoAnswer(infno="5203", text="")
    return Settled(_typed(one, ruling.amounts, total), setl_id, mdtrt_id), "typed"


def _ask(doors: Doors, one: Settlement, call: AskSettlement, operator: Operator) -> Answer:
    """5203; where nobody can be signed in either, it could not be sent."""
    try:
        operator = signed_in(doors, operator)
    except PlatformError:
        return Answer(Outcome.NOT_SENT)
    return run_leg(doors, leg_for(call, call.insured, one.id), operator)


def _visit_id(
    doors: Doors, one: Settlement, insured: Insured, ruling: Ruling, operator: Operator
) -> str:
    """The platform's visit: typed, known since the quote, or the one new visit of 5201."""
    known = ruling.mdtrt_id.strip() or (one.visit.mdtrt_id if one.visit else "")
    if known:
        return known
    try:
        fresh = fresh_visits(doors, one, insured, signed_in(doors, operator)) or ()
    except PlatformError:
        fresh = ()
    if len(fresh) != 1:
        raise BadValue(what="mdtrt_id", why="-")
    return fresh[0].mdtrt_id


def _fetched(one: Settlement, settled: Settled, total: Money) -> Settled:
    """What 5203 tells, if it is the answer to our question and adds up."""
    if not answers_us(one, settled):
        raise _differs("other")
    split = settled.split
    missing = split.total - split.fund - split.personal
    if one.quote is not None and missing == one.quote.split.institution:
        # 5203 does not name the institution's part (interface 2.18).
        split = replace(split, institution=missing)
    if split.total != total or split.broken_identities():
        raise _differs("amounts", booked=str(split.total), ours=str(total))
    return replace(settled, split=split)


def _typed(one: Settlement, amounts: BookedAmounts, total: Money) -> FundSplit:
    """Typed amounts in the quote's scopes, as 2207 takes them from there too.

    :raises BadValue: an identity of interface 6.2 does not hold.
    """
    if one.quote is None:
        raise BadValue(what="amounts", why="quote")
    split = replace(
        one.quote.split,
        total=total,
        fund=amounts.fund,
        personal=amounts.account + amounts.cash,
        account=amounts.account,
        cash=amounts.cash,
        mutual_aid=amounts.mutual_aid,
        funds=(),
        balance_after=None,
    )
    parts = (amounts.fund, amounts.cash, amounts.mutual_aid, amounts.account - amounts.mutual_aid)
    if min(parts) < ZERO or split.broken_identities():
        raise BadValue(what="amounts", why=str(total))
    return split


def _confirm(
    doors: Doors, one: Settlement, insured: Insured, ruling: Ruling, operator: Operator
) -> str:
    """A cancel in dispute: both ids are ours, so the platform is asked, and prevails if it answers.

    :raises RuleBroken: BOOKS_DIFFER.
    """
    if one.answer is None:
        return ""
    call = AskSettlement(insured, one.answer.setl_id, one.answer.mdtrt_id)
    answer = _ask(doors, one, call, operator)
    if answer.outcome is not Outcome.SUCCESS:
        return "books"
    refunded = cast("SettlementFound", answer.value).refunded
    if refunded != (ruling.verdict is Verdict.CANCELLED):
        raise _differs("refunded" if refunded else "settled")
    return "platform"


def _differs(how: str, **params: object) -> RuleBroken:
    note = Note(f"decide.books_{how}", dict(params), "block", "BOOKS_DIFFER")
    return RuleBroken((note,), code="BOOKS_DIFFER")
