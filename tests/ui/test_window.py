from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.use_cases.views import ReturnView
from tests.fakes.key_times import KeyTimes
from tests.fakes.shop import CODE_424, trace
from tests.ui.conftest import Window
from ui.keys import MAPS, Action
from ui.main_window import MainWindow
from ui.scan_filter import HOLD_MS
from ui.screens.payment.view_model import Stage
from ui.screens.returns.panel import ReturnPanel
from ui.shelf import MAKERS
from ui.theme import THEMES, scales

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
"""The offscreen platform says this of every window that has a minimum size."""

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier


class Hand:
    """Presses keys as a cashier does, each at a time of its own."""

    def __init__(self, window: Window) -> None:
        self.window, self.times = window, KeyTimes()

    def target(self) -> QObject:
        return QApplication.focusWidget() or self.window.window

    def press(
        self, key: Key, modifiers: Qt.KeyboardModifier = NONE, text: str = "", gap: int = 120,
        repeat: bool = False,
    ) -> None:  # fmt: skip
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text, repeat)
        event.setTimestamp(self.times.next(gap))
        QApplication.sendEvent(self.target(), event)
        self.window.lanes.run()

    def type(self, text: str, gap: int = 120) -> None:
        for char in text:
            self.press(Key(ord(char.upper())), NONE, char, gap)

    def scan(self, code: str) -> None:
        self.times.pause(2_000)
        self.type(code, 8)
        self.press(Key.Key_Return, NONE, "\r", 8)


@pytest.fixture
def hand(window: Window) -> Hand:
    window.enter()
    return Hand(window)


def test_a_whole_sale_by_keyboard(hand: Hand, window: Window) -> None:
    main = window.window
    hand.scan(trace(3, 1))
    hand.scan(trace(1, 1))
    hand.type("3")
    hand.press(Key.Key_Asterisk, NONE, "*")
    assert [line.quantity.plain() for line in main.till.lines] == ["1", "3"]
    hand.press(Key.Key_Up)
    hand.press(Key.Key_Delete)
    assert [line.item.medicine_id for line in main.till.lines] == ["m1"]
    hand.press(Key.Key_F12)
    assert main.payment.stage is Stage.TENDER
    hand.type("50")
    assert main.money.tender.change.amount.text() == "¥ 11.60"
    hand.press(Key.Key_Return)
    assert main.payment.stage is Stage.DONE
    assert main.money.done.change.text() == "¥ 11.60"
    assert "02-20261122-0001" in main.till_view.last.text()


def test_an_insured_sale_by_keyboard(hand: Hand, window: Window) -> None:
    main = window.window
    hand.scan(trace(1, 1))
    hand.scan(CODE_424)
    assert main.patient_card.name.text() == "练习张小兰"
    hand.press(Key.Key_Return)
    assert main.panel() is None
    assert main.patient_card.name.text() == "练***兰"
    hand.press(Key.Key_F9)
    assert main.payment.stage is Stage.QUOTED
    hand.press(Key.Key_F12)
    assert main.payment.stage is Stage.TENDER
    hand.press(Key.Key_Return)
    assert main.payment.stage is Stage.DONE


def test_search_by_initials_arrows_and_enter(hand: Hand, window: Window) -> None:
    main = window.window
    hand.type("lx")
    assert main.till_view.hits.isVisible()
    assert main.till_view.hits.choice() == 0
    hand.press(Key.Key_Down)
    hand.press(Key.Key_Down)
    hand.press(Key.Key_Return)
    assert [line.item.medicine_id for line in main.till.lines] == ["m3"]
    assert not main.till_view.hits.isVisible()
    assert main.till_view.field.text() == ""


def test_the_list_opens_upward_over_the_basket(hand: Hand, window: Window) -> None:
    view = window.window.till_view
    hand.type("lx")
    assert view.hits.geometry().bottom() <= view.field.geometry().top()


def test_signs_of_a_spec_are_typed_not_obeyed(hand: Hand, window: Window) -> None:
    main = window.window
    hand.scan(trace(1, 1))
    hand.type("am")
    hand.press(Key.Key_Asterisk, NONE, "*")
    hand.press(Key.Key_Slash, NONE, "/")
    assert main.till_view.field.text() == "am*/"
    hand.press(Key.Key_Delete)
    assert len(main.till.lines) == 1


