"""The open shop's part for dosage labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import NotOffered
from app.use_cases.spool import Spool

if TYPE_CHECKING:
    from app.use_cases.doors import Doors, Operator
    from app.use_cases.labels import Compose, LabelSheet, Wanted
    from ui.label_printers import RoomLabelPrinter

DEVICE = "device_kind.label_printer"


@dataclass(frozen=True)
class Labelling:
    """A label printer with what it needs."""

    doors: Doors
    printer: RoomLabelPrinter
    compose: Compose


class ShopLabels:
    """``ui.screens.labels_door.LabelsDoor``; a part of :class:`ui.shop.Shop`."""

    labelling: Labelling | None

    def has_label_printer(self) -> bool:
        """Whether this till prints labels now."""
        return self.labelling is not None and self.labelling.printer.is_there

    def label_sheet(self, sale_id: str, receipt_no: str = "") -> LabelSheet:
        """Of a sale by its id, or by the number of its slip."""
        from app.use_cases.labels import label_sheet
        from app.use_cases.receipt import sale_of_receipt

        doors = self._label_wanted().doors
        return label_sheet(doors, sale_id or sale_of_receipt(doors, receipt_no))

    def queue_labels(self, sale_id: str, wanted: Sequence[Wanted], operator: Operator) -> int:
        """Into the spool."""
        from app.use_cases.labels import queue_labels

        return queue_labels(self._label_wanted().doors, sale_id, wanted, operator)

    def print_labels(self) -> Spool:
        """What waits for the label printer."""
        from app.use_cases.labels import print_labels

        if self.labelling is None or not self.labelling.printer.is_there:
            return Spool()
        return print_labels(self.labelling.doors, self.labelling.printer, self.labelling.compose)

    def decide_labels(self, again: bool, operator: Operator) -> int:
        """What a person saw of labels in doubt."""
        from app.use_cases.labels import decide_labels

        return decide_labels(self._label_wanted().doors, again, operator)

    def _label_wanted(self) -> Labelling:
        if self.labelling is None or not self.labelling.printer.is_there:
            raise NotOffered(device=DEVICE)
        return self.labelling
