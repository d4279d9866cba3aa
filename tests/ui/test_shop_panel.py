"""Ctrl+E: who may change the environment, what is asked, and that nothing else goes on after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.roster import RosterBatch
from app.use_cases.import_roster import RosterLine
from tests.fakes.lanes import HandLanes
from tests.fakes.shop import FACTS, FakeShop, trace
from tests.ui.conftest import Window
from ui.main_window import MainWindow
from ui.screens.shop.panel import ShopPanel
from ui.words import say

Open = Callable[..., tuple[Window, ShopPanel]]


@pytest.fixture
def real(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    """A window over a real shop in 医保测试, somebody signed in, the panel opened by its key."""

    def opened(number: str, environment: str = "test", **more: object) -> tuple[Window, ShopPanel]:
        shop = FakeShop(facts=replace(FACTS, environment=environment), **more)  # type: ignore[arg-type]
        lanes = HandLanes()
        main = MainWindow(shop, lanes, folder=tmp_path / "slips")
        qtbot.addWidget(main, before_close_func=lambda each: each.stop())
        main.show()
        qtbot.waitActive(main)
        qtbot.waitUntil(lambda: main.looks_at_keys)
        window = Window(shop, lanes, main)
        window.enter(number)
        qtbot.keyClick(main, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        lanes.run()
        panel = main.panel()
        assert isinstance(panel, ShopPanel)
        return window, panel

    yield opened


def _second(window: Window, panel: ShopPanel, qtbot: QtBot, number: str) -> None:
    panel.number.setText(number)
    panel.pin.setText("123456")
    qtbot.keyClick(panel.pin, Qt.Key.Key_Return)
    window.lanes.run()


@pytest.mark.rule("SJZ-A.12")
def test_two_persons_change_it_and_the_till_stops_here(real: Open, qtbot: QtBot) -> None:
    window, panel = real("9001")
    assert panel.meaning.property("tone") == "bad" and "真的钱" in panel.meaning.text()
    panel.url.setText("https://formal.invalid")
    _second(window, panel, qtbot, "3001")
    assert window.shop.calls == ["change_environment production https://formal.invalid"]
    assert "0000-0000" in panel.words.text() and panel.reopen.isVisible()
    assert not panel.form.isVisible() and not panel.pin.text()
    main = window.window
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_F9, Qt.Key.Key_F11):
        qtbot.keyClick(main, key)
    main.take_scan(trace(3, 1))
    window.lanes.run()
    assert main.panel() is panel and not main.till.lines
    panel.reopen.click()
    assert main.opens_again


@pytest.mark.rule("SJZ-A.12")
def test_one_person_is_not_enough(real: Open, qtbot: QtBot) -> None:
    window, panel = real("9001", environments=("test", "production"))
    assert not panel.fresh.isVisible(), "the other shop is there: no address is asked again"
    _second(window, panel, qtbot, "9001")
    assert panel.words.text() == say("error.second_person_needed")
    assert not window.shop.calls and panel.form.isVisible() and not window.window.opens_again


@pytest.mark.parametrize("number", ["1001", "2001", "3001"])
def test_only_an_administrator_is_offered_it(real: Open, number: str) -> None:
    window, panel = real(number)
    assert not panel.form.isVisible()
    assert panel.obstacle.text() == say("environment.not_you")
    assert not any("Ctrl+E" in text for text in window.window.strip.texts())


def test_a_practice_shop_stays_one(real: Open) -> None:
    _window, panel = real("9001", environment="practice")
    assert not panel.form.isVisible()
    assert panel.obstacle.text() == say("environment.practice")


def test_a_basket_is_finished_first(real: Open, qtbot: QtBot) -> None:
    window, panel = real("9001", environment="production", environments=("test", "production"))
    assert panel.meaning.property("tone") == "told"
    qtbot.keyClick(window.window, Qt.Key.Key_Escape)
    window.window.take_scan(trace(3, 1))
    window.lanes.run()
    window.window.open_panel("shop")
    window.lanes.run()
    _second(window, panel, qtbot, "3001")
    assert panel.words.text() == say("environment.basket_open")
    assert not [call for call in window.shop.calls if call.startswith("change")]


@pytest.mark.rule("SJZ-A.12")
def test_the_lock_screen_says_which_environment_it_guards(real: Open) -> None:
    window, _panel = real("9001", environment="production")
    window.window.session.lock()
    badge = window.window.sign_in_view.badge
    assert badge.isVisible() and badge.text() == "正式"
    assert badge.property("environment") == "production"


def test_where_the_keys_lie_is_said_plainly(real: Open) -> None:
    window, panel = real("9001")
    assert panel.facts["keys"].text() == say("environment.keys_file")
    assert panel.facts["now"].text() == "医保测试"
    assert any("Ctrl+E" in text for text in window.window.strip.texts())


@pytest.mark.rule("EZ-9a", "S-20")
def test_who_manages_lists_sees_the_rosters_with_count_and_age(real: Open, qtbot: QtBot) -> None:
    batch = RosterBatch("special", "2026-10", date(2026, 10, 1), datetime(2026, 10, 1, tzinfo=UTC),
                        "9001", "file", "sum", 1203, 1187)  # fmt: skip
    two = replace(batch, settlement="two_disease", version="2026-11", persons=64, entries=80)
    lines = (
        RosterLine(batch, 52, 31, True),
        RosterLine(two, 3, 31, True),
        RosterLine(replace(batch, version="old"), 90, 31, False),
    )
    _window, panel = real("3001", rosters=lines)
    told = panel.rosters.text().split("\n")
    assert len(told) == 2
    assert "批次 2026-10" in told[0] and "1187 人" in told[0] and "已过期限" in told[0]
    assert "两病名单 批次 2026-11" in told[1] and "3 天前" in told[1]
    assert panel.rosters.property("tone") == "warn"


def test_without_a_roster_it_says_how_to_get_one(real: Open, qtbot: QtBot) -> None:
    _window, panel = real("3001")
    assert panel.rosters.text() == say("roster.none")
    assert panel.rosters.isVisible()


def test_a_cashier_sees_no_rosters(real: Open, qtbot: QtBot) -> None:
    _window, panel = real("1001")
    assert not panel.rosters.isVisible()


@pytest.mark.rule("SJZ-A.11")
def test_a_manager_runs_the_acceptance_test_and_sees_what_failed(real: Open, qtbot: QtBot) -> None:
    window, panel = real("9001")
    box = panel.acceptance
    assert box.isVisibleTo(panel) and box.token.isVisibleTo(panel)
    window.shop.acceptance_why = "<b>机构未开通</b>"
    box.token.setText("LX-TOKEN")
    qtbot.keyClick(box.token, Qt.Key.Key_Return)
    assert not box.token.text() and not box.start.isEnabled()
    window.lanes.run()
    assert window.shop.acceptance_tokens == ("LX-TOKEN",)
    assert say("acceptance.not_passed") in box.told.text() and "ab" * 32 in box.told.text()
    assert "<b>机构未开通</b>" in box.wrong.text(), "as plain text"
    assert box.wrong.textFormat() is Qt.TextFormat.PlainText
    assert say("acceptance.do_receive") in box.wrong.text()


@pytest.mark.rule("SJZ-A.11")
@pytest.mark.parametrize(("number", "environment"), [("9001", "production"), ("1001", "test")])
def test_no_acceptance_test_beside_a_live_platform_or_for_a_cashier(
    real: Open, number: str, environment: str
) -> None:
    window, panel = real(number, environment)
    assert not panel.acceptance.isVisibleTo(panel)
    panel.acceptance.run()
    window.lanes.run()
    assert window.shop.acceptance_tokens == ()
