"""合规档案 and 自评: the store's file, who may apply, and each condition of the area answered.

SY-2, HY-1.1.1, LN-2.4b, SJZ-2.2b, LN-5.1. Conditions and figures are the pack's
(:mod:`app.domain.admission`); the books answer what they know, the manager the rest, once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from app.domain.admission import (
    CONDITIONS,
    Entry,
    Source,
    Verdict,
    after_months,
    clear_on,
    counting,
    months_between,
)
from app.domain.clock import from_micros, micros, shop_time
from app.domain.gsp import GspItem
from app.domain.papers import AGAINST, PaperKind, StorePaper
from app.domain.policy import Policy
from app.domain.staff import Right
from app.errors import BadValue, NotFound, PackError, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require
from app.use_cases.store_papers import PaperLine, any_policy, paper_lines

_ANSWER = "admission.answer."
_NOTE = 500
QUALITY: Final = "quality_system"
"""The condition that is answered by a list of its own."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The two periods of HY-1.1.1 and LN-2.4b, as far as the area's pack names them."""

    opened: date | None
    """None: no opening date is in the file."""
    months: int
    """Whole months of trade until today."""
    need_months: int | None
    full_on: date | None
    """The day on which the store has traded long enough."""
    need_years: int | None
    store: tuple[Entry, ...]
    """Entries that count against the store today; all of them where no years are named."""
    staff: tuple[Entry, ...]
    clear_on: date | None
    """The first day without any of them, if nothing new comes."""


@dataclass(frozen=True, slots=True)
class StoreFile:
    """Everything of the compliance file."""

    day: date
    agreement: StorePaper | None
    """The one in force that holds longest."""
    dual_channel: StorePaper | None
    suspension: StorePaper | None
    lines: tuple[PaperLine, ...]
    staff: Mapping[str, str]
    eligibility: Eligibility


@dataclass(frozen=True, slots=True)
class Answered:
    """What the manager said of a condition that the books do not know."""

    yes: bool
    at: datetime
    by: str
    """The name, as it is now."""
    note: str


@dataclass(frozen=True, slots=True)
class Item:
    """One condition as it stands."""

    condition: str
    verdict: Verdict
    source: Source
    rules: tuple[str, ...]
    page: str
    settlements: tuple[str, ...]
    """Settlement types whose rules name it."""
    figure: str = ""
    need: str = ""
    """The pack's threshold; empty = it names none."""
    answer: Answered | None = None
    parts: tuple[GspItem, ...] = ()
    """Of the quality system: its records, each with what is missing (HY-1.1.2)."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """One self-assessment."""

    day: date
    region: str
    who: str
    """Who can say what the pack leaves open."""
    items: tuple[Item, ...]
    eligibility: Eligibility

    def count(self, verdict: Verdict) -> int:
        """How many stand so."""
        return sum(one.verdict is verdict for one in self.items)


@dataclass
class _Known:
    """What is read once for all conditions."""

    doors: Doors
    day: date
    lines: Sequence[PaperLine]
    eligibility: Eligibility
    answers: Mapping[str, Answered]
    records: tuple[GspItem, ...] | None = None


def store_file(doors: Doors, operator: Operator) -> StoreFile:
    """The file with its windows computed; :raises NotAllowed:."""
    require(doors, operator, Right.APPROVE_STOCK)
    day, policy = shop_time(doors.clock.now()).date(), any_policy(doors)
    with doors.uow() as uow:
        staff = {one.id: one.name for one in uow.staff.all()}
        papers = uow.papers.all()
        found = _eligibility(doors, uow, papers, day)
    warn = policy.store.agreement_warn_days if policy else ()
    return StoreFile(
        day,
        _in_force(papers, PaperKind.AGREEMENT, day),
        _in_force(papers, PaperKind.DUAL_CHANNEL, day),
        _in_force(papers, PaperKind.SUSPENSION, day),
        tuple(paper_lines(papers, day, warn, staff)),
        staff,
        found,
    )


def eligibility(doors: Doors, operator: Operator) -> Eligibility:
    """3 months and 3 years, by the pack's own figures (HY-1.1.1, LN-2.4b).

    :raises NotAllowed:.
    """
    return store_file(doors, operator).eligibility


def answer(doors: Doors, operator: Operator, condition: str, yes: bool, note: str) -> None:
    """The manager says how a condition stands that the books do not know; said again it counts.

    :raises NotAllowed: :raises BadValue: no such condition, or one that the books answer.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    known = CONDITIONS.get(condition)
    if known is None or known.source is not Source.ASKED or len(note.strip()) > _NOTE:
        raise BadValue(what="condition", why="it is not asked of people, or the note is too long")
    now, said = doors.clock.now(), "yes" if yes else "no"
    with doors.uow() as uow:
        value = f"{said}|{micros(now)}|{operator.staff.id}|{note.strip()}"
        uow.settings.put(f"{_ANSWER}{condition}", value)
        entry = {"condition": condition, "answer": said}
        uow.log.append("admission.answered", operator.staff.id, now, entry)
        uow.commit()


