"""Parked sales in sight at all times: what must not be done while the outcome is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from ui.widgets.parts import button, clear_layout, column, label, row

if TYPE_CHECKING:
    from ui.screens.payment.open_items import OpenItem, OpenItemsViewModel

SHOWN = 2


class OpenStrip(QWidget):
    """One card for each parked sale, two at most; the rest is counted."""

    list_asked = Signal()

    def __init__(self, model: OpenItemsViewModel) -> None:
        super().__init__()
        self._model, self._say = model, model.session.say
        self._layout = column(self, space=6)
        model.changed.connect(self.refresh)
        self.hide()

    def texts(self) -> list[str]:
        """The sentences on the cards."""
        return [self._words(item) for item in self._model.items[:SHOWN]]

    def _words(self, item: OpenItem) -> str:
        return self._say(f"open.{item.state}", asked=item.asked, name=item.name)

    def refresh(self) -> None:
        """Draw the cards anew."""
        clear_layout(self._layout)
        for item in self._model.items[:SHOWN]:
            self._layout.addWidget(self._card(item))
        more = len(self._model.items) - SHOWN
        if more > 0:
            self._layout.addWidget(label(self._say("open.more", count=more), "small", "second"))
        self.setVisible(bool(self._model.items))

    def _card(self, item: OpenItem) -> QFrame:
        frame = QFrame()
        frame.setProperty("finding", "block" if item.undecided else "good")
        lines = column(frame, space=2)
        lines.setContentsMargins(10, 6, 10, 6)
        head = row()
        head.addWidget(label(f"{item.name}  ¥ {item.view.total}", "strong"), 1)
        more = button("Ctrl+O", "key", self._say("open.title"))
        more.clicked.connect(self.list_asked)
        head.addWidget(more)
        lines.addLayout(head)
        lines.addWidget(label(self._words(item), wrap=True))
        frame.setAccessibleName(self._words(item))
        return frame
