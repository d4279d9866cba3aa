"""One of every call to the prescription centre, by invented persons on an invented prescription."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.domain.money import Money, Quantity
from app.domain.pharmacist import Professional
from app.domain.policy import CentreProfile
from app.domain.rx_calls import (
    AskCirculating,
    AskOnlineRx,
    AskPractitioners,
    AskPrescriptions,
    ConfirmDelivery,
    DecodeRxCode,
    DownloadRx,
    InsuredName,
    ReportDispensing,
    ReportLine,
    RxCall,
    TellDelivery,
    UndoDispensing,
    UploadReview,
    VerifyRx,
)
from app.domain.rx_case import RxLine, RxTokens
from sync.insurance.client import InsuranceClient
from sync.insurance.profile import Credentials
from sync.insurance.transport import Lost, NotLeft, Reply
from tests.fakes.insurance import (
    CREDENTIALS,
    SHOP,
    CannedTransport,
    StandingClock,
    a_profile,
    tables,
)

NOTHING = Reply(200, {}, b"")
AT = datetime(2026, 10, 5, 6, 7, 8, tzinfo=UTC)
IP = "192.0.2.7"
NUMBER = "99990020261005000001"
AUTH, EPC = "LXAUTH0001", "practice-epc-token-0001"
PATIENT_TOKEN, OWN_TOKEN = "practice-ec-token-0001", "practice-ec-token-0002"
REGISTERED, CODE, GRANT = "LXREG0001", "LXQR00000000000000000000001", "LXGRANT0001"
SECRETS = (AUTH, EPC, PATIENT_TOKEN, OWN_TOKEN, REGISTERED, CODE, GRANT)

NUMBERS_B = {
    "authorise": "7201",
    "online": "7202",
    "decode": "7203",
    "download": "7204",
    "verify": "7205",
    "review": "7206",
    "dispense": "7207",
    "undo": "7208",
    "delivery": "7209",
    "receipt": "7210",
    "circulating": "7211",
}
NUMBERS_A = {
    "decode": "7201",
    "authorise": "7202",
    "download": "7203",
    "review": "7204",
    "delivery": "7205",
    "dispense": "7206",
}

PERSON = InsuredName("练习甲", "01", "999900198003120116")
TOKENS = RxTokens(AUTH, EPC)
REVIEWER = Professional("练习药师甲", "01", "999900198501010014", "YS999900000001")
PICKER = Professional("练习药师乙", "01", "999900199002020029", "YS999900000002")
COURIER = Professional("练习配送员", "01", "999900199505050035")
RX_LINE = RxLine(1, "练习缓释片", "片剂", "30mg*7", Quantity.of(2), "盒", item_type="11")
FILE = b"%PDF-1.4 practice"


def report_line(**changes: Any) -> ReportLine:
    """One article handed out."""
    given: dict[str, Any] = {
        "receipt": "01-20261005-0001",
        "at": AT,
        "rx_line": RX_LINE,
        "national_code": "XC01LX001A001010100001",
        "shop_code": "LX0001",
        "name": "练习牌",
        "generic_name": "练习缓释片",
        "spec": "30mg*7",
        "form": "片剂",
        "maker": "练习制药（虚构）",
        "approval_no": "国药准字H99990001",
        "batch": "LX2601",
        "barcode": "6999990000019",
        "trace_code": "99999000000000000001",
        "quantity": "2",
        "unit": "盒",
        "amount": Money.of("25.60"),
    }
    return ReportLine(**(given | changes))


def dispensing(**changes: Any) -> ReportDispensing:
    """What is reported of that article."""
    given: dict[str, Any] = {
        "number": NUMBER,
        "tokens": TOKENS,
        "review_sn": "LXCHK0001",
        "insured": True,
        "cash": Money(0),
        "checker": REVIEWER,
        "picker": PICKER,
        "lines": (report_line(),),
    }
    return ReportDispensing(**(given | changes))


def reviewing(**changes: Any) -> UploadReview:
    """A pass by the reviewing pharmacist."""
    given: dict[str, Any] = {
        "number": NUMBER,
        "tokens": TOKENS,
        "passed": True,
        "opinion": "同意调配",
        "at": AT,
        "pharmacist": REVIEWER,
        "sign_check": "LXVER0001",
        "pharmacist_token": OWN_TOKEN,
    }
    return UploadReview(**(given | changes))


def rx_calls() -> dict[str, RxCall]:
    """Every call, by act."""
    return {
        "authorise": AskPrescriptions(PERSON, ec_token=PATIENT_TOKEN),
        "authorise_registered": AskPrescriptions(
            PERSON, reg_sn=REGISTERED, elsewhere="120000", insured_area="120100"
        ),
        "online": AskOnlineRx(NUMBER, GRANT, "LXCHANNEL"),
        "decode": DecodeRxCode(CODE),
        "download": DownloadRx(TOKENS),
        "verify": VerifyRx(NUMBER, "LXTRACE00001", FILE, TOKENS),
        "review": reviewing(),
        "review_refused": reviewing(passed=False, opinion="剂量超过说明书", pharmacist_token=""),
        "dispense": dispensing(),
        "dispense_self_paid": dispensing(insured=False, cash=Money.of("25.60")),
        "undo": UndoDispensing(NUMBER, True, "LXOUT0001"),
        "undo_all": UndoDispensing(NUMBER, True),
        "delivery": TellDelivery(
            NUMBER,
            "LXDELV0001",
            "练习路1号",
            "练习配送",
            "1",
            "配送中",
            AT,
            "练习甲",
            "10000000000",
        ),
        "receipt": ConfirmDelivery(NUMBER, "LXDELV0001", COURIER, AT),
        "circulating": AskCirculating(1, 100, name="练习缓释片"),
        "practitioners": AskPractitioners(name="练习药师甲"),
    }


def rx_client(
    reply: Reply | NotLeft | Lost = NOTHING,
    release: str = "B",
    centre: CentreProfile | None = None,
    credentials: Credentials = CREDENTIALS,
    sent: list[tuple[str, dict[str, str], bytes]] | None = None,
) -> InsuranceClient:
    """A client of a region on that release whose far end says one thing."""
    return InsuranceClient(
        a_profile(
            eprescription_release=release,
            eprescription_numbers=NUMBERS_A if release == "A" else NUMBERS_B,
            centre=centre or CentreProfile(),
        ),
        url="http://127.0.0.1:1",
        institution=SHOP,
        credentials=credentials,
        tables=tables(),
        clock=StandingClock(),
        ip=IP,
        transport=CannedTransport(reply, []) if sent is None else CannedTransport(reply, sent),
        nonce=lambda: "lx-nonce",
    )
