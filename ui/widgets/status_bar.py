"""The bar at the top of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.widgets.parts import label, retone, row


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
        for name in ("shop", "cashier", "line", "waiting"):
            self._labels[name] = label("", "strong" if name == "shop" else "")
            line.addWidget(self._labels[name])
        line.addStretch(1)
        self.practice = label("")
        self.practice.setObjectName("practice")
        self.practice.hide()
        line.addWidget(self.practice)
        self._labels["clock"] = label("", "strong")
        line.addWidget(self._labels["clock"])

    def put(self, name: str, text: str, tone: str = "") -> None:
        """Show a text at one of the places: shop, cashier, line, waiting, clock."""
        self._labels[name].setText(text)
        self._labels[name].setAccessibleName(text)
        retone(self._labels[name], "tone", tone)

    def text(self, name: str) -> str:
        """What stands at a place."""
        return self._labels[name].text()

    def show_practice(self, text: str) -> None:
        """The stripe that nobody can overlook; empty takes it away."""
        self.practice.setText(text)
        self.practice.setVisible(bool(text))
