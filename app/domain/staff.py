"""People behind the counter, what their roles may do, and when a wrong PIN locks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from app.domain.staff_level import Level


class Role(StrEnum):
    """The four roles of the shop, and the inspector who comes from outside."""

    CASHIER = "cashier"
    PHARMACIST = "pharmacist"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"
    """Somebody from outside who may look and do nothing else; every look is logged."""


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
    INSPECT = "inspect"
    """To see the evidence of sales as an inspector does: masked, read-only, every look logged."""


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
            Right.INSPECT,
        }
    ),
    Role.ADMINISTRATOR: frozenset(Right),
    Role.INSPECTOR: frozenset({Right.INSPECT}),
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
    level: Level | None = None
    """One of the store's own levels; None = what the role carries."""
    must_change_pin: bool = False
    """Somebody else set the PIN: the next sign-in begins with an own one."""
    has_badge: bool = False
    left_on: date | None = None
    """The last day in the store."""
    barred: frozenset[Right] = frozenset()
    """What a licence that ended takes away; found out at each sign-in, kept nowhere."""

    def may(self, right: Right, size: int | None = None) -> bool:
        """Whether level or role carries the right; ``size`` of the act, in the right's unit.

        The unit stands in :data:`app.domain.staff_level.LIMITED`; fen or hundredths of a percent.
        """
        if not self.active or right in self.barred:
            return False
        if self.level is None:
            return right in RIGHTS[self.role]
        return self.level.allows(right, size)

    def rights(self) -> frozenset[Right]:
        """Everything that this person may do, however far."""
        return frozenset(right for right in Right if self.may(right))

    def covers(self, rights: frozenset[Right], level: Level | None) -> bool:
        """Whether this person holds each of these rights at least as far as ``level`` bounds it.

        ``level``: None = the rights are not bounded.
        """
        for right in rights:
            own = self.level.limit(right) if self.level is not None else None
            wanted = level.limit(right) if level is not None else None
            if not self.may(right) or (own is not None and (wanted is None or wanted > own)):
                return False
        return True


FREE_TRIES = 3


def lock_after(wrong_pins: int) -> timedelta:
    """How long a number is locked after so many wrong PINs in a row: 0 at first, then doubling."""
    if wrong_pins < FREE_TRIES:
        return timedelta(0)
    return timedelta(seconds=min(30 * 2 ** (wrong_pins - FREE_TRIES), 3600))
