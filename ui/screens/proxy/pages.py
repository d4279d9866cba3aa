"""What is to be done at the step that is due: a page each, none of them decides."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QWidget

from ui.screens.proxy.view_model import CHOICES
from ui.widgets.badge import takes_badge
from ui.widgets.parts import AmountRow, button, clear_layout, column, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from ui.screens.proxy.view_model import ProxyModel


class WordsPage(QWidget):
    """A heading, a sentence, and at most one button."""

    def __init__(self, act: str, below: QWidget) -> None:
        """``act``: the button's first words; ``below``: what else is shown, in the room left."""
        super().__init__()
        lines = column(self, space=12)
        self.heading = label("", "heading", wrap=True)
        self.words = label("", "", "second", wrap=True)
        self.act: QPushButton = button(act, "commit")
        for each in (self.heading, self.words):
            lines.addWidget(each)
        line = row()
        line.addWidget(self.act)
        line.addStretch(1)
        lines.addLayout(line)
        lines.addWidget(below, 1)
        self.act.hide()

    def say(self, heading: str, words: str) -> None:
        """What is to be done, and how."""
        self.heading.setText(heading)
        self.words.setText(words)


class WhyPage(QWidget):
    """One question at a time; each answer has the number of its key."""

    def __init__(self, model: ProxyModel) -> None:
        super().__init__()
        self._model = model
        lines = column(self, space=10)
        self.heading = label("", "heading", wrap=True)
        self.hint = label("", "", "second", wrap=True)
        lines.addWidget(self.heading)
        lines.addWidget(self.hint)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        lines.addLayout(self._grid)
        lines.addStretch(1)
        self.buttons: tuple[QPushButton, ...] = ()
        self._asked = ""

    def refresh(self) -> None:
        """The question that stands now."""
        model, say = self._model, self._model.session.say
        question = model.question
        if question and question != self._asked:
            self.heading.setText(say(f"proxy.ask_{question}"))
            self._fill(question)
        self._asked = question
        special = model.view is not None and model.view.cause_wanted
        self.hint.setText(say("proxy.cause_hint") if special and question == "reason" else "")
        self.hint.setVisible(bool(self.hint.text()))
        for each in self.buttons:
            each.setEnabled(not model.busy)

    def _fill(self, question: str) -> None:
        for each in self.buttons:
            self._grid.removeWidget(each)
            each.deleteLater()
        made = []
        for place, code in enumerate(CHOICES[question]):
            words = self._model.session.say(f"proxy.{question}_{code}")
            one = button(f"{place + 1}　{words}", name=words)
            one.setMinimumHeight(44)
            one.clicked.connect(partial(self._choose, place + 1))
            self._grid.addWidget(one, place // 2, place % 2)
            made.append(one)
        self.buttons = tuple(made)

    def _choose(self, number: int, _checked: bool = False) -> None:
        self._model.choose(number)


class TypedPage(QWidget):
    """The proxy's document by hand: the last resort, with a manager beside."""

    left = Signal()

    def __init__(self, model: ProxyModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        lines = column(self, space=10)
        lines.addWidget(label(say("proxy.typed_title"), "heading", wrap=True))
        lines.addWidget(label(say("proxy.typed_hint"), "", "second", wrap=True))
        self.name = line_edit(say("proxy.name"), hint=say("proxy.name"))
        self.number = line_edit(say("proxy.number"), code=True, hint=say("proxy.number"))
        self.staff = line_edit(say("proxy.manager"), code=True, hint=say("proxy.manager"))
        self.pin = line_edit(say("proxy.pin"), code=True, hint=say("proxy.pin"))
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.number, self.pin)
        fields = (self.name, self.number, self.staff, self.pin)
        for before, after in pairwise(fields):
            before.returnPressed.connect(after.setFocus)
        self.pin.returnPressed.connect(self._take)
        for each in fields:
            lines.addWidget(each)
        line = row()
        self.take = button(say("proxy.typed_take"), "commit")
        self.take.clicked.connect(self._take)
        self.leave = button(say("proxy.typed_leave"))
        self.leave.clicked.connect(self.left)
        for one in (self.take, self.leave):
            line.addWidget(one)
        line.addStretch(1)
        lines.addLayout(line)
        lines.addStretch(1)

    def first(self) -> None:
        """Empty, and the name is typed first."""
        for each in (self.name, self.number, self.staff, self.pin):
            each.clear()
        self.name.setFocus()

    def _take(self) -> None:
        from app.use_cases.sign_in import SecondPerson

        second = SecondPerson(self.staff.text(), self.pin.text()) if self.staff.text() else None
        self.pin.clear()
        self._model.typed(self.name.text(), self.number.text(), second)


class ListPage(QWidget):
    """The list as it was made: what is bought, who pays what."""

    def __init__(self, model: ProxyModel) -> None:
        super().__init__()
        self._model = model
        lines = column(self)
        self._lines = column(space=4)
        lines.addLayout(self._lines)
        lines.addStretch(1)

    def refresh(self, *, shown: bool = True) -> None:
        """The amounts that are signed; an empty page where none are to be shown."""
        clear_layout(self._lines)
        view, say = self._model.view, self._model.session.say
        if not shown or view is None or view.listed is None:
            return
        for line in view.listed.lines:
            counted = f"{line.name} {line.spec} × {line.quantity.plain()}{line.unit}"
            self._amount(counted, str(line.amount))
        for part in view.listed.parts:
            kind = say(f"payment.type_{part.settlement_type}")
            paid = (("fund", part.fund), ("account", part.account), ("aid", part.mutual_aid))
            for name, amount in paid:
                if amount or name == "fund":
                    self._amount(f"{kind} · {say(f'proxy.pays_{name}')}", str(amount))
        self._amount(say("proxy.cash_due"), str(view.listed.cash_due), "total")

    def _amount(self, name: str, amount: str, role: str = "") -> None:
        one = AmountRow(name, role)
        # A long name takes another line before it pushes its amount out of sight.
        one.name.setWordWrap(True)
        one.name.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        one.show_amount(amount)
        self._lines.addWidget(one)
