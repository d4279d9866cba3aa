"""Ctrl+O in the real window: a person starts a reversal or decides a dispute, by keys alone."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.dispute import Verdict
from app.domain.money import Money
from app.errors import BadValue, Refused
from tests.fakes.key_times import KeyTimes
from tests.fakes.shop import CODE_424, trace
from tests.ui.conftest import Window
from ui.screens.payment.open_panel import OpenItemsPanel
from ui.screens.payment.view_model import Stage

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
PICTURES = os.environ.get("YAOTAI_TEST_PICTURES", "")
"""Folder for pictures of the panel, for who wants to look at it."""


class Manager:
    """Somebody at the keyboard before a sale whose outcome is unknown."""

    def __init__(self, window: Window, number: str = "3001") -> None:
        self.window, self.times = window, KeyTimes()
        window.enter(number)
        window.shop.outcomes = ["unknown"]
        self.scan(trace(1, 1))
        self.scan(CODE_424)
        for key in (Key.Key_Return, Key.Key_F9, Key.Key_F12):
            self.press(key)

    @property
    def panel(self) -> OpenItemsPanel:
        panel = self.window.window.panels["open_items"]
        assert isinstance(panel, OpenItemsPanel)
        return panel

    def press(
        self, key: Key, text: str = "", gap: int = 120, modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)
        event.setTimestamp(self.times.next(gap))
        QApplication.sendEvent(QApplication.focusWidget() or self.window.window, event)
        self.window.lanes.run()

    def type(self, text: str) -> None:
        for char in text:
            self.press(Key(ord(char.upper())) if char.isascii() else Key.Key_unknown, char)

    def enter(self) -> None:
        self.press(Key.Key_Return, "\r")

    def scan(self, code: str) -> None:
        self.times.pause(2_000)
        for char in code:
            self.press(Key(ord(char.upper())), char, 8)
        self.press(Key.Key_Return, "\r", 8)

    def dispute(self) -> None:
        self.window.shop.decided = "disputed"
        self.window.window.open_items.ask()
        self.window.lanes.run()
        self.window.shop.decided = ""

    def open(self) -> None:
        """Ctrl+O and Enter on the first of the list."""
        self.press(Key.Key_O, modifiers=Qt.KeyboardModifier.ControlModifier)
        self.enter()

    def focused(self) -> str:
        widget = QApplication.focusWidget()
        return widget.accessibleName() if widget is not None else ""

    def rows(self) -> list[str]:
        return [self.panel.list.item(i).text() for i in range(self.panel.list.count())]

    def picture(self, name: str) -> None:
        if PICTURES:
            QApplication.processEvents()
            self.window.window.grab().save(str(Path(PICTURES) / f"{name}.png"))


def test_a_dispute_is_decided_by_keys_and_the_sale_goes_on(window: Window, qtbot: QtBot) -> None:
    manager = Manager(window)
    manager.dispute()
    manager.open()
    panel = manager.panel
    assert panel.deciding.isVisible()
    assert "普通门诊统筹 · 有争议" in panel.deciding.heading.text()
    assert panel.deciding.facts["msgid"][1].text() == "P99990000001202611221200000201"
    assert panel.deciding.facts["sent"][1].text() == "2026-11-22 12:00:00"
    assert [way.text() for way in panel.deciding.ways] == [
        "1 平台已结算", "2 平台无记录", "3 平台已冲正", "4 再问一次平台",
    ]  # fmt: skip
    assert not panel.deciding.commit.isEnabled()
    manager.picture("dispute")
    manager.type("2")
    # A digit may be the first of a code: it acts when nothing followed it at once.
    qtbot.waitUntil(lambda: manager.focused() == "凭据：对账单流水号，或经办机构谁说的")
    assert "重复扣费" in panel.deciding.means.text()
    assert not panel.deciding.ids.isVisible()
    assert not panel.deciding.second.isVisible()
    manager.enter()
    assert "请写明凭据" in panel.deciding.words.text()
    manager.type("DZ-17")
    manager.picture("not_in_books")
    manager.enter()
    assert [(r.verdict, r.evidence) for r in window.shop.rulings] == [
        (Verdict.NOT_IN_BOOKS, "DZ-17")
    ]
    assert panel.page.isVisible()
    assert manager.rows() == ["练***兰 · ¥ 12.80 · 没有扣费，Enter 重新结算（已问 2 次）"]
    assert "没有扣费" in panel.words.text()
    manager.picture("decided")
    manager.enter()
    assert window.window.panel() is None
    assert [line.item.medicine_id for line in window.window.till.lines] == ["m1"]


def test_amounts_are_asked_for_only_after_the_platform_was(window: Window) -> None:
    window.shop.silent = True
    manager = Manager(window)
    manager.dispute()
    manager.open()
    panel = manager.panel
    manager.type("1")
    manager.type("DZ-17")
    manager.enter()
    assert manager.focused().startswith("结算 ID")
    assert not panel.deciding.amounts.isVisible()
    manager.type("LS1")
    manager.enter()
    manager.enter()
    assert panel.deciding.amounts.isVisible()
    assert "没有回音" in panel.deciding.words.text()
    assert window.shop.rulings == []
    assert manager.focused() == "统筹基金"
    manager.enter()
    manager.enter()
    manager.enter()
    manager.enter()
    assert "金额不对" in panel.deciding.words.text(), "empty amounts are none"
    manager.picture("amounts")
    panel.deciding.fields["fund"].setFocus()
    for amount in ("6.40", "", "", "6.40"):
        manager.type(amount)
        manager.enter()
    [ruling] = window.shop.rulings
    assert (ruling.setl_id, ruling.mdtrt_id) == ("LS1", "")
    assert ruling.amounts is not None
    assert (ruling.amounts.fund, ruling.amounts.cash) == (Money.of("6.40"), Money.of("6.40"))
    assert manager.rows() == ["练***兰 · ¥ 12.80 · 已确认成功，Enter 收款（已问 2 次）"]
    manager.enter()
    assert window.window.payment.stage is Stage.TENDER


def test_a_cashier_needs_the_managers_number_and_pin(window: Window) -> None:
    manager = Manager(window, "1001")
    manager.dispute()
    manager.open()
    panel = manager.panel
    assert panel.deciding.second.isVisible()
    manager.picture("second")
    manager.type("4")
    manager.type("DZ-17")
    manager.enter()
    assert manager.focused() == "店长工号"
    manager.enter()
    manager.enter()
    assert "工号和密码" in panel.deciding.words.text()
    for number, said in (("1001", "岗位"), ("9999", "工号或密码不对")):
        panel.deciding.fields["number"].setText(number)
        panel.deciding.fields["pin"].setText("123456")
        panel.deciding.fields["pin"].setFocus()
        manager.enter()
        assert said in panel.deciding.words.text()
        assert panel.deciding.fields["pin"].text() == ""
    assert window.shop.rulings == []
    panel.deciding.fields["number"].setText("3001")
    manager.type("123456")
    manager.enter()
    assert [ruling.verdict for ruling in window.shop.rulings] == [Verdict.ASK_AGAIN]
    assert manager.rows() == ["练***兰 · ¥ 12.80 · 待确认，已问 2 次"]


def test_a_reversal_by_hand_is_started_from_the_list(window: Window) -> None:
    window.shop.by_hand = True
    manager = Manager(window)
    assert "由人发起冲正" in window.window.open_strip.texts()[0]
    manager.open()
    panel = manager.panel
    assert [way.text() for way in panel.deciding.ways] == ["1 发起冲正"]
    assert not panel.deciding.fields["evidence"].isVisible()
    assert manager.focused() == "发起冲正（Enter）"
    manager.picture("by_hand")
    manager.enter()
    assert window.shop.calls[-1].startswith("reverse_by_hand:")
    assert "没有扣费" in manager.rows()[0]


def test_a_reversal_without_an_outcome_says_so_and_may_be_started_again(window: Window) -> None:
    window.shop.by_hand, window.shop.reversal = True, "unknown"
    manager = Manager(window)
    manager.open()
    manager.enter()
    assert "冲正还没有结论" in manager.panel.words.text()
    assert "等人发起冲正" in manager.rows()[0]
    window.shop.reversal = "reversed"
    manager.enter()
    manager.enter()
    assert "没有扣费" in manager.rows()[0]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BadValue(what="mdtrt_id", why="-"), "没能查到就诊 ID"),
        (Refused(infno="5203", text="FSI-未查询到结算信息"), "FSI-未查询到结算信息"),
    ],
    ids=["visit", "refused"],
)
def test_what_stands_in_the_way_is_said_on_the_page(
    window: Window, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(window.shop, "decide_dispute", fails)
    manager = Manager(window)
    manager.dispute()
    manager.open()
    manager.type("1")
    for text in ("DZ-17", "LS1", ""):
        manager.type(text)
        manager.enter()
    assert said in manager.panel.deciding.words.text()
    assert not manager.panel.deciding.amounts.isVisible()
    assert manager.panel.deciding.fields["evidence"].text() == "DZ-17", "nothing typed is lost"


def test_esc_goes_back_to_the_list_and_then_to_the_basket(window: Window) -> None:
    manager = Manager(window)
    manager.dispute()
    manager.open()
    manager.type("2")
    manager.press(Key.Key_Escape)
    assert manager.panel.page.isVisible()
    assert window.window.panel() is manager.panel
    manager.enter()
    assert manager.panel.decide.way == "", "a way chosen before is chosen anew"
    manager.press(Key.Key_Escape)
    manager.press(Key.Key_Escape)
    assert window.window.panel() is None
    assert window.shop.rulings == []


def test_a_code_scanned_while_somebody_decides_is_no_drug(window: Window) -> None:
    manager = Manager(window)
    manager.dispute()
    manager.open()
    manager.scan(trace(3, 9))
    assert window.window.till.lines == ()
    assert manager.panel.deciding.isVisible()


def test_an_item_that_is_decided_elsewhere_closes_its_page(window: Window) -> None:
    window.shop.by_hand = True
    manager = Manager(window)
    manager.open()
    window.shop.decided = "settled"
    window.window.open_items.ask()
    window.lanes.run()
    assert manager.panel.page.isVisible()
    assert "已确认成功" in manager.rows()[0]


def test_everything_on_the_page_has_a_name(window: Window) -> None:
    window.shop.silent = True
    manager = Manager(window, "1001")
    manager.dispute()
    manager.open()
    page = manager.panel.deciding
    nameless = [
        type(widget).__name__
        for kind in (QLineEdit, QAbstractButton)
        for widget in page.findChildren(kind)
        if not widget.accessibleName()
    ]
    assert nameless == []
