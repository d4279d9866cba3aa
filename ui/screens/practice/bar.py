"""The bar of practice mode: plays the customer, the box and the prescription for a beginner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from ui.screens.practice.helper import next_code, persons
from ui.widgets.parts import button, label, row

if TYPE_CHECKING:
    from ui.screens.till.view_model import TillViewModel


class PracticeBar(QWidget):
    """Each button does what a scanner would, and says who stands before the camera."""

    code_sent = Signal(str)
    prescribed = Signal()
    before_chosen = Signal(str)
    """Who shall stand before the camera: of :data:`ui.screens.practice.camera.CHOICES`."""

    def __init__(self, till: TillViewModel) -> None:
        super().__init__()
        self.setObjectName("practicebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._till, say = till, till.session.say
        line = row(self, space=8)
        line.setContentsMargins(10, 4, 10, 4)
        line.addWidget(label(say("practice.title"), "strong"))
        self.box = button(say("practice.box"))
        self.box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.box.clicked.connect(self.scan_box)
        line.addWidget(self.box)
        self.persons = button(say("practice.persons"))
        self.persons.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        menu = QMenu(self.persons)
        menu.aboutToShow.connect(self._fill)
        self.persons.setMenu(menu)
        line.addWidget(self.persons)
        self.hospital = button(say("practice.prescribe"))
        self.hospital.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hospital.clicked.connect(lambda: self.prescribed.emit())
        line.addWidget(self.hospital)
        self.before = button(say("practice.before"))
        self.before.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        before = QMenu(self.before)
        before.aboutToShow.connect(self._fill_before)
        self.before.setMenu(before)
        line.addWidget(self.before)
        line.addStretch(1)

    def _fill(self) -> None:
        """The persons are read when somebody wants one."""
        menu = self.persons.menu()
        if not menu.isEmpty():
            return
        for person in persons():
            act = menu.addAction(f"{person.name}　{person.note}")
            act.triggered.connect(lambda _=False, code=person.code: self.code_sent.emit(code))

    def _fill_before(self) -> None:
        from ui.screens.practice.camera import CHOICES

        menu = self.before.menu()
        if menu.isEmpty():
            for choice in CHOICES:
                act = menu.addAction(self._till.session.say(f"practice.before_{choice}"))
                act.triggered.connect(lambda _=False, one=choice: self.before_chosen.emit(one))

    def scan_box(self) -> None:
        """Scan one box of the first line that still lacks a code."""
        for each in self._till.lines:
            if code := next_code(each, self._till.shop.now()):
                self.code_sent.emit(code)
                return
        self._till.session.tell("practice.no_box")
