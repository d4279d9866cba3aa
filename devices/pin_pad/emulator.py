"""The far end: a number pad before an invented customer, with the faults of such pads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto


class Fault(Enum):
    """What goes wrong with the next entry."""

    NOISE = auto()
    """The line crackles between the keys."""
    HALF = auto()
    """The customer walks away after three keys."""
    SLIP = auto()
    """A wrong key first, taken back."""


@dataclass
class Pad:
    """Sleeps until it hears ``wakes_on``; then what was laid on by :meth:`types` leaves it."""

    wakes_on: bytes = b""
    sleeps_on: bytes = b""
    at_once: bool = False
    """Some send everything after the last key, others key by key."""
    ends: bytes = b"\r"
    fault: Fault | None = None
    awake: bool = False
    _waiting: list[bytes] = field(default_factory=list, repr=False)

    def types(self, digits: str) -> Iterable[bytes]:
        """Somebody types; answers what leaves the pad now, if it is awake."""
        pieces = list(self._pieces(digits))
        if self.awake or not self.wakes_on:
            return pieces
        self._waiting = pieces
        return ()

    def hear(self, data: bytes) -> Iterable[bytes]:
        """See :class:`devices.connection.FarEnd`."""
        if self.wakes_on and self.wakes_on in data:
            self.awake = True
            pieces, self._waiting = self._waiting, []
            return pieces
        if self.sleeps_on and self.sleeps_on in data:
            self.awake = False
        return ()

    def _pieces(self, digits: str) -> Iterator[bytes]:
        fault, self.fault = self.fault, None
        signs = [digit.encode("ascii") for digit in digits]
        if fault is Fault.HALF:
            yield from signs[:3]
            return
        if fault is Fault.SLIP:
            signs = [b"9", b"\x08", *signs]
        if fault is Fault.NOISE:
            signs = [b"\xff\x00" + sign + b"\xaa" for sign in signs]
        signs.append(self.ends)
        if self.at_once:
            yield b"".join(signs)
        else:
            yield from signs
