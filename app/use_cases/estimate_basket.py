"""The money panel's live estimate while packs are scanned: memory only, well under a frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.basket_split import SELF_PAID
from app.domain.estimate import Balances
from app.domain.money import ZERO, Money
from app.domain.sale import Sale
from app.errors import PackValueMissing
from app.use_cases.checks import estimate_part, findings_of, note_of
from app.use_cases.doors import Doors
from app.use_cases.quota import QuotaView, quota_of
from app.use_cases.split_sale import parts_of
from app.use_cases.views import Note, Patient

_NOT_YET = ("TRACE_MISSING",)
"""Said when the basket goes to payment, not while boxes are still being scanned."""

_OVER_QUOTA = "explain.over_quota"


@dataclass(frozen=True, slots=True)
class EstimateView:
    """What the panel shows until the platform has spoken."""

    total: Money
    fund: Money = ZERO
    account: Money = ZERO
    mutual_aid: Money = ZERO
    cash_due: Money = ZERO
    deductible_used: Money = ZERO
    deductible_amount: Money = ZERO
    fund_used: Money = ZERO
    cap: Money | None = None
    steps: tuple[Note, ...] = ()
    rough: bool = False
    notes: tuple[Note, ...] = ()
    quota: QuotaView | None = None
    """Of the special disease that is chosen."""
    pending: Money = ZERO
    """What waits for a pharmacist: the other amounts do not hold it, nobody knows who pays it."""


def estimate_basket(
    doors: Doors, sale: Sale, patient: Patient | None, account_use: str = "0"
) -> EstimateView:
    """What fund, accounts and customer will pay by the region's pack, with every step in words.

    A value the pack leaves open becomes a note and the part counts as paid by the customer, and
    what a prescription in the pharmacist's queue covers is counted nowhere but as pending:
    an estimate never guesses (law 4).
    """
    waiting = _waiting(sale, patient)
    parts = parts_of(doors, sale, patient, account_use)
    balances = _balances(patient, account_use)
    fund = account = aid = cash = ZERO
    steps: list[Note] = []
    rough = patient is not None and not patient.counters_known
    for whole in parts:
        part = replace(whole, lines=tuple(no for no in whole.lines if no not in waiting))
        if not part.lines:
            continue
        amount = Money.total(sale.line(no).amount for no in part.lines)
        if part.settlement == SELF_PAID:
            cash += amount
            continue
        try:
            said = estimate_part(doors, sale, part, patient, balances)
        except PackValueMissing:
            cash, rough = cash + amount, True
            continue
        balances = said.balances_after
        fund, account = fund + said.amounts.fund, account + said.amounts.own_account
        aid, cash = aid + said.amounts.mutual_aid, cash + said.amounts.cash
        rough = rough or said.rough
        steps += [Note(step.message_id, dict(step.params)) for step in said.explanation]
    found = findings_of(doors, sale, parts, patient)
    notes = tuple(note_of(each) for each in found if each.code not in _NOT_YET)
    notes += tuple(_over_quota(step) for step in steps if step.message_id == _OVER_QUOTA)
    deductible, cap = _limits(doors, patient)
    return EstimateView(
        total=sale.total,
        fund=fund,
        account=account,
        mutual_aid=aid,
        cash_due=cash,
        deductible_used=patient.deductible_used if patient else ZERO,
        deductible_amount=deductible,
        fund_used=patient.fund_used if patient else ZERO,
        cap=cap,
        quota=quota_of(doors, patient),
        steps=tuple(steps),
        rough=rough,
        notes=notes,
        pending=Money.total(sale.line(no).amount for no in waiting),
    )


def _over_quota(step: Note) -> Note:
    """Told beside the basket: who pays more than the patient expects hears it before the quote."""
    return Note("finding.OVER_QUOTA", step.params, "warn", "OVER_QUOTA", ("HY-3.6a",))


def _waiting(sale: Sale, patient: Patient | None) -> frozenset[int]:
    """Lines of an insured sale that a prescription covers which nobody has reviewed yet."""
    prescription = sale.prescription
    if patient is None or patient.row is None or prescription is None or not prescription.waiting:
        return frozenset()
    covered = prescription.covers or tuple(line.no for line in sale.lines)
    return frozenset(
        line.no for line in sale.lines if line.no in covered and not line.self_paid_by_choice
    )


def _balances(patient: Patient | None, account_use: str) -> Balances:
    # The platform tells no family balance before it settles, so the estimate leaves it out.
    if patient is None or patient.row is None or account_use == "0":
        return Balances()
    return Balances(own=patient.row.balance)


def _limits(doors: Doors, patient: Patient | None) -> tuple[Money, Money | None]:
    """Deductible and yearly limit of ordinary pooling for this person, as far as known."""
    if patient is None or patient.row is None:
        return ZERO, None
    category = patient.row.category()
    try:
        policy = doors.policy_on("ordinary", doors.clock.now())
        return policy.deductible_for(category).amount, policy.cap_for(category, None)
    except PackValueMissing:
        return ZERO, None
