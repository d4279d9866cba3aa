"""The reader of resident identity cards over a connection: find, select, read."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from app.domain.identity_card import IdentityCard
from app.errors import BadFrame, DeviceError, DeviceFailed, DeviceSilent
from app.ports_devices import Timer
from devices.card_reader import wire
from devices.card_reader.wire import DEVICE, Answer
from devices.connection import Connection
from devices.polled_reader import PolledReader

POLL_EVERY: Final = 0.3
"""Seconds between two looks for a card; a reader that is asked more often finds less."""
_SHORT: Final = 0.8
_LONG: Final = 2.5
"""Seconds: finding and selecting take less than half a one, a whole read up to one and a half."""

_HANDSHAKE = {
    wire.FIND: frozenset((wire.OK,)),
    wire.SELECT: frozenset((wire.CARD_FOUND,)),
    wire.READ_BASE: frozenset((wire.CARD_FOUND,)),
    wire.READ_NEWEST_ADDRESS: frozenset((wire.CARD_FOUND,)),
}
"""Command -> status that cannot be its answer: what comes late belongs to an earlier request."""


class SamVReader:
    """:class:`app.ports_devices.IdentityCardReader` over the protocol of GA 450.

    One thread at a time. Reading changes nothing on the card, so what came damaged is asked again.
    """

    def __init__(self, connection: Connection, timer: Timer) -> None:
        self._connection, self._timer = connection, timer
        self._lift_first = False
        self._last = b""
        """Digest of the card that was read last and not seen lifted since."""
        self._found: Answer | None = None

    def poll(self) -> IdentityCard | None:
        """See the port."""
        found, self._found = self._found or self._ask(wire.FIND, _SHORT), None
        if found.sw3 == wire.NO_CARD:
            self._lift_first, self._last = False, b""
            return None
        _require(found, wire.CARD_FOUND)
        if self._lift_first:
            return None  # it was read, or it failed and the person was told; it lies there still
        self._lift_first = True
        _require(self._select(), wire.OK)
        read = self._read()
        _require(read, wire.OK)
        card = wire.base_info(read.data)
        # Most modules do not find a card again that was read; one that does is asked no more
        # until it was lifted. Another card laid in its place without a pause is another card.
        again, self._last = self._last, sha256(read.data).digest()
        self._lift_first = again == self._last
        return None if self._lift_first else card

    def wait_for_card(self, seconds: float) -> IdentityCard | None:
        """See the port."""
        over = self._timer.now() + seconds
        while (card := self.poll()) is None:
            if self._timer.now() >= over:
                return None
            self._timer.pause(POLL_EVERY)
        return card

    def newest_address(self) -> str:
        """See the port."""
        answer = self._ask(wire.READ_NEWEST_ADDRESS, _SHORT)
        if answer.sw3 == wire.NO_SUCH_ITEM:
            return ""
        _require(answer, wire.OK)
        return wire.address(answer.data)

    def is_there(self, command: bytes = wire.STATUS) -> bool:
        """Whether a module answers at this speed; :raises DeviceFailed: it takes no commands."""
        try:
            answer = self._ask(command, _SHORT)
        except (BadFrame, DeviceSilent):
            return False  # silent, or garbage: perhaps another speed
        if answer.sw3 in wire.OUT_OF_SERVICE:
            raise DeviceFailed(device=DEVICE, why=wire.why(answer.sw3))
        if command == wire.FIND:
            self._found = answer  # the next look need not ask again
        return True

    def module_number(self) -> str:
        """The number of the security module, as printed on the reader."""
        answer = self._ask(wire.MODULE_NUMBER, _SHORT)
        _require(answer, wire.OK)
        return wire.module_number(answer.data)

    def idle(self) -> None:
        """Do nothing for a moment; :raises NotConnected: the device went meanwhile."""
        self._connection.read()

    def close(self) -> None:
        """See the port."""
        self._connection.close()

    def _select(self) -> Answer:
        """As :meth:`_ask`, but a card that may be selected already must be found again first."""
        if answer := self._undamaged(wire.SELECT, _SHORT):
            return answer
        _require(self._ask(wire.FIND, _SHORT), wire.CARD_FOUND)
        return self._exchange(wire.SELECT, _SHORT)

    def _read(self) -> Answer:
        """As :meth:`_ask`; some modules give a card once, and then want it selected again."""
        if answer := self._undamaged(wire.READ_BASE, _LONG):
            return answer
        again = self._exchange(wire.READ_BASE, _LONG)
        if again.sw3 == wire.OK or self._ask(wire.FIND, _SHORT).sw3 != wire.CARD_FOUND:
            return again
        _require(self._select(), wire.OK)
        return self._exchange(wire.READ_BASE, _LONG)

    def _ask(self, command: bytes, limit: float) -> Answer:
        """One request; a damaged answer, or one to a damaged request, is asked for once more."""
        return self._undamaged(command, limit) or self._exchange(command, limit)

    def _undamaged(self, command: bytes, limit: float) -> Answer | None:
        """The answer; None where it, or the request on its way, was damaged."""
        try:
            answer = self._exchange(command, limit)
        except BadFrame:
            return None
        return None if answer.sw3 == wire.REQUEST_CHECKSUM_WRONG else answer

    def _exchange(self, command: bytes, limit: float) -> Answer:
        self._connection.drop_input()
        assembler = wire.Assembler()
        self._connection.write(wire.request(command))
        over = self._timer.now() + limit
        while self._timer.now() < over:
            chunk = self._connection.read()
            for answer in assembler.feed(chunk):
                if answer.sw3 not in _HANDSHAKE.get(command, ()) and _fits(command, answer):
                    return answer
            if not chunk and assembler.damaged:
                break  # it has said what it had to say
        raise (BadFrame if assembler.heard else DeviceSilent)(device=DEVICE)


def _fits(command: bytes, answer: Answer) -> bool:
    """Whether data of this size can be the answer: only a read brings more than a few bytes."""
    if answer.sw3 != wire.OK:
        return True
    return (len(answer.data) > wire.TEXT_SIZE) == (command == wire.READ_BASE)


def _require(answer: Answer, sw3: int) -> None:
    if answer.sw3 != sw3:
        raise DeviceFailed(device=DEVICE, why=wire.why(answer.sw3))


def open_reader(open_at: Callable[[int], Connection], timer: Timer) -> SamVReader:
    """A reader that answers: at the usual speed, else at each other one it may be switched to.

    ``open_at`` opens the port at a baud rate.

    :raises DeviceSilent: nothing answers at any speed; else what the port or the module says.
    """
    for baud in wire.BAUDS:
        reader = SamVReader(open_at(baud), timer)
        try:
            # Some boards know the three commands of a reading and no other.
            if reader.is_there(wire.FIND if baud == wire.BAUDS[0] else wire.STATUS):
                return reader
        except DeviceError:
            reader.close()
            raise
        reader.close()
    raise DeviceSilent(device=DEVICE)


class CardWatch(PolledReader[IdentityCard]):
    """A reader whose cards go to their one consumer, as long as a supervisor watches it."""

    def __init__(
        self,
        reader: SamVReader,
        timer: Timer,
        consumer: Callable[[IdentityCard], None],
        failed: Callable[[DeviceError], None],
    ) -> None:
        # A cable that is pulled out between two looks is felt by listening, not by waiting.
        super().__init__(
            reader.poll, lambda _left: reader.idle(), POLL_EVERY, timer, consumer, failed
        )
        self.reader = reader

    def close(self) -> None:
        """Give the port back."""
        self.reader.close()
