"""The receipt printer and the drawer at its socket, over a connection opened for each act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.domain.paper import Paper, PaperLeft, PrintEnd, PrinterStatus, PrintResult
from app.errors import DeviceError, DeviceFailed
from app.ports_devices import Timer
from devices.connection import Connection
from devices.receipt_printer import wire
from devices.receipt_printer.layout import encode

STATUS_SECONDS: Final = 0.5
"""How long a printer may take for a status byte."""
MUTE_SECONDS: Final = 0.1
"""The same for one that answered nothing the last time: whoever wants the drawer waits for it."""
DRAWER_SECONDS: Final = 1.0
"""How soon a drawer that was kicked must be open."""
_LOOK_EVERY: Final = 0.1
LOOK_SECONDS: Final = 1.0
"""How long its word is waited for before it is asked how it feels."""
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
        open_level: bool | None = None,
    ) -> None:
        """``open_level``: level of the drawer's contact while it is open; None: it has none."""
        self._open, self._timer = open_port, timer
        self._columns, self._pin5 = columns, drawer_pin5
        self._open_level, self._mute = open_level, False

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
        """Open the drawer, with or without paper.

        :raises DeviceError: it cannot be reached; DeviceFailed: its contact says that it stays
            shut.
        """
        connection = self._open()
        try:
            before = self._status(connection)
            kick = wire.kick_at_once if before.trouble else wire.kick
            connection.write(kick(self._pin5))
            if before.drawer_open is False:
                self._see_it_open(connection)
        finally:
            connection.close()

    def _see_it_open(self, connection: Connection) -> None:
        end = self._timer.now() + DRAWER_SECONDS
        while self._timer.now() < end:
            connection.write(wire.ask(1))
            byte = self._byte(connection, wire.is_status, STATUS_SECONDS)
            if byte is None or self._drawer_open(wire.read_status({1: byte})) is not False:
                return  # open, or it does not say: no proof that it is shut
            self._timer.pause(_LOOK_EVERY)
        raise DeviceFailed(device=wire.DEVICE, why="device_printer.drawer_stuck")

    def _drawer_open(self, status: PrinterStatus) -> bool | None:
        if self._open_level is None or status.drawer_pin is None:
            return None
        return status.drawer_pin is self._open_level

    def _send(self, connection: Connection, data: bytes, before: PrinterStatus) -> PrintResult:
        near = before.paper is PaperLeft.NEAR_END
        try:
            connection.write(data)
            connection.write(wire.PAPER_AFTER_BUFFER)
            if not before.answers:
                return PrintResult(PrintEnd.SENT)
            return self._await_paper(connection, near)
        except DeviceError as error:
            return PrintResult(PrintEnd.UNSURE, error.message_id)

    def _await_paper(self, connection: Connection, near: bool) -> PrintResult:
        """Until it says that it is through; one that stops meanwhile is not waited for.

        Whoever wants the drawer for the next customer waits behind this paper.
        """
        through = PrintResult(PrintEnd.PRINTED, near_end=near)
        end = self._timer.now() + PAPER_SECONDS
        while True:
            if self._byte(connection, wire.is_after_buffer, LOOK_SECONDS) is not None:
                return through
            said: list[int] = []
            now = self._answers(connection, said)
            if said:
                return through  # it said so while it was asked how it feels
            if now.trouble:
                return PrintResult(PrintEnd.UNSURE, now.trouble)
            if self._timer.now() >= end:
                break
        if not now.answers:
            return PrintResult(PrintEnd.UNSURE, "error.device_silent")
        # It speaks, has no trouble, and never answers this one question: printers that know
        # DLE EOT and not GS r.
        return PrintResult(PrintEnd.SENT, near_end=near)

    def _status(self, connection: Connection) -> PrinterStatus:
        connection.drop_input()
        return self._answers(connection, [])

    def _answers(self, connection: Connection, said: list[int]) -> PrinterStatus:
        """Ask the four questions; ``said`` takes what it says of its buffer in between."""

        def wanted(byte: int) -> bool:
            if wire.is_after_buffer(byte):
                said.append(byte)
            return wire.is_status(byte)

        answers: dict[int, int] = {}
        for n in (1, 2, 3, 4):
            connection.write(wire.ask(n))
            first = self._mute and not answers
            limit = MUTE_SECONDS if first else STATUS_SECONDS
            byte = self._byte(connection, wanted, limit)
            if byte is None and not answers:
                break  # one that says nothing to the first question says nothing at all
            if byte is not None:
                answers[n] = byte
        self._mute = not answers
        status = wire.read_status(answers)
        return replace(status, drawer_open=self._drawer_open(status))

    def _byte(
        self, connection: Connection, wanted: Callable[[int], bool], seconds: float
    ) -> int | None:
        """The first byte that can be the answer; noise before it is stepped over."""
        end = self._timer.now() + seconds
        while True:
            # All of a piece: the next answer may lie behind the one that is waited for.
            found = [byte for byte in connection.read() if wanted(byte)]
            if found:
                return found[0]
            if self._timer.now() >= end:
                return None
