"""Each day is compared by itself, once it is over, when the counter's first rush is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ui.operation import Lane

if TYPE_CHECKING:
    from app.use_cases.reconcile import DayReconciled
    from ui.screens.session import Session

FIRST_MS = 120_000
"""After the shop has opened."""
EVERY_MS = 15 * 60_000
"""Until it was answered; afterwards the next day's is looked for as rarely."""


class MorningCompare(QObject):
    """A timer; what it finds stands in the books, the board and the page read it there."""

    compared = Signal(object)
    """A :class:`DayReconciled`: a day was asked for just now."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._under_way = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.ask)

    def start(self) -> None:
        """From now on by itself."""
        if not self._timer.isActive():
            self._timer.start(FIRST_MS)

    def stop(self) -> None:
        """The window closes."""
        self._timer.stop()

    def ask(self) -> None:
        """Compare what is due; a line that is down is asked again later."""
        if self._under_way:
            return
        self._under_way = True
        shop = self._session.shop
        self._session.run(
            Lane.RECOVERY, lambda _: shop.compare_due(), self._came, lambda _: self._came(None)
        )

    def _came(self, done: DayReconciled | None) -> None:
        self._under_way = False
        self._timer.start(EVERY_MS)
        if done is not None:
            self.compared.emit(done)
