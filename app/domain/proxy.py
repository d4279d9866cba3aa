"""Proxy purchase (代购): who buys for whom, why, what they signed, and how far the record is.

Policy 3.6: whoever asks another to buy gives identity proof of both, in every area. HY-1.5.6b:
the proxy signs the list with its amounts and is filed with a picture, where the pack asks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.money import Money, Quantity, UnitPrice
from app.domain.proxy_states import LIVE, PROXY, ProxyEvent, ProxyState


class Relation(StrEnum):
    """What the proxy is to the patient; the order is that of the number keys."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    RELATIVE = "relative"
    CARER = "carer"
    """护理人员、保姆."""
    COMMUNITY = "community"
    """社区、村医、网格员."""
    FRIEND = "friend"


class Reason(StrEnum):
    """Why the patient does not come; the order is that of the number keys."""

    BEDRIDDEN = "bedridden"
    """长期卧床."""
    LISTED_DISEASE = "listed_disease"
    """One of the diseases that the area names for proxy purchase (policy K-12: list is data)."""
    IMPAIRED = "impaired"
    """行动不便."""
    NO_SELF_CARE = "no_self_care"
    """生活不能自理."""
    AWAY = "away"
    """长期异地居住."""
    MINOR = "minor"
    """未成年人, bought by who has custody."""
    BUSY = "busy"
    """Not able to come today: a reason, and no cause for a special disease."""


class Cause(StrEnum):
    """What HY-3.6c wants named before a special-disease drug goes to somebody else."""

    NO_PROOF = "no_proof"
    """Bedridden, or a listed disease: no further proof each time."""
    WITH_PROOF = "with_proof"
    """A paper about it is shown each time."""


CAUSES: Final[dict[Reason, Cause]] = {
    Reason.BEDRIDDEN: Cause.NO_PROOF,
    Reason.LISTED_DISEASE: Cause.NO_PROOF,
    Reason.IMPAIRED: Cause.WITH_PROOF,
    Reason.NO_SELF_CARE: Cause.WITH_PROOF,
    Reason.AWAY: Cause.WITH_PROOF,
    Reason.MINOR: Cause.WITH_PROOF,
}
"""Reasons that are a cause for special diseases (HY-3.6c); the others are none."""


class Proof(StrEnum):
    """The paper that was shown where a cause wants one; the order is that of the number keys."""

    DISABILITY_CARD = "disability_card"
    MEDICAL_CERTIFICATE = "medical_certificate"
    COMMITTEE_LETTER = "committee_letter"
    HOUSEHOLD_BOOK = "household_book"


