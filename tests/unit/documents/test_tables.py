"""Tables as files: whole, readable by one, and never a formula."""

from __future__ import annotations

import csv
import stat
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.documents.tables import write_csv, write_xlsx

HEADS = ("药品", "数量", "金额", "日期", "时间")
ROWS = [
    (
        "=HYPERLINK(1)",
        3,
        Decimal("-12.30"),
        date(2026, 11, 2),
        datetime(2026, 11, 2, 9, tzinfo=UTC),
    ),
    ("+86", 0, Decimal("0.00"), None, None),
]


def shown(day: int, hour: int) -> datetime:
    """A spreadsheet's own time, without a zone."""
    return datetime(2026, 11, day, hour, tzinfo=UTC).replace(tzinfo=None)


def test_a_sheet_holds_what_was_handed_in_as_text_numbers_and_dates(tmp_path: Path):
    path = tmp_path / "new" / "list.xlsx"
    assert write_xlsx(path, "库存: 全部/今天", HEADS, ROWS) == 2
    sheet = load_workbook(path).active
    got = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert got[0] == list(HEADS)
    assert got[1] == ["=HYPERLINK(1)", 3, -12.3, shown(2, 0), shown(2, 17)]
    assert sheet["A2"].data_type == "s"  # text, not a formula
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["list.xlsx"]


def test_a_csv_holds_the_same_and_runs_nothing(tmp_path: Path):
    path = tmp_path / "list.csv"
    assert write_csv(path, HEADS, ROWS) == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    got = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert got[1] == ["'=HYPERLINK(1)", "3", "-12.30", "2026-11-02", "2026-11-02 17:00:00"]
    assert got[2] == ["'+86", "0", "0.00", "", ""]


def test_what_cannot_be_written_leaves_the_old_file_and_no_part(tmp_path: Path):
    path = tmp_path / "list.csv"
    write_csv(path, HEADS, ROWS)
    before = path.read_bytes()

    def torn():
        yield ROWS[0]
        raise OSError(28, "disk full")

    with pytest.raises(OSError, match="disk full"):
        write_csv(path, HEADS, torn())
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_a_moment_of_the_books_stands_as_the_screen_shows_it(tmp_path: Path):
    late = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    write_csv(tmp_path / "list.csv", ("at",), [(late,)])
    write_xlsx(tmp_path / "list.xlsx", "x", ("at",), [(late,)])
    assert "2026-11-02 07:30:00" in (tmp_path / "list.csv").read_text("utf-8-sig")
    told = load_workbook(tmp_path / "list.xlsx").active["A2"].value
    assert f"{told:%Y-%m-%d %H:%M}" == "2026-11-02 07:30"


def test_a_sign_that_no_workbook_holds_costs_no_export(tmp_path: Path):
    path = tmp_path / "list.xlsx"
    assert write_xlsx(path, "x", ("a", "b"), [("=B\x0b1", "good"), ("\x1d", "next")]) == 2
    sheet = load_workbook(path).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["=B\N{REPLACEMENT CHARACTER}1", "good"],
        ["\N{REPLACEMENT CHARACTER}", "next"],
    ]
    assert sheet["A2"].data_type == "s"
