"""A panel: what other programs put into a dialog stands here in the window itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from ui.widgets.parts import column, label, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from app.domain.code_read import CodeRead
    from app.domain.insurance import Credential

FADE_MS = 120


class Panel(QFrame):
    """A title, a body, and one step back with Esc."""

    closed = Signal()
    wide = False
    """Whether it takes the place of the money column too."""

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(title)
        outer = column(self, margin=16, space=10)
        head = row()
        self.title = label(title, "heading")
        head.addWidget(self.title)
        head.addStretch(1)
        self.hint = label(hint, "small", "second")
        head.addWidget(self.hint)
        outer.addLayout(head)
        self.body: QVBoxLayout = column(space=10)
        outer.addLayout(self.body, 1)

    def opened(self) -> None:
        """The panel came into sight: fill it and give the first field the focus."""

    def back(self) -> bool:
        """Esc: one step back inside the panel; False = nothing left, close it."""
        return False

    def scan_part(self) -> str:
        """The part in sight as the table of codes (:mod:`ui.scan_routes`) calls it; empty = all."""
        return ""

    def take_read(self, read: CodeRead) -> None:
        """A code that the table gives to this panel."""
        self.take_scan(read.text)

    def take_scan(self, text: str) -> bool:
        """Its text; False = nothing was done with it after all."""
        del text
        return False

    @property
    def takes_others(self) -> bool:
        """Whether the next card may be somebody else's than the prescription's patient."""
        return False

    def take_credential(self, credential: Credential, name: str) -> bool:
        """A card was read while this panel is open; False = not for this panel."""
        del credential, name
        return False


def fade_in(widget: QWidget) -> None:
    """120 ms, once; nothing else in the program moves."""
    from PySide6.QtCore import QEasingCurve, QPropertyAnimation  # no start moves anything
    from PySide6.QtWidgets import QGraphicsOpacityEffect

    effect = QGraphicsOpacityEffect(widget)
    widget.setGraphicsEffect(effect)
    motion = QPropertyAnimation(effect, b"opacity", widget)
    motion.setDuration(FADE_MS)
    motion.setStartValue(0.0)
    motion.setEndValue(1.0)
    motion.setEasingCurve(QEasingCurve.Type.OutCubic)
    # The effect costs at every repaint, so it goes when it has done its work.
    motion.finished.connect(lambda: widget.setGraphicsEffect(None))  # type: ignore[arg-type]
    motion.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)
