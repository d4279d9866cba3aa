"""Papers of a held card: their days count from the end of the case, whichever paper it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.custody import CustodyCause, CustodyEvent, HeldCard, Holder
from app.domain.custody_use import CardUse, UseWay
from app.domain.evidence import EvidenceKind
from app.use_cases.delete_evidence import deletion_run
from app.use_cases.retention import clock_start
from app.use_cases.vault_view import FindWish, find_pieces
from tests.fakes.builders import a_sale
from tests.fakes.clock import START
from tests.fakes.evidence import MANAGER, VaultBench, vault_bench

HOLDER = Holder("练习留存甲", "999900195001010011", "LX900001x")


@pytest.fixture
def bench(tmp_path: Path) -> VaultBench:
    return vault_bench(tmp_path)


@pytest.mark.rule("HY-1.5.6c")
def test_papers_of_a_held_card_stay_until_it_went_back_and_their_days_after(
    bench: VaultBench,
) -> None:
    day = START.date()
    application = bench.keep(EvidenceKind.CUSTODY_APPLICATION, b"application", about="held-1")
    receipt = bench.keep(EvidenceKind.CUSTODY_RECEIPT, b"goods came", about="use-1")
    back = bench.keep(EvidenceKind.CUSTODY_RECEIPT, b"card came back", about="held-1")
    card = HeldCard("held-1", HOLDER, CustodyCause.MOBILITY, day, "staff-1", application.id)
    filed = card.filed("F-1", day, "staff-1").consented("C-1", day, day + timedelta(9), "staff-1")
    held = filed.taken_in(START, day, "staff-1", "保险柜", "E-1", day + timedelta(days=5))
    way, due = UseWay.DELIVERY, day + timedelta(days=7)
    use = CardUse("use-1", "held-1", "sale-1", START, "staff-1", way, due, shipping_no="P-1")
    with bench.doors.uow() as uow:
        uow.sales.add(a_sale("sale-1"))
        uow.custody.add(card)
        held = uow.custody.save(held)
        uow.custody.add_use(use)
        assert [clock_start(uow, one) for one in (application, receipt, back)] == [None] * 3
        uow.commit()
    states = {one.exhibit.id: one.due for one in find_pieces(bench.doors, FindWish(), MANAGER)}
    assert set(states.values()) == {None}
    ended = START + timedelta(days=5)
    with bench.doors.uow() as uow:
        uow.custody.save(held.ended(CustodyEvent.RETURNED, ended, "staff-1", back.id))
        assert [clock_start(uow, one) for one in (application, receipt, back)] == [ended] * 3
        uow.commit()
    bench.packs.days = {
        "self_paid": {"purchase_list": 10, "drug_records": 20, "privacy_records": 12}
    }
    bench.clock.set(ended + timedelta(days=14))
    assert list(deletion_run(bench.doors, "system"))[-1].decided == 1, "the application"
    bench.clock.advance(days=10)
    assert list(deletion_run(bench.doors, "system"))[-1].decided == 2
    assert bench.files_there() == []
    assert replace(application, deleted_at=None) == application
