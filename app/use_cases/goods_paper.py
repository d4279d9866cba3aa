"""What stands on the papers of goods: receivings, returns to suppliers, transfers (HY-1.5.5a)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.catalogue import Medicine
from app.domain.clock import shop_time
from app.domain.money import Money, Quantity
from app.domain.stock import Lot
from app.domain.stock_document import DocumentKind, StockDocument
from app.domain.supplier import SupplierKind
from app.errors import NotFound
from app.ports import UnitOfWork
from app.ports_shelf import LotFigures
from app.use_cases.doors import Doors
from app.use_cases.send_goods import NOTHING

SENT = (DocumentKind.SUPPLIER_RETURN, DocumentKind.TRANSFER_OUT)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """Goods of one lot; the quantity is what moved, never negative."""

    medicine: Medicine
    lot: Lot
    quantity: Quantity
    amount: Money | None


@dataclass(frozen=True, slots=True)
class GoodsPaper:
    """One paper as it is printed."""

    document: StockDocument
    party: str
    party_code: str
    """Of another store: its store code."""
    note_no: str
    """Number of the delivery note that came with it; of receivings only."""
    staff: str
    second: str
    lines: tuple[PaperLine, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class Sendable:
    """A lot of which something may leave by a return or a transfer."""

    figures: LotFigures
    medicine: Medicine

    @property
    def free(self) -> Quantity:
        """On the shelf, less what baskets hold."""
        return self.figures.on_hand - self.figures.reserved


def goods_paper(doors: Doors, document_id: str) -> GoodsPaper:
    """:raises NotFound: no such document."""
    with doors.uow() as uow:
        document = uow.documents.get(document_id)
        moves = uow.shelf.of_document(document_id)
        lots = uow.lots.many([one.lot_id for one in moves])
        lines = tuple(
            PaperLine(
                uow.medicines.get(one.medicine_id),
                lots[one.lot_id],
                max(one.quantity, -one.quantity),
                Money(abs(one.amount.fen)) if one.amount is not None else None,
            )
            for one in moves
        )
        party = uow.suppliers.find(document.party_id) if document.party_id else None
        note_no = ""
        if document.kind in (DocumentKind.RECEIVING, DocumentKind.TRANSFER_IN):
            note_no = uow.receivings.get(document_id).note_no
        names = (_name(uow, document.staff_id), _name(uow, document.second_id))
    total = Money.total(one.amount for one in lines if one.amount is not None)
    return GoodsPaper(
        document, party.name if party else "", party.code if party else "", note_no, *names, lines,
        total,
    )  # fmt: skip


def _name(uow: UnitOfWork, staff_id: str) -> str:
    try:
        return uow.staff.get(staff_id).name if staff_id else ""
    except NotFound:
        return ""


def sent_papers(doors: Doors, begins: datetime, ends: datetime) -> list[StockDocument]:
    """Returns and transfers out of ``[begins, ends)``, newest first."""
    with doors.uow() as uow:
        found = uow.documents.of_kinds(SENT, begins, ends)
    return sorted(found, key=lambda one: (one.at, one.number), reverse=True)


def sendable(doors: Doors, party_id: str) -> tuple[Sendable, ...]:
    """What may go to a party: to a supplier its own lots and those of nobody, to a store what may
    be sold today.

    :raises NotFound: no such party.
    """
    day = shop_time(doors.clock.now()).date()
    with doors.uow() as uow:
        to_store = uow.suppliers.get(party_id).kind is SupplierKind.STORE
        found = []
        for one in uow.shelf.figures():
            lot = one.lot
            there = one.on_hand > NOTHING or (one.returned > NOTHING and not to_store)
            fits = lot.sellable_on(day) if to_store else lot.supplier_id in ("", party_id)
            if there and fits:
                found.append(Sendable(one, uow.medicines.get(lot.medicine_id)))
    return tuple(sorted(found, key=_by_name))


def _by_name(one: Sendable) -> tuple[str, str, str]:
    return one.medicine.display_name, one.figures.lot.batch, one.figures.lot.id


def lot_of_code(doors: Doors, code: str) -> str:
    """The lot of a box that is here; empty where nobody knows it."""
    with doors.uow() as uow:
        return uow.received.lots_of([code]).get(code, "")


def amounts(lines: Iterable[PaperLine]) -> Quantity:
    """All packs of a paper."""
    total = NOTHING
    for one in lines:
        total = total + one.quantity
    return total
