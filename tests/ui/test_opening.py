"""A window that stands before its shop is open: what is typed waits, what fails is told once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import StoreNewer
from tests.fakes.lanes import HandLanes
from tests.fakes.shop import FakeShop, trace
from ui.main_window import MainWindow
from ui.opening import LateShop, Opening


@dataclass
class Opened:
    """What an opening opens, as far as the screens see it."""

    shop: Any
    closed: int = 0

    def close(self) -> None:
        self.closed += 1


@dataclass
class Held:
    """An opening that ends when the test lets it."""

    opened: Opened = field(default_factory=lambda: Opened(FakeShop()))
    error: Exception | None = None
    may_end: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> Any:
        assert self.may_end.wait(30)
        if self.error is not None:
            raise self.error
        return self.opened


@dataclass
class Start:
    held: Held
    opening: Opening
    lanes: HandLanes
    window: MainWindow

    def sign_in(self) -> None:
        self.window.session.sign_in(self.held.opened.shop.sign_in("1001", "123456"))


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path) -> Iterator[Start]:
    held = Held()
    opening, lanes = Opening(held), HandLanes()
    shop: Any = LateShop(held.opened.shop.facts, opening)
    window = MainWindow(shop, lanes, folder=tmp_path, opening=opening)
    qtbot.addWidget(window, before_close_func=lambda each: each.stop())
    window.show()
    yield Start(held, opening, lanes, window)
    held.may_end.set()
    opening.close()


def test_what_is_typed_before_the_shop_is_open_is_searched_for_once_it_is(
    start: Start, qtbot: QtBot
) -> None:
    start.sign_in()
    field_ = start.window.till_view.field
    qtbot.waitUntil(field_.hasFocus)
    qtbot.keyClicks(field_, "amx")
    assert field_.text() == "amx"
    assert start.window.till.hits == []
    start.window.scans.burst_ended.emit()
    assert start.window.till.hits == []
    with qtbot.waitSignal(start.opening.opened):
        start.opening.begin()
        start.held.may_end.set()
    expected = start.held.opened.shop.search("amx")
    assert expected
    qtbot.waitUntil(lambda: [h.medicine for h in start.window.till.hits] == [
        h.medicine for h in expected
    ])  # fmt: skip


def test_no_window_waits_for_the_shop_while_it_is_made(start: Start) -> None:
    """A question that only the open shop can answer would begin the opening, and wait for it."""
    assert start.opening._thread is None
    start.window.top.refresh()
    assert start.opening._thread is None


def test_a_scan_before_the_shop_is_open_lands_in_the_basket(start: Start) -> None:
    start.sign_in()
    start.held.may_end.set()
    assert not start.opening.is_open
    start.window.take_scan(trace(3, 1))
    start.lanes.run()
    assert [line.item.medicine_id for line in start.window.till.lines] == ["m3"]


def test_the_opening_begins_once_the_window_is_painted(start: Start, qtbot: QtBot) -> None:
    start.held.may_end.set()
    qtbot.waitUntil(lambda: start.opening.is_open)


def test_a_shop_that_does_not_open_closes_the_window_and_tells_why(
    start: Start, qtbot: QtBot
) -> None:
    start.held.error = StoreNewer(found="9999")
    start.held.may_end.set()
    start.opening.begin()
    qtbot.waitUntil(lambda: not start.window.isEnabled())
    with pytest.raises(StoreNewer):
        start.opening.wait()
    assert not start.opening.is_open
    start.opening.close()
    assert start.held.opened.closed == 0


def test_closing_waits_for_the_opening_and_closes_what_it_opened(qapp: QApplication) -> None:
    held = Held()
    opening = Opening(held)
    opening.begin()
    held.may_end.set()
    opening.close()
    assert held.opened.closed == 1


def test_who_and_when_are_known_before_the_shop_is_open(start: Start) -> None:
    assert start.window.session.shop.facts == start.held.opened.shop.facts
    assert start.window.session.shop.now().tzinfo is not None
