"""Undecided settlements are asked after or reversed under their own id, never sent again as new.

Run at start before the first customer, on a timer, and by a key. What each state does is written
in ``docs/architecture.md`` beside the table of states; sources: interface 2.12, 2.18 and 7.1.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from app.domain.clock import still_waits
from app.domain.insurance import (
    Answer,
    AskSettlement,
    AskVisits,
    Insured,
    Message,
    Outcome,
    Reverse,
    SettlementFound,
    VisitFound,
)
from app.domain.sale_states import SaleState
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementEvent, SettlementState
from app.domain.staff import Right
from app.errors import IllegalTransition, PlatformError, YaotaiError
from app.ports import UnitOfWork
from app.use_cases.basket_calls import insured_again
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.close_visits import close_open_visits
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import ALREADY_REFUNDED, leg_for, run_leg, signed_in, silent_until
from app.use_cases.payment import step_along
from app.use_cases.rx_recover import recover_prescriptions
from app.use_cases.sign_in import SecondPerson, answering
from app.use_cases.views import Recovery
from app.use_cases.visit_legs import asked_period, clear_lines, visit_of

GIVE_UP_AFTER = 12
"""Rounds of asking before a person with the platform's books must decide."""

RETRY_SECONDS = (2, 5, 10, 20, 40, 60)


def recover_settlements(
    doors: Doors, operator: Operator, *, left_before: datetime | None = None
) -> Recovery:
    """One pass over everything undecided and every visit left open on the platform.

    ``left_before``: the moment this program started; what was under way before it has lost its
    sender and is taken up at once. An item that fails is logged and does not stop the others.
    """
    with doors.uow() as uow:
        undecided = uow.settlements.undecided()
    done = Recovery()
    if undecided or left_before is not None:
        try:
            operator = signed_in(doors, operator)
        except PlatformError:
            return replace(done, still_open=len(undecided), line_down=True)
    for one in undecided:
        decided = _safely(doors, one, operator, left_before)
        done = replace(
            done,
            taken_up=done.taken_up + 1,
            decided=done.decided + decided,
            still_open=done.still_open + (not decided),
        )
    if left_before is not None:
        _resume_undoing(doors, operator, left_before)
    closed = close_open_visits(doors, operator, left_before=left_before)
    recover_prescriptions(doors, operator, left_before=left_before)
    return replace(done, visits_closed=closed)


def _safely(
    doors: Doors, one: Settlement, operator: Operator, left_before: datetime | None
) -> bool:
    try:
        return _take_up(doors, one, operator, left_before)
    except YaotaiError as error:
        entry = {"settlement": one.id, "error": error.message_id}
        with doors.uow() as uow:
            uow.log.append("recovery.failed", operator.staff.id, doors.clock.now(), entry)
            uow.commit()
        return False


def _resume_undoing(doors: Doors, operator: Operator, left_before: datetime) -> None:
    """A customer could not pay and the power went in the middle: the legs left are run now."""
    with doors.uow() as uow:
        left = uow.sales.unfinished(doors.shop.till_id)
    for sale in left:
        left_over = sale.opened_at < left_before and sale.done_at is None
        if sale.state is SaleState.UNDOING and left_over:
            cancel_settlements(doors, sale.id, operator)


def _take_up(
    doors: Doors, one: Settlement, operator: Operator, left_before: datetime | None
) -> bool:
    now = doors.clock.now()
    if one.state is SettlementState.SUBMITTED:
        since = one.submitted_at or one.created_at
        orphaned = left_before is not None and since < left_before
        if not orphaned and still_waits(now, silent_until(doors, since)):
            return False
        _change(doors, one.id, SettlementEvent.NO_ANSWER, operator)
    elif one.state is SettlementState.CANCELLING and one.next_ask_at is None:
        orphaned = left_before is not None and one.created_at < left_before
        if not orphaned and still_waits(now, silent_until(doors, _cancel_sent(doors, one))):
            return False
    elif one.next_ask_at is not None and still_waits(now, one.next_ask_at):
        return False
    with doors.uow() as uow:
        one = uow.settlements.get(one.id)
        insured = insured_again(uow.persons.get(one.person_id), one)
    if one.state is SettlementState.CANCELLING:
        return _ask_cancelled(doors, one, insured, operator)
    if one.state is SettlementState.UNKNOWN and doors.profile.reversal == "by_hand":
        # Only the reversal waits for a person; the second look after theirs is but a question.
        looked = one.absent_at is not None
        return _look_in_books(doors, one.id, insured, operator) if looked else False
    return reverse_settlement(doors, one, insured, operator)


