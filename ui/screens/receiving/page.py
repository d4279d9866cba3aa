"""收货 in the office: receivings, suppliers, quarantine; one receiving over all of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.screens.office.page import OfficePage
from ui.screens.receiving.editor import Editor
from ui.screens.receiving.orders import OrdersView
from ui.screens.receiving.papers import PapersView
from ui.screens.receiving.quarantine import QuarantineView
from ui.screens.receiving.send import SendView
from ui.screens.receiving.suppliers import SuppliersView
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, retone
from ui.widgets.scrolled import scrolled

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QPushButton

    from app.use_cases.notes import Note
    from ui.screens.receiving.goods_model import GoodsModel
    from ui.screens.receiving.view_model import ReceivingModel
    from ui.widgets.figures import Figures

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}


class _Part(Protocol):
    """A part of the page."""

    list: Figures
    """What it shows and what an export writes."""

    def start(self) -> None:
        """Give the first field the focus."""

    def refresh(self) -> None:
        """Show what the model holds."""


class ReceivingPage(OfficePage):
    """Parts under a row of tabs; an open receiving takes their place."""

    def __init__(
        self, model: ReceivingModel, goods: GoodsModel, colour: Callable[[str], QColor]
    ) -> None:
        """``colour``: of a token of the theme in sight."""
        super().__init__()
        self._model, self._goods, say = model, goods, model.session.say
        lines = column(self, space=8)
        self.bar = QWidget()
        bar = FlowLayout(self.bar, space=6, even=True, grow=True)
        lines.addWidget(self.bar)
        self.note = label("", "", "", wrap=True)
        lines.addWidget(self.note)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        lines.addWidget(holder, 1)
        self.papers, self.suppliers = PapersView(model), SuppliersView(model)
        self.quarantine, self.editor = QuarantineView(model), Editor(model, colour)
        self.orders, self.send = OrdersView(goods, model), SendView(goods)
        self.parts: dict[str, QWidget] = {
            "papers": self.papers,
            "orders": self.orders,
            "suppliers": self.suppliers,
            "quarantine": self.quarantine,
            "send": self.send,
        }
        self.tabs: dict[str, QPushButton] = {}
        self._places: dict[str, QWidget] = {}
        for name in self.parts:
            made = button(say(f"receiving.tab_{name}"))
            made.setCheckable(True)
            made.clicked.connect(partial(self._pressed, name))
            self.tabs[name] = made
            bar.addWidget(made)
        self.exports = {form: button(say(f"figures.{form}")) for form in ("xlsx", "csv")}
        for form, made in self.exports.items():
            made.clicked.connect(partial(self._export, form))
            bar.addWidget(made)
        for name, part in self.parts.items():  # after all of the bar: so Tab goes
            self._places[name] = scrolled(part)
            self._stack.addWidget(self._places[name])
        self._stack.addWidget(self.editor)
        self.current = "papers"
        model.listed.connect(self._listed)
        model.checked.connect(self._checked)
        model.noted.connect(self._noted)
        goods.noted.connect(self._told)
        goods.acted.connect(model.refresh)
        self.editor.print.clicked.connect(self._print)
        self._noted()

    # --- the frame's -----------------------------------------------------------------------------

    def enter(self) -> None:
        """Ask for the lists; a receiving that lies open stays open."""
        self._model.refresh()
        if self._model.is_open:
            self.editor.start()
        else:
            self.turn(self.current)

    def leave(self) -> None:
        """PINs never stay; what was typed is kept already."""
        forms = (self.editor.second, self.suppliers.form.second, self.quarantine.second)
        for one in (*forms, self.send.second):
            one.forget()

    def back(self) -> bool:
        """From a receiving, or a supplier's file, to its list."""
        if self._model.is_open:
            self._model.close()
            return True
        return self.current == "suppliers" and self.suppliers.back()

    def scan_part(self) -> str:
        """Codes go to a draft that lies open, or to the goods that are sent."""
        sending = self.current == "send" and not self._model.is_open
        return "codes" if self._model.typing or sending else ""

    def take_scan(self, text: str) -> bool:
        """A code at the goods."""
        if self._model.is_open:
            return self._model.scan(text)
        return self.current == "send" and self._goods.scan(text)

    # --- acts and what is seen -------------------------------------------------------------------

    def _pressed(self, name: str, _checked: bool = False) -> None:
        self._model.clear_note()
        self.turn(name)

    def turn(self, name: str) -> None:
        """Another part."""
        self.current = name
        for other, made in self.tabs.items():
            made.setChecked(other == name)
        self._stack.setCurrentWidget(self._places[name])
        self._part().refresh()
        self._part().start()

    def _export(self, form: str, _checked: bool = False) -> None:
        """The list of the part in sight, as it is shown."""
        figures = self._part().list
        title = self._model.session.say(f"receiving.tab_{self.current}")
        rows = figures.shown_rows()
        self._goods.export(self.current, title, figures.model.titles, rows, form)

    def _part(self) -> _Part:
        return self.parts[self.current]  # type: ignore[return-value]

    def _listed(self) -> None:
        self._goods.home = self._model.home
        for part in (self.papers, self.orders, self.suppliers, self.quarantine, self.send):
            part.refresh()
        waiting = len(self._model.home.quarantined) if self._model.home else 0
        say = self._model.session.say
        words = say("receiving.tab_quarantine")
        self.tabs["quarantine"].setText(f"{words} ({waiting})" if waiting else words)

    def _checked(self) -> None:
        is_open = self._model.is_open
        self.bar.setVisible(not is_open)
        if not is_open:
            self.turn(self.current)
            return
        if self._stack.currentWidget() is not self.editor:
            self._stack.setCurrentWidget(self.editor)
            self.editor.refresh()
            self.editor.start()
        else:
            self.editor.refresh()

    def _print(self) -> None:
        if self._model.check is not None:
            self._goods.print_goods(self._model.check.head.id)

    def _told(self, note: Note) -> None:
        self._model.note = note
        self._noted()

    def _noted(self) -> None:
        note = self._model.note
        self.note.setText(self._model.session.say_note(note) if note else "")
        self.note.setVisible(note is not None)
        if note is not None:
            retone(self.note, "tone", TONES[note.severity])
