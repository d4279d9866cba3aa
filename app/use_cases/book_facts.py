"""What the books know beside the basket, gathered once for all rules of one check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Self

from app.domain.check_context import RxFacts
from app.domain.clock import shop_time
from app.domain.delisting import Delisting
from app.domain.held_facts import HeldFacts
from app.domain.line_stock import Stocks
from app.domain.money import Quantity
from app.domain.paper_facts import NO_PAPER_FACTS, PaperFacts
from app.domain.person_check import PersonCheck
from app.domain.pharmacist import Presence
from app.domain.prescription import Prescription
from app.domain.roster import RosterSeen
from app.domain.rx_case import BoughtBefore, RxCase
from app.domain.rx_supply import days_left, ephedrine_packs, supply_days
from app.domain.sale import Sale
from app.domain.trace_facts import NO_TRACE_FACTS, TraceFacts
from app.ports import UnitOfWork
from app.use_cases.delisting import delisting_in
from app.use_cases.doors import Doors
from app.use_cases.duty import closed_services, presence_in
from app.use_cases.person_facts import Identity, differed_in, identity_in
from app.use_cases.proxy_facts import ProxySeen, proxy_in
from app.use_cases.trace_check import trace_facts

EPRESCRIPTION = "eprescription"
"""Service: the right to sell on e-prescriptions (电子处方售药权限, SJZ-A.6)."""
ISSUER, PRESCRIBER = "issuer", "prescriber"
_GATED = frozenset({"rx", "otc_a", ""})
"""Classes that stop while no pharmacist is there; what nobody classed counts as ``rx``."""
_LOOK_BACK = timedelta(days=400)
"""How far back purchases are read: every supply that a pack may allow has run out by then."""


@dataclass(frozen=True, slots=True)
class BookFacts:
    """The answers of the books; a default is taken as in order."""

    presence: Presence | None = None
    """None = nobody asked: the board shows nothing yet, or goods that left long ago."""
    closed: frozenset[str] = frozenset()
    sold: frozenset[str] = frozenset()
    """Trace codes of this basket that another live sale holds."""
    case: RxCase | None = None
    bought: tuple[BoughtBefore, ...] = ()
    circulating: frozenset[str] | None = None
    """National codes of the basket that are on the list; None = not asked."""
    list_days: int | None = None
    list_known: bool = True
    issuer_listed: bool = True
    prescriber_listed: bool | None = True
    """None = there is no list."""
    reviewer_bound: bool = True
    buyer_known: bool = True
    roster: RosterSeen | None = None
    """What the rosters in effect say of the person; None = not asked."""
    identity: Identity | None = None
    """Person against credential at this sale, empty = nobody looked; None = not asked."""
    differed: PersonCheck | None = None
    """The mismatch of this person today at another sale that nobody released."""
    delisting: Delisting | None = None
    """The store stops being designated; None = it stays, or nobody asked."""
    held: HeldFacts | None = None
    """That the sale rests on a held card, or on one that may not be used."""
    trace: TraceFacts = NO_TRACE_FACTS
    """What they know of the boxes."""
    papers: PaperFacts = NO_PAPER_FACTS
    """What the store's own papers say of it."""
    proxy: ProxySeen | None = None
    """Who buys for the patient; None = the patient does."""
    stock: Stocks = field(default_factory=dict)
    """What the shelf says of each line; a line that is not there was not asked about."""

    @classmethod
    def of_board(
        cls, doors: Doors, sale: Sale, sold: frozenset[str] = frozenset(), person_id: str = ""
    ) -> Self:
        """What memory knows: for the live estimate on the screen's thread."""
        seen = doors.counter.seen
        known = bool(person_id or sale.person_id)
        stock = doors.counter.stock_of(sale.id)
        if seen is None or sale.replaces:
            return cls(sold=sold, buyer_known=known, stock=stock)
        return cls(seen.presence, seen.closed, sold, buyer_known=known, delisting=seen.delisting,
                   stock=stock)  # fmt: skip

    def bought_before(self, at: datetime, window_days: int) -> tuple[int, int]:
        """Packs with ephedrine today and in the window, from this store's books."""
        return ephedrine_packs(self.bought, at, window_days)

    def days_left(self, generic_names: set[str], at: datetime) -> int:
        """The longest rest of an earlier supply of one of these generics (HY-1.5.2a)."""
        return max((days_left(self.bought, name, at) for name in generic_names), default=0)


