"""The far end: a label printer that keeps its labels as text and as pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from devices.connection import Unplugged
from devices.dots import font

if TYPE_CHECKING:
    from PIL import Image

_TEXT: Final = re.compile(rb'TEXT (\d+),(\d+),"TSS24\.BF2",0,(\d),(\d),"([^"]*)"')
_BITMAP: Final = re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),0,")
_SIZE: Final = re.compile(rb"SIZE (\d+) mm,(\d+) mm")
_KEPT: Final = 50


@dataclass
class Label:
    """One printed label: texts and dots with their places."""

    width: int
    height: int
    texts: list[tuple[int, int, int, str]] = field(default_factory=list)
    dots: list[tuple[int, int, int, bytes]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What was printed as text, a line each."""
        return "\n".join(words for _x, _y, _scale, words in self.texts)

    def picture(self) -> Image.Image:
        """The label as a picture, black on white."""
        from PIL import Image, ImageDraw

        image = Image.new("L", (self.width, self.height), 255)
        pen = ImageDraw.Draw(image)
        for x, y, scale, words in self.texts:
            for sign in words:
                pen.text((x, y + 21 * scale), sign, 0, font(22 * scale), anchor="ls")
                x += (12 if ord(sign) < 0x80 else 24) * scale
        for x, y, wide, data in self.dots:
            drawn = Image.frombytes("1", (wide * 8, len(data) // wide), data)
            image.paste(drawn.convert("L"), (x, y))
        return image


class PracticeLabelPrinter:
    """:class:`devices.connection.FarEnd`; ``state`` is the status byte that it answers."""

    def __init__(self) -> None:
        self.labels: list[Label] = []
        self.state, self.silent = 0, False
        self.unplug_after: int | None = None
        self._pending = b""
        self._label = Label(480, 320)

    def hear(self, data: bytes) -> Iterator[bytes]:
        """Lines in order; a question about the state is answered at once."""
        left = self.unplug_after
        if left is not None:
            data, self.unplug_after = data[:left], max(0, left - len(data))
        self._pending += data
        while True:
            if self._pending.startswith(b"\x1b!?"):
                self._pending = self._pending[3:]
                if not self.silent:
                    yield bytes([self.state])
            elif not self._command():
                break
        if left is not None and self.unplug_after == 0:
            raise Unplugged

    def _command(self) -> bool:
        """Take one whole command off; False: it is still on the way."""
        if found := _BITMAP.match(self._pending):
            x, y, wide, high = (int(part) for part in found.groups())
            end = found.end() + wide * high
            if len(self._pending) < end + 2:
                return False
            self._label.dots.append((x, y, wide, self._pending[found.end() : end]))
            self._pending = self._pending[end + 2 :]
            return True
        line, newline, rest = self._pending.partition(b"\r\n")
        if not newline or line.startswith(b"BITMAP"):
            return False
        self._pending = rest
        self._obey(line)
        return True

    def _obey(self, line: bytes) -> None:
        if found := _SIZE.fullmatch(line):
            self._label = Label(int(found[1]) * 8, int(found[2]) * 8)
        elif line == b"CLS":
            self._label = Label(self._label.width, self._label.height)
        elif found := _TEXT.fullmatch(line):
            words = found[5].decode("gbk", "replace")
            self._label.texts.append((int(found[1]), int(found[2]), int(found[3]), words))
        elif line.startswith(b"PRINT ") and line[6:].isdigit():
            self.labels += [self._label] * min(int(line[6:]), _KEPT)
            del self.labels[:-_KEPT]
