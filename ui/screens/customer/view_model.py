"""The customer's side follows the counter, a moment behind it. No widgets here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.display import DARK
from ui.screens.customer.page import EMPTY, Shows, customer_page, figure_of, first_figure

if TYPE_CHECKING:
    from app.domain.display import Figure
    from ui.screens.customer.page import FaceCue
    from ui.screens.payment.view_model import PaymentViewModel
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel

FIRST_MS = 1_500
"""How long a price or the cash taken stands on the display before the total or the change."""
DONE_MS = 20_000
"""How long the change stays; the next customer need not read it."""


class CustomerViewModel(QObject):
    """Page and figure of the moment. Made only where a customer has something to look at."""

    changed = Signal()
    """The page is another one."""
    figure_changed = Signal(object)
    """A :class:`app.domain.display.Figure`."""

    def __init__(self, session: Session, till: TillViewModel, payment: PaymentViewModel) -> None:
        super().__init__()
        self.session = session
        self._till, self._payment = till, payment
        self.page, self.figure = EMPTY, DARK
        self._cue: FaceCue | None = None
        self._gone_by = False
        """The last sale has stood long enough."""
        self._soon = self._timer(0, self._refresh)
        self._then = self._timer(FIRST_MS, self._settle_figure)
        self._end = self._timer(DONE_MS, self._forget)
        # The counter paints first: what stands here is worked out once it has.
        for signal in (
            till.changed, payment.stage_changed, payment.view_changed, payment.tender_changed,
            session.operator_changed,
        ):  # fmt: skip
            signal.connect(self._later)
        self._refresh()

    def ask_face(self, cue: FaceCue | None) -> None:
        """What to do before the camera, while a face is looked at; None = nothing any more."""
        if cue != self._cue:
            self._cue = cue
            self._refresh()

    def _timer(self, wait: int, act: object) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(wait)
        made.timeout.connect(act)
        return made

    def _later(self, *_: object) -> None:
        self._soon.start()

    def _refresh(self) -> None:
        page = customer_page(self._till, self._payment, self.session.locked)
        if self._cue is not None and not self.session.locked:
            page = replace(page, shows=Shows.FACE, cue=self._cue)
        if page.shows is not Shows.DONE:
            self._gone_by = False
        elif self._gone_by:
            page = EMPTY
        if page == self.page:
            return
        before, self.page = self.page, page
        if page.shows is Shows.DONE:
            self._end.start()
        else:
            self._end.stop()
        first = first_figure(before, page)
        if first is not None:
            self._then.start()
            self._show(first)
        elif not self._then.isActive() or page.shows is not before.shows:
            self._settle_figure()
        self.changed.emit()

    def _settle_figure(self) -> None:
        self._then.stop()
        self._show(figure_of(self.page))

    def _forget(self) -> None:
        self._gone_by = True
        self._refresh()

    def _show(self, figure: Figure) -> None:
        if figure != self.figure:
            self.figure = figure
            self.figure_changed.emit(figure)

    def stop(self) -> None:
        """The window closes: the customer sees nothing of the last sale any more."""
        for timer in (self._soon, self._then, self._end):
            timer.stop()
        self.page = EMPTY
        self._show(DARK)
        self.changed.emit()
