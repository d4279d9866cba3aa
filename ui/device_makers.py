"""How each device of the counter is made, and how the set-up page tries it: one table.

Imports of drivers stand inside the makers on purpose: none is needed before the first paint, and
a till that has no such device never loads its driver. A maker runs on its device's own thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.device_plan import DeviceKind
from app.use_cases.notes import Note

if TYPE_CHECKING:
    from devices.connection import Connection
    from devices.supervisor import Watched
    from ui.device_bench import Trial, Workbench

Make = Callable[["Workbench"], "Watched"]
"""Opens the port of ``bench.placed`` and answers a driver; :raises DeviceError: it cannot."""
Check = Callable[["Trial"], tuple[Note, ...]]
"""Lets a driver that was just made show that it works; :raises DeviceError: it does not."""


@dataclass(frozen=True, slots=True)
class Maker:
    """One kind of device."""

    make: Make
    check: Check
    emulated: bool = True
    """Whether it can be at :data:`~app.domain.device_plan.PRACTICE`."""


# --- the reader of identity cards -----------------------------------------------------------------


def _card_reader(bench: Workbench) -> Watched:
    from devices.card_reader import replay, wire
    from devices.card_reader.driver import CardWatch, open_reader
    from devices.card_reader.emulator import SamV
    from devices.connection import SerialConnection

    def open_at(baud: int) -> Connection:
        line: Connection
        if bench.placed.is_practice:
            line = bench.seat(wire.DEVICE, SamV).open()
        else:
            line = SerialConnection(bench.serial_port(), baud, device=wire.DEVICE)
        return bench.recorded(line, replay.KIND, wire.masked)

    reader = open_reader(open_at, bench.timer)
    return CardWatch(reader, bench.timer, bench.say, bench.say)


def _try_card_reader(trial: Trial) -> tuple[Note, ...]:
    from app.errors import BadFrame, DeviceFailed

    reader: Any = trial.driver
    try:
        number = reader.reader.module_number()
    except (DeviceFailed, BadFrame):
        # Some boards know the three commands of a reading and no other.
        return (Note("device_try.card_reader_plain", {}, "good"),)
    return (Note("device_try.card_reader", {"number": number}, "good"),)


# --- the receipt printer and the drawer at its socket ---------------------------------------------


def _receipt_printer(bench: Workbench) -> Watched:
    from ui.printers import watched_printer

    return watched_printer(bench)


def _try_receipt_printer(trial: Trial) -> tuple[Note, ...]:
    from ui.printers import try_printer

    return try_printer(trial)


MAKERS: Final[Mapping[DeviceKind, Maker]] = {
    DeviceKind.CARD_READER: Maker(_card_reader, _try_card_reader),
    DeviceKind.RECEIPT_PRINTER: Maker(_receipt_printer, _try_receipt_printer),
}
"""A kind without a row is not offered by this version, neither in the plan nor on the page."""

EMULATED: Final = tuple(kind for kind, maker in MAKERS.items() if maker.emulated)
