"""A pack that ends is told in time; and which of four levels prevails (HY-4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.money import Rate
from app.regions.loader import load_region
from app.use_cases.board import Tile, board_view
from app.use_cases.holidays import load_calendar
from app.use_cases.pack_end import Ending, endings
from tests.fakes.custody import manager
from tests.fakes.practice_till import PracticeTill, practice_till
from ui.words import say

COUNTY, WHO = "CN-430421", "衡阳县医疗保障事务中心"
LAST = date(2029, 10, 1)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path / "till")


def under(till: PracticeTill, code: str, day: date) -> PracticeTill:
    """The till under that area's rules, at noon of a day."""
    region = load_region(code, practice=True)
    kinds = tuple(kind for kind in region.settlements if kind not in ("account", "self_paid"))
    till.doors = replace(till.doors, policy_on=region.policy_on, settlement_types=kinds)
    till.clock.set(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))
    return till


@pytest.mark.rule("HY-4")
@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2026, 11, 22), None),
        (date(2029, 7, 2), None),
        (date(2029, 7, 3), 90),
        (LAST, 0),
        (date(2029, 10, 2), -1),
        (date(2029, 12, 30), -90),
        (date(2029, 12, 31), None),
    ],
)
def test_the_county_s_rules_are_told_ninety_days_before_their_end_and_after_it(
    till: PracticeTill, day: date, left: int | None
) -> None:
    found = list(endings(under(till, COUNTY, day).doors))
    assert found == ([] if left is None else [Ending("special", LAST, left, WHO)])


def test_rules_that_others_follow_do_not_end(tmp_path: Path, till: PracticeTill) -> None:
    head = 'code = "CN"\nname = "试"\nname_en = "t"\nstatus = "draft"\nwho = "某处"\n'
    row = '[[policy]]\nsettlement = "ordinary"\nvalid_from = {}\n{}'
    rows = row.format("2020-01-01", "valid_to = 2026-12-31\n") + row.format("2027-01-01", "")
    (tmp_path / "CN.toml").write_text(head + rows, encoding="utf-8")
    region = load_region("CN", practice=False, folder=tmp_path)
    till.doors = replace(till.doors, policy_on=region.policy_on, settlement_types=("ordinary",))
    assert list(endings(till.doors)) == []


@pytest.mark.rule("HY-4")
@pytest.mark.parametrize(("day", "level"), [(date(2029, 7, 3), "warn"), (date(2029, 10, 2), "bad")])
def test_the_morning_board_says_which_rules_end_and_whom_to_ask(
    till: PracticeTill, day: date, level: str
) -> None:
    who = manager(till)
    board = board_view(under(till, COUNTY, day).doors, who, load_calendar())
    (tile,) = [one for one in board.tiles if one.name == "pack"]
    assert tile.level == level
    said = _said(tile)
    assert "门诊特殊病" in said and "2029-10-01" in said and WHO in said
    before = board_view(under(till, COUNTY, date(2026, 11, 22)).doors, who, load_calendar())
    assert not [one for one in before.tiles if one.name == "pack"]


def _said(tile: Tile) -> str:
    return say(f"board.says_pack_{tile.params['said']}", **tile.params)


CHAIN = (("CN", "0.10"), ("CN-110000", "0.20"), ("CN-110100", "0.30"), ("CN-110101", "0.40"))
"""Nation, province, city, county, each with a share of its own."""


@pytest.mark.rule("HY-4")
@pytest.mark.parametrize(
    ("prevails", "share"),
    [(None, "0.40"), ("CN", "0.10"), ("CN-110000", "0.20"), ("CN-110100", "0.30")],
)
def test_the_county_refines_unless_a_higher_level_prevails(
    tmp_path: Path, prevails: str | None, share: str
) -> None:
    parent = ""
    for code, ratio in CHAIN:
        lines = [f'code = "{code}"']
        lines += ['name = "试"', 'name_en = "t"', 'status = "draft"', 'who = "某处"'] * (not parent)
        lines += [f'parent = "{parent}"'] * bool(parent)
        lines += ['prevailing = ["ratio.active"]'] * (code == prevails)
        lines += ["[[policy]]", 'settlement = "ordinary"', "valid_from = 2020-01-01"]
        lines += [f'ratio = {{ active = "{ratio}" }}']
        (tmp_path / f"{code}.toml").write_text("\n".join(lines), encoding="utf-8")
        parent = code
    policy = load_region("CN-110101", practice=False, folder=tmp_path).policy_on(
        "ordinary", datetime(2026, 11, 22, 2, tzinfo=UTC)
    )
    assert policy.ratio_for("active") == Rate.of(share)
