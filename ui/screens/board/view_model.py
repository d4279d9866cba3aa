"""The morning board: asked on a lane, shown when it is there. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.errors import YaotaiError
    from app.use_cases.board import BoardView
    from app.use_cases.notes import Note
    from ui.screens.session import Session


class BoardModel(QObject):
    """``load`` is run on the lane too: it brings the plotting library in, off the screen."""

    changed = Signal()

    def __init__(self, session: Session, load: Callable[[], object]) -> None:
        super().__init__()
        self.session, self._load = session, load
        self.view: BoardView | None = None
        self.note: Note | None = None
        self.busy = False

    def ask(self) -> None:
        """The figures of now; what was there stays in sight until they come."""
        if self.busy:
            return
        self.busy, self.note = True, None
        shop, who, load = self.session.shop, self.session.who(), self._load

        def work(_tell: object) -> BoardView:
            load()
            return shop.board_view(who)

        self.changed.emit()
        self.session.run(Lane.RECOVERY, work, self._came, self._failed)

    def _came(self, view: BoardView) -> None:
        self.busy, self.view = False, view
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy, self.note = False, notes_of(error)[0]
        self.changed.emit()
