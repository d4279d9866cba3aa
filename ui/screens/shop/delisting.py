"""On the manager's page: the two days of a store that stops being designated."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.clock import shop_time
from app.domain.delisting import Delisting
from app.domain.staff import Right
from app.errors import BadValue
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QLineEdit

    from app.errors import YaotaiError
    from app.use_cases.delisting import DelistingView
    from ui.screens.session import Session


class DelistingModel(QObject):
    """Reads the record when the page is opened; writes it when two days are typed, or none."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.view: DelistingView | None = None
        """None = not this person's to see, or not read yet."""
        self.note: Note | None = None
        self.busy = False

    def open(self) -> None:
        """Ask afresh."""
        self.view, self.note = None, None
        if self.session.may(Right.MANAGE_STAFF):
            shop, who = self.session.shop, self.session.who()
            self._run(lambda: shop.delisting_view(who))
        self.changed.emit()

    def save(self, transition_end: str, delist_date: str) -> None:
        """Both days, or neither: then the store stays designated."""
        if self.busy or self.view is None:
            return
        typed = transition_end.strip(), delist_date.strip()
        try:
            record = Delisting(*map(_day, typed)) if any(typed) else None
        except (BadValue, ValueError):
            self.note = Note("delisting.bad_days", {}, "block")
            self.changed.emit()
            return
        shop, who = self.session.shop, self.session.who()
        self._run(lambda: shop.set_delisting(record, who), "delisting.saved")

    def _run(self, work: Callable[[], DelistingView], said: str = "") -> None:
        self.busy, self.note = True, None
        self.changed.emit()
        self.session.run(
            Lane.STORE, lambda _: work(), lambda view: self._seen(view, said), self._failed
        )

    def _seen(self, view: DelistingView, said: str) -> None:
        self.busy, self.view = False, view
        self.note = Note(said, {}, "good") if said else None
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy, self.note = False, notes_of(error)[0]
        self.changed.emit()

    # --- texts -----------------------------------------------------------------------------------

    def standing(self) -> str:
        """How the store stands, what the gap means, who wrote it down."""
        view, say = self.view, self.session.say
        if view is None:
            return ""
        if view.record is None or view.standing is None:
            told = say("delisting.none")
        else:
            told = say(
                f"delisting.is_{view.standing}",
                end=view.record.transition_end,
                day=view.record.delist_date,
            )
            told += say(f"delisting.gap_{view.gap_policy or 'open'}")
        if view.at is not None:
            at = shop_time(view.at)
            told += say("delisting.by", name=view.by or "—", at=f"{at:%Y-%m-%d %H:%M}")
        return told


def _day(text: str) -> date:
    return date.fromisoformat(text.replace("/", "-").replace(".", "-"))


class DelistingBox(QWidget):
    """Two fields and a button; in sight for who manages lists."""

    def __init__(self, model: DelistingModel) -> None:
        super().__init__()
        self._model = model
        say = model.session.say
        lines = column(self, space=6)
        lines.addWidget(label(say("delisting.title"), "strong"))
        self.standing = label("", "", "second", wrap=True)
        lines.addWidget(self.standing)
        line = row(space=8)
        self.transition_end = self._field("delisting.transition_end")
        self.delist_date = self._field("delisting.delist_date")
        self.transition_end.returnPressed.connect(self.delist_date.setFocus)
        self.delist_date.returnPressed.connect(self.save)
        self.commit = button(say("delisting.save"))
        self.commit.clicked.connect(self.save)
        line.addWidget(self.transition_end, 1)
        line.addWidget(self.delist_date, 1)
        line.addWidget(self.commit)
        # Above the fields: below them it would be out of sight with large type.
        self.said = label("", "", wrap=True)
        lines.addWidget(self.said)
        lines.addLayout(line)
        model.changed.connect(self.refresh)
        self.hide()

    def _field(self, words: str) -> QLineEdit:
        said = self._model.session.say(words)
        return line_edit(said, code=True, hint=said)

    def save(self) -> None:
        """Hand over what was typed."""
        self._model.save(self.transition_end.text(), self.delist_date.text())

    def opened(self) -> None:
        """The page came into sight: what stands in the books stands in the fields."""
        self.transition_end.clear()
        self.delist_date.clear()
        self._model.open()

    def refresh(self) -> None:
        """The record, and what became of what was typed."""
        model, view = self._model, self._model.view
        self.setVisible(view is not None)
        if view is None:
            return
        self.standing.setText(model.standing())
        retone(self.standing, "tone", "warn" if view.record else "second")
        self.commit.setEnabled(not model.busy)
        note = model.note
        self.said.setText(model.session.say_note(note) if note else "")
        self.said.setVisible(note is not None)
        retone(
            self.said, "tone", "" if note is None else "good" if note.severity == "good" else "bad"
        )
        if not model.busy and (note is None or note.severity == "good"):
            record = view.record
            self.transition_end.setText(str(record.transition_end) if record else "")
            self.delist_date.setText(str(record.delist_date) if record else "")
