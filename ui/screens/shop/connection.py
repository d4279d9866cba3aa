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

    def speak(self, infver: str, reason: str) -> None:
        """Another version of the interface; an empty one goes back to the pack's."""
        if self.busy or self.view is None or not self.may:
            return
        shop, who = self.session.shop, self.session.who()
        self.busy, self.note = True, None
        self.changed.emit()
        self.session.run(
            Lane.STORE,
            lambda _: shop.choose_interface_version(infver, reason, who),
            self._spoken,
            self._failed,
        )

    def _changed(self, view: Connection) -> None:
        self.note = Note("connection.saved", {}, "good")
        self._seen(view)

    def _spoken(self, view: Connection) -> None:
        self.note = Note("connection.version_saved", {"version": view.infver}, "good")
        self._seen(view)

    def _seen(self, view: Connection) -> None:
        self.busy, self.view = False, view
        self.changed.emit()

    def _failed(self, error: YaotaiError) -> None:
        self.busy = False
        if isinstance(error, BadValue):
            version = error.params["what"] == "infver"
            self.note = Note(f"connection.{'version_wrong' if version else 'reason_first'}", {},
                             "warn")  # fmt: skip
        else:
            self.note = notes_of(error)[0]
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

    def spoken(self) -> str:
        """The version of the interface, the pack's beside it, and who changed it last."""
        view, say = self.view, self.session.say
        if view is None:
            return ""
        own = view.infver != view.pack_infver
        told = say(
            "connection.version_own" if own else "connection.version_pack",
            version=view.infver, pack=view.pack_infver,
        )  # fmt: skip
        if view.infver_at is not None:
            at = f"{shop_time(view.infver_at):%Y-%m-%d %H:%M}"
            told += say("connection.by", name=view.infver_by or "—", at=at,
                        reason=view.infver_reason)  # fmt: skip
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
        self.spoken = label("", "", "second", wrap=True)
        lines.addWidget(self.spoken)
        self.version_form = self._version_form()
        lines.addWidget(self.version_form)
        model.changed.connect(self.refresh)
        self.hide()

    def _version_form(self) -> QWidget:
        say, holder = self._model.session.say, QWidget()
        line = row(holder, space=8)
        line.setContentsMargins(0, 0, 0, 0)
        said, why = say("connection.version"), say("connection.reason")
        self.version = line_edit(said, hint=said, code=True)
        self.version.setMaxLength(6)
        self.version.setMaximumWidth(8 * self.version.fontMetrics().height())
        self.version_reason = line_edit(f"{said} {why}", hint=why)
        self.version.returnPressed.connect(self.version_reason.setFocus)
        self.version_reason.returnPressed.connect(self.speak)
        self.speak_commit = button(say("connection.version_change"))
        self.speak_commit.clicked.connect(self.speak)
        self.speak_back = button("")
        self.speak_back.clicked.connect(self.speak_as_pack)
        line.addWidget(self.version)
        line.addWidget(self.version_reason, 1)
        line.addWidget(self.speak_commit)
        line.addWidget(self.speak_back)
        return holder

    def opened(self) -> None:
        """The page came into sight."""
        for field in (self.reason, self.version, self.version_reason):
            field.clear()
        self._model.open()

    def speak(self) -> None:
        """Hand over the version with its reason; an empty field is no version."""
        self._model.speak(self.version.text().strip() or "?", self.version_reason.text())

    def speak_as_pack(self) -> None:
        """Back to what the pack says."""
        self._model.speak("", self.version_reason.text())

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
        self._refresh_version(model.view)
        note = model.note
        self.said.setText(model.session.say_note(note) if note else "")
        self.said.setVisible(note is not None)
        good = note is not None and note.severity == "good"
        retone(self.said, "tone", "good" if good else "bad")
        if good:
            for field in (self.reason, self.version, self.version_reason):
                field.clear()

    def _refresh_version(self, view: Connection) -> None:
        model = self._model
        self.spoken.setText(model.spoken())
        own = view.infver != view.pack_infver
        retone(self.spoken, "tone", "warn" if own else "second")
        self.version_form.setVisible(model.may)
        self.speak_commit.setEnabled(not model.busy)
        self.speak_back.setVisible(own)
        self.speak_back.setEnabled(not model.busy)
        self.speak_back.setText(model.session.say("connection.version_back", pack=view.pack_infver))
        self.speak_back.setAccessibleName(self.speak_back.text())
