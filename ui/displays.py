"""The customer's display and the customer's screen as devices of the room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.device_plan import FoundPlace, Lamp
from app.domain.display import Figure, Meaning
from app.use_cases.notes import Note
from ui.words import say

if TYPE_CHECKING:
    from app.ports_devices import Timer
    from devices.connection import Connection
    from devices.display.driver import LedDisplay
    from ui.device_bench import Trial, Workbench

_REST: Final = 0.5


class WatchedDisplay:
    """A display whose lamp says what can be known: its port is open, more is never told."""

    def __init__(self, display: LedDisplay, bench: Workbench) -> None:
        self.display, self._bench, self._told = display, bench, False

    def watch(self) -> None:
        """See :class:`devices.supervisor.Watched`."""
        if not self._told:
            self._told = True
            self._bench.attend("device_display.mute", Lamp.UNKNOWN)
        self.display.watch()

    def show(self, figure: Figure) -> None:
        """See :class:`app.ports_devices.CustomerDisplay`."""
        self.display.show(figure)

    def close(self) -> None:
        """Give the port back."""
        self.display.close()


def watched_display(bench: Workbench) -> WatchedDisplay:
    """Open it, dark; :raises DeviceError: it cannot be opened."""
    from devices.connection import SerialConnection
    from devices.display import wire
    from devices.display.driver import LedDisplay
    from devices.display.emulator import PracticeDisplay

    lines = 2 if bench.option("model") == "vfd" else 1
    dialect = wire.Dialect(lines, bench.option("lamps"), bench.option("clear"))
    line: Connection
    if bench.placed.is_practice:
        line = bench.seat(wire.DEVICE, lambda: PracticeDisplay(8 if lines == 1 else 20)).open()
    else:
        baud = bench.serial_baud(dialect.baud)
        line = SerialConnection(bench.serial_port(), baud, device=wire.DEVICE)
    return WatchedDisplay(LedDisplay(line, bench.timer, dialect), bench)


def try_display(trial: Trial) -> tuple[Note, ...]:
    """All eights and every segment; a person looks."""
    display: Any = trial.driver
    display.show(Figure(Meaning.TOTAL, "888888.88"))
    return (Note("device_try.display", {}, "told"),)


class ScreenSeat:
    """The customer's screen: the window system looks after it, the room only keeps its place."""

    def __init__(self, timer: Timer) -> None:
        self._timer = timer

    def watch(self) -> None:
        """Nothing can be lost here: a screen that is pulled moves its window."""
        self._timer.pause(_REST)

    def close(self) -> None:
        """Nothing is open."""


def screen_seat(bench: Workbench) -> ScreenSeat:
    """:raises DeviceFailed: the address is of another form."""
    bench.rest_of("screen")
    return ScreenSeat(bench.timer)


def try_screen(_trial: Trial) -> tuple[Note, ...]:
    """The window opens when the plan is kept."""
    return (Note("device_try.customer_window", {}, "told"),)


def found_screen() -> FoundPlace:
    """The one place that every machine has; a screen of a certain name is typed."""
    return FoundPlace("screen:auto", say("customer.any_screen"))
