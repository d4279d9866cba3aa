"""The national insurance terminal: its JSON <-> values (devices.md 3.2; interface part 4)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.clock import shop_time
from app.domain.e_certificate import CertificateUse, ECertificate, SettledNotice, SoldRow
from app.domain.identity_card import Sex
from app.domain.money import Money
from app.errors import BadFrame, BadValue, DeviceFailed

DEVICE: Final = "device_name.terminal"
"""Message id of what people call this device."""

LONGEST_ANSWER: Final = 20480
"""Bytes of the buffer that the library fills."""
CALL_WORKED: Final = "0000"
"""What the library returns when there is an answer to look at."""


class Service(StrEnum):
    """What a terminal can be asked for: its ``transType``."""

    DECODE = "ec.query"
    """The library scans and decodes the code on the patient's screen."""
    SCAN = "cn.nhsa.qrcode.get"
    """The terminal does."""
    FACE = "cn.nhsa.ec.auth"
    """The patient's face at the terminal; answers an authorisation, not yet a person."""
    FACE_CHECK = "cn.nhsa.auth.check"
    """The person of an authorisation."""
    NOTIFY = "cn.nhsa.settle.notify"
    """Shows the customer on the terminal what was settled."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: the centre's code for the shop, operator and counter; lengths of devices.md 3.2."""

    org_id: str
    operator_id: str
    operator_name: str
    office_id: str = ""
    office_name: str = ""
    self_service: bool = False


_LENGTHS: Final = {
    "orgId": 40, "outBizNo": 64, "operatorId": 64, "operatorName": 64, "officeId": 20,
    "officeName": 30, "authNo": 28,
}  # fmt: skip


def question(
    service: Service, asker: Asker, use: CertificateUse, number: str, authorisation: str = ""
) -> str:
    """The JSON that asks for ``service``; ``number`` is new with each call (outBizNo).

    :raises BadValue: a field is longer than its place, or an authorisation is missing or too many.
    """
    if service is Service.NOTIFY:
        raise BadValue(what="transType", why="a notice is no question")
    if bool(authorisation) is not (service is Service.FACE_CHECK):
        raise BadValue(what="authNo", why="the checking of a face has one, no other call")
    data = {
        "orgId": asker.org_id,
        "businessType": str(use),
        "operatorId": asker.operator_id,
        "operatorName": asker.operator_name,
        "officeId": asker.office_id,
        "officeName": asker.office_name,
        "outBizNo": number,
    }
    if asker.self_service:
        data["deviceType"] = "SelfService"
    if authorisation:
        data["authNo"] = authorisation
    _check(data, _LENGTHS)
    return _json({"orgId": asker.org_id, "transType": str(service), "data": data, "extra": {}})


def front(host: str, port: str) -> str:
    """What the regional library is opened with (devices.md 2.6): its front, its patience.

    No log folder is named: such a library would write persons into it.
    """
    number = int(port) if port.isdigit() and len(port) <= 5 else 0
    return _json({"IP": host, "PORT": number, "TIMEOUT": 60, "LOG_PATH": "", "SFZ_DRIVER_TYPE": 0})


def _check(data: dict[str, str], lengths: dict[str, int]) -> None:
    for name, longest in lengths.items():
        if len(data.get(name, "")) > longest:
            raise BadValue(what=name, why=f"> {longest}")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def certificate(returned: str, answer: bytes, number: str = "") -> ECertificate:
    """The person of an answer to a service that names one; ``number`` is the question's.

    :raises DeviceFailed: the library or the centre says no. :raises BadFrame: no such answer.
    """
    data = _data(returned, answer)
    token = _told(data, "ecToken")
    if not _TOKEN.fullmatch(token):
        raise BadFrame(device=DEVICE)
    division = _told(data, "insuOrg")
    return ECertificate(
        token=token,
        name=_told(data, "userName"),
        id_type=_told(data, "idType"),
        id_number=_told(data, "idNo").upper(),
        index_number=_told(data, "ecIndexNo"),
        division=division if _DIVISION.fullmatch(division) else "",
        authorisation=_told(data, "authNo"),
        sex=_SEXES.get(_told(data, "gender"), Sex.UNKNOWN),
        birth_date=_day(_told(data, "birthday")),
        number=number,
    )


def notice(asker: Asker, told: SettledNotice) -> str:
    """The JSON that has the terminal show a settlement; amounts as yuan with two places.

    Field names and lengths: devices.md 3.2, D. The form of ``setlTime`` is not published; it goes
    out as on the platform's wire.

    :raises BadValue: a field is longer than its place.
    """
    parts = dict(told.parts)
    data: dict[str, str] = {
        "orgId": asker.org_id,
        "outBizNo": told.number,
        "medicalSettleState": "SUCCESS" if told.succeeded else "FAIL",
        "authNo": told.authorisation,
        "operatorId": asker.operator_id,
        "operatorName": asker.operator_name,
        "totalFee": str(told.total),
        "bizType": AT_THE_COUNTER,
        "idNo": told.id_number,
        "userName": told.name,
        "setlTime": f"{shop_time(told.at):%Y-%m-%d %H:%M:%S}",
        "hospitalName": told.shop,
        "officeId": asker.office_id,
        "officeName": asker.office_name,
        "doctorName": "",
    }
    if told.succeeded:
        data |= {
            "medicalSettleNo": told.settlement,
            "ownAmt": str(told.own),
            "hifAmt": str(told.fund),
            "acctAmt": str(told.account),
            **{name: _sum(parts, *ours) for name, ours in _NOTIFIED_PARTS.items()},
            "balance": str(told.balance) if told.balance is not None else "",
        }
    data["drugList"] = _json([_drug(row) for row in told.rows])
    _check(data, _NOTICE_LENGTHS)
    return _json(
        {"orgId": asker.org_id, "transType": str(Service.NOTIFY), "data": data, "extra": {}}
    )


