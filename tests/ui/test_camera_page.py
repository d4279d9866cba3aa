"""A sheet under the document camera: seen, taken, looked at, kept; in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.device_plan import DeviceKind, DevicePlan, Placed
from devices.camera.emulator import Scene
from tests.fakes.shop import FakeShop
from tests.ui.conftest import Window
from ui.screens.camera.page import CameraPage
from ui.screens.prescription.form_page import FormPage
from ui.screens.prescription.panel import PrescriptionPanel

PLAN = DevicePlan({DeviceKind.DOCUMENT_CAMERA: Placed("practice")})


@pytest.fixture
def form(window: Window, shop: FakeShop, qtbot: QtBot) -> FormPage:
    shop.plan = PLAN
    window.enter()
    window.window.open_panel("prescription")
    panel = window.window.panel()
    assert isinstance(panel, PrescriptionPanel)
    panel.turn("form")
    return panel.form


def _at_camera(form: FormPage, qtbot: QtBot, shop: FakeShop) -> CameraPage:
    form.photograph.click()
    shop.lens.watch()
    qtbot.waitUntil(lambda: not form.camera.picture.image.isNull())
    return form.camera


def test_a_sheet_is_photographed_with_enter_twice(
    form: FormPage, shop: FakeShop, qtbot: QtBot
) -> None:
    page = _at_camera(form, qtbot, shop)
    assert page.words.text() == "画面清楚，可以拍"
    assert shop.sensor.is_lit()
    QTest.keyClick(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.keep.isVisible())
    assert "1280×720" in page.words.text()
    QTest.keyClick(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.photograph.isVisible())
    assert not shop.sensor.is_lit(), "its light goes out with the page"
    assert "1280×720" in form.fields["picture"].text()
    model = form._model
    assert model.form.photo.startswith(b"\xff\xd8\xff")


def test_a_file_named_afterwards_counts(form: FormPage, shop: FakeShop, qtbot: QtBot) -> None:
    page = _at_camera(form, qtbot, shop)
    page.take.click()
    qtbot.waitUntil(lambda: page.keep.isVisible())
    page.keep.click()
    form._model.set_field("picture", "")
    assert form._model.form.photo == b""


def test_a_blurred_sheet_is_said_and_a_person_may_insist(
    form: FormPage, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.sensor.scene = Scene.BLURRED
    page = _at_camera(form, qtbot, shop)
    assert "不清" in page.words.text()
    assert not page.anyhow.isVisible()
    page.take.click()
    qtbot.waitUntil(lambda: page.anyhow.isVisible())
    page.anyhow.click()
    qtbot.waitUntil(lambda: page.keep.isVisible())
    assert "不清" in page.words.text()


def test_escape_goes_back_step_by_step_and_keeps_nothing(
    form: FormPage, window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    page = _at_camera(form, qtbot, shop)
    page.take.click()
    qtbot.waitUntil(lambda: page.keep.isVisible())
    window.window.router.back()
    assert page.isVisible()
    assert page.take.isVisible()
    window.window.router.back()
    assert not page.isVisible()
    assert form.isVisible()
    assert not shop.sensor.is_lit()
    assert form._model.form.photo == b""
    window.window.router.back()
    assert window.window.panel() is None


def test_a_camera_that_was_pulled_out_says_so(form: FormPage, shop: FakeShop, qtbot: QtBot) -> None:
    page = _at_camera(form, qtbot, shop)
    shop.sensor.unplug()
    page.take.click()
    qtbot.waitUntil(lambda: "高拍仪" in page.words.text())
    assert page.picture.image.isNull()


def test_closing_the_panel_puts_the_light_out(
    form: FormPage, window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    _at_camera(form, qtbot, shop)
    window.window.close_panel()
    assert not shop.sensor.is_lit()


def test_without_a_camera_only_a_file_can_be_named(window: Window, shop: FakeShop) -> None:
    window.enter()
    window.window.open_panel("prescription")
    panel = window.window.panel()
    assert isinstance(panel, PrescriptionPanel)
    panel.turn("form")
    assert not panel.form.photograph.isVisible()
