"""Sales with a held card, what forbids them, and cards that box and ledger do not agree about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.custody import PENDING, CustodyState, HeldCard
from app.domain.held_facts import Obstacle
from app.errors import BadValue


class UseWay(StrEnum):
    """How the drugs reach the patient."""

    BEARER = "bearer"
    """A named person takes them along."""
    DELIVERY = "delivery"
    """By post or courier, under a number (HY-3.6c)."""


@dataclass(frozen=True, slots=True)
class CardUse:
    """One sale with a held card; the receipt that must follow stands in for the face."""

    id: str
    held_id: str
    sale_id: str
    at: datetime
    by: str
    way: UseWay
    due: date
    """The last day for the hand-over receipt."""
    bearer: str = field(default="", repr=False)
    bearer_cert: str = field(default="", repr=False)
    shipping_no: str = field(default="", repr=False)
    receipt_id: str = ""
    """The exhibit of the receipt."""
    confirmed_at: datetime | None = None
    confirmed_by: str = ""

    def overdue(self, day: date) -> bool:
        """Whether its receipt should be here already."""
        return self.confirmed_at is None and day > self.due

    def confirmed(self, at: datetime, by: str, receipt_id: str) -> CardUse:
        """The patient signed for what was bought. :raises BadValue: twice, or without a receipt."""
        if self.confirmed_at is not None:
            raise BadValue(what="receipt", why="confirmed")
        if not receipt_id:
            raise BadValue(what="receipt", why="unsigned")
        return replace(self, confirmed_at=at, confirmed_by=by, receipt_id=receipt_id)


def new_use(
    use_id: str,
    card: HeldCard,
    sale_id: str,
    at: datetime,
    today: date,
    by: str,
    days: int,
    *,
    bearer: str = "",
    bearer_cert: str = "",
    shipping_no: str = "",
) -> CardUse:
    """A use of a card; ``days``: the pack's for the receipt.

    :raises BadValue: the card is not usable, nobody named takes the goods, or the bearer is the
    patient, who needs no held card.
    """
    if not card.usable(today):
        raise BadValue(what="custody", why="not_usable")
    named = bool(bearer.strip() and bearer_cert.strip())
    if not named and not shipping_no.strip():
        raise BadValue(what="use", why="nobody")
    if named and bearer_cert.strip().upper() == card.holder.cert_no.strip().upper():
        raise BadValue(what="use", why="patient")
    return CardUse(
        id=use_id,
        held_id=card.id,
        sale_id=sale_id,
        at=at,
        by=by,
        way=UseWay.DELIVERY if shipping_no.strip() else UseWay.BEARER,
        due=today + timedelta(days=days),
        bearer=bearer.strip(),
        bearer_cert=bearer_cert.strip().upper(),
        shipping_no=shipping_no.strip(),
    )


def obstacle(card: HeldCard, day: date, unexplained: int, overdue: int) -> Obstacle | None:
    """What forbids any use of a card on a day; None = nothing does."""
    if card.state in PENDING:
        return Obstacle.PENDING
    if card.state is not CustodyState.HELD:
        return Obstacle.ENDED
    if not card.covered(day):
        return Obstacle.EXPIRED
    if unexplained:
        return Obstacle.UNEXPLAINED
    return Obstacle.OVERDUE if overdue else None


class GapKind(StrEnum):
    """How box and ledger can disagree in the evening."""

    MISSING = "missing"
    """In the ledger and not in the box."""
    SURPLUS = "surplus"
    """In the box and not in the ledger."""


class GapEnd(StrEnum):
    """What a person found out about it."""

    FOUND = "found"
    """It lies in its place again."""
    GIVEN_BACK = "given_back"
    """A card that was never to be here went back to its owner."""
    LOST = "lost"
    """It cannot be found: the case ends, the centre was told."""
    MISCOUNTED = "miscounted"


GAP_ENDS: dict[GapKind, tuple[GapEnd, ...]] = {
    GapKind.MISSING: (GapEnd.FOUND, GapEnd.MISCOUNTED, GapEnd.LOST),
    GapKind.SURPLUS: (GapEnd.GIVEN_BACK, GapEnd.MISCOUNTED),
}
LEAST_WORDS = 4
"""Signs of an explanation below which it is none."""


@dataclass(frozen=True, slots=True)
class CustodyGap:
    """One unexplained card: it stops every use and rolls forward with its owner."""

    id: str
    kind: GapKind
    found_at: datetime
    owner: str
    """Random id of who has to explain it."""
    held_id: str = ""
    """The card that is missing; empty for one too many."""
    note: str = field(default="", repr=False)
    """Whose card it seems to be."""
    ended_at: datetime | None = None
    ended_by: str = ""
    end: GapEnd | None = None
    reason: str = field(default="", repr=False)

    def explained(self, at: datetime, by: str, end: GapEnd, reason: str) -> CustodyGap:
        """:raises BadValue: explained already, an end of the other kind, or no words."""
        if self.ended_at is not None:
            raise BadValue(what="gap", why="explained")
        if end not in GAP_ENDS[self.kind]:
            raise BadValue(what="gap", why="end")
        if len(reason.strip()) < LEAST_WORDS:
            raise BadValue(what="gap", why="reason")
        return replace(self, ended_at=at, ended_by=by, end=end, reason=reason.strip())


@dataclass(frozen=True, slots=True)
class CustodyCount:
    """One evening's count of the box."""

    id: str
    at: datetime
    by: str
    expected: int
    found: int
    """Cards of the ledger that lay there."""
    surplus: int
