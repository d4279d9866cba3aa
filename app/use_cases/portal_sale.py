"""Portal-assisted: staff key in what the insurer's portal settled or cancelled (SJZ-A.7, S-03).

Nothing goes over the wire, so nothing is ever unknown: the figures are in the books, whole, or the
attempt stands as it stood. Money is taken only after they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.domain.clock import shop_time
from app.domain.insurance import Outcome, Settled
from app.domain.money import Money
from app.domain.portal import ConnectionMode, PortalCancel, PortalResult
from app.domain.return_states import ReturnEvent, ReturnState
from app.domain.sale import Sale, digest_of
from app.domain.sale_states import SaleEvent, SaleState
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementEvent, SettlementState
from app.errors import BadValue, IllegalTransition, RuleBroken
from app.ports import RequestRow, UnitOfWork
from app.ports_portal import PortalEntry
from app.use_cases.checks import check_before_settle
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import signed_in
from app.use_cases.payment import payment, step_along, step_sale
from app.use_cases.rx_common import refresh, reports_to_centre
from app.use_cases.rx_follow import follow
from app.use_cases.rx_settle import report_before_settling, require_told, undo_after_refusal
from app.use_cases.settle_sale import require_proof
from app.use_cases.views import Note, Patient, PaymentView

INFNO = "portal"
"""Stands in the journal where a leg on the wire has its number."""


def key_portal_result(
    doors: Doors,
    sale_id: str,
    settlement_id: str,
    result: PortalResult,
    patient: Patient,
    operator: Operator,
) -> PaymentView:
    """Book one part as the portal settled it: attempt, sale, journal and log in one commit.

    Where a centre holds the prescription it hears of it first, as before a settlement of ours.
    :raises BadValue: an id, a time or an amount that cannot be (:mod:`app.domain.portal`);
    :raises RuleBroken: PORTAL_KNOWN, the id is in the books already; a finding that blocks;
    :raises IllegalTransition: it is not waiting for the portal, or basket or person changed;
    :raises RestoredFirst: a backup was put back and is not held against the platform yet.
    """
    doors.counter.require_up_to_date(insured=True)
    require_proof(doors, patient.credential, sale_id, patient.person_id)

    def book(*, told: bool) -> Settlement | None:
        return _book_result(doors, sale_id, settlement_id, result, patient, operator, told=told)

    untold = book(told=False)
    if untold is None:
        return payment(doors, sale_id)
    signed = signed_in(doors, operator)
    stops = report_before_settling(doors, sale_id, untold, signed)
    if stops:
        return payment(doors, sale_id, stops)
    try:
        book(told=True)
    except (RuleBroken, IllegalTransition, BadValue):
        undo_after_refusal(doors, sale_id, signed)
        raise
    return payment(doors, sale_id)


def _book_result(
    doors: Doors,
    sale_id: str,
    settlement_id: str,
    result: PortalResult,
    patient: Patient,
    operator: Operator,
    *,
    told: bool,
) -> Settlement | None:
    """None = in the books; else the part that a prescription centre hears of first."""
    now = doors.clock.now()
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        case = refresh(uow, sale)
        one = _waiting(uow, sale, settlement_id, patient)
        _require_new(uow, result.setl_id)
        msgid = uow.numbers.next_msgid(doors.shop.institution_code, doors.shop.till_no, now)
        total = Money.total(sale.line(no).amount for no in one.line_nos)
        settled = result.settled(total, now, msgid)
        check_before_settle(doors, uow, sale, one, patient)
        if not told and case is not None and reports_to_centre(doors, case):
            return one
        require_told(doors, uow, sale, one)
        sale.move(SaleEvent.SETTLE_STARTED)
        uow.sales.save(sale)
        one.move(SettlementEvent.KEYED)
        one.answer, one.submitted_at = settled, now
        one.settle_msgid, one.settle_infno = msgid, INFNO
        _journal(uow, one, msgid, "PortalSettlement", settled, now)
        uow.settlements.save(one)
        _enter(uow, one, settled, operator, now)
        attempts = uow.settlements.of_sale(sale_id)
        step_sale(uow, sale, attempts)
        follow(uow, sale, attempts, operator.staff.id, now)
        _log(uow, one, operator, now, settled)
        uow.commit()
    return None


def _waiting(uow: UnitOfWork, sale: Sale, settlement_id: str, patient: Patient) -> Settlement:
    """:raises IllegalTransition: it does not wait for the portal's figures, or any more."""
    one = uow.settlements.get(settlement_id)
    keyed = one.mode is ConnectionMode.PORTAL and one.state is SettlementState.QUOTED
    if one.sale_id != sale.id or not keyed:
        raise IllegalTransition(machine="settlement", state=one.state, event="keyed")
    if one.person_id != patient.person_id:
        raise IllegalTransition(machine="sale", state=sale.state, event="key another person's")
    if digest_of([sale.line(no) for no in one.line_nos], one.account_use) != one.digest:
        raise IllegalTransition(machine="sale", state=sale.state, event="key an old basket")
    return one


def _require_new(uow: UnitOfWork, setl_id: str) -> None:
    if setl_id and (uow.settlements.knows(setl_id) or uow.portal.has(setl_id)):
        raise _known(setl_id)


def _known(setl_id: str) -> RuleBroken:
    note = Note("portal.known", {"setl_id": setl_id}, "block", "PORTAL_KNOWN", ("SJZ-A.7",))
    return RuleBroken((note,), code="PORTAL_KNOWN")


