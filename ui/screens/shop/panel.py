"""Ctrl+E: the shop, its environment and keys; below, two persons change the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QScrollArea, QWidget

from ui.screens.shop.acceptance import AcceptanceBox, AcceptanceModel
from ui.screens.shop.connection import ConnectionBox, ConnectionModel
from ui.screens.shop.delisting import DelistingBox, DelistingModel
from ui.widgets.panel import Panel
from ui.widgets.parts import button, column, label, line_edit, retone, row, rule

if TYPE_CHECKING:
    from app.domain.insurance import Credential
    from ui.screens.shop.view_model import EnvironmentViewModel

FACTS = ("shop", "institution", "region", "now", "url", "keys")
CREDENTIALS = (
    "paasid", "token", "access_key", "secret", "api_version", "sm2_private", "password_key",
)  # fmt: skip
_SECRET = ("token", "secret", "sm2_private")


class ShopPanel(Panel):
    """Facts above, the change below; it says why where there is none."""

    again = Signal()
    """The window is to be closed and opened again."""

    def __init__(self, model: EnvironmentViewModel) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("environment.title"), say("panel.esc"))
        # All of it scrolls: with large type the form of a first change is taller than the panel.
        holder, area = QWidget(), QScrollArea()
        lines = column(holder, space=10)
        lines.setContentsMargins(0, 0, 6, 0)
        lines.addLayout(self._add_facts())
        self.rosters = label("", "", "second", wrap=True)
        lines.addWidget(self.rosters)
        self.delisting = DelistingBox(DelistingModel(self._session))
        lines.addWidget(self.delisting)
        self.connection = ConnectionBox(ConnectionModel(self._session))
        lines.addWidget(self.connection)
        self.acceptance = AcceptanceBox(AcceptanceModel(self._session))
        lines.addWidget(self.acceptance)
        lines.addWidget(rule())
        lines.addWidget(label(say("environment.change"), "strong"))
        self.obstacle = label("", "", "second", wrap=True)
        lines.addWidget(self.obstacle)
        self.form = self._make_form()
        lines.addWidget(self.form)
        self.words = label("", "strong", wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        lines.addWidget(self.words)
        self.reopen = button(say("environment.reopen"), "commit")
        self.reopen.clicked.connect(self.again)
        lines.addWidget(self.reopen)
        lines.addStretch(1)
        area.setWidgetResizable(True)
        area.setWidget(holder)
        area.setAccessibleName(say("environment.title"))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area = area
        self.body.addWidget(area, 1)
        model.changed.connect(self.refresh)

    def _add_facts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        self.facts: dict[str, QLabel] = {}
        for place, name in enumerate(FACTS):
            grid.addWidget(label(self._session.say(f"environment.{name}"), "", "second"), place, 0)
            self.facts[name] = label("", wrap=name != "now")
            grid.addWidget(self.facts[name], place, 1)
        # The badge of the bar, with its colour.
        self.facts["now"].setObjectName("practice")
        grid.setAlignment(self.facts["now"], Qt.AlignmentFlag.AlignLeft)
        grid.setColumnStretch(1, 1)
        return grid

    def _make_form(self) -> QWidget:
        say = self._session.say
        form = QWidget()
        lines = column(form, space=8)
        self.meaning = label("", "strong", wrap=True)
        lines.addWidget(self.meaning)
        lines.addWidget(label(say("environment.apart"), "small", "second", wrap=True))
        self.first = label(say("environment.first_time"), "small", "second", wrap=True)
        lines.addWidget(self.first)
        self.fresh = self._make_fresh()
        lines.addWidget(self.fresh)
        lines.addWidget(label(say("environment.second")))
        line = row(space=8)
        self.number = self._field("environment.number", hint=True)
        self.pin = self._field("environment.pin", secret=True, hint=True)
        self.number.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self.submit)
        self.commit = button(self._session.say("environment.button_production"), "commit")
        self.commit.clicked.connect(self.submit)
        for widget in (self.number, self.pin):
            line.addWidget(widget, 1)
        line.addWidget(self.commit)
        lines.addLayout(line)
        return form

    def _make_fresh(self) -> QWidget:
        """What only the first change needs: the other platform's address and credentials."""
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        self.url = self._field("environment.url")
        grid.addWidget(label(self._session.say("environment.url")), 0, 0)
        grid.addWidget(self.url, 0, 1, 1, 3)
        self.credentials: dict[str, QLineEdit] = {}
        for place, name in enumerate(CREDENTIALS):
            words = f"setup.field_credentials_{name}"
            field = self._field(words, secret=name in _SECRET)
            at = place // 2 + 1, place % 2 * 2
            grid.addWidget(label(self._session.say(words)), *at)
            grid.addWidget(field, at[0], at[1] + 1)
            self.credentials[name] = field
        return holder

    def _field(self, words: str, *, secret: bool = False, hint: bool = False) -> QLineEdit:
        said = self._session.say(words)
        made = line_edit(said, code=True, hint=said if hint else "")
        if secret:
            made.setEchoMode(QLineEdit.EchoMode.Password)
        return made

    def submit(self) -> None:
        """Hand over what was typed; the PIN is typed afresh each time."""
        pin = self.pin.text()
        self.pin.clear()
        typed = {name: field.text().strip() for name, field in self.credentials.items()}
        credentials = {name: text for name, text in typed.items() if text}
        self._model.change(self.number.text(), pin, self.url.text(), credentials)

    def opened(self) -> None:
        """Nothing typed before is left."""
        for field in (self.number, self.pin, self.url, *self.credentials.values()):
            field.clear()
        self._model.open()
        self.delisting.opened()
        self.connection.opened()
        self.acceptance.opened()

    def back(self) -> bool:
        """After a change there is no way back into the old till."""
        return self._model.done

    def take_scan(self, text: str) -> bool:
        """No code belongs here, and none may slip into the basket behind."""
        del text
        return True

    def take_credential(self, credential: Credential, name: str) -> bool:
        """Nor does a card."""
        del credential, name
        return True

    def refresh(self) -> None:
        """Facts, then the form, the obstacle, or what has been done."""
        model, say = self._model, self._session.say
        self._show_facts()
        obstacle = model.obstacle()
        self.obstacle.setText(say(obstacle) if obstacle else "")
        self.obstacle.setVisible(bool(obstacle))
        had_form = self.form.isVisibleTo(self)
        self.form.setVisible(not obstacle and not model.done)
        self.form.setEnabled(not model.busy)
        self.first.setVisible(model.is_new)
        self.fresh.setVisible(model.is_new)
        self.reopen.setVisible(model.done)
        if not obstacle:
            production = model.target == "production"
            self.meaning.setText(say(f"environment.to_{model.target}"))
            retone(self.meaning, "tone", "bad" if production else "told")
            self.commit.setText(say(f"environment.button_{model.target}"))
            self.commit.setAccessibleName(self.commit.text())
        self.words.setText(self._said())
        self.words.setVisible(bool(self.words.text()))
        if self.words.text():
            QTimer.singleShot(0, self._show_words)
        retone(self.words, "tone", "bad" if model.note else "")
        if model.done:
            self.hint.hide()
            self.reopen.setFocus()
        elif not had_form and not obstacle:
            (self.url if model.is_new else self.number).setFocus()

    def _show_words(self) -> None:
        # Only once they are laid out: before, there is nowhere to scroll to.
        self._area.ensureWidgetVisible(self.reopen if self._model.done else self.words)

    def _said(self) -> str:
        model, say = self._model, self._session.say
        if model.note is not None:
            return self._session.say_note(model.note)
        if model.busy:
            return say("environment.changing")
        if not model.done:
            return ""
        told = [say(f"environment.done_{model.target}")]
        if model.recovery_code:
            told.append(say("environment.recovery", code=model.recovery_code))
        return "\n".join(told)

    def _show_facts(self) -> None:
        say, facts, view = self._session.say, self._session.shop.facts, self._model.view
        draft = f"（{say('status.draft')}）" if facts.region_status == "draft" else ""
        shown = {
            "shop": say("status.shop", shop=facts.shop_name, till=facts.till_no),
            "institution": facts.institution_code,
            "region": f"{view.region}{draft}" if view else "",
            "now": say(f"status.{facts.environment}"),
            "url": view.url if view else "",
            "keys": say(f"environment.keys_{view.master_in}") if view else "",
        }
        for name, text in shown.items():
            self.facts[name].setText(text)
        retone(self.facts["now"], "environment", facts.environment)
        self._show_rosters()

    def _show_rosters(self) -> None:
        rosters, say = self._model.rosters, self._session.say
        self.rosters.setVisible(rosters is not None)
        told = [
            say(
                "roster.batch_old" if one.old else "roster.batch_fresh",
                kind=say(f"roster.kind_{one.batch.settlement}"),
                version=one.batch.version,
                effective=one.batch.effective,
                persons=one.batch.persons,
                entries=one.batch.entries,
                days=one.age_days,
            )
            for one in rosters or ()
        ]
        self.rosters.setText("\n".join(told) or say("roster.none"))
        aged = any(one.old for one in rosters or ())
        retone(self.rosters, "tone", "warn" if aged else "second")
