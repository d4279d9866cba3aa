"""Card readers by PC/SC (pyscard, installed apart): any reader of the CCID kind."""

from __future__ import annotations

import importlib
import re
from enum import Enum, auto
from typing import Any, Final

from app.errors import BadFrame, DeviceBusy, DeviceError, DeviceFailed, NotConnected
from devices.social_card.channel import removed, silent
from devices.social_card.wire import DEVICE


class Trouble(Enum):
    """What a code of PC/SC means for the till."""

    GONE = auto()
    """The reader or the service; a new context is needed."""
    NO_SERVICE = auto()
    REMOVED = auto()
    SILENT = auto()
    BUSY = auto()
    RESET = auto()
    """Another program reset the card: what was begun with it is void."""
    FORBIDDEN = auto()
    OTHER = auto()


_OK: Final = 0
_NO_READERS: Final = 0x8010002E
_TIMEOUT: Final = 0x8010000A
_SHARING: Final = 0x8010000B
TROUBLES: Final = {
    0x80100001: Trouble.GONE,
    0x80100002: Trouble.GONE,
    0x80100003: Trouble.GONE,
    0x80100009: Trouble.GONE,
    0x80100012: Trouble.GONE,
    0x80100013: Trouble.GONE,
    0x80100017: Trouble.GONE,
    _NO_READERS: Trouble.GONE,
    0x8010001D: Trouble.NO_SERVICE,
    0x8010001E: Trouble.NO_SERVICE,
    0x8010000C: Trouble.REMOVED,
    0x80100069: Trouble.REMOVED,
    _TIMEOUT: Trouble.SILENT,
    0x8010000D: Trouble.SILENT,
    0x8010000F: Trouble.SILENT,
    0x80100010: Trouble.SILENT,
    0x80100015: Trouble.SILENT,
    0x80100016: Trouble.SILENT,
    0x8010001C: Trouble.SILENT,
    0x80100065: Trouble.SILENT,
    0x80100066: Trouble.SILENT,
    0x80100067: Trouble.SILENT,
    _SHARING: Trouble.BUSY,
    0x80100031: Trouble.BUSY,
    0x80100068: Trouble.RESET,
    0x80100027: Trouble.FORBIDDEN,
    0x8010006A: Trouble.FORBIDDEN,
}
"""Codes of winscard.h, the same on every system."""

_PRESENT: Final = 0x20
_LOST: Final = 0x04 | 0x08
"""Unknown to the service, or not available."""


def error(code: int) -> DeviceError:
    """The error that a code is; it is handed back, not raised.

    A service that stops is told as a reader that went: it is opened anew, and then says why not.
    """
    match TROUBLES.get(code & 0xFFFFFFFF, Trouble.OTHER):
        case Trouble.GONE | Trouble.NO_SERVICE:
            return NotConnected(device=DEVICE)
        case Trouble.REMOVED:
            return removed()
        case Trouble.SILENT:
            return silent()
        case Trouble.BUSY:
            return DeviceBusy(device=DEVICE)
        case Trouble.RESET:
            return BadFrame(device=DEVICE)
        case Trouble.FORBIDDEN:
            return DeviceFailed(device=DEVICE, why="device_sscard.forbidden")
    return DeviceFailed(device=DEVICE, why="device_sscard.pcsc_other")


def _require(code: int) -> None:
    if code != _OK:
        raise error(code)


def _scard() -> Any:  # noqa: ANN401 (pyscard has no types)
    """pyscard's own face of winscard; :raises DeviceFailed: it is not installed, or its library."""
    try:
        return importlib.import_module("smartcard.scard")
    except ModuleNotFoundError:
        raise DeviceFailed(device=DEVICE, why="device_sscard.no_pyscard") from None
    except ImportError:
        raise DeviceFailed(device=DEVICE, why="device_sscard.no_service") from None


def _context(scard: Any) -> Any:  # noqa: ANN401 (as above)
    """A new one; :raises DeviceFailed: the service does not run, and what to do."""
    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    code &= 0xFFFFFFFF
    if TROUBLES.get(code) in (Trouble.NO_SERVICE, Trouble.GONE):
        raise DeviceFailed(device=DEVICE, why="device_sscard.no_service")
    _require(code)
    return context


