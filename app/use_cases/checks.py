"""The rules of the trade applied to a sale: one context a part, findings turned into notes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from app.domain.basket_split import SELF_PAID, Part
from app.domain.check_context import CheckContext, CheckLine, Finding, RxFacts
from app.domain.clock import shop_time
from app.domain.compliance import check, require_clean
from app.domain.compliance_stock import stock_rules
from app.domain.estimate import (
    Accumulators,
    Balances,
    Estimate,
    EstimateLine,
    PersonFacts,
    estimate,
)
from app.domain.held_facts import Obstacle
from app.domain.line_stock import LineStock, Stocks
from app.domain.money import ZERO
from app.domain.policy import Policy
from app.domain.rx_sheet import other_name
from app.domain.sale import Sale, SaleLine
from app.domain.sale_states import SaleState
from app.domain.settlement import Settlement
from app.errors import PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.allocation import allocate, keep_for_payment
from app.use_cases.book_facts import EPRESCRIPTION, BookFacts, facts_in, rx_facts
from app.use_cases.book_facts import sold_elsewhere as sold_elsewhere
from app.use_cases.delisting import chosen_elsewhere, chosen_unread
from app.use_cases.doors import Doors
from app.use_cases.proxy_facts import facts_of
from app.use_cases.quota import used_of
from app.use_cases.roster_facts import roster_facts
from app.use_cases.views import Note, Patient

_CONTROLLED = frozenset({"special_control", "dual_channel"})
"""Marks of a drug that ask for the store's own qualification (SJZ-2.1)."""


def note_of(finding: Finding) -> Note:
    """A finding as the screen and the command line say it; its rules answer the info key."""
    return Note(
        finding.message_id,
        dict(finding.params),
        finding.severity,
        finding.code,
        finding.rule_ids,
    )


def check_line(
    line: SaleLine,
    disease: str = "",
    circulating: frozenset[str] | None = None,
    stock: LineStock | None = None,
    marks: Collection[str] = (),
) -> CheckLine:
    """A sale line as the rules see it; ``circulating``: codes on the circulation list.

    ``stock``: what the shelf said; of another drug or quantity than the line's it says nothing.
    """
    item = line.item
    return CheckLine(
        no=line.no,
        name=item.name,
        insurance_class=item.insurance_class,
        sale_class=item.sale_class,
        medicine_id=item.medicine_id,
        unclassed=not item.sale_class,
        quantity=line.quantity,
        price=line.price,
        trace_codes=line.trace_codes,
        trace_exempt=item.trace_exempt,
        expiry=line.expiry,
        approval_class=_approval_class(item.sale_class, marks),
        special_control=bool(_CONTROLLED.intersection(marks)),
        ephedrine=item.ephedrine,
        in_disease_range=not disease or disease in item.diseases,
        listed_price=item.listed_price,
        agreed_price=item.agreed_price,
        selected_price=item.selected_price,
        in_circulation_list=circulating is None or item.national_code in circulating,
        non_medical=item.sale_class == "none",
        promotion=item.promotion,
        stock=stock if stock is not None and stock.is_of(line) else None,
    )


def _approval_class(sale_class: str, marks: Collection[str]) -> str:
    if sale_class != "none":
        return "drug"
    return "approved_special_food" if "zone_exception" in marks else "device"


def findings_of(
    doors: Doors,
    sale: Sale,
    parts: Sequence[Part],
    patient: Patient | None,
    sold: frozenset[str] = frozenset(),
    facts: BookFacts | None = None,
    *,
    settling: bool = False,
) -> tuple[Finding, ...]:
    """Every finding on the sale, part by part, each said once (policy 4.1, block codes).

    ``facts``: what the books say; without them presence and services come from the counter's
    board, so that the live estimate needs no books. ``settling``: the amounts are known, so that
    what a proxy signs under them is asked for.
    """
    who = patient.person_id if patient else ""
    known = facts or BookFacts.of_board(doors, sale, sold, who)
    found: list[Finding] = []
    # The remainder of a return is judged by the rules of the day it was sold (policy 4.1.11).
    now = sale.opened_at if sale.replaces else doors.clock.now()
    found += [] if sale.replaces else one_price(sale)
    for part in parts:
        try:
            policy = doors.policy_on(part.settlement, now)
        except PackValueMissing as gap:
            found.append(Finding("PACK_VALUE_MISSING", ("SJZ-A.6",), "block", dict(gap.params)))
            continue
        context = _context(doors, sale, part, patient, known, policy, now)
        proxy = facts_of(
            known.proxy, patient, policy, now, settling=settling, practice=doors.shop.practice
        )
        context = replace(context, proxy=proxy) if proxy is not None else context
        found += [finding for finding in check(context) if finding not in found]
    return tuple(found)


def one_price(sale: Sale) -> list[Finding]:
    """Insured and uninsured pay one price: a drug has one in a basket (policy 4.1 step 1, EZ-3a).

    A block: the fund would pay another price than whoever stands at the counter.
    """
    prices: dict[str, SaleLine] = {}
    for line in sale.lines:
        first = prices.setdefault(line.item.medicine_id, line)
        if first.price != line.price:
            told: dict[str, object] = {
                "name": line.item.name,
                "line": line.no,
                "price": line.price.plain(),
                "other": first.price.plain(),
            }
            return [Finding("PRICE_NOT_ONE", ("EZ-3a", "HY-1.2.2"), "block", told)]
    return []


