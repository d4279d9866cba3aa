"""GSP 记录自查: each record of the quality system, and by name what is missing of it (HY-1.1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from app.domain.clock import shop_time
from app.domain.gsp import GspItem, GspRecord
from app.domain.lot_states import LotState
from app.domain.money import Quantity
from app.domain.papers import PaperKind, state_of
from app.domain.sale_states import SaleState
from app.domain.staff import Right
from app.domain.staff_licence import HANDS_ON, LicenceKind, holds
from app.domain.supplier import faults_on
from app.domain.supplier_states import SupplierState
from app.errors import NotFound
from app.use_cases.admission_figures import IN_FORCE
from app.use_cases.goods_files import KINDS
from app.use_cases.quality import MOST
from app.use_cases.rights import require

if TYPE_CHECKING:
    from app.domain.catalogue import Medicine
    from app.domain.receiving import Receiving
    from app.domain.stock import Lot
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

SOLD_WITHIN: Final = timedelta(days=365)
"""How far back the ephedrine register is looked through; the whole of it is a page of its own."""
_NONE: Final = Quantity(0)


@dataclass(frozen=True)
class _Shelf:
    """What lies on the shelf, read once."""

    lots: tuple[Lot, ...]
    drugs: Mapping[str, Medicine]
    receivings: Mapping[str, Receiving]
    """Of the lots, as far as one brought them."""

    def name(self, lot: Lot) -> str:
        """As people call it: drug and batch."""
        drug = self.drugs.get(lot.medicine_id)
        return f"{drug.display_name if drug else lot.medicine_id} {lot.batch or '—'}"

    def paper(self, lot: Lot) -> str:
        """The receiving's number, or the lot where none brought it."""
        head = self.receivings.get(lot.document_id)
        return head.number if head is not None else self.name(lot)


