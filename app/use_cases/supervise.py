"""智能监管 at the counter: asked before the quote's figures are agreed and before the settlement.

LN-2.2a, LN-4.3a, S-11. Only where the area's pack has 3101 or 3102 open. What is found becomes an
alert in the same commit as the answer; no answer within the pack's seconds becomes one too, so
that nobody has to remember it. Whether either stops the sale is the pack's word, and without one
the sale goes on: the subsystem advises, the till does not wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from app.domain.alert_states import AlertState
from app.domain.insurance import Answer, Insured, Outcome
from app.domain.policy import SupervisionRules
from app.domain.prescription import Prescription
from app.domain.sale import Sale, SaleLine
from app.domain.settlement import Settlement
from app.domain.settlement_states import SettlementState
from app.domain.stock_upload import item_code
from app.domain.supervision import Alert, AuditFinding, Phase, Way
from app.domain.supervision_calls import AskAudit, AuditOrder, AuditRx
from app.errors import BadValue, PackValueMissing
from app.ports import UnitOfWork
from app.use_cases.doors import Doors, Operator
from app.use_cases.legs import first_sentence, leg_for, run_leg
from app.use_cases.notes import Note
from app.use_cases.payment import LIVE

NO_ANSWER, CANNOT_ASK = "NO_ANSWER", "CANNOT_ASK"
"""``rule_id`` of an alert for a question that had no answer, or could not be put."""

_RULES = ("LN-4.3a", "S-11")


def supervised(
    doors: Doors,
    sale_id: str,
    settlement_id: str,
    insured: Insured,
    operator: Operator,
    phase: Phase,
) -> tuple[Note, ...]:
    """Ask about one part; what was found, in notes. Blocks where the pack says so.

    A part without a prescription is not asked about: the question demands who prescribed it.
    """
    if not doors.profile.audit.asks(phase.infno):
        return ()
    with doors.uow() as uow:
        one = uow.settlements.get(settlement_id)
        sale = uow.sales.get(sale_id)
        call = question(doors, uow, sale, one, insured, phase)
    if call is None:
        return ()
    return asked(doors, call, one, insured, operator)


def asked(
    doors: Doors, call: AskAudit, one: Settlement, insured: Insured, operator: Operator
) -> tuple[Note, ...]:
    """Send the question and keep what came of it."""
    rules = _rules(doors, one)
    kept: list[Alert] = []

    def after(uow: UnitOfWork, answer: Answer) -> None:
        kept.extend(_keep(doors, uow, one, call.phase, answer, operator, rules))

    try:
        run_leg(doors, leg_for(call, insured, one.id), operator, after=after)
    except BadValue as gap:
        # Something that the question demands is not known: nothing left.
        with doors.uow() as uow:
            kept.append(_silence(doors, uow, one, call.phase, CANNOT_ASK, str(gap.params["what"]),
                                 operator, rules))  # fmt: skip
            uow.commit()
    return tuple(_note(alert) for alert in kept)


def _rules(doors: Doors, one: Settlement) -> SupervisionRules:
    try:
        return doors.policy_on(one.settlement_type, doors.clock.now()).supervision
    except PackValueMissing:
        return SupervisionRules()


def _note(alert: Alert) -> Note:
    severity, stop = ("block", "_stop") if alert.blocked else ("warn", "")
    if alert.silent:
        variant = "cannot" if alert.rule_id == CANNOT_ASK else "silent"
        said: dict[str, object] = {"text": alert.text}
        return Note(f"finding.SUPERVISION_{variant}{stop}", said, severity, "SUPERVISION", _RULES)
    said = {"rule": alert.rule_name, "text": first_sentence(alert.text)}
    return Note(f"finding.SUPERVISION{stop}", said, severity, "SUPERVISION", _RULES)


# --- what is kept ---------------------------------------------------------------------------------


def _keep(
    doors: Doors,
    uow: UnitOfWork,
    one: Settlement,
    phase: Phase,
    answer: Answer,
    operator: Operator,
    rules: SupervisionRules,
) -> list[Alert]:
    """Alerts of one answer, in the transaction that keeps the answer."""
    if answer.outcome is not Outcome.SUCCESS or answer.findings or answer.value is None:
        said = first_sentence(answer.text)
        return [_silence(doors, uow, one, phase, NO_ANSWER, said, operator, rules)]
    now = doors.clock.now()
    before = [each for each in uow.alerts.of_sale(one.sale_id) if each.settlement_id == one.id]
    for silent in before:
        if silent.silent and silent.state is AlertState.OPEN:
            uow.alerts.put(silent.heard(operator.staff.id, now))
    found = cast("tuple[AuditFinding, ...]", answer.value)
    blocks = rules.on_finding == "block"
    alerts = []
    for finding in found:
        opened, freed = _taken(before, finding)
        stops = blocks and not freed
        if opened is not None:
            alert = opened.again(finding, phase, stops)
        else:
            alert = _new(doors, one, phase, finding, operator, stops)
        uow.alerts.put(alert)
        told: dict[str, object] = {
            "alert": alert.id, "sale": one.sale_id, "rule": finding.rule_id, "call": phase.infno,
        }  # fmt: skip
        uow.log.append("supervision.found", operator.staff.id, now, told)
        alerts.append(alert)
    return alerts


def _taken(before: list[Alert], finding: AuditFinding) -> tuple[Alert | None, bool]:
    """The alert that still waits of the same part, rule and amount, and whether a person's last
    word on it was to go on: asked again, the subsystem says it again.

    Of several alike those of the same words, which name the drug. What is found is out of
    ``before``: another one of the same rule and amount is another thing.
    """
    rule = finding.rule_id, finding.amount
    alike = [one for one in before if (one.rule_id, one.amount) == rule and not one.silent]
    alike = [one for one in alike if one.text == finding.text] or alike
    opened = next((one for one in alike if one.state is AlertState.OPEN), None)
    answered = _last_answered(alike)
    for one in (opened, answered):
        if one is not None:
            before.remove(one)
    return opened, _goes_on(answered)


def _last_answered(alerts: Sequence[Alert]) -> Alert | None:
    answered = [one for one in alerts if one.state is AlertState.ANSWERED]
    return max(answered, key=lambda one: one.answered_at or one.at, default=None)


def _goes_on(answered: Alert | None) -> bool:
    """继续, with a reason, frees what the pack stops; 返回修改 does not."""
    return answered is not None and answered.way == Way.GO_ON


def _new(
    doors: Doors,
    one: Settlement,
    phase: Phase,
    found: AuditFinding,
    operator: Operator,
    blocks: bool,
) -> Alert:
    return Alert(
        id=doors.ids.new(),
        phase=phase,
        sale_id=one.sale_id,
        settlement_id=one.id,
        rule_id=found.rule_id,
        rule_name=found.rule_name,
        severity=found.severity,
        at=doors.clock.now(),
        by=operator.staff.id,
        number=found.number,
        text=found.text,
        grounds=found.grounds,
        amount=found.amount,
        blocked=blocks,
    )


def _silence(
    doors: Doors,
    uow: UnitOfWork,
    one: Settlement,
    phase: Phase,
    rule_id: str,
    said: str,
    operator: Operator,
    rules: SupervisionRules,
) -> Alert:
    """One open alert a part, however often nobody answered; a person's word frees the part."""
    mine = [
        each for each in uow.alerts.of_sale(one.sale_id)
        if each.settlement_id == one.id and each.silent
    ]  # fmt: skip
    blocks = rules.no_answer == "block" and not _goes_on(_last_answered(mine))
    for each in mine:
        if each.state is AlertState.OPEN:
            again = replace(each, rule_id=rule_id, text=said, phase=phase, blocked=blocks)
            uow.alerts.put(again)
            return again
    made = Alert(
        doors.ids.new(), phase, one.sale_id, one.id, rule_id, "", "", doors.clock.now(),
        operator.staff.id, text=said, blocked=blocks,
    )  # fmt: skip
    uow.alerts.put(made)
    told: dict[str, object] = {"alert": made.id, "sale": one.sale_id, "call": phase.infno}
    uow.log.append("supervision.silent", operator.staff.id, made.at, told)
    return made


