"""Ctrl+E: the manager writes down when the store stops being designated."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.delisting import Delisting
from tests.ui.conftest import Window
from ui.screens.shop.panel import ShopPanel
from ui.words import say


def opened(window: Window, number: str) -> ShopPanel:
    window.enter(number)
    window.lanes.run()
    window.window.open_panel("shop")
    window.lanes.run()
    panel = window.window.panel()
    assert isinstance(panel, ShopPanel)
    return panel


def typed(window: Window, panel: ShopPanel, qtbot: QtBot, end: str, day: str) -> None:
    box = panel.delisting
    box.transition_end.setText(end)
    box.delist_date.setText(day)
    qtbot.keyClick(box.delist_date, Qt.Key.Key_Return)
    window.lanes.run()


@pytest.mark.rule("HY-3.5", "HY-1.3")
def test_two_days_are_saved_and_both_empty_take_them_back(window: Window, qtbot: QtBot) -> None:
    panel = opened(window, "3001")
    box = panel.delisting
    assert box.isVisibleTo(panel) and box.standing.text() == say("delisting.none")
    typed(window, panel, qtbot, "2026/12/31", "2027-01-04")
    assert window.shop.delisting == Delisting(date(2026, 12, 31), date(2027, 1, 4))
    assert box.transition_end.text() == "2026-12-31"
    assert "2027-01-04" in box.standing.text() and "练习店长" in box.standing.text()
    assert box.standing.property("tone") == "warn"
    assert box.said.text() == say("delisting.saved")
    typed(window, panel, qtbot, "", "")
    assert window.shop.delisting is None
    assert say("delisting.none") in box.standing.text()


@pytest.mark.parametrize(
    ("end", "day"),
    [("2026-12-31", ""), ("2027-01-04", "2026-12-31"), ("2026-13-01", "2027-01-04")],
)
def test_days_that_cannot_be_are_not_saved_and_stay_typed(
    window: Window, qtbot: QtBot, end: str, day: str
) -> None:
    panel = opened(window, "3001")
    typed(window, panel, qtbot, end, day)
    assert window.shop.delisting is None
    assert panel.delisting.said.text() == say("delisting.bad_days")
    assert panel.delisting.said.property("tone") == "bad"
    assert (panel.delisting.transition_end.text(), panel.delisting.delist_date.text()) == (end, day)


def test_a_cashier_has_no_say_in_it(window: Window) -> None:
    panel = opened(window, "1001")
    assert not panel.delisting.isVisibleTo(panel)
