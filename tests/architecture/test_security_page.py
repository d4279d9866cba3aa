"""docs/security.md: each row names a test that exists, and its limits are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = [row for row in PAGE.split("## Limits")[0].splitlines() if row.startswith("| ")]
NAMED = re.findall(r"(tests/[\w/]+\.py)::(\w+)", PAGE)


def test_every_row_of_the_table_names_a_test() -> None:
    table = ROWS[next(at for at, row in enumerate(ROWS) if "proved by" in row) + 1 :]
    bare = [row for row in table if "::test_" not in row and not re.match(r"\| (\*|---)", row)]
    assert bare == [] and len(NAMED) > 60


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_every_named_test_exists(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    wanted = {name for named, name in NAMED if named == file}
    assert [name for name in sorted(wanted) if f"def {name}(" not in text] == []


def test_every_place_of_a_limit_is_a_file() -> None:
    rows = PAGE.split("## Limits")[1].split("## What is not")[0]
    last = ""
    for name in re.findall(r"`([\w/]+\.py)`", rows):
        place = name if "/" in name else f"{last}/{name}"
        last = place.rpartition("/")[0]
        assert (ROOT / place).is_file(), place


LIMITS = {
    "sync/insurance/transport.py": "MAX_BODY = 8 * 1024 * 1024",
    "sync/insurance/exact_json.py": "MAX_DEPTH = 40",
    "sync/insurance/statement_files.py": "32 * 1024 * 1024",
    "sync/insurance/rx_answers.py": "MAX_FILE = 4 * 1024 * 1024",
    "sync/insurance/simulator/server.py": "BODY_LIMIT = 64_000_000",
    "app/bounded.py": "1024 * 1024",
    "app/use_cases/delimited_file.py": "_MOST_BYTES = 512 * 1024 * 1024",
    "app/use_cases/workbook_file.py": "_MOST_UNPACKED = 1024 * 1024 * 1024",
    "app/vault/evidence.py": "256 * 1024 * 1024",
    "app/domain/scanned.py": "_LONGEST = 512",
    "devices/insurance_terminal/wire.py": "20480",
    "ui/acceptance.py": "5_000_000",
}


@pytest.mark.parametrize("place", LIMITS)
def test_the_limits_told_are_those_of_the_code(place: str) -> None:
    assert LIMITS[place] in (ROOT / place).read_text("utf-8")
