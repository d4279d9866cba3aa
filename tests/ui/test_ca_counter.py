"""Certificate keys at the counter (F4): where their PIN is typed, and on which lane they sign."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.prescription import Prescription
from app.domain.sale import Sale
from app.use_cases.rx_counter import CounterRx
from app.use_cases.rx_dispense import Answers
from app.use_cases.rx_views import ReviewInput
from tests.fakes.rx_shop import an_offer
from tests.fakes.shop import CODE_424, FakeShop
from tests.ui.conftest import Window
from ui.operation import Lane
from ui.screens.prescription.panel import PrescriptionPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

KEY_PIN = "practice-8642"


class KeyShop(FakeShop):
    """The small shop, where certificate keys may be plugged in."""

    def __init__(self) -> None:
        super().__init__()
        self.key_pins: list[tuple[str, str]] = []

    def key_pin_asked(self) -> bool:
        return True

    def review(
        self, case_id: str, said: ReviewInput, number: str, pin: str, operator: object,
        token: str = "", key_pin: str = "",
    ) -> str:  # fmt: skip
        self.key_pins.append(("review", key_pin))
        return self.reviewed(said, number)

    def rx_pick(
        self, case_id: str, sale: Sale, number: str, pin: str, key_pin: str = ""
    ) -> CounterRx:
        self.key_pins.append(("pick", key_pin))
        return super().rx_pick(case_id, sale, number, pin)

    def rx_check(
        self, case_id: str, sale: Sale, number: str, pin: str, guidance: str, answers: Answers,
        key_pin: str = "",
    ) -> CounterRx:  # fmt: skip
        self.key_pins.append(("check", key_pin))
        return super().rx_check(case_id, sale, number, pin, guidance, answers)

    def attach_prescription(
        self, sale: Sale, prescription: Prescription, number: str, pin: str, key_pin: str = ""
    ) -> Sale:
        self.key_pins.append(("attach", key_pin))
        return super().attach_prescription(sale, prescription, number, pin)


@pytest.fixture
def shop() -> FakeShop:
    made = KeyShop()
    made.rx_found = (an_offer(1),)
    return made


def rest(window: Window) -> None:
    for _ in range(4):
        window.lanes.run()


def panel(window: Window) -> PrescriptionPanel:
    found = window.window.panel()
    assert isinstance(found, PrescriptionPanel)
    return found


def typed(field: QLineEdit, text: str) -> None:
    """At a person's speed: keys with no time between them are a scanner's."""
    field.setText(text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_each_act_under_f4_asks_the_keys_pin_and_keeps_the_books_free(
    window: Window, shop: KeyShop, qtbot: QtBot
) -> None:
    window.enter()
    rest(window)
    window.window.take_scan(CODE_424)
    rest(window)
    window.window.patient.confirm()
    qtbot.waitUntil(lambda: isinstance(window.window.panel(), PrescriptionPanel))
    rest(window)
    panel(window).offers.take.click()
    rest(window)
    panel(window).filling.commit.click()
    rest(window)
    window.window.open_panel("prescription")
    walk = panel(window).walk
    lanes: list[Lane] = []
    for act in ("review", "pick", "check"):
        if act == "review":
            walk.all.click()
        if act == "check":
            walk.all_five.click()
        walk.number.setText("2001")
        assert walk.key_pin.isVisible()
        assert walk.key_pin.echoMode() is QLineEdit.EchoMode.Password
        typed(walk.pin, "123456")
        assert walk.key_pin.hasFocus() and not shop.key_pins[len(lanes) :]
        typed(walk.key_pin, KEY_PIN)
        assert (walk.pin.text(), walk.key_pin.text()) == ("", "")
        while not shop.key_pins[len(lanes) :]:
            waiting = window.lanes.waiting[0][0]
            window.lanes.run_one()
        lanes.append(waiting)
        rest(window)
    assert shop.key_pins == [("review", KEY_PIN), ("pick", KEY_PIN), ("check", KEY_PIN)]
    assert lanes == [Lane.REVIEW] * 3


def test_a_typed_sheet_asks_it_last_too(window: Window, shop: KeyShop, qtbot: QtBot) -> None:
    window.enter()
    rest(window)
    window.window.open_panel("prescription")
    rest(window)
    page = panel(window).form
    page.first()
    qtbot.waitUntil(page.isVisible)
    assert page.key_pin.isVisible()
    typed(page.pin, "123456")
    assert page.key_pin.hasFocus()
    typed(page.key_pin, KEY_PIN)
    assert (page.pin.text(), page.key_pin.text()) == ("", "")
