"""7207 tells the centre what is handed out, 7208 takes it back; three outcomes each, journalled.

An unknown 7207 is cleared by a 7208 without serial, which says that nothing stands there; an
unknown 7208 is repeated until it is answered. Nothing is settled or sold before REPORTED.
"""

from __future__ import annotations

from app.domain.insurance import Answer, Message, Outcome
from app.domain.money import Money, Quantity, round_half_up
from app.domain.rx_calls import ReportDispensing, ReportLine, UndoDispensing
from app.domain.rx_case import Given, RxCase
from app.domain.rx_states import RX, RxEvent, RxState
from app.domain.sale import Sale, SaleLine
from app.domain.settlement_states import UNRESOLVED, SettlementState
from app.errors import IllegalTransition, NoAnswer, NotFound, PlatformError
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import Leg, demand, run_leg, signed_in
from app.use_cases.rx_common import (
    answered,
    at_centre,
    log,
    professional_of,
    reports_to_centre,
    rx_leg,
    wait_again,
)
from app.use_cases.rx_fetch import ask_again
from app.use_cases.rx_follow import covers
from app.use_cases.rx_review import restate_pass


def report(
    doors: Doors, case_id: str, sale: Sale, operator: Operator, insured: bool, cash: Money
) -> RxCase:
    """The case REPORTED: 7207, after whatever an earlier try left is cleared away.

    ``insured``: a settlement follows; else ``cash`` is what the patient pays for it all, and a
    success marks the prescription used for good. A case that no centre wants to hear of stays
    CHECKED and is answered as it is.
    :raises Refused, NotSent: nothing stands at the centre, the case is CHECKED;
    :raises NoAnswer: it is not known; the case stays REPORTING or UNDOING and the recovery clears
        it; :raises IllegalTransition: it is not checked.
    """
    operator = signed_in(doors, operator)
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
    if not reports_to_centre(doors, case):
        return case
    if case.state is RxState.REPORTED and case.insured_report == insured:
        return case
    for _try in range(2):
        case = _cleared(doors, case, operator)
        _stands(doors, case, operator)
        case, answer = _report_once(doors, case_id, sale, operator, insured, cash)
        if answer.outcome is not Outcome.UNKNOWN:
            break
    demand(answer, doors.profile.eprescription_of("dispense"))
    return case


def _stands(doors: Doors, case: RxCase, operator: Operator) -> None:
    """Lock and pass, where a 7208 without serial let them go: fetched and said again."""
    if doors.profile.offers("review") and not case.review_sn:
        ask_again(doors, case, operator)
        restate_pass(doors, case.id, operator)


def _cleared(doors: Doors, case: RxCase, operator: Operator) -> RxCase:
    """CHECKED again, where an earlier report stands or may stand; :raises NoAnswer: not yet."""
    if case.state in (RxState.REPORTING, RxState.REPORTED, RxState.UNDOING):
        case = undo(doors, case.id, operator, leaving=False)
        if case.state is not RxState.CHECKED:
            raise NoAnswer(infno=doors.profile.eprescription_of("dispense"), text="")
    return case


def _report_once(
    doors: Doors, case_id: str, sale: Sale, operator: Operator, insured: bool, cash: Money
) -> tuple[RxCase, Answer]:
    def prepare(uow: UnitOfWork) -> Leg:
        case = uow.prescriptions.get(case_id)
        return rx_leg(case, _report_call(doors, uow, case, sale, insured, cash))

    def before(uow: UnitOfWork, message: Message) -> None:
        case = uow.prescriptions.get(case_id)
        case.move(RxEvent.REPORT_ASKED)
        case.insured_report, case.last_msgid, case.report_sn = insured, message.msgid, ""
        uow.prescriptions.save(case)
        log(doors, uow, case, "reporting", operator.staff.id, insured=insured)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        case = uow.prescriptions.get(case_id)
        if answer.outcome is Outcome.SUCCESS:
            case.move(RxEvent.CONFIRMED)
            case.report_sn = str(answer.value)
            answered(case, "")
        elif answer.outcome in (Outcome.REFUSED, Outcome.NOT_SENT):
            case.move(RxEvent.DENIED)
            answered(case, answer.text if answer.outcome is Outcome.REFUSED else "")
        else:
            case.move(RxEvent.NO_ANSWER)
            case.last_text = answer.text
            wait_again(doors, case)
        uow.prescriptions.save(case)
        log(doors, uow, case, case.state.value, operator.staff.id, insured=insured)

    answer = run_leg(doors, prepare, operator, before=before, after=after)
    with doors.uow() as uow:
        return uow.prescriptions.get(case_id), answer


