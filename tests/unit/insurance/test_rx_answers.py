"""Answers of the prescription centre into values, and what in them is not believed."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.insurance import Answer, Outcome
from app.domain.money import Quantity
from app.domain.rx_calls import CirculatingPage, Downloaded, Practitioner, Verified
from app.domain.rx_case import RxDiagnosis, RxOffer, RxSheet, RxTokens
from app.use_cases.legs import judge
from sync.insurance import exact_json
from sync.insurance.transport import Lost, Reply
from tests.fakes.insurance import a_header
from tests.fakes.rx_calls import rx_calls, rx_client

GOLDEN = Path(__file__).parents[2] / "golden" / "answers_rx"
HEADER = a_header(insured_area="")
Edit = Callable[[dict[str, Any]], None]


def golden(name: str) -> dict[str, Any]:
    text = (GOLDEN / f"{name}.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return document


def answer_to(act: str, document: object, release: str = "B") -> Answer:
    body = document if isinstance(document, bytes) else exact_json.write(document)
    client = rx_client(Reply(200, {}, body), release)
    return client.send(client.compose(rx_calls()[act], HEADER))


def output(node: object) -> dict[str, Any]:
    return {"infcode": 0, "err_msg": None, "output": node}


def told(answer: Answer) -> list[str]:
    return [finding.text for finding in answer.findings]


def sheet_of(answer: Answer) -> RxSheet:
    assert isinstance(answer.value, Downloaded)
    return answer.value.sheet


def test_the_offers_of_a_person() -> None:
    answer = answer_to("authorise", golden("B_authorise"))
    assert (answer.outcome, answer.findings) == (Outcome.SUCCESS, ())
    assert isinstance(answer.value, tuple)
    first, second = answer.value
    assert first == RxOffer(
        tokens=RxTokens(
            "LXAUTH0001", "practice-epc-token-0001", datetime(2026, 10, 5, 6, 37, 8, tzinfo=UTC)
        ),
        issuer_code="H99990000001",
        issuer_name="练习医院（虚构）",
        issued_at=datetime(2026, 10, 5, 1, 0, tzinfo=UTC),
        dept_name="内科",
        valid_until=datetime(2026, 10, 8, 15, 59, 59, tzinfo=UTC),
        disease_name="练习病种",
        attribute="02",
        attribute_name="门诊统筹",
    )
    # A day without a time counts to its end; other attributes are 03 here and 99 there.
    assert second.tokens.expires_at == datetime(2026, 10, 5, 15, 59, 59, tzinfo=UTC)
    assert second.attribute == "99"


def test_one_offer_given_as_an_object_and_none_at_all() -> None:
    document = golden("B_authorise")
    document["output"]["data"] = document["output"]["data"][0]
    one = answer_to("authorise", document)
    assert (len(one.value), one.findings) == (1, ())  # type: ignore[arg-type]
    nothing: object
    for nothing in (None, {}, {"data": []}, {"data": None}):
        answer = answer_to("authorise", output(nothing))
        assert (answer.outcome, answer.value, answer.findings) == (Outcome.SUCCESS, (), ())


@pytest.mark.parametrize("act", ["decode", "online"])
def test_a_token_for_a_code(act: str) -> None:
    row = {"authRxno": "LXA", "epcToken": "t", "expiresIn": "2026-10-05 14:37:08"}
    expected = RxTokens("LXA", "t", datetime(2026, 10, 5, 6, 37, 8, tzinfo=UTC))
    for node in ({"data": row}, {"data": [row]}, row):
        answer = answer_to(act, output(node))
        assert (answer.value, answer.findings) == (expected, ())


def test_a_prescription_as_it_was_issued() -> None:
    answer = answer_to("download", golden("B_download"))
    assert answer.findings == ()
    downloaded = answer.value
    assert isinstance(downloaded, Downloaded)
    sheet, first = downloaded.sheet, downloaded.sheet.lines[0]
    assert (downloaded.file, sheet.file_suffix) == (b"%PDF-1.4 practice", "pdf")
    assert (sheet.number, sheet.trace_code) == ("99990020261005000001", "LXTRACE00001")
    assert (sheet.issuer_code, sheet.issuer_area) == ("H99990000001", "999900")
    assert sheet.issued_at == datetime(2026, 10, 5, 1, 0, tzinfo=UTC)
    assert sheet.expires_at == datetime(2026, 10, 8, 15, 59, 59, tzinfo=UTC)
    assert (sheet.kind, sheet.med_type, sheet.long) == ("1", "14", True)
    assert (sheet.disease_code, sheet.disease_name) == ("M03900", "高血压（练习）")
    assert (first.generic_name, first.form, first.spec) == ("练习缓释片", "片剂", "30mg*7")
    assert (first.quantity, first.unit) == (Quantity.of("14"), "片")
    assert (first.packs, first.pack_unit) == (2, "盒")
    assert (first.dose, first.dose_unit, first.days) == ("1.5", "片", "7")
    assert (first.frequency_code, first.frequency, first.route) == ("11", "qd", "口服")
    assert (first.otc, first.taken, first.maker) == (False, False, "")
    second = sheet.lines[1]
    # otcFlag 1 is OTC, the other way round than rx_flag; the second was handed out before.
    assert (second.no, second.otc, second.taken, second.item_type) == (2, True, True, "12")
    patient = sheet.patient
    assert (patient.name, patient.gender, patient.age) == ("练习甲", "2", "41.5")
    assert (patient.gestation_weeks, patient.lactating, patient.newborn) == (12, False, False)
    assert (patient.allergies, patient.weight) == ("青霉素", "60.25")
    assert sheet.diagnoses == (
        RxDiagnosis("I10.x00", "高血压（练习）", main=True),
        RxDiagnosis("K29.5", "胃炎（练习）"),
    )


def test_the_earlier_release_says_the_same_in_its_own_names() -> None:
    later = sheet_of(answer_to("download", golden("B_download")))
    answer = answer_to("download", golden("A_download"), "A")
    assert answer.findings == ()
    assert sheet_of(answer) == later
    offers = answer_to("authorise", golden("A_authorise"), "A")
    assert (len(offers.value), offers.findings) == (1, ())  # type: ignore[arg-type]
    assert answer_to("review", output({"data": {"rx_chk_biz_sn": "R1"}}), "A").value == "R1"
    assert answer_to("dispense", output({"data": {"sel_stoout_sn": "S1"}}), "A").value == "S1"
    decoded = answer_to("decode", output({"data": {"epc_token": "t"}}), "A")
    assert (decoded.value, decoded.findings) == (RxTokens("", "t"), ())


def test_names_of_the_other_release_are_not_read() -> None:
    assert answer_to("download", golden("B_download"), "A").findings
    assert answer_to("download", golden("A_download"), "B").findings


def test_nodes_inside_data_are_taken_beside_it() -> None:
    document = golden("B_download")
    nodes = document["output"]
    document["output"] = {"data": {**nodes.pop("data"), **nodes}}
    answer = answer_to("download", document)
    assert answer.findings == ()
    assert sheet_of(answer) == sheet_of(answer_to("download", golden("B_download")))


def test_lists_given_as_single_objects_and_numbers_as_texts() -> None:
    document = golden("B_download")
    line = document["output"]["rxDetlList"][0]
    document["output"]["rxDetlList"] = {**line, "drugCnt": "14.0000", "medcDays": "7.00"}
    document["output"]["rxDiseList"] = document["output"]["rxDiseList"][1]
    document["output"]["rxOtpinfo"] = [document["output"]["rxOtpinfo"]]
    answer = answer_to("download", document)
    assert answer.findings == ()
    sheet = sheet_of(answer)
    assert (len(sheet.lines), sheet.lines[0].quantity, sheet.lines[0].days) == (
        1,
        Quantity.of(14),
        "7",
    )
    assert [one.main for one in sheet.diagnoses] == [True]


def test_a_state_told_beside_the_sheet() -> None:
    for name, code, state in (
        ("rx_stas_codg", "1", "valid"),
        ("rx_stas_codg", "2", "expired"),
        ("rx_stas_codg", "3", "revoked"),
        ("rx_used_stas_codg", "2", "dispensed"),
    ):
        document = golden("A_download")
        document["output"]["data"][name] = code
        answer = answer_to("download", document, "A")
        assert isinstance(answer.value, Downloaded)
        assert answer.value.state == state


# --- hostile answers -----------------------------------------------------------------------------


def line(name: str, value: object) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        document["output"]["rxDetlList"][0][name] = value

    return edit


def data(name: str, value: object) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        document["output"]["data"][name] = value

    return edit


def node(name: str, value: object) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        document["output"][name] = value

    return edit


def many(count: int) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        document["output"]["rxDetlList"] = document["output"]["rxDetlList"][:1] * count

    return edit


def garbage_row(document: dict[str, Any]) -> None:
    document["output"]["rxDetlList"].append("x")


HOSTILE: dict[str, tuple[Edit, str]] = {
    "no quantity": (line("drugCnt", 0), "rxDetlList[1].drugCnt out of range"),
    "less than none": (line("drugCnt", "-1"), "rxDetlList[1].drugCnt out of range"),
    "a milliard": (line("drugCnt", 10**9), "rxDetlList[1].drugCnt out of range"),
    "beyond the table": (line("drugCnt", 10**14), "rxDetlList.drugCnt too long"),
    "no number": (line("drugCnt", "viele"), "rxDetlList[1].drugCnt not a quantity"),
    "an exponent": (line("drugCnt", "1e3"), "rxDetlList.drugCnt not a number"),
    "a quantity in a list": (line("drugCnt", [14]), "rxDetlList.drugCnt not a number"),
    "true for a number": (line("drugCnt", True), "rxDetlList.drugCnt not a number"),
    "no unit": (line("drugDosunt", ""), "rxDetlList.drugDosunt missing"),
    "packs": (line("drugTotlcnt", -2), "rxDetlList[1].drugTotlcnt out of range"),
    "no day": (line("medcBegntime", "2026-13-45"), "rxDetlList.medcBegntime not a date"),
    "a drug without a name": (line("drugGenname", None), "rxDetlList.drugGenname missing"),
    "too many lines": (many(201), "rxDetlList more than 200 rows"),
    "no lines": (node("rxDetlList", []), "rxDetlList missing"),
    "lines that are none": (node("rxDetlList", "x"), "rxDetlList holds what is no row"),
    "a line that is none": (garbage_row, "rxDetlList holds what is no row"),
    "nobody": (node("rxOtpinfo", None), "rxOtpinfo missing"),
    "no number of its own": (data("hiRxno", ""), "data.hiRxno missing"),
    "never issued": (data("prscTime", "gestern"), "data.prscTime not a date"),
    "the first day of the calendar": (
        data("prscTime", "0001-01-01 00:00:00"),
        "data.prscTime not a date",
    ),
    "no file": (data("rxFile", ""), "data.rxFile missing"),
    "a file that is no base64": (data("rxFile", "%%%"), "rxFile not base64"),
    "a file without end": (data("rxFile", "A" * 6_000_000), "rxFile too large"),
    "an overlong name": (data("fixmedinsName", "x" * 201), "data.fixmedinsName too long"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_cannot_be_believed_is_an_unknown_outcome(name: str) -> None:
    edit, expected = HOSTILE[name]
    document = golden("B_download")
    edit(document)
    answer = answer_to("download", document)
    assert expected in told(answer)
    assert judge(answer).outcome is Outcome.UNKNOWN
    assert "青霉素" not in repr(answer.findings)
    assert "高血压" not in repr(answer)


@pytest.mark.parametrize("name", ["no quantity", "too many lines", "a file that is no base64"])
def test_the_number_to_give_it_back_by_is_read_all_the_same(name: str) -> None:
    document = golden("B_download")
    HOSTILE[name][0](document)
    assert sheet_of(answer_to("download", document)).number == "99990020261005000001"


def test_two_hundred_lines_are_read() -> None:
    document = golden("B_download")
    many(200)(document)
    answer = answer_to("download", document)
    assert (len(sheet_of(answer).lines), answer.findings) == (200, ())


# --- the other acts ------------------------------------------------------------------------------


def test_a_signature_that_holds_and_one_that_does_not() -> None:
    good = {
        "flag": True,
        "rxSignVerifySn": "LXVER0001",
        "signCertSn": "LXCERT",
        "signCertDn": "CN=练习医院",
    }
    for yes in (True, "true", "1", 1):
        answer = answer_to("verify", output({"data": {**good, "flag": yes}}))
        assert answer.value == Verified(True, "LXVER0001", "LXCERT", "CN=练习医院")
        assert answer.findings == ()
    for no in (False, "false", "0", 0):
        answer = answer_to("verify", output({"data": {"flag": no}}))
        assert (answer.value, answer.findings) == (Verified(False), ())
    odd: object
    for odd in ("maybe", None, []):
        assert told(answer_to("verify", output({"data": {**good, "flag": odd}})))
    assert told(answer_to("verify", output({"data": {**good, "rxSignVerifySn": ""}})))


@pytest.mark.parametrize(("act", "name"), [("review", "rxChkBizSn"), ("dispense", "selStooutSn")])
def test_a_serial_is_answered(act: str, name: str) -> None:
    good = answer_to(act, output({"data": {"flag": True, name: "LX1"}}))
    assert (good.value, good.findings) == ("LX1", ())
    without = answer_to(act, output({"data": {"flag": True}}))
    assert f"data.{name} missing" in told(without)
    assert "flag false" in told(answer_to(act, output({"data": {"flag": False, name: "LX1"}})))


@pytest.mark.parametrize("act", ["undo", "delivery", "receipt"])
def test_an_act_without_a_value(act: str) -> None:
    node_: object
    for node_ in (None, {}, {"data": {"flag": True}}, {"data": {}}):
        answer = answer_to(act, output(node_))
        assert (answer.outcome, answer.value, answer.findings) == (Outcome.SUCCESS, None, ())
    denied = answer_to(act, output({"data": {"flag": "false"}}))
    assert told(denied) == ["flag false"]


def test_a_page_of_the_circulating_list() -> None:
    answer = answer_to("circulating", golden("B_circulating"))
    page = answer.value
    assert isinstance(page, CirculatingPage)
    assert (page.total, len(page.drugs), answer.findings) == (2, 2, ())
    first = page.drugs[0]
    assert (first.national_code, first.name, first.spec) == (
        "XC01LX001A001010100001",
        "练习缓释片",
        "30mg*7",
    )
    assert first.begins == datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    assert first.ends is None
    assert page.drugs[1].name == "练习胶囊（注册名）"


def test_the_pharmacists_of_the_institution() -> None:
    answer = answer_to("practitioners", golden("B_practitioners"))
    assert answer.findings == ()
    assert answer.value == (
        Practitioner(
            code="YS999900000001",
            name="练习药师甲",
            cert_type="01",
            cert_no="999900198501010014",
            licence_no="LXPRAC0001",
            begins=datetime(2024, 12, 31, 16, 0, tzinfo=UTC),
            ends=None,
        ),
    )


# --- what is kept, and what is never thrown ------------------------------------------------------


def test_the_journal_keeps_an_answer_without_its_tokens() -> None:
    raw = (GOLDEN / "B_authorise.json").read_bytes()
    answer = answer_to("authorise", raw)
    assert b"practice-epc-token" not in answer.raw
    assert b"LXAUTH" not in answer.raw
    kept = json.loads(answer.raw)
    expected = copy.deepcopy(golden("B_authorise"))
    for row in expected["output"]["data"]:
        row["authRxno"] = row["epcToken"] = ""
    assert kept == expected


def test_the_journal_keeps_the_file_once_as_its_digest() -> None:
    answer = answer_to("download", golden("B_download"))
    file = base64.b64encode(b"%PDF-1.4 practice")
    assert file not in answer.raw
    assert json.loads(answer.raw)["output"]["data"]["rxFile"].startswith("sha256:")


def test_an_answer_that_breaks_off_inside_a_token_keeps_nothing_of_it() -> None:
    body = b'{"infcode":0,"output":{"data":[{"authRxno":"LXA\\"UTH0001","epcToken":"practice-epc'
    client = rx_client(Lost("torn", body))
    answer = client.send(client.compose(rx_calls()["authorise"], HEADER))
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.raw == b'{"infcode":0,"output":{"data":[{"authRxno":"","epcToken":""'


def test_a_refusal_is_the_centres_words() -> None:
    answer = answer_to("download", {"infcode": -1, "err_msg": "处方已撤销", "output": None})
    assert (answer.outcome, answer.text) == (Outcome.REFUSED, "处方已撤销")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
names = st.sampled_from(
    ["data", "rxDetlList", "rxOtpinfo", "rxDiseList", "list", "feedetail", "rx_detl_list"]
)
fields = st.sampled_from(
    ["hiRxno", "fixmedinsCode", "prscTime", "drugCnt", "flag", "epcToken", "rxFile", "total",
     "expiresIn", "valiEndTime", "diagSrtNo", "maindiagFlag", "patnAge", "gesoVal"]
)  # fmt: skip
rows = st.dictionaries(fields, values, max_size=8)


@given(
    st.sampled_from(sorted(rx_calls())),
    values | st.dictionaries(names, values | rows | st.lists(rows, max_size=3), max_size=5),
)
@settings(max_examples=400)
def test_whatever_is_answered_is_read_or_found_wanting(act: str, answered: object) -> None:
    answer = answer_to(act, {"infcode": 0, "output": answered})
    assert answer.outcome is Outcome.SUCCESS
    if answer.value is None and act not in ("undo", "undo_all", "delivery", "receipt"):
        assert answer.findings
