"""Keys that are no part of a scan: the live map decides what they ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from ui.keys import COMMITS, IN_TEXT, Action, key_name
from ui.screens.payment.view_model import Stage
from ui.theme import THEMES, scales

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from ui.main_window import MainWindow

_NUMBER_OR_NOTHING = re.compile(r"^\d*\.?\d*$")
PANELS = {
    Action.HELP: "help",
    Action.PATIENT: "patient",
    Action.PERSON: "person",
    Action.PROXY: "proxy",
    Action.PRESCRIPTION: "prescription",
    Action.DETAILS: "details",
    Action.RETURN: "return",
    Action.OPEN_ITEMS: "open_items",
    Action.SHOP: "shop",
    Action.DUTY: "duty",
    Action.DRAWER: "drawer",
    Action.LABELS: "labels",
    Action.SCANNER_TEST: "scanner",
    Action.CODES: "codes",
    Action.CUSTODY: "custody",
    Action.VAULT: "vault",
    Action.VIDEO: "video",
    Action.DEVICES: "devices",
    Action.OFFICE: "office",
    Action.LOTS: "lots",
    Action.SHIFT: "shift",
    Action.LINE: "line",
    Action.WATCH_NOTE: "watch_note",
}


class InputRouter(QObject):
    """One place where a key becomes an act."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def route(self, event: QKeyEvent) -> bool:
        """True = the key was an act and goes no further."""
        window = self._window
        if window.session.locked or not window.isEnabled():
            return False
        name = key_name(event)
        if name == "Esc":
            self.back()
            return True
        if name == "Enter":
            return window.payment.stage is Stage.TENDER and window.flow.pressed_too_early(event)
        if self.is_choice(event):
            window.money.choices()[int(name) - 1].click()
            return True
        action = window.looks.keys.action(name)
        if action is None or (name in IN_TEXT and not self._is_command(action)):
            return self._type_into_input(event)
        if event.isAutoRepeat() and action is not Action.DELETE_LINE:
            return True
        if action in COMMITS and window.flow.pressed_too_early(event):
            return True
        self.perform(action)
        return True

    def while_password(self, event: QKeyEvent, quick: bool) -> bool:
        """Every key while the patient types their password: none reaches a field or an act.

        Esc cancels, F11 locks; digits count only where this till was told that the patient has a
        number pad that types like a keyboard, and never as quickly as a scanner sends them.
        """
        window = self._window
        password, name = window.payment.password, key_name(event)
        if name == "Esc":
            self.back()
        elif window.looks.keys.action(name) is Action.LOCK:
            self.perform(Action.LOCK)
        elif event.isAutoRepeat() or not window.session.shop.number_keys():
            pass
        elif quick:
            password.clear()
        elif event.text().isdigit() and event.text().isascii():
            password.press(int(event.text()))
        elif event.key() == Qt.Key.Key_Backspace:
            password.drop()
        elif name == "Enter":
            password.confirm()
        return True

    def is_choice(self, event: QKeyEvent) -> bool:
        """Whether the key is one of the numbered choices after a refusal."""
        window, name = self._window, key_name(event)
        if window.session.locked:
            return False
        refused = window.payment.stage is Stage.REFUSED and window.panel() is None
        return refused and name in ("1", "2", "3") and not window.till_view.field.text()

    def _is_command(self, action: Action) -> bool:
        """``*``, ``/``, ``Del`` act while the input is empty or holds a number, else they type."""
        window = self._window
        if window.scans.quick:
            return False  # a sign in the middle of a code is no command
        if window.panel() is not None or window.payment.stage is Stage.TENDER:
            return False
        focus = window.text_focus()
        if focus is not None and focus is not window.till_view.field:
            return False
        del action
        return bool(_NUMBER_OR_NOTHING.match(window.till_view.field.text()))

    def _type_into_input(self, event: QKeyEvent) -> bool:
        """Typing while the table or a button has the focus belongs to the input field."""
        window = self._window
        text = event.text()
        elsewhere = window.text_focus() is None and window.panel() is None
        if not elsewhere or not text or not text.isprintable() or text == " ":
            return False
        if window.payment.stage is Stage.TENDER:
            return False
        window.till_view.field.setFocus()
        window.till_view.field.insert(text)
        return True

    def back(self) -> None:
        """Esc: one step back, nothing destroyed."""
        window = self._window
        panel = window.panel()
        if panel is not None:
            if not panel.back():
                window.close_panel()
        elif window.till.hits:
            window.till.back()
        elif window.till_view.field.text():
            window.till_view.field.clear()
        elif not window.payment.back():
            window.till.back()
        if window.panel() is None:
            window.focus_input()

    def perform(self, action: Action) -> None:
        """Do what a key or a click on the strip asks for."""
        window = self._window
        if window.session.locked:
            return
        if action in PANELS:
            window.open_panel(PANELS[action])
            return
        if action is Action.REVIEW:
            window.beside.open_review()
            return
        if action is Action.CUSTOMER:
            window.beside.customer().toggle()
            return
        if window.panel() is not None and action not in (Action.LARGER, Action.THEME):
            window.close_panel()
        text = window.till_view.field.text()
        acts = {
            Action.FIND: window.till_view.field.setFocus,
            Action.QUANTITY: lambda: window.till.quantity_key(text),
            Action.PRICE: lambda: window.till.price_key(text),
            Action.DELETE_LINE: window.till.delete_line,
            Action.CLEAR: window.till.clear,
            Action.UNDO_CLEAR: window.till.undo_clear,
            Action.HOLD: window.held.hold,
            Action.TAKE: window.held.take,
            Action.QUOTE: window.payment.quote,
            Action.SETTLE: self._settle,
            Action.CANNOT_PAY: window.payment.cannot_pay,
            Action.REPRINT: window.flow.reprint,
            Action.PRINT_AGAIN: lambda: window.printing.decide(True),
            Action.PRINT_KEPT: lambda: window.printing.decide(False),
            Action.SIGN_PAPER: lambda: window.signing.on_paper(),
            Action.STILL_AGAIN: lambda: window.still.again(),
            Action.LOCK: window.session.lock,
            Action.QUALITY: window.till.boxes.keep_suspect,
            Action.NO_CODE: window.till.boxes.no_code,
            Action.WANTED: lambda: window.till.wanted.note(text, window.till_view.hits.choice()),
            Action.ACCOUNT_USE: self._next_use,
            Action.LARGER: self._larger,
            Action.THEME: self._next_theme,
        }
        acts[action]()

    def _settle(self) -> None:
        window = self._window
        if window.payment.stage is Stage.TENDER:
            # A second F12 must never take the money: only Enter in the tenders does.
            window.focus_input()
        else:
            window.payment.settle()

    def _next_use(self) -> None:
        till = self._window.till
        if till.patient is not None:
            till.set_account_use(str((int(till.account_use) + 1) % 3))

    def _larger(self) -> None:
        steps, look = scales(), self._window.looks.look
        following = steps[(steps.index(look.scale) + 1) % len(steps)]
        self._window.looks.choose_look(look.name, following)

    def _next_theme(self) -> None:
        look = self._window.looks.look
        following = THEMES[(THEMES.index(look.name) + 1) % len(THEMES)]
        self._window.looks.choose_look(following, look.scale)
