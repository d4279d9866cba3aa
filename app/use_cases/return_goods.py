"""退货: goods come back, money goes back the way it came, one ticked leg after another.

A whole return cancels every settlement, pays back, takes the boxes into the returned area and
frees their codes. Of single boxes the platform knows nothing: the whole settlement is cancelled
and the remainder sold again (policy 4.1 step 11). The remainder is quoted and the net amount told
before anything is cancelled; a second leg that fails stands as an open item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.domain.compliance import return_not_allowed
from app.domain.insurance import Credential
from app.domain.money import ZERO, Money, Quantity
from app.domain.return_states import ReturnEvent, ReturnState
from app.domain.returns import Return, ReturnReason
from app.domain.rx_states import RxState
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.sale_states import SaleEvent, SaleState
from app.domain.settlement_states import UNRESOLVED, SettlementState
from app.domain.staff import Right
from app.errors import BadValue, IllegalTransition, NotFound, RuleBroken
from app.ports import UnitOfWork
from app.use_cases.cancel_settlement import cancel_all
from app.use_cases.checks import note_of
from app.use_cases.close_visits import abandon_quotes, close_open_visits
from app.use_cases.complete_sale import OWN_KINDS, finish
from app.use_cases.connection_mode import require_direct, require_whole
from app.use_cases.doors import Doors, Operator
from app.use_cases.identify_customer import identify_customer, usable_rows
from app.use_cases.legs import signed_in
from app.use_cases.patient_password import RETURN, broken, wants_password
from app.use_cases.payment import due_after_settlement, payment
from app.use_cases.quote_sale import quote_sale
from app.use_cases.return_view import own_paid, return_view, worth_back
from app.use_cases.rights import answering
from app.use_cases.rounding import due_of_remainder
from app.use_cases.rx_settle import (
    code_wanted,
    prepare_completion,
    require_told_again,
    take_back_sold,
)
from app.use_cases.sale_moves import moves_back
from app.use_cases.settle_sale import require_proof, settle_next
from app.use_cases.shift_now import shift_at
from app.use_cases.sign_in import SecondPerson
from app.use_cases.slip_jobs import owe_return
from app.use_cases.stock_moves import book_moves
from app.use_cases.views import Note, Patient, ReturnLegView, ReturnView, Step

Tell = Callable[[ReturnLegView], None]


def quote_return(
    doors: Doors,
    sale_id: str,
    quantities: Mapping[int, Quantity],
    codes: tuple[str, ...],
    reason: ReturnReason,
    operator: Operator,
    credential: Credential | None,
) -> ReturnView:
    """What the return will move; the remainder is quoted, nothing is cancelled yet.

    ``quantities``: line number -> how many come back; all of everything = a whole return.
    :raises RuleBroken: RETURN_NOT_ALLOWED without one of the four reasons; or another person;
    or PASSWORD_RETURN: what remains would need the patient's password;
    or PORTAL_RETURN: of what the portal settled only everything comes back;
    or RX_RETURN_TOKEN: what remains could not be told to the centre;
    :raises BadValue: more than was sold, or codes that do not fit; :raises NotFound: not done;
    :raises RestoredFirst: a backup was put back: it may have come back in the hours since.
    """
    doors.counter.require_up_to_date(insured=True)
    finding = return_not_allowed(reason.value)
    if finding is not None:
        raise RuleBroken((note_of(finding),), code=finding.code)
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        attempts = uow.settlements.of_sale(sale_id)
    if sale.state is not SaleState.DONE:
        raise NotFound(what="done sale")
    _check_quantities(sale, quantities, codes)
    if any(line.quantity - quantities.get(line.no, Quantity(0)) for line in sale.lines):
        require_whole(attempts)
        require_told_again(doors, sale_id)
    insured = any(one.state is SettlementState.SETTLED for one in attempts)
    patient = _same_person(doors, sale, credential, operator) if insured else None
    if patient is not None:
        _require_no_password(doors, sale, quantities, patient)
    one, remainder = _open_return(doors, sale, quantities, codes, reason, operator)
    notes: tuple[Note, ...] = ()
    if remainder is not None and patient is not None:
        use = next(a.account_use for a in attempts if a.state is SettlementState.SETTLED)
        notes = quote_sale(doors, remainder.id, patient, use, operator).notes
    return replace(return_view(doors, one.id), notes=notes)


def _require_no_password(
    doors: Doors, sale: Sale, quantities: Mapping[int, Quantity], patient: Patient
) -> None:
    """Nothing is cancelled whose remainder could not be settled again afterwards.

    A return's legs run without the patient at the keypad; where an area wants the password, all
    comes back, and what they keep is sold anew.
    """
    area = patient.row.area if patient.row is not None else ""
    kept = {
        line.settlement_type
        for line in sale.lines
        if line.quantity - quantities.get(line.no, Quantity(0))
    }
    if any(wants_password(doors, kind, area) for kind in kept - {"", "self_paid"}):
        raise broken(RETURN)


def _check_quantities(
    sale: Sale, quantities: Mapping[int, Quantity], codes: tuple[str, ...]
) -> None:
    if not any(quantities.values()):
        raise BadValue(what="return", why="nothing chosen")
    for no, quantity in quantities.items():
        if quantity < Quantity(0) or quantity > sale.line(no).quantity:
            raise BadValue(what="return quantity", why="more than was sold")
    sold = {code for line in sale.lines for code in line.trace_codes}
    if not set(codes) <= sold:
        raise BadValue(what="trace code", why="not sold with this receipt")


def _same_person(
    doors: Doors, sale: Sale, credential: Credential | None, operator: Operator
) -> Patient:
    """The credential is read again, and must be the buyer's (HY-1.5.6a)."""
    if credential is None:
        raise BadValue(what="credential", why="needed for an insured return")
    # Before anything is cancelled: what remains could not be settled with a typed number.
    require_proof(doors, credential)
    patient = identify_customer(doors, credential, operator)
    if patient.person_id != sale.person_id:
        note = Note("finding.ID_MISMATCH_return", {}, "block", "ID_MISMATCH", ("HY-1.5.6a",))
        raise RuleBroken((note,), code="ID_MISMATCH")
    if patient.row is None:
        # The row of the sale: the platform's accumulators must be the same ones.
        with doors.uow() as uow:
            settled = uow.settlements.of_sale(sale.id)[-1]
        wanted = settled.insurance_row.split("|")
        rows = [r for r in usable_rows(doors, patient.person) if r.insutype == wanted[0]]
        patient = replace(patient, row=rows[0] if rows else None)
    return patient


