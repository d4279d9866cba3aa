"""The bar at the top of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.widgets.parts import button, label, retone, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel


class StatusBar(QWidget):
    """Plain texts with a tone each; what does not exist has no place here."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        line = row(self, space=14)
        line.setContentsMargins(12, 6, 12, 6)
        self._labels: dict[str, QLabel] = {}
        for name in ("shop", "cashier", "duty", "line", "waiting"):
            self._labels[name] = label("", "strong" if name == "shop" else "")
            line.addWidget(self._labels[name])
        self.review = button("", "key")
        self.review.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        line.insertWidget(3, self.review)
        line.addStretch(1)
        self.practice = label("")
        self.practice.setObjectName("practice")
        self.practice.hide()
        self._draft = label("")
        self._draft.setObjectName("draft")
        self._draft.hide()
        line.addWidget(self._draft)
        line.addWidget(self.practice)
        self._labels["clock"] = label("", "strong")
        line.addWidget(self._labels["clock"])

    def put(self, name: str, text: str, tone: str = "") -> None:
        """Show a text at one of the places: shop, cashier, duty, line, waiting, clock."""
        self._labels[name].setText(text)
        self._labels[name].setAccessibleName(text)
        retone(self._labels[name], "tone", tone)

    def show_review(self, text: str, tone: str = "") -> None:
        """The way to the review station, with how many wait there; here and not in the strip,
        which has no room left for another key at the largest type.
        """
        self.review.setText(text)
        self.review.setAccessibleName(text)
        retone(self.review, "tone", tone)

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