def test_a_code_scanned_into_the_cash_field_leaves_the_amount(hand: Hand, window: Window) -> None:
    main = window.window
    hand.scan(trace(3, 1))
    hand.press(Key.Key_F12)
    hand.type("20")
    hand.scan("PAY2026112200001")
    assert main.payment.draft is not None
    assert [part.reference for part in main.payment.draft.scan_pay] == ["PAY2026112200001"]
    assert main.payment.stage is Stage.TENDER


def test_a_scan_with_the_focus_elsewhere_reaches_the_basket_once(
    hand: Hand, window: Window
) -> None:
    main = window.window
    hand.scan(trace(3, 1))
    main.till_view.table.setFocus()
    hand.scan(trace(1, 1))
    assert [line.item.medicine_id for line in main.till.lines] == ["m3", "m1"]


def test_commit_keys_held_down_act_once(hand: Hand, window: Window) -> None:
    hand.scan(trace(1, 1))
    hand.scan(CODE_424)
    hand.press(Key.Key_Return)
    hand.press(Key.Key_F9)
    for _ in range(8):
        hand.press(Key.Key_F12, repeat=True)
    assert "settle_next" not in window.shop.calls
    hand.press(Key.Key_F12)
    for _ in range(8):
        hand.press(Key.Key_F12, repeat=True, gap=30)
        hand.press(Key.Key_Return, repeat=True, gap=30)
    assert window.shop.calls.count("settle_next") == 1
    assert "complete_sale" not in window.shop.calls


def test_an_enter_that_waited_in_a_freeze_takes_no_money(hand: Hand, window: Window) -> None:
    main = window.window
    hand.scan(trace(3, 1))
    hand.press(Key.Key_F12)
    main.flow.stage_since = main.scans.pressed_at + 5_000
    hand.press(Key.Key_Return)
    assert main.payment.stage is Stage.TENDER
    assert "complete_sale" not in window.shop.calls


def test_escape_goes_back_one_step_at_a_time_and_loses_nothing(hand: Hand, window: Window) -> None:
    main = window.window
    hand.scan(trace(1, 1))
    hand.press(Key.Key_F1)
    assert main.panel() is not None
    hand.press(Key.Key_Escape)
    assert main.panel() is None
    hand.press(Key.Key_F12)
    hand.press(Key.Key_Escape)
    assert main.payment.stage is Stage.SELLING
    hand.type("lx")
    for _ in range(6):
        hand.press(Key.Key_Escape)
    assert len(main.till.lines) == 1
    assert main.till_view.field.text() == ""


