"""Locks of single lots: hold, release, reject (policy 3.4).

A lock is a state of the lot in the books of the whole store: every till refuses its boxes from the
moment of the commit on. Expired goods need none, their date locks them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.lot_states import LotEvent, LotState
from app.domain.recall import LockReason
from app.domain.staff import Right
from app.errors import RuleBroken
from app.use_cases.notes import Note
from app.use_cases.recalls import open_recall
from app.use_cases.rights import require
from app.use_cases.sign_in import SecondPerson, answering

if TYPE_CHECKING:
    from app.domain.stock import Lot
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator


def hold_lot(doors: Doors, operator: Operator, lot_id: str, reason: LockReason) -> Lot:
    """暂停销售: nobody may sell it until it is released.

    :raises NotAllowed: lacks the right; :raises IllegalTransition: it is locked already.
    """
    return _step(doors, operator, lot_id, LotEvent.HELD, reason)


def reject_lot(doors: Doors, operator: Operator, lot_id: str, reason: LockReason) -> Lot:
    """不合格: it leaves by a return to the supplier or a loss only; errors as :func:`hold_lot`."""
    return _step(doors, operator, lot_id, LotEvent.REJECTED, reason)


def release_lot(
    doors: Doors, operator: Operator, lot_id: str, second: SecondPerson | None = None
) -> Lot:
    """Back to what it was before, by somebody who answers for it.

    A recalled lot is released to ``held`` only: withdrawn goods are examined first.
    :raises NotAllowed: neither has the right; :raises RuleBroken: its recall is open.
    """
    staff = answering(doors, operator, Right.APPROVE_STOCK, second)
    with doors.uow() as uow:
        lot = uow.lots.get(lot_id)
        if lot.state is LotState.RECALLED and open_recall(uow, lot.medicine_id, lot.batch):
            raise RuleBroken(
                (Note("shelf.recall_open", {"batch": lot.batch}, "block"),), code="BATCH_LOCKED"
            )
        after = lot.step(LotEvent.RELEASED, lot.why)
        uow.lots.save(after)
        _log(doors, uow, operator, "lot.released", after, second=staff.id)
        uow.commit()
    return after


def _step(
    doors: Doors, operator: Operator, lot_id: str, event: LotEvent, reason: LockReason
) -> Lot:
    _need(doors, operator, Right.RECEIVE_GOODS)
    with doors.uow() as uow:
        after = uow.lots.get(lot_id).step(event, reason.value)
        uow.lots.save(after)
        _log(doors, uow, operator, f"lot.{event.value}", after)
        uow.commit()
    return after


def _need(doors: Doors, operator: Operator, right: Right) -> None:
    require(doors, operator, right)


def _log(
    doors: Doors, uow: UnitOfWork, operator: Operator, act: str, lot: Lot, second: str = ""
) -> None:
    entry = {"lot": lot.id, "batch": lot.batch, "why": lot.why, "state": lot.state.value}
    if second and second != operator.staff.id:
        entry["second"] = second
    uow.log.append(act, operator.staff.id, doors.clock.now(), entry)
