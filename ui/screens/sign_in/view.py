"""The sign-in and lock screen: number, PIN, Enter. The basket stays untouched behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.screens.practice.helper import members
from ui.widgets.parts import button, card, column, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QVBoxLayout

    from ui.screens.sign_in.view_model import SignInViewModel


class SignInView(QWidget):
    """Shown at the start, after F11 and when the cashier changes."""

    def __init__(self, model: SignInViewModel) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model, self._session = model, model.session
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
        self.pin.returnPressed.connect(self._enter)
        lines.addWidget(self.number)
        lines.addWidget(self.pin)
        self.enter = button(say("sign_in.enter"), "commit")
        self.enter.clicked.connect(self._enter)
        lines.addWidget(self.enter)
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

    def opened(self, waiting: str = "") -> None:
        """The screen is locked: empty fields, the focus on the number."""
        self.number.clear()
        self.pin.clear()
        self.scan.clear()
        self.state.setText(waiting)
        self.number.setFocus()
        self.refresh()

    def say_scan(self, words: str) -> None:
        """Why a code was not used; the focus stays where somebody is typing."""
        self.scan.setText(words)

    def _enter(self) -> None:
        pin = self.pin.text()
        self.pin.clear()
        self._model.sign_in(self.number.text(), pin)

    def refresh(self) -> None:
        """Busy or refused."""
        self.enter.setEnabled(not self._model.busy)
        note = self._model.note
        self.words.setText(self._session.say_note(note) if note else "")
        if note:
            self.pin.setFocus()
