"""What the simulated customers and shelves know: money given, boxes taken home, boxes that lie.

The checker holds the till's books against this; nothing in here is read from them, except what a
cashier is told at the counter (what is due, that it is done).
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field

from app.domain.catalogue import Medicine
from app.domain.money import Quantity


@dataclass
class Bought:
    """One customer's purchase, with everything that became of it."""

    sale_id: str
    till_no: int
    insured_as: str = ""
    """Key of the insured person; empty = self-paid."""
    cash: int = 0
    """Fen that lie in the drawer for it: taken less given back."""
    goods: dict[str, int] = field(default_factory=dict)
    """Medicine id -> ten-thousandths of a pack that the customer has."""
    codes: set[str] = field(default_factory=set)
    """Of the boxes that the customer has."""
    receipt_no: str = ""
    sales: list[str] = field(default_factory=list)
    """Ids of the sale and of each remainder that was sold in its place."""
    taken: bool = False
    """The customer paid and went away with the goods."""
    returning: str = ""
    """Id of a return that was begun and is not over."""
    paid_in: int = 0
    """How often money was taken for it."""
    given_up: bool = False
    torn: bool = False
    """A backup was put back that does not know it as it was."""


@dataclass
class Paying:
    """The cashier pressed the key that ends the sale: what changes hands once it is done."""

    due: int
    goods: dict[str, int]
    codes: frozenset[str]


@dataclass
class Ledger:
    """The whole store's."""

    dice: random.Random
    bought: dict[str, Bought] = field(default_factory=dict)
    """By id of the first sale."""
    root: dict[str, str] = field(default_factory=dict)
    """Id of any sale -> id of the first sale of that customer."""
    paying: dict[str, Paying] = field(default_factory=dict)
    refunding: dict[str, str] = field(default_factory=dict)
    """Return id -> root, while its legs run."""
    shelf: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Medicine id -> what lies on the shelf, in ten-thousandths."""
    missing: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Medicine id -> what is gone and was not found out."""
    boxes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Codes of boxes that were in a basket and went back to the shelf."""
    halves: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Codes of opened boxes of which a half lies there."""
    touched: set[str] = field(default_factory=set)
    """Sales that the checker has to look at after this event."""
    serial: int = 0

    def open(self, sale_id: str, till_no: int, insured_as: str = "") -> Bought:
        """A customer's basket."""
        one = self.bought[sale_id] = Bought(sale_id, till_no, insured_as, sales=[sale_id])
        self.root[sale_id] = sale_id
        self.touched.add(sale_id)
        return one

    def box(self, medicine: Medicine) -> str:
        """The code of a box that is taken from the shelf; empty where boxes bear none."""
        if medicine.trace_exempt or medicine.sale_class == "none":
            return ""
        back = self.boxes[medicine.id]
        if back:
            return back.pop()
        self.serial += 1
        return f"{medicine.trace_product_code or '8999999'}{self.serial:013d}"

    def half(self, medicine: Medicine) -> str:
        """The code of half a box; the other half stays for somebody else."""
        known = self.halves[medicine.id]
        if known:
            return known.pop()
        code = self.box(medicine)
        known.append(code)
        return code

    def put_back(self, medicine_id: str, code: str) -> None:
        """A box that nobody bought."""
        if code:
            self.boxes[medicine_id].append(code)

    def pays(self, sale_id: str, due: int, goods: dict[str, int], codes: frozenset[str]) -> None:
        """The key is pressed; nothing has changed hands yet."""
        self.paying[sale_id] = Paying(due, goods, codes)
        self.touched.add(sale_id)

    def done(self, sale_id: str, receipt_no: str) -> None:
        """Money into the drawer, goods and slip to the customer."""
        pay = self.paying.pop(sale_id)
        one = self.bought[self.root[sale_id]]
        one.cash += pay.due
        one.paid_in += 1
        one.taken, one.receipt_no = True, receipt_no
        for medicine_id, units in pay.goods.items():
            one.goods[medicine_id] = one.goods.get(medicine_id, 0) + units
            self.shelf[medicine_id] -= units
        one.codes |= pay.codes
        self.touched.add(sale_id)

    def not_done(self, sale_id: str) -> None:
        """The till says that it is not: nothing changes hands."""
        self.paying.pop(sale_id, None)
        self.touched.add(sale_id)

    def refunded(
        self, return_id: str, fen: int, goods: dict[str, int], codes: set[str], remainder: str
    ) -> None:
        """A return is over: money back, boxes into the returned area (not the shelf)."""
        one = self.bought[self.refunding.pop(return_id)]
        one.cash -= fen
        one.returning = ""
        for medicine_id, units in goods.items():
            one.goods[medicine_id] -= units
        one.codes -= codes
        if remainder:
            one.sales.append(remainder)
            self.root[remainder] = one.sale_id
        self.touched.update(one.sales)

    def goes_missing(self, medicine_id: str, quantity: Quantity) -> None:
        """Gone from the shelf; the books do not know yet."""
        self.shelf[medicine_id] -= quantity.ten_thousandths
        self.missing[medicine_id] += quantity.ten_thousandths

    def found_missing(self, medicine_id: str, quantity: Quantity) -> None:
        """A stock-take told the books."""
        self.missing[medicine_id] -= quantity.ten_thousandths

    def stocked(self, medicine_id: str, quantity: Quantity) -> None:
        """Boxes onto the shelf, or off it with a negative figure."""
        self.shelf[medicine_id] += quantity.ten_thousandths
