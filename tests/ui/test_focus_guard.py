"""The keyboard belongs to what is in sight, whatever an answer that came late gave the focus to."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.key_times import KeyTimes
from tests.fakes.shop import trace
from tests.ui.conftest import Window
from ui.focus_guard import FocusGuard
from ui.screens.payment.view_model import Stage
from ui.widgets.panel import Panel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Key = Qt.Key


class Keys:
    """Keys of a person, each sent to whoever has the focus; nothing is answered in between."""

    def __init__(self, window: Window) -> None:
        self._window, self._times = window.window, KeyTimes()

    def press(self, key: Key, text: str = "") -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
            event.setTimestamp(self._times.next(120))
            QApplication.sendEvent(QApplication.focusWidget() or self._window, event)


def _at_the_tenders(window: Window) -> Keys:
    window.enter()
    window.window.take_scan(trace(3, 1))
    window.lanes.run()
    return Keys(window)


def test_enter_at_a_locked_till_completes_nothing(window: Window) -> None:
    """F12, and F11 before the answer: the amount took the focus behind the sign-in page."""
    keys, main = _at_the_tenders(window), window.window
    keys.press(Key.Key_F12)
    keys.press(Key.Key_F11)
    assert main.session.locked
    window.lanes.run()
    assert main.payment.stage is Stage.TENDER
    main.money.tender.begin()  # whatever comes late
    keys.press(Key.Key_Return, "\r")
    window.lanes.run()
    assert main.payment.stage is Stage.TENDER, "nobody is there whose act it could be"
    assert main.session.locked
    assert QApplication.focusWidget() is main.sign_in_view.pin, "Enter was for the number in sight"


def test_what_is_typed_goes_to_what_is_in_sight(window: Window) -> None:
    keys, main = _at_the_tenders(window), window.window
    keys.press(Key.Key_F11)
    assert main.session.locked
    main.till_view.field.setFocus()
    assert QApplication.focusWidget() is main.till_view.field, "Qt gives it away"
    keys.press(Key.Key_X, "x")
    assert main.sign_in_view.number.text() == "x"
    assert main.till_view.field.text() == ""


def test_a_payment_is_not_completed_for_nobody(window: Window) -> None:
    keys, main = _at_the_tenders(window), window.window
    keys.press(Key.Key_F12)
    window.lanes.run()
    main.session.lock()
    main.payment.complete("")
    window.lanes.run()
    assert main.payment.stage is Stage.TENDER


def test_a_field_that_goes_hands_its_keys_to_nothing_outside_its_panel(qtbot: QtBot) -> None:
    """The second person's PIN goes with the last hold: the customer's account was next in line."""
    place, panel, pin = QWidget(), Panel("存证保管", ""), QLineEdit()
    lines, account = QVBoxLayout(place), QPushButton("不用")
    panel.body.addWidget(pin)
    for each in (panel, account):
        lines.addWidget(each)
    qtbot.addWidget(place)
    guard = FocusGuard(place, account.setFocus)
    with qtbot.waitActive(place):
        place.show()
    pin.setFocus()
    pin.hide()
    assert QApplication.focusWidget() is panel
    account.setFocus()
    panel.hide()
    assert guard.mend() is account, "what a person chose outside stays chosen"


def test_a_button_at_work_hands_its_keys_to_no_other(qtbot: QtBot) -> None:
    place = QWidget()
    lines, clicks = QVBoxLayout(place), list[str]()
    again, other, field = QPushButton("again"), QPushButton("other"), QLineEdit()
    for each in (again, other, field):
        lines.addWidget(each)
    other.clicked.connect(lambda: clicks.append("other"))
    qtbot.addWidget(place)
    guard = FocusGuard(place, lambda: None)
    with qtbot.waitActive(place):
        place.show()
    again.setFocus()
    again.setEnabled(False)
    QTest.keyClick(QApplication.focusWidget() or place, Key.Key_Space)
    assert clicks == [] and QApplication.focusWidget() is place
    again.setEnabled(True)
    assert QApplication.focusWidget() is again, "it is where it was"
    again.setEnabled(False)
    field.setFocus()
    again.setEnabled(True)
    assert QApplication.focusWidget() is field, "somebody went elsewhere meanwhile"
    assert guard.mend() is field


def test_what_was_switched_off_meanwhile_gets_no_focus_back(qtbot: QtBot) -> None:
    """A hidden field took the focus of a button that then went to work: a key goes home."""
    place = QWidget()
    lines, gone = QVBoxLayout(place), QWidget()
    pressed, home, hidden = QPushButton("pressed"), QLineEdit(), QLineEdit(gone)
    for each in (pressed, home, gone):
        lines.addWidget(each)
    qtbot.addWidget(place)
    guard = FocusGuard(place, home.setFocus)
    with qtbot.waitActive(place):
        place.show()
    gone.hide()
    pressed.setFocus()
    hidden.setFocus()
    pressed.setEnabled(False)
    assert guard.mend() is home
