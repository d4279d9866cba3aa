from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.domain.code_read import CodeRead
from ui.scan_filter import HOLD_MS, Burst, PressedAt, ScanFilter

CODE = "81773220288616423835"


def burst(text: str, gaps: list[int]) -> Burst:
    made, at = Burst(), 1000
    for char, gap in zip(text, [0, *gaps], strict=False):
        at += gap
        made.feed(char, at)
    return made


@pytest.mark.parametrize("gap", [1, 8, 15])
def test_a_scanner_is_recognised_by_its_median_gap(gap: int) -> None:
    assert burst(CODE, [gap] * 19).looks_like_scan()


def test_hiccups_of_a_busy_machine_do_not_break_a_scan() -> None:
    gaps = [9] * 19
    gaps[4], gaps[11] = 354, 210
    one = burst(CODE, gaps)
    assert one.looks_like_scan()
    assert one.text() == CODE


def test_a_quick_hand_is_no_scanner() -> None:
    assert not burst("amoxicillin", [64] * 10).looks_like_scan()


def test_five_keys_are_never_a_scan() -> None:
    assert not burst("12345", [1] * 4).looks_like_scan()


def test_a_pause_begins_a_new_string() -> None:
    one = burst("12" + CODE, [5, 700, *[5] * 19])
    assert one.text() == CODE


@given(st.lists(st.integers(60, 500), min_size=5, max_size=30))
def test_typing_above_sixty_milliseconds_never_looks_like_a_scan(gaps: list[int]) -> None:
    assert not burst("7" * (len(gaps) + 1), gaps).looks_like_scan()


