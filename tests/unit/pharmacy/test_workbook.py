"""Workbooks read straight from their XML say what the general reader says, and refuse the same."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app.errors import BadFile
from app.use_cases.workbook_file import SheetRow, sheet_rows
from app.use_cases.workbook_xml import Broken, column_of

MOST = 1000
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn"), exclude_characters="_=\r"),
    min_size=1,
    max_size=12,
).filter(lambda text: not text.startswith(("#", "=")))
VALUES = st.one_of(
    st.none(),
    TEXTS,
    st.integers(-(10**14), 10**14),
    st.dates(date(1901, 1, 1), date(2199, 12, 31)),
)
SHEETS = st.lists(st.lists(VALUES, max_size=8), min_size=1, max_size=8)


INLINE = re.compile(rb't="inlineStr"><is>(<t.*?</t>)</is>', re.DOTALL)
SHARED_TYPE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"


def written(folder: Path, rows: Sequence[Sequence[object]], *, shared: bool = False) -> Path:
    """``shared``: texts stand in a part of their own, as a spreadsheet saves them."""
    path, book = folder / "book.xlsx", Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(path)
    return sharing(path) if shared else path


def sharing(path: Path) -> Path:
    with zipfile.ZipFile(path) as packed:
        parts = {info.filename: packed.read(info) for info in packed.infolist()}
    texts: list[bytes] = []

    def moved(found: re.Match[bytes]) -> bytes:
        texts.append(found[1])
        return b't="s"><v>%d</v>' % (len(texts) - 1)

    parts[SHEET] = INLINE.sub(moved, parts[SHEET])
    items = b"".join(b"<si>%s</si>" % text for text in texts)
    parts[STRINGS] = b'<sst xmlns="%s">%s</sst>' % (MAIN.encode(), items)
    link = b'<Relationship Id="rId9" Type="%s" Target="sharedStrings.xml"/>' % SHARED_TYPE
    rels = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = rels.replace(b"</Rel", link + b"</Rel")
    kind = (b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxml'
            b'formats-officedocument.spreadsheetml.sharedStrings+xml"/>')  # fmt: skip
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(b"</Types>", kind + b"</Types>")
    made = path.with_name("sharing.xlsx")
    with zipfile.ZipFile(made, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made


def read(path: Path, most: int = MOST) -> list[SheetRow]:
    return list(sheet_rows(path, most))


def why(path: Path, most: int = MOST) -> object:
    with pytest.raises(BadFile) as refused:
        read(path, most)
    return refused.value.params["why"]


def said(value: object) -> str:
    """A cell of the general reader as text."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def by_the_general_reader(path: Path) -> dict[int, tuple[str, ...]]:
    book = load_workbook(path)
    rows = {}
    for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
        texts = [said(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            rows[number] = tuple(texts)
    return rows


@settings(deadline=None, max_examples=60)
@given(SHEETS, st.booleans())
def test_it_says_what_the_general_reader_says(rows: list[list[object]], shared: bool) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder), rows, shared=shared)
        seen = {row.number: row.cells for row in read(path) if row.cells}
        assert seen == by_the_general_reader(path)
        assert all(not row.why for row in read(path))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("=1+1", "import.cell_formula"),
        ("#N/A", "import.cell_error"),
        (True, "import.cell_kind"),
        (time(8, 30), "import.cell_kind"),
        (timedelta(hours=30), "import.cell_kind"),
        (123456789012345678, "import.cell_digits"),
    ],
)
def test_what_is_no_text_and_no_day_is_named(tmp_path: Path, value: object, reason: str) -> None:
    (row,) = read(written(tmp_path, [["练习", value, "后"]]))
    assert (row.number, row.why) == (1, reason)
    assert row.cells[0] == "练习" and row.cells[2] == "后"


def changed(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """The workbook with one of its parts changed."""
    made = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(made, "w") as after:
        for info in before.infolist():
            content = before.read(info)
            if info.filename == part:
                assert old in content, content
                content = content.replace(old, new)
            after.writestr(info.filename, content)
    return made


def test_prefixes_gaps_and_how_a_name_is_read_aloud(tmp_path: Path) -> None:
    plain = written(tmp_path, [["甲", None, "乙"], [], ["丙"]], shared=True)
    body = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="2"><x:c r="B2" t="s"><x:v>1</x:v>'
        '</x:c></x:row><x:row><x:c t="inlineStr"><x:is><x:r><x:t>虚</x:t></x:r><x:r><x:t>构'
        "</x:t></x:r></x:is></x:c></x:row></x:sheetData></x:worksheet>"
    ).encode()
    with zipfile.ZipFile(plain) as packed:
        old = packed.read(SHEET)
    path = changed(plain, SHEET, old, body)
    aloud = "<t>乙</t><rPh sb='0' eb='1'><t>yi</t></rPh>".encode()
    spoken = changed(path.rename(tmp_path / "two.xlsx"), STRINGS, "<t>乙</t>".encode(), aloud)
    assert [(row.number, row.cells) for row in read(spoken)] == [(2, ("", "乙")), (3, ("虚构",))]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, b'<row r="2"', b'<row r="1"'),
        (SHEET, b"<v>0</v>", b"<v>99</v>"),
        (SHEET, b"<v>0</v>", b"<v>-1</v>"),
        (SHEET, b'r="A1"', b'r="1"'),
        (SHEET, b'r="A1"', b'r="AAAA1"'),
        (SHEET, b"</sheetData>", b""),
        (SHEET, b"<v>7</v>", b"<v>seven</v>"),
        (SHEET, b"<v>7</v>", b"<v>1e999999</v>"),
        ("_rels/.rels", b"officeDocument", b"nothing"),
        ("xl/_rels/workbook.xml.rels", b"/worksheet\"", b"/chartsheet\""),
        ("xl/workbook.xml", b"<sheets", b"<!DOCTYPE a><sheets"),
    ],
)  # fmt: skip
def test_parts_that_contradict_each_other_are_damage(
    tmp_path: Path, part: str, old: bytes, new: bytes
) -> None:
    path = written(tmp_path, [["甲", 7], ["乙", 8]], shared=True)
    assert why(changed(path, part, old, new)) == "import.file_damaged"


