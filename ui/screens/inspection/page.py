"""检查 (稽核): the manager's page in the office, and the room of an inspector at the till."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QStackedLayout, QWidget

from ui.screens import note_line
from ui.screens.inspection.pack_part import PackPart
from ui.screens.inspection.search_part import SearchPart
from ui.screens.inspection.watch_part import AccountsPart, LedgerPart, LooksPart, PacksPart
from ui.screens.office.page import OfficePage
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, column, label, row, tabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QColor, QKeyEvent

    from ui.screens.inspection.view_model import InspectionModel

MANAGER = ("search", "pack", "ledger", "accounts", "looks", "packs")
INSPECTOR = ("search", "pack", "ledger")
IDLE_MS = 10 * 60 * 1000
"""An inspector who went away leaves nothing open."""


class InspectionPage(OfficePage):
    """A row of parts, a sentence above, one part in sight."""

    def __init__(
        self,
        model: InspectionModel,
        colour: Callable[[str], QColor],
        open_folder: Callable[[str], None] | None,
        parts: tuple[str, ...] = MANAGER,
    ) -> None:
        super().__init__()
        self.model, say = model, model.session.say
        lines = column(self, space=8)
        head = QWidget()
        line = FlowLayout(head, space=6, even=True, grow=True)
        self.tabs = tabs(line, {name: say(f"inspection.tab_{name}") for name in parts}, self.turn)
        lines.addWidget(head)
        self.note = label("", "", wrap=True)
        lines.addWidget(self.note)
        makers: dict[str, Callable[[], QWidget]] = {
            "search": lambda: SearchPart(model, colour),
            "pack": lambda: PackPart(model, open_folder),
            "ledger": lambda: LedgerPart(model, colour),
            "accounts": lambda: AccountsPart(model, colour),
            "looks": lambda: LooksPart(model, colour),
            "packs": lambda: PacksPart(model, colour),
        }
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self.parts = {name: makers[name]() for name in parts}
        for part in self.parts.values():
            self._stack.addWidget(part)
        lines.addWidget(holder, 1)
        self.current = "search"
        model.changed.connect(self._say)
        self._say()

    @property
    def search(self) -> SearchPart:
        """The part that looks for sales."""
        part = self.parts["search"]
        assert isinstance(part, SearchPart)  # noqa: S101 - made so above
        return part

    @property
    def pack(self) -> PackPart:
        """The part that makes a pack."""
        part = self.parts["pack"]
        assert isinstance(part, PackPart)  # noqa: S101 - made so above
        return part

    def turn(self, name: str, _checked: bool = False) -> None:
        """Another part."""
        self.current = name
        for other, made in self.tabs.items():
            made.setChecked(other == name)
        self._stack.setCurrentWidget(self.parts[name])
        self.model.ask()
        self.parts[name].enter()  # type: ignore[attr-defined]

    def enter(self) -> None:
        """The part that was open, asked afresh."""
        self.turn(self.current)

    def leave(self) -> None:
        """What was looked at goes, and what was typed of people."""
        self.search.clear()
        self.pack.clear()
        self.model.forget()

    def back(self) -> bool:
        """From a sheet to its list."""
        return self.current == "search" and self.search.back()

    def _say(self) -> None:
        note_line.tell(self.note, self.model.session, self.model.note)


class InspectorRoom(QWidget):
    """All that an inspector sees of the till: the search, the ledger, a pack, and the way out."""

    left = Signal()

    def __init__(self, model: InspectionModel, colour: Callable[[str], QColor]) -> None:
        super().__init__()
        self.setObjectName("page")
        self.model, say = model, model.session.say
        lines = column(self, margin=14, space=8)
        head = row(space=10)
        head.addWidget(label(say("inspection.room"), "heading"))
        self.who = label("", "", "second")
        head.addWidget(self.who, 1)
        self.out = button(say("inspection.leave"))
        self.out.clicked.connect(lambda: self.left.emit())
        head.addWidget(self.out)
        lines.addLayout(head)
        lines.addWidget(label(say("inspection.room_words"), "", "second", wrap=True))
        self.page = InspectionPage(model, colour, None, INSPECTOR)
        lines.addWidget(self.page, 1)
        self._idle = QTimer(self, interval=IDLE_MS, singleShot=True)
        self._idle.timeout.connect(self.left)

    def opened(self, name: str) -> None:
        """Somebody came in."""
        self.who.setText(name)
        self._watch(self)
        self._idle.start()
        self.page.current = "search"
        self.page.enter()

    def closed(self) -> None:
        """Nothing of what was looked at stays."""
        self._idle.stop()
        self.page.leave()
        for field in self.page.findChildren(QLineEdit):
            field.clear()

    def _watch(self, widget: QWidget) -> None:
        for each in (widget, *widget.findChildren(QWidget)):
            each.removeEventFilter(self)
            each.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Somebody is there."""
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress):
            self._idle.start()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes one step back; from the list nowhere, so that nobody leaves by chance."""
        from PySide6.QtCore import Qt

        if event.key() == Qt.Key.Key_Escape:
            self.page.back()
            return
        super().keyPressEvent(event)
