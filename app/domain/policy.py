"""What a pooling area demands, as typed values: a dated policy and the profile of its interface.

Nothing here holds a number of policy; the region packs (``resources/regions``) do. What a pack
leaves open is ``None`` or absent from its mapping, and asking for it raises ``PackValueMissing``
at the moment something needs it, never earlier (design 2, law 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, TypeVar

from app.domain.money import ZERO, Money, Rate, UnitPrice
from app.errors import PackValueMissing

if TYPE_CHECKING:
    from app.domain.cold_chain import ColdRange

Settlement = Literal["special", "two_disease", "ordinary", "account", "self_paid"]
SETTLEMENTS: tuple[Settlement, ...] = ("special", "two_disease", "ordinary", "account", "self_paid")
"""Settlement types in the order in which a mixed basket is settled (policy 4.1 step 10)."""

Category = Literal["active", "retired", "resident"]
CATEGORIES: tuple[Category, ...] = ("active", "retired", "resident")

Route = Literal["pharmacy", "visit"]
"""``pharmacy`` = 2101/2102; ``visit`` = 2201-2203A-2204-2206-2207 (interface 2.0)."""

T = TypeVar("T")


def needed(value: T | None, key: str, who: str) -> T:
    """The value; :raises PackValueMissing: naming key and who can answer, where there is none."""
    if value is None:
        raise PackValueMissing(key=key, who=who)
    return value


@dataclass(frozen=True, slots=True)
class Deductible:
    """The threshold below which the fund pays nothing (起付线), policy 2.6 and 4.1 step 5."""

    kind: Literal["none", "annual", "per_visit"]
    amount: Money = ZERO
    per_visit: Money = ZERO
    annual_max: Money | None = None

    def remaining(self, used: Money) -> Money:
        """What is still to be borne before the fund pays; never below zero."""
        if self.kind == "none":
            return ZERO
        if self.kind == "annual":
            return max(ZERO, self.amount - used)
        if self.annual_max is None:
            return self.per_visit
        return max(ZERO, min(self.per_visit, self.annual_max - used))


@dataclass(frozen=True, slots=True)
class Cap:
    """Yearly limit of the fund (封顶线) by age band; ``None`` as amount is no limit."""

    bands: tuple[tuple[int, Money | None], ...]
    """``(from full years, amount)``, ascending."""

    def at_age(self, age: int | None) -> Money | None:
        """The limit of the age in full years; without an age the lowest band (policy 4.1.7)."""
        found = self.bands[0][1]
        for start, amount in self.bands[1:]:
            if age is not None and age >= start:
                found = amount
        return found


@dataclass(frozen=True, slots=True)
class Quota:
    """Quota of a special disease (定额); nothing rolls over between periods (HY-3.6a)."""

    period: Literal["month", "quarter", "year"]
    basis: Literal["fund_paid", "in_scope"]
    default: Money | None
    by_disease: Mapping[str, Money] = field(default_factory=dict)

    def amount_for(self, disease: str | None) -> Money | None:
        """Quota of one disease for one period; ``None`` where the pack names none."""
        if disease is not None and disease in self.by_disease:
            return self.by_disease[disease]
        return self.default


@dataclass(frozen=True, slots=True)
class Span:
    """A longest supply (最长用量): days, weeks or calendar months, never turned into each other."""

    unit: Literal["days", "weeks", "months"]
    n: int

    def days_from(self, start: date) -> int:
        """How many days the span covers when its first day is ``start`` (K-02, E20)."""
        if self.unit == "months":
            return (_add_months(start, self.n) - start).days
        return self.n * (7 if self.unit == "weeks" else 1)


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))


@dataclass(frozen=True, slots=True)
class AccountRules:
    """What the own account and family mutual aid (家庭共济) may pay, policy 3.7 and 4.1.9."""

    own_usable: bool | None = True
    own_covers_self_funded: bool | None = None
    mutual_aid_enabled: bool | None = None
    mutual_aid_covers_self_funded: bool | None = None


@dataclass(frozen=True, slots=True)
class RxRules:
    """What a prescription must be (policy 3.1, LN-3.1a, LN-4.2, HY-1.5.2a, EZ-5)."""

    required: bool | None = None
    validity_days: int | None = None
    count_issue_day: bool | None = None
    ordinary_max: Span | None = None
    long_max: Span | None = None
    paper: Literal["open", "never"] | None = None
    """``open`` = accepted, until ``paper_until`` where that is a date; ``None`` = not known."""
    paper_until: date | None = None
    issuer_areas: tuple[str, ...] | None = None
    """Prefixes of division codes; ``("",)`` = everywhere."""
    issuer_types: tuple[str, ...] | None = None
    hospital_review: Literal["off", "warn", "block"] | None = None
    circulation_list: bool | None = None
    circulation_max_age_days: int | None = None
    max_drugs: int | None = None
    prescriber_list: Literal["off", "warn", "block"] | None = None
    early_refill_grace_days: int | None = None
    wait_seconds: tuple[int, ...] = ()
    """Waits for a review from which the queue turns amber, then red."""


@dataclass(frozen=True, slots=True)
class TraceRules:
    """From when a pack's code is demanded (policy 3.5)."""

    required_from: date | None = None
    all_sales_from: date | None = None
    exempt_classes: tuple[str, ...] = ()
    printed: Literal["full", "last_digits"] | None = None
    received_check_from: date | None = None
    """From then on a box that no receiving names is not sold; before it that is a warning."""
    sequence_warn: int | None = None
    """So many codes in one unbroken row, received by nobody, are told (fraud c)."""
    late_hour: int | None = None
    late_packs: int | None = None
    """So many insured packs in one basket from that hour on are told (fraud f)."""
    sample_percent: int | None = None
    """How many of a lot's boxes are scanned at a stock-take."""
    virtual_codes: bool | None = None
    """Whether 3592B gives codes to boxes that carry none."""


