"""The keyboard belongs to what is in sight: a field of a page that went keeps no key.

Qt lets a field take the focus though its page is out of sight, as happens when an answer comes
after somebody turned the page or locked the till. Its keys would move what nobody looks at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from collections.abc import Callable


class FocusGuard(QObject):
    """Of one window; the focus goes back to what had it in sight, else to where it is wanted."""

    def __init__(self, window: QWidget, home: Callable[[], None]) -> None:
        """``home``: gives the focus to what is wanted on the page in sight."""
        super().__init__(window)
        self._window, self._home = window, home
        self._seen: QWidget | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._moved)

    def _moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None or not isValid(self) or new.window() is not self._window:
            return
        if new.isVisible():
            self._seen = new
            return
        # Its page may be shown in this very moment: looked at again once that is over.
        QTimer.singleShot(0, self, self.mend)

    def mend(self) -> QWidget | None:
        """Who has the focus in sight, after it was given back where need be; None = nobody."""
        focus = QApplication.focusWidget()
        if focus is None or focus.window() is not self._window or focus.isVisible():
            return focus
        if self._seen is not None and isValid(self._seen) and self._seen.isVisible():
            self._seen.setFocus()
        else:
            self._home()
        focus = QApplication.focusWidget()
        return focus if focus is not None and focus.isVisible() else None
