"""The customer's screen: any but the one that the counter's window stands on; windows there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
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


def keep_behind_the_keys(window: QWidget) -> None:
    """A window of the customer's side takes no focus: whatever happens in it, the counter goes on.

    Before it is shown for the first time.
    """
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    window.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)


def show_on(window: QWidget, screen: QScreen | None) -> None:
    """Full on a screen of its own; a plain window where there is only the counter's."""
    if screen is None:
        window.showNormal()
        return
    if window.isFullScreen() and window.screen() is not screen:
        window.showNormal()  # what fills a screen cannot be moved
    window.setScreen(screen)
    window.setGeometry(screen.geometry())
    window.showFullScreen()


def _others(counter: QWidget) -> list[QScreen]:
    found = [screen for screen in QGuiApplication.screens() if screen is not counter.screen()]
    # By their places: the order in which a system lists them may be another each day.
    return sorted(found, key=lambda one: (one.geometry().x(), one.geometry().y()))
