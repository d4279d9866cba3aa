"""Over the basket while it is paid: the small picture of the purchase, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QLabel

from ui.screens.still.view_model import StillStage
from ui.widgets.parts import label, retone, row, strip_button

if TYPE_CHECKING:
    from ui.screens.still.view_model import StillViewModel

THUMB = (96, 72)
"""Of the small picture, in pixels; the money beside it keeps all its room."""
_QUIET = (StillStage.NONE, StillStage.ASKING)


class StillStrip(QFrame):
    """A picture, a sentence, and one key that takes it again."""

    def __init__(self, model: StillViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        self._key = ""
        self.setAccessibleName(say("still.title"))
        line = row(self, space=10)
        line.setContentsMargins(10, 4, 10, 4)
        self.thumb = QLabel()
        self.thumb.setAccessibleName(say("still.title"))
        self.thumb.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line.addWidget(self.thumb)
        self.words = label("", wrap=True)
        line.addWidget(self.words, 1)
        self.again = strip_button(say("still.again"))
        self.again.clicked.connect(model.again)
        line.addWidget(self.again)
        model.changed.connect(self.refresh)
        self.hide()

    def show_key(self, key: str) -> None:
        """The key that takes it again on the live map."""
        self._key = key
        self._name_act()

    def _name_act(self) -> None:
        unsigned = self._model.stage is StillStage.NO_CONSENT
        words = self._model.session.say("still.signed_now" if unsigned else "still.again")
        self.again.setText(f"{words} ({self._key})" if self._key else words)
        self.again.setAccessibleName(self.again.text())

    def refresh(self) -> None:
        """What there is of it."""
        model = self._model
        words, tone = model.words()
        self.words.setText(words)
        self.setAccessibleName(words)
        retone(self, "finding", tone)
        image = QImage.fromData(model.still.jpeg) if model.still is not None else QImage()
        self.thumb.setVisible(not image.isNull())
        if not image.isNull():
            mode = Qt.TransformationMode.SmoothTransformation
            small = image.scaled(*THUMB, Qt.AspectRatioMode.KeepAspectRatio, mode)
            self.thumb.setPixmap(QPixmap.fromImage(small))
        self.again.setVisible(model.stage is not StillStage.BY_PROXY)
        self.again.setEnabled(model.stage is not StillStage.TAKING)
        self._name_act()
        self.setVisible(model.stage not in _QUIET)
