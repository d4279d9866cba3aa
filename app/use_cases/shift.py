"""A shift at this till: opened with a float, cash in and out, handed over, counted blind, closed.

What should lie in the drawer is summed out of sales, returns and moves whenever it is asked for;
no figure of it is kept. It is told only after a count was confirmed and written down.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.domain.money import ZERO, Money
from app.domain.print_job import Document
from app.domain.sale import TenderKind
from app.domain.shift import (
    IN_REASONS,
    OUT_REASONS,
    Drawer,
    DrawerCount,
    DrawerMove,
    MoveKind,
    Shift,
    checked,
    count_total,
    drawer_of,
    over_limit,
)
from app.domain.shift_states import SHIFT, ShiftEvent
from app.domain.staff import Right
from app.errors import (
    BadValue,
    NotAllowed,
    NotFound,
    ReleaseNeeded,
    SecondPersonNeeded,
    SecondWordNeeded,
)
from app.use_cases.facts import Operator
from app.use_cases.free_codes import free_at_shift_end
from app.use_cases.rights import approved, refused, require
from app.use_cases.shift_now import begin, leave, shift_at
from app.use_cases.shift_rules import rules_in
from app.use_cases.sign_in import SecondPerson, answering, sign_in
from app.use_cases.slip_jobs import owe_report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from app.domain.staff import Staff
    from app.ports import UnitOfWork
    from app.ports_shift import TenderSum
    from app.use_cases.doors import Doors

REASON_LENGTH = 200
"""Characters of a free text; more is a pasted page."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What lies in a drawer: how many of each face (fen), or their sum alone."""

    total: Money
    pieces: tuple[tuple[int, int], ...] = ()

    @staticmethod
    def of_pieces(pieces: Mapping[int, int]) -> Counted:
        """By denomination; :raises BadValue: no such face, or a number that cannot be."""
        some = tuple((face, many) for face, many in sorted(pieces.items(), reverse=True) if many)
        return Counted(count_total(pieces), some)

    @staticmethod
    def of_sum(total: Money) -> Counted:
        """As a sum; :raises BadValue: an amount that no drawer holds."""
        return Counted(checked(total))


@dataclass(frozen=True, slots=True)
class Release:
    """A manager lets a difference above the shop's limit stand."""

    reason: str
    second: SecondPerson | None = field(default=None, repr=False)
    """None: the operator is the manager and did not count."""


@dataclass(frozen=True, slots=True)
class CountSeen:
    """What a confirmed count shows: only now the figure that should be there."""

    shift: Shift
    drawer: Drawer
    count: DrawerCount
    difference: Money
    """Counted less expected; negative = money is missing."""
    over_limit: bool


def current_shift(doors: Doors) -> tuple[Shift, bool] | None:
    """This till's open shift, and whether its float was counted; None = none is open."""
    with doors.uow() as uow:
        shift = uow.shifts.current()
        if shift is None or doors.clock.now() >= shift.until:
            return None
        return shift, _float_of(uow, shift.id)


def waiting_shifts(doors: Doors) -> list[Shift]:
    """Shifts of this till that somebody has still to count, or to close after counting."""
    with doors.uow() as uow:
        return uow.shifts.waiting_of()


def open_shift(doors: Doors, operator: Operator, counted: Counted) -> Shift:
    """Begin a shift with the float that was counted; one that a sale opened gets its float now.

    :raises BadValue: a shift is open whose float is counted already.
    """
    now, by = doors.clock.now(), operator.staff.id
    with doors.uow() as uow:
        found = uow.shifts.current()
        if found is not None and now >= found.until:
            leave(uow, found, by, found.until, now)
            found = None
        if found is not None and (_float_of(uow, found.id) or not found.by_itself):
            raise BadValue(what="shift", why="open already")
        if found is None:
            shift = begin(doors, uow, by, now)
        elif found.holder == by:
            shift = found
        else:
            # Who counts the float answers for the drawer from now on.
            shift = uow.shifts.save(replace(found, holder=by))
        _put_float(doors, uow, shift, counted, by, now, "counted")
        uow.commit()
    return shift


def move_cash(
    doors: Doors,
    operator: Operator,
    kind: MoveKind,
    amount: Money,
    reason: str,
    note: str = "",
    second: SecondPerson | None = None,
) -> DrawerMove:
    """Put cash into the drawer or take some out, with a reason.

    :raises BadValue: nothing, or no reason of the list; :raises NotAllowed: the role opens no
    drawer; :raises SecondWordNeeded: from the shop's limit on two people are wanted, one of whom
    may be a second word; :raises SecondPersonNeeded: it was one and the same.
    """
    require(doors, operator, Right.OPEN_DRAWER)
    known = {MoveKind.IN: IN_REASONS, MoveKind.OUT: OUT_REASONS}.get(kind, ())
    if reason not in known or (reason == "other" and not note.strip()):
        raise BadValue(what="reason", why="one of the list; another one in words")
    if checked(amount) == ZERO:
        raise BadValue(what="cash", why="nothing")
    beside = _beside(doors, operator, kind, amount, second)
    now, by = doors.clock.now(), operator.staff.id
    with doors.uow() as uow:
        shift = shift_at(doors, uow, by, now)
        move = DrawerMove(
            doors.ids.new(), shift.id, kind, amount, now, by, reason,
            note.strip()[:REASON_LENGTH], beside,
        )  # fmt: skip
        uow.shifts.add_move(move)
        entry = {"shift": shift.id, "kind": kind.value, "fen": amount.fen, "reason": reason,
                 "second": beside}  # fmt: skip
        uow.log.append("drawer.moved", by, now, entry)
        uow.commit()
    return move


