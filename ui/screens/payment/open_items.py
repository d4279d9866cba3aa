"""Parked sales of unknown outcome: asked after in the background until they are decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.masking import mask_name
from ui.operation import Lane
from ui.screens.backup.watch import BackupWatch
from ui.screens.crash.log_watch import LogWatch
from ui.screens.payment.view_model import BUSY, UNRESOLVED, Stage

if TYPE_CHECKING:
    from app.domain.sale import Sale
    from app.errors import YaotaiError
    from app.use_cases.views import Patient, PaymentView, Recovery, SettlementView
    from ui.screens.held.view_model import HeldViewModel
    from ui.screens.payment.view_model import PaymentViewModel
    from ui.screens.session import Session

ASK_EVERY_MS = 5_000
IDLE_EVERY_MS = 30_000


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One parked sale; ``name`` is masked, or says that it was left by an earlier run."""

    sale_id: str
    view: PaymentView
    name: str
    by_hand: bool = False
    """Whether a person must start its reversal."""

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
        """What may be done with it now: an id of the words' [open]."""
        if self.undecided:
            open_ = {one.state for one in self.view.settlements if one.state in UNRESOLVED}
            if open_ == {"unknown"} and self.by_hand:
                return "by_hand"
            return "disputed" if open_ == {"disputed"} else "unknown"
        if self.view.sale_state == "undoing":
            return "returning"
        if self.view.sale_state == "completing":
            return "settled"
        return "part" if self.view.sale_state == "part_settled" else "free"

    @property
    def for_person(self) -> SettlementView | None:
        """The first settlement that waits for a person, where one does."""
        return next(
            (
                one
                for one in self.view.settlements
                if one.verdicts or (self.by_hand and one.state == "unknown")
            ),
            None,
        )


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
        self._backups = BackupWatch(session)
        self._log = LogWatch(session)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.ask)
        payment.parked.connect(self._park)

    def start(self) -> None:
        """Take up what an earlier run left behind, before the first customer.

        What is left is listed first: decided before anybody saw that it was open, it could not be
        told of. Books that cannot be listed are asked after all the same.
        """
        self.session.run(Lane.STORE, lambda _: self._left_behind(), self._begin, self._unlisted)
        self._timer.start(IDLE_EVERY_MS)

    def _begin(self, items: list[OpenItem]) -> None:
        self._found(items)
        self._backups.look()
        self._log.look()
        self.ask()

    def _unlisted(self, error: YaotaiError) -> None:
        self.session.tell_error(error)
        self.ask()

    def stop(self) -> None:
        """No more questions: the window closes."""
        self._timer.stop()

    def _left_behind(self) -> list[OpenItem]:
        sales = self.shop.unfinished_sales()
        return [self._item(self.shop.payment(s.id)) for s in sales if s.state != "open"]

    def _item(self, view: PaymentView, name: str = "") -> OpenItem:
        undecided = any(one.state in UNRESOLVED for one in view.settlements)
        # Whom it was for is sealed in the books; an item from an earlier run has a word for a name.
        name = name or self.session.say("open.nameless")
        return OpenItem(view.sale_id, view, name, undecided and self.shop.reverses_by_hand())

    def _found(self, items: list[OpenItem]) -> None:
        known = {item.sale_id for item in self.items}
        self.items += [item for item in items if item.sale_id not in known]
        self._pace()
        self.changed.emit()

    def _park(self, parked: tuple[PaymentView, Patient | None]) -> None:
        view, patient = parked
        name = mask_name(patient.person.name) if patient else ""
        self.items = [item for item in self.items if item.sale_id != view.sale_id]
        self.items.append(self._item(view, name))
        # The first question waits for the timer: what is lost may still be under way there.
        self._pace()
        self.changed.emit()

    def _pace(self) -> None:
        if self._timer.isActive():
            # What waits for a person is not asked after any faster.
            waiting = any(item.state == "unknown" for item in self.items)
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
        self._backups.look()
        self._log.look()
        self.session.prices_changed.emit()
        ids = [item.sale_id for item in self.items]

        def looked(views: list[PaymentView]) -> None:
            # One that was taken up since is on the counter: what was asked of it is of before.
            here = {item.sale_id for item in self.items}
            gone = {one for one in ids if one not in here}
            self._refreshed([view for view in views if view.sale_id not in gone])

        self.session.run(Lane.STORE, lambda _: self._look(ids), looked)

    def _look(self, ids: list[str]) -> list[PaymentView]:
        """Those of the list, and what came to wait for a person without ever being parked."""
        under_way = ("settling", "undoing")
        others = [s.id for s in self.shop.unfinished_sales() if s.state in under_way]
        views = [self.shop.payment(one) for one in others if one not in ids]
        waiting = [view for view in views if self._item(view).for_person is not None]
        return [self.shop.payment(one) for one in ids] + waiting

    def take(self, view: PaymentView) -> None:
        """A person dealt with one of them: this is where its sale stands now."""
        self._refreshed([view])

    def _refreshed(self, views: list[PaymentView]) -> None:
        fresh = {view.sale_id: view for view in views}
        before = self.items
        self.items = [
            self._item(fresh.get(item.sale_id, item.view), item.name)
            for item in before
            if fresh.get(item.sale_id, item.view).sale_state not in ("done", "undone", "abandoned")
        ]
        known = {item.sale_id for item in before}
        self.items += [self._item(view) for view in views if view.sale_id not in known]
        for old in before:
            new = next((item for item in self.items if item.sale_id == old.sale_id), None)
            if new is None and old.undecided:
                self.session.tell("open.gone", "good", name=old.name)
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
        if item.undecided or item.state == "returning":
            said = "open.wait" if item.state == "unknown" else f"open.{item.state}"
            self.session.tell(said, "warn", name=item.name, asked=item.asked)
            return
        if self.payment.till.lines and self.payment.stage in (Stage.SELLING, Stage.QUOTED):
            self.held.hold(lambda: self.resume(place))
            return
        if self.payment.stage in (Stage.TENDER, Stage.REFUSED):
            self.session.tell("payment.locked", "warn")
            return

        def loaded(answer: tuple[Sale, PaymentView]) -> None:
            if answer[0].replaces:
                # What is left of a return is paid within the return, not as a sale of its own.
                self.session.tell("open.returning", "warn", name=item.name)
                return
            self.items = [each for each in self.items if each.sale_id != item.sale_id]
            self.changed.emit()
            self.payment.resume(*answer)

        self.session.run(
            Lane.STORE,
            lambda _: (self.shop.sale(item.sale_id), self.shop.payment(item.sale_id)),
            loaded,
        )
