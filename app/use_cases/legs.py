"""One leg on the wire: written down, sent, judged, written down. Every call goes this way.

The intent is on disk before the wire is touched, and no transaction is open while it is
(design 2, law 1; design 8). After a crash a row without an answer is an unknown outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.clock import BusinessDay, from_micros, micros
from app.domain.insurance import Answer, Call, Header, Insured, Message, Outcome, SignIn, SignOut
from app.errors import Maintenance, NoAnswer, NotSent, PlatformError, Refused
from app.ports import RequestRow, UnitOfWork
from app.use_cases.doors import Doors, Operator

ALREADY_REFUNDED = "退费结算标志不为未退费"
"""The one text of the platform that is recognised (interface 7.2, 7.3): nothing left to undo."""

CLOSED = "answer.status 503"
"""How the client tells of a platform that is closed for a while (:mod:`ui.words`, [answer])."""

Before = Callable[[UnitOfWork, Message], None]
After = Callable[[UnitOfWork, Answer], None]
Prepare = Callable[[UnitOfWork], "Leg"]


@dataclass(frozen=True, slots=True)
class Leg:
    """A call with what the journal and the envelope need beside it."""

    call: Call
    settlement_id: str = ""
    area: str = ""
    """Insured area, sent whenever the input holds a ``psn_no`` (interface 1.3)."""


def leg_for(call: Call, insured: Insured, settlement_id: str = "") -> Leg:
    """A leg about one insured person."""
    return Leg(call, settlement_id, insured.row.area)


def run_leg(
    doors: Doors,
    leg: Leg | Prepare,
    operator: Operator,
    *,
    before: Before | None = None,
    after: After | None = None,
    sending: Callable[[], None] | None = None,
) -> Answer:
    """Journal the leg, send it, journal the answer; ``before`` and ``after`` commit with it.

    A leg given as a function is made inside the first unit of work, from what it reads there.

    ``sending`` is called when the intent is durable and the wire is about to be touched.

    :raises BadValue: when the call breaks its table: then nothing was written and nothing left.
    :raises StoreError: when the books cannot be written: before sending, nothing left; after it,
        the journal row stays pending and the recovery takes it up as unknown.
    """
    answer, msgid = _sent(doors, leg, operator, before, sending)
    if before is None and answer.outcome is Outcome.REFUSED:
        again = renewed(doors, operator)
        if again is not None:
            with doors.uow() as uow:
                uow.requests.answer(msgid, answer, doors.clock.now())
                uow.commit()
            # A refusal did nothing: the same question under another message id is a new one.
            answer, msgid = _sent(doors, leg, again, None, sending)
    with doors.uow() as uow:
        uow.requests.answer(msgid, answer, doors.clock.now())
        if after:
            after(uow, answer)
        uow.commit()
    if before is not None and answer.outcome is Outcome.REFUSED:
        _let_go(doors, operator)
    return answer


def _sent(
    doors: Doors,
    leg: Leg | Prepare,
    operator: Operator,
    before: Before | None,
    sending: Callable[[], None] | None,
) -> tuple[Answer, str]:
    message = _write_down(doors, leg, operator, before)
    if sending:
        sending()
    return judge(doors.platform.send(message)), message.msgid


def _write_down(
    doors: Doors, wanted: Leg | Prepare, operator: Operator, before: Before | None
) -> Message:
    now = doors.clock.now()
    with doors.uow() as uow:
        leg = wanted if isinstance(wanted, Leg) else wanted(uow)
        header = Header(
            msgid=uow.numbers.next_msgid(doors.shop.institution_code, doors.shop.till_no, now),
            at=now,
            operator=operator.staff.number,
            operator_name=operator.staff.name,
            sign_no=operator.sign_no,
            insured_area=leg.area,
        )
        message = doors.platform.compose(leg.call, header)
        uow.requests.write(
            RequestRow(
                msgid=message.msgid,
                infno=message.infno,
                leg=type(leg.call).__name__,
                settlement_id=leg.settlement_id,
                request=message.evidence,
                sent_at=now,
            )
        )
        if before:
            before(uow, message)
        uow.commit()
    return message


def silent_until(doors: Doors, since: datetime) -> datetime:
    """Until when the sender of a message may still be listening for its answer."""
    profile = doors.profile
    return since + timedelta(seconds=profile.connect_seconds + profile.read_seconds + 5)


def judge(answer: Answer) -> Answer:
    """A success whose content cannot be believed is an unknown outcome (design 3, ``call``)."""
    if answer.outcome is Outcome.SUCCESS and answer.findings:
        first = answer.findings[0]
        # An id of the words' [answer], as for every other answer that nobody can believe.
        said = f"answer.finding_{first.rule.split()[0]} {first.rule}：{first.text}"
        return replace(answer, outcome=Outcome.UNKNOWN, text=said)
    return answer


def first_sentence(text: str) -> str:
    """What people are shown of the platform's words; the whole stays in the journal."""
    for mark in ("。", "\n", "；"):
        text = text.split(mark)[0]
    return text.strip()[:120]


