"""A page with what a camera sees, one still, and whether it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.widgets.parts import button, column, label, retone, row

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QKeyEvent, QPaintEvent
    from PySide6.QtWidgets import QHBoxLayout

    from app.domain.picture import Glimpse, Still
    from ui.screens.camera.view_model import CameraViewModel


class CameraPicture(QWidget):
    """An image, as large as there is room, in its own shape."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.image = QImage()

    def sizeHint(self) -> QSize:
        """Room for a page."""
        return QSize(640, 360)

    def show_image(self, image: QImage) -> None:
        """From now on this one; a null image is nothing."""
        self.image = image
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the middle, nothing cut off."""
        del event
        if self.image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self.image)
        painter.end()


class CameraPage(QWidget):
    """Enter takes and keeps; Esc goes back a step."""

    left = Signal()

    def __init__(self, model: CameraViewModel) -> None:
        super().__init__()
        self._model, say = model, model.session.say
        self.setAccessibleName(say("camera.view"))
        lines = column(self, space=8)
        self.picture = CameraPicture(say("camera.view"))
        lines.addWidget(self.picture, 1)
        self.words = label("", "strong", "", wrap=True)
        self.words.setMinimumHeight(44)
        lines.addWidget(self.words)
        lines.addLayout(self._buttons())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        model.seen.connect(self._paint)
        model.changed.connect(self.refresh)

    def _buttons(self) -> QHBoxLayout:
        say, model = self._model.session.say, self._model
        line = row(space=8)
        self.take = button(say("camera.take"), "commit")
        self.anyhow = button(say("camera.anyhow"))
        self.keep = button(say("camera.keep"), "commit")
        self.again = button(say("camera.again"))
        self.back_button = button(say("camera.back"))
        self.take.clicked.connect(lambda: model.take())
        self.anyhow.clicked.connect(lambda: model.take(anyhow=True))
        self.keep.clicked.connect(model.keep)
        self.again.clicked.connect(model.again)
        self.back_button.clicked.connect(self.leave)
        for each in (self.take, self.anyhow, self.keep, self.again, self.back_button):
            line.addWidget(each)
        line.addStretch(1)
        return line

    def first(self) -> None:
        """The page came into sight."""
        self.picture.show_image(QImage())
        self._model.open()
        self.refresh()
        self.setFocus()

    def leave(self) -> None:
        """Nothing is kept."""
        self._model.close()
        self.left.emit()

    def back(self) -> bool:
        """Esc: from a still to the camera, from the camera away."""
        if self._model.still is not None:
            self._model.again()
        else:
            self.leave()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does what comes next."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                (self.keep if self._model.still is not None else self.take).click()
            return
        super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight: the camera's light goes out."""
        self._model.close()
        super().hideEvent(event)

    def refresh(self) -> None:
        """Which acts there are, and what is wrong."""
        model = self._model
        taken = model.still is not None
        for each in (self.keep, self.again):
            each.setVisible(taken)
        for each in (self.take, self.back_button):
            each.setVisible(not taken)
        self.take.setEnabled(not model.busy)
        self.anyhow.setVisible(not taken and model.trouble is not None)
        if model.still is not None:
            self.picture.show_image(_still_image(model.still))
        elif model.trouble is not None and model.glimpse is None:
            self.picture.show_image(QImage())
        self._say()

    def _paint(self) -> None:
        if self._model.glimpse is not None:
            self.picture.show_image(glimpse_image(self._model.glimpse))
        self._say()

    def _say(self) -> None:
        words, tone = self._model.words()
        self.words.setText(words)
        retone(self.words, "tone", tone)


def glimpse_image(glimpse: Glimpse) -> QImage:
    """A frame to be shown; a copy, for the bytes go when the frame does."""
    image = QImage(
        glimpse.rgb, glimpse.width, glimpse.height, 3 * glimpse.width, QImage.Format.Format_RGB888
    )
    return image.copy()


def _still_image(still: Still) -> QImage:
    return QImage.fromData(still.jpeg)
