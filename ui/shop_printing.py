"""The open shop's part for paper: the spool, the printer and the drawer at its socket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from app.domain.print_job import Document
from app.errors import DeviceError, NotOffered
from app.ports_devices import ReceiptPrinter
from app.use_cases import print_slips
from app.use_cases.doors import Doors, Operator
from app.use_cases.print_slips import Compose, ComposeReport
from app.use_cases.receipt import sale_of_receipt
from app.use_cases.spool import Spool

DEVICE: Final = "device_name.receipt_printer"


@dataclass(frozen=True)
class Printing:
    """A printer with what it needs: the doors of its own lane and the words of its papers."""

    doors: Doors
    printer: ReceiptPrinter
    compose: Compose
    is_planned: Callable[[], bool] = lambda: True
    """Whether this till has one now: the set-up page may change that at any time."""
    compose_report: ComposeReport | None = None
    """Of shifts and closed days."""


class ShopPrinting:
    """``ui.screens.shop_door.PrintingDoor``; without a printer slips stay pictures and PDFs."""

    printing: Printing | None

    def has_printer(self) -> bool:
        """Whether slips go to paper here."""
        return self.printing is not None and self.printing.is_planned()

    def print_waiting(self, kick: bool) -> Spool:
        """The drawer first: whoever waits for change does not wait for paper."""
        if self.printing is None or not self.printing.is_planned():
            return Spool()
        doors, printer, compose = self.printing.doors, self.printing.printer, self.printing.compose
        reports = self.printing.compose_report
        shut = ""
        if kick:
            try:
                printer.kick_drawer()
            except DeviceError as error:
                shut = print_slips.trouble_of(error)
        spool = print_slips.print_waiting(doors, printer, compose, reports)
        # A printer that cannot be reached is told of once, by its papers.
        return replace(spool, drawer=shut) if shut != spool.trouble else spool

    def reprint(self, receipt_no: str, operator: Operator) -> None:
        """:raises NotFound: no such slip; :raises NotOffered: no printer."""
        printing = self._wanted()
        sale_id = sale_of_receipt(printing.doors, receipt_no)
        print_slips.queue_reprint(printing.doors, sale_id, operator)

    def reprint_report(self, kind: str, subject: str, operator: Operator) -> None:
        """:raises NotFound: no such shift or close; :raises NotOffered: no printer."""
        print_slips.queue_report(self._wanted().doors, Document(kind), subject, operator)

    def decide_prints(self, again: bool, operator: Operator) -> int:
        """What a person saw on the paper in doubt; 0 where nothing is."""
        if self.printing is None or not self.printing.is_planned():
            return 0
        decide = print_slips.print_again if again else print_slips.let_be
        return decide(self.printing.doors, operator)

    def open_drawer(self, operator: Operator, reason: str) -> None:
        """:raises NotAllowed: :raises NotOffered: no printer; :raises DeviceError:."""
        printing = self._wanted()
        print_slips.open_drawer(printing.doors, printing.printer, operator, reason)

    def _wanted(self) -> Printing:
        if self.printing is None or not self.printing.is_planned():
            raise NotOffered(device=DEVICE)
        return self.printing
