"""Portal-assisted: what staff key in after settling in the insurer's own portal (SJZ-A.7, S-03)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.clock import SHOP_ZONE
from app.domain.insurance import FundSplit, Settled
from app.domain.money import ZERO, Money
from app.errors import BadValue


class ConnectionMode(StrEnum):
    """How the shop reaches the insurer (SJZ-A.7)."""

    DIRECT = "direct"
    """By the national interface."""
    PORTAL = "portal_assisted"
    """Staff settle in the portal and key its result in."""


AHEAD = timedelta(minutes=30)
"""The platform's clock is at most so far off ours (interface 1.2 b)."""
BACK = timedelta(hours=24)
"""Older results belong to another day's comparison: the reconciliation adopts them."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,30}")
"""``setl_id`` and ``mdtrt_id`` (interface 2.3)."""
_TIME = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class PortalResult:
    """One settlement as the portal shows it; ``account`` holds the family part too (6.1)."""

    setl_id: str
    mdtrt_id: str
    at: datetime
    total: Money
    fund: Money
    account: Money
    mutual_aid: Money
    cash: Money

    def settled(self, wanted: Money, now: datetime, echo: str) -> Settled:
        """As an answer for a part of ``wanted``; ``echo``: our own number of the keyed row.

        The scopes of interface 6.1 do not stand on the portal's result: what is no fund's and no
        person's cannot be told apart, so all of it counts as in scope. Nothing is paid by them.
        :raises BadValue: an id, a time or an amount that cannot be; an identity of 6.2 is broken.
        """
        require_id("setl_id", self.setl_id)
        require_id("mdtrt_id", self.mdtrt_id)
        require_time(self.at, now)
        own_account = self.account - self.mutual_aid
        if min(self.fund, own_account, self.mutual_aid, self.cash) < ZERO:
            raise BadValue(what="portal_negative", why="-")
        if self.total != wanted:
            raise BadValue(what="portal_total", why=str(wanted))
        split = FundSplit(
            total=self.total,
            fund=self.fund,
            personal=self.account + self.cash,
            account=self.account,
            cash=self.cash,
            mutual_aid=self.mutual_aid,
            in_scope=self.total,
        )
        if split.broken_identities():
            raise BadValue(what="portal_sum", why=str(self.fund + self.account + self.cash))
        return Settled(split, self.setl_id, self.mdtrt_id, echo, self.at)


@dataclass(frozen=True, slots=True)
class PortalCancel:
    """The cancel of one settlement as the portal shows it."""

    setl_id: str
    at: datetime

    def settled(self, of: Settled, now: datetime, echo: str) -> Settled:
        """The negated original (interface 6.2).

        :raises BadValue: an id or a time that cannot be, or the id of the settlement itself.
        """
        require_id("setl_id", self.setl_id)
        require_time(self.at, now)
        if self.setl_id == of.setl_id:
            raise BadValue(what="portal_same", why=self.setl_id)
        one = of.split
        split = FundSplit(
            total=-one.total,
            fund=-one.fund,
            personal=-one.personal,
            account=-one.account,
            cash=-one.cash,
            mutual_aid=-one.mutual_aid,
            in_scope=-one.in_scope,
        )
        return Settled(split, self.setl_id, of.mdtrt_id, echo, self.at)


def require_id(what: str, text: str) -> None:
    """:raises BadValue: no id of the platform looks so."""
    if not _ID.fullmatch(text):
        raise BadValue(what=f"portal_{what}", why=text or "-")


def require_time(at: datetime, now: datetime) -> None:
    """:raises BadValue: not yet, or longer ago than a day."""
    if not now - BACK <= at <= now + AHEAD:
        raise BadValue(what="portal_time", why=f"{at.astimezone(SHOP_ZONE):{_TIME}}")


def moment_of(text: str) -> datetime:
    """A time as the portal shows it, of the shop's zone; :raises BadValue: it is none."""
    plain = text.strip().replace("/", "-").replace("T", " ").replace("：", ":")
    try:
        return datetime.strptime(plain, _TIME).replace(tzinfo=SHOP_ZONE)
    except ValueError:
        raise BadValue(what="portal_time", why=text.strip() or "-") from None
