"""The bar of practice mode: plays the customer, the box and the prescription for a beginner."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from ui.screens.practice.helper import next_code, persons
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, label

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from PySide6.QtWidgets import QPushButton

    from ui.screens.till.view_model import TillViewModel

    Rows: TypeAlias = list[tuple[str, Callable[[], object]]]
    """What a menu says, and what each of it does."""


class PracticeBar(QWidget):
    """Each button does what a scanner would, and says who stands before the camera."""

    code_sent = Signal(str)
    prescribed = Signal()
    card_laid = Signal(str)
    """The identity card of a practice person, by key."""
    before_chosen = Signal(str)
    """Who shall stand before the camera: of :data:`ui.screens.practice.camera.CHOICES`."""

    def __init__(self, till: TillViewModel) -> None:
        super().__init__()
        self.setObjectName("practicebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._till, say = till, till.session.say
        line = FlowLayout(self, space=8, even=True)
        line.setContentsMargins(10, 4, 10, 4)
        self.box = self._key("box")
        self.box.clicked.connect(self.scan_box)
        self.persons = self._menu("persons", self._codes)
        self.cards = self._menu("cards", self._id_cards)
        self.hospital = self._key("prescribe")
        self.hospital.clicked.connect(lambda: self.prescribed.emit())
        self.before = self._menu("before", self._before)
        keys = (self.box, self.persons, self.cards, self.hospital, self.before)
        for each in (label(say("practice.title"), "strong"), *keys):
            line.addWidget(each)

    def _key(self, name: str) -> QPushButton:
        made = button(self._till.session.say(f"practice.{name}"))
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return made

    def _menu(self, name: str, rows: Callable[[], Rows]) -> QPushButton:
        """A key with a menu, which is filled when somebody wants it."""
        made = self._key(name)
        menu = QMenu(made)

        def fill() -> None:
            for words, act in rows() if menu.isEmpty() else ():
                menu.addAction(words).triggered.connect(lambda _=False, act=act: act())

        menu.aboutToShow.connect(fill)
        made.setMenu(menu)
        return made

    def _codes(self) -> Rows:
        return [(f"{one.name}　{one.note}", partial(self.code_sent.emit, one.code))
                for one in persons()]  # fmt: skip

    def _id_cards(self) -> Rows:
        return [(f"{one.name}　{one.note}", partial(self.card_laid.emit, one.key))
                for one in persons()]  # fmt: skip

    def _before(self) -> Rows:
        from ui.screens.practice.camera import CHOICES

        say = self._till.session.say
        return [(say(f"practice.before_{one}"), partial(self.before_chosen.emit, one))
                for one in CHOICES]  # fmt: skip

    def scan_box(self) -> None:
        """Scan one box of the first line that still lacks a code."""
        for each in self._till.lines:
            if code := next_code(each, self._till.shop.now()):
                self.code_sent.emit(code)
                return
        self._till.session.tell("practice.no_box")
