"""Which key does what: the default map and three ready ones, as data (lessons 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent


class Action(StrEnum):
    """What a key can ask for; the value is the tail of its message id ``key.<value>``."""

    HELP = "help"
    FIND = "find"
    PATIENT = "patient"
    PERSON = "person"
    PROXY = "proxy"
    PRESCRIPTION = "prescription"
    QUANTITY = "quantity"
    PRICE = "price"
    DELETE_LINE = "delete_line"
    CLEAR = "clear"
    UNDO_CLEAR = "undo_clear"
    HOLD = "hold"
    TAKE = "take"
    DETAILS = "details"
    RETURN = "return"
    QUOTE = "quote"
    REPRINT = "reprint"
    LOCK = "lock"
    SETTLE = "settle"
    CANNOT_PAY = "cannot_pay"
    OPEN_ITEMS = "open_items"
    ACCOUNT_USE = "account_use"
    SHOP = "shop"
    LARGER = "larger"
    THEME = "theme"
    REVIEW = "review"
    DUTY = "duty"
    DRAWER = "drawer"
    DEVICES = "devices"
    PRINT_AGAIN = "print_again"
    PRINT_KEPT = "print_kept"
    SIGN_PAPER = "sign_paper"
    CUSTOMER = "customer"
    LABELS = "labels"
    SCANNER_TEST = "scanner_test"
    CODES = "codes"
    CUSTODY = "custody"
    VAULT = "vault"
    VIDEO = "video"
    STILL_AGAIN = "still_again"
    OFFICE = "office"
    QUALITY = "quality"
    LOTS = "lots"
    NO_CODE = "no_code"
    SHIFT = "shift"
    WANTED = "wanted"
    LINE = "line"
    WATCH_NOTE = "watch_note"


COMMITS = frozenset({Action.QUOTE, Action.SETTLE, Action.CANNOT_PAY})
"""Keys that move money: auto-repeat and what was queued during a freeze is thrown away."""

IN_TEXT = frozenset({"*", "/", "+", "-", "Del"})
"""Commands only while the input is empty or holds a number: specs contain these signs."""

_DEFAULT = {
    "F1": Action.HELP,
    "F2": Action.FIND,
    "F3": Action.PATIENT,
    "Ctrl+F3": Action.PERSON,
    "Shift+F3": Action.PROXY,
    "F4": Action.PRESCRIPTION,
    "*": Action.QUANTITY,
    "/": Action.PRICE,
    "Del": Action.DELETE_LINE,
    "Ctrl+Del": Action.CLEAR,
    "Ctrl+Z": Action.UNDO_CLEAR,
    "F5": Action.DRAWER,
    "F6": Action.HOLD,
    "Shift+F6": Action.TAKE,
    "F7": Action.DETAILS,
    "F8": Action.RETURN,
    "F9": Action.QUOTE,
    "F10": Action.REPRINT,
    "F11": Action.LOCK,
    "F12": Action.SETTLE,
    "Ctrl+U": Action.CANNOT_PAY,
    "Ctrl+O": Action.OPEN_ITEMS,
    "Ctrl+G": Action.ACCOUNT_USE,
    "Ctrl+E": Action.SHOP,
    "Ctrl+L": Action.LARGER,
    "Ctrl+T": Action.THEME,
    "Ctrl+Shift+R": Action.REVIEW,
    "Ctrl+Shift+D": Action.DUTY,
    "Ctrl+D": Action.DEVICES,
    "Ctrl+P": Action.PRINT_AGAIN,
    "Ctrl+Shift+P": Action.PRINT_KEPT,
    "Ctrl+Y": Action.SIGN_PAPER,
    "Ctrl+K": Action.CUSTOMER,
    "Ctrl+B": Action.LABELS,
    "Ctrl+Shift+S": Action.SCANNER_TEST,
    "Ctrl+Shift+C": Action.CODES,
    "Ctrl+Shift+K": Action.CUSTODY,
    "Ctrl+Shift+V": Action.VAULT,
    "Ctrl+Shift+O": Action.VIDEO,
    "Ctrl+I": Action.STILL_AGAIN,
    "Ctrl+M": Action.OFFICE,
    "Ctrl+Shift+Q": Action.QUALITY,
    "Ctrl+N": Action.NO_CODE,
    "Ctrl+Shift+W": Action.WANTED,
    "Ctrl+Shift+L": Action.LINE,
    "Ctrl+Shift+N": Action.WATCH_NOTE,
    "Ctrl+F7": Action.LOTS,
    "Ctrl+J": Action.SHIFT,
}


def _with(changes: dict[str, Action]) -> dict[str, Action]:
    moved = set(changes.values())
    kept = {k: a for k, a in _DEFAULT.items() if a not in moved and k not in changes}
    return {**kept, **changes}


MAPS: dict[str, dict[str, Action]] = {
    "yaotai": dict(_DEFAULT),
    # Pharmacy tills keep the customer on F7; what F7 did goes to F3.
    "pharmacy": _with({"F7": Action.PATIENT, "F3": Action.DETAILS}),
    # Supermarket tills pay with F9; the quote takes the place that becomes free.
    "market": _with(
        {"F9": Action.SETTLE, "F12": Action.QUOTE, "F4": Action.PATIENT, "F3": Action.PRESCRIPTION}
    ),
    # One hand on the number pad: + pays, - takes the line out.
    "number_pad": _with({"+": Action.SETTLE, "-": Action.DELETE_LINE}),
}

_NAMES = {
    Qt.Key.Key_Delete: "Del",
    Qt.Key.Key_Insert: "Ins",
    Qt.Key.Key_Asterisk: "*",
    Qt.Key.Key_Slash: "/",
    Qt.Key.Key_Plus: "+",
    Qt.Key.Key_Minus: "-",
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Escape: "Esc",
    Qt.Key.Key_multiply: "*",
    Qt.Key.Key_division: "/",
}


@dataclass(frozen=True, slots=True)
class KeyMap:
    """A live map from key names to actions."""

    name: str
    keys: dict[str, Action]

    def action(self, key: str) -> Action | None:
        """What a key asks for."""
        return self.keys.get(key)

    def key_of(self, action: Action) -> str:
        """The key that a person presses for it; empty when the map has none."""
        return next((key for key, each in self.keys.items() if each is action), "")

    def sheet(self) -> list[tuple[str, Action]]:
        """Every key with its action, in the order of the actions."""
        order = list(Action)
        return sorted(self.keys.items(), key=lambda pair: order.index(pair[1]))


def key_map(name: str = "yaotai") -> KeyMap:
    """A ready map by name; an unknown name is the default one."""
    return KeyMap(name if name in MAPS else "yaotai", MAPS.get(name, MAPS["yaotai"]))


def key_name(event: QKeyEvent) -> str:
    """The name of a pressed key as the maps spell it: F12, Shift+F6, Ctrl+Del, ``*``."""
    key = Qt.Key(event.key())
    modifiers = event.modifiers()
    if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35:
        plain = f"F{key - Qt.Key.Key_F1 + 1}"
    elif key in _NAMES:
        plain = _NAMES[key]
    elif Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
        plain = chr(int(key))
    else:
        plain = event.text()
    if not plain:
        return ""
    prefix = ""
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        prefix += "Ctrl+"
    # A sign such as * may need Shift on the keyboard: there Shift is no part of the name.
    if modifiers & Qt.KeyboardModifier.ShiftModifier and plain not in IN_TEXT - {"Del"}:
        prefix += "Shift+"
    return prefix + plain
