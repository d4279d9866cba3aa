"""A place to sign with pen, finger or mouse; gives the strokes, not a picture of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.signature import FULL_PRESSURE, LARGEST, MOST_POINTS, PenPoint, PenTrace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QMouseEvent, QPaintEvent, QTabletEvent

_INK = QColor("#000000")
_PAPER = QColor("#FFFFFF")
_LINE = QColor("#8A8A8A")
_HALF = FULL_PRESSURE // 2
_THIN, _THICK = 2.0, 5.0


class SignatureArea(QWidget):
    """White as paper in every theme: a signature is black on white wherever it is looked at."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        # Qt makes mouse events of a finger's; a pen's own events bring its pressure.
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents, False)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._strokes: list[list[PenPoint]] = []
        self._began = 0
        self._down = False

    def sizeHint(self) -> QSize:
        """About a hand wide."""
        return QSize(720, 260)

    def trace(self) -> PenTrace:
        """What was written by now."""
        width, height = min(self.width(), LARGEST), min(self.height(), LARGEST)
        return PenTrace(width, height, tuple(tuple(stroke) for stroke in self._strokes))

    def clear(self) -> None:
        """Begin anew."""
        self._strokes.clear()
        self._down = False
        self.update()
        self.changed.emit()

    # --- the pen ------------------------------------------------------------------------------

    def tabletEvent(self, event: QTabletEvent) -> None:
        """A pen, with its pressure."""
        pressure = round(event.pressure() * FULL_PRESSURE)
        kind = event.type()
        if kind == QEvent.Type.TabletPress:
            self._touch(event.position(), pressure, event.timestamp())
        elif kind == QEvent.Type.TabletMove:
            self._move(event.position(), pressure, event.timestamp())
        elif kind == QEvent.Type.TabletRelease:
            self._lift()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A finger or a mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._touch(event.position(), _HALF, event.timestamp())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A finger or a mouse goes on."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._move(event.position(), _HALF, event.timestamp())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It is lifted."""
        del event
        self._lift()

    def _touch(self, at: QPointF, pressure: int, stamp: int) -> None:
        if not self._strokes:
            self._began = stamp
        self._down = True
        self._strokes.append([])
        self._add(at, pressure, stamp)

    def _move(self, at: QPointF, pressure: int, stamp: int) -> None:
        if self._down:
            self._add(at, pressure, stamp)

    def _lift(self) -> None:
        self._down = False
        self.changed.emit()

    def _add(self, at: QPointF, pressure: int, stamp: int) -> None:
        if sum(len(stroke) for stroke in self._strokes) >= MOST_POINTS:
            return
        millis = max(0, stamp - self._began)
        x = max(0, min(round(at.x()), self.width(), LARGEST))
        y = max(0, min(round(at.y()), self.height(), LARGEST))
        last = self._strokes[-1][-1] if self._strokes[-1] else None
        if last is not None and (last.x, last.y) == (x, y):
            return
        self._strokes[-1].append(PenPoint(x, y, max(0, min(pressure, FULL_PRESSURE)), millis))
        self.update()

    # --- the ink ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paper, a line to write on, and the ink."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), _PAPER)
        painter.setPen(QPen(_LINE, 1, Qt.PenStyle.DashLine))
        line = round(self.height() * 0.8)
        painter.drawLine(24, line, self.width() - 24, line)
        paint_strokes(painter, self._strokes)
        painter.end()


def paint_strokes(painter: QPainter, strokes: Iterable[Iterable[PenPoint]]) -> None:
    """The ink of a trace in the painter's own units."""
    for stroke in strokes:
        before: PenPoint | None = None
        for point in stroke:
            width = _THIN + (_THICK - _THIN) * point.pressure / FULL_PRESSURE
            painter.setPen(QPen(_INK, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            begin = before or point
            painter.drawLine(QPointF(begin.x, begin.y), QPointF(point.x, point.y))
            before = point


def trace_picture(trace: PenTrace) -> QImage:
    """The ink of a kept trace, black on white, in the pad's own size."""
    image = QImage(trace.width, trace.height, QImage.Format.Format_RGB32)
    image.fill(_PAPER)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_strokes(painter, trace.strokes)
    painter.end()
    return image
