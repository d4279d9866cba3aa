"""The insurance terminal's JSON: questions and answers as the reference tells them, and hostile."""

from __future__ import annotations

import json
import os
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.e_certificate import CertificateUse
from app.domain.identity_card import Sex
from app.errors import BadFrame, BadValue, DeviceError, DeviceFailed
from devices.insurance_terminal import wire
from devices.insurance_terminal.wire import Asker, Service
from ui.words import knows, say_error

ASKER = Asker("H99990000001", "C001", "练习收银", "01", "柜台")
NEW = "999900ec" + "A" * 30
OLD = "B" * 32

PERSON = (
    '{"idNo":"99990019980101002x","idType":"01","userName":"测试人","ecToken":"' + NEW + '",'
    '"ecIndexNo":"0123456789ABCDEF0123456789ABCDEF","insuOrg":"999900","gender":"女",'
    '"birthday":"1998.01.01","nationality":"null","email":null,"chnlId":"","ecQrCode":"null",'
    '"authNo":"null","extra":""}'
)
AS_OBJECT = ('{"code":0,"message":"成功","orgId":"H99990000001","data":' + PERSON + "}").encode()
AS_TEXT = ('{"code":0,"data":' + json.dumps(PERSON) + "}").encode()


def test_the_question_is_the_one_of_the_reference() -> None:
    asked = wire.question(
        Service.DECODE, ASKER, CertificateUse.BUYING, "H9999000000120261122000000001"
    )
    assert asked == (
        '{"orgId":"H99990000001","transType":"ec.query","data":{"orgId":"H99990000001",'
        '"businessType":"02121","operatorId":"C001","operatorName":"练习收银","officeId":"01",'
        '"officeName":"柜台","outBizNo":"H9999000000120261122000000001"},"extra":{}}'
    )


def test_a_face_is_asked_for_in_two_calls() -> None:
    first = json.loads(wire.question(Service.FACE, ASKER, CertificateUse.OUTSIDE_PRESCRIPTION, "1"))
    assert (first["transType"], first["data"]["businessType"]) == ("cn.nhsa.ec.auth", "02122")
    number = "ano" + "1" * 25
    answer = b'{"code":"0","data":"{\\"authNo\\":\\"' + number.encode() + b'\\"}"}'
    assert wire.authorisation("0000", answer) == number
    second = json.loads(
        wire.question(Service.FACE_CHECK, ASKER, CertificateUse.OUTSIDE_PRESCRIPTION, "2", number)
    )
    assert (second["transType"], second["data"]["authNo"]) == ("cn.nhsa.auth.check", number)


def test_a_kiosk_says_so() -> None:
    kiosk = Asker("H9", "C1", "练习", self_service=True)
    asked = json.loads(wire.question(Service.SCAN, kiosk, CertificateUse.BUYING, "1"))
    assert asked["data"]["deviceType"] == "SelfService"


@pytest.mark.parametrize(
    ("service", "number", "authorisation"),
    [
        (Service.FACE_CHECK, "1", ""),
        (Service.DECODE, "1", "ano" + "1" * 25),
        (Service.DECODE, "1" * 65, ""),
        (Service.FACE_CHECK, "1", "1" * 29),
    ],
)
def test_what_does_not_fit_is_not_asked(service: Service, number: str, authorisation: str) -> None:
    with pytest.raises(BadValue):
        wire.question(service, ASKER, CertificateUse.BUYING, number, authorisation)


@pytest.mark.parametrize(
    "answer",
    [AS_OBJECT, AS_TEXT, AS_OBJECT + b"\0" * 500 + b"rest", AS_OBJECT.decode().encode("gb18030")],
)
def test_a_person_is_read_from_an_object_and_from_a_text_that_holds_one(answer: bytes) -> None:
    told = wire.certificate("0000", answer)
    assert (told.token, told.name, told.id_type) == (NEW, "测试人", "01")
    assert (told.id_number, told.number_is_whole) == ("99990019980101002X", True)
    assert (told.division, told.authorisation) == ("999900", "")
    assert (told.sex, told.birth_date) == (Sex.FEMALE, date(1998, 1, 1))
    assert told.index_number == "0123456789ABCDEF0123456789ABCDEF"


