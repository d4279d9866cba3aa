"""Goods come onto the shelf: a receiving is posted in one piece, or put right by another paper.

One transaction holds document, lots, movements, trace codes, the order's progress and the log:
either all of a note is here or nothing of it (LN-2.4a).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.lot_states import LotEvent, LotState
from app.domain.money import Quantity
from app.domain.received_states import ReceivedEvent
from app.domain.receiving import NOTHING, GoodsLine
from app.domain.receiving_states import ReceivingEvent
from app.domain.staff import Right
from app.domain.stock import Lot, MoveKind
from app.domain.stock_document import DocumentKind, StockDocument
from app.domain.trace import CodeSource
from app.errors import BadValue, RuleBroken
from app.ports import StockMove, UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.recalls import lock_if_recalled
from app.use_cases.receiving import require
from app.use_cases.receiving_check import (
    ReceivingCheck,
    accepted_by_drug,
    is_transfer,
    judge,
)
from app.use_cases.sign_in import SecondPerson, answering
from app.use_cases.stock_moves import book_moves, next_number
from app.use_cases.typed_reason import typed_reason

COLD_CHAIN = "cold_chain"
"""Why a lot is quarantined that came too warm or too cold."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of a receiving."""

    document: StockDocument
    lots: tuple[Lot, ...]
    medicine_ids: tuple[str, ...]

    @property
    def quarantined(self) -> int:
        """How many lots wait for the quality person."""
        return sum(1 for one in self.lots if one.state is LotState.QUARANTINED)


