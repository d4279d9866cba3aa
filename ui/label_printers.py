"""The label printer of this till: its driver under the device room."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from app.domain.device_plan import DeviceKind
from app.errors import BadValue
from app.use_cases.notes import Note
from ui.printer_watch import PrinterWatch, ask_printer
from ui.words import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.paper import Paper, PrintResult
    from devices.connection import Connection
    from devices.label_printer.driver import TsplPrinter
    from ui.device_bench import Trial, Workbench
    from ui.device_room import DeviceRoom


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

        def work(printer: TsplPrinter) -> PrintResult:
            return printer.print(label, copies)

        return ask_printer(self._room, DeviceKind.LABEL_PRINTER, work)


def watched_label_printer(bench: Workbench) -> PrinterWatch[TsplPrinter]:
    """Make it, and see that it can be reached; :raises DeviceError: it cannot."""
    from devices.label_printer.driver import LabelSize, TsplPrinter

    width, height = (int(mm) for mm in bench.option("label").split("x"))
    size = LabelSize(width, height, int(bench.option("gap")))
    printer = TsplPrinter(_open_port(bench), bench.timer, size)
    printer.trouble()
    return PrinterWatch(printer, bench, TsplPrinter.trouble, "device_label.mute")


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
