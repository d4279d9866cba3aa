"""The receipt printer of this till: its driver under the device room, and its words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from app.domain.device_plan import DeviceKind
from app.domain.paper import PaperLeft
from app.errors import BadValue, PackValueMissing
from app.use_cases.notes import Note
from ui import labels
from ui.label_printers import RoomLabelPrinter
from ui.printer_watch import PrinterWatch, ask_printer
from ui.shop_labels import Labelling
from ui.shop_printing import Printing
from ui.slips import composer
from ui.words import say

if TYPE_CHECKING:
    from app.domain.paper import Paper, PrinterStatus, PrintResult
    from app.ports_devices import ReceiptPrinter
    from app.regions.loader import Region
    from app.use_cases.doors import Doors
    from app.use_cases.shift_report import Report
    from devices.connection import Connection
    from ui.device_bench import Trial, Workbench
    from ui.device_room import DeviceRoom

Told = TypeVar("Told")


def printing_of(room: DeviceRoom, doors: Doors, region: Region) -> tuple[Printing, Labelling]:
    """Both printers of the room with the words of their papers; one not planned prints none."""
    days = _near_days(doors, region)
    slips = Printing(
        doors, RoomPrinter(room), composer(say, days), lambda: prints(room), _report_paper
    )
    return slips, Labelling(doors, RoomLabelPrinter(room), labels.composer(say, days))


def _report_paper(report: Report) -> Paper:
    # Loaded by the first report that goes to paper.
    from ui.shift_rows import report_paper

    return report_paper(report, say)


def prints(room: DeviceRoom) -> bool:
    """Whether slips go to paper at this till."""
    return room.plan.of(DeviceKind.RECEIPT_PRINTER).is_there


class RoomPrinter:
    """:class:`app.ports_devices.ReceiptPrinter` on the printer's own thread; any lane may ask."""

    def __init__(self, room: DeviceRoom) -> None:
        self._room = room

    def status(self) -> PrinterStatus:
        """See the port."""
        return self._ask(lambda printer: printer.status())

    def print(self, paper: Paper) -> PrintResult:
        """See the port."""
        return self._ask(lambda printer: printer.print(paper))

    def kick_drawer(self) -> None:
        """See the port."""
        return self._ask(lambda printer: printer.kick_drawer())

    def _ask(self, work: Callable[[ReceiptPrinter], Told]) -> Told:
        return ask_printer(self._room, DeviceKind.RECEIPT_PRINTER, work)


def feels(printer: ReceiptPrinter) -> str | None:
    """What somebody should look at; None: it never says."""
    status = printer.status()
    return attention_of(status) if status.answers else None


def attention_of(status: PrinterStatus) -> str:
    """Message id of what somebody should look at; empty = nothing is known against it."""
    near = "device_printer.paper_near_end" if status.paper is PaperLeft.NEAR_END else ""
    drawer = "device_printer.drawer_open" if status.drawer_open else ""
    return status.trouble or near or drawer


def watched_printer(bench: Workbench) -> PrinterWatch[ReceiptPrinter]:
    """Make it, and see that it can be reached; :raises DeviceError: it cannot."""
    from devices.receipt_printer import replay, wire
    from devices.receipt_printer.driver import EscPosPrinter

    columns = {"80": wire.WIDE_COLUMNS, "58": wire.NARROW_COLUMNS}[bench.option("paper")]
    open_port = _open_port(bench, columns)
    printer: ReceiptPrinter = EscPosPrinter(
        lambda: bench.recorded(open_port(), replay.KIND, replay.masked),
        bench.timer,
        columns=columns,
        drawer_pin5=bench.option("drawer_pin") == "5",
        open_level={"none": None, "high": True, "low": False}[bench.option("drawer_contact")],
    )
    watched = PrinterWatch(printer, bench, feels, "device_printer.mute")
    watched.watch()
    return watched


def _open_port(bench: Workbench, columns: int) -> Callable[[], Connection]:
    from devices.receipt_printer import wire

    if bench.placed.is_practice:
        from devices.dots import COLUMN_DOTS
        from devices.receipt_printer.emulator import PracticePrinter

        return bench.seat(wire.DEVICE, lambda: PracticePrinter(columns * COLUMN_DOTS)).open
    from devices.addresses import address

    try:
        return partial(address(bench.placed.address).open, wire.DEVICE)
    except BadValue:
        raise bench.bad_address() from None


def try_printer(trial: Trial) -> tuple[Note, ...]:
    """How it feels, and a page of its own; :raises DeviceError: it cannot print."""
    from app.domain.paper import Paper, PaperRow, PrintEnd, RowKind

    printer = cast("PrinterWatch[ReceiptPrinter]", trial.driver).printer
    status = printer.status()
    rows = (
        PaperRow(say("device_try.page_title"), kind=RowKind.TITLE),
        PaperRow(say("device_try.page_left"), say("device_try.page_right")),
        PaperRow(kind=RowKind.RULE),
        PaperRow("YAOTAI TEST 0123456789", kind=RowKind.QR),
    )
    result = printer.print(Paper(rows))
    printed = result.end is PrintEnd.PRINTED
    notes = [Note("device_try.printed" if printed else "device_try.sent", {}, "good")]
    if not status.answers:
        notes.append(Note("device_try.printer_mute"))
    elif attention := attention_of(status):
        notes.append(Note("device_try.attention", {"why": attention}, "warn"))
    return tuple(notes)


def _near_days(doors: Doors, region: Region) -> int:
    """Within how many days of its end a pack says so; 0 where the pack of the region is silent."""
    for settlement in region.settlements:
        try:
            days = doors.policy_on(settlement, doors.clock.now()).goods.near_expiry_days
        except PackValueMissing:
            continue
        if days:
            return min(days)
    return 0
