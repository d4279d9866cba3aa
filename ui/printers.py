"""Which receipt printer this till has: by the shop's settings, in practice the emulator."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from app.errors import BadFile, BadValue, PackValueMissing
from devices.addresses import address
from devices.connection import LoopbackPort, SystemTimer
from devices.dots import COLUMN_DOTS
from devices.receipt_printer import wire
from devices.receipt_printer.driver import EscPosPrinter
from devices.receipt_printer.emulator import PracticePrinter
from ui.homes import SHOP_FILE
from ui.shop_printing import Printing
from ui.slips import composer
from ui.words import say

if TYPE_CHECKING:
    from app.ports_devices import ReceiptPrinter
    from app.regions.loader import Region
    from app.use_cases.doors import Doors
    from ui.homes import ShopFile

NONE: Final = "none"
_COLUMNS: Final = {"80": wire.WIDE_COLUMNS, "58": wire.NARROW_COLUMNS}


def printing_of(file: ShopFile, doors: Doors, region: Region, practice: bool) -> Printing | None:
    """The printer of ``shop.toml`` with its words; None: slips stay pictures and PDFs.

    :raises BadFile: an address or a width that is none.
    """
    printer = _printer(file, practice)
    if printer is None:
        return None
    return Printing(doors, printer, composer(say, _near_days(doors, region)))


def _printer(file: ShopFile, practice: bool) -> ReceiptPrinter | None:
    columns, timer = _COLUMNS.get(file.receipt_paper), SystemTimer()
    if columns is None:
        raise BadFile(file=SHOP_FILE, why="receipt_paper: 80 or 58")
    if file.receipt_printer == NONE or not (file.receipt_printer or practice):
        return None
    if not file.receipt_printer:
        far_end = PracticePrinter(columns * COLUMN_DOTS)
        port = LoopbackPort(timer, wire.DEVICE, lambda: far_end)
        return EscPosPrinter(port.open, timer, columns=columns)
    try:
        place = address(file.receipt_printer)
    except BadValue as error:
        raise BadFile(file=SHOP_FILE, why=f"receipt_printer: {error.params['why']}") from None
    return EscPosPrinter(partial(place.open, wire.DEVICE), timer, columns=columns)


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
