"""``yaotai simulate``: what stands holds under faults, and each planted defect is found."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.domain.sale import Sale
from app.storage.unit_of_work import make_factory
from ui.cli import app
from ui.simulate import REGIONS, STORE_SALES, Totals, simulate, tasks_of
from ui.simulation.defects import DEFECTS, NONE
from ui.simulation.faults import GROUPS
from ui.simulation.progress import PROGRAM, Progress, Words
from ui.simulation.restore import loses_its_file
from ui.simulation.run import run_store
from ui.simulation.store import SimStore, Task

SALES = int(os.environ.get("YAOTAI_SIMULATE_SALES", "5000"))
"""One test a store, so that the workers of a test run share them."""
STORES = tasks_of(SALES, 7, GROUPS)

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
    "restore_unmarked": (5, "receipt_again"),
}
"""Which seed finds a defect, and by which invariant."""


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_a_planted_defect_is_found(name: str) -> None:
    seed, invariant = FOUND_BY[name]
    tills = 1 if name == "restore_unmarked" else 2
    result = run_store(Task(seed, 0, 80 if tills == 1 else 200, GROUPS, name, tills=tills))
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


@pytest.mark.parametrize(
    "task", STORES, ids=lambda one: f"store_{one.store}_{one.region}_{one.tills}_tills_{one.sales}"
)
def test_nothing_is_lost_or_doubled_under_all_faults(
    task: Task, record_property: Callable[[str, object], None]
) -> None:
    one = run_store(task)
    record_property("simulated_sales", one.sales)
    record_property("simulated_faults", one.faults)
    assert not one.violations, one.violations
    assert (one.sales, one.lost, one.doubled, one.unresolved) == (task.sales, 0, 0, 0)
    assert one.faults > task.sales // 10


def test_the_stores_of_a_test_run_see_everything() -> None:
    """Five thousand sales, in every area, by one, two and three tills; some lose their file."""
    assert sum(one.sales for one in STORES) == SALES
    if SALES >= 5000:
        assert {one.region for one in STORES} == set(REGIONS)
        assert {one.tills for one in STORES} == {1, 2, 3}
        assert any(loses_its_file(one) for one in STORES)


def test_a_store_that_loses_its_file_goes_on_from_a_backup() -> None:
    task = next(one for one in tasks_of(5000, 3, ("restore",)) if loses_its_file(one))
    result = run_store(replace(task, sales=40))
    assert (result.faults, result.violations, result.unresolved) == (1, [], 0)


_CORRECTION = """
    INSERT INTO statement_correction
    VALUES (?, 'store-1', 'till-1', ?, ?, ?, '2026-11-23', 0, 'nobody', ?, 0, 0, x'')
"""


@pytest.mark.parametrize(
    ("corrections", "found"),
    [
        # Cancelled in the lost hours and once more after the restore: our line went, theirs came.
        ([("M1", True, "dropped", -4880), ("M2", True, "adopted", -4880)], False),
        ([("M1", True, "dropped", -4880)], True),
        ([("M2", True, "adopted", -4880)], True),
        ([("M1", False, "adopted", 4880), ("M2", True, "adopted", -4880)], False),
        ([("M1", False, "dropped", 4880), ("M2", False, "adopted", 4880)], False),
    ],
)
def test_corrections_count_by_their_sign(
    tmp_path: Path, corrections: list[tuple[str, bool, str, int]], found: bool
) -> None:
    store = SimStore(Task(1, 0, 1), tmp_path, NONE)
    try:
        with closing(sqlite3.connect(store.disk.file)) as books, books:
            for no, (msgid, negative, kind, fen) in enumerate(corrections):
                books.execute(_CORRECTION, (f"c{no}", msgid, negative, kind, fen))
        store.checker._money()
        assert bool(store.violations) is found
    finally:
        store.close()


def test_a_remainder_that_nobody_was_told_of_belongs_to_its_first_sale(tmp_path: Path) -> None:
    """The till died between the return's last step and the cashier's look at it."""
    store = SimStore(Task(1, 0, 1), tmp_path, NONE)
    try:
        store.restoring.happened = True
        for first, torn in (("whole", False), ("torn", True)):
            store.ledger.open(first, 1).torn = torn
            again = Sale(f"{first}-rest", "store-1", "till-1", store.clock.now(), "s1",
                         replaces=first)  # fmt: skip
            with make_factory(
                store.disk.engine, store.template.vault, "store-1", "till-1"
            )() as uow:
                uow.sales.add(again)
                uow.commit()
            assert store.restoring.is_torn(f"{first}-rest") is torn
        assert store.restoring.is_torn("of lost hours"), "the books never knew it"
    finally:
        store.close()


_THERE = "INSERT INTO settlement VALUES (?, '', 'LX9', 'P9', '', ?, '', '', '', ?, ?, ?)"


@pytest.mark.parametrize(
    ("taken_over", "found"),
    [
        # "ours" stands for the line of S4 that the till has. What S4's cancel is taken for: itself,
        ([("S4", False, "cancelled", 2460)], False),
        # told as a line of its own, on another day,
        ([("S4", False, "cancelled", 2460), ("C30", True, "adopted", -2460)], False),
        # that of S27, taken over before: a statement does not tell them apart.
        ([("S4", False, "cancelled", 2460), ("S27", False, "adopted", 2460),
          ("C30", True, "adopted", -2460)], False),
        ([("S4", False, "cancelled", 2460), ("S27", False, "adopted", 2460)], True),
        ([("S27", False, "adopted", 2460), ("C30", True, "adopted", -2460)], True),
    ],
)  # fmt: skip
def test_a_cancel_counts_once_whichever_line_it_is_taken_for(
    tmp_path: Path, taken_over: list[tuple[str, bool, str, int]], found: bool
) -> None:
    store = SimStore(Task(1, 0, 1), tmp_path, NONE)
    sums = {"medfee_sumamt": 24.6, "fund_pay_sumamt": 18.45, "acct_pay": 0}
    doc = json.dumps({"setlinfo": sums})
    try:
        with store.platform.state.transaction() as theirs:
            for settled, cancel in (("S4", "C30"), ("S27", "C28")):
                theirs.run(_THERE, settled, settled, "cancelled", None, doc)
                theirs.run(_THERE, cancel, cancel, "settled", settled, doc)
        with closing(sqlite3.connect(store.disk.file)) as books, books:
            for no, one in enumerate([("ours", False, "adopted", 2460), *taken_over]):
                msgid, negative, kind, fen = one
                books.execute(_CORRECTION, (f"c{no}", msgid, negative, kind, fen))
        store.checker._money()
        assert bool(store.violations) is found
    finally:
        store.close()


def test_a_seed_goes_the_same_way_twice() -> None:
    one, again = (run_store(Task(11, 3, 25, GROUPS, region="CN-999901")) for _ in range(2))
    assert (one.digest, one.events, one.faults) == (again.digest, again.events, again.faults)
    other = run_store(Task(12, 3, 8, GROUPS, region="CN-999901"))
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


def run_on(file: Path, seed: int = 4, faults: str = "wire", **more: str) -> Result:
    words = ["simulate", "--sales", "12", "--seed", str(seed), "--faults", faults, "--cores", "1"]
    words += ["--progress", str(file), *more.values()]
    return CliRunner().invoke(app, words)


@pytest.fixture
def small_stores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four stores of three sales."""
    monkeypatch.setattr("ui.simulate.STORE_SALES", 3)


