"""The hospital's side of the centre, its signature, the ways to reach it (interface 3.1, 3.4)."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sync.insurance.simulator import centre_gate, rx_seal, sm2
from sync.insurance.simulator.centre_gate import Settings
from sync.insurance.simulator.rx_orders import message_of
from tests.unit.simulator.far_end import RESOURCES, SHOP, FarEnd, line
from tests.unit.simulator.rx_end import AMOXICILLIN, HOSPITAL, RxEnd, order
from tests.unit.simulator.test_visit_route import Visit

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def hospital() -> RxEnd:
    made = RxEnd()
    made.shop = HOSPITAL
    return made


def says(far_end: RxEnd, infno: str, data: object) -> Any:
    answer = far_end.send(far_end.envelope(infno, data))
    assert answer["infcode"] == 0, answer["err_msg"]
    return answer["output"]["data"]


def wire(far_end: FarEnd, **more: Any) -> dict[str, Any]:
    """The pre-check's input, as JSON can carry it."""
    made = message_of(order(**more), far_end.platform.world, far_end.now)
    told: dict[str, Any] = json.loads(json.dumps(made, default=str))
    return told


def originals(numbers: dict[str, str], body: bytes = b"%PDF-1.4 practice") -> dict[str, Any]:
    value = base64.b64encode(json.dumps(numbers).encode()).decode()
    return {"data": {"originalValue": value, "originalRxFile": base64.b64encode(body).decode()}}


def uploaded(far_end: RxEnd, numbering: tuple[str, str, str]) -> str:
    first, second, third = numbering
    numbers = says(far_end, first, wire(far_end))
    assert far_end.seen(numbers["hiRxno"])["state"] == "issued"
    signed = says(far_end, second, originals(numbers))
    told = says(far_end, third, {"data": {**numbers, **signed}})
    assert told["rxStasCodg"] == "1"
    return str(numbers["hiRxno"])


@pytest.mark.rule("SJZ-A.9", "S-08")
@pytest.mark.parametrize(
    ("numbering", "query", "revoke"),
    [
        (("7101", "7102", "7103"), "7105", "7104"),
        (("D001", "D002", "D003"), "D005", "D004"),
        (("7101", "7102", "9211"), "7105", "9213"),
    ],
)
def test_issue_query_and_revoke_in_each_numbering(
    hospital: RxEnd, numbering: tuple[str, str, str], query: str, revoke: str
) -> None:
    number = uploaded(hospital, numbering)
    hospital.shop = SHOP
    assert len(hospital.offers()) == 1
    hospital.shop = HOSPITAL
    told = says(hospital, query, {"data": {"hiRxno": number}})
    assert (told["rxStasCodg"], told["rxUsedStasCodg"], told["rxChkStasCodg"]) == ("1", "1", "")
    undo = {"data": {"hiRxno": number, "undoRea": "开错", "undoDrName": "练习·赵医师"}}
    assert says(hospital, revoke, undo)["rxStasCodg"] == "3"
    assert says(hospital, revoke, undo)["rxStasCodg"] == "3"
    hospital.shop = SHOP
    assert hospital.offers() == []


@pytest.mark.rule("SJZ-A.4")
def test_a_used_one_cannot_be_revoked(hospital: RxEnd) -> None:
    number = uploaded(hospital, ("7101", "7102", "7103"))
    hospital.shop = SHOP
    _offer, review = hospital.passed(number)
    hospital.call("7207", hospital.report_of(number, review))
    hospital.call("2102", hospital.rx_sale(number))
    hospital.shop = HOSPITAL
    undo = {"data": {"hiRxno": number, "undoRea": "开错", "undoDrName": "练习·赵医师"}}
    assert "已使用" in hospital.refused("7104", undo)
    told = says(hospital, "7106", {"data": {"hiRxno": number}})
    assert (told["rxChkStasCodg"], told["pharCode"]) == ("1", "YS99990000002001")
    assert says(hospital, "7107", {"data": {"hiRxno": number}})["rxUsedStasCodg"] == "2"