def _open_return(
    doors: Doors,
    sale: Sale,
    quantities: Mapping[int, Quantity],
    codes: tuple[str, ...],
    reason: ReturnReason,
    operator: Operator,
) -> tuple[Return, Sale | None]:
    now = doors.clock.now()
    remainder = _remainder(doors, sale, quantities, codes)
    with doors.uow() as uow:
        if any(each.state is not ReturnState.ASKED for each in _live(uow, sale.id)):
            raise IllegalTransition(machine="return", state="open", event="ask again")
        for each in _live(uow, sale.id):
            each.move(ReturnEvent.DROPPED)
            uow.returns.save(each)
        one = Return(
            id=doors.ids.new(),
            sale_id=sale.id,
            reason=reason,
            staff_id=operator.staff.id,
            asked_at=now,
            quantities=tuple(sorted(quantities.items())),
            codes=codes,
            replacement_sale_id=remainder.id if remainder else "",
        )
        uow.returns.add(one)
        if remainder is not None:
            uow.sales.add(remainder)
        entry = {"return": one.id, "sale": sale.id, "reason": reason.value}
        uow.log.append("return.asked", operator.staff.id, now, entry)
        uow.commit()
    return one, remainder


def _live(uow: UnitOfWork, sale_id: str) -> list[Return]:
    ended = (ReturnState.DONE, ReturnState.DROPPED)
    return [one for one in uow.returns.of_sale(sale_id) if one.state not in ended]


