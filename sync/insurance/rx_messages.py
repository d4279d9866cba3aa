"""Calls to the prescription circulation centre in the words of releases A and B (interface 3)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain.insurance import Call, Header
from app.domain.money import Quantity
from app.domain.policy import InterfaceProfile
from app.domain.rx_calls import (
    AskCirculating,
    AskOnlineRx,
    AskPractitioners,
    AskPrescriptions,
    ConfirmDelivery,
    DecodeRxCode,
    DownloadRx,
    ReportDispensing,
    ReportLine,
    TellDelivery,
    UndoDispensing,
    UploadReview,
    VerifyRx,
)
from app.errors import BadValue
from sync.insurance.drafting import Draft, wire_time, yuan
from sync.insurance.profile import Terminal

ACTS: Mapping[type[Any], str] = {
    AskPrescriptions: "authorise",
    AskOnlineRx: "online",
    DecodeRxCode: "decode",
    DownloadRx: "download",
    VerifyRx: "verify",
    UploadReview: "review",
    ReportDispensing: "dispense",
    UndoDispensing: "undo",
    TellDelivery: "delivery",
    ConfirmDelivery: "receipt",
    AskCirculating: "circulating",
}
"""The act of a call; its number is the region pack's (interface 3.1)."""

PRACTITIONERS = "5102"
PHARMACIST = "3"
"""``prac_psn_type`` of pharmacists (interface 5.4)."""

PASSED = "审核通过"
"""``rxChkOpnn`` may not be empty; of a pass nothing more need be said."""

HERB_PIECES = "13"
"""``rxItemTypeCode`` 饮片: no pack, no trace code (policy 3.5)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, and from which terminal."""

    header: Header
    terminal: Terminal

    def who(self) -> dict[str, object]:
        """The members that name the asking operator and place."""
        return {
            "ipInfo": self.terminal.ip,
            "opter": self.header.operator,
            "opterName": self.header.operator_name,
            "optinsNo": self.terminal.institution.code,
        }

    def shop(self) -> dict[str, object]:
        """The asking institution by code."""
        return {"fixmedinsCode": self.terminal.institution.code}

    def named_shop(self) -> dict[str, object]:
        """The asking institution by code and name."""
        return {**self.shop(), "fixmedinsName": self.terminal.institution.name}


Nodes = dict[str, Any]


def _authorise(call: AskPrescriptions, desk: Desk) -> Nodes:
    if bool(call.ec_token) == bool(call.reg_sn):
        raise BadValue(what="ecToken/regSn", why="exactly one of the two")
    if call.elsewhere and not call.insured_area:
        raise BadValue(what="insuPlcNo", why="missing")
    row = {
        **desk.shop(),
        "psnName": call.person.name,
        "psnCertType": call.person.cert_type,
        "certno": call.person.cert_no,
        "ecToken": call.ec_token,
        "regSn": call.reg_sn,
        **desk.who(),
        "outFlag": "1" if call.elsewhere else "",
        "outPoolareaNo": call.elsewhere,
        "insuPlcNo": call.insured_area,
    }
    return {"data": row}


def _online(call: AskOnlineRx, desk: Desk) -> Nodes:
    row = {
        "hiRxno": call.number,
        "authCircBizSn": call.authorisation,
        "epcChnlId": call.channel,
        **desk.shop(),
        **desk.who(),
    }
    return {"data": row}


def _decode(call: DecodeRxCode, desk: Desk) -> Nodes:
    row = {"epcQrcd": call.code, "devInfo": desk.terminal.device, **desk.shop(), **desk.who()}
    return {"data": row}


def _download(call: DownloadRx, desk: Desk) -> Nodes:
    if not call.tokens.epc_token and not call.tokens.auth_rxno:
        raise BadValue(what="epcToken/authRxno", why="missing")
    row = {
        "epcToken": call.tokens.epc_token,
        "authRxno": call.tokens.auth_rxno,
        "devInfo": desk.terminal.device,
        **desk.shop(),
        **desk.who(),
    }
    return {"data": row}


def _verify(call: VerifyRx, desk: Desk) -> Nodes:
    row = {
        "hiRxno": call.number,
        **desk.shop(),
        "rxTraceCode": call.trace_code,
        "rxFile": base64.b64encode(call.file).decode("ascii"),
        "epcToken": call.tokens.epc_token,
    }
    return {"data": row}


def _review(call: UploadReview, desk: Desk) -> Nodes:
    row = {
        "hiRxno": call.number,
        "epcToken": call.tokens.epc_token,
        "ecToken": call.pharmacist_token,
        **desk.named_shop(),
        "pharCertType": call.pharmacist.cert_type,
        "pharCertno": call.pharmacist.cert_no,
        "pharName": call.pharmacist.name,
        "pharCode": call.pharmacist.code,
        "rxChkOpnn": call.opinion or (PASSED if call.passed else ""),
        "rxChkStasCodg": "1" if call.passed else "0",
        "rxChkTime": wire_time(call.at),
        "rxSignVerifySn": call.sign_check,
    }
    return {"data": row}


def _report_line(line: ReportLine, traced: bool) -> dict[str, object]:
    if traced and not line.trace_code and line.rx_line.item_type != HERB_PIECES:
        raise BadValue(what="drugTraceCodg", why="missing")
    return {
        "rtalDocno": line.receipt,
        "stooutTime": wire_time(line.at),
        "medListCodg": line.national_code,
        "medinsListCodg": line.shop_code,
        "drugProdname": line.name,
        "drugGenname": line.generic_name,
        "drugSpec": line.spec,
        "drugDosform": line.form,
        "prdrName": line.maker,
        "aprvno": line.approval_no,
        "manuLotnum": line.batch,
        "drugTraceCodg": line.trace_code,
        "drugProdBarc": line.barcode,
        "drugTotlcnt": Decimal(Quantity.of(line.quantity).plain()),
        "drugTotlcntEmp": line.unit,
        "drugSumamt": yuan(line.amount),
    }