def test_nothing_is_seen_before_it_is_uploaded(hospital: RxEnd) -> None:
    numbers = says(hospital, "7101", wire(hospital))
    early = {"data": {**numbers, "rxFile": "JVBERi0=", "signDigest": "x"}}
    assert "尚未电子签名" in hospital.refused("7103", early)
    signed = says(hospital, "7102", originals(numbers))
    hospital.shop = SHOP
    assert hospital.offers() == []
    hospital.shop = HOSPITAL
    wrong = {"data": {**numbers, **signed, "signDigest": "0"}}
    assert "signDigest" in hospital.refused("7103", wrong)


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("data", "valiDays"), "0", "valiDays"),
        (("data", "valiDays"), "91", "valiDays"),
        (("data", "prscTime"), "yesterday", "prscTime"),
        (("data", "prscDrName"), "", "prscDrName"),
        (("mdtrtinfo", "patnName"), "练习·他人", "patnName"),
        (("mdtrtinfo", "psnNo"), "LX0", "参保人"),
        (("rxdrugdetail", 0, "drugCnt"), "0", "drugCnt"),
        (("rxdrugdetail", 0, "drugCnt"), "NaN", "drugCnt"),
        (("rxdrugdetail", 0, "drugCnt"), "much", "drugCnt"),
        (("rxdrugdetail", 0, "medListCodg"), "", "medListCodg"),
        (("rxdrugdetail",), [], "rxdrugdetail"),
        (("diseinfo",), "none", "diseinfo"),
    ],
)
def test_the_precheck_names_what_is_wrong(
    hospital: RxEnd, path: tuple[Any, ...], value: object, why: str
) -> None:
    asked: Any = wire(hospital)
    place = asked
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert why in hospital.refused("7101", asked)


def test_a_pharmacy_is_no_hospital_and_one_hospital_not_another() -> None:
    far_end = RxEnd()
    assert "医疗机构" in far_end.refused("7101", wire(far_end))
    number = far_end.issue()["hi_rxno"]
    assert "未查询到" in far_end.refused("7105", {"data": {"hiRxno": number}})


def test_what_was_signed_must_be_the_prescription(hospital: RxEnd) -> None:
    numbers = says(hospital, "7101", wire(hospital))
    other = {**numbers, "rxTraceCode": "LT0"}
    assert "不符" in hospital.refused("7102", originals(other))
    broken = originals(numbers)
    broken["data"]["originalValue"] = base64.b64encode(b"[1").decode()
    assert "originalValue" in hospital.refused("7102", broken)
    broken["data"]["originalValue"] = "§"
    assert "Base64" in hospital.refused("7102", broken)


# --- signatures ------------------------------------------------------------------------------


@pytest.mark.parametrize("message", [b"", b"abc", "处方".encode() * 500])
def test_a_signature_holds_for_its_own_message_and_key_only(message: bytes) -> None:
    private = sm2.practice_key("one")
    value = sm2.sign(private, message)
    assert value == sm2.sign(private, message)
    assert sm2.holds(sm2.public_of(private), message, value)
    assert not sm2.holds(sm2.public_of(private), message + b"x", value)
    assert not sm2.holds(sm2.public_of(sm2.practice_key("two")), message, value)
    assert not sm2.holds(sm2.public_of(private), message, value, b"another id")


def test_a_seal_is_good_or_says_why_not() -> None:
    body = b"%PDF-1.4 practice"
    good = rx_seal.seal(body, HOSPITAL, NOW)
    assert good.file.startswith(body)
    assert rx_seal.check(good.file).holds
    for manner, why in (("forged", "信任"), ("altered", "改动"), ("expired", "有效期")):
        found = rx_seal.check(rx_seal.seal(body, HOSPITAL, NOW, manner).file)
        assert not found.holds and why in found.why
    assert "没有电子签名" in rx_seal.check(body).why
    assert "不是PDF" in rx_seal.check(rx_seal.seal(b"text", HOSPITAL, NOW).file).why
    assert not rx_seal.check(body + b"\n%LXSEAL bm9uZQ==\n").holds
    # The word of one file under the body of another: a signature taken from elsewhere.
    _body, mark, word = good.file.rpartition(b"\n%LXSEAL ")
    assert "改动" in rx_seal.check(b"%PDF-1.4 other" + mark + word).why


# --- routes ----------------------------------------------------------------------------------


