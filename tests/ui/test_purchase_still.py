"""购药图像 in the real window: taken by itself, taken again by one key, and never in the way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.purchase_still import StillGap
from app.use_cases.purchase_still import StillNeed
from devices.camera.emulator import Scene
from tests.fakes.shop import CODE_424, FakeShop, trace
from tests.ui.conftest import Window
from ui.keys import Action
from ui.screens.payment.view_model import Stage
from ui.screens.still.strip import StillStrip
from ui.screens.still.view_model import StillStage, StillViewModel

WANTED = StillNeed(True, "consent-1")


@pytest.fixture
def quoted(window: Window, shop: FakeShop) -> Window:
    """A special-disease basket whose figures the patient sees."""
    shop.need = WANTED
    window.enter()
    main = window.window
    for code in (trace(1, 1), CODE_424):
        main.take_scan(code)
        window.lanes.run()
    main.router.perform(Action.QUOTE)
    window.lanes.run()
    main.close_panel()
    assert main.payment.stage is Stage.QUOTED
    return window


def _settle(window: Window, qtbot: QtBot, until: StillStage = StillStage.TAKEN) -> StillViewModel:
    main = window.window
    main.router.perform(Action.SETTLE)
    window.lanes.run()
    still = main.still
    qtbot.waitUntil(lambda: still.stage is until)
    assert main.payment.stage is Stage.TENDER
    return still


def _strip(window: Window) -> StillStrip:
    (strip,) = window.window.findChildren(StillStrip)
    return strip


def _pay(window: Window) -> None:
    main = window.window
    main.payment.complete(main.money.tender.cash.text())
    window.lanes.run()


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.rule("S-18")
def test_the_picture_is_taken_by_itself_and_goes_with_the_completion(
    quoted: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    main = quoted.window
    assert not main.is_made("still"), "no start and no quote loads it"
    still = _settle(quoted, qtbot)
    strip = _strip(quoted)
    assert strip.isVisible() and not strip.thumb.pixmap().isNull()
    assert "已拍好" in strip.words.text()
    assert not shop.sensor.is_lit(), "the camera is given back"
    assert QApplication.focusWidget() is main.money.tender.cash, "no key more than without it"
    _pay(quoted)
    assert main.payment.stage is Stage.DONE
    (draft,) = shop.stills_given
    assert draft is not None and draft.jpeg[:2] == b"\xff\xd8" and draft.gap is None
    assert still.still is None and still.stage is StillStage.NONE, "forgotten with its sale"
    assert not strip.isVisible()


def test_one_key_takes_it_again(quoted: Window, shop: FakeShop, qtbot: QtBot) -> None:
    still = _settle(quoted, qtbot)
    first = still.still
    quoted.window.router.perform(Action.STILL_AGAIN)
    quoted.lanes.run()
    qtbot.waitUntil(lambda: still.stage is StillStage.TAKEN and still.still is not first)
    assert quoted.window.payment.stage is Stage.TENDER
    assert "Ctrl+I" in _strip(quoted).again.text()


@pytest.mark.rule("HY-1.1.4b")
def test_without_consent_no_camera_looks_and_the_sale_goes_on(
    quoted: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.need = StillNeed(True, "")
    still = _settle(quoted, qtbot, StillStage.NO_CONSENT)
    assert "Ctrl+F3" in _strip(quoted).words.text()
    assert not _strip(quoted).thumb.isVisible()
    shop.need = WANTED  # signed meanwhile
    still.again()
    quoted.lanes.run()
    qtbot.waitUntil(lambda: still.stage is StillStage.TAKEN)
    shop.need = StillNeed(True, "")
    still.again()
    quoted.lanes.run()
    assert still.still is None, "withdrawn: what was taken is thrown away"
    _pay(quoted)
    assert shop.stills_given == (None,)


def test_by_proxy_nothing_more_is_taken(quoted: Window, shop: FakeShop, qtbot: QtBot) -> None:
    shop.need = StillNeed(True, "consent-1", True)
    _settle(quoted, qtbot, StillStage.BY_PROXY)
    assert not _strip(quoted).again.isVisible()
    _pay(quoted)
    assert shop.stills_given == (None,)


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.parametrize(
    ("break_it", "gap"),
    [
        (lambda shop: setattr(shop, "camera", False), StillGap.NO_CAMERA),
        (lambda shop: shop.lens and shop.sensor.unplug(), StillGap.CAMERA_GONE),
        (lambda shop: setattr(shop.sensor, "scene", Scene.STOPPED), StillGap.CAMERA_GONE),
        (lambda shop: setattr(shop.sensor, "scene", Scene.DARK), StillGap.POOR),
    ],
    ids=["none", "gone", "stopped", "dark"],
)
def test_a_camera_that_fails_holds_no_money_up(
    quoted: Window, shop: FakeShop, qtbot: QtBot, break_it: object, gap: StillGap
) -> None:
    break_it(shop)  # type: ignore[operator]
    still = _settle(quoted, qtbot, StillStage.TROUBLE)
    assert still.gap is gap
    strip = _strip(quoted)
    assert strip.property("finding") == "warn" and "店长" in strip.words.text()
    _pay(quoted)
    assert quoted.window.payment.stage is Stage.DONE
    (draft,) = shop.stills_given
    assert draft is not None and (draft.jpeg, draft.gap) == (b"", gap)


def test_who_looked_and_insists_gets_the_poor_picture_with_its_fault(
    quoted: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.sensor.scene = Scene.DARK
    still = _settle(quoted, qtbot, StillStage.TROUBLE)
    assert "光线太暗" in _strip(quoted).words.text()
    quoted.window.router.perform(Action.STILL_AGAIN)
    quoted.lanes.run()
    qtbot.waitUntil(lambda: still.stage is StillStage.TAKEN)
    assert "光线太暗" in _strip(quoted).words.text()
    shop.sensor.unplug()
    kept = still.still
    still.again()
    quoted.lanes.run()
    qtbot.waitUntil(lambda: still.stage is StillStage.TAKEN)
    assert still.still is kept, "one that is there is not lost over one that failed"
    _pay(quoted)
    (draft,) = shop.stills_given
    assert draft is not None and (draft.fault, draft.gap) == ("dark", None)


def test_a_slow_camera_is_waited_for_shortly_and_then_left(
    quoted: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.slow = True
    still = _settle(quoted, qtbot, StillStage.TAKING)
    _pay(quoted)
    assert quoted.window.payment.stage is Stage.COMPLETING and not shop.stills_given
    still._wait.timeout.emit()  # its three seconds are over
    quoted.lanes.run()
    (draft,) = shop.stills_given
    assert draft is not None and draft.gap is StillGap.SLOW
    shop.answer_camera()
    QApplication.processEvents()
    assert still.still is None, "what comes then is nobody's"


def test_a_picture_that_comes_while_the_money_is_taken_still_counts(
    quoted: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.slow = True
    _settle(quoted, qtbot, StillStage.TAKING)
    _pay(quoted)
    shop.answer_camera()
    qtbot.waitUntil(lambda: bool(quoted.lanes.waiting))
    quoted.lanes.run()
    assert quoted.window.payment.stage is Stage.DONE
    (draft,) = shop.stills_given
    assert draft is not None and draft.jpeg


def test_a_quote_that_is_given_up_leaves_no_picture(
    quoted: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    still = _settle(quoted, qtbot)
    quoted.window.payment.cannot_pay()
    quoted.lanes.run()
    assert quoted.window.payment.stage is Stage.SELLING
    assert still.still is None and not _strip(quoted).isVisible()


def test_an_ordinary_sale_never_wakes_the_camera(
    quoted: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.need = StillNeed()
    main = quoted.window
    main.router.perform(Action.SETTLE)
    quoted.lanes.run()
    assert main.payment.stage is Stage.TENDER and not main.is_made("still")
    _pay(quoted)
    assert shop.stills_given == (None,)


def test_enter_in_the_cash_field_never_takes_a_picture(
    quoted: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    _settle(quoted, qtbot)
    assert _strip(quoted).again.focusPolicy() is Qt.FocusPolicy.NoFocus


def test_a_sale_that_is_taken_up_again_is_pictured_at_its_payment(
    quoted: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    main = quoted.window
    still = _settle(quoted, qtbot)
    sale, view = main.till.sale, main.payment.view
    assert sale is not None and view is not None
    main.payment.next_customer()
    assert still.still is None, "nothing of it outlives the customer who left"
    main.payment.resume(sale, view)
    quoted.lanes.run()
    qtbot.waitUntil(lambda: still.stage is StillStage.TAKEN)
    _pay(quoted)
    (draft,) = shop.stills_given
    assert draft is not None and draft.jpeg


def test_a_part_that_is_paid_without_insurance_after_all_keeps_no_picture(
    quoted: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    main = quoted.window
    still = _settle(quoted, qtbot)
    shop.need = StillNeed()  # refused by the insurer, and now the customer's own
    main.flow.on_stage(Stage.TENDER)
    assert still.still is None and not _strip(quoted).isVisible()
