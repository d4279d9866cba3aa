"""The list of figures: an Enter that comes before the rows is not lost, and opens no wrong one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from ui.widgets.figures import Figures, Line

ENTER = Qt.Key.Key_Return


@pytest.fixture
def figures(qtbot: QtBot) -> Figures:
    made = Figures("药", ["名"], lambda key, **_: key, empty="nothing")
    made.told = []  # type: ignore[attr-defined]
    made.opened.connect(made.told.append)  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.show()
    made.search.setFocus()
    return made


def lines(*names: str) -> list[Line]:
    return [Line((name,), (), name) for name in names]


def test_an_enter_before_the_rows_are_read_is_done_when_they_are(figures: Figures) -> None:
    QTest.keyClick(figures.search, ENTER)  # into the list
    QTest.keyClick(figures.search, ENTER)  # and the first row opened
    assert figures.told == []  # type: ignore[attr-defined]
    figures.show_lines(lines("甲", "乙"))
    assert figures.told == ["甲"]  # type: ignore[attr-defined]
    figures.show_lines(lines("丙"))
    assert figures.told == ["甲"]  # type: ignore[attr-defined]


def test_rows_of_what_was_asked_for_before_are_not_opened(figures: Figures) -> None:
    figures.show_lines(lines("甲"))
    figures.reading()  # another filter was chosen; its rows are under way
    QTest.keyClick(figures.table, ENTER)
    assert figures.told == []  # type: ignore[attr-defined]
    figures.show_lines(lines("乙"))
    assert figures.told == ["乙"]  # type: ignore[attr-defined]


def test_a_list_that_becomes_empty_gives_the_focus_back_to_where_one_types(
    figures: Figures,
) -> None:
    after = QPushButton("print all", figures)
    after.show()
    figures.show_lines(lines("甲"))
    figures.table.setFocus()
    figures.show_lines(())
    assert figures.search.hasFocus() and not after.hasFocus()


@pytest.mark.parametrize("how", ["typed", "left", "esc"])
def test_whoever_goes_on_meanwhile_opens_nothing(figures: Figures, how: str) -> None:
    QTest.keyClick(figures.search, ENTER)
    QTest.keyClick(figures.search, ENTER)
    if how == "typed":
        QTest.keyClicks(figures.search, "q")
        QTest.keyClick(figures.search, Qt.Key.Key_Backspace)
    elif how == "left":
        figures.hide()
        figures.show()
    else:
        QTest.keyClick(figures.search, Qt.Key.Key_Escape)
    figures.show_lines(lines("甲"))
    assert figures.told == []  # type: ignore[attr-defined]
