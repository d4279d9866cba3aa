"""A sale: its lines, its tenders, and the sums that must hold before it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from app.domain.money import ZERO, Money, Quantity, Rate, UnitPrice
from app.domain.prescription import Prescription
from app.domain.sale_states import SALE, SaleEvent, SaleState
from app.domain.stock import LotPick
from app.domain.trace import bears_code
from app.errors import BadValue, NotFound

MAX_PACKS = Quantity.of(9999)
"""More packs of one drug on one line is a scan that went into the quantity field."""


class TenderKind(StrEnum):
    """How money came; fund and account money is never paid out in cash."""

    FUND = "fund"
    ACCOUNT = "account"
    MUTUAL_AID = "mutual_aid"
    INSTITUTION = "institution"
    CASH = "cash"
    SCAN_PAY = "scan_pay"
    ROUNDING = "rounding"
    """抹零: what the shop lets go of; nobody paid it (:func:`app.domain.shift.rounded_off`)."""


@dataclass(frozen=True, slots=True)
class Tender:
    """One way in which a part of the sale was paid; negative when paid back."""

    kind: TenderKind
    amount: Money
    reference: str = ""
    """Scan-pay: the payment's own reference. Fund and account: the settlement id."""
    settlement_id: str = ""


@dataclass(frozen=True, slots=True)
class SoldItem:
    """What stands on a line: the drug as it was when it was added (a receipt never changes)."""

    medicine_id: str
    shop_code: str
    name: str
    generic_name: str
    spec: str
    maker: str
    unit: str
    national_code: str = ""
    insurance_class: str = ""
    """A, B, C or empty for unknown; not the OTC class (policy 3.2)."""
    first_self_pay: Rate | None = None
    pay_limit: UnitPrice | None = None
    listed_price: UnitPrice | None = None
    agreed_price: UnitPrice | None = None
    selected_price: UnitPrice | None = None
    """Of volume-based procurement (中选价); both as they counted when the line was made."""
    sale_class: str = ""
    """rx, otc_a, otc_b, none, or empty for unknown."""
    trace_exempt: bool = False
    trace_product_code: str = ""
    ephedrine: bool = False
    diseases: tuple[str, ...] = ()
    shelf_price: UnitPrice | None = None
    """The price on the shelf, where this basket has a lower one; None = sold at the shelf's."""
    promotion: str = ""
    """Why it is lower, a code (:mod:`app.domain.promotion`)."""

    @property
    def bears_code(self) -> bool:
        """As :func:`app.domain.trace.bears_code`."""
        return bears_code(exempt=self.trace_exempt, sale_class=self.sale_class)


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line of a basket; ``no`` stays with the line for the life of the sale."""

    no: int
    item: SoldItem
    quantity: Quantity
    price: UnitPrice
    trace_codes: tuple[str, ...] = ()
    batch: str = ""
    expiry: date | None = None
    settlement_type: str = ""
    """Which settlement carries it; empty until the basket is split; self_paid = none."""
    self_paid_by_choice: bool = False
    picks: tuple[LotPick, ...] = ()
    """Which lots the packs come from, as reserved in the books; less than the quantity = short."""
    amount: Money = field(init=False, repr=False, compare=False)
    """Price x quantity, rounded once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", self.price.times(self.quantity))

    @property
    def batches(self) -> str:
        """What stands on papers: the batches picked, else what the box says; empty = unknown."""
        return " / ".join(pick.batch for pick in self.picks if pick.batch) or self.batch

    @property
    def expires_on(self) -> date | None:
        """The first to expire of what was picked, else what the box says."""
        known = [pick.expires_on for pick in self.picks if pick.expires_on is not None]
        return min(known, default=self.expiry)