def _report_call(
    doors: Doors, uow: UnitOfWork, case: RxCase, sale: Sale, insured: bool, cash: Money
) -> ReportDispensing:
    if case.tokens is None or case.checked is None or case.picked is None:
        raise IllegalTransition(machine="prescription", state=case.state, event="report unsigned")
    rows = [row for one in case.given for row in _report_lines(doors, uow, case, sale, one)]
    return ReportDispensing(
        number=case.sheet.number,
        tokens=case.tokens,
        review_sn=case.review_sn,
        insured=insured,
        cash=cash,
        checker=professional_of(uow, case.checked.staff_id),
        picker=professional_of(uow, case.picked.staff_id),
        lines=tuple(rows),
    )


def _report_lines(
    doors: Doors, uow: UnitOfWork, case: RxCase, sale: Sale, one: Given
) -> list[ReportLine]:
    """One row an article; one a pack where the area wants each pack's trace code."""
    line = case.line(one.line_no)
    try:
        row = sale.line(one.sale_line_no)
    except NotFound:
        return []
    if line is None:
        return []
    medicine = uow.medicines.get(one.medicine_id)
    codes = row.trace_codes
    each_pack = doors.profile.centre.trace_code_required and len(codes) > 1
    shares = row.amount.allocate([1] * len(codes)) if each_pack else [row.amount]
    quantities = [Quantity.of(1)] * len(codes) if each_pack else [row.quantity]
    shown = codes if each_pack else codes[:1] or ("",)
    return [
        ReportLine(
            receipt=sale.id,
            at=doors.clock.now(),
            rx_line=line,
            national_code=row.item.national_code,
            shop_code=row.item.shop_code or row.item.medicine_id,
            name=row.item.name,
            generic_name=row.item.generic_name or row.item.name,
            spec=row.item.spec,
            form=medicine.dosage_form,
            maker=row.item.maker,
            approval_no=medicine.approval_no,
            batch=row.batches,
            barcode=medicine.barcode,
            trace_code=code,
            quantity=_two_places(quantity),
            unit=row.item.unit,
            amount=share,
        )
        for code, quantity, share in zip(shown, quantities, shares, strict=True)
    ]


def _two_places(quantity: Quantity) -> str:
    """``drugTotlcnt`` has two places; what is handed out is never none."""
    hundredths = max(1, round_half_up(quantity.ten_thousandths, 100))
    return Quantity(hundredths * 100).plain()


def cash_of(case: RxCase, sale: Sale) -> Money:
    """``psnCashPay``: what the patient pays for the lines of this prescription."""
    covered = {one.sale_line_no for one in case.given}
    rows: list[SaleLine] = [row for row in sale.lines if row.no in covered]
    return Money.total(row.amount for row in rows)


# --- taking back ---------------------------------------------------------------------------------


