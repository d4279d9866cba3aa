"""The real counter's window over a practice shop of its own, its lanes turned by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.vault.pins import Argon2Pins
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_home import lay_out_practice
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import home_at
from ui.main_window import MainWindow


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
