"""Changing a price: proposed, approved by a second person, taken by the platform, in force.

Every step says who, when and why; nothing is ever changed back in place: undoing is a new change
(HY-1.2.2, EZ-3b, S-26).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.catalogue import Medicine
from app.domain.check_context import Finding
from app.domain.clock import require_aware, shop_time
from app.domain.money import UnitPrice
from app.domain.price import (
    PriceChange,
    PriceSource,
    PriceTerm,
    TermKind,
    bounds_of,
    check_reason,
)
from app.domain.price_states import PriceEvent, PriceState
from app.domain.staff import Right, Staff
from app.domain.staff_level import price_points
from app.errors import BadValue, NotFound, RuleBroken, SecondPersonNeeded
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.price_effects import apply_due
from app.use_cases.price_facts import baseline, rules_for, uploaded_first, verdict_on
from app.use_cases.rights import require
from app.use_cases.sign_in import SecondPerson, approve

MOST_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """A price that somebody wants."""

    medicine_id: str
    price: UnitPrice
    reason: str
    effective_at: datetime | None = None
    """None, or a moment that is over: as soon as it may."""
    decision: str = ""
    """The manager's decision where no listed price is known."""
    row: int = 0
    """Of a file; 0 = typed."""


@dataclass(frozen=True, slots=True)
class DraftRefused:
    """A draft that was not saved, and why."""

    medicine_id: str
    row: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of drafts: each is saved or refused, none is lost."""

    saved: tuple[PriceChange, ...]
    refused: tuple[DraftRefused, ...]
    warnings: tuple[Finding, ...]


def propose_prices(
    doors: Doors,
    drafts: Sequence[PriceDraft],
    operator: Operator,
    source: PriceSource = PriceSource.TYPED,
) -> Proposed:
    """Save prices for a second person to approve; a price above its cap is not saved at all.

    :raises NotAllowed: the right to change prices is lacking; :raises BadValue: too many at once.
    """
    _require(doors, operator)
    if len(drafts) > MOST_AT_ONCE:
        raise BadValue(what="prices", why=f"at most {MOST_AT_ONCE}")
    now = doors.clock.now()
    saved: list[PriceChange] = []
    refused: list[DraftRefused] = []
    warnings: list[Finding] = []
    with doors.uow() as uow:
        terms = uow.prices.terms_of([one.medicine_id for one in drafts])
        for draft in drafts:
            try:
                change, found = _proposal(doors, uow, draft, terms, operator, now, source)
            except RuleBroken as broken:
                findings = tuple(one for one in broken.findings if isinstance(one, Finding))
                refused.append(DraftRefused(draft.medicine_id, draft.row, findings))
            else:
                saved.append(change)
                warnings += found
        uow.prices.add(saved)
        for one in saved:
            entry = {"price": one.id, "medicine": one.medicine_id, "micro": one.price.micro}
            uow.log.append("price.proposed", operator.staff.id, now, entry)
        uow.commit()
    return Proposed(tuple(saved), tuple(refused), tuple(warnings))


def _proposal(
    doors: Doors,
    uow: UnitOfWork,
    draft: PriceDraft,
    all_terms: dict[str, list[PriceTerm]],
    operator: Operator,
    now: datetime,
    source: PriceSource,
) -> tuple[PriceChange, tuple[Finding, ...]]:
    """The change as it will be kept; :raises RuleBroken: with why it is not."""
    medicine, terms = _medicine(uow, draft), all_terms.get(draft.medicine_id, [])
    _refuse_by_hq(medicine, terms, now)
    try:
        reason = check_reason(draft.reason)
    except BadValue:
        raise _broken("PRICE_REASON", medicine, "EZ-3b") from None
    change = PriceChange(
        id=doors.ids.new(),
        medicine_id=medicine.id,
        price=draft.price,
        before=medicine.price,
        effective_at=max(require_aware(draft.effective_at or now), now),
        reason=reason,
        source=source,
        decision=" ".join(draft.decision.split())[:100],
        proposed_by=operator.staff.id,
        proposed_at=now,
    )
    verdict = verdict_on(doors, uow, medicine, change, terms)
    if verdict.stops is not None:
        raise RuleBroken(verdict.findings, code=verdict.stops.code)
    if verdict.needs_decision and not change.decision:
        raise _broken("PRICE_DECISION", medicine, "HY-1.2.2")
    _begin_history(doors, uow, medicine, now)
    highest = verdict.ceiling.price if verdict.ceiling else None
    upload = uploaded_first(rules_for(doors, medicine, change.effective_at), medicine)
    return replace(change, highest=highest, upload=upload), verdict.findings


def _medicine(uow: UnitOfWork, draft: PriceDraft) -> Medicine:
    try:
        return uow.medicines.get(draft.medicine_id)
    except NotFound:
        finding = Finding("PRICE_NO_DRUG", ("HY-1.2.2",), "block", {})
        raise RuleBroken((finding,), code=finding.code) from None


def _refuse_by_hq(medicine: Medicine, terms: Sequence[PriceTerm], now: datetime) -> None:
    """What headquarters keep is read-only in a branch (LN-4.1a)."""
    row = bounds_of(list(terms), shop_time(now).date()).get(TermKind.SELECTED)
    if row is not None and row.by_hq:
        raise _broken("PRICE_BY_HQ", medicine, "LN-4.1a")


def _broken(code: str, medicine: Medicine, rule: str) -> RuleBroken:
    finding = Finding(code, (rule,), "block", {"name": medicine.display_name})
    return RuleBroken((finding,), code=code)


def _begin_history(doors: Doors, uow: UnitOfWork, medicine: Medicine, now: datetime) -> None:
    if not uow.prices.in_force([medicine.id]):
        first = baseline(doors.ids, medicine, now)
        uow.prices.add([first] if first else [])


# --- the second person ---------------------------------------------------------------------------


def approve_prices(
    doors: Doors,
    change_ids: Sequence[str],
    operator: Operator,
    second: SecondPerson | None = None,
) -> tuple[PriceChange, ...]:
    """Another person than the proposer approves; what is due counts at once, in the same step.

    The caps are looked at once more: lists may have changed since. Where the area wants it, the
    change waits for the platform instead (S-26). All of them, or none.
    :raises NotAllowed, AboveLimit: the right is lacking, or reaches less far; :raises
    SecondPersonNeeded: the proposer himself;
    :raises SignInRefused, LockedOut: number and PIN; :raises RuleBroken: above a cap by now;
    :raises IllegalTransition: no longer waiting for approval.
    """
    who = _approver(doors, operator, second, _farthest(doors, change_ids))
    now = doors.clock.now()
    with doors.uow() as uow:
        for change_id in change_ids:
            one = uow.prices.get(change_id)
            if one.proposed_by == who.id:
                raise SecondPersonNeeded(act="change_price")
            _approve(doors, uow, one, who, now)
        apply_due(doors, uow, now)
        done = tuple(uow.prices.get(change_id) for change_id in change_ids)
        uow.commit()
    return done


def _farthest(doors: Doors, change_ids: Sequence[str]) -> int:
    """How far the widest of the changes moves its price, in hundredths of a percent."""
    with doors.uow() as uow:
        changes = [uow.prices.get(change_id) for change_id in change_ids]
    moved = ((one.before.micro if one.before else 0, one.price.micro) for one in changes)
    return max((price_points(before, after) for before, after in moved), default=0)


def _approver(doors: Doors, operator: Operator, second: SecondPerson | None, points: int) -> Staff:
    """Whoever approves must reach as far as the widest change; who proposes need not."""
    if second is not None:
        return approve(
            doors, second.number, second.pin, Right.CHANGE_PRICE, points=points,
            beside=operator.staff.id,
        )  # fmt: skip
    require(doors, operator, Right.CHANGE_PRICE, points=points)
    return operator.staff


def _approve(doors: Doors, uow: UnitOfWork, one: PriceChange, who: Staff, now: datetime) -> None:
    medicine = uow.medicines.get(one.medicine_id)
    was = one.state
    one = replace(one.step(PriceEvent.APPROVED), effective_at=max(one.effective_at, now))
    verdict = verdict_on(doors, uow, medicine, one)
    if verdict.stops is not None:
        raise RuleBroken(verdict.findings, code=verdict.stops.code)
    highest = verdict.ceiling.price if verdict.ceiling else None
    one = replace(one, approved_by=who.id, approved_at=now, highest=highest)
    if one.upload:
        one = one.step(PriceEvent.SENT)
    uow.prices.save(one, was)
    entry = {"price": one.id, "state": one.state.value, "highest": highest.micro if highest else 0}
    uow.log.append("price.approved", who.id, now, entry)


def withdraw_prices(
    doors: Doors, change_ids: Sequence[str], operator: Operator
) -> tuple[PriceChange, ...]:
    """Take back what is not in force yet; the rows stay and say who.

    :raises NotAllowed:; :raises IllegalTransition: in force, or under way to the platform.
    """
    _require(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        done = []
        for change_id in change_ids:
            one = uow.prices.get(change_id)
            gone = replace(one.step(PriceEvent.WITHDRAWN), ended_by=operator.staff.id, ended_at=now)
            uow.prices.save(gone, one.state)
            uow.log.append("price.withdrawn", operator.staff.id, now, {"price": one.id})
            done.append(gone)
        uow.commit()
    return tuple(done)


# --- the platform's word (S-26) ------------------------------------------------------------------
# The interface has no transaction for prices: they are entered in the agency's portal, and what it
# said is written down here by two people.


def resend_price(doors: Doors, change_id: str, operator: Operator) -> PriceChange:
    """A refused price is put before the platform once more.

    :raises NotAllowed:; :raises IllegalTransition: it was not refused.
    """
    _require(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        one = uow.prices.get(change_id)
        sent = replace(
            one.step(PriceEvent.SENT), platform_text="", answered_by="", answered_second=""
        )
        uow.prices.save(sent, one.state)
        uow.log.append("price.sent_again", operator.staff.id, now, {"price": one.id})
        uow.commit()
    return sent


def answer_by_hand(
    doors: Doors,
    change_id: str,
    accepted: bool,
    told: str,
    operator: Operator,
    second: SecondPerson | None,
) -> PriceChange:
    """Entered in the agency's portal: who did it, and what the portal said (two people).

    ``told``: the portal's number of the entry, or why it refused.
    :raises BadValue: nothing told; :raises NotAllowed, SecondPersonNeeded: as for an approval;
    :raises IllegalTransition: it waits for no answer.
    """
    _require(doors, operator)
    if second is None:
        raise SecondPersonNeeded(act="change_price")
    who = approve(doors, second.number, second.pin, Right.CHANGE_PRICE, beside=operator.staff.id)
    if who.id == operator.staff.id:
        raise SecondPersonNeeded(act="change_price")
    words = check_reason(told)
    with doors.uow() as uow:
        done = price_answered(
            doors, uow, change_id, accepted, words, operator.staff.id, second_id=who.id
        )
        uow.commit()
    return done


def price_answered(
    doors: Doors,
    uow: UnitOfWork,
    change_id: str,
    accepted: bool,
    words: str,
    actor: str,
    second_id: str = "",
) -> PriceChange:
    """The platform's word, inside the caller's unit; an accepted price that is due counts at once.

    Until then the old price counts, so that an acceptance that comes late moves the effect.
    :raises IllegalTransition: it waits for no answer.
    """
    now = doors.clock.now()
    one = uow.prices.get(change_id)
    event = PriceEvent.ACCEPTED if accepted else PriceEvent.REFUSED
    answered = replace(
        one.step(event),
        platform_text=words[:200],
        answered_by=actor,
        answered_second=second_id,
        answered_at=now,
        effective_at=max(one.effective_at, now) if accepted else one.effective_at,
    )
    uow.prices.save(answered, one.state)
    entry = {"price": one.id, "accepted": accepted, "second": second_id}
    uow.log.append("price.answered", actor, now, entry)
    if answered.state is PriceState.ACCEPTED:
        apply_due(doors, uow, now)
    return uow.prices.get(change_id)


def _require(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.CHANGE_PRICE)
