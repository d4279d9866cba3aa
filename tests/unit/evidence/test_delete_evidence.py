"""The deletion run: what is over its time goes with a record, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.clock import shop_time
from app.domain.consent import Consent, ConsentHow, ConsentPurpose
from app.domain.custody import CustodyCause, HeldCard, Holder
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.evidence_keeping import Hold, HoldReason, HoldScope
from app.domain.proxy import ProxyPurchase
from app.domain.retention import due_from
from app.domain.store import StoreRecord, TillRecord
from app.errors import NotFound
from app.storage.unit_of_work import make_factory
from app.use_cases.delete_evidence import BATCH, UNNAMED_DAYS, RunTally, deletion_run
from app.use_cases.exhibits import look_at, seal_exhibit
from app.use_cases.hold_evidence import HoldWish, hold_evidence
from app.use_cases.person_request import request_view
from app.use_cases.record_run import record_run
from app.use_cases.retention import Periods
from tests.fakes.builders import STORE, TILL, a_person, a_sale
from tests.fakes.clock import START
from tests.fakes.evidence import CASHIER, DAYS, MANAGER, VaultBench, vault_bench
from tests.fakes.ids import CountingIds
from tests.fakes.unit_of_work import memory_engine, secrets_for_tests


@pytest.fixture
def bench(tmp_path: Path) -> VaultBench:
    return vault_bench(tmp_path)


def run(bench: VaultBench) -> RunTally:
    return list(deletion_run(bench.doors, "system"))[-1]


def daily(bench: VaultBench, days: int) -> None:
    """The clock moves on without a jump: runs happened meanwhile."""
    bench.clock.advance(days=days)
    key = f"evidence.runs.{bench.doors.shop.till_id}"
    told = {"last": int(bench.clock.now().timestamp() * 1_000_000), "waits": 0}
    with bench.doors.uow() as uow:
        uow.settings.put(key, json.dumps(told))
        uow.commit()


def hold(bench: VaultBench, scope: HoldScope, target: str) -> Hold:
    made = Hold(bench.doors.ids.new(), scope, target, HoldReason.COURT, "练习", START, "staff-m")
    with bench.doors.uow() as uow:
        uow.keeping.add_hold(made)
        uow.commit()
    return made


@pytest.mark.parametrize("held", ["person-1", "person-2"])
def test_a_hold_on_a_person_keeps_the_papers_of_his_sales_and_cards(
    bench: VaultBench, held: str
) -> None:
    """A signature names its sale alone, a purchase's list its proxy, a card's paper the card."""
    holder = Holder("练习", a_person(1).cert_no, "LX-1")
    with bench.doors.uow() as uow:
        for number in (1, 2):
            uow.persons.keep(a_person(number), f"person-{number}", START)
        uow.sales.add(a_sale("sale-1", 1, person_id="person-1"))
        uow.sales.add(a_sale("sale-2", 1))
        uow.proxies.add(
            ProxyPurchase(
                "proxy-1", "sale-1", "person-1", START, "staff-1", proxy_id="person-2"
            )
        )  # fmt: skip
        card = HeldCard("card-1", holder, CustodyCause.MOBILITY, START.date(), "staff-1", "e-1")
        uow.custody.add(replace(card, ended_at=START))
        uow.commit()
    kept = [
        bench.keep(sale_id="sale-1"),
        bench.keep(EvidenceKind.PROXY_LIST, sale_id="sale-1", person_id="person-2"),
    ]
    if held == "person-1":
        kept.append(bench.keep(EvidenceKind.CUSTODY_APPLICATION, about="card-1"))
    other = bench.keep(sale_id="sale-2")
    hold(bench, HoldScope.PERSON, held)
    daily(bench, 3000)
    tally = run(bench)
    assert (tally.decided, tally.held) == (1, len(kept))
    assert all(bench.files.there(one) for one in kept) and not bench.files.there(other)
    assert {one.held for one in request_view(bench.doors, held, MANAGER).kept} == {True}
    wish = HoldWish(HoldScope.PERSON, held, HoldReason.COURT, "练习案号 8")
    assert hold_evidence(bench.doors, wish, MANAGER).covered == len(kept)


@pytest.mark.rule("HY-1.5.2b")
def test_a_signature_lasts_five_years_and_a_day_and_leaves_its_record(bench: VaultBench) -> None:
    kept = bench.keep(sale_id="sale-1")
    daily(bench, DAYS["drug_records"])
    assert run(bench).decided == 0
    daily(bench, 1)
    assert run(bench).destroyed == 1
    assert bench.files_there() == []
    with bench.doors.uow() as uow:
        (record,) = uow.keeping.deletions(9)
        (row,) = uow.evidence.of_sale("sale-1")
    assert (record.rule, record.days) == ("drug_records", 1825)
    assert record.exhibit.digest == kept.digest
    assert record.destroyed_at == record.decided_at == bench.clock.now()
    assert row.deleted_at == bench.clock.now()
    (entry,) = bench.acts("evidence.deleted")
    assert json.loads(entry)["digest"] == kept.digest
    assert len(bench.acts("evidence.destroyed")) == 1


def test_what_was_deleted_is_not_seen_any_more(bench: VaultBench) -> None:
    kept = bench.keep()
    daily(bench, 3000)
    run(bench)
    with pytest.raises(NotFound):
        look_at(bench.doors, kept, MANAGER)
    assert bench.acts("evidence.seen") == []


def test_a_second_run_has_nothing_left_to_do(bench: VaultBench) -> None:
    bench.keep()
    daily(bench, 3000)
    run(bench)
    again = run(bench)
    assert (again.decided, again.destroyed, again.unnamed) == (0, 0, 0)
    assert len(bench.acts("evidence.deleted")) == 1


def test_more_pieces_than_one_step_takes(bench: VaultBench) -> None:
    for _ in range(2 * BATCH + 3):
        bench.keep()
    young = bench.keep(EvidenceKind.PURCHASE_STILL)
    bench.clock.set(START + timedelta(days=1826))
    daily(bench, 0)
    bench.keep()
    steps = list(deletion_run(bench.doors, "system"))
    assert len(steps) > 3, "the counter gets its turn in between"
    assert steps[-1].destroyed == 2 * BATCH + 4, "the still lasts less than the signatures"
    assert young.kind is EvidenceKind.PURCHASE_STILL
    assert len(bench.files_there()) == 1


@pytest.mark.parametrize("scope", list(HoldScope))
def test_a_hold_keeps_what_is_over_its_time(bench: VaultBench, scope: HoldScope) -> None:
    kept = bench.keep(sale_id="sale-1", person_id="person-1")
    day = f"{shop_time(bench.clock.now()):%Y-%m-%d}"
    daily(bench, 2)
    bench.keep(EvidenceKind.PROXY_LIST, sale_id="sale-2", person_id="person-2")
    targets = {
        HoldScope.EXHIBIT: kept.id, HoldScope.SALE: "sale-1", HoldScope.PERSON: "person-1",
        HoldScope.PERIOD: f"{day}/{day}", HoldScope.KIND: "signature",
    }  # fmt: skip
    placed = hold(bench, scope, targets[scope])
    daily(bench, 3000)
    tally = run(bench)
    assert (tally.decided, tally.held) == (1, 1)
    assert bench.files.get(kept)
    with bench.doors.uow() as uow:
        lifted = replace(placed, lifted_at=bench.clock.now(), lifted_by="a", lifted_second="b")
        uow.keeping.lift_hold(lifted)
        uow.commit()
    assert run(bench).decided == 1
    assert bench.files_there() == []


def test_a_kind_without_a_number_stays_and_the_key_is_named(bench: VaultBench) -> None:
    bench.packs.days["self_paid"] = {"purchase_list": 1}
    bench.keep()
    bench.keep(EvidenceKind.PROXY_STILL)
    daily(bench, 3000)
    tally = run(bench)
    assert tally.decided == 1
    assert tally.missing == ("drug_records",)


def test_no_key_is_missed_for_a_kind_of_which_there_is_nothing(bench: VaultBench) -> None:
    bench.packs.days["self_paid"] = {}
    assert run(bench).missing == ()


def test_the_longest_number_of_any_settlement_type_counts(bench: VaultBench) -> None:
    bench.packs.days["special"] = {"purchase_still": 900}
    bench.keep(EvidenceKind.PURCHASE_STILL)
    daily(bench, 901)
    assert run(bench).decided == 1
    bench.packs.days["ordinary"] = {"purchase_still": 2000}
    bench.keep(EvidenceKind.PURCHASE_STILL)
    daily(bench, 2000)
    assert run(bench).decided == 0


def test_a_rule_that_was_shortened_does_not_shorten_what_was_taken_before(
    bench: VaultBench,
) -> None:
    bench.packs.before["self_paid"] = (date(2027, 1, 1), {**DAYS, "purchase_still": 800})
    bench.keep(EvidenceKind.PURCHASE_STILL)
    daily(bench, 500)
    assert run(bench).decided == 0
    daily(bench, 301)
    assert run(bench).decided == 1


def test_a_consent_lasts_as_long_as_it_stands_and_three_years_more(bench: VaultBench) -> None:
    kept = bench.keep(EvidenceKind.CONSENT, person_id="person-1", about="consent-1")
    purpose = ConsentPurpose.FACE
    consent = Consent(
        "consent-1", "person-1", purpose, "1", START, "staff-c", ConsentHow.PEN, kept.id
    )
    with bench.doors.uow() as uow:
        uow.consents.add(consent)
        uow.commit()
    daily(bench, 4000)
    assert run(bench).decided == 0
    gone = replace(consent, withdrawn_at=bench.clock.now(), withdrawn_by="staff-c")
    with bench.doors.uow() as uow:
        uow.consents.withdraw(gone)
        uow.commit()
    daily(bench, 1095)
    assert run(bench).decided == 0
    daily(bench, 1)
    assert run(bench).decided == 1


def test_papers_of_custody_without_a_case_stay(bench: VaultBench) -> None:
    bench.keep(EvidenceKind.CUSTODY_APPLICATION, about="held-9")
    bench.keep(EvidenceKind.CUSTODY_RECEIPT, about="use-9")
    daily(bench, 9000)
    assert run(bench).decided == 0


def test_a_clock_that_jumps_ahead_empties_nothing(bench: VaultBench) -> None:
    bench.keep()
    run(bench)
    bench.clock.advance(days=3650)
    for _ in range(3):
        tally = run(bench)
        assert (tally.decided, tally.waits) == (0, True)
        assert run(bench).waits, "a second run on the same day counts for nothing"
        bench.clock.advance(days=1)
    assert run(bench).decided == 1


def test_a_till_that_joins_with_a_clock_ahead_empties_nothing_of_the_others(tmp_path: Path) -> None:
    engine = memory_engine()
    first, second = (
        vault_bench(tmp_path / till, make_factory(engine, secrets_for_tests(), STORE, till))
        for till in (TILL, "02")
    )
    shop = replace(second.doors.shop, till_id="02", till_no=2)
    second.doors = replace(second.doors, shop=shop, ids=CountingIds(1000))
    with first.doors.uow() as uow:
        uow.tills.found(StoreRecord(STORE, "shop", "P1", "r", "u", "test", ""), "ring")
        for number, one in enumerate((TILL, "02"), 1):
            uow.tills.register(TillRecord(one, number, f"seat-{one}", START))
        uow.persons.keep(a_person(), "person-1", START)
        uow.commit()
    run(first)
    second.clock.advance(days=3650)
    assert run(second).waits
    assert list(record_run(second.doors, "system"))[-1].waits
    second.clock.set(START + timedelta(days=1))
    assert run(second).waits, "until its days are over"
    with first.doors.uow() as uow:
        assert uow.persons.get("person-1").person.name


# --- files that no book names ---------------------------------------------------------------------


def _age(bench: VaultBench, days: int) -> None:
    """The files are as old as the clock of the test says."""
    import os

    then = (bench.clock.now() - timedelta(days=days)).timestamp()
    for name in bench.files_there():
        os.utime(bench.folder / "evidence" / name, (then, then))


def test_a_piece_that_nobody_named_goes_after_a_month(bench: VaultBench) -> None:
    named = bench.keep()
    seal_exhibit(bench.doors, EvidenceKind.PURCHASE_STILL, b"x", "image/jpeg", CASHIER)
    daily(bench, UNNAMED_DAYS - 2)
    _age(bench, UNNAMED_DAYS - 2)
    assert run(bench).unnamed == 0
    daily(bench, 4)
    _age(bench, UNNAMED_DAYS + 2)
    assert run(bench).unnamed == 1
    assert bench.files.get(named)
    assert len(bench.acts("evidence.unnamed_removed")) == 1


def test_a_write_that_was_cut_off_goes_and_a_strangers_file_stays(bench: VaultBench) -> None:
    bench.keep()
    folder = bench.folder / "evidence" / f"{START:%Y}" / f"{START:%m-%d}"
    (folder / "torn.new").write_bytes(b"\x01half")
    (folder / "stranger.sealed").write_bytes(b"not ours")
    (folder / "holiday.jpg").write_bytes(b"not ours either")
    daily(bench, 60)
    _age(bench, 60)
    assert run(bench).unnamed == 1
    left = {Path(name).name for name in bench.files_there()}
    assert left >= {"stranger.sealed", "holiday.jpg"}
    assert "torn.new" not in left


# --- a disk that refuses --------------------------------------------------------------------------


class StubbornFiles:
    """A disk that lets nothing go while ``stuck``."""

    def __init__(self, bench: VaultBench) -> None:
        self._inner, self.stuck = bench.files, True

    def __getattr__(self, name: str):
        return getattr(self._inner, name)

    def remove(self, exhibit: Exhibit) -> None:
        from app.errors import StoreReadOnly

        if self.stuck:
            raise StoreReadOnly(why="read-only")
        self._inner.remove(exhibit)


def test_what_the_disk_does_not_let_go_is_told_and_tried_again(bench: VaultBench) -> None:
    kept = bench.keep()
    daily(bench, 3000)
    stubborn = StubbornFiles(bench)
    doors = replace(bench.doors, evidence=stubborn)
    tally = list(deletion_run(doors, "system"))[-1]
    assert (tally.decided, tally.destroyed, tally.stuck) == (1, 0, 1)
    with bench.doors.uow() as uow:
        assert [one.exhibit.id for one in uow.keeping.undestroyed(9)] == [kept.id]
    stubborn.stuck = False
    tally = list(deletion_run(doors, "system"))[-1]
    assert (tally.decided, tally.destroyed, tally.stuck) == (0, 1, 0)
    with bench.doors.uow() as uow:
        assert uow.keeping.undestroyed(9) == []


# --- properties -----------------------------------------------------------------------------------

PIECES = st.lists(
    st.tuples(
        st.sampled_from(
            [EvidenceKind.SIGNATURE, EvidenceKind.PURCHASE_STILL, EvidenceKind.PROXY_STILL]
        ),
        st.sampled_from(["sale-1", "sale-2"]),
        st.sampled_from(["", "person-1"]),
        st.integers(0, 30),
    ),
    max_size=8,
)
HOLDS = st.lists(
    st.tuples(
        st.sampled_from([HoldScope.SALE, HoldScope.PERSON]),
        st.sampled_from(["sale-1", "person-1", "sale-9"]),
        st.integers(0, 60),
        st.integers(1, 60),
    ),
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(PIECES, HOLDS, st.lists(st.integers(1, 25), min_size=1, max_size=5))
def test_never_before_the_longest_rule_never_under_a_hold_always_with_a_record(
    pieces, holds, waits
) -> None:
    with TemporaryDirectory() as folder:
        bench = vault_bench(Path(folder))
        bench.packs.days = {
            "self_paid": {"purchase_list": 20, "drug_records": 30, "purchase_still": 10},
            "special": {"purchase_list": 25},
        }
        kept = []
        for kind, sale, person, wait in pieces:
            kept.append(bench.keep(kind, sale_id=sale, person_id=person))
            bench.clock.advance(days=wait)
        placed = [hold(bench, scope, target) for scope, target, _from, _to in holds]
        for wait in waits:
            daily(bench, wait)
            tally = run(bench)
            assert tally.stuck == 0
            _judge(bench, kept, placed)


def _judge(bench: VaultBench, kept: list[Exhibit], placed: list[Hold]) -> None:
    periods, now = Periods(bench.doors), bench.clock.now()
    with bench.doors.uow() as uow:
        records = {one.exhibit.id: one for one in uow.keeping.deletions(99)}
        rows = uow.keeping.named([one.id for one in kept])
    for one in kept:
        due = due_from(periods.of(one.kind, one.at, now), one.at)
        held = any(each.covers(one) for each in placed)
        gone = due is not None and due <= now and not held
        assert bench.files.there(one) is not gone
        assert (one.id in records) is gone
        assert (rows[one.id].deleted_at is not None) is gone
        if gone:
            assert records[one.id].decided_at >= records[one.id].due_at
            assert records[one.id].destroyed_at is not None


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No line of the log names a piece, a sale or a person."""
    yield
    for line in caplog.messages:
        assert "sale-" not in line
        assert "person-" not in line
