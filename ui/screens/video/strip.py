"""Over the basket: the recorder was not looked at today, or something is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from ui.widgets.parts import label, retone, row, strip_button

if TYPE_CHECKING:
    from ui.screens.video.recorder import RecorderModel


class RecorderStrip(QFrame):
    """One line, once a day, until it is answered."""

    panel_asked = Signal()

    def __init__(self, model: RecorderModel) -> None:
        super().__init__()
        self._model, self._key = model, ""
        line = row(self)
        line.setContentsMargins(10, 4, 10, 4)
        self.words = label("", wrap=True)
        line.addWidget(self.words, 1)
        self.open = strip_button(model.session.say("video.title"))
        self.open.clicked.connect(self.panel_asked)
        line.addWidget(self.open)
        model.changed.connect(self.refresh)
        self.hide()

    def show_key(self, key: str) -> None:
        """The key that opens the panel on the live map."""
        self._key = key
        self.refresh()

    def refresh(self) -> None:
        """What is due."""
        text, tone = self._model.notice(self._key)
        if text:
            self.words.setText(text)
            self.setAccessibleName(text)
            retone(self, "finding", tone)
        if bool(text) == self.isHidden():
            self.setVisible(bool(text))
