"""The far end: a receipt printer that keeps what it printed as text and as pictures.

It reads the bytes by tables of its own, not by the driver's constants, so that a slip in the one
shows in the other.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from devices.connection import Unplugged
from devices.dots import font

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

_PAPERS_KEPT: Final = 50
_BUFFER: Final = 1 << 20
_CODE_MAX: Final = 1000
_REAL_TIME = re.compile(rb"\x10(?:\x04([\x01-\x04])|\x14\x01([\x00\x01])[\x01-\x08])", re.DOTALL)
_TORN_TAIL = re.compile(rb"\x10(?:\x04|\x14(?:\x01[\x00\x01]?)?)?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the paper: ``what`` is text, dots or qr, ``y`` its upper edge in dots."""

    what: str
    x: int
    y: int
    text: str = ""
    scale: int = 1
    bold: bool = False
    data: bytes = b""
    width_bytes: int = 0
    module: int = 0


@dataclass(frozen=True, slots=True)
class Printed:
    """One paper that was cut off."""

    marks: tuple[Mark, ...]
    height: int
    width: int

    @property
    def text(self) -> str:
        """The printed text, a line each; what came as dots is not in it."""
        rows: dict[int, str] = {}
        for mark in self.marks:
            if mark.what == "text":
                rows[mark.y] = rows.get(mark.y, "") + mark.text
        return "\n".join(rows[y] for y in sorted(rows))

    @property
    def codes(self) -> list[str]:
        """What the QR codes say."""
        return [mark.text for mark in self.marks if mark.what == "qr"]

    def picture(self) -> Image.Image:
        """The paper as a picture of dots, black on white."""
        from PIL import Image, ImageDraw

        image = Image.new("L", (self.width, max(self.height, 1)), 255)
        pen = ImageDraw.Draw(image)
        for mark in self.marks:
            _DRAW[mark.what](image, pen, mark)
        return image


def _draw_text(_image: Image.Image, pen: ImageDraw.ImageDraw, mark: Mark) -> None:
    x, face = mark.x, font(22 * mark.scale)
    for sign in mark.text:
        cell = (12 if ord(sign) < 0x80 else 24) * mark.scale
        room = (cell - face.getlength(sign)) / 2
        for step in (0, 1) if mark.bold else (0,):
            pen.text((x + room + step, mark.y + 21 * mark.scale), sign, 0, face, anchor="ls")
        x += cell


def _draw_dots(image: Image.Image, _pen: ImageDraw.ImageDraw, mark: Mark) -> None:
    from PIL import Image

    height = len(mark.data) // mark.width_bytes
    dots = Image.frombytes("1", (mark.width_bytes * 8, height), mark.data)
    image.paste(0, (mark.x, mark.y), dots.convert("L"))


def _draw_code(_image: Image.Image, pen: ImageDraw.ImageDraw, mark: Mark) -> None:
    for row, cells in enumerate(_modules(mark.text)):
        for column, black in enumerate(cells):
            if black:
                x, y = mark.x + column * mark.module, mark.y + row * mark.module
                pen.rectangle((x, y, x + mark.module - 1, y + mark.module - 1), 0)


_DRAW = {"text": _draw_text, "dots": _draw_dots, "qr": _draw_code}


def _modules(words: str) -> tuple[bytearray, ...]:
    import segno

    return tuple(segno.make(words, error="m", micro=False, boost_error=False).matrix)


@dataclass
class Faults:
    """What goes wrong, on request; ``silent``: a printer that never answers."""

    paper: str = "enough"
    """enough, near_end or out."""
    cover_open: bool = False
    offline: bool = False
    cutter: bool = False
    silent: bool = False
    rows_left: int | None = None
    """Paper runs out after so many rows of text."""
    unplug_after: int | None = None
    """The cable is pulled after so many bytes."""
    noise: bytes = b""
    """Sent before each answer."""
    drawer_stuck: bool = False
    """The drawer stays shut when it is kicked."""
    contact_inverted: bool = False
    """The drawer's contact is at its high level while it is shut."""


@dataclass
class _Pen:
    x: int = 0
    y: int = 8
    chinese: bool = False
    bold: bool = False
    scale: int = 1
    centred: bool = False
    line: list[Mark] = field(default_factory=list)


