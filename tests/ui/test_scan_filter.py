from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from ui.scan_filter import Burst, PressedAt, ScanFilter

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
        self.heard: list[str] = []
        self.filter.scanned.connect(self.heard.append)
        self.holder = QWidget()
        lines = QVBoxLayout(self.holder)
        self.field = QLineEdit()
        self.entered: list[str] = []
        self.field.returnPressed.connect(lambda: self.entered.append(self.field.text()))
        lines.addWidget(self.field)
        qtbot.addWidget(self.holder)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self.filter)
        self.at = 1_000

    def press(self, text: str, gap: int, target: QObject | None = None) -> None:
        for char in text:
            self.at += gap
            key = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char.upper()))
            event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, char)
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
    with qtbot.waitSignal(keys.filter.scanned, timeout=2_000) as heard:
        keys.press(CODE, 5)
    assert heard.args == [CODE]
    assert keys.field.text() == ""


def test_a_field_that_was_deleted_meanwhile_stops_nothing(keys: Keys, qtbot: QtBot) -> None:
    gone = QLineEdit()
    keys.press("1", 5, gone)
    delete(gone)
    keys.press("amxl\r", 90)
    assert keys.entered == ["amxl"]
