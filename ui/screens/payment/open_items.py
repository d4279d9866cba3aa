"""Parked sales of unknown outcome: asked after in the background until they are decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.masking import mask_name
from ui.operation import Lane
from ui.screens.payment.view_model import BUSY, UNRESOLVED, Stage

if TYPE_CHECKING:
    from app.domain.sale import Sale
    from app.use_cases.views import Patient, PaymentView, Recovery
    from ui.screens.held.view_model import HeldViewModel
    from ui.screens.payment.view_model import PaymentViewModel
    from ui.screens.session import Session

ASK_EVERY_MS = 5_000
IDLE_EVERY_MS = 30_000


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One parked sale; ``name`` is masked."""

    sale_id: str
    view: PaymentView
    name: str = ""

    @property
    def undecided(self) -> bool:
        """Whether the outcome is still unknown: take no money, hand out no drugs."""
        return any(one.state in UNRESOLVED for one in self.view.settlements)

    @property
    def asked(self) -> int:
        """Which question to the platform is under way, or was the last."""
        return max((one.asked for one in self.view.settlements), default=0) or 1

    @property
    def state(self) -> str:
        """unknown, disputed, settled, part or free: what a person may do with it now."""
        if self.undecided:
            open_ = {one.state for one in self.view.settlements if one.state in UNRESOLVED}
            return "disputed" if open_ == {"disputed"} else "unknown"
        if self.view.sale_state == "completing":
            return "settled"
        return "part" if self.view.sale_state == "part_settled" else "free"


class OpenItemsViewModel(QObject):
    """The list of parked sales and the timer that asks after them."""

    changed = Signal()
    decided = Signal(object)

    def __init__(self, session: Session, payment: PaymentViewModel, held: HeldViewModel) -> None:
        super().__init__()
        self.session, self.shop, self.payment = session, session.shop, payment
        self.held = held
        self.items: list[OpenItem] = []
        self._asking = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.ask)
        payment.parked.connect(self._park)

    def start(self) -> None:
        """Take up what an earlier run left behind, before the first customer."""
        self.session.run(Lane.STORE, lambda _: self._left_behind(), self._found)
        self.ask()
        self._timer.start(IDLE_EVERY_MS)

    def stop(self) -> None:
        """No more questions: the window closes."""
        self._timer.stop()

    def _left_behind(self) -> list[OpenItem]:
        sales = self.shop.unfinished_sales()
        return [OpenItem(s.id, self.shop.payment(s.id)) for s in sales if s.state != "open"]

    def _found(self, items: list[OpenItem]) -> None:
        known = {item.sale_id for item in self.items}
        self.items += [item for item in items if item.sale_id not in known]
        self._pace()
        self.changed.emit()

    def _park(self, parked: tuple[PaymentView, Patient | None]) -> None:
        view, patient = parked
        name = mask_name(patient.person.name) if patient else ""
        self.items.append(OpenItem(view.sale_id, view, name))
        # The first question waits for the timer: what is lost may still be under way there.
        self._pace()
        self.changed.emit()

    def _pace(self) -> None:
        if self._timer.isActive():
            waiting = any(item.undecided for item in self.items)
            self._timer.setInterval(ASK_EVERY_MS if waiting else IDLE_EVERY_MS)

    def ask(self) -> None:
        """One pass of the recovery, never two at a time."""
        if not self._asking:
            self._asking = True
            self.session.run(
                Lane.RECOVERY, lambda _: self.shop.recover(), self._asked, lambda _: self._rested()
            )

    def _rested(self) -> None:
        self._asking = False

    def _asked(self, recovery: Recovery) -> None:
        self._asking = False
        ids = [item.sale_id for item in self.items]
        if ids:
            self.session.run(
                Lane.STORE, lambda _: [self.shop.payment(one) for one in ids], self._refreshed
            )

    def _refreshed(self, views: list[PaymentView]) -> None:
        fresh = {view.sale_id: view for view in views}
        before = self.items
        self.items = [
            OpenItem(item.sale_id, fresh.get(item.sale_id, item.view), item.name)
            for item in before
            if fresh.get(item.sale_id, item.view).sale_state not in ("done", "undone", "abandoned")
        ]
        for old in before:
            new = next((item for item in self.items if item.sale_id == old.sale_id), None)
            if new is None or not old.undecided or old.state == new.state:
                continue
            severity = "block" if new.undecided else "good"
            self.session.tell(f"open.{new.state}", severity, name=new.name, asked=new.asked)
            if not new.undecided:
                self.decided.emit(new)
        self._pace()
        self.changed.emit()

    def resume(self, place: int = 0) -> None:
        """Go on with a decided one; what stands on the screen is held first."""
        if not 0 <= place < len(self.items) or self.payment.stage in BUSY:
            return
        item = self.items[place]
        if item.undecided:
            said = "open.disputed" if item.state == "disputed" else "open.wait"
            self.session.tell(said, "warn", name=item.name, asked=item.asked)
            return
        if self.payment.till.lines and self.payment.stage in (Stage.SELLING, Stage.QUOTED):
            self.held.hold(lambda: self.resume(place))
            return
        if self.payment.stage in (Stage.TENDER, Stage.REFUSED):
            self.session.tell("payment.locked", "warn")
            return

        def loaded(answer: tuple[Sale, PaymentView]) -> None:
            self.items = [each for each in self.items if each.sale_id != item.sale_id]
            self.changed.emit()
            self.payment.resume(*answer)

        self.session.run(
            Lane.STORE,
            lambda _: (self.shop.sale(item.sale_id), self.shop.payment(item.sale_id)),
            loaded,
        )