def facts_in(
    doors: Doors,
    uow: UnitOfWork,
    sale: Sale,
    person_id: str = "",
    *,
    pooled: bool = True,
    warnings: bool = True,
) -> BookFacts:
    """The facts of a sale inside the caller's unit of work; the network is not needed.

    ``person_id``: who stands at the counter; empty = who the sale names. ``pooled``: whether
    insurance pays; what the customer pays alone reads only what can stop its goods
    (policy 3.1, 3.3), since it is read while the customer waits for the change. ``warnings``:
    whether what only warns is wanted too: of earlier purchases the packs with ephedrine alone
    can stop a basket, and only one that holds some itself.
    """
    # Here: no start needs the store's papers.
    from app.use_cases.paper_facts import paper_facts

    now = doors.clock.now()
    who = person_id or sale.person_id
    rx = sale.prescription
    whole = pooled or rx is not None
    gated = whole or any(line.item.sale_class in _GATED for line in sale.lines)
    counted = (whole and warnings) or any(line.item.ephedrine for line in sale.lines)
    codes = [line.item.national_code for line in sale.lines if line.item.national_code]
    versions = uow.lists.circulation_versions() if rx is not None and rx.circulated else []
    kinds = uow.lists.which_listed(ISSUER, PRESCRIBER) if rx is not None else frozenset()
    return BookFacts(
        # The remainder of a return left with the customer when it was sold.
        presence=presence_in(uow, now) if gated and not sale.replaces else None,
        closed=closed_services(uow, now) if whole else frozenset(),
        sold=sold_elsewhere(uow, sale),
        trace=trace_facts(doors, uow, sale, warnings=pooled and warnings),
        papers=paper_facts(doors, uow, sale, pooled=pooled),
        case=uow.prescriptions.get(rx.case_id) if rx is not None and rx.case_id else None,
        bought=bought_here(uow, who, now) if counted else (),
        circulating=_circulating(uow, rx, codes) if versions and rx is not None else None,
        list_days=(now - versions[0].imported_at).days if versions else None,
        list_known=bool(versions) or rx is None or not rx.circulated,
        issuer_listed=rx is None or _listed(uow, kinds, ISSUER, rx.issuer_code, rx),
        prescriber_listed=rx is None or _prescriber(uow, kinds, rx),
        reviewer_bound=rx is None or _reviewer_bound(uow, rx),
        buyer_known=bool(who),
        roster=_roster(uow, sale, who, now) if whole else None,
        # Of the remainder of a return the day of its sale decides, on which it was settled here.
        delisting=delisting_in(uow) if pooled and not sale.replaces else None,
        identity=_identity(uow, sale, who, now) if pooled and who else None,
        differed=_differed(uow, sale, who, now) if pooled and who else None,
        proxy=proxy_in(uow, sale, now) if pooled and who and not sale.replaces else None,
    )


def _identity(uow: UnitOfWork, sale: Sale, who: str, now: datetime) -> Identity | None:
    """Of the remainder of a return the person was looked at when it was sold."""
    return None if sale.replaces else identity_in(uow, sale.id, who, now)


def _differed(uow: UnitOfWork, sale: Sale, who: str, now: datetime) -> PersonCheck | None:
    return None if sale.replaces else differed_in(uow, sale.id, who, now)


def _roster(uow: UnitOfWork, sale: Sale, who: str, now: datetime) -> RosterSeen | None:
    """Only goods of some disease's range can make a part that a roster has a say in."""
    if not who or not any(line.item.diseases for line in sale.lines):
        return None
    return uow.rosters.of_person(who, shop_time(now).date())


