"""``catalogue import`` and ``catalogue search`` as a person runs them, on a practice shop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.makers.catalogue_sheets import dirty_sheet
from ui.commands.catalogue import run_import, run_search
from ui.homes import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_a_sheet_goes_in_and_is_found_again(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Slow: makes a practice shop with its platform, and opens it several times."""
    text, wrong = dirty_sheet(3, 60)
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(text, encoding="gb18030", errors="replace", newline="")
    wrong = {row: why for row, why in wrong.items() if why != "import.broken_sign"}
    capsys.readouterr()

    assert run_import(sheet, None, home, True, True) == 0
    first = told(capsys)
    refused = {one["row"]: one["code"] for one in first["refused"]}
    assert refused.items() >= wrong.items()
    assert first["read"] == 60 == first["added"] + len(refused)
    assert all(one["reason"] and "{" not in one["reason"] for one in first["refused"])

    assert run_import(sheet, None, home, True, True) == 0
    again = told(capsys)
    assert (again["added"], again["changed"]) == (0, 0)
    assert (again["unchanged"], again["refused"]) == (first["added"], first["refused"])

    assert run_search("amxljn", 3, home, True, True) == 0
    hits = told(capsys)
    assert len(hits) == 3
    # The practice shop's own drug is the one in stock.
    assert (hits[0]["shop_code"], hits[0]["price"]) == ("P0001", "12.80")
    assert hits[0].keys() >= {"id", "name", "spec", "maker", "price"}
    assert hits[1]["shop_code"].startswith("G")

    assert run_search("没有这种药", 3, home, True, True) == 0
    assert told(capsys) == []


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_no_file_is_one_clear_line_and_makes_no_shop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    home = Home(tmp_path / "untouched")
    assert run_import(tmp_path / name, None, home, True, True) == 1
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.count("\n") == 1
    assert not home.root.exists()


def test_a_wrong_mapping_is_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.toml").write_text("columns = 3")
    sheet = tmp_path / "s.csv"
    sheet.write_text("品名\n甲\n")
    assert run_import(sheet, tmp_path / "m.toml", Home(tmp_path / "h"), True, False) == 1
    assert "[columns]" in capsys.readouterr().err
