"""What every view model of a page with parts has. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.use_cases.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ui.screens.session import Session
    from ui.screens.stock.sheet import Sheet


class PartsModel(QObject):
    """One part at a time; what was there stays in sight until the answer comes."""

    changed = Signal()
    """The note, or what may be done."""
    listed = Signal()
    """What the part in sight shows."""

    def __init__(
        self,
        session: Session,
        part: str,
        export: Callable[..., Path],
        paper: Callable[[Sheet], str],
    ) -> None:
        """``export``: ``ui.table_export.export_table`` with its folder bound; ``paper`` draws."""
        super().__init__()
        self.session, self.shop = session, session.shop
        self._export, self._paper = export, paper
        self.part = part
        self.note: Note | None = None
        self.busy = False

    def parts(self) -> tuple[str, ...]:
        """Those that this person may see; none = the page is closed to them."""
        raise NotImplementedError

    def ask(self) -> None:
        """What the part in sight shows, afresh."""
        raise NotImplementedError

    def open(self) -> None:
        """The page came into sight."""
        self.note = None
        self.ask()

    def turn(self, part: str) -> None:
        """Another part."""
        self.part, self.note = part, None
        self.ask()

    def _say(self, words: str, severity: str, **params: object) -> None:
        self.note = Note(words, params, severity)
        self.changed.emit()