def assess(doors: Doors, operator: Operator) -> Assessment:
    """Every condition of the area, each with its figure; call it where nobody waits.

    :raises NotAllowed: :raises PackError: the pack names a condition that nobody knows.
    """
    require(doors, operator, Right.APPROVE_STOCK)
    policies = _policies(doors)
    seen = store_file(doors, operator)
    with doors.uow() as uow:
        answers = {name: one for name in CONDITIONS if (one := _answered(uow, name)) is not None}
    known = _Known(doors, seen.day, seen.lines, seen.eligibility, answers)
    items: dict[tuple[str, str], Item] = {}
    for policy in policies:
        for name in policy.store.admission_asks:
            made = _item(known, operator, policy, name)
            old = items.get((name, made.need))
            if old is None:
                items[name, made.need] = made
            else:
                both = (*old.settlements, policy.settlement)
                items[name, made.need] = replace(old, settlements=both)
    order = {Verdict.LACKING: 0, Verdict.OPEN: 1, Verdict.TOLD: 2, Verdict.MET: 3}
    shown = sorted(items.values(), key=lambda one: order[one.verdict])
    who = policies[0].who if policies else ""
    return Assessment(seen.day, doors.profile.region, who, tuple(shown), seen.eligibility)


def assessed(doors: Doors, operator: Operator, done: Assessment) -> None:
    """A self-assessment was printed or exported; the log says how it stood."""
    require(doors, operator, Right.APPROVE_STOCK)
    with doors.uow() as uow:
        entry: dict[str, object] = {one.value: done.count(one) for one in Verdict}
        entry |= {"day": done.day.isoformat(), "region": done.region}
        uow.log.append("admission.assessed", operator.staff.id, doors.clock.now(), entry)
        uow.commit()


def _policies(doors: Doors) -> list[Policy]:
    """Of every settlement type that the area has rules for today."""
    found = []
    for settlement in doors.settlement_types:
        try:
            found.append(doors.policy_on(settlement, doors.clock.now()))
        except PackValueMissing:
            continue
    return found


# --- the file -------------------------------------------------------------------------------------


def _in_force(papers: Sequence[StorePaper], kind: PaperKind, day: date) -> StorePaper | None:
    found = [one for one in papers if one.kind is kind and one.holds(day)]
    return max(found, key=lambda one: one.ends or date.max, default=None)


def _eligibility(
    doors: Doors, uow: UnitOfWork, papers: Sequence[StorePaper], day: date
) -> Eligibility:
    policies = _policies(doors)
    months = [p.store.admission_months for p in policies if p.store.admission_months is not None]
    years = [p.store.admission_years for p in policies if p.store.admission_years is not None]
    need_months, need_years = max(months, default=None), max(years, default=None)
    opening = [
        one.begins for one in papers if one.kind is PaperKind.OPENING and one.withdrawn_at is None
    ]
    opened = max(opening, default=None)
    against = [one for one in papers if one.kind in AGAINST and one.withdrawn_at is None]
    entries = [Entry(one.begins, one.ends, one.title, one.holder) for one in against]
    known = {(one.holder, one.begins, one.title) for one in entries}
    entries += [
        Entry(one.begins, one.ends, one.reason, person.staff_id)
        for person in uow.pharmacists.all()
        if person.unbound_at is None
        for one in person.sanctions
        if (person.staff_id, one.begins, one.reason) not in known
    ]
    counted = entries if need_years is None else counting(entries, need_years, day)
    clear = [clear_on(one, need_years) for one in counted] if need_years is not None else []
    return Eligibility(
        opened,
        months_between(opened, day) if opened else 0,
        need_months,
        after_months(opened, need_months) if opened and need_months is not None else None,
        need_years,
        tuple(one for one in counted if not one.holder),
        tuple(one for one in counted if one.holder),
        max(clear, default=None),
    )


def _answered(uow: UnitOfWork, condition: str) -> Answered | None:
    told = uow.settings.get(f"{_ANSWER}{condition}")
    said, _, rest = told.partition("|")
    at, _, rest = rest.partition("|")
    by, _, note = rest.partition("|")
    if said not in ("yes", "no") or not at.isdigit():
        return None
    try:
        name = uow.staff.get(by).name
    except NotFound:
        name = by
    return Answered(said == "yes", from_micros(int(at)), name, note)


# --- one condition --------------------------------------------------------------------------------


def _item(known: _Known, operator: Operator, policy: Policy, name: str) -> Item:
    from app.use_cases.admission_figures import FIGURE_OF

    condition = CONDITIONS.get(name)
    if condition is None:
        raise PackError(file=policy.region, key="admission.asks", why=f"unknown condition {name}")
    if condition.source is Source.ASKED:
        said = known.answers.get(name)
        verdict = Verdict.OPEN if said is None else Verdict.MET if said.yes else Verdict.LACKING
        return Item(
            name, verdict, condition.source, condition.rules, "", (policy.settlement,), answer=said
        )
    read: Callable[..., tuple[Verdict, str, str]] = FIGURE_OF[name]
    parts = _parts(known, operator) if name == QUALITY else ()
    seen = Seen(known.doors, operator, policy, known.day, known.lines, known.eligibility, parts)
    verdict, figure, need = read(seen)
    return Item(
        name, verdict, condition.source, condition.rules, condition.page, (policy.settlement,),
        figure, need, parts=parts,
    )  # fmt: skip


def _parts(known: _Known, operator: Operator) -> tuple[GspItem, ...]:
    """The checklist of the quality system, read once however many settlement types ask for it."""
    from app.use_cases.gsp_checklist import gsp_checklist

    if known.records is None:
        known.records = gsp_checklist(known.doors, operator)
    return known.records


@dataclass(frozen=True)
class Seen:
    """What a figure is read from (:mod:`app.use_cases.admission_figures`)."""

    doors: Doors
    operator: Operator
    policy: Policy
    day: date
    lines: Sequence[PaperLine]
    eligibility: Eligibility
    records: tuple[GspItem, ...] = ()
    """The checklist, for the condition that rests on it."""
