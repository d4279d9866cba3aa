"""``yaotai simulate``: what stands holds under faults, and each planted defect is found."""

from __future__ import annotations

import json
import os

import pytest
from typer.testing import CliRunner

from ui.cli import app
from ui.simulate import STORE_SALES, simulate, tasks_of
from ui.simulation.defects import DEFECTS
from ui.simulation.faults import GROUPS
from ui.simulation.run import run_store
from ui.simulation.store import Task

SALES = int(os.environ.get("YAOTAI_SIMULATE_SALES", "600"))
"""As many as fit beside everything else; 5,000 take some three minutes of one core."""

FOUND_BY = {
    "retry_as_new": (1, "platform_only"),
    "print_before_commit": (4, "drawer"),
    "undo_stock_twice": (4, "stock"),
    "skip_journal": (1, "not_journalled"),
    "drop_dead_letter": (1, "outbox"),
    "pay_before_answer": (3, "till_only"),
    "forget_unknown": (1, "platform_only"),
    "reuse_msgid": (1, "msgid_again"),
    "keep_codes": (4, "codes"),
    "forget_upload": (4, "untold"),
    "burn_receipt": (3, "receipt_gap"),
    "edit_log": (1, "chain"),
    "rx_stays_used": (3, "rx_used"),
}
"""Which seed finds a defect, and by which invariant."""


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_a_planted_defect_is_found(name: str) -> None:
    seed, invariant = FOUND_BY[name]
    result = run_store(Task(seed, 0, 200, GROUPS, name))
    assert invariant in {one["invariant"] for one in result.violations}, result.violations
    assert all(one["story"] for one in result.violations)


def test_the_program_is_sound_again_after_a_defect() -> None:
    places = [(place, name) for one in DEFECTS.values() for place, name, _ in one.plant()]
    before = [getattr(place, name) for place, name in places]
    for one in DEFECTS.values():
        with one.planted():
            pass
    assert [getattr(place, name) for place, name in places] == before
    with DEFECTS["keep_codes"].planted():
        assert [getattr(place, name) for place, name in places] != before


def test_nothing_is_lost_or_doubled_under_all_faults() -> None:
    totals = simulate(tasks_of(SALES, 7, GROUPS), cores=1)
    assert not totals.violations, totals.violations
    assert (totals.sales, totals.lost, totals.doubled, totals.unresolved) == (SALES, 0, 0, 0)
    assert totals.faults > SALES // 10


def test_a_seed_goes_the_same_way_twice() -> None:
    one, again = (run_store(Task(11, 3, 40, GROUPS, region="CN-999901")) for _ in range(2))
    assert (one.digest, one.events, one.faults) == (again.digest, again.events, again.faults)
    other = run_store(Task(12, 3, 40, GROUPS, region="CN-999901"))
    assert other.digest != one.digest


def test_stores_share_the_sales_out() -> None:
    tasks = tasks_of(2 * STORE_SALES + 1, 1, ())
    assert [one.sales for one in tasks] == [STORE_SALES, STORE_SALES, 1]
    assert len({(one.region, one.tills) for one in tasks}) > 1


def test_the_command_prints_one_document() -> None:
    told = CliRunner().invoke(app, ["simulate", "--sales", "12", "--seed", "4", "--json"])
    assert told.exit_code == 0, told.output
    document = json.loads(told.stdout)
    assert {"seed": 4, "sales": 12, "faults": 0, "violations": []}.items() <= document.items()


def test_the_command_fails_on_a_defect_and_tells_its_story() -> None:
    arguments = ["simulate", "--sales", "60", "--seed", "1", "--defect", "skip_journal"]
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 1
    assert "not_journalled" in told.output and "#" in told.output


def test_defects_are_listed_and_unknown_words_refused() -> None:
    told = CliRunner().invoke(app, ["simulate", "--defect", "list", "--json"])
    assert {one["name"] for one in json.loads(told.stdout)} == set(DEFECTS)
    assert CliRunner().invoke(app, ["simulate", "--defect", "nothing"]).exit_code == 2
    assert CliRunner().invoke(app, ["simulate", "--faults", "ghosts"]).exit_code == 2
    assert CliRunner().invoke(app, ["simulate", "--sales", "0"]).exit_code == 2
