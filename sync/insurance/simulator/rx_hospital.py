"""The hospital's side: pre-check, signature, upload, revoking, questions (interface 3.1, 3.4).

The printed tables of these transactions are not at hand; the members read here are those that a
prescription cannot be without, in the names of 7204.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sync.insurance.simulator import jsontext, rx_book, rx_pdf, rx_seal
from sync.insurance.simulator.call import Call, Handler, stamp
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.rx_book import Rx

MOST_LINES = 5
"""At most five drugs on one prescription (policy 3.1)."""
MOST_DAYS = 90
"""Longest validity that the practice centre takes (long prescriptions)."""
MOST_PACKS = 999

HEAD = ("rxTypeCode", "prscTime", "valiDays", "prscDeptName", "prscDrName", "drCode")
LINE = (
    "medListCodg", "drugGenname", "drugDosform", "drugSpec", "medcWayDscr", "medcDays", "drugCnt",
    "drugDosunt", "drugTotlcntEmp",
)  # fmt: skip
VISIT = ("psnNo", "patnName", "psnCertType", "certno", "patnAge", "gend", "medType")
DIAGNOSIS = ("diagType", "maindiagFlag", "diagSrtNo", "diagCode", "diagName")
ATTRIBUTES = {"01": "双通道", "02": "门诊统筹", "03": "其他", "99": "其他"}
FIRST_MEMBERS = 20
"""``originalValue`` of 7102 holds the first twenty members of the prescription."""


def node(call: Call, *names: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """A part of the request, beside ``data`` or inside it, under either spelling."""
    data = call.raw.get("data")
    for holder in (call.raw, data if isinstance(data, dict) else {}):
        for name in names:
            if holder.get(name) not in (None, ""):
                return holder[name]
    return None


def _need(row: object, names: Sequence[str], where: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise Refusal(f"参数校验失败：缺少节点[{where}]")
    for name in names:
        if row.get(name) in (None, ""):
            raise Refusal(f"参数校验失败：节点[{where}]字段[{name}]不能为空")
    return row


def _rows(value: object, names: Sequence[str], where: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value:
        raise Refusal(f"参数校验失败：缺少节点[{where}]")
    return [_need(row, names, where) for row in value]


def data_of(call: Call, *names: str) -> dict[str, Any]:
    """The node ``data`` with these members; :raises Refusal: where one is missing."""
    return _need(call.raw.get("data"), names, "data")


def _hospital(call: Call) -> Mapping[str, str]:
    found = next((one for one in call.world.institutions if one["code"] == call.institution), None)
    if found is None or found["kind"] != "1":
        raise Refusal("EPC-本交易只对定点医疗机构开放")
    return found


def _number(value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise Refusal("参数校验失败：节点[rxdrugdetail]字段[drugCnt]类型应为数字") from None
    return number if number.is_finite() else Decimal(-1)


def _check_lines(lines: Sequence[Mapping[str, Any]]) -> None:
    if len(lines) > MOST_LINES:
        raise Refusal(f"EPC-处方药品不能超过{MOST_LINES}种")
    for line in lines:
        counts = (_number(line["drugCnt"]), _number(line.get("drugTotlcnt") or 1))
        if not all(0 < one <= MOST_PACKS for one in counts):
            raise Refusal(f"EPC-药品[{line['drugGenname']}]的数量[drugCnt]不合理")


def _moment(value: object, name: str) -> datetime:
    try:
        return datetime.strptime(str(value), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - China time
    except ValueError:
        raise Refusal(f"参数校验失败：节点[data]字段[{name}]格式不正确") from None


def _days(head: Mapping[str, Any]) -> int:
    text = str(head["valiDays"])
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= MOST_DAYS:
        raise Refusal(f"EPC-处方有效天数[valiDays]应在1至{MOST_DAYS}之间")
    return int(text)


def _patient(call: Call, visit: Mapping[str, Any]) -> None:
    person = call.person(str(visit["psnNo"]))
    if person.name != visit["patnName"] or person.id_number != str(visit["certno"]).upper():
        raise Refusal("EPC-患者姓名[patnName]或证件号码[certno]与参保信息不符")


def precheck(call: Call, *, strict: bool = True) -> dict[str, Any]:
    """7101, D001: looks a prescription over and gives it its numbers.

    ``strict`` False lets lines through that no hospital could send, for practice with bad input.
    """
    hospital = _hospital(call)
    head = dict(_need(call.raw.get("data"), HEAD, "data"))
    lines = _rows(node(call, "rxdrugdetail", "rxDetlList"), LINE, "rxdrugdetail")
    visit = _need(node(call, "mdtrtinfo", "rxOtpinfo"), VISIT, "mdtrtinfo")
    diagnoses = _rows(node(call, "diseinfo", "rxDiseList"), DIAGNOSIS, "diseinfo")
    if strict:
        _check_lines(lines)
        _patient(call, visit)
    written = _moment(head["prscTime"], "prscTime")
    number, trace = call.new_id("rx", "LR"), call.new_id("rx_trace", "LT")
    kinds = call.world.codes["rx_type_code"].values if "rx_type_code" in call.world.codes else {}
    head |= {
        "hiRxno": number,
        "rxTraceCode": trace,
        "fixmedinsCode": call.institution,
        "fixmedinsName": hospital["name"],
        "valiEndTime": f"{written + timedelta(days=_days(head)):%Y-%m-%d %H:%M:%S}",
        "rxTypeName": kinds.get(str(head["rxTypeCode"]), "其他"),
        "rxExraAttrName": ATTRIBUTES.get(str(head.get("rxExraAttrCode", "")), ""),
        "longRxFlag": str(head.get("longRxFlag") or "0"),
    }
    rx = Rx(
        number=number,
        psn_no=str(visit["psnNo"]),
        hospital=call.institution,
        area=str(head.get("mdtrtareaNo") or call.world.division),
        trace_code=trace,
        qr=f"LXQR{int(number[2:]):023d}",
        sheet={"head": head, "lines": lines, "visit": visit, "diagnoses": diagnoses},
    )
    rx_book.save(call.books, rx)
    return {"data": {"rxTraceCode": trace, "hiRxno": number}}


def _own(call: Call, number: str) -> Rx:
    rx = rx_book.find(call.books, number, call.now)
    if rx is None or rx.hospital != call.institution:
        raise Refusal("EPC-未查询到本机构开具的处方[hiRxno]")
    return rx


def octets(value: object, name: str) -> bytes:
    """Base64 text; :raises Refusal: for what is none."""
    try:
        return base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(f"参数校验失败：节点[data]字段[{name}]应为Base64") from None


def sign(call: Call, *, manner: str = "valid") -> dict[str, Any]:
    """7102, D002: the hospital's electronic signature over the file (interface 3.4)."""
    data = data_of(call, "originalValue", "originalRxFile")
    try:
        members = jsontext.read(octets(data["originalValue"], "originalValue"))
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict) or not members.get("hiRxno"):
        raise Refusal("EPC-处方信息原文[originalValue]不是处方的JSON")
    rx = _own(call, str(members["hiRxno"]))
    if rx.phase == "uploaded":
        raise Refusal("EPC-处方[hiRxno]已上传，不能重新签名")
    if members.get("rxTraceCode") != rx.trace_code:
        raise Refusal("EPC-处方信息原文[originalValue]与预核验的处方不符")
    rx.sheet["head"] |= {
        name: data[name] for name in ("pharCode", "pharName", "pharChkTime") if data.get(name)
    }
    body = octets(data["originalRxFile"], "originalRxFile")
    sealed = rx_seal.seal(body, call.institution, call.now, manner)
    rx.seal = {
        "signDigest": sealed.digest,
        "signCertSn": sealed.cert_sn,
        "signCertDn": sealed.cert_dn,
    }
    rx.phase = "signed"
    rx_book.save(call.books, rx, sealed.file)
    return {"data": {"rxFile": base64.b64encode(sealed.file).decode(), **rx.seal}}


