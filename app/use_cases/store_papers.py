"""The store's papers and claims: what is on file, what is due, how one is added or renewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.domain.admission import after_months
from app.domain.clock import shop_time
from app.domain.money import Money
from app.domain.papers import (
    Claim,
    PaperKind,
    PaperState,
    StorePaper,
    days_left,
    state_of,
)
from app.domain.pharmacist import Sanction
from app.domain.policy import Policy
from app.domain.staff import Right
from app.domain.working_days import WorkCalendar
from app.errors import BadValue, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.duty import refresh_counter
from app.use_cases.notes import Note
from app.use_cases.rights import require

DUE = (PaperState.ENDS, PaperState.OVER, PaperState.ACTIVE)
"""States of a paper that somebody has to do something about."""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper as the page shows it."""

    paper: StorePaper
    state: PaperState
    days: int | None
    """Until its last day; negative = so many since; None = without end."""
    holder: str = ""
    """The name of the member of staff."""


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim with its date, by the calendar of working days."""

    claim: Claim
    due: date | None
    """None: the pack names no period."""
    left: int | None
    """Working days until then; negative = overdue by so many; None once it was paid."""
    plain_years: tuple[int, ...] = ()
    """Years counted by plain weekdays, since no calendar is known for them."""

    @property
    def overdue(self) -> bool:
        """Not paid, and the day is over."""
        return self.left is not None and self.left < 0


@dataclass(frozen=True, slots=True)
class PapersView:
    """Everything on file."""

    papers: tuple[PaperLine, ...]
    claims: tuple[ClaimLine, ...]
    claim_days: int | None
    staff: Mapping[str, str]
    """Name by id, of who is active."""

    def due(self) -> tuple[PaperLine, ...]:
        """What ends soon, is over, or counts against the store."""
        return tuple(one for one in self.papers if one.state in DUE)


@dataclass(frozen=True, slots=True)
class NewPaper:
    """What a person typed."""

    kind: PaperKind
    title: str
    number: str
    begins: date
    ends: date | None
    holder: str = ""
    note: str = ""
    renews: str = ""


def papers_view(doors: Doors, operator: Operator, calendar: WorkCalendar) -> PapersView:
    """All papers and claims; :raises NotAllowed:."""
    _check(doors, operator)
    with doors.uow() as uow:
        papers, claims = uow.papers.all(), uow.papers.claims()
        staff = {one.id: one.name for one in uow.staff.all() if one.active}
    today = shop_time(doors.clock.now()).date()
    policy = any_policy(doors)
    warn = policy.store.agreement_warn_days if policy else ()
    days = policy.store.claim_working_days if policy else None
    return PapersView(
        tuple(paper_lines(papers, today, warn, staff)),
        tuple(claim_line(one, today, days, calendar) for one in claims),
        days,
        staff,
    )


def any_policy(doors: Doors) -> Policy | None:
    """Rules of the store, which stand in the policy of every settlement type alike."""
    for settlement in doors.settlement_types:
        try:
            return doors.policy_on(settlement, doors.clock.now())
        except PackValueMissing:
            continue
    return None


def paper_lines(
    papers: Sequence[StorePaper], today: date, warn: Sequence[int], staff: Mapping[str, str]
) -> list[PaperLine]:
    """Those that need somebody first, the soonest end before the later."""
    renewed = {one.renews for one in papers if one.renews and one.withdrawn_at is None}
    lines = [
        PaperLine(
            one,
            state_of(one, today, warn, one.id in renewed),
            days_left(one, today),
            staff.get(one.holder, one.holder),
        )
        for one in papers
    ]
    return sorted(lines, key=lambda line: (line.state not in DUE, line.paper.ends or date.max))


def claim_line(claim: Claim, today: date, days: int | None, calendar: WorkCalendar) -> ClaimLine:
    """When it is due (LN-3.4a); the day of submission does not count."""
    if days is None:
        return ClaimLine(claim, None, None)
    due = calendar.after(claim.submitted_on, days)
    left = calendar.left(today, due) if claim.paid_on is None else None
    return ClaimLine(claim, due, left, calendar.unknown(claim.submitted_on, due))


def add_paper(doors: Doors, operator: Operator, typed: NewPaper) -> StorePaper:
    """File a paper, or the one that takes the place of another.

    An agreement without its last day ends as the area's pack says (HY-1.5.7: signed yearly).
    :raises NotAllowed: :raises BadValue: no title, dates that cannot be, or renewed already.
    """
    _check(doors, operator)
    paper = StorePaper(
        id=doors.ids.new(),
        kind=typed.kind,
        title=typed.title.strip(),
        number=typed.number.strip(),
        begins=typed.begins,
        ends=typed.ends or _usual_end(doors, typed),
        holder=typed.holder,
        note=typed.note.strip(),
        renews=typed.renews,
        at=doors.clock.now(),
        by=operator.staff.id,
    )
    with doors.uow() as uow:
        uow.papers.add(paper)
        barred = _bar(uow, paper)
        entry = {"paper": paper.id, "kind": paper.kind.value, "renews": paper.renews}
        uow.log.append("paper.added", operator.staff.id, paper.at, entry)
        uow.commit()
    if barred:
        refresh_counter(doors)
    return paper


def _usual_end(doors: Doors, typed: NewPaper) -> date | None:
    """The day before the same day so many months later; None = the area names no term."""
    policy = any_policy(doors) if typed.kind is PaperKind.AGREEMENT else None
    months = policy.store.agreement_months if policy is not None else None
    return after_months(typed.begins, months) - timedelta(days=1) if months else None


def kept_note(done: object) -> Note:
    """What is said of a paper that was kept; of an agreement until when it holds."""
    if isinstance(done, StorePaper) and done.kind is PaperKind.AGREEMENT and done.ends is not None:
        return Note("papers.agreement_until", {"ends": f"{done.ends}"}, "good")
    return Note("papers.kept", {}, "good")


def _bar(uow: UnitOfWork, paper: StorePaper) -> bool:
    """A pharmacist who is sanctioned is not counted and may not review (LN-2.4b)."""
    bound = uow.pharmacists.get(paper.holder) if paper.holder else None
    if paper.kind is not PaperKind.SANCTION or bound is None or bound.unbound_at is not None:
        return False
    changed = replace(bound, sanctions=(*bound.sanctions, _sanction_of(paper)))
    uow.pharmacists.keep(changed)
    return True


def _unbar(uow: UnitOfWork, paper: StorePaper) -> bool:
    """What was entered by mistake bars nobody any longer."""
    bound = uow.pharmacists.get(paper.holder) if paper.holder else None
    if paper.kind is not PaperKind.SANCTION or bound is None:
        return False
    mine = _sanction_of(paper)
    left = tuple(one for one in bound.sanctions if one != mine)
    uow.pharmacists.keep(replace(bound, sanctions=left))
    return len(left) != len(bound.sanctions)


def _sanction_of(paper: StorePaper) -> Sanction:
    return Sanction(paper.begins, paper.ends or paper.counts_until(), paper.title)


def sanctioned(uow: UnitOfWork, staff_id: str, day: date) -> bool:
    """Whether an entry of the compliance file names the person and still runs (LN-2.4b)."""
    return any(
        one.kind is PaperKind.SANCTION
        and one.holder == staff_id
        and one.withdrawn_at is None
        and one.begins <= day <= (one.ends or one.counts_until() or date.max)
        for one in uow.papers.all()
    )


def withdraw_paper(doors: Doors, operator: Operator, paper_id: str) -> None:
    """It was entered by mistake: kept, counted no more. :raises NotAllowed: :raises NotFound:."""
    _check(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        paper = next((one for one in uow.papers.all() if one.id == paper_id), None)
        uow.papers.withdraw(paper_id, now)
        freed = paper is not None and _unbar(uow, paper)
        uow.log.append("paper.withdrawn", operator.staff.id, now, {"paper": paper_id})
        uow.commit()
    if freed:
        refresh_counter(doors)


def add_claim(
    doors: Doors, operator: Operator, title: str, amount: Money, submitted_on: date, reference: str
) -> Claim:
    """A claim was handed in. :raises NotAllowed: :raises BadValue: no title, or a later day."""
    _check(doors, operator)
    now = doors.clock.now()
    if not title.strip():
        raise BadValue(what="claim", why="no title")
    if submitted_on > shop_time(now).date():
        raise BadValue(what="claim", why="submitted later than today")
    claim = Claim(
        id=doors.ids.new(), title=title.strip(), amount=amount, submitted_on=submitted_on,
        reference=reference.strip(), at=now, by=operator.staff.id,
    )  # fmt: skip
    with doors.uow() as uow:
        uow.papers.add_claim(claim)
        entry = {"claim": claim.id, "fen": amount.fen, "on": submitted_on.isoformat()}
        uow.log.append("claim.added", operator.staff.id, now, entry)
        uow.commit()
    return claim


def pay_claim(
    doors: Doors, operator: Operator, claim_id: str, paid_on: date, paid: Money, note: str
) -> Claim:
    """What came of it; what is missing of the amount stays visible.

    :raises NotAllowed: :raises NotFound: :raises BadValue: a day before it was submitted or later
    than today, or less than nothing.
    """
    _check(doors, operator)
    now = doors.clock.now()
    if paid < Money(0) or paid_on > shop_time(now).date():
        raise BadValue(what="remittance", why="a day later than today, or below zero")
    with doors.uow() as uow:
        old = uow.papers.claim(claim_id)
        claim = replace(old, paid_on=paid_on, paid=paid, note=note.strip() or old.note)
        uow.papers.save_claim(claim)
        entry = {"claim": claim.id, "fen": paid.fen, "short": claim.short.fen}
        uow.log.append("claim.paid", operator.staff.id, now, entry)
        uow.commit()
    return claim


def _check(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.APPROVE_STOCK)
