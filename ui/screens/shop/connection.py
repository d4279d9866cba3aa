"""On the manager's page: by the interface, or with the insurer's portal beside (SJZ-A.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.clock import shop_time
from app.domain.portal import ConnectionMode
from app.domain.staff import Right
from app.errors import BadValue
from app.use_cases.notes import Note
from ui.operation import Lane
from ui.screens.session import notes_of
from ui.widgets.parts import button, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from app.errors import YaotaiError
    from app.use_cases.connection_mode import Connection
    from ui.screens.session import Session


class ConnectionModel(QObject):
    """Reads the mode when the page is opened; changes it with a reason."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.view: Connection | None = None
        self.note: Note | None = None
        self.busy = False

    @property
    def may(self) -> bool:
        """Whether who is here may change it."""
        return self.session.may(Right.MANAGE_STAFF)

    @property
    def other(self) -> ConnectionMode:
        """What it would be changed to."""
        portal = self.view is not None and self.view.mode is ConnectionMode.PORTAL
        return ConnectionMode.DIRECT if portal else ConnectionMode.PORTAL

    def open(self) -> None:
        """Ask afresh."""
        self.view, self.note = None, None
        shop = self.session.shop
        self.session.run(Lane.STORE, lambda _: shop.connection(), self._seen, self._failed)

    def change(self, reason: str) -> None:
        """To the other one."""
        if self.busy or self.view is None or not self.may:
            return
        shop, who, mode = self.session.shop, self.session.who(), self.other
        self.busy, self.note = True, None
        self.changed.emit()
        self.session.run(
            Lane.STORE,
            lambda _: shop.choose_connection(mode, reason, who),
            self._changed,
            self._failed,
        )

    def _changed(self, view: Connection) -> None:
        self.note = Note("connection.saved", {}, "good")
        self._seen(view)

    def _seen(self, view: Connection) -> None:
        self.busy, self.view = False, view
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        wanted = isinstance(error, BadValue)
        self.note = Note("connection.reason_first", {}, "warn") if wanted else notes_of(error)[0]
        self.changed.emit()

    def standing(self) -> str:
        """The mode, the interface's version, who chose it and why."""
        view, say = self.view, self.session.say
        if view is None:
            return ""
        told = say(f"connection.is_{view.mode.value}", version=view.infver)
        if view.at is not None:
            at = f"{shop_time(view.at):%Y-%m-%d %H:%M}"
            told += say("connection.by", name=view.by or "—", at=at, reason=view.reason)
        return told


class ConnectionBox(QWidget):
    """How it stands; a reason and a button for who may change it."""

    def __init__(self, model: ConnectionModel) -> None:
        super().__init__()
        self._model = model
        say = model.session.say
        lines = column(self, space=6)
        lines.addWidget(label(say("connection.title"), "strong"))
        self.standing = label("", "", "second", wrap=True)
        lines.addWidget(self.standing)
        self.said = label("", "", wrap=True)
        lines.addWidget(self.said)
        self.form = QWidget()
        line = row(self.form, space=8)
        line.setContentsMargins(0, 0, 0, 0)
        said = say("connection.reason")
        self.reason = line_edit(said, hint=said)
        self.reason.returnPressed.connect(self.change)
        self.commit = button("")
        self.commit.clicked.connect(self.change)
        line.addWidget(self.reason, 1)
        line.addWidget(self.commit)
        lines.addWidget(self.form)
        model.changed.connect(self.refresh)
        self.hide()

    def opened(self) -> None:
        """The page came into sight."""
        self.reason.clear()
        self._model.open()

    def change(self) -> None:
        """Hand over the reason."""
        self._model.change(self.reason.text())

    def refresh(self) -> None:
        """The mode, and what became of the change."""
        model, say = self._model, self._model.session.say
        self.setVisible(model.view is not None)
        if model.view is None:
            return
        self.standing.setText(model.standing())
        portal = model.view.mode is ConnectionMode.PORTAL
        retone(self.standing, "tone", "warn" if portal else "second")
        self.form.setVisible(model.may)
        self.commit.setText(say(f"connection.to_{model.other.value}"))
        self.commit.setAccessibleName(self.commit.text())
        self.commit.setEnabled(not model.busy)
        note = model.note
        self.said.setText(model.session.say_note(note) if note else "")
        self.said.setVisible(note is not None)
        good = note is not None and note.severity == "good"
        retone(self.said, "tone", "good" if good else "bad")
        if good:
            self.reason.clear()