def gsp_checklist(doors: Doors, operator: Operator) -> tuple[GspItem, ...]:
    """Every record in the order of the goods' way, then people and papers.

    Call it where nobody waits. :raises NotAllowed: the operator does not keep the store's papers.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    day = shop_time(doors.clock.now()).date()
    late, split = _late_counts(doors), _split(doors)
    with doors.uow() as uow:
        shelf = _shelf(uow)
        return (
            _suppliers(uow, shelf, day),
            _received(uow, shelf),
            _dated(shelf),
            _item(GspRecord.EXPIRED, shelf, [one for one in shelf.lots if _sold_late(one, day)]),
            late,
            _cold(shelf),
            GspItem(GspRecord.STORAGE, 0, ()),
            _waiting(uow, shelf),
            split,
            _ephedrine(doors, uow),
            *_people(uow, day),
            _licences(uow, day),
        )


def _item(record: GspRecord, shelf: _Shelf, wrong: list[Lot]) -> GspItem:
    return GspItem(record, len(shelf.lots), tuple(dict.fromkeys(shelf.name(one) for one in wrong)))


# --- goods ----------------------------------------------------------------------------------------


def _shelf(uow: UnitOfWork) -> _Shelf:
    lots = tuple(one.lot for one in uow.shelf.figures() if one.on_hand > _NONE)
    drugs = uow.medicines.many({one.medicine_id for one in lots})
    heads = {}
    for each in sorted({one.document_id for one in lots if one.document_id and not one.opening}):
        try:
            heads[each] = uow.receivings.get(each)
        except NotFound:
            continue  # a count or a correction brought it
    return _Shelf(lots, drugs, heads)


def _suppliers(uow: UnitOfWork, shelf: _Shelf, day: date) -> GspItem:
    """Whoever goods may come from, and whoever those on the shelf came from."""
    behind = {one.supplier_id for one in shelf.lots}
    asked = [
        one
        for one in uow.suppliers.all()
        if one.state is SupplierState.ACTIVE
        or (one.state is SupplierState.PROPOSED and one.id in behind)
    ]
    return GspItem(
        GspRecord.SUPPLIERS, len(asked), tuple(one.name for one in asked if faults_on(one, day))
    )


def _received(uow: UnitOfWork, shelf: _Shelf) -> GspItem:
    """What was there when the books began, or was found by a count, has papers of its own."""
    bought = [
        one
        for one in shelf.lots
        if not one.opening and (one.document_id in shelf.receivings or not one.document_id)
    ]
    kept = {
        each
        for each in shelf.receivings
        if any(one.kind in KINDS and one.deleted_at is None for one in uow.evidence.about(each))
    }
    bare = [shelf.paper(one) for one in bought if one.document_id not in kept]
    return GspItem(GspRecord.RECEIVING, len(bought), tuple(dict.fromkeys(bare)))


def _dated(shelf: _Shelf) -> GspItem:
    """A thing that is no drug has no batch to know."""
    asked = [one for one in shelf.lots if _is_drug(shelf, one)]
    wrong = [shelf.name(one) for one in asked if not one.batch or one.expires_on is None]
    return GspItem(GspRecord.BATCHES, len(asked), tuple(dict.fromkeys(wrong)))


def _is_drug(shelf: _Shelf, lot: Lot) -> bool:
    drug = shelf.drugs.get(lot.medicine_id)
    return drug is None or drug.sale_class != "none"


def _sold_late(lot: Lot, day: date) -> bool:
    """Expired, and nobody has locked it yet."""
    return lot.expired_on(day) and lot.state is LotState.SALEABLE


def _cold(shelf: _Shelf) -> GspItem:
    cold = [
        one
        for one in shelf.lots
        if not one.opening and (drug := shelf.drugs.get(one.medicine_id)) and drug.cold_chain
    ]
    bare = [one for one in cold if not _measured(shelf.receivings.get(one.document_id))]
    return GspItem(
        GspRecord.COLD_CHAIN, len(cold), tuple(dict.fromkeys(shelf.paper(one) for one in bare))
    )


def _measured(head: Receiving | None) -> bool:
    return head is not None and bool(head.temperature)


def _waiting(uow: UnitOfWork, shelf: _Shelf) -> GspItem:
    lots = [shelf.name(one) for one in shelf.lots if one.state is LotState.QUARANTINED]
    cases = uow.quality.those(live=True, limit=MOST)
    drugs = uow.medicines.many({one.medicine_id for one in cases if one.medicine_id})
    named = [
        f"{drugs[one.medicine_id].display_name if one.medicine_id in drugs else ''} {one.batch}"
        for one in cases
    ]
    every = [*dict.fromkeys(lots), *(each.strip() or "—" for each in named)]
    return GspItem(GspRecord.QUARANTINE, len(every), tuple(every))


def _late_counts(doors: Doors) -> GspItem:
    """Periods that the calendar asks for: those that want somebody, and of these the late ones."""
    from app.use_cases.stocktake import attention, ensure_task

    ensure_task(doors)
    found = attention(doors)
    late = tuple(one.period for one in found if one.days_left < 0 or one.what == "sheet")
    return GspItem(GspRecord.STOCK_CHECK, len(found), late)


def _split(doors: Doors) -> GspItem:
    from app.use_cases.split_register import split_register

    open_ones = [one for one in split_register(doors) if not one.finished]
    bare = tuple(f"{one.name} {one.batch or '—'}" for one in open_ones if not one.place)
    return GspItem(GspRecord.SPLIT, len(open_ones), bare)


def _ephedrine(doors: Doors, uow: UnitOfWork) -> GspItem:
    """By receipt; what came back whole was sold to nobody."""
    now = doors.clock.now()
    sales = uow.sales.with_ephedrine(now - SOLD_WITHIN, now + timedelta(seconds=1))
    sold = [one for one in sales if one.state is not SaleState.UNDONE]
    bare = tuple(one.receipt_no for one in sold if not one.person_id)
    return GspItem(GspRecord.EPHEDRINE, len(sold), bare)


# --- people and papers ----------------------------------------------------------------------------


def _people(uow: UnitOfWork, day: date) -> tuple[GspItem, GspItem]:
    """Who never handed in a certificate lacks it like one whose certificate is over."""
    staff = {one.id: one for one in uow.staff.all() if one.active}
    hands = [one for one in staff.values() if HANDS_ON & one.rights()]
    bare = tuple(
        one.name for one in hands if not holds(uow.licences.of(one.id), LicenceKind.HEALTH, day)
    )
    bound = [one for one in uow.pharmacists.all() if one.unbound_at is None]
    over = tuple(
        staff[one.staff_id].name if one.staff_id in staff else one.licence_no
        for one in bound
        if not one.licence_no or one.valid_to is None or one.valid_to < day
    )
    return (
        GspItem(GspRecord.HEALTH, len(hands), bare),
        GspItem(GspRecord.PHARMACISTS, len(bound), over),
    )


def _licences(uow: UnitOfWork, day: date) -> GspItem:
    """Those that ran out and were not renewed; a store without any lacks all of them."""
    papers = uow.papers.all()
    renewed = {one.renews for one in papers if one.renews and one.withdrawn_at is None}
    mine = [one for one in papers if one.kind is PaperKind.LICENCE and one.withdrawn_at is None]
    good = {one.id for one in mine if state_of(one, day, (), one.id in renewed) in IN_FORCE}
    over = tuple(one.title for one in mine if one.id not in good and one.id not in renewed)
    return GspItem(GspRecord.LICENCES, len(mine), over if mine else ("—",))
