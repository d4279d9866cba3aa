"""Who answers for the act: number and PIN, a coded reason where one is due, then Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QSizePolicy

from app.domain.rx_acts import REASONS
from ui.screens.review.view_model import BY_HAND
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from ui.screens.review.view_model import ReviewViewModel


class SignBox(QFrame):
    """Shown while an act waits for its signature; the PIN is typed afresh each time."""

    def __init__(self, model: ReviewViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        self.setObjectName("card")
        self._act = ""
        lines = column(self, margin=12, space=8)
        self.title = label("", "strong", "accent", wrap=True)
        lines.addWidget(self.title)
        self.reason = QComboBox()
        self.reason.setAccessibleName(say("review.reason"))
        self.reason.view().setAccessibleName(say("review.reason"))
        self.reason.addItem(say("review.reason"), "")
        for number, code in enumerate(REASONS, 1):
            self.reason.addItem(f"{number} {say(f'rx_reason.{code}')}", code)
        lines.addWidget(self.reason)
        self.text = line_edit(say("review.text"))
        self.text.returnPressed.connect(self._next)
        lines.addWidget(self.text)
        self.token = line_edit(say("review.token"), code=True, hint=say("review.token"))
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.returnPressed.connect(self._next)
        lines.addWidget(self.token)
        line = row(space=8)
        self.number = line_edit(say("sign_in.number"), code=True, hint=say("sign_in.number"))
        self.number.returnPressed.connect(self._next)
        self.pin = line_edit(say("sign_in.pin"), code=True, hint=say("sign_in.pin"))
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.returnPressed.connect(self._after_pin)
        self.key_pin = line_edit(say("review.key_pin"), code=True, hint=say("review.key_pin_short"))
        self.key_pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.key_pin.returnPressed.connect(self.submit)
        self.key_pin.hide()
        line.addWidget(self.number, 1)
        line.addWidget(self.pin, 1)
        line.addWidget(self.key_pin, 1)
        lines.addLayout(line)
        self.go = button(say("review.sign"), "commit")
        self.go.clicked.connect(self.submit)
        lines.addWidget(self.go)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def _next(self) -> None:
        """Enter goes on to the next field that is empty; the last one signs."""
        fields = [
            each for each in (self.text, self.token, self.number, self.pin) if each.isVisible()
        ]
        for each in fields:
            if not each.text() and (each is not self.text or self.reason.currentData() == "other"):
                each.setFocus()
                return
        self.pin.setFocus()

    def _after_pin(self) -> None:
        """Where a certificate's key may sign, its PIN is typed last; the field may stay empty."""
        if self.key_pin.isVisible() and self.pin.text():
            self.key_pin.setFocus()
        else:
            self.submit()

    def submit(self) -> None:
        """Hand over what was typed."""
        pin, token, key_pin = self.pin.text(), self.token.text(), self.key_pin.text()
        self.pin.clear()
        self.key_pin.clear()
        reason = str(self.reason.currentData() or "") if self.reason.isVisible() else ""
        self._model.sign(self.number.text(), pin, reason, self.text.text(), token, key_pin)

    def refresh(self) -> None:
        """The fields that the pending act needs; a new act begins with empty ones."""
        model, say = self._model, self._model.session.say
        act, page = model.pending, model.page
        fresh, self._act = act != self._act, act
        self.setVisible(bool(act))
        self.setEnabled(not model.busy)
        if not act:
            for field in (self.number, self.pin, self.key_pin, self.text, self.token):
                field.clear()
            return
        own = model.own_number()
        operator = model.session.operator
        who = operator.staff.name if operator and own else ""
        key = "by" if own else "anybody"
        self.title.setText(say(f"review.sign_{key}", act=say(f"review.act_{act}"), name=who))
        reasoned = act in ("return", "refuse")
        self.reason.setVisible(reasoned)
        self.text.setVisible(act != "pick")
        hint = "guidance" if act == "check" else "text" if reasoned else "opinion"
        if act in BY_HAND:
            hint = "ground"
        self.text.setPlaceholderText(say(f"review.{hint}"))
        self.text.setAccessibleName(say(f"review.{hint}"))
        wanted = page is not None and page.token_wanted and act in ("pass", "refuse")
        self.token.setVisible(wanted)
        self.number.setVisible(not own)
        self.key_pin.setVisible(model.shop.key_pin_asked() and act not in BY_HAND)
        self.go.setText(say("review.signing" if model.busy else "review.sign"))
        if fresh:
            self.reason.setCurrentIndex(0)
            self._first(act, own).setFocus()

    def _first(self, act: str, own: str) -> QComboBox | QLineEdit:
        if act in ("return", "refuse"):
            return self.reason
        if act == "check" or act in BY_HAND:
            return self.text
        return self.pin if own else self.number
