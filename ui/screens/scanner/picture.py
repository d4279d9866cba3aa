"""The test code as a picture that a scanner reads off the screen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

QUIET = 4
"""Modules of white around it; scanners need them, whatever the theme is."""


def qr_picture(text: str, module: int) -> QPixmap:
    """A QR code of that text, so many dots a module, black on white."""
    import segno  # late: nobody needs it before the first test

    rows = segno.make(text.encode("latin-1"), error="m", micro=False).matrix
    side = (len(rows) + 2 * QUIET) * module
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    for y, line in enumerate(rows):
        for x, dark in enumerate(line):
            if dark:
                left, top = (x + QUIET) * module, (y + QUIET) * module
                painter.fillRect(left, top, module, module, QColor(Qt.GlobalColor.black))
    painter.end()
    return QPixmap.fromImage(image)
