"""The far end: a virtual social security card, a reader to put it in, and faults on request."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from app.errors import DeviceBusy, NotConnected
from devices.social_card.channel import removed, silent
from devices.social_card.wire import DEVICE


class Style(Enum):
    """Which spelling of READ RECORD a card understands; the others it refuses."""

    TAG = auto()
    NUMBER = auto()
    SHORT_FILE = auto()


class Fault(Enum):
    """What may go wrong with one answer."""

    NOTHING = auto()
    """No byte at all."""
    HALF = auto()
    ONE_BYTE = auto()
    NOISE = auto()
    ENDLESS = auto()
    """More than any card may say."""
    SILENT = auto()
    REMOVED = auto()
    UNPLUGGED = auto()


@dataclass(frozen=True, slots=True)
class Manners:
    """How one make of card behaves."""

    style: Style = Style.TAG
    fetches: bool = True
    """T=0: data are announced (61xx) and lengths are put right (6Cxx)."""
    strict: bool = False
    """Takes no Le but the record's own size, and says only that it was wrong."""
    knows_name: bool = True
    """Can be selected by the scheme's name; some makes know the files only."""
    select_p1: tuple[int, ...] = (0x00, 0x02)
    selects_files: bool = True


_RESET_HEAD = bytes.fromhex("3B6D0000")
_APPLICATION = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")
_CARD, _HOLDER = 0xEF05, 0xEF06

_RECORDS: tuple[tuple[int, int, str, int, Callable[[str], bytes]], ...] = (
    # file, tag, field, bytes, coding: in the order of their record numbers
    (_CARD, 0x01, "id_code", 16, bytes.fromhex),
    (_CARD, 0x02, "card_class", 1, str.encode),
    (_CARD, 0x03, "version", 4, str.encode),
    (_CARD, 0x04, "organisation", 12, bytes.fromhex),
    (_CARD, 0x05, "issued", 4, bytes.fromhex),
    (_CARD, 0x06, "expires", 4, bytes.fromhex),
    (_CARD, 0x07, "card_number", 9, str.encode),
    (_HOLDER, 0x08, "id_number", 18, str.encode),
    (_HOLDER, 0x09, "name", 30, lambda text: text.encode("gb18030")),
    (_HOLDER, 0x4E, "", 20, bytes.fromhex),
    (_HOLDER, 0x0A, "sex", 1, str.encode),
)


def _values(card: Mapping[str, str]) -> dict[int, list[tuple[int, bytes]]]:
    """file -> its records; :raises ValueError: a field is longer than its place."""
    files: dict[int, list[tuple[int, bytes]]] = {_CARD: [], _HOLDER: []}
    rest = b""
    for file, tag, field, size, code in _RECORDS:
        value = code(card.get(field, "")) if field else rest
        if field == "name":
            value, rest = value[:size], value[size:]
        if len(value) > size:
            raise ValueError(field)
        files[file].append((tag, value.ljust(size, b"\0")))
    return files


class VirtualCard:
    """A card that answers commands; invented fields, and manners of one's choice.

    Absent fields are handed out empty. ``refuses``: its holder's records want a right that no
    till can show; third-generation cards do the one or the other.
    """

    def __init__(
        self, card: Mapping[str, str], manners: Manners | None = None, *, refuses: bool = False
    ) -> None:
        self._manners = manners or Manners()
        self._files = _values(card)
        self._refuses = refuses
        self._selected = 0
        self._application = False
        self._ready = b""
        history = bytes.fromhex(card.get("reset", "")) or bytes(13)
        self.reset_answer = _RESET_HEAD + history[:13].ljust(13, b"\0")
        self.heard: list[bytes] = []
        """The commands that came."""
        self.faults: deque[Fault | bytes | None] = deque()
        """One is used up by each answer; bytes are said instead of it; None = as it should."""

    def power_up(self) -> None:
        """As if it had just been put in."""
        self._selected, self._application, self._ready = 0, False, b""

    def hear(self, command: bytes) -> bytes:
        """The answer to a command, with its status."""
        self.heard.append(command)
        if len(command) < 4:
            return b"\x67\x00"
        ready, self._ready = self._ready, b""
        match command[:2]:
            case b"\x00\xa4":
                return self._select(command)
            case b"\x00\xb2":
                return self._read(command)
            case b"\x00\xc0":
                return self._fetch(command, ready)
        return b"\x6d\x00"

    def _select(self, command: bytes) -> bytes:
        name = command[5 : 5 + command[4]] if len(command) > 5 else b""
        if command[2] == 0x04:
            if name != _APPLICATION or not self._manners.knows_name:
                return b"\x6a\x82"
            self._application = True
            return self._say(b"\x6f\x11\x84\x0f" + _APPLICATION, 0)
        if command[2] not in self._manners.select_p1:
            return b"\x6a\x86"
        file = int.from_bytes(name, "big")
        if file not in self._files or not self._manners.selects_files:
            return b"\x6a\x82"
        self._selected = file
        return self._say(b"\x6f\x04\x88\x02" + name, 0)

    def _read(self, command: bytes) -> bytes:
        file, at = self._place(command[2], command[3])
        if file is None:
            return b"\x6a\x86"
        if file not in self._files:
            return b"\x69\x86"
        if self._refuses and file == _HOLDER:
            return b"\x69\x82"
        records = self._files[file]
        if not 0 <= at < len(records):
            return b"\x6a\x83"
        tag, value = records[at]
        wanted = command[4] if len(command) > 4 else 0
        return self._measured(bytes((tag, len(value))) + value, wanted)

    def _place(self, p1: int, p2: int) -> tuple[int | None, int]:
        """The file and the place in it; no file = a spelling that this make does not know."""
        match self._manners.style, p2:
            case Style.TAG, 0x00:
                tags = [tag for tag, _ in self._files.get(self._selected, [])]
                return self._selected, tags.index(p1) if p1 in tags else -1
            case Style.NUMBER, 0x04:
                return self._selected, p1 - 1
            case Style.SHORT_FILE, _ if p2 & 0x07 == 0x04 and p2 > 0x04:
                return 0xEF00 + (p2 >> 3), p1 - 1
        return None, -1

    def _measured(self, data: bytes, wanted: int) -> bytes:
        if wanted == len(data):
            return data + b"\x90\x00"
        if self._manners.strict:
            return b"\x67\x00"
        if self._manners.fetches:
            return b"\x6c" + bytes((len(data),))
        return data[: wanted or len(data)] + b"\x90\x00"

    def _say(self, data: bytes, wanted: int) -> bytes:
        if not self._manners.fetches:
            return data + b"\x90\x00"
        self._ready = data
        return b"\x61" + bytes((len(data),))

    def _fetch(self, command: bytes, ready: bytes) -> bytes:
        if not ready:
            return b"\x69\x85"
        if command[4:5] != bytes((len(ready),)):
            self._ready = ready
            return b"\x6c" + bytes((len(ready),))
        return ready + b"\x90\x00"


