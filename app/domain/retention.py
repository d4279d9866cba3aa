"""How long evidence is kept: the rules that hold for a piece, when their clock starts, who wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.evidence import EvidenceKind


class ClockStart(StrEnum):
    """The moment from which the days of a rule are counted."""

    TAKEN = "taken"
    """When the piece was taken."""
    CONSENT_ENDED = "consent_ended"
    """When the consent was withdrawn: while it stands, its paper proves what the till does."""
    CUSTODY_ENDED = "custody_ended"
    """When the card went back to its owner, or the case ended without one."""


@dataclass(frozen=True, slots=True)
class KindRule:
    """Which ``retention.*`` keys of the pack hold for a kind, and from when on."""

    keys: tuple[str, ...]
    """Each must have a number, else the longest rule is not known."""
    starts: ClockStart = ClockStart.TAKEN
    also: tuple[str, ...] = ()
    """Count where the pack names them; where it does not, the kind does without."""


# Papers with amounts and drugs are purchase lists and records of drug sales at once. A picture of
# a person falls under the one rule that demands it and under no longer one (policy 3.9: the
# shortest time). Accounting vouchers are the invoices
# of goods and the proof that they were paid; the shop's own books are no evidence here.
RULES: Final[Mapping[EvidenceKind, KindRule]] = {
    EvidenceKind.SIGNATURE: KindRule(("purchase_list", "drug_records")),
    EvidenceKind.PROXY_LIST: KindRule(("purchase_list", "drug_records")),
    # It stands in for the purchase still of its sale (HY-1.1.4b), and lasts as long as that.
    EvidenceKind.PROXY_STILL: KindRule(("purchase_list",), also=("purchase_still",)),
    EvidenceKind.PURCHASE_STILL: KindRule(("purchase_still",)),
    EvidenceKind.CONSENT: KindRule(("privacy_records",), ClockStart.CONSENT_ENDED),
    EvidenceKind.CUSTODY_APPLICATION: KindRule(
        ("purchase_list", "privacy_records"), ClockStart.CUSTODY_ENDED
    ),
    EvidenceKind.CUSTODY_RECEIPT: KindRule(
        ("purchase_list", "drug_records"), ClockStart.CUSTODY_ENDED
    ),
    EvidenceKind.DELIVERY_NOTE: KindRule(("purchase_list", "drug_records")),
    EvidenceKind.GOODS_INVOICE: KindRule(("drug_records", "accounting")),
    EvidenceKind.GOODS_PAYMENT: KindRule(("drug_records", "accounting")),
    EvidenceKind.INSPECTION_REPORT: KindRule(("drug_records",)),
    EvidenceKind.STORE_PAPER: KindRule(("accounting",)),
}
"""Policy 3.8, HY-1.5.2b, HY-1.5.6b, HY-1.5.6c, HY-1.1.4b."""


@dataclass(frozen=True, slots=True)
class Retention:
    """What the packs say for a kind of evidence."""

    kind: EvidenceKind
    rule: str
    """The key that wins: the longest; empty while one is missing."""
    days: int
    missing: tuple[str, ...] = ()
    """Keys without a number: the longest rule is not known then, and nothing may be deleted."""

    @property
    def is_known(self) -> bool:
        """Whether every rule of the kind has its number."""
        return not self.missing


def longest(kind: EvidenceKind, *said: Mapping[str, int]) -> Retention:
    """The rule that wins over everything that was said; the longest rule wins (policy 3.8).

    ``said``: days by key, of each settlement type in use and of each day that matters. A key that
    any of them names is named.
    """
    rule = RULES[kind]
    won = longest_of(rule.keys, rule.also, *said)
    return Retention(kind, won.rule, won.days, won.missing)


@dataclass(frozen=True, slots=True)
class Won:
    """The rule that wins for something."""

    rule: str
    days: int
    missing: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether every rule has its number."""
        return not self.missing


def longest_of(keys: tuple[str, ...], also: tuple[str, ...], *said: Mapping[str, int]) -> Won:
    """The longest of these keys over everything that was said (policy 3.8).

    Each of ``keys`` must have a number, those of ``also`` may.
    """
    known: dict[str, int] = {}
    for table in said:
        for key in (*keys, *also):
            if key in table:
                known[key] = max(known.get(key, 0), table[key])
    missing = tuple(key for key in keys if key not in known)
    if missing:
        return Won("", 0, missing)
    winner = max(known, key=lambda key: known[key])
    return Won(winner, known[winner])


def due_from(retention: Retention | Won, begun: datetime | None) -> datetime | None:
    """The first moment at which the piece may go; None = its clock has not begun, or is unknown.

    Days are the shop's whole days: what was taken at noon is kept until the last day is over.
    """
    if begun is None or not retention.is_known:
        return None
    last = shop_time(begun).date() + timedelta(days=retention.days)
    return datetime.combine(last + timedelta(days=1), time(), SHOP_ZONE).astimezone(UTC)
