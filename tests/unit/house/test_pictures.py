"""A picture from outside is decoded before it is kept; what is none is refused whole."""

from __future__ import annotations

import struct
import zlib

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage

from app.errors import BadPicture, PictureTooLarge
from ui.pictures import MOST_PIXELS, require_picture


def picture(kind: str) -> bytes:
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    made = QByteArray()
    buffer = QBuffer(made)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)  # type: ignore[call-overload]  # the stub knows bytes, Qt takes text
    return bytes(made.data())


def png_that_claims(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\0" * 64)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (head, data)
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_real_picture_passes(kind: str) -> None:
    require_picture(picture(kind), "同意书")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8\xff only a head", b"%PDF-1.4", picture("BMP"), picture("PNG")[:60]],
    ids=["nothing", "head", "pdf", "bmp", "torn"],
)
@pytest.mark.qt_log_ignore(".*")  # the decoder's own words about what it was given
def test_what_is_no_picture_is_refused_with_its_name(content: bytes) -> None:
    with pytest.raises(BadPicture) as told:
        require_picture(content, "同意书")
    assert told.value.params == {"file": "同意书"}


def test_a_sheet_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PictureTooLarge):
        require_picture(png_that_claims(10_000, MOST_PIXELS // 10_000 + 1), "同意书")
