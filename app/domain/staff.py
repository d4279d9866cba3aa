"""People behind the counter, what their roles may do, and when a wrong PIN locks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Role(StrEnum):
    """The four roles of the shop."""

    CASHIER = "cashier"
    PHARMACIST = "pharmacist"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """Acts that not everybody may do."""

    SELL = "sell"
    CHANGE_PRICE = "change_price"
    RETURN = "return"
    OPEN_DRAWER = "open_drawer"
    RESOLVE_UNKNOWN = "resolve_unknown"
    SETUP = "setup"
    SEE_PERSON = "see_person"
    MANAGE_STAFF = "manage_staff"
    DEVICES = "devices"
    """To say which devices this till has."""
    SECOND_WORD = "second_word"
    """To be the second person where one alone may not act."""
    ANSWER_GAPS = "answer_gaps"
    """To say why evidence that belongs to a sale is missing."""
    KEEP_CARDS = "keep_cards"
    """To file, take in and hand back patients' cards, and to explain a card that is not as it
    should be (HY-1.5.6c)."""
    KEEP_EVIDENCE = "keep_evidence"
    """To see the vault as a whole, to hold what is in it and to hand it out for an inspection."""

    RECEIVE_GOODS = "receive_goods"
    """To take goods in, send them back, and lock a batch (policy 3.4)."""
    COUNT_STOCK = "count_stock"
    """To enter counts of a stock-take."""
    APPROVE_STOCK = "approve_stock"
    """To post a stock-take, a loss or a correction, to release a locked batch, and to see costs."""
    CLOSE_DAY = "close_day"
    """To close the day, to release a drawer's difference, to set the rules of drawers."""


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.CASHIER: frozenset({Right.SELL, Right.RETURN, Right.OPEN_DRAWER, Right.COUNT_STOCK}),
    Role.PHARMACIST: frozenset(
        {
            Right.SELL,
            Right.RETURN,
            Right.OPEN_DRAWER,
            Right.SEE_PERSON,
            Right.RECEIVE_GOODS,
            Right.COUNT_STOCK,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Right.SELL,
            Right.CHANGE_PRICE,
            Right.RETURN,
            Right.OPEN_DRAWER,
            Right.RESOLVE_UNKNOWN,
            Right.SEE_PERSON,
            Right.MANAGE_STAFF,
            Right.DEVICES,
            Right.SECOND_WORD,
            Right.ANSWER_GAPS,
            Right.KEEP_CARDS,
            Right.KEEP_EVIDENCE,
            Right.RECEIVE_GOODS,
            Right.COUNT_STOCK,
            Right.APPROVE_STOCK,
            Right.CLOSE_DAY,
        }
    ),
    Role.ADMINISTRATOR: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff; the name is needed on slips and envelopes."""

    id: str
    number: str
    name: str
    role: Role
    active: bool = True
    wrong_pins: int = 0
    locked_until: datetime | None = None

    def may(self, right: Right) -> bool:
        """Whether the role carries the right."""
        return self.active and right in RIGHTS[self.role]


FREE_TRIES = 3


def lock_after(wrong_pins: int) -> timedelta:
    """How long a number is locked after so many wrong PINs in a row: 0 at first, then doubling."""
    if wrong_pins < FREE_TRIES:
        return timedelta(0)
    return timedelta(seconds=min(30 * 2 ** (wrong_pins - FREE_TRIES), 3600))
