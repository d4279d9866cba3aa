"""Goods leave by another door than the till: back to the supplier, or to another store (3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.catalogue import nfkc
from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.received_states import ReceivedEvent
from app.domain.staff import Right
from app.domain.stock import MoveKind
from app.domain.stock_document import DocumentKind, StockDocument
from app.domain.supplier import SupplierKind
from app.errors import BadValue
from app.ports import StockMove, UnitOfWork
from app.ports_shelf import LotFigures
from app.use_cases.doors import Doors, Operator
from app.use_cases.receiving import require
from app.use_cases.sign_in import SecondPerson, answering
from app.use_cases.stock_moves import book_moves, next_number

NOTHING: Final = Quantity(0)


class Area(StrEnum):
    """Where goods lie that leave."""

    SHELF = "shelf"
    """The shelf, or quarantine: whatever the lot's state, it counts as on hand."""
    RETURNED = "returned"
    """退货区: came back from customers, and is no part of what can be sold."""


class SendReason(StrEnum):
    """Why goods go back to the supplier."""

    QUALITY = "quality"
    RECALL = "recall"
    NEAR_EXPIRY = "near_expiry"
    COLD_CHAIN = "cold_chain"
    WRONG_DELIVERY = "wrong_delivery"
    AGREED = "agreed"
    """约定退货: the contract lets unsold goods go back."""


@dataclass(frozen=True, slots=True)
class SendLine:
    """So much of a lot."""

    lot_id: str
    quantity: Quantity
    area: Area = Area.SHELF
    codes: tuple[str, ...] = ()
    """Trace codes of the boxes, as scanned."""


@dataclass(frozen=True, slots=True)
class SendForm:
    """What is sent, and where to."""

    kind: DocumentKind
    """SUPPLIER_RETURN or TRANSFER_OUT."""
    party_id: str
    lines: tuple[SendLine, ...]
    reason: str = ""
    """A :class:`SendReason`; of a return only."""
    note: str = ""


_KINDS: Final = {
    DocumentKind.SUPPLIER_RETURN: (MoveKind.SUPPLIER_RETURN, ReceivedEvent.RETURNED),
    DocumentKind.TRANSFER_OUT: (MoveKind.TRANSFER_OUT, ReceivedEvent.TRANSFERRED),
}


def send_goods(
    doors: Doors, form: SendForm, operator: Operator, second: SecondPerson | None = None
) -> StockDocument:
    """Post a return to the supplier or a transfer to another store, whole or not at all.

    Never more of a lot than lies there and no basket holds. Goods of any state may go back to
    their supplier; to another store only what may be sold here.
    :raises NotAllowed: no right to receive goods, or nobody who may approve; :raises BadValue: a
    line or the party cannot be, ``what`` names it; :raises NotFound:.
    """
    require(doors, operator)
    _check_form(form)
    staff = answering(doors, operator, Right.APPROVE_STOCK, second)
    now = doors.clock.now()
    with doors.uow() as uow:
        lots = uow.lots.many([one.lot_id for one in form.lines])
        uow.holds.lock(list({one.medicine_id: None for one in lots.values()}))
        figures = {one.lot.id: one for one in uow.shelf.figures_of(list(lots))}
        _check_party(uow, form, figures)
        document = StockDocument(
            id=doors.ids.new(),
            kind=form.kind,
            number=next_number(doors, uow, form.kind),
            at=now,
            staff_id=operator.staff.id,
            second_id=staff.id if staff.id != operator.staff.id else "",
            party_id=form.party_id,
            reason=form.reason,
            note=nfkc(form.note),
        )
        uow.documents.add(document)
        for one in form.lines:
            _check_line(doors, form, one, figures)
        _move(doors, uow, form, figures, document)
        entry = {"document": document.id, "number": document.number, "lines": len(form.lines)}
        uow.log.append(f"goods.{form.kind.value}", operator.staff.id, now, entry)
        uow.commit()
    return document


def _check_form(form: SendForm) -> None:
    if form.kind not in _KINDS:
        raise BadValue(what="kind", why="a return to the supplier or a transfer out")
    if not form.lines:
        raise BadValue(what="lines", why="at least one")
    places = [(one.lot_id, one.area) for one in form.lines]
    if len(set(places)) != len(places):
        raise BadValue(what="lines", why="each lot once")
    if form.kind is DocumentKind.SUPPLIER_RETURN and form.reason not in set(SendReason):
        raise BadValue(what="reason", why="a reason is needed")


def _check_party(uow: UnitOfWork, form: SendForm, figures: dict[str, LotFigures]) -> None:
    """A return goes to whom the goods came from; where nobody knows, to whom the person says."""
    party = uow.suppliers.get(form.party_id)
    store = party.kind is SupplierKind.STORE
    if store != (form.kind is DocumentKind.TRANSFER_OUT):
        raise BadValue(what="party", why="a supplier for a return, a store for a transfer")
    for one in figures.values():
        other = one.lot.supplier_id and one.lot.supplier_id != form.party_id
        if form.kind is DocumentKind.SUPPLIER_RETURN and other:
            raise BadValue(what="party", why="a lot came from another supplier")


def _check_line(
    doors: Doors, form: SendForm, one: SendLine, figures: dict[str, LotFigures]
) -> None:
    found = figures.get(one.lot_id)
    if found is None:
        raise BadValue(what="lot", why="not in the books")
    free = found.on_hand - found.reserved if one.area is Area.SHELF else found.returned
    if not NOTHING < one.quantity <= free:
        raise BadValue(what="quantity", why=f"more than 0, at most {free.plain()}")
    if len(set(one.codes)) != len(one.codes) or len(one.codes) > one.quantity.packs():
        raise BadValue(what="codes", why="a code twice, or more codes than packs")
    if form.kind is DocumentKind.TRANSFER_OUT:
        day = shop_time(doors.clock.now()).date()
        if one.area is not Area.SHELF or not found.lot.sellable_on(day):
            raise BadValue(what="lot", why="only what may be sold goes to another store")


def _move(
    doors: Doors,
    uow: UnitOfWork,
    form: SendForm,
    figures: dict[str, LotFigures],
    document: StockDocument,
) -> None:
    kind, event = _KINDS[form.kind]
    moves, codes = [], {}
    for one in form.lines:
        lot = figures[one.lot_id].lot
        move = StockMove(
            id=doors.ids.new(),
            medicine_id=lot.medicine_id,
            quantity=-one.quantity,
            # What lies in the returned area leaves that area: the shelf never had it back.
            kind=kind if one.area is Area.SHELF else MoveKind.RETURN_BAD,
            at=document.at,
            batch=lot.batch,
            lot_id=lot.id,
            document_id=document.id,
            reason=form.reason,
            amount=-lot.cost.times(one.quantity) if lot.cost is not None else None,
        )
        moves.append(move)
        codes[move.id] = list(one.codes)
    book_moves(doors, uow, moves, codes)
    gone: Sequence[str] = [code for one in form.lines for code in one.codes]
    uow.received.leave(gone, event, document.at, document.id)
