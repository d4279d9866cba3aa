"""Over the basket: that the scanner is untested or wrong, and why nobody took the last code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame

from ui.widgets.parts import label, retone, row, strip_button

if TYPE_CHECKING:
    from app.use_cases.notes import Note
    from ui.screens.scanner.view_model import ScannerTestModel

SHOWN_MS = 12_000
"""How long a refused code is spoken of; a code that is taken ends it at once."""


class ScannerStrip(QFrame):
    """One line; over a panel only why nobody took a code: a reminder waits for the basket."""

    panel_asked = Signal()

    def __init__(self, model: ScannerTestModel) -> None:
        super().__init__()
        self._model, self._session = model, model.session
        self._note: Note | None = None
        self._key = ""
        self._over_panel = False
        line = row(self)
        line.setContentsMargins(10, 4, 10, 4)
        self.words = label("", wrap=True)
        line.addWidget(self.words, 1)
        self.open = strip_button(self._session.say("scanner.title"))
        self.open.clicked.connect(self.panel_asked)
        line.addWidget(self.open)
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(SHOWN_MS)
        self._over.timeout.connect(lambda: self.say_code(None))
        model.changed.connect(self.refresh)
        self.hide()

    def show_key(self, key: str) -> None:
        """The key that opens the test on the live map."""
        self._key = key
        self.refresh()

    def stand_back(self, over_panel: bool) -> None:
        """A panel needs the height at large type: what is only due is told at the basket."""
        self._over_panel = over_panel
        self.refresh()

    def say_code(self, note: Note | None) -> None:
        """Why nobody took the last code; None: it was taken."""
        if note is None and self._note is None:
            return
        self._note = note
        if note is not None:
            self._over.start()
        self.refresh()

    def refresh(self) -> None:
        """What is due, the code that nobody took first."""
        message_id, tone = self._model.notice()
        if self._note is not None:
            text, tone = self._session.say_note(self._note), "warn"
        else:
            text = self._session.say(message_id, key=self._key) if message_id else ""
        self.open.setVisible(self._note is None)
        if self._note is None and self._over_panel:
            text = ""
        if text:
            self.words.setText(text)
            self.setAccessibleName(text)
            retone(self, "finding", tone)
        if bool(text) == self.isHidden():
            self.setVisible(bool(text))