@dataclass(frozen=True, slots=True)
class PriceRules:
    """How a sale price is bounded (K-04): shown beside, agreed, or a hard ceiling."""

    rule: Literal["reference", "agreed", "hard_cap"] | None = None
    discount: Rate | None = None
    discount_base: Literal["listed_price"] | None = None
    rise_window_days: int | None = None
    """Within so many days of the last change a rise is told with the earlier price (EZ-3b)."""
    promotion_excludes: tuple[str, ...] = ()
    """What member and campaign prices are kept off (LN-5.2): ``rx``, ``insured``."""
    rise_share: Rate | None = None
    """So is a rise by more than this share, whenever."""
    upload_before_sale: bool | None = None

    def ceiling(self, listed: UnitPrice) -> UnitPrice:
        """Highest sale price under a hard cap: listed x (1 - discount), rounded *down* (E27)."""
        share = 10**6 - (self.discount.ppm if self.discount else 0)
        return UnitPrice.of_money(Money(listed.micro * share // 10**10))


@dataclass(frozen=True, slots=True)
class StaffRules:
    """How many pharmacists (K-03) and whether one person may review and dispense (HY-1.1.3)."""

    min_present: int | None = None
    min_bound: int | None = None
    same_person: Literal["off", "warn", "block"] | None = None
    absence_warn_minutes: int | None = None
    health_certificate: Literal["warn", "block"] | None = None
    """Whether a 健康证 that ended keeps its holder from drugs; None = it is said, no more."""
    pharmacist_token: Literal["off", "duty", "review"] | None = None
    """Whether 7206 wants the pharmacist's own ``ecToken``: never, once a duty period, each time."""


@dataclass(frozen=True, slots=True)
class PersonRules:
    """Who may buy, and how they prove it (EZ-9, HY-1.1.4b, HY-1.5.6, HY-3.4, HY-3.5, K-10)."""

    roster_required: bool | None = None
    roster_max_age_days: int | None = None
    roster_apply: str = ""
    """When one may apply for the benefit, in the authority's words (HY-3.4); empty = not said."""
    binding_required: bool | None = None
    id_methods: tuple[str, ...] = ()
    face: Literal["off", "required_if_consented"] | None = None
    purchase_image: bool | None = None
    guardian_under: int | None = None
    """Age in years under which a guardian consents (policy 3.9)."""
    faces_filing: int | None = None
    """Persons with a stored face from which a store files with the authority (policy 3.9)."""
    proxy_signature: bool | None = None
    proxy_photo: bool | None = None
    proxy_warn_patients: int | None = None
    proxy_warn_days: int | None = None
    proxy_causes: tuple[str, ...] = ()
    """Diseases that are a cause for proxy purchase by themselves (HY-3.6c, K-12)."""
    held_card: bool | None = None
    """Whether cards may be held here at all; absent = no (HY-1.5.6c)."""
    held_receipt_days: int | None = None
    """Days within which the patient signs for what was bought with a held card."""
    held_valid_days: int | None = None
    """Days for which the centre's consent covers uses, at most."""


@dataclass(frozen=True, slots=True)
class GoodsRules:
    """Ephedrine (3.3), zones (HY-1.2.1), shelf life (3.4) and delivery (LN-3.1c)."""

    ephedrine_max_packs: int | None = None
    ephedrine_window_days: int | None = None
    near_expiry_days: tuple[int, ...] = ()
    loss_second_from: Money | None = None
    """Value from which a loss is posted by two persons; absent = always by two."""
    hold_minutes: int | None = None
    """How long a basket that nobody touches keeps its boxes from other tills."""
    cold_range: ColdRange | None = None
    """What cold-chain goods may have been exposed to when they arrive; None = nobody said."""
    zone_drugs_only: bool | None = None
    delivery_own_account: bool | None = None


@dataclass(frozen=True, slots=True)
class StoreRules:
    """Periods and indicators of the store's own papers (K-06, K-08, K-15, LN-3.4a, SJZ-A.2)."""

    agreement_warn_days: tuple[int, ...] = ()
    agreement_months: int | None = None
    """For so long an agreement holds that is filed without its last day; None = without end."""
    supplier_warn_days: tuple[int, ...] = ()
    """Days before a supplier's licence ends on which the shop is told (policy 3.4)."""
    claim_working_days: int | None = None
    stocktake_period: Literal["month", "quarter", "year"] | None = None
    stocktake_warn_days: int | None = None
    """Days before the period's end from which an open stock-take is shown as urgent."""
    recount_packs: int | None = None
    """A second person counts where a difference is more packs than this ..."""
    recount_share: Rate | None = None
    """... or more than this share of what the books say ..."""
    recount_worth: Money | None = None
    """... or worth more than this (HY-1.5.5b)."""
    retention_days: Mapping[str, int] = field(default_factory=dict)
    disk_warn_days: int | None = None
    """Days before evidence fills the disk on which the shop is warned."""
    gap_policy: Literal["until_delist_date", "until_transition_end"] | None = None
    """Whether a store settles between the end of its transition and its delisting (K-11)."""
    indicators: Mapping[str, Rate] = field(default_factory=dict)
    month_report_day: int | None = None
    """Until this day of a month its predecessor is reported (SY-4); None = nobody asks for it."""
    admission_asks: tuple[str, ...] = ()
    """Conditions of admission that the area names (:data:`app.domain.admission.CONDITIONS`)."""
    admission_months: int | None = None
    """Months for which a new store has traded (HY-1.1.1)."""
    designation: Mapping[str, int] = field(default_factory=dict)
    """Periods of the steps of designation (:data:`app.domain.designation.PERIOD`)."""
    admission_years: int | None = None
    """Years without an entry of the compliance file (LN-2.4b, HY-1.1.1)."""


@dataclass(frozen=True, slots=True)
class SupervisionRules:
    """What a word of the supervision subsystem does to a sale (LN-2.2a, LN-4.3a)."""

    on_finding: Literal["warn", "block"] | None = None
    """None = a finding is shown and kept, and the sale goes on."""
    no_answer: Literal["warn", "block"] | None = None
    answer_days: int | None = None
    """Within so many days somebody answers an alert; None = the area names no period."""


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules of one settlement type of one area on one day (policy 2.6)."""

    region: str
    settlement: Settlement
    valid_from: date
    valid_to: date | None
    status: str
    who: str
    """Who can say what the pack leaves open."""
    ratios: Mapping[str, Rate] = field(default_factory=dict)
    deductibles: Mapping[str, Deductible] = field(default_factory=dict)
    caps: Mapping[str, Cap] = field(default_factory=dict)
    cap_basis: Literal["fund_paid", "in_scope"] | None = None
    deductible_counts_first_self_pay: bool = False
    class_b_default: Rate | None = None
    quota: Quota | None = None
    inpatient_block: bool | None = None
    accounts: AccountRules = AccountRules()
    rx: RxRules = RxRules()
    trace: TraceRules = TraceRules()
    price: PriceRules = PriceRules()
    staff: StaffRules = StaffRules()
    person: PersonRules = PersonRules()
    goods: GoodsRules = GoodsRules()
    store: StoreRules = StoreRules()
    supervision: SupervisionRules = SupervisionRules()
    diseases: Mapping[str, str] = field(default_factory=dict)
    """Names of the diseases by code, as they are listed on these days; empty = none is known."""
    diseases_over: frozenset[str] = frozenset()
    """Codes that are listed for other days: not begun yet, or ended (EZ-7)."""
    excludes: tuple[str, ...] = ()
    """Settlement types whose roster shuts a person out of this one (EZ-8, K-17)."""
    practice_keys: frozenset[str] = frozenset()
    """Keys whose value an overlay invented for practice."""
    closed: bool = False
    """What is absent is no limit rather than unknown: the pack of a ``quote`` case (design 3)."""

    def bound(self, value: T | None, key: str) -> T | None:
        """A limit; ``None`` = no limit. :raises PackValueMissing: absent from a real pack."""
        return value if self.closed else needed(value, key, self.who)

    def ratio_for(self, category: str) -> Rate:
        """Share of the fund; :raises PackValueMissing: where the pack is silent."""
        return needed(self.ratios.get(category), f"ratio.{category}", self.who)

    def deductible_for(self, category: str) -> Deductible:
        """Deductible of the category; :raises PackValueMissing: where the pack is silent."""
        return needed(self.deductibles.get(category), f"deductible.{category}", self.who)

    def cap_for(self, category: str, age: int | None) -> Money | None:
        """Yearly limit at an age, ``None`` = no limit; :raises PackValueMissing: if not said."""
        return needed(self.caps.get(category), f"cap.{category}", self.who).at_age(age)

    def quota_for(self, disease: str | None) -> Money:
        """Quota of a disease for one period; :raises PackValueMissing: where not said."""
        quota = needed(self.quota, "quota.default", self.who)
        return needed(quota.amount_for(disease), f"quota.{disease or 'default'}", self.who)


@dataclass(frozen=True, slots=True)
class CentreProfile:
    """How the e-prescription centre is spoken to (interface 1.6 and part 3)."""

    transport: Literal["platform", "centre"] = "platform"
    """``platform`` = behind the infno envelope; ``centre`` = called directly, SM2/SM4 envelope."""
    paths: Mapping[str, str] = field(default_factory=dict)
    """Act to path, for ``centre``; the pharmacy side's paths were never seen (interface 3.1)."""
    version: str = "1.0.0"
    user_id: Literal["default", "app_secret"] = "default"
    """SM2 user id: 1234567812345678, or the application's secret."""
    signs: Literal["plain", "encrypted"] = "plain"
    """What stands under ``data`` in the signed text."""
    trace_code_required: bool = False
    """Whether 7207 wants ``drugTraceCodg`` here."""


@dataclass(frozen=True, slots=True)
class AuditProfile:
    """How the supervision subsystem is asked (interface 2.13); without calls it is not."""

    calls: tuple[str, ...] = ()
    """Which of 3101, 3102 and 3103 are open here."""
    scenes: Mapping[str, str] = field(default_factory=dict)
    """``trig_scen`` by transaction: the interface prints no values."""
    medins_type: str = ""
    medins_level: str = ""
    """Of a retail pharmacy: no entry is printed, the area says which."""
    doctor_title: str = ""
    """``drord_dr_profttl`` where a prescription does not tell the prescriber's title."""
    seconds: int = 0
    """How long the counter waits for an answer."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """The area's own rule ids, to the rule of the mirror that each is."""

    def asks(self, infno: str) -> bool:
        """Whether the question can be put: open, and everything that it demands is known."""
        known = self.scenes.get(infno) and self.medins_type and self.medins_level
        return infno in self.calls and bool(known and self.doctor_title and self.seconds)


@dataclass(frozen=True, slots=True)
class InterfaceProfile:
    """How one area's platform is spoken to (interface 1 and 7.4); one value a pack."""

    region: str
    division: str
    """``mdtrtarea_admvs``, six digits."""
    endpoint_shape: Literal["one_url", "per_transaction"]
    path: str
    """Path of the one URL, or the prefix of all paths."""
    paths: Mapping[str, str]
    """Transaction number to path, for ``per_transaction``."""
    gateway: Literal["none", "tif", "api", "ca", "oauth"]
    message_signing: Literal["none", "sm2_envelope", "sm2_input"]
    encrypted_input: bool
    input_form: Literal["object", "string"]
    content_type: str
    recer_sys_code: str
    infver: str
    sign_in_required: bool
    infcode_form: Literal["number", "string"]
    password_in_cainfo: bool
    eprescription_release: Literal["none", "A", "B", "C"] | None
    eprescription_numbers: Mapping[str, str]
    """Act (``authorise``, ``download``, ``verify``, ``review``, ``dispense``, ``undo``...) to
    transaction number."""
    trace_node: str
    trace_place: Literal["line", "beside"]
    stock_trace_node: str
    setl_type_key: str
    feedetl_sn: Literal["digits", "letters"]
    reversal: Literal["automatic", "by_hand"]
    reversible: tuple[str, ...]
    inpatient_query: str | None
    """``2001``, ``5303`` or a regional number; ``none`` where the platform's refusal decides;
    ``None`` where nobody has said."""
    routes: Mapping[str, Route]
    med_types: Mapping[str, str]
    insutypes: tuple[str, ...]
    settle_infno: str
    """``2207`` or ``2207A``: the settling step of the visit route."""
    a_versions: tuple[str, ...]
    clearing: Literal["interface", "portal"]
    stmt_level: tuple[str, ...]
    """Answers of 3201 that mean *the books agree*."""
    connect_seconds: int
    read_seconds: int
    unknown_wait_seconds: int
    """The platform's own limit: after it a question about a lost settlement means something."""
    who: str
    counters: Mapping[str, str] = field(default_factory=dict)
    """What a code of 5206 (``cum_type_code``) counts: ``deductible`` and ``fund`` of ordinary
    pooling, ``quota`` the beginning of the codes that end with a disease. Empty = not known."""

    centre: CentreProfile = CentreProfile()
    audit: AuditProfile = AuditProfile()
    clr_types: Mapping[str, str] = field(default_factory=dict)
    """Clearing type of a settlement type, where the platform's answer names none (2.14)."""
    stock_queries: tuple[str, ...] = ()
    """Which of 3508 to 3513 answer here: what the centre holds of uploaded goods (2.16)."""

    def offers(self, act: str) -> bool:
        """Whether this area's release has the prescription act at all."""
        return act in self.eprescription_numbers

    def wants_password(self, infno: str, insured_area: str) -> bool:
        """Whether a patient insured there gives a password for this transaction (interface 1.5).

        2102 and 2207 (2207A is the path without); patients of another province give none.
        """
        here = insured_area[:2] == self.division[:2]
        return self.password_in_cainfo and infno in ("2102", "2207") and here

    def settling_infno(self, settlement: str) -> str:
        """Number of the settling step; :raises PackValueMissing: where no route is named."""
        return self.settle_infno if self.route_of(settlement) == "visit" else "2102"

    def route_of(self, settlement: str) -> Route:
        """Route of a settlement type; :raises PackValueMissing: where the pack names none."""
        return needed(self.routes.get(settlement), f"interface.routes.{settlement}", self.who)

    def med_type_of(self, settlement: str) -> str:
        """``med_type`` of a settlement type; :raises PackValueMissing: where not said."""
        return needed(self.med_types.get(settlement), f"interface.med_type.{settlement}", self.who)

    def path_of(self, infno: str) -> str:
        """Path a transaction is posted to; :raises PackValueMissing: where not said."""
        if self.endpoint_shape == "one_url":
            return self.path
        own = needed(self.paths.get(infno), f"interface.paths.{infno}", self.who)
        return f"{self.path.rstrip('/')}/{own}"

    def eprescription_of(self, act: str) -> str:
        """Transaction number of a prescription act; :raises PackValueMissing: where not said."""
        number = self.eprescription_numbers.get(act)
        return needed(number, f"interface.eprescription_numbers.{act}", self.who)