class VirtualReader:
    """:class:`devices.social_card.channel.CardSlot` in memory: a card in it or none."""

    def __init__(self) -> None:
        self._card: VirtualCard | None = None
        self._count = 0
        self._plugged = True
        self.held = False
        """Another program has the card."""
        self.far_end = self
        """What a story acts upon; the slot of a practice reader is its far end."""
        self.open_channels = 0

    def lay(self, card: VirtualCard) -> None:
        """Somebody puts a card in."""
        self._card, self._count = card, self._count + 1

    def lift(self) -> None:
        """Somebody takes it out."""
        self._card, self._count = None, self._count + 1

    def unplug(self) -> None:
        """The reader's cable is out; it may be plugged in again."""
        self._plugged = False

    def plug(self) -> None:
        """The cable is in again."""
        self._plugged = True

    def presence(self) -> int | None:
        """See the slot."""
        self._require_plugged()
        return self._count if self._card is not None else None

    def connect(self) -> VirtualChannel:
        """See the slot."""
        self._require_plugged()
        if self.held:
            raise DeviceBusy(device=DEVICE)
        if self._card is None:
            raise removed()
        self._card.power_up()
        self.open_channels += 1
        return VirtualChannel(self, self._card, self._count)

    def close(self) -> None:
        """See the slot."""

    def require(self, count: int) -> None:
        """The card that was connected is still the one; :raises DeviceError: it is not."""
        self._require_plugged()
        if count != self._count:
            raise removed()

    def _require_plugged(self) -> None:
        if not self._plugged:
            raise NotConnected(device=DEVICE)


class VirtualChannel:
    """:class:`devices.social_card.channel.CardChannel` to a virtual card."""

    def __init__(self, reader: VirtualReader, card: VirtualCard, count: int) -> None:
        self._reader, self._card, self._count = reader, card, count
        self._open = True

    @property
    def reset_answer(self) -> bytes:
        """See the channel."""
        return self._card.reset_answer

    def transmit(self, apdu: bytes) -> bytes:
        """See the channel."""
        self._reader.require(self._count)
        fault = self._card.faults.popleft() if self._card.faults else None
        if fault is Fault.REMOVED:
            self._reader.lift()
        elif fault is Fault.UNPLUGGED:
            self._reader.unplug()
        elif fault is Fault.SILENT:
            raise silent()
        self._reader.require(self._count)
        said = self._card.hear(apdu)
        return fault if isinstance(fault, bytes) else _spoilt(said, fault)

    def close(self) -> None:
        """See the channel."""
        if self._open:
            self._open = False
            self._reader.open_channels -= 1


def _spoilt(said: bytes, fault: Fault | None) -> bytes:
    match fault:
        case Fault.NOTHING:
            return b""
        case Fault.ONE_BYTE:
            return said[:1]
        case Fault.HALF:
            return said[: (len(said) + 1) // 2]
        case Fault.NOISE:
            return bytes((one * 37 + 11) & 0xFF for one in range(23))
        case Fault.ENDLESS:
            return bytes(70000) + b"\x90\x00"
    return said
