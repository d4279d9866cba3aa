"""A prescription that a hospital wrote since it lacks the drug keeps that reason (EZ-9d)."""

from dataclasses import replace

import pytest

from app.domain.prescription import OUT_OF_STOCK
from app.use_cases.attach_prescription import attach_prescription
from app.use_cases.month_report import month_report, rows_of
from tests.fakes.practice_till import practice_till
from tests.fakes.statements import a_manager
from tests.unit.insurance.test_rx_answers import answer_to, golden, sheet_of
from ui.screens.prescription.view_model import TypedPrescription


@pytest.fixture
def till(tmp_path):
    made = practice_till(tmp_path)
    yield next(made)
    made.close()


@pytest.mark.rule("EZ-9d")
def test_a_typed_reason_is_kept_with_case_and_sale_and_counted_by_the_month(till):
    drug, patient = till.find(insurance_class="A", sale_class="rx"), till.patient("active_met")
    sale = till.prescribe(till.basket((drug, 1)))
    assert sale.prescription.source_reason == ""
    typed = replace(sale.prescription, number="LX-EZ9D", source_reason=OUT_OF_STOCK, case_id="")
    sale = attach_prescription(till.doors, sale, typed, "2001", "200200")
    assert sale.prescription.source_reason == OUT_OF_STOCK
    with till.doors.uow() as uow:
        assert uow.prescriptions.of_sale(sale.id).sheet.source_reason == OUT_OF_STOCK
    till.quote(sale, patient)
    till.settle(sale, patient)
    report = month_report(till.doors, a_manager(till), "2026-11")
    (one,) = [one for part, one in rows_of(report) if part == "source"]
    assert one.key == OUT_OF_STOCK and one.figures == report.total.figures


@pytest.mark.rule("EZ-9d")
def test_the_form_builds_it_and_says_nothing_unasked():
    form = TypedPrescription(
        number="1", issued="2026-11-20", issuer_code="H1", issuer_name="练习医院",
        issuer_area="999900", doctor_code="D1", doctor_name="练习医师", dept_code="A",
        dept_name="内科", diagnosis_code="J06.900", diagnosis_name="练习", patient="练习",
    )  # fmt: skip
    assert form.build().source_reason == ""
    assert replace(form, out_of_stock=True).build().source_reason == OUT_OF_STOCK


@pytest.mark.rule("EZ-9d")
@pytest.mark.parametrize(
    ("name", "reason"), [("缺药外配", OUT_OF_STOCK), ("门诊统筹", ""), ("", "")]
)
def test_an_electronic_one_says_it_where_the_centre_does(name, reason):
    document = golden("B_download")
    document["output"]["data"]["rxExraAttrName"] = name
    assert sheet_of(answer_to("download", document)).source_reason == reason
