"""The grid of counts: twenty thousand lines, digits, Enter, scans; whose figures are in sight."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt

from app.domain.catalogue import nfkc
from app.domain.money import Quantity
from app.domain.stocktake import CountLine, Stocktake
from app.domain.stocktake_states import StocktakeState
from app.errors import BadValue
from app.use_cases.stocktake_papers import blank_sheet
from app.use_cases.stocktake_view import Grid, GridLine, Progress, grid
from tests.end_to_end.test_stocktake import Shop, make_shop
from tests.fakes.lanes import HandLanes
from ui.screens.session import Session
from ui.screens.stocktake.grid import COLUMNS, CountGrid, CountTable
from ui.screens.stocktake.view_model import StocktakeModel
from ui.shop_stocktake import ShopStocktake
from ui.stocktake_files import stocktake_files
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


RADICALS = str.maketrans("⻚⻓", "页长")


class Desk(ShopStocktake):
    """The shop's part of this page, over a practice till's books."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self.doors = self._recovery = shop.till.doors
        self.devices_folder, self.facts = folder, shop.till.doors.shop

    def now(self) -> datetime:
        return self.doors.clock.now()


@pytest.fixture
def shop(tmp_path):
    yield from make_shop(tmp_path / "books")


@pytest.mark.rule("HY-1.5.5b")
def test_who_counts_sees_nothing_of_the_books_on_screen_or_on_the_list(shop):
    with shop.till.doors.uow() as uow:
        lot = uow.shelf.figures()[0].lot
    odd = CountLine(0, lot.medicine_id, lot.id)
    shop.move(odd, 7654)
    take = shop.begun()
    doors, seen = shop.till.doors, grid(shop.till.doors, take.id, shop.first)
    shown = CountGrid(say)
    shown.show(seen.lines)
    at = next(row for row in range(shown.rowCount()) if shown.line(row).line.lot_id == lot.id)
    cells = [shown.index(at, column).data() for column in range(shown.columnCount())]
    assert cells[FIGURE] == ""
    listed = blank_sheet(doors, take.id, shop.first)
    row = next(one for one in listed.rows if lot.batch in one)
    books = str(shop.on_hand(lot.id))
    assert len(books) == 4 and books not in [str(cell) for cell in (*row, *cells)]


@pytest.mark.rule("HY-1.5.5b")
def test_the_sheet_for_the_binder_has_its_page_numbers_and_signatures_on_every_page(
    shop, tmp_path, qtbot
):
    take = shop.begun()
    counted = shop.lines(take)[0]
    shop.count(take, counted, 98, shop.first)
    shop.approve(take)
    lanes = HandLanes()
    session = Session(Desk(shop, tmp_path), lanes)
    session.sign_in(shop.manager)
    model = StocktakeModel(session, stocktake_files(session, tmp_path))
    model.show_review(take.id)
    lanes.run()
    model.write_bound()
    lanes.run()
    assert model.note is not None and model.note.message_id == "stocktake.file_written"
    document = pypdfium2.PdfDocument(model.note.params["file"])
    # The letters on paper are those of the font: some are told as the radicals they look like.
    pages = [nfkc(page.get_textpage().get_text_range()).translate(RADICALS) for page in document]
    document.close()
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        assert f"第 {number} / {len(pages)} 页" in text
        for who in ("counter", "second", "manager"):
            assert say(f"stocktake.sign_{who}") in text
        assert text.count("年 月 日") == 3
    assert say("stocktake.bound_title") in pages[0]
