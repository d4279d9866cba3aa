"""Ctrl+D: devices are found, tried and kept by who may; leaving the page keeps nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.device_plan import DeviceKind, DevicePlan, FoundPlace, Placed
from app.errors import NotConnected
from app.use_cases.views import Note
from tests.fakes.shop import trace
from tests.ui.conftest import Window
from ui.operation import Lane
from ui.screens.devices.panel import DevicesPanel
from ui.screens.devices.setup_model import SetUpViewModel
from ui.words import say

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

READER, PRINTER = DeviceKind.CARD_READER, DeviceKind.RECEIPT_PRINTER
PORT = FoundPlace("serial:COM3", "USB-SERIAL CH340 (COM3)", "1A86:7523")
PRACTICE = Placed("practice")

Open = Callable[[str], DevicesPanel]


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> Open:
    """The page opened by its key; ``number``: who."""
    window.shop.plan = DevicePlan({READER: PRACTICE, PRINTER: PRACTICE})
    window.shop.places = (PORT,)

    def opened(number: str) -> DevicesPanel:
        window.enter(number)
        window.window.devices.start()
        QApplication.processEvents()
        qtbot.keyClick(window.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
        window.lanes.run()
        panel = window.window.panel()
        assert isinstance(panel, DevicesPanel)
        return panel

    return opened


def type_address(panel: DevicesPanel, text: str) -> None:
    """As a hand types it: keys as quick as a test's would be taken for a scanner."""
    panel.address.setFocus()
    panel.address.setText(text)
    panel.address.textEdited.emit(text)


def model(panel: DevicesPanel) -> SetUpViewModel:
    return panel._model


def words(panel: DevicesPanel) -> list[str]:
    QApplication.processEvents()  # what was just put into a layout comes into sight with it
    return [each.text() for each in panel.findChildren(QLabel) if each.isVisibleTo(panel)]


def places(panel: DevicesPanel) -> list[str]:
    return [panel.places.item(row).text() for row in range(panel.places.count())]


def test_every_device_stands_there_with_its_lamp_and_its_place(page: Open) -> None:
    panel = page("3001")
    rows = [panel.kinds.item(row).text() for row in range(panel.kinds.count())]
    assert rows == ["… 身份证阅读器\n    练习设备", "… 小票打印机\n    练习设备"]
    assert places(panel) == [
        say("device_setup.none"),
        say("device_setup.practice"),
        "serial:COM3 · USB-SERIAL CH340 (COM3) · 1A86:7523",
    ]
    assert panel.places.currentRow() == 1
    assert panel.keep_button.isEnabled() is False, "nothing has been changed yet"


def test_a_port_is_picked_tried_and_kept(page: Open, window: Window, qtbot: QtBot) -> None:
    panel = page("3001")
    window.shop.tried = (Note("device_try.card_reader", {"number": "05.01"}, "good"),)
    panel.places.setCurrentRow(2)
    qtbot.keyClick(panel.places, Qt.Key.Key_Return)
    assert panel.address.text() == "serial:COM3"
    panel.try_button.click()
    assert say("device_setup.trying") in words(panel)
    assert not panel.try_button.isEnabled()
    assert [lane for lane, *_ in window.lanes.waiting] == [Lane.DEVICES]
    window.lanes.run()
    assert say("device_try.card_reader", number="05.01") in words(panel)
    assert window.shop.plan.of(READER) == PRACTICE, "a try keeps nothing"
    panel.keep_button.click()
    window.lanes.run()
    assert window.shop.plan.of(READER) == Placed("serial:COM3")
    assert say("device_setup.kept", device="身份证阅读器") in words(panel)
    assert not panel.keep_button.isEnabled()


def test_any_path_may_be_typed_and_a_wrong_one_is_refused_in_words(
    page: Open, window: Window
) -> None:
    panel = page("9001")
    type_address(panel, "/dev/pts/7")
    assert model(panel).draft == Placed("serial:/dev/pts/7")
    type_address(panel, "lp0")
    panel.keep_button.click()
    assert not window.lanes.waiting, "nothing was even asked"
    assert say("device_plan.bad_address") in words(panel)
    assert window.shop.plan.of(READER) == PRACTICE


def test_a_try_that_fails_says_why(page: Open, window: Window) -> None:
    panel = page("3001")
    window.shop.tried = NotConnected(device="device_name.idcard")
    panel.try_button.click()
    window.lanes.run()
    assert say("error.device_not_connected", device="device_name.idcard") in words(panel)


def test_leaving_keeps_nothing(page: Open, window: Window, qtbot: QtBot) -> None:
    panel = page("3001")
    type_address(panel, "COM9")
    qtbot.keyClick(panel.address, Qt.Key.Key_Escape)
    assert window.window.panel() is None
    assert window.shop.plan.of(READER) == PRACTICE
    qtbot.keyClick(window.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    window.lanes.run()
    assert model(panel).draft == PRACTICE
    assert panel.address.text() == ""


def test_options_are_chosen_of_what_there_is(page: Open, window: Window) -> None:
    panel = page("3001")
    panel.kinds.setCurrentRow(1)
    window.lanes.run()
    assert model(panel).kind is PRINTER
    narrow = next(b for b in panel.findChildren(QPushButton) if b.text() == "58 毫米")
    narrow.click()
    assert panel.keep_button.isEnabled()
    panel.keep_button.click()
    window.lanes.run()
    assert window.shop.plan.of(PRINTER).option(PRINTER, "paper") == "58"


def test_a_device_is_taken_away(page: Open, window: Window, qtbot: QtBot) -> None:
    panel = page("3001")
    panel.places.setCurrentRow(0)
    qtbot.keyClick(panel.places, Qt.Key.Key_Return)
    assert not panel.try_button.isEnabled(), "there is nothing to try"
    panel.keep_button.click()
    window.lanes.run()
    assert not window.shop.plan.of(READER).is_there
    qtbot.wait(1)
    assert panel.kinds.item(0).text().startswith("– ")


def test_others_look_only(page: Open, window: Window, qtbot: QtBot) -> None:
    panel = page("1001")
    assert say("device_setup.not_you") in words(panel)
    panel.places.setCurrentRow(2)
    qtbot.keyClick(panel.places, Qt.Key.Key_Return)
    assert model(panel).draft == PRACTICE
    assert panel.address.isReadOnly()
    for each in (panel.try_button, panel.keep_button):
        assert not each.isEnabled()
    model(panel).keep()
    model(panel).try_out()
    assert not window.lanes.waiting


def test_no_code_slips_into_the_basket_behind(page: Open, window: Window) -> None:
    panel = page("3001")
    window.window.take_scan(trace(3, 1))
    window.lanes.run()
    assert window.window.panel() is panel
    assert not window.window.till.lines


@pytest.mark.parametrize("look", [("light", 100), ("dark", 150), ("high_contrast", 150)])
def test_nothing_of_the_page_is_cut(
    page: Open, window: Window, qtbot: QtBot, look: tuple[str, int]
) -> None:
    panel = page("3001")
    window.window.looks.choose_look(*look)
    window.window.resize(1366, 768)
    panel.kinds.setCurrentRow(1)
    window.lanes.run()
    qtbot.wait(1)
    for each in (panel.try_button, panel.keep_button):
        assert each.isVisible()
        assert each.width() >= each.sizeHint().width()
        assert panel.rect().contains(each.mapTo(panel, each.rect().bottomRight()))
    assert panel.places.height() >= panel.places.sizeHintForRow(0) * 3
