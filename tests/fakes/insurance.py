"""One invented shop on one invented platform, and one of every call it can make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from app.domain.insurance import (
    AskChosen,
    AskCounters,
    AskEntitlement,
    AskFilings,
    AskInpatient,
    AskInstitution,
    AskPerson,
    AskSettlement,
    AskVisits,
    Basket,
    Call,
    CancelSettlement,
    ClearLines,
    CloseVisit,
    Credential,
    CredentialKind,
    DescribeVisit,
    Diagnosis,
    FeeLine,
    FundSplit,
    Header,
    InsuranceRow,
    Insured,
    InsuredPerson,
    QuoteBasket,
    QuoteVisit,
    RegisterVisit,
    Reverse,
    SendLines,
    SettleBasket,
    SettleVisit,
    SignIn,
    SignOut,
)
from app.domain.list_calls import AskLimits, AskShares
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.policy import InterfaceProfile
from app.resources import resource
from sync.insurance.client import InsuranceClient
from sync.insurance.field_tables import Transaction, load_tables
from sync.insurance.profile import Credentials, Institution
from sync.insurance.transport import Lost, NotLeft, Reply

NOW = datetime(2026, 10, 5, 6, 7, 8, tzinfo=UTC)
"""14:07:08 on the shop's clock."""

MSGID = "P99990000001202610051407080101"
TOKEN = "practice-ec-token-0001"
CREDENTIALS = Credentials("lx-paas", "lx-token", "lx-key", "lx-secret")
SHOP = Institution("P99990000001", "练习大药房")

_tables: dict[str, Transaction] = {}


def tables() -> Mapping[str, Transaction]:
    """The shipped field tables, read once."""
    if not _tables:
        _tables.update(load_tables(resource("interface")))
    return _tables


