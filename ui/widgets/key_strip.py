"""The strip of keys at the bottom, generated from the live map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.keys import Action
from ui.widgets.flow import FlowLayout
from ui.widgets.parts import button, retone

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QPushButton

    from ui.keys import KeyMap

STRIP = (
    Action.HELP,
    Action.FIND,
    Action.PATIENT,
    Action.PRESCRIPTION,
    Action.QUANTITY,
    Action.PRICE,
    Action.DELETE_LINE,
    Action.HOLD,
    Action.TAKE,
    Action.RETURN,
    Action.QUOTE,
    Action.REPRINT,
    Action.LOCK,
    Action.SETTLE,
    Action.SHOP,
)


class KeyStrip(QWidget):
    """Keys with their words; each can be clicked as well."""

    pressed = Signal(object)

    def __init__(self, say: Callable[..., str]) -> None:
        super().__init__()
        self.setObjectName("keystrip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._say = say
        self._flow = FlowLayout(self, space=2)
        self._flow.setContentsMargins(8, 4, 8, 4)
        self._buttons: dict[Action, QPushButton] = {}
        self._marked: Action | None = None

    def show_map(self, keys: KeyMap, hidden: frozenset[Action]) -> None:
        """Draw the strip of a map without the actions that this person may not do."""
        for old in self._buttons.values():
            old.hide()
            old.deleteLater()
        while self._flow.takeAt(0) is not None:
            pass
        self._buttons, self._marked = {}, None
        for action in STRIP:
            key = keys.key_of(action)
            if key and action not in hidden:
                self._buttons[action] = self._key(key, action)
                self._flow.addWidget(self._buttons[action])
        self.updateGeometry()

    def _key(self, key: str, action: Action) -> QPushButton:
        made = button(f"{key} {self._say(f'key.{action.value}')}", "key")
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.clicked.connect(lambda _=False, what=action: self.pressed.emit(what))
        return made

    def count_on(self, action: Action, count: int, key: str) -> None:
        """Show a number behind a key, such as how many baskets are held."""
        if action in self._buttons:
            words = self._say(f"key.{action.value}")
            self._buttons[action].setText(f"{key} {words}({count})" if count else f"{key} {words}")

    def texts(self) -> list[str]:
        """What the strip says."""
        return [each.text() for each in self._buttons.values()]

    def emphasise(self, action: Action | None) -> None:
        """Mark the key that is to be pressed next; nothing is repainted when it is the same."""
        if action is self._marked:
            return
        for each in (self._marked, action):
            if each is not None and (widget := self._buttons.get(each)) is not None:
                retone(widget, "next", "yes" if each is action else "")
        self._marked = action
