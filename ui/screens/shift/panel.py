"""Ctrl+J 班次: this shift, the close of the day, what was closed before; keyboard only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QWidget

from ui.screens.shift.forms import CountedForm, CountForm, MoveForm, RulesForm
from ui.screens.shift.pages import DayPage, HomePage, PastPage, ReportPage
from ui.screens.shift.view_model import TABS
from ui.widgets.panel import Panel
from ui.widgets.parts import label, retone, row, tabs

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent

    from ui.screens.shift.view_model import Files, ShiftModel

Page = HomePage | DayPage | PastPage | ReportPage | CountForm | MoveForm | CountedForm | RulesForm
TONES = {"told": "good", "good": "good", "warn": "warn", "block": "bad"}


class ShiftPanel(Panel):
    """Three tabs; a form or a report stands in the place of a tab's page."""

    wide = True
    in_sight = Signal(bool)

    def __init__(self, model: ShiftModel, files: Files) -> None:
        self._model, say = model, model.session.say
        super().__init__(say("shift.title"), say("panel.esc"))
        line = row()
        texts = {
            name: say(f"shift.tab_{name}", number=number) for number, name in enumerate(TABS, 1)
        }
        self.tabs = tabs(line, texts, lambda name, *_: model.turn_tab(name))
        line.addStretch(1)
        self.body.addLayout(line)
        for number, name in enumerate(TABS, 1):
            keys = QShortcut(QKeySequence(f"Alt+{number}"), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(partial(model.turn_tab, name))
        self.words = label("", wrap=True)
        self.body.addWidget(self.words)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self.home, self.day, self.past = HomePage(model), DayPage(model, files), PastPage(model)
        self.sheet = ReportPage(model, files)
        self.count, self.move_form = CountForm(model), MoveForm(model)
        self.counted, self.rules = CountedForm(model), RulesForm(model)
        self._pages: dict[str, Page] = {
            "shift": self.home, "day": self.day, "past": self.past, "report": self.sheet,
            "float": self.count, "count": self.count, "in": self.move_form,
            "out": self.move_form, "counted": self.counted, "rules": self.rules,
        }  # fmt: skip
        self._seats: dict[QWidget, QWidget] = {}
        for page in dict.fromkeys(self._pages.values()):
            self._seats[page] = _scrolling(page)
            self._stack.addWidget(self._seats[page])
        self.body.addWidget(holder, 1)
        model.turned.connect(self._turn)
        model.changed.connect(self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        """The strip that leads here stands back."""
        super().showEvent(event)
        self.in_sight.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """It may be wanted again."""
        super().hideEvent(event)
        self.in_sight.emit(False)

    def opened(self) -> None:
        """At this shift, or at the form that was left: what was begun is begun anew."""
        self._model.open()

    def back(self) -> bool:
        """From a form or a report to its tab."""
        return self._model.leave()

    def page(self) -> Page:
        """The page in sight."""
        return self._pages[self._model.page or self._model.tab]

    def _turn(self) -> None:
        page = self.page()
        self._stack.setCurrentWidget(self._seats[page])
        self.refresh()
        page.first()

    def refresh(self) -> None:
        """What was said, which tab is meant, what the page shows."""
        model = self._model
        for name, made in self.tabs.items():
            made.setChecked(name == model.tab)
        note = model.note
        self.words.setText(model.session.say_note(note) if note else "")
        self.words.setVisible(note is not None)
        retone(self.words, "tone", TONES.get(note.severity, "") if note else "")
        self.page().refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Numbers choose an act where nothing is typed into."""
        page = self.page()
        if isinstance(page, HomePage | DayPage | ReportPage) and not event.isAutoRepeat():
            acts = [made for made in page.acts.values() if made.isVisibleTo(page)]
            if event.text().isdigit() and event.text().isascii():
                number = int(event.text())
                if 1 <= number <= len(acts):
                    acts[number - 1].click()
                    return
        super().keyPressEvent(event)


def _scrolling(page: QWidget) -> QScrollArea:
    """At large type a page is longer than the window."""
    seat = QScrollArea()
    seat.setWidgetResizable(True)
    seat.setFrameShape(QFrame.Shape.NoFrame)
    seat.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    seat.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    seat.setWidget(page)
    layout = page.layout()
    if layout is not None:
        layout.setContentsMargins(0, 0, 10, 0)
    for each in (seat.viewport(), page):
        each.setAutoFillBackground(False)
    return seat
