"""A person asks to be forgotten: what the law keeps is told with rule and day, the rest goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.evidence_keeping import Deletion, Hold, held_by
from app.domain.record_kinds import ON_REQUEST, RUN_KINDS, Aged, RecordKind
from app.domain.retention import Won, due_from
from app.errors import NotFound, PackValueMissing, StoreError
from app.ports import UnitOfWork
from app.use_cases.consents import withdraw_consent
from app.use_cases.doors import Doors, Operator
from app.use_cases.hold_evidence import reaching_papers, require_keeper
from app.use_cases.record_run import Judged, hold_on, take_out
from app.use_cases.retention import Periods, clock_start

AT_ONCE: Final = (RecordKind.FACE_TEMPLATE,)
"""Kinds that nothing but the person's consent carries (policy 3.9)."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A kind that the law keeps for now."""

    kind: str
    """Of :class:`RecordKind`, or of :class:`EvidenceKind` where it is a paper of the vault."""
    is_paper: bool
    records: int
    rule: str
    """The ``retention.*`` key; empty = no number is known, so nothing may be deleted."""
    until: datetime | None
    """When the last of them may go, as things stand; None = its days do not count yet."""
    held: bool = False
    """Whether a hold keeps some of it whatever the rule says."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """What a request would do."""

    person_id: str
    same: tuple[str, ...]
    """Every record with the same document, the one asked for among them: all are answered."""
    kept: tuple[KeptLine, ...]
    at_once: tuple[tuple[str, int], ...]
    """Kinds that would go now, with how many."""
    consents: int
    """Consents that stand and would be withdrawn."""
    exhibits: tuple[Exhibit, ...] = field(default=(), repr=False)
    """Pictures that would go now."""
    records: tuple[Aged, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class RequestDone:
    """What a request did."""

    view: RequestView
    withdrawn: int
    gone: int
    stuck: int
    """Pictures whose file the disk did not let go; the next run tries again."""
    elsewhere: int = 0
    """Pictures on another till's disk; its next run destroys them."""


def person_of_receipt(doors: Doors, receipt_no: str, operator: Operator) -> str:
    """Who asks, by a slip that he shows; :raises NotFound: no such slip, or nobody stands in it."""
    require_keeper(doors, operator)
    with doors.uow() as uow:
        sale = uow.sales.by_receipt(receipt_no.strip())
    if sale is None or not sale.person_id:
        raise NotFound(what="person")
    return sale.person_id


def person_of_document(doors: Doors, cert_no: str, operator: Operator) -> str:
    """Who asks, by the number of the document that he shows; :raises NotFound: nobody known."""
    require_keeper(doors, operator)
    with doors.uow() as uow:
        found = uow.persons.by_cert_no(cert_no.strip())
    if not cert_no.strip() or not found:
        raise NotFound(what="person")
    return found[0].id


def request_view(doors: Doors, person_id: str, operator: Operator) -> RequestView:
    """What would stay and until when, what would go; nothing is written.

    One person may have several records: by document while the line was down, the platform's later.

    :raises NotAllowed: no keeper of evidence; :raises NotFound: no such person.
    """
    require_keeper(doors, operator)
    with doors.uow() as uow:
        uow.persons.get(person_id)
        return _view(doors, uow, person_id)


def _view(doors: Doors, uow: UnitOfWork, person_id: str) -> RequestView:
    now, periods = doors.clock.now(), Periods(doors)
    holds = uow.keeping.holds(standing=True)
    same = uow.persons.same_document(person_id)
    # A record may name two of them: whose purchase it was, and who fetched the goods.
    named = {(one.kind, one.id): one for each in same for one in uow.aging.of_person(each, now)}
    records = list(named.values())
    kept, going = [], []
    for kind in RUN_KINDS:
        some = [one for one in records if one.kind is kind]
        if not some:
            continue
        free = [one for one in some if kind in AT_ONCE and hold_on(one, holds) is None]
        going += free
        if len(free) < len(some):
            kept.append(_kept(periods, kind, [one for one in some if one not in free], holds, now))
    papers = [one for one in uow.keeping.of_people(same) if one.deleted_at is None]
    holds = reaching_papers(uow, papers, holds)
    pictures = [one for one in papers if one.person_id in same and _goes(doors, one, holds)]
    for paper_kind in EvidenceKind:
        rest = [one for one in papers if one.kind is paper_kind and one not in pictures]
        if rest:
            kept.append(_kept_papers(uow, periods, paper_kind, rest, holds, now))
    counts = [(kind.value, sum(one.kind is kind for one in going)) for kind in AT_ONCE]
    counts.append((EvidenceKind.PURCHASE_STILL.value, len(pictures)))
    standing = sum(one.stands for each in same for one in uow.consents.of_person(each))
    return RequestView(
        person_id, tuple(same), tuple(kept), tuple(one for one in counts if one[1]), standing,
        tuple(pictures), tuple(going),
    )  # fmt: skip


