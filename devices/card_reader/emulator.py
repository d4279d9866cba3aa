"""The far end: a SAM_V module with a tray, invented cards, and faults on request."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum, auto

from devices.card_reader import wire
from devices.connection import Unplugged


class Fault(Enum):
    """What may go wrong with one answer."""

    BAD_CHECKSUM = auto()
    SILENT = auto()
    HALF = auto()
    NOISE_BEFORE = auto()
    ONE_BYTE_TOO_MANY = auto()
    WRAPPED = auto()
    PIECES_OF_SEVEN = auto()
    SINGLE_BYTES = auto()
    LATE_ANSWER_BEFORE = auto()
    """An answer to an earlier find comes first."""
    REQUEST_GARBLED = auto()
    """The module says that the checksum of the request was wrong."""


_LAYOUTS: Mapping[str, tuple[tuple[str, int], ...]] = {
    # field and its UTF-16 units, in the order in which they stand on the card
    " ": (
        ("name", 15), ("sex", 1), ("ethnicity", 2), ("birth", 8), ("address", 35), ("number", 18),
        ("authority", 15), ("from", 8), ("until", 8), ("", 14), ("type", 1), ("", 3),
    ),
    "J": (
        ("name", 15), ("sex", 1), ("", 2), ("birth", 8), ("address", 35), ("number", 18),
        ("authority", 15), ("from", 8), ("until", 8), ("pass_number", 9), ("issues", 2), ("", 3),
        ("type", 1), ("", 3),
    ),
    "I": (
        ("english_name", 60), ("sex", 1), ("number", 15), ("country", 3), ("name", 15),
        ("from", 8), ("until", 8), ("birth", 8), ("version", 2), ("authority", 4), ("type", 1),
        ("", 3),
    ),
    "Y": (
        ("name", 15), ("sex", 1), ("issues", 2), ("birth", 8), ("english_name", 35),
        ("number", 18), ("", 15), ("from", 8), ("until", 8), ("english_rest", 11), ("country", 3),
        ("type", 1), ("old_link", 3),
    ),
}  # fmt: skip

PHOTO = bytes.fromhex("574C66007E00320000FF85005151513E") + bytes(1008)
"""The head that such pictures have, and nobody's face."""