def _cancel_sent(doors: Doors, one: Settlement) -> datetime:
    with doors.uow() as uow:
        row = uow.requests.get(one.cancel_msgid)
    return row.sent_at if row else one.created_at


def reverse_settlement(doors: Doors, one: Settlement, insured: Insured, operator: Operator) -> bool:
    """2601 under the old msgid; while it is itself unknown nothing local changes.

    A refusal may mean that the request never arrived (the commonest case) or that it was
    refunded already, so NotInBooks needs more than the refusal: see :func:`_look_in_books`.
    Answers whether the settlement is decided now.
    """

    def before(uow: UnitOfWork, _message: Message) -> None:
        current = uow.settlements.get(one.id)
        if current.state is SettlementState.UNKNOWN:
            current.move(SettlementEvent.REVERSAL_ASKED)
            uow.settlements.save(current)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        current = uow.settlements.get(one.id)
        current.last_text = answer.text
        if answer.outcome is Outcome.SUCCESS or ALREADY_REFUNDED in answer.text:
            current.move(SettlementEvent.REVERSAL_CONFIRMED)
        elif answer.outcome is Outcome.REFUSED:
            current.move(SettlementEvent.REFUSED)
        else:
            current.move(SettlementEvent.NO_ANSWER)
        _book(doors, uow, current, operator)

    call = Reverse(insured, one.settle_msgid, one.settle_infno)
    answer = run_leg(doors, leg_for(call, insured, one.id), operator, before=before, after=after)
    if answer.outcome is Outcome.REFUSED and ALREADY_REFUNDED not in answer.text:
        return _look_in_books(doors, one.id, insured, operator)
    return answer.outcome in (Outcome.SUCCESS, Outcome.REFUSED)


def _look_in_books(doors: Doors, settlement_id: str, insured: Insured, operator: Operator) -> bool:
    """After a refused reversal: is there proof that the platform holds no such settlement?

    Registered visit: lines that took part in a settlement cannot be withdrawn (interface 2.11),
    so a 2205 of their own batch that succeeds proves it, and leaves nothing that a late 2207 could
    settle. One of "every unsettled line" would succeed, too, where all of them are settled.
    Pharmacy route: 5201 shows no visit that is not ours already, twice, the second time after the
    platform's own time limit; else the day's 3202 must tell.
    """
    with doors.uow() as uow:
        one = uow.settlements.get(settlement_id)
    if one.route == "visit":
        batch = visit_of(one).batch
        cleared = clear_lines(doors, one, insured, operator, batch).outcome is Outcome.SUCCESS
        return _conclude(doors, one.id, operator, absent=cleared, proven=cleared)
    fresh = fresh_visits(doors, one, insured, operator)
    if fresh is None:
        return _conclude(doors, one.id, operator, absent=None, proven=False)
    waited = one.absent_at is not None and doors.clock.now() >= one.absent_at + timedelta(
        seconds=doors.profile.unknown_wait_seconds
    )
    return _conclude(doors, one.id, operator, absent=not fresh, proven=not fresh and waited)


def fresh_visits(
    doors: Doors, one: Settlement, insured: Insured, operator: Operator
) -> tuple[VisitFound, ...] | None:
    """5201: visits of the person since the quote that the store does not know; None = no answer.

    A visit begins at the moment that the quote told (``begntime``), not at the sending; known ones
    are told by their ids. Where this clock was set back since, no time tells anything.
    """
    with doors.uow() as uow:
        known = uow.settlements.visits_of(one.person_id)
    begins, ends = asked_period(doors, one)
    answer = run_leg(
        doors, leg_for(AskVisits(insured, begins, ends, one.med_type), insured, one.id), operator
    )
    if answer.outcome is not Outcome.SUCCESS:
        return None
    since = one.created_at.replace(microsecond=0)
    set_back = one.created_at > doors.clock.now()
    return tuple(
        visit
        for visit in cast("tuple[VisitFound, ...]", answer.value or ())
        if visit.mdtrt_id not in known
        and (visit.begins is None or set_back or visit.begins >= since)
    )


