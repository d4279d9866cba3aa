"""What an upload row says of a movement: gathered once, in the act's own transaction (LN-2.4a)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.domain.catalogue import Medicine
from app.domain.clock import shop_time
from app.domain.money import ZERO, Quantity, UnitPrice, round_half_up
from app.domain.pharmacist import Pharmacist
from app.domain.sale import Sale, SaleLine, SoldItem
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.domain.stock import Lot, MoveKind
from app.domain.stock_document import StockDocument
from app.domain.stock_upload import (
    NO_BARCODE,
    TELLS,
    PurchaseTold,
    SaleTold,
    StockUpload,
    UploadKind,
    item_code,
    serial_of,
)
from app.errors import NotFound
from app.ports import PersonRecord, StockMove, UnitOfWork
from app.use_cases.doors import Doors

if TYPE_CHECKING:
    from app.domain.receiving import Receiving

T = TypeVar("T")

_IN_AND_OUT: Final[Mapping[str, tuple[str, str]]] = {
    MoveKind.OPENING: ("106", "107"),
    MoveKind.TRANSFER_IN: ("101", "102"),
    MoveKind.TRANSFER_OUT: ("101", "102"),
    MoveKind.RETURN_OFF: ("106", "107"),
    MoveKind.LOSS: ("106", "105"),
    MoveKind.COUNT: ("103", "104"),
    MoveKind.CORRECTION: ("106", "107"),
}
"""``inv_chg_type`` of goods that come in and that go out (interface 5.4)."""


@dataclass(frozen=True, slots=True)
class SaleAct:
    """What a completion has in its hands already; else it is read from the books."""

    sale: Sale
    attempts: Sequence[Settlement]
    operator: str
    """Name of who completed it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A lot that somebody counted: what a 3501 says of it."""

    lot_id: str
    medicine_id: str
    quantity: Quantity
    at: datetime
    document_id: str
    """The stock-take's paper; its staff is the operator."""
    codes: tuple[str, ...] = ()


