"""The forms of the page 人员: one at a time, below the list; Enter goes on, the last one acts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.widgets.flow import FlowLayout
from ui.widgets.parts import (
    button,
    card,
    check_box,
    clear_layout,
    column,
    combo,
    label,
    line_edit,
    row,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton


HIDDEN = QLineEdit.EchoMode.Password


class FormCard(QWidget):
    """A head in words, fields, choices and boxes by name, a button that acts and one that drops."""

    closed = Signal()

    def __init__(self, say: Callable[..., str], act: Callable[[str], None]) -> None:
        """``act`` gets the name of the form whose button was pressed."""
        super().__init__()
        self._say, self._act = say, act
        self.name = ""
        self.fields: dict[str, QLineEdit] = {}
        self.choices: dict[str, QComboBox] = {}
        self.boxes: dict[str, QCheckBox] = {}
        self.frame = card()
        self._lines = column(self.frame, margin=10, space=6)
        outer = column(self)
        outer.addWidget(self.frame)
        self.commit: QPushButton = button("")
        self.hide()

    def begin(self, name: str, head: str, act: str = "") -> None:
        """Another form; what stood in the one before is gone."""
        clear_layout(self._lines)
        self.name = name
        self.fields, self.choices, self.boxes = {}, {}, {}
        self._lines.addWidget(label(head, "strong", wrap=True))
        self._line = FlowLayout(holder := QWidget(), space=8)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._lines.addWidget(holder)
        self.commit = button(act or self._say(f"people.do_{name}"), "commit")
        self.commit.clicked.connect(lambda: self._act(self.name))
        self.show()

    def field(self, name: str, text: str = "", *, hidden: bool = False, code: bool = True) -> None:
        """A named line to type in."""
        words = self._say(f"people.field_{name}")
        made = line_edit(words, code=code, hint=words, whole=True)
        made.setText(text)
        if hidden:
            made.setEchoMode(HIDDEN)
        made.returnPressed.connect(partial(self._next, name))
        self.fields[name] = made
        self._put(words, made)

    def choice(self, name: str, options: Sequence[tuple[str, str]], chosen: str) -> None:
        """A choice: (value, words) each."""
        words = self._say(f"people.field_{name}")
        made = combo(words)
        for value, text in options:
            made.addItem(text, value)
        made.setCurrentIndex(max(made.findData(chosen), 0))
        self.choices[name] = made
        self._put(words, made)

    def box(self, name: str, text: str, ticked: bool) -> None:
        """A box to tick, in the row of its kind."""
        made = check_box(text)
        made.setChecked(ticked)
        self.boxes[name] = made
        self._line.addWidget(made)

    def words(self, text: str, tone: str = "second") -> None:
        """A sentence below the fields."""
        self._lines.addWidget(label(text, "", tone, wrap=True))

    def new_line(self) -> None:
        """What comes now stands in a row of its own."""
        self._line = FlowLayout(holder := QWidget(), space=8)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._lines.addWidget(holder)

    def end(self, *more: QPushButton) -> None:
        """The buttons, and the focus on what is typed first."""
        line = row(space=8)
        line.addWidget(self.commit)
        for each in more:
            line.addWidget(each)
        drop = button(self._say("people.drop"))
        drop.clicked.connect(lambda: self.close_form())
        line.addWidget(drop)
        line.addStretch(1)
        self._lines.addLayout(line)
        first: QWidget = next(iter(self.fields.values()), self.commit)
        first.setFocus()

    def close_form(self) -> bool:
        """Nothing of it stays; whether one was open."""
        was = bool(self.name)
        clear_layout(self._lines)
        self.name = ""
        self.fields, self.choices, self.boxes = {}, {}, {}
        self.hide()
        if was:
            self.closed.emit()
        return was

    def text(self, name: str) -> str:
        """What was typed."""
        return self.fields[name].text().strip()

    def chosen(self, name: str) -> str:
        """The value that was chosen."""
        return str(self.choices[name].currentData() or "")

    def _put(self, words: str, made: QWidget) -> None:
        holder = QWidget()
        line = row(holder, space=6)
        line.addWidget(label(words, "", "second"))
        line.addWidget(made)
        self._line.addWidget(holder)

    def _next(self, name: str) -> None:
        names = list(self.fields)
        at = names.index(name) + 1
        if at < len(names):
            self.fields[names[at]].setFocus()
        else:
            self.commit.click()
