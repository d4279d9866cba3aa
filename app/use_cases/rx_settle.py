"""Where a prescription meets the payment of its sale (interface 3.2, SJZ-A.4; design 6).

The order is law: asked again (7204), told what is handed out (7207), and only then settled or
sold. Settled or sold makes it used, in the same transaction; declined, void or walked away from
takes the report back (7208). Each function finds where things stand in the books and goes on from
there, so that it may be cut off anywhere and called again.
"""

from __future__ import annotations

from typing import Final

from app.domain.money import ZERO
from app.domain.rx_case import RxCase
from app.domain.rx_states import LIVE, RX, RxEvent, RxState
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.settlement import Settlement
from app.domain.settlement_states import UNRESOLVED, SettlementState
from app.errors import IllegalTransition, NotFound, PlatformError, RuleBroken
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.rx_common import at_centre, log, refuse, reports_to_centre
from app.use_cases.rx_dispense import matched
from app.use_cases.rx_fetch import ask_again, renew
from app.use_cases.rx_follow import covers, follow, hand_on
from app.use_cases.rx_report import cash_of, report, undo
from app.use_cases.views import Note

RETURN_CODE: Final = "RX_RETURN_CODE"
"""A return waits for the prescription's code: :func:`renew_remainder`."""
_PAYABLE = frozenset({RxState.CHECKED, RxState.REPORTING, RxState.REPORTED, RxState.UNDOING})
_TO_COMPLETE = frozenset({SaleState.OPEN, SaleState.PART_SETTLED, SaleState.COMPLETING})
_GONE = frozenset({SaleState.ABANDONED, SaleState.UNDONE})


def case_to_pay(doors: Doors, uow: UnitOfWork, sale: Sale) -> RxCase | None:
    """The sale's prescription where it still must be used by this payment; None = nothing to do.

    Used already by an earlier settlement of the same sale: nothing to do, it is told once.
    :raises RuleBroken: it is not checked yet, refused, or the basket changed since the check.
    """
    case = uow.prescriptions.of_sale(sale.id)
    if case is None or case.state is RxState.USED:
        return None
    if sale.prescription is None and case.state not in LIVE:
        return None  # taken off the basket: its rules go on without it
    if case.state not in _PAYABLE:
        raise refuse(f"rx_state_{case.state.value}")
    # Less than was checked is no new act where nobody is told of it, nor in what remains of a
    # return; more than prescribed it can never be.
    less_allowed = bool(sale.replaces) or not at_centre(case)
    if matched(uow, case, sale) != case.given and not less_allowed:
        raise refuse("rx_basket_changed", severity="warn")
    return case


def report_before_settling(
    doors: Doors, sale_id: str, part: Settlement, operator: Operator
) -> tuple[Note, ...]:
    """Asked again, then 7207 with a settlement to follow; notes that block where it may not be.

    Called before a part is submitted: the first that holds lines of the prescription tells it,
    later ones find it used.
    :raises RuleBroken: not checked, or the basket changed: then nothing was sent.
    """
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        case = case_to_pay(doors, uow, sale)
    if case is None or not reports_to_centre(doors, case) or not covers(case, part):
        return ()
    return _told(doors, case, sale, operator, insured=True)


def prepare_completion(doors: Doors, sale_id: str, operator: Operator) -> tuple[Note, ...]:
    """Before a self-paid sale on an e-prescription is completed: 7207 with ``hiFeesetlFlag`` 0.

    Runs on the line, before the drawer and before goods leave; the completion then finds the case
    REPORTED. Empty = go on; else notes that block. Where insurance takes part, or no centre holds
    the prescription, there is nothing to do.
    :raises RuleBroken: not checked, or the basket changed: then nothing was sent.
    """
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        attempts = uow.settlements.of_sale(sale_id)
        live = {SettlementState.SETTLED} | UNRESOLVED
        case = case_to_pay(doors, uow, sale)
        if case is None or sale.state not in _TO_COMPLETE:
            return ()
        if any(one.state in live and covers(case, one) for one in attempts):
            return ()
    if case is None or not reports_to_centre(doors, case):
        return ()
    return _told(doors, case, sale, operator, insured=False)


def before_quote(doors: Doors, sale_id: str, operator: Operator) -> None:
    """The customer was to pay all and now asks for insurance: what was told as cash goes back.

    A prescription that is used for good is quoted by nobody (interface 3.2, ``hiFeesetlFlag``).
    """
    with doors.uow() as uow:
        case = uow.prescriptions.of_sale(sale_id)
    if case is not None and case.state is RxState.REPORTED and not case.insured_report:
        undo(doors, case.id, operator, leaving=False)


def _told(
    doors: Doors, case: RxCase, sale: Sale, operator: Operator, *, insured: bool
) -> tuple[Note, ...]:
    cash = ZERO if insured else cash_of(case, sale)
    try:
        if case.state is not RxState.REPORTED or case.insured_report != insured:
            ask_again(doors, case, operator)
        report(doors, case.id, sale, operator, insured, cash)
    except RuleBroken as error:
        return tuple(note for note in error.findings if isinstance(note, Note))
    except PlatformError as error:
        text = str(error.params.get("text", ""))
        kind = error.message_id.removeprefix("error.platform_")
        return (Note(f"rx_walk.told_{kind}", {"text": text}, "block"),)
    return ()


