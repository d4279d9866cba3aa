"""SJZ-A.7 in the real window, on real books: switch, key in, pay, cancel; errors are told."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.clock import shop_time
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_window import practice_window
from ui.bench.makers import prescription
from ui.bootstrap import OpenShop
from ui.keys import Action
from ui.main_window import MainWindow
from ui.screens.payment.view_model import Stage
from ui.screens.portal.panel import PortalPanel
from ui.screens.practice.helper import persons
from ui.screens.shop.panel import ShopPanel
from ui.words import say

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.rule("SJZ-A.7", "S-03")]


class Shown:
    """The window; its lanes run by hand."""

    def __init__(self, opened: OpenShop, window: MainWindow, lanes: HandLanes) -> None:
        self.opened, self.window, self.lanes = opened, window, lanes

    def rest(self) -> None:
        for _ in range(6):
            self.lanes.run()
            QApplication.processEvents()

    def sign_in(self, number: str, pin: str) -> None:
        self.window.session.lock()
        self.window.sign_in.sign_in(number, pin)
        self.rest()

    def switch(self) -> None:
        """The manager, with a reason."""
        self.sign_in("3001", "300300")
        self.window.open_panel("shop")
        self.rest()
        panel = self.window.panel()
        assert isinstance(panel, ShopPanel)
        panel.connection.commit.click()
        self.rest()
        assert panel.connection.said.text() == say("connection.reason_first")
        panel.connection.reason.setText("练习：接口改造")
        QTest.keyClick(panel.connection.reason, Qt.Key.Key_Return)
        self.rest()
        self.look("shop")
        assert panel.connection.said.text() == say("connection.saved")
        self.window.close_panel()
        self.sign_in("1001", "100100")

    def quoted(self) -> None:
        """An ordinary insured basket."""
        window, shop = self.window, self.opened.shop
        drug = next(hit.medicine for hit in shop.search("阿莫西林", 5) if hit.medicine.price)
        window.take_scan(f"{drug.trace_product_code}{'7':0>13}")
        self.rest()
        window.take_scan(next(one.code for one in persons() if "练习甲" in one.name))
        self.rest()
        window.patient.confirm()
        self.rest()
        window.close_panel()
        till = window.till
        assert till.sale is not None and till.patient is not None
        rx = prescription(f"LX-{till.sale.id[-8:]}")
        till.load(shop.attach_prescription(till.sale, rx, "2001", "200200"))
        self.rest()
        window.payment.quote()
        self.rest()
        assert window.payment.stage is Stage.QUOTED, [one.message_id for one in till.notes]

    def panel(self) -> PortalPanel:
        panel = self.window.panel()
        assert isinstance(panel, PortalPanel)
        return panel

    def fill(self, **texts: str) -> None:
        """Field by field, each left by Enter; the last one books."""
        panel = self.panel()
        for name, text in texts.items():
            panel.fields[name].setText(text)
            QTest.keyClick(panel.fields[name], Qt.Key.Key_Return)
        self.rest()

    def look(self, name: str) -> None:
        if folder := os.environ.get("YAOTAI_TEST_PICTURES"):
            self.window.grab().save(f"{folder}/{name}.png")


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    with practice_window(qtbot, tmp_path) as (opened, window, lanes):
        window.resize(1366, 768)
        made = Shown(opened, window, lanes)
        made.rest()
        yield made


def test_switch_key_in_pay_and_cancel(shown: Shown) -> None:
    window, payment = shown.window, shown.window.payment
    shown.switch()
    assert "门户辅助" in window.bar._labels["shop"].text()
    shown.quoted()
    assert "录入" in window.money.figures.next.text()
    shown.look("quoted")
    window.router.perform(Action.SETTLE)
    shown.rest()
    total = payment.view.settlements[0].total if payment.view else None
    assert total is not None
    at = f"{shop_time(shown.opened.shop.now()):%Y-%m-%d %H:%M:%S}"
    shown.fill(setl_id="S1", mdtrt_id="M1", time=at, total=str(total), fund="1.00", account="0",
               mutual_aid="", cash="1.00")  # fmt: skip
    assert "没有入账" in shown.panel().said.text() and "2.00" in shown.panel().said.text()
    shown.look("refused")
    assert payment.stage is Stage.QUOTED
    cash = total - type(total)(100)
    shown.fill(cash=str(cash))
    assert (payment.stage, window.panel()) == (Stage.TENDER, None)
    assert payment.draft is not None and payment.draft.due == cash
    shown.look("tender")
    window.router.perform(Action.CANNOT_PAY)
    shown.rest()
    later = shop_time(shown.opened.shop.now() + timedelta(seconds=1))
    shown.look("cancel")
    shown.fill(setl_id="S2", time=f"{later:%Y-%m-%d %H:%M:%S}")
    assert (payment.stage, window.panel()) == (Stage.SELLING, None)
    shown.quoted()
    window.router.perform(Action.SETTLE)
    shown.rest()
    shown.fill(setl_id="S3", mdtrt_id="M3", time=at, total=str(total), fund="1.00", account="0",
               mutual_aid="", cash=str(cash))  # fmt: skip
    payment.complete("")
    shown.rest()
    assert payment.receipt is not None
    (one,) = payment.receipt.settlements
    assert (one.mode, one.setl_id) == ("portal_assisted", "S3")
    with shown.opened.engine.connect() as books:
        rows = books.exec_driver_sql("SELECT infno FROM platform_request").fetchall()
    assert not {row[0] for row in rows} & {"2101", "2102", "2103", "2601"}