def confirm_count(
    doors: Doors,
    operator: Operator,
    shift_id: str,
    counted: Counted,
    second: SecondPerson | None = None,
) -> CountSeen:
    """Write down what was counted, and only then tell what should be there.

    The holder counts; anybody else with a manager beside. Counted again, both counts stand in the
    books. What is sold from here on belongs to the next shift.
    :raises NotAllowed: somebody else's drawer; :raises IllegalTransition: closed already.
    """
    with doors.uow() as uow:
        shift, rules = uow.shifts.get(shift_id), rules_in(uow)
    if operator.staff.id != shift.holder:
        answering(doors, operator, Right.CLOSE_DAY, second)
    now, by = doors.clock.now(), operator.staff.id
    with doors.uow() as uow:
        shift = uow.shifts.save(uow.shifts.get(shift_id).ended(ShiftEvent.COUNTED, now))
        number = len(uow.shifts.counts([shift_id])) + 1
        count = DrawerCount(shift_id, number, now, by, counted.total, counted.pieces)
        uow.shifts.add_count(count)
        entry = {"shift": shift_id, "count": number, "fen": counted.total.fen}
        uow.log.append("shift.counted", by, now, entry)
        free_at_shift_end(doors, uow, by, now)
        seen = _seen(uow, shift, count)
        uow.commit()
    return replace(seen, over_limit=over_limit(seen.difference, rules))


def count_seen(doors: Doors, shift_id: str) -> CountSeen:
    """The same of a shift that was counted before; :raises NotFound: nobody has counted it."""
    with doors.uow() as uow:
        shift, counts, rules = (
            uow.shifts.get(shift_id),
            uow.shifts.counts([shift_id]),
            rules_in(uow),
        )
        if not counts:
            raise NotFound(what="count")
        seen = _seen(uow, shift, counts[-1])
    return replace(seen, over_limit=over_limit(seen.difference, rules))


def close_shift(
    doors: Doors, operator: Operator, shift_id: str, release: Release | None = None
) -> Shift:
    """End a counted shift; said twice it is closed once.

    :raises ReleaseNeeded: the difference is above the limit and nobody released it;
    :raises IllegalTransition: not counted yet.
    """
    with doors.uow() as uow:
        if SHIFT.is_final((known := uow.shifts.get(shift_id)).state):
            return known
    released = _released(doors, operator, shift_id, release)
    with doors.uow() as uow:
        closed = _close(doors, uow, shift_id, operator.staff.id, released)
        uow.commit()
    return closed


def hand_over(
    doors: Doors,
    shift_id: str,
    outgoing: SecondPerson,
    incoming: SecondPerson,
    release: Release | None = None,
) -> Shift:
    """Two people sign: a counted shift ends, and the next begins with exactly what was counted.

    Both say who they are by number and PIN, in this order. Answers the shift of who takes over;
    where a sale has opened it meanwhile, that one is theirs from now on.
    :raises SecondPersonNeeded: one person twice; :raises NotAllowed: the drawer is another's;
    :raises SignInRefused, LockedOut: a wrong PIN; :raises ReleaseNeeded: as closing.
    """
    giver, taker = (
        sign_in(doors, outgoing.number, outgoing.pin),
        sign_in(doors, incoming.number, incoming.pin),
    )
    _require_two(doors, giver.staff, taker.staff, Right.SELL, "hand_over")
    released = _released(doors, giver, shift_id, release)
    now = doors.clock.now()
    with doors.uow() as uow:
        shift = uow.shifts.get(shift_id)
        count = _last_count(uow, shift_id)
        if giver.staff.id not in (shift.holder, count.by):
            raise NotAllowed(act="hand_over")
        _close(doors, uow, shift_id, giver.staff.id, released)
        fresh = uow.shifts.current()
        if fresh is None or now >= fresh.until:
            if fresh is not None:
                leave(uow, fresh, giver.staff.id, fresh.until, now)
            fresh = begin(doors, uow, taker.staff.id, now)
        else:
            fresh = uow.shifts.save(replace(fresh, holder=taker.staff.id))
        _put_float(
            doors, uow, fresh, Counted(count.total, count.pieces), taker.staff.id, now,
            "hand_over", giver.staff.id,
        )  # fmt: skip
        entry = {"shift": shift_id, "next": fresh.id, "from": giver.staff.id}
        uow.log.append("shift.handed_over", taker.staff.id, now, entry)
        uow.commit()
    return fresh


