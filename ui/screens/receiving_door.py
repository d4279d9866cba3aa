"""What the page 收货 asks of the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from app.domain.evidence import EvidenceKind, Exhibit
    from app.domain.lot_states import LotEvent
    from app.domain.purchase_order import OrderLine, PurchaseOrder
    from app.domain.receiving import Receiving, TypedLine
    from app.domain.stock import Lot
    from app.domain.stock_document import StockDocument
    from app.domain.supplier import FirstProduct, Supplier
    from app.domain.supplier_states import SupplierEvent
    from app.use_cases.delivery_note import NoteReport
    from app.use_cases.doors import Operator
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


class ReceivingDoor(Protocol):
    """On the store's lane, each of them; errors as the use cases of the same names say."""

    def supply_home(self) -> SupplyHome:
        """All lists of the page."""
        ...

    def begin_receiving(
        self, supplier_id: str, order_id: str, operator: Operator
    ) -> ReceivingCheck:
        """A new draft; either may be empty."""
        ...

    def receiving(self, receiving_id: str) -> ReceivingCheck:
        """A receiving with what stands against posting it."""
        ...

    def keep_receiving_head(self, head: Receiving, operator: Operator) -> ReceivingCheck:
        """Keep what was typed into the head."""
        ...

    def keep_receiving_lines(
        self, receiving_id: str, lines: Sequence[TypedLine], operator: Operator
    ) -> ReceivingCheck:
        """Keep lines as typed."""
        ...

    def strike_receiving_line(
        self, receiving_id: str, no: int, operator: Operator
    ) -> ReceivingCheck:
        """Take a line out."""
        ...

    def scan_goods(
        self, receiving_id: str, text: str, operator: Operator
    ) -> tuple[ScanResult, ReceivingCheck]:
        """A code at the goods."""
        ...

    def import_note(
        self,
        receiving_id: str,
        path: Path,
        operator: Operator,
        mapping: Mapping[str, str],
        progress: Callable[[int], bool],
    ) -> tuple[NoteReport, ReceivingCheck]:
        """A delivery note's rows; on the recovery lane, for it may be long."""
        ...

    def note_headings(self, path: Path) -> tuple[str, ...]:
        """The headings of a file."""
        ...

    def name_drug(
        self, receiving_id: str, no: int, medicine_id: str, operator: Operator
    ) -> ReceivingCheck:
        """Which drug a note's article is."""
        ...

    def take_receiving_codes(
        self, path: Path, operator: Operator, progress: Callable[[int], bool]
    ) -> CodeFile:
        """The supplier's trace-code file."""
        ...

    def drop_receiving(self, receiving_id: str, operator: Operator) -> None:
        """Give a draft up."""
        ...

    def lowered_by(self, medicine_ids: Sequence[str]) -> tuple[Note, ...]:
        """Fractions that these new products would push below their targets (LN-2.3a)."""
        ...

    def post_receiving(self, receiving_id: str, operator: Operator) -> Posted:
        """Post a draft whole; what was received can be sold at once."""
        ...

    def correct_receiving(
        self, receiving_id: str, reason: str, operator: Operator, second: SecondPerson | None
    ) -> StockDocument:
        """Take a posted one back by a counter document."""
        ...

    def attach_goods_file(
        self, document_id: str, kind: EvidenceKind, path: Path, operator: Operator
    ) -> list[Exhibit]:
        """Seal a paper of a receiving or of goods that left; answers all that it has."""
        ...

    def goods_files(self, document_id: str) -> list[Exhibit]:
        """The papers of such a document, oldest first."""
        ...

    def open_goods_file(self, exhibit: Exhibit, operator: Operator) -> tuple[bytes, ...]:
        """Its pages as pictures; the look is logged."""
        ...

    def goods_paper(self, document_id: str) -> GoodsPaper:
        """What is printed of a posted document."""
        ...

    def sendable(self, party_id: str) -> tuple[Sendable, ...]:
        """What may go back to a supplier, or to another store."""
        ...

    def sent_papers(self) -> list[StockDocument]:
        """Returns and transfers out of the last 90 days, newest first."""
        ...

    def lot_of_code(self, code: str) -> str:
        """The lot of a box that is here; empty = nobody knows it."""
        ...

    def send_goods(
        self, form: SendForm, operator: Operator, second: SecondPerson | None
    ) -> StockDocument:
        """Post a return or a transfer out, whole or not at all."""
        ...

    def wants(self) -> tuple[Want, ...]:
        """What lies below its least and is not on its way."""
        ...

    def keep_order(
        self,
        supplier_id: str,
        lines: Sequence[OrderLine],
        operator: Operator,
        order: PurchaseOrder | None,
    ) -> PurchaseOrder:
        """A new draft, or other lines of one that was not sent."""
        ...

    def send_order(self, order_id: str, operator: Operator) -> PurchaseOrder:
        """It goes to the supplier."""
        ...

    def cancel_order(self, order_id: str, operator: Operator) -> PurchaseOrder:
        """Nothing more of it is waited for."""
        ...

    def judge_quarantined(
        self,
        lot_id: str,
        event: LotEvent,
        reason: str,
        operator: Operator,
        second: SecondPerson | None,
    ) -> Lot:
        """The quality person's verdict."""
        ...

    def keep_supplier(self, form: SupplierForm, operator: Operator) -> Supplier:
        """A new supplier, or a changed file."""
        ...

    def approve_supplier(
        self, supplier_id: str, operator: Operator, second: SecondPerson | None
    ) -> Supplier:
        """首营企业审批."""
        ...

    def stop_supplier(
        self, supplier_id: str, event: SupplierEvent, why: str, operator: Operator
    ) -> Supplier:
        """Stop, take up again, or close."""
        ...

    def approve_products(
        self,
        supplier_id: str,
        medicine_ids: Sequence[str],
        operator: Operator,
        second: SecondPerson | None,
    ) -> tuple[FirstProduct, ...]:
        """首营品种审批."""
        ...
