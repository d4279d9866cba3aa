"""Whatever bytes a file holds: a report or one clear refusal, and never half an import."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.catalogue_rows import ColumnMapping
from app.errors import BadFile
from app.use_cases.delimited_file import columns_of, rows_of
from app.use_cases.import_catalogue import import_catalogue
from tests.fakes.medicines import CountedIds, FakeBooks, StillClock
from ui.words import knows

CELL = st.text('甲乙,"\n\r\t;0.5￥%\x00\x1f\u200b\ufffdg*片（）', max_size=12)
SHEET = st.lists(st.lists(CELL, max_size=6), max_size=6).map(
    lambda rows: "品名,规格,零售价,条码\n" + "\n".join(",".join(row) for row in rows)
)
DATA = st.binary(max_size=200) | SHEET.map(str.encode) | SHEET.map(lambda t: t.encode("gb18030"))


@settings(
    deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(DATA)
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    books, ids = FakeBooks(), CountedIds()

    def take() -> tuple[int, int, int, int, int]:
        report = import_catalogue(
            path, ColumnMapping(), uow_factory=books.unit, ids=ids, clock=StillClock()
        )
        assert all(knows(one.reason) for one in report.refused)
        refused = len(report.refused)
        return report.read, report.added, report.changed, report.unchanged, refused

    try:
        read, added, changed, unchanged, refused = take()
    except BadFile as wrong:
        assert knows(str(wrong.params["why"]))
        assert (books.rows, books.commits) == ({}, 0)
        return
    assert (changed, unchanged) == (0, 0)
    assert read == added + refused
    assert len(books.rows) == added
    assert take() == (read, 0, 0, added, refused)


@settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SHEET)
def test_rows_without_quotes_are_those_of_the_library(tmp_path: Path, text: str) -> None:
    plain = text.replace('"', "")
    path = tmp_path / "any.csv"
    path.write_text(plain, encoding="utf-8", newline="")
    with path.open(encoding="utf-8", newline="") as file:
        assert list(rows_of(path)) == list(csv.reader(file))


@settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SHEET)
def test_columns_are_those_of_the_rows_or_there_are_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.csv"
    path.write_text(text, encoding="utf-8", newline="")
    try:
        found = columns_of(path, lambda head: range(len(head)))
        rows = list(rows_of(path))
    except BadFile:
        return
    if found is None:
        return
    while rows and not rows[-1]:
        rows.pop()
    assert list(zip(*found, strict=True)) == list(map(tuple, rows[1:]))


def test_columns_of_a_plain_file_in_both_encodings(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    for encoding in ("utf-8-sig", "gb18030"):
        lines = [
            "品名;货号;数",
            *(f"药{number};K{number};{number % 7}" for number in range(20_000)),
        ]
        path.write_text("\r\n".join(lines), encoding=encoding, newline="")
        found = columns_of(path, lambda head: [head.index("数"), head.index("品名")])
        rows = list(rows_of(path))[1:]
        assert found == [[row[2] for row in rows], [row[0] for row in rows]]
        for odd in ("药;K", "药;K;1;2", '"药";K;1'):
            lines[15_000] = odd
            path.write_text("\n".join(lines), encoding=encoding, newline="")
            assert columns_of(path, lambda head: [0]) is None


@pytest.mark.parametrize("end", ['"', '\n"', '甲,"', '甲,"\n'])
def test_a_quote_at_the_very_end_is_an_open_one(tmp_path: Path, end: str) -> None:
    path = tmp_path / "open.csv"
    path.write_text("品名,数\n乙,1\n" + end, encoding="utf-8", newline="")
    with pytest.raises(BadFile) as wrong:
        list(rows_of(path))
    assert wrong.value.params["why"] == "import.quote_open"


def test_a_long_file_is_read_on_past_its_pieces(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    lines = [f"药{number},{number}" for number in range(120_000)]
    told = [line.split(",") for line in lines]
    path.write_text("\r\n".join(lines), encoding="utf-8", newline="")
    assert list(rows_of(path)) == told
    quoted = [*lines, '"甲\r\n乙",1', *lines]
    path.write_text("\r\n".join(quoted), encoding="utf-8", newline="")
    assert list(rows_of(path)) == [*told, ["甲\r\n乙", "1"], *told]


def test_a_file_in_two_encodings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes("品名\n阿莫西林胶囊\n头孢拉定胶囊\n".encode() + "板蓝根\n".encode("gb18030"))
    with pytest.raises(BadFile):
        import_catalogue(
            path,
            ColumnMapping(),
            uow_factory=FakeBooks().unit,
            ids=CountedIds(),
            clock=StillClock(),
        )
