"""Ctrl+M 店务: the manager's pages beside a rail; the counter's basket waits behind it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedLayout, QWidget

from ui.widgets.panel import Panel
from ui.widgets.parts import button, column, label, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QHideEvent
    from PySide6.QtWidgets import QPushButton

    from app.domain.staff import Right
    from ui.screens.office.page import OfficePage
    from ui.screens.session import Session

SIGNS = "1234567890-="
"""Keys of the pages with Alt, in the order of the upper row of a keyboard."""


class OfficePanel(Panel):
    """A rail of pages, each made when it is first wanted; Alt and a sign turns to one."""

    wide = True

    def __init__(
        self,
        session: Session,
        pages: Sequence[tuple[str, Right | None, Callable[[], OfficePage]]],
    ) -> None:
        """``pages``: id, the right without which it is not offered, and how it is made."""
        say = session.say
        super().__init__(say("office.title"), say("panel.esc"))
        self._session, self._pages = session, tuple(pages)
        self._made: dict[str, OfficePage] = {}
        self.current = ""
        body = QWidget()
        lines = row(body, space=12)
        self.rail = QWidget()
        self.rail.setObjectName("rail")
        rail = column(self.rail, space=4)
        self.tabs: dict[str, QPushButton] = {}
        for number, (name, _right, _make) in enumerate(self._pages, 1):
            words, sign = say(f"office.page_{name}"), SIGNS[number - 1]
            made = button(f"{sign}  {words}", "rail", words)
            made.setCheckable(True)
            made.clicked.connect(partial(self.turn, name))
            keys = QShortcut(QKeySequence(f"Alt+{sign}"), self)
            keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(partial(self.turn, name))
            self.tabs[name] = made
            rail.addWidget(made)
        rail.addStretch(1)
        lines.addWidget(self.rail)
        self.holder = QWidget()
        self._stack = QStackedLayout(self.holder)
        self.nothing = label(say("office.nothing"), "", "second", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack.addWidget(self.nothing)
        lines.addWidget(self.holder, 1)
        self.body.addWidget(body, 1)

    def may(self, name: str) -> bool:
        """Whether this person may see a page."""
        return any(
            each == name and (right is None or self._session.may(right))
            for each, right, _make in self._pages
        )

    def opened(self) -> None:
        """The page that was open before, if this person may see it; else the first one."""
        for name, made in self.tabs.items():
            made.setVisible(self.may(name))
        allowed = [name for name in self.tabs if self.may(name)]
        if not allowed:
            self._leave()
            self._stack.setCurrentWidget(self.nothing)
            self.setFocus()
            return
        self.turn(self.current if self.current in allowed else allowed[0])

    def page(self, name: str) -> OfficePage:
        """A page, made when it is first asked for."""
        if name not in self._made:
            self._made[name] = next(make for each, _right, make in self._pages if each == name)()
            self._stack.addWidget(self._made[name])
        return self._made[name]

    def turn(self, name: str, _checked: bool = False) -> None:
        """Another page; one that this person may not see is not opened."""
        if not self.may(name):
            return
        self._leave()
        for other, made in self.tabs.items():
            made.setChecked(other == name)
        self.current = name
        page = self.page(name)
        self._stack.setCurrentWidget(page)
        page.enter()

    def _leave(self) -> None:
        if self.current in self._made:
            self._made[self.current].leave()

    def _page_in_sight(self) -> OfficePage | None:
        found = self._made.get(self.current)
        return found if found is not None and self._stack.currentWidget() is found else None

    def back(self) -> bool:
        """Inside the page, then out of the office."""
        page = self._page_in_sight()
        return page is not None and page.back()

    def scan_part(self) -> str:
        """``codes`` while the page in sight takes them."""
        page = self._page_in_sight()
        return "codes" if page is not None and page.scan_part() else ""

    def take_scan(self, text: str) -> bool:
        """To the page in sight."""
        page = self._page_in_sight()
        return page is not None and page.take_scan(text)

    def hideEvent(self, event: QHideEvent) -> None:
        """Closed, or the till was locked."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._leave()
