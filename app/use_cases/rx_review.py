"""审方: the pharmacist's queue and verdict (SJZ-A.3), told to the centre by 7206.

The same statement may be said again: same prescription, same verdict, same pharmacist. The centre
answers the serial that it gave first, so an answer that was lost costs nothing.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.insurance import Answer, Message, Outcome
from app.domain.masking import mask_name
from app.domain.prescription import PrescriptionForm
from app.domain.rx_acts import REASONS, TEN_QUESTIONS, review_text
from app.domain.rx_calls import UploadReview
from app.domain.rx_case import Review, RxCase, Verdict
from app.domain.rx_states import RxEvent, RxState
from app.domain.sale_states import SaleState
from app.domain.staff import Staff
from app.errors import BadValue, IllegalTransition, NotFound, PackValueMissing, StoreStale
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, demand, run_leg, signed_in
from app.use_cases.rx_common import (
    answered,
    at_centre,
    log,
    pharmacist_by_pin,
    professional_of,
    refresh,
    refuse,
    rx_leg,
    till_numbers,
    wait_again,
)
from app.use_cases.rx_views import ReviewInput, RxWaiting

PASS_OPINION = "审核通过"  # noqa: S105 - what 7206 is told where nothing was typed
_ASKED = {RxState.PASSING: Verdict.PASS, RxState.REFUSING: Verdict.REFUSE}
_HERE = {
    Verdict.PASS: RxEvent.PASSED_HERE,
    Verdict.REFUSE: RxEvent.REFUSED_HERE,
    Verdict.RETURN: RxEvent.RETURNED,
}


def queue(doors: Doors) -> tuple[RxWaiting, ...]:
    """Who waits for a pharmacist at this store, longest first."""
    waits = _waits(doors)
    with doors.uow() as uow:
        cases, tills = uow.prescriptions.waiting(), till_numbers(doors, uow)
    return tuple(
        replace(_waiting(doors, case, waits), till_no=tills.get(case.till_id, 0)) for case in cases
    )


def _waits(doors: Doors) -> tuple[int, ...]:
    """The pack's waits; none where it is silent: then nothing is coloured."""
    for kind in doors.settlement_types:
        try:
            return doors.policy_on(kind, doors.clock.now()).rx.wait_seconds
        except PackValueMissing:
            continue
    return ()


def _waiting(doors: Doors, case: RxCase, waits: tuple[int, ...]) -> RxWaiting:
    waited = max(0, int((doors.clock.now() - case.arrived_at).total_seconds()))
    sheet = case.sheet
    return RxWaiting(
        case_id=case.id,
        state=case.state.value,
        arrived_at=case.arrived_at,
        waited_seconds=waited,
        level=sum(waited >= limit for limit in waits),
        form=sheet.form.value,
        drugs=sheet.drugs,
        patient=mask_name(sheet.patient.name),
        issuer_name=sheet.issuer_name,
        long=sheet.long,
        sale_id=case.sale_id,
        till_id=case.till_id,
        expires_at=sheet.expires_at,
    )


def review(
    doors: Doors,
    case_id: str,
    said: ReviewInput,
    number: str,
    pin: str,
    operator: Operator,
    *,
    pharmacist_token: str = "",
    remote: bool = False,
) -> RxCase:
    """The verdict of the pharmacist behind number and PIN; the counter goes on as it was.

    A return is local. A pass or refusal is told to the centre where one holds the prescription
    and its release takes reviews; without an answer the case stays PASSING or REFUSING, and the
    same verdict of the same pharmacist may be said again.
    :raises NotAllowed, SignInRefused, LockedOut: see ``pharmacist_by_pin``;
    :raises BadValue: an item unanswered or not in order for a pass, no reason for a refusal;
    :raises RuleBroken: RX_TOKEN_DEAD: the code is shown again, then :func:`rx_fetch.renew`;
    :raises RuleBroken: RX_DECIDED_...: at another station somebody was quicker, and who;
    :raises IllegalTransition: it waits for nobody;
    :raises Refused, NotSent: the verdict was not taken: it is in the queue again.
    """
    reviewer = pharmacist_by_pin(doors, number, pin, remote=remote)
    try:
        return _decide(doors, case_id, said, reviewer, operator, pharmacist_token, remote)
    except StoreStale:
        # Two stations wrote at the same moment: one of them holds, and this one is told.
        with doors.uow() as uow:
            _require_open(uow, uow.prescriptions.get(case_id))
        raise


