"""Opening the drawer without a sale: four reasons, one key each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.errors import DeviceFailed
from app.use_cases.print_slips import DRAWER_REASONS
from ui.operation import Lane
from ui.widgets.panel import Panel
from ui.widgets.parts import button, label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.errors import YaotaiError
    from ui.screens.session import Session


class DrawerPanel(Panel):
    """F5. Choosing a reason opens the drawer and closes the panel."""

    def __init__(self, session: Session) -> None:
        self._session = session
        say = session.say
        super().__init__(say("printing.drawer_title"), say("panel.esc"))
        why = "drawer_why" if session.shop.has_printer() else "drawer_none"
        self.body.addWidget(label(say(f"printing.{why}"), wrap=True))
        self.reasons = [button(say(f"printing.drawer_{reason}")) for reason in DRAWER_REASONS]
        for each, reason in zip(self.reasons, DRAWER_REASONS, strict=True):
            each.setEnabled(session.shop.has_printer())
            each.clicked.connect(partial(self.choose, reason))
            self.body.addWidget(each)
        self.body.addStretch(1)

    def opened(self) -> None:
        """The first reason is the commonest."""
        self.reasons[0].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 to 4, on the number pad too, choose at once; Enter takes the one with the focus."""
        wanted = event.text()
        if wanted in ("\r", "\n") or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            chosen = next((each for each in self.reasons if each.hasFocus()), None)
        else:
            chosen = dict(zip("1234", self.reasons, strict=True)).get(wanted)
        if chosen is None or event.isAutoRepeat():
            super().keyPressEvent(event)
        else:
            chosen.click()

    def choose(self, reason: str, *_: object) -> None:
        """Open it; on the printer's lane, and said when it is done."""
        session = self._session
        shop, operator = session.shop, session.who()
        session.run(
            Lane.PRINTER,
            lambda _: shop.open_drawer(operator, reason),
            lambda _: session.tell("printing.drawer_opened"),
            self._failed,
        )
        self.closed.emit()

    def _failed(self, error: YaotaiError) -> None:
        session = self._session
        if isinstance(error, DeviceFailed):
            why = session.say(str(error.params["why"]))
            session.tell("printing.drawer_failed", "bad", why=why.rstrip("。."))
            return
        session.tell_error(error)
