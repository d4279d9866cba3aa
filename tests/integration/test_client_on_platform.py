"""The true client on the practice platform: every call, both signings, both shapes, each fault."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.insurance import (
    Answer,
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
    Insured,
    InsuredPerson,
    Outcome,
    QuoteBasket,
    QuoteVisit,
    RegisterVisit,
    Reverse,
    SendLines,
    SettleBasket,
    Settled,
    SettleVisit,
    SignIn,
    SignOut,
)
from app.domain.money import Money, Quantity, UnitPrice
from app.regions.loader import load_region
from app.resources import resource
from sync.insurance.client import InsuranceClient
from sync.insurance.direct import DirectTransport
from sync.insurance.field_tables import load_paths
from sync.insurance.profile import Institution
from sync.insurance.simulator.assemble import build_platform
from sync.insurance.simulator.faults import Rule
from sync.insurance.simulator.platform import Platform
from sync.insurance.simulator.refusal import NoReply
from sync.insurance.simulator.server import PlatformServer
from tests.fakes.insurance import NOW, StandingClock, a_header, tables
from ui.practice import credentials_of

CARD = Credential(CredentialKind.SOCIAL_CARD, "LX0000001", "999900D1560000050000000000000001")
SHAPES = {
    "one url, tif": {},
    "one url, api, text": {"gateway": "api", "input_form": "string", "infcode_form": "string"},
    "a path each, tif": {"endpoint_shape": "per_transaction", "path": "/ebus/practice"},
    "a path each, ca": {"endpoint_shape": "per_transaction", "path": "/x", "gateway": "ca"},
    "no gateway": {"gateway": "none"},
    "tokens, in cipher": {},
}
AREAS = {"tokens, in cipher": "CN-999904"}
"""Shapes that have an area of their own."""


class Desk:
    """A till in front of a platform: allots msgids, signs in, keeps nothing."""

    def __init__(self, client: InsuranceClient, platform: Platform) -> None:
        self.client = client
        self.platform = platform
        self.numbers = itertools.count(1)
        self.sign_no = ""

    def msgid(self) -> str:
        return f"P9999000000120261005140708{next(self.numbers):04d}"

    def ask(self, call: Call) -> Answer:
        header = a_header(msgid=self.msgid(), sign_no=self.sign_no)
        return self.client.send(self.client.compose(call, header))

    def sign_in(self) -> Desk:
        answer = self.ask(SignIn("0001", "00-11-22-33-44-55", "127.0.0.1"))
        assert answer.outcome is Outcome.SUCCESS, answer.text
        self.sign_no = str(answer.value)
        return self

    def insured(self) -> Insured:
        person = self.ask(AskPerson(CARD)).value
        assert isinstance(person, InsuredPerson)
        return Insured(person, next(row for row in person.rows if row.is_active()), CARD)


def build(
    interface: dict[str, object], *, server: bool = False, area: str = "CN-999900"
) -> Iterator[Desk]:
    region = load_region(area, practice=True)
    raw = region.raw
    raw["interface"] = {**raw["interface"], **interface}
    platform = build_platform(
        raw, resources=resource(), state_folder=None, clock=lambda: NOW, sleep=lambda _s: None
    )
    profile = region.profile
    paths = {k: v.lstrip("/") for k, v in load_paths(resource("interface")).per_transaction.items()}
    web = PlatformServer(platform) if server else None
    if web:
        web.start()
    client = InsuranceClient(
        replace(profile, **{"paths": paths, **interface}),
        url=web.url if web else "http://127.0.0.1:1",
        institution=Institution("P99990000001", "练习大药房（演示店）"),
        credentials=credentials_of(area),
        tables=tables(),
        clock=StandingClock(),
        transport=None if web else DirectTransport(platform.handle, NoReply),
    )
    try:
        yield Desk(client, platform).sign_in()
    finally:
        client.close()
        if web:
            web.stop()
        else:
            platform.state.close()


@pytest.fixture(params=sorted(SHAPES))
def any_desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    yield from build(SHAPES[request.param], area=AREAS.get(request.param, "CN-999900"))


@pytest.fixture
def desk() -> Iterator[Desk]:
    yield from build({})


@pytest.fixture
def wired() -> Iterator[Desk]:
    yield from build({}, server=True)


def basket(desk: Desk, insured: Insured) -> Basket:
    drug = next(one for one in desk.platform.world.drugs.values() if one.grade == "A")
    line = FeeLine(
        serial="1",
        national_code=drug.code,
        shop_code="LX-1",
        amount=Money.of("200.00"),
        quantity=Quantity.of("2"),
        price=UnitPrice.of("100.00"),
        trace_codes=("81234560000000000001", "81234560000000000002"),
        rx_no="LXRX0001",
    )
    return Basket(insured, "11", "1", Money.of("200.00"), (line,), NOW)


def good(answer: Answer) -> Any:
    assert (answer.outcome, answer.findings) == (Outcome.SUCCESS, ()), answer.text
    return answer.value


@pytest.mark.rule("S-02")
def test_a_whole_day_in_every_shape(any_desk: Desk) -> None:
    desk = any_desk
    assert good(desk.ask(AskInstitution("P99990000001"))) == "练习大药房（演示店）"
    insured = desk.insured()
    assert insured.person.name == "练习甲·在职"
    assert insured.row.balance == Money.of("1250.60")
    goods = basket(desk, insured)
    assert good(desk.ask(AskFilings(insured))) == ()
    assert isinstance(good(desk.ask(AskCounters(insured))), tuple)
    assert good(desk.ask(AskEntitlement(insured, "11", NOW))) == ()
    quote = good(desk.ask(QuoteBasket(goods)))
    assert isinstance(quote, Settled)
    assert quote.setl_id == ""
    settled = good(desk.ask(SettleBasket(goods)))
    assert isinstance(settled, Settled)
    assert settled.split == quote.split
    assert settled.split.total == Money.of("200.00")
    assert settled.split.fund > Money(0)
    visits = good(desk.ask(AskVisits(insured, NOW - timedelta(hours=1), NOW, "11")))
    assert [one.mdtrt_id for one in visits] == [settled.mdtrt_id]
    ids = (insured, settled.setl_id, settled.mdtrt_id)
    assert not good(desk.ask(AskSettlement(*ids))).refunded
    cancelled = good(desk.ask(CancelSettlement(*ids)))
    assert isinstance(cancelled, Settled)
    assert cancelled.split.is_negation_of(settled.split)
    assert good(desk.ask(AskSettlement(*ids))).refunded
    again = desk.ask(CancelSettlement(*ids))
    assert again.outcome is Outcome.REFUSED
    assert again.text
    good(desk.ask(SignOut("0001", desk.sign_no)))


def test_a_settlement_of_lost_answer_is_reversed_by_its_msgid(desk: Desk) -> None:
    insured = desk.insured()
    desk.platform.faults.add([Rule(kind="lost_answer", infno=("2102",))])
    header = a_header(msgid=desk.msgid(), sign_no=desk.sign_no)
    message = desk.client.compose(SettleBasket(basket(desk, insured)), header)
    assert desk.client.send(message).outcome is Outcome.UNKNOWN
    good(desk.ask(Reverse(insured, message.msgid, "2102")))
    twice = desk.ask(Reverse(insured, message.msgid, "2102"))
    assert twice.outcome is Outcome.REFUSED
    assert desk.insured().row.balance == insured.row.balance


@pytest.mark.parametrize("interface", [{}, {"gateway": "none", "input_form": "string"}])
def test_a_registered_visit_from_end_to_end(interface: dict[str, object]) -> None:
    for desk in build(interface, area="CN-999901"):
        insured = desk.insured()
        goods = basket(desk, insured)
        mdtrt_id = str(good(desk.ask(RegisterVisit(insured, "V0000001", NOW))))
        doctor = Diagnosis("I10.x00", "高血压", "D999900000001", "练习医师", "内科", NOW)
        rx_from = ("H99990000001", "练习医院（虚构）", b"\x89PNG practice")
        good(desk.ask(DescribeVisit(insured, mdtrt_id, "11", NOW, doctor, *rx_from)))
        batch = (mdtrt_id, "B001")
        sent = SendLines(goods, *batch, "YF", "药房", "D999900000001", "练习医师")
        shares = good(desk.ask(sent))
        assert isinstance(shares, tuple)
        assert [one.serial for one in shares] == ["1"]
        good(desk.ask(ClearLines(insured, mdtrt_id)))
        good(desk.ask(sent))
        quote = good(desk.ask(QuoteVisit(goods, *batch)))
        assert isinstance(quote, Settled)
        settled = good(desk.ask(SettleVisit(goods, *batch, quote.split)))
        assert isinstance(settled, Settled)
        assert settled.split == quote.split
        cancel = CancelSettlement(insured, settled.setl_id, settled.mdtrt_id, visit_route=True)
        cancelled = good(desk.ask(cancel))
        assert isinstance(cancelled, Settled)
        assert cancelled.split.is_negation_of(settled.split)
        good(desk.ask(ClearLines(insured, mdtrt_id)))
        good(desk.ask(CloseVisit(insured, mdtrt_id, "V0000001")))


def test_in_patients_are_told_where_the_platform_tells_them(desk: Desk) -> None:
    asked = AskInpatient(desk.insured(), NOW - timedelta(days=30), NOW)
    assert good(desk.ask(asked)) is False


FAULTS = {
    "not_arrived": "answer.reset",
    "lost_answer": "answer.reset",
    "torn": "answer.torn",
    "twice": "answer.torn",
    "bad_signature": "answer.gateway 签名不一致!",
    "http_500": "answer.status 500",
    "http_502": "answer.status 502",
    "html": "answer.html",
    "empty": "answer.empty",
    "redirect": "answer.redirect 302",
    "huge": "answer.oversize",
    "maintenance": "answer.status 503 系统维护中",
}


@pytest.mark.parametrize("kind", sorted(FAULTS))
@pytest.mark.parametrize("where", ["direct", "wire"])
def test_each_fault_is_an_unknown_outcome_and_the_next_message_is_well(
    kind: str, where: str, request: pytest.FixtureRequest
) -> None:
    desk: Desk = request.getfixturevalue("desk" if where == "direct" else "wired")
    insured = desk.insured()
    desk.platform.faults.add([Rule(kind=kind, infno=("2101",))])
    answer = desk.ask(QuoteBasket(basket(desk, insured)))
    assert (answer.outcome, answer.text) == (Outcome.UNKNOWN, FAULTS[kind])
    good(desk.ask(QuoteBasket(basket(desk, insured))))


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("other_msgid", {"msgid"}),
        ("wrong_amounts", {"identity 6.2-2"}),
        ("clock_off", {"clock"}),
    ],
)
def test_a_success_that_cannot_be_believed_says_why(desk: Desk, kind: str, rules: set[str]) -> None:
    insured = desk.insured()
    desk.platform.faults.add([Rule(kind=kind, infno=("2102",))])
    answer = desk.ask(SettleBasket(basket(desk, insured)))
    assert answer.outcome is Outcome.SUCCESS
    assert {one.rule for one in answer.findings} == rules


def test_a_refusal_is_the_platforms_own_words(desk: Desk) -> None:
    desk.platform.faults.add([Rule(kind="refused", infno=("2101",), text="FSI-练习：停办")])
    answer = desk.ask(QuoteBasket(basket(desk, desk.insured())))
    assert (answer.outcome, answer.text) == (Outcome.REFUSED, "FSI-练习：停办")


def test_a_broken_request_is_refused_by_name_when_it_is_sent_all_the_same(desk: Desk) -> None:
    header = a_header(msgid=desk.msgid(), sign_no=desk.sign_no)
    message = desk.client.compose_raw("1101", {"data": {"mdtrt_cert_type": "99"}}, header)
    answer = desk.client.send(message)
    assert answer.outcome is Outcome.REFUSED
    assert "mdtrt_cert_type" in answer.text


def test_when_the_line_is_down_nothing_leaves() -> None:
    for desk in build({}):
        desk.client._transport = DirectTransport(
            desk.platform.handle, NoReply, line_up=lambda: False
        )
        answer = desk.ask(AskPerson(CARD))
        assert (answer.outcome, answer.text) == (Outcome.NOT_SENT, "answer.not_sent refused")


def test_the_fixture_split_is_what_the_law_says() -> None:
    """6.2 of the interface, on its own worked example."""
    split = FundSplit(
        total=Money.of("120.00"),
        fund=Money.of("48.15"),
        personal=Money.of("71.85"),
        account=Money.of("60.00"),
        cash=Money.of("11.85"),
        self_funded=Money.of("15.00"),
        first_self_pay=Money.of("8.70"),
        in_scope=Money.of("96.30"),
        funds=(("hifp_pay", Money.of("48.15")),),
    )
    assert split.broken_identities() == ()


def test_a_signed_envelope_is_let_in_and_a_changed_one_is_not() -> None:
    """Ezhou's draft pack: SM2 over the envelope, ``input`` as text, trace codes beside."""
    for desk in build({}, area="CN-420700"):
        insured = desk.insured()
        header = a_header(msgid=desk.msgid(), sign_no=desk.sign_no)
        message = desk.client.compose(AskFilings(insured), header)
        changed = message.body.replace("练习收银员".encode(), "练习别人".encode())
        refused = desk.client.send(replace(message, body=changed))
        assert refused.outcome is Outcome.REFUSED
        assert "cainfo" in refused.text
        assert good(desk.client.send(message)) == ()
