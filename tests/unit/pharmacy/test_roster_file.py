"""A roster's file: CSV and xlsx, foreign encodings, wrong rows named, hostile files turned away."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from app.domain.identity_card import citizen_check_digit
from app.domain.roster import RosterEntry
from app.errors import BadFile
from app.use_cases.roster_file import read_roster

HEAD = ("待遇类别", "证件号码", "姓名", "病种编码", "病种名称", "待遇开始日期", "待遇结束日期")


def a_number(serial: int = 1) -> str:
    body = f"9999001968010{1 + serial // 1000}{serial % 1000:03d}"
    return body + citizen_check_digit(body)


def a_row(*changes: tuple[int, str], serial: int = 1) -> list[str]:
    row = ["慢特病", a_number(serial), "练习甲", "M01600", "糖尿病", "2026-01-01", ""]
    for place, text in changes:
        row[place] = text
    return row


def a_csv(folder: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    path = folder / "roster.csv"
    path.write_text("\n".join(",".join(row) for row in (HEAD, *rows)) + "\n", encoding=encoding)
    return path


def a_book(folder: Path, rows: Sequence[Sequence[object]], merge: str = "") -> Path:
    path, book = folder / "roster.xlsx", Workbook()
    sheet = book.worksheets[0]
    for row in (HEAD, *rows):
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    book.save(path)
    return path


def refusal(path: Path) -> tuple[object, object]:
    with pytest.raises(BadFile) as refused:
        read_roster(path)
    return refused.value.params["why"], refused.value.params.get("rows")


@pytest.mark.rule("EZ-9a", "S-20")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_in_the_encodings_that_come(tmp_path: Path, encoding: str) -> None:
    rows = [a_row(), a_row((0, "两病"), (5, "20260401"), (6, "2026/12/31"), serial=2)]
    assert read_roster(a_csv(tmp_path, rows, encoding)) == [
        RosterEntry(
            "special", "M01600", "糖尿病", date(2026, 1, 1), None, a_number(1), "练习甲"
        ),
        RosterEntry(
            "two_disease", "M01600", "糖尿病", date(2026, 4, 1), date(2026, 12, 31),
            a_number(2), "练习甲",
        ),
    ]  # fmt: skip


@pytest.mark.rule("EZ-9a")
def test_a_workbook_says_the_same_as_its_csv(tmp_path: Path) -> None:
    rows = [a_row(), a_row((6, "2026-12-31"), serial=2)]
    dated: list[list[object]] = [list(row) for row in rows]
    dated[1][6] = datetime(2026, 12, 31)  # noqa: DTZ001 - a sheet knows no zone
    assert read_roster(a_book(tmp_path, dated)) == read_roster(a_csv(tmp_path, rows))


@pytest.mark.rule("EZ-9a")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ((0, "门诊"), "roster.type"),
        ((1, a_number()[:17] + "?"), "roster.number_form"),
        ((1, a_number()[:17] + ("0" if a_number()[17] != "0" else "1")), "roster.number_check"),
        ((1, "99990019681301001" + citizen_check_digit("99990019681301001")),
         "roster.number_birth"),
        ((2, ""), "roster.name"),
        ((2, "练\ufffd"), "roster.name"),
        ((3, "病种"), "roster.disease"),
        ((4, "长" * 101), "roster.disease_name"),
        ((5, "46023"), "roster.begins"),
        ((5, "2026-02-30"), "roster.begins"),
        ((6, "去年"), "roster.ends"),
        ((6, "2025-12-31"), "roster.order"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_by_number_and_why(
    tmp_path: Path, change: tuple[int, str], why: str
) -> None:
    path = a_csv(tmp_path, [a_row(), a_row(change, serial=2), a_row(serial=3)])
    assert refusal(path) == ("roster.refused", ((3, why),))


def test_doubles_are_named_and_two_diseases_are_none(tmp_path: Path) -> None:
    other = a_row((3, "M03900"))
    assert len(read_roster(a_csv(tmp_path, [a_row(), other, a_row((0, "两病"))]))) == 3
    lower = a_row((1, a_number().lower()))
    assert refusal(a_csv(tmp_path, [a_row(), other, lower])) == (
        "roster.refused", ((4, "roster.twice"),)
    )  # fmt: skip


def test_only_twenty_rows_are_named_and_all_are_counted(tmp_path: Path) -> None:
    path = a_csv(tmp_path, [a_row((2, ""), serial=n) for n in range(30)])
    with pytest.raises(BadFile) as refused:
        read_roster(path)
    assert refused.value.params["count"] == 30
    assert len(tuple(refused.value.params["rows"])) == 20  # type: ignore[call-overload]
    assert "练习" not in str(refused.value.params)


def test_another_document_is_judged_by_form_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        "type,document,number,name,disease,begins\nspecial,护照,E1234567,练习丙,M01600,2026-01-01\n"
    )
    assert read_roster(path)[0].cert_no == "E1234567"


@pytest.mark.parametrize(
    ("place", "cell", "why"),
    [
        (5, "=TODAY()", "import.cell_formula"),
        (5, 46023, "roster.begins"),
        (1, int(a_number(1)[:17] + "0"), "import.cell_digits"),
        (2, True, "import.cell_kind"),
        (3, "#REF!", "import.cell_error"),
    ],
)
def test_cells_that_are_no_values_are_refused(
    tmp_path: Path, place: int, cell: object, why: str
) -> None:
    row: list[object] = [*a_row(serial=2)]
    row[place] = cell
    assert refusal(a_book(tmp_path, [a_row(), row])) == ("roster.refused", ((3, why),))


def test_merged_cells_are_refused(tmp_path: Path) -> None:
    path = a_book(tmp_path, [a_row(), a_row(serial=2)], merge="C2:C3")
    assert refusal(path)[0] == "import.cells_merged"


def test_hostile_workbooks_are_turned_away(tmp_path: Path) -> None:
    good = a_book(tmp_path, [a_row()])
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(good.read_bytes()[:-200])
    assert refusal(cut)[0] == "import.file_damaged"
    noise = tmp_path / "noise.xlsx"
    noise.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 8)
    assert refusal(noise)[0] == "import.file_damaged"
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                content = b'<!DOCTYPE a [<!ENTITY b "c">]>' + content
            new.writestr(part.filename, content)
    assert refusal(bomb)[0] == "import.file_damaged"
    many = tmp_path / "many.xlsx"
    with zipfile.ZipFile(many, "w") as new:
        for number in range(2001):
            new.writestr(f"{number}.xml", b"")
    assert refusal(many)[0] == "import.file_too_large"
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(bare, "w") as new:
        new.writestr("a.txt", b"nothing")
    assert refusal(bare)[0] == "import.file_damaged"


def test_headings_that_lack_or_double(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("姓名,病种编码\n练习,M1\n")
    assert refusal(path)[0] == "roster.headings"
    path.write_text("type,number,name,name,disease,begins\n")
    assert refusal(path)[0] == "roster.heading_twice"
    path.write_text("type,number,name,disease,begins\n")
    assert refusal(path)[0] == "import.file_empty"
    assert refusal(tmp_path / "none.csv")[0] == "import.file_missing"
    path.write_text("type,number,name,disease,begins\n" + ",".join(["x"] * 9) + "\n")
    assert refusal(path) == ("roster.refused", ((2, "roster.columns"),))


CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\x00"), max_size=9)
LIKELY = st.sampled_from(["慢特病", "两病", a_number(), "练习", "M01600", "2026-01-01", "=1", ""])


@settings(deadline=None)
@given(st.lists(st.lists(st.one_of(CELL, LIKELY), min_size=1, max_size=8), max_size=5))
def test_any_cells_are_taken_or_named(rows: list[list[str]]) -> None:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "r.csv"
        text = "\n".join(",".join(row) for row in (HEAD, *quoted)) + "\n"
        path.write_bytes(text.encode())
        try:
            read = read_roster(path)
        except BadFile as refused:
            assert refused.params["why"]
        else:
            assert all(one.cert_no and one.name and one.disease for one in read)


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_end_in_a_sentence(content: bytes, as_book: bool) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "r"
        path.write_bytes((b"PK\x03\x04" if as_book else b"") + content)
        with pytest.raises(BadFile) as refused:
            read_roster(path)
        assert refused.value.params["why"]
