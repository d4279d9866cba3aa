"""Ctrl+Shift+S: scan the code on the screen; what is wrong with the scanner stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea

from ui.screens.scanner.picture import qr_picture
from ui.widgets.panel import Panel
from ui.widgets.parts import button, check_box, column, label, line_edit, retone, row

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent
    from PySide6.QtWidgets import QLabel, QVBoxLayout

    from app.domain.code_read import CodeRead
    from ui.screens.scanner.view_model import ScannerTestModel

MODULE = 7
"""Dots of a module of the code: a scanner reads it at arm's length off any screen."""


class ScannerPanel(Panel):
    """The test code, what is looked at, what came of it."""

    method_chosen = Signal(bool)
    """Whether the till's input lets an input method in."""

    def __init__(self, model: ScannerTestModel, method_on: bool) -> None:
        self._model, self._session = model, model.session
        say = self._session.say
        super().__init__(say("scanner.title"), say("panel.esc"))
        halves = row(space=20)
        halves.addLayout(self._left())
        halves.addLayout(self._right(method_on), 1)
        self.body.addLayout(halves, 1)
        foot = row()
        self.skip = button(say("scanner.skip"))
        self.skip.clicked.connect(model.skip)
        self.again = button(say("scanner.again"))
        self.again.clicked.connect(self.opened)
        self.ready = button(say("scanner.ready"), "commit")
        self.ready.clicked.connect(self.closed)
        for each in (self.skip, self.again):
            foot.addWidget(each)
        foot.addStretch(1)
        foot.addWidget(self.ready)
        self.body.addLayout(foot)
        model.changed.connect(self.refresh)

    def _left(self) -> QVBoxLayout:
        from app.domain.scanner_test import TEST_CODE

        say = self._session.say
        left = column(space=8)
        code = label()
        code.setPixmap(qr_picture(TEST_CODE, MODULE))
        code.setFixedSize(code.pixmap().size())
        code.setAccessibleName(say("scanner.picture"))
        left.addWidget(code)
        hint = label(say("scanner.picture_hint"), "small", "second", wrap=True)
        hint.setMaximumWidth(code.pixmap().width())
        left.addWidget(hint)
        left.addStretch(1)
        return left

    def _right(self, method_on: bool) -> QVBoxLayout:
        say = self._session.say
        right = column(space=8)
        self.field = line_edit(say("scanner.field"), hint=say("scanner.field_hint"))
        self.field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, method_on)
        self.field.returnPressed.connect(self._typed)
        right.addWidget(self.field)
        self.marks: list[QLabel] = []
        grid = QGridLayout()
        for place, _ in enumerate(self._model.aspects()):
            mark = label("", "strong", wrap=True)
            self.marks.append(mark)
            grid.addWidget(mark, place // 2, place % 2)
        right.addLayout(grid)
        self.words = label("", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        area = QScrollArea()
        area.setWidget(self.words)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(say("scanner.title"))
        right.addWidget(area, 1)
        self.method = check_box(say("scanner.method_off"))
        self.method.setChecked(not method_on)
        self.method.toggled.connect(self._choose_method)
        right.addWidget(self.method)
        return right

    def opened(self) -> None:
        """Ready for the code; the field behaves as the till's own input does."""
        self._model.begin()
        self.field.clear()
        self.field.setFocus()

    def take_read(self, read: CodeRead) -> None:
        """Whatever is scanned now."""
        self.field.clear()
        self._model.take(read)
        self.field.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """While the page is open the strip need not ask for it."""
        super().showEvent(event)
        self._model.turn(is_open=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """The strip speaks again."""
        super().hideEvent(event)
        self._model.turn(is_open=False)

    def _typed(self) -> None:
        text = self.field.text()
        self.field.clear()
        self._model.take_typed(text)

    def _choose_method(self, off: bool) -> None:
        self.field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, not off)
        self.method_chosen.emit(not off)

    def refresh(self) -> None:
        """What is right, what is wrong."""
        model, say = self._model, self._session.say
        signs = {None: ("–", "second"), True: ("✓", "good"), False: ("✗", "bad")}
        for mark, (name, right) in zip(self.marks, model.aspects(), strict=True):
            sign, tone = signs[right]
            if name == "scanner.see_suffix" and right is False:
                sign, tone = "!", "warn"
            mark.setText(f"{sign}  {say(name)}")
            retone(mark, "tone", tone)
        self.words.setText("\n".join(model.sentences()))
        judged = model.judged
        tone = "second" if judged is None else "good" if judged.passed else "bad"
        retone(self.words, "tone", tone)
        self.again.setVisible(judged is not None)
        self.skip.setVisible(judged is None or not judged.passed)
        self.ready.setEnabled(judged is not None)
