"""What the page 库存 asks of the shop: the shelf, its ledgers, recalls, losses, split packs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from app.domain.money import Money, Quantity
    from app.domain.recall import LockReason, Recall
    from app.domain.recall_states import RecallEvent
    from app.domain.rx_case import UnmetRequest
    from app.domain.stock import Lot
    from app.domain.stock_document import StockDocument
    from app.use_cases.doors import Operator
    from app.use_cases.item_ledger import Event, Ledger, LedgerRow
    from app.use_cases.losses import LossLine, LossView
    from app.use_cases.recalls import RecallView, RecallWish
    from app.use_cases.shelf_list import DrugRow, ShelfView
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.split_register import SplitRow


class StockDoor(Protocol):
    """The *store* lane, all of it; errors as the verbs behind raise them."""

    def shelf_list(self, operator: Operator) -> ShelfView:
        """Every drug with goods or a minimum."""
        ...

    def shelf_drug(self, medicine_id: str, operator: Operator) -> DrugRow:
        """One drug with its lots."""
        ...

    def set_minimum(self, medicine_id: str, least: Quantity, operator: Operator) -> None:
        """The least that should lie there; zero = none."""
        ...

    def item_ledger(
        self,
        medicine_id: str,
        operator: Operator,
        lot_id: str,
        first: date | None,
        last: date | None,
    ) -> Ledger:
        """Movements with their running balance."""
        ...

    def ledger_event(self, row: LedgerRow, operator: Operator) -> Event:
        """The slip or paper behind a movement."""
        ...

    def hold_lot(self, operator: Operator, lot_id: str, reason: LockReason) -> Lot:
        """暂停销售."""
        ...

    def reject_lot(self, operator: Operator, lot_id: str, reason: LockReason) -> Lot:
        """不合格."""
        ...

    def release_lot(self, operator: Operator, lot_id: str, second: SecondPerson | None) -> Lot:
        """Back to what it was."""
        ...

    def recalls(self) -> list[Recall]:
        """Every recall, newest first."""
        ...

    def recall_view(self, recall_id: str, operator: Operator, names: bool) -> RecallView:
        """Who bought it, what is left; names are logged."""
        ...

    def recall_batch(self, operator: Operator, wish: RecallWish) -> RecallView:
        """Lock a batch on every till."""
        ...

    def end_recall(
        self,
        operator: Operator,
        recall_id: str,
        event: RecallEvent,
        result: str,
        second: SecondPerson | None,
    ) -> RecallView:
        """Close it, or note that it was withdrawn."""
        ...

    def loss_limit(self) -> Money | None:
        """From which value a loss takes two persons; None = always."""
        ...

    def post_loss(
        self, operator: Operator, lines: Sequence[LossLine], note: str, second: SecondPerson | None
    ) -> LossView:
        """报损."""
        ...

    def losses(self, begins: datetime, ends: datetime) -> list[tuple[StockDocument, int]]:
        """Papers of a period, newest first, with their lines."""
        ...

    def loss_view(self, document_id: str, operator: Operator) -> LossView:
        """One paper."""
        ...

    def split_register(self) -> tuple[SplitRow, ...]:
        """拆零登记, newest first."""
        ...

    def keep_box(self, pack_id: str, place: str, operator: Operator) -> None:
        """Where the original box is kept."""
        ...

    def wanted_list(self) -> list[UnmetRequest]:
        """缺药登记, newest first."""
        ...

    def note_wanted(
        self, name: str, spec: str, quantity: Quantity, operator: Operator
    ) -> UnmetRequest:
        """Somebody asked for it."""
        ...

    def wanted_done(self, request_id: str, operator: Operator) -> None:
        """Somebody saw to it."""
        ...
