"""What the customer hands over: pure arithmetic of the tender panel, no widgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.money import ZERO, Money
from app.errors import BadValue

if TYPE_CHECKING:
    from app.domain.sale import Tender


@dataclass
class TenderDraft:
    """The amount due, scan-pay parts taken so far, and the cash that lies on the counter."""

    due: Money
    scan_pay: list[Tender] = field(default_factory=list)
    rounding: str = "off"
    """What the shop lets go of in cash, where nobody insures the basket; off, jiao or yuan."""

    @property
    def left(self) -> Money:
        """What is still to be paid, to the fen."""
        return self.due - Money.total(part.amount for part in self.scan_pay)

    @property
    def off(self) -> Money:
        """抹零: what the shop lets go of if the rest is paid in cash."""
        if self.rounding == "off":
            return ZERO
        from app.domain.shift import Rounding, rounded_off  # most shops round nothing

        return rounded_off(self.left, Rounding(self.rounding))

    @property
    def remaining(self) -> Money:
        """What cash must still cover."""
        return self.left - self.off

    def add_scan_pay(self, amount: Money, reference: str) -> None:
        """A part paid by scan-pay with the payment's own reference.

        :raises BadValue: more than is left, nothing, or no reference to find it again by.
        """
        if amount <= ZERO or amount > self.left:
            raise BadValue(what="scan_pay", why=str(self.left))
        if not reference.strip():
            raise BadValue(what="reference", why="-")
        from app.domain.sale import Tender, TenderKind  # not needed before the first paint

        self.scan_pay.append(Tender(TenderKind.SCAN_PAY, amount, reference.strip()))

    def drop_scan_pay(self) -> None:
        """Take the last scan-pay part back out."""
        if self.scan_pay:
            self.scan_pay.pop()

    def change(self, given: Money) -> Money:
        """Cash to hand back; negative while too little was given."""
        return given - self.remaining

    def tenders(self, given: Money) -> tuple[Tender, ...]:
        """The customer's part as tenders, exactly the amount due.

        :raises BadValue: when too little was given.
        """
        if given < self.remaining:
            raise BadValue(what="cash", why=str(self.remaining - given))
        from app.domain.sale import Tender, TenderKind  # not needed before the first paint

        cash = (Tender(TenderKind.CASH, self.remaining),) if self.remaining else ()
        off = (Tender(TenderKind.ROUNDING, self.off),) if self.off else ()
        return (*self.scan_pay, *cash, *off)
