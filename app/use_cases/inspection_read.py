"""What the books hold of some sales, read together: the facts that sheets are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.evidence import Exhibit
    from app.domain.inspection import SaleKey
    from app.domain.person_check import PersonCheck
    from app.domain.pharmacist import Pharmacist
    from app.domain.proxy import ProxyPurchase
    from app.domain.purchase_still import PurchaseStill
    from app.domain.quality import NoCodeReason
    from app.domain.receiving import Receiving
    from app.domain.returns import Return
    from app.domain.rx_case import RxCase
    from app.domain.sale import Sale
    from app.domain.settlement import Settlement
    from app.domain.statement import Correction
    from app.domain.stock import Lot
    from app.domain.stock_document import StockDocument
    from app.domain.supplier import Supplier
    from app.domain.trace import ReceivedCode
    from app.domain.video_mark import VideoMark
    from app.ports import PersonRecord, UnitOfWork
    from app.use_cases.doors import Doors

AT_ONCE: Final = 10
"""Sales of one unit of work: the counter waits for none longer than for a sale of its own."""
_MOST_KEPT: Final = 2_000
"""Receivings and people that are remembered from sheet to sheet."""


@dataclass(frozen=True, slots=True)
class CameIn:
    """A paper that brought goods, with what hangs on it."""

    document: StockDocument | None
    receiving: Receiving | None
    supplier: Supplier | None
    acceptors: Mapping[str, str]
    """Drug -> id of who looked at its goods."""
    papers: tuple[Exhibit, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything of one sale, as the books have it."""

    sale: Sale
    till: str
    settlements: Sequence[Settlement]
    checks: Sequence[PersonCheck]
    proxy: ProxyPurchase | None
    case: RxCase | None
    still: PurchaseStill | None
    video: VideoMark | None
    returns: Sequence[Return]
    corrections: Sequence[Correction]
    evidence: Sequence[Exhibit]
    uncoded: Mapping[int, NoCodeReason]
    codes: Mapping[str, ReceivedCode]
    lots: Mapping[str, Lot]
    came_in: Mapping[str, CameIn]
    """By document."""
    people: Mapping[str, PersonRecord]
    staff: Mapping[str, str]
    pharmacists: Mapping[str, Pharmacist]
    receipts: Mapping[str, str]
    """Receipt numbers of sales that this one replaces, or is replaced by."""


@dataclass
class Memory:
    """What sheets share, bounded: the same suppliers and people come again and again."""

    staff: dict[str, str] = field(default_factory=dict)
    pharmacists: dict[str, Pharmacist] = field(default_factory=dict)
    tills: dict[str, str] = field(default_factory=dict)
    came_in: dict[str, CameIn] = field(default_factory=dict)

    def keep_small(self) -> None:
        """Forget receivings once there are many."""
        if len(self.came_in) > _MOST_KEPT:
            self.came_in = {}


def read_facts(doors: Doors, keys: Sequence[SaleKey], memory: Memory) -> list[Facts]:
    """At most :data:`AT_ONCE` sales in one short unit of work; nothing is written.

    :raises NotFound: one of them is none.
    """
    memory.keep_small()
    with doors.uow() as uow:
        if not memory.tills:
            memory.tills = {one.id: f"{one.no:02d}" for one in uow.tills.all()}
            memory.tills[doors.shop.till_id] = f"{doors.shop.till_no:02d}"
        if not memory.pharmacists:
            memory.pharmacists = {one.staff_id: one for one in uow.pharmacists.all()}
        sales = [uow.sales.get(key.sale_id) for key in keys]
        stills = uow.stills.of_sales([sale.id for sale in sales])
        return [_facts(uow, sale, stills.get(sale.id), memory) for sale in sales]


def _facts(uow: UnitOfWork, sale: Sale, still: PurchaseStill | None, memory: Memory) -> Facts:
    settlements = [one for one in uow.settlements.of_sale(sale.id) if one.submitted_at is not None]
    proxies = uow.proxies.of_sale(sale.id)
    proxy = proxies[-1] if proxies else None
    returns = uow.returns.of_sale(sale.id)
    checks = uow.checks.of_sale(sale.id)
    case = _case(uow, sale)
    all_codes = [code for line in sale.lines for code in line.trace_codes]
    codes = uow.received.of_codes(all_codes) if all_codes else {}
    lots = _lots(uow, sale, codes)
    came_in = {
        lot.document_id: _came_in(uow, lot, memory) for lot in lots.values() if lot.document_id
    }
    lacking = any(len(line.trace_codes) < line.quantity.packs() for line in sale.lines)
    msgids = [one.settle_msgid for one in settlements if one.settle_msgid]
    return Facts(
        sale=sale,
        till=memory.tills.get(sale.till_id, ""),
        settlements=settlements,
        checks=checks,
        proxy=proxy,
        case=case,
        still=still,
        video=uow.videos.mark_of(sale.id),
        returns=returns,
        corrections=uow.reconciliations.corrections_of(msgids) if msgids else (),
        evidence=uow.evidence.of_sale(sale.id),
        uncoded=uow.uncoded.of_sale(sale.id) if lacking else {},
        codes=codes,
        lots=lots,
        came_in=came_in,
        people=_people(uow, sale, proxy),
        staff=_staff(uow, memory, _acting(sale, settlements, checks, proxy, case, still, returns)),
        pharmacists=memory.pharmacists,
        receipts=_receipts(uow, sale, returns),
    )


