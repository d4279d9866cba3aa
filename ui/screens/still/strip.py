"""Over the money: the small picture of the purchase, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QLabel

from ui.screens.still.view_model import StillStage
from ui.widgets.parts import button, column, label, retone, row

if TYPE_CHECKING:
    from ui.screens.still.view_model import StillViewModel

THUMB = (112, 84)
"""Of the small picture, in pixels at 100 %."""
_QUIET = (StillStage.NONE, StillStage.ASKING)


class StillStrip(QFrame):
    """A picture, a sentence, and one key that takes it again."""

    def __init__(self, model: StillViewModel) -> None:
        super().__init__()
        self.setObjectName("card")
        self._model, say = model, model.session.say
        self.setAccessibleName(say("still.title"))
        line = row(self, margin=8, space=10)
        self.thumb = QLabel()
        self.thumb.setAccessibleName(say("still.title"))
        self.thumb.setFixedSize(*THUMB)
        self.thumb.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line.addWidget(self.thumb)
        right = column(space=4)
        self.words = label("", "", "", wrap=True)
        right.addWidget(self.words, 1)
        foot = row()
        self.again = button(say("still.again"), "key")
        # The cash field keeps the focus: Enter there must never take a picture.
        self.again.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.again.clicked.connect(model.again)
        foot.addWidget(self.again)
        foot.addStretch(1)
        right.addLayout(foot)
        line.addLayout(right, 1)
        model.changed.connect(self.refresh)
        self.hide()

    def show_key(self, key: str) -> None:
        """The key that takes it again on the live map."""
        say = self._model.session.say
        self.again.setText(f"{say('still.again')} ({key})" if key else say("still.again"))

    def refresh(self) -> None:
        """What there is of it."""
        model = self._model
        self.setVisible(model.stage not in _QUIET)
        words, tone = model.words()
        self.words.setText(words)
        retone(self.words, "tone", tone)
        image = QImage.fromData(model.still.jpeg) if model.still is not None else QImage()
        self.thumb.setVisible(not image.isNull())
        if not image.isNull():
            mode = Qt.TransformationMode.SmoothTransformation
            small = image.scaled(*THUMB, Qt.AspectRatioMode.KeepAspectRatio, mode)
            self.thumb.setPixmap(QPixmap.fromImage(small))
        self.again.setVisible(model.stage is not StillStage.BY_PROXY)
        self.again.setEnabled(model.stage is not StillStage.TAKING)
