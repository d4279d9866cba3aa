"""Prescriptions that a crash, a lost answer or a closed basket left on the way: brought to rest.

Verdicts are said again, reports without an answer are cleared, takings-back are repeated, reports
without a settlement are taken back, and what lay in an abandoned basket is given back.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.clock import still_waits
from app.domain.rx_case import RxCase
from app.domain.rx_states import RxState
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.settlement_states import UNRESOLVED, SettlementState
from app.errors import NotFound, PlatformError, YaotaiError
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import signed_in, silent_until
from app.use_cases.rx_common import at_centre
from app.use_cases.rx_opening import recover_openings
from app.use_cases.rx_report import undo
from app.use_cases.rx_review import tell_verdict
from app.use_cases.rx_settle import align, leave

_GONE = frozenset({SaleState.ABANDONED, SaleState.UNDONE})


def recover_prescriptions(
    doors: Doors, operator: Operator, *, left_before: datetime | None = None
) -> int:
    """One pass over this till's prescriptions that wait for something; answers how many moved.

    ``left_before``: the moment this program started; what was under way before it has lost its
    sender and is taken up at once. An item that fails is logged and does not stop the others.
    """
    recover_openings(doors, operator, left_before=left_before)
    moved = 0
    due = [case for case in _left(doors) if _is_wanted(doors, case, left_before)]
    try:
        operator = signed_in(doors, operator) if due else operator
    except PlatformError:
        return 0  # the line is down: the next pass begins again
    for case in due:
        try:
            moved += _take_up(doors, case, operator)
        except YaotaiError as error:
            with doors.uow() as uow:
                entry = {"case": case.id, "error": error.message_id}
                uow.log.append("recovery.failed", operator.staff.id, doors.clock.now(), entry)
                uow.commit()
    return moved


def _left(doors: Doors) -> list[RxCase]:
    """Each case once: on the wire, reported, or lying in a basket that is gone."""
    with doors.uow() as uow:
        return [
            case
            for case in uow.prescriptions.under_way()
            if (case.sale_id or case.state in _WAITS) and _is_ours(doors, uow, case)
        ]


_WAITS = frozenset({RxState.PASSING, RxState.REFUSING, RxState.REPORTING, RxState.UNDOING})


def _sale_of(uow: UnitOfWork, case: RxCase) -> Sale | None:
    try:
        return uow.sales.get(case.sale_id) if case.sale_id else None
    except NotFound:
        return None


def _is_ours(doors: Doors, uow: UnitOfWork, case: RxCase) -> bool:
    """The till of its sale takes it up; without one the till at which it arrived."""
    sale = _sale_of(uow, case)
    return (sale.till_id if sale else case.till_id) == doors.shop.till_id


def _is_wanted(doors: Doors, case: RxCase, left_before: datetime | None) -> bool:
    """Under way with nobody listening any more, or in a basket that is gone."""
    with doors.uow() as uow:
        sale = _sale_of(uow, case)
        sent = uow.requests.get(case.last_msgid) if case.last_msgid else None
    if case.state in (*_WAITS, RxState.REPORTED):
        return _is_due(doors, case, sent.sent_at if sent else case.arrived_at, left_before)
    return sale is not None and sale.state in _GONE


def _take_up(doors: Doors, case: RxCase, operator: Operator) -> bool:
    with doors.uow() as uow:
        sale = _sale_of(uow, case)
        attempts = uow.settlements.of_sale(case.sale_id) if sale else []
    before = case.state
    gone = sale is not None and sale.state in _GONE
    if case.state in (RxState.PASSING, RxState.REFUSING):
        case = _repeat_verdict(doors, case, operator)
    elif case.state is RxState.UNDOING:
        case = undo(doors, case.id, operator, leaving=case.leaving or gone)
    elif any(a.state is SettlementState.SETTLED or a.state in UNRESOLVED for a in attempts):
        case = align(doors, case.sale_id, operator) or case
    elif gone:
        case = leave(doors, case, operator)
    elif case.state in (RxState.REPORTING, RxState.REPORTED) and at_centre(case):
        case = undo(doors, case.id, operator, leaving=False)
    return case.state is not before


def _is_due(doors: Doors, case: RxCase, sent_at: datetime, left_before: datetime | None) -> bool:
    """Whether nobody listens for its answer any more, and its next round has come."""
    now = doors.clock.now()
    if case.next_ask_at is not None:
        return not still_waits(now, case.next_ask_at)
    orphaned = left_before is not None and sent_at < left_before
    return orphaned or not still_waits(now, silent_until(doors, sent_at))


def _repeat_verdict(doors: Doors, case: RxCase, operator: Operator) -> RxCase:
    if case.review is None:
        return case
    token = doors.counter.token_of(case.review.pharmacist_id)
    return tell_verdict(doors, case.id, case.review, operator, token)
