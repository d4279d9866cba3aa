"""What a scanned or typed string is, tested in the order of devices.md 4.3."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from app.domain.catalogue_rows import check_digit_holds
from app.domain.masking import mask_id_number


class ScannedKind(StrEnum):
    """The kinds of devices.md 4.3, spelled as ``yaotai scan`` prints them."""

    INSURANCE_CODE = "insurance_code"
    TRACE_CODE = "trace_code"
    GS1 = "gs1"
    PAY_CODE = "pay_code"
    EAN13 = "ean13"
    EAN8 = "ean8"
    UPC = "upc"
    ITF14 = "itf14"
    URL = "url"
    ID_NUMBER = "id_number"
    UNKNOWN = "unknown"


GS: Final = "\x1d"
"""The sign that ends a variable field of a GS1 element string."""

_LONGEST = 512
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS_SPELLINGS = re.compile(r"<GS>|\{GS\}|\\x1d|\||\^\]", re.IGNORECASE)
_INSURANCE = re.compile(r"(424|opc)[0-9]{25}", re.IGNORECASE)
_INSURANCE_LIKE = re.compile(r"(424|opc|ano)[0-9]{17,}", re.IGNORECASE)
_TRACE = re.compile(r"8[0-9]{19}")
_TRACE_PARTS = re.compile(r"(?:药品标识码)?[:\s]*(8[0-9]{6})[\s,;/+-]+(?:序列号)?[:\s]*([0-9]{13})")
_TRACE_LABELS = re.compile(r"药品标识码[:\s]*(8[0-9]{6})[\s,;/]*序列号[:\s]*([0-9]{13})")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_URL_CODE = re.compile(r"[?&#;/]code=(8[0-9]{19})(?![0-9])", re.IGNORECASE)
_CITIZEN = re.compile(r"[0-9]{17}[0-9Xx]")
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECK = "10X98765432"
_PAY_CODES = (
    re.compile(r"1[0-5][0-9]{16}"),  # WeChat
    re.compile(r"(2[5-9]|30)[0-9]{14,22}"),  # Alipay
    re.compile(r"62[0-9]{17}"),  # UnionPay
)
_ITEM_CODES: Final = {
    13: ScannedKind.EAN13,
    8: ScannedKind.EAN8,
    12: ScannedKind.UPC,
    14: ScannedKind.ITF14,
}

_GS1_AIM = ("]d2", "]C1", "]Q3", "]e0")
_FIXED = {
    "00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2,
    **{f"41{n}": 13 for n in range(8)}, "7003": 10, "8005": 6, "8006": 18, "8017": 18, "8018": 18,
    **{f"{kind}{n}": 6 for kind in range(310, 370) for n in range(10)},
}  # fmt: skip
"""Application identifiers of fixed length: how many signs their value has."""
_VARIABLE = {
    "10": 20, "21": 20, "22": 20, "30": 8, "37": 8, "235": 28, "240": 30, "241": 30, "242": 6,
    "243": 20, "250": 30, "251": 30, "254": 20, "400": 30, "401": 30, "403": 30, "420": 20,
    "421": 12, **{f"71{n}": 20 for n in range(7)}, "8002": 20, "8003": 30, "8004": 30,
    "8008": 12, "8020": 25, "8200": 70, "90": 30, **{f"9{n}": 90 for n in range(1, 10)},
}  # fmt: skip
"""Application identifiers of variable length: the most signs their value may have."""
_DATES = ("11", "12", "13", "15", "16", "17")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a string was found to be. Its repr shows no code: such strings end up in logs."""

    kind: ScannedKind
    code: str = field(repr=False)
    """The bare code: AIM prefix gone, GS as the sign itself, one spelling for one code."""
    valid: bool = True
    why: str = ""
    """Message id of section ``scan`` where it is not valid."""
    gtin: str = ""
    """14 digits."""
    batch: str = field(default="", repr=False)
    expiry: date | None = None
    serial: str = field(default="", repr=False)
    product_code: str = ""
    """药品标识码, the first seven digits of a trace code."""
    aim: str = ""
    """The AIM identifier that stood in front, as evidence."""

    def trace_code(self) -> str:
        """The code that names one single pack, for the upload; empty where there is none."""
        if self.kind in (ScannedKind.TRACE_CODE, ScannedKind.URL) and self.product_code:
            return self.code
        return self.code if self.kind is ScannedKind.GS1 and self.valid and self.serial else ""

    def shown(self) -> str:
        """The code as it may be shown: insurance codes and citizen numbers are masked."""
        if self.kind is ScannedKind.INSURANCE_CODE or _INSURANCE_LIKE.match(self.code):
            return self.code[:3] + "*" * (len(self.code) - 3)
        if self.kind is ScannedKind.ID_NUMBER:
            return mask_id_number(self.code)
        return self.code