# --- the question ---------------------------------------------------------------------------------


def question(
    doors: Doors, uow: UnitOfWork, sale: Sale, one: Settlement, insured: Insured, phase: Phase
) -> AskAudit | None:
    """3101 or 3102 for a part as it was quoted; None without a prescription."""
    lines = [sale.line(no) for no in one.line_nos]
    if sale.prescription is None or not _covered(sale.prescription, lines):
        return None
    split = one.split
    if split is None:
        return None
    drugs = uow.medicines.many([line.item.medicine_id for line in lines])
    forms = {each: drug.dosage_form for each, drug in drugs.items()}
    before = [
        each
        for each in uow.settlements.of_sale(sale.id)
        if each.state in LIVE and each.state is not SettlementState.QUOTED and each.id != one.id
    ]
    return AskAudit(
        phase=phase,
        insured=insured,
        visit=one.answer.mdtrt_id if one.answer is not None else one.id,
        at=doors.clock.now(),
        med_type=one.med_type,
        orders=tuple(_order(line, forms.get(line.item.medicine_id, "")) for line in lines),
        total=split.total,
        own=split.self_funded,
        self_pay=split.personal - split.self_funded,
        account=split.account,
        fund=split.fund,
        settled_before=len(before),
        rx=_rx(sale.prescription),
        disease_code=one.disease_code,
        disease_name=one.disease_name,
        seconds=doors.profile.audit.seconds,
    )


def _covered(rx: Prescription, lines: Sequence[SaleLine]) -> bool:
    return not rx.covers or any(line.no in rx.covers for line in lines)


def _rx(rx: Prescription) -> AuditRx:
    return AuditRx(
        number=rx.number,
        at=rx.issued_at,
        doctor_code=rx.doctor_code,
        doctor_name=rx.doctor_name,
        dept_code=rx.dept_code,
        dept_name=rx.dept_name,
        diagnosis_code=rx.diagnosis_code,
        diagnosis_name=rx.diagnosis_name,
        long=rx.long,
    )


def _order(line: SaleLine, form: str) -> AuditOrder:
    item = line.item
    zero = line.amount - line.amount
    own = zero if item.insurance_class in ("A", "B") else line.amount
    return AuditOrder(
        key=str(line.no),
        national_code=item.national_code,
        name=item.name,
        shop_code=item_code(item.shop_code, item.medicine_id)[:20],
        spec=item.spec,
        unit=item.unit or "盒",
        dosage_form=form,
        level=item.insurance_class,
        rx=item.sale_class == "rx",
        quantity=line.quantity,
        price=line.price,
        amount=line.amount,
        own=own,
        self_pay=line.amount.at(item.first_self_pay) if item.first_self_pay and not own else zero,
    )