def _kept(
    periods: Periods, kind: RecordKind, some: Sequence[Aged], holds: Sequence[Hold], now: datetime
) -> KeptLine:
    won = periods.of_record(kind, now)
    dues = [due_from(periods.of_record(kind, one.begun_at, now), one.begun_at) for one in some]
    known = [one for one in dues if one is not None]
    return KeptLine(
        kind.value, False, len(some), won.rule, max(known, default=None),
        any(hold_on(one, holds) is not None for one in some),
    )  # fmt: skip


def _kept_papers(  # one argument a fact
    uow: UnitOfWork, periods: Periods, kind: EvidenceKind, some: Sequence[Exhibit],
    holds: Sequence[Hold], now: datetime,
) -> KeptLine:  # fmt: skip
    begun = [clock_start(uow, one) for one in some]
    dues = [due_from(periods.of(kind, at, now), at) for at in begun if at is not None]
    known = [one for one in dues if one is not None]
    return KeptLine(
        kind.value, True, len(some), periods.of(kind, now).rule,
        max(known) if known and len(known) == len(some) else None,
        any(held_by(one, holds) is not None for one in some),
    )  # fmt: skip


def _goes(doors: Doors, one: Exhibit, holds: Sequence[Hold]) -> bool:
    """A picture that no region asks for rests on the consent alone."""
    if one.kind is not EvidenceKind.PURCHASE_STILL or held_by(one, holds) is not None:
        return False
    return not _asked_for(doors, one.at)


def _asked_for(doors: Doors, at: datetime) -> bool:
    for settlement in doors.settlement_types:
        try:
            wanted = doors.policy_on(settlement, at).person.purchase_image
        except PackValueMissing:
            continue
        if wanted is not False:  # None = the pack leaves it open: then it is kept and asked about
            return True
    return False


def answer_request(doors: Doors, person_id: str, operator: Operator) -> RequestDone:
    """Withdraw every consent that stands and take out at once what no law keeps.

    :raises NotAllowed: no keeper of evidence; :raises NotFound: no such person.
    """
    require_keeper(doors, operator)
    now, run = doors.clock.now(), doors.ids.new()
    with doors.uow() as uow:
        uow.keeping.alone()
        uow.persons.get(person_id)
        view = _view(doors, uow, person_id)
        due = [Judged(one, Won(ON_REQUEST, 0), now) for one in view.records]
        gone = take_out(uow, due, now, run, operator.staff.id, 1) if due else []
        deletions = [_deletion(one, now, run, operator) for one in view.exhibits]
        here = uow.keeping.decide(deletions)
        entry = {
            "person": person_id, "same": list(view.same), "run": run, "records": len(gone),
            "pictures": len(deletions), "kept": sorted({one.kind for one in view.kept}),
        }  # fmt: skip
        uow.log.append("person.request", operator.staff.id, now, entry)
        uow.commit()
    withdrawn = sum(_withdraw(doors, each, operator) for each in view.same)
    stuck = _destroy(doors, [one for one in view.exhibits if one.id in here], run, operator)
    elsewhere = len(deletions) - len(here)
    return RequestDone(view, withdrawn, len(gone) + len(deletions), stuck, elsewhere)


def _deletion(one: Exhibit, now: datetime, run: str, operator: Operator) -> Deletion:
    return Deletion(one, ON_REQUEST, 0, one.at, now, now, run, operator.staff.id)


def _withdraw(doors: Doors, person_id: str, operator: Operator) -> int:
    with doors.uow() as uow:
        standing = {one.purpose for one in uow.consents.of_person(person_id) if one.stands}
    for purpose in sorted(standing):
        withdraw_consent(doors, person_id, purpose, operator)
    return len(standing)


def _destroy(doors: Doors, pictures: Sequence[Exhibit], run: str, operator: Operator) -> int:
    """The files; what the disk does not let go the next run takes up again."""
    gone, stuck = [], 0
    for one in pictures:
        try:
            doors.evidence.remove(one)
            gone.append(one.id)
        except StoreError:
            stuck += 1
    if gone:
        now = doors.clock.now()
        with doors.uow() as uow:
            uow.keeping.destroyed(gone, now)
            entry = {"run": run, "exhibits": gone}
            uow.log.append("evidence.destroyed", operator.staff.id, now, entry)
            uow.commit()
    return stuck