def upload(call: Call) -> dict[str, Any]:
    """7103, D003, 9211: from now on pharmacies can see it; a repeat changes nothing."""
    data = data_of(call, "rxTraceCode", "hiRxno", "rxFile", "signDigest")
    rx = _own(call, str(data["hiRxno"]))
    if rx.phase == "checked":
        raise Refusal("EPC-处方[hiRxno]尚未电子签名，不能上传")
    if data["rxTraceCode"] != rx.trace_code or data["signDigest"] != rx.seal["signDigest"]:
        raise Refusal("EPC-处方追溯码[rxTraceCode]或签名摘要[signDigest]与签名时不符")
    if rx.phase == "signed":
        rx.phase = "uploaded"
        rx_book.save(call.books, rx, octets(data["rxFile"], "rxFile"))
    return {"data": {"hiRxno": rx.number, **_status(rx)}}


def _status(rx: Rx) -> dict[str, str]:
    return {"rxStasCodg": rx.status, "rxStasName": rx_book.STATUS_NAMES[rx.status]}


def revoke(call: Call) -> dict[str, Any]:
    """7104, D004, 9213: as long as it is unused, whoever holds it (interface 3.5)."""
    data = data_of(call, "hiRxno", "undoRea", "undoDrName")
    rx = _own(call, str(data["hiRxno"]))
    if rx.used == rx_book.USED:
        raise Refusal("EPC-处方[hiRxno]已使用，不能撤销")
    if any(one["state"] == rx_book.SETTLED for one in rx.reports):
        raise Refusal("EPC-处方[hiRxno]已部分使用，不能撤销")
    if rx.status != rx_book.REVOKED:
        rx.status = rx_book.REVOKED
        rx.undone = {
            "reason": str(data["undoRea"]),
            "doctor": str(data["undoDrName"]),
            "at": stamp(call.now),
        }
        rx_book.save(call.books, rx)
    return {"data": {"hiRxno": rx.number, **_status(rx)}}


