"""A release without undoing: a person asks the centre whether a report stands, and says so here.

Release A has no 7208 (interface 3.3). A report without an answer, or one that nothing was settled
on, can then be cleared by nobody but the centre's people; the till waits for what they said. It is
decided by who may resolve unknown outcomes, with the ground, as a disputed settlement is.
"""

from __future__ import annotations

from app.domain.rx_case import HandDecision, RxCase
from app.domain.rx_states import RxEvent, RxState
from app.domain.sale_states import SaleState
from app.domain.staff import Right
from app.errors import BadValue, IllegalTransition, NotAllowed, NotFound
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.rights import refused
from app.use_cases.rx_common import answered, at_centre, log
from app.use_cases.rx_report import require_nothing_settled
from app.use_cases.sign_in import sign_in

_GONE = frozenset({SaleState.ABANDONED, SaleState.UNDONE})


def waits_for_person(doors: Doors, case: RxCase) -> bool:
    """Whether only a person can say what stands at the centre."""
    offers = doors.profile.offers
    told = case.state in (RxState.REPORTING, RxState.REPORTED)
    return told and at_centre(case) and offers("dispense") and not offers("undo")


def say_what_stands(
    doors: Doors, case_id: str, stands: bool, ground: str, number: str, pin: str
) -> RxCase:
    """The centre was asked: its report stands (REPORTED, to be settled on), or stands no more.

    What stands no more is CHECKED again; where its basket is gone it is given back for good.
    :raises BadValue: no ground; :raises NotAllowed: may not resolve unknown outcomes;
    :raises SignInRefused, LockedOut: as at sign-in;
    :raises IllegalTransition: it waits for nobody, or a settlement stands on it.
    """
    if not ground.strip():
        raise BadValue(what="evidence", why="-")
    by = sign_in(doors, number, pin).staff
    if not by.may(Right.RESOLVE_UNKNOWN):
        refused(doors, by.id, Right.RESOLVE_UNKNOWN)
        raise NotAllowed(act=Right.RESOLVE_UNKNOWN.value)
    now = doors.clock.now()
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        if not waits_for_person(doors, case):
            raise IllegalTransition(machine="prescription", state=case.state, event="by hand")
        if stands:
            case.move(RxEvent.CONFIRMED)
        else:
            require_nothing_settled(uow, case)
            case.move(RxEvent.UNDO_ASKED)
            gone = _basket_gone(uow, case)
            case.move(RxEvent.RELEASED if gone else RxEvent.CONFIRMED)
            case.report_sn, case.used_at = "", None
            case.tokens = None if gone else case.tokens
        answered(case, "")
        case.decided = (*case.decided, HandDecision(stands, by.id, now, ground.strip()))
        uow.prescriptions.save(case)
        log(doors, uow, case, "decided_by_hand", by.id, stands=stands)
        uow.commit()
    return case


def _basket_gone(uow: UnitOfWork, case: RxCase) -> bool:
    try:
        return not case.sale_id or uow.sales.get(case.sale_id).state in _GONE
    except NotFound:
        return True
