"""保全: nothing that a hold covers is deleted, until a manager and a second person lift it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from app.domain.clock import SHOP_ZONE
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.evidence_keeping import LEAST_WORDS, Hold, HoldReason, HoldScope
from app.domain.record_kinds import RecordKind
from app.domain.staff import Right, Staff
from app.errors import BadValue, NotFound, SecondPersonNeeded
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require
from app.use_cases.sign_in import SecondPerson, approve

MOST_COUNTED: Final = 100_000
"""Pieces that are counted of a hold on a period or a kind."""


@dataclass(frozen=True, slots=True)
class HoldWish:
    """What is to be held, and for whom."""

    scope: HoldScope
    target: str
    reason: HoldReason
    file_no: str


@dataclass(frozen=True, slots=True)
class HoldDone:
    """A hold with what it covers now."""

    hold: Hold
    covered: int
    """Pieces of any till that are kept by it."""
    gone: int
    """Pieces that it would cover, deleted before it came."""


def require_keeper(doors: Doors, operator: Operator) -> None:
    """:raises NotAllowed: the role does not keep the vault."""
    require(doors, operator, Right.KEEP_EVIDENCE)


def second_keeper(doors: Doors, operator: Operator, second: SecondPerson) -> Staff:
    """Who agrees; a keeper alone neither lifts a hold nor hands evidence out.

    :raises NotAllowed: one of the two lacks the right; :raises SecondPersonNeeded: they are one;
    :raises SignInRefused, LockedOut: the PIN.
    """
    require_keeper(doors, operator)
    found = approve(doors, second.number, second.pin, Right.SECOND_WORD, beside=operator.staff.id)
    if found.id == operator.staff.id:
        raise SecondPersonNeeded(act=Right.KEEP_EVIDENCE.value)
    return found


def hold_evidence(doors: Doors, wish: HoldWish, operator: Operator) -> HoldDone:
    """Keep a piece, or everything of a sale, a person, a period or a kind, later things included.

    What else the books hold of it (names, answers, prescriptions) is kept too.

    Held twice it is one hold. A deletion that was decided before is not called back.
    :raises NotAllowed: no keeper; :raises BadValue: no number of the file;
    :raises NotFound: there is no such piece, sale or person.
    """
    require_keeper(doors, operator)
    if len(wish.file_no.strip()) < LEAST_WORDS:
        raise BadValue(what="file_no", why="empty")
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.keeping.alone()
        pieces = _covered(uow, wish)
        kept = sum(one is None for one in pieces)
        if not kept and not _in_books(uow, wish):
            raise NotFound(what="evidence")
        hold = _standing(uow, wish)
        if hold is None:
            hold = Hold(
                id=doors.ids.new(),
                scope=wish.scope,
                target=wish.target,
                reason=wish.reason,
                file_no=wish.file_no.strip(),
                set_at=now,
                set_by=operator.staff.id,
            )
            uow.keeping.add_hold(hold)
            uow.log.append("evidence.held", operator.staff.id, now, _entry(hold))
            uow.commit()
    return HoldDone(hold, kept, len(pieces) - kept)


def _covered(uow: UnitOfWork, wish: HoldWish) -> list[object]:
    """When each piece of evidence that it covers was deleted; None = it is there."""
    return [one.deleted_at for one in pieces_of(uow, wish.scope, wish.target)]


def pieces_of(uow: UnitOfWork, scope: HoldScope, target: str) -> list[Exhibit]:
    """The pieces of evidence that a hold covers now, at most :data:`MOST_COUNTED` of a wide one."""
    if scope is HoldScope.EXHIBIT:
        return list(uow.keeping.named([target]).values())
    if scope is HoldScope.SALE:
        return uow.evidence.of_sale(target)
    if scope is HoldScope.PERSON:
        return uow.keeping.of_people(uow.persons.same_document(target))
    if scope is HoldScope.PERIOD:
        first, last = _days(target)
        begins = datetime.combine(first, time(), SHOP_ZONE)
        ends = datetime.combine(last + timedelta(days=1), time(), SHOP_ZONE)
        found = uow.keeping.find(begins=begins, ends=ends, limit=MOST_COUNTED)
        return [one.exhibit for one in found]
    kinds = [kind for kind in EvidenceKind if target in (kind.value, RecordKind.EVIDENCE.value)]
    if not kinds:
        return []
    return [one.exhibit for one in uow.keeping.find(kinds=kinds, limit=MOST_COUNTED)]


def reaching_papers(uow: UnitOfWork, found: Sequence[Exhibit], holds: Sequence[Hold]) -> list[Hold]:
    """The holds as they meet these pieces: a held person keeps the papers of his sales and of his
    held cards as well, whoever signed them and whether they name anybody.
    """
    reached, ids = list(holds), {one.id for one in found}
    for hold in holds:
        if hold.scope is HoldScope.PERSON and ids:
            theirs = uow.keeping.of_people((hold.target, *hold.also))
            reached += [
                replace(hold, scope=HoldScope.EXHIBIT, target=one.id)
                for one in theirs
                if one.id in ids
            ]
    return reached


def _in_books(uow: UnitOfWork, wish: HoldWish) -> bool:
    """Whether the books have what it names, be there evidence of it or not.

    :raises NotFound: no such sale or person; :raises BadValue: no such kind, no period.
    """
    if wish.scope is HoldScope.SALE:
        uow.sales.get(wish.target)
    elif wish.scope is HoldScope.PERSON:
        uow.persons.get(wish.target)
    elif wish.scope is HoldScope.PERIOD:
        _days(wish.target)
    elif wish.scope is HoldScope.KIND:
        if wish.target not in {*RecordKind, *EvidenceKind}:
            raise BadValue(what="record kind", why="unknown")
    else:
        return False
    return True


def _days(target: str) -> tuple[date, date]:
    """:raises BadValue: no two days, or in the wrong order."""
    first, _, last = target.partition("/")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise BadValue(what="date", why="not a day") from None
    if days[1] < days[0] or target != f"{days[0]}/{days[1]}":
        raise BadValue(what="date", why="order")
    return days


def _standing(uow: UnitOfWork, wish: HoldWish) -> Hold | None:
    named = (wish.scope, wish.target, wish.reason, wish.file_no.strip())
    return next(
        (
            one
            for one in uow.keeping.holds(standing=True)
            if (one.scope, one.target, one.reason, one.file_no) == named
        ),
        None,
    )


def lift_hold(doors: Doors, hold_id: str, operator: Operator, second: SecondPerson) -> Hold:
    """End a hold: what it covered goes when its time comes, or with the next run.

    :raises NotAllowed, SecondPersonNeeded, SignInRefused, LockedOut: see :func:`second_keeper`;
    :raises NotFound: no such hold stands.
    """
    agreed = second_keeper(doors, operator, second)
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.keeping.alone()
        found = next((one for one in uow.keeping.holds(standing=True) if one.id == hold_id), None)
        if found is None:
            raise NotFound(what="hold")
        lifted = replace(found, lifted_at=now, lifted_by=operator.staff.id, lifted_second=agreed.id)
        uow.keeping.lift_hold(lifted)
        entry = {**_entry(lifted), "second": agreed.id}
        uow.log.append("evidence.hold_lifted", operator.staff.id, now, entry)
        uow.commit()
    return lifted


def _entry(hold: Hold) -> dict[str, object]:
    # The number of the file stays out of the log: offices like to put names into theirs.
    return {
        "hold": hold.id,
        "scope": hold.scope.value,
        "target": hold.target,
        "reason": hold.reason.value,
    }
