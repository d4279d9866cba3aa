"""The pharmacy's side of the centre up to the download: authorise, decode, on line, download."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

from sync.insurance.simulator import rx_book
from sync.insurance.simulator.call import Call
from sync.insurance.simulator.persons import Person
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.rx_book import Rx

TOKEN_MINUTES = 30
"""How long an authorisation lives unless ``[centre] token_minutes`` of platform.toml says."""

REGISTRATION = "LXDJ"
"""A practice registration serial (身份登记流水号) is this and the person's number."""

_HIDDEN = ("psnNo", "psnCertType", "certno")
"""Members of the visit that 7204 does not print."""


def minutes(call: Call) -> int:
    """Life of an authorisation."""
    return int(call.world.centre.get("token_minutes", TOKEN_MINUTES))


def caller(call: Call, data: dict[str, Any]) -> None:
    """:raises Refusal: where the body names another institution than the envelope."""
    if data.get("fixmedinsCode") not in (None, "", call.institution):
        raise Refusal("EPC-定点医药机构编号[fixmedinsCode]与报文机构不符")


def _person(call: Call, data: dict[str, Any]) -> Person:
    token, serial = data.get("ecToken") or "", data.get("regSn") or ""
    if bool(token) == bool(serial):
        raise Refusal("EPC-电子凭证令牌[ecToken]与身份登记流水号[regSn]应且只应有一个")
    if token:
        person = call.world.register.by_credential("01", token, "")
        if person is None:
            raise Refusal("EPC-电子凭证令牌[ecToken]无效或已过期")
    else:
        person = call.world.register.by_number(serial.removeprefix(REGISTRATION))
        if person is None or not serial.startswith(REGISTRATION):
            raise Refusal("EPC-身份登记流水号[regSn]无效")
    if data["psnName"] != person.name or data["certno"].upper() != person.id_number:
        raise Refusal("EPC-人员姓名[psnName]或证件号码[certno]与凭证不符")
    return person


def _in_reach(call: Call, data: dict[str, Any], rx: Rx) -> bool:
    """Of this place, or with ``outFlag`` 1 of the province asked for."""
    if data.get("outFlag") != "1":
        return rx.area == call.world.division
    return rx.area[:2] == str(data["outPoolareaNo"])[:2]


def _usable(call: Call, rx: Rx) -> bool:
    free = rx.lock in ("", call.institution)
    gone = ("revoked", "expired", "dispensed", "refused")
    return rx.phase == "uploaded" and free and rx.state not in gone


def authorise(call: Call) -> dict[str, Any]:
    """7201: the person's prescriptions that may be taken here; none at all is an empty list."""
    data = call.input["data"]
    caller(call, data)
    person = _person(call, data)
    if data.get("outFlag") == "1" and not (data.get("outPoolareaNo") and data.get("insuPlcNo")):
        raise Refusal("EPC-异地处方应填写异地处方医保区划[outPoolareaNo]与参保地编号[insuPlcNo]")
    batch = str(call.books.number("rx_batch"))
    return {
        "data": [
            {**rx_book.give_token(call, rx, batch, minutes(call)), **_offer(rx)}
            for rx in rx_book.listed(call.books, call.now, person.psn_no)
            if _usable(call, rx) and _in_reach(call, data, rx)
        ]
    }


def _offer(rx: Rx) -> dict[str, Any]:
    head, visit = rx.sheet["head"], rx.sheet["visit"]
    names = ("fixmedinsCode", "fixmedinsName", "prscTime", "valiEndTime")
    return {
        **{name: head[name] for name in names},
        "deptName": head["prscDeptName"],
        "diseCodg": visit.get("diseCodg", ""),
        "diseName": visit.get("diseName", ""),
        "rxExraAttrCode": head.get("rxExraAttrCode", ""),
        "rxExraAttrName": head.get("rxExraAttrName", ""),
    }


def _one(call: Call, rx: Rx | None) -> dict[str, Any]:
    if rx is None or rx.phase != "uploaded":
        raise Refusal("EPC-未查询到处方信息")
    rx_book.alive(rx, "授权")
    if rx.lock not in ("", call.institution):
        raise Refusal("EPC-处方[hiRxno]已被其他定点药店锁定，不能授权")
    batch = str(call.books.number("rx_batch"))
    return {"data": rx_book.give_token(call, rx, batch, minutes(call))}


def decode(call: Call) -> dict[str, Any]:
    """7203: the QR of a prescription opens that one."""
    data = call.input["data"]
    caller(call, data)
    return _one(call, rx_book.by_qr(call.books, data["epcQrcd"], call.now))


def online(call: Call) -> dict[str, Any]:
    """7202: what the patient authorised in an app; the serial is ``LXOL`` + its number."""
    data = call.input["data"]
    caller(call, data)
    if data["authCircBizSn"] != f"LXOL{data['hiRxno']}":
        raise Refusal("EPC-线上流转授权业务流水号[authCircBizSn]无效")
    return _one(call, rx_book.find(call.books, data["hiRxno"], call.now))


def download(call: Call) -> dict[str, Any]:
    """7204: locks it to this pharmacy and ends the other authorisations of the same list.

    The same pharmacy may ask again: after a lost answer, or to learn the state before payment.
    """
    data = call.input["data"]
    caller(call, data)
    row = rx_book.token(call, data.get("epcToken") or "", data.get("authRxno") or "")
    rx = rx_book.need(call, row["hi_rxno"])
    rx_book.alive(rx, "下载")
    if rx.lock not in ("", call.institution):
        raise Refusal("EPC-处方[hiRxno]已被其他定点药店锁定，不能下载")
    if rx.review and rx.review["institution"] != call.institution:
        rx.review = {}  # a pass of another shop is none here
    rx.lock = call.institution
    rx_book.take(call, row)
    rx_book.save(call.books, rx)
    return sheet(rx, rx_book.file_of(call.books, rx.number))


def sheet(rx: Rx, file: bytes) -> dict[str, Any]:
    """The four nodes of 7204."""
    head, visit = rx.sheet["head"], rx.sheet["visit"]
    names = (
        "hiRxno", "rxTraceCode", "fixmedinsCode", "fixmedinsName", "prscTime", "prscDeptName",
        "valiEndTime", "rxTypeCode", "rxTypeName", "longRxFlag",
    )  # fmt: skip
    return {
        "data": {
            **{name: head[name] for name in names},
            "rxFile": base64.b64encode(file).decode(),
            "fileSuffix": "pdf",
            "rxStasCodg": rx.status,
            "rxUsedStasCodg": rx.used,
        },
        "rxDetlList": [
            {**_counted(line), "takeDrugFlag": "1" if rx.complete(place) else "0"}
            for place, line in enumerate(rx.sheet["lines"])
        ],
        "rxOtpinfo": {
            name: Decimal(str(value)) if name == "patnAge" else value
            for name, value in visit.items()
            if name not in _HIDDEN
        },
        "rxDiseList": rx.sheet["diagnoses"],
    }


def _counted(line: dict[str, Any]) -> dict[str, Any]:
    """Counts as numbers, whatever the hospital wrote them as."""
    numbers = ("drugCnt", "medcDays", "sinDoscnt", "drugTotlcnt")
    return {
        name: Decimal(str(value)) if name in numbers and value not in (None, "") else value
        for name, value in line.items()
    }
