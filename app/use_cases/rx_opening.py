"""Downloads that became no case: what the centre holds locked for us is given back.

7204 locks the prescription before its sheet is here (interface 3.2), so its intent is written down
first, with the tokens that open it. It goes when the case is kept; one that stays behind belongs to
a customer who left, a crash, or a sheet that was turned away.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.clock import still_waits
from app.domain.insurance import Answer, Message, Outcome
from app.domain.rx_calls import Downloaded, DownloadRx, UndoDispensing
from app.domain.rx_case import RxOpening, RxTokens
from app.domain.rx_states import LIVE
from app.errors import YaotaiError
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, run_leg, signed_in, silent_until


def open_sheet(doors: Doors, opening_id: str, tokens: RxTokens, operator: Operator) -> Answer:
    """One 7204 about a prescription that is no case yet; the books know of it before and after.

    A refusal locks nothing. Without an answer the opening stays, and may be sent again.
    """
    opening = RxOpening(opening_id, doors.shop.till_id, doors.clock.now(), tokens)

    def before(uow: UnitOfWork, _message: Message) -> None:
        uow.prescriptions.keep_opening(opening)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        if isinstance(answer.value, Downloaded):
            uow.prescriptions.keep_opening(replace(opening, number=answer.value.sheet.number))
        elif answer.outcome is Outcome.REFUSED:
            uow.prescriptions.close_opening(opening_id)

    leg = Leg(DownloadRx(tokens), opening_id)
    return run_leg(doors, leg, operator, before=before, after=after)


def give_opening_back(doors: Doors, opening_id: str, number: str, operator: Operator) -> None:
    """7208 without serial for what was never taken; answered in any way, nothing is held.

    Without an answer the opening stays and the recovery says it again. What a live case of ours
    holds is not touched.
    :raises Refused, NotSent, NoAnswer: as ``signed_in``; then the opening stays too.
    """
    with doors.uow() as uow:
        held = any(one.state in LIVE for one in uow.prescriptions.by_number(number))
        if held or not number.strip() or not doors.profile.offers("undo"):
            uow.prescriptions.close_opening(opening_id)
            uow.commit()
            return
    operator = signed_in(doors, operator)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        if answer.outcome in (Outcome.SUCCESS, Outcome.REFUSED):
            uow.prescriptions.close_opening(opening_id)

    run_leg(doors, Leg(UndoDispensing(number, insured=True), opening_id), operator, after=after)


def recover_openings(
    doors: Doors, operator: Operator, *, left_before: datetime | None = None
) -> None:
    """One pass over this till's downloads that became no case; nothing while one is under way.

    Somebody who fetches it again at this moment must not lose the lock to an older try.
    """
    with doors.uow() as uow:
        found = uow.prescriptions.openings()
    if not all(_is_due(doors, one, left_before) for one in found):
        return
    for one in found:
        if one.till_id != doors.shop.till_id:
            continue
        try:
            _take_up(doors, one, operator)
        except YaotaiError as error:
            with doors.uow() as uow:
                entry = {"case": one.id, "error": error.message_id}
                uow.log.append("recovery.failed", operator.staff.id, doors.clock.now(), entry)
                uow.commit()


def _is_due(doors: Doors, one: RxOpening, left_before: datetime | None) -> bool:
    # What another till of the store has under way did not lose its sender when this one started.
    ours = one.till_id == doors.shop.till_id
    orphaned = ours and left_before is not None and one.at < left_before
    return orphaned or not still_waits(doors.clock.now(), silent_until(doors, one.at))


def _take_up(doors: Doors, one: RxOpening, operator: Operator) -> None:
    """Its number first, by the same tokens where no answer ever named it; then 7208.

    Tokens that have died name nothing any more: the centre lets the sheet go when it expires.
    """
    number = one.number
    if not number and not one.tokens.dead(doors.clock.now()):
        operator = signed_in(doors, operator)
        answer = open_sheet(doors, one.id, one.tokens, operator)
        if not isinstance(answer.value, Downloaded):
            return
        number = answer.value.sheet.number
    if not number:
        with doors.uow() as uow:
            uow.prescriptions.close_opening(one.id)
            now = doors.clock.now()
            uow.log.append("rx.opening_lapsed", operator.staff.id, now, {"case": one.id})
            uow.commit()
        return
    give_opening_back(doors, one.id, number, operator)
