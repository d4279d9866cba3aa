"""The far end: a display that keeps its digits and lamps. Reads by tables of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from devices.connection import Unplugged

_COMMAND: Final = re.compile(
    rb"\x1b@|\x0c|\x1bQ(?P<line>[AB])(?P<text>[^\r\x1b]*)\r|\x1bs(?P<esc>[0-4])"
    rb"|\x02L(?P<stx>[0-4])|(?P<bare>[0-4])"
)
_BEGUN: Final = re.compile(rb"\x1b(Q([AB][^\r\x1b]*)?|s)?\Z|\x02L?\Z")
_LAMPS: Final = ("", "单价", "总计", "收款", "找零")
_LONGEST: Final = 64


@dataclass
class PracticeDisplay:
    """:class:`devices.connection.FarEnd`; it lives on when the connection is closed.

    A LED8 (``columns`` 8) draws digits, point, minus and nothing else; the point shares the place
    of the digit before it. A VFD (20) draws ASCII on two lines.
    """

    columns: int = 8
    lines: dict[str, str] = field(default_factory=lambda: {"A": "", "B": ""})
    lamp: str = ""
    unplug_after: int | None = None
    history: list[tuple[str, str]] = field(default_factory=list)
    """Each change of (lamp, upper line)."""
    _pending: bytes = b""

    @property
    def digits(self) -> str:
        """What is lit on the upper line, without the dark places before it."""
        return self.lines["A"].strip()

    def hear(self, data: bytes) -> Iterator[bytes]:
        """Obey; it never answers."""
        left = self.unplug_after
        if left is not None:
            data, self.unplug_after = data[:left], max(0, left - len(data))
        self._pending += data
        while self._pending and self._step():
            pass
        if left is not None and self.unplug_after == 0:
            raise Unplugged
        yield from ()

    def _step(self) -> bool:
        found = _COMMAND.match(self._pending)
        if found is None:
            if _BEGUN.match(self._pending) and len(self._pending) < _LONGEST:
                return False
            self._pending = self._pending[1:]
            return True
        self._pending = self._pending[found.end() :]
        before = (self.lamp, self.lines["A"])
        self._obey(found)
        if (self.lamp, self.lines["A"]) != before:
            self.history.append((self.lamp, self.digits))
        return True

    def _obey(self, found: re.Match[bytes]) -> None:
        lamp = found["esc"] or found["stx"] or found["bare"]
        if lamp:
            self.lamp = _LAMPS[int(lamp)]
        elif found["line"]:
            self.lines[found["line"].decode()] = self._drawn(
                found["text"].decode("ascii", "ignore")
            )
        else:
            self.lines = {"A": "", "B": ""}
            if found.group() == b"\x1b@":
                self.lamp = ""

    def _drawn(self, text: str) -> str:
        if self.columns != 8:
            return text[: self.columns]
        shown, places = "", 0
        for sign in text:
            if sign == "." and shown:
                shown += sign
            elif places < self.columns:
                shown += sign if sign in "0123456789- " else " "
                places += 1
        return shown
