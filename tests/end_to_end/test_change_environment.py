"""The whole change through the real window: it closes, and opens again in the other books."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.resources import resource
from app.use_cases.setup_shop import read_plan
from app.vault.pins import Argon2Pins
from tests.makers.setup_files import OWN_PINS, choose_pins, setup_tables
from ui.commands.setup import Means, make_shop
from ui.homes import Home
from ui.main_window import MainWindow
from ui.screens.shop.panel import ShopPanel
from ui.window import open_window

MANAGER = {"number": "3001", "name": "练习·店长", "role": "manager", "pin": "300300"}


class Hands:
    """Does the next thing as soon as the screen allows it; a step answers whether it was done."""

    def __init__(self, steps: list[Callable[[MainWindow], bool]]) -> None:
        self.steps = steps
        self.seen: list[str] = []
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(20)

    def _look(self) -> None:
        shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        window = next((w for w in shown if w.isVisible() and w.isEnabled()), None)
        if window is not None and self.steps and self.steps[0](window):
            self.seen.append(window.bar.practice.text())
            del self.steps[0]


def _sign_in(window: MainWindow) -> bool:
    if not window.sign_in_view.isVisible():
        return False
    window.sign_in_view.number.setText("9001")
    window.sign_in_view.pin.setText(OWN_PINS["9001"])
    window.sign_in_view.enter.click()
    return True


def _open(window: MainWindow) -> bool:
    if window.session.locked:
        return False
    window.open_panel("shop")
    return True


def _change(window: MainWindow) -> bool:
    panel = window.panel()
    if not isinstance(panel, ShopPanel) or not panel.form.isVisible():
        return False
    panel.url.setText("http://127.0.0.1:9")
    panel.number.setText("3001")
    panel.pin.setText(OWN_PINS["3001"])
    panel.commit.click()
    return True


def _again(window: MainWindow) -> bool:
    panel = window.panel()
    if not isinstance(panel, ShopPanel) or not panel.reopen.isVisible():
        return False
    panel.reopen.click()
    return True


def _close(window: MainWindow) -> bool:
    if window.session.locked:
        return False
    window.close()
    return True


@pytest.mark.slow
@pytest.mark.rule("SJZ-A.12")
def test_the_till_closes_and_opens_in_the_other_books(tmp_path: Path, qapp: QApplication) -> None:
    """Slow: the real till opens twice, on threads of its own."""
    home = Home(tmp_path / "home")
    tables = setup_tables("http://127.0.0.1:9")
    tables["staff"] = [MANAGER]
    plan = read_plan(tables, "shop.toml", resource("practice"))
    make_shop(home, plan, Means(pins=Argon2Pins.cheap()))
    choose_pins(home, plan, Argon2Pins.cheap())
    hands = Hands([_sign_in, _open, _change, _again, _sign_in, _close])
    limit = QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(QApplication.exit)
    limit.start(60_000)
    assert open_window(home, practice=False, region="", pictures=None) == 0
    limit.stop()
    assert not hands.steps
    assert hands.seen == ["医保测试"] * 4 + ["正式"] * 2
    assert home.store.name == "store-production"
