"""Signing in with staff number and PIN, locking, changing over. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.errors import PinToChange
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
        self.changing = False
        """Whether an own PIN is asked for, since somebody else set the one before."""
        self.by_choice = False
        """Whether somebody wants another one by themselves."""

    def begin(self) -> None:
        """Nobody is there: whatever was asked of the one before is over."""
        self.changing, self.by_choice, self.note = False, False, None

    def give_up(self) -> None:
        """The way back from choosing a PIN: nothing was changed, anybody may sign in."""
        if self.changing and not self.busy:
            self.begin()
            self.changed.emit()

    def want_change(self) -> None:
        """An own PIN in place of the one that is known: asked for with it, twice."""
        self.changing, self.by_choice, self.note = True, True, None
        self.changed.emit()

    def sign_in(
        self, number: str, pin: str, fresh: str | None = None, again: str | None = None
    ) -> None:
        """Prove who is there; the PIN is kept nowhere.

        ``fresh``: the own PIN in place of one that somebody else set, typed twice.
        """
        if self.busy:
            return
        if fresh != again or (self.changing and not fresh):
            self.note = Note("sign_in.not_alike" if fresh else "sign_in.choose", {}, "warn")
            self.changed.emit()
            return
        if not number.strip() or not pin:
            self.note = Note("sign_in.both", {}, "warn")
            self.changed.emit()
            return
        self.busy, self.note = True, None
        self.changed.emit()
        self.session.run(
            Lane.STORE,
            lambda _: self.shop.sign_in(number.strip(), pin, fresh),
            self._in,
            self._refused,
        )

    def _in(self, operator: Operator) -> None:
        self.busy = self.changing = self.by_choice = False
        self.changed.emit()
        self.session.sign_in(operator)
        self.opened.emit()

    def _refused(self, error: YaotaiError) -> None:
        self.busy, self.note = False, notes_of(error)[0]
        if isinstance(error, PinToChange):
            self.changing, self.note = True, Note("sign_in.choose", {}, "warn")
        self.changed.emit()