def _case(uow: UnitOfWork, sale: Sale) -> RxCase | None:
    known = sale.prescription
    if known is not None and known.case_id:
        return uow.prescriptions.get(known.case_id)
    return uow.prescriptions.of_sale(sale.id) if known is not None else None


def _lots(uow: UnitOfWork, sale: Sale, codes: Mapping[str, ReceivedCode]) -> Mapping[str, Lot]:
    wanted = [pick.lot_id for line in sale.lines for pick in line.picks]
    wanted += [one.lot_id for one in codes.values()]
    return uow.lots.many(wanted) if wanted else {}


def _came_in(uow: UnitOfWork, lot: Lot, memory: Memory) -> CameIn:
    known = memory.came_in.get(lot.document_id)
    if known is None:
        known = memory.came_in[lot.document_id] = _read_document(uow, lot, memory)
    return known


def _read_document(uow: UnitOfWork, lot: Lot, memory: Memory) -> CameIn:
    document = uow.documents.many([lot.document_id]).get(lot.document_id)
    acceptors: dict[str, str] = {}
    try:
        receiving = uow.receivings.get(lot.document_id)
        lines = uow.receivings.lines(lot.document_id)
        acceptors = {line.medicine_id: line.acceptor for line in lines if line.acceptor}
    except NotFound:
        receiving = None
    named = [*acceptors.values(), document.staff_id if document else ""]
    _staff(uow, memory, named)
    papers = tuple(uow.evidence.about(lot.document_id))
    supplier = uow.suppliers.find(lot.supplier_id) if lot.supplier_id else None
    return CameIn(document, receiving, supplier, acceptors, papers)


def _people(uow: UnitOfWork, sale: Sale, proxy: ProxyPurchase | None) -> Mapping[str, PersonRecord]:
    wanted = {sale.person_id, proxy.proxy_id if proxy else "", proxy.patient_id if proxy else ""}
    found = {}
    for person_id in sorted(wanted - {""}):
        try:
            found[person_id] = uow.persons.get(person_id)
        except NotFound:
            continue
    return found


def _acting(
    sale: Sale,
    settlements: Sequence[Settlement],
    checks: Sequence[PersonCheck],
    proxy: ProxyPurchase | None,
    case: RxCase | None,
    still: PurchaseStill | None,
    returns: Sequence[Return],
) -> list[str]:
    """Ids of everybody of the shop whose name stands on the sheet."""
    acting = [sale.cashier_id]
    acting += [each for check in checks for each in (check.by, check.second_id)]
    acting += [each for one in returns for each in (one.staff_id, one.approver_id)]
    acting += [decision.by for one in settlements for decision in one.decisions]
    if proxy is not None:
        acting += [proxy.by, proxy.second_id, proxy.looked_by]
    if still is not None:
        acting.append(still.answered_by)
    if case is not None:
        acting += [case.review.pharmacist_id] if case.review else []
        acting += [act.staff_id for act in (case.picked, case.checked) if act is not None]
    elif sale.prescription is not None:
        acting.append(sale.prescription.reviewer_id)
    return acting


def _staff(uow: UnitOfWork, memory: Memory, wanted: Sequence[str]) -> Mapping[str, str]:
    for staff_id in wanted:
        if staff_id and staff_id not in memory.staff:
            try:
                memory.staff[staff_id] = uow.staff.get(staff_id).name
            except NotFound:
                memory.staff[staff_id] = staff_id
    return memory.staff


def _receipts(uow: UnitOfWork, sale: Sale, returns: Sequence[Return]) -> Mapping[str, str]:
    wanted = {sale.replaces, *(one.replacement_sale_id for one in returns)} - {""}
    found = {}
    for sale_id in sorted(wanted):
        try:
            found[sale_id] = uow.sales.get(sale_id).receipt_no
        except NotFound:
            continue
    return found
