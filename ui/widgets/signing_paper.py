"""What a customer signs on their own side: words above, the paper below, two large buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.widgets.parts import button, card, column, label, row
from ui.widgets.signature_area import SignatureArea

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QLayout

    from app.domain.signature import PenTrace


class SigningPaper(QWidget):
    """A page for the customer's screen; whoever makes it says what is signed and when it may be."""

    def __init__(
        self,
        say: Callable[[str], str],
        heading: str,
        area: str,
        above: QLayout,
        signed: Callable[[PenTrace], None],
    ) -> None:
        """``heading``, ``area``: message ids; ``above``: what is signed."""
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        lines = column(self, margin=24, space=14)
        lines.addWidget(label(say(heading), "total"))
        self.words = label("", "heading", "second", wrap=True)
        lines.addWidget(self.words)
        holder = card()
        column(holder, margin=16).addLayout(above)
        lines.addWidget(holder)
        self.area = SignatureArea(say(area))
        lines.addWidget(self.area, 1)
        line = row(space=16)
        self.again = button(say("signature.again"))
        self.done = button(say("signature.done"), "commit")
        self.again.clicked.connect(self.area.clear)
        self.done.clicked.connect(lambda: signed(self.area.trace()))
        for each in (self.again, self.done):
            each.setMinimumHeight(64)
            # The customer's side has no keyboard: a focus there would take the cashier's keys.
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            line.addWidget(each, 1)
        lines.addLayout(line)
