"""A logged conversation with a receipt printer, once more through the driver."""

from __future__ import annotations

from typing import Final, Protocol

from app.domain.paper import PaperLeft, PrinterStatus
from app.errors import DeviceError
from app.ports_devices import Timer
from devices.connection import Connection
from devices.receipt_printer import wire
from devices.receipt_printer.driver import EscPosPrinter

KIND: Final = "receipt_printer"
_KICKS: Final = tuple(
    kick(pin5) for kick in (wire.kick, wire.kick_at_once) for pin5 in (False, True)
)


def masked(data: bytes) -> bytes:
    """A paper as so many bytes: names, numbers and drugs stay out, questions and answers stay."""
    if not data.startswith(wire.INIT):
        return data
    return wire.INIT + b"." * (len(data) - len(wire.INIT))


class Logged(Connection, Protocol):
    """A connection whose far end is a log."""

    def next_sent(self) -> bytes | None:
        """The request that was sent next then; None at the end."""
        ...

    def skip(self) -> None:
        """Leave it out."""
        ...


def replay(connection: Logged, timer: Timer) -> list[tuple[str, DeviceError | None]]:
    """What the driver makes of each act of the log: (what, error or None).

    ``what`` is ``status:<how>``, ``paper:<bytes>``, ``drawer`` or ``skipped``.
    """
    printer = EscPosPrinter(lambda: connection, timer)
    told: list[tuple[str, DeviceError | None]] = []
    while (asked := connection.next_sent()) is not None:
        try:
            told.append((_once(printer, connection, asked), None))
        except DeviceError as failure:
            told.append(("failed", failure))
    return told


def _once(printer: EscPosPrinter, connection: Logged, asked: bytes) -> str:
    if asked == wire.ask(1):
        return f"status:{_how(printer.status())}"
    connection.skip()
    if asked.startswith(wire.INIT):
        return f"paper:{len(asked)}"
    return "drawer" if asked in _KICKS else "skipped"


def _how(status: PrinterStatus) -> str:
    if not status.answers:
        return "mute"
    trouble = status.trouble.rpartition(".")[2]
    return trouble or ("near_end" if status.paper is PaperLeft.NEAR_END else "ok")
