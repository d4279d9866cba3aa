"""A keeper holds alone and lifts with a second person; what is held is told plainly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.domain.evidence import EvidenceKind
from app.domain.evidence_keeping import HoldReason, HoldScope
from app.domain.staff import Role
from app.errors import BadValue, NotAllowed, NotFound, SecondPersonNeeded, SignInRefused
from app.use_cases.delete_evidence import deletion_run
from app.use_cases.hold_evidence import HoldWish, hold_evidence, lift_hold
from app.use_cases.sign_in import SecondPerson
from app.use_cases.vault_view import hold_lines
from tests.fakes.evidence import CASHIER, MANAGER, VaultBench, vault_bench

SECOND = SecondPerson("9001", "900900")


@pytest.fixture
def bench(tmp_path: Path) -> VaultBench:
    made = vault_bench(tmp_path)
    made.hire("9001", Role.ADMINISTRATOR)
    return made


def wish(scope: HoldScope, target: str, file_no: str = "练习案号 7") -> HoldWish:
    return HoldWish(scope, target, HoldReason.INSURANCE, file_no)


def test_a_hold_covers_what_is_there_and_what_comes(bench: VaultBench) -> None:
    bench.keep(sale_id="sale-1")
    done = hold_evidence(bench.doors, wish(HoldScope.SALE, "sale-1"), MANAGER)
    assert (done.covered, done.gone) == (1, 0)
    bench.keep(EvidenceKind.PURCHASE_STILL, sale_id="sale-1")
    bench.clock.advance(days=30)
    bench.packs.days = {"self_paid": {"purchase_list": 1, "drug_records": 1, "purchase_still": 1}}
    assert list(deletion_run(bench.doors, "system"))[-1].held == 2
    (line,) = hold_lines(bench.doors, MANAGER)
    assert (line.covered, line.hold) == (2, done.hold)


def test_held_twice_it_is_one_hold(bench: VaultBench) -> None:
    bench.keep(person_id="person-1")
    first = hold_evidence(bench.doors, wish(HoldScope.PERSON, "person-1"), MANAGER)
    again = hold_evidence(bench.doors, wish(HoldScope.PERSON, "person-1"), MANAGER)
    assert first.hold == again.hold
    other = hold_evidence(bench.doors, wish(HoldScope.PERSON, "person-1", "练习案号 8"), MANAGER)
    assert other.hold.id != first.hold.id
    assert len(bench.acts("evidence.held")) == 2


def test_what_was_deleted_before_is_told_and_not_called_back(bench: VaultBench) -> None:
    bench.keep(sale_id="sale-1")
    bench.clock.advance(days=20)
    bench.packs.days = {"self_paid": {"purchase_list": 1, "drug_records": 1}}
    list(deletion_run(bench.doors, "system"))
    with pytest.raises(NotFound):
        hold_evidence(bench.doors, wish(HoldScope.SALE, "sale-1"), MANAGER)
    bench.keep(sale_id="sale-1")
    done = hold_evidence(bench.doors, wish(HoldScope.SALE, "sale-1"), MANAGER)
    assert (done.covered, done.gone) == (1, 1)


def test_nobody_holds_what_is_not_there_or_without_a_number(bench: VaultBench) -> None:
    kept = bench.keep()
    with pytest.raises(NotFound):
        hold_evidence(bench.doors, wish(HoldScope.EXHIBIT, "e-none"), MANAGER)
    with pytest.raises(BadValue):
        hold_evidence(bench.doors, wish(HoldScope.EXHIBIT, kept.id, "  "), MANAGER)
    with pytest.raises(NotAllowed):
        hold_evidence(bench.doors, wish(HoldScope.EXHIBIT, kept.id), CASHIER)
    with pytest.raises(NotFound):
        hold_evidence(bench.doors, wish(HoldScope.PERSON, ""), MANAGER)
    assert bench.acts("evidence.held") == []


def test_a_hold_is_lifted_by_two(bench: VaultBench) -> None:
    kept = bench.keep()
    hold = hold_evidence(bench.doors, wish(HoldScope.EXHIBIT, kept.id), MANAGER).hold
    with pytest.raises(NotAllowed):
        lift_hold(bench.doors, hold.id, CASHIER, SECOND)
    with pytest.raises(SignInRefused):
        lift_hold(bench.doors, hold.id, MANAGER, SecondPerson("9001", "000000"))
    bench.hire("1009", Role.CASHIER)
    with pytest.raises(NotAllowed):
        lift_hold(bench.doors, hold.id, MANAGER, SecondPerson("1009", "100100"))
    same = bench.hire("3009", Role.MANAGER)
    with pytest.raises(SecondPersonNeeded):
        lift_hold(bench.doors, hold.id, same, SecondPerson("3009", "300300"))
    lifted = lift_hold(bench.doors, hold.id, MANAGER, SECOND)
    assert lifted.lifted_by == "staff-m"
    assert lifted.lifted_second
    with pytest.raises(NotFound):
        lift_hold(bench.doors, hold.id, MANAGER, SECOND)
    (line,) = hold_lines(bench.doors, MANAGER)
    assert not line.hold.stands
    assert line.lifted_second == "练习9001"


def test_the_log_names_the_hold_and_not_the_file(bench: VaultBench) -> None:
    bench.keep(sale_id="sale-1")
    hold = hold_evidence(bench.doors, wish(HoldScope.SALE, "sale-1", "练习张某案"), MANAGER).hold
    lift_hold(bench.doors, hold.id, MANAGER, SECOND)
    (held,), (lifted,) = bench.acts("evidence.held"), bench.acts("evidence.hold_lifted")
    assert json.loads(held)["reason"] == "insurance"
    assert json.loads(lifted)["second"]
    assert "张某" not in held + lifted
    assert "张某" not in repr(hold)
