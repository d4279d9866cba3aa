"""The regions' own card drivers as readers: shared libraries, in a process of their own."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from app.domain.social_card import SocialCard
from app.errors import DeviceFailed, LibraryGone
from app.ports_devices import Timer
from devices.library.process import LibraryPlace, VendorLibrary
from devices.library.wire import Function, Kind, Returned, Value
from devices.social_card import regional
from devices.social_card.channel import no_card
from devices.social_card.wire import DEVICE

_READING: Final = 30.0
"""Seconds: a driver may go through the card's authentication with the region's machines."""
_ROOM: Final = 8192
_SMALL_ROOM: Final = 2048
_AUTOMATIC: Final = 3
"""iType: the contacts first, then the air."""
_ASK_EVERY: Final = 1.0

READ_CARD: Final = Function("iReadCardBas", (Kind.INT32, Kind.TEXT_BUFFER), limit=_READING)
"""``long`` in the headers: its lower half is the code on every system."""
INIT: Final = Function("Init", (Kind.TEXT, Kind.TEXT_BUFFER), limit=_READING)
READ_CARD_INSURANCE: Final = Function(
    "ReadCardBas", (Kind.TEXT_BUFFER, Kind.TEXT_BUFFER), limit=_READING
)
_INSURANCE: Final = "heasecreadinfo"


class Calls(Protocol):
    """A library that can be called: :class:`devices.library.process.VendorLibrary`."""

    def call(self, name: str, *values: Value) -> Returned:
        """Call a function of its table."""
        ...

    def watch(self) -> None:
        """Look whether its process still runs."""
        ...

    def close(self) -> None:
        """End its process."""
        ...


class LibraryReader:
    """:class:`app.ports_devices.SocialCardReader` by a region's driver, on request only.

    It is never asked in a circle: such a driver may sound, turn pages on its display or ask the
    holder for something each time. What the holder keys in there goes to the card by the driver
    alone and never comes here.
    """

    def __init__(self, library: Calls, timer: Timer) -> None:
        self._library, self._timer = library, timer

    def poll(self) -> SocialCard | None:
        """See the port: never anything by itself; its process is looked at."""
        self._library.watch()
        return None

    def wait_for_card(self, seconds: float) -> SocialCard | None:
        """See the port."""
        over = self._timer.now() + seconds
        while (card := self._card_or_none()) is None:
            if self._timer.now() >= over:
                return None
            self._timer.pause(_ASK_EVERY)
        return card

    def read(self) -> SocialCard:
        """See the port; :raises LibraryGone: the driver crashed, hung or cannot be used."""
        card = self._card_or_none()
        if card is None:
            raise no_card()
        return card

    def close(self) -> None:
        """See the port."""
        self._library.close()

    def _card_or_none(self) -> SocialCard | None:
        told = self._read()
        code = told.number()
        if code == regional.NO_CARD:
            return None
        if code != 0:
            raise regional.failure(code)
        return regional.card_of_text(told.out_bytes(0))

    def _read(self) -> Returned:
        return self._library.call(READ_CARD.name, _AUTOMATIC, _ROOM)


class InsuranceLibraryReader(LibraryReader):
    """The same by the insurance bureaus' ``HeaSecReadInfo``, which wants to be told its server.

    ``settings`` is what its ``Init`` is handed: a JSON text with the bureau's IP, PORT, TIMEOUT,
    LOG_PATH and SFZ_DRIVER_TYPE, word for word as the bureau gave it out.
    """

    def __init__(self, library: Calls, timer: Timer, settings: bytes) -> None:
        super().__init__(library, timer)
        self._settings = settings
        self._is_ready = False

    def _read(self) -> Returned:
        if not self._is_ready:
            if self._library.call(INIT.name, self._settings, _SMALL_ROOM).number() != 0:
                raise DeviceFailed(device=DEVICE, why="device_sscard.not_ready")
            self._is_ready = True
        try:
            return self._library.call(READ_CARD_INSURANCE.name, _SMALL_ROOM, _ROOM)
        except LibraryGone:
            self._is_ready = False  # the next process knows nothing of this one
            raise


def settings_beside(path: Path) -> bytes:
    """The settings of a ``HeaSecReadInfo`` library: the file of its name that ends in ``.json``.

    :raises DeviceFailed: it is not there, or no JSON object.
    """
    try:
        raw = path.with_suffix(".json").read_bytes()[:_SMALL_ROOM]
        told = json.loads(raw)
    except (OSError, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or b"\0" in raw:
        raise DeviceFailed(device=DEVICE, why="device_sscard.no_settings")
    return raw


def open_library(place: LibraryPlace, timer: Timer) -> LibraryReader:
    """The reader behind a driver's file; which of the two interfaces it has, its name tells.

    :raises LibraryGone: the file is not there, no library, or for another word size.
    """
    insurance = _INSURANCE in PurePosixPath(place.path.replace("\\", "/")).name.lower()
    settings = settings_beside(Path(place.path)) if insurance else b""
    table = (INIT, READ_CARD_INSURANCE) if insurance else (READ_CARD,)
    library = VendorLibrary(place, table, device=DEVICE, timer=timer)
    library.open()
    if insurance:
        return InsuranceLibraryReader(library, timer, settings)
    return LibraryReader(library, timer)
