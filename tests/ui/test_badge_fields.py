"""Fields that take a badge for a number: its code is never in clear, and no typed sign is lost."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.badge import badge_field, clear_pair, put_badge, takes_badge

CODE = "LXGP-7F3A-0099-KQ"
HIDDEN, SHOWN = QLineEdit.EchoMode.Password, QLineEdit.EchoMode.Normal


@pytest.fixture
def pair(qtbot: QtBot) -> Iterator[tuple[QLineEdit, QLineEdit]]:
    place = QWidget()
    number, pin, lines = QLineEdit(), QLineEdit(), QVBoxLayout(place)
    lines.addWidget(number)
    lines.addWidget(pin)
    takes_badge(number, pin)
    qtbot.addWidget(place)
    place.show()
    yield number, pin


def test_a_code_is_hidden_until_it_is_gone(pair: tuple[QLineEdit, QLineEdit]) -> None:
    number, pin = pair
    assert badge_field(pin) is number
    put_badge(number, CODE)
    assert (number.text(), number.echoMode()) == (CODE, HIDDEN)
    seen: list[tuple[str, QLineEdit.EchoMode]] = []
    number.textChanged.connect(lambda _text: seen.append((number.text(), number.echoMode())))
    QTest.keyClick(number, Qt.Key.Key_4)
    assert (number.text(), number.echoMode()) == ("4", SHOWN)
    assert not [text for text, how in seen if CODE[:4] in text and how is SHOWN]


@pytest.mark.parametrize("clear", ["clear", "pair", "deleted"])
def test_the_first_key_after_a_badge_that_went_is_kept(
    pair: tuple[QLineEdit, QLineEdit], clear: str
) -> None:
    number, pin = pair
    put_badge(number, CODE)
    if clear == "clear":
        number.clear()
    elif clear == "pair":
        clear_pair(number, pin)
    else:
        QTest.keyClick(number, Qt.Key.Key_Backspace)
    assert number.text() == ""
    QTest.keyClick(number, Qt.Key.Key_7)
    assert (number.text(), number.echoMode()) == ("7", SHOWN)