@dataclass
class Sale:
    """One basket from its first line to done or undone.

    The id is minted when the basket opens, before any network; the receipt number for people is
    another field (complaints 1 and 2 of the lessons).
    """

    id: str
    store_id: str
    till_id: str
    opened_at: datetime
    cashier_id: str
    state: SaleState = SaleState.OPEN
    lines: tuple[SaleLine, ...] = ()
    tenders: tuple[Tender, ...] = ()
    person_id: str = ""
    held_at: datetime | None = None
    done_at: datetime | None = None
    receipt_no: str = ""
    practice: bool = False
    replaces: str = ""
    """The sale whose remainder this one sells again (return of single boxes)."""
    prescription: Prescription | None = field(default=None, repr=False)
    """Covers the insured and prescription-only lines; stored sealed (it holds a diagnosis)."""
    shift_id: str = ""
    """The shift in which it was completed; empty before, and for sales older than shifts."""
    version: int = 0

    @property
    def total(self) -> Money:
        """The sum of the lines."""
        return Money.total(line.amount for line in self.lines)

    def line(self, no: int) -> SaleLine:
        """The line of that number; :raises NotFound: when it is gone."""
        for line in self.lines:
            if line.no == no:
                return line
        raise NotFound(what="sale line")

    def _change(self, lines: Iterable[SaleLine]) -> None:
        self.state = SALE.step(self.state, SaleEvent.CHANGED)
        self.lines = tuple(lines)

    def add(
        self, item: SoldItem, price: UnitPrice, quantity: Quantity, code: str = "", batch: str = ""
    ) -> SaleLine:
        """Put packs of a drug in: onto its line when price and drug are the same, else a new one.

        ``batch``: as printed in the scanned symbol; each has a line of its own.
        :raises BadValue: quantity not positive or absurd; :raises IllegalTransition: not open.
        """
        check_quantity(quantity)
        item, price = self._as_promoted(item, price)
        for line in self.lines:
            same = line.item.medicine_id == item.medicine_id and line.price == price
            if same and _may_be_of(line, batch):
                codes = (*line.trace_codes, code) if code else line.trace_codes
                changed = replace(line, quantity=line.quantity + quantity, trace_codes=codes)
                check_quantity(changed.quantity)
                self._change(changed if each.no == line.no else each for each in self.lines)
                return changed
        number = max((line.no for line in self.lines), default=0) + 1
        added = SaleLine(number, item, quantity, price, (code,) if code else ())
        self._change((*self.lines, added))
        return added

    def _as_promoted(self, item: SoldItem, price: UnitPrice) -> tuple[SoldItem, UnitPrice]:
        """One price a drug at one basket: what was set for it here holds for further packs too."""
        for line in self.lines:
            if line.item.medicine_id == item.medicine_id and line.item.shelf_price is not None:
                return line.item, line.price
        return item, price

    def put_code(self, medicine_id: str, code: str, batch: str = "") -> SaleLine | None:
        """A scanned box of a drug that lies here already fills a pack that still lacks its code.

        Answers the changed line; None where every pack of the drug has one, or there is none.
        """
        for line in self.lines:
            lacking = len(line.trace_codes) < line.quantity.packs()
            if line.item.medicine_id == medicine_id and lacking and _may_be_of(line, batch):
                changed = replace(line, trace_codes=(*line.trace_codes, code))
                self.replace_line(changed)
                return changed
        return None

    def replace_line(self, changed: SaleLine) -> None:
        """Put a changed line in the place of the old one; :raises NotFound: when it is gone."""
        self.line(changed.no)
        self._change(changed if line.no == changed.no else line for line in self.lines)

    def set_quantity(self, no: int, quantity: Quantity) -> None:
        """Change how many; codes beyond the new number of packs are dropped, newest first."""
        check_quantity(quantity)
        line = self.line(no)
        codes = line.trace_codes[: quantity.packs()]
        self.replace_line(replace(line, quantity=quantity, trace_codes=codes))

    def set_price(self, no: int, price: UnitPrice) -> None:
        """Change the unit price (a right of its own; discounts act before any quote)."""
        self.replace_line(replace(self.line(no), price=price))

    def promote(self, prices: Mapping[str, UnitPrice], reason: str) -> None:
        """Other unit prices for whole drugs, whoever pays for which line of them."""

        def changed(line: SaleLine) -> SaleLine:
            price = prices.get(line.item.medicine_id)
            if price is None:
                return line
            shelf = line.item.shelf_price or line.price
            lower = price != shelf
            item = replace(
                line.item,
                shelf_price=shelf if lower else None,
                promotion=reason if lower else "",
            )
            return replace(line, price=price, item=item)

        self._change(tuple(changed(line) for line in self.lines))

    def remove(self, no: int) -> None:
        """Take a line out; :raises NotFound: when it is gone already."""
        self.line(no)
        self._change(line for line in self.lines if line.no != no)

    def move(self, event: SaleEvent) -> None:
        """Step along the table; :raises IllegalTransition: for any other step."""
        self.state = SALE.step(self.state, event)

    def paid(self) -> Money:
        """The sum of the tenders."""
        return Money.total(tender.amount for tender in self.tenders)

    def complete(self, tenders: tuple[Tender, ...], receipt_no: str, at: datetime) -> None:
        """Close the sale: tenders must pay exactly the total.

        :raises BadValue: when they do not; :raises IllegalTransition: when not to be completed.
        """
        if Money.total(tender.amount for tender in tenders) != self.total:
            raise BadValue(what="tenders", why="do not add up to the total")
        self.move(SaleEvent.COMPLETED)
        self.tenders, self.receipt_no, self.done_at = tenders, receipt_no, at


def _may_be_of(line: SaleLine, batch: str) -> bool:
    """Whether a box of this batch may lie on the line: nobody knows of one of them, or the same."""
    return not batch or not line.batch or line.batch == batch


def digest_of(lines: Iterable[SaleLine], account_use: str) -> str:
    """Fingerprint of what a quote was asked for: lines, codes, prices and the account choice."""
    text = "\n".join(
        f"{line.no}|{line.item.medicine_id}|{line.quantity}|{line.price}|{','.join(line.trace_codes)}"
        for line in lines
    )
    return hashlib.sha256(f"{account_use}\n{text}".encode()).hexdigest()[:32]


def check_quantity(quantity: Quantity) -> None:
    """:raises BadValue: unless 0 < quantity <= 9,999 packs."""
    if quantity <= Quantity(0) or quantity > MAX_PACKS:
        raise BadValue(what="quantity", why="between 0.0001 and 9999")


def change_due(to_pay: Money, given: Money) -> Money:
    """Cash to hand back; :raises BadValue: when too little was given."""
    if given < to_pay:
        raise BadValue(what="cash", why="less than what is due")
    return given - to_pay if given else ZERO
