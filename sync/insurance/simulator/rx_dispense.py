"""The pharmacy's side after the download: verify, review, report, undo (7205 to 7208)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sync.insurance.simulator import rx_book, rx_seal
from sync.insurance.simulator.call import Call, stamp
from sync.insurance.simulator.refusal import Refusal
from sync.insurance.simulator.rx_book import OPEN, SETTLED, WITHDRAWN, Rx
from sync.insurance.simulator.rx_counter import caller

OVER = 10
"""Packs are a lower bound and the pharmacist decides; ten times as many is a slip of the hand."""


def verify(call: Call) -> dict[str, Any]:
    """7205: looks at the signature inside the file; a bad one is answered with flag false."""
    data = call.input["data"]
    caller(call, data)
    rx = rx_book.need(call, data["hiRxno"])
    rx_book.held(call, rx, "核验")
    _token_of(call, rx, data["epcToken"])
    if data["rxTraceCode"] != rx.trace_code:
        raise Refusal("EPC-处方追溯码[rxTraceCode]与处方不符")
    try:
        file = base64.b64decode(data["rxFile"], validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("EPC-处方文件[rxFile]不是Base64") from None
    found = rx_seal.check(file)
    same = file == rx_book.file_of(call.books, rx.number)
    serial = call.new_id("rx_verify", "LV")
    rx.verified[serial] = found.holds and same
    rx_book.save(call.books, rx)
    return {
        "data": {
            "flag": found.holds and same,
            "rxSignVerifySn": serial,
            "signCertSn": found.cert_sn or "-",
            "signCertDn": found.cert_dn or found.why or "-",
        }
    }


def _token_of(call: Call, rx: Rx, epc_token: str) -> None:
    if rx_book.token(call, epc_token)["hi_rxno"] != rx.number:
        raise Refusal("EPC-电子处方令牌[epcToken]与处方[hiRxno]不符")


def practitioner(call: Call, code: str) -> Mapping[str, Any] | None:
    """The person of that code whom the platform knows at the calling institution."""
    return next(
        (
            one
            for one in call.world.practitioners
            if one["code"] == code and one["institution"] == call.institution
        ),
        None,
    )


def _pharmacist(call: Call, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The reviewing pharmacist; :raises Refusal: unknown here, out of date, or another person."""
    known = practitioner(call, data["pharCode"])
    if known is None or known["kind"] != "3":
        raise Refusal("EPC-审方医保药师代码[pharCode]不在本机构药师名单内")
    day = call.today.isoformat()
    if not known["since"] <= day <= (known.get("until") or day):
        raise Refusal("EPC-审方药师[pharCode]的备案已失效")
    if data["pharName"] != known["name"]:
        raise Refusal("EPC-审方药师姓名[pharName]与药师代码[pharCode]不符")
    if data.get("pharCertno") and data["pharCertno"].upper() != known["certno"]:
        raise Refusal("EPC-审方药师证件号码[pharCertno]与药师代码[pharCode]不符")
    _pharmacist_token(call, data.get("ecToken") or "", known)
    return known


def _pharmacist_token(call: Call, token: str, known: Mapping[str, Any]) -> None:
    """On by default; localities may switch it off (interface 3.2 step 5)."""
    wanted = call.world.policy.value("any", call.today, "staff.pharmacist_token")
    if not token and wanted in ("duty", "review"):
        raise Refusal("EPC-审方药师电子凭证令牌[ecToken]不能为空")
    if token and token != known.get("ec_token"):
        raise Refusal("EPC-审方药师电子凭证令牌[ecToken]无效")


def review(call: Call, *, signature_checked: bool = True) -> dict[str, Any]:
    """7206: the pharmacist's verdict. Said again by the same hand it has the same serial.

    ``signature_checked`` False where the release has no 7205.
    """
    data = call.input["data"]
    caller(call, data)
    rx = rx_book.need(call, data["hiRxno"])
    said = rx.review
    if not _repeats(call, rx, data):
        rx_book.alive(rx, "审核")
        rx_book.held(call, rx, "审核")
    if data.get("epcToken") or signature_checked:
        _token_of(call, rx, data["epcToken"])
    known = _pharmacist(call, data)
    if signature_checked and not rx.verified.get(data["rxSignVerifySn"]):
        raise Refusal("EPC-处方签名验签流水号[rxSignVerifySn]无效或验签未通过")
    if _repeats(call, rx, data):
        return {"data": {"flag": True, "rxChkBizSn": said["serial"]}}
    if said and not said.get("stale"):
        raise Refusal("EPC-处方[hiRxno]已审核，审核结果不能更改")
    rx.review = {
        "institution": call.institution,
        "verdict": data["rxChkStasCodg"],
        "pharmacist": known["code"],
        "pharmacist_name": known["name"],
        "opinion": data["rxChkOpnn"],
        "time": data["rxChkTime"],
        "serial": call.new_id("rx_review", "LH"),
    }
    if data["rxChkStasCodg"] == "0":
        rx.lock = ""
    rx_book.save(call.books, rx)
    return {"data": {"flag": True, "rxChkBizSn": rx.review["serial"]}}


def _repeats(call: Call, rx: Rx, data: Mapping[str, Any]) -> bool:
    said = rx.review
    return bool(said) and (
        said["institution"],
        said["verdict"],
        said["pharmacist"],
    ) == (call.institution, data["rxChkStasCodg"], data["pharCode"])