class PracticePrinter:
    """:class:`devices.connection.FarEnd`; it lives on when the connection is closed."""

    def __init__(self, width: int = 576) -> None:
        self.width, self.faults = width, Faults()
        self.papers: list[Printed] = []
        self.kicks: list[str] = []
        """Each drawer pulse: ``pin2`` or ``pin5``, with ``!`` when it came at once."""
        self.drawer_open = False
        self._one_at_a_time = threading.RLock()
        """A hand puts paper in while a till speaks: the two may not work off the same bytes."""
        self._marks: list[Mark] = []
        self._pen = _Pen()
        self._pending, self._tail = b"", b""
        self._code, self._module = b"", 3

    # --- bytes in ---------------------------------------------------------------------------------

    def hear(self, data: bytes) -> Iterator[bytes]:
        """Obey at once what is real-time, keep the rest in order; answers come by and by."""
        with self._one_at_a_time:
            left = self.faults.unplug_after
            if left is not None:
                data, self.faults.unplug_after = data[:left], max(0, left - len(data))
            yield from self._take(data)
            if left is not None and self.faults.unplug_after == 0:
                raise Unplugged

    def load_paper(self) -> Iterator[bytes]:
        """New paper, cover closed: the printer goes on where it stopped."""
        with self._one_at_a_time:
            self.faults = replace(
                self.faults, paper="enough", rows_left=None, cover_open=False, offline=False
            )
            yield from self._work()

    def pulse(self, pin: str) -> None:
        """The coil at the drawer's socket is under current."""
        self.kicks.append(pin)
        self.drawer_open = self.drawer_open or not self.faults.drawer_stuck

    def _take(self, data: bytes) -> Iterator[bytes]:
        data, self._tail = self._tail + data, b""
        if torn := _TORN_TAIL.search(data):
            data, self._tail = data[: torn.start()], torn.group()
        start = 0
        for found in _REAL_TIME.finditer(data):
            self._pending += data[start : found.start()]
            yield from self._work()
            start = found.end()
            if found.group(1):
                yield from self._say(self._status(found.group(1)[0]))
            else:
                self.pulse(f"{_PINS[found.group(2)[0]]}!")
        self._pending = (self._pending + data[start:])[-_BUFFER:]
        yield from self._work()

    def _say(self, byte: int) -> Iterator[bytes]:
        if not self.faults.silent:
            yield self.faults.noise + bytes([byte])

    @property
    def _stopped(self) -> bool:
        faults = self.faults
        return faults.paper == "out" or faults.cover_open or faults.offline or faults.cutter

    def _status(self, n: int) -> int:
        faults = self.faults
        if n == 1:
            contact = 0x04 if self.drawer_open is not faults.contact_inverted else 0
            return (0x1A if self._stopped else 0x12) | contact
        if n == 2:
            causes = (faults.cover_open, 0x04), (faults.paper == "out", 0x20), (faults.cutter, 0x40)
            return 0x12 | sum(bit for on, bit in causes if on)
        if n == 3:
            return 0x1A if faults.cutter else 0x12
        return {"near_end": 0x1E, "out": 0x7E}.get(faults.paper, 0x12)

    # --- commands in order ------------------------------------------------------------------------

    def _work(self) -> Iterator[bytes]:
        while self._pending and not self._stopped:
            if any(h.startswith(self._pending) and h != self._pending for h in _COMMANDS):
                return
            head = next((h for h in _COMMANDS if self._pending.startswith(h)), b"")
            if head:
                used = _COMMANDS[head](self, self._pending[len(head) :])
            else:
                used = self._sign(self._pending)
            if used is None:
                return  # the rest of it is still on the way
            taken, self._pending = self._pending, self._pending[len(head) + used :]
            if head == b"\x1dr":
                near = 0x03 if self.faults.paper == "near_end" else 0x00
                yield from self._say(near if taken[2:3] in (b"\x01", b"1") else 0x00)

    def _sign(self, data: bytes) -> int | None:
        if data[0] < 0x80 or not self._pen.chinese:
            # Outside Chinese mode a printer draws each byte by its own table: never Chinese.
            sign, used = (chr(data[0]) if data[0] < 0x80 else "?"), 1
        elif len(data) < 2:
            return None
        else:
            used = 4 if 0x30 <= data[1] <= 0x39 else 2
            if len(data) < used:
                return None
            # A firmware of the common kind: four-byte codes are not in its font.
            sign = "□" if used == 4 else data[:2].decode("gb18030", "replace")[0]
        if sign >= " ":
            self._put(sign)
        return used

    def _put(self, sign: str) -> None:
        pen = self._pen
        cell = (12 if ord(sign) < 0x80 else 24) * pen.scale
        if pen.x + cell > self.width:
            self._new_line()
        pen.line.append(Mark("text", pen.x, pen.y, sign, pen.scale, pen.bold))
        pen.x += cell

    def _new_line(self) -> None:
        pen = self._pen
        tall = max((mark.scale for mark in pen.line), default=1)
        self._marks += self._centred_line()
        pen.line, pen.x, pen.y = [], 0, pen.y + 24 * tall + 6
        if self.faults.rows_left is not None:
            self.faults.rows_left -= 1
            if self.faults.rows_left <= 0:
                self.faults.rows_left, self.faults.paper = None, "out"

    def _centred_line(self) -> list[Mark]:
        pen = self._pen
        shift = (self.width - pen.x) // 2 if pen.centred else 0
        return [replace(mark, x=mark.x + shift) for mark in pen.line]

    def _cut(self) -> None:
        if self._pen.line:
            self._new_line()
        self.papers.append(Printed(tuple(self._marks), self._pen.y + 24, self.width))
        del self.papers[:-_PAPERS_KEPT]
        self._marks, self._pen.y = [], 8

    def _dots(self, rest: bytes) -> int | None:
        if len(rest) < 5:
            return None
        width = int.from_bytes(rest[1:3], "little")
        size = width * int.from_bytes(rest[3:5], "little")
        if len(rest) < 5 + size:
            return None
        if size:
            data = rest[5 : 5 + size]
            self._marks.append(Mark("dots", 0, self._pen.y, data=data, width_bytes=width))
            self._pen.y += size // width
        return 5 + size

    def _code_part(self, rest: bytes) -> int | None:
        if len(rest) < 2 or len(rest) < 2 + (size := int.from_bytes(rest[:2], "little")):
            return None
        part = rest[2 : 2 + size]
        if part[:2] == b"1C":
            self._module = min(16, max(1, part[2])) if len(part) > 2 else 3
        elif part[:3] == b"1P0":
            self._code = part[3:] if len(part) <= _CODE_MAX else b""
        elif part[:2] == b"1Q" and self._code:
            self._print_code()
        return 2 + size

    def _print_code(self) -> None:
        words = self._code.decode("utf-8", "replace")
        side = len(_modules(words)) * self._module
        x = (self.width - side) // 2 if self._pen.centred else 0
        self._marks.append(Mark("qr", x, self._pen.y, words, module=self._module))
        self._pen.y += side + 4


