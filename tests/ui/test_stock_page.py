"""The page 库存 through its real widgets, over real books: figures, acts, files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.lot_states import LotState
from app.domain.money import Quantity
from app.domain.stock import MoveKind
from tests.fakes.custody import manager
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.fakes.shelves import clear_shelf, put_on_shelf
from tests.fakes.stock_page import StockBoard, stock_board
from ui import stock_print
from ui.screens.stock.sheet import Sheet, Table


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


@pytest.fixture
def board(till: PracticeTill, tmp_path: Path, qtbot: QtBot) -> StockBoard:
    """Three lots of one drug: good, near its end, expired."""
    medicine = till.find(sale_class="otc_b")
    clear_shelf(till.doors, medicine.id)
    for batch, days in (("GOOD", 500), ("NEAR", 25), ("DEAD", -2)):
        put_on_shelf(till.doors, medicine.id, 6, batch=batch, days=days)
    made = stock_board(till, manager(till), tmp_path / "files")
    qtbot.addWidget(made.page)
    made.page.resize(1190, 640)
    made.page.show()
    made.page.enter()
    made.lanes.run()
    return made


def shown(board: StockBoard) -> list[str]:
    """First words of the rows in sight."""
    figures = board.page.list.figures()
    return [f"{line.values[1]}" for line in figures.model.lines]


@pytest.mark.rule("HY-1.4")
def test_filters_search_and_export_show_the_same_rows(board: StockBoard) -> None:
    part = board.page.list
    part.chips["near"].click()
    part.figures().search.setText("near")
    assert shown(board) == ["NEAR"]
    board.model.export("stock", "库存", part.figures().model.titles,
                       part.figures().shown_rows(), "csv")  # fmt: skip
    board.lanes.run()
    path = Path(str(board.model.note.params["file"]))
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert [row[1] for row in rows[1:]] == ["NEAR"]
    assert path.stat().st_mode & 0o077 == 0
    assert board.page.back()
    assert part.figures().search.text() == ""


@pytest.mark.rule("LN-2.4a")
def test_enter_leads_from_the_list_to_the_paper_and_esc_comes_back(board: StockBoard) -> None:
    part, drug = board.page.list, board.page.drug
    part.chips["expired"].click()
    QTest.keyClick(part.figures().table, Qt.Key.Key_Return)
    board.lanes.run()
    ledger = board.model.ledger
    assert drug.isVisible()
    assert (ledger.batch, ledger.after, ledger.on_hand) == ("DEAD", *(Quantity.of(6),) * 2)
    drug.every.click()
    board.lanes.run()
    assert board.model.ledger.on_hand == Quantity.of(18)
    assert board.page.back()
    board.lanes.run()
    assert part.isVisible()


def test_expired_goods_leave_with_one_key_and_a_paper(board: StockBoard) -> None:
    part, losses = board.page.list, board.page.losses
    part.chips["expired"].click()
    QTest.keyClick(part.figures().table, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    board.lanes.run()
    assert losses.isVisible()
    losses.quantity.setText("7")
    losses.keep.click()
    losses.post.click()
    board.lanes.run()
    assert "DEAD" in board.words()
    assert "6" in board.words()
    losses.quantity.setText("-1")
    losses.keep.click()
    assert board.model.note.message_id == "shelf.quantity_wrong"
    losses.quantity.setText("6")
    losses.keep.click()
    QTest.keyClick(losses, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    board.lanes.run()
    assert board.model.note.message_id == "shelf.loss_posted"
    losses.pdf.click()
    board.lanes.run()
    path = Path(str(board.model.note.params["file"]))
    assert path.read_bytes().startswith(b"%PDF")
    board.page.turn("list")
    board.lanes.run()
    assert shown(board) == []


@pytest.mark.rule("LN-2.4a")
def test_a_batch_is_locked_from_the_page_by_who_may(
    board: StockBoard, till: PracticeTill, tmp_path: Path, qtbot: QtBot
) -> None:
    part = board.page.recalls
    board.page.turn("recalls")
    board.lanes.run()
    part.go.click()
    assert board.model.note.message_id == "shelf.batch_missing"
    part.batch.setText("GOOD")
    QTest.keyClick(part.reason, Qt.Key.Key_Return)
    board.lanes.run()
    assert board.model.note.message_id == "shelf.recall_begun"
    with till.doors.uow() as uow:
        (lot,) = uow.lots.of_batch("GOOD")
    assert lot.state is LotState.RECALLED
    part.pdf.click()
    board.lanes.run()
    assert Path(str(board.model.note.params["file"])).exists()
    other = stock_board(till, till.operator, tmp_path / "other")
    qtbot.addWidget(other.page)
    other.page.show()
    other.page.enter()
    other.lanes.run()
    other.page.turn("recalls")
    other.lanes.run()
    assert not other.page.recalls.form.isVisible()
    other.page.turn("list")
    other.lanes.run()
    other.page.list.chips["locked"].click()
    assert not other.page.list.acts.isVisible()
    titles = other.page.list.figures().model.titles
    assert other.session.say("shelf.column_cost") not in titles


def test_who_comes_next_sees_nothing_of_what_was_there(board: StockBoard) -> None:
    board.page.open_ledger(board.model.drugs()[0].medicine_id)
    board.lanes.run()
    assert board.page.drug.ledger.model.rowCount() > 0
    board.page.leave()
    assert (board.model.view, board.model.ledger) == (None, None)
    assert board.page.drug.ledger.model.rowCount() == 0
    assert board.page.list.figures().model.rowCount() == 0
    board.page.enter()
    board.lanes.run()
    assert board.page.list.isVisible()
    assert board.page.list.figures().model.rowCount() > 0


def test_a_minimum_is_kept_and_refused_in_words(board: StockBoard) -> None:
    part = board.page.list
    part.figures().search.setText(board.model.drugs()[0].name)
    for typed, told in (("1.5", "shelf.minimum_wrong"), ("99", "shelf.minimum_kept")):
        part.least.setText(typed)
        part.keep.click()
        board.lanes.run()
        said = board.model.note.message_id
        assert said in (told, "error.bad_value")
    assert [row.least for row in board.model.view.drugs if row.least] == [Quantity.of(99)]


@pytest.mark.rule("EZ-6")
def test_what_was_wanted_is_noted_and_seen_to(board: StockBoard) -> None:
    part = board.page.wanted
    board.page.turn("wanted")
    board.lanes.run()
    part.add.click()
    assert board.model.note.message_id == "shelf.wanted_wrong"
    part.name.setText("练习某药")
    QTest.keyClick(part.count, Qt.Key.Key_Return)
    board.lanes.run()
    assert part.all.model.rowCount() == 1
    part.done.click()
    board.lanes.run()
    assert part.all.model.rowCount() == 0


def test_every_kind_of_movement_has_words(board: StockBoard) -> None:
    for kind in MoveKind:
        assert board.session.say(f"shelf.kind_{kind}")


def test_a_paper_of_any_size_holds_every_row_once() -> None:
    for size in (0, 1, 17, 18, 500):
        table = Table("题", ("甲",), tuple((at,) for at in range(size)), (1,))
        pages = stock_print._pages(Sheet("x", "题", ("一",), (table, table), ("签",)))
        parts = [part for page in pages for part in page.parts]
        assert sum(after - first for _table, first, after in parts) == 2 * size
        assert [page.signs for page in pages] == [False] * (len(pages) - 1) + [True]
