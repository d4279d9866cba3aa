"""The panel of dosage labels: which sale, what is said, how many; Enter prints once."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import BadValue
from app.use_cases.labels import Directions, LabelView, Wanted
from app.use_cases.spool import Spool
from tests.fakes.shop import trace
from tests.ui.conftest import Window
from tests.ui.test_window import Hand
from ui.screens.labels.panel import LabelsPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CTRL = Qt.KeyboardModifier.ControlModifier


def line(no: int, directions: Directions) -> LabelView:
    return LabelView(
        no,
        f"练习药{no}",
        "",
        "10片",
        directions,
        "",
        "练***兰",
        date(2026, 11, 22),
        "练习药店",
        "practice",
    )


WRITTEN, BARE = line(1, Directions("口服", "1片", "每日三次", "7")), line(2, Directions())


@pytest.fixture
def hand(window: Window) -> Hand:
    window.shop.label_spools = []
    window.shop.labels = (WRITTEN, BARE)
    window.enter()
    return Hand(window)


def panel(window: Window) -> LabelsPanel:
    found = window.window.panel()
    assert isinstance(found, LabelsPanel)
    return found


def sell(hand: Hand) -> None:
    hand.scan(trace(3, 1))
    hand.press(Qt.Key.Key_F12)
    hand.press(Qt.Key.Key_Return)


def test_of_the_sale_just_done_each_drug_with_its_directions(hand: Hand, window: Window) -> None:
    sell(hand)
    hand.press(Qt.Key.Key_B, CTRL, "b")
    assert "label_sheet::02-20261122-0001" in window.shop.calls
    first, second = panel(window).rows
    assert first.many.text() == "1 张"
    assert second.many.text() == "0 张"
    assert not second.fewer.isEnabled()
    assert "练***兰" in panel(window).head.text()
    second.usage.setFocus()
    second.usage.setText("")
    second.usage.textEdited.emit("外用")
    assert second.many.text() == "1 张"
    second.more.click()
    second.usage.setText("外用")
    hand.press(Qt.Key.Key_Return)
    assert window.shop.labels_wanted == (Wanted(1, "", 1), Wanted(2, "外用", 2))
    assert window.shop.calls[-1] == "print_labels"
    assert "3 张标签已送打印" in panel(window).said.text()
    calls = len(window.shop.calls)
    hand.press(Qt.Key.Key_Return)  # a second Enter in the air
    assert len(window.shop.calls) == calls
    assert "还没有选要打的药" in panel(window).said.text()


def test_what_has_no_use_is_asked_for_by_name(hand: Hand, window: Window) -> None:
    sell(hand)
    hand.press(Qt.Key.Key_B, CTRL, "b")
    panel(window).rows[1].more.click()
    hand.press(Qt.Key.Key_Return)
    assert "“练习药2”还没有用法" in panel(window).said.text()
    assert window.shop.labels_wanted == ()


@pytest.mark.parametrize("spools", [None, []])
def test_without_a_printer_or_a_sale_it_says_what_to_do(
    window: Window, spools: list[Spool] | None
) -> None:
    window.shop.label_spools = spools
    window.enter()
    Hand(window).press(Qt.Key.Key_B, CTRL, "b")
    words = "没有设标签打印机" if spools is None else "还没有销售"
    assert words in panel(window).said.text()
    assert not panel(window).print.isVisible()


def test_a_sale_that_is_neither_paid_nor_picked(hand: Hand, window: Window) -> None:
    sell(hand)
    window.shop.labels = BadValue(what="sale", why="x")
    hand.press(Qt.Key.Key_B, CTRL, "b")
    assert "请先调配或收款" in panel(window).said.text()


def test_labels_that_wait_stand_over_the_basket_beside_the_slips(
    hand: Hand, window: Window, qtbot: QtBot
) -> None:
    strip = window.window.label_strip
    window.shop.label_spools = [
        Spool(waiting=2, trouble="device_label.paper_out"), Spool(unsure=1), Spool()
    ]  # fmt: skip
    window.window.labels.run()
    window.lanes.run()
    assert "没有标签纸" in strip.words.text()
    assert "还有 2 张标签没打" in strip.words.text()
    assert window.window.print_strip.isHidden()
    window.window.labels.run()
    window.lanes.run()
    assert not strip.keep.isHidden()
    strip.keep.click()
    window.lanes.run()
    assert window.shop.calls[-2:] == ["decide_labels:False", "print_labels"]
    assert strip.isHidden()


@pytest.mark.parametrize("scale", [100, 150])
def test_everything_fits(hand: Hand, window: Window, scale: int) -> None:
    sell(hand)
    window.window.looks.choose_look("light", scale)
    hand.press(Qt.Key.Key_B, CTRL, "b")
    QApplication.processEvents()
    for each in panel(window).rows:
        for part in (each.fewer, each.many, each.more):
            assert part.sizeHint().width() <= part.width()
        assert each.usage.width() > 200
