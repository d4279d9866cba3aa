"""Signing in with staff number and PIN, locking, changing over. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from app.errors import YaotaiError
    from app.use_cases.doors import Operator
    from ui.screens.session import Session


class SignInViewModel(QObject):
    """The one door to the till."""

    changed = Signal()
    opened = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.shop = session, session.shop
        self.busy = False
        self.note: Note | None = None

    def sign_in(self, number: str, pin: str) -> None:
        """Prove who is there; the PIN is kept nowhere."""
        if self.busy:
            return
        if not number.strip() or not pin:
            self.note = Note("sign_in.both", {}, "warn")
            self.changed.emit()
            return
        self.busy, self.note = True, None
        self.changed.emit()
        self.session.run(
            Lane.STORE, lambda _: self.shop.sign_in(number.strip(), pin), self._in, self._refused
        )

    def _in(self, operator: Operator) -> None:
        self.busy = False
        self.changed.emit()
        self.session.sign_in(operator)
        self.opened.emit()

    def _refused(self, error: YaotaiError) -> None:
        self.busy, self.note = False, notes_of(error)[0]
        self.changed.emit()
