"""保全: nothing that a hold covers is deleted, until a manager and a second person lift it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.evidence_keeping import LEAST_WORDS, Hold, HoldReason, HoldScope
from app.domain.staff import Right, Staff
from app.errors import BadValue, NotAllowed, NotFound, SecondPersonNeeded
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.sign_in import SecondPerson, approve


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


def require_keeper(operator: Operator) -> None:
    """:raises NotAllowed: the role does not keep the vault."""
    if not operator.staff.may(Right.KEEP_EVIDENCE):
        raise NotAllowed(act=Right.KEEP_EVIDENCE.value)


def second_keeper(doors: Doors, operator: Operator, second: SecondPerson) -> Staff:
    """Who agrees; a keeper alone neither lifts a hold nor hands evidence out.

    :raises NotAllowed: one of the two lacks the right; :raises SecondPersonNeeded: they are one;
    :raises SignInRefused, LockedOut: the PIN.
    """
    require_keeper(operator)
    found = approve(doors, second.number, second.pin, Right.SECOND_WORD)
    if found.id == operator.staff.id:
        raise SecondPersonNeeded(act=Right.KEEP_EVIDENCE.value)
    return found


def hold_evidence(doors: Doors, wish: HoldWish, operator: Operator) -> HoldDone:
    """Keep a piece, everything of a sale or everything of a person, what comes later included.

    Held twice it is one hold. A deletion that was decided before is not called back.
    :raises NotAllowed: no keeper; :raises BadValue: no number of the file;
    :raises NotFound: there is no such piece, or none of that sale or person.
    """
    require_keeper(operator)
    if len(wish.file_no.strip()) < LEAST_WORDS:
        raise BadValue(what="file_no", why="empty")
    now = doors.clock.now()
    with doors.uow() as uow:
        uow.keeping.alone()
        pieces = _covered(uow, wish)
        kept = sum(one is None for one in pieces)
        if not pieces or not kept:
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
    """When each piece that it covers was deleted; None = it is there."""
    if wish.scope is HoldScope.EXHIBIT:
        return [one.deleted_at for one in uow.keeping.named([wish.target]).values()]
    of = uow.evidence.of_sale if wish.scope is HoldScope.SALE else uow.evidence.of_person
    return [one.deleted_at for one in of(wish.target)]


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
