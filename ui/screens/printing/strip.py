"""Over the basket while papers wait or are in doubt: why, and what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame

from ui.widgets.parts import label, row, strip_button

if TYPE_CHECKING:
    from ui.screens.printing.view_model import PrintingViewModel


class PrintStrip(QFrame):
    """One line; it outlives the sale that it came with, for paper is put in when there is time."""

    def __init__(self, model: PrintingViewModel) -> None:
        super().__init__()
        self._model = model
        say = model.session.say
        self.setProperty("finding", "warn")
        line = row(self)
        line.setContentsMargins(10, 4, 10, 4)
        self.words = label("", wrap=True)
        line.addWidget(self.words, 1)
        self.again = strip_button(say("printing.button_again"))
        self.again.clicked.connect(lambda: model.decide(True))
        self.keep = strip_button(say("printing.button_kept"))
        self.keep.clicked.connect(lambda: model.decide(False))
        line.addWidget(self.again)
        line.addWidget(self.keep)
        model.changed.connect(self.refresh)
        self.hide()

    def refresh(self) -> None:
        """Show or hide; a person decides only where something is in doubt."""
        text = self._model.line()
        asked = bool(self._model.spool.unsure)
        self.again.setVisible(asked)
        self.keep.setVisible(asked)
        if text:
            self.words.setText(text)
            self.setAccessibleName(text)
        if bool(text) == self.isHidden():
            self.setVisible(bool(text))
