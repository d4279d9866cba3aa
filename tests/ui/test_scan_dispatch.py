"""One code, one consumer: through the real window, by wedge and by wire, whatever is open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.code_read import CodeRead, ScanSource
from app.domain.device_plan import DeviceKind
from app.domain.scanner_test import TEST_CODE
from app.use_cases.notes import Note
from tests.fakes.shop import CODE_424, FakeShop, trace
from tests.ui.conftest import Window
from ui.device_consumers import give
from ui.scan_dispatch import OTHER_SOURCE_MS, SAME_SOURCE_MS, ScanDispatch
from ui.scan_routes import ROUTES, Goes, No, What, goes
from ui.screens.payment.view_model import Stage
from ui.shelf import MAKERS
from ui.widgets.badge import badge_field

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

PAY = "134567890123456789"
EITHER = "110105199001010010"
CODES = {
    What.DRUG: trace(3, 7),
    What.CUSTOMER: CODE_424,
    What.PERSON: "999900199001010014",
    What.PAY: PAY,
    What.EITHER: EITHER,
    What.TEST: TEST_CODE,
    What.OTHER: "LX-1001-22",
}


class Scanner:
    """Scans into the window and watches who was told."""

    def __init__(self, window: Window) -> None:
        self.held, self.window = window, window.window
        self.millis = 10_000
        self.dispatch = ScanDispatch(self.window, lambda: self.millis)
        self.notes: list[Note | None] = []
        self.dispatch.unwanted.connect(self.notes.append)

    def scan(self, text: str, source: ScanSource = ScanSource.SERIAL, gap: int = 5_000) -> None:
        self.millis += gap
        self.dispatch.take(CodeRead(text, source), self.window)
        self.held.lanes.run()

    def why(self) -> str:
        note = self.notes[-1] if self.notes else None
        return note.message_id.removeprefix("scan_no.") if note else ""


@pytest.fixture
def scanner(window: Window) -> Scanner:
    window.enter()
    return Scanner(window)


def told(window: Window, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every door through which a code can act, as it is used; what it does behind is unhindered."""
    main, heard = window.window, []

    def watch(holder: object, name: str, as_: Goes) -> None:
        real: Callable[..., object] = getattr(holder, name)

        def seen(*given: object) -> object:
            heard.append(as_.value)
            return real(*given)

        monkeypatch.setattr(holder, name, seen)

    watch(main.till, "scan", Goes.BASKET)
    watch(main.rx, "take_code", Goes.PRESCRIPTION)
    watch(main.money.tender, "take_reference", Goes.TENDER)
    watch(main.flow, "test_scanner", Goes.TEST)
    return heard


PLACES = [*MAKERS, "selling"]


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("what", CODES)
def test_each_code_has_one_consumer_or_one_sentence(
    scanner: Scanner, window: Window, monkeypatch: pytest.MonkeyPatch, name: str, what: What
) -> None:
    main = window.window
    heard = told(window, monkeypatch)
    panel = None
    if name != "selling":
        main.open_panel(name)
        window.lanes.run()
        panel = main.panel()
        assert panel is not None
        monkeypatch.setattr(panel, "take_read", lambda read: heard.append(Goes.PANEL.value))
    place = scanner.dispatch._place(main)
    wanted = goes(place, what)
    field = badge_field(QApplication.focusWidget()) if what is What.OTHER else None
    scanner.scan(CODES[what])
    if field is not None:
        # Somebody is to say who they are: a code that is nothing else may be their badge.
        assert heard == [] and scanner.notes == [None]
        assert field.text() == CODES[what] and field.echoMode() is QLineEdit.EchoMode.Password
        return
    if isinstance(wanted, No):
        assert heard == []
        assert scanner.why() == wanted.value
        assert main.panel() is panel, "a code that nobody takes closes nothing"
        return
    assert scanner.notes == [None]
    # The customer's code goes through the till, which asks who that is.
    via = {Goes.CUSTOMER: Goes.BASKET.value}.get(wanted, wanted.value)
    assert heard == [via]


def test_the_tenders_take_payments_and_nothing_else(scanner: Scanner, window: Window) -> None:
    main = window.window
    scanner.scan(trace(3, 1))
    main.payment.settle()
    assert main.payment.draft is not None
    scanner.scan(CODE_424)
    assert scanner.why() == "customer_fixed"
    scanner.scan(TEST_CODE)
    assert scanner.why() == "not_a_pay_code"
    main.money.tender.scan_amount.setText("5.00")
    scanner.scan(PAY)
    assert [part.reference for part in main.payment.draft.scan_pay] == [PAY]
    scanner.scan(trace(4, 2))
    assert main.payment.stage is Stage.SELLING, "one more box goes back to the basket"
    assert len(main.till.lines) == 2


def test_while_a_settlement_is_under_way_nothing_is_taken(scanner: Scanner, window: Window) -> None:
    main = window.window
    scanner.scan(trace(1, 1))
    scanner.scan(CODE_424)
    main.patient.confirm()
    main.payment.quote()
    assert main.payment.stage is Stage.QUOTING
    scanner.millis += 5_000
    scanner.dispatch.take(CodeRead(trace(3, 1), ScanSource.SERIAL))
    assert scanner.why() == "busy"
    assert len(main.till.lines) == 1


def test_a_locked_till_takes_no_code_and_says_so_on_its_screen(
    scanner: Scanner, window: Window
) -> None:
    main = window.window
    main.session.lock()
    main.sign_in_view.number.setText("10")
    main.dispatch.take(CodeRead(trace(3, 1), ScanSource.SERIAL))
    assert "先登录" in main.sign_in_view.scan.text()
    assert main.sign_in_view.number.text() == "10"
    assert not main.till.lines
    window.enter()
    assert main.sign_in_view.scan.text() == "" or not main.sign_in_view.isVisible()


