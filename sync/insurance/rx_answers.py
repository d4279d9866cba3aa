"""Answers of the prescription centre into values, and what in them cannot be believed.

Whatever can be read is handed on beside the findings: the number of a prescription that is not to
be believed is still needed to give it back (7208).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.domain.money import Quantity
from app.domain.prescription import OUT_OF_STOCK, PrescriptionForm, issuer_type_of
from app.domain.rx_calls import (
    AskCirculating,
    AskOnlineRx,
    AskPractitioners,
    AskPrescriptions,
    CirculatingDrug,
    CirculatingPage,
    ConfirmDelivery,
    DecodeRxCode,
    Downloaded,
    DownloadRx,
    Practitioner,
    ReportDispensing,
    TellDelivery,
    UndoDispensing,
    UploadReview,
    Verified,
    VerifyRx,
)
from app.domain.rx_case import RxDiagnosis, RxLine, RxOffer, RxPatient, RxSheet, RxTokens
from app.errors import BadValue
from sync.insurance.parsing import Row, moment, needed, row, rows, text

MAX_LINES = 200
"""No sheet is longer: policy 3.1 allows five drugs. A bound against hostile answers, no rule."""

MAX_ROWS = 2000
"""Rows of the other lists that are read; the same."""

MAX_COUNT = 100_000
"""The most of one drug that is believed; the table itself would let 10^12 through."""

MAX_FILE = 4 * 1024 * 1024
"""Octets of a prescription file."""

_WEEKS = 45
_NODES = ("rxDetlList", "rxOtpinfo", "rxDiseList", "list", "feedetail")
_DATE_ONLY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,8})?")
_ISSUER = re.compile(r"[A-Z][0-9]{6}.+")
_TRUE, _FALSE = ("true", "1"), ("false", "0")


@dataclass(slots=True)
class Reading:
    """The faults met while an answer is read, in their order."""

    faults: list[str] = field(default_factory=list)

    def say(self, fault: str) -> None:
        """Note what cannot be believed; values are never quoted, they are a patient's."""
        self.faults.append(fault)

    def some(self, output: object, name: str, most: int) -> list[Row]:
        """The rows of a node, no more than ``most``."""
        found = rows(output, name)
        told = output.get(name) if isinstance(output, dict) else None
        if len(found) != (len(told) if isinstance(told, list) else int(bool(told))):
            self.say(f"{name} holds what is no row")
        if len(found) > most:
            self.say(f"{name} more than {most} rows")
        return found[:most]

    def quantity(self, source: Row, name: str, where: str) -> Quantity:
        """A quantity that somebody can have prescribed."""
        try:
            found = Quantity.of(text(source, name))
        except BadValue:
            self.say(f"{where}.{name} not a quantity")
            return Quantity(0)
        if not Quantity(0) < found <= Quantity.of(MAX_COUNT):
            self.say(f"{where}.{name} out of range")
        return found

    def whole(self, source: Row, name: str, where: str, most: int = MAX_COUNT) -> int:
        """A whole number from 0, rounded up; 0 where nothing is said."""
        told = text(source, name)
        if not told:
            return 0
        if not _DECIMAL.fullmatch(told) or Decimal(told) > most:
            self.say(f"{where}.{name} out of range")
            return 0
        return int(-(-Decimal(told) // 1))


def camel(name: str) -> str:
    """A name of release A in release B's spelling: ``hi_rxno`` to ``hiRxno``."""
    return re.sub(r"(?<=[a-z0-9])_([a-z0-9])", lambda found: found.group(1).upper(), name)


def _respelt(value: object, depth: int = 4) -> object:
    if isinstance(value, dict) and depth:
        return {camel(name): _respelt(one, depth - 1) for name, one in value.items()}
    if isinstance(value, list) and depth:
        return [_respelt(one, depth - 1) for one in value]
    return value


def _spellings(name: str) -> tuple[str, str]:
    return name, re.sub(r"[A-Z]", lambda found: f"_{found.group().lower()}", name)


def lifted(output: object) -> object:
    """The ``output`` with its nodes side by side, however deep a centre laid them.

    A bare list or bare members stand for the node ``data``; nodes inside it are taken beside it.
    """
    if isinstance(output, list):
        return {"data": output}
    if not isinstance(output, dict) or not output:
        return output
    if "data" not in output and not any(isinstance(one, dict | list) for one in output.values()):
        return {"data": output}
    names = [each for name in _NODES for each in _spellings(name)]
    if "data" not in output:
        inner = {name: one for name, one in output.items() if name not in names}
        found = {name: output[name] for name in names if name in output}
        return {"data": inner, **found} if inner else output
    data = output["data"]
    if not isinstance(data, dict):
        return output
    found = {name: data[name] for name in names if name in data and name not in output}
    rest = {name: one for name, one in data.items() if name not in found}
    return {**output, "data": rest, **found} if found else output


def until(value: str) -> datetime | None:
    """The end of a validity: a day without a time counts whole (interface 1.3)."""
    found = moment(value)
    if found is not None and _DATE_ONLY.fullmatch(value):
        return found + timedelta(days=1) - timedelta(seconds=1)
    return found


def flag(source: Row, name: str = "flag") -> bool | None:
    """A success flag as JSON, word or digit; None where nothing is said."""
    value = source.get(name)
    told = "" if value is None else str(value).strip().lower()
    return True if told in _TRUE else False if told in _FALSE else None


def _moment(source: Row, name: str) -> datetime:
    found = moment(text(source, name))
    if found is None:
        raise BadValue(what=name, why="missing")
    return found


def _decimal(source: Row, name: str) -> str:
    """A positive number as plain decimal text; anything else is not said."""
    told = text(source, name)
    if not _DECIMAL.fullmatch(told) or not Decimal(told):
        return ""
    whole, _, part = told.partition(".")
    return f"{whole.lstrip('0') or '0'}.{part.rstrip('0')}".rstrip(".")


# --- tokens and offers ---------------------------------------------------------------------------


def _tokens(source: Row) -> RxTokens:
    auth, token = text(source, "authRxno"), text(source, "epcToken")
    if not auth and not token:
        raise BadValue(what="epcToken", why="missing")
    return RxTokens(auth, token, until(text(source, "expiresIn")))


def _one_token(output: object, reading: Reading) -> RxTokens:
    return _tokens(row(output, "data"))


def _offer(source: Row) -> RxOffer:
    ends = until(text(source, "valiEndTime"))
    if ends is None:
        raise BadValue(what="valiEndTime", why="missing")
    return RxOffer(
        tokens=_tokens(source),
        issuer_code=needed(source, "fixmedinsCode"),
        issuer_name=text(source, "fixmedinsName"),
        issued_at=_moment(source, "prscTime"),
        dept_name=text(source, "deptName"),
        valid_until=ends,
        disease_name=text(source, "diseName"),
        attribute=text(source, "rxExraAttrCode"),
        attribute_name=text(source, "rxExraAttrName"),
    )


def _offers(output: object, reading: Reading) -> tuple[RxOffer, ...]:
    return tuple(_offer(one) for one in reading.some(output, "data", MAX_LINES))


# --- the sheet -----------------------------------------------------------------------------------


def _line(no: int, source: Row, reading: Reading) -> RxLine:
    where = f"rxDetlList[{no}]"
    return RxLine(
        no=no,
        generic_name=text(source, "drugGenname"),
        form=text(source, "drugDosform"),
        spec=text(source, "drugSpec"),
        quantity=reading.quantity(source, "drugCnt", where),
        unit=text(source, "drugDosunt"),
        national_code=text(source, "medListCodg"),
        product_name=text(source, "drugProdname"),
        maker=text(source, "prdrName"),
        route=text(source, "medcWayDscr"),
        dose=_decimal(source, "sinDoscnt"),
        dose_unit=text(source, "sinDosunt"),
        frequency_code=text(source, "usedFrquCodg"),
        frequency=text(source, "usedFrquName"),
        days=_decimal(source, "medcDays"),
        begins=moment(text(source, "medcBegntime")),
        ends=until(text(source, "medcEndtime")),
        packs=reading.whole(source, "drugTotlcnt", where),
        pack_unit=text(source, "drugTotlcntEmp"),
        otc=text(source, "otcFlag") == "1",  # 0 prescription drug, 1 OTC: not as rx_flag
        item_type=text(source, "rxItemTypeCode"),
        taken=text(source, "takeDrugFlag") == "1",
        self_pay_reason=text(source, "realDscr") or text(source, "selfPayRea"),
        herb_note=text(source, "tcmherbFoote"),
    )


def _lines(output: object, reading: Reading) -> tuple[RxLine, ...]:
    found = reading.some(output, "rxDetlList", MAX_LINES)
    if not found:
        reading.say("rxDetlList missing")
    return tuple(_line(no, one, reading) for no, one in enumerate(found, 1))


def _patient(visit: Row, reading: Reading) -> RxPatient:
    return RxPatient(
        name=text(visit, "patnName"),
        gender=text(visit, "gend") or "0",
        age=_decimal(visit, "patnAge") or ("0" if text(visit, "patnAge") else ""),
        weight=_decimal(visit, "patnWt"),
        allergies=text(visit, "algsHis"),
        gestation_weeks=reading.whole(visit, "gesoVal", "rxOtpinfo", _WEEKS),
        lactating=text(visit, "suckPrdFlag") == "1",
        newborn=text(visit, "nwbFlag") == "1",
        cert_type=text(visit, "psnCertType"),
        cert_no=text(visit, "certno"),
    )


def _diagnoses(output: object, visit: Row, reading: Reading) -> tuple[RxDiagnosis, ...]:
    found = reading.some(output, "rxDiseList", MAX_LINES)
    if not found and text(visit, "maindiagName"):
        return (RxDiagnosis(text(visit, "maindiagCode"), text(visit, "maindiagName"), main=True),)
    placed = sorted(
        (text(one, "maindiagFlag") != "1", reading.whole(one, "diagSrtNo", "rxDiseList"), at)
        for at, one in enumerate(found)
    )
    return tuple(
        RxDiagnosis(text(found[at], "diagCode"), text(found[at], "diagName"), main=not minor)
        for minor, _, at in placed
    )


def _area(code: str) -> str:
    """The division inside an institution's code (interface 1.3): H430100..."""
    return code[1:7] if _ISSUER.fullmatch(code) else ""


def _doctor(data: Row, visit: Row) -> dict[str, str]:
    """Who wrote it and who passed it there: not in 7204's printed table, read where a centre sends
    them under the names of the hospital's side."""
    both = {**visit, **data}
    return {
        "dept_code": text(both, "prscDeptCode"),
        "doctor_code": text(both, "drCode"),
        "doctor_name": text(both, "prscDrName"),
        "hospital_reviewer": text(both, "pharName"),
    }


def _sheet(output: object, reading: Reading) -> RxSheet:
    data = row(output, "data")
    visit: Row = next(iter(rows(output, "rxOtpinfo")), {})
    code = needed(data, "fixmedinsCode")
    return RxSheet(
        number=needed(data, "hiRxno"),
        form=PrescriptionForm.ELECTRONIC,
        issued_at=_moment(data, "prscTime"),
        expires_at=until(text(data, "valiEndTime")),
        issuer_code=code,
        issuer_name=text(data, "fixmedinsName"),
        # No field says it; the licensed name does.
        issuer_type=issuer_type_of(text(data, "fixmedinsName")),
        issuer_area=_area(code),
        patient=_patient(visit, reading),
        lines=_lines(output, reading),
        diagnoses=_diagnoses(output, visit, reading),
        trace_code=text(data, "rxTraceCode"),
        dept_name=text(data, "prscDeptName"),
        **_doctor(data, visit),
        kind=text(data, "rxTypeCode"),
        attribute=text(data, "rxExraAttrCode"),
        med_type=text(visit, "medType"),
        disease_code=text(visit, "diseCodg"),
        disease_name=text(visit, "diseName"),
        long=text(data, "longRxFlag") == "1",
        # No field of its own: the attribute's name is the one free text that may say it (EZ-9d).
        source_reason=OUT_OF_STOCK if "缺药" in text(data, "rxExraAttrName") else "",
        file_suffix=text(data, "fileSuffix").lower().lstrip("."),
    )


def _file(data: Row, reading: Reading) -> bytes:
    told = text(data, "rxFile")
    if len(told) > MAX_FILE * 4 // 3 + 4:
        reading.say("rxFile too large")
        return b""
    try:
        return base64.b64decode("".join(told.split()), validate=True)
    except (binascii.Error, ValueError):
        reading.say("rxFile not base64")
        return b""


_STATES: Mapping[tuple[str, str], str] = {
    ("rxStasCodg", "2"): "expired",
    ("rxStasCodg", "3"): "revoked",
    ("rxUsedStasCodg", "2"): "dispensed",
}
"""States that a centre may tell beside the sheet (interface 3.5)."""


def _downloaded(output: object, reading: Reading) -> Downloaded:
    data = row(output, "data")
    told = (state for (name, code), state in _STATES.items() if text(data, name) == code)
    return Downloaded(_sheet(output, reading), _file(data, reading), next(told, "valid"))


# --- the acts ------------------------------------------------------------------------------------


def _verified(output: object, reading: Reading) -> Verified:
    data = row(output, "data")
    holds = flag(data)
    if holds is None:
        raise BadValue(what="flag", why="missing")
    return Verified(
        holds=holds,
        serial=text(data, "rxSignVerifySn"),
        cert_sn=text(data, "signCertSn"),
        cert_dn=text(data, "signCertDn"),
    )


def _done(output: object, reading: Reading) -> Row:
    """A success that says it was none is believed in neither."""
    data: Row = next(iter(rows(output, "data")), {})
    if flag(data) is False:
        reading.say("flag false")
    return data


def _review_serial(output: object, reading: Reading) -> str:
    return needed(_done(output, reading), "rxChkBizSn")


def _report_serial(output: object, reading: Reading) -> str:
    return needed(_done(output, reading), "selStooutSn")


def _nothing(output: object, reading: Reading) -> None:
    _done(output, reading)


def _drug(source: Row) -> CirculatingDrug:
    return CirculatingDrug(
        national_code=needed(source, "medListCodg"),
        name=text(source, "genname") or text(source, "regName"),
        spec=text(source, "specName"),
        maker=text(source, "prdrName"),
        begins=moment(text(source, "begntime")),
        ends=until(text(source, "endtime")),
    )


def _circulating(output: object, reading: Reading) -> CirculatingPage:
    found = reading.some(output, "list", MAX_ROWS)
    total = reading.whole(row(output, "data"), "total", "data", most=10_000_000)
    return CirculatingPage(total, tuple(_drug(one) for one in found))


def _practitioner(source: Row) -> Practitioner:
    return Practitioner(
        code=needed(source, "prac_psn_code"),
        name=needed(source, "prac_psn_name"),
        cert_type=text(source, "psn_cert_type"),
        cert_no=text(source, "certno"),
        licence_no=text(source, "prac_cert_no") or text(source, "prac_psn_cert"),
        begins=moment(text(source, "begntime")),
        ends=until(text(source, "endtime")),
    )


def _practitioners(output: object, reading: Reading) -> tuple[Practitioner, ...]:
    found = reading.some(output, "feedetail", MAX_ROWS)
    # Physicians and nurses may be answered too; only pharmacists are asked about.
    return tuple(_practitioner(one) for one in found if text(one, "prac_psn_type") in ("3", ""))


_READERS: Mapping[type[Any], Callable[[object, Reading], object]] = {
    AskPrescriptions: _offers,
    DecodeRxCode: _one_token,
    AskOnlineRx: _one_token,
    DownloadRx: _downloaded,
    VerifyRx: _verified,
    UploadReview: _review_serial,
    ReportDispensing: _report_serial,
    UndoDispensing: _nothing,
    TellDelivery: _nothing,
    ConfirmDelivery: _nothing,
    AskCirculating: _circulating,
    AskPractitioners: _practitioners,
}

_WITHOUT_VALUE = (UndoDispensing, TellDelivery, ConfirmDelivery)


def reads(call: object) -> bool:
    """Whether the answer of a call is read here."""
    return type(call) in _READERS


def demands(call: object, output: object, fault: str) -> bool:
    """Whether a fault of the table counts.

    A signature that does not hold has no serial, and an act without a value needs no words.
    """
    if not fault.endswith(" missing"):
        return True
    if isinstance(call, VerifyRx):
        return (
            fault == "data.flag missing" or flag(next(iter(rows(output, "data")), {})) is not False
        )
    return not isinstance(call, _WITHOUT_VALUE)


def read(call: object, output: object, release: str | None) -> tuple[object, tuple[str, ...]]:
    """The value that the call's class promises, and the faults beyond the field table.

    ``output`` as :func:`lifted` leaves it. A value that cannot be read is None with a fault.
    """
    reading = Reading()
    if release == "A" and not isinstance(call, AskPractitioners):
        output = _respelt(output)
    try:
        value = _READERS[type(call)](output, reading)
    except BadValue as error:
        reading.say(f"{error.params['what']} {error.params['why']}")
        value = None
    return value, tuple(dict.fromkeys(reading.faults))
