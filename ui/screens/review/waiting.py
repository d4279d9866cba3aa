"""Who waits for a pharmacist: asked every few seconds, shared by counter and station. No widgets.

What this till's own counter takes is asked for at once (:attr:`Session.rx_changed`). Where other
tills share the books, a short question twice a second feels whether they moved anything; the slow
poll keeps the waits, and stands in where one beat was missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ui.operation import Lane

if TYPE_CHECKING:
    from app.errors import YaotaiError
    from app.use_cases.rx_views import RxWaiting
    from ui.screens.session import Session

EVERY_MS = 3_000
FEEL_MS = 500
"""The question costs a till about two milliseconds on its store lane."""


class WaitingViewModel(QObject):
    """The queue as the books had it last."""

    changed = Signal()
    arrived = Signal()
    """Somebody new waits: there is something to hear."""
    moved = Signal()
    """Another till of the store did something: whoever shows a prescription or duties looks."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self._shop = session, session.shop
        self.rows: tuple[RxWaiting, ...] = ()
        self._seen: frozenset[str] | None = None
        self._asked = self._again = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.ask)
        self._pulse, self._feeling = "", False
        self._feeler = QTimer(self)
        self._feeler.timeout.connect(self.feel)
        session.rx_changed.connect(self.ask)

    @property
    def count(self) -> int:
        """How many wait."""
        return len(self.rows)

    @property
    def level(self) -> int:
        """The gravest wait: 0, 1 amber, 2 red, by the pack."""
        return max((row.level for row in self.rows), default=0)

    def start(self) -> None:
        """Ask now and on a timer."""
        self.ask()
        self._timer.start(EVERY_MS)
        if self._shop.facts.shared:
            self._feeler.start(FEEL_MS)

    def stop(self) -> None:
        """The window closes."""
        self._timer.stop()
        self._feeler.stop()

    def feel(self) -> None:
        """Whether another till moved anything; a question that waits is not asked twice."""
        if not self._feeling:
            self._feeling = True
            self.session.run(
                Lane.STORE, lambda _: self._shop.store_pulse(), self._felt, self._not_felt
            )

    def _not_felt(self, error: YaotaiError) -> None:
        del error  # the status bar tells of a server that is away; the next beat asks again
        self._feeling = False

    def _felt(self, pulse: str) -> None:
        self._feeling = False
        before, self._pulse = self._pulse, pulse
        if pulse != before:
            self.ask()
            self.moved.emit()

    def ask(self) -> None:
        """Ask once more; while a question is under way one more is remembered, not ten."""
        if self._asked:
            self._again = True
            return
        self._asked = True
        self.session.run(
            Lane.REVIEW, lambda _: self._shop.review_queue(), self._answered, self._failed
        )

    def _failed(self, error: YaotaiError) -> None:
        del error  # what is shown stays; the next poll asks again
        self._asked = False

    def _answered(self, rows: tuple[RxWaiting, ...]) -> None:
        self._asked = False
        known, self._seen = self._seen, frozenset(row.case_id for row in rows)
        self.rows = rows
        self.changed.emit()
        # What waited already when the till was opened has rung elsewhere.
        if known is not None and self._seen - known:
            self.arrived.emit()
        if self._again:
            self._again = False
            self.ask()
