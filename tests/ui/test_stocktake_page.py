"""The grid of counts: twenty thousand lines, digits, Enter, scans; whose figures are in sight."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt

from app.domain.money import Quantity
from app.domain.stocktake import CountLine, Stocktake
from app.domain.stocktake_states import StocktakeState
from app.errors import BadValue
from app.use_cases.stocktake_view import Grid, GridLine, Progress
from ui.screens.stocktake.grid import COLUMNS, CountGrid, CountTable
from ui.words import say

TAKE = Stocktake(id="take-1", number="PC1", opened_at=datetime(2026, 11, 22, tzinfo=UTC),
                 opened_by="system", state=StocktakeState.COUNTING)  # fmt: skip
FIGURE, STATE = COLUMNS.index("counted"), COLUMNS.index("state")


def line(number: int, **changes: object) -> GridLine:
    made = GridLine(
        CountLine(number, f"med-{number}", f"lot-{number}", f"z-{number % 3}"), f"P{number:05d}",
        f"练习药 {number}", "0.1g*6", "练习药厂", "盒", f"B{number}", "2028-01-01",
        f"区 {number % 3}", None, 0,
    )  # fmt: skip
    return made._replace(**changes)


def grid_of(count: int) -> Grid:
    lines = tuple(line(number) for number in range(1, count + 1))
    return Grid(TAKE, lines, Progress(count, 0, 0, 0), "1001")


@pytest.fixture
def table(qtbot):
    made = CountTable(CountGrid(say), "grid")
    made.resize(1100, 500)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.rule("HY-1.5.5b")
def test_digits_begin_the_figure_and_enter_goes_to_the_next_box(qtbot, table):
    grid, typed = table.model(), []
    grid.show(grid_of(5).lines)
    grid.typed.connect(lambda at, text: typed.append((at, text)))
    table.go_to(1)
    for sign in "120":
        # Also where the second digit reaches the grid instead of the field it has opened.
        qtbot.keyClicks(table, sign)
    field = table.viewport().children()
    editor = next(one for one in field if hasattr(one, "insert"))
    assert editor.text() == "120"
    with qtbot.waitSignal(grid.typed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert typed == [(1, "120")]
    qtbot.waitUntil(lambda: table.currentIndex().row() == 2)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert table.currentIndex().row() == 3
    grid.mark(1, "120", "stocktake.line_counted", "good")
    assert grid.index(1, STATE).data() == say("stocktake.line_counted")


def test_a_filter_and_a_scan_find_the_line_that_is_not_counted_yet(table):
    grid = table.model()
    grid.show([line(1), line(2, code="P00001", own=Quantity.of(3)), line(3)])
    assert grid.find(["P00001"]) == [0, 1], "first what is not counted"
    grid.mark(0, "5", "stocktake.line_counted", "good")
    grid.filter(None, "", open_only=True)
    assert grid.rowCount() == 1
    grid.filter("z-1", "", open_only=False)
    assert [grid.line(row).line.no for row in range(grid.rowCount())] == [1]
    grid.filter(None, "练习药 3", open_only=False)
    assert grid.line(0).line.no == 3


def test_a_line_of_ones_own_first_count_takes_no_second_figure(table):
    grid = table.model()
    grid.show([line(1, asked="differs", closed=True), line(2, asked="differs")])
    assert not grid.flags(grid.index(0, FIGURE)) & Qt.ItemFlag.ItemIsEditable
    assert grid.flags(grid.index(1, FIGURE)) & Qt.ItemFlag.ItemIsEditable
    assert grid.index(0, STATE).data() == say("stocktake.line_other_person")


def test_twenty_thousand_lines_are_virtual(qtbot, monkeypatch):
    asked = set()
    data = CountGrid.data

    def counted(self, index, role=Qt.ItemDataRole.DisplayRole):
        asked.add(index.row())
        return data(self, index, role)

    monkeypatch.setattr(CountGrid, "data", counted)
    table = CountTable(CountGrid(say), "grid")
    table.resize(1100, 500)
    qtbot.addWidget(table)
    table.model().show(grid_of(20_000).lines)
    table.show()
    table.go_to(19_999)
    table.grab()
    assert table.model().rowCount() == 20_000
    assert 19_999 in asked
    assert len(asked) < 200, "nothing is asked for that is not in sight"


def test_no_figure_is_no_count():
    from app.use_cases.stocktake_count import figure_of

    assert figure_of(" １２ ") == Quantity.of(12)
    for text in ("", "-1", "+1", "1e3", "十", "1000000000", "1.23456", "1,5", "nan"):
        with pytest.raises(BadValue):
            figure_of(text)
