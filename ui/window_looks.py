"""How the counter's window looks, sounds and takes keys, and where that is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.domain.staff import Right
from ui.keys import Action, key_map
from ui.theme import THEMES, dress, scales, theme

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings

    from ui.main_window import MainWindow
    from ui.theme import Theme

_NEEDS = {
    Action.PRICE: Right.CHANGE_PRICE,
    Action.RETURN: Right.RETURN,
    Action.SHOP: Right.SETUP,
    Action.VAULT: Right.KEEP_EVIDENCE,
}
"""Acts that are not offered to a role without the right."""


class Looks:
    """Theme, type size, sound, key map, input method: chosen on the sheet of keys."""

    def __init__(self, window: MainWindow, settings: QSettings | None) -> None:
        """``settings``: where a choice is kept; without it a choice holds for this run."""
        self._window, self._settings = window, settings
        self.look = self._stored_look()
        self.keys = key_map(self.stored("keys", "yaotai"))

    def stored(self, key: str, default: str) -> str:
        """What was chosen in an earlier run."""
        return str(self._settings.value(key, default)) if self._settings else default

    def _store(self, key: str, value: str) -> None:
        if self._settings:
            self._settings.setValue(key, value)

    def _stored_look(self) -> Theme:
        name, scale = self.stored("theme", "light"), self.stored("scale", "100")
        known = name in THEMES and scale.isdigit() and int(scale) in scales()
        return theme(name, int(scale)) if known else theme()

    def choose_look(self, name: str, scale: int) -> None:
        """Another theme or type size, from now on."""
        window = self._window
        self.look = theme(name, scale)
        self._store("theme", name)
        self._store("scale", str(scale))
        self.dress()
        window.till_view.dress(self.look)
        window.fit()
        if window.beside.review is not None:
            window.beside.review.fit()
        self.choose_map(self.keys.name)

    def dress(self) -> None:
        """Give the whole program its sheet of styles."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            dress(application, self.look)

    def choose_sound(self, name: str) -> None:
        """``on`` or ``off``, from now on; what was switched on is heard at once."""
        sounds = self._window.sounds
        sounds.on = name == "on"
        self._store("sound", name)
        sounds.play("finding")

    def choose_method(self, on: bool) -> None:
        """Whether the till's input lets an input method in, from now on."""
        self._store("method", "on" if on else "off")
        self._window.till_view.let_method(on)

    def choose_map(self, name: str) -> None:
        """Another key map; strip and sheet follow it."""
        window = self._window
        self.keys = key_map(name)
        self._store("keys", name)
        window.strip.show_map(self.keys, self._hidden())
        window.scanner_strip.show_key(self.keys.key_of(Action.SCANNER_TEST))
        if window.panels.made("help") is not None:
            window.help.show_map(self.keys)
        window.top.count_held()
        window.top.count_waiting()
        window.flow.emphasise()
        window.money.refresh()

    def _hidden(self) -> frozenset[Action]:
        """Acts that this role may not do are not offered."""
        session = self._window.session
        return frozenset(action for action, right in _NEEDS.items() if not session.may(right))
