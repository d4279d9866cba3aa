"""预结算: what the platform would pay for each part of the basket. Nothing is settled by it.

Route 2101 leaves nothing behind. On the registered-visit route the quote itself opens a visit and
stores lines there, so each of its legs is journalled and the visit is closed when the customer
walks away (:mod:`app.use_cases.close_visits`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from app.domain.basket_split import SELF_PAID, Part
from app.domain.insurance import Answer, Insured, Outcome, QuoteBasket, Settled
from app.domain.portal import ConnectionMode
from app.domain.rx_states import RxState
from app.domain.sale import Sale, digest_of
from app.domain.sale_states import SaleEvent
from app.domain.settlement import Settlement, Visit
from app.domain.settlement_states import SettlementEvent, SettlementState
from app.domain.staff import Right
from app.errors import BadValue, IllegalTransition
from app.ports import UnitOfWork
from app.use_cases.basket_calls import basket_of, insured_of, row_text
from app.use_cases.checks import check_before_quote, estimated_fund
from app.use_cases.connection_mode import mode_in
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import first_sentence, leg_for, run_leg, signed_in
from app.use_cases.payment import payment
from app.use_cases.rights import require
from app.use_cases.roster_facts import disease_name
from app.use_cases.rx_common import refresh
from app.use_cases.rx_fetch import prescriber_missing
from app.use_cases.rx_settle import before_quote
from app.use_cases.split_sale import parts_of, two_disease_of
from app.use_cases.views import Note, Patient, PaymentView
from app.use_cases.visit_legs import quote_visit


def quote_sale(
    doors: Doors, sale_id: str, patient: Patient, account_use: str, operator: Operator
) -> PaymentView:
    """Quote every insured part of the basket; a part that is not quoted is told in the notes.

    Findings that block stop before the wire. Quotes of an earlier try are replaced: same
    attempt, event Requoted; parts that no longer exist are abandoned.
    :raises BadValue: no row chosen; :raises IllegalTransition: the sale is not open, or is what
    another person kept after a return;
    :raises Refused, NotSent, NoAnswer: when signing in fails.
    """
    doors.counter.require_up_to_date(insured=True)
    require(doors, operator, Right.SELL)
    mode = _mode_of(doors, sale_id)
    if mode is ConnectionMode.DIRECT:
        operator = signed_in(doors, operator)
    insured = insured_of(patient)
    before_quote(doors, sale_id, operator)
    attempts: list[str] = []
    with doors.uow() as uow:
        sale = uow.sales.get(sale_id)
        if sale.replaces and sale.person_id != patient.person_id:
            raise IllegalTransition(
                machine="sale", state=sale.state, event="quote another person's remainder"
            )
        case = refresh(uow, sale)
        parts = parts_of(doors, sale, patient, account_use)
        notes = check_before_quote(doors, uow, sale, parts, patient)
        if case is not None and prescriber_missing(doors, case) and _by_visit(doors, parts):
            notes += (Note("rx_walk.rx_prescriber_missing", {}, "block"),)
        if not any(note.severity == "block" for note in notes):
            attempts = _prepare(doors, uow, sale, parts, patient, account_use, mode)
            uow.commit()
    if mode is ConnectionMode.DIRECT:
        for settlement_id in attempts:
            failed = _quote_one(doors, settlement_id, insured, operator)
            notes += failed or _supervised(doors, sale_id, settlement_id, insured, operator)
    return payment(doors, sale_id, notes)


def _mode_of(doors: Doors, sale_id: str) -> ConnectionMode:
    """The store's, but a sale is never settled half here and half there (SJZ-A.7).

    What remains of a return is settled as its first sale was; what the portal settled has no
    remainder.
    """
    with doors.uow() as uow:
        begun = [
            one.mode
            for one in uow.settlements.of_sale(sale_id)
            if one.state is SettlementState.SETTLED
        ]
        if begun:
            return begun[0]
        return ConnectionMode.DIRECT if uow.sales.get(sale_id).replaces else mode_in(uow)


def _by_visit(doors: Doors, parts: tuple[Part, ...]) -> bool:
    kinds = [part.settlement for part in parts if part.settlement != SELF_PAID]
    return any(doors.profile.route_of(kind) == "visit" for kind in kinds)


def _prepare(
    doors: Doors,
    uow: UnitOfWork,
    sale: Sale,
    parts: tuple[Part, ...],
    patient: Patient,
    account_use: str,
    mode: ConnectionMode,
) -> list[str]:
    """Mark each line with its part and keep one QUOTED attempt a part."""
    sale.move(SaleEvent.CHANGED)
    kind_of = {no: part.settlement for part in parts for no in part.lines}
    sale.lines = tuple(
        replace(line, settlement_type=kind_of.get(line.no, SELF_PAID)) for line in sale.lines
    )
    sale.person_id = patient.person_id
    uow.sales.save(sale)
    open_before = {
        one.settlement_type: one
        for one in uow.settlements.of_sale(sale.id)
        if one.state is SettlementState.QUOTED
    }
    settled = {
        one.settlement_type
        for one in uow.settlements.of_sale(sale.id)
        if one.state is SettlementState.SETTLED
    }
    wanted = [p for p in parts if p.settlement != SELF_PAID and p.settlement not in settled]
    for kind, one in open_before.items():
        if kind not in {part.settlement for part in wanted}:
            one.move(SettlementEvent.ABANDONED)
            uow.settlements.save(one)
    return [
        _keep_attempt(doors, uow, sale, part, patient, account_use, open_before, mode)
        for part in wanted
    ]


def _keep_attempt(
    doors: Doors,
    uow: UnitOfWork,
    sale: Sale,
    part: Part,
    patient: Patient,
    account_use: str,
    open_before: dict[str, Settlement],
    mode: ConnectionMode,
) -> str:
    lines = [sale.line(no) for no in part.lines]
    fund = estimated_fund(doors, sale, part, patient)
    old = open_before.get(part.settlement)
    if old is not None and old.person_id == patient.person_id and old.mode is mode:
        old.move(SettlementEvent.REQUOTED)
        one = old
    else:
        if old is not None:
            old.move(SettlementEvent.ABANDONED)
            uow.settlements.save(old)
        one = _new_attempt(doors, sale, part, patient, mode)
        uow.settlements.add(one)
    if patient.row is None:
        raise BadValue(what="insurance row", why="not chosen")
    one.insurance_row = row_text(patient.row)
    one.account_use = account_use
    one.line_nos = part.lines
    one.quote = None
    one.estimate_fund_fen = fund
    one.digest = digest_of(lines, account_use)
    if part.settlement == "special":
        one.disease_code = patient.disease_code
        one.disease_name = next(
            (f.disease_name for f in patient.filings if f.disease_code == patient.disease_code), ""
        )
    elif part.settlement == "two_disease":
        one.disease_code = two_disease_of(doors, sale, patient)
        one.disease_name = disease_name(patient, one.disease_code)
    uow.settlements.save(one)
    return one.id


def _new_attempt(
    doors: Doors, sale: Sale, part: Part, patient: Patient, mode: ConnectionMode
) -> Settlement:
    profile = doors.profile
    route = profile.route_of(part.settlement)
    one = Settlement(
        id=doors.ids.new(),
        sale_id=sale.id,
        person_id=patient.person_id,
        settlement_type=part.settlement,
        route=route,
        med_type=profile.med_type_of(part.settlement),
        account_use="0",
        insurance_row="",
        line_nos=part.lines,
        created_at=doors.clock.now(),
        mode=mode,
        infver=doors.infver,
    )
    if route == "visit" and mode is ConnectionMode.DIRECT:
        # The tail of the id: unique at the institution for ever, also after a restored backup.
        one.visit = Visit(visit_no=f"YT{one.id.replace('-', '')[-24:]}")
    return one


def _quote_one(
    doors: Doors, settlement_id: str, insured: Insured, operator: Operator
) -> tuple[Note, ...]:
    with doors.uow() as uow:
        one = uow.settlements.get(settlement_id)
        sale = _as_asked(uow, uow.sales.get(one.sale_id))
    if one.route == "visit":
        answer = quote_visit(doors, one, sale, insured, operator)
    else:
        call = QuoteBasket(basket_of(sale, one, insured))
        answer = run_leg(doors, leg_for(call, insured, one.id), operator)
    return _keep_quote(doors, settlement_id, answer)


def _supervised(
    doors: Doors, sale_id: str, settlement_id: str, insured: Insured, operator: Operator
) -> tuple[Note, ...]:
    """What the supervision subsystem says of a part that is quoted, where the area asks it."""
    if not doors.profile.audit.calls:
        return ()
    from app.domain.supervision import Phase  # most areas ask nobody
    from app.use_cases.supervise import supervised

    return supervised(doors, sale_id, settlement_id, insured, operator, Phase.BEFORE)


def _as_asked(uow: UnitOfWork, sale: Sale) -> Sale:
    """The remainder of a return is quoted while its first sale still uses the prescription.

    Until that is cancelled the platform would refuse a second claim on it, so this quote, which
    settles nothing, does not name it.
    """
    first = uow.prescriptions.of_sale(sale.replaces) if sale.replaces else None
    if sale.prescription is None or first is None or first.state is not RxState.USED:
        return sale
    return replace(sale, prescription=replace(sale.prescription, number=""))


def _keep_quote(doors: Doors, settlement_id: str, answer: Answer) -> tuple[Note, ...]:
    """Store what the platform said; a quote that cannot be believed is no quote."""
    with doors.uow() as uow:
        one = uow.settlements.get(settlement_id)
        if answer.outcome is Outcome.SUCCESS:
            one.quote = cast(Settled, answer.value)
            one.last_text = ""
        else:
            one.last_text = answer.text
        uow.settlements.save(one)
        uow.commit()
    kind = one.settlement_type
    if answer.outcome is Outcome.SUCCESS:
        return ()
    text = first_sentence(answer.text)
    return (Note(f"quote.{answer.outcome.value}", {"kind": kind, "text": text}, "block"),)
