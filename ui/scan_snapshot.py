"""A window as it was before a burst of keys, and back to it: a code leaves no trace in a field."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid


@dataclass(repr=False)
class Snapshot:
    """A window as it was before the burst, so that a code leaves no trace in it.

    Every field, not only the one with the focus: some hand the focus on when they are full.
    """

    lines: list[tuple[QLineEdit, str, int]]
    texts: list[tuple[QPlainTextEdit, str]]
    chosen: tuple[QAbstractItemView, QPersistentModelIndex] | None
    picked: tuple[QComboBox, int] | None
    focus: QWidget | None

    @classmethod
    def of(cls, widget: QWidget) -> Snapshot:
        """The window of a widget that a key is about to reach."""
        window = widget.window()
        lines = [one for one in window.findChildren(QLineEdit) if one.isVisible()]
        texts = [one for one in window.findChildren(QPlainTextEdit) if one.isVisible()]
        chosen = picked = None
        # Letters choose a row of a list.
        if isinstance(widget, QAbstractItemView):
            chosen = (widget, QPersistentModelIndex(widget.currentIndex()))
        elif isinstance(widget, QComboBox):
            picked = (widget, widget.currentIndex())
        return cls(
            [(one, one.text(), one.cursorPosition()) for one in lines],
            [(one, one.toPlainText()) for one in texts],
            chosen,
            picked,
            QApplication.focusWidget(),
        )

    def restore(self) -> None:
        """Put back what changed."""
        for line, text, cursor in self.lines:
            if isValid(line) and line.text() != text:
                line.setText(text)
                line.setCursorPosition(cursor)
        for page, text in self.texts:
            if isValid(page) and page.toPlainText() != text:
                page.setPlainText(text)
        if self.chosen is not None and isValid(self.chosen[0]) and self.chosen[1].isValid():
            model = self.chosen[0].model()
            self.chosen[0].setCurrentIndex(model.index(self.chosen[1].row(), 0))
        if self.picked is not None and isValid(self.picked[0]):
            self.picked[0].setCurrentIndex(self.picked[1])
        focus = self.focus
        if focus is not None and isValid(focus) and focus.isVisible() and not focus.hasFocus():
            focus.setFocus()
