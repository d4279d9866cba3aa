"""What is done about a difference: one function an act, each closes what it settles (2.12, 2.14).

A settlement is never rewritten: a correction stands beside it, with a ground and two persons. What
goes over the wire has three outcomes; without an answer a difference stays *asked*, and the same
act is said again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from app.domain.clock import SHOP_ZONE
from app.domain.insurance import Answer, CancelSettlement, Message, Outcome, Reverse, Settled
from app.domain.portal import ConnectionMode
from app.domain.settlement import Settlement
from app.domain.staff import Right, Staff
from app.domain.statement import (
    Act,
    Cause,
    Correction,
    CorrectionKind,
    Difference,
    Figures,
    OwnRow,
)
from app.domain.statement_states import STANDING, DifferenceEvent
from app.errors import (
    BadValue,
    IllegalTransition,
    Refused,
    RuleBroken,
    SecondPersonNeeded,
)
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import ALREADY_REFUNDED, first_sentence, leg_for, run_leg, signed_in
from app.use_cases.notes import Note
from app.use_cases.reconcile import DayReconciled, reconcile
from app.use_cases.reconcile_look import insured_by_number, insured_for
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.rights import require
from app.use_cases.sign_in import SecondPerson, approve

_NOON: Final = time(12)
"""Of a row whose time of day no file tells; only the day counts in a comparison."""


def act_on(
    doors: Doors,
    operator: Operator,
    difference_id: str,
    act: Act,
    ground: str = "",
    second: SecondPerson | None = None,
) -> Difference:
    """Do one of the acts that a difference offers; answers what became of it.

    :raises IllegalTransition: it is closed, or does not offer the act; others as the acts.
    """
    if act is Act.ASK_AGAIN:
        ask_again(doors, operator, difference_id)
        with doors.uow() as uow:
            return uow.reconciliations.get(difference_id)
    return _ACTS[act](doors, operator, difference_id, ground, second)


# --- documented corrections -----------------------------------------------------------------------


def adopt_centre_row(
    doors: Doors,
    operator: Operator,
    difference_id: str,
    ground: str,
    second: SecondPerson | None = None,
) -> Difference:
    """A row that only the centre has stands in our books too, without goods.

    :raises NotAllowed, SecondPersonNeeded, SignInRefused, LockedOut: who may not;
    :raises BadValue: no ground, or the file named no amounts; :raises IllegalTransition:.
    """
    return adopt_centre_rows(doors, operator, [difference_id], ground, second)[0]


def adopt_centre_rows(
    doors: Doors,
    operator: Operator,
    difference_ids: Sequence[str],
    ground: str,
    second: SecondPerson | None = None,
) -> list[Difference]:
    """The same for many, in one commit: what the platform knows of the time after a backup.

    Errors as :func:`adopt_centre_row`; then none of them was adopted.
    """
    other = _two(doors, operator, ground, second)
    return _adopt(doors, operator, difference_ids, ground, other)


def _adopt(
    doors: Doors, operator: Operator, difference_ids: Sequence[str], ground: str, other: Staff
) -> list[Difference]:
    kinds = dict.fromkeys(difference_ids, CorrectionKind.ADOPTED)
    return _correct(doors, operator, kinds, ground, other)


def treat_as_cancelled(
    doors: Doors,
    operator: Operator,
    difference_id: str,
    ground: str,
    second: SecondPerson | None = None,
) -> Difference:
    """Refunded at the centre, past the till: our line counts as refunded. Errors as above."""
    kinds = {difference_id: CorrectionKind.CANCELLED}
    return _correct(doors, operator, kinds, ground, _two(doors, operator, ground, second))[0]


def correct_by_hand(
    doors: Doors,
    operator: Operator,
    difference_id: str,
    ground: str,
    second: SecondPerson | None = None,
) -> Difference:
    """The centre's figures count, or our line counts no more where the centre has none.

    Errors as :func:`adopt_centre_row`.
    """
    with doors.uow() as uow:
        only = uow.reconciliations.get(difference_id).cause is Cause.ONLY_HERE
    kind = CorrectionKind.DROPPED if only else CorrectionKind.AMENDED
    other = _two(doors, operator, ground, second)
    return _correct(doors, operator, {difference_id: kind}, ground, other)[0]


_ACT_OF: Final = {
    CorrectionKind.ADOPTED: Act.ADOPT,
    CorrectionKind.CANCELLED: Act.TREAT_AS_CANCELLED,
    CorrectionKind.AMENDED: Act.CORRECT,
    CorrectionKind.DROPPED: Act.CORRECT,
}


def _correct(
    doors: Doors,
    operator: Operator,
    kinds: Mapping[str, CorrectionKind],
    ground: str,
    other: Staff,
) -> list[Difference]:
    now, closed = doors.clock.now(), list[Difference]()
    with doors.uow() as uow:
        for difference_id, kind in kinds.items():
            one = _offered(uow, difference_id, _ACT_OF[kind])
            made = _correction(doors, one, kind, (operator, other, ground.strip()), now)
            uow.reconciliations.correct([made])
            done = _done(one, _ACT_OF[kind], operator, now)
            done = replace(done, second=other.id, ground=made.ground)
            uow.reconciliations.put(done)
            _log(uow, done, operator, now, correction=made.id)
            closed.append(replace(done, version=done.version + 1))
        uow.commit()
    return closed


def _correction(
    doors: Doors,
    one: Difference,
    kind: CorrectionKind,
    said: tuple[Operator, Staff, str],
    now: datetime,
) -> Correction:
    operator, other, ground = said
    return Correction(
        id=doors.ids.new(),
        kind=kind,
        day=one.day,
        at=_noon(one.day),
        msgid=one.msgid,
        negative=one.negative,
        group=one.group,
        figures=_figures(one, kind),
        by=operator.staff.id,
        second=other.id,
        made_at=now,
        ground=ground,
        setl_id=one.setl_id,
        mdtrt_id=one.mdtrt_id,
        psn_no=one.psn_no,
        twin_msgid=one.twin_msgid,
        difference_id=one.id,
    )


def _figures(one: Difference, kind: CorrectionKind) -> Figures:
    wanted = one.here if kind in (CorrectionKind.DROPPED, CorrectionKind.CANCELLED) else one.there
    if wanted is None:
        raise BadValue(what="amounts", why="the centre named none")
    return wanted


def _noon(day: date) -> datetime:
    return datetime.combine(day, _NOON, SHOP_ZONE).astimezone(UTC)


# --- over the wire --------------------------------------------------------------------------------


def reverse_centre_row(
    doors: Doors,
    operator: Operator,
    difference_id: str,
    ground: str,
    second: SecondPerson | None = None,
) -> Difference:
    """2601 by the message id that 3202 gave; the number of the transaction is ours or tried.

    Without an answer it stays *asked* and may be said again.
    :raises Refused: the platform reverses no such message; it stays open. Others as above.
    """
    other = _two(doors, operator, ground, second)
    operator = signed_in(doors, operator)
    with doors.uow() as uow:
        one = _offered(uow, difference_id, Act.REVERSE)
        known = uow.settlements.get(one.settlement_id) if one.settlement_id else None
    if known:
        _not_keyed(known)
    insured = insured_for(doors, _row_of(one)) if known else insured_by_number(
        one.psn_no, one.group.insutype, doors.profile.division
    )  # fmt: skip
    numbers = [known.settle_infno] if known else _settling_numbers(doors)
    said = (ground.strip(), other.id)
    answer = Answer(Outcome.REFUSED)
    for number in numbers:
        leg = leg_for(Reverse(insured, one.msgid, number), insured, one.settlement_id)
        before, after = _wire(doors, one, Act.REVERSE, operator, said, last=number == numbers[-1])
        answer = run_leg(doors, leg, operator, before=before, after=after)
        if answer.outcome is not Outcome.REFUSED or ALREADY_REFUNDED in answer.text:
            break
    else:
        raise Refused(infno="2601", text=first_sentence(answer.text))
    with doors.uow() as uow:
        return uow.reconciliations.get(difference_id)


def _settling_numbers(doors: Doors) -> list[str]:
    """The transactions by which this area settles: a wrong one is refused and harms nothing."""
    profile = doors.profile
    routes = set(profile.routes.values())
    numbers = ["2102"] if "pharmacy" in routes else []
    return numbers + ([profile.settle_infno] if "visit" in routes else []) or ["2102"]


def cancel_again(
    doors: Doors,
    operator: Operator,
    difference_id: str,
    ground: str = "",
    second: SecondPerson | None = None,
) -> Difference:
    """Cancelled here, standing there: 2103 or 2208 once more, believed only as the negated
    original. Without an answer it stays *asked* and may be said again.

    :raises NotAllowed:; :raises Refused: the platform says no; :raises IllegalTransition:.
    """
    _may(doors, operator)
    operator = signed_in(doors, operator)
    with doors.uow() as uow:
        one = _offered(uow, difference_id, Act.CANCEL_AGAIN)
        settlement = uow.settlements.get(one.settlement_id)
    _not_keyed(settlement)
    if settlement.answer is None:
        raise BadValue(what="setl_id", why="-")
    insured = insured_for(doors, _row_of(one))
    call = CancelSettlement(
        insured, settlement.answer.setl_id, settlement.answer.mdtrt_id,
        visit_route=settlement.route == "visit",
    )  # fmt: skip
    before, after = _wire(doors, one, Act.CANCEL_AGAIN, operator, (ground.strip(), ""), last=True)
    leg = leg_for(call, insured, settlement.id)
    answer = run_leg(doors, leg, operator, before=before, after=after)
    if answer.outcome is Outcome.REFUSED and ALREADY_REFUNDED not in answer.text:
        raise Refused(infno="2103", text=first_sentence(answer.text))
    with doors.uow() as uow:
        return uow.reconciliations.get(difference_id)


def _not_keyed(settlement: Settlement) -> None:
    """:raises RuleBroken: PORTAL_CANCEL: nothing is sent for what the portal settled (SJZ-A.7)."""
    if settlement.mode is ConnectionMode.PORTAL:
        note = Note("portal.cancel_there", {}, "block", "PORTAL_CANCEL", ("SJZ-A.7",))
        raise RuleBroken((note,), code="PORTAL_CANCEL")


def _wire(
    doors: Doors,
    one: Difference,
    act: Act,
    operator: Operator,
    said: tuple[str, str],
    *,
    last: bool,
) -> tuple[Callable[[UnitOfWork, Message], None], Callable[[UnitOfWork, Answer], None]]:
    """What is written down before and after an act goes out."""
    sent: list[str] = []

    def before(uow: UnitOfWork, message: Message) -> None:
        current = uow.reconciliations.get(one.id)
        sent.append(message.msgid)
        asked = replace(
            current, state=current.after(DifferenceEvent.ASKED), act=act.value,
            ground=said[0], second=said[1],
        )  # fmt: skip
        uow.reconciliations.put(asked)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        current, now = uow.reconciliations.get(one.id), doors.clock.now()
        already = ALREADY_REFUNDED in answer.text
        if answer.outcome is Outcome.SUCCESS or already:
            if act is Act.CANCEL_AGAIN and not _keep_cancel(uow, current, answer, sent[-1]):
                return
            done = _done(current, act, operator, now)
            uow.reconciliations.put(done)
            _log(uow, done, operator, now, msgid=sent[-1])
        elif answer.outcome is Outcome.REFUSED and last:
            state = current.after(DifferenceEvent.REFUSED)
            uow.reconciliations.put(replace(current, state=state, act="", memo=answer.text[:200]))
        elif answer.outcome is Outcome.NOT_SENT:
            state = current.after(DifferenceEvent.REFUSED)
            uow.reconciliations.put(replace(current, state=state, act=""))

    return before, after


def _keep_cancel(uow: UnitOfWork, one: Difference, answer: Answer, msgid: str) -> bool:
    """The new cancel takes the place of the lost one; False: it is not the negated original."""
    settlement = uow.settlements.get(one.settlement_id)
    told = answer.value if isinstance(answer.value, Settled) else None
    if told is None:
        # Refunded already: the first time it was asked came through, and nobody heard the answer.
        settlement.cancel_answer, settlement.cancel_msgid = None, one.twin_msgid
        uow.settlements.save(settlement)
        return True
    if settlement.answer is None or not told.split.is_negation_of(settlement.answer.split):
        return False
    settlement.cancel_answer, settlement.cancel_msgid = told, msgid
    uow.settlements.save(settlement)
    return True


# --- asked again ----------------------------------------------------------------------------------


def ask_again(doors: Doors, operator: Operator, difference_id: str) -> DayReconciled:
    """What is undecided here is taken up once more, then the day is compared anew.

    :raises NotAllowed:; others as :func:`app.use_cases.reconcile.reconcile`.
    """
    _may(doors, operator)
    with doors.uow() as uow:
        one = _offered(uow, difference_id, Act.ASK_AGAIN)
    if one.cause is Cause.UNDECIDED_HERE:
        recover_settlements(doors, operator)
    return reconcile(doors, operator, one.day)


# --- after a restore ------------------------------------------------------------------------------


def take_over(
    doors: Doors,
    operator: Operator,
    begins: date,
    ends: date,
    ground: str,
) -> list[Difference]:
    """Compare every day of ``[begins, ends]`` and adopt what only the centre has, without goods.

    By itself, before the first sale: who answered for it is who put the backup back, and
    ``ground`` names that. What else differs stays for people, and so does a row whose amounts the
    centre does not name. Repeatable: what was adopted is not found again.
    :raises NotAllowed: the operator may not; else as :func:`app.use_cases.reconcile.reconcile`.
    """
    _may(doors, operator)
    taken, day = list[Difference](), begins
    while day <= ends:
        seen = reconcile(doors, operator, day)
        only_there = [one for one in seen.standing if one.cause is Cause.ONLY_THERE]
        wanted = [one.id for one in only_there if one.there is not None]
        if wanted:
            taken += _adopt(doors, operator, wanted, ground, operator.staff)
        day += timedelta(days=1)
    return taken


# --- common ---------------------------------------------------------------------------------------


def _may(doors: Doors, operator: Operator) -> None:
    require(doors, operator, Right.RESOLVE_UNKNOWN)


def _two(doors: Doors, operator: Operator, ground: str, second: SecondPerson | None) -> Staff:
    """Ground and second person of what changes a book for good."""
    _may(doors, operator)
    if not ground.strip():
        raise BadValue(what="ground", why="-")
    if second is None or not second.number.strip():
        raise SecondPersonNeeded(act=Right.RESOLVE_UNKNOWN.value)
    other = approve(doors, second.number, second.pin, Right.SEE_PERSON, beside=operator.staff.id)
    if other.id == operator.staff.id:
        raise SecondPersonNeeded(act=Right.RESOLVE_UNKNOWN.value)
    return other


def _offered(uow: UnitOfWork, difference_id: str, act: Act) -> Difference:
    one = uow.reconciliations.get(difference_id)
    if one.state not in STANDING or act not in one.choices:
        raise IllegalTransition(machine="difference", state=one.state, event=act.value)
    return one


def _row_of(one: Difference) -> OwnRow:
    return OwnRow(
        one.group, one.here or Figures(), _noon(one.day), one.msgid,
        psn_no=one.psn_no, settlement_id=one.settlement_id,
    )  # fmt: skip


def _done(one: Difference, act: Act, operator: Operator, now: datetime) -> Difference:
    state = one.after(DifferenceEvent.DONE)
    return replace(one, state=state, act=act.value, closed_at=now, closed_by=operator.staff.id)


def _log(uow: UnitOfWork, one: Difference, operator: Operator, now: datetime, **more: str) -> None:
    entry: dict[str, object] = {
        "difference": one.id,
        "day": one.day.isoformat(),
        "cause": one.cause.value,
        "act": one.act,
        "of_msgid": one.msgid,
        "second": one.second,
        **more,
    }
    uow.log.append("reconcile.closed", operator.staff.id, now, entry)


Verb = Callable[[Doors, Operator, str, str, "SecondPerson | None"], Difference]

_ACTS: Final[Mapping[Act, Verb]] = {
    Act.ADOPT: adopt_centre_row,
    Act.REVERSE: reverse_centre_row,
    Act.TREAT_AS_CANCELLED: treat_as_cancelled,
    Act.CANCEL_AGAIN: cancel_again,
    Act.CORRECT: correct_by_hand,
}
