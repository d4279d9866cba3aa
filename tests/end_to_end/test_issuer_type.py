"""Of which kind the issuer is stays with the prescription, and the pack says who counts (EZ-5b)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.domain.policy import Policy
from app.domain.prescription import IssuerType, issuer_type_of
from app.domain.sale import Sale
from app.use_cases.attach_prescription import attach_prescription
from app.use_cases.quote_sale import quote_sale
from tests.fakes.practice_rx import RxTill
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.unit.insurance.test_rx_answers import answer_to, golden, sheet_of
from ui.screens.prescription.paper import sheet_of as typed_sheet
from ui.screens.prescription.view_model import TypedPrescription

INTERNET = IssuerType.INTERNET_HOSPITAL.value


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def typed(till: PracticeTill, name: str, kind: str = "") -> TypedPrescription:
    patient = str(till.person("active_met")["name"])
    return TypedPrescription(
        number="LX-EZ5B", issued=f"{till.clock.now():%Y-%m-%d}", issuer_code="H99990000001",
        issuer_name=name, issuer_type=kind,
        issuer_area="999900", doctor_code="D999900000001", doctor_name="练习医师", dept_code="A03",
        dept_name="内科", diagnosis_code="J06.900", diagnosis_name="练习诊断", patient=patient,
    )  # fmt: skip


def covered(till: PracticeTill, form: TypedPrescription) -> Sale:
    sale = till.basket((till.find(insurance_class="A", sale_class="rx"), 1))
    rx = replace(form.build(), picture=b"%PDF-1.4 practice")
    return attach_prescription(till.doors, sale, rx, "2001", "200200")


def stopped(till: PracticeTill, sale: Sale, types: tuple[str, ...] | None) -> bool:
    """Whether the pack with these types refuses it; None = the pack as it is."""
    pack = till.doors.policy_on

    def policy_on(kind: str, at: datetime) -> Policy:
        policy = pack(kind, at)
        return (
            policy if types is None else replace(policy, rx=replace(policy.rx, issuer_types=types))
        )

    doors, patient = replace(till.doors, policy_on=policy_on), till.patient("active_met")
    view = quote_sale(doors, sale.id, patient, "0", till.operator)
    return "ISSUER_NOT_ACCEPTED" in [one.code for one in view.notes if one.severity == "block"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("练习市第一医院", "hospital"),
        ("练习医院互联网医院", INTERNET),
        ("练习街道社区卫生服务中心", "community"),
        ("练习区社区医院", "community"),
        ("练习镇卫生院", "community"),
        ("练习村卫生室", "community"),
        ("练习妇幼保健院", ""),
        ("", ""),
    ],
)
@pytest.mark.rule("EZ-5b")
def test_the_licensed_name_tells_the_type_also_of_an_electronic_sheet(name: str, kind: str) -> None:
    assert issuer_type_of(name) == kind
    document = golden("B_download")
    document["output"]["data"]["fixmedinsName"] = name
    assert sheet_of(answer_to("download", document)).issuer_type == kind


@pytest.mark.rule("EZ-5b")
def test_what_staff_say_of_the_issuer_comes_back_with_case_and_sale(till: PracticeTill) -> None:
    by_name = typed(till, "练习医院互联网医院")
    said = typed(till, "练习线上门诊部", INTERNET)
    unsaid = typed(till, "练习门诊部")
    for form, kind in ((by_name, INTERNET), (said, INTERNET), (unsaid, "")):
        sale = covered(till, form)
        with till.doors.uow() as uow:
            case = uow.prescriptions.of_sale(sale.id)
            kept = uow.sales.get(sale.id).prescription
        assert case is not None
        assert kept is not None
        assert case.sheet.issuer_type == kept.issuer_type == kind
        # The way over the pharmacist's queue keeps it too.
        assert typed_sheet(form.build(), sale.lines, {}).issuer_type == kind


@pytest.mark.rule("EZ-5b")
def test_an_internet_hospital_counts_where_the_pack_lists_it(till: PracticeTill) -> None:
    sale = covered(till, typed(till, "练习医院互联网医院"))
    assert stopped(till, sale, ("hospital", "community"))
    assert not stopped(till, sale, ("hospital", INTERNET))
    assert not stopped(till, sale, None)


@pytest.mark.rule("EZ-5b")
def test_a_fetched_sheet_of_an_internet_hospital_is_judged_the_same_way(
    till: PracticeTill,
) -> None:
    rx = RxTill(till)
    sale, case, _patient = rx.ready()
    assert case.sheet.issuer_type == issuer_type_of(case.sheet.issuer_name) == "hospital"
    assert stopped(till, sale, (INTERNET,))
    assert not stopped(till, sale, ("hospital",))
