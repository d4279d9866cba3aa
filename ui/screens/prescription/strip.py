"""A line above the basket that speaks of its prescription; it counts and never blinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame

from ui.screens.prescription.words import strip_words
from ui.widgets.parts import label, retone, row

if TYPE_CHECKING:
    from ui.screens.prescription.counter import RxCounterViewModel

_FINDING = {"bad": "block", "warn": "warn", "good": "good"}


class RxStrip(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, model: RxCounterViewModel) -> None:
        super().__init__()
        self._model = model
        self.setProperty("finding", "told")
        line = row(self, margin=4)
        line.setContentsMargins(10, 4, 10, 4)
        self.words = label("", "", "told", wrap=True)
        line.addWidget(self.words, 1)
        self._clock = QTimer(self)
        self._clock.setInterval(1_000)
        self._clock.timeout.connect(model.tick)
        model.changed.connect(self.refresh)
        model.ticked.connect(self.refresh)
        self.hide()

    def refresh(self) -> None:
        """Show what is true now; the clock runs only while somebody waits."""
        text, tone = strip_words(self._model)
        self.words.setText(text)
        self.setAccessibleName(text)
        retone(self.words, "tone", tone or "told")
        retone(self, "finding", _FINDING.get(tone, "told"))
        self.setVisible(bool(text))
        live = self._model.rx is not None and self._model.rx.live
        if live != self._clock.isActive():
            if live:
                self._clock.start()
            else:
                self._clock.stop()

    def stop(self) -> None:
        """The window closes."""
        self._clock.stop()
