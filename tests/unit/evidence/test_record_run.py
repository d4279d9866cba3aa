"""The run over the books: never early, never under a hold, always proved, wherever cut off."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.clock import SHOP_ZONE, micros, shop_time
from app.domain.complaint import Channel, Complaint, Subject
from app.domain.complaint_states import ComplaintEvent
from app.domain.evidence_keeping import Hold, HoldReason, HoldScope
from app.domain.insurance import Outcome
from app.domain.proxy import ProxyPurchase
from app.domain.record_kinds import RecordKind
from app.domain.settlement_states import SettlementState
from app.ports import RequestRow
from app.ports_proxy import StaffDocument
from app.use_cases.record_plan import blocked, plan_now, proofs_seen, retention_health
from app.use_cases.record_run import RecordTally, record_run
from tests.fakes.builders import a_person, a_sale, a_settlement, a_staff
from tests.fakes.clock import START
from tests.fakes.evidence import VaultBench, vault_bench

KINDS = (
    "prescription", "drug_records", "purchase_list", "ephedrine_register", "privacy_records",
    "video", "face_raw", "accounting",
)  # fmt: skip


def days(longest: int, **others: int) -> dict[str, int]:
    return {**dict.fromkeys(KINDS, 1), "prescription": longest, **others}


def ask(bench: VaultBench, number: int) -> str:
    """A message of the journal, sent now."""
    now, msgid = bench.clock.now(), f"P{number:029d}"
    row = RequestRow(
        msgid, "2101", "quote", "", b"{practice}", now, outcome=Outcome.SUCCESS, infcode="0",
        text="t", answer=b"{told}", answered_at=now, millis=1,
    )  # fmt: skip
    with bench.doors.uow() as uow:
        uow.requests.write(row)
        uow.commit()
    return msgid


def hold(bench: VaultBench, scope: HoldScope, target: str) -> None:
    now = bench.clock.now()
    made = Hold(bench.doors.ids.new(), scope, target, HoldReason.COURT, "练习案号", now, "staff-m")
    with bench.doors.uow() as uow:
        uow.keeping.add_hold(made)
        uow.commit()


def stands(bench: VaultBench, msgid: str) -> bool:
    with bench.doors.uow() as uow:
        row = uow.requests.get(msgid)
    assert row is not None, "the row itself never goes"
    return row.request != b""


def due(sent: datetime, kept: int) -> datetime:
    """Whole days of the shop: the day after the last one."""
    last = shop_time(sent).date() + timedelta(days=kept + 1)
    return datetime.combine(last, datetime.min.time(), SHOP_ZONE)


@settings(max_examples=12, deadline=None)
@given(
    waits=st.lists(st.integers(0, 40), min_size=1, max_size=8),
    longest=st.integers(1, 30),
    held=st.sets(st.integers(0, 7), max_size=2),
    cut=st.integers(1, 40),
)
def test_never_early_never_under_a_hold_always_proved(waits, longest, held, cut) -> None:
    with TemporaryDirectory() as folder:
        bench = vault_bench(Path(folder))
        bench.packs.days = {"self_paid": days(longest), "special": days(3)}
        wins = max(longest, 3)
        sent = {}
        for number, wait in enumerate(waits):
            bench.clock.advance(days=wait)
            sent[ask(bench, number)] = bench.clock.now()
            if number in held:
                hold(bench, HoldScope.EXHIBIT, f"P{number:029d}")
        bench.clock.advance(days=longest // 2)
        now = bench.clock.now()
        over = {msgid for msgid, at in sent.items() if due(at, wins) <= now}
        kept = {f"P{number:029d}" for number in held}
        planned = {one.kind: one for one in plan_now(bench.doors).kinds}
        line = planned[RecordKind.PLATFORM_REQUEST]
        assert (line.due, line.held) == (len(over - kept), len(over & kept))
        list(islice(record_run(bench.doors, "system"), cut))  # cut off anywhere
        list(record_run(bench.doors, "system"))
        assert {one for one in sent if not stands(bench, one)} == over - kept
        seen = proofs_seen(bench.doors)
        assert {one.id for one in seen.proofs} == over - kept and not seen.broken
        assert {one.aged.id for one in blocked(bench.doors)} == over & kept
        with bench.doors.uow() as uow:
            assert uow.log.verify()[1] == ""


@pytest.fixture
def bench(tmp_path: Path) -> VaultBench:
    made = vault_bench(tmp_path)
    made.packs.days = {"self_paid": days(5)}
    return made


def last(bench: VaultBench) -> RecordTally:
    return list(record_run(bench.doors, "system"))[-1]


def test_a_key_that_no_pack_names_keeps_its_kinds_for_ever(bench: VaultBench) -> None:
    one = ask(bench, 1)
    missing = days(5)
    del missing["ephedrine_register"]
    bench.packs.days = {"self_paid": missing}
    bench.clock.advance(days=900)
    tally = last(bench)
    assert (tally.gone, tally.missing) == (0, ("ephedrine_register",)) and stands(bench, one)
    assert retention_health(bench.doors).missing == ("ephedrine_register",)


def test_a_rule_that_was_shortened_does_not_shorten_what_came_before(bench: VaultBench) -> None:
    one = ask(bench, 1)
    bench.packs.before = {"self_paid": ((START + timedelta(days=2)).date(), days(50))}
    bench.clock.advance(days=20)
    assert last(bench).gone == 0 and stands(bench, one)
    bench.clock.advance(days=31)
    assert last(bench).gone == 1


def test_nothing_goes_while_the_clock_is_not_believed(bench: VaultBench) -> None:
    ask(bench, 1)
    bench.clock.advance(days=900)
    told = json.dumps({"last": micros(bench.clock.now()), "waits": 2})
    with bench.doors.uow() as uow:
        uow.settings.put(f"evidence.runs.{bench.doors.shop.till_id}", told)
        uow.commit()
    assert last(bench).waits and plan_now(bench.doors).waits
    assert proofs_seen(bench.doors).count == 0


def test_a_hold_on_a_period_keeps_its_days_alone(bench: VaultBench) -> None:
    first = ask(bench, 1)
    day = f"{shop_time(bench.clock.now()):%Y-%m-%d}"
    bench.clock.advance(days=1)
    second = ask(bench, 2)
    hold(bench, HoldScope.PERIOD, f"{day}/{day}")
    bench.clock.advance(days=30)
    assert (last(bench).gone, last(bench).held) == (1, 1)
    assert stands(bench, first) and not stands(bench, second)


def bought_for_another(bench: VaultBench) -> None:
    """A proxy (person-2) bought for a patient (person-1); person-3 has nothing to do with it."""
    with bench.doors.uow() as uow:
        for number in (1, 2, 3):
            uow.persons.keep(a_person(number), f"person-{number}", START)
        uow.sales.add(a_sale("sale-1", 1, person_id="person-1"))
        uow.sales.add(a_sale("sale-3", 1, person_id="person-3", opened_at=START))
        uow.proxies.add(
            ProxyPurchase(
                "proxy-1", "sale-1", "person-1", START, "staff-1", proxy_id="person-2",
                list_text="practice list", ended_at=START,
            )
        )  # fmt: skip
        uow.commit()


@pytest.mark.parametrize(
    ("scope", "target"),
    [
        (HoldScope.PERSON, "person-2"),
        (HoldScope.PERSON, "person-1"),
        (HoldScope.SALE, "sale-1"),
    ],
)
def test_a_hold_keeps_the_proxy_with_the_patient(
    bench: VaultBench, scope: HoldScope, target: str
) -> None:
    bought_for_another(bench)
    hold(bench, scope, target)
    bench.clock.advance(days=30)
    kept = {(one.aged.kind, one.aged.id) for one in blocked(bench.doors)}
    named = {(RecordKind.PERSON, "person-1"), (RecordKind.PERSON, "person-2")}
    assert kept == {(RecordKind.PROXY_PURCHASE, "proxy-1"), *named}
    list(record_run(bench.doors, "system"))
    with bench.doors.uow() as uow:
        assert uow.proxies.get("proxy-1").list_text
        names = [uow.persons.get(f"person-{one}").person.name for one in (1, 2, 3)]
    assert [bool(one) for one in names] == [True, True, False]


def test_a_proxy_is_told_of_what_names_him(bench: VaultBench) -> None:
    bought_for_another(bench)
    with bench.doors.uow() as uow:
        told = uow.aging.of_person("person-2", START)
    assert RecordKind.PROXY_PURCHASE in {one.kind for one in told}


def test_a_person_stays_while_nobody_knows_how_his_settlement_ended(bench: VaultBench) -> None:
    with bench.doors.uow() as uow:
        for number in (1, 2):
            uow.persons.keep(a_person(number), f"person-{number}", START)
            uow.sales.add(a_sale(f"sale-{number}", person_id=f"person-{number}"))
            state = SettlementState.SUBMITTED if number == 1 else SettlementState.VOID
            uow.settlements.add(
                a_settlement(f"set-{number}", f"sale-{number}", f"person-{number}", state=state)
            )
        uow.commit()
    bench.clock.advance(days=30)
    list(record_run(bench.doors, "system"))
    with bench.doors.uow() as uow:
        names = [uow.persons.get(f"person-{one}").person.name for one in (1, 2)]
    assert [bool(one) for one in names] == [True, False]


def test_who_came_back_and_left_again_stops_no_run(bench: VaultBench) -> None:
    with bench.doors.uow() as uow:
        uow.staff.add(a_staff(), "hash")
        uow.commit()
    for _ in range(2):
        with bench.doors.uow() as uow:
            left = shop_time(bench.clock.now()).date()
            uow.staff.save(replace(uow.staff.get("staff-1001"), left_on=left))
            uow.staff_documents.keep(StaffDocument("staff-1001", "999900199001010031"))
            uow.commit()
        bench.clock.advance(days=30)
        assert last(bench).gone == 1
        with bench.doors.uow() as uow:
            assert uow.staff_documents.all() == []
    seen = proofs_seen(bench.doors)
    assert seen.count == 2 and not seen.broken


def test_a_complaint_counts_from_its_end_and_not_from_the_day_it_came(bench: VaultBench) -> None:
    made = Complaint(
        id="c-1", received_on=START.date(), channel=Channel.PHONE, subject=Subject.PRICE,
        words="练习", due_on=START.date(), at=START, by="staff-1",
    )  # fmt: skip
    closed_at = START + timedelta(days=20)
    with bench.doors.uow() as uow:
        uow.complaints.put(made)
        kept = uow.complaints.get("c-1")
        uow.complaints.put(kept.step(ComplaintEvent.CLOSED, "练习办结", "staff-1", closed_at))
        uow.commit()
    for days, gone in ((21, 0), (1, 1)):  # the day after the twentieth is kept whole
        bench.clock.advance(days=days)
        assert last(bench).gone == gone
