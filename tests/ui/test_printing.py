"""Paper beside the sale: told once, asked again by itself, and the drawer with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.money import Money
from app.domain.staff import Role, Staff
from app.errors import DeviceFailed, NotConnected, YaotaiError
from app.use_cases.doors import Operator
from app.use_cases.notes import Note
from app.use_cases.print_slips import DRAWER_REASONS
from app.use_cases.spool import Spool
from app.use_cases.views import ReturnView
from tests.fakes.lanes import HandLanes
from tests.fakes.shop import FakeShop, trace
from tests.ui.conftest import Window
from tests.ui.test_window import Hand
from ui.keys import Action, key_map
from ui.screens.drawer.panel import DrawerPanel
from ui.screens.payment.view_model import Stage
from ui.screens.printing.strip import PrintStrip
from ui.screens.printing.view_model import PrintingViewModel
from ui.screens.returns.panel import ReturnPanel
from ui.screens.session import Session

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
OUT = Spool(waiting=1, trouble="device_printer.paper_out")


@dataclass
class Desk:
    shop: FakeShop
    lanes: HandLanes
    session: Session
    said: list[str]

    def run(self, *spools: Spool) -> None:
        self.shop.spools = list(spools)


@pytest.fixture
def desk(qapp: QApplication) -> Desk:
    shop, lanes, said = FakeShop(spools=[]), HandLanes(), list[str]()
    session = Session(shop, lanes)  # type: ignore[arg-type]
    session.sign_in(Operator(Staff("s1", "1001", "练习·收银", Role.CASHIER)))

    def hear(note: Note) -> None:
        said.append(session.say_note(note))

    session.told.connect(hear)
    return Desk(shop, lanes, session, said)


def test_paper_out_stands_there_with_what_to_do_until_it_is_put_right(desk: Desk) -> None:
    model = PrintingViewModel(desk.session)
    strip = PrintStrip(model)
    desk.run(OUT, OUT, replace(OUT, waiting=2), Spool(printed=2))
    for waiting in (1, 1, 2):
        model.run()
        desk.lanes.run()
        assert model._timer.isActive()
        assert not strip.isHidden()
        told = strip.words.text()
        for words in ("没纸", "请装纸", f"还有 {waiting} 张", "销售不受影响"):
            assert words in told
        assert "{" not in told
        assert strip.again.isHidden()  # nothing is in doubt: it goes on by itself
    model.device_changed()
    desk.lanes.run()
    assert not model._timer.isActive()
    assert strip.isHidden()
    model.device_changed()
    assert not desk.lanes.waiting  # nothing waits: nothing is asked
    assert desk.said == []


def test_paper_in_doubt_names_both_keys_and_a_person_decides(desk: Desk) -> None:
    model = PrintingViewModel(desk.session)
    strip = PrintStrip(model)
    desk.run(Spool(unsure=1, trouble="device_printer.paper_out"), Spool(printed=1))
    model.run()
    desk.lanes.run()
    keys = key_map()
    assert keys.key_of(Action.PRINT_AGAIN) in strip.words.text()
    assert keys.key_of(Action.PRINT_KEPT) in strip.words.text()
    desk.shop.in_doubt = 1
    strip.again.click()
    desk.lanes.run()
    assert desk.shop.calls[-2:] == ["decide_prints:True", "print:False"]
    assert "补打" in desk.said[0]
    assert strip.isHidden()
    desk.shop.in_doubt = 1
    strip.keep.click()
    desk.lanes.run()
    assert desk.shop.calls[-2:] == ["decide_prints:False", "print:False"]


def test_a_drawer_that_stays_shut_is_said_and_the_slip_is_printed(desk: Desk) -> None:
    model = PrintingViewModel(desk.session)
    desk.run(Spool(printed=1, drawer="device_printer.drawer_stuck"))
    model.run(True)
    desk.lanes.run()
    (told,) = desk.said
    assert "钱箱没有打开" in told
    assert "请用钥匙" in told
    assert model.line() == ""


def test_near_the_end_of_the_roll_a_new_one_is_asked_for(desk: Desk) -> None:
    model = PrintingViewModel(desk.session)
    desk.run(Spool(printed=1, near_end=True), Spool(printed=1))
    model.run()
    desk.lanes.run()
    assert "快没纸" in model.line()
    model.run()
    desk.lanes.run()
    assert model.line() == ""


def test_nothing_in_doubt_is_said_too(desk: Desk) -> None:
    PrintingViewModel(desk.session).decide(False)
    desk.lanes.run()
    assert desk.said == ["没有等着打的小票。"]


def test_a_reprint_goes_to_the_spool_and_then_to_paper(desk: Desk) -> None:
    PrintingViewModel(desk.session).reprint("01-1")
    desk.lanes.run()
    assert desk.shop.calls == ["reprint:01-1", "print:False"]


@pytest.mark.parametrize("number", range(4))
def test_each_reason_opens_the_drawer_and_goes_back_to_the_basket(desk: Desk, number: int) -> None:
    panel = DrawerPanel(desk.session)
    closed: list[bool] = []
    panel.closed.connect(lambda: closed.append(True))
    panel.reasons[number].click()
    assert desk.shop.calls == []  # not on the screen's thread
    desk.lanes.run()
    assert desk.shop.calls == [f"drawer:{DRAWER_REASONS[number]}"]
    assert closed == [True]
    assert desk.said == ["钱箱已开。原因已记。"]


@pytest.mark.parametrize(
    "error",
    [
        DeviceFailed(device="device_name.receipt_printer", why="device_printer.cover_open"),
        NotConnected(device="device_name.receipt_printer"),
    ],
)
def test_a_drawer_that_cannot_be_reached_is_said(desk: Desk, error: YaotaiError) -> None:
    desk.shop.drawer_error = error
    DrawerPanel(desk.session).choose("change")
    desk.lanes.run()
    assert len(desk.said) == 1
    assert "小票打印机" in desk.said[0]


def test_a_till_without_a_printer_offers_no_reason(desk: Desk) -> None:
    desk.shop.spools = None
    panel = DrawerPanel(desk.session)
    assert not any(each.isEnabled() for each in panel.reasons)


@pytest.fixture
def hand(window: Window) -> Hand:
    window.shop.spools = []
    window.enter()
    return Hand(window)


def test_a_cash_sale_in_the_window_opens_the_drawer_and_prints(hand: Hand, window: Window) -> None:
    hand.scan(trace(3, 1))
    hand.press(Qt.Key.Key_F12)
    hand.press(Qt.Key.Key_Return)
    assert window.window.payment.stage is Stage.DONE
    assert window.shop.calls[-2:] == ["complete_sale", "print:True"]


def test_f5_asks_why_and_a_number_opens(hand: Hand, window: Window, qtbot: QtBot) -> None:
    hand.press(Qt.Key.Key_F5)
    assert isinstance(window.window.panel(), DrawerPanel)
    hand.type("2")
    # A digit may be the first of a scanned code: it counts once nothing follows it.
    qtbot.waitUntil(lambda: bool(window.lanes.waiting))
    window.lanes.run()
    assert window.shop.calls[-1] == "drawer:count"
    assert window.window.panel() is None
    hand.press(Qt.Key.Key_F5)
    hand.press(Qt.Key.Key_Escape)
    assert window.window.panel() is None
    assert window.shop.calls[-1] == "drawer:count"


def test_ctrl_p_prints_again_what_is_in_doubt(hand: Hand, window: Window) -> None:
    window.shop.in_doubt = 1
    hand.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert window.shop.calls[-2:] == ["decide_prints:True", "print:False"]
    keep = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    hand.press(Qt.Key.Key_P, keep)
    assert window.shop.calls[-2:] == ["decide_prints:False", "print:False"]


def test_a_return_that_is_done_prints_its_papers_and_once_more_on_request(
    window: Window, qtbot: QtBot
) -> None:
    stopped = ReturnView("r1", "sale-9", "paying_back", (), net_cash=Money(500),
                         receipt_no="02-20261122-0009")  # fmt: skip
    window.shop.stopped.append(stopped)
    window.shop.spools = []
    window.enter("3001")
    window.window.open_panel("return")
    window.lanes.run()
    panel = window.window.panel()
    assert isinstance(panel, ReturnPanel)
    window.window.returns.take_up(0)
    assert not panel.again.isVisible()
    window.window.returns.finished.emit()  # what the model says when the last leg is done
    window.lanes.run()
    assert window.shop.calls[-1] == "print:True"  # cash goes back: the drawer opens
    window.window.returns.view = replace(stopped, state="done")
    window.window.returns.changed.emit()
    assert panel.again.isVisible()
    panel.again.click()
    window.lanes.run()
    assert window.shop.calls[-2:] == ["reprint:02-20261122-0009", "print:False"]