def test_holding_and_taking_by_keyboard_counts_on_the_strip(hand: Hand, window: Window) -> None:
    main = window.window
    hand.scan(trace(1, 1))
    hand.press(Key.Key_F6)
    assert main.till.lines == ()
    assert any(text == "Shift+F6 取单(1)" for text in main.strip.texts())
    hand.press(Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert len(main.till.lines) == 1


def test_locking_hides_the_counter_and_no_key_or_scan_acts(hand: Hand, window: Window) -> None:
    main = window.window
    hand.scan(trace(1, 1))
    hand.press(Key.Key_F11)
    assert main.sign_in_view.isVisible()
    hand.press(Key.Key_F12)
    main.take_scan(trace(1, 2))
    assert main.payment.stage is Stage.SELLING
    assert main.till.lines[0].quantity.packs() == 1
    main.sign_in_view.number.setFocus()
    hand.type("3001")
    hand.press(Key.Key_Return)
    hand.type("123456")
    hand.press(Key.Key_Return)
    assert main.till_view.isVisible()
    assert len(main.till.lines) == 1


def test_a_role_sees_no_key_that_it_may_not_press(window: Window) -> None:
    window.enter("1001")
    assert not any("单价" in text for text in window.window.strip.texts())
    window.enter("3001")
    assert any("单价" in text for text in window.window.strip.texts())


@pytest.mark.parametrize("name", MAPS)
def test_strip_and_sheet_are_made_from_the_live_map(window: Window, name: str) -> None:
    window.enter("3001")
    main = window.window
    main.looks.choose_map(name)
    settle = main.looks.keys.key_of(Action.SETTLE)
    assert any(text.startswith(f"{settle} 结算") for text in main.strip.texts())
    assert set(main.looks.keys.keys) <= set(main.help.sheet())


def test_an_unknown_outcome_says_what_not_to_do_and_frees_the_counter(
    hand: Hand, window: Window
) -> None:
    main = window.window
    window.shop.outcomes = ["unknown"]
    hand.scan(trace(1, 1))
    hand.scan(CODE_424)
    hand.press(Key.Key_Return)
    hand.press(Key.Key_F9)
    hand.press(Key.Key_F12)
    assert main.open_strip.texts() == [
        "结算结果待确认，正在向医保核实（第 1 次）。请勿收款、勿发药、勿重新结算；可先接待下一位。"
    ]
    assert main.till.lines == ()
    window.shop.decided = "settled"
    main.open_items.ask()
    window.lanes.run()
    hand.press(Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    hand.press(Key.Key_Return)
    assert main.payment.stage is Stage.TENDER


def test_a_refused_part_is_chosen_by_number(hand: Hand, window: Window, qtbot: QtBot) -> None:
    main = window.window
    window.shop.parts, window.shop.outcomes = 2, ["settled", "declined"]
    hand.scan(trace(1, 1))
    hand.scan(trace(3, 1))
    hand.scan(CODE_424)
    hand.press(Key.Key_Return)
    hand.press(Key.Key_F9)
    hand.press(Key.Key_F12)
    assert main.payment.stage is Stage.REFUSED
    hand.press(Key.Key_Return)
    assert main.payment.stage is Stage.REFUSED, "an Enter in the air chooses nothing"
    hand.scan("12345678901231")
    qtbot.wait(2 * HOLD_MS)
    assert main.payment.stage is Stage.REFUSED, "no digit of a code chooses anything"
    hand.type("2")
    qtbot.waitUntil(lambda: bool(window.lanes.waiting))
    window.lanes.run()
    assert "resolve:take_out" in window.shop.calls
    assert main.payment.stage is Stage.TENDER


def test_the_last_slip_comes_again_marked_as_a_reprint(hand: Hand, window: Window) -> None:
    main = window.window
    hand.scan(trace(3, 1))
    hand.press(Key.Key_F12)
    hand.press(Key.Key_Return)
    hand.press(Key.Key_F10)
    panel = main.receipt_panel
    assert main.panel() is panel
    assert panel._receipt is not None
    assert panel._receipt.reprint
    panel.pdf.click()
    assert list((panel._folder).glob("*.pdf"))


def test_the_sound_switch_is_kept_for_the_next_start(
    window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    kept = str(tmp_path / "window.ini")

    def opened() -> MainWindow:
        settings = QSettings(kept, QSettings.Format.IniFormat)
        made = MainWindow(window.shop, window.lanes, folder=tmp_path, settings=settings)
        qtbot.addWidget(made)
        return made

    first = opened()
    assert first.sounds.on
    off = next(each for each in first.help.findChildren(QAbstractButton) if each.text() == "关")
    off.click()
    assert not first.sounds.on
    first.stop()
    second = opened()
    assert not second.sounds.on
    second.stop()


def test_beside_a_return_nothing_tells_of_the_sale_before(window: Window) -> None:
    window.enter("3001")
    main = window.window
    main.payment.stage = Stage.DONE
    main.money.show_stage(Stage.DONE)
    main.open_panel("return")
    assert main.payment.stage is Stage.SELLING
    assert main.money.done.isHidden()


def test_what_waits_is_counted_as_soon_as_a_sale_is_booked(window: Window) -> None:
    window.enter()
    main = window.window
    assert "3" not in main.bar.text("waiting")
    main.payment.completed.emit(None)
    window.lanes.run()
    assert "3" in main.bar.text("waiting")


def test_a_return_that_stopped_is_listed_by_its_receipt(window: Window) -> None:
    stopped = ReturnView("r1", "sale-9", "paying_back", (), receipt_no="02-20261122-0009")
    window.shop.stopped.append(stopped)
    window.enter("3001")
    window.window.open_panel("return")
    window.lanes.run()
    shown = window.window.panel()
    assert isinstance(shown, ReturnPanel)
    assert shown.open_list.item(0).text() == "02-20261122-0009 · 停在退钱"
    window.window.returns.take_up(0)
    assert shown.drop.isHidden()


# --- what every control owes everybody ---------------------------------------------------------


def controls(main: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QLineEdit, QAbstractItemView)
    found = [each for kind in kinds for each in main.findChildren(kind)]
    return [each for each in found if not each.objectName().startswith("qt_")]


def test_every_control_has_an_accessible_name(window: Window) -> None:
    window.enter()
    for name in MAKERS:
        window.window.open_panel(name)
        window.lanes.run()
        assert window.window.panels[name].accessibleName()
    nameless = [
        f"{type(each).__name__} {each.objectName()}"
        for each in controls(window.window)
        if not each.accessibleName() and not isinstance(each, QHeaderView) and not _popup(each)
    ]
    # The table's own corner, which Qt keeps hidden with the row header.
    assert [text for text in nameless if not text.startswith("QAbstractButton")] == []


def _popup(each: QWidget) -> bool:
    """The list that Qt keeps inside a combo box: it is read by the name of its box."""
    holder = each.parent()
    return holder is not None and holder.metaObject().className() == "QComboBoxPrivateContainer"


def test_code_fields_keep_the_input_method_out(window: Window) -> None:
    main = window.window
    enabled = Qt.WidgetAttribute.WA_InputMethodEnabled
    for field in (main.sign_in_view.number, main.money.tender.cash):
        assert not field.testAttribute(enabled)
    assert main.till_view.field.testAttribute(enabled)


def crowded(page: QWidget) -> list[str]:
    """Texts of visible labels and buttons that do not fit, and widgets outside their window."""
    bad = []
    frame = page.window().rect()
    for each in (*page.findChildren(QLabel), *page.findChildren(QAbstractButton)):
        if not each.isVisible() or not each.text() or each.visibleRegion().isEmpty():
            continue
        place = QRect(each.mapTo(page.window(), QPoint(0, 0)), each.size())
        if not frame.contains(place):
            bad.append(f"outside: {each.text()}")
        wraps = isinstance(each, QLabel) and each.wordWrap()
        room = each.heightForWidth(each.width()) if wraps else each.sizeHint().height()
        if each.height() < room - 3 or (not wraps and each.width() < each.sizeHint().width() - 2):
            bad.append(f"cut: {each.text()}")
    return bad


def settled(main: MainWindow) -> list[str]:
    """What is cut once the layouts have come to rest: they ask for one another by events."""
    found: list[str] = []
    for _ in range(20):
        QApplication.processEvents()
        found = crowded(main)
        if not found:
            break
    return found


@pytest.mark.parametrize("scale", scales())
@pytest.mark.parametrize("name", THEMES)
def test_nothing_is_cut_on_a_counter_screen(window: Window, name: str, scale: int) -> None:
    window.enter("3001")
    main = window.window
    main.looks.choose_look(name, scale)
    main.resize(1366, 768)
    for drug in (1, 2, 3):
        main.till.scan(trace(drug, 1))
    main.take_scan(CODE_424)
    window.lanes.run()
    pages = {"patient": settled(main)}
    main.patient.confirm()
    pages["selling"] = settled(main)
    main.payment.quote()
    window.lanes.run()
    pages["quoted"] = settled(main)
    main.payment.settle()
    window.lanes.run()
    pages["tender"] = settled(main)
    for panel in ("prescription", "help", "return"):
        main.open_panel(panel)
        window.lanes.run()
        pages[panel] = settled(main)
        main.close_panel()
    main.payment.complete("")
    window.lanes.run()
    pages["done"] = settled(main)
    main.session.lock()
    pages["locked"] = settled(main)
    assert {page: bad for page, bad in pages.items() if bad} == {}
    assert main.minimumSizeHint().height() <= 768


def test_tab_walks_through_the_prescription_in_reading_order(window: Window) -> None:
    window.enter()
    main = window.window
    main.open_panel("prescription")
    walked = []
    for _ in range(6):
        focus = QApplication.focusWidget()
        assert focus is not None
        walked.append(focus.mapTo(main, QPoint(0, 0)))
        QTest.keyClick(focus, Key.Key_Tab)
    assert all((a.y(), a.x()) < (b.y(), b.x()) for a, b in pairwise(walked))
