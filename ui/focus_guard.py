"""The keyboard belongs to what is in sight and was meant: nothing else takes a key.

Qt lets a field take the focus though its page is out of sight, as happens when an answer comes
after somebody turned the page or locked the till. Its keys would move what nobody looks at.
And where a button is switched off while its work runs, Qt hands its focus to the next one: a
second Enter would do what nobody asked for. So it does where a field goes: the next one may stand
outside its panel, on the card of the customer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from shiboken6 import isValid

from ui.widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Callable


class FocusGuard(QObject):
    """Of one window; the focus goes back to what had it in sight, else to where it is wanted."""

    def __init__(self, window: QWidget, home: Callable[[], None]) -> None:
        """``home``: gives the focus to what is wanted on the page in sight."""
        super().__init__(window)
        self._window, self._home = window, home
        self._seen: QWidget | None = None
        self._off: QWidget | None = None
        """The button that had the focus when it was switched off."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._moved)

    def _moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is None or not isValid(self) or new.window() is not self._window:
            return
        page = _page_at_work(old, new)
        if old is not None and page is not None:
            self._off = old
            old.removeEventFilter(self)
            old.installEventFilter(self)
            # Its page still hears its own keys, F5 or Esc; nothing there acts on Enter or space.
            page.setFocus()
            return
        panel = _panel_left(old, new)
        if panel is not None:
            panel.setFocus()
            return
        if new.isVisible():
            self._seen = new
            return
        # Its page may be shown in this very moment: looked at again once that is over.
        QTimer.singleShot(0, self, self.mend)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A button that works again has the focus again, if nobody took it meanwhile."""
        if event.type() == QEvent.Type.EnabledChange and watched is self._off:
            button = self._off
            if button.isEnabled():
                self._off = None
                button.removeEventFilter(self)
                page = button.parentWidget()
                if button.isVisible() and page is not None and page.hasFocus():
                    button.setFocus()
        return super().eventFilter(watched, event)

    def mend(self) -> QWidget | None:
        """Who has the focus in sight, after it was given back where need be; None = nobody."""
        focus = QApplication.focusWidget()
        if focus is None or focus.window() is not self._window or focus.isVisible():
            return focus
        seen = self._seen
        if seen is not None and isValid(seen) and seen.isVisible() and seen.isEnabled():
            seen.setFocus()
        else:
            self._home()
        focus = QApplication.focusWidget()
        return focus if focus is not None and focus.isVisible() else None


def _page_at_work(old: QWidget | None, new: QWidget) -> QWidget | None:
    """Where ``old`` lies, if ``new`` is a button and has the focus as ``old`` was switched off."""
    if old is None or not isValid(old) or not isinstance(new, QAbstractButton):
        return None
    at_work = isinstance(old, QAbstractButton) and old.isVisible() and not old.isEnabled()
    return old.parentWidget() if at_work else None


def _panel_left(old: QWidget | None, new: QWidget) -> Panel | None:
    """The panel in sight in which ``old`` was hidden, if ``new`` stands outside of it."""
    if old is None or not isValid(old) or old.isVisible():
        return None
    above = old.parentWidget()
    while above is not None and not isinstance(above, Panel):
        above = above.parentWidget()
    if above is None or not above.isVisible() or above is new or above.isAncestorOf(new):
        return None
    return above
