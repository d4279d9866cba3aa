"""The lots of a line at the counter: shown, lacking, chosen, found on the shelf."""

from __future__ import annotations

import os
from datetime import date

import pytest
from PySide6.QtCore import Qt

from app.domain.line_stock import LineStock, Stocks
from app.domain.lot_states import LotState
from app.domain.money import Quantity
from app.domain.sale import Sale
from app.domain.stock import Lot, LotPick, PickBy
from app.errors import NotAllowed
from app.use_cases.line_lots import FoundReason, LotRow
from tests.fakes.shop import trace
from tests.ui.conftest import Window
from tests.ui.test_window import Hand
from ui.screens.lots.panel import LotsPanel
from ui.screens.till.basket_table import COLUMNS, SECOND_LINE, TONE

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CTRL = Qt.KeyboardModifier.ControlModifier
SOON, LATE = date(2026, 12, 31), date(2028, 6, 30)
ONE, NONE = Quantity.of(1), Quantity(0)


def lot(batch: str, last: date, **changes: object) -> Lot:
    return Lot(f"lot-{batch}", "m3", batch, expires_on=last, **changes)  # type: ignore[arg-type]


def row(one: Lot, state: str = "saleable", *, elsewhere: int = 0, first: bool = False) -> LotRow:
    return LotRow(one, Quantity.of(2), Quantity.of(elsewhere), NONE, state, first)


ROWS = (
    row(lot("JINQI", SOON), first=True),
    row(lot("YUANQI", LATE)),
    row(lot("ZHAOHUI", LATE, state=LotState.RECALLED), "recalled"),
    row(lot("BIEDAN", LATE), elsewhere=2),
)


def shelf_of(most: int) -> object:
    """So many boxes of two lots, the first one expiring soon."""

    def said(sale: Sale) -> Stocks:
        told = {}
        for line in sale.lines:
            left, picks = min(line.quantity.packs(), most), []
            for batch, last in (("JINQI", SOON), ("YUANQI", LATE)):
                if left > 0:
                    picks.append(LotPick(f"lot-{batch}", batch, last, ONE, PickBy.FEFO))
                    left -= 1
            chosen = next((pick for pick in line.picks if pick.by is PickBy.CHOSEN), None)
            told[line.no] = LineStock(
                line.no, line.item.medicine_id, line.quantity, (chosen,) if chosen else tuple(picks)
            )
        return told

    return said


@pytest.fixture
def hand(window: Window) -> Hand:
    window.shop.stocks = shelf_of(2)  # type: ignore[assignment]
    window.shop.lot_rows = ROWS
    window.enter()
    return Hand(window)


def panel(window: Window) -> LotsPanel:
    found = window.window.panel()
    assert isinstance(found, LotsPanel)
    return found


