"""The supervision subsystem at the counter: asked, kept, answered, told, and never in the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.alert_states import AlertState
from app.domain.policy import Policy, SupervisionRules
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.supervision import Way
from app.domain.upload_states import UploadState
from app.errors import BadValue, IllegalTransition, NotAllowed
from app.use_cases.alerts import (
    alerts_told,
    alerts_view,
    answer_alert,
    ask_again,
    mirror_rows,
    mirrored_rules,
    this_month,
)
from app.use_cases.complete_sale import complete_sale
from app.use_cases.drain_outbox import drain_outbox
from app.use_cases.sign_in import sign_in
from app.use_cases.views import Patient, PaymentView
from tests.fakes.practice_till import PracticeTill, cash, practice_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999905")


def strict(till: PracticeTill, **rules: str) -> PracticeTill:
    """The same area with a word of its own about what stops a sale."""
    said = SupervisionRules(answer_days=3, **rules)  # type: ignore[arg-type]
    ask = till.doors.policy_on

    def policy_on(kind: str, moment: object) -> Policy:
        return replace(ask(kind, moment), supervision=said)  # type: ignore[arg-type]

    till.doors = replace(till.doors, policy_on=policy_on)
    return till


def quoted(till: PracticeTill, packs: int = 1) -> tuple[Sale, Patient, PaymentView]:
    drug = till.find(insurance_class="A", sale_class="rx", trace_exempt=False)
    sale = till.prescribe(till.basket((drug, packs)))
    patient = till.patient("active_met")
    return sale, patient, till.quote(sale, patient)


def twins(till: PracticeTill) -> tuple[Sale, Patient]:
    """Eleven packs each of two drugs at one price: one answer finds one thing of the same amount
    twice.
    """
    first = till.find(insurance_class="A", sale_class="rx", trace_exempt=False)
    with till.doors.uow() as uow:
        second = next(
            one for one in uow.medicines.all()
            if one.id != first.id and (one.insurance_class, one.sale_class) == ("A", "rx")
        )  # fmt: skip
        second = replace(second, price=first.price)
        uow.medicines.save_many([second])
        uow.commit()
    return till.prescribe(till.basket((first, 11), (second, 11))), till.patient("active_met")


def infnos(till: PracticeTill) -> list[str]:
    with till.engine.connect() as books:
        found = books.exec_driver_sql("SELECT infno FROM platform_request ORDER BY msgid")
        return [row[0] for row in found]


def pharmacist(till: PracticeTill) -> PracticeTill:
    till.operator = sign_in(till.doors, "2001", "200200")
    return till


@pytest.mark.rule("LN-2.2a")
@pytest.mark.rule("S-11")
@pytest.mark.rule("LN-4.3a")
def test_a_finding_is_kept_answered_and_told_by_the_outbox(till: PracticeTill) -> None:
    sale, patient, view = quoted(till, packs=11)
    assert [(note.code, note.severity) for note in view.notes if note.code] == [
        ("SUPERVISION", "warn")
    ]
    settled = till.settle(sale, patient)
    assert settled.settlements[0].state == "settled"
    assert any(note.code == "SUPERVISION" for note in settled.notes)
    done = complete_sale(
        till.doors, sale.id, cash(settled.cash_due), settled.cash_due, till.operator
    )
    asked = [one for one in infnos(till) if one in ("2101", "3101", "3102", "2102")]
    assert asked == ["2101", "3101", "3102", "2102"]

    with pytest.raises(NotAllowed):
        alerts_view(till.doors, till.operator, this_month(till.clock.now()))
    pharmacist(till)
    (row,) = alerts_view(till.doors, till.operator, this_month(till.clock.now())).rows
    assert (row.rule, row.alert.rule_name) == ("over_quantity", "超量购药")
    assert (row.receipt_no, row.owner) == (done.receipt_no, "练习·李收银")
    # Both questions gave it a number; one answer goes to both.
    assert [phase.infno for phase, _ in row.alert.told()] == ["3101", "3102"]
    with pytest.raises(BadValue):
        answer_alert(till.doors, till.operator, row.alert.id, Way.GO_ON, "  ")
    answer_alert(till.doors, till.operator, row.alert.id, Way.GO_ON, "长期处方，已核对")
    with pytest.raises(IllegalTransition):
        answer_alert(till.doors, till.operator, row.alert.id, Way.CHANGED, "再说一次")

    with till.doors.uow() as uow:
        waiting = [one for one in uow.outbox.oldest(50) if one.row.kind == "3103"]
    assert len(waiting) == 2
    drain_outbox(till.doors, till.operator)
    with till.doors.uow() as uow:
        entries = uow.outbox.many([one.row.key for one in waiting]).values()
    assert {one.state for one in entries} == {UploadState.CONFIRMED}
    assert all(one.settled_at is not None for one in entries)
    _status, _headers, body = till.platform.handle("GET", "/practice/warnings", {}, b"")
    warnings = json.loads(body)
    assert [one["answer"]["dspo_way_rea"] for one in warnings] == ["长期处方，已核对"] * 2
    (row,) = alerts_view(till.doors, till.operator, this_month(till.clock.now())).rows
    assert (row.alert.state, row.told) == (AlertState.ANSWERED, "confirmed")
    assert row.answered_by == "练习·王药师"
    assert alerts_told(till.doors).waiting == 0


@pytest.mark.rule("LN-2.2a")
@pytest.mark.parametrize("fault", ["lost_answer", "torn", "refused"])
def test_no_answer_is_never_in_the_way(till: PracticeTill, fault: str) -> None:
    till.fault(kind=fault, infno="3101", times=1, delay=60, text="系统繁忙")
    till.fault(kind=fault, infno="3102", times=1, delay=60, text="系统繁忙")
    sale, patient, view = quoted(till)
    assert [note.severity for note in view.notes if note.code == "SUPERVISION"] == ["warn"]
    settled = till.settle(sale, patient)
    assert settled.settlements[0].state == "settled"
    complete_sale(till.doors, sale.id, cash(settled.cash_due), settled.cash_due, till.operator)
    pharmacist(till)
    (row,) = alerts_view(till.doors, till.operator, this_month(till.clock.now())).rows
    assert row.alert.silent
    # Asked once more, the subsystem answers: nothing is found, and nothing waits any more.
    assert ask_again(till.doors, till.operator, row.alert.id) == ()
    (row,) = alerts_view(till.doors, till.operator, this_month(till.clock.now())).rows
    assert row.alert.state is AlertState.HEARD
    with pytest.raises(IllegalTransition):
        ask_again(till.doors, till.operator, row.alert.id)


@pytest.mark.rule("LN-4.3a")
def test_two_findings_of_one_rule_and_amount_are_two_alerts_and_never_in_the_way(
    till: PracticeTill,
) -> None:
    sale, patient = twins(till)
    till.quote(sale, patient)
    till.quote(sale, patient)
    assert till.settle(sale, patient).settlements[0].state == "settled"
    with till.doors.uow() as uow:
        kept = uow.alerts.of_sale(sale.id)
    told = [[phase.infno for phase, _ in one.told()] for one in kept]
    assert told == [["3101", "3101", "3102"]] * 2
    assert len({number for one in kept for _, number in one.told()}) == 6


@pytest.mark.rule("S-11")
def test_a_number_that_is_said_again_is_answered_once_in_each_phase(till: PracticeTill) -> None:
    sale, patient, _ = quoted(till, packs=11)
    till.settle(sale, patient)
    pharmacist(till)
    with till.doors.uow() as uow:
        (alert,) = uow.alerts.of_sale(sale.id)
        same = f"1:{alert.number}", f"1:{alert.number}", f"2:{alert.number}"
        uow.alerts.put(replace(alert, earlier=same))
        uow.alerts.put(replace(alert, id="alert-of-the-same-number", version=0))
        uow.commit()
    for one in (alert.id, "alert-of-the-same-number"):
        answer_alert(till.doors, till.operator, one, Way.GO_ON, "长期处方，已核对")
    drain_outbox(till.doors, till.operator)
    with till.doors.uow() as uow:
        told = [
            one for one in uow.outbox.newest(list(UploadState), 50) if one.row.kind == "3103"
        ]  # fmt: skip
    assert {one.state for one in told} == {UploadState.CONFIRMED}
    said = [(one.row.payload["phase"], one.row.payload["number"]) for one in told]
    assert sorted(said).count(("1", alert.number)) == 1
    assert sorted(said).count(("2", alert.number)) == 2


def test_the_pack_may_stop_the_sale(till: PracticeTill) -> None:
    sale, patient, view = quoted(strict(till, on_finding="block"), packs=11)
    assert [note.severity for note in view.notes if note.code == "SUPERVISION"] == ["block"]
    view = till.settle(sale, patient)
    assert [note.severity for note in view.notes] == ["block"]
    assert "2102" not in infnos(till)
    with till.doors.uow() as uow:
        assert uow.sales.get(sale.id).state is SaleState.OPEN
        assert len(uow.alerts.of_sale(sale.id)) == 1


def say(till: PracticeTill, way: Way) -> None:
    """The pharmacist answers everything that waits; the cashier stays where she is."""
    pharmacist = sign_in(till.doors, "2001", "200200")
    for row in alerts_view(till.doors, pharmacist, this_month(till.clock.now())).rows:
        if row.alert.state is AlertState.OPEN:
            answer_alert(till.doors, pharmacist, row.alert.id, way, "练习答复")


@pytest.mark.rule("LN-4.3a")
@pytest.mark.parametrize("ask", ["quote", "settle"])
def test_what_the_pack_stops_goes_on_after_the_answer_that_says_so(
    till: PracticeTill, ask: str
) -> None:
    sale, patient = twins(strict(till, on_finding="block"))
    press = till.quote if ask == "quote" else till.settle

    def severities() -> list[str]:
        notes = press(sale, patient).notes
        return sorted(note.severity for note in notes if note.code == "SUPERVISION")

    till.quote(sale, patient)
    say(till, Way.CHANGED)  # to change it, and nothing was changed
    assert severities() == ["block", "block"]
    till.clock.set(till.clock.now() + timedelta(minutes=1))
    with till.doors.uow() as uow:
        one, _other = (each for each in uow.alerts.of_sale(sale.id) if each.way == "")
    boss = sign_in(till.doors, "2001", "200200")
    answer_alert(till.doors, boss, one.id, Way.GO_ON, "练习答复")
    # The other of the same rule and amount still waits for its own.
    assert severities() == ["block", "warn"]
    say(till, Way.GO_ON)
    assert severities() == ["warn", "warn"]
    if ask == "quote":
        assert till.settle(sale, patient).settlements[0].state == "settled"
    assert "2102" in infnos(till)
    with till.doors.uow() as uow:
        waiting = [each for each in uow.alerts.of_sale(sale.id) if each.state is AlertState.OPEN]
    # What was said anew is an alert of its own and wants its answer, but stops nothing.
    assert len(waiting) == 2 and not any(each.blocked for each in waiting)


@pytest.mark.rule("LN-2.2a")
def test_a_silence_that_stops_is_freed_by_a_persons_word(till: PracticeTill) -> None:
    till.fault(kind="lost_answer", infno="3102", times=2)
    sale, patient, _ = quoted(strict(till, no_answer="block", on_finding="block"))
    assert [note.severity for note in till.settle(sale, patient).notes] == ["block"]
    say(till, Way.GO_ON)
    view = till.settle(sale, patient)
    assert (view.settlements[0].state, [note.severity for note in view.notes]) == (
        "settled", ["warn"],
    )  # fmt: skip


def test_the_pack_may_want_an_answer(till: PracticeTill) -> None:
    till.fault(kind="lost_answer", infno="3102", times=1)
    sale, patient, _ = quoted(strict(till, no_answer="block"))
    assert [note.message_id for note in till.settle(sale, patient).notes] == [
        "finding.SUPERVISION_silent_stop"
    ]
    assert "2102" not in infnos(till)
    assert till.settle(sale, patient).settlements[0].state == "settled"
    with till.doors.uow() as uow:
        (alert,) = uow.alerts.of_sale(sale.id)
    assert alert.state is AlertState.HEARD


def test_what_the_question_demands_and_nobody_knows_is_told(till: PracticeTill) -> None:
    drug = till.find(insurance_class="A", sale_class="rx", trace_exempt=False)
    sale = till.prescribe(till.basket((drug, 1)))
    patient = till.patient("active_met")
    nameless = replace(patient, person=replace(patient.person, birth_date=None))
    view = till.quote(sale, nameless)
    assert "finding.SUPERVISION_cannot" in [note.message_id for note in view.notes]
    assert "3101" not in infnos(till)


@pytest.mark.rule("S-11")
def test_an_alert_left_alone_is_late_with_its_owner(till: PracticeTill) -> None:
    quoted(till, packs=11)
    assert not alerts_told(till.doors).late
    till.clock.set(till.clock.now() + timedelta(days=3, minutes=1))
    told = alerts_told(till.doors)
    assert (told.waiting, told.late) == (1, True)
    pharmacist(till)
    view = alerts_view(till.doors, till.operator, this_month(till.clock.now()))
    assert view.overdue == 1
    assert [(row.owner, row.late) for row in view.rows] == [("练习·李收银", True)]


@pytest.mark.rule("S-11")
@pytest.mark.rule("LN-4.3a")
def test_the_mirror_names_our_own_checks_beside_the_areas(till: PracticeTill) -> None:
    quoted(till, packs=11)
    pharmacist(till)
    rows = {
        one.rule: one
        for one in mirror_rows(till.doors, till.operator, this_month(till.clock.now()))
    }
    assert list(rows) == [one.id for one in mirrored_rules()]
    assert (rows["over_quantity"].platform, rows["over_quantity"].alerts) == (("LX002",), 1)
    assert "BOUGHT_TOO_EARLY" in rows["repeat_purchase"].local
    assert rows["duplicate_therapy"].alerts == 0


def test_an_area_without_the_subsystem_asks_nobody(tmp_path: Path) -> None:
    for till in practice_till(tmp_path, "CN-999900"):
        quoted(till, packs=11)
        assert not {"3101", "3102"} & set(infnos(till))
        with till.doors.uow() as uow:
            assert uow.alerts.open_ones() == (0, None)