def query(call: Call) -> dict[str, Any]:
    """7105, D005: the sheet with its three states."""
    rx = _own(call, str(data_of(call, "hiRxno")["hiRxno"]))
    states = {
        **_status(rx),
        "rxUsedStasCodg": rx.used,
        "rxUsedStasName": rx_book.USED_NAMES[rx.used],
        "rxChkStasCodg": rx.check,
        "rxChkStasName": rx_book.CHECK_NAMES[rx.check],
    }
    sheet = rx.sheet
    return {
        "data": {**sheet["head"], **states},
        "rxDetlList": [
            {**line, "takeDrugFlag": "1" if rx.complete(place) else "0"}
            for place, line in enumerate(sheet["lines"])
        ],
        "rxOtpinfo": sheet["visit"],
        "rxDiseList": sheet["diagnoses"],
    }


def review_told(call: Call) -> dict[str, Any]:
    """7106, D006: what the pharmacist said."""
    rx = _own(call, str(data_of(call, "hiRxno")["hiRxno"]))
    told = rx.review
    return {
        "data": {
            "hiRxno": rx.number,
            "rxChkStasCodg": rx.check,
            "rxChkStasName": rx_book.CHECK_NAMES[rx.check],
            "rxChkOpnn": told.get("opinion", ""),
            "rxChkTime": told.get("time", ""),
            "pharName": told.get("pharmacist_name", ""),
            "pharCode": told.get("pharmacist", ""),
        }
    }


def dispensing_told(call: Call) -> dict[str, Any]:
    """7107, D007: what was handed out and stands."""
    rx = _own(call, str(data_of(call, "hiRxno")["hiRxno"]))
    reports = [one for one in rx.reports if one["state"] == rx_book.SETTLED]
    rows = [row for one in reports for row in one["rows"]]
    told = {
        "hiRxno": rx.number,
        "rxUsedStasCodg": rx.used,
        "rxUsedStasName": rx_book.USED_NAMES[rx.used],
        "setlTime": reports[-1]["at"] if reports else "",
    }
    return {"data": told, "seltdelts": rows}


HANDLERS: dict[str, Handler] = {
    "7101": precheck,
    "7102": sign,
    "7103": upload,
    "7104": revoke,
    "7105": query,
    "7106": review_told,
    "7107": dispensing_told,
    "D001": precheck,
    "D002": sign,
    "D003": upload,
    "D004": revoke,
    "D005": query,
    "D006": review_told,
    "D007": dispensing_told,
    "9211": upload,
    "9213": revoke,
}
"""One table for the three numberings: release B, the centre called directly, and Hebei's."""

METHODS = {
    "D001": "uploadChk",
    "D002": "rxFixmedinsSign",
    "D003": "rxFileUpld",
    "D004": "rxUndo",
    "D005": "hospRxDetlQuery",
    "D006": "rxChkInfoQuery",
    "D007": "rxSetlInfoQuery",
}
"""Last part of the path where the centre is called directly (interface 3.1)."""


def issue(call_of: Any, asked: dict[str, Any], *, strict: bool, manner: str) -> Rx:  # noqa: ANN401
    """All three steps in a row, as a hospital's program does them.

    ``call_of`` makes a :class:`Call` of a number and an ``input``.
    :raises Refusal: for what the pre-check does not let pass.
    """
    numbers = precheck(call_of("7101", asked), strict=strict)["data"]
    first = call_of("7102", {})
    rx = _own(first, numbers["hiRxno"])
    members = dict(list(rx.sheet["head"].items())[:FIRST_MEMBERS]) | numbers
    file = rx_pdf.page(rx.sheet) if manner != "not_a_pdf" else "这不是处方文件".encode()
    data = {
        "originalValue": base64.b64encode(jsontext.write(members).encode()).decode(),
        "originalRxFile": base64.b64encode(file).decode(),
        "pharName": "练习·院方药师",
        "pharCode": "LXHP0001",
        "pharChkTime": stamp(first.now),
    }
    known = manner if manner in rx_seal.MANNERS else "valid"
    signed = sign(call_of("7102", {"data": data}), manner=known)["data"]
    last = call_of("7103", {"data": {**numbers, **signed}})
    upload(last)
    return _own(last, numbers["hiRxno"])
