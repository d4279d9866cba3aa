"""The customer's side: the list with its amounts, and a place for the proxy to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.screens.proxy.pages import ListPage
from ui.widgets.parts import button, card, column, label, row
from ui.widgets.signature_area import SignatureArea

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout

    from ui.screens.proxy.view_model import ProxyModel


class ProxyPadView(QWidget):
    """What is signed above, the paper below, two large buttons."""

    def __init__(self, model: ProxyModel) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model, self._shown = model, ""
        say = model.session.say
        lines = column(self, margin=24, space=14)
        lines.addWidget(label(say("proxy.pad_heading"), "total"))
        self.words = label("", "heading", "second", wrap=True)
        lines.addWidget(self.words)
        holder = card()
        self.list = ListPage(model)
        column(holder, margin=16).addWidget(self.list)
        lines.addWidget(holder)
        self.area = SignatureArea(say("proxy.pad_area"))
        lines.addWidget(self.area, 1)
        lines.addLayout(self._buttons())
        self.area.changed.connect(self._offer)
        model.changed.connect(self.refresh)
        self.refresh()

    def _buttons(self) -> QHBoxLayout:
        say = self._model.session.say
        line = row(space=16)
        self.again = button(say("signature.again"))
        self.done = button(say("signature.done"), "commit")
        self.again.clicked.connect(self.area.clear)
        self.done.clicked.connect(lambda: self._model.signed(self.area.trace()))
        for each in (self.again, self.done):
            each.setMinimumHeight(64)
            # The customer's side has no keyboard: a focus there would take the cashier's keys.
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            line.addWidget(each, 1)
        return line

    def refresh(self) -> None:
        """The list that is to be signed now; another list has a clean paper."""
        view = self._model.view
        digest = view.digest if view is not None else ""
        if digest != self._shown:
            self._shown = digest
            self.area.clear()
            self.list.refresh()
            if view is not None:
                say = self._model.session.say
                named = say("proxy.pad_words", proxy=view.proxy, patient=view.patient)
                self.words.setText(named)
        self._offer()

    def _offer(self) -> None:
        ready = self._model.on_pad and not self._model.busy
        written = bool(self.area.trace().strokes)
        self.again.setEnabled(ready and written)
        self.done.setEnabled(ready and written)
