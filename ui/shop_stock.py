"""The open shop's part for the page 库存: use cases with their doors bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from app.domain.money import Money, Quantity
    from app.domain.recall import LockReason, Recall
    from app.domain.recall_states import RecallEvent
    from app.domain.rx_case import UnmetRequest
    from app.domain.stock import Lot
    from app.domain.stock_document import StockDocument
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.item_ledger import Event, Ledger, LedgerRow
    from app.use_cases.losses import LossLine, LossView
    from app.use_cases.recalls import RecallView, RecallWish
    from app.use_cases.shelf_list import DrugRow, ShelfView
    from app.use_cases.sign_in import SecondPerson
    from app.use_cases.split_register import SplitRow


class ShopStock:
    """``ui.screens.stock_door.StockDoor``; a part of :class:`ui.shop.Shop`.

    Imports stand inside on purpose: no start needs them.
    """

    doors: Doors

    def shelf_list(self, operator: Operator) -> ShelfView:
        """Every drug with goods or a minimum."""
        from app.use_cases.shelf_list import shelf_list

        return shelf_list(self.doors, operator)

    def shelf_drug(self, medicine_id: str, operator: Operator) -> DrugRow:
        """One drug with its lots."""
        from app.use_cases.shelf_list import shelf_drug

        return shelf_drug(self.doors, medicine_id, operator)

    def set_minimum(self, medicine_id: str, least: Quantity, operator: Operator) -> None:
        """The least that should lie there; zero = none."""
        from app.use_cases.shelf_list import set_minimum

        set_minimum(self.doors, medicine_id, least, operator)

    def item_ledger(
        self,
        medicine_id: str,
        operator: Operator,
        lot_id: str,
        first: date | None,
        last: date | None,
    ) -> Ledger:
        """Movements with their running balance."""
        from app.use_cases.item_ledger import item_ledger

        return item_ledger(self.doors, medicine_id, operator, lot_id=lot_id, first=first, last=last)

    def ledger_event(self, row: LedgerRow, operator: Operator) -> Event:
        """The slip or paper behind a movement."""
        from app.use_cases.item_ledger import event_behind

        return event_behind(self.doors, row, operator)

    def hold_lot(self, operator: Operator, lot_id: str, reason: LockReason) -> Lot:
        """暂停销售."""
        from app.use_cases.lots import hold_lot

        return hold_lot(self.doors, operator, lot_id, reason)

    def reject_lot(self, operator: Operator, lot_id: str, reason: LockReason) -> Lot:
        """不合格."""
        from app.use_cases.lots import reject_lot

        return reject_lot(self.doors, operator, lot_id, reason)

    def release_lot(self, operator: Operator, lot_id: str, second: SecondPerson | None) -> Lot:
        """Back to what it was."""
        from app.use_cases.lots import release_lot

        return release_lot(self.doors, operator, lot_id, second)

    def recalls(self) -> list[Recall]:
        """Every recall, newest first."""
        from app.use_cases.recalls import recalls

        return recalls(self.doors)

    def recall_view(self, recall_id: str, operator: Operator, names: bool) -> RecallView:
        """Who bought it, what is left; names are logged."""
        from app.use_cases.recalls import recall_view

        return recall_view(self.doors, recall_id, operator, names=names)

    def recall_batch(self, operator: Operator, wish: RecallWish) -> RecallView:
        """Lock a batch on every till."""
        from app.use_cases.recalls import recall_batch

        return recall_batch(
            self.doors,
            operator,
            wish.batch,
            wish.medicine_id,
            wish.reason,
            wish.notice_no,
            level=wish.level,
            source=wish.source,
        )

    def end_recall(
        self,
        operator: Operator,
        recall_id: str,
        event: RecallEvent,
        result: str,
        second: SecondPerson | None,
    ) -> RecallView:
        """Close it, or note that it was withdrawn."""
        from app.use_cases.recalls import end_recall

        return end_recall(self.doors, operator, recall_id, event, result, second)

    def loss_limit(self) -> Money | None:
        """From which value a loss takes two persons; None = always."""
        from app.use_cases.losses import limit_of

        return limit_of(self.doors, self.doors.clock.now())

    def post_loss(
        self, operator: Operator, lines: Sequence[LossLine], note: str, second: SecondPerson | None
    ) -> LossView:
        """报损."""
        from app.use_cases.losses import post_loss

        return post_loss(self.doors, operator, lines, note, second)

    def losses(self, begins: datetime, ends: datetime) -> list[tuple[StockDocument, int]]:
        """Papers of a period, newest first, with their lines."""
        from app.use_cases.losses import losses

        return losses(self.doors, begins, ends)

    def loss_view(self, document_id: str, operator: Operator) -> LossView:
        """One paper."""
        from app.use_cases.losses import loss_view

        return loss_view(self.doors, document_id, operator)

    def split_register(self) -> tuple[SplitRow, ...]:
        """拆零登记, newest first."""
        from app.use_cases.split_register import split_register

        return split_register(self.doors)

    def keep_box(self, pack_id: str, place: str, operator: Operator) -> None:
        """Where the original box is kept."""
        from app.use_cases.split_register import keep_box

        keep_box(self.doors, pack_id, place, operator)

    def wanted_list(self) -> list[UnmetRequest]:
        """缺药登记, newest first."""
        from app.use_cases.wanted_list import wanted_list

        return wanted_list(self.doors)

    def note_wanted(
        self, name: str, spec: str, quantity: Quantity, operator: Operator
    ) -> UnmetRequest:
        """Somebody asked for it."""
        from app.use_cases.wanted_list import note_wanted

        return note_wanted(self.doors, name, spec, quantity, operator)

    def wanted_done(self, request_id: str, operator: Operator) -> None:
        """Somebody saw to it."""
        from app.use_cases.wanted_list import wanted_done

        wanted_done(self.doors, request_id, operator)
