"""The sign-in and lock screen: number, PIN, Enter. The basket stays untouched behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.screens.practice.helper import members
from ui.widgets.badge import clear_pair, takes_badge
from ui.widgets.parts import button, card, column, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QVBoxLayout

    from ui.screens.sign_in.view_model import SignInViewModel


ALONE_MS = 60_000
"""So long a PIN may be chosen; then whoever began it is taken to be gone."""


class SignInView(QWidget):
    """Shown at the start, after F11 and when the cashier changes."""

    def __init__(self, model: SignInViewModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model, self._session = model, model.session
        self._typed = ""
        """A PIN that is being looked at; gone as soon as it was."""
        self._alone = QTimer(self, interval=ALONE_MS, singleShot=True)
        self._alone.timeout.connect(lambda: self.give_up())
        say = self._session.say
        outer = column(self)
        outer.addStretch(1)
        middle = row()
        middle.addStretch(1)
        frame = card()
        frame.setMinimumWidth(380)
        lines = column(frame, margin=28, space=12)
        lines.addWidget(label(say("sign_in.title"), "total", "accent"))
        facts = self._session.shop.facts
        # Tills of one store, perhaps on one machine, must not be mistaken for each other.
        name = say("sign_in.till", shop=facts.shop_name, till=facts.till_no)
        lines.addWidget(label(name if facts.shared else facts.shop_name, "heading"))
        if not facts.practice:
            # The badge of the bar: which environment this is stands on every screen (SJZ-A.12).
            self.badge = label(say(f"status.{facts.environment}"))
            self.badge.setObjectName("practice")
            self.badge.setProperty("environment", facts.environment)
            lines.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignLeft)
        self.number = line_edit(say("sign_in.number"), code=True, hint=say("sign_in.number"))
        self.pin = line_edit(say("sign_in.pin"), code=True, hint=say("sign_in.pin"))
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.number.returnPressed.connect(self.pin.setFocus)
        self.pin.returnPressed.connect(self._after_pin)
        takes_badge(self.number, self.pin)
        lines.addWidget(self.number)
        lines.addWidget(self.pin)
        self.fresh = line_edit(say("sign_in.fresh"), code=True, hint=say("sign_in.fresh"))
        self.again = line_edit(say("sign_in.again"), code=True, hint=say("sign_in.again"))
        for each in (self.fresh, self.again):
            each.setEchoMode(QLineEdit.EchoMode.Password)
            each.hide()
            lines.addWidget(each)
        self.fresh.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self._enter)
        self.enter = button(say("sign_in.enter"), "commit")
        self.enter.clicked.connect(self._enter)
        lines.addWidget(self.enter)
        self.change = button(say("sign_in.change"))
        self.change.clicked.connect(lambda: self._model.want_change())
        lines.addWidget(self.change)
        self.back = button(say("sign_in.back"))
        self.back.clicked.connect(lambda: self.give_up())
        lines.addWidget(self.back)
        self.words = label("", "", "bad", wrap=True)
        lines.addWidget(self.words)
        self.scan = label("", "", "warn", wrap=True)
        lines.addWidget(self.scan)
        self.state = label("", "", "second", wrap=True)
        lines.addWidget(self.state)
        lines.addStretch(1)
        middle.addWidget(frame)
        if self._session.shop.facts.practice:
            other = card()
            self._add_practice(column(other, margin=28, space=10))
            middle.addSpacing(12)
            middle.addWidget(other)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(1)
        model.changed.connect(self.refresh)

    def _add_practice(self, layout: QVBoxLayout) -> None:
        say = self._session.say
        stripe = label(say("sign_in.practice"))
        stripe.setObjectName("practice")
        stripe.setWordWrap(True)
        layout.addWidget(stripe)
        for member in members():
            role = say(f"sign_in.role_{member.role}")
            words = say(
                "sign_in.practice_member",
                number=member.number, pin=member.pin, name=member.name, role=role,
            )  # fmt: skip
            made = button(words)
            made.clicked.connect(
                lambda _=False, one=member: self._model.sign_in(one.number, one.pin)
            )
            layout.addWidget(made)
        layout.addStretch(1)

    def opened(self, waiting: str = "") -> None:
        """The screen is locked: empty fields, the focus on the number."""
        self._model.begin()
        clear_pair(self.number, self.pin)
        self.fresh.clear()
        self.again.clear()
        self.scan.clear()
        self.state.setText(waiting)
        self.number.setFocus()
        self.refresh()

    def home(self) -> QLineEdit:
        """The field that is wanted next."""
        if self._model.changing and not self._model.by_choice:
            return self.fresh
        return self.pin if self.number.text() else self.number

    def say_scan(self, words: str) -> None:
        """Why a code was not used; the focus stays where somebody is typing."""
        self.scan.setText(words)

    def give_up(self) -> None:
        """No PIN is chosen after all: the fields are empty, the number is asked for."""
        if not self._model.changing or self._model.busy:
            return
        for each in (self.fresh, self.again):
            each.clear()
        clear_pair(self.number, self.pin)
        self._model.give_up()
        self.number.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leads back from choosing a PIN."""
        if event.key() == Qt.Key.Key_Escape and self._model.changing:
            self.give_up()
            return
        super().keyPressEvent(event)

    def _after_pin(self) -> None:
        if self._model.by_choice:
            self.fresh.setFocus()
        else:
            self._enter()

    def _enter(self) -> None:
        if self._model.changing:
            fresh, again = self.fresh.text(), self.again.text()
            self.fresh.clear()
            self.again.clear()
            pin = self.pin.text()
            if self._model.by_choice:
                self.pin.clear()
            self._model.sign_in(self.number.text(), pin, fresh, again)
            return
        pin = self.pin.text()
        self.pin.clear()
        self._typed = pin
        self._model.sign_in(self.number.text(), pin)

    def refresh(self) -> None:
        """Busy or refused."""
        self.enter.setEnabled(not self._model.busy)
        note = self._model.note
        self.words.setText(self._session.say_note(note) if note else "")
        changing, by_choice = self._model.changing, self._model.by_choice
        self.change.setVisible(not changing)
        self.back.setVisible(changing)
        if changing:
            self._alone.start()  # a PIN that somebody else set stands in its field meanwhile
        else:
            self._alone.stop()
        if changing and self._typed:
            self.pin.setText(self._typed)  # the one that somebody else set goes along once more
        if not self._model.busy:
            self._typed = ""
        for each in (self.fresh, self.again):
            each.setVisible(changing)
        for each in (self.number, self.pin):
            each.setEnabled(not changing or by_choice)
        if by_choice:
            (self.pin if self.number.text() else self.number).setFocus()
        elif changing:
            self.fresh.setFocus()
        elif note:
            self.pin.setFocus()
