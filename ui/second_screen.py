"""Which screen is the customer's: any but the one that the counter's window stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen
    from PySide6.QtWidgets import QWidget


def other_screen(counter: QWidget, wanted: str) -> QScreen | None:
    """The screen of that name, else the first one that is not the counter's; None: there is none.

    A screen that was unplugged is looked for anew whenever a window is placed.
    """
    return screen_named(counter, wanted) or next(iter(_others(counter)), None)


def screen_named(counter: QWidget, name: str) -> QScreen | None:
    """The screen of that name where it is another one than the counter's; None = it is not."""
    return next((screen for screen in _others(counter) if screen.name() == name), None)


def _others(counter: QWidget) -> list[QScreen]:
    found = [screen for screen in QGuiApplication.screens() if screen is not counter.screen()]
    # By their places: the order in which a system lists them may be another each day.
    return sorted(found, key=lambda one: (one.geometry().x(), one.geometry().y()))