def _enter(
    uow: UnitOfWork, one: Settlement, told: Settled, operator: Operator, now: datetime
) -> None:
    """The id is the store's own from here on; a till that keyed it in the same moment is too late.

    :raises RuleBroken: PORTAL_KNOWN.
    """
    split = told.split
    entry = PortalEntry(
        told.setl_id, one.id, one.sale_id, told is one.cancel_answer, operator.staff.id, now,
        told.setl_time or now, split.total, split.fund, split.account, split.cash,
    )  # fmt: skip
    try:
        uow.portal.enter(entry)
    except BadValue:
        raise _known(told.setl_id) from None


def key_portal_cancel(
    doors: Doors, sale_id: str, cancels: Mapping[str, PortalCancel], operator: Operator
) -> PaymentView:
    """Book that the portal cancelled every keyed settlement of the sale, in one commit.

    Before the completion the sale ends as UNDONE; of a done sale it is the cancel leg of the
    return that was asked for, which then goes on (:func:`app.use_cases.return_goods.run_return`).
    ``cancels``: by settlement id, for all of them: half a sale is no way to stand.
    :raises BadValue: one is missing, an id or a time that cannot be;
    :raises RuleBroken: PORTAL_KNOWN; :raises IllegalTransition: nothing was keyed, or no return
        was asked for.
    """
    now = doors.clock.now()
    with doors.uow() as uow:
        sale, attempts = uow.sales.get(sale_id), uow.settlements.of_sale(sale_id)
        settled = _keyed(sale, attempts)
        if set(cancels) != {one.id for one in settled}:
            raise BadValue(what="portal_cancels", why=str(len(settled)))
        if len({one.setl_id for one in cancels.values()}) != len(cancels):
            raise BadValue(what="portal_same", why="-")
        if sale.done_at is not None:
            _begin_return(uow, sale)
        sale.move(SaleEvent.UNDO_ASKED)
        uow.sales.save(sale)
        for one in settled:
            _book_cancel(doors, uow, one, cancels[one.id], operator, now)
        step_along(uow, sale_id, operator.staff.id, now)
        uow.commit()
    return payment(doors, sale_id)


def _keyed(sale: Sale, attempts: Sequence[Settlement]) -> list[Settlement]:
    """:raises IllegalTransition: there are none, or others beside them."""
    settled = [one for one in attempts if one.state is SettlementState.SETTLED]
    if not settled or any(one.mode is not ConnectionMode.PORTAL for one in settled):
        raise IllegalTransition(machine="sale", state=sale.state, event="key a cancel")
    return settled


def _begin_return(uow: UnitOfWork, sale: Sale) -> None:
    asked = [one for one in uow.returns.of_sale(sale.id) if one.state is ReturnState.ASKED]
    if sale.state is not SaleState.DONE or not asked:
        raise IllegalTransition(machine="sale", state=sale.state, event="key a cancel")
    current = asked[-1]
    current.move(ReturnEvent.CANCEL_STARTED)
    current.move(ReturnEvent.CANCELLED)
    uow.returns.save(current)


def _book_cancel(
    doors: Doors,
    uow: UnitOfWork,
    one: Settlement,
    told: PortalCancel,
    operator: Operator,
    now: datetime,
) -> None:
    if one.answer is None:
        raise IllegalTransition(machine="settlement", state=one.state, event="cancel without ids")
    _require_new(uow, told.setl_id if told.setl_id != one.answer.setl_id else "")
    msgid = uow.numbers.next_msgid(doors.shop.institution_code, doors.shop.till_no, now)
    back = told.settled(one.answer, now, msgid)
    one.move(SettlementEvent.CANCEL_KEYED)
    one.cancel_msgid, one.cancel_answer = msgid, back
    _journal(uow, one, msgid, "PortalCancel", back, now)
    uow.settlements.save(one)
    _enter(uow, one, back, operator, now)
    _log(uow, one, operator, now, back)


def _journal(
    uow: UnitOfWork, one: Settlement, msgid: str, leg: str, told: Settled, now: datetime
) -> None:
    """What was keyed, as a row of its own among the legs: the comparison finds it by its number."""
    at = told.setl_time or now
    keyed = {
        "setl_id": told.setl_id,
        "mdtrt_id": told.mdtrt_id,
        "setl_time": f"{shop_time(at):%Y-%m-%d %H:%M:%S}",
        "medfee_sumamt": str(told.split.total),
        "fund_pay_sumamt": str(told.split.fund),
        "acct_pay": str(told.split.account),
        "acct_mulaid_pay": str(told.split.mutual_aid),
        "psn_cash_pay": str(told.split.cash),
    }
    body = json.dumps(keyed, ensure_ascii=False).encode()
    row = RequestRow(msgid, INFNO, leg, one.id, body, now, outcome=Outcome.SUCCESS, answered_at=now)
    uow.requests.write(row)


def _log(
    uow: UnitOfWork, one: Settlement, operator: Operator, now: datetime, told: Settled
) -> None:
    entry = {
        "settlement": one.id,
        "sale": one.sale_id,
        "person": one.person_id,
        "msgid": one.cancel_msgid or one.settle_msgid,
        "mode": one.mode.value,
        "fund_fen": told.split.fund.fen,
        "cash_fen": told.split.cash.fen,
    }
    uow.log.append(f"settlement.{one.state.value}", operator.staff.id, now, entry)
