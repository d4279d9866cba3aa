"""What the rules of the trade look at: one frozen context, the same for the till and ``quote``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from app.domain.delisting import Delisting
from app.domain.held_facts import HeldFacts
from app.domain.line_stock import LineStock
from app.domain.money import ZERO, Money, Quantity, UnitPrice
from app.domain.policy import Policy
from app.domain.trace_facts import NO_TRACE_FACTS, TraceFacts

Severity = Literal["block", "warn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's word on a sale: its code, the requirements it rests on, what fills its text.

    The words stand under ``[finding]``: what happened, what it means for this sale, what to press.
    ``params`` hold no personal data.
    """

    code: str
    rule_ids: tuple[str, ...]
    severity: Severity
    params: dict[str, object] = field(default_factory=dict)
    variant: str = ""
    """Chooses other words for the same code."""

    @property
    def message_id(self) -> str:
        """The id of its words."""
        return f"finding.{self.code}" + (f"_{self.variant}" if self.variant else "")

    @property
    def blocks(self) -> bool:
        """Whether the step cannot be finished."""
        return self.severity == "block"


def block(code: str, *rules: str, **params: object) -> Finding:
    """A finding that stops the step."""
    return Finding(code, rules, "block", params)


def warn(code: str, *rules: str, **params: object) -> Finding:
    """A finding that is shown and may want a reason."""
    return Finding(code, rules, "warn", params)


def first(lines: Iterable[CheckLine]) -> CheckLine | None:
    """The first of some lines, or nothing."""
    return next(iter(lines), None)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line as the rules see it."""

    no: int
    name: str = ""
    insurance_class: str = ""
    """A, B, or anything else for not in the catalogue."""
    sale_class: str = ""
    """rx, otc_a, otc_b, none, or empty for unknown (not the insurance class, policy 3.2)."""
    quantity: Quantity = Quantity(10**4)  # noqa: RUF009 - a frozen value
    price: UnitPrice = UnitPrice(0)  # noqa: RUF009 - a frozen value
    trace_codes: tuple[str, ...] | None = None
    """``None`` = scanning is not asked about here (counts as scanned)."""
    trace_exempt: bool = False
    """No code stands on it, or the lot is on the no-code list (policy 3.5)."""
    expiry: date | None = None
    approval_class: str = "drug"
    """drug (准字号), approved_special_food, or food, health_food, device, household ..."""
    ephedrine: bool = False
    in_disease_range: bool = True
    listed_price: UnitPrice | None = None
    agreed_price: UnitPrice | None = None
    selected_price: UnitPrice | None = None
    """Price selected in volume-based procurement (中选价格)."""
    special_control: bool = False
    """Negotiated or specially controlled (SJZ-2.1)."""
    in_circulation_list: bool = True
    non_medical: bool = False
    medicine_id: str = ""
    unclassed: bool = False
    """Nobody said its sale class: it waits for a pharmacist as prescription drugs do."""
    promotion: str = ""
    """Why it is sold below the shelf's price (:mod:`app.domain.promotion`); empty = it is not."""
    stock: LineStock | None = None
    """What the shelf says of it; ``None`` = nobody asked."""

    @property
    def insured(self) -> bool:
        """In the catalogue, so that a pooled settlement would pay for it."""
        return self.insurance_class in ("A", "B") and not self.non_medical


@dataclass(frozen=True, slots=True)
class RxFacts:
    """What is known of the prescription that covers the insured lines."""

    form: str = "electronic"
    state: str = "valid"
    """valid, revoked, dispensed, locked, expired (as the circulation centre says)."""
    issued_on: date | None = None
    expires_at: datetime | None = None
    validity_days: int | None = None
    """The prescriber's own number of days, where he wrote one; else the pack's."""
    issuer_area: str = ""
    """Division code of the issuer; empty = not asked about (same area)."""
    supply_days: Fraction | None = None
    long: bool | None = None
    reviewed: bool = True
    drugs: int = 0
    hospital_review_mark: bool = True
    issuer_type: str = ""
    """hospital, community, internet_hospital ...; empty = not asked about."""
    issuer_listed: bool = True
    """The institution stood on the list on the prescription's date (SJZ-2.2c)."""
    prescriber_listed: bool | None = True
    """The prescriber stands on the list of the disease (HY-2.3); ``None`` = there is no list."""
    circulated: bool = False
    """It came through prescription circulation, so that its list of drugs binds (SJZ-A.5)."""
    other_person: bool = False
    """It names another person than who stands there to be paid for (EZ-2b)."""
    pictured: bool = True
    """A scan or photograph of it is kept; asked of paper alone (LN-4.2a)."""
    reviewer_dispenses: bool = False
    """One person reviewed it and hands the drugs out (HY-1.1.3)."""


