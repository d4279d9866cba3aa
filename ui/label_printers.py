"""The label printer of this till: its driver under the device room."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from app.domain.device_plan import DeviceKind, Lamp
from app.errors import BadValue, DeviceSilent
from app.use_cases.notes import Note
from ui.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.paper import Paper, PrintResult
    from devices.connection import Connection
    from devices.label_printer.driver import TsplPrinter
    from ui.device_bench import Trial, Workbench
    from ui.device_room import DeviceRoom

LOOK_EVERY: Final = 10.0
_REST: Final = 0.05
_ACT_LIMIT: Final = 60.0


class RoomLabelPrinter:
    """:class:`app.ports_devices.LabelPrinter` on the printer's own thread; any lane may ask."""

    def __init__(self, room: DeviceRoom) -> None:
        self._room = room

    @property
    def is_there(self) -> bool:
        """Whether this till has one."""
        return self._room.plan.of(DeviceKind.LABEL_PRINTER).is_there

    def print(self, label: Paper, copies: int = 1) -> PrintResult:
        """See the port."""
        asked = self._room.ask(
            DeviceKind.LABEL_PRINTER, lambda watched: watched.printer.print(label, copies)
        )
        try:
            result: PrintResult = asked.result(_ACT_LIMIT)
        except TimeoutError:
            raise DeviceSilent(device=DeviceKind.LABEL_PRINTER.name_id) from None
        return result


class WatchedLabelPrinter:
    """A printer whose lamp is kept true between two acts; each act opens its own connection."""

    def __init__(self, printer: TsplPrinter, bench: Workbench) -> None:
        self.printer, self._bench = printer, bench
        self._next_look = 0.0

    def watch(self) -> None:
        """See :class:`devices.supervisor.Watched`."""
        timer = self._bench.timer
        if timer.now() < self._next_look:
            timer.pause(_REST)
            return
        self._next_look = timer.now() + LOOK_EVERY
        trouble = self.printer.trouble()
        if trouble is None:
            self._bench.attend("device_label.mute", Lamp.UNKNOWN)
        else:
            self._bench.attend(trouble)

    def close(self) -> None:
        """Nothing is open between two acts."""


def watched_label_printer(bench: Workbench) -> WatchedLabelPrinter:
    """Make it, and see that it can be reached; :raises DeviceError: it cannot."""
    from devices.label_printer.driver import LabelSize, TsplPrinter

    width, height = (int(mm) for mm in bench.option("label").split("x"))
    size = LabelSize(width, height, int(bench.option("gap")))
    watched = WatchedLabelPrinter(TsplPrinter(_open_port(bench), bench.timer, size), bench)
    watched.printer.trouble()
    return watched


def _open_port(bench: Workbench) -> Callable[[], Connection]:
    from devices.label_printer import wire

    if bench.placed.is_practice:
        from devices.label_printer.emulator import PracticeLabelPrinter

        return bench.seat(wire.DEVICE, PracticeLabelPrinter).open
    from devices.addresses import address

    try:
        return partial(address(bench.placed.address).open, wire.DEVICE)
    except BadValue:
        raise bench.bad_address() from None


def try_label_printer(trial: Trial) -> tuple[Note, ...]:
    """A label of its own; :raises DeviceError: it cannot print."""
    from app.domain.paper import Paper, PaperRow, PrintEnd, RowKind

    watched: Any = trial.driver
    rows = (
        PaperRow(say("device_try.page_title"), kind=RowKind.TITLE),
        PaperRow(say("device_try.label_row")),
        PaperRow("㐂 YAOTAI 0123456789"),
    )
    result = watched.printer.print(Paper(rows))
    printed = result.end is PrintEnd.PRINTED
    return (Note("device_try.label_printed" if printed else "device_try.sent", {}, "good"),)
