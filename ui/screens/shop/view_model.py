"""How the shop stands, and the change of its environment by two persons. No widgets here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.staff import Right
from app.use_cases.change_environment import NewPlatform
from app.use_cases.views import Note
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.errors import YaotaiError
    from app.use_cases.change_environment import EnvironmentView
    from app.use_cases.import_roster import RosterLine
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel


class EnvironmentViewModel(QObject):
    """Asks for the facts each time it is opened; after a change nothing else can be done."""

    changed = Signal()

    def __init__(self, session: Session, till: TillViewModel) -> None:
        super().__init__()
        self.session, self._till = session, till
        self.view: EnvironmentView | None = None
        self.rosters: tuple[RosterLine, ...] | None = None
        """Batches that are in effect; None = not this person's to see, or not read yet."""
        self.busy = False
        self.done = False
        self.recovery_code = ""
        self.note: Note | None = None

    @property
    def target(self) -> str:
        """The environment that can be changed to; empty = none, see :meth:`obstacle`."""
        if self.view is None or not self.view.others or not self.session.may(Right.SETUP):
            return ""
        return self.view.others[0]

    @property
    def is_new(self) -> bool:
        """Whether the other environment has no shop yet, so that its address is needed."""
        return self.view is not None and self.target not in self.view.known

    def obstacle(self) -> str:
        """The message id of why nothing can be changed here; empty = it can."""
        if self.session.shop.facts.practice:
            return "environment.practice"
        if self.view is None:
            return "environment.loading"
        if not self.view.others:
            return "environment.not_here"
        return "" if self.target else "environment.not_you"

    def open(self) -> None:
        """Ask afresh."""
        self.note, self.rosters = None, None
        shop = self.session.shop
        self.session.run(Lane.STORE, lambda _: shop.environment_view(), self._seen, self._failed)
        if self.session.may(Right.MANAGE_STAFF):
            who = self.session.who()
            self.session.run(
                Lane.STORE, lambda _: shop.roster_lines(who), self._rosters_seen, self._failed
            )
        self.changed.emit()

    def _rosters_seen(self, lines: tuple[RosterLine, ...]) -> None:
        self.rosters = tuple(one for one in lines if one.in_effect)
        self.changed.emit()

    def _seen(self, view: EnvironmentView) -> None:
        self.view = view
        self.changed.emit()

    def change(
        self, number: str, pin: str, url: str = "", credentials: Mapping[str, str] | None = None
    ) -> None:
        """With the second person's number and PIN; a press while it is under way does nothing."""
        if self.busy or self.done or not self.target:
            return
        if self._till.lines:
            self.note = Note("environment.basket_open", {}, "block")
            self.changed.emit()
            return
        new = NewPlatform(url.strip(), dict(credentials or {})) if self.is_new else None
        wanted, who, shop = self.target, self.session.who(), self.session.shop
        self.busy, self.note = True, None
        self.changed.emit()
        self.session.run(
            Lane.STORE,
            lambda _: shop.change_environment(who, wanted, number.strip(), pin, new),
            self._changed,
            self._failed,
        )

    def _changed(self, code: str) -> None:
        self.busy, self.done, self.recovery_code = False, True, code
        # The till stands in the old environment still: no sale may begin here any more.
        self.session.locked = True
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy, self.note = False, notes_of(error)[0]
        self.changed.emit()