def _dispense(call: ReportDispensing, desk: Desk) -> Nodes:
    row = {
        "hiRxno": call.number,
        **desk.named_shop(),
        "rchkPharCertType": call.checker.cert_type,
        "rchkPharCertno": call.checker.cert_no,
        "rchkPharName": call.checker.name,
        "dspeerCertType": call.picker.cert_type,
        "dspeerCertno": call.picker.cert_no,
        "dspeerName": call.picker.name,
        "rxChkBizSn": call.review_sn,
        "hiFeesetlFlag": "1" if call.insured else "0",
        "psnCashPay": yuan(call.cash),
    }
    traced = desk.terminal.profile.centre.trace_code_required
    return {"data": row, "rxSaleDrugDetl": [_report_line(one, traced) for one in call.lines]}


def _undo(call: UndoDispensing, desk: Desk) -> Nodes:
    row = {
        "hiRxno": call.number,
        **desk.shop(),
        "hiFeesetlFlag": "1" if call.insured else "0",
        "selStooutSn": call.report_sn,
    }
    return {"data": row}


def _delivery(call: TellDelivery, desk: Desk) -> Nodes:
    row = {
        "hiRxno": call.number,
        "delvNo": call.delivery_no,
        "delvAddr": call.address,
        "delvEntpName": call.company,
        "delvStasCodg": call.state,
        "delvStasName": call.state_name,
        "delvStasTime": wire_time(call.at),
        "delvConner": call.receiver,
        "delvConTel": call.phone,
        **desk.named_shop(),
    }
    return {"data": row}


def _receipt(call: ConfirmDelivery, desk: Desk) -> Nodes:
    row = {
        "hiRxno": call.number,
        "delvNo": call.delivery_no,
        "delverCertType": call.courier.cert_type,
        "delverCertno": call.courier.cert_no,
        "delverName": call.courier.name,
        "delvStasTime": wire_time(call.at),
        "chkWayCodg": call.checked_by,
    }
    return {"data": row}


def _circulating(call: AskCirculating, desk: Desk) -> Nodes:
    row = {
        **desk.shop(),
        "medListCodg": call.national_code,
        "drugName": call.name,
        "pageNum": call.page,
        "pageSize": call.size,
    }
    return {"data": row}


_NODES: Mapping[str, Callable[[Any, Desk], Nodes]] = {
    "authorise": _authorise,
    "online": _online,
    "decode": _decode,
    "download": _download,
    "verify": _verify,
    "review": _review,
    "dispense": _dispense,
    "undo": _undo,
    "delivery": _delivery,
    "receipt": _receipt,
    "circulating": _circulating,
}

_NOT_IN_A: Mapping[str, frozenset[str]] = {
    "review": frozenset({"rxSignVerifySn", "ecToken"}),
    "dispense": frozenset({"hiFeesetlFlag"}),
}
"""Members that release A has no place for: nothing is verified there, and 7206 says who pays."""


def snake(name: str) -> str:
    """A name of release B in release A's spelling: ``hiRxno`` to ``hi_rxno`` (interface 3.1)."""
    return re.sub(r"(?<!^)[A-Z]", lambda found: f"_{found.group().lower()}", name)


def _pay_mode(call: ReportDispensing) -> str:
    """``payMode`` of release A: 1 self, 2 insurance, 3 both."""
    if not call.insured:
        return "1"
    return "3" if call.cash.fen else "2"


def _in_release_a(act: str, call: object, nodes: Nodes) -> Nodes:
    without = _NOT_IN_A.get(act, frozenset())

    def row(given: Mapping[str, object]) -> dict[str, object]:
        return {snake(name): value for name, value in given.items() if name not in without}

    spelt: Nodes = {
        snake(name): [row(one) for one in value] if isinstance(value, list) else row(value)
        for name, value in nodes.items()
    }
    if isinstance(call, ReportDispensing):
        spelt["data"]["payMode"] = _pay_mode(call)
    return spelt


def draft_rx(call: Call, header: Header, terminal: Terminal) -> Draft:
    """A call to the centre in the words of the region's release, not yet held against its table.

    :raises BadValue: when the call says two things at once or leaves out what is demanded.
    :raises PackValueMissing: when the region's release has no such act.
    """
    act = ACTS[type(call)]
    infno = terminal.profile.eprescription_of(act)
    nodes = _NODES[act](call, Desk(header, terminal))
    if terminal.profile.eprescription_release == "A":
        nodes = _in_release_a(act, call, nodes)
    return Draft(infno, nodes)


def draft_practitioners(call: AskPractitioners, header: Header, terminal: Terminal) -> Draft:
    """5102, asked of the platform itself in every release (interface 2.17)."""
    row = {
        "prac_psn_type": PHARMACIST,
        "prac_psn_name": call.name,
        "prac_psn_code": call.code,
    }
    return Draft(PRACTITIONERS, {"data": row})


def is_rx_number(profile: InterfaceProfile, infno: str) -> bool:
    """Whether a transaction number is one of prescription circulation in this area."""
    return infno.startswith("72") or infno in profile.eprescription_numbers.values()


def act_of(profile: InterfaceProfile, infno: str) -> str:
    """The act behind a number in this area, empty where it is none (interface 3.1)."""
    numbers = profile.eprescription_numbers.items()
    return next((act for act, number in numbers if number == infno), "")