@dataclass(frozen=True)
class StandingClock:
    """A clock that stands."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


def a_profile(**changes: Any) -> InterfaceProfile:
    """A complete invented profile."""
    base = InterfaceProfile(
        region="CN-999900",
        division="999900",
        endpoint_shape="one_url",
        path="/fsi/api/rsfComIfsService/callService",
        paths={},
        gateway="tif",
        message_signing="none",
        encrypted_input=False,
        input_form="object",
        content_type="application/json",
        recer_sys_code="YBXT",
        infver="V1.0",
        sign_in_required=True,
        infcode_form="number",
        password_in_cainfo=False,
        eprescription_release="B",
        eprescription_numbers={},
        trace_node="drug_trac_info",
        trace_place="line",
        stock_trace_node="drugtracinfo",
        setl_type_key="mdtrt_setl_type",
        feedetl_sn="digits",
        reversal="automatic",
        reversible=("2102", "2207"),
        inpatient_query="5303",
        routes={"ordinary": "pharmacy"},
        med_types={"ordinary": "11"},
        insutypes=("310", "390"),
        settle_infno="2207",
        a_versions=(),
        clearing="interface",
        stmt_level=("0",),
        connect_seconds=2,
        read_seconds=2,
        unknown_wait_seconds=60,
        who="练习医保中心",
    )
    return replace(base, **changes)


def a_header(**changes: Any) -> Header:
    base = Header(MSGID, NOW, "0001", "练习收银员", "LXSIGN0001", "999900")
    return replace(base, **changes)


CREDENTIAL = Credential(CredentialKind.E_CERTIFICATE, TOKEN)
PERSON = InsuredPerson(
    psn_no="LX99990000000001",
    name="练习甲",
    cert_type="01",
    cert_no="999900198003120116",
    gender="1",
    birth_date=date(1980, 3, 12),
)
ROW = InsuranceRow("310", "11", "1", "999900", Money.of("1250.60"))
INSURED = Insured(PERSON, ROW, CREDENTIAL)
PLAIN = FeeLine(
    serial="1",
    national_code="XA01ABD075A002010100483",
    shop_code="LX0001",
    amount=Money.of("25.60"),
    quantity=Quantity.of("2"),
    price=UnitPrice.of("12.80"),
    trace_codes=("81234560000000000001", "81234560000000000002"),
)
SPLIT = FeeLine(
    serial="2",
    national_code="ZA09BAX0123010200456",
    shop_code="LX0002",
    amount=Money.of("0.67"),
    quantity=Quantity.of("0.5"),
    price=UnitPrice.of("1.333333"),
    trace_codes=("82234560000000000003",),
    split_pack=True,
    rx_no="RX20261005001",
    circulated=True,
)


def a_basket(**changes: Any) -> Basket:
    base = Basket(INSURED, "11", "1", Money.of("26.27"), (PLAIN, SPLIT), NOW, "I10", "高血压")
    return replace(base, **changes)


QUOTED = FundSplit(
    total=Money.of("26.27"),
    fund=Money.of("12.00"),
    personal=Money.of("14.27"),
    account=Money.of("14.27"),
    cash=Money.of("0"),
    self_funded=Money.of("0.67"),
    over_limit=Money.of("0"),
    first_self_pay=Money.of("2.56"),
    in_scope=Money.of("23.04"),
)


def every_call() -> dict[str, Call]:
    """One of each, by the name of its golden file."""
    basket = a_basket()
    doctor = Diagnosis("I10.x00", "高血压", "D999900000001", "练习医师", "内科", NOW)
    rx_from = ("H99990000001", "练习医院", b"\x89PNG practice")
    return {
        "9001_sign_in": SignIn("0001", "00-11-22-33-44-55", "192.0.2.7"),
        "9002_sign_out": SignOut("0001", "LXSIGN0001"),
        "1101_by_token": AskPerson(CREDENTIAL),
        "1101_by_id": AskPerson(Credential(CredentialKind.ID_CARD, "999900198003120116")),
        "1101_by_card": AskPerson(
            Credential(CredentialKind.SOCIAL_CARD, "LX0000001", "999900D1560000050000000000000001")
        ),
        "1201_institution": AskInstitution("P99990000001"),
        "2001_entitlement": AskEntitlement(INSURED, "14", NOW, "M01600", "高血压病"),
        "2101_quote": QuoteBasket(basket),
        "2102_settle": SettleBasket(basket, "LX-INV-1"),
        "2103_cancel": CancelSettlement(INSURED, "ST0000000001", "MD0000000001"),
        "2201_register": RegisterVisit(INSURED, "V000000001", NOW),
        "2202_close": CloseVisit(INSURED, "MD0000000001", "V000000001"),
        "2203A_describe": DescribeVisit(
            INSURED, "MD0000000001", "11", NOW, doctor, *rx_from, "rx.png", "I10", "高血压"
        ),
        "2204_lines": SendLines(
            basket, "MD0000000001", "B001", "YF", "药房", "D999900000001", "练习医师"
        ),
        "2205_clear": ClearLines(INSURED, "MD0000000001"),
        "2206_quote_visit": QuoteVisit(basket, "MD0000000001", "B001"),
        "2207_settle_visit": SettleVisit(basket, "MD0000000001", "B001", QUOTED),
        "2208_cancel_visit": CancelSettlement(INSURED, "ST0000000001", "MD0000000001", True),
        "2601_reverse": Reverse(INSURED, "P99990000001202610051407000100", "2102"),
        "5201_visits": AskVisits(INSURED, NOW, NOW, "11"),
        "5203_settlement": AskSettlement(INSURED, "ST0000000001", "MD0000000001"),
        "5206_counters": AskCounters(INSURED, "202610"),
        "5301_filings": AskFilings(INSURED),
        "5302_chosen": AskChosen(INSURED),
        "5303_inpatient": AskInpatient(INSURED, NOW, NOW),
        "1318_limits": AskLimits(date(2026, 10, 5), date(2000, 1, 1), 2, 100),
        "1319_shares": AskShares(date(2026, 10, 5), date(2000, 1, 1), 1, 100, "999900"),
    }


@dataclass
class CannedTransport:
    """Answers what it was given and remembers what it was sent."""

    reply: Reply | NotLeft | Lost
    sent: list[tuple[str, dict[str, str], bytes]]

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, limit: float | None = None
    ) -> Reply:
        self.sent.append((url, dict(headers), body))
        if isinstance(self.reply, Reply):
            return self.reply
        raise self.reply

    def close(self) -> None:
        self.sent.clear()


def a_client(
    reply: Reply | NotLeft | Lost | None = None, *, url: str = "http://127.0.0.1:9", **changes: Any
) -> InsuranceClient:
    """A client on the true wire, or on a canned answer."""
    return InsuranceClient(
        a_profile(**changes),
        url=url,
        institution=SHOP,
        credentials=CREDENTIALS,
        tables=tables(),
        clock=StandingClock(),
        transport=CannedTransport(reply, []) if reply is not None else None,
        ip="127.0.0.1",
        nonce=lambda: "nonce-1",
    )