def test_the_visit_route_asks_for_pass_and_report_and_gives_back_on_cancel() -> None:
    far_end = RxEnd()
    lines = [{"code": AMOXICILLIN, "quantity": "2"}]
    number = far_end.issue(lines=lines)["hi_rxno"]
    _offer, review = far_end.passed(number)
    visit = Visit(far_end)
    visit.describe()
    rx_line = line(rxno=number, rx_circ_flag="1")
    far_end.call("2204", visit.lines(rx_line))
    quoted = visit.quote()
    assert "7207" in far_end.refused("2207", visit.settle_input(quoted))
    far_end.call("7207", far_end.report_of(number, review, (AMOXICILLIN, "2")))
    told = far_end.call("2207", visit.settle_input(quoted))
    assert far_end.seen(number)["state"] == "dispensed"
    far_end.call("2208", far_end.cancel_of(told))
    assert far_end.seen(number)["state"] == "issued"
    far_end.post(f"/practice/prescriptions/{number}/revoke", {})
    other = Visit(far_end, number="LXH2")
    other.describe()
    assert "撤销" in far_end.refused("2204", other.lines(rx_line))


def test_books_survive_a_restart(tmp_path: Any) -> None:
    first = FarEnd(tmp_path, eprescription_release="B")
    _status, shown = first.post("/practice/prescriptions", order())
    first.platform.state.close()
    second = FarEnd(tmp_path, eprescription_release="B")
    assert second.get("/practice/prescriptions") == [shown]
    second.platform.state.close()


@pytest.mark.parametrize("release", ["none", "unknown"])
def test_where_no_release_is_known_nothing_answers(release: str) -> None:
    far_end = RxEnd(eprescription_release=release)
    answer = far_end.send(far_end.envelope("7201", far_end.asks()))
    assert "未知交易编号" in answer["err_msg"]


def test_release_a_has_its_own_acts_under_the_same_digits() -> None:
    far_end = RxEnd(eprescription_release="A")
    shown = far_end.issue()
    asked = {"fixmedins_code": SHOP, "epc_qrcd": shown["qr"]}
    answer = far_end.send(far_end.envelope("7201", {"data": asked}))
    tokens = answer["output"]["data"]
    fetch = {"data": {"fixmedins_code": SHOP, "auth_rxno": tokens["auth_rxno"]}}
    sheet = far_end.send(far_end.envelope("7203", fetch))["output"]
    assert sheet["data"]["hi_rxno"] == shown["hi_rxno"]
    assert sheet["rx_detl_list"][0]["med_list_codg"] == AMOXICILLIN
    for missing in ("7207", "7208", "7211"):
        assert "未知交易编号" in far_end.send(far_end.envelope(missing, {}))["err_msg"]
    use = {"hi_rxno": shown["hi_rxno"], "fixmedins_code": SHOP, "payMode": "9"}
    row = {
        "rtal_docno": "R1",
        "stoout_time": "2026-11-22 12:00:00",
        "med_list_codg": AMOXICILLIN,
        "drug_totlcnt": "2",
        "drug_totlcnt_emp": "盒",
    }
    answer = far_end.send(far_end.envelope("7206", {"data": use, "rx_sale_drug_detl": [row]}))
    assert "payMode" in answer["err_msg"]


# --- called directly (1.6) -------------------------------------------------------------------

WAY = {"transport": "centre", "version": "2.0.1", "paths": {"authorise": "epc/x/auth"}}


def test_the_session_key_is_the_published_formula() -> None:
    app_id, secret = "practice-app-0001", "practice-app-secret-not-a-secret"
    pad = padding.PKCS7(128).padder()
    cipher = Cipher(algorithms.SM4(app_id.encode()[:16]), modes.ECB()).encryptor()
    text = pad.update(secret.encode()) + pad.finalize()
    wanted = (cipher.update(text) + cipher.finalize()).hex().upper()[:16].encode()
    assert centre_gate.session_key(app_id, secret) == wanted


def test_the_signed_text_is_sorted_pruned_and_ends_in_the_secret() -> None:
    message = {"version": "1.0.0", "appId": "a", "encData": "FF", "signData": "s", "extra": "e"}
    data = {"b": [{"z": 1, "y": None}], "a": "", "c": True}
    text = centre_gate.signed_text(message, data, "S")
    assert text == b'appId=a&data={"b":[{"z":"1"}],"c":"true"}&version=1.0.0&key=S'


