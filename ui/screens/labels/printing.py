"""The label printer's spool; there from the start, the panel of labels is not. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.operation import Lane
from ui.screens.printing.view_model import PrintingViewModel

if TYPE_CHECKING:
    from app.use_cases.doors import Operator
    from app.use_cases.spool import Spool


class LabelPrinting(PrintingViewModel):
    """The label printer's spool as the window sees it."""

    lane = Lane.LABELS
    words = "labels"
    device = "device_kind.label_printer"

    def _pass(self, kick: bool) -> Spool:
        del kick  # no drawer hangs there
        return self.session.shop.print_labels()

    def _decide(self, again: bool, operator: Operator) -> int:
        return self.session.shop.decide_labels(again, operator)