def post_receiving(doors: Doors, receiving_id: str, operator: Operator) -> Posted:
    """Post a draft whole: document, lots, movements, codes, order, log; or nothing.

    :raises NotAllowed: no right to receive goods; :raises RuleBroken: something stands against it,
    ``findings`` are the :class:`app.domain.receiving.LineFault` of it; :raises BadValue: the note
    was posted meanwhile; :raises StoreStale: somebody else changed it; :raises IllegalTransition:
    it is no draft; :raises NotFound:.
    """
    require(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        head = uow.receivings.get(receiving_id)
        posted = head.step(ReceivingEvent.POSTED)
        check = judge(doors, uow, head)
        if not check.postable:
            raise RuleBroken(findings=check.faults, code=check.faults[0].why)
        kind = DocumentKind.TRANSFER_IN if is_transfer(head) else DocumentKind.RECEIVING
        document = StockDocument(
            id=head.id,
            kind=kind,
            number=next_number(doors, uow, kind),
            at=now,
            staff_id=operator.staff.id,
            party_id=head.supplier_id,
            note=head.note,
        )
        uow.documents.add(document)
        lots = _bring(doors, uow, check, document)
        _tell_order(uow, check)
        uow.receivings.save(replace(posted, at=now, number=document.number))
        _log(uow, "receiving.posted", operator.staff.id, now, check, document)
        uow.commit()
    return Posted(document, tuple(lots), tuple({one.medicine_id: None for one in lots}))


def _bring(
    doors: Doors, uow: UnitOfWork, check: ReceivingCheck, document: StockDocument
) -> list[Lot]:
    """The lots of all accepted lines with their movements and codes."""
    kind = MoveKind.TRANSFER_IN if is_transfer(check.head) else MoveKind.BOUGHT
    lines = [one for _, one in sorted(check.goods.items()) if one.accepted]
    lots = lock_if_recalled(uow, [_lot(doors, one, check, document) for one in lines])
    uow.lots.add(lots)
    moves, codes = [], {}
    for line, lot in zip(lines, lots, strict=True):
        move = StockMove(
            id=doors.ids.new(),
            medicine_id=line.medicine_id,
            quantity=line.accepted,
            kind=kind,
            at=document.at,
            batch=line.batch,
            lot_id=lot.id,
            document_id=document.id,
            amount=line.amount,
        )
        moves.append(move)
        codes[move.id] = [code for each in line.codes for code in each.codes]
    book_moves(doors, uow, moves, codes)
    for line, lot in zip(lines, lots, strict=True):
        for each in line.codes:
            source = CodeSource(each.source)
            uow.received.add(lot.id, each.codes, document.at, document.id, each.carton, source)
    return lots


def _lot(doors: Doors, line: GoodsLine, check: ReceivingCheck, document: StockDocument) -> Lot:
    warm = line.no in check.too_warm
    return Lot(
        id=doors.ids.new(),
        medicine_id=line.medicine_id,
        batch=line.batch,
        made_on=line.made_on,
        expires_on=line.expires_on,
        received_at=document.at,
        document_id=document.id,
        supplier_id=document.party_id,
        cost=line.cost,
        state=LotState.QUARANTINED if warm else LotState.SALEABLE,
        why=COLD_CHAIN if warm else "",
    )


def _tell_order(uow: UnitOfWork, check: ReceivingCheck) -> None:
    if check.head.order_id:
        order = uow.orders.get(check.head.order_id)
        uow.orders.save(order.came(accepted_by_drug(check.goods.values())))


def correct_receiving(
    doors: Doors,
    receiving_id: str,
    reason: str,
    operator: Operator,
    second: SecondPerson | None = None,
) -> StockDocument:
    """Take a posted receiving back by a counter document; the note may then be received anew.

    Only while all of it still lies on the shelf and no basket holds any: what was sold, lost or
    sent on came in truth. Posted papers themselves are never changed (policy 3.4).
    :raises NotAllowed: nobody here may approve; :raises BadValue: no reason, or not all of it is
    there any more; :raises IllegalTransition: it is not posted; :raises NotFound:.
    """
    said = typed_reason(reason)
    staff = answering(doors, operator, Right.APPROVE_STOCK, second)
    now = doors.clock.now()
    with doors.uow() as uow:
        head = uow.receivings.get(receiving_id)
        after = head.step(ReceivingEvent.CORRECTED)
        document = StockDocument(
            id=doors.ids.new(),
            kind=DocumentKind.CORRECTION,
            number=next_number(doors, uow, DocumentKind.CORRECTION),
            at=now,
            staff_id=operator.staff.id,
            second_id=staff.id if staff.id != operator.staff.id else "",
            party_id=head.supplier_id,
            corrects=head.id,
            reason="receiving_wrong",
            note=said,
        )
        uow.documents.add(document)
        _take_back(doors, uow, head.id, document)
        _untell_order(uow, head.order_id, head.id)
        uow.receivings.save(after)
        entry = {"receiving": head.id, "document": document.id}
        uow.log.append("receiving.corrected", operator.staff.id, now, entry)
        uow.commit()
    return document


def _take_back(doors: Doors, uow: UnitOfWork, receiving_id: str, document: StockDocument) -> None:
    came = uow.shelf.of_document(receiving_id)
    uow.holds.lock(list({one.medicine_id: None for one in came}))
    _all_there(uow, came)
    moves = [
        StockMove(
            id=doors.ids.new(),
            medicine_id=one.medicine_id,
            quantity=-one.quantity,
            kind=MoveKind.CORRECTION,
            at=document.at,
            batch=one.batch,
            reverses=one.id,
            lot_id=one.lot_id,
            document_id=document.id,
            reason=document.reason,
            amount=-one.amount if one.amount is not None else None,
        )
        for one in came
    ]
    codes = {move.id: [code.code for code in uow.received.of_lot(move.lot_id) if code.on_hand]
             for move in moves}  # fmt: skip
    book_moves(doors, uow, moves, codes)
    for move in moves:
        uow.received.leave(codes[move.id], ReceivedEvent.WITHDRAWN, document.at, document.id)


def _all_there(uow: UnitOfWork, came: Sequence[StockMove]) -> None:
    """:raises BadValue: something of the lots was moved since, or a basket holds some."""
    figures = {one.lot.id: one for one in uow.shelf.figures_of([one.lot_id for one in came])}
    for one in came:
        found = figures.get(one.lot_id)
        if found is None or found.on_hand != one.quantity or found.reserved or found.returned:
            raise BadValue(what="receiving", why="not all of it lies here any more")


def _untell_order(uow: UnitOfWork, order_id: str, receiving_id: str) -> None:
    if not order_id:
        return
    back: dict[str, Quantity] = {}
    for one in uow.shelf.of_document(receiving_id):
        back[one.medicine_id] = back.get(one.medicine_id, NOTHING) - one.quantity
    uow.orders.save(uow.orders.get(order_id).came(back))


def judge_quarantined(
    doors: Doors,
    lot_id: str,
    event: LotEvent,
    reason: str,
    operator: Operator,
    second: SecondPerson | None = None,
) -> Lot:
    """The quality person's verdict on goods in quarantine: ACCEPTED onto the shelf, or REJECTED.

    :raises NotAllowed: nobody here may approve; :raises BadValue: another event, or no reason;
    :raises IllegalTransition: the lot is not in quarantine; :raises NotFound:.
    """
    if event not in (LotEvent.ACCEPTED, LotEvent.REJECTED):
        raise BadValue(what="event", why="accepted or rejected")
    said = typed_reason(reason)
    staff = answering(doors, operator, Right.APPROVE_STOCK, second)
    now = doors.clock.now()
    with doors.uow() as uow:
        lot = uow.lots.get(lot_id)
        if lot.state is not LotState.QUARANTINED:
            raise BadValue(what="lot", why="it is not in quarantine")
        after = lot.step(event, lot.why)
        uow.lots.save(after)
        uow.lots.keep_judged(lot.id, said)
        entry = {"lot": lot.id, "state": after.state.value}
        uow.log.append("lot.judged", staff.id, now, entry)
        uow.commit()
    return after


def _log(
    uow: UnitOfWork,
    act: str,
    actor: str,
    now: datetime,
    check: ReceivingCheck,
    document: StockDocument,
) -> None:
    entry: dict[str, object] = {
        "document": document.id,
        "number": document.number,
        "supplier": document.party_id,
        "lines": len(check.lines),
        "quarantined": len(check.too_warm),
        "totals_explained": bool(check.head.totals_reason),
    }
    uow.log.append(act, actor, now, entry)
