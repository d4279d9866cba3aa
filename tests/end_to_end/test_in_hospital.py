"""The stay in hospital, asked just before a special-disease part is settled (HY-3.6b)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.sale import Sale
from app.use_cases.payment import payment
from app.use_cases.views import Note, Patient, PaymentView
from tests.fakes.practice_till import PracticeTill, practice_till

ASKING = "5303"
"""Most areas ask the list of in-patients; where it is of no use to a pharmacy, 2001."""


@pytest.fixture(params=[ASKING, "2001"])
def till(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PracticeTill]:
    """A till whose area asks the one question or the other."""
    for made in practice_till(tmp_path / "till"):
        made.doors = replace(
            made.doors, profile=replace(made.doors.profile, inpatient_query=request.param)
        )
        yield made


def quoted(till: PracticeTill) -> tuple[Sale, Patient]:
    """Two boxes for diabetes, quoted while the patient is at home."""
    patient = till.patient("chronic_quota_low")
    drug = till.find(sale_class="rx", insurance_class="A", diseases=("M01600",))
    sale = till.prescribe(till.basket((drug, 2)))
    view = till.quote(sale, patient)
    assert [one.settlement_type for one in view.settlements] == ["special"]
    return sale, patient


def lies_in_hospital(till: PracticeTill, patient: Patient, *, stays: bool) -> None:
    path = f"/practice/persons/{patient.person.psn_no}"
    body = json.dumps({"in_hospital": stays}).encode()
    status, _headers, told = till.platform.handle("POST", path, {}, body)
    assert status == 200, told


def asked(till: PracticeTill, *infnos: str) -> int:
    """How many questions of these kinds left the till about its settlements."""
    wanted = ",".join(f"'{each}'" for each in infnos)
    counting = f"SELECT count(*) FROM platform_request WHERE infno IN ({wanted})"
    with till.engine.connect() as read:
        return int(read.execute(text(counting)).scalar_one())


def stopped(till: PracticeTill, sale: Sale, view: PaymentView) -> Note:
    """Nothing was uploaded and no stock moved, whatever was said."""
    (note,) = view.notes
    assert (note.severity, note.code, note.rule_ids) == ("block", "INPATIENT", ("HY-3.6b",))
    assert asked(till, "2102") == 0
    assert till.books()["settlements"] == []
    assert [one.state for one in payment(till.doors, sale.id).settlements] == ["quoted"]
    with till.engine.connect() as read:
        moved = "SELECT count(*) FROM stock_move WHERE kind = 'sale'"
        assert read.execute(text(moved)).scalar_one() == 0
    return note


def the_question(till: PracticeTill) -> str:
    return str(till.doors.profile.inpatient_query)


@pytest.mark.rule("HY-3.6b")
def test_who_was_admitted_since_the_quote_settles_after_the_discharge(till: PracticeTill) -> None:
    sale, patient = quoted(till)
    before = asked(till, the_question(till))
    lies_in_hospital(till, patient, stays=True)
    note = stopped(till, sale, till.settle(sale, patient))
    assert asked(till, the_question(till)) == before + 1
    if the_question(till) == ASKING:
        assert note.message_id == "finding.INPATIENT"
    else:  # 2001 answers for more than a stay: the platform's own words tell which it is
        assert note.message_id == "finding.INPATIENT_entitlement"
        assert "在院" in str(note.params["text"])
    lies_in_hospital(till, patient, stays=False)
    assert till.settle(sale, patient).sale_state == "completing"
    assert asked(till, "2102") == 1


@pytest.mark.rule("HY-3.6b")
@pytest.mark.parametrize("kind", ["not_arrived", "lost_answer", "refused", "torn", "http_502"])
def test_a_question_without_an_answer_stops_and_says_just_that(
    till: PracticeTill, kind: str
) -> None:
    sale, patient = quoted(till)
    till.fault(kind=kind, infno=[the_question(till)])
    note = stopped(till, sale, till.settle(sale, patient))
    assert note.message_id == "finding.INPATIENT_unknown"
    assert till.settle(sale, patient).sale_state == "completing"


@pytest.mark.rule("HY-3.6b")
def test_a_line_that_is_down_is_no_answer_either(till: PracticeTill) -> None:
    sale, patient = quoted(till)
    till.line_up = False
    note = stopped(till, sale, till.settle(sale, patient))
    assert note.message_id == "finding.INPATIENT_unknown"
