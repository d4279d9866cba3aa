"""F1: the key sheet, generated from the live map; and F7: how the figures came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from ui.keys import MAPS
from ui.theme import THEMES, scales
from ui.widgets.flow import FlowLayout
from ui.widgets.panel import Panel
from ui.widgets.parts import button, card, column, label, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance

    from ui.keys import KeyMap
    from ui.screens.session import Session
    from ui.screens.till.view_model import TillViewModel


STEPS = ("person", "basket", "prescription", "quote", "pay", "slip")
"""The counter's steps of a pooled purchase, in their order."""


class HelpPanel(Panel):
    """The step of the purchase in words, every key that works, and how the screen may look."""

    map_chosen = Signal(str)
    theme_chosen = Signal(str)
    scale_chosen = Signal(int)
    sound_chosen = Signal(str)
    """``on`` or ``off``."""

    def __init__(
        self,
        session: Session,
        where: Callable[[], str] = lambda: STEPS[0],
        leaflet: Callable[[], object] | None = None,
        windows: Callable[[], str] = str,
    ) -> None:
        """``where``: the step at which the counter stands; ``leaflet``: makes the paper.

        ``windows``: when one applies for a special disease; empty = the area does not say.
        """
        self._session, self._where, self._windows = session, where, windows
        say = session.say
        super().__init__(say("help.title"), say("panel.esc"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        holder = QWidget()
        lines = column(holder, space=10)
        lines.addWidget(self._steps(leaflet))
        lines.addLayout(self._grid)
        lines.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(holder)
        area.setAccessibleName(say("help.title"))
        self.body.addWidget(area, 1)
        # In as few lines as the type allows: the rest of the page belongs to the keys.
        looks = QWidget()
        self._looks = FlowLayout(looks, space=8)
        self._looks.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(looks)
        self._choices("help.maps", [(say(f"help.map_{n}"), n, self.map_chosen) for n in MAPS])
        self._choices(
            "help.theme", [(say(f"help.theme_{n}"), n, self.theme_chosen) for n in THEMES]
        )
        self._choices("help.scale", [(f"{n} %", n, self.scale_chosen) for n in scales()])
        self._choices(
            "help.sound", [(say(f"help.sound_{n}"), n, self.sound_chosen) for n in ("on", "off")]
        )

    def _steps(self, leaflet: Callable[[], object] | None) -> QWidget:
        """What this step is for, what the customer shows, what can go wrong (SY-4)."""
        say = self._session.say
        holder = card()
        lines = column(holder, margin=10, space=6)
        head = row(space=8)
        self.step = label("", "strong", wrap=True)
        head.addWidget(self.step, 1)
        before, after = button("←", name=say("help.before")), button("→", name=say("help.after"))
        before.clicked.connect(lambda: self._turn(-1))
        after.clicked.connect(lambda: self._turn(1))
        head.addWidget(before)
        head.addWidget(after)
        if leaflet is not None:
            made = button(say("help.leaflet"))
            made.clicked.connect(lambda: leaflet())
            head.addWidget(made)
        lines.addLayout(head)
        self.parts = {part: label("", wrap=True) for part in ("for", "show", "wrong")}
        for part in self.parts.values():
            lines.addWidget(part)
        self.told = label("", "", "good", wrap=True)
        self.told.hide()
        lines.addWidget(self.told)
        self._at = 0
        self._turn(0)
        return holder

    def opened(self) -> None:
        """At the step where the counter stands."""
        self._at = STEPS.index(self._where())
        self.told.hide()
        self._turn(0)

    def _turn(self, by: int) -> None:
        """Another step; after the last comes the first."""
        say = self._session.say
        self._at = (self._at + by) % len(STEPS)
        name = STEPS[self._at]
        number = {"number": self._at + 1, "all": len(STEPS)}
        self.step.setText(say("help.step", name=say(f"help.step_{name}"), **number))
        for part, shown in self.parts.items():
            shown.setText(say(f"help.{part}") + say(f"help.{part}_{name}"))
        if name == "person" and (windows := self._windows()):
            shown = self.parts["show"]
            shown.setText(shown.text() + say("help.apply_special", text=windows))

    def tell(self, words: str) -> None:
        """What came of the leaflet."""
        self.told.setText(words)
        self.told.show()

    def _choices(self, title: str, choices: list[tuple[str, str | int, SignalInstance]]) -> None:
        holder = QWidget()
        line = row(holder, space=6)
        line.addWidget(label(self._session.say(title), "", "second"))
        for words, value, signal in choices:
            made = button(words)
            made.clicked.connect(lambda _=False, v=value, s=signal: s.emit(v))
            line.addWidget(made)
        line.addSpacing(8)
        self._looks.addWidget(holder)

    def show_map(self, keys: KeyMap) -> None:
        """Write the sheet of a map."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        pairs = [
            (key, self._session.say(f"key.{action.value}_long")) for key, action in keys.sheet()
        ]
        pairs += [
            ("Enter", self._session.say("help.enter")),
            ("Esc", self._session.say("help.esc")),
        ]
        half = (len(pairs) + 1) // 2
        for place, (key, words) in enumerate(pairs):
            across = place // half * 2
            self._grid.addWidget(label(key, "keycap"), place % half, across)
            self._grid.addWidget(label(words, wrap=True), place % half, across + 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)

    def sheet(self) -> list[str]:
        """The keys on the sheet, for a test against the live map."""
        items = [self._grid.itemAtPosition(r, c) for c in (0, 2) for r in range(40)]
        widgets = [item.widget() for item in items if item is not None]
        return [widget.text() for widget in widgets if isinstance(widget, QLabel)]


class DetailsPanel(Panel):
    """F7: the estimate line by line in words, and what each finding rests on."""

    def __init__(self, till: TillViewModel) -> None:
        self._till, self._session = till, till.session
        say = self._session.say
        super().__init__(say("details.title"), say("panel.esc"))
        self._lines = column(space=6)
        holder = QWidget()
        outer = column(holder)
        outer.addLayout(self._lines)
        outer.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(holder)
        area.setAccessibleName(say("details.title"))
        self.body.addWidget(area, 1)

    def opened(self) -> None:
        """Write it down."""
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for text, role, tone in self.texts():
            self._lines.addWidget(label(text, role, tone, wrap=True))

    def texts(self) -> list[tuple[str, str, str]]:
        """(words, role, tone) of every line."""
        say, estimate = self._session.say, self._till.estimate
        shown: list[tuple[str, str, str]] = []
        if estimate is not None and estimate.steps:
            shown.append((say("details.steps"), "strong", ""))
            shown += [(self._session.say_note(step), "", "") for step in estimate.steps]
        findings = self._till.findings()
        if findings:
            shown.append((say("details.findings"), "strong", ""))
        for note in findings:
            shown.append((self._session.say_note(note), "", ""))
            if note.rule_ids:
                rules = " ".join(note.rule_ids)
                shown.append((say("details.rules", rules=rules), "small", "second"))
        return shown or [(say("details.nothing"), "", "second")]