def _decide(
    doors: Doors,
    case_id: str,
    said: ReviewInput,
    reviewer: Staff,
    operator: Operator,
    pharmacist_token: str,
    remote: bool,
) -> RxCase:
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        _require_open(uow, case, said.verdict, reviewer.id)
    token = pharmacist_token or doors.counter.token_of(reviewer.id)
    if case.state in _ASKED:
        return _say_again(doors, case, said, reviewer, operator, token)
    _require_answers(case, said)
    made = _signed(doors, case, said, reviewer, remote)
    upload = at_centre(case) and doors.profile.offers("review")
    if said.verdict is Verdict.RETURN or not upload:
        return _decide_here(doors, case_id, said, made)
    if case.tokens is None or case.tokens.dead(doors.clock.now()):
        raise refuse("rx_token_dead", severity="warn")
    case = tell_verdict(doors, case_id, made, operator, token)
    return tell_verdict(doors, case_id, made, operator, token) if case.state in _ASKED else case


def _require_open(
    uow: UnitOfWork, case: RxCase, verdict: Verdict | None = None, reviewer_id: str = ""
) -> None:
    """:raises RuleBroken: somebody decided already; the same statement may be said again."""
    made = case.review
    if made is None or case.state is RxState.ARRIVED:
        return
    if case.state in _ASKED and (made.verdict, made.pharmacist_id) == (verdict, reviewer_id):
        return
    name = uow.staff.get(made.pharmacist_id).name
    raise refuse(f"rx_decided_{made.verdict.value}", severity="warn", name=name)


def _require_answers(case: RxCase, said: ReviewInput) -> None:
    if (said.reason or said.verdict is not Verdict.PASS) and said.reason not in REASONS:
        raise BadValue(what="review reason", why="one of the coded reasons")
    if said.verdict is not Verdict.PASS:
        return
    answers = dict(said.answers)
    if set(answers) != set(TEN_QUESTIONS) or len(said.answers) != len(TEN_QUESTIONS):
        raise BadValue(what="review answers", why="all ten items, each once")
    if not all(answers.values()):
        raise BadValue(what="review answers", why="an item is not in order")
    if case.sheet.form is PrescriptionForm.PAPER and not said.stamp_seen:
        raise BadValue(what="stamp", why="not seen")


def _signed(doors: Doors, case: RxCase, said: ReviewInput, reviewer: Staff, remote: bool) -> Review:
    bare = Review(
        verdict=said.verdict,
        pharmacist_id=reviewer.id,
        at=doors.clock.now(),
        answers=said.answers,
        reason=said.reason,
        opinion=said.opinion,
        remote=remote,
    )
    return replace(bare, signature=doors.signer.sign(reviewer.id, review_text(case, bare)))


def _decide_here(doors: Doors, case_id: str, said: ReviewInput, made: Review) -> RxCase:
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        _require_open(uow, case)
        case.move(_HERE[made.verdict])
        case.review, case.stamp_seen = made, said.stamp_seen
        _decided(doors, uow, case)
        uow.commit()
    return case


def _decided(doors: Doors, uow: UnitOfWork, case: RxCase) -> None:
    """Store the decision, put it on the open basket, log it by ids."""
    uow.prescriptions.save(case)
    if case.review is not None:
        made = case.review
        more = {"verdict": made.verdict.value, "reason": made.reason, "remote": made.remote}
        log(doors, uow, case, case.state.value, made.pharmacist_id, **more)
    try:
        sale = uow.sales.get(case.sale_id)
    except NotFound:
        return
    if sale.state is SaleState.OPEN:
        refresh(uow, sale)
        uow.sales.save(sale)


