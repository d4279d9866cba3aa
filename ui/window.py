"""Starts Qt, opens the shop, shows the till, and closes everything in its order."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from ui.collector import release_collector
from ui.crash import INHERITED
from ui.homes import Home
from ui.main_window import MainWindow
from ui.opening import open_beside
from ui.operation import ThreadLanes
from ui.words import LANGUAGES


def open_window(home: Home, *, practice: bool, region: str, pictures: Path | None) -> int:
    """The till of a home, until it is closed; answers Qt's exit code.

    The shop is opened while the window is there already and somebody types who they are. After a
    change of environment the till opens again, with the books, keys and lock of the other one.

    :raises YaotaiError: when the shop cannot be opened; the window is gone then, or never was.
    """
    application = QApplication.instance() or QApplication(["yaotai"])
    try:
        while True:
            code, again = _open_once(home, practice, region, pictures)
            if not again:
                return code
    finally:
        del application


def _open_once(home: Home, practice: bool, region: str, pictures: Path | None) -> tuple[int, bool]:
    """(exit code, whether it is to be opened again)."""
    shop, opening = open_beside(home, practice=practice, region=region)
    try:
        folder = home.practice if practice else home.store
        os.environ[INHERITED] = str(folder.absolute())
        settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        window = MainWindow(
            shop,
            ThreadLanes(),
            folder=folder / "slips",
            settings=settings,
            lang=os.environ.get("YAOTAI_LANG", LANGUAGES[0]),
            opening=opening,
        )
        opening.opened.connect(release_collector)
        window.show()
        window.start()
        _stop_on_signals(window)
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            QTimer.singleShot(0, lambda: _paint(window, pictures / "till.png"))
        code = QApplication.exec()
        opening.wait()
        return code, window.opens_again
    finally:
        release_collector()
        opening.close()


def _stop_on_signals(window: MainWindow) -> None:
    """SIGTERM and Ctrl+C close the window as a click would; Qt lets Python look now and then."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: window.close())
    beat = QTimer(window)
    beat.timeout.connect(lambda: None)
    beat.start(500)


def _paint(window: MainWindow, path: Path) -> None:
    window.grab().save(str(path))
    window.close()
