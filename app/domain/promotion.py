"""A price for one basket: lower for everybody who pays there, before anything is asked.

It acts on the unit price before step 1 of policy 4.1, for the insured and the uninsured part alike,
so that the fund never pays for what was given away and nobody's own part is waived (HY-3.6d, E29).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.money import Money, Rate, UnitPrice
from app.domain.sale import SaleLine
from app.domain.staff_level import price_points
from app.errors import BadValue

REASONS = ("member", "near_expiry", "campaign", "label")
"""Codes of why; ``label``: the shelf said another price than the till."""

_TEXT = re.compile(r"(#?)(-?)([0-9]{1,7}(?:\.[0-9]{1,6})?)(%?)")


class PromotionKind(StrEnum):
    """What was typed."""

    PRICE = "price"
    AMOUNT = "amount"
    """So much less for the line, or for the basket."""
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Promotion:
    """What is wanted, as typed."""

    kind: PromotionKind
    price: UnitPrice = UnitPrice(0)  # noqa: RUF009 - a frozen value
    amount: Money = Money(0)  # noqa: RUF009 - a frozen value
    rate: Rate = Rate(0)  # noqa: RUF009 - a frozen value
    whole: bool = False
    """The whole basket, not one line."""


def read_promotion(text: str) -> Promotion:
    """9.90 a new unit price, -2 so much less, -10% a share less; # before it: the whole basket.

    :raises BadValue: anything else, nothing at all less, or one price for a whole basket.
    """
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise BadValue(what="promotion", why=text[:20])
    whole, less, number, share = (found[1] == "#", bool(found[2]), found[3], bool(found[4]))
    if share and less:
        rate = Rate(Money.of(number).fen * 100)
        if 0 < rate.ppm < 10**6:
            return Promotion(PromotionKind.PERCENT, rate=rate, whole=whole)
    elif less and not share and (amount := Money.of(number)):
        return Promotion(PromotionKind.AMOUNT, amount=amount, whole=whole)
    elif not (less or share or whole) and (price := UnitPrice.of(number)).micro:
        return Promotion(PromotionKind.PRICE, price=price)
    raise BadValue(what="promotion", why=text[:20])


def promoted(lines: Sequence[SaleLine], no: int, wanted: Promotion) -> Mapping[str, UnitPrice]:
    """The unit price of each drug it touches; every line of a drug gets the same.

    Reckoned from the price on the shelf, so that a second promotion replaces the first. A share is
    cut off to the fen, in the customer's favour.
    :raises BadValue: above the shelf's price, or nothing would be left to pay.
    """
    chosen = {line.item.medicine_id for line in lines if wanted.whole or line.no == no}
    touched = [line for line in lines if line.item.medicine_id in chosen]
    if wanted.kind is PromotionKind.AMOUNT:
        prices = _less(touched, wanted.amount)
    else:
        prices = {line.item.medicine_id: _one(line, wanted) for line in touched}
    for line in touched:
        price = prices[line.item.medicine_id]
        if price > shelf_price(line):
            raise BadValue(what="promotion", why="above the shelf's price")
        if not price.micro or not price.times(line.quantity):
            raise BadValue(what="promotion", why="nothing left to pay")
    return prices


def lowered_by(lines: Sequence[SaleLine], prices: Mapping[str, UnitPrice]) -> int:
    """How far the price that falls furthest does, in hundredths of a percent of the shelf's."""
    moved = (
        price_points(shelf_price(line).micro, prices[line.item.medicine_id].micro)
        for line in lines
        if line.item.medicine_id in prices
    )
    return max(moved, default=0)


def shelf_price(line: SaleLine) -> UnitPrice:
    """What the drug costs without any promotion."""
    return line.item.shelf_price or line.price


def _one(line: SaleLine, wanted: Promotion) -> UnitPrice:
    if wanted.kind is PromotionKind.PRICE:
        return wanted.price
    share = 10**6 - wanted.rate.ppm
    return UnitPrice.of_money(Money(shelf_price(line).micro * share // 10**10))


def _less(lines: Sequence[SaleLine], off: Money) -> dict[str, UnitPrice]:
    """So much less in all, shared by what each drug comes to (largest remainder)."""
    amounts: dict[str, int] = {}
    packs: dict[str, int] = {}
    for line in lines:
        key = line.item.medicine_id
        amounts[key] = amounts.get(key, 0) + shelf_price(line).times(line.quantity).fen
        packs[key] = packs.get(key, 0) + line.quantity.ten_thousandths
    if off.fen >= sum(amounts.values()):
        raise BadValue(what="promotion", why="nothing left to pay")
    parts = off.allocate(list(amounts.values()))
    found: dict[str, UnitPrice] = {}
    for (key, fen), part in zip(amounts.items(), parts, strict=True):
        found[key] = UnitPrice((fen - part.fen) * 10**8 // packs[key])
        if found[key].micro * packs[key] < (fen - part.fen) * 10**8:
            # Cut off it would come to a fen less where the packs are many.
            found[key] = UnitPrice(found[key].micro + 1)
    return found
