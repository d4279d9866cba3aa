"""What the pharmacist is told of a prescription, and what is proved of the ten items."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.catalogue import Medicine
from app.domain.clinical import ClinicalRules, clinical_findings
from app.domain.insurance import InsuredPerson
from app.domain.money import Quantity
from app.domain.prescription import PrescriptionForm
from app.domain.rx_case import RxDiagnosis, RxLine, RxPatient, RxSheet
from app.domain.rx_review import TEN, ten_items
from app.errors import BadFile
from app.use_cases.clinical_rules import join, read_rules, rules_of, shipped_rules
from tests.fakes.builders import a_medicine
from tests.unit.pharmacy.test_supply import NOON, a_line, bought
from ui.words import LANGUAGES, placeholders, say, texts

RULES = replace(shipped_rules(), max_drugs=5)
PERSON = InsuredPerson("999900", "练习张小兰", "01", "999900199001010019", "2", date(1990, 1, 1))


def a_sheet(*lines: RxLine, **changes: Any) -> RxSheet:
    values: dict[str, Any] = {
        "number": "LX1", "form": PrescriptionForm.ELECTRONIC, "issued_at": NOON,
        "expires_at": None, "issuer_code": "H1", "issuer_name": "练习医院", "issuer_area": "999900",
        "dept_name": "内科", "patient": RxPatient("练习张小兰", age="36", cert_no=PERSON.cert_no),
        "lines": lines or (a_line(),), "diagnoses": (RxDiagnosis("J06.9", "练习感冒", True),),
    }  # fmt: skip
    return RxSheet(**(values | changes))


def codes(
    sheet: RxSheet, medicines: dict[int, Medicine] | None = None, rules: ClinicalRules = RULES
) -> list[str]:
    return [one.code for one in clinical_findings(sheet, (), medicines or {}, rules, NOON)]


def test_a_sheet_in_order_says_nothing() -> None:
    assert codes(a_sheet(a_line(), a_line(no=2, generic_name="另一种"))) == []


@pytest.mark.rule("LN-4.3a")
def test_the_same_generic_twice() -> None:
    found = clinical_findings(a_sheet(a_line(), a_line(no=2)), (), {}, RULES, NOON)
    assert [(one.code, one.variant, one.severity) for one in found] == [
        ("CLINICAL_DUPLICATE", "", "warn")
    ]


@pytest.mark.rule("LN-4.3a")
@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("XJ01CAA040B002010100099", ["CLINICAL_DUPLICATE"]),
        ("XJ01CAA041B001010100087", []),
        ("XJ01", []),
        ("", []),
    ],
)
def test_the_same_stem_of_the_national_code(other: str, found: list[str]) -> None:
    sheet = a_sheet(
        a_line(national_code="XJ01CAA040B001010100087"),
        a_line(no=2, generic_name="别名", national_code=other),
    )
    assert codes(sheet) == found


def test_invented_codes_are_the_same_only_whole() -> None:
    lines = (
        a_line(national_code="XLX99A00000000000000001"),
        a_line(no=2, generic_name="别名", national_code="XLX99A00000000000000002"),
    )
    assert codes(a_sheet(*lines)) == []
    twin = replace(lines[1], national_code=lines[0].national_code)
    assert codes(a_sheet(lines[0], twin)) == ["CLINICAL_DUPLICATE"]


@pytest.mark.rule("HY-1.5.2a", "LN-4.3a")
def test_what_was_bought_here_and_still_lasts() -> None:
    before = bought(generic_name="练习降压片", at=NOON - timedelta(days=20), supply_days=28)
    found = clinical_findings(a_sheet(), (before,), {}, RULES, NOON)
    assert [(one.code, one.params["days"]) for one in found] == [("CLINICAL_STILL_HAS", 8)]
    gone = replace(before, at=NOON - timedelta(days=28))
    assert clinical_findings(a_sheet(), (gone,), {}, RULES, NOON) == ()


@pytest.mark.rule("LN-4.3a")
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"days": "30"}, ["CLINICAL_TOO_LITTLE"]),
        ({"days": "28"}, []),
        ({"days": "20"}, []),
        ({"days": "20", "quantity": Quantity.of(2)}, ["CLINICAL_TOO_MUCH"]),
        ({"days": "", "quantity": Quantity.of(9)}, []),
        ({"dose": "", "quantity": Quantity.of(9)}, []),
    ],
)
def test_dose_against_the_sheets_own_numbers(changes: dict[str, Any], found: list[str]) -> None:
    assert codes(a_sheet(a_line(**changes))) == found


@pytest.mark.rule("LN-4.3a")
@pytest.mark.parametrize(
    ("mark", "patient", "found"),
    [
        ("pregnancy_avoid", {"gestation_weeks": 9}, ["CLINICAL_PREGNANCY"]),
        ("pregnancy_avoid", {}, []),
        ("lactation_avoid", {"lactating": True}, ["CLINICAL_LACTATION"]),
        ("child_avoid:12", {"age": "11.9"}, ["CLINICAL_CHILD"]),
        ("child_avoid:12", {"age": "12"}, []),
        ("child_avoid:12", {"newborn": True}, ["CLINICAL_CHILD"]),
        ("child_avoid:12", {"age": ""}, []),
        ("male_avoid", {"gender": "1"}, ["CLINICAL_SEX"]),
        ("male_avoid", {"gender": "2"}, []),
        ("female_avoid", {"gender": "2"}, ["CLINICAL_SEX"]),
        ("female_avoid", {"gender": "1", "cert_no": "999900199001010029"}, []),
        ("female_avoid", {"cert_no": "999900199001010029"}, ["CLINICAL_SEX"]),
        ("male_avoid", {"cert_no": "99990019900101001X"}, ["CLINICAL_SEX"]),
        ("male_avoid", {"cert_no": "LX-passport"}, []),
        ("male_avoid", {}, []),
        ("no_long_rx", {}, []),
    ],
)
def test_marks_of_the_drug_record(mark: str, patient: dict[str, Any], found: list[str]) -> None:
    person = RxPatient(**({"name": "练习", "age": "36"} | patient))
    assert codes(a_sheet(patient=person), {1: a_medicine(marks=(mark,))}) == found
    by_rule = replace(RULES, marks={"练习降压片": (mark,)})
    assert codes(a_sheet(patient=person), rules=by_rule) == found


@pytest.mark.rule("LN-4.2b")
def test_special_control_on_a_long_prescription() -> None:
    medicine = {1: a_medicine(marks=("no_long_rx",))}
    assert codes(a_sheet(long=True), medicine) == ["CLINICAL_NOT_LONG"]


@pytest.mark.parametrize(
    ("generic", "allergies", "found"),
    [
        ("阿莫西林胶囊", "青霉素、阿莫西林", ["CLINICAL_ALLERGY"]),
        ("阿莫西林胶囊", "头孢", []),
        ("阿莫西林胶囊", "", []),
        ("片", "某片", []),
    ],
)
def test_allergies_that_name_the_drug(generic: str, allergies: str, found: list[str]) -> None:
    sheet = a_sheet(a_line(generic_name=generic), patient=RxPatient("练习", allergies=allergies))
    assert codes(sheet) == found


@pytest.mark.rule("EZ-2b")
def test_more_drugs_than_a_sheet_holds_and_pieces_among_them() -> None:
    six = [a_line(no=no, generic_name=f"练习药{no}", item_type="11") for no in range(1, 7)]
    assert codes(a_sheet(*six)) == ["RX_TOO_MANY_DRUGS"]
    mixed = (*six[:1], a_line(no=2, generic_name="黄芪", item_type="13"))
    assert codes(a_sheet(*mixed)) == ["CLINICAL_DECOCTION_MIXED"]
    assert codes(a_sheet(mixed[1])) == []


def proofs(sheet: RxSheet, person: InsuredPerson | None, medicine: Medicine) -> dict[str, str]:
    medicines = {line.no: medicine for line in sheet.lines}
    found = clinical_findings(sheet, (), medicines, RULES, NOON)
    return {one.item: one.proved for one in ten_items(sheet, person, medicines, found, RULES)}


SAME = a_medicine(generic_name="练习降压片", dosage_form="片", spec="5mg×28片")


@pytest.mark.rule("SJZ-A.3")
def test_the_ten_items_and_what_is_proved_of_them() -> None:
    assert len(TEN) == 10
    assert proofs(a_sheet(), PERSON, SAME) == {
        "department": "ok", "name": "ok", "age": "ok", "drug_name": "ok", "form": "ok",
        "spec": "ok", "quantity": "ok", "appearance": "unknown", "usage": "unknown",
        "diagnosis": "unknown",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "person", "medicine", "item"),
    [
        ({"dept_name": ""}, PERSON, SAME, "department"),
        ({}, replace(PERSON, cert_no="999900199001010027"), SAME, "name"),
        ({}, replace(PERSON, name="练习别人"), SAME, "name"),
        ({}, replace(PERSON, birth_date=date(1960, 1, 1)), SAME, "age"),
        ({}, PERSON, replace(SAME, generic_name="别的"), "drug_name"),
        ({}, PERSON, replace(SAME, dosage_form="胶囊"), "form"),
        ({}, PERSON, replace(SAME, spec="10mg*28片"), "spec"),
        ({"lines": (a_line(days="60"),)}, PERSON, SAME, "quantity"),
        ({"lines": (a_line(dose=""),)}, PERSON, SAME, "usage"),
        ({"diagnoses": ()}, PERSON, SAME, "diagnosis"),
    ],
)
def test_each_item_can_be_in_doubt(
    changes: dict[str, Any], person: InsuredPerson, medicine: Medicine, item: str
) -> None:
    assert proofs(a_sheet(**changes), person, medicine)[item] == "doubt"


def test_without_person_or_article_nothing_is_claimed() -> None:
    items = ten_items(a_sheet(), None, {}, (), RULES)
    assert {one.item for one in items if one.proved == "ok"} == {"department", "quantity"}


SHOP = """
[stem]
XA = 7
[[group]]
name = "练习止痛"
generics = ["练习甲", "练习乙"]
[[mark]]
generic = "练习甲"
marks = ["child_avoid:6"]
[[pair]]
one = "练习甲"
other = "练习丙"
text = "先打电话"
"""


def test_a_shop_adds_rules_of_its_own(tmp_path: Path) -> None:
    assert rules_of(tmp_path)() is shipped_rules()
    (tmp_path / "clinical.toml").write_text(SHOP, encoding="utf-8")
    rules = rules_of(tmp_path)()
    assert (rules.stems["XA"], rules.stems["X"]) == (7, 10)
    lines = [a_line(no=no, generic_name=f"练习{name}") for no, name in enumerate("甲乙丙", 1)]
    sheet = a_sheet(*lines, patient=RxPatient("练习", age="3"))
    assert codes(sheet, rules=rules) == [
        "CLINICAL_DUPLICATE", "CLINICAL_CHILD", "CLINICAL_PAIR"
    ]  # fmt: skip
    twice = join(rules, rules)
    assert twice.marks == rules.marks


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[stems]\n", "stems"),
        ("[stem]\nX = 0\n", "stem.X"),
        ("[stem]\nX = '10'\n", "stem.X"),
        ("[frequency]\nqd = '0'\n", "frequency.qd"),
        ("[frequency]\nqd = 1\n", "frequency.qd"),
        ("[frequency]\nqd = '1/0'\n", "frequency.qd"),
        ("[decoction]\nkinds = []\n", "decoction.kinds"),
        ("[[group]]\nname = ''\n", "group[1].name"),
        ("[[mark]]\ngeneric = 'x'\nmarks = ['child']\n", "mark[1].marks"),
        ("[[mark]]\ngeneric = 'x'\n", "mark[1].marks"),
        ("[[pair]]\none = 'x'\ncolour = 'y'\n", "pair[1].colour"),
        ("pair = 1\n", "pair"),
        ("not toml", ""),
    ],
)
def test_a_wrong_rule_file_is_named_with_key_and_reason(
    text: str, why: str, tmp_path: Path
) -> None:
    (tmp_path / "clinical.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile) as refused:
        read_rules(tmp_path / "clinical.toml")
    assert refused.value.params["file"] == "clinical.toml"
    assert str(refused.value.params["why"]).startswith(why)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_clinical_finding_has_words_that_its_parameters_fill(lang: str) -> None:
    known = texts(lang)
    ids = [key for key in known if key.startswith("finding.CLINICAL_")]
    assert len(ids) == 14
    assert "{" not in say("finding.CLINICAL_PAIR", lang, one="a", other="b", text="c")
    assert placeholders(known["finding.CLINICAL_CHILD"]) == {"name", "years"}
    assert known["clinical.no_database"]
    assert {f"rx_item.{item}" for item, _ in TEN} <= set(known)
    assert {f"rx_check.{check}" for _, check in TEN} <= set(known)