def _context(
    doors: Doors,
    sale: Sale,
    part: Part,
    patient: Patient | None,
    known: BookFacts,
    policy: Policy,
    now: datetime,
) -> CheckContext:
    """One part as the rules see it."""
    lines = [sale.line(no) for no in part.lines]
    disease = patient.disease_code if patient and part.settlement == "special" else ""
    elsewhere = [li for li in sale.lines if li.item.ephedrine and li.no not in part.lines]
    beside = sum(line.quantity.packs() for line in elsewhere)
    today, window = known.bought_before(now, policy.goods.ephedrine_window_days or 1)
    present = known.presence
    roster = roster_facts(sale, part, patient, known.roster, policy, now)
    return CheckContext(
        settlement=part.settlement,
        at=now,
        policy=policy,
        lines=tuple(
            check_line(
                line,
                disease,
                known.circulating,
                known.stock.get(line.no),
                known.papers.marks.get(line.item.medicine_id, ()),
            )
            for line in lines
        ),
        store_special_drugs=known.papers.special_drugs,
        zone=known.papers.zone,
        agreement_days_left=known.papers.agreement_days,
        store_open=part.settlement not in known.closed and not known.papers.agreement_over,
        store_why="service_closed" if part.settlement in known.closed else "",
        suspended=known.papers.suspended,
        suspended_until=known.papers.suspended_until,
        eprescription_right=EPRESCRIPTION not in known.closed,
        pharmacists_present=present.present if present else None,
        pharmacists_bound=present.bound if present else None,
        pharmacists_until=present.until if present else None,
        rx=_rx_of(doors, sale, part, patient, known),
        disease=disease,
        already_sold=known.sold,
        trace=known.trace,
        ephedrine_packs_today=today + beside,
        ephedrine_packs_window=window + beside,
        buyer_known=known.buyer_known,
        days_left_of_last=known.days_left({li.item.generic_name for li in lines}, now),
        circulation_list_days=known.list_days,
        circulation_list_known=known.list_known,
        on_roster=roster.on_roster,
        roster_from=roster.begins,
        roster_age_days=roster.age_days,
        rosters=roster.others,
        bound_elsewhere=_elsewhere(doors, patient, now),
        bound_unread=_unread(sale, patient, now),
        delisting=known.delisting,
        held=known.held,
        identity=_identity(known, policy),
        differed_at=known.differed.at if known.differed else None,
        differed_why=known.differed.reason if known.differed else "",
    )


def _identity(known: BookFacts, policy: Policy) -> Literal["match", "mismatch", "not_checked"]:
    """Where the pack asks for no face, a look is the staff's own business (K-10).

    Not so of who differed today: a mismatch stops in every pack, a new basket is no way out.
    Of a held card the patient's own receipt stands in for the face (HY-1.5.6c); where it may not
    be used, that is what stops the sale, and no look at anybody helps.
    """
    if known.identity:
        return known.identity
    if known.held is not None and known.held.stop is not Obstacle.PENDING:
        return "match"
    looked_at = policy.person.face != "off" or known.differed is not None
    asked = known.identity is not None and looked_at
    return "not_checked" if asked else "match"


def _elsewhere(doors: Doors, patient: Patient | None, now: datetime) -> bool:
    if patient is None or patient.row is None:
        return False
    here, kind = doors.shop.institution_code, patient.row.insutype
    return chosen_elsewhere(patient.chosen, here, kind, shop_time(now).date())


def _unread(sale: Sale, patient: Patient | None, now: datetime) -> Literal["", "none", "unknown"]:
    """Of the remainder of a return the day of its sale decided."""
    if patient is None or patient.row is None or sale.replaces:
        return ""
    return chosen_unread(patient.chosen, patient.row.insutype, shop_time(now).date())


def _rx_of(
    doors: Doors, sale: Sale, part: Part, patient: Patient | None, known: BookFacts
) -> RxFacts | None:
    frequencies = doors.clinical().frequencies if known.case is not None else {}
    rx = sale.prescription
    facts = rx_facts(rx, len(sale.lines), known, frequencies)
    if rx is None or facts is None:
        return None
    if patient is not None:
        facts = replace(facts, other_person=other_name(rx.patient, patient.person.name))
    if part.settlement == "special":
        return facts
    # Prescribers are listed for special diseases only (HY-2.3).
    return replace(facts, prescriber_listed=True)


def check_before_quote(
    doors: Doors, uow: UnitOfWork, sale: Sale, parts: Sequence[Part], patient: Patient
) -> tuple[Note, ...]:
    """Findings on every part; a block stops before the wire is touched."""
    stock = _on_shelf(doors, uow, sale)
    facts = _with_card(doors, uow, sale, patient, facts_in(doors, uow, sale, patient.person_id))
    facts = replace(facts, stock=stock)
    found = findings_of(doors, sale, parts, patient, facts=facts)
    wanted = _notes_wanted(doors, uow, sale, fresh=True)
    return tuple(note_of(finding) for finding in (*wanted, *found))