class Gatherer:
    """Reads what the rows of one act say, each thing once."""

    def __init__(self, doors: Doors, uow: UnitOfWork, act: SaleAct | None = None) -> None:
        self._doors, self._uow, self._act = doors, uow, act
        self._lots: dict[str, Lot] = {}
        self._medicines: dict[str, Medicine | None] = {}
        self._papers: dict[str, StockDocument | None] = {}
        self._came: dict[str, Receiving | None] = {}
        self._sales: dict[str, tuple[Sale, SaleFacts]] = {}
        self._names: dict[str, str] = {}

    def rows(
        self, moves: Sequence[StockMove], codes: Mapping[str, Sequence[str]]
    ) -> list[StockUpload]:
        """What the platform is told of movements, in their order."""
        told = [one for one in moves if one.kind in TELLS]
        self._read_goods([(one.lot_id, one.medicine_id) for one in told])
        return [
            self._row(one, kind, codes.get(one.id, ())) for one in told for kind in TELLS[one.kind]
        ]

    def counts(self, counted: Sequence[Counted]) -> list[StockUpload]:
        """3501 of what was counted; a count changes nothing by itself."""
        self._read_goods([(one.lot_id, one.medicine_id) for one in counted])
        return [self._count(one) for one in counted]

    def _read_goods(self, goods: Sequence[tuple[str, str]]) -> None:
        """Lots and drugs of all rows at once; a drug that is gone is known to be gone."""
        lots = [lot for lot, _ in goods if lot and lot not in self._lots]
        self._lots |= self._uow.lots.many(lots)
        wanted = [drug for _, drug in goods if drug not in self._medicines]
        self._medicines |= dict.fromkeys(wanted) | self._uow.medicines.many(wanted)

    def _row(self, move: StockMove, kind: UploadKind, codes: Sequence[str]) -> StockUpload:
        lot = self._lots.get(move.lot_id) or Lot(move.lot_id, move.medicine_id, move.batch)
        sale, told = self._sale_of(move) if move.sale_id else (None, None)
        line = _line_of(sale, move) if sale is not None else None
        named = told is not None and kind in _SALES
        drug = self._medicines[move.medicine_id]
        packs = Quantity(abs(move.quantity.ten_thousandths))
        return StockUpload(
            serial=serial_of(move.lot_id, kind, move.id),
            kind=kind.value,
            at=move.at,
            lot_id=move.lot_id,
            move_id=move.id,
            medicine_id=move.medicine_id,
            quantity=packs,
            change=_change(move) if kind is UploadKind.CHANGED else "",
            batch=lot.batch or move.batch,
            made_on=lot.made_on,
            expires_on=lot.expires_on,
            price=_price(move, packs, line, lot, drug),
            codes=tuple(codes) or _codes_of(line, kind),
            operator=self._operator(move.document_id),
            sale=told.told(line) if named and told is not None else None,
            purchase=self._bought(move) if kind in _PURCHASES else None,
            undoes=move.reverses if kind is UploadKind.CAME_BACK else "",
            note=move.reason,
            **_goods(line.item if line is not None else None, drug, move.medicine_id),
        )

    def _count(self, one: Counted) -> StockUpload:
        lot = self._lots.get(one.lot_id) or Lot(one.lot_id, one.medicine_id, "")
        drug = self._medicines[one.medicine_id]
        key = f"{one.document_id}/{one.lot_id}"
        return StockUpload(
            serial=serial_of(one.lot_id, UploadKind.COUNTED, key),
            kind=UploadKind.COUNTED.value,
            at=one.at,
            lot_id=one.lot_id,
            move_id=key,
            medicine_id=one.medicine_id,
            quantity=one.quantity,
            batch=lot.batch,
            made_on=lot.made_on,
            expires_on=lot.expires_on,
            price=lot.cost or (drug.price if drug is not None else None),
            codes=one.codes,
            operator=self._operator(one.document_id),
            **_goods(None, drug, one.medicine_id),
        )

    # --- read once ------------------------------------------------------------------------------

    def _paper(self, document_id: str) -> StockDocument | None:
        if not document_id:
            return None
        return _once(self._papers, document_id, self._uow.documents.get)

    def _name(self, staff_id: str) -> str:
        if staff_id not in self._names:
            try:
                self._names[staff_id] = self._uow.staff.get(staff_id).name
            except NotFound:
                self._names[staff_id] = ""  # the program itself, or a practice hand
        return self._names[staff_id]

    def _operator(self, document_id: str) -> str:
        paper = self._paper(document_id)
        if paper is not None:
            return self._name(paper.staff_id)
        if self._act is not None:
            return self._act.operator
        return next((self._name(sale.cashier_id) for sale, _ in self._sales.values()), "")

    def _sale_of(self, move: StockMove) -> tuple[Sale, SaleFacts]:
        if move.sale_id not in self._sales:
            if self._act is not None and self._act.sale.id == move.sale_id:
                sale, attempts = self._act.sale, self._act.attempts
            else:
                sale = self._uow.sales.get(move.sale_id)
                attempts = self._uow.settlements.of_sale(move.sale_id)
            self._sales[move.sale_id] = sale, SaleFacts(self._doors, self._uow, sale, attempts)
        return self._sales[move.sale_id]

    def _bought(self, move: StockMove) -> PurchaseTold | None:
        """The supplier with its licence, and the papers with which the lot came."""
        # Loaded with the first purchase: a sale needs none of it.
        from app.domain.supplier import LicenceType

        lot = self._lots.get(move.lot_id)
        paper = self._paper(move.document_id)
        party = (paper.party_id if paper else "") or (lot.supplier_id if lot else "")
        found = self._uow.suppliers.find(party) if party else None
        if found is None:
            return None
        came = self._receiving(lot.document_id if lot is not None else move.document_id)
        wanted = (LicenceType.DRUG_TRADE, LicenceType.DRUG_MAKING, LicenceType.BUSINESS)
        numbers = {each.type: each.number for each in found.licences}
        return PurchaseTold(
            supplier=found.name,
            licence=next((numbers[each] for each in wanted if each in numbers), ""),
            delivery_note=came.note_no if came is not None else "",
            invoice_code=came.invoice_code if came is not None else "",
            invoice_no=came.invoice_no if came is not None else "",
            gift=move.kind == MoveKind.BOUGHT and move.amount == ZERO,
        )

    def _receiving(self, document_id: str) -> Receiving | None:
        if not document_id:
            return None
        return _once(self._came, document_id, self._uow.receivings.get)


_PURCHASES = (UploadKind.BOUGHT, UploadKind.SENT_BACK)
_SALES = (UploadKind.SOLD, UploadKind.CAME_BACK)


def _once(known: dict[str, T | None], key: str, read: Callable[[str], T]) -> T | None:
    if key not in known:
        try:
            known[key] = read(key)
        except NotFound:
            known[key] = None
    return known[key]


def _line_of(sale: Sale, move: StockMove) -> SaleLine | None:
    return next((line for line in sale.lines if line.no == move.line_no), None)


def _change(move: StockMove) -> str:
    into, out = _IN_AND_OUT[MoveKind(move.kind)]
    return into if move.quantity > Quantity(0) else out


def _price(
    move: StockMove, packs: Quantity, line: SaleLine | None, lot: Lot, drug: Medicine | None
) -> UnitPrice | None:
    """Of one pack: as sold, as paid, as the lot cost, else as the shelf says."""
    if line is not None:
        return line.price
    if move.amount is not None and packs:
        fen = abs(move.amount.fen)
        return UnitPrice(round_half_up(fen * 10**8, packs.ten_thousandths))
    return lot.cost or (drug.price if drug is not None else None)