def _remainder(
    doors: Doors, sale: Sale, quantities: Mapping[int, Quantity], codes: tuple[str, ...]
) -> Sale | None:
    """The sale of what the customer keeps, at the prices and by the rules of the first day."""
    kept = []
    for line in sale.lines:
        left = line.quantity - quantities.get(line.no, Quantity(0))
        if left:
            keep = tuple(code for code in line.trace_codes if code not in codes)
            keep = keep[: left.packs()]
            kept.append(replace(line, quantity=left, trace_codes=keep))
    if not kept:
        return None
    return Sale(
        id=doors.ids.new(),
        store_id=sale.store_id,
        till_id=sale.till_id,
        opened_at=sale.opened_at,
        cashier_id=sale.cashier_id,
        lines=tuple(kept),
        person_id=sale.person_id,
        prescription=sale.prescription,
        practice=sale.practice,
        replaces=sale.id,
    )


def drop_return(doors: Doors, return_id: str, operator: Operator) -> None:
    """The customer keeps everything after all; :raises IllegalTransition: a leg has run."""
    with doors.uow() as uow:
        one = uow.returns.get(return_id)
        one.move(ReturnEvent.DROPPED)
        uow.returns.save(one)
        if one.replacement_sale_id:
            remainder = uow.sales.get(one.replacement_sale_id)
            remainder.move(SaleEvent.ABANDONED)
            uow.sales.save(remainder)
        uow.log.append("return.dropped", operator.staff.id, doors.clock.now(), {"return": one.id})
        uow.commit()
    if one.replacement_sale_id:
        abandon_quotes(doors, one.replacement_sale_id, operator)


def run_return(
    doors: Doors,
    return_id: str,
    operator: Operator,
    credential: Credential | None,
    tell: Tell,
    second: SecondPerson | None = None,
) -> ReturnView:
    """Run the legs that are still to do; stops after any of them and goes on when called again.

    ``second``: who answers for goods worth more than the operator's level takes back; asked for
    once, before anything moves.
    :raises RestoredFirst, RuleBroken: as :func:`quote_return`, before anything moves; :raises
    NotAllowed, AboveLimit: nobody who may; :raises SignInRefused, LockedOut: of the second person.
    """
    doors.counter.require_up_to_date(insured=True)
    approver = ""
    with doors.uow() as uow:
        one = uow.returns.get(return_id)
        sale = uow.sales.get(one.sale_id)
        if one.state is ReturnState.ASKED:
            _require_quoted_remainder(uow, one)
            require_direct(*uow.settlements.of_sale(sale.id))
            remainder = uow.sales.get(one.replacement_sale_id) if one.replacement_sale_id else None
    if one.state is ReturnState.ASKED:
        if remainder is not None:
            require_told_again(doors, sale.id)
        worth = worth_back(sale, remainder)
        staff = answering(doors, operator, Right.RETURN, second, amount=worth)
        approver = staff.id if staff.id != operator.staff.id else ""
    if one.state in (ReturnState.ASKED, ReturnState.CANCELLING):
        _cancel_leg(doors, one, sale, operator, approver)
    with doors.uow() as uow:
        one = uow.returns.get(return_id)
    _tell_all(doors, return_id, tell)
    notes: tuple[Note, ...] = ()
    if one.state is ReturnState.RESETTLING:
        notes = _resettle_leg(doors, one, sale, operator, credential)
        _tell_all(doors, return_id, tell)
    with doors.uow() as uow:
        one = uow.returns.get(return_id)
    if one.state is ReturnState.PAYING_BACK:
        notes = notes or _sold_on_prescription(doors, one, operator)
        # Whatever keeps what remains from being told keeps the money: sold untold it cannot be.
        if not notes:
            _pay_back_leg(doors, one, operator)
        _tell_all(doors, return_id, tell)
    return replace(return_view(doors, return_id), notes=code_wanted(notes))


