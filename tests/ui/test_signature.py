"""The customer signs on a pad while the counter goes on: in the real window, by pointer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.domain.signature import PenTrace
from tests.fakes.shop import CODE_424, FakeShop, trace
from tests.ui.conftest import Window
from tests.ui.test_window import Hand
from ui.screens.payment.view_model import Stage
from ui.signature_window import SignatureWindow

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def hand(window: Window, shop: FakeShop) -> Hand:
    shop.pad = "HDMI-2"
    window.enter()
    return Hand(window)


def _sell_insured(hand: Hand) -> None:
    hand.scan(trace(1, 1))
    hand.scan(CODE_424)
    hand.press(Qt.Key.Key_Return)
    hand.press(Qt.Key.Key_F9)
    hand.press(Qt.Key.Key_F12)
    hand.press(Qt.Key.Key_Return)
    assert hand.window.window.payment.stage is Stage.DONE


def _pad(window: Window) -> SignatureWindow:
    pad = window.window.beside.pad
    assert pad is not None
    assert pad.isVisible()
    return pad


def _write(pad: SignatureWindow, points: int = 20) -> None:
    area = pad.area
    QTest.mousePress(area, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    for n in range(points):
        QTest.mouseMove(area, QPoint(60 + 14 * n, 60 + 9 * (n % 3)))
    QTest.mouseRelease(area, Qt.MouseButton.LeftButton, pos=QPoint(60 + 14 * points, 70))


def test_a_signature_is_kept_with_its_sale(hand: Hand, window: Window, shop: FakeShop) -> None:
    _sell_insured(hand)
    pad = _pad(window)
    assert not pad.done.isEnabled()
    _write(pad)
    assert pad.done.isEnabled()
    pad.done.click()
    window.lanes.run()
    ((number, kept),) = shop.signatures
    assert number == "02-20261122-0001"
    assert kept.is_signature()
    assert not pad.isVisible()
    assert not window.window.money.done.on_paper.isVisible()


def test_writing_again_forgets_what_was_written(hand: Hand, window: Window) -> None:
    _sell_insured(hand)
    pad = _pad(window)
    _write(pad)
    pad.again.click()
    assert pad.area.trace().strokes == ()
    assert not pad.done.isEnabled()


def test_a_tap_is_no_signature(hand: Hand, window: Window, shop: FakeShop) -> None:
    _sell_insured(hand)
    pad = _pad(window)
    QTest.mouseClick(pad.area, Qt.MouseButton.LeftButton, pos=QPoint(90, 90))
    assert not pad.done.isEnabled()
    window.window.signing.signed(PenTrace(600, 200))
    window.lanes.run()
    assert "signatures" not in shop.__dict__


def test_on_paper_by_key(hand: Hand, window: Window, shop: FakeShop) -> None:
    _sell_insured(hand)
    assert window.window.money.done.on_paper.isVisible()
    hand.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert shop.on_paper == ["02-20261122-0001"]
    assert not window.window.money.done.on_paper.isVisible()


def test_who_walked_away_gets_paper_when_the_next_sale_is_done(
    hand: Hand, window: Window, shop: FakeShop
) -> None:
    _sell_insured(hand)
    hand.scan(trace(3, 1))
    assert _pad(window).isVisible(), "the next customer does not hurry the first"
    hand.press(Qt.Key.Key_F12)
    hand.press(Qt.Key.Key_Return)
    assert shop.on_paper == ["02-20261122-0001"]


def test_a_sale_without_insurance_asks_for_nothing(hand: Hand, window: Window) -> None:
    hand.scan(trace(3, 1))
    hand.press(Qt.Key.Key_F12)
    hand.press(Qt.Key.Key_Return)
    assert window.window.payment.stage is Stage.DONE
    assert window.window.beside.pad is None


def test_a_till_without_a_pad_asks_for_nothing(hand: Hand, window: Window, shop: FakeShop) -> None:
    shop.pad = ""
    _sell_insured(hand)
    assert window.window.beside.pad is None
    hand.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert "on_paper" not in shop.__dict__


def test_the_pad_never_takes_the_cashiers_keys(hand: Hand, window: Window) -> None:
    _sell_insured(hand)
    _pad(window)
    hand.scan(trace(3, 1))
    assert len(window.window.till.lines) == 1


def test_a_kept_signature_can_be_seen_by_who_may_see_persons(
    hand: Hand, window: Window, shop: FakeShop
) -> None:
    _sell_insured(hand)
    main = window.window
    main.flow.show_receipt(main.payment.receipt)
    assert not main.receipt_panel.signature.isVisible(), "a cashier sees no signatures"
    main.close_panel()
    pad = _pad(window)
    _write(pad)
    pad.done.click()
    window.lanes.run()
    window.enter("3001")
    main.flow.show_receipt(main.payment.receipt)
    panel = main.receipt_panel
    before = panel.paper.pixmap().toImage()
    panel.signature.click()
    window.lanes.run()
    assert "02-20261122-0001" in panel.words.text()
    assert panel.paper.pixmap().toImage() != before


def test_a_sale_signed_on_paper_says_so(hand: Hand, window: Window) -> None:
    _sell_insured(hand)
    window.enter("3001")
    main = window.window
    main.flow.show_receipt(main.payment.receipt)
    main.receipt_panel.signature.click()
    window.lanes.run()
    assert "纸上" in main.receipt_panel.words.text()