def without_aim(text: str) -> str:
    """The code alone where an AIM identifier stands in front."""
    found = _AIM.match(text)
    return text[found.end() :] if found else text


def with_plain_gs(text: str) -> str:
    """GS as the sign itself, however a scanner that types had to spell it (devices.md 4.1)."""
    return _GS_SPELLINGS.sub(GS, text)


def classify(text: str, today: date) -> Scanned:
    """What the string is; never raises, whatever a scanner or a person sent.

    :param today: decides the century of GS1 dates (a window of -49/+50 years).
    """
    if len(text) > _LONGEST:
        return _unknown(text[:_LONGEST], "scan.too_long")
    bare = unicodedata.normalize("NFKC", text).strip(" \t\r\n")
    aim = ""
    if found := _AIM.match(bare):
        aim, bare = found[0], bare[found.end() :]
    if not bare:
        return _unknown(bare, "scan.empty", aim)
    for test in (_insurance, _trace):
        if scanned := test(bare, aim):
            return scanned
    if not _URL.match(bare) and (scanned := _gs1(bare, aim, today)):
        return scanned
    for test in (_pay, _item, _url, _citizen):
        if scanned := test(bare, aim):
            return scanned
    wrong = bare.isascii() and bare.isdigit() and len(bare) in _ITEM_CODES
    return _unknown(bare, "scan.check_digit" if wrong else "scan.unknown", aim)


def _unknown(code: str, why: str, aim: str = "") -> Scanned:
    return Scanned(ScannedKind.UNKNOWN, code, valid=False, why=why, aim=aim)


def _insurance(bare: str, aim: str) -> Scanned | None:
    return (
        Scanned(ScannedKind.INSURANCE_CODE, bare, aim=aim) if _INSURANCE.fullmatch(bare) else None
    )


def _trace(bare: str, aim: str) -> Scanned | None:
    if _TRACE.fullmatch(bare):
        return _trace_code(ScannedKind.TRACE_CODE, bare, aim)
    parts = _TRACE_PARTS.fullmatch(bare) or _TRACE_LABELS.fullmatch(bare)
    return _trace_code(ScannedKind.TRACE_CODE, parts[1] + parts[2], aim) if parts else None


def _trace_code(kind: ScannedKind, code: str, aim: str) -> Scanned:
    return Scanned(kind, code, product_code=code[:7], serial=code[7:], aim=aim)


def _pay(bare: str, aim: str) -> Scanned | None:
    paying = any(pattern.fullmatch(bare) for pattern in _PAY_CODES)
    return Scanned(ScannedKind.PAY_CODE, bare, aim=aim) if paying else None


def _item(bare: str, aim: str) -> Scanned | None:
    kind = _ITEM_CODES.get(len(bare))
    if kind is None or not _digits(bare) or not check_digit_holds(bare):
        return None
    return Scanned(kind, bare, gtin=bare.zfill(14), aim=aim)


def _url(bare: str, aim: str) -> Scanned | None:
    if not _URL.fullmatch(bare):
        return None
    found = _URL_CODE.search(bare)
    return _trace_code(ScannedKind.URL, found[1], aim) if found else _unknown(bare, "scan.url", aim)


def is_citizen_number(text: str) -> bool:
    """Whether it has the form and the check digit of a citizen number (GB 11643)."""
    if not _CITIZEN.fullmatch(text):
        return False
    total = sum(int(d) * w for d, w in zip(text, _CITIZEN_WEIGHTS, strict=False))
    return _CITIZEN_CHECK[total % 11] == text[17].upper()