@pytest.mark.usefixtures("small_stores")
def test_a_run_that_was_broken_off_goes_on_and_ends_as_if_it_had_not(tmp_path: Path) -> None:
    file = tmp_path / "progress"
    tasks = tasks_of(12, 4, ("wire",))
    whole = simulate(tasks, cores=1)
    progress = Progress(file, Words(4, 12, ("wire",), ""), tasks)
    begun, _seconds = progress.begin()
    with pytest.raises(KeyboardInterrupt):
        simulate(tasks, cores=1, tell=broken_off(progress), begun=begun)
    told = run_on(file)
    assert told.exit_code == 0 and "6/12" in told.stderr, told.output
    held = json.loads(file.read_text(encoding="utf-8"))
    assert held["told"] == asdict(whole) and held["seconds"] >= 1000
    assert re.search(r"\b1\d\d\d\.\d\b", told.stdout), told.stdout
    before = file.read_bytes()
    assert run_on(file).exit_code == 0 and json.loads(before)["told"] == asdict(whole)


def broken_off(progress: Progress) -> Callable[[Totals], None]:
    """After the second store, a thousand seconds later by its own count."""

    def tell(so_far: Totals) -> None:
        progress.keep(so_far, 1000.0)
        if so_far.stores == 2:
            raise KeyboardInterrupt

    return tell


def test_progress_of_another_run_or_a_broken_file_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "progress"
    Progress(file, Words(4, 12, ("wire",), ""), tasks_of(12, 4, ("wire",))).begin()
    good = json.loads(file.read_text(encoding="utf-8"))
    for told in (run_on(file, seed=5), run_on(file, faults="line")):
        assert told.exit_code == 2 and str(file) in told.stderr
    wrong: list[object] = [[], {}, {**good, "told": {}}, {**good, "seconds": float("nan")},
                           {**good, "seconds": -1}, {**good, "seconds": True}]  # fmt: skip
    changes = {"stores": 3, "sales": -1, "digest": "x" * 32, "violations": [1], "lost": "0"}
    wrong += [{**good, "told": {**good["told"], name: value}} for name, value in changes.items()]
    texts = [*(json.dumps(one) for one in wrong), "", "{", "[" * 100_000, "\x00"]
    for text in texts:
        file.write_text(text, encoding="utf-8")
        told = run_on(file)
        assert (told.exit_code, str(file) in told.stderr) == (2, True), text[:200]
        assert file.read_text(encoding="utf-8") == text
    file.write_text(json.dumps({**good, "program": "another"}), encoding="utf-8")
    assert run_on(file).exit_code == 2
    assert run_on(tmp_path).exit_code == run_on(tmp_path / "no" / "folder").exit_code == 2


def test_whatever_a_simulated_store_runs_is_the_program_of_its_progress() -> None:
    root = Path(__file__).parents[2]
    counted = {one.relative_to(root) for each in PROGRAM for one in root.glob(each)}
    assert all(any(root.glob(one)) for one in PROGRAM), "a pattern finds nothing"
    # Of the way a window's shop is built it takes the name of whoever acts when nobody does.
    left_out = {Path("ui/bootstrap.py")}
    for path in (one for one in counted if one.parts[0] == "ui" and one.suffix == ".py"):
        for name in re.findall(r"from (ui\.[a-z_.]+) import", (root / path).read_text("utf-8")):
            module = Path(*name.split("."))
            wanted = module.with_suffix(".py")
            found = wanted if (root / wanted).exists() else module / "__init__.py"
            assert found in counted | left_out, (path, found)


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