def demand(answer: Answer, infno: str) -> object:
    """The value of a success; :raises Refused, NotSent, NoAnswer: for the other outcomes.

    For questions only, not for money: a 503 is Maintenance here, as nothing hangs on whether the
    question was heard. A settlement with the same answer stays unknown.
    :raises Maintenance: the platform is closed for a while.
    """
    if answer.outcome is Outcome.SUCCESS:
        return answer.value
    if answer.outcome is Outcome.UNKNOWN and answer.text.startswith(CLOSED):
        raise Maintenance(infno=infno)
    kinds: dict[Outcome, type[PlatformError]] = {
        Outcome.REFUSED: Refused,
        Outcome.NOT_SENT: NotSent,
    }
    raise kinds.get(answer.outcome, NoAnswer)(infno=infno, text=first_sentence(answer.text))


# --- sign-in: 9001 and 9002 by themselves, for each operator at each till (interface 2.1) --------

RENEWED_AFTER = timedelta(minutes=10)
"""A number younger than this is not at fault for a refusal. How long one lives is not established
(interface 7.3), and the platform's words are not to be read for it (7.2)."""


def signed_in(doors: Doors, operator: Operator) -> Operator:
    """The operator with today's sign-in number, fetched by 9001 where the profile demands one.

    :raises Refused, NotSent, NoAnswer: when signing in fails; then no insured act is possible.
    """
    if operator.sign_no or not doors.profile.sign_in_required:
        return operator
    key = _sign_key(doors, operator)
    known = doors.sign_numbers.get(key, "")
    if not known:
        with doors.uow() as uow:
            known = doors.sign_numbers[key] = uow.settings.get(key)
    if not known:
        known = _sign_on(doors, operator)
    return replace(operator, sign_no=_number(known))


def _sign_key(doors: Doors, operator: Operator) -> str:
    day = BusinessDay.of(doors.clock.now())
    return f"sign_no/{doors.shop.till_no}/{operator.staff.number}/{day}"


def _number(known: str) -> str:
    return known.partition(" ")[2]


def _sign_on(doors: Doors, operator: Operator) -> str:
    key = _sign_key(doors, operator)
    call = SignIn(operator.staff.number, mac=doors.shop.mac, ip=doors.shop.ip)
    unsigned = replace(operator, sign_no="")
    fetched = str(demand(run_leg(doors, Leg(call), unsigned), "9001"))
    known = f"{micros(doors.clock.now())} {fetched}"
    with doors.uow() as uow:
        uow.settings.put(key, known)
        uow.commit()
    doors.sign_numbers[key] = known
    return known


def renewed(doors: Doors, operator: Operator) -> Operator | None:
    """After a refusal: the operator under another number, None where the old one is not at fault.

    Another lane may have renewed it already. A sign-in that fails changes nothing: the refusal
    stands.
    """
    if not operator.sign_no:
        return None
    key = _sign_key(doors, operator)
    with doors.uow() as uow:
        known = uow.settings.get(key)
    if not known:
        # Signed off, or let go of: the next call fetches one.
        doors.sign_numbers.pop(key, None)
        return None
    if _number(known) != operator.sign_no:
        doors.sign_numbers[key] = known
        return replace(operator, sign_no=_number(known))
    if _is_young(known, doors.clock.now()):
        return None
    try:
        return replace(operator, sign_no=_number(_sign_on(doors, operator)))
    except PlatformError:
        return None


def _is_young(known: str, now: datetime) -> bool:
    at = known.partition(" ")[0]
    return at.isdigit() and timedelta(0) <= now - from_micros(int(at)) < RENEWED_AFTER


def _let_go(doors: Doors, operator: Operator) -> None:
    """A refused act of money is not said again by itself; the next call signs in anew."""
    key = _sign_key(doors, operator)
    known = doors.sign_numbers.get(key, "")
    if not known or _is_young(known, doors.clock.now()):
        return
    doors.sign_numbers.pop(key)
    with doors.uow() as uow:
        if uow.settings.get(key) == known:
            uow.settings.put(key, "")
            uow.commit()


def signed_off(doors: Doors, operator: Operator) -> bool:
    """9002 for the operator's number of today at this till; whether one was signed off.

    A failure is no hindrance: the number ends with the day (interface 2.1), and is not used again.
    """
    key = _sign_key(doors, operator)
    with doors.uow() as uow:
        known = uow.settings.get(key)
        if known:
            uow.settings.put(key, "")
            uow.commit()
    doors.sign_numbers.pop(key, None)
    if not known:
        return False
    sign_no = _number(known)
    signed = replace(operator, sign_no=sign_no)
    answer = run_leg(doors, Leg(SignOut(operator.staff.number, sign_no)), signed)
    return answer.outcome is Outcome.SUCCESS
