"""The label printer over a connection opened for each act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.domain.paper import Paper, PrintEnd, PrintResult, RowKind
from app.errors import DeviceError, DeviceFailed
from app.ports_devices import Timer
from devices.connection import Connection
from devices.dots import COLUMN_DOTS, HAN_DOTS, column_width, draw_row
from devices.label_printer import wire

STATUS_SECONDS: Final = 0.5
LABEL_SECONDS: Final = 8.0
_ASK_EVERY: Final = 0.1
_MARGIN: Final = 12
_ROW: Final = HAN_DOTS + 6


@dataclass(frozen=True, slots=True)
class LabelSize:
    """Of one label and the gap to the next, in mm."""

    width: int = 60
    height: int = 40
    gap: int = 2

    @property
    def columns(self) -> int:
        """Columns of text beside the margins."""
        return (self.width * wire.DOTS_PER_MM - 2 * _MARGIN) // COLUMN_DOTS

    @property
    def rows(self) -> int:
        """Rows of plain text."""
        return (self.height * wire.DOTS_PER_MM - 2 * _MARGIN) // _ROW


def encode(label: Paper, size: LabelSize, copies: int = 1) -> list[bytes]:
    """One label, or several where the rows do not fit on one: nothing of a dosage is cut off."""
    lines = [
        (line, row.kind is RowKind.TITLE)
        for row in label.rows
        for line in _wrapped(row.left, size.columns // (2 if row.kind is RowKind.TITLE else 1))
    ]
    pages: list[bytes] = []
    body, used = b"", 0
    for line, big in lines:
        need = 2 if big else 1
        if used + need > size.rows and body:
            pages.append(body)
            body, used = b"", 0
        body += _line(line, _MARGIN + used * _ROW, 2 if big else 1)
        used += need
    head = wire.begin(size.width, size.height, size.gap)
    return [head + page + wire.finish(copies) for page in [*pages, body] if page]


def _line(line: str, y: int, scale: int) -> bytes:
    if wire.prints_as_text(line):
        return wire.text(_MARGIN, y, line, scale)
    wide = sum(column_width(sign) for sign in line) * scale
    return wire.bitmap(_MARGIN, y, draw_row(line, wide, scale))


def _wrapped(words: str, columns: int) -> list[str]:
    lines, line, used = [], "", 0
    for sign in wire.clean(words):
        if used + column_width(sign) > columns:
            lines.append(line)
            line, used = "", 0
        line, used = line + sign, used + column_width(sign)
    return [*lines, line]


class TsplPrinter:
    """:class:`app.ports_devices.LabelPrinter`; one thread at a time."""

    def __init__(
        self, open_port: Callable[[], Connection], timer: Timer, size: LabelSize | None = None
    ) -> None:
        self._open, self._timer, self._size = open_port, timer, size or LabelSize()

    def trouble(self) -> str | None:
        """Message id of what must be put right, empty = nothing; None: it does not answer.

        :raises DeviceError: it cannot be reached.
        """
        connection = self._open()
        try:
            status = self._status(connection)
        finally:
            connection.close()
        return None if status is None else wire.trouble(status)

    def print(self, label: Paper, copies: int = 1) -> PrintResult:
        """Print a label; :raises DeviceError: nothing of it has left."""
        pages = encode(label, self._size, copies)
        connection = self._open()
        try:
            before = self._status(connection)
            if before is not None and (why := wire.trouble(before)):
                raise DeviceFailed(device=wire.DEVICE, why=why)
            return self._send(connection, b"".join(pages), before is not None)
        finally:
            connection.close()

    def _send(self, connection: Connection, data: bytes, answers: bool) -> PrintResult:
        try:
            connection.write(data)
            if not answers:
                return PrintResult(PrintEnd.SENT)
            end = self._timer.now() + LABEL_SECONDS
            while self._timer.now() < end:
                status = self._status(connection)
                if status == 0:
                    return PrintResult(PrintEnd.PRINTED)
                if status is not None and (why := wire.trouble(status)):
                    return PrintResult(PrintEnd.UNSURE, why)
                self._timer.pause(_ASK_EVERY)
        except DeviceError as error:
            return PrintResult(PrintEnd.UNSURE, error.message_id)
        return PrintResult(PrintEnd.UNSURE, "error.device_silent")

    def _status(self, connection: Connection) -> int | None:
        connection.drop_input()
        connection.write(wire.ASK)
        end = self._timer.now() + STATUS_SECONDS
        while True:
            for byte in connection.read():
                if wire.is_status(byte):
                    return byte
            if self._timer.now() >= end:
                return None