def test_a_serial_scanner_of_the_device_room_is_heard(scanner: Scanner, window: Window) -> None:
    give(window.window, DeviceKind.SCANNER, CodeRead(trace(3, 1), ScanSource.SERIAL))
    assert len(window.window.till.lines) == 1


# --- twice ----------------------------------------------------------------------------------------


def test_a_scanner_that_sends_in_both_modes_is_heard_once(scanner: Scanner, window: Window) -> None:
    scanner.scan("29900000000339", ScanSource.SERIAL)
    first = list(scanner.notes)
    scanner.scan("29900000000339", ScanSource.WEDGE, gap=OTHER_SOURCE_MS)
    assert scanner.notes == first, "the echo is no second code"
    scanner.scan("29900000000339", ScanSource.WEDGE, gap=OTHER_SOURCE_MS + 1)
    assert len(scanner.notes) == len(first) + 1


def test_two_boxes_of_one_item_code_are_two(scanner: Scanner, window: Window) -> None:
    main = window.window
    for gap in (5_000, SAME_SOURCE_MS + 1):
        scanner.scan("m3", ScanSource.SERIAL, gap)
    assert main.till.lines[0].quantity.packs() == 2
    scanner.scan("m3", ScanSource.SERIAL, SAME_SOURCE_MS)
    assert main.till.lines[0].quantity.packs() == 2, "sent twice by the scanner"


def test_what_the_practice_bar_plays_is_never_an_echo(scanner: Scanner, window: Window) -> None:
    for _ in range(2):
        scanner.scan("m3", ScanSource.PLAYED, 0)
    assert window.window.till.lines[0].quantity.packs() == 2


# --- by keys, with the focus anywhere -------------------------------------------------------------


class Keys:
    """A scanner that types, with times of its own."""

    def __init__(self) -> None:
        self.at = 100_000

    def scan(self, text: str, window: Window, target: QWidget | None = None) -> None:
        self.at += 5_000
        for char in text + "\r":
            self.at += 6
            key, held = Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier
            if char == "\x1d":
                key, held = Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier
            elif char != "\r":
                key = Qt.Key(ord(char.upper()))
            event = QKeyEvent(QEvent.Type.KeyPress, key, held, "" if char == "\x1d" else char)
            event.setTimestamp(self.at)
            receiver = target or QApplication.focusWidget() or window.window
            QApplication.sendEvent(receiver, event)
        window.lanes.run()


def texts(window: Window) -> list[str]:
    main = window.window
    return [one.text() for one in main.findChildren(QLineEdit) if one is not main.till_view.field]


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_a_wedge_leaves_no_digit_in_any_field_of_a_panel(window: Window, name: str) -> None:
    window.enter("3001")
    main, keys = window.window, Keys()
    main.open_panel(name)
    window.lanes.run()
    panel = main.panel()
    assert panel is not None
    fields = [one for one in panel.findChildren(QLineEdit) if one.isVisible() and one.isEnabled()]
    targets: list[QWidget] = [*fields[:6]] or [panel]
    for field in targets:
        if main.panel() is not panel:
            main.open_panel(name)
            window.lanes.run()
        field.setFocus()
        before = texts(window)
        keys.scan(PAY, window)
        assert texts(window) == before or name in ("open_items", "scanner")
    assert not window.shop.receipts


def test_a_wedge_over_the_pin_of_the_lock_screen_types_nothing(
    window: Window, qtbot: QtBot
) -> None:
    main, keys = window.window, Keys()
    for field in (main.sign_in_view.number, main.sign_in_view.pin):
        field.setText("12")
        field.setFocus()
        keys.scan(trace(3, 1), window)
        assert field.text() == "12"
        assert field.hasFocus()
    assert main.session.locked
    assert "先登录" in main.sign_in_view.scan.text()


def test_a_wedge_over_the_review_station_types_nothing_and_is_told_there(
    window: Window, shop: FakeShop
) -> None:
    window.enter("2001")
    main, keys = window.window, Keys()
    main.beside.open_review()
    window.lanes.run()
    station = main.beside.review
    assert station is not None
    field = next(one for one in station.findChildren(QLineEdit) if one.isVisible())
    keys.scan(trace(3, 1), window, field)
    assert field.text() == ""
    assert not main.till.lines
    assert station.model.note is not None
    assert station.model.note.message_id == "scan_no.station"


def test_a_menu_that_has_dropped_down_is_no_other_window(window: Window) -> None:
    window.enter()
    read = CodeRead(trace(3, 1), ScanSource.WEDGE)
    window.window.dispatch.take(read, window.window.practice_bar.persons.menu())
    assert len(window.window.till.lines) == 1


def test_every_code_kind_is_scanned_by_keys_with_the_focus_on_the_basket(window: Window) -> None:
    window.enter()
    main, keys = window.window, Keys()
    for what, text in CODES.items():
        main.till_view.table.setFocus()
        keys.scan(text, window)
        assert main.till_view.field.text() == "", what
        if main.panel() is not None:
            main.close_panel()
    assert set(CODES) | {What.PRESCRIPTION} == set(What)
    assert set(ROUTES["selling"]) == set(What)


def test_half_a_code_is_told_in_one_line(window: Window) -> None:
    window.enter()
    main = window.window
    main.scans.torn.emit()
    assert main.scanner_strip.isVisible()
    assert "一半" in main.scanner_strip.words.text()
    main.take_scan(trace(3, 1))
    assert not main.scanner_strip.isVisible(), "the next code that is taken ends it"
