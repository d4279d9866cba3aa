"""Ctrl+Shift+L: the outage card: what may be sold, what waits, what to write down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from ui.screens.line.view_model import CARDS
from ui.widgets.panel import Panel
from ui.widgets.parts import button, column, label, retone, row

if TYPE_CHECKING:
    from ui.screens.line.view_model import LineModel


class LinePanel(Panel):
    """How the line is, and how to go on without it."""

    wide = True

    def __init__(self, model: LineModel) -> None:
        self._model = model
        say = model.session.say
        super().__init__(say("line.title"), say("panel.esc"))
        self.state = label("", "heading")
        self.state.setWordWrap(True)
        self.advice = label("")
        self.advice.setWordWrap(True)
        self.figures = label("", "second")
        self.figures.setWordWrap(True)
        for each in (self.state, self.advice, self.figures):
            self.body.addWidget(each)
        self.body.addWidget(self._cards(), 1)
        foot = row()
        self.again = button(say("line.try"), "commit")
        self.again.clicked.connect(model.try_now)
        foot.addStretch(1)
        foot.addWidget(self.again)
        self.body.addLayout(foot)
        model.changed.connect(self.refresh)

    def _cards(self) -> QScrollArea:
        holder = QWidget()
        line = row(holder, space=14)
        line.setContentsMargins(0, 0, 0, 0)
        for name in CARDS:
            line.addWidget(self._card(name), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(holder)
        area.setAccessibleName(self._model.session.say("line.title"))
        return area

    def _card(self, name: str) -> QFrame:
        card = QFrame()
        card.setObjectName("card")
        inner = column(card, margin=14, space=8)
        inner.addWidget(label(self._model.session.say(f"line.card_{name}_title"), "heading"))
        for words in self._model.card(name):
            one = label(words)
            one.setWordWrap(True)
            inner.addWidget(one)
        inner.addStretch(1)
        return card

    def opened(self) -> None:
        """The state of this moment; Enter tries the line."""
        self.refresh()
        self._model.ask()
        self.again.setFocus()

    def refresh(self) -> None:
        """Write what the model says."""
        words, tone = self._model.headline()
        self.state.setText(words)
        retone(self.state, "tone", tone)
        advice = self._model.advice()
        self.advice.setText(advice)
        self.advice.setVisible(bool(advice))
        self.figures.setText(self._model.figures())
        self.again.setEnabled(not self._model.trying)
