"""Pictures that people bring as files: read far enough to know that they are what they say."""

from __future__ import annotations

from typing import Final

from app.errors import BadPicture, PictureTooLarge

MOST_PIXELS: Final = 50_000_000
"""Of a scanned sheet; more is no scan of a page."""
_FORMATS: Final = frozenset({"jpeg", "png"})


def require_picture(content: bytes, name: str) -> None:
    """Decode it once, on whatever thread asks; nothing of it is kept here.

    ``name``: what the sentence calls it. :raises BadPicture: neither JPEG nor PNG, or damaged;
    :raises PictureTooLarge: more than :data:`MOST_PIXELS`.
    """
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImageReader

    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    if bytes(reader.format().data()).decode() not in _FORMATS:
        raise BadPicture(file=name)
    size = reader.size()
    if not size.isValid():
        raise BadPicture(file=name)
    if size.width() * size.height() > MOST_PIXELS:
        raise PictureTooLarge(file=name, most=f"{MOST_PIXELS // 10**6} MP")
    if reader.read().isNull():
        raise BadPicture(file=name)
