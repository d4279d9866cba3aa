"""The customer's side: what is about to be settled, dots, and a keypad without echo."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ui.screens.password.dots import dots
from ui.widgets.parts import AmountRow, button, card, clear_layout, column, label, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout, QPushButton

    from ui.screens.payment.view_model import PaymentViewModel

KEY_HEIGHT = 72
"""Pixels at 100 %: a thumb, on a screen that stands at an angle."""
_PLACES = ((3, 1), (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2))
"""Where the first to the last of the shown digits stand; unshuffled: 0 below, 1 to 9 above."""


class KeypadView(QWidget):
    """Ten digits, a step back, confirm, cancel; nothing on it takes the cashier's focus."""

    def __init__(self, payment: PaymentViewModel) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._payment, self._model = payment, payment.password
        self._say = payment.session.say
        self._was_asking = False
        outer = row(self, margin=24, space=24)
        outer.addStretch(1)
        left = column(space=14)
        left.addWidget(label(self._say("patient_password.heading"), "total", wrap=True))
        left.addWidget(label(self._say("patient_password.for_one"), "", "second", wrap=True))
        holder = card()
        self._amounts = column(holder, margin=16, space=6)
        left.addWidget(holder)
        self.words = label("", "", "second", wrap=True)
        left.addWidget(self.words)
        left.addWidget(label(self._say("patient_password.forgotten"), "", "second", wrap=True))
        left.addStretch(1)
        self.cancel = self._key(self._say("patient_password.cancel"))
        self.cancel.clicked.connect(self._model.cancel)
        left.addWidget(self.cancel)
        outer.addLayout(left, 2)
        outer.addLayout(self._pad(), 3)
        outer.addStretch(1)
        self._model.changed.connect(self.refresh)
        self.refresh()

    def _pad(self) -> QHBoxLayout:
        holder, lines = row(), column(space=12)
        self.dots = label("", "due")
        self.dots.setAlignment(Qt.AlignmentFlag.AlignCenter)
        lines.addWidget(self.dots)
        grid = QGridLayout()
        grid.setSpacing(10)
        self.keys: list[QPushButton] = []
        for place in range(10):
            made = self._key("")
            made.clicked.connect(partial(self._pressed, place))
            grid.addWidget(made, *_PLACES[place])
            self.keys.append(made)
        self.back = self._key(self._say("patient_password.back"))
        self.back.clicked.connect(self._model.drop)
        grid.addWidget(self.back, 3, 0)
        self.confirm = self._key(self._say("patient_password.confirm"), "keypad_commit")
        self.confirm.clicked.connect(self._model.confirm)
        grid.addWidget(self.confirm, 3, 2)
        lines.addLayout(grid, 1)
        holder.addLayout(lines)
        return holder

    @staticmethod
    def _key(text: str, role: str = "keypad") -> QPushButton:
        made = button(text, role)
        made.setMinimumHeight(KEY_HEIGHT)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        # The customer's side has no keyboard: a focus there would take the cashier's keys.
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return made

    def _pressed(self, place: int) -> None:
        self._model.press(self._model.order[place])

    def refresh(self) -> None:
        """The digits where they stand this time, and how many were typed."""
        model, say = self._model, self._say
        if model.asking and not self._was_asking:
            self._show_digits()
            self._show_amounts()
        self._was_asking = model.asking
        self.dots.setText(dots(model.count))
        self.dots.setAccessibleName(say("patient_password.typed", count=model.count))
        self.words.setText(say("patient_password.time_left", seconds=model.seconds_left))
        self.confirm.setEnabled(model.complete)
        self.back.setEnabled(model.count > 0)

    def _show_digits(self) -> None:
        for made, digit in zip(self.keys, self._model.order, strict=True):
            made.setText(str(digit))
            made.setAccessibleName(str(digit))

    def _show_amounts(self) -> None:
        clear_layout(self._amounts)
        view, say = self._payment.view, self._say
        if view is None:
            return
        for name, amount, role in (
            ("payment.total", view.total, "strong"),
            ("payment.fund", view.fund, ""),
            ("payment.account", view.account, ""),
            ("payment.due", view.cash_due, "strong"),
        ):
            line = AmountRow(say(name), role)
            line.show_amount(str(amount))
            self._amounts.addWidget(line)
