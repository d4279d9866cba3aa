"""A logged conversation with a card reader, once more through the driver."""

from __future__ import annotations

from typing import Final, Protocol

from app.errors import DeviceError
from app.ports_devices import Timer
from devices.card_reader import wire
from devices.card_reader.driver import SamVReader
from devices.connection import Connection

KIND: Final = "idcard"


class Logged(Connection, Protocol):
    """A connection whose far end is a log."""

    def next_sent(self) -> bytes | None:
        """The request that was sent next then; None at the end."""
        ...

    def skip(self) -> None:
        """Leave it out."""
        ...


def replay(connection: Logged, timer: Timer) -> list[tuple[str, DeviceError | None]]:
    """What the driver does with each request of the log: (what, error or None).

    ``what`` is ``card:<type>``, ``no_card``, ``there``, ``silent``, ``module_number``,
    ``address`` or ``skipped`` (a request in whose middle the log begins).
    """
    reader = SamVReader(connection, timer)
    told: list[tuple[str, DeviceError | None]] = []
    while (asked := connection.next_sent()) is not None:
        try:
            told.append((_once(reader, connection, asked), None))
        except DeviceError as failure:
            told.append(("failed", failure))
    return told


def _once(reader: SamVReader, connection: Logged, asked: bytes) -> str:
    if asked == wire.request(wire.FIND):
        card = reader.poll()
        return f"card:{card.card_type}" if card is not None else "no_card"
    if asked == wire.request(wire.STATUS):
        return "there" if reader.is_there() else "silent"
    if asked == wire.request(wire.MODULE_NUMBER):
        reader.module_number()
        return "module_number"
    if asked == wire.request(wire.READ_NEWEST_ADDRESS):
        reader.newest_address()
        return "address"
    connection.skip()
    return "skipped"
