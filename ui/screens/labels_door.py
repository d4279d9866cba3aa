"""What the screens ask about dosage labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.use_cases.doors import Operator
    from app.use_cases.labels import LabelSheet, Wanted
    from app.use_cases.spool import Spool


class LabelsDoor(Protocol):
    """The first is answered from memory, the last but one on the *labels* lane, else *store*."""

    def has_label_printer(self) -> bool:
        """Whether this till prints labels now."""
        ...

    def label_sheet(self, sale_id: str, receipt_no: str = "") -> LabelSheet:
        """Of a sale by its id, else by the number of its slip.

        :raises NotFound: no such sale; :raises BadValue: neither sold nor picked;
        :raises NotOffered: no label printer.
        """
        ...

    def queue_labels(self, sale_id: str, wanted: Sequence[Wanted], operator: Operator) -> int:
        """Into the spool; how many. :raises BadValue: nothing to say on one, or too much."""
        ...

    def print_labels(self) -> Spool:
        """Print what waits; never raises for the printer."""
        ...

    def decide_labels(self, again: bool, operator: Operator) -> int:
        """Labels in doubt are printed again, or count as printed. How many."""
        ...