def sealed(far_end: FarEnd, body: object, **more: Any) -> dict[str, Any]:
    """A request as an application would send it, by the other side's own formulas."""
    keys = far_end.platform.world.credentials
    text = json.dumps(body, ensure_ascii=False)
    session = centre_gate.session_key(keys.app_id, keys.app_secret)
    pad = padding.PKCS7(128).padder()
    cipher = Cipher(algorithms.SM4(session), modes.ECB()).encryptor()
    secret = cipher.update(pad.update(text.encode()) + pad.finalize()) + cipher.finalize()
    message = {
        "appId": keys.app_id,
        "encType": "SM4",
        "signType": "SM2",
        "timestamp": "1795320000000",
        "version": "2.0.1",
        **more,
    }
    covered = centre_gate.signed_text(message, body, keys.app_secret)
    private = sm2.practice_key("prescription application")
    value = base64.b64encode(bytes.fromhex(sm2.sign(private, covered))).decode()
    return {**message, "encData": secret.hex().upper(), "signData": value}


def posted(far_end: FarEnd, path: str, message: object) -> Any:
    body = json.dumps(message).encode()
    status, _headers, answer = far_end.platform.handle("POST", path, {}, body)
    assert status == 200
    return json.loads(answer)


def test_the_centre_answers_in_its_envelope() -> None:
    far_end = RxEnd(eprescription_release="C", centre=WAY)
    far_end.issue()
    answer = posted(far_end, "/epc/x/auth", sealed(far_end, far_end.asks()))
    assert answer["code"] == 0
    keys = far_end.platform.world.credentials
    settings = Settings.of(WAY)
    plain = centre_gate._sm4_back(
        centre_gate.session_key(keys.app_id, keys.app_secret), bytes.fromhex(answer["encData"])
    )
    assert len(json.loads(plain)["data"]) == 1
    covered = {name: one for name, one in answer.items() if name not in ("code", "message")}
    text = centre_gate.signed_text(covered, json.loads(plain), keys.app_secret)
    value = base64.b64decode(answer["signData"]).hex()
    point = sm2.public_of(sm2.practice_key(centre_gate.CENTRE_KEY))
    assert sm2.holds(point, text, value)
    assert settings.version == answer["version"]


def test_a_hospital_reaches_the_centre_by_its_methods() -> None:
    far_end = RxEnd(eprescription_release="C", centre=WAY)
    body = wire(far_end)
    body["data"]["fixmedinsCode"] = HOSPITAL
    flat = {**body.pop("data"), **body}
    answer = posted(far_end, "/epc/api/fixmedins/uploadChk", sealed(far_end, flat))
    assert answer["code"] == 0, answer


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"appId": "another-app-00001"}, "appId"),
        ({"encType": "AES"}, "encType"),
        ({"version": "1.0.0"}, "version"),
        ({"timestamp": "now"}, "timestamp"),
        ({"encData": "00"}, "encData"),
        ({"encData": "xyz"}, "encData"),
        ({"signData": "AAAA"}, "signData"),
        ({"timestamp": "1795320000001"}, "signData"),
    ],
)
def test_what_is_no_message_of_the_application(more: dict[str, str], why: str) -> None:
    far_end = RxEnd(eprescription_release="C", centre=WAY)
    message = {**sealed(far_end, far_end.asks()), **more}
    answer = posted(far_end, "/epc/x/auth", message)
    assert answer["code"] == -1 and why in answer["message"]
    assert "encData" not in answer
    assert posted(far_end, "/epc/x/auth", [1])["code"] == -1


def test_the_centres_path_is_no_path_where_the_platform_is_in_front() -> None:
    far_end = RxEnd()
    status, _headers, _body = far_end.platform.handle("POST", "/epc/x/auth", {}, b"{}")
    assert status == 404


def test_the_example_is_an_order_that_can_be() -> None:
    far_end = RxEnd()
    text = (RESOURCES / "practice" / "prescription_example.json").read_text(encoding="utf-8")
    status, shown = far_end.post("/practice/prescriptions", json.loads(text))
    assert status == 200 and shown["state"] == "issued"
