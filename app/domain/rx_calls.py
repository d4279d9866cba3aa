"""What the till says to the prescription circulation centre and hears from it (interface part 3).

Inner names only; numbers and spellings of the releases live in ``sync/insurance/rx_messages.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.money import Money
from app.domain.pharmacist import Professional
from app.domain.rx_case import RxLine, RxSheet, RxTokens


@dataclass(frozen=True, slots=True)
class InsuredName:
    """Name and document of a person, as 7201 wants them."""

    name: str = field(repr=False)
    cert_type: str = "01"
    cert_no: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AskPrescriptions:
    """7201 (B) 线下流转授权, 7202 (A); value: tuple of :class:`app.domain.rx_case.RxOffer`.

    Exactly one of ``ec_token`` and ``reg_sn`` is filled (interface 3.2).
    """

    person: InsuredName = field(repr=False)
    ec_token: str = field(default="", repr=False)
    reg_sn: str = field(default="", repr=False)
    """身份登记流水号, given when identity was checked by hand."""
    elsewhere: str = ""
    """Province division of an out-of-place prescription; empty = of this place."""
    insured_area: str = ""


@dataclass(frozen=True, slots=True)
class DecodeRxCode:
    """7203 (B), 7201 (A) 二维码解码; value: :class:`app.domain.rx_case.RxTokens`."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskOnlineRx:
    """7202 (B) 线上流转查询; value: :class:`app.domain.rx_case.RxTokens`."""

    number: str = field(repr=False)
    authorisation: str = field(repr=False)
    channel: str = ""


@dataclass(frozen=True, slots=True)
class DownloadRx:
    """7204 (B), 7203 (A) 下载; value: :class:`Downloaded`. It locks the prescription to this shop.

    Asked again at payment: the state may have changed (SJZ-A.4).
    """

    tokens: RxTokens = field(repr=False)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """The sheet with the file that the centre sent beside it."""

    sheet: RxSheet = field(repr=False)
    file: bytes = field(repr=False)
    state: str = "valid"
    """valid, or expired, revoked, dispensed where the centre says so beside the sheet (3.5)."""


@dataclass(frozen=True, slots=True)
class VerifyRx:
    """7205 (B) 签名核验; value: :class:`Verified`."""

    number: str = field(repr=False)
    trace_code: str = field(repr=False)
    file: bytes = field(repr=False)
    tokens: RxTokens = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """What the centre says of a signature; ``holds`` False = forged, expired or altered."""

    holds: bool
    serial: str = ""
    cert_sn: str = ""
    cert_dn: str = ""


@dataclass(frozen=True, slots=True)
class UploadReview:
    """7206 (B), 7204 (A) 审核上传; value: ``rxChkBizSn``."""

    number: str = field(repr=False)
    tokens: RxTokens = field(repr=False)
    passed: bool
    opinion: str = field(repr=False)
    at: datetime
    pharmacist: Professional = field(repr=False)
    sign_check: str
    pharmacist_token: str = field(default="", repr=False)
    """The pharmacist's own ``ecToken``, where the pack wants it."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One article handed out on a prescription (7207 ``rxSaleDrugDetl``)."""

    receipt: str
    """``rtalDocno``: the sale's own number at this shop."""
    at: datetime
    rx_line: RxLine = field(repr=False)
    national_code: str
    shop_code: str
    name: str
    generic_name: str
    spec: str
    form: str
    maker: str
    approval_no: str
    batch: str
    barcode: str
    trace_code: str
    quantity: str
    """In stock packs (``drugTotlcnt``), a decimal text."""
    unit: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ReportDispensing:
    """7207 (B), 7206 (A) 销售出库明细上传; value: ``selStooutSn``.

    ``insured`` False = the patient pays all: a success marks the prescription used for good.
    """

    number: str = field(repr=False)
    tokens: RxTokens = field(repr=False)
    review_sn: str
    insured: bool
    cash: Money
    checker: Professional = field(repr=False)
    picker: Professional = field(repr=False)
    lines: tuple[ReportLine, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class UndoDispensing:
    """7208 (B) 出库明细撤销; no value. Without ``report_sn``: all unsettled lines and the lock."""

    number: str = field(repr=False)
    insured: bool
    report_sn: str = ""


@dataclass(frozen=True, slots=True)
class AskCirculating:
    """7211 (B) 流转药品目录; value: :class:`CirculatingPage`."""

    page: int
    size: int = 100
    national_code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class CirculatingDrug:
    """A row of 7211."""

    national_code: str
    name: str
    spec: str
    maker: str
    begins: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class CirculatingPage:
    """One page of 7211."""

    total: int
    drugs: tuple[CirculatingDrug, ...]


@dataclass(frozen=True, slots=True)
class TellDelivery:
    """7209 配送信息同步; no value."""

    number: str = field(repr=False)
    delivery_no: str
    address: str = field(repr=False)
    company: str
    state: str
    """0 待配送, 1 配送中, 2 完成, 3 取消, 4 异常."""
    state_name: str
    at: datetime
    receiver: str = field(repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ConfirmDelivery:
    """7210 配送签收确认; no value."""

    number: str = field(repr=False)
    delivery_no: str
    courier: Professional = field(repr=False)
    at: datetime
    checked_by: str = "1"
    """``chkWayCodg``: 1 face to face, 2 e-certificate, 3 other."""


@dataclass(frozen=True, slots=True)
class AskPractitioners:
    """5102 医执人员信息查询, class 3 = pharmacists; value: tuple of :class:`Practitioner`."""

    name: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Practitioner:
    """A row of 5102: a pharmacist whom the platform knows at this institution."""

    code: str
    """``prac_psn_code``: the one to use as ``pharCode``."""
    name: str
    cert_type: str
    cert_no: str = field(repr=False)
    licence_no: str = ""
    begins: datetime | None = None
    ends: datetime | None = None


RxCall = (
    AskPrescriptions
    | DecodeRxCode
    | AskOnlineRx
    | DownloadRx
    | VerifyRx
    | UploadReview
    | ReportDispensing
    | UndoDispensing
    | AskCirculating
    | TellDelivery
    | ConfirmDelivery
    | AskPractitioners
)