def _conclude(
    doors: Doors, settlement_id: str, operator: Operator, *, absent: bool | None, proven: bool
) -> bool:
    """Write down what the books showed: VOID, wait and look again, or hand it to a person."""
    now = doors.clock.now()
    with doors.uow() as uow:
        one = uow.settlements.get(settlement_id)
        if proven:
            one.move(SettlementEvent.NOT_IN_BOOKS)
        elif one.asked >= GIVE_UP_AFTER:
            one.move(SettlementEvent.GIVEN_UP)
        elif absent and (one.absent_at is None or one.absent_at > now):
            one.absent_at = now
        elif absent is False:
            one.absent_at = None
        _book(doors, uow, one, operator)
        uow.commit()
    return proven


def _ask_cancelled(doors: Doors, one: Settlement, insured: Insured, operator: Operator) -> bool:
    """A cancel without an answer: 5203 knows, since both ids are ours (interface 2.18).

    "Refunded" is believed at once; "still settled" only after the platform's own time limit, since
    the request may be on its way until then.
    """
    if one.answer is None:
        return False
    call = AskSettlement(insured, one.answer.setl_id, one.answer.mdtrt_id)
    until = _cancel_sent(doors, one) + timedelta(seconds=doors.profile.unknown_wait_seconds)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        current = uow.settlements.get(one.id)
        current.last_text = answer.text
        if answer.outcome is Outcome.SUCCESS:
            refunded = cast("SettlementFound", answer.value).refunded
            early = still_waits(doors.clock.now(), until)
            stands = SettlementEvent.NO_ANSWER if early else SettlementEvent.REFUSED
            current.move(SettlementEvent.CANCEL_CONFIRMED if refunded else stands)
        elif current.asked >= GIVE_UP_AFTER:
            current.move(SettlementEvent.GIVEN_UP)
        else:
            current.move(SettlementEvent.NO_ANSWER)
        _book(doors, uow, current, operator)

    run_leg(doors, leg_for(call, insured, one.id), operator, after=after)
    with doors.uow() as uow:
        state = uow.settlements.get(one.id).state
    return state in (SettlementState.CANCELLED, SettlementState.SETTLED)


def _change(doors: Doors, settlement_id: str, event: SettlementEvent, operator: Operator) -> None:
    with doors.uow() as uow:
        one = uow.settlements.get(settlement_id)
        one.move(event)
        _book(doors, uow, one, operator)
        uow.commit()


def _book(doors: Doors, uow: UnitOfWork, one: Settlement, operator: Operator) -> None:
    """Store the attempt with its next time of asking, move its sale along, log it."""
    now = doors.clock.now()
    one.asked += 1
    wait = RETRY_SECONDS[min(one.asked, len(RETRY_SECONDS)) - 1]
    if one.absent_at is not None:
        wait = max(wait, doors.profile.unknown_wait_seconds)
    one.next_ask_at = now + timedelta(seconds=wait)
    uow.settlements.save(one)
    sale = step_along(uow, one.sale_id, operator.staff.id, now)
    entry = {"settlement": one.id, "sale": sale.id, "msgid": one.settle_msgid, "asked": one.asked}
    uow.log.append(f"settlement.{one.state.value}", operator.staff.id, now, entry)


def reverse_by_hand(
    doors: Doors, settlement_id: str, operator: Operator, second: SecondPerson | None = None
) -> bool:
    """冲正 by a person, where the area wants it so (profile ``reversal = "by_hand"``).

    Answers whether the settlement is decided now.
    :raises NotAllowed: neither operator nor second person may resolve unknown outcomes;
    :raises SignInRefused, LockedOut: of the second person;
    :raises IllegalTransition: the settlement is not unknown.
    """
    by = answering(doors, operator, Right.RESOLVE_UNKNOWN, second)
    operator = signed_in(doors, operator)
    with doors.uow() as uow:
        one = uow.settlements.get(settlement_id)
        insured = insured_again(uow.persons.get(one.person_id), one)
        if one.state not in (SettlementState.UNKNOWN, SettlementState.REVERSING):
            raise IllegalTransition(machine="settlement", state=one.state, event="reversal_asked")
        entry = {"settlement": one.id, "msgid": one.settle_msgid, "operator": operator.staff.id}
        uow.log.append("settlement.by_hand", by.id, doors.clock.now(), entry)
        uow.commit()
    return reverse_settlement(doors, one, insured, operator)
