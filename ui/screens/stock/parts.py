"""What the parts of the page share: a foot with exports, choices by code, a second person."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.use_cases.sign_in import SecondPerson
from ui.widgets.badge import takes_badge
from ui.widgets.parts import button, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QPushButton

    from ui.screens.session import Session
    from ui.screens.stock.view_model import StockModel
    from ui.widgets.figures import Figures


class Part(QWidget):
    """One part of the page."""

    def enter(self) -> None:
        """It came into sight."""

    def back(self) -> bool:
        """Esc: one step back inside it; False = nothing left."""
        return False

    def leave(self) -> None:
        """It goes out of sight: secrets go."""


class Choice(QComboBox):
    """A code chosen by its words."""

    def __init__(self, session: Session, name: str, group: str, codes: Iterable[str]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        for code in codes:
            self.addItem(session.say_code(group, code), code)

    def code(self) -> str:
        """What is chosen."""
        return str(self.currentData())


class Second(QWidget):
    """Number and PIN of a second person, beside an act."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        say = session.say
        line = row(self, space=8)
        self.words = label(say("shelf.second"), "", "second")
        self.number = line_edit(say("shelf.second_number"), code=True)
        self.pin = line_edit(say("shelf.second_pin"), code=True)
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        takes_badge(self.number, self.pin)
        for field, name in ((self.number, "shelf.second_number"), (self.pin, "shelf.second_pin")):
            field.setPlaceholderText(say(name))
            field.setMaximumWidth(150)
        for each in (self.words, self.number, self.pin):
            line.addWidget(each)
        line.addStretch(1)

    def person(self) -> SecondPerson | None:
        """Who was named, once; the PIN goes at once."""
        number, pin = self.number.text().strip(), self.pin.text()
        self.pin.clear()
        return SecondPerson(number, pin) if number else None

    def clear(self) -> None:
        """Nobody."""
        self.number.clear()
        self.pin.clear()


def exports(
    model: StockModel, name: str, title: Callable[[], str], figures: Callable[[], Figures]
) -> list[QPushButton]:
    """The two buttons under a list: exactly what is shown, in its order."""
    made = []
    for form in ("xlsx", "csv"):
        each = button(model.session.say(f"figures.{form}"))
        each.clicked.connect(partial(_export, model, name, title, figures, form))
        made.append(each)
    return made


def _export(
    model: StockModel,
    name: str,
    title: Callable[[], str],
    figures: Callable[[], Figures],
    form: str,
    _checked: bool = False,
) -> None:
    shown = figures()
    model.export(name, title(), shown.model.titles, shown.shown_rows(), form)


def keyed(parent: QWidget, keys: str, act: Callable[[], object]) -> None:
    """A shortcut that holds while the part has the focus."""
    made = QShortcut(QKeySequence(keys), parent)
    made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.activated.connect(act)