def a_long_sheet() -> list[list[object]]:
    """Rows written alike, and between them such as are not."""
    rows: list[list[object]] = [["品名", "批号", "数量", "效期", "备注"]]
    for number in range(1, 40):
        row: list[object] = [f"练习药{number}", f"A{number:03d}", number, date(2027, 1, 1), "好"]
        if number % 7 == 0:
            row[4] = None
        if number % 11 == 0:
            row[1] = "A<&>B"
        if number % 13 == 0:
            row[0] = row[3] = None
        if number % 17 == 0:
            row[2] = "三\n盒"
        rows.append(row)
    return rows


@pytest.mark.parametrize("shared", [False, True])
def test_rows_written_alike_are_read_as_all_others(tmp_path: Path, shared: bool) -> None:
    path = written(tmp_path, a_long_sheet(), shared=shared)
    told = read(path)
    assert {row.number: row.cells for row in told} == by_the_general_reader(path)
    assert [row.number for row in told] == list(range(1, 41))


@pytest.mark.parametrize(
    ("old", "new", "number", "reason"),
    [
        (b"<v>30</v>", b"<f>15+15</f><v>30</v>", 31, "import.cell_formula"),
        (b'<c r="C31" t="n"><v>30</v>', b'<c r="C31" t="b"><v>1</v>', 31, "import.cell_kind"),
        (b"<v>30</v>", b"<v>3012345678901234567</v>", 31, "import.cell_digits"),
        (b'<c r="C31" t="n"><v>30</v>', b'<c r="C31" t="e"><v>#N/A</v>', 31, "import.cell_error"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_seen_far_down_too(
    tmp_path: Path, old: bytes, new: bytes, number: int, reason: str
) -> None:
    told = read(changed(written(tmp_path, a_long_sheet()), SHEET, old, new))
    assert {row.number: row.why for row in told if row.why} == {number: reason}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="31"', b'<row r="30"'),
        (b'<row r="31"', b'<row r="31"><c></row><row r="31"'),
        ("练习药30".encode(), b"\xff\xfe"),
        ("练习药30".encode(), b"\x01"),
        ("练习药30".encode(), b"&nobody;"),
        (b'<c r="A31"', b'<c r="1"'),
        (b'<row r="31"', b'<!DOCTYPE a><row r="31"'),
    ],
)
def test_damage_far_down_is_damage(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = written(tmp_path, a_long_sheet())
    assert why(changed(path, SHEET, old, new)) == "import.file_damaged"


def test_rows_in_a_remark_are_none(tmp_path: Path) -> None:
    path = written(tmp_path, a_long_sheet())
    with zipfile.ZipFile(path) as packed:
        rows = re.findall(rb"<row r.*?</row>", packed.read(SHEET), re.DOTALL)
    hidden = b"".join(rows[9:13])
    told = read(changed(path, SHEET, hidden, b"<!--" + hidden + b"-->"))
    assert [row.number for row in told] == [*range(1, 10), *range(14, 41)]


def test_merged_cells_are_turned_away(tmp_path: Path) -> None:
    merged = b'</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    path = changed(written(tmp_path, a_long_sheet()), SHEET, b"</sheetData>", merged)
    assert why(path) == "import.cells_merged"


def test_merged_cells_of_a_sheet_that_is_not_read_stop_nothing(tmp_path: Path) -> None:
    path, book = tmp_path / "two.xlsx", Workbook()
    book.worksheets[0].append(["品名", "数"])
    second = book.create_sheet("说明")
    second.append(["此页不读", ""])
    second.merge_cells("A1:B1")
    book.save(path)
    assert [row.cells for row in read(path)] == [("品名", "数")]


def test_a_document_type_hidden_by_another_encoding_is_turned_away(tmp_path: Path) -> None:
    path = written(tmp_path, [["甲"]])
    with zipfile.ZipFile(path) as packed:
        old = packed.read(SHEET)
    hidden = ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]>'
              f'<worksheet xmlns="{MAIN}"/>').encode("utf-16")  # fmt: skip
    assert why(changed(path, SHEET, old, hidden)) == "import.file_damaged"


def test_too_many_rows_or_columns(tmp_path: Path) -> None:
    assert why(written(tmp_path, [["甲"]] * 5), most=4) == "import.file_too_large"
    assert why(written(tmp_path, [["甲"] * 65])) == "import.file_too_large"


def test_days_count_from_1904_where_the_book_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, [[date(2026, 1, 1)]])
    late = changed(path, "xl/workbook.xml", b"<workbookPr ", b'<workbookPr date1904="1" ')
    (row,) = read(late)
    assert row.cells == ("2030-01-02",)


def test_columns_by_their_letters() -> None:
    assert [column_of(place) for place in ("A1", "Z9", "AA1", "BL7")] == [1, 26, 27, 64]
    for place in ("", "7", "a1", "ABCD1"):
        with pytest.raises(Broken):
            column_of(place)
