"""The picture in an identity card's chip, by the reader maker's own decoder: in memory only.

The compression (WLT) is secret; decoders exist only as closed libraries that come with a reader
(devices.md 1.7). Those seen in public code share one function, ``int unpack(src, dst, save)``:
1024 bytes in, 102 x 126 pixels out, 1 = done. No such library was ever at hand here.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from app.domain.face import Pixels
from app.errors import DeviceFailed
from devices.card_reader.wire import DEVICE
from devices.library.wire import Function, Kind, Returned, Value

WIDTH: Final = 102
HEIGHT: Final = 126
PACKED: Final = 1024
_SIZE: Final = WIDTH * HEIGHT * 3
_DONE: Final = 1
_SAVE_NOTHING: Final = 0
UNPACK: Final = Function("unpack", (Kind.DATA, Kind.BUFFER, Kind.INT32), limit=3.0)
LEFT_BEHIND: Final = ("zp.bmp", "photo.bmp", "zp.jpg")
"""Files that such libraries are known to write beside themselves, asked or not."""


class Calls(Protocol):
    """A library that can be called: :class:`devices.library.process.VendorLibrary`."""

    def call(self, name: str, *values: Value) -> Returned:
        """Call a function of its table."""
        ...


def card_pictures(library: Calls, photo: bytes, folder: Path) -> tuple[Pixels, Pixels]:
    """The picture both ways up: from the last row, as such libraries lay it, and from the first.

    Whoever looks for a face finds it in one of the two. ``folder``: where the library lies; what
    it wrote there is taken away again.

    :raises DeviceFailed: the card brought no picture, or the library cannot read it;
    :raises LibraryGone: it crashed, hung or cannot be used.
    """
    if len(photo) != PACKED:
        raise DeviceFailed(device=DEVICE, why="device_idcard.no_picture")
    known = {name for name in LEFT_BEHIND if (folder / name).exists()}
    try:
        told = library.call(UNPACK.name, photo, _SIZE, _SAVE_NOTHING)
    finally:
        for name in set(LEFT_BEHIND) - known:
            with suppress(OSError):
                (folder / name).unlink(missing_ok=True)
    if told.number() != _DONE:
        raise DeviceFailed(device=DEVICE, why="device_idcard.picture_unread")
    raw = told.out_bytes(0)
    rows = [_red_first(raw[at : at + 3 * WIDTH]) for at in range(0, _SIZE, 3 * WIDTH)]
    return (
        Pixels(WIDTH, HEIGHT, b"".join(reversed(rows))),
        Pixels(WIDTH, HEIGHT, b"".join(rows)),
    )


def _red_first(row: bytes) -> bytes:
    """Blue, green, red as the library lays them -> red, green, blue."""
    turned = bytearray(row)
    turned[0::3], turned[2::3] = row[2::3], row[0::3]
    return bytes(turned)
