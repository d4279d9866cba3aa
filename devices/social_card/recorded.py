"""What went to and came from a card, masked, in the reader's ring log; and once more from there."""

from __future__ import annotations

from typing import Final, Protocol

from app.errors import DeviceError, DeviceFailed, NotConnected
from app.ports_devices import Timer
from devices.connection import SLICE, Connection
from devices.ring_log import RingLog
from devices.social_card.channel import CardChannel, CardSlot, silent
from devices.social_card.driver import SsseReader

KIND: Final = "sscard"
_PATIENCE: Final = 5.0


class RecordedSlot:
    """:class:`devices.social_card.channel.CardSlot` that writes down what passes through it."""

    def __init__(self, inner: CardSlot, log: RingLog) -> None:
        self._inner, self._log = inner, log

    def presence(self) -> int | None:
        """See the slot."""
        try:
            return self._inner.presence()
        except NotConnected:
            self._log.gone()
            raise

    def connect(self) -> CardChannel:
        """See the slot."""
        return _RecordedChannel(self._inner.connect(), self._log)

    def close(self) -> None:
        """See the slot."""
        self._log.flush()
        self._inner.close()


class _RecordedChannel:
    def __init__(self, inner: CardChannel, log: RingLog) -> None:
        self._inner, self._log = inner, log

    @property
    def reset_answer(self) -> bytes:
        return self._inner.reset_answer

    def transmit(self, apdu: bytes) -> bytes:
        self._log.sent(apdu)
        try:
            said = self._inner.transmit(apdu)
        except (NotConnected, DeviceFailed):
            self._log.gone()
            raise
        self._log.came(said)
        return said

    def close(self) -> None:
        self._log.flush()
        self._inner.close()


# --- once more ------------------------------------------------------------------------------------


class Logged(Connection, Protocol):
    """A connection whose far end is a log."""

    def next_sent(self) -> bytes | None:
        """The request that was sent next then; None at the end."""
        ...

    def skip(self) -> None:
        """Leave it out."""
        ...


class _LoggedSlot:
    """A reader in which there is a card as long as the log goes on."""

    def __init__(self, log: Logged, timer: Timer) -> None:
        self._log, self._timer = log, timer

    def presence(self) -> int | None:
        return 1

    def connect(self) -> CardChannel:
        return _LoggedChannel(self._log, self._timer)

    def close(self) -> None:
        return


class _LoggedChannel:
    reset_answer = b""  # is not written down

    def __init__(self, log: Logged, timer: Timer) -> None:
        self._log, self._timer = log, timer

    def transmit(self, apdu: bytes) -> bytes:
        self._log.write(apdu)
        over = self._timer.now() + _PATIENCE
        while self._timer.now() < over:
            if said := self._log.read():
                return said
            self._timer.pause(SLICE)
        raise silent()

    def close(self) -> None:
        return


def replay(connection: Logged, timer: Timer) -> list[tuple[str, DeviceError | None]]:
    """What the driver does with each reading of the log: (what, error or None).

    ``what`` is ``card:<version>``, ``failed``, or ``skipped``: a request in whose middle the log
    begins, or that a driver who knew the card's manners better did not send.
    """
    from devices.social_card import wire

    reader = SsseReader(_LoggedSlot(connection, timer), timer)
    told: list[tuple[str, DeviceError | None]] = []
    while (asked := connection.next_sent()) is not None:
        if asked != wire.SELECT_SSSE:
            connection.skip()
            told.append(("skipped", None))
            continue
        try:
            card = reader.read()
            told.append((f"card:{card.version}", None))
        except DeviceError as failure:
            told.append(("failed", failure))
    return told
