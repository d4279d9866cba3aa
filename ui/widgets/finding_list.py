"""Findings, one line each: a sign, the sentence, what to press. Colour never speaks alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from ui.widgets.parts import clear_layout, column, label, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.use_cases.views import Note

SIGNS = {"block": "✕", "warn": "!", "good": "✓", "told": "i"}
TONES = {"block": "bad", "warn": "warn", "good": "good", "told": "told"}
SHOWN = 4


class FindingList(QWidget):
    """At most a few sentences; what does not fit is counted."""

    def __init__(self, say_note: Callable[[Note], str], more: Callable[[int], str]) -> None:
        super().__init__()
        self._say, self._more = say_note, more
        self._shown: tuple[Note, ...] = ()
        self._layout = column(self, space=4)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def texts(self) -> list[str]:
        """The sentences on the screen."""
        return [self._say(note) for note in self._shown[:SHOWN]]

    def show_notes(self, notes: tuple[Note, ...]) -> None:
        """Show these and nothing else."""
        if notes == self._shown:
            return
        self._shown = notes
        clear_layout(self._layout)
        for note in notes[:SHOWN]:
            self._layout.addWidget(self._one(note))
        if len(notes) > SHOWN:
            self._layout.addWidget(label(self._more(len(notes) - SHOWN), "small", "second"))
        self.setVisible(bool(notes))

    def _one(self, note: Note) -> QFrame:
        frame = QFrame()
        frame.setProperty("finding", note.severity)
        line = row(frame, margin=4)
        line.setContentsMargins(10, 4, 10, 4)
        sign = label(SIGNS.get(note.severity, "i"), "strong", TONES.get(note.severity, "told"))
        sign.setFixedWidth(16)
        sign.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        text = label(self._say(note), wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        frame.setAccessibleName(text.text())
        line.addWidget(sign)
        line.addWidget(text, 1)
        return frame
