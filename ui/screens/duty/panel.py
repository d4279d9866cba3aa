"""Ctrl+Shift+D: sign on and off above, the manager's register and attendance below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QScrollArea, QWidget

from app.domain.clock import shop_time
from app.errors import YaotaiError
from ui.screens.duty.register import RegisterPart
from ui.screens.duty.view_model import ACTS
from ui.widgets.badge import takes_badge
from ui.widgets.flow import FlowLayout
from ui.widgets.panel import Panel
from ui.widgets.parts import button, check_box, column, label, line_edit, retone, row, rule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QPushButton, QVBoxLayout

    from app.use_cases.duty_view import DutyView, OnDuty
    from app.use_cases.ephedrine_register import EphedrineRow
    from ui.screens.duty.view_model import DutyViewModel, Period

    SaveNotice = Callable[[DutyView, Path], None]
    SaveRegister = Callable[[tuple[EphedrineRow, ...], Period, Path], None]

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "told"}


class DutyPanel(Panel):
    """``save_notice`` and ``save_register`` draw paper; ``folder`` is where files go."""

    def __init__(
        self,
        model: DutyViewModel,
        folder: Path,
        save_notice: SaveNotice,
        save_register: SaveRegister,
    ) -> None:
        self._model, self._session = model, model.session
        self._folder, self._save_notice = folder, save_notice
        self._save_register = save_register
        say = self._session.say
        super().__init__(say("duty.title"), say("panel.esc"))
        self.words = label("", "strong", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self.words)
        holder, area = QWidget(), QScrollArea()
        lines = column(holder, space=10)
        lines.setContentsMargins(0, 0, 6, 0)
        self._add_duty(lines)
        self.register = RegisterPart(model, self.write, self.draw_register)
        self.not_you = label(say("duty.not_you"), "", "second", wrap=True)
        lines.addWidget(rule())
        lines.addWidget(self.register)
        lines.addWidget(self.not_you)
        lines.addStretch(1)
        area.setWidgetResizable(True)
        area.setWidget(holder)
        area.setAccessibleName(say("duty.title"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area = area
        self.body.addWidget(area, 1)
        model.changed.connect(self.refresh)

    def _add_duty(self, lines: QVBoxLayout) -> None:
        say = self._session.say
        self.needed = label("", "strong", wrap=True)
        lines.addWidget(self.needed)
        self.list = QListWidget()
        self.list.setAccessibleName(say("duty.title"))
        self.list.setMaximumHeight(96)
        lines.addWidget(self.list)
        self.nobody = label(say("duty.nobody"), "", "second")
        lines.addWidget(self.nobody)
        lines.addWidget(label(say("duty.sign_title"), "strong"))
        self.token = line_edit(say("duty.token"), code=True, hint=say("duty.token"))
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token_words = label(say("duty.token_needed"), "small", "second", wrap=True)
        line = row(space=8)
        self.number = line_edit(say("sign_in.number"), code=True, hint=say("sign_in.number"))
        self.pin = line_edit(say("sign_in.pin"), code=True, hint=say("sign_in.pin"))
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.number, self.pin)
        self.number.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(lambda: self.sign("on"))
        line.addWidget(self.number, 1)
        line.addWidget(self.pin, 1)
        # A row of their own where there is no room beside the fields: none of them is cut.
        holder = QWidget()
        acts = FlowLayout(holder, space=8)
        acts.setContentsMargins(0, 0, 0, 0)
        self.acts: dict[str, QPushButton] = {}
        for act in ACTS:
            self.acts[act] = button(say(f"duty.{act}"))
            self.acts[act].clicked.connect(lambda _=False, what=act: self.sign(what))
            acts.addWidget(self.acts[act])
        lines.addWidget(self.token_words)
        lines.addWidget(self.token)
        lines.addLayout(line)
        lines.addWidget(holder)
        self.remote = check_box(say("duty.remote"))
        lines.addWidget(self.remote)
        below = row(space=8)
        self.away = button(say("duty.away"))
        self.away.clicked.connect(lambda: self._model.note_away(self._chosen()))
        self.notice = button(say("duty.notice"))
        self.notice.clicked.connect(self.print_notice)
        below.addWidget(self.away)
        below.addWidget(self.notice)
        below.addStretch(1)
        lines.addLayout(below)

    def _chosen(self) -> str:
        view, place = self._model.view, self.list.currentRow()
        return view.on_duty[place].staff_id if view and 0 <= place < len(view.on_duty) else ""

    def sign(self, act: str) -> None:
        """Hand over what was typed; PIN and token are typed afresh each time."""
        pin, token = self.pin.text(), self.token.text()
        self.pin.clear()
        self.token.clear()
        self._model.sign(act, self.number.text(), pin, token, self.remote.isChecked())

    # --- files -----------------------------------------------------------------------------------

    def write(self, content: bytes) -> str:
        """Keep the attendance; answers its path; :raises YaotaiError: it cannot be written."""
        from app.errors import FileNotWritten

        name = f"attendance-{shop_time(self._session.shop.now()):%Y%m%d-%H%M%S}.csv"
        path = self._folder / name
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError:
            raise FileNotWritten(file=name) from None
        return str(path)

    def draw_register(self, rows: tuple[EphedrineRow, ...], period: Period) -> str:
        """Keep the register of ephedrine as a PDF; its path; :raises BadFile: not written."""
        from app.errors import FileNotWritten

        path = self._folder / f"ephedrine-{period[0]:%Y%m%d}-{period[1]:%Y%m%d}.pdf"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._save_register(rows, period, path)
            path.chmod(0o600)
        except OSError:
            raise FileNotWritten(file=path.name) from None
        return str(path)

    def print_notice(self) -> None:
        """The notice for the door, as a PDF."""
        view = self._model.view
        if view is None:
            return
        now = shop_time(self._session.shop.now())
        path = self._folder / f"notice-{now:%Y%m%d-%H%M%S}.pdf"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._save_notice(view, path)
        except (OSError, YaotaiError):
            self._model.say("receipt.not_saved", "block")
            return
        self._model.say("duty.saved", "good", name=str(path))

    # --- panel -----------------------------------------------------------------------------------

    def opened(self) -> None:
        """Nothing typed before is left."""
        for field in (self.number, self.pin, self.token):
            field.clear()
        self.remote.setChecked(False)
        self.register.opened()
        self._model.open()
        self.number.setFocus()

    def take_scan(self, text: str) -> bool:
        """The pharmacist's own e-certificate; nothing slips into the basket behind."""
        self.token.setText(text)
        (self.pin if self.number.text() else self.number).setFocus()
        return True

    def refresh(self) -> None:
        """Who is here, what was done, what may be done."""
        model, say, view = self._model, self._session.say, self._model.view
        note = model.note
        self.words.setText(self._session.say_note(note) if note else "")
        self.words.setVisible(note is not None)
        retone(self.words, "tone", TONES.get(note.severity, "") if note else "")
        self.register.setVisible(model.manages)
        self.not_you.setVisible(not model.manages)
        for made in self.acts.values():
            made.setEnabled(not model.busy)
        if view is None:
            return
        told = {"needed": view.needed, "present": view.presence.present,
                "bound": view.presence.bound}  # fmt: skip
        self.needed.setText(say("duty.needed", **told))
        retone(self.needed, "tone", "bad" if view.short else "")
        self.list.clear()
        for one in view.on_duty:
            self.list.addItem(self._row(one))
        self.list.setVisible(bool(view.on_duty))
        self.nobody.setVisible(not view.on_duty)
        self.away.setVisible(bool(view.on_duty))
        self.token_words.setVisible(view.token_wanted)
        self.token.setVisible(view.token_wanted)

    def _row(self, one: OnDuty) -> str:
        key = "row_remote" if one.remote else "row" if one.counts else "row_not_counted"
        away = ""
        if one.away_since is not None and one.counts:
            key, away = "row_away", f"{shop_time(one.away_since):%H:%M}"
        told = {"name": one.name, "number": one.number, "away": away,
                "since": f"{shop_time(one.since):%H:%M}"}  # fmt: skip
        return self._session.say(f"duty.{key}", **told)