def _citizen(bare: str, aim: str) -> Scanned | None:
    if not is_citizen_number(bare):
        return None
    return Scanned(ScannedKind.ID_NUMBER, bare.upper(), aim=aim)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


# --- GS1 element strings (devices.md 4.5) ---------------------------------------------------------


class _BadElement(Exception):
    """An element string that does not follow the rules; its text is the message id."""


def _gs1(bare: str, aim: str, today: date) -> Scanned | None:
    text = with_plain_gs(bare)
    if not (aim in _GS1_AIM or GS in text or _begins_as_gs1(text)):
        return None
    try:
        elements = _bracketed(text) if text.startswith("(") else _elements(text.strip(GS))
        return _read(elements, aim, today)
    except _BadElement as wrong:
        return Scanned(ScannedKind.GS1, text, valid=False, why=str(wrong), aim=aim)


def _begins_as_gs1(text: str) -> bool:
    if "(01)" in text and text.startswith("("):
        return True
    if text.startswith("00") and len(text) == 20:
        return _digits(text)
    head = text[2:16]
    return text.startswith("01") and len(head) == 14 and _digits(head) and check_digit_holds(head)


def _elements(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    rest = text
    while rest:
        ai = next((rest[:n] for n in (2, 3, 4) if rest[:n] in _FIXED or rest[:n] in _VARIABLE), "")
        if not ai:
            raise _BadElement("scan.gs1_unknown_ai")
        rest = rest[len(ai) :]
        if ai in _FIXED:
            value, rest = rest[: _FIXED[ai]], rest[_FIXED[ai] :].removeprefix(GS)
        else:
            value, _, rest = rest.partition(GS)
        _keep(found, ai, value)
    return found


def _bracketed(text: str) -> dict[str, str]:
    parts = re.split(r"\(([0-9]{2,4})\)", text)
    if parts[0] or len(parts) < 3:
        raise _BadElement("scan.gs1_unknown_ai")
    found: dict[str, str] = {}
    for ai, value in zip(parts[1::2], parts[2::2], strict=True):
        if ai not in _FIXED and ai not in _VARIABLE:
            raise _BadElement("scan.gs1_unknown_ai")
        _keep(found, ai, value.strip(f" {GS}"))
    return found


def _keep(found: dict[str, str], ai: str, value: str) -> None:
    fits = len(value) == _FIXED[ai] if ai in _FIXED else 0 < len(value) <= _VARIABLE[ai]
    if not fits:
        raise _BadElement("scan.gs1_length")
    if not (value.isascii() and value.isprintable()) or (ai in _FIXED and not value.isdigit()):
        raise _BadElement("scan.gs1_sign")
    if found.setdefault(ai, value) != value:
        raise _BadElement("scan.gs1_twice")


def _read(elements: dict[str, str], aim: str, today: date) -> Scanned:
    for ai in ("00", "01", "02"):
        if ai in elements and not check_digit_holds(elements[ai]):
            raise _BadElement("scan.check_digit")
    dates = {ai: _date(elements[ai], today) for ai in _DATES if ai in elements}
    return Scanned(
        ScannedKind.GS1,
        _spelled(elements),
        gtin=elements.get("01", ""),
        batch=elements.get("10", ""),
        expiry=dates.get("17"),
        serial=elements.get("21", ""),
        aim=aim,
    )


def _spelled(elements: dict[str, str]) -> str:
    """One spelling for one code, so that the same pack is the same text however it was read."""
    pieces = [ai + value + ("" if ai in _FIXED else GS) for ai, value in elements.items()]
    return "".join(pieces).rstrip(GS)


def _date(digits: str, today: date) -> date:
    """YYMMDD, day 00 = end of the month, century by the window of -49/+50 years."""
    year, month, day = (int(digits[i : i + 2]) for i in (0, 2, 4))
    year += today.year - today.year % 100
    if year - today.year > 50:
        year -= 100
    elif year - today.year < -49:
        year += 100
    try:
        return date(year, month, day or calendar.monthrange(year, month)[1])
    except (ValueError, calendar.IllegalMonthError):
        raise _BadElement("scan.gs1_date") from None