def undo(doors: Doors, case_id: str, operator: Operator, leaving: bool) -> RxCase:
    """7208: take the report back, and with ``leaving`` the lines and the lock for good.

    CHECKED or RELEASED when it was answered; UNDOING until then. What no centre holds, or holds
    without any report in a release that has no undoing, is given back by a local step. A report
    in such a release stays as it is and waits for a person (:mod:`app.use_cases.rx_by_hand`).
    :raises IllegalTransition: a settlement stands on it, or nothing is there to be undone.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        reported = case.state in (RxState.REPORTING, RxState.REPORTED, RxState.USED)
        if not at_centre(case) or not doors.profile.offers("undo"):
            _undo_here(doors, uow, case, operator, leaving, reported)
            uow.commit()
            return case
    try:
        operator = signed_in(doors, operator)
    except PlatformError as error:
        return _undo_later(doors, case_id, operator, leaving, error.message_id)
    return _undo_once(doors, case_id, operator, leaving)


def _undo_later(doors: Doors, case_id: str, operator: Operator, leaving: bool, why: str) -> RxCase:
    """Nobody can be signed in: the intent is on disk, and the recovery says it."""
    with doors.uow() as uow:
        case = uow.prescriptions.get(case_id)
        require_nothing_settled(uow, case)
        if case.state is not RxState.UNDOING:
            case.move(RxEvent.UNDO_ASKED)
            case.asked = 0
        case.leaving = leaving
        wait_again(doors, case)
        uow.prescriptions.save(case)
        log(doors, uow, case, "undoing", operator.staff.id, error=why)
        uow.commit()
    return case


def _undo_here(
    doors: Doors,
    uow: UnitOfWork,
    case: RxCase,
    operator: Operator,
    leaving: bool,
    reported: bool,
) -> None:
    if at_centre(case) and reported and doors.profile.offers("dispense"):
        # A person decides (rx_by_hand); until then the recovery looks more rarely each time.
        wait_again(doors, case)
        uow.prescriptions.save(case)
        log(doors, uow, case, "undo_by_hand", operator.staff.id, report=bool(case.report_sn))
        return
    if leaving:
        case.move(RxEvent.GIVEN_BACK if case.state is RxState.USED else RxEvent.RELEASED)
        case.tokens = None
        uow.prescriptions.save(case)
        log(doors, uow, case, "released", operator.staff.id)


def _undo_once(doors: Doors, case_id: str, operator: Operator, leaving: bool) -> RxCase:
    serials: list[str] = []

    def prepare(uow: UnitOfWork) -> Leg:
        case = uow.prescriptions.get(case_id)
        require_nothing_settled(uow, case)
        # Without a serial all that is not settled goes, and the lock with it (interface 3.2).
        keep = case.report_sn if not leaving or not case.insured_report else ""
        serials.append(keep if case.asked < 2 else "")
        call = UndoDispensing(case.sheet.number, case.insured_report, serials[-1])
        return rx_leg(case, call)

    def before(uow: UnitOfWork, message: Message) -> None:
        case = uow.prescriptions.get(case_id)
        if case.state is not RxState.UNDOING:
            case.move(RxEvent.UNDO_ASKED)
            case.asked = 0
        case.leaving = leaving
        case.last_msgid, case.next_ask_at = message.msgid, None
        uow.prescriptions.save(case)
        log(doors, uow, case, "undoing", operator.staff.id, leaving=leaving)

    def after(uow: UnitOfWork, answer: Answer) -> None:
        case = uow.prescriptions.get(case_id)
        _hear_undo(doors, case, answer, serials[-1], _may_stand(uow, case))
        uow.prescriptions.save(case)
        log(doors, uow, case, case.state.value, operator.staff.id, asked=case.asked)

    run_leg(doors, prepare, operator, before=before, after=after)
    with doors.uow() as uow:
        return uow.prescriptions.get(case_id)


def _may_stand(uow: UnitOfWork, case: RxCase) -> bool:
    """Whether a report of ours stands at the centre, or may: read from the journal of its legs."""
    stands = False
    for row in uow.requests.of_settlement(case.id):
        if row.leg == ReportDispensing.__name__:
            stands |= row.outcome not in (Outcome.REFUSED, Outcome.NOT_SENT)
        elif row.leg == UndoDispensing.__name__ and row.outcome is Outcome.SUCCESS:
            stands = False
    return stands


def _hear_undo(doors: Doors, case: RxCase, answer: Answer, serial: str, may_stand: bool) -> None:
    # A lock alone is no debt: who refuses to take one back has none to free (revoked, expired).
    no_debt = case.leaving and not may_stand
    if answer.outcome is Outcome.SUCCESS or (answer.outcome is Outcome.REFUSED and no_debt):
        case.move(RxEvent.RELEASED if case.leaving else RxEvent.CONFIRMED)
        case.report_sn, case.used_at = "", None
        if not serial:
            case.review_sn = ""
        if case.leaving:
            case.tokens = None
        answered(case, "" if answer.outcome is Outcome.SUCCESS else answer.text)
        return
    refused = answer.outcome is Outcome.REFUSED
    case.move(RxEvent.DENIED if refused else RxEvent.NO_ANSWER)
    case.last_text = answer.text
    wait_again(doors, case)


def require_nothing_settled(uow: UnitOfWork, case: RxCase) -> None:
    """Asked in the transaction that writes the intent: a settlement under way wins."""
    live = {SettlementState.SETTLED} | UNRESOLVED
    attempts = uow.settlements.of_sale(case.sale_id) if case.sale_id else []
    if case.insured_report and any(one.state in live and covers(case, one) for one in attempts):
        raise IllegalTransition(
            machine="prescription", state=case.state, event="undo while settled"
        )
    event = RxEvent.NO_ANSWER if case.state is RxState.UNDOING else RxEvent.UNDO_ASKED
    RX.step(case.state, event)
