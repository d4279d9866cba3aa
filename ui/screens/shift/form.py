"""What the forms of the shift's panel share: a field is as wide as what is typed into it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QSizePolicy, QWidget

from ui.widgets.badge import takes_badge
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

    from ui.screens.shift.view_model import ShiftModel

HIDDEN = QLineEdit.EchoMode.Password

_SIGNS = {"money": 11, "code": 11, "pin": 11, "time": 7, "words": 30}
"""How many figures each kind of field has room for."""
_FORM_EMS = 34
"""No wider than an eye goes from a name to its field."""


class Form(QWidget):
    """Fields in a row of Enters: each jumps to the next one in sight, the last to the button."""

    ems = _FORM_EMS
    """How wide it may become, in heights of its type."""

    def __init__(self, model: ShiftModel, act: str) -> None:
        super().__init__()
        self._model, self._say = model, model.session.say
        self._seat = QWidget()
        self.lines: QVBoxLayout = column(self._seat, space=10)
        self._seat.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        outer = row(self)
        outer.addWidget(self._seat, 100)
        outer.addStretch(1)
        self.heading = label("", "strong", wrap=True)
        self.lines.addWidget(self.heading)
        self.fields: dict[str, QLineEdit] = {}
        self.rows: dict[str, QWidget] = {}
        self._kinds: dict[str, str] = {}
        self._captions: dict[str, QLabel] = {}
        self.commit = button(self._say(act), "commit")
        self.commit.clicked.connect(self.put)

    def field(self, name: str, kind: str = "code", hint: str = "") -> QWidget:
        """A named line; answered so that it can be put anywhere."""
        holder = QWidget()
        line = row(holder, space=12)
        caption = label(self._say(f"shift.{name}"))
        made = line_edit(self._say(f"shift.{name}"), code=kind != "words")
        if kind == "pin":
            made.setEchoMode(HIDDEN)
        if kind == "money":
            made.setAlignment(Qt.AlignmentFlag.AlignRight)
        caption.setBuddy(made)
        made.returnPressed.connect(partial(self._next, name))
        line.addWidget(caption)
        line.addWidget(made)
        if hint:
            line.addWidget(label(self._say(f"shift.{hint}"), "small", "second", wrap=True), 1)
        else:
            line.addStretch(1)
        self.fields[name], self.rows[name] = made, holder
        self._kinds[name], self._captions[name] = kind, caption
        if name == "second_pin":
            takes_badge(self.fields["second_number"], made)
        return holder

    def primary(self, *beside: QWidget) -> QHBoxLayout:
        """The one key of the form, as wide as its words, with what may be pressed instead."""
        line = row()
        line.addWidget(self.commit)
        for other in beside:
            line.addWidget(other)
        line.addStretch(1)
        return line

    def changeEvent(self, event: QEvent) -> None:
        """Another size of type wants other widths."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.measure()

    def showEvent(self, event: QShowEvent) -> None:
        """Only now is it known how large the type is."""
        super().showEvent(event)
        self.measure()

    def measure(self) -> None:
        """Captions as wide as the widest, each field as wide as what is typed into it."""
        high = self.fontMetrics().height()
        self._seat.setMaximumWidth(self.ems * high)
        self.commit.setMinimumWidth(7 * high)
        widest = max((made.sizeHint().width() for made in self._captions.values()), default=0)
        for name, caption in self._captions.items():
            caption.setMinimumWidth(widest)
            self.room(self.fields[name], _SIGNS[self._kinds[name]])

    @staticmethod
    def room(made: QLineEdit, signs: int) -> None:
        """A field with room for so many figures."""
        metrics = made.fontMetrics()
        made.setFixedWidth(metrics.horizontalAdvance("0") * signs + metrics.height())

    def _next(self, name: str) -> None:
        names = [each for each, made in self.fields.items() if made.isVisibleTo(self)]
        after = names[names.index(name) + 1 :] if name in names else []
        if after:
            self.fields[after[0]].setFocus()
            self.fields[after[0]].selectAll()
        else:
            self.last()
        self._into_sight()

    def _into_sight(self) -> None:
        """At large type the form is longer than the window: it follows the focus."""
        focus, seat = self.focusWidget(), self.parentWidget()
        while seat is not None and not isinstance(seat, QScrollArea):
            seat = seat.parentWidget()
        if focus is not None and isinstance(seat, QScrollArea):
            seat.ensureWidgetVisible(focus)

    def last(self) -> None:
        """Enter in the last field."""
        self.commit.setFocus()

    def first(self) -> None:
        """Empty, with the focus in the first field."""
        for made in self.fields.values():
            made.clear()
        next(made for made in self.fields.values() if made.isVisibleTo(self)).setFocus()

    def show_second(self, wanted: bool) -> None:
        """Fields of a second person, where one is wanted."""
        for name in ("second_number", "second_pin"):
            self.rows[name].setVisible(wanted)

    def text(self, name: str) -> str:
        """What was typed."""
        return self.fields[name].text()

    def put(self) -> None:
        """Do it."""
        raise NotImplementedError