class Look(StrEnum):
    """What a manager says who looks at a used record a second time."""

    IN_ORDER = "in_order"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line of the list that is signed."""

    no: int
    name: str
    spec: str
    maker: str
    quantity: Quantity
    unit: str
    price: UnitPrice
    amount: Money


@dataclass(frozen=True, slots=True)
class ListedPart:
    """What one settlement pays, as the platform said it."""

    settlement_type: str
    total: Money
    fund: Money
    """统筹 and what the institution bears."""
    account: Money
    """Own part of the personal account."""
    mutual_aid: Money
    cash: Money


@dataclass(frozen=True, slots=True)
class PurchaseList:
    """The list with its amounts (购药清单): what the proxy signs; names nobody."""

    sale_id: str
    patient_id: str
    proxy_id: str
    relation: str
    reason: str
    proof: str
    lines: tuple[ListedLine, ...]
    parts: tuple[ListedPart, ...]
    total: Money
    cash_due: Money

    def text(self) -> str:
        """The canonical text: the same list is the same text, to the byte."""
        told = {
            "v": 1,
            "sale": self.sale_id,
            "patient": self.patient_id,
            "proxy": self.proxy_id,
            "relation": self.relation,
            "reason": self.reason,
            "proof": self.proof,
            "lines": [
                [
                    *(one.no, one.name, one.spec, one.maker, one.quantity.ten_thousandths),
                    *(one.unit, one.price.micro, one.amount.fen),
                ]
                for one in self.lines
            ],
            "parts": [
                [
                    *(one.settlement_type, one.total.fen, one.fund.fen),
                    *(one.account.fen, one.mutual_aid.fen, one.cash.fen),
                ]
                for one in self.parts
            ],
            "total": self.total.fen,
            "cash": self.cash_due.fen,
        }
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def digest(self) -> str:
        """SHA-256 of the text, hex: what the signature stands for."""
        return hashlib.sha256(self.text().encode()).hexdigest()


def list_of(text: str) -> PurchaseList:
    """Back from :meth:`PurchaseList.text`, which our own books kept."""
    told = json.loads(text)
    lines = tuple(
        ListedLine(no, name, spec, maker, Quantity(quantity), unit, UnitPrice(price), Money(amount))
        for no, name, spec, maker, quantity, unit, price, amount in told["lines"]
    )
    parts = tuple(ListedPart(kind, *map(Money, fens)) for kind, *fens in told["parts"])
    return PurchaseList(
        told["sale"], told["patient"], told["proxy"], told["relation"], told["reason"],
        told["proof"], lines, parts, Money(told["total"]), Money(told["cash"]),
    )  # fmt: skip


@dataclass
class ProxyPurchase:
    """The record of one proxy purchase; it belongs to a sale and knows people by random ids."""

    id: str
    sale_id: str
    patient_id: str
    opened_at: datetime
    by: str
    """Random id of the member of staff who opened it."""
    patient_kind: str = ""
    """``CredentialKind`` value of what the patient's side showed."""
    patient_typed: bool = False
    state: ProxyState = ProxyState.OPEN
    proxy_id: str = ""
    proxy_kind: str = ""
    proxy_typed: bool = False
    second_id: str = ""
    """Random id of the manager who vouched for a number that was typed."""
    staff_filing: str = ""
    """The filing that names this member of staff as a proxy; empty = no member of staff."""
    relation: str = ""
    reason: str = ""
    proof: str = ""
    list_text: str = field(default="", repr=False)
    list_digest: str = ""
    listed_at: datetime | None = None
    signature_id: str = ""
    """Exhibit with the signature under the list that stands now."""
    signed_at: datetime | None = None
    still_id: str = ""
    pictured_at: datetime | None = None
    ended_at: datetime | None = None
    look: str = ""
    """:class:`Look` of the manager's second look; empty = nobody looked yet."""
    looked_by: str = ""
    looked_at: datetime | None = None
    shipping_no: str = field(default="", repr=False)
    """Of what was posted to the patient (HY-3.6c); empty = the proxy took it along."""
    version: int = 0

    def move(self, event: ProxyEvent) -> None:
        """Step along the table; :raises IllegalTransition: for any other step."""
        self.state = PROXY.step(self.state, event)
        if event in (ProxyEvent.SHOWN, ProxyEvent.NAMED):
            self.list_text, self.list_digest, self.listed_at = "", "", None
        self.take_back(event)

    def take_back(self, event: ProxyEvent) -> None:
        """A list that changes was signed by nobody, and what is signed anew is on no picture."""
        if event in (ProxyEvent.SHOWN, ProxyEvent.NAMED, ProxyEvent.LISTED):
            self.signature_id, self.signed_at = "", None
        if event not in (ProxyEvent.PICTURED, ProxyEvent.USED, ProxyEvent.VOIDED):
            self.still_id, self.pictured_at = "", None

    @property
    def live(self) -> bool:
        """Whether it may still carry its sale."""
        return self.state in LIVE

    @property
    def may_be_posted(self) -> bool:
        """Goods go by post for cause only, and once they are paid for (HY-3.6c)."""
        return self.state is ProxyState.USED and self.reason in CAUSES

    @property
    def named(self) -> bool:
        """Whether relation and reason are told."""
        return bool(self.relation and self.reason)

    def cause_holds(self, disease: str, listed: Iterable[str]) -> bool:
        """Whether the reason is a cause for this special disease (HY-3.6c).

        ``listed``: diseases that the area names; an area that names none knows no such cause.
        """
        cause = CAUSES.get(Reason(self.reason)) if self.reason else None
        if cause is None:
            return False
        if self.reason == Reason.LISTED_DISEASE:
            return disease in frozenset(listed)
        return cause is Cause.NO_PROOF or bool(self.proof)


def live_of(purchases: Iterable[ProxyPurchase]) -> ProxyPurchase | None:
    """The one that carries the sale now: the newest that was not voided or used."""
    living = [one for one in purchases if one.live]
    return living[-1] if living else None


def patients_of(
    bought: Iterable[tuple[str, datetime]], patient_id: str, now: datetime, days: int
) -> int:
    """For how many patients one proxy buys within so many days, this one counted (HY-1.5.6b)."""
    since = now - timedelta(days=days)
    return len({who for who, at in bought if at >= since} | {patient_id})
