"""The real counter's window over a practice shop of its own, its lanes turned by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.vault.pins import Argon2Pins
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_home import lay_out_practice
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import home_at
from ui.main_window import MainWindow


@dataclass
class ShownWindow:
    """What a person does at it, and the picture of what they see."""

    opened: OpenShop
    lanes: HandLanes
    window: MainWindow

    def rest(self) -> None:
        """Until nothing is under way and nothing is queued."""
        for _ in range(6):
            self.lanes.run()
            QApplication.processEvents()

    def sign_in(self, number: str, pin: str) -> None:
        """Whoever was there is gone."""
        self.window.session.lock()
        self.window.sign_in.sign_in(number, pin)
        self.rest()

    def press(
        self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """One key, to whoever has the focus."""
        QTest.keyClick(QApplication.focusWidget() or self.window, key, held)
        self.rest()

    def look(self, name: str) -> None:
        """A picture of the window, where somebody wants to see it."""
        if folder := os.environ.get("YAOTAI_TEST_PICTURES"):
            self.window.grab().save(f"{folder}/{name}.png")


@contextmanager
def practice_window(qtbot: QtBot, folder: Path) -> Iterator[tuple[OpenShop, MainWindow, HandLanes]]:
    """Shown, nobody signed in; what is still to run is run before the shop is closed."""
    home = home_at(folder)
    ids = lay_out_practice(home)
    opened = build(Settings(home, practice=True, ids=ids, pins=Argon2Pins.cheap()))
    lanes = HandLanes()
    window = MainWindow(opened.shop, lanes, folder=folder / "slips")
    qtbot.addWidget(window, before_close_func=lambda each: each.stop())
    window.show()
    yield opened, window, lanes
    lanes.run()
    opened.close()
