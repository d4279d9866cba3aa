"""库存 in the office: shelf, ledgers, recalls, losses, split packs, what was wanted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.screens.office.page import OfficePage
from ui.screens.stock.drug_part import DrugPart
from ui.screens.stock.list_part import ListPart
from ui.screens.stock.loss_part import LossPart
from ui.screens.stock.parts import Part, keyed
from ui.screens.stock.recall_part import RecallPart
from ui.screens.stock.split_part import SplitPart
from ui.screens.stock.wanted_part import WantedPart
from ui.widgets.parts import button, column, label, retone, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor
    from PySide6.QtWidgets import QPushButton

    from app.use_cases.shelf_list import DrugRow, LotRow
    from ui.screens.stock.view_model import StockModel

TONES = {"good": "good", "warn": "warn", "block": "bad", "told": "second"}
PARTS = ("list", "recalls", "losses", "splits", "wanted")


class StockPage(OfficePage):
    """Five parts behind Ctrl+1..5; a drug opens over the list."""

    def __init__(self, model: StockModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        lines = column(self, space=8)
        tabs = QWidget()
        line = row(tabs, space=6)
        self.tabs: dict[str, QPushButton] = {}
        for number, name in enumerate(PARTS, 1):
            made = button(say(f"shelf.part_{name}", number=number))
            made.setCheckable(True)
            made.clicked.connect(partial(self.turn, name))
            keyed(self, f"Ctrl+{number}", partial(self.turn, name))
            self.tabs[name] = made
            line.addWidget(made)
        line.addStretch(1)
        lines.addWidget(tabs)
        self.note = label("", wrap=True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        lines.addWidget(self.note)
        self.list, self.drug = ListPart(model, colour), DrugPart(model, colour)
        self.recalls, self.losses = RecallPart(model, colour), LossPart(model, colour)
        self.splits, self.wanted = SplitPart(model, colour), WantedPart(model, colour)
        self.parts: dict[str, Part] = {name: getattr(self, name) for name in PARTS}
        body = QWidget()
        self._stack = QStackedLayout(body)
        for each in (*self.parts.values(), self.drug):
            self._stack.addWidget(each)
        lines.addWidget(body, 1)
        for part in (self.list, self.drug):
            part.write_off.connect(self._write_off)
            part.recall.connect(self._recall)
        self.current = "list"
        model.changed.connect(self._told)
        model.closer.connect(self._closer)
        self._told()

    def enter(self) -> None:
        """The part that was open before."""
        self.turn(self.current)

    def leave(self) -> None:
        """Names and PINs go."""
        for part in (*self.parts.values(), self.drug):
            part.leave()
        self.model.forget()
        self.list.forget()
        self.drug.forget()

    def back(self) -> bool:
        """Inside the part, then to the list."""
        part = self._in_sight()
        if part.back():
            return True
        if self.current != "list":
            self.turn("list")
            return True
        return False

    def scan_part(self) -> str:
        """A box may be scanned on the list."""
        return "list" if self._in_sight() is self.list else ""

    def take_scan(self, text: str) -> bool:
        """What is printed on a box narrows the list."""
        scanned = self.model.shop.classify(text)
        code = scanned.product_code or scanned.gtin.lstrip("0") or text
        self.list.figures().search.setText(code)
        return True

    def turn(self, name: str, _checked: bool = False) -> None:
        """Another part; what was said goes."""
        if self.current != name:
            self.parts[self.current].leave()
            self.model.note = None
        self.current = name
        for other, made in self.tabs.items():
            made.setChecked(other == name)
        if name == "list" and self.model.drug is not None:
            self.model.close_drug()
            return
        self._stack.setCurrentWidget(self.parts[name])
        self.parts[name].enter()
        self._told()

    def open_ledger(self, medicine_id: str, lot_id: str = "") -> None:
        """The ledger of a drug or lot, from wherever a figure stands."""
        self.turn("list")
        self.model.open_drug(medicine_id, lot_id)

    def _in_sight(self) -> Part:
        current = self._stack.currentWidget()
        return next(part for part in (*self.parts.values(), self.drug) if part is current)

    def _closer(self) -> None:
        if self.model.drug is None:
            self._stack.setCurrentWidget(self.list)
            self.list.figures().table.setFocus()
        elif self._stack.currentWidget() is not self.drug:
            self.current = "list"
            self._stack.setCurrentWidget(self.drug)
            self.drug.enter()

    def _write_off(self, asked: tuple[list[tuple[DrugRow, LotRow]], bool]) -> None:
        pairs, returned = asked
        self.losses.add([pair for pair in pairs if pair], returned=returned)
        self.turn("losses")

    def _recall(self, pair: tuple[DrugRow, LotRow]) -> None:
        if pair:
            self.turn("recalls")
            self.recalls.ask_for(*pair)

    def _told(self) -> None:
        note, session = self.model.note, self.model.session
        self.note.setText(session.say_note(note) if note else "")
        self.note.setVisible(note is not None)
        retone(self.note, "tone", TONES.get(note.severity, "") if note else "")