def _require_quoted_remainder(uow: UnitOfWork, one: Return) -> None:
    """Nothing is cancelled before the net amount could be told."""
    settled = any(a.state is SettlementState.SETTLED for a in uow.settlements.of_sale(one.sale_id))
    if not settled or not one.replacement_sale_id:
        return
    attempts = uow.settlements.of_sale(one.replacement_sale_id)
    if not any(a.state is SettlementState.QUOTED and a.quote for a in attempts):
        raise IllegalTransition(machine="return", state=one.state, event="run without a quote")


def _tell_all(doors: Doors, return_id: str, tell: Tell) -> None:
    for leg in return_view(doors, return_id).legs:
        tell(leg)


def _cancel_leg(
    doors: Doors, one: Return, sale: Sale, operator: Operator, approver: str = ""
) -> None:
    """Cancel what is settled; nothing settled = nothing to cancel.

    ``approver``: the second person whose word this return needed, told in the log beside who runs
    it.
    """
    with doors.uow() as uow:
        attempts = uow.settlements.of_sale(sale.id)
        require_direct(*attempts)
        live = [a for a in attempts if a.state is SettlementState.SETTLED or a.state in UNRESOLVED]
        current, held = uow.returns.get(one.id), uow.sales.get(sale.id)
        if held.state is SaleState.DONE:
            held.move(SaleEvent.UNDO_ASKED)
            uow.sales.save(held)
        if live or current.state is ReturnState.CANCELLING:
            current.move(ReturnEvent.CANCEL_STARTED)
        else:
            current.move(ReturnEvent.NOTHING_TO_CANCEL)
        uow.returns.save(current)
        if approver:
            entry = {"return": one.id, "sale": sale.id, "approved_by": approver}
            uow.log.append("return.approved", operator.staff.id, doors.clock.now(), entry)
        uow.commit()
    if current.state is not ReturnState.CANCELLING:
        take_back_sold(doors, sale.id, one.replacement_sale_id, operator)
        return
    operator = signed_in(doors, operator)
    cancel_all(doors, sale.id, operator)
    with doors.uow() as uow:
        _after_cancel(uow, one.id, sale.id)
        uow.commit()
    close_open_visits(doors, operator)


def _after_cancel(uow: UnitOfWork, return_id: str, sale_id: str) -> None:
    attempts = uow.settlements.of_sale(sale_id)
    if any(a.state in UNRESOLVED for a in attempts):
        return
    current = uow.returns.get(return_id)
    settled = any(a.state is SettlementState.SETTLED for a in attempts)
    cancelled = any(a.state is SettlementState.CANCELLED for a in attempts)
    if settled and not cancelled:
        # The platform said no before anything moved: the sale stands as it was.
        current.move(ReturnEvent.CANCEL_REFUSED)
        sale = uow.sales.get(sale_id)
        sale.move(SaleEvent.UNDO_STOPPED)
        uow.sales.save(sale)
    elif not settled:
        partial = bool(current.replacement_sale_id)
        current.move(ReturnEvent.RESETTLED if partial else ReturnEvent.CANCELLED)
    uow.returns.save(current)


