"""Ctrl+M 店务: the manager's pages beside a rail; the counter's basket waits behind it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedLayout, QWidget

from app.domain.catalogue import folded
from ui.widgets.panel import Panel
from ui.widgets.parts import button, column, label, line_edit, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QHideEvent
    from PySide6.QtWidgets import QPushButton

    from app.domain.staff import Right
    from ui.screens.office.page import OfficePage
    from ui.screens.session import Session

SIGNS = "1234567890-="
"""Keys of the pages with Alt, in the order of the upper row of a keyboard.

The pages beyond them are found by arrows, or by their name in the field above (Alt+F).
"""


_NO_SIGN = "\N{FIGURE SPACE}"
"""As wide as a figure: the names stand in one line."""


class _Rail(QScrollArea):
    """The buttons of the pages; arrows go from one to the next, as wide as the widest of them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.holder = QWidget()
        self.lines = column(self.holder, space=2)
        self.lines.setContentsMargins(0, 0, 6, 0)
        self.setWidget(self.holder)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """With room for a bar beside the names."""
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(self.holder.sizeHint().width() + bar, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """No narrower, and as low as the window wants it."""
        return QSize(self.sizeHint().width(), 0)


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
        left = column(space=4)
        self.wanted = line_edit(say("office.find"), hint=say("office.find_hint"))
        self.wanted.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.wanted.textChanged.connect(lambda _: self._narrow())
        self.wanted.returnPressed.connect(self._found)
        self.wanted.installEventFilter(self)
        self._key("Alt+F", self.wanted.setFocus)
        left.addWidget(self.wanted)
        self.rail = _Rail()
        self.tabs: dict[str, QPushButton] = {}
        for number, (name, _right, _make) in enumerate(self._pages):
            words, sign = say(f"office.page_{name}"), SIGNS[number : number + 1]
            made = button(f"{sign or _NO_SIGN}  {words}", "rail", words)
            made.setCheckable(True)
            made.clicked.connect(partial(self.turn, name))
            made.installEventFilter(self)
            if sign:
                self._key(f"Alt+{sign}", partial(self.turn, name))
            self.tabs[name] = made
            self.rail.lines.addWidget(made)
        self.rail.lines.addStretch(1)
        left.addWidget(self.rail, 1)
        lines.addLayout(left)
        self.holder = QWidget()
        self._stack = QStackedLayout(self.holder)
        self.nothing = label(say("office.nothing"), "", "second", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack.addWidget(self.nothing)
        lines.addWidget(self.holder, 1)
        self.body.addWidget(body, 1)

    def _key(self, keys: str, act: Callable[[], None]) -> None:
        made = QShortcut(QKeySequence(keys), self)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.activated.connect(act)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows lead from the field to the pages and along them; Esc in the field empties it."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            return super().eventFilter(watched, event)
        stops: list[QWidget] = [
            self.wanted,
            *(one for one in self.tabs.values() if not one.isHidden()),
        ]
        at = next((place for place, one in enumerate(stops) if one is watched), 0) + step
        if 0 <= at < len(stops):
            stops[at].setFocus()
            if at:
                self.rail.ensureWidgetVisible(stops[at])
        return True

    def _narrow(self) -> None:
        """Only the pages whose name holds what is typed."""
        words = folded(self.wanted.text())
        for name, made in self.tabs.items():
            made.setVisible(self.may(name) and words in folded(made.accessibleName()))

    def _found(self) -> None:
        """The first page that is left; nothing of what was typed stays."""
        name = next((each for each, made in self.tabs.items() if not made.isHidden()), "")
        if name:
            self.wanted.clear()
            self.turn(name)

    def may(self, name: str) -> bool:
        """Whether this person may see a page."""
        return any(
            each == name and (right is None or self._session.may(right))
            for each, right, _make in self._pages
        )

    def opened(self) -> None:
        """The page that was open before, if this person may see it; else the first one."""
        self.wanted.clear()
        self._narrow()
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
        self.rail.ensureWidgetVisible(self.tabs[name])
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
        """What was typed to find a page, then inside the page, then out of the office."""
        if self.wanted.text():
            self.wanted.clear()
            return True
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