def require_told(doors: Doors, uow: UnitOfWork, sale: Sale, part: Settlement | None = None) -> None:
    """In the transaction that submits or completes: the report stands, or none is needed.

    ``part``: what is submitted; without lines of the prescription it needs no report.

    :raises IllegalTransition: the recovery or another till took it back meanwhile;
    :raises RuleBroken: as :func:`case_to_pay`.
    """
    case = case_to_pay(doors, uow, sale)
    if case is None or (part is not None and not covers(case, part)):
        return
    needed = RxState.REPORTED if reports_to_centre(doors, case) else RxState.CHECKED
    if case.state is not needed:
        raise IllegalTransition(machine="prescription", state=case.state, event="pay")


def align(doors: Doors, sale_id: str, operator: Operator) -> RxCase | None:
    """Bring a case into line with its sale and settlements; answers it, None where it has none.

    Settled or done: USED. Nothing stands and nothing is under way: the report is taken back; the
    sale was abandoned or undone: given back for good. An undecided settlement decides first.
    A 7208 without an answer leaves UNDOING, which the recovery repeats.
    """
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        attempts = uow.settlements.of_sale(sale_id)
        case = follow(uow, sale, attempts, operator.staff.id, doors.clock.now())
        uow.commit()
    if case is None or any(one.state in UNRESOLVED for one in attempts):
        return case
    if any(one.state is SettlementState.SETTLED and covers(case, one) for one in attempts):
        return case
    if sale.state in _GONE:
        return leave(doors, case, operator)
    if sale.state is SaleState.OPEN and case.state in (RxState.REPORTED, RxState.REPORTING):
        return undo(doors, case.id, operator, leaving=False)
    return case


def leave(doors: Doors, case: RxCase, operator: Operator) -> RxCase:
    """The customer goes without it: lines and lock are given back (7208 without serial).

    What is used, refused, returned or gone already stays as it is; a verdict under way is decided
    first.
    """
    if case.state is RxState.USED:
        return case
    if case.state is RxState.UNDOING or RX.allows(case.state, RxEvent.UNDO_ASKED):
        return undo(doors, case.id, operator, leaving=True)
    return case


def release(doors: Doors, sale_id: str, operator: Operator) -> RxCase | None:
    """The basket was abandoned, or goes on without its prescription for good; on the line.

    :raises NotSent, NoAnswer: never: a 7208 without an answer is repeated by the recovery.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.of_sale(sale_id)
    return leave(doors, case, operator) if case is not None else None


def undo_after_refusal(doors: Doors, sale_id: str, operator: Operator) -> None:
    """A settlement was declined, or never left: what was told of it is taken back.

    What fails here is taken up by the recovery; the answer of the settlement stands.
    """
    try:
        align(doors, sale_id, operator)
    except (PlatformError, IllegalTransition, RuleBroken) as error:
        with doors.uow() as uow:
            entry = {"sale": sale_id, "error": error.message_id}
            uow.log.append("rx.align_failed", operator.staff.id, doors.clock.now(), entry)
            uow.commit()


def require_told_again(doors: Doors, sale_id: str) -> None:
    """Before a part of a sale comes back: what remains on its prescription must be told anew.

    :raises RuleBroken: RX_RETURN_TOKEN: the centre takes the code no more (interface 3.2); all
        comes back instead, and what the customer keeps is sold on the code shown again.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.of_sale(sale_id)
    if case is None or case.state is not RxState.USED or not reports_to_centre(doors, case):
        return
    if case.tokens is None or case.tokens.dead(doors.clock.now()):
        raise refuse("rx_return_token")


def renew_remainder(doors: Doors, return_id: str, code: str, operator: Operator) -> None:
    """The prescription's code, shown again for a return that stopped half-way (RX_RETURN_CODE).

    :raises NotFound: what remains of it rests on no prescription; else as :func:`renew`.
    """
    with doors.uow() as uow:
        case = uow.prescriptions.of_sale(uow.returns.get(return_id).replacement_sale_id)
    if case is None:
        raise NotFound(what="prescription")
    renew(doors, case.id, code, operator)


def code_wanted(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """The same notes; of a token that died inside a return, what to show and what has not moved."""
    asked = Note("rx_walk.rx_return_code", {}, "warn", RETURN_CODE)
    return tuple(asked if note.code == "RX_TOKEN_DEAD" else note for note in notes)


def take_back_sold(
    doors: Doors, sale_id: str, remainder_id: str, operator: Operator
) -> RxCase | None:
    """A self-paid sale comes back: 7208 with flag 0 where the release has it (interface 3.2).

    With a remainder the case goes on to its sale; else it is given back for good. Insured sales
    need nothing: the cancel takes the report back by itself. Cut off after the 7208 was answered,
    it is found CHECKED and goes on from there.
    """
    told = (RxState.USED, RxState.UNDOING, RxState.CHECKED)
    with doors.uow() as uow:
        case = uow.prescriptions.of_sale(sale_id)
    if case is None or case.state not in told or (case.insured_report and at_centre(case)):
        return case
    if case.state is RxState.USED and remainder_id and not at_centre(case):
        # Nobody has to hear of it: what remains is sold on the same paper.
        with doors.uow() as uow:
            case = uow.prescriptions.get(case.id)
            hand_on(uow, case, remainder_id, operator.staff.id, doors.clock.now())
            uow.commit()
        return case
    back = case
    if case.state is not RxState.CHECKED or not remainder_id:
        back = undo(doors, case.id, operator, leaving=not remainder_id)
    if remainder_id and back.state is RxState.CHECKED:
        with doors.uow() as uow:
            back = uow.prescriptions.get(case.id)
            back.sale_id = remainder_id
            uow.prescriptions.save(back)
            log(doors, uow, back, "sold_again", operator.staff.id)
            uow.commit()
    return back