_PINS = ("pin2", "pin5")
_Command = Callable[[PracticePrinter, bytes], int | None]


def _fixed(count: int, do: Callable[[PracticePrinter, bytes], None]) -> _Command:
    """A command with so many bytes behind its name."""

    def read(printer: PracticePrinter, rest: bytes) -> int | None:
        if len(rest) < count:
            return None
        do(printer, rest[:count])
        return count

    return read


def _reset(printer: PracticePrinter, _rest: bytes) -> None:
    printer._pen = replace(printer._pen, chinese=False, bold=False, scale=1, centred=False)


def _pen(**change: object) -> Callable[[PracticePrinter, bytes], None]:
    def do(printer: PracticePrinter, _rest: bytes) -> None:
        printer._pen = replace(printer._pen, **change)  # type: ignore[arg-type]  # fields of it

    return do


def _align(printer: PracticePrinter, rest: bytes) -> None:
    printer._pen.centred = rest in (b"\x01", b"1")


def _bold(printer: PracticePrinter, rest: bytes) -> None:
    printer._pen.bold = bool(rest[0] & 1)


def _size(printer: PracticePrinter, rest: bytes) -> None:
    printer._pen.scale = (rest[0] & 7) + 1


def _feed(printer: PracticePrinter, rest: bytes) -> None:
    if printer._pen.line:
        printer._new_line()
    printer._pen.y += 30 * rest[0]


def _cut_fed(printer: PracticePrinter, _rest: bytes) -> None:
    printer._cut()


def _kick(printer: PracticePrinter, rest: bytes) -> None:
    printer.pulse(_PINS[rest[0] & 1])


def _nothing(_printer: PracticePrinter, _rest: bytes) -> None:
    """Known, and not seen on paper."""


_COMMANDS: dict[bytes, _Command] = {
    b"\x1b@": _fixed(0, _reset),
    b"\x1c&": _fixed(0, _pen(chinese=True)),
    b"\x1c.": _fixed(0, _pen(chinese=False)),
    b"\x1c!": _fixed(1, _nothing),
    b"\x1ba": _fixed(1, _align),
    b"\x1bE": _fixed(1, _bold),
    b"\x1d!": _fixed(1, _size),
    b"\x1bd": _fixed(1, _feed),
    b"\x1dVB": _fixed(1, _cut_fed),
    b"\x1dV": _fixed(1, _cut_fed),
    b"\x1bp": _fixed(3, _kick),
    b"\x1dr": _fixed(1, _nothing),
    b"\x1dv0": PracticePrinter._dots,
    b"\x1d(k": PracticePrinter._code_part,
    b"\n": _fixed(0, lambda printer, _rest: printer._new_line()),
}