def text_block(card: Mapping[str, str]) -> bytes:
    """The 256 bytes of an invented card; ``type`` is blank, J, I or Y; absent fields are blank.

    :raises ValueError: a field is longer than its place.
    """
    block = b""
    for name, units in _LAYOUTS[card.get("type", " ")]:
        value = (card.get(name, "") if name else "").encode("utf-16-le")
        if len(value) > units * 2:
            raise ValueError(name)
        block += value + b" \0" * (units - len(value) // 2)
    return block


_LONGEST_REQUEST = 64


class SamV:
    """:class:`devices.connection.FarEnd`: the states of a module, one card on its tray at most."""

    def __init__(self, baud: int = wire.BAUDS[0], photo: bytes = PHOTO) -> None:
        self.baud = baud
        self.photo = photo
        self.newest_address = ""
        self.faults: deque[Fault | int] = deque()
        """One is used up by each answer; a number is the third status byte to say instead."""
        self.unplug_after: int | None = None
        """Bytes that still leave the device before somebody pulls its cable."""
        self.finds_again = False
        """A board that finds a card once more although it was read and not lifted."""
        self.heard: list[bytes] = []
        """The commands that came."""
        self._block: bytes | None = None
        self._stage = ""
        self._inbox = b""

    def lay(self, card: Mapping[str, str]) -> None:
        """Somebody lays a card on the tray."""
        self._block, self._stage = text_block(card), "laid"

    def lift(self) -> None:
        """Somebody takes it away."""
        self._block, self._stage = None, ""

    def hear(self, data: bytes) -> Iterable[bytes]:
        """See :class:`devices.connection.FarEnd`."""
        self._inbox += data
        for frame in self._frames():
            for piece in self._spoilt(self._answer(frame)):
                yield self._cut(piece)
                if self.unplug_after is not None and self.unplug_after <= 0:
                    raise Unplugged

    def _frames(self) -> Iterator[bytes]:
        """Whole requests from length to checksum."""
        while (at := self._inbox.find(wire.PREAMBLE)) >= 0:
            rest = self._inbox[at + len(wire.PREAMBLE) :]
            size = 2 + int.from_bytes(rest[:2], "big")
            if size > _LONGEST_REQUEST:
                self._inbox = rest
                continue
            if len(rest) < 2 or len(rest) < size:
                return
            self._inbox = rest[size:]
            yield rest[:size]

    def _answer(self, frame: bytes) -> bytes:
        total = 0
        for byte in frame:
            total ^= byte
        command = frame[2:-1]
        self.heard.append(command)
        if total or (self.faults and self.faults[0] is Fault.REQUEST_GARBLED):
            return _frame(0x10)
        match command:
            case wire.RESET | wire.STATUS:
                return _frame(0x90)
            case wire.MODULE_NUMBER:
                return _frame(0x90, bytes.fromhex("05000100 8D873401 15CD5B07 0100 0000"))
            case wire.FIND:
                return self._find()
            case wire.SELECT:
                return self._select()
            case wire.READ_BASE:
                return self._read()
            case wire.READ_NEWEST_ADDRESS:
                return self._added()
        return _frame(0x21)

    def _find(self) -> bytes:
        # A card that was read is not found again until it was lifted.
        if self._block is None or (self._stage == "read" and not self.finds_again):
            return _frame(0x80)
        self._stage = "found"
        return _frame(0x9F, bytes(4))

    def _select(self) -> bytes:
        if self._stage != "found":
            return _frame(0x81)
        self._stage = "selected"
        return _frame(0x90, bytes(8))

    def _read(self) -> bytes:
        if self._block is None or self._stage not in ("selected", "read"):
            return _frame(0x41)
        self._stage = "read"
        sizes = b"\x01\x00" + len(self.photo).to_bytes(2, "big")
        return _frame(0x90, sizes + self._block + self.photo)

    def _added(self) -> bytes:
        if self._stage != "read" or not self.newest_address:
            return _frame(0x91)
        return _frame(0x90, self.newest_address.ljust(35).encode("utf-16-le"))

    def _spoilt(self, answer: bytes) -> list[bytes]:
        fault = self.faults.popleft() if self.faults else None
        match fault:
            case None:
                return [answer]
            case Fault.BAD_CHECKSUM:
                return [answer[:-1] + bytes((answer[-1] ^ 0x55,))]
            case Fault.SILENT:
                return []
            case Fault.HALF:
                return [answer[: len(answer) // 2]]
            case Fault.NOISE_BEFORE:
                return [b"\xaa\x00\xaa\xaa\x96\xff\xaa", answer]
            case Fault.ONE_BYTE_TOO_MANY:
                return [answer + b"\xf6"]
            case Fault.WRAPPED:
                return [b"\xaa" + (len(answer) + 3).to_bytes(2, "big") + b"\xa0\x10" + answer, b"7"]
            case Fault.PIECES_OF_SEVEN:
                return [answer[at : at + 7] for at in range(0, len(answer), 7)]
            case Fault.SINGLE_BYTES:
                return [answer[at : at + 1] for at in range(len(answer))]
            case Fault.LATE_ANSWER_BEFORE:
                return [_frame(0x9F, bytes(4)), answer]
            case Fault.REQUEST_GARBLED:
                return [_frame(0x10)]
        return [_frame(int(fault))]

    def _cut(self, piece: bytes) -> bytes:
        if self.unplug_after is None:
            return piece
        sent, self.unplug_after = piece[: self.unplug_after], self.unplug_after - len(piece)
        return sent


def _frame(sw3: int, data: bytes = b"") -> bytes:
    body = (4 + len(data)).to_bytes(2, "big") + bytes((0, 0, sw3)) + data
    total = 0
    for byte in body:
        total ^= byte
    return wire.PREAMBLE + body + bytes((total,))
