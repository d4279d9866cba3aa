"""The ten-second test: what the page says of each reading, the strip until it is done."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.code_read import CodeRead, ScanSource
from app.domain.scanner_test import TEST_CODE, Fault
from app.use_cases.notes import Note
from app.use_cases.scanner_day import TestState
from tests.fakes.shop import trace
from tests.ui.conftest import Window
from ui.screens.scanner.panel import ScannerPanel
from ui.screens.scanner.picture import qr_picture
from ui.words import LANGUAGES, knows, say

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def fresh(window: Window) -> Window:
    window.shop.tested = None
    window.enter()
    return window


def read(window: Window, text: str, **more: bool) -> None:
    window.window.dispatch.take(CodeRead(text, ScanSource.WEDGE, **more), window.window)
    window.lanes.run()


def panel(window: Window) -> ScannerPanel:
    shown = window.window.panel()
    assert isinstance(shown, ScannerPanel)
    return shown


def test_an_untested_scanner_is_spoken_of_until_it_is_tested(fresh: Window) -> None:
    main = fresh.window
    assert main.scanner_strip.isVisible()
    assert "Ctrl+Shift+S" in main.scanner_strip.words.text()
    main.scanner_strip.open.click()
    read(fresh, TEST_CODE)
    assert "全部正确" in panel(fresh).words.text()
    assert fresh.shop.tested is not None and fresh.shop.tested.state is TestState.PASSED
    assert not main.scanner_strip.isVisible()
    panel(fresh).ready.click()
    assert main.panel() is None


def test_a_panel_has_the_height_of_the_reminder_and_no_code_is_refused_in_silence(
    fresh: Window,
) -> None:
    main = fresh.window
    main.open_panel("proxy")
    assert not main.scanner_strip.isVisible(), "what is only due waits for the basket"
    main.scanner_strip.say_code(Note("card.while_locked", severity="warn"))
    assert main.scanner_strip.isVisible()
    main.scanner_strip.say_code(None)
    assert not main.scanner_strip.isVisible()
    main.close_panel()
    assert main.scanner_strip.isVisible()


def test_the_test_code_opens_the_page_by_itself(fresh: Window) -> None:
    read(fresh, TEST_CODE.upper())
    assert "Caps Lock" in panel(fresh).words.text()
    marks = [mark.text()[0] for mark in panel(fresh).marks]
    assert marks == ["✗", "✓", "✓", "✓", "✓", "✓"]
    assert fresh.shop.tested is not None and fresh.shop.tested.faults == (Fault.UPPER,)
    assert not fresh.window.scanner_strip.isVisible(), "the page itself says it"
    fresh.window.close_panel()
    assert fresh.window.scanner_strip.isVisible()
    assert "不对" in fresh.window.scanner_strip.words.text()


def test_a_missing_suffix_is_told_and_passes(fresh: Window) -> None:
    fresh.window.open_panel("scanner")
    read(fresh, TEST_CODE, ended=False)
    assert panel(fresh).marks[-1].text().startswith("!")
    assert fresh.shop.tested is not None and fresh.shop.tested.state is TestState.PASSED


def test_another_code_is_no_test_and_goes_nowhere_else(fresh: Window) -> None:
    fresh.window.open_panel("scanner")
    for text in (trace(3, 1), "4240000000000000000000000099"):
        read(fresh, text)
        assert "不是测试码" in panel(fresh).words.text()
        assert text not in panel(fresh).words.text()
    assert fresh.shop.tested is None
    assert fresh.window.till.lines == ()
    assert fresh.window.till.patient is None


def test_it_may_be_left_out_for_the_day(fresh: Window) -> None:
    fresh.window.open_panel("scanner")
    panel(fresh).skip.click()
    fresh.lanes.run()
    assert fresh.shop.tested is not None and fresh.shop.tested.state is TestState.SKIPPED
    assert fresh.window.panel() is None
    assert not fresh.window.scanner_strip.isVisible()


def test_what_an_input_method_wrote_into_the_field_is_judged_at_enter(fresh: Window) -> None:
    fresh.window.open_panel("scanner")
    shown = panel(fresh)
    shown.field.setText("YaoTai-test0123456789去玩在呀吗")
    shown.field.returnPressed.emit()
    assert "输入法" in shown.words.text()
    assert shown.field.text() == ""


def test_the_input_method_is_kept_out_of_the_search_field_by_choice(fresh: Window) -> None:
    main, enabled = fresh.window, Qt.WidgetAttribute.WA_InputMethodEnabled
    assert main.till_view.field.testAttribute(enabled)
    main.open_panel("scanner")
    panel(fresh).method.click()
    assert not main.till_view.field.testAttribute(enabled)
    assert not panel(fresh).field.testAttribute(enabled)
    main.till.quantity_key("")
    main.till.back()
    assert not main.till_view.field.testAttribute(enabled), "also after a number was asked for"
    panel(fresh).method.click()
    assert main.till_view.field.testAttribute(enabled)


def test_the_picture_is_the_test_code(qtbot: QtBot) -> None:
    cv2 = pytest.importorskip("cv2")
    numpy = pytest.importorskip("numpy")
    image = (
        qr_picture(TEST_CODE, 8)
        .toImage()
        .convertToFormat(qr_picture(TEST_CODE, 8).toImage().Format.Format_Grayscale8)
    )
    pixels = numpy.frombuffer(image.constBits(), numpy.uint8)
    grey = pixels.reshape(image.height(), image.bytesPerLine())[:, : image.width()]
    found, *_ = cv2.QRCodeDetector().detectAndDecode(numpy.ascontiguousarray(grey))
    assert found == TEST_CODE


def test_every_fault_has_its_sentence_in_both_languages() -> None:
    for fault in Fault:
        assert knows(f"scanner.fault_{fault}")
        for lang in LANGUAGES:
            text = say(f"scanner.fault_{fault}", lang, expected="A", found="B")
            assert "{" not in text and len(text) > 12
