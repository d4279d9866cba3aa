"""The true client at the practice prescription centre: release B, release A, called directly."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from app.domain.insurance import Answer, Call, Outcome, SignIn
from app.domain.money import Money
from app.domain.pharmacist import Professional
from app.domain.rx_calls import (
    AskCirculating,
    AskOnlineRx,
    AskPractitioners,
    AskPrescriptions,
    DecodeRxCode,
    Downloaded,
    DownloadRx,
    InsuredName,
    ReportDispensing,
    ReportLine,
    UndoDispensing,
    UploadReview,
    Verified,
    VerifyRx,
)
from app.domain.rx_case import RxLine, RxTokens
from app.regions.loader import load_region
from app.resources import resource
from sync.insurance.client import InsuranceClient
from sync.insurance.direct import DirectTransport
from sync.insurance.profile import Institution
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.faults import Rule
from sync.insurance.simulator.platform import Platform
from sync.insurance.simulator.refusal import NoReply
from tests.fakes.insurance import NOW, StandingClock, a_header, tables
from ui.practice import credentials_of

AREAS = {"B": "CN-999900", "A": "CN-999903", "direct": "CN-999902"}
WANG = Professional(
    code="YS99990000002001", name="练习·王药师", cert_type="01", cert_no="999900198501012003"
)


class Counter:
    """A till at a centre: asks, and knows what the practice door says."""

    def __init__(self, area: str) -> None:
        region = load_region(area, practice=True)
        self.platform: Platform = build_platform(
            region.raw,
            resources=resource(),
            state_folder=None,
            clock=lambda: NOW,
            sleep=lambda _s: None,
        )
        self.profile = region.profile
        self.client = InsuranceClient(
            region.profile,
            url="http://127.0.0.1:1",
            institution=Institution("P99990000001", "练习大药房（演示店）"),
            credentials=credentials_of(area),
            tables=tables(),
            clock=StandingClock(),
            transport=DirectTransport(self.platform.handle, NoReply),
            ip="127.0.0.1",
        )
        self.numbers = itertools.count(1)
        self.sign_no = ""
        self.sign_no = str(self.ask(SignIn("0001", "00-11-22-33-44-55", "127.0.0.1")).value)

    def ask(self, call: Call) -> Answer:
        msgid = f"P9999000000120261005140708{next(self.numbers):04d}"
        return self.client.send(
            self.client.compose(call, a_header(msgid=msgid, sign_no=self.sign_no))
        )

    def has(self, call: Call) -> Any:
        answer = self.ask(call)
        assert answer.outcome is Outcome.SUCCESS, (answer.text, answer.findings)
        assert answer.findings == ()
        return answer.value

    def door(self, method: str, page: str, body: object = None) -> Any:
        text = b"" if body is None else json.dumps(body).encode()
        status, _headers, told = self.platform.handle(method, f"/practice/{page}", {}, text)
        assert status == 200, told
        return json.loads(told)

    def issue(self, **more: Any) -> str:
        text = resource("practice", "prescription_example.json").read_text(encoding="utf-8")
        order = {**json.loads(text), **more}
        return str(self.door("POST", "prescriptions", order)["hi_rxno"])

    def seen(self, number: str) -> Any:
        return next(o for o in self.door("GET", "prescriptions") if o["hi_rxno"] == number)

    def person(self) -> AskPrescriptions:
        one = next(p for p in self.door("GET", "persons") if p["key"] == "active_met")
        name = InsuredName(one["name"], "01", one["id_number"])
        return AskPrescriptions(name, ec_token=one["ec_token"])

    def downloaded(self) -> tuple[RxTokens, Downloaded]:
        offer = self.has(self.person())[-1]
        return offer.tokens, self.has(DownloadRx(offer.tokens))

    def passed(self) -> tuple[RxTokens, Downloaded, str]:
        tokens, got = self.downloaded()
        serial = ""
        if self.profile.offers("verify"):
            verified = self.has(VerifyRx(got.sheet.number, got.sheet.trace_code, got.file, tokens))
            assert isinstance(verified, Verified) and verified.holds
            serial = verified.serial
        review = UploadReview(got.sheet.number, tokens, True, "", NOW, WANG, serial)
        return tokens, got, str(self.has(review))


def goods(line: RxLine) -> ReportLine:
    """What is handed out of a line, whole."""
    return ReportLine(
        receipt="R1",
        at=NOW,
        rx_line=line,
        national_code=line.national_code,
        shop_code="P0001",
        name=line.generic_name,
        generic_name=line.generic_name,
        spec=line.spec,
        form=line.form,
        maker="练习药厂",
        approval_no="",
        batch="LX01",
        barcode="",
        trace_code="89900010000000000001",
        quantity=str(line.packs or 1),
        unit=line.pack_unit,
        amount=Money(1280),
    )


def report(number: str, tokens: RxTokens, review: str, got: Downloaded, insured: bool) -> Call:
    """Everything on the sheet."""
    lines = tuple(goods(line) for line in got.sheet.lines)
    cash = Money(0) if insured else Money(2560)
    return ReportDispensing(number, tokens, review, insured, cash, WANG, WANG, lines)


@pytest.fixture(params=sorted(AREAS))
def counter(request: pytest.FixtureRequest) -> Any:
    made = Counter(AREAS[request.param])
    yield made
    made.client.close()
    made.platform.state.close()


@pytest.fixture
def usual() -> Any:
    made = Counter(AREAS["B"])
    yield made
    made.client.close()
    made.platform.state.close()


def test_nobody_has_prescriptions_before_one_is_issued(counter: Counter) -> None:
    assert counter.has(counter.person()) == ()


def test_the_way_in_every_release_and_in_the_centres_own_envelope(counter: Counter) -> None:
    number = counter.issue()
    tokens, got, review = counter.passed()
    assert got.sheet.number == number
    assert got.file.startswith(b"%PDF-")
    assert [line.national_code for line in got.sheet.lines] == [
        "XLX99A00000000000000001",
        "XLX99A00000000000000011",
    ]
    assert counter.seen(number)["state"] == "reviewed"
    counter.has(report(number, tokens, review, got, insured=True))
    assert counter.seen(number)["state"] == "reported"
    if counter.profile.offers("undo"):
        counter.has(UndoDispensing(number, True))
        assert counter.seen(number)["state"] == "issued"


def test_cash_uses_it_up(counter: Counter) -> None:
    number = counter.issue()
    tokens, got, review = counter.passed()
    counter.has(report(number, tokens, review, got, insured=False))
    assert counter.seen(number)["state"] == "dispensed"


def test_the_printed_code_opens_it(counter: Counter) -> None:
    number = counter.issue()
    tokens = counter.has(DecodeRxCode(counter.seen(number)["qr"]))
    assert counter.has(DownloadRx(tokens)).sheet.number == number


def test_a_refusal_is_one_in_every_release(counter: Counter) -> None:
    number = counter.issue()
    tokens, _got, _review = counter.passed()
    counter.door("POST", f"prescriptions/{number}/revoke", {})
    answer = counter.ask(DownloadRx(tokens))
    assert answer.outcome is Outcome.REFUSED and "撤销" in answer.text


@pytest.mark.parametrize("kind", ["lost_answer", "torn", "twice", "http_502", "not_arrived"])
def test_a_fault_at_the_download_is_unknown_and_asking_again_heals_it(
    counter: Counter, kind: str
) -> None:
    number = counter.issue()
    infno = counter.profile.eprescription_of("download")
    (offer,) = counter.has(counter.person())
    counter.platform.faults.add([Rule(kind, (infno,), psn_no=counter.seen(number)["psn_no"])])
    assert counter.ask(DownloadRx(offer.tokens)).outcome is Outcome.UNKNOWN
    assert counter.has(DownloadRx(offer.tokens)).sheet.number == number


@pytest.mark.parametrize("manner", ["forged", "altered", "expired"])
def test_a_signature_that_does_not_hold(usual: Counter, manner: str) -> None:
    usual.issue(signature=manner)
    tokens, got = usual.downloaded()
    verified = usual.has(VerifyRx(got.sheet.number, got.sheet.trace_code, got.file, tokens))
    assert not verified.holds


def test_online_lists_and_pharmacists(usual: Counter) -> None:
    number = usual.issue()
    asked = AskOnlineRx(number, usual.seen(number)["online"], "LX")
    assert usual.has(DownloadRx(usual.has(asked))).sheet.number == number
    assert {one.code for one in usual.has(AskPractitioners())} >= {WANG.code}
    page = usual.has(AskCirculating(1))
    assert 0 < len(page.drugs) <= 100 and page.total >= len(page.drugs)