def _codes_of(line: SaleLine | None, kind: UploadKind) -> tuple[str, ...]:
    """A return without codes of its own takes the line's where the line is of one lot."""
    if line is None or kind is not UploadKind.CAME_BACK or len(line.picks) > 1:
        return ()
    return line.trace_codes


def _goods(item: SoldItem | None, drug: Medicine | None, medicine_id: str) -> dict[str, Any]:
    """Which goods: as they stood on the sale's line, else as the catalogue has them now."""
    barcode = drug.barcode if drug is not None else ""
    fields: dict[str, Any] = {
        "barcode": barcode or NO_BARCODE,
        "approval_no": drug.approval_no if drug is not None else "",
    }
    if item is not None:
        return fields | {
            "item": item_code(item.shop_code, item.medicine_id),
            "name": item.name,
            "national_code": item.national_code,
            "rx": item.sale_class in ("rx", ""),
            "maker": item.maker,
        }
    if drug is None:
        return fields | {"item": item_code("", medicine_id), "name": ""}
    return fields | {
        "item": item_code(drug.shop_code, drug.id),
        "name": drug.display_name,
        "national_code": drug.national_code,
        "rx": drug.needs_rx(),
        "maker": drug.manufacturer,
    }


class SaleFacts:
    """What 3505 and 3506 say of one sale; settlement, patient and pharmacist are read once."""

    def __init__(
        self, doors: Doors, uow: UnitOfWork, sale: Sale, attempts: Sequence[Settlement]
    ) -> None:
        self._doors, self._uow, self._sale = doors, uow, sale
        self._parts = [one for one in attempts if one.state in _PAID and one.answer is not None]
        self._pharmacist: tuple[str, Pharmacist | None] | None = None
        self._known: dict[str, SaleTold] = {}

    def told(self, line: SaleLine | None) -> SaleTold:
        """Of the part that paid the line; a line without one was paid by the customer alone."""
        part = None
        if line is not None:
            part = next((one for one in self._parts if line.no in one.line_nos), None)
        key = part.id if part is not None else ""
        if key not in self._known:
            self._known[key] = self._told(part)
        return self._known[key]

    def _told(self, part: Settlement | None) -> SaleTold:
        sale, rx = self._sale, self._sale.prescription
        name, bound = self._pharmacist_now()
        common: dict[str, Any] = {
            "receipt_no": sale.receipt_no,
            "visit": sale.receipt_no,
            "pharmacist": name,
            "pharmacist_licence": bound.licence_no if bound is not None else "",
            "pharmacist_code": bound.professional.code if bound is not None else "",
        }
        if rx is not None:
            common |= {
                "rx_no": rx.number,
                "circulated": rx.circulated,
                "prescriber": rx.doctor_name,
                "prescriber_code": rx.doctor_code,
            }
        if part is None or part.answer is None:
            return SaleTold(**common)
        person = self._person(part.person_id)
        common |= {
            "visit": part.answer.mdtrt_id or sale.receipt_no,
            "settlement_id": part.answer.setl_id,
            "fee_type": self._fee_type(part),
        }
        if person is not None:
            one = person.person
            common |= {
                "psn_no": one.psn_no,
                "person_name": one.name,
                "cert_type": one.cert_type,
                "cert_no": one.cert_no,
            }
        return SaleTold(**common)

    def _fee_type(self, part: Settlement) -> str:
        """1 where the person is insured in this province, 2 elsewhere (``hi_feesetl_type``)."""
        area = part.insurance_row.rpartition("|")[2]
        return "1" if area[:2] == self._doors.shop.area[:2] else "2"

    def _person(self, person_id: str) -> PersonRecord | None:
        try:
            return self._uow.persons.get(person_id)
        except NotFound:
            return None

    def _pharmacist_now(self) -> tuple[str, Pharmacist | None]:
        """Who passed the prescription; without one, who is on duty at this store."""
        if self._pharmacist is None:
            self._pharmacist = self._find_pharmacist()
        return self._pharmacist

    def _find_pharmacist(self) -> tuple[str, Pharmacist | None]:
        rx = self._sale.prescription
        if rx is not None and rx.reviewer_id:
            bound = self._uow.pharmacists.get(rx.reviewer_id)
            if bound is not None:
                return bound.professional.name, bound
        day = shop_time(self._sale.done_at or self._doors.clock.now()).date()
        for duty in self._uow.duties.open():
            bound = self._uow.pharmacists.get(duty.staff_id)
            if not duty.remote and bound is not None and bound.bound_on(day):
                return bound.professional.name, bound
        return "", None


_PAID = (SettlementState.SETTLED, SettlementState.CANCELLING, SettlementState.CANCELLED)
"""Of a sale that came back the settlement is cancelled by then; its ids are those of the sale."""
