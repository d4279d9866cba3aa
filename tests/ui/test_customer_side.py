"""What the customer sees: basket, parts, sum, change; of themselves a masked name and no more."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.domain.device_plan import DeviceKind, DevicePlan, DeviceState, Lamp, Placed
from app.domain.display import DARK, Figure, Meaning
from tests.fakes.shop import CODE_424, trace
from tests.ui.conftest import Window
from tests.ui.test_window import Hand
from ui.customer_side import CustomerSide
from ui.customer_window import CustomerWindow
from ui.screens.customer.page import Shows
from ui.screens.customer.view import LINES
from ui.second_screen import other_screen

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hand(window: Window) -> Hand:
    window.enter()
    return Hand(window)


@pytest.fixture
def side(window: Window, hand: Hand) -> CustomerSide:
    made = window.window.beside.customer()
    # Moved on by hand here: a busy machine takes longer than a price is shown.
    for timer in (made.model._then, made.model._end):
        timer.setInterval(3_600_000)
    made.toggle()
    return made


def pane(side: CustomerSide) -> CustomerWindow:
    assert side.window is not None
    return side.window


def settle(side: CustomerSide, qtbot: QtBot) -> None:
    """The page is worked out a moment after the counter has painted."""
    qtbot.waitUntil(lambda: not side.model._soon.isActive())


def shown(side: CustomerSide) -> str:
    return side.model.page.shows.value


def seen(window: CustomerWindow) -> list[str]:
    labels = window.findChildren(QLabel)
    return [each.text() for each in labels if each.isVisible() and each.text()]


def test_nobody_there_is_greeted(side: CustomerSide, qtbot: QtBot) -> None:
    settle(side, qtbot)
    assert shown(side) == "greeting"
    assert "您好，欢迎光临" in seen(pane(side))
    assert side.model.figure == DARK


def test_a_cash_sale_from_scan_to_change(
    side: CustomerSide, hand: Hand, window: Window, qtbot: QtBot
) -> None:
    hand.scan(trace(3, 1))
    settle(side, qtbot)
    line = window.window.till.lines[0]
    words = seen(pane(side))
    assert f"{line.item.name} {line.item.spec}" in words
    assert words[-2:] == ["合计", str(line.amount)]
    assert side.model.figure == Figure(Meaning.PRICE, line.price.plain())
    side.model._settle_figure()
    assert side.model.figure == Figure(Meaning.TOTAL, str(line.amount))
    hand.press(Qt.Key.Key_F12)
    settle(side, qtbot)
    assert "您应付" in seen(pane(side))
    hand.type("50")
    hand.press(Qt.Key.Key_Return)
    settle(side, qtbot)
    change = window.window.payment.receipt.change  # type: ignore[union-attr]
    assert [side.model.page.shows, side.model.page.change] == [Shows.DONE, change]
    assert {"找您", str(change), "50.00"} <= set(seen(pane(side)))
    assert side.model.figure == Figure(Meaning.RECEIVED, "50.00")
    side.model._settle_figure()
    assert side.model.figure == Figure(Meaning.CHANGE, str(change))
    side.model._forget()
    assert shown(side) == "greeting"
    assert side.model.figure == DARK
    assert window.shop.figures[-1] == DARK
    hand.scan(trace(3, 2))
    settle(side, qtbot)
    assert shown(side) == "basket"


def test_a_name_is_masked_from_the_first_moment_and_nothing_else_is_told(
    side: CustomerSide, hand: Hand, window: Window, qtbot: QtBot
) -> None:
    hand.scan(trace(1, 1))
    hand.scan(CODE_424)
    settle(side, qtbot)
    assert window.window.patient_card.name.text() == "练习张小兰"  # the cashier's side, before OK
    told = seen(pane(side))
    assert "练***兰，您好" in told
    patient = window.window.till.patient
    assert patient is not None and patient.row is not None
    secrets = [patient.person.name, patient.credential.number, str(patient.row.balance)]
    assert not [secret for secret in secrets for text in told if secret in text]


def test_after_the_quote_who_pays_what(
    side: CustomerSide, hand: Hand, window: Window, qtbot: QtBot
) -> None:
    hand.scan(trace(1, 1))
    hand.scan(CODE_424)
    hand.press(Qt.Key.Key_Return)
    settle(side, qtbot)
    assert "统筹基金支付" not in seen(pane(side))  # our estimate is nothing that is promised
    hand.press(Qt.Key.Key_F9)
    settle(side, qtbot)
    view = window.window.payment.view
    assert view is not None
    told = seen(pane(side))
    for name, amount in (("统筹基金支付", view.fund), ("个人账户支付", view.account),
                         ("您应付", view.cash_due)):  # fmt: skip
        assert told[told.index(name) + 1] == str(amount)
    assert "家庭共济支付" not in told
    assert side.model.figure == Figure(Meaning.TOTAL, str(view.cash_due))


def test_of_a_long_basket_the_newest_lines_and_how_many_more(
    side: CustomerSide, qtbot: QtBot
) -> None:
    from dataclasses import replace

    from app.domain.money import Money
    from ui.screens.customer.page import CustomerLine, CustomerPage

    lines = tuple(
        CustomerLine(no, f"练习药{no}", "1g", "1 盒", Money(100)) for no in range(LINES + 3)
    )
    page = CustomerPage(Shows.BASKET, lines=lines, due=Money(900))
    pane(side).view.show_page(page)
    told = seen(pane(side))
    assert "前面还有 3 种" in told
    assert "练习药8 1g" in told
    assert "练习药2 1g" not in told
    pane(side).view.show_page(replace(page, lines=lines[:1]))
    assert "练习药8 1g" not in seen(pane(side))


def test_a_locked_till_shows_no_basket(
    side: CustomerSide, hand: Hand, window: Window, qtbot: QtBot
) -> None:
    hand.scan(trace(3, 1))
    window.window.session.lock()
    settle(side, qtbot)
    assert shown(side) == "greeting"
    assert side.model.figure == DARK


def test_one_key_opens_and_closes_it_and_the_counter_keeps_the_keys(
    hand: Hand, window: Window, qtbot: QtBot
) -> None:
    hand.press(Qt.Key.Key_K, CTRL, "k")
    side = window.window.beside.customer()
    assert pane(side).isVisible()
    assert other_screen(window.window, "auto") is None  # offscreen has one
    hand.scan(trace(3, 1))
    assert len(window.window.till.lines) == 1
    hand.press(Qt.Key.Key_K, CTRL, "k")
    assert not pane(side).isVisible()


def test_the_plan_opens_it_and_a_display_that_comes_back_shows_the_figure(
    hand: Hand, window: Window, qtbot: QtBot
) -> None:
    def hear(kind: DeviceKind, address: str, lamp: Lamp) -> None:
        window.window.devices._take(DeviceState(kind, Placed(address), lamp))

    shop = window.shop
    shop.plan = DevicePlan({DeviceKind.DISPLAY: Placed("practice")})
    hear(DeviceKind.DISPLAY, "practice", Lamp.UNKNOWN)
    side = window.window.beside.customer()
    assert shop.figures == [DARK]
    hand.scan(trace(3, 1))
    settle(side, qtbot)
    price = shop.figures[-1]
    hear(DeviceKind.DISPLAY, "practice", Lamp.GONE)
    hear(DeviceKind.DISPLAY, "practice", Lamp.UNKNOWN)
    assert shop.figures[-2:] == [price, price]
    assert side.window is None
    hear(DeviceKind.CUSTOMER_WINDOW, "screen:auto", Lamp.THERE)
    assert pane(side).isVisible()
    hear(DeviceKind.CUSTOMER_WINDOW, "none", Lamp.WAITING)
    assert not pane(side).isVisible()


@pytest.mark.parametrize("theme", ["light", "dark", "high_contrast"])
def test_everything_fits_on_small_and_large_screens(
    side: CustomerSide, hand: Hand, window: Window, qtbot: QtBot, theme: str
) -> None:
    window.window.looks.choose_look(theme, 150)
    hand.scan(trace(1, 1))
    hand.scan(CODE_424)
    hand.press(Qt.Key.Key_Return)
    hand.press(Qt.Key.Key_F9)
    settle(side, qtbot)
    for width, height in ((800, 480), (1024, 600), (1366, 768), (1920, 1080)):
        pane(side).resize(width, height)
        QApplication.processEvents()
        assert (pane(side).width(), pane(side).height()) == (width, height)
        for each in pane(side).findChildren(QLabel):
            if (
                each.isVisible()
                and each.text()
                and each not in [r[0] for r in pane(side).view.rows]
            ):
                assert each.sizeHint().width() <= each.width(), each.text()
                assert each.sizeHint().height() <= each.height(), each.text()