@given(st.lists(st.integers(1, 15), min_size=11, max_size=40), st.integers(100, 590))
def test_one_hiccup_never_hides_a_scan(gaps: list[int], hiccup: int) -> None:
    gaps[len(gaps) // 2] = hiccup
    assert burst("8" * (len(gaps) + 1), gaps).looks_like_scan()


def test_the_time_in_a_queue_is_told_from_the_difference_of_the_clocks() -> None:
    gauge = PressedAt()
    assert gauge.of(5_000, 105_000) == 105_000
    assert gauge.of(5_100, 107_500) == 105_100, "the second waited 2.4 s in a queue"
    assert gauge.of(0, 9) == 9, "an event without a time is of now"


class Keys:
    """Sends keys with times of our choosing through the application's own delivery."""

    def __init__(self, qtbot: QtBot) -> None:
        self.filter = ScanFilter()
        self.reads: list[CodeRead] = []
        self.filter.scanned.connect(self.reads.append)
        self.torn: list[bool] = []
        self.filter.torn.connect(lambda: self.torn.append(True))
        self.holder = QWidget()
        self.lines = QVBoxLayout(self.holder)
        self.field = QLineEdit()
        self.entered: list[str] = []
        self.field.returnPressed.connect(lambda: self.entered.append(self.field.text()))
        self.lines.addWidget(self.field)
        qtbot.addWidget(self.holder)
        self.holder.show()
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self.filter)
        self.at = 1_000

    @property
    def heard(self) -> list[str]:
        return [one.text for one in self.reads]

    def press(self, text: str, gap: int, target: QObject | None = None) -> None:
        for char in text:
            key = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char.upper()))
            self.key(key, gap, char, target)

    def key(
        self,
        key: Qt.Key,
        gap: int,
        text: str = "",
        target: QObject | None = None,
        held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self.at += gap
        event = QKeyEvent(QEvent.Type.KeyPress, key, held, text)
        event.setTimestamp(self.at)
        QApplication.sendEvent(target or self.field, event)


@pytest.fixture
def keys(qtbot: QtBot, qapp: QApplication) -> Iterator[Keys]:
    made = Keys(qtbot)
    yield made
    qapp.removeEventFilter(made.filter)


def test_a_scan_leaves_the_field_as_it_was_and_its_enter_presses_nothing(keys: Keys) -> None:
    keys.press("ab", 100)
    keys.at += 1_000
    keys.press(CODE + "\r", 5)
    assert keys.heard == [CODE]
    assert keys.field.text() == "ab"
    assert keys.entered == []
    assert keys.reads[0].ended
    assert not keys.reads[0].composed


def test_from_the_sixth_key_on_nothing_reaches_the_field(keys: Keys) -> None:
    seen: list[str] = []
    keys.field.textChanged.connect(seen.append)
    keys.press(CODE + "\r", 5)
    assert max(map(len, seen)) == 5
    assert seen[-1] == ""


def test_doubled_digits_arrive_doubled(keys: Keys) -> None:
    keys.press("8000011110000999", 5)
    keys.press("\r", 5)
    assert keys.heard == ["8000011110000999"]


def test_typing_passes_with_its_enter(keys: Keys) -> None:
    keys.press("amxl\r", 90)
    assert keys.heard == []
    assert keys.entered == ["amxl"]


def test_a_scan_onto_a_widget_that_takes_no_text_is_heard_once(keys: Keys) -> None:
    keys.press(CODE + "\r", 5, keys.holder)
    assert keys.heard == [CODE]


def test_a_scanner_without_an_end_key_is_over_after_silence(keys: Keys, qtbot: QtBot) -> None:
    with qtbot.waitSignal(keys.filter.scanned, timeout=2_000):
        keys.press(CODE, 5)
    assert keys.heard == [CODE]
    assert not keys.reads[0].ended
    assert keys.field.text() == ""


def test_a_field_that_was_deleted_meanwhile_stops_nothing(keys: Keys, qtbot: QtBot) -> None:
    gone = QLineEdit()
    keys.lines.addWidget(gone)
    gone.show()
    keys.press("1", 5, gone)
    delete(gone)
    keys.press("amxl\r", 90)
    assert keys.entered == ["amxl"]


# --- whatever has the focus -----------------------------------------------------------------------


def test_no_digit_stays_in_a_pin_field_and_no_button_is_pressed(keys: Keys) -> None:
    pin, pressed = QLineEdit(), QPushButton("Enter")
    pin.setEchoMode(QLineEdit.EchoMode.Password)
    pin.setMaxLength(6)
    pin.returnPressed.connect(pressed.click)
    clicks: list[bool] = []
    pressed.clicked.connect(clicks.append)
    keys.lines.addWidget(pin)
    keys.lines.addWidget(pressed)
    pin.show()
    pressed.show()
    pin.setText("1234")
    keys.press(CODE + "\r", 8, pin)
    keys.press(CODE + "\r", 8, pressed)
    assert keys.heard == [CODE, CODE]
    assert pin.text() == "1234"
    assert clicks == []


def test_a_list_a_choice_and_a_page_of_text_are_as_they_were(keys: Keys) -> None:
    rows, choice, page = QListWidget(), QComboBox(), QPlainTextEdit("abc")
    for row in ("1 one", "8 eight", "7 seven"):
        rows.addItem(row)
        choice.addItem(row)
    for each in (rows, choice, page):
        keys.lines.addWidget(each)
        each.show()
    rows.setCurrentRow(0)
    for each in (rows, choice, page):
        keys.press(CODE + "\r", 8, each)
        keys.at += 1_000
    assert keys.heard == [CODE] * 3
    assert (rows.currentRow(), choice.currentIndex(), page.toPlainText()) == (0, 0, "abc")


def test_a_field_that_hands_the_focus_on_is_put_back_with_the_one_it_handed_it_to(
    keys: Keys,
) -> None:
    after = QLineEdit()
    keys.lines.addWidget(after)
    after.show()
    keys.field.setMaxLength(3)
    for char in CODE + "\r":
        target = keys.field if len(keys.field.text()) < 3 else after
        keys.press(char, 5, target)
    assert keys.heard == [CODE]
    assert (keys.field.text(), after.text()) == ("", "")


# --- ends -----------------------------------------------------------------------------------------


ENDS = {
    "tab": [(Qt.Key.Key_Tab, "\t", Qt.KeyboardModifier.NoModifier)],
    "enter of the number pad": [(Qt.Key.Key_Enter, "\r", Qt.KeyboardModifier.NoModifier)],
    "ctrl+j": [(Qt.Key.Key_J, "\n", Qt.KeyboardModifier.ControlModifier)],
    "cr lf": [
        (Qt.Key.Key_Return, "\r", Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_J, "\n", Qt.KeyboardModifier.ControlModifier),
    ],
    "enter twice": [(Qt.Key.Key_Return, "\r", Qt.KeyboardModifier.NoModifier)] * 2,
}


class Routed:
    """Takes no key, and keeps what it was asked about."""

    def __init__(self) -> None:
        self.keys: list[int] = []

    def __call__(self, event: QKeyEvent) -> bool:
        self.keys.append(event.key())
        return False


@pytest.mark.parametrize("end", ENDS)
def test_every_end_key_is_eaten_also_the_second_one(keys: Keys, end: str) -> None:
    routed = keys.filter.route = Routed()
    keys.press(CODE, 5)
    routed.keys.clear()
    for key, text, held in ENDS[end]:
        keys.key(key, 5, text, held=held)
    assert keys.heard == [CODE]
    assert routed.keys == []
    assert keys.entered == []


def test_an_enter_after_a_scan_is_a_persons_again(keys: Keys) -> None:
    keys.press(CODE + "\r", 5)
    keys.press("\r", 400)
    assert keys.entered == [""]


def test_a_pause_in_a_code_is_waited_out_once_the_end_key_is_known(
    keys: Keys, qtbot: QtBot
) -> None:
    keys.press(CODE + "\r", 5)
    keys.at += 1_000
    keys.press(CODE[:12], 5)
    with qtbot.assertNotEmitted(keys.filter.scanned, wait=250):
        pass
    keys.press(CODE[12:13], 354)
    keys.press(CODE[13:] + "\r", 5)
    assert keys.heard == [CODE, CODE]


def test_half_a_code_is_used_by_nobody_and_told(keys: Keys, qtbot: QtBot) -> None:
    keys.press(CODE + "\r", 5)
    keys.at += 1_000
    with qtbot.waitSignal(keys.filter.torn, timeout=3_000):
        keys.press(CODE[:12], 5)
    assert keys.heard == [CODE]
    assert keys.field.text() == ""
    assert keys.filter.has_suffix
    with qtbot.waitSignal(keys.filter.torn, timeout=3_000):
        keys.press(CODE[:12], 5)
    assert not keys.filter.has_suffix, "it was set to send no end key"


# --- separators and input methods -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "held"),
    [
        (Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier),
    ],
)
def test_a_separator_typed_as_a_key_is_one_and_no_act(
    keys: Keys, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    acts = keys.filter.route = Routed()
    keys.press("010690123", 5)
    acts.keys.clear()
    keys.key(key, 5, held=held)
    keys.press("21SN7\r", 5)
    assert keys.heard == ["010690123\x1d21SN7"]
    assert acts.keys == []


def test_a_function_key_of_a_person_is_an_act(keys: Keys) -> None:
    acts = keys.filter.route = Routed()
    keys.key(Qt.Key.Key_F12, 5)
    keys.press("12", 90)
    keys.key(Qt.Key.Key_F12, 90)
    assert acts.keys.count(Qt.Key.Key_F12) == 2


def test_a_sign_in_the_middle_of_a_code_is_known_to_be_quick(keys: Keys) -> None:
    quick: list[bool] = []

    def route(event: QKeyEvent) -> bool:
        quick.append(keys.filter.quick)
        return False

    keys.filter.route = route
    keys.press("02-", 5)
    keys.at += 1_000
    keys.press("2-", 90)
    assert quick == [False, True, True, False, False]


def commit(text: str, preedit: str = "") -> QInputMethodEvent:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(text)
    return event


def test_digits_that_an_input_method_hands_on_make_a_code(keys: Keys) -> None:
    for char in "８１７７３２２０":
        QApplication.sendEvent(keys.field, commit(char))
    assert keys.field.text() == ""
    keys.filter._on_quiet()
    assert keys.heard == ["８１７７３２２０"]
    assert keys.reads[0].composed


def test_words_that_a_person_chose_are_no_code(keys: Keys) -> None:
    QApplication.sendEvent(keys.field, commit("阿莫西林胶囊颗粒"))
    QApplication.sendEvent(keys.field, commit("amoxicillin"))
    keys.filter._on_quiet()
    assert keys.heard == []
    assert keys.field.text() == "阿莫西林胶囊颗粒amoxicillin"


# --- digits that would choose something -----------------------------------------------------------


class Choices(QWidget):
    """A page on which a digit acts at once."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[str] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isdigit():
            self.chosen.append(event.text())


@pytest.fixture
def choices(keys: Keys) -> Choices:
    made = Choices()
    keys.lines.addWidget(made)
    made.show()
    return made


def test_no_digit_of_a_code_chooses_anything(keys: Keys, choices: Choices, qtbot: QtBot) -> None:
    keys.press("12345678901231\r", 8, choices)
    qtbot.wait(2 * HOLD_MS)
    assert keys.heard == ["12345678901231"]
    assert choices.chosen == []


def test_a_persons_digit_chooses_once_and_soon(keys: Keys, choices: Choices, qtbot: QtBot) -> None:
    keys.press("2", 8, choices)
    assert choices.chosen == []
    qtbot.waitUntil(lambda: choices.chosen == ["2"])
    keys.press("34", 200, choices)
    qtbot.waitUntil(lambda: choices.chosen == ["2", "3", "4"])
    qtbot.wait(2 * HOLD_MS)
    assert choices.chosen == ["2", "3", "4"]


def test_what_was_held_comes_before_the_enter_that_follows_it(keys: Keys, choices: Choices) -> None:
    keys.press("1\r", 90, choices)
    assert choices.chosen == ["1"]


def test_a_choice_that_is_wanted_beside_a_field_is_held_too(keys: Keys, qtbot: QtBot) -> None:
    acts: list[str] = []

    def route(event: QKeyEvent) -> bool:
        acts.append(event.text())
        return True

    keys.filter.route, keys.filter.is_choice = route, lambda event: event.text() in "123"
    keys.press("1", 200)
    assert acts == []
    qtbot.waitUntil(lambda: acts == ["1"])
    keys.at += 1_000
    keys.press("12345678\r", 8)
    qtbot.wait(2 * HOLD_MS)
    assert "1" not in acts[1:] and "2" not in acts


def test_a_key_that_is_no_sign_waits_for_the_digit_before_it(keys: Keys, choices: Choices) -> None:
    routed = keys.filter.route = Routed()
    keys.press("2", 200, choices)
    keys.key(Qt.Key.Key_F9, 45, target=choices)
    assert routed.keys == [Qt.Key.Key_2, Qt.Key.Key_F9]
