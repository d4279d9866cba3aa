"""The patient's password on the screen: keypad, pad, keys, dots, and nothing left behind."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.abort import Abort
from app.domain.patient_password import ENTRY_SECONDS, Digits
from app.errors import Cancelled, DeviceSilent, NotConnected, RuleBroken
from app.use_cases.notes import Note
from tests.fakes.shop import CODE_424, FakeShop, trace
from tests.ui.conftest import Counter, Window
from ui.keypad_window import KeypadWindow
from ui.screens.password.view_model import PasswordViewModel
from ui.screens.payment.view_model import Stage

SECRET = (7, 0, 5, 9, 5, 3)


def asked(counter: Counter) -> PasswordViewModel:
    counter.shop.wants = True
    counter.scan(trace(1, 1))
    counter.scan(CODE_424)
    counter.payment.quote()
    counter.lanes.run()
    counter.payment.settle()
    assert counter.payment.stage is Stage.PASSWORD
    return counter.payment.password


def typed(password: PasswordViewModel, digits: tuple[int, ...] = SECRET) -> None:
    for digit in digits:
        password.press(digit)


def test_where_no_password_is_wanted_nobody_is_asked(counter: Counter) -> None:
    asked(counter).cancel()
    counter.shop.wants = False
    counter.payment.settle()
    counter.lanes.run()
    assert counter.shop.passwords == [""]
    assert counter.payment.stage is Stage.TENDER


def test_the_password_travels_sealed_with_its_one_settlement(counter: Counter) -> None:
    password = asked(counter)
    typed(password)
    assert (password.count, password.complete) == (6, True)
    assert counter.shop.calls.count("settle_next") == 0
    password.confirm()
    assert not password.asking
    assert password.count == 0
    counter.lanes.run()
    assert counter.shop.passwords == ["SEALED"]
    assert counter.shop.sealed == ["705953"]
    assert counter.payment.stage is Stage.TENDER


def test_each_part_asks_for_itself(counter: Counter) -> None:
    counter.shop.parts = 2
    counter.shop.wants = True
    counter.scan(trace(1, 1), trace(2, 1))
    counter.scan(CODE_424)
    counter.payment.quote()
    counter.lanes.run()
    for _ in range(2):
        if counter.payment.stage is Stage.QUOTED:
            counter.payment.settle()
        assert counter.payment.stage is Stage.PASSWORD
        typed(counter.payment.password)
        counter.payment.password.confirm()
        counter.lanes.run()
    assert counter.shop.passwords == ["SEALED", "SEALED"]


def test_a_slip_is_taken_back_and_too_few_confirm_nothing(counter: Counter) -> None:
    password = asked(counter)
    typed(password, (1, 2))
    password.drop()
    password.confirm()
    assert (password.asking, password.count) == (True, 1)
    typed(password, SECRET)
    assert password.count == 6


def test_cancelled_the_quote_stands_and_f12_asks_again(counter: Counter) -> None:
    password = asked(counter)
    typed(password, (1, 2, 3))
    assert counter.payment.back()
    assert counter.payment.stage is Stage.QUOTED
    assert "patient_password.cancelled" in counter.said()
    assert counter.shop.calls.count("settle_next") == 0
    counter.payment.settle()
    assert (password.asking, password.count) == (True, 0)


def test_too_late_is_wiped(counter: Counter) -> None:
    password = asked(counter)
    typed(password)
    kept = password._typed
    for _ in range(ENTRY_SECONDS):
        password.second_passed()
    assert counter.payment.stage is Stage.QUOTED
    assert "patient_password.too_late" in counter.said()
    assert not any(kept._kept)


def test_locking_the_till_wipes_it(counter: Counter) -> None:
    password = asked(counter)
    typed(password)
    kept = password._typed
    counter.session.lock()
    assert not password.asking
    assert not any(kept._kept)


def test_the_basket_is_fixed_while_the_patient_types(counter: Counter) -> None:
    asked(counter)
    counter.scan(trace(3, 1))
    assert len(counter.till.lines) == 1
    counter.payment.settle()
    counter.payment.quote()
    assert counter.payment.stage is Stage.PASSWORD


def test_a_shop_without_a_key_says_so_and_the_quote_stands(counter: Counter) -> None:
    password = asked(counter)
    note = Note("finding.PASSWORD_NO_KEY", {}, "block", "PASSWORD_NO_KEY")
    counter.shop.key_error = RuleBroken((note,), code="PASSWORD_NO_KEY")
    typed(password)
    password.confirm()
    assert counter.payment.stage is Stage.QUOTED
    assert "finding.PASSWORD_NO_KEY" in counter.said()


def test_shuffled_digits_are_all_there_and_each_stands_for_itself(
    counter: Counter, qtbot: QtBot
) -> None:
    counter.shop.shuffled = True
    password = asked(counter)
    here = QWidget()
    qtbot.addWidget(here)
    keypad = KeypadWindow(counter.payment, here, lambda: "")
    qtbot.addWidget(keypad)
    assert sorted(password.order) == list(range(10))
    by_name = {key.text(): key for key in keypad.keys}
    assert set(by_name) == set("0123456789")
    for digit in SECRET:
        by_name[str(digit)].click()
    keypad.confirm.click()
    counter.lanes.run()
    assert counter.shop.sealed == ["705953"]


# --- a pad at a port ---------------------------------------------------------------------------


def on_pad(counter: Counter) -> PasswordViewModel:
    counter.shop.number_pad = True
    password = asked(counter)
    assert password.on_pad
    return password


def test_a_pad_types_and_the_cashier_sees_how_many(counter: Counter, qtbot: QtBot) -> None:
    password = on_pad(counter)
    for count in (1, 2, 3):
        counter.shop.pad_pressed(count)
    qtbot.waitUntil(lambda: password.count == 3)
    password.press(1)
    assert password.count == 3  # the keypad is not in use
    for digit in SECRET:
        counter.shop.pad_typed.add(digit)
    counter.shop.pad_done.set_result(None)
    qtbot.waitUntil(lambda: not password.asking)
    counter.lanes.run()
    assert counter.shop.sealed == ["705953"]
    assert counter.payment.stage is Stage.TENDER


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Cancelled(device="device_name.pin_pad"), "patient_password.cancelled"),
        (DeviceSilent(device="device_name.pin_pad"), "patient_password.too_late"),
        (NotConnected(device="device_name.pin_pad"), "error.device_not_connected"),
    ],
)
def test_a_pad_that_brings_nothing_leaves_the_quote(
    counter: Counter, qtbot: QtBot, error: Exception, said: str
) -> None:
    on_pad(counter)
    counter.shop.pad_done.set_exception(error)
    qtbot.waitUntil(lambda: counter.payment.stage is Stage.QUOTED)
    assert said in counter.said()
    assert "settle_next" not in counter.shop.calls


def test_what_a_pad_brings_too_late_is_wiped(counter: Counter, qtbot: QtBot) -> None:
    password = on_pad(counter)
    late: Digits = counter.shop.pad_typed
    password.cancel()
    abort = counter.shop.aborts[-1]
    assert isinstance(abort, Abort)
    assert abort.tripped
    for digit in SECRET:
        late.add(digit)
    counter.shop.pad_done.set_result(None)
    qtbot.waitUntil(lambda: not any(late._kept))
    assert counter.shop.sealed == []


# --- the window --------------------------------------------------------------------------------


def window_asks(window: Window) -> PasswordViewModel:
    window.shop.wants = True
    window.enter()
    made = window.window
    made.take_scan(trace(1, 1))
    window.lanes.run()
    made.take_scan(CODE_424)
    window.lanes.run()
    made.close_panel()
    made.payment.quote()
    window.lanes.run()
    made.payment.settle()
    assert made.payment.stage is Stage.PASSWORD
    return made.payment.password


def test_the_keypad_comes_and_goes_and_takes_no_focus(window: Window) -> None:
    password = window_asks(window)
    keypad = window.window.beside.keypad
    assert keypad is not None
    assert keypad.isVisible()
    assert keypad.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert all(key.focusPolicy() is Qt.FocusPolicy.NoFocus for key in keypad.keys)
    for digit in SECRET:
        QTest.mouseClick(keypad.keys[password.order.index(digit)], Qt.MouseButton.LeftButton)
    assert keypad.dots.text() == "● ● ● ● ● ●"
    assert window.window.money.password.dots.text() == "● ● ● ● ● ●"
    assert "705953" not in " ".join(w.text() for w in (keypad.dots, keypad.words))
    QTest.mouseClick(keypad.confirm, Qt.MouseButton.LeftButton)
    assert not keypad.isVisible()
    window.lanes.run()
    assert window.shop.sealed == ["705953"]


def press(window: Window, key: Qt.Key, at: int) -> None:
    """A key with a time of its own: the filter judges by it."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    field = window.window.till_view.field
    text = chr(key) if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 else ""
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
    event.setTimestamp(at)
    QApplication.sendEvent(field, event)


