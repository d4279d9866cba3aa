"""班次 in the real window, on real books: by keys from the float to the close of the day."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.shift import Rounding, ShiftRules
from app.use_cases.shift import Counted
from app.use_cases.shift_rules import keep_rules
from app.use_cases.sign_in import sign_in
from tests.fakes.practice_window import ShownWindow, practice_window
from ui.screens.payment.view_model import Stage
from ui.screens.shift.panel import ShiftPanel
from ui.screens.shift.view_model import ShiftModel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CASHIER, MANAGER = ("1001", "100100"), ("3001", "300300")


@dataclass
class Shown(ShownWindow):
    """With the shift's panel."""

    qtbot: QtBot

    def number(self, digit: str, page: str) -> None:
        """A digit may be the first of a scanned code: it counts once nothing follows it."""
        QTest.keyClicks(QApplication.focusWidget() or self.window, digit)
        self.qtbot.waitUntil(lambda: self.model().page == page)
        self.rest()

    def model(self) -> ShiftModel:
        return self.window.shift

    def fill(self, **texts: str) -> None:
        """Fields of the form in sight, each left by Enter."""
        form = self.panel().page()
        for name, text in texts.items():
            form.fields[name.strip("_")].setText(text)
            QTest.keyClick(form.fields[name.strip("_")], Qt.Key.Key_Return)
        self.rest()

    def panel(self) -> ShiftPanel:
        panel = self.window.panel()
        assert isinstance(panel, ShiftPanel)
        return panel

    def sell(self, packs: int = 1) -> None:
        """Over the counter, in cash, exactly what is due."""
        till = self.window.till
        for _ in range(packs):
            till.add(next(hit.medicine for hit in self.opened.shop.search("创可贴", 9)))
            self.rest()
        self.window.payment.settle()
        self.rest()
        assert self.window.payment.stage is Stage.TENDER, [n.message_id for n in till.notes]
        self.window.payment.complete("")
        self.rest()


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    with practice_window(qtbot, tmp_path) as (opened, window, lanes):
        made = Shown(opened, lanes, window, qtbot)
        made.rest()
        yield made


def test_a_day_by_keys_from_the_first_sale_to_the_close(shown: Shown) -> None:
    window = shown.window
    shown.sign_in(*CASHIER)
    assert window.top._shift is None
    shown.sell()
    strip = window.top._shift
    assert strip is not None and strip.isVisible() and "Ctrl+J" in strip.means.text()
    shown.look("strip")
    window.open_panel("shift")
    shown.rest()
    assert not strip.isVisible(), "what it leads to is in sight"
    shown.look("home")
    shown.number("1", "float")
    for garbage in ("1_0", "-1", "１", "1e9", "9999999", "a"):
        shown.panel().count.fields["100"].setText(garbage)
        assert not shown.panel().count.commit.isEnabled(), garbage
    shown.fill(_100="", _500="", _10000="2", _1000="3")
    shown.look("float")
    form = shown.panel().count
    assert form.counted() == Counted.of_pieces({10000: 2, 1000: 3})
    form.commit.click()
    shown.rest()
    assert "开始" in shown.panel().words.text()
    shown.number("3", "out")
    shown.fill(move_amount="30")
    shown.panel().move_form.reasons["out_expense"].click()
    shown.look("out")
    shown.panel().move_form.commit.click()
    shown.rest()
    shown.number("4", "count")
    shown.fill(count_sum="100.00")
    shown.look("count")
    shown.panel().count.commit.click()
    shown.rest()
    shown.look("counted")
    counted = shown.panel().counted
    assert counted.difference.amount.text().startswith("-")
    counted.commit.click()
    shown.rest()
    assert "限额" in shown.panel().words.text()
    shown.fill(release_reason="练习少了", release_number="3001", release_pin="300300")
    counted.commit.click()
    shown.rest()
    shown.look("report")
    report = shown.model().report
    assert report is not None and report.shifts[0].state == "closed"
    window.close_panel()
    shown.sign_in(*MANAGER)
    window.open_panel("shift")
    shown.rest()
    shown.panel().tabs["day"].click()
    shown.rest()
    shown.look("day")
    shown.panel().day.acts["close_day"].click()
    shown.rest()
    shown.look("day_report")
    assert "已日结" in shown.panel().words.text()
    shown.panel().sheet.acts["verify"].click()
    shown.rest()
    assert "校验通过" in shown.panel().words.text()
    # A key that comes as soon as the report is in sight counts: what is read beside it waits.
    model = shown.model()
    model.show_day(model.report.day)  # type: ignore[union-attr]
    shown.lanes.run_one()
    assert model.page == "report" and model.note is None
    model.verify()
    shown.rest()
    assert "校验通过" in shown.panel().words.text()
    model.find("2026")  # what was typed a moment before is looked for a moment later
    model.note = None
    shown.panel().sheet.acts["verify"].click()
    shown.rest()
    assert "校验通过" in shown.panel().words.text()
    for act in ("pdf", "xlsx"):
        shown.panel().sheet.acts[act].click()
        shown.rest()
        assert Path(shown.panel().words.text().rpartition("存到 ")[2]).stat().st_size > 1000
    shown.panel().tabs["past"].click()
    shown.rest()
    shown.look("past")
    assert len(shown.panel().past.list.shown_rows()) == 2


def test_what_the_shop_lets_go_of_stands_in_the_tenders_and_in_the_report(shown: Shown) -> None:
    window, doors = shown.window, shown.opened.shop.doors
    manager = sign_in(doors, *MANAGER)
    keep_rules(doors, manager, ShiftRules(rounding=Rounding.YUAN))
    shown.sign_in(*CASHIER)
    for packs, back in ((1, False), (2, True)):
        for box in range(packs):
            window.take_scan(f"8990049000000000{packs}0{box}1")
            shown.rest()
        if back:  # the shop decides anew while the customer looks for change
            window.payment.settle()
            shown.rest()
            keep_rules(doors, manager, ShiftRules())
        else:
            window.payment.settle()
            shown.rest()
            assert window.money.tender.off.amount.text() == "−0.80"
            shown.look("rounding")
        assert window.payment.draft is not None
        window.payment.complete("")
        shown.rest()
        if back:
            assert "shift.rounding_changed" in [note.message_id for note in window.till.notes]
            window.payment.complete("")
            shown.rest()
        assert window.payment.stage is Stage.DONE, [n.message_id for n in window.till.notes]
    with doors.uow() as uow:
        shift = uow.shifts.current()
        assert shift is not None
        sums = {one.kind: str(one.amount) for one in uow.shifts.tenders([shift.id])}
    assert sums == {"cash": "49.60", "rounding": "0.80"}
