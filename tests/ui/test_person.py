"""Person against credential at the counter: keys, words, consents, and what is kept of them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from app.domain.consent import ConsentPurpose
from app.domain.insurance import Credential, CredentialKind
from app.domain.person_check import CheckVerdict, CheckWay, PersonCheck
from app.errors import RuleBroken
from app.use_cases.views import Note
from tests.fakes.key_times import KeyTimes
from tests.fakes.persons import AT
from tests.fakes.shop import CODE_424, trace
from tests.ui.conftest import Window
from ui.consent_print import consent_picture
from ui.screens.payment.view_model import Stage
from ui.screens.person.panel import PersonPanel
from ui.shelf import MAKERS

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
PICTURES = os.environ.get("YAOTAI_PICTURES", "")
Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
LOOKS = [("light", 100), ("dark", 150)]


class Hands:
    """A cashier before a basket of an area that wants somebody to look."""

    def __init__(self, window: Window, *, asks: bool = True) -> None:
        self.window, self.shop, self.main = window, window.shop, window.window
        self.times = KeyTimes()
        self.shop.asks = asks
        window.enter()
        self.scan(trace(1, 1))

    @property
    def panel(self) -> PersonPanel:
        panel = self.main.panels["person"]
        assert isinstance(panel, PersonPanel)
        return panel

    def is_open(self) -> bool:
        return self.main.panel() is self.main.panels.made("person") is not None

    def identify(self) -> None:
        """The e-certificate is scanned and confirmed; what follows by itself follows."""
        self.scan(CODE_424)
        self.enter()
        QTest.qWait(0)
        self.window.lanes.run()

    def press(self, key: Key, text: str = "", modifiers: Qt.KeyboardModifier = NONE) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)
        event.setTimestamp(self.times.next(120))
        QApplication.sendEvent(QApplication.focusWidget() or self.main, event)
        self.window.lanes.run()

    def type(self, text: str) -> None:
        for char in text:
            self.press(Key(ord(char.upper())), char)

    def enter(self) -> None:
        self.press(Key.Key_Return, "\r")

    def scan(self, code: str) -> None:
        self.times.pause(2_000)
        for char in code:
            event = QKeyEvent(QEvent.Type.KeyPress, Key(ord(char.upper())), NONE, char)
            event.setTimestamp(self.times.next(8))
            QApplication.sendEvent(QApplication.focusWidget() or self.main, event)
        event = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Return, NONE, "\r")
        event.setTimestamp(self.times.next(8))
        QApplication.sendEvent(QApplication.focusWidget() or self.main, event)
        self.window.lanes.run()

    def click(self, made: QPushButton) -> None:
        assert made.isVisible() and made.isEnabled(), made.text()
        made.click()
        self.window.lanes.run()

    def sign(self, area: QWidget) -> None:
        """A name with the mouse."""
        places = [QPoint(40 + 14 * n, 30 + 8 * (n % 5)) for n in range(30)]
        QTest.mousePress(area, Qt.MouseButton.LeftButton, NONE, places[0])
        for place in places[1:]:
            QTest.mouseMove(area, place)
        QTest.mouseRelease(area, Qt.MouseButton.LeftButton, NONE, places[-1])

    def words(self) -> str:
        return self.panel.words.text()

    def picture(self, name: str) -> None:
        if not PICTURES:
            return
        for theme, scale in LOOKS:
            self.main.looks.choose_look(theme, scale)
            QApplication.processEvents()
            self.main.grab().save(str(Path(PICTURES) / f"person-{name}-{theme}-{scale}.png"))
        self.main.looks.choose_look("light", 100)


def test_the_panel_opens_by_itself_where_the_basket_waits_for_a_look(window: Window) -> None:
    hands = Hands(window)
    hands.identify()
    assert hands.is_open()
    assert "核对" in hands.panel.state.text()
    assert "一次" in hands.panel.proof.text()  # the e-certificate is for one transaction
    assert hands.panel.order.text().index("医保码") < hands.panel.order.text().index("身份证")
    hands.picture("open")


def test_it_stays_away_where_the_area_asks_for_no_look(window: Window) -> None:
    hands = Hands(window, asks=False)
    hands.identify()
    assert not hands.is_open()
    hands.press(Key.Key_F3, modifiers=CTRL)
    assert hands.is_open()
    assert not hands.panel.consents.isVisible()


@pytest.mark.rule("HY-1.1.4b")
def test_by_eye_takes_a_number_and_a_pin_and_goes_back_to_the_basket(window: Window) -> None:
    hands = Hands(window)
    hands.identify()
    hands.type("2001")
    hands.enter()
    hands.type("123456")
    hands.enter()
    (check,) = hands.shop.checks
    assert (check.way, check.verdict, check.second_id) == (
        CheckWay.BY_EYE, CheckVerdict.MATCH, "2001",
    )  # fmt: skip
    assert check.reason == "no_consent"
    assert not hands.is_open()
    assert hands.main.till.notes[0].message_id == "person.recorded"
    hands.press(Key.Key_F3, modifiers=CTRL)
    assert "练习王药师" in hands.panel.state.text()
    hands.picture("checked")


def test_what_was_stopped_until_somebody_looked_is_said_no_longer(window: Window) -> None:
    hands = Hands(window)
    hands.identify()
    till = hands.main.till
    till.note(Note("error.other", {}, "block", "NO_PHARMACIST"))
    till.note(Note("finding.ID_MISMATCH_not_checked", {}, "block", "ID_MISMATCH"))
    hands.main.live.recorded.emit()
    assert [note.code for note in till.notes] == ["NO_PHARMACIST"]
    till.note(Note("finding.ID_MISMATCH_not_checked", {}, "block", "ID_MISMATCH"))
    hands.type("2001")
    hands.enter()
    hands.type("123456")
    hands.enter()
    assert [note.code for note in till.notes] == ["", "NO_PHARMACIST"]


def test_one_alone_or_a_wrong_pin_records_nothing(window: Window) -> None:
    hands = Hands(window)
    hands.identify()
    hands.type("1001")
    hands.enter()
    hands.type("123456")
    hands.enter()
    assert "另一位" in hands.words()
    assert hands.panel.pin.text() == ""
    hands.panel.number.setText("2001")
    hands.type("999999")
    hands.enter()
    assert "不对" in hands.words()
    assert hands.shop.checks == []
    assert hands.is_open()
    hands.picture("wrong")


@pytest.mark.rule("HY-1.5.6a")
def test_not_this_person_is_recorded_and_a_manager_may_release_it(window: Window) -> None:
    hands = Hands(window)
    hands.identify()
    hands.click(hands.panel.differs)
    assert hands.shop.checks[-1].verdict is CheckVerdict.MISMATCH
    assert "人证不符" in hands.main.patient_card.insurance.text()
    assert "人证不符" in hands.panel.state.text()
    assert not hands.panel.match.isVisible()
    assert hands.panel.other.hasFocus()
    assert hands.panel.proxy.isVisible() is ("proxy" in MAKERS)
    hands.picture("mismatch")
    hands.press(Key.Key_Escape)
    hands.press(Key.Key_F3, modifiers=CTRL)
    assert hands.panel.other.hasFocus()
    hands.click(hands.panel.release)
    hands.panel.manager.setText("3001")
    hands.panel.manager_pin.setText("123456")
    hands.panel.manager_pin.setFocus()
    hands.enter()
    assert "还没有选原因" in hands.words()
    hands.panel.reasons.setFocus()
    assert hands.panel.reasons.chosen() == -1
    hands.type("1")
    hands.picture("release")
    hands.enter()
    hands.panel.manager.clear()
    hands.type("2001")
    hands.enter()
    hands.type("123456")
    hands.enter()
    assert "要有店长" in hands.words()
    hands.panel.manager.setText("3001")
    hands.type("123456")
    hands.enter()
    check = hands.shop.checks[-1]
    assert (check.way, check.verdict, check.reason) == (
        CheckWay.OVERRIDE, CheckVerdict.MATCH, "appearance",
    )  # fmt: skip
    assert not hands.is_open()


@pytest.mark.rule("HY-1.1.4b")
def test_who_differed_at_another_sale_today_is_told_and_wants_a_manager(window: Window) -> None:
    hands = Hands(window)
    hands.shop.differed = PersonCheck(
        "check-9", "sale-9", "person-9", AT, "staff-9", CheckWay.BY_EYE, CheckVerdict.MISMATCH,
        reason="not_this_person",
    )  # fmt: skip
    hands.identify()
    assert "12:00" in hands.panel.state.text() and "店员看出不是本人" in hands.panel.state.text()
    hands.picture("differed")
    hands.type("2001")
    hands.enter()
    hands.type("123456")
    hands.enter()
    assert "要有一位店长" in hands.words() and hands.shop.checks == []
    hands.panel.number.setText("3001")
    hands.type("123456")
    hands.enter()
    assert hands.shop.checks[-1].second_id == "3001"


def test_without_a_customer_or_a_basket_nothing_can_be_recorded(window: Window) -> None:
    window.shop.asks = True
    window.enter()
    hands = Hands.__new__(Hands)
    hands.window, hands.shop, hands.main, hands.times = (
        window, window.shop, window.window, KeyTimes(),
    )  # fmt: skip
    hands.press(Key.Key_F3, modifiers=CTRL)
    assert "F3" in hands.panel.state.text()
    assert not hands.panel.match.isEnabled()
    hands.picture("nobody")


def test_a_blocked_quote_leads_to_the_panel(window: Window) -> None:
    hands = Hands(window, asks=False)
    hands.identify()
    note = Note("finding.ID_MISMATCH_not_checked", {}, "block", "ID_MISMATCH", ("HY-1.5.6a",))
    hands.main.till.note(note)
    hands.main.flow.on_stage(Stage.SELLING)
    window.lanes.run()
    assert hands.is_open()


@pytest.mark.rule("S-16")
def test_a_consent_is_read_signed_and_withdrawn(window: Window) -> None:
    hands = Hands(window)
    hands.identify()
    _, words, act = hands.panel.consent_rows[ConsentPurpose.FACE]
    assert "没有同意书" in words.text()
    hands.click(act)
    page = hands.panel.consent_page
    assert page.sheet.title.text() == "人脸信息处理单独同意书"
    assert not page.sheet.sign.isEnabled()
    hands.sign(page.sheet.area)
    hands.picture("consent")
    hands.click(page.sheet.sign)
    assert len(hands.shop.given) == 1
    assert "已保存" in hands.words()
    assert "2026-11-22" in words.text()
    hands.shop.templates = 3
    hands.click(act)
    assert "再按一次" in hands.words()
    assert hands.shop.consents[0].stands
    hands.click(act)
    assert not hands.shop.consents[0].stands
    assert "3 个人脸模板已经删除" in hands.words()
    hands.picture("withdrawn")


def test_under_age_a_guardian_signs(window: Window, tmp_path: Path) -> None:
    hands = Hands(window)
    hands.shop.under_age = True
    hands.identify()
    hands.click(hands.panel.consent_rows[ConsentPurpose.PURCHASE_STILL][2])
    page = hands.panel.consent_page
    assert "不满十四周岁" in page.guardian.text()
    sheet = tmp_path / "signed.jpg"
    sheet.write_bytes(b"\xff\xd8\xff practice")
    page.file.setText(str(sheet))
    hands.click(page.keep)
    assert hands.shop.given == []
    assert "监护人" in hands.words()
    page.guardian.click()
    hands.click(page.keep)
    assert hands.shop.given == [b"\xff\xd8\xff practice"]
    assert hands.shop.consents[0].guardian


def test_a_file_that_is_not_there_is_told_and_nothing_is_kept(window: Window) -> None:
    hands = Hands(window)
    hands.identify()
    hands.click(hands.panel.consent_rows[ConsentPurpose.FACE][2])
    page = hands.panel.consent_page
    page.file.setText("/nowhere/signed.jpg")
    hands.click(page.keep)
    assert "读不了" in hands.words()
    assert hands.shop.given == []
    hands.press(Key.Key_Escape)
    assert hands.panel.scan_part() == ""
    assert hands.is_open()


def test_what_was_kept_for_one_customer_is_not_told_to_the_next(window: Window) -> None:
    hands = Hands(window)
    hands.identify()
    hands.main.person.by_eye("2001", "123456")
    hands.main.till.reset()
    window.lanes.run()
    assert len(hands.shop.checks) == 1
    assert hands.main.till.notes == ()
    assert hands.main.person.page is None
    assert not hands.main.person.busy


def test_the_next_customer_finds_an_empty_page(window: Window) -> None:
    hands = Hands(window)
    hands.identify()
    hands.panel.number.setText("2001")
    hands.main.till.reset()
    assert hands.main.person.page is None
    hands.press(Key.Key_Escape)
    hands.press(Key.Key_F3, modifiers=CTRL)
    assert all(not field.text() for field in hands.panel.findChildren(QLineEdit))


def test_a_paper_to_sign_is_made_of_the_text_and_names_nobody(window: Window) -> None:
    hands = Hands(window)
    hands.identify()
    hands.click(hands.panel.consent_rows[ConsentPurpose.FACE][2])
    hands.click(hands.panel.consent_page.make)
    made = hands.main.folder / "face-1-zh_CN.pdf"
    assert made.name in hands.words()
    assert made.read_bytes().startswith(b"%PDF")
    text = hands.shop.consent_text(ConsentPurpose.FACE, "zh_CN")
    page = consent_picture(text, hands.main.session.say, mark="practice")
    if PICTURES:
        page.save(str(Path(PICTURES) / "person-paper.png"))
    foot = [page.pixelColor(x, y) for x in range(100, 500) for y in range(1_644, 1_684)]
    assert any(each.lightness() < 128 for each in foot)  # the version, within the page
    made.unlink()
    hands.main.folder.rmdir()
    hands.main.folder.write_text("no folder")
    hands.click(hands.panel.consent_page.make)
    assert "没有" in hands.words()


def test_the_sheet_stands_on_the_customers_pad_where_there_is_one(window: Window) -> None:
    hands = Hands(window)
    hands.shop.pad = "HDMI-2"
    hands.identify()
    hands.click(hands.panel.consent_rows[ConsentPurpose.FACE][2])
    pad = hands.main.beside.consent
    assert pad is not None
    assert pad.isVisible()
    page = hands.panel.consent_page
    assert not page.sheet.pen.isVisible()
    assert page.at_pad.isVisible()
    hands.sign(pad.sheet.area)
    if PICTURES:
        pad.grab().save(str(Path(PICTURES) / "person-pad.png"))
    pad.sheet.sign.click()
    window.lanes.run()
    assert len(hands.shop.given) == 1
    assert not pad.isVisible()
    hands.click(hands.panel.consent_rows[ConsentPurpose.PURCHASE_STILL][2])
    assert pad.isVisible()
    assert pad.sheet.area.trace().strokes == ()
    pad.close()
    assert hands.main.person.text is None
    assert len(hands.shop.given) == 1


@pytest.mark.rule("S-15")
def test_a_typed_number_that_does_not_settle_leads_to_the_release(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = Hands(window, asks=False)
    hands.identify()
    hands.press(Key.Key_F9)

    def refuse(*_: object) -> None:
        note = Note("finding.ID_TYPED", {}, "block", "ID_TYPED", ("EZ-9b", "HY-1.5.6a"))
        raise RuleBroken((note,), code="ID_TYPED")

    monkeypatch.setattr(hands.shop, "settle_next", refuse)
    hands.press(Key.Key_F12)
    assert hands.is_open()
    assert any("Ctrl+F3" in hands.main.session.say_note(note) for note in hands.main.till.notes)


def test_another_card_closes_the_page_and_nothing_of_the_first_person_stays(
    window: Window,
) -> None:
    hands = Hands(window)
    hands.identify()
    assert hands.main.person.page is not None
    card = Credential(CredentialKind.ID_CARD, "999900195001010011")
    take = hands.panel.take_credential
    hands.click(hands.panel.consent_rows[ConsentPurpose.FACE][2])
    assert take(card, "") is True  # a sheet is being read: no card is taken meanwhile
    hands.press(Key.Key_Escape)
    assert take(card, "") is False
    assert not hands.is_open()
    patient = hands.main.till.patient
    assert patient is not None
    hands.main.till.set_patient(replace(patient, person_id="somebody-else"))
    assert hands.main.person.page is None
    window.lanes.run()
    assert hands.main.person.page is not None