def shown(returned: str, answer: bytes) -> None:
    """Whether a notice was taken; raises as :func:`certificate`. An answer may carry no data."""
    _accepted(returned, answer)


AT_THE_COUNTER: Final = "settle"
"""``bizType``: one repository knows two, this and ``register``."""
_NOTIFIED_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "hifpAmt": ("hifp_pay",),
    "hifmiAmt": ("hifmi_pay", "hifob_pay"),
    "cvlservAmt": ("cvlserv_pay",),
    "maAmt": ("maf_pay",),
    "hosPreAmt": (), "medOverLmtAmt": (), "mafAmt": (), "cvlservDedcAmt": (),
}  # fmt: skip
"""The terminal's names of the funds -> the platform's; those without one stay empty."""
_NOTICE_LENGTHS: Final = {
    "orgId": 40, "outBizNo": 64, "authNo": 64, "operatorId": 20, "operatorName": 30,
    "idNo": 64, "userName": 64, "hospitalName": 64, "officeId": 20, "officeName": 30,
    "medicalSettleNo": 64,
}  # fmt: skip
_NAME_LENGTH: Final = 100


def _sum(parts: dict[str, Money], *names: str) -> str:
    known = [parts[name] for name in names if name in parts]
    return str(Money.total(known)) if known else ""


def _drug(row: SoldRow) -> dict[str, str]:
    return {
        "ITEM_NO": row.code,
        "ITEMNAME": row.name[:_NAME_LENGTH],
        "HI_ITEM": "Y" if row.insured else "N",
        "PRIC": row.price.plain(),
        "ITEM_CNT": row.quantity.plain(),
        "ITEM_AMT": str(row.amount),
        "DRUG_FRQU": "",
        "DRUG_DOS": "",
    }


def authorisation(returned: str, answer: bytes) -> str:
    """What an answer to :attr:`Service.FACE` authorises to ask; raises as :func:`certificate`."""
    number = _told(_data(returned, answer), "authNo")
    if not _AUTHORISATION.fullmatch(number):
        raise BadFrame(device=DEVICE)
    return number


_TOKEN = re.compile(r"[\x21-\x7e]{16,64}")
"""Opaque: 32 and 38 signs were seen, and no form is promised."""
_AUTHORISATION = re.compile(r"[0-9A-Za-z]{16,28}")
_DIVISION = re.compile(r"[0-9]{6}")
_DAY = re.compile(r"([0-9]{4})[.\-/]?([0-9]{2})[.\-/]?([0-9]{2})")
_CODE = re.compile(r"-?[0-9]{1,9}")
_SEXES: Final = {
    "男": Sex.MALE, "女": Sex.FEMALE, "1": Sex.MALE, "2": Sex.FEMALE, "9": Sex.NOT_STATED,
}  # fmt: skip
_NOT_TOLD = {"null", "undefined"}
_KNOWN_CODES: Final = frozenset(("500159",))
_LONGEST_FIELD = 200


def _data(returned: str, answer: bytes) -> dict[str, object]:
    data = _accepted(returned, answer).get("data")
    # An object in some releases, a text that holds one in others.
    return _object(data) if isinstance(data, str) else _checked(data)


def _accepted(returned: str, answer: bytes) -> dict[str, object]:
    if returned.strip("\0 \r\n") != CALL_WORKED:
        raise DeviceFailed(device=DEVICE, why="device_terminal.call_failed")
    body = _object(_text(answer))
    code = _scalar(body.get("code"))
    if not _CODE.fullmatch(code):
        raise BadFrame(device=DEVICE)
    if int(code) != 0:
        # The centre's own message may name the patient: errors carry the code alone.
        known = (
            f"device_terminal.code_{code}" if code in _KNOWN_CODES else "device_terminal.refused"
        )
        raise DeviceFailed(device=DEVICE, why=known, code=int(code))
    return body


def _text(answer: bytes) -> str:
    """The text in a buffer that ends with its first NUL; UTF-8, else the system's Chinese."""
    text = answer.partition(b"\0")[0]
    if len(text) > LONGEST_ANSWER:
        raise BadFrame(device=DEVICE)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFrame(device=DEVICE)


def _object(text: str) -> dict[str, object]:
    try:
        return _checked(json.loads(text, parse_float=str, parse_int=str, parse_constant=_refuse))
    except (ValueError, RecursionError):
        raise BadFrame(device=DEVICE) from None


def _refuse(_: str) -> None:
    raise ValueError


def _checked(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise BadFrame(device=DEVICE)
    return value


def _told(data: dict[str, object], name: str) -> str:
    """A field; absent, null, empty and the text "null" are all not told."""
    text = _scalar(data.get(name)).strip()
    if text.lower() in _NOT_TOLD:
        return ""
    if len(text) > _LONGEST_FIELD or not text.isprintable():
        raise BadFrame(device=DEVICE)
    return text


def _scalar(value: object) -> str:
    return value if isinstance(value, str) else ""


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def masked(text: bytes) -> bytes:
    """As many bytes, of which only the signs of JSON are left: nothing of a person, no token."""
    return bytes(byte if byte in b'{}[]:,"\0' else ord("*") for byte in text)
