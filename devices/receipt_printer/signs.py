"""Signs that printers do not have, drawn as dots with the font that comes with Yaotai."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from app.resources import resource
from devices.receipt_printer.wire import COLUMN_DOTS, HAN_DOTS, Raster, column_width

if TYPE_CHECKING:
    from PIL import ImageFont

_LINE_GAP = 6
"""Dots between two rows of text, so that a drawn row stands like a printed one."""


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in dots."""
    from PIL import ImageFont  # a till that prints no rare name never loads it

    return ImageFont.truetype(str(resource("fonts", "NotoSansSC-Regular.otf")), size)


def draw_row(words: str, columns: int, scale: int = 1, bold: bool = False) -> Raster:
    """One row of text as dots, on the same grid of columns as printed text."""
    from PIL import Image, ImageDraw

    width = columns * COLUMN_DOTS
    picture = Image.new("1", (width, HAN_DOTS * scale + _LINE_GAP), 0)
    pen = ImageDraw.Draw(picture)
    face, left = font(round((HAN_DOTS - 2) * scale)), 0
    for sign in words:
        cell = column_width(sign) * COLUMN_DOTS * scale
        room = (cell - face.getlength(sign)) / 2
        for step in (0, 1) if bold else (0,):
            pen.text((left + room + step, HAN_DOTS * scale * 0.88), sign, 1, face, anchor="ls")
        left += cell
    return Raster(width // 8, picture.tobytes())
