"""The sentence that a page says of its last act: its words, its colour, its room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ui.widgets.parts import retone

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

    from app.use_cases.notes import Note
    from ui.screens.session import Session

TONES: Final = {"good": "good", "warn": "warn", "block": "bad"}
"""Severity of a note -> tone of the style sheet; any other is second."""


def tell(line: QLabel, session: Session, note: Note | None, otherwise: str = "") -> None:
    """Show ``note`` in ``line``, else ``otherwise``; a line that says nothing takes no room."""
    text = session.say_note(note) if note is not None else otherwise
    line.setText(text)
    line.setVisible(bool(text))
    tone = TONES.get(note.severity, "second") if note is not None else "second"
    retone(line, "tone", tone)