def test_the_cashiers_keyboard_types_nothing(window: Window, qtbot: QtBot) -> None:
    password = window_asks(window)
    qtbot.waitUntil(lambda: window.window.beside.keypad is not None)
    for place, digit in enumerate(SECRET):
        press(window, Qt.Key(Qt.Key.Key_0 + digit), 10_000 + place * 400)
    assert password.count == 0
    assert window.window.till_view.field.text() == ""
    press(window, Qt.Key.Key_Escape, 20_000)
    assert window.window.payment.stage is Stage.QUOTED
    assert window.window.scans.private is None


def test_a_number_pad_that_types_counts_and_a_scanner_does_not(window: Window) -> None:
    window.shop.usb_keys = True
    password = window_asks(window)
    for place, digit in enumerate(SECRET):
        press(window, Qt.Key(Qt.Key.Key_0 + digit), 10_000 + place * 5)
    press(window, Qt.Key.Key_Return, 10_040)
    assert (password.asking, password.count) == (True, 0)
    for place, digit in enumerate(SECRET):
        press(window, Qt.Key(Qt.Key.Key_0 + digit), 20_000 + place * 300)
    press(window, Qt.Key.Key_Backspace, 22_000)
    assert password.count == 5
    press(window, Qt.Key.Key_3, 23_000)
    press(window, Qt.Key.Key_Return, 24_000)
    window.lanes.run()
    assert window.shop.sealed == ["705953"]
    assert window.window.till_view.field.text() == ""
    assert window.window.scans._burst.text() == ""


def test_closing_the_window_wipes_it(window: Window) -> None:
    password = window_asks(window)
    typed(password)
    kept = password._typed
    window.window.stop()
    assert not any(kept._kept)


def test_closing_the_keypad_by_hand_cancels(window: Window) -> None:
    window_asks(window)
    keypad = window.window.beside.keypad
    assert keypad is not None
    keypad.close()
    assert window.window.payment.stage is Stage.QUOTED


def test_the_fake_shop_wants_none_by_itself() -> None:
    assert not FakeShop().wants
