"""The bar at the top of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, label, retone, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QLabel

    from ui.widgets.lamps import Lamps, LampShown


class _Texts(QWidget):
    """Where the texts flow; says when it has another width, by whatever stands beside it."""

    width_changed = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Only the width: what follows may change the height, and would be asked for ever."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.width_changed.emit()


class StatusBar(QWidget):
    """Plain texts with a tone each; what does not exist has no place here.

    Where the type is large and the shop's name long it grows a row: nothing of it is cut.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line = row(self, space=14)
        line.setContentsMargins(12, 6, 12, 6)
        self._texts = _Texts()
        self._texts.width_changed.connect(self._fit_lamps)
        flow = FlowLayout(self._texts, space=14, even=True)
        flow.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._texts, 1)
        self._labels: dict[str, QLabel] = {}
        for name in ("shop", "cashier", "duty", "line", "waiting"):
            self._labels[name] = label("", "strong" if name == "shop" else "")
            flow.addWidget(self._labels[name])
        self.review = button("", "key")
        self.review.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        flow.insert(3, self.review)
        self._flow = flow
        self.lamps: Lamps | None = None
        self._shown: Sequence[LampShown] = ()
        self.practice = label("")
        self.practice.setObjectName("practice")
        self.practice.hide()
        self._draft = label("")
        self._draft.setObjectName("draft")
        self._draft.hide()
        line.addWidget(self._draft)
        line.addWidget(self.practice, 0, Qt.AlignmentFlag.AlignVCenter)
        self._labels["clock"] = label("", "strong")
        line.addWidget(self._labels["clock"])

    def put(self, name: str, text: str, tone: str = "") -> None:
        """Show a text at one of the places: shop, cashier, duty, line, waiting, clock."""
        changed = self._labels[name].text() != text
        self._labels[name].setText(text)
        self._labels[name].setAccessibleName(text)
        retone(self._labels[name], "tone", tone)
        if changed:
            self._fit_lamps()

    def show_review(self, text: str, tone: str = "") -> None:
        """The way to the review station, with how many wait there; here and not in the strip,
        which has no room left for another key at the largest type.
        """
        changed = self.review.text() != text
        self.review.setText(text)
        self.review.setAccessibleName(text)
        retone(self.review, "tone", tone)
        if changed:
            self._fit_lamps()

    def put_lamps(self, lamps: Lamps) -> None:
        """The place of the devices; made once the shop is open, no start waits for it."""
        self.lamps = lamps
        self._flow.addWidget(lamps)

    def show_lamps(self, shown: Sequence[LampShown]) -> None:
        """How the devices do, in what room is left."""
        self._shown = shown
        if self.lamps is not None:
            self.lamps.show_lamps(shown, self._room())

    def _fit_lamps(self) -> None:
        if self.lamps is not None and not self.lamps.is_empty():
            self.lamps.fit(self._room())

    def _room(self) -> int:
        """Pixels that the other texts leave in their last row."""
        return self._flow.left_in_row(self._flow.count() - 1, self._texts.width())

    def text(self, name: str) -> str:
        """What stands at a place."""
        return self._labels[name].text()

    def show_environment(self, name: str, text: str, draft: str = "") -> None:
        """Which environment this is, in its own colour (SJZ-A.12), and whether its pack is a draft.

        ``name``: practice, test or production; ``draft``: the words for it, empty = none.
        """
        self.practice.setText(text)
        self.practice.setAccessibleName(text)
        retone(self.practice, "environment", name)
        self.practice.setVisible(bool(text))
        self._draft.setText(draft)
        self._draft.setVisible(bool(draft))
