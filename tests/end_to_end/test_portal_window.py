"""SJZ-A.7 in the real window, on real books: switch, key in, pay, cancel; errors are told."""

from __future__ import annotations

import json
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.clock import shop_time
from app.domain.insurance import Header, SignIn
from app.domain.money import Money
from app.use_cases.shift import Counted, confirm_count, current_shift
from app.use_cases.shift_report import Report, shift_report
from tests.fakes.practice_window import ShownWindow, practice_window
from ui.bench.makers import prescription
from ui.keys import Action
from ui.screens.payment.view_model import Stage
from ui.screens.portal.panel import PortalPanel
from ui.screens.practice.helper import persons
from ui.screens.returns.panel import ReturnPanel
from ui.screens.shop.panel import ShopPanel
from ui.shift_rows import report_rows
from ui.words import say

pytestmark = [pytest.mark.qt_log_ignore("propagateSizeHints"), pytest.mark.rule("SJZ-A.7", "S-03")]


class Shown(ShownWindow):
    """With the portal's results keyed in."""

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

    def sold(self, setl_id: str) -> None:
        """A whole sale whose result is keyed in: one yuan by the fund, the rest in cash."""
        self.quoted()
        payment = self.window.payment
        self.window.router.perform(Action.SETTLE)
        self.rest()
        total = payment.view.settlements[0].total if payment.view else Money(0)
        at = f"{shop_time(self.opened.shop.now()):%Y-%m-%d %H:%M:%S}"
        self.fill(setl_id=setl_id, mdtrt_id=f"M{setl_id}", time=at, total=str(total), fund="1.00",
                  account="0", mutual_aid="", cash=str(total - Money(100)))  # fmt: skip
        payment.complete("")
        self.rest()

    def books(self, question: str) -> list[tuple[object, ...]]:
        """The till's own, by SQL."""
        with self.opened.engine.connect() as books:
            return [tuple(row) for row in books.exec_driver_sql(question)]


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    with practice_window(qtbot, tmp_path) as (opened, window, lanes):
        window.resize(1366, 768)
        made = Shown(opened, lanes, window)
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
    assert [(one.by, one.cancel) for one in payment.receipt.keyed] == [("练习·李收银", False)]
    (one,) = payment.receipt.settlements
    assert (one.mode, one.setl_id) == ("portal_assisted", "S3")
    with shown.opened.engine.connect() as books:
        rows = books.exec_driver_sql("SELECT infno FROM platform_request").fetchall()
    assert not {row[0] for row in rows} & {"2101", "2102", "2103", "2601"}


def test_a_return_of_what_the_portal_settled_keys_its_cancel_in(shown: Shown) -> None:
    window = shown.window
    shown.switch()
    shown.sold("R1")
    window.flow.show_last_made()
    assert "结算 R1 由 练习·李收银" in window.receipt_panel.portal.text()
    shown.look("receipt")
    window.router.perform(Action.RETURN)
    shown.rest()
    panel, model = window.panel(), window.returns
    assert isinstance(panel, ReturnPanel)
    assert panel.portal.isVisible() and "门户" in panel.sales.item(0).text()
    panel.portal.click()
    shown.rest()
    shown.look("list")
    assert [one.portal for one in model.found] == [True]
    QTest.keyClick(panel.field, Qt.Key.Key_Return)
    shown.rest()
    assert model.sale is not None
    window.take_scan(model.sale.lines[0].trace_codes[0])
    window.take_scan(next(one.code for one in persons() if "练习甲" in one.name))
    shown.rest()
    panel.ask.click()
    shown.rest()
    assert model.view is not None and model.view.state == "asked", model.note
    panel.run.click()
    shown.rest()
    later = shop_time(shown.opened.shop.now() + timedelta(seconds=1))
    shown.look("return-cancel")
    window.take_scan("R1")  # from the portal's paper, into the field in use
    window.take_scan(next(one.code for one in persons()))  # a credential is no id
    shown.rest()
    assert shown.panel().fields["setl_id"].text() == "R1"
    # The id of the sale itself is no cancel of it; nothing has moved then.
    shown.fill(setl_id="R1", time=f"{later:%Y-%m-%d %H:%M:%S}")
    assert "没有登记" in shown.panel().said.text()
    assert shown.books("SELECT state FROM sale_return") == [("asked",)]
    shown.fill(setl_id="R2", time=f"{later:%Y-%m-%d %H:%M:%S}")
    assert window.panel() is panel
    assert model.view is not None and model.view.state == "done", model.note
    shown.look("return-done")
    assert shown.books("SELECT setl_id, cancel, fund FROM portal_entry ORDER BY at") == [
        ("R1", 0, 100), ("R2", 1, -100),
    ]  # fmt: skip
    assert shown.books("SELECT sum(amount) FROM tender") == [(0,)]
    receipt = shown.opened.shop.receipt(model.view.sale_id, reprint=True)
    window.flow.show_receipt(receipt)
    assert "撤销 R2" in window.receipt_panel.portal.text()
    shown.sign_in("3001", "300300")
    told = {row.left: row.right for row in report_rows(closed_shift(shown), say)}
    assert told[say("shift.portal_sold", many=1)] == f"{receipt.total}"
    assert told[say("shift.portal_back", many=1)] == f"-{receipt.total}"


def closed_shift(shown: Shown) -> Report:
    """The shift, counted."""
    doors, who = shown.opened.shop.doors, shown.window.session.who()
    found = current_shift(doors)
    assert found is not None
    shift, _known = found
    assert shift_report(doors, shift.id).portal is None  # told only once the drawer was counted
    confirm_count(doors, who, shift.id, Counted.of_sum(Money(0)))
    return shift_report(doors, shift.id)


@pytest.mark.rule("SJZ-A.7", "S-04")
def test_the_version_of_the_interface_is_changed_with_a_reason_and_taken_back(shown: Shown) -> None:
    shown.sign_in("3001", "300300")
    shown.window.open_panel("shop")
    shown.rest()
    panel = shown.window.panel()
    assert isinstance(panel, ShopPanel)
    box, doors = panel.connection, shown.opened.shop.doors
    pack = doors.profile.infver

    def change(version: str, reason: str) -> str:
        box.version.setText(version)
        box.version_reason.setText(reason)
        box.speak_commit.click()
        shown.rest()
        return box.said.text()

    assert not box.speak_back.isVisible() and pack in box.spoken.text()
    wrong, first = say("connection.version_wrong"), say("connection.reason_first")
    for version in ("", "V 2", "版本", "V2-0"):
        assert change(version, "练习：通知") == wrong
    assert change("V2.0", " ") == first
    assert "V2.0" in change("V2.0", "练习：3 号通知")
    shown.look("version")
    assert box.speak_back.isVisible() and "3 号通知" in box.spoken.text()

    def sent() -> object:
        header = Header("P" * 30, doors.clock.now(), "1001", "练习")
        message = doors.platform.compose(SignIn("1001", "00-00", "127.0.0.1"), header)
        return json.loads(message.body)["infver"]

    assert (sent(), doors.infver) == ("V2.0", "V2.0")
    box.version_reason.setText("练习：撤回通知")
    box.speak_back.click()
    shown.rest()
    assert (sent(), doors.infver, box.speak_back.isVisible()) == (pack, pack, False)
    logged = "SELECT entry FROM act_log WHERE act = 'shop.interface_version' ORDER BY seq"
    assert [json.loads(str(row[0]))["infver"] for row in shown.books(logged)] == ["V2.0", pack]
