"""What the maker of a device is handed, and the far ends of emulated devices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from app.domain.device_plan import DeviceKind, Lamp, Placed
from app.errors import DeviceFailed
from devices.connection import Connection, FarEnd, LoopbackPort
from devices.ring_log import Mask, RecordedConnection, RingLog

if TYPE_CHECKING:
    from app.ports import Clock
    from app.ports_devices import Timer
    from devices.supervisor import Watched

Kept = TypeVar("Kept")
_BAUD = 9600


class Attend(Protocol):
    """Keeps the lamp of a device that is there."""

    def __call__(self, attention: str, lamp: Lamp = Lamp.ATTENTION) -> None:
        """``lamp``: what it shows for the attention."""
        ...


class PracticeSeat(LoopbackPort):
    """The port of an emulated device, within reach of stories and tests.

    ``far_end`` is the emulator: a card is laid on it, its paper taken out; ``unplug`` and ``plug``
    pull and push the cable.
    """

    def __init__(self, timer: Timer, device: str, far_end: FarEnd) -> None:
        super().__init__(timer, device, lambda: self.far_end)
        self.far_end: Any = far_end

    def put(self, far_end: FarEnd) -> None:
        """Another emulator; it answers from the next opening on."""
        self.far_end = far_end


@dataclass
class Belongings:
    """What a device keeps from one opening to the next."""

    log: RingLog | None = None
    seat: Any = None


@dataclass(frozen=True)
class Workbench:
    """What a maker needs; made anew whenever the plan of the device changes."""

    kind: DeviceKind
    placed: Placed
    timer: Timer
    clock: Clock
    log_folder: Path
    say: Callable[[object], None]
    """Hands on what the device gave by itself; an error is told to the person once."""
    attend: Attend
    """Message id of what somebody should look at; empty = all is well again. May be repeated."""
    belongings: Belongings = field(default_factory=Belongings)

    def option(self, name: str) -> str:
        """What was chosen for this device; :raises BadValue: it has no such option."""
        return self.placed.option(self.kind, name)

    def serial_port(self) -> str:
        """The port of ``serial:PORT`` or ``serial:PORT@BAUD``; :raises DeviceFailed: no such."""
        return self._serial()[0]

    def serial_baud(self, usual: int = _BAUD) -> int:
        """The speed of ``serial:PORT@BAUD``, else the usual one."""
        return self._serial()[1] or usual

    def rest_of(self, form: str) -> str:
        """What stands behind ``form:``; :raises DeviceFailed: the address is of another form."""
        found, _, rest = self.placed.address.partition(":")
        if found != form or not rest:
            raise self.bad_address()
        return rest

    def bad_address(self) -> DeviceFailed:
        """The error for an address that means nothing to this device."""
        return DeviceFailed(device=self.kind.name_id, why="device_plan.bad_address_why")

    def _serial(self) -> tuple[str, int]:
        port, _, baud = self.rest_of("serial").partition("@")
        if not port or (baud and not (baud.isdecimal() and 2 < len(baud) < 8)):
            raise self.bad_address()
        return port, int(baud or 0)

    def recorded(self, connection: Connection, log_kind: str, mask: Mask) -> Connection:
        """The connection with everything that passes it written to ``devices/<kind>.log``.

        ``log_kind`` names who plays the log back; ``mask`` leaves nothing personal of either side.
        """
        return RecordedConnection(connection, self.ring(log_kind, mask))

    def ring(self, log_kind: str, mask: Mask) -> RingLog:
        """The log behind :meth:`recorded`, for what is no connection of bytes."""
        held = self.belongings
        if held.log is None:
            path = self.log_folder / f"{self.kind}.log"
            held.log = RingLog(path, log_kind, mask, self.timer, self.clock)
        return held.log

    def kept(self, make: Callable[[], Kept]) -> Kept:
        """The far end of this emulated device: made once, it outlives every reopening."""
        if self.belongings.seat is None:
            self.belongings.seat = make()
        seat: Kept = self.belongings.seat
        return seat

    def seat(self, device: str, make_far_end: Callable[[], FarEnd]) -> PracticeSeat:
        """:meth:`kept` for a device that speaks over a connection."""
        return self.kept(lambda: PracticeSeat(self.timer, device, make_far_end()))


@dataclass
class Trial:
    """A driver that was just made, to be tried; runs on whatever thread tries it."""

    driver: Watched
    bench: Workbench
    said: list[object]
    """What the device gave by itself so far."""

    def wait_for_said(self, seconds: float) -> object | None:
        """Watch until the device gives something; None: it gave nothing in time."""
        until = self.bench.timer.now() + seconds
        while not self.said and self.bench.timer.now() < until:
            self.driver.watch()
        return self.said[0] if self.said else None
