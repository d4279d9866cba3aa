"""人员 in the office: who works here, their levels, badges, first PINs, licences. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.typed_date import box_date
from app.errors import BadValue
from app.use_cases.notes import Note
from app.use_cases.people import FirstPin, Joiner
from app.use_cases.staff_levels import LevelDraft
from ui.operation import Lane
from ui.screens.session import notes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from app.domain.day_close import OpenItem
    from app.domain.staff import Right, Role
    from app.domain.staff_licence import LicenceKind
    from app.errors import YaotaiError
    from app.use_cases.people_page import PeopleView, PersonRow
    from ui.screens.session import Session
    from ui.widgets.figures import Value


class PeopleModel(QObject):
    """Asked on the store's lane; what was there stays in sight until the answer comes."""

    changed = Signal()
    done = Signal()
    """What was asked for happened: its form may close."""

    def __init__(self, session: Session, export: Callable[..., Path]) -> None:
        """``export``: ``ui.table_export.export_table`` with its folder bound."""
        super().__init__()
        self.session, self.shop, self._export = session, session.shop, export
        self.view: PeopleView | None = None
        self.note: Note | None = None
        self.first: FirstPin | None = None
        """A PIN that is told once: until another act, or the page is left."""
        self.open: tuple[OpenItem, ...] = ()
        """What is open under the name of whoever is to leave."""
        self.busy = False
        self._visit = 0
        """Which visit to the page: a PIN that comes after it was left is shown to nobody."""

    def ask(self) -> None:
        """Everybody, afresh."""
        who = self.session.who()
        self._run(lambda _: self.shop.people(who), self._came)

    def forget(self) -> None:
        """The page is left: no PIN stays on it."""
        self._visit += 1
        self.first, self.note, self.open = None, None, ()

    def row(self, staff_id: str) -> PersonRow | None:
        """One of the list."""
        people = self.view.people if self.view is not None else ()
        return next((one for one in people if one.staff.id == staff_id), None)

    # --- acts ------------------------------------------------------------------------------------

    def join(self, number: str, name: str, role: Role, level_id: str) -> None:
        """Somebody begins here."""
        who, joiner = self.session.who(), Joiner(number, name, role, level_id)
        self._act(lambda: self.shop.join(who, joiner), "people.joined")

    def set_level(self, staff_id: str, role: Role, level_id: str) -> None:
        """Another role or level."""
        who = self.session.who()
        self._act(lambda: self.shop.set_level(who, staff_id, role, level_id), "people.levelled")

    def ask_open(self, staff_id: str) -> None:
        """What is open under a name."""
        who = self.session.who()

        def came(items: tuple[OpenItem, ...]) -> None:
            self.busy, self.open = False, items
            self.changed.emit()

        self.open = ()
        self._run(lambda _: self.shop.open_of(who, staff_id), came)

    def leave(self, staff_id: str, day: str) -> None:
        """Somebody leaves."""
        who, last = self.session.who(), self._date(day)
        if last is not None:
            self._act(lambda: self.shop.leave(who, staff_id, last), "people.left")

    def come_back(self, staff_id: str) -> None:
        """Somebody is here again."""
        who = self.session.who()
        self._act(lambda: self.shop.come_back(who, staff_id), "people.came_back")

    def reset_pin(self, staff_id: str) -> None:
        """A fresh PIN."""
        who = self.session.who()
        self._act(lambda: self.shop.reset_pin(who, staff_id), "people.pin_reset")

    def change_pin(self, pin: str, fresh: str, again: str) -> None:
        """One's own."""
        if fresh != again:
            self._say(Note("sign_in.not_alike", {}, "warn"))
            return
        who = self.session.who()
        self._act(lambda: self.shop.change_pin(who, pin, fresh), "people.pin_changed")

    def give_badge(self, staff_id: str, code: str) -> None:
        """A badge; "" withdraws it."""
        who, told = self.session.who(), "people.badge_given" if code else "people.badge_gone"
        self._act(lambda: self.shop.give_badge(who, staff_id, code), told)

    def add_licence(self, staff_id: str, kind: LicenceKind, number: str, day: str) -> None:
        """A licence, or the renewal of one."""
        who, ends = self.session.who(), self._date(day)
        if ends is not None:
            self._act(
                lambda: self.shop.add_licence(who, staff_id, kind, number, ends),
                "people.licence_kept",
            )

    def keep_level(
        self,
        level_id: str,
        name: str,
        rights: frozenset[Right],
        limits: tuple[tuple[Right, int], ...],
    ) -> None:
        """A level, or its next version."""
        who, draft = self.session.who(), LevelDraft(name, rights, limits, level_id)
        self._act(lambda: self.shop.keep_level(who, draft), "people.level_kept")

    def withdraw_level(self, level_id: str) -> None:
        """Nobody gets it any more."""
        who = self.session.who()
        self._act(lambda: self.shop.withdraw_level(who, level_id), "people.level_gone")

    def set_idle(self, text: str) -> None:
        """When a till locks by itself."""
        if not text.strip().isdecimal():
            self._say(Note("people.idle_odd", {}, "warn"))
            return
        who, minutes = self.session.who(), int(text)
        self._act(lambda: self.shop.set_idle_minutes(who, minutes), "people.idle_set")

    def export(self, form: str, headings: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> None:
        """The rows in sight as a file."""
        title, now, work = self.session.say("office.page_people"), self.shop.now(), self._export
        self.session.run(
            Lane.RECOVERY,
            lambda _: work("people", title, headings, rows, form, now),
            lambda path: self._say(Note("figures.written", {"file": path.name}, "good")),
            self._failed,
        )

    # --- common ----------------------------------------------------------------------------------

    def _date(self, text: str) -> date | None:
        try:
            found = box_date(text, last_day=True)
        except BadValue:
            found = None
        if found is None:
            self._say(Note("people.date_odd", {}, "warn"))
        return found

    def _act(self, work: Callable[[], Any], told: str) -> None:
        visit = self._visit

        def did(answer: object) -> None:
            self.busy = False
            if visit != self._visit:
                return
            self.note = Note(told, {}, "good")
            self.first = answer if isinstance(answer, FirstPin) else None
            self.done.emit()
            self.ask()

        self.note, self.first = None, None
        self._run(lambda _: work(), did)

    def _run(self, work: Callable[[Any], Any], done: Callable[[Any], None]) -> None:
        self.busy = True
        self.session.run(Lane.STORE, work, done, self._failed)
        self.changed.emit()

    def _came(self, view: PeopleView) -> None:
        self.busy, self.view = False, view
        self.changed.emit()

    def _say(self, note: Note) -> None:
        self.note = note
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        self._say(notes_of(error)[0])