def _notes_wanted(doors: Doors, uow: UnitOfWork, sale: Sale, *, fresh: bool) -> list[Finding]:
    """Watched drugs that no pharmacist noted anything on (LN-5.2)."""
    from app.use_cases.watched import note_findings  # no start needs it

    return note_findings(doors, uow, sale, fresh=fresh)


def _on_shelf(doors: Doors, uow: UnitOfWork, sale: Sale) -> Stocks:
    """The lots of the lines, held; what remains of a return is with the customer."""
    if sale.replaces:
        return {}
    return allocate(doors, uow, sale, paying=sale.state is not SaleState.OPEN)


def _with_card(
    doors: Doors, uow: UnitOfWork, sale: Sale, patient: Patient, facts: BookFacts
) -> BookFacts:
    """Beside what the books say of the person: what they say of the card that was shown."""
    from app.use_cases.custody_facts import held_facts  # no start needs it

    return replace(facts, held=held_facts(doors, uow, sale, patient))


def check_before_settle(
    doors: Doors, uow: UnitOfWork, sale: Sale, one: Settlement, patient: Patient
) -> None:
    """The same rules once more at the moment of settling: time and other tills moved on.

    :raises RuleBroken: with the findings, when one blocks.
    """
    part = Part(one.settlement_type, one.line_nos)
    found: tuple[Finding, ...] = ()
    stock = keep_for_payment(doors, uow, sale)
    # Who is refused is told the warnings as well; nobody else waits for what they rest on.
    for warnings in (False, True):
        facts = facts_in(doors, uow, sale, patient.person_id, warnings=warnings)
        facts = replace(_with_card(doors, uow, sale, patient, facts), stock=stock)
        found = findings_of(doors, sale, (part,), patient, facts=facts, settling=True)
        if not any(finding.blocks for finding in found):
            return
    require_clean(found)


def check_before_complete(
    doors: Doors,
    uow: UnitOfWork,
    sale: Sale,
    line_nos: tuple[int, ...] = (),
    stock: Stocks | None = None,
) -> None:
    """The rules at the completion of what the customer pays alone, by the books of this moment.

    ``line_nos``: the self-paid lines; empty = all. ``stock``: what the shelf said of them.
    :raises RuleBroken: with the findings.
    """
    part = Part(SELF_PAID, line_nos or tuple(line.no for line in sale.lines))
    facts = facts_in(doors, uow, sale, pooled=False)
    if stock:
        facts = replace(facts, stock=stock)
    wanted = _notes_wanted(doors, uow, sale, fresh=False)
    require_clean((*wanted, *findings_of(doors, sale, (part,), None, facts=facts)))


def require_goods(doors: Doors, sale: Sale, stock: Stocks) -> None:
    """What is paid for already is handed out only where every box may be sold still.

    :raises RuleBroken: OUT_OF_STOCK, BATCH_LOCKED, BATCH_EXPIRED; cancelling is the way out.
    """
    if not stock:
        return
    now = doors.clock.now()
    lines = tuple(check_line(line, stock=stock.get(line.no)) for line in sale.lines)
    seen = CheckContext(SELF_PAID, now, doors.policy_on(SELF_PAID, now), lines)
    require_clean(stock_rules(seen))


def estimate_part(
    doors: Doors, sale: Sale, part: Part, patient: Patient | None, balances: Balances
) -> Estimate:
    """The local estimate of one part (policy 4.1).

    :raises PackValueMissing: where the pack is silent about a value this part needs.
    """
    now = doors.clock.now()
    row = patient.row if patient else None
    lines = [_estimate_line(sale.line(no)) for no in part.lines]
    disease = patient.disease_code if patient else ""
    person = PersonFacts(
        category=row.category() if row else "active",
        birth_date=patient.person.birth_date if patient else None,
        disease=disease or None,
    )
    ordinary = patient is not None and part.settlement == "ordinary"
    policy = doors.policy_on(part.settlement, now)
    used, period = used_of(patient, disease, policy)
    state = Accumulators(
        deductible_used=patient.deductible_used if patient and ordinary else ZERO,
        fund_used=patient.fund_used if patient and ordinary else ZERO,
        quota_used=used,
        period=period,
    )
    return estimate(lines, policy, person, state, balances, now)


def _estimate_line(line: SaleLine) -> EstimateLine:
    item = line.item
    return EstimateLine(
        insurance_class=item.insurance_class,
        price=line.price,
        quantity=line.quantity,
        first_self_pay=item.first_self_pay,
        pay_limit=item.pay_limit,
        non_medical=item.sale_class == "none",
        no=line.no,
    )


def estimated_fund(doors: Doors, sale: Sale, part: Part, patient: Patient) -> int | None:
    """The fund's share by our own reckoning, in fen; None where the pack leaves a gap."""
    if part.settlement == SELF_PAID:
        return 0
    try:
        return estimate_part(doors, sale, part, patient, Balances()).amounts.fund.fen
    except PackValueMissing:
        return None