def _resettle_leg(
    doors: Doors, one: Return, sale: Sale, operator: Operator, credential: Credential | None
) -> tuple[Note, ...]:
    """Sell the remainder again: a new quote, a new settlement, under its own sale."""
    remainder_id, notes = one.replacement_sale_id, tuple[Note, ...]()
    with doors.uow() as uow:
        remainder = uow.sales.get(remainder_id)
        before = uow.settlements.of_sale(sale.id)
    if remainder.state is SaleState.OPEN:
        patient = _same_person(doors, sale, credential, operator)
        use = before[-1].account_use if before else "0"
        quoted = quote_sale(doors, remainder_id, patient, use, operator)
        if any(note.severity == "block" for note in quoted.notes):
            return quoted.notes
        for _part in quoted.settlements:
            view = settle_next(doors, remainder_id, patient, operator, _silent)
            if view.notes and view.notes[0].severity == "block":
                return view.notes
            notes += view.notes
    state = payment(doors, remainder_id).sale_state
    if state == SaleState.COMPLETING.value:
        with doors.uow() as uow:
            current = uow.returns.get(one.id)
            current.move(ReturnEvent.SOLD_AGAIN)
            uow.returns.save(current)
            uow.commit()
        return ()
    return notes


def _silent(_step: Step) -> None:
    """The legs of a return have their own ticks."""


def _sold_on_prescription(doors: Doors, one: Return, operator: Operator) -> tuple[Note, ...]:
    """Self-paid on an e-prescription: taken back first; what remains is told before it is sold.

    While nobody knows whether the centre took it back, what remains waits, and the money with it:
    the recovery asks on, and the return is run again.
    """
    case = take_back_sold(doors, one.sale_id, one.replacement_sale_id, operator)
    if not one.replacement_sale_id:
        return ()
    if case is not None and case.state is RxState.UNDOING:
        return (Note("rx_walk.return_undoing", {}, "block"),)
    return prepare_completion(doors, one.replacement_sale_id, operator)


def _pay_back_leg(doors: Doors, one: Return, operator: Operator) -> None:
    """One durable step: tenders back, goods to the returned area, codes free, remainder done."""
    now = doors.clock.now()
    with doors.uow() as uow:
        current = uow.returns.get(one.id)
        current.move(ReturnEvent.PAID_BACK)
        current.shift_id = shift_at(doors, uow, operator.staff.id, now).id
        sale = uow.sales.get(one.sale_id)
        uow.holds.lock([line.item.medicine_id for line in sale.lines])
        back = moves_back(uow, sale, current, now)
        uow.codes.free(sale.id, [c for line in sale.lines for c in line.trace_codes], now)
        book_moves(doors, uow, back.moves, back.codes)
        own = own_paid(sale)
        sale.tenders = (*sale.tenders, *(_negated(tender) for tender in sale.tenders))
        sale.move(SaleEvent.UNDONE)
        uow.sales.save(sale)
        if one.replacement_sale_id:
            remainder = uow.sales.get(one.replacement_sale_id)
            remainder.lines = tuple(
                replace(line, picks=back.kept[line.no]) for line in remainder.lines
            )
            attempts = uow.settlements.of_sale(remainder.id)
            due = due_after_settlement(remainder, attempts)
            finish(doors, uow, remainder, attempts, _own_tenders(sale, due), operator)
            own = own - due_of_remainder(sale, due)
        uow.returns.save(current)
        owe_return(doors, uow, sale.id, uow.settlements.of_sale(sale.id))
        entry = {"return": one.id, "sale": sale.id, "own_back_fen": own.fen}
        uow.log.append("return.paid_back", operator.staff.id, now, entry)
        uow.commit()


def _negated(tender: Tender) -> Tender:
    return replace(tender, amount=-tender.amount)


def _own_tenders(sale: Sale, due: Money) -> tuple[Tender, ...]:
    """The remainder is paid from what came in: same kind, so that money goes back its own way."""
    left, taken = due_of_remainder(sale, due), []
    if left != due:
        taken.append(Tender(TenderKind.ROUNDING, due - left))
    for tender in sale.tenders:
        if tender.kind in OWN_KINDS and tender.amount > ZERO and left > ZERO:
            part = min(left, tender.amount)
            taken.append(replace(tender, amount=part))
            left = left - part
    if left > ZERO:
        taken.append(Tender(TenderKind.CASH, left))
    return tuple(taken)