def cell(window: Window, name: str, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    rows = window.window.till_view.rows
    return rows.data(rows.index(0, COLUMNS.index(name)), role)


def test_one_key_notes_what_was_asked_for_and_what_a_line_lacks(hand: Hand, window: Window) -> None:
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    hand.press(Qt.Key.Key_W, both)
    assert [note.message_id for note in window.window.till.notes] == ["till.wanted_how"]
    window.window.till_view.field.setText("示例  牛黄")
    hand.press(Qt.Key.Key_W, both)
    assert window.window.till_view.field.text() == ""
    hand.scan(trace(3, 1))
    hand.type("5")
    hand.press(Qt.Key.Key_Asterisk, text="*")
    hand.press(Qt.Key.Key_W, both)
    hand.press(Qt.Key.Key_W, both)
    (line,) = window.window.till.lines
    assert window.shop.unmet == [
        ("示例 牛黄", "", "1", "1001"),
        (line.item.name, line.item.spec, "3", "1001"),
    ]


@pytest.mark.rule("HY-1.5.5a")
def test_lots_come_into_sight_and_what_lacks_stands_in_the_row(hand: Hand, window: Window) -> None:
    hand.scan(trace(3, 1))
    assert (cell(window, "batch"), cell(window, "batch", SECOND_LINE)) == ("JINQI", "2026-12")
    assert cell(window, "quantity", SECOND_LINE) == ""
    hand.type("2")
    hand.press(Qt.Key.Key_Asterisk, text="*")
    assert (cell(window, "batch"), cell(window, "batch", SECOND_LINE)) == ("2 个批号", "2026-12")
    hand.type("5")
    hand.press(Qt.Key.Key_Asterisk, text="*")
    assert cell(window, "quantity", SECOND_LINE) == "缺 3"
    assert cell(window, "quantity", TONE) == "bad"
    if os.environ.get("YAOTAI_PICTURES"):
        window.window.grab().save(os.environ["YAOTAI_PICTURES"] + "/short.png")


def test_another_lot_is_chosen_by_enter_and_a_locked_one_is_not(hand: Hand, window: Window) -> None:
    hand.scan(trace(3, 1))
    hand.press(Qt.Key.Key_F7, CTRL)
    table = panel(window).table
    shown = [table.item(at, 5).text() for at in range(4)]  # type: ignore[union-attr]
    assert shown == ["先出这批", "可售", "已召回", "可售"]
    for words in ("已召回，绝不能卖", "都在别的单里"):
        table.selectRow(2 if "召回" in words else 3)
        table.setFocus()
        hand.press(Qt.Key.Key_Return)
        assert words in panel(window).words.text()
    table.selectRow(1)
    hand.press(Qt.Key.Key_Return)
    assert window.window.panel() is None
    assert cell(window, "batch") == "YUANQI"
    assert [pick.by for pick in window.shop.kept[-1].lines[0].picks] == [PickBy.CHOSEN]


def fill(page: LotsPanel, **texts: str) -> None:
    for name, text in texts.items():
        page.fields[name].setText(text)


@pytest.mark.rule("HY-1.5.5a")
def test_what_was_found_is_booked_by_a_manager(hand: Hand, window: Window) -> None:
    hand.scan(trace(3, 1))
    hand.press(Qt.Key.Key_F7, CTRL)
    page = panel(window)
    page.more.click()
    assert "批号留空就记在 JINQI" in page.how.text()
    kept = len(window.shop.kept)
    fill(page, packs="2", batch="XINPI", expiry="2028-01", number="3001", pin="123456")
    page.reasons[1].click()
    page.commit.click()
    window.lanes.run()
    [(found, second)] = window.shop.found
    assert (found.medicine_id, found.packs, found.batch) == ("m3", Quantity.of(2), "XINPI")
    assert (found.expires_on, found.reason) == (date(2028, 1, 31), FoundReason.MISCOUNTED)
    assert second is not None
    assert (second.number, second.pin) == ("3001", "123456")
    assert "已补记" in page.words.text()
    assert all(not field.text() for field in page.fields.values())
    assert len(window.shop.kept) > kept  # the basket asks the shelf again


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"packs": "x"}, "件数没写对"),
        ({"packs": "-1"}, "件数没写对"),
        ({"packs": "1000000000"}, "件数没写对"),
        ({"packs": "1", "batch": "A", "expiry": "2026-02-30"}, "有效期没写对"),
        ({"packs": "1", "batch": "A", "expiry": "2020-01-01"}, "有效期没写对"),
        ({"packs": "1", "batch": "A"}, "有效期没写对"),
    ],
)
def test_nothing_is_booked_by_what_is_no_such_thing(
    hand: Hand, window: Window, texts: dict[str, str], words: str
) -> None:
    hand.scan(trace(3, 1))
    hand.press(Qt.Key.Key_F7, CTRL)
    fill(panel(window), **texts)
    panel(window).commit.click()
    window.lanes.run()
    assert words in panel(window).words.text()
    assert window.shop.found == []


def test_who_may_not_answer_is_told_and_the_lot_of_the_list_is_taken(
    hand: Hand, window: Window
) -> None:
    hand.scan(trace(3, 1))
    hand.press(Qt.Key.Key_F7, CTRL)
    window.shop.found_error = NotAllowed(act="approve_stock")
    fill(panel(window), packs="1", pin="000000")
    panel(window).commit.click()
    window.lanes.run()
    assert panel(window).words.text()
    window.shop.found_error = None
    fill(panel(window), packs="1", number="3001", pin="123456")
    panel(window).commit.click()
    window.lanes.run()
    assert [found.lot_id for found, _ in window.shop.found] == ["lot-JINQI"]


def test_without_a_line_it_says_what_to_do(hand: Hand, window: Window) -> None:
    hand.press(Qt.Key.Key_F7, CTRL)
    assert "先在购物篮里选一行药" in panel(window).head.text()
    assert not panel(window).more.isVisible()
