"""结算: one settlement of the sale is submitted, and its answer committed by itself, at once.

The order is the law of the house: intent on disk, wire, answer on disk. Power lost in between
leaves SUBMITTED behind, which :mod:`app.use_cases.recover_settlements` takes up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.insurance import (
    Answer,
    Call,
    Credential,
    Insured,
    Message,
    Outcome,
    SettleBasket,
    Settled,
    SettleVisit,
)
from app.domain.patient_password import SealedPassword
from app.domain.sale import Sale, digest_of
from app.domain.sale_states import SaleEvent
from app.domain.settlement import Settlement
from app.domain.settlement_states import UNRESOLVED, SettlementEvent, SettlementState
from app.errors import BadValue, IllegalTransition, PackValueMissing, RuleBroken
from app.ports import UnitOfWork
from app.use_cases.basket_calls import basket_of, insured_of
from app.use_cases.checks import check_before_settle
from app.use_cases.doors import Doors, Operator
from app.use_cases.hospital_stay import in_hospital
from app.use_cases.legs import Leg, first_sentence, leg_for, run_leg, signed_in
from app.use_cases.patient_password import password_note, require_password
from app.use_cases.payment import payment, payment_view, step_sale
from app.use_cases.person_facts import released_typed
from app.use_cases.rx_common import refresh, reports_to_centre
from app.use_cases.rx_follow import follow
from app.use_cases.rx_settle import report_before_settling, require_told, undo_after_refusal
from app.use_cases.views import Note, Patient, PaymentView, Step
from app.use_cases.visit_legs import visit_of

Tell = Callable[[Step], None]
_STANDS = frozenset({SettlementState.SETTLED}) | UNRESOLVED
"""After these nothing that was told of it is taken back."""
ROSTER_KINDS = ("special", "two_disease")
"""Settlement types that need a filing of the person (EZ-8, HY-3.4)."""


def settle_next(
    doors: Doors,
    sale_id: str,
    patient: Patient,
    operator: Operator,
    tell: Tell,
    password: SealedPassword | None = None,
) -> PaymentView:
    """Settle the next quoted part, in pack order; ``tell`` is called at each durable step.

    ``password``: the patient's, where the region wants it for this part; it serves this one
    message and is overwritten whatever happens.

    A second call finds the state already moved: it is refused by the table, so neither a double
    click nor a held key can settle twice (complaint 6).
    :raises IllegalTransition: nothing is quoted, or basket or person changed since the quote;
    :raises RuleBroken: a finding that blocks, PASSWORD_MISSING among them;
    :raises RestoredFirst: a backup was put back: what it quoted may have been settled since.
    """
    try:
        doors.counter.require_up_to_date(insured=True)
        return _settle_next(doors, sale_id, patient, operator, tell, password)
    finally:
        if password is not None:
            password.wipe()


def _settle_next(
    doors: Doors,
    sale_id: str,
    patient: Patient,
    operator: Operator,
    tell: Tell,
    password: SealedPassword | None,
) -> PaymentView:
    require_proof(doors, patient.credential, sale_id, patient.person_id)
    operator = signed_in(doors, operator)
    way = _Submission(doors, sale_id, patient, operator, tell, password)
    blocked = _in_hospital(doors, sale_id, patient, operator)
    if blocked is not None:
        return payment(doors, sale_id, (blocked,))
    found = _supervised(doors, sale_id, patient, operator)
    if any(note.severity == "block" for note in found):
        return payment(doors, sale_id, found)
    untold = way.go()
    if untold is not None:
        stops = report_before_settling(doors, sale_id, untold, operator)
        if stops:
            return payment(doors, sale_id, stops)
        tell(Step.TOLD)
        way.go_told()
    tell(Step.BOOKED)
    view = way.views[0]
    return replace(view, notes=(*view.notes, *found)) if found else view


class _TellFirst(Exception):
    """A centre holds the sale's prescription and hears of the part before it is submitted.

    Found in the transaction that was to submit, once nothing else stood in its way; where no
    centre has to be told, that one transaction is all.
    """

    def __init__(self, part: Settlement) -> None:
        super().__init__()
        self.part = part


class _Submission:
    """One part on its way: prepared, written down, sent and booked."""

    def __init__(
        self,
        doors: Doors,
        sale_id: str,
        patient: Patient,
        operator: Operator,
        tell: Tell,
        password: SealedPassword | None = None,
    ) -> None:
        self._password = password
        self._doors, self._sale_id, self._operator = doors, sale_id, operator
        self._patient, self._insured, self._tell = patient, insured_of(patient), tell
        self._told = False
        self._chosen: list[Settlement] = []
        self.views: list[PaymentView] = []

    def go(self) -> Settlement | None:
        """Submit the next part; answers it where a centre hears of it first: nothing is written."""
        try:
            self._submit()
        except _TellFirst as first:
            return first.part
        return None

    def go_told(self) -> None:
        """The same after the centre heard of it; what comes to nothing is taken back there."""
        self._told = True
        try:
            self._submit()
        except (RuleBroken, IllegalTransition, BadValue):
            undo_after_refusal(self._doors, self._sale_id, self._operator)
            raise
        if self._chosen[0].state not in _STANDS:
            undo_after_refusal(self._doors, self._sale_id, self._operator)

    def _submit(self) -> None:
        run_leg(
            self._doors,
            self._prepare,
            self._operator,
            before=self._before,
            after=self._after,
            sending=self._sending,
        )

    def _prepare(self, uow: UnitOfWork) -> Leg:
        doors, sale = self._doors, uow.sales.get(self._sale_id)
        case = refresh(uow, sale)
        one = _next_quoted(doors, uow, sale)
        if one.person_id != self._patient.person_id:
            raise IllegalTransition(
                machine="sale", state=sale.state, event="settle another person's quote"
            )
        check_before_settle(doors, uow, sale, one, self._patient)
        area = self._insured.row.area
        password = require_password(doors, one.settlement_type, area, self._password)
        if not self._told and case is not None and reports_to_centre(doors, case):
            raise _TellFirst(one)
        require_told(doors, uow, sale, one)
        sale.move(SaleEvent.SETTLE_STARTED)
        uow.sales.save(sale)
        one.move(SettlementEvent.SUBMITTED)
        self._chosen.append(one)
        return leg_for(_settle_call(one, sale, self._insured, password), self._insured, one.id)

    def _before(self, uow: UnitOfWork, message: Message) -> None:
        one = self._chosen[0]
        one.settle_msgid, one.settle_infno = message.msgid, message.infno
        one.submitted_at = self._doors.clock.now()
        uow.settlements.save(one)

    def _sending(self) -> None:
        self._tell(Step.RECORDED)
        self._tell(Step.SENT)

    def _after(self, uow: UnitOfWork, answer: Answer) -> None:
        self._tell(Step.ANSWERED)
        one = self._chosen[0]
        sale, attempts = book_answer(
            self._doors, uow, self._sale_id, one.id, answer, self._operator
        )
        self.views.append(payment_view(sale, attempts, notes_after(one, answer)))
        self._chosen[0] = next(each for each in attempts if each.id == one.id)


def require_proof(
    doors: Doors, credential: Credential, sale_id: str = "", person_id: str = ""
) -> None:
    """A number typed by hand looks up; outside practice it proves nobody and settles nothing.

    The way out is a manager's override at this very sale, with the reason why no credential
    could be read and a second person (S-15).
    :raises RuleBroken: ID_TYPED (EZ-9b, HY-1.5.6a): the credential itself must be shown.
    """
    if not credential.typed or doors.shop.practice:
        return
    with doors.uow() as uow:
        released = sale_id and released_typed(uow, sale_id, person_id, doors.clock.now())
    if not released:
        note = Note("finding.ID_TYPED", {}, "block", "ID_TYPED", ("EZ-9b", "HY-1.5.6a"))
        raise RuleBroken((note,), code="ID_TYPED")


def _in_hospital(doors: Doors, sale_id: str, patient: Patient, operator: Operator) -> Note | None:
    """Asked before anything is written down, where the pack wants it asked."""
    # Who is on no roster has no such part, the only kinds that most packs ask for.
    listed = patient.filings or (patient.roster is not None and patient.roster.entries)
    kinds = [k for k in doors.settlement_types if listed or k not in ROSTER_KINDS]
    if not any(_asks_hospital(doors, kind) for kind in kinds):
        return None
    with doors.uow() as uow:
        one = _next_quoted(doors, uow, uow.sales.get(sale_id))
    return in_hospital(doors, one, insured_of(patient), operator)


def _supervised(
    doors: Doors, sale_id: str, patient: Patient, operator: Operator
) -> tuple[Note, ...]:
    """What the supervision subsystem says in the event, where the area asks it (LN-4.3a)."""
    if not doors.profile.audit.calls:
        return ()
    from app.domain.supervision import Phase  # most areas ask nobody
    from app.use_cases.supervise import supervised

    with doors.uow() as uow:
        one = _next_quoted(doors, uow, uow.sales.get(sale_id))
    return supervised(doors, sale_id, one.id, insured_of(patient), operator, Phase.DURING)


def _asks_hospital(doors: Doors, kind: str) -> bool:
    try:
        return bool(doors.policy_on(kind, doors.clock.now()).inpatient_block)
    except PackValueMissing:
        return True


def _next_quoted(doors: Doors, uow: UnitOfWork, sale: Sale) -> Settlement:
    quoted = [
        one
        for one in uow.settlements.of_sale(sale.id)
        if one.state is SettlementState.QUOTED and one.quote is not None
    ]
    if not quoted:
        raise IllegalTransition(machine="sale", state=sale.state, event="settle without a quote")
    order = {kind: place for place, kind in enumerate((*doors.settlement_types, "account"))}
    one = min(quoted, key=lambda each: order.get(each.settlement_type, 99))
    lines = [sale.line(no) for no in one.line_nos]
    if digest_of(lines, one.account_use) != one.digest:
        raise IllegalTransition(machine="sale", state=sale.state, event="settle an old quote")
    return one


def _settle_call(
    one: Settlement, sale: Sale, insured: Insured, password: SealedPassword | None
) -> Call:
    basket = basket_of(sale, one, insured)
    if one.route != "visit":
        return SettleBasket(basket, password=password)
    if one.quote is None:
        raise BadValue(what="quote", why="missing")
    visit = visit_of(one)
    return SettleVisit(basket, visit.mdtrt_id, visit.batch, one.quote.split, password=password)


def book_answer(
    doors: Doors,
    uow: UnitOfWork,
    sale_id: str,
    settlement_id: str,
    answer: Answer,
    operator: Operator,
) -> tuple[Sale, list[Settlement]]:
    """Apply Accepted, Refused or NoAnswer to the attempt and move the sale along, in one step."""
    attempts = uow.settlements.of_sale(sale_id)
    one = next(each for each in attempts if each.id == settlement_id)
    sale = uow.sales.get(sale_id)
    settled = answer.value if isinstance(answer.value, Settled) else None
    one.last_text = answer.text
    if answer.outcome is Outcome.SUCCESS and settled and answers_us(one, settled):
        one.answer = settled
        one.move(SettlementEvent.ACCEPTED)
    elif answer.outcome in (Outcome.REFUSED, Outcome.NOT_SENT):
        one.move(SettlementEvent.REFUSED)
    else:
        one.move(SettlementEvent.NO_ANSWER)
        one.next_ask_at = doors.clock.now()
    uow.settlements.save(one)
    step_sale(uow, sale, attempts)
    follow(uow, sale, attempts, operator.staff.id, doors.clock.now())
    split = settled.split if settled else None
    uow.log.append(
        f"settlement.{one.state.value}",
        operator.staff.id,
        doors.clock.now(),
        {
            "settlement": one.id,
            "sale": sale.id,
            "person": one.person_id,
            "msgid": one.settle_msgid,
            "fund_fen": split.fund.fen if split else None,
            "cash_fen": split.cash.fen if split else None,
            "estimate_fund_fen": one.estimate_fund_fen,
        },
    )
    return sale, attempts


def answers_us(one: Settlement, settled: Settled) -> bool:
    """Whether the answer belongs to our own question and to nobody else's (complaint 7)."""
    return settled.medins_setl_id in ("", one.settle_msgid) and bool(settled.setl_id)


def notes_after(one: Settlement, answer: Answer) -> tuple[Note, ...]:
    """What the cashier is told about the answer."""
    params: dict[str, object] = {
        "kind": one.settlement_type,
        "text": first_sentence(answer.text),
    }
    if answer.outcome is Outcome.SUCCESS and isinstance(answer.value, Settled):
        if one.quote and answer.value.split.cash != one.quote.split.cash:
            changed: dict[str, object] = {
                "quoted": str(one.quote.split.cash),
                "now": str(answer.value.split.cash),
            }
            return (Note("settle.differs", changed, "warn"),)
        return ()
    if answer.outcome is Outcome.UNKNOWN:
        return (Note("settle.unknown", params, "warn"),)
    said = Note(f"settle.{answer.outcome.value}", params, "block")
    about = password_note(answer.text) if answer.outcome is Outcome.REFUSED else None
    return (said,) if about is None else (said, about)
