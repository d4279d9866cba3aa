"""A consent to read and to sign: the same sheet in the panel and on the customer's pad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from ui.widgets.parts import button, clear_layout, column, label, row
from ui.widgets.signature_area import SignatureArea

if TYPE_CHECKING:
    from app.domain.consent import ConsentText
    from ui.screens.person.view_model import PersonViewModel


class ConsentSheet(QWidget):
    """The text above, the paper to sign below; :attr:`pen` is hidden where a pad has it."""

    def __init__(self, model: PersonViewModel, role: str = "") -> None:
        """``role``: size of the words."""
        super().__init__()
        self._model, self._role = model, role
        self._shown: ConsentText | None = None
        say = model.session.say
        lines = column(self, space=8)
        self.title = label("", "heading", wrap=True)
        lines.addWidget(self.title)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(say("person.consents"))  # arrows and Page Down read on
        holder = QWidget()
        self._words = column(holder, space=4)
        self._words.setContentsMargins(0, 0, 14, 0)
        scroll.setWidget(holder)
        for widget in (scroll.viewport(), holder):
            widget.setAutoFillBackground(False)
        lines.addWidget(scroll, 5)
        self.pen = self._pen()
        lines.addWidget(self.pen, 2)
        self.area.changed.connect(self.refresh)
        model.changed.connect(self.refresh)
        self.refresh()

    def _pen(self) -> QWidget:
        """The paper to sign, and what is done with it."""
        say, holder = self._model.session.say, QWidget()
        below = column(holder, space=6)
        self.area = SignatureArea(say("person.area"))
        self.area.setMinimumHeight(90)
        below.addWidget(self.area, 1)
        line = row(space=8)
        self.again = button(say("signature.again"))
        self.sign = button(say("person.sign"), "commit")
        self.again.clicked.connect(self.area.clear)
        self.sign.clicked.connect(lambda: self._model.signed(self.area.trace()))
        line.addWidget(self.again)
        line.addStretch(1)
        line.addWidget(self.sign)
        below.addLayout(line)
        return holder

    def refresh(self) -> None:
        """The sheet of today."""
        text = self._model.text
        if text is not self._shown:
            self._shown = text
            clear_layout(self._words)
            self.title.setText(text.title if text else "")
            for head, words in text.items if text else ():
                told = self._model.session.say("person.item", a=head, b=words)
                self._words.addWidget(label(told, self._role, "", wrap=True))
            self._words.addStretch(1)
            self.area.clear()
        ready = text is not None and not self._model.busy
        self.sign.setEnabled(ready and self.area.trace().is_signature())
        self.again.setEnabled(ready)