def bought_here(uow: UnitOfWork, person_id: str, now: datetime) -> tuple[BoughtBefore, ...]:
    """What this person bought at this store, under every record with the same document.

    With the line down a buyer is registered by document alone; the platform's record of the
    same person comes another day.
    """
    if not person_id:
        return ()
    found = [
        bought
        for each in uow.persons.same_document(person_id)
        for bought in uow.sales.bought_by(each, now - _LOOK_BACK)
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def sold_elsewhere(uow: UnitOfWork, sale: Sale) -> frozenset[str]:
    """Codes of this basket that another live sale holds (policy 3.5).

    Pieces of one pack share its code; a whole pack shares with nobody.
    """
    holding = {code: line for line in sale.lines for code in line.trace_codes}
    where = uow.codes.where(list(holding)) if holding else {}
    ours = (sale.id, sale.replaces)
    return frozenset(
        code
        for code, sold in where.items()
        if sold.sale_id not in ours
        and not (sold.split_pack and not holding[code].quantity.is_whole())
    )


def rx_facts(
    prescription: Prescription | None,
    drugs: int,
    facts: BookFacts,
    frequencies: Mapping[str, Fraction],
) -> RxFacts | None:
    """What the rules know of the prescription; None = there is none.

    From the sheet where the case is known; else from what the sale keeps of it.
    """
    rx, case = prescription, facts.case
    if rx is None:
        return None
    return RxFacts(
        form=rx.form.value,
        state=rx.centre_state,
        issued_on=shop_time(rx.issued_at).date(),
        expires_at=rx.expires_at,
        issuer_area=rx.issuer_area,
        supply_days=_supply(rx, case, frequencies),
        long=rx.long,
        reviewed=bool(rx.reviewer_id) and facts.reviewer_bound,
        drugs=case.sheet.drugs if case is not None else drugs,
        hospital_review_mark=rx.hospital_reviewed,
        issuer_type=rx.issuer_type,
        issuer_listed=facts.issuer_listed,
        prescriber_listed=facts.prescriber_listed,
        circulated=rx.circulated,
        pictured=bool(rx.picture or (case is not None and case.sheet.file_suffix)),
        reviewer_dispenses=_does_both(case),
    )


def given_of(case: RxCase) -> dict[int, Quantity]:
    """How much of each line is handed out, in the prescription's unit."""
    told: dict[int, Quantity] = {}
    for one in case.given:
        told[one.line_no] = told.get(one.line_no, Quantity(0)) + one.quantity
    return told


def _supply(
    rx: Prescription, case: RxCase | None, frequencies: Mapping[str, Fraction]
) -> Fraction | None:
    if case is not None:
        days = supply_days(case.sheet.lines, frequencies, given_of(case))
        if days is not None:
            return days
    return Fraction(rx.days_supply) if rx.days_supply else None


def _does_both(case: RxCase | None) -> bool:
    """One person passed it and took the boxes (HY-1.1.3)."""
    if case is None or case.review is None or case.picked is None:
        return False
    return case.review.pharmacist_id == case.picked.staff_id


def _circulating(uow: UnitOfWork, rx: Prescription, codes: list[str]) -> frozenset[str]:
    return uow.lists.circulating(codes, shop_time(rx.issued_at).date())


def _listed(uow: UnitOfWork, kinds: frozenset[str], kind: str, code: str, rx: Prescription) -> bool:
    """Whether the code stood on the list on the day of issue.

    ``kinds``: of which there is a list; a list never imported asks nobody.
    """
    if kind not in kinds:
        return True
    disease = rx.disease_code if kind == PRESCRIBER else ""
    return uow.lists.listed(kind, code, shop_time(rx.issued_at).date(), disease) is not None


def _prescriber(uow: UnitOfWork, kinds: frozenset[str], rx: Prescription) -> bool | None:
    """Whether the doctor stood on the disease's list; None = there is none (HY-2.3)."""
    return _listed(uow, kinds, PRESCRIBER, rx.doctor_code, rx) if PRESCRIBER in kinds else None


def _reviewer_bound(uow: UnitOfWork, rx: Prescription) -> bool:
    """The pass of a bound pharmacist only (SJZ-A.3), judged on the day of the review."""
    if not rx.reviewer_id or rx.reviewed_at is None:
        return True
    who = uow.pharmacists.get(rx.reviewer_id)
    return (
        who is not None
        and _was_bound(who.unbound_at, rx.reviewed_at)
        and (who.unbound_at is not None or who.bound_on(shop_time(rx.reviewed_at).date()))
    )


def _was_bound(unbound_at: datetime | None, at: datetime) -> bool:
    return unbound_at is None or at < unbound_at