def answer_with(**fields: object) -> bytes:
    return json.dumps({"code": 0, "data": {"ecToken": OLD, **fields}}).encode()


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ({}, "token", OLD),
        ({"userName": "null"}, "name", ""),
        ({"userName": "NULL"}, "name", ""),
        ({"userName": None}, "name", ""),
        ({"userName": 7}, "name", "7"),
        ({"userName": ["x"]}, "name", ""),
        ({"birthday": "19980101"}, "birth_date", date(1998, 1, 1)),
        ({"birthday": "1998-02-30"}, "birth_date", None),
        ({"birthday": "1998.1.1"}, "birth_date", None),
        ({"gender": "男"}, "sex", Sex.MALE),
        ({"gender": "2"}, "sex", Sex.FEMALE),
        ({"gender": "?"}, "sex", Sex.UNKNOWN),
        ({"insuOrg": "9999"}, "division", ""),
        ({"idNo": "9999**********02X"}, "number_is_whole", False),
    ],
)
def test_what_is_not_told_stays_empty(fields: dict[str, object], name: str, value: object) -> None:
    assert getattr(wire.certificate("0000", answer_with(**fields)), name) == value


@pytest.mark.parametrize("returned", ["", "9999", "-1", "0", "00000"])
def test_a_call_that_did_not_work_is_told_in_words(returned: str) -> None:
    with pytest.raises(DeviceFailed) as told:
        wire.certificate(returned, AS_OBJECT)
    assert "终端" in say_error(told.value)


def test_the_centre_says_no_and_its_message_is_not_repeated() -> None:
    for code, why in (("500159", "device_terminal.code_500159"), ("7", "device_terminal.refused")):
        answer = f'{{"code":{code},"message":"测试人 99990019980101002X"}}'.encode()
        with pytest.raises(DeviceFailed) as told:
            wire.certificate("0000", answer)
        assert told.value.params == {"device": wire.DEVICE, "why": why, "code": int(code)}
        assert knows(why)
        assert "测试人" not in str(told.value)


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"[]", b"null", b"{", b"<html>", b"\xff\xff", b'{"data":{}}',
        b'{"code":true,"data":{}}',
        b'{"code":0}', b'{"code":0,"data":"x"}', b'{"code":0,"data":[]}', b'{"code":0,"data":{}}',
        b'{"code":0,"data":{"ecToken":"short"}}', b'{"code":NaN,"data":{}}',
        b'{"code":0.5,"data":{}}',
        b'{"code":0,"data":{"ecToken":"' + b"A" * 65 + b'"}}', b"[" * 20000,
        b'{"code":0,"data":{"ecToken":"' + b"A" * 32 + b'","userName":"' + b"A" * 201 + b'"}}',
        b" " * 20481,
    ],
)  # fmt: skip
def test_what_is_no_answer_is_a_bad_frame(answer: bytes) -> None:
    with pytest.raises(BadFrame):
        wire.certificate("0000", answer)
    with pytest.raises(BadFrame):
        wire.authorisation("0000", answer)


def test_nothing_of_a_person_shows() -> None:
    told = wire.certificate("0000", AS_OBJECT)
    shown = f"{told} {told!r} {wire.masked(AS_OBJECT).decode()}"
    assert not any(secret in shown for secret in ("测试", "9999", "AAAA", "1998"))
    assert len(wire.masked(AS_OBJECT)) == len(AS_OBJECT)


FIELDS = st.sampled_from(
    ["code", "data", "ecToken", "userName", "authNo", "birthday", "gender", "idNo", "insuOrg"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=5),
    max_leaves=12,
)
CASES = int(os.environ.get("YAOTAI_FUZZ", "3000"))


@settings(max_examples=min(CASES, 100_000) // 10, deadline=None)
@given(
    st.binary(max_size=200)
    | VALUES.map(lambda value: json.dumps(value).encode())
    | VALUES.map(lambda value: json.dumps({"code": 0, "data": value}).encode())
    | VALUES.map(lambda value: json.dumps({"code": 0, "data": json.dumps(value)}).encode())
)
def test_whatever_the_library_leaves_in_its_buffer(answer: bytes) -> None:
    for read in (wire.certificate, wire.authorisation):
        try:
            told = read("0000", answer)
        except DeviceError:
            continue
        assert told