def note_opening(doors: Doors, uow: UnitOfWork, staff_id: str, reason: str, now: datetime) -> None:
    """The drawer was opened without a sale: the shift's report lists it."""
    shift = shift_at(doors, uow, staff_id, now)
    move = DrawerMove(doors.ids.new(), shift.id, MoveKind.NO_SALE, ZERO, now, staff_id, reason)
    uow.shifts.add_move(move)


def drawer_in(uow: UnitOfWork, shift_id: str) -> Drawer:
    """What should lie in the drawer of a shift, out of its events."""
    return drawer_of(uow.shifts.moves([shift_id]), *cash_of(uow.shifts.tenders([shift_id])))


def cash_of(tenders: Sequence[TenderSum]) -> tuple[Money, Money]:
    """Cash that came in and went back among sums of tenders."""
    cash = [one for one in tenders if one.kind == TenderKind.CASH.value]
    return (
        Money.total(one.amount for one in cash if not one.back),
        Money.total(one.amount for one in cash if one.back),
    )


def _float_of(uow: UnitOfWork, shift_id: str) -> bool:
    return any(move.kind is MoveKind.FLOAT for move in uow.shifts.moves([shift_id]))


def _put_float(
    doors: Doors,
    uow: UnitOfWork,
    shift: Shift,
    counted: Counted,
    by: str,
    now: datetime,
    reason: str,
    second: str = "",
) -> None:
    uow.shifts.add_move(
        DrawerMove(
            doors.ids.new(), shift.id, MoveKind.FLOAT, counted.total, now, by, reason,
            second_by=second,
        )
    )  # fmt: skip
    entry = {"shift": shift.id, "fen": counted.total.fen, "pieces": counted.pieces}
    uow.log.append("shift.float", by, now, entry)


def _beside(
    doors: Doors, operator: Operator, kind: MoveKind, amount: Money, second: SecondPerson | None
) -> str:
    """Staff id of the second person; empty where one alone may act.

    Two are wanted from the shop's limit on, and where the operator's level gives out less than
    this: then it is the other one who answers for it.
    """
    out = amount if kind is MoveKind.OUT else None
    alone = out is None or operator.staff.may(Right.OPEN_DRAWER, out.fen)
    if not alone:
        other = answering(doors, operator, Right.OPEN_DRAWER, second, amount=out)
        if other.id == operator.staff.id:
            raise SecondPersonNeeded(act="move_cash")
        return other.id
    with doors.uow() as uow:
        if amount < rules_in(uow).second_from:
            return ""
    if second is None:
        raise SecondWordNeeded(act="move_cash")
    other = sign_in(doors, second.number, second.pin).staff
    _require_two(doors, operator.staff, other, Right.SECOND_WORD, "move_cash", amount)
    return other.id


def _require_two(
    doors: Doors, one: Staff, other: Staff, right: Right, act: str, amount: Money | None = None
) -> None:
    if one.id == other.id:
        raise SecondPersonNeeded(act=act)
    if not (one.may(right) or other.may(right)):
        refused(doors, other.id, right, amount)
        raise NotAllowed(act=right.value)
    approved(doors, other.id, right, amount, one.id)


def _released(
    doors: Doors, operator: Operator, shift_id: str, release: Release | None
) -> tuple[str, str]:
    """(who released, why); both empty where the difference is within the shop's limit.

    Whoever counted does not release their own difference.
    """
    seen = count_seen(doors, shift_id)
    if not seen.over_limit:
        return "", ""
    reason = release.reason.strip()[:REASON_LENGTH] if release is not None else ""
    if release is None or not reason:
        raise ReleaseNeeded(difference=str(seen.difference))
    staff = operator.staff
    if release.second is not None:
        staff = sign_in(doors, release.second.number, release.second.pin).staff
    require(doors, Operator(staff), Right.CLOSE_DAY)
    if staff.id == seen.count.by:
        raise SecondPersonNeeded(act="release_difference")
    if release.second is not None:
        approved(doors, staff.id, Right.CLOSE_DAY, seen.difference, operator.staff.id)
    return staff.id, reason


def _last_count(uow: UnitOfWork, shift_id: str) -> DrawerCount:
    counts = uow.shifts.counts([shift_id])
    if not counts:
        raise NotFound(what="count")
    return counts[-1]


def _close(
    doors: Doors, uow: UnitOfWork, shift_id: str, by: str, released: tuple[str, str]
) -> Shift:
    now, (releaser, reason) = doors.clock.now(), released
    shift = uow.shifts.get(shift_id).after(ShiftEvent.CLOSED)
    seen = _seen(uow, shift, _last_count(uow, shift_id))
    closed = uow.shifts.save(replace(shift, closed_by=by, released_by=releaser, reason=reason))
    owe_report(doors, uow, Document.SHIFT, shift_id)
    entry = {"shift": shift_id, "difference_fen": seen.difference.fen, "released_by": releaser}
    uow.log.append("shift.closed", by, now, entry)
    return closed


def _seen(uow: UnitOfWork, shift: Shift, count: DrawerCount) -> CountSeen:
    drawer = drawer_in(uow, shift.id)
    return CountSeen(shift, drawer, count, count.total - drawer.expected, False)
