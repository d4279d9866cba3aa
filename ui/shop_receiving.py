"""The open shop's part for suppliers and for goods that come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from app.domain.evidence import EvidenceKind, Exhibit
    from app.domain.lot_states import LotEvent
    from app.domain.purchase_order import OrderLine, PurchaseOrder
    from app.domain.receiving import Receiving, TypedLine
    from app.domain.stock import Lot
    from app.domain.stock_document import StockDocument
    from app.domain.supplier import FirstProduct, Supplier
    from app.domain.supplier_states import SupplierEvent
    from app.ports import CatalogueIndex
    from app.use_cases.delivery_note import NoteReport
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.goods_paper import GoodsPaper, Sendable
    from app.use_cases.notes import Note
    from app.use_cases.orders import Want
    from app.use_cases.post_receiving import Posted
    from app.use_cases.receiving import ScanResult
    from app.use_cases.receiving_check import ReceivingCheck
    from app.use_cases.send_goods import SendForm
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.suppliers import SupplierForm
    from app.use_cases.supply_view import SupplyHome
    from app.use_cases.trace_import import CodeFile

# Imports stand inside the methods on purpose: a start waits for none of this.


class ShopReceiving:
    """``ui.screens.receiving_door.ReceivingDoor``; a part of :class:`ui.shop.Shop`."""

    doors: Doors
    _index: CatalogueIndex

    def supply_home(self) -> SupplyHome:
        """All lists of the page."""
        from app.use_cases.supply_view import supply_home

        return supply_home(self.doors)

    def begin_receiving(
        self, supplier_id: str, order_id: str, operator: Operator
    ) -> ReceivingCheck:
        """A new draft; either may be empty."""
        from app.use_cases.receiving import begin

        order = None
        if order_id:
            with self.doors.uow() as uow:
                order = uow.orders.get(order_id)
        return self.receiving(begin(self.doors, operator, supplier_id, order).id)

    def receiving(self, receiving_id: str) -> ReceivingCheck:
        """A receiving with what stands against posting it."""
        from app.use_cases.receiving_check import check_receiving

        return check_receiving(self.doors, receiving_id)

    def keep_receiving_head(self, head: Receiving, operator: Operator) -> ReceivingCheck:
        """Keep what was typed into the head."""
        from app.use_cases.receiving import keep_head

        return self.receiving(keep_head(self.doors, head, operator).id)

    def keep_receiving_lines(
        self, receiving_id: str, lines: Sequence[TypedLine], operator: Operator
    ) -> ReceivingCheck:
        """Keep lines as typed."""
        from app.use_cases.receiving import keep_lines

        keep_lines(self.doors, receiving_id, lines, operator)
        return self.receiving(receiving_id)

    def strike_receiving_line(
        self, receiving_id: str, no: int, operator: Operator
    ) -> ReceivingCheck:
        """Take a line out."""
        from app.use_cases.receiving import strike_line

        strike_line(self.doors, receiving_id, no, operator)
        return self.receiving(receiving_id)

    def scan_goods(
        self, receiving_id: str, text: str, operator: Operator
    ) -> tuple[ScanResult, ReceivingCheck]:
        """A code at the goods."""
        from app.use_cases.receiving import scan

        return scan(self.doors, receiving_id, text, operator), self.receiving(receiving_id)

    def import_note(
        self,
        receiving_id: str,
        path: Path,
        operator: Operator,
        mapping: Mapping[str, str],
        progress: Callable[[int], bool],
    ) -> tuple[NoteReport, ReceivingCheck]:
        """A delivery note's rows; on the recovery lane, for it may be long."""
        from app.use_cases.delivery_note import import_note

        told = import_note(self.doors, receiving_id, path, operator, mapping, progress)
        return told, self.receiving(receiving_id)

    def note_headings(self, path: Path) -> tuple[str, ...]:
        """The headings of a file."""
        from app.use_cases.delivery_note import note_headings

        return note_headings(path)

    def name_drug(
        self, receiving_id: str, no: int, medicine_id: str, operator: Operator
    ) -> ReceivingCheck:
        """Which drug a note's article is."""
        from app.use_cases.delivery_note import name_drug

        name_drug(self.doors, receiving_id, no, medicine_id, operator)
        return self.receiving(receiving_id)

    def take_receiving_codes(
        self, path: Path, operator: Operator, progress: Callable[[int], bool]
    ) -> CodeFile:
        """The supplier's trace-code file."""
        from app.use_cases.trace_import import take_code_file

        return take_code_file(self.doors, operator, path, progress=progress)

    def drop_receiving(self, receiving_id: str, operator: Operator) -> None:
        """Give a draft up."""
        from app.use_cases.receiving import drop

        drop(self.doors, receiving_id, operator)

    def lowered_by(self, medicine_ids: Sequence[str]) -> tuple[Note, ...]:
        """Fractions that these new products would push below their targets."""
        from app.use_cases.fractions import lowering

        with self.doors.uow() as uow:
            new = [uow.medicines.get(each) for each in medicine_ids]
        return lowering(self.doors, new)

    def post_receiving(self, receiving_id: str, operator: Operator) -> Posted:
        """Post a draft whole; what was received can be sold at once."""
        from app.use_cases.post_receiving import post_receiving

        posted = post_receiving(self.doors, receiving_id, operator)
        self._rank(posted.medicine_ids)
        return posted

    def correct_receiving(
        self, receiving_id: str, reason: str, operator: Operator, second: SecondPerson | None
    ) -> StockDocument:
        """Take a posted one back by a counter document."""
        from app.use_cases.post_receiving import correct_receiving

        document = correct_receiving(self.doors, receiving_id, reason, operator, second)
        with self.doors.uow() as uow:
            moved = [one.medicine_id for one in uow.shelf.of_document(document.id)]
        self._rank(moved)
        return document

    def attach_goods_file(
        self, document_id: str, kind: EvidenceKind, path: Path, operator: Operator
    ) -> list[Exhibit]:
        """Seal a paper of a receiving or of goods that left; answers all that it has."""
        from app.use_cases.goods_files import attach_file

        attach_file(self.doors, document_id, kind, path, operator)
        return self.goods_files(document_id)

    def goods_files(self, document_id: str) -> list[Exhibit]:
        """The papers of such a document, oldest first."""
        from app.use_cases.goods_files import files_of

        return files_of(self.doors, document_id)

    def open_goods_file(self, exhibit: Exhibit, operator: Operator) -> tuple[bytes, ...]:
        """Its pages as pictures; the look is logged."""
        from app.use_cases.exhibits import look_at
        from app.use_cases.goods_files import PDF
        from ui.pdf_pages import pages_of

        content = look_at(self.doors, exhibit, operator)
        return pages_of(content) if exhibit.media == PDF else (content,)

    def goods_paper(self, document_id: str) -> GoodsPaper:
        """What is printed of a posted document."""
        from app.use_cases.goods_paper import goods_paper

        return goods_paper(self.doors, document_id)

    def sendable(self, party_id: str) -> tuple[Sendable, ...]:
        """What may go back to a supplier, or to another store."""
        from app.use_cases.goods_paper import sendable

        return sendable(self.doors, party_id)

    def sent_papers(self) -> list[StockDocument]:
        """Returns and transfers out of the last 90 days, newest first."""
        from datetime import timedelta

        from app.use_cases.goods_paper import sent_papers

        now = self.doors.clock.now()
        return sent_papers(self.doors, now - timedelta(days=90), now + timedelta(days=1))

    def lot_of_code(self, code: str) -> str:
        """The lot of a box that is here; empty = nobody knows it."""
        from app.use_cases.goods_paper import lot_of_code

        return lot_of_code(self.doors, code)

    def send_goods(
        self, form: SendForm, operator: Operator, second: SecondPerson | None
    ) -> StockDocument:
        """Post a return or a transfer out, whole or not at all."""
        from app.use_cases.send_goods import send_goods

        document = send_goods(self.doors, form, operator, second)
        with self.doors.uow() as uow:
            moved = [one.medicine_id for one in uow.shelf.of_document(document.id)]
        self._rank(moved)
        return document

    def wants(self) -> tuple[Want, ...]:
        """What lies below its least and is not on its way."""
        from app.use_cases.orders import wants

        return wants(self.doors)

    def keep_order(
        self,
        supplier_id: str,
        lines: Sequence[OrderLine],
        operator: Operator,
        order: PurchaseOrder | None,
    ) -> PurchaseOrder:
        """A new draft, or other lines of one that was not sent."""
        from app.use_cases.orders import keep_order

        return keep_order(self.doors, supplier_id, lines, operator, order)

    def send_order(self, order_id: str, operator: Operator) -> PurchaseOrder:
        """It goes to the supplier."""
        from app.use_cases.orders import send_order

        return send_order(self.doors, order_id, operator)

    def cancel_order(self, order_id: str, operator: Operator) -> PurchaseOrder:
        """Nothing more of it is waited for."""
        from app.use_cases.orders import cancel_order

        return cancel_order(self.doors, order_id, operator)

    def judge_quarantined(
        self,
        lot_id: str,
        event: LotEvent,
        reason: str,
        operator: Operator,
        second: SecondPerson | None,
    ) -> Lot:
        """The quality person's verdict."""
        from app.use_cases.post_receiving import judge_quarantined

        return judge_quarantined(self.doors, lot_id, event, reason, operator, second)

    def keep_supplier(self, form: SupplierForm, operator: Operator) -> Supplier:
        """A new supplier, or a changed file."""
        from app.use_cases.suppliers import keep_supplier

        return keep_supplier(self.doors, form, operator)

    def approve_supplier(
        self, supplier_id: str, operator: Operator, second: SecondPerson | None
    ) -> Supplier:
        """首营企业审批."""
        from app.use_cases.suppliers import approve_supplier

        return approve_supplier(self.doors, supplier_id, operator, second)

    def stop_supplier(
        self, supplier_id: str, event: SupplierEvent, why: str, operator: Operator
    ) -> Supplier:
        """Stop, take up again, or close."""
        from app.use_cases.suppliers import stop_supplier

        return stop_supplier(self.doors, supplier_id, event, why, operator)

    def approve_products(
        self,
        supplier_id: str,
        medicine_ids: Sequence[str],
        operator: Operator,
        second: SecondPerson | None,
    ) -> tuple[FirstProduct, ...]:
        """首营品种审批."""
        from app.use_cases.suppliers import approve_products

        return approve_products(self.doors, supplier_id, medicine_ids, operator, second)

    def _rank(self, medicine_ids: Iterable[str]) -> None:
        """The search ranks goods in stock first."""
        with self.doors.uow() as uow:
            there = uow.stock.on_hand(list(medicine_ids))
        for medicine_id, on_hand in there.items():
            self._index.set_stock(medicine_id, on_hand)
