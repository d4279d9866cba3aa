"""Printers of the device room: their lamp between two acts, and acts that are given up in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from app.domain.device_plan import DeviceKind, Lamp
from app.errors import DeviceSilent

if TYPE_CHECKING:
    from ui.device_bench import Workbench
    from ui.device_room import DeviceRoom

LOOK_EVERY: Final = 10.0
"""Seconds between two looks at how a printer feels; a network printer serves one at a time."""
LOOK_AGAIN: Final = 1.0
"""Seconds while there is something to put right: whoever does waits to see that it is."""
_REST: Final = 0.05
_ACT_LIMIT: Final = 60.0
"""Seconds after which an act at the printer is given up: longer than any paper takes."""

Printer = TypeVar("Printer")
Told = TypeVar("Told")


class PrinterWatch(Generic[Printer]):
    """A printer whose lamp is kept true between two acts; each act opens its own connection.

    ``feels`` answers the message id of what somebody should look at, empty = all is well, None =
    it never answers: then the lamp says ``mute``.
    """

    def __init__(
        self,
        printer: Printer,
        bench: Workbench,
        feels: Callable[[Printer], str | None],
        mute: str,
    ) -> None:
        self.printer = printer
        self._bench, self._feels, self._mute = bench, feels, mute
        self._next_look = 0.0

    def act(self, work: Callable[[Printer], Told]) -> Told:
        """Have the printer do something; how it feels afterwards is looked at without delay."""
        try:
            return work(self.printer)
        finally:
            self._next_look = 0.0

    def watch(self) -> None:
        """See :class:`devices.supervisor.Watched`."""
        timer = self._bench.timer
        if timer.now() < self._next_look:
            timer.pause(_REST)
            return
        attention = self._feels(self.printer)
        self._next_look = timer.now() + (LOOK_AGAIN if attention else LOOK_EVERY)
        if attention is None:
            self._bench.attend(self._mute, Lamp.UNKNOWN)
        else:
            self._bench.attend(attention)

    def close(self) -> None:
        """Nothing is open between two acts."""


def ask_printer(room: DeviceRoom, kind: DeviceKind, work: Callable[[Printer], Told]) -> Told:
    """Have a printer of the room do something on its own thread, from any lane.

    :raises DeviceSilent: it did not come to an end; else what the work raised.
    """

    def act(watched: PrinterWatch[Printer]) -> Told:
        return watched.act(work)

    try:
        return room.ask(kind, act).result(_ACT_LIMIT)
    except TimeoutError:
        raise DeviceSilent(device=kind.name_id) from None