def _say_again(
    doors: Doors, case: RxCase, said: ReviewInput, reviewer: Staff, operator: Operator, token: str
) -> RxCase:
    made = case.review
    same = made is not None and (made.verdict, made.pharmacist_id) == (said.verdict, reviewer.id)
    if made is None or not same:
        raise IllegalTransition(machine="prescription", state=case.state, event=said.verdict)
    return tell_verdict(doors, case.id, made, operator, token)


def tell_verdict(
    doors: Doors, case_id: str, made: Review, operator: Operator, token: str = ""
) -> RxCase:
    """One 7206: said for the first time from ARRIVED, or again from PASSING and REFUSING.

    :raises Refused, NotSent: the case is in the queue again; no answer: it stays where it is.
    """
    operator = signed_in(doors, operator)
    passed = made.verdict is Verdict.PASS

    def prepare(uow: UnitOfWork) -> Leg:
        return rx_leg(case := uow.prescriptions.get(case_id), _call(uow, case, made, token))

    def before(uow: UnitOfWork, message: Message) -> None:
        case = uow.prescriptions.get(case_id)
        # Between looking and writing another station may have decided: its statement stands.
        _require_open(uow, case, made.verdict, made.pharmacist_id)
        if case.state not in _ASKED:
            case.move(RxEvent.PASS_ASKED if passed else RxEvent.REFUSAL_ASKED)
        case.review, case.last_msgid = made, message.msgid
        uow.prescriptions.save(case)
        log(doors, uow, case, case.state.value, made.pharmacist_id)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        case = uow.prescriptions.get(case_id)
        if case.state not in _ASKED:
            return  # said again elsewhere meanwhile, and that answer was heard first
        _hear_verdict(doors, case, answer)
        _decided(doors, uow, case)

    answer = run_leg(doors, prepare, operator, before=before, after=after)
    if answer.outcome in (Outcome.REFUSED, Outcome.NOT_SENT):
        demand(answer, doors.profile.eprescription_of("review"))
    with doors.uow() as uow:
        return uow.prescriptions.get(case_id)


def _call(uow: UnitOfWork, case: RxCase, made: Review, token: str) -> UploadReview:
    if case.tokens is None:
        raise refuse("rx_token_dead", severity="warn")
    passed = made.verdict is Verdict.PASS
    return UploadReview(
        number=case.sheet.number,
        tokens=case.tokens,
        passed=passed,
        opinion=made.opinion or (PASS_OPINION if passed else made.reason),
        at=made.at,
        pharmacist=professional_of(uow, made.pharmacist_id),
        sign_check=case.sign_check,
        pharmacist_token=token,
    )


def _hear_verdict(doors: Doors, case: RxCase, answer: Answer) -> None:
    if answer.outcome is Outcome.SUCCESS:
        case.move(RxEvent.CONFIRMED)
        case.review_sn = str(answer.value)
        answered(case, "")
    elif answer.outcome in (Outcome.REFUSED, Outcome.NOT_SENT):
        case.move(RxEvent.DENIED)
        case.review = None
        answered(case, answer.text)
    else:
        case.move(RxEvent.NO_ANSWER)
        case.last_text = answer.text
        wait_again(doors, case)


def restate_pass(doors: Doors, case_id: str, operator: Operator) -> None:
    """The pass said once more after the centre let it go with a cleared report (7208).

    Nothing moves here: the pharmacist's statement stands as it was signed.
    :raises Refused, NotSent, NoAnswer: the centre does not hold the pass; nothing may be reported.
    """

    def prepare(uow: UnitOfWork) -> Leg:
        case = uow.prescriptions.get(case_id)
        if case.review is None or case.review.verdict is not Verdict.PASS:
            raise refuse("rx_not_reviewed")
        token = doors.counter.token_of(case.review.pharmacist_id)
        return rx_leg(case, _call(uow, case, case.review, token))

    def after(uow: UnitOfWork, answer: Answer) -> None:
        if answer.outcome is Outcome.SUCCESS:
            case = uow.prescriptions.get(case_id)
            case.review_sn = str(answer.value)
            uow.prescriptions.save(case)

    answer = run_leg(doors, prepare, operator, after=after)
    demand(answer, doors.profile.eprescription_of("review"))
