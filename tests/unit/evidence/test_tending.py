"""The deletion run beside the recovery: not at once, once a day, a slice at a time, never loud."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

import ui.shop_vault
from app.errors import StoreBusy
from tests.fakes.evidence import VaultBench, vault_bench
from ui.shop_vault import ShopVault


class Tended(ShopVault):
    def __init__(self, bench: VaultBench) -> None:
        self.doors = self._recovery = bench.doors
        self.devices_folder = bench.folder


@pytest.fixture
def bench(tmp_path: Path) -> VaultBench:
    made = vault_bench(tmp_path)
    made.packs.days = {"self_paid": {"purchase_list": 3, "drug_records": 3}}
    return made


def test_the_first_turn_of_the_lane_is_the_recoverys_alone(bench: VaultBench) -> None:
    bench.keep()
    bench.clock.advance(days=20)
    shop = Tended(bench)
    shop.tend_vault("system")
    assert len(bench.files_there()) == 1
    shop.tend_vault("system")
    assert bench.files_there() == []


def test_it_runs_once_a_day(bench: VaultBench) -> None:
    shop = Tended(bench)
    for _ in range(3):
        shop.tend_vault("system")
    bench.keep()
    bench.packs.days = {"self_paid": {"purchase_list": 0, "drug_records": 0}}
    bench.clock.advance(hours=2)
    shop.tend_vault("system")
    assert len(bench.files_there()) == 1
    bench.clock.advance(days=1)
    shop.tend_vault("system")
    assert bench.files_there() == []


def test_it_takes_a_slice_at_a_time(bench: VaultBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.shop_vault, "SLICE_SECONDS", 0.0)
    for _ in range(120):
        bench.keep()
    bench.clock.advance(days=20)
    shop = Tended(bench)
    left, turns = [], 0
    while bench.files_there():
        shop.tend_vault("system")
        left.append(len(bench.files_there()))
        turns += 1
        assert turns < 50
    assert len(set(left)) >= 3, "in more than one turn"


def test_books_that_are_busy_are_tried_again_and_stop_no_recovery(
    bench: VaultBench, caplog: pytest.LogCaptureFixture
) -> None:
    shop = Tended(bench)
    shop.tend_vault("system")
    units = bench.doors.uow

    def busy():
        raise StoreBusy()

    object.__setattr__(bench.doors, "uow", busy)
    with caplog.at_level(logging.WARNING):
        shop.tend_vault("system")
    assert "error.store_busy" in caplog.text
    object.__setattr__(bench.doors, "uow", units)
    bench.keep()
    bench.clock.advance(days=20)
    shop.tend_vault("system")
    assert bench.files_there() == []


def test_a_start_clears_away_what_an_export_left_in_the_clear(bench: VaultBench) -> None:
    part = bench.folder / "exports" / ".evidence-1.zip.part"
    part.parent.mkdir()
    part.write_bytes(b"in the clear")
    (bench.folder / "parcel-open").write_bytes(f"{part}\n".encode())
    shop = Tended(bench)
    shop.tend_vault("system")
    shop.tend_vault("system")
    assert not part.exists()


def test_a_check_of_the_keeper_is_logged_under_his_name(bench: VaultBench) -> None:
    from app.errors import NotAllowed
    from tests.fakes.evidence import CASHIER, MANAGER

    shop = Tended(bench)
    assert list(shop.check_vault(MANAGER))[-1].over
    with pytest.raises(NotAllowed):
        shop.check_vault(CASHIER)