@dataclass(frozen=True, slots=True)
class ProxyFacts:
    """What a proxy showed and did (HY-1.5.6b)."""

    both_ids: bool
    signed_list: bool
    photo: bool
    patients_in_window: int = 0
    named: bool = True
    """Relation and reason are told."""
    cause: bool = True
    """The reason is a cause that lets a special-disease drug go to somebody else (HY-3.6c)."""
    list_differs: bool = False
    """What was signed is not what would be paid now: other words, for there is another way out."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Everything the rules need for one settlement of one basket at one moment.

    A value left at its default is taken as in order, so that a caller names only what it knows.
    """

    settlement: str
    at: datetime
    policy: Policy
    lines: tuple[CheckLine, ...]
    store_open: bool = True
    store_why: str = ""
    """Message parameter: agreement, not_activated, service_closed ..."""
    suspended: str = ""
    """Why the agency suspends the insured service now (HY-1.5.8); empty = it does not."""
    suspended_until: date | None = None
    store_special_drugs: bool = True
    eprescription_right: bool = True
    """The right to sell on e-prescriptions (SJZ-A.6)."""
    pharmacists_present: int | None = None
    pharmacists_bound: int | None = None
    pharmacists_until: date | None = None
    """The first last day among the licences of the bound (HY-1.1.3); None = none ends."""
    identity: Literal["match", "mismatch", "not_checked"] = "match"
    """Person against credential; ``not_checked`` only where the pack wants somebody to look."""
    differed_at: datetime | None = None
    """When this person differed from the document today at another sale; None = never, released."""
    differed_why: str = ""
    """The reason that was recorded, a code."""
    proxy: ProxyFacts | None = None
    rx: RxFacts | None = RxFacts()
    disease: str = field(default="", repr=False)
    """The disease that a special settlement is for; empty = it is for none."""
    on_roster: bool = True
    roster_from: date | None = None
    roster_age_days: int | None = None
    inpatient: Literal["in_hospital", "discharged", "none", "unknown"] = "none"
    """``unknown`` = asked, and nobody answered."""
    zone: str = ""
    already_sold: frozenset[str] = frozenset()
    trace: TraceFacts = NO_TRACE_FACTS
    ephedrine_packs_today: int = 0
    ephedrine_packs_window: int = 0
    coupon_on_personal: Money = ZERO
    bound_elsewhere: bool = False
    """The platform says that another institution is the person's own (HY-3.5)."""
    bound_unread: Literal["", "none", "unknown"] = ""
    """``none`` = the platform names no institution of the person's; ``unknown`` = no answer."""
    delisting: Delisting | None = None
    """The store stops being designated; None = it stays (HY-1.3, HY-3.5)."""
    rosters: tuple[str, ...] = ()
    """Other settlement types on whose roster the person is for the same disease (EZ-8)."""
    days_left_of_last: int = 0
    """Days that the earlier supply of the same drug still lasts (HY-1.5.2a)."""
    agreement_days_left: int | None = None
    circulation_list_days: int | None = None
    """Age of the imported circulation list (SJZ-A.5)."""
    circulation_list_known: bool = True
    """Whether a circulation list was ever imported here."""
    held: HeldFacts | None = None
    """That it rests on a held card, or on one that may not be used; None = on none."""
    buyer_known: bool = True
    """Whether the person is known for whom drugs with ephedrine are counted (policy 3.3)."""

    @property
    def pooled(self) -> bool:
        """Whether the fund takes part."""
        return self.settlement not in ("self_paid", "account")

    @property
    def insured_lines(self) -> tuple[CheckLine, ...]:
        """Lines that this settlement would put before the platform's fund."""
        return tuple(line for line in self.lines if self.pooled and line.insured)