def _names(scard: Any, context: Any) -> list[str]:  # noqa: ANN401 (as above)
    code, names = scard.SCardListReaders(context, [])
    if code & 0xFFFFFFFF in (_NO_READERS, 0x80100017):
        return []
    _require(code)
    return [str(name) for name in names]


def found_readers() -> list[str]:
    """The readers that the system shows; :raises DeviceFailed: no pyscard or no service."""
    scard = _scard()
    context = _context(scard)
    try:
        return _names(scard, context)
    finally:
        scard.SCardReleaseContext(context)


_INDEX: Final = re.compile(r"( [0-9A-F]{2} [0-9A-F]{2}| \d+)$")
"""What the service puts behind a name; another after another order of plugging."""


def chosen(wanted: str, names: list[str]) -> str | None:
    """The reader of that name: to the letter, else without its index, else by its beginning.

    No name at all is the first reader: most tills have one.
    """
    bare = _INDEX.sub("", wanted)
    for fits in (
        lambda name: name == wanted,
        lambda name: _INDEX.sub("", name) == bare,
        lambda name: name.startswith(wanted),
    ):
        if found := next((name for name in sorted(names) if fits(name)), None):
            return found
    return None


class PcscSlot:
    """:class:`devices.social_card.channel.CardSlot` by PC/SC, opened when made.

    It asks the service itself at each look: the monitoring threads of the library do not survive
    a restart of the service (devices.md 2.8).
    """

    def __init__(self, reader: str) -> None:
        """:raises NotConnected: no such reader. :raises DeviceFailed: no pyscard or no service."""
        self._scard = _scard()
        self._context = _context(self._scard)
        self._open = True
        try:
            name = chosen(reader, _names(self._scard, self._context))
            if name is None:
                raise NotConnected(device=DEVICE)
        except DeviceError:
            self.close()
            raise
        self.name = name

    def presence(self) -> int | None:
        """See the slot: the service counts what is put in and taken out."""
        unaware = self._scard.SCARD_STATE_UNAWARE
        code, states = self._scard.SCardGetStatusChange(self._context, 0, [(self.name, unaware)])
        if code & 0xFFFFFFFF == _TIMEOUT:
            return None
        _require(code)
        state = int(states[0][1])
        if state & _LOST:
            raise NotConnected(device=DEVICE)
        return state >> 16 if state & _PRESENT else None

    def connect(self) -> PcscChannel:
        """See the slot. For us alone where that can be had: another program may speak between."""
        scard = self._scard
        both = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        for share in (scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_SHARE_SHARED):
            code, card, protocol = scard.SCardConnect(self._context, self.name, share, both)
            if code & 0xFFFFFFFF != _SHARING:
                break
        _require(code)
        return PcscChannel(scard, card, protocol)

    def close(self) -> None:
        """See the slot."""
        if self._open:
            self._open = False
            self._scard.SCardReleaseContext(self._context)


class PcscChannel:
    """:class:`devices.social_card.channel.CardChannel` by PC/SC; one for one time of a card."""

    def __init__(self, scard: Any, card: Any, protocol: int) -> None:  # noqa: ANN401 (as above)
        self._scard, self._card = scard, card
        t1 = protocol == scard.SCARD_PROTOCOL_T1
        self._protocol = scard.SCARD_PCI_T1 if t1 else scard.SCARD_PCI_T0
        self._open = True

    @property
    def reset_answer(self) -> bytes:
        """See the channel."""
        code, _, _, _, reset_answer = self._scard.SCardStatus(self._card)
        _require(code)
        return bytes(reset_answer)

    def transmit(self, apdu: bytes) -> bytes:
        """See the channel."""
        code, said = self._scard.SCardTransmit(self._card, self._protocol, list(apdu))
        _require(code)
        return bytes(one & 0xFF for one in said)

    def close(self) -> None:
        """See the channel; what became of the card by then is all the same."""
        if self._open:
            self._open = False
            self._scard.SCardDisconnect(self._card, self._scard.SCARD_LEAVE_CARD)