def report(call: Call, *, review_named: bool = True) -> dict[str, Any]:
    """7207: what is handed out. Flag 1 waits for its settlement; 0 marks it used at once."""
    data = call.input["data"]
    caller(call, data)
    rx = rx_book.need(call, data["hiRxno"])
    rx_book.alive(rx, "上传销售出库明细")
    if not rx.passed_by(call.institution):
        raise Refusal("EPC-处方[hiRxno]未经本机构药师审核通过，不能销售出库")
    if rx.lock not in ("", call.institution):
        raise Refusal("EPC-处方[hiRxno]已被其他定点药店锁定，不能销售出库")
    rx.lock = call.institution  # a 7208 gave it back meanwhile; the pass stands
    named = data.get("rxChkBizSn") or ""
    if (review_named or named) and named != rx.review["serial"]:
        raise Refusal("EPC-处方审核业务流水号[rxChkBizSn]与审核结果不符")
    insured = _insured(data)
    if not insured and data.get("psnCashPay") is None:
        raise Refusal("EPC-全自费时现金支付总费用[psnCashPay]不能为空")
    rows = call.input["rxSaleDrugDetl"]
    entry = {
        "serial": call.new_id("rx_report", "LO"),
        "institution": call.institution,
        "at": stamp(call.now),
        "state": OPEN if insured else SETTLED,
        "insured": insured,
        "cash": str(data.get("psnCashPay") or ""),
        "setl_id": "",
        "packs": _packs(call, rx, rows),
        "codes": sorted({row["medListCodg"] for row in rows}),
        "rows": [{name: _text(value) for name, value in row.items()} for row in rows],
    }
    rx.reports.append(entry)
    if not insured:
        rx.count()
        rx.free(call.institution)
    rx_book.save(call.books, rx)
    return {"data": {"flag": True, "selStooutSn": entry["serial"]}}


def _insured(data: Mapping[str, Any]) -> bool:
    """``hiFeesetlFlag``: 1 is the default."""
    return (data.get("hiFeesetlFlag") or "1") == "1"


def _text(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def _packs(call: Call, rx: Rx, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Packs by place of the line; :raises Refusal: for what the prescription does not hold."""
    demanded = call.world.profile.centre.get("trace_code_required") is True
    packs: dict[int, Decimal] = {}
    for row in rows:
        if row["drugTotlcnt"] <= 0:
            raise Refusal("EPC-销售出库数量[drugTotlcnt]应大于0")
        if demanded and not row.get("drugTraceCodg"):
            raise Refusal("EPC-药品追溯码[drugTraceCodg]不能为空")
        place = _place(rx, row)
        packs[place] = packs.get(place, Decimal(0)) + row["drugTotlcnt"]
    for place, count in packs.items():
        name = rx.sheet["lines"][place]["drugGenname"]
        if any(one["state"] == OPEN and str(place) in one["packs"] for one in rx.reports):
            raise Refusal(f"EPC-药品[{name}]有未结算的销售出库明细，请先撤销(7208)")
        if rx.complete(place):
            raise Refusal(f"EPC-药品[{name}]已取药，不能重复销售出库")
        if count > OVER * rx.needed(place):
            raise Refusal(f"EPC-药品[{name}]的数量[drugTotlcnt]明显超出处方")
    return {str(place): f"{count.normalize():f}" for place, count in packs.items()}


def _place(rx: Rx, row: Mapping[str, Any]) -> int:
    """The line by its national code; where it fixes no maker, by generic name."""
    lines = list(enumerate(rx.sheet["lines"]))
    for place, line in lines:
        if line["medListCodg"] == row["medListCodg"]:
            return place
    for place, line in lines:
        if not line.get("prdrName") and line["drugGenname"] == row.get("drugGenname"):
            return place
    raise Refusal(f"EPC-药品[medListCodg={row['medListCodg']}]不在处方内")


def undo(call: Call) -> dict[str, Any]:
    """7208: takes unsettled reports back; without a serial the hold as well.

    Where nothing stands it says yes. Refused once the lines are settled: the cancel of the
    settlement takes them back by itself. ``hiFeesetlFlag`` 0 takes a cash sale back.
    """
    data = call.input["data"]
    caller(call, data)
    rx = rx_book.need(call, data["hiRxno"])
    insured = _insured(data)
    serial = data.get("selStooutSn") or ""
    wanted = OPEN if insured else SETTLED
    own = [one for one in rx.reports if one["institution"] == call.institution]
    if serial and not any(one["serial"] == serial for one in own):
        raise Refusal("EPC-未查询到销售出库流水号[selStooutSn]")
    chosen = [one for one in own if serial in ("", one["serial"])]
    found = [one for one in chosen if one["state"] == wanted and one["insured"] == insured]
    if not found and rx.lock != call.institution and _settled(chosen):
        raise Refusal("EPC-销售出库明细已结算，不能撤销")
    if serial and _settled(one for one in chosen if one not in found):
        raise Refusal("EPC-销售出库明细[selStooutSn]已结算，不能撤销")
    for one in found:
        one["state"] = WITHDRAWN
    if not serial and rx.check != "0":
        rx.free(call.institution)
    rx.count()
    rx_book.save(call.books, rx)
    return {"data": {"flag": True}}


def _settled(reports: Any) -> bool:  # noqa: ANN401 - any iterable of reports
    return any(one["state"] == SETTLED for one in reports)
