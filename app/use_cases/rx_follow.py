"""A prescription follows its sale inside one transaction: used where settled or sold, else not.

Only what the books decide by themselves happens here; what must be said to the centre is
:mod:`app.use_cases.rx_settle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.domain.return_states import ReturnState
from app.domain.rx_case import RxCase
from app.domain.rx_states import RX, RxEvent, RxState
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.settlement import Settlement
from app.domain.settlement_states import UNRESOLVED, SettlementState
from app.ports import UnitOfWork


def follow(
    uow: UnitOfWork, sale: Sale, attempts: Sequence[Settlement], actor: str, at: datetime
) -> RxCase | None:
    """Move the sale's case after its settlements were decided or the sale was completed.

    Settled, or sold: USED. Every settlement cancelled: given back, or on with what remains of a
    return, since the centre withdraws the lines by itself and hears no 7208 (interface 3.2 step
    8). What was told as cash has a leg of its own and is not decided here.
    """
    case = uow.prescriptions.of_sale(sale.id)
    if case is None:
        return None
    states = {one.state for one in attempts if covers(case, one)}
    settled = SettlementState.SETTLED in states
    if settled or sale.state is SaleState.DONE:
        if case.state in (RxState.REPORTED, RxState.CHECKED):
            case.move(RxEvent.USED)
            case.used_at = at
            _write(uow, case, "used", actor, at)
    elif case.state is RxState.USED and case.insured_report and not states & UNRESOLVED:
        _freed(uow, case, sale, actor, at)
    return case


def _freed(uow: UnitOfWork, case: RxCase, sale: Sale, actor: str, at: datetime) -> None:
    """In the transaction of the last cancel, whoever heard of it: the counter or the recovery."""
    returns = uow.returns.of_sale(sale.id)
    coming = next((one for one in returns if one.state is ReturnState.CANCELLING), None)
    if coming is not None and coming.replacement_sale_id:
        hand_on(uow, case, coming.replacement_sale_id, actor, at)
    elif coming is not None or sale.done_at is None:
        give_back(uow, case, actor, at)


def covers(case: RxCase, one: Settlement) -> bool:
    """Whether the settlement holds a line that is handed out on the prescription."""
    lines = {given.sale_line_no for given in case.given}
    return not lines or not lines.isdisjoint(one.line_nos)


def give_back(uow: UnitOfWork, case: RxCase, actor: str, at: datetime) -> None:
    """USED no more: nothing of the sale stands, here or at the platform."""
    case.move(RxEvent.GIVEN_BACK)
    case.used_at, case.report_sn = None, ""
    _write(uow, case, "given_back", actor, at)


def hand_on(uow: UnitOfWork, case: RxCase, sale_id: str, actor: str, at: datetime) -> None:
    """The remainder of a return is sold on the same prescription: checked, and reported anew."""
    if case.state is RxState.USED:
        case.move(RxEvent.SOLD_AGAIN)
    case.sale_id, case.used_at, case.report_sn = sale_id, None, ""
    _write(uow, case, "sold_again", actor, at)


def _write(uow: UnitOfWork, case: RxCase, act: str, actor: str, at: datetime) -> None:
    uow.prescriptions.save(case)
    entry = {"case": case.id, "sale": case.sale_id, "state": case.state.value}
    uow.log.append(f"rx.{act}", actor, at, entry)


def abandoned(uow: UnitOfWork, sale: Sale, actor: str, at: datetime) -> None:
    """The basket was given up: a prescription on paper is free again at once."""
    case = uow.prescriptions.of_sale(sale.id)
    held_there = case is not None and case.electronic and (case.tokens or case.sheet.trace_code)
    if case is not None and not held_there and RX.allows(case.state, RxEvent.RELEASED):
        case.move(RxEvent.RELEASED)
        _write(uow, case, "released", actor, at)
