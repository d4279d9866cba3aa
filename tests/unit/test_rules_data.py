"""The rule book: every id of the policy reference, nothing else, and what carries it is there."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import BadFile
from app.use_cases.explain_finding import Requirement, explain_finding, rule_book
from ui.commands.rules import (
    STATES,
    Carried,
    as_document,
    as_lines,
    gather,
    marked_tests,
    run,
    story_rules,
    strangers,
)

REQUIREMENTS = [
    "SJZ-2.1", "SJZ-2.2a", "SJZ-2.2b", "SJZ-2.2c", "SJZ-3", "SJZ-A.2", "SJZ-A.3", "SJZ-A.4",
    "SJZ-A.5", "SJZ-A.6", "SJZ-A.7", "SJZ-A.8", "SJZ-A.9", "SJZ-A.10", "SJZ-A.11", "SJZ-A.12",
    "LN-2.1", "LN-2.2a", "LN-2.2b", "LN-2.2c", "LN-2.3a", "LN-2.3b", "LN-2.4a", "LN-2.4b",
    "LN-2.5", "LN-3.1a", "LN-3.1b", "LN-3.1c", "LN-3.2", "LN-3.3", "LN-3.4a", "LN-3.4b",
    "LN-4.1a", "LN-4.1b", "LN-4.2a", "LN-4.2b", "LN-4.3a", "LN-4.3b", "LN-5.1", "LN-5.2b",
    "LN-5.2", "EZ-1", "EZ-2a", "EZ-2b", "EZ-3a", "EZ-3b", "EZ-4", "EZ-5a", "EZ-5b", "EZ-6",
    "EZ-7", "EZ-8", "EZ-9a", "EZ-9b", "EZ-9c", "EZ-9d", "SY-1", "SY-2", "SY-3", "SY-4",
    "HY-1.1.1", "HY-1.1.2", "HY-1.1.3", "HY-1.1.4a", "HY-1.1.4b", "HY-1.1.5", "HY-1.2.1",
    "HY-1.2.2", "HY-1.2.3", "HY-1.3", "HY-1.4", "HY-1.5.1", "HY-1.5.2a", "HY-1.5.2b", "HY-1.5.3",
    "HY-1.5.4", "HY-1.5.5a", "HY-1.5.5b", "HY-1.5.6a", "HY-1.5.6b", "HY-1.5.6c", "HY-1.5.7",
    "HY-1.5.8", "HY-2.4", "HY-2.3", "HY-3.4", "HY-3.5", "HY-3.6a", "HY-3.6b", "HY-3.6c",
    "HY-3.6d", "HY-4",
]  # fmt: skip
"""Typed from the reference, part 1.1, in its order."""
SYSTEMS = [f"S-{number:02}" for number in range(1, 35)]


def test_the_book_holds_exactly_the_requirements_and_systems() -> None:
    assert len(REQUIREMENTS) == 92
    assert list(rule_book()) == [*REQUIREMENTS, *SYSTEMS]


def test_every_entry_is_told_in_both_languages_with_its_source() -> None:
    for one in rule_book().values():
        assert one.title, one.id
        assert one.title_en.isascii(), one.id
        assert one.source, one.id
        assert bool(one.not_till) == bool(one.not_till_en), one.id
        assert bool(one.lacks) == bool(one.lacks_en), one.id
        assert one.lacks_en.isascii(), one.id
        assert not (one.lacks and one.not_till), one.id
        assert one.users or one.id.startswith("S-"), one.id


def test_systems_are_tied_to_requirements_that_exist() -> None:
    for key in SYSTEMS:
        named = rule_book()[key].source.split()
        assert set(named) <= set(REQUIREMENTS), key


def test_what_is_said_to_carry_a_requirement_is_there() -> None:
    for one in rule_book().values():
        for reference in one.code:
            module, _, name = reference.partition(":")
            assert hasattr(importlib.import_module(module), name), (one.id, reference)


def test_every_mark_of_every_test_and_story_is_in_the_book() -> None:
    assert strangers() == ()


def test_requirements_are_found_with_their_tests() -> None:
    told = {one.requirement.id: one for one in gather()}
    assert "tests/unit/estimate/test_blocks.py::test_in_hospital" in told["HY-3.6b"].tests
    assert "tests/unit/compliance/test_compliance.py::test_what_blocks" in told["HY-3.6b"].tests
    assert told["HY-3.6b"].state == "carried"
    assert told["S-06"].state == "not_till"


MARKED = """
import pytest
TABLE = [pytest.param(1, marks=pytest.mark.rule("EZ-6"))]
@pytest.mark.rule("EZ-1", "EZ-2a")
def test_one(): ...
@pytest.mark.parametrize("x", TABLE)
def test_two(x): ...
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("EZ-9z"))])
def test_three(x): ...
def helper(): pytest.mark.rule("EZ-4")
def test_four(): ...
"""


def test_marks_are_read_from_decorators_and_from_tables(tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_it.py").write_text(MARKED, encoding="utf-8")
    assert marked_tests(tests) == {
        "EZ-1": ["tests/test_it.py::test_one"],
        "EZ-2a": ["tests/test_it.py::test_one"],
        "EZ-6": ["tests/test_it.py::test_two"],
        "EZ-9z": ["tests/test_it.py::test_three"],
    }
    assert strangers(tests, tmp_path) == ("EZ-9z",)
    assert marked_tests(tmp_path / "nowhere") == {}


def test_stories_carry_requirements(tmp_path: Path) -> None:
    (tmp_path / "first_sale.toml").write_text('rules = ["EZ-2a", "EZ-6"]\n', encoding="utf-8")
    assert story_rules(tmp_path) == {"EZ-2a": ["first_sale"], "EZ-6": ["first_sale"]}
    told = {one.requirement.id: one for one in gather(tmp_path / "nowhere", tmp_path)}
    assert (told["EZ-6"].state, told["EZ-6"].stories) == ("carried", ("first_sale",))
    assert told["LN-3.2"].state == "open"


def test_what_is_proven_in_part_says_what_it_lacks() -> None:
    whole = Requirement(id="S-31", title="配送", title_en="Delivery", source="LN-3.1c")
    halved = replace(whole, lacks="配送单", lacks_en="A delivery order")
    rows = (
        Carried(whole, ("tests/a.py::test_a",), ()),
        Carried(halved, ("tests/a.py::test_a",), ()),
        Carried(halved, (), ()),
    )
    assert [one.state for one in rows] == ["carried", "part", "open"]
    assert [row["lacks"] for row in as_document(rows)] == ["", "配送单", "配送单"]
    lines = list(as_lines(rows))
    assert sum("还没有：配送单" in line for line in lines) == 2
    assert lines[-1] == "carried 1，part 1，open 1，not_till 0"


def test_the_command_prints_one_row_per_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(True) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == [*REQUIREMENTS, *SYSTEMS]
    for row in rows:
        assert {"id", "title", "tests", "stories", "state"} <= set(row)
        assert row["state"] in STATES
        assert (row["state"] in ("part", "open")) or not row["lacks"]
        assert (row["state"] == "not_till") == bool(row["why"])
    assert run(False) == 0
    assert "HY-3.6b" in capsys.readouterr().out


def test_the_info_key_is_answered_from_the_same_book() -> None:
    told = explain_finding(("HY-3.6b", "no-such-id", "S-19"))
    assert [one.id for one in told] == ["HY-3.6b", "S-19"]
    assert "住院" in told[0].title


@pytest.mark.parametrize(
    "text",
    [
        "[[requirement]]\nid = 'EZ-1'\n",
        "[[requirement]]\nid = 'EZ-1'\ntitle = 'a'\ntitle_en = 'a'\nsource = 'a'\ncolour = 'b'\n",
        "[[rule]]\nid = 'EZ-1'\n",
        "not toml",
        "[[requirement]]\nid = 'EZ-1'\ntitle = 'a'\ntitle_en = 'a'\nsource = 'a'\n" * 2,
    ],
)
def test_a_broken_book_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "requirements.toml").write_text(text, encoding="utf-8")
    (tmp_path / "systems.toml").write_text("system = []\n", encoding="utf-8")
    with pytest.raises(BadFile):
        rule_book(tmp_path)
