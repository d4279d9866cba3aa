"""Text as dots, for signs that a printer's own font lacks: the font that comes with Yaotai."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from app.resources import resource

if TYPE_CHECKING:
    from PIL import ImageFont

HAN_DOTS: Final = 24
COLUMN_DOTS: Final = 12
_LINE_GAP: Final = 6
"""Dots between two rows of text, so that a drawn row stands like a printed one."""
_DARK: Final = 96
"""A dot is printed where the sign covers so much of it, of 255: thin strokes stay whole."""


@dataclass(frozen=True, slots=True)
class Raster:
    """Dots in rows of ``width_bytes``: the leftmost in the highest bit, 1 = black."""

    width_bytes: int
    data: bytes

    @property
    def height(self) -> int:
        """Rows of dots."""
        return len(self.data) // self.width_bytes


def column_width(sign: str) -> int:
    """Columns of one sign: 1 for ASCII, 2 for everything else."""
    return 1 if ord(sign) < 0x80 else 2


def in_common_fonts(sign: str) -> bool:
    """Whether the sign is in the part of GB18030 that all firmware draws.

    Four-byte codes and the two-byte row FE are later than GBK's own tables and come out blank or
    as other signs on older printers (devices.md 5.1).
    """
    try:
        code = sign.encode("gb18030")
    except UnicodeEncodeError:
        return False
    return len(code) <= 2 and code[0] != 0xFE


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in dots."""
    from PIL import ImageFont  # a till that prints no rare name never loads it

    return ImageFont.truetype(str(resource("fonts", "NotoSansSC-Regular.otf")), size)


def draw_row(words: str, columns: int, scale: int = 1, bold: bool = False) -> Raster:
    """One row of text as dots, on the same grid of columns as printed text."""
    from PIL import Image, ImageDraw

    width = -(-columns * COLUMN_DOTS // 8) * 8
    picture = Image.new("L", (width, HAN_DOTS * scale + _LINE_GAP), 0)
    pen = ImageDraw.Draw(picture)
    face, left = font(round((HAN_DOTS - 2) * scale)), 0
    for sign in words:
        cell = column_width(sign) * COLUMN_DOTS * scale
        room = (cell - face.getlength(sign)) / 2
        for step in (0, 1) if bold else (0,):
            pen.text((left + room + step, HAN_DOTS * scale * 0.88), sign, 255, face, anchor="ls")
        left += cell
    dark = picture.point(lambda grey: 255 if grey >= _DARK else 0).convert("1")
    return Raster(width // 8, dark.tobytes())
