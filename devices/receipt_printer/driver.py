"""The receipt printer and the drawer at its socket, over a connection opened for each act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.domain.paper import Paper, PaperLeft, PrintEnd, PrinterStatus, PrintResult
from app.errors import DeviceError, DeviceFailed
from app.ports_devices import Timer
from devices.connection import Connection
from devices.receipt_printer import wire
from devices.receipt_printer.layout import encode

STATUS_SECONDS: Final = 0.5
"""How long a printer may take for a status byte."""
PAPER_SECONDS: Final = 12.0
"""How long a paper may take: half a metre at 60 mm a second, and the cutter."""


class EscPosPrinter:
    """:class:`app.ports_devices.ReceiptPrinter`; one thread at a time.

    A connection lives for one act: a network printer serves one client at a time, and what was
    unplugged and plugged again needs nobody to open it.
    """

    def __init__(
        self,
        open_port: Callable[[], Connection],
        timer: Timer,
        *,
        columns: int = wire.WIDE_COLUMNS,
        drawer_pin5: bool = False,
    ) -> None:
        self._open, self._timer = open_port, timer
        self._columns, self._pin5 = columns, drawer_pin5

    def status(self) -> PrinterStatus:
        """What it says of itself; :raises DeviceError: it cannot be reached."""
        connection = self._open()
        try:
            return self._status(connection)
        finally:
            connection.close()

    def print(self, paper: Paper) -> PrintResult:
        """Print one paper.

        :raises DeviceFailed: it cannot print now (``why``: paper, cover ...); any DeviceError
            means that nothing of the paper has left, so that asking again prints nothing twice.
        """
        data = encode(paper, self._columns)
        connection = self._open()
        try:
            before = self._status(connection)
            if before.trouble:
                raise DeviceFailed(device=wire.DEVICE, why=before.trouble)
            return self._send(connection, data, before)
        finally:
            connection.close()

    def kick_drawer(self) -> None:
        """Open the drawer, with or without paper; :raises DeviceError: it cannot be reached."""
        connection = self._open()
        try:
            trouble = self._status(connection).trouble
            connection.write(wire.kick_at_once(self._pin5) if trouble else wire.kick(self._pin5))
        finally:
            connection.close()

    def _send(self, connection: Connection, data: bytes, before: PrinterStatus) -> PrintResult:
        near = before.paper is PaperLeft.NEAR_END
        try:
            connection.write(data)
            connection.write(wire.PAPER_AFTER_BUFFER)
            if not before.answers:
                return PrintResult(PrintEnd.SENT)
            if self._byte(connection, wire.is_after_buffer, PAPER_SECONDS) is not None:
                return PrintResult(PrintEnd.PRINTED, near_end=near)
            after = self._status(connection)
        except DeviceError as error:
            return PrintResult(PrintEnd.UNSURE, error.message_id)
        if after.trouble or not after.answers:
            return PrintResult(PrintEnd.UNSURE, after.trouble or "error.device_silent")
        # It speaks, has no trouble, and never answers this one question: printers that know
        # DLE EOT and not GS r.
        return PrintResult(PrintEnd.SENT, near_end=near)

    def _status(self, connection: Connection) -> PrinterStatus:
        connection.drop_input()
        answers: dict[int, int] = {}
        for n in (1, 2, 3, 4):
            connection.write(wire.ask(n))
            byte = self._byte(connection, wire.is_status, STATUS_SECONDS)
            if byte is None and not answers:
                break  # one that says nothing to the first question says nothing at all
            if byte is not None:
                answers[n] = byte
        return wire.read_status(answers)

    def _byte(
        self, connection: Connection, wanted: Callable[[int], bool], seconds: float
    ) -> int | None:
        """The first byte that can be the answer; noise before it is stepped over."""
        end = self._timer.now() + seconds
        while True:
            for byte in connection.read():
                if wanted(byte):
                    return byte
            if self._timer.now() >= end:
                return None
