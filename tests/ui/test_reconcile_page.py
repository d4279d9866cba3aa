"""The page 对账 over real books: yesterday by itself; a difference closes with its act."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.domain.statement import DayState
from app.use_cases.reconcile import reconcile
from app.use_cases.reconcile_page import due, yesterday_told
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.fakes.statements import (
    DAY,
    a_manager,
    a_settled_sale,
    keyed_past_the_till,
    portal,
    setl_id,
)
from ui.screens.reconcile.clearing_model import ClearingModel
from ui.screens.reconcile.morning import MorningCompare
from ui.screens.reconcile.page import ReconcilePage
from ui.screens.reconcile.view_model import ReconcileModel
from ui.screens.session import Session
from ui.shop_reconcile import ShopReconcile
from ui.table_export import export_table


class Desk(ShopReconcile):
    """The shop's part of this page, on a practice till."""

    def __init__(self, till: PracticeTill, folder: Path) -> None:
        self.doors = self._recovery = till.doors
        self.devices_folder = folder
        self._system = till.operator

    def now(self):
        return self.doors.clock.now()


class Office:
    """The page and everything behind it, the morning after."""

    def __init__(self, till: PracticeTill, folder: Path, lang: str = "zh_CN") -> None:
        self.till, self.lanes, self.folder = till, HandLanes(), folder
        self.session = Session(Desk(till, folder), self.lanes, lang)
        self.session.sign_in(a_manager(till))
        till.clock.set(till.clock.now() + timedelta(days=1))
        self.sheets = []
        self.model = ReconcileModel(
            self.session,
            lambda *told: export_table(folder, *told),
            lambda sheet: self.sheets.append(sheet) or f"{sheet.name}.pdf",
        )
        self.clearing = ClearingModel(self.session)
        self.page = ReconcilePage(self.model, self.clearing, lambda _token: None)

    def open(self) -> None:
        self.page.show()
        self.page.enter()
        self.settle()

    def settle(self) -> None:
        """Let every lane run until nothing is asked any more."""
        for _ in range(6):
            self.lanes.run()

    def cells(self, part: str = "lines") -> list[list[str]]:
        table = self.page.lists[part].model
        return [
            [str(table.index(at, each).data() or "") for each in range(table.columnCount())]
            for at in range(table.rowCount())
        ]


def differing(till: PracticeTill) -> None:
    """A day with a wrong amount and a row that was keyed past the till."""
    portal(till, f"/{setl_id(till, a_settled_sale(till))}/amounts", fund_pay_sumamt="1.00")
    keyed_past_the_till(till, count=2)


@pytest.fixture
def office(qtbot, tmp_path: Path) -> Iterator[Office]:
    for till in practice_till(tmp_path / "till"):
        differing(till)
        made = Office(till, tmp_path)
        qtbot.addWidget(made.page)
        made.page.resize(1366, 700)
        yield made


@pytest.mark.rule("LN-3.4b")
def test_yesterday_is_compared_by_itself_and_each_row_closes_with_its_act(office, qtbot):
    office.open()
    assert office.model.day == DAY
    assert [row[0] for row in office.cells()] == ["金额不一致", "平台有，本机无"]
    assert "2 笔差异" in office.page.note.text()
    office.page.pdf.click()
    office.settle()
    (sheet,) = office.sheets
    assert "statement-20261122" in office.page.note.text() and len(sheet.signatures) == 2
    assert [len(table.rows) for table in sheet.tables] == [1, 2]
    assert office.page.levels["totals"].text() == "总额：16 组中 1 组不平"
    page = office.page
    for _ in range(2):
        page.lists["lines"].table.setFocus()
        qtbot.keyClick(page.lists["lines"].table, Qt.Key.Key_Return)
        # An act that changes a book for good wants a ground and a second person.
        page.act.click()
        assert "依据" in page.note.text()
        page.ground.setText("练习：对账单 1 号")
        qtbot.keyClick(page.ground, Qt.Key.Key_Return)
        qtbot.keyClicks(page.number, "2001")
        qtbot.keyClicks(page.pin, "200200")
        qtbot.keyClick(page.pin, Qt.Key.Key_Return)
        assert page.pin.text() == ""
        office.settle()
        assert "已处理" in page.note.text()
    assert [row[-1] for row in office.cells()] == ["已处理", "已处理"]
    page.compare.click()
    office.settle()
    assert "账平" in page.note.text()
    assert [one.state for one in [office.model.view.statement]] == [DayState.LEVEL]


def test_the_morning_asks_once_and_the_board_reads_it(office):
    doors = office.till.doors
    assert (due(doors), yesterday_told(doors).said) == (DAY, "none")
    morning = MorningCompare(office.session)
    morning.ask()
    office.settle()
    assert (due(doors), yesterday_told(doors).said) == (None, "differs")
    assert yesterday_told(doors).standing == 2
    morning.ask()
    office.settle()
    with doors.uow() as uow:
        assert len(uow.reconciliations.days(9)) == 1
    morning.stop()


def test_days_on_whose_morning_the_shop_was_closed_are_compared_too(office):
    till = office.till
    reconcile(till.doors, till.operator, DAY - timedelta(days=2))
    # Compared while it still ran: what is settled later took no part.
    reconcile(till.doors, till.operator, DAY + timedelta(days=1))
    till.clock.set(till.clock.now() + timedelta(days=2))
    assert yesterday_told(till.doors).said == "none"
    asked = []
    while (day := due(till.doors)) is not None:
        asked.append((day - DAY).days)
        if asked == [2]:
            till.fault(infno="3201", kind="lost_answer")
        reconcile(till.doors, till.operator, day)
        till.clock.set(till.clock.now() + timedelta(minutes=1))
    assert asked == [2, 1, 0, -1, 2]


def test_days_and_files(office):
    office.open()
    page = office.page
    page.day.setText("26-11-99")
    page.day.returnPressed.emit()
    assert "看不懂" in page.note.text()
    page.after.click()
    office.settle()
    assert office.cells() == [] and "F5" in page.lists["lines"].nothing.text()
    assert "另有 2 笔" in page.elsewhere.text()
    page.after.click()
    assert "还没到" in page.note.text() or not page.after.isEnabled()
    page.before.click()
    office.settle()
    page.turn("totals")
    page.exports["csv"].click()
    office.settle()
    (written,) = (office.folder / "lists").glob("reconcile-totals-20261122-*.csv")
    assert "999900" in written.read_text(encoding="utf-8-sig")


@pytest.mark.rule("LN-3.4a", "S-32")
def test_a_month_is_declared_matched_and_a_refused_fee_appealed(office, tmp_path):
    office.till.clock.set(office.till.clock.now() + timedelta(days=12))
    office.open()
    page, part = office.page, office.page.clearing
    page.turn("clearing")
    part.month.setText("202611")
    part.month.returnPressed.emit()
    office.settle()
    assert page.of_day.isHidden() and office.clearing.month == "2026-11"
    row = part.rows.model.lines[0].values
    assert (row[0], row[1], row[-1]) == ("310", "11", "未申报")
    part.presses["declare"].click()
    office.settle()
    # The day's differences were not closed: the platform has other figures, and says so.
    assert "退回" in part.note.text() and "不符" in part.note.text()
    for name, amount, said in (("add", "5.00", "BF-1"), ("refuse", "2.68", "练习：超量")):
        part.amount.setText(amount)
        part.reference.setText(said)
        part.presses[name].click()
        office.settle()
    assert str(part.rows.model.lines[0].values[9]) == "0.00"
    part.moves.choose(part.moves.model.lines[-1].key)
    part.words.setText("练习：有处方")
    part.presses["appeal"].click()
    office.settle()
    assert part.moves.model.lines[-1].values[-1] == "申诉中"
    part.amount.setText("x")
    part.presses["add"].click()
    assert "都要填" in part.note.text()
    path = tmp_path / "bf.csv"
    path.write_text("月份,险种,清算类别,拨付日期,金额,凭证号\n2026-11,310,11,2026-12-01,-5,TH-1\n")
    office.clearing.take_file(str(path))
    office.settle()
    assert "导入 1 笔" in part.note.text()
    assert [line.values[0] for line in part.moves.model.lines] == ["收回", "拨付", "扣款"]


@pytest.mark.rule("LN-3.4a", "S-32")
def test_a_declared_month_says_until_when_it_is_paid(office):
    office.till.clock.set(office.till.clock.now() + timedelta(days=12))
    office.open()
    office.page.turn("clearing")
    part = office.page.clearing

    def shown(month="202611"):
        part.month.setText(month)
        part.month.returnPressed.emit()
        office.settle()
        return str(part.rows.model.lines[0].values[10]), part.copy.text()

    assert shown()[0] == ""
    office.till.fault(infno="3203", kind="not_arrived")
    part.presses["declare"].click()
    office.settle()
    assert shown()[0] == "", "nobody knows whether it was declared"
    part.number.setText("LQ-PORTAL-7")
    press_in_time(office, "found")
    # From Saturday 5 December: 19 weekdays of December, 11 of January.
    day, said = shown()
    assert day == "2027-01-15" and "还有 30 个工作日" in said and "2027 年放假安排未知" in said
    office.till.clock.set(office.till.clock.now() + timedelta(days=44))
    day, said = shown()
    assert day == "2027-01-15 逾期" and "已过 1 个工作日：请向经办机构催问" in said
    part.rows.choose(part.rows.model.lines[0].key)
    part.amount.setText(str(part.rows.model.lines[0].values[9]))
    part.reference.setText("BF-9")
    part.presses["add"].click()
    office.settle()
    day, said = shown()
    assert day == "2027-01-15" and "工作日" not in said, "all of it came"


def press_in_time(office, key):
    """Too early the key says how long to wait, and nothing changes."""
    part = office.page.clearing
    before = part.rows.model.lines[0].values[-1]
    part.presses[key].click()
    office.settle()
    wait = office.till.doors.profile.unknown_wait_seconds
    assert f"请等 {wait} 秒" in part.note.text()
    assert part.rows.model.lines[0].values[-1] == before
    office.till.clock.set(office.till.clock.now() + timedelta(seconds=wait))
    part.presses[key].click()
    office.settle()


def test_a_claim_without_an_answer_is_settled_as_the_portal_shows_it(office):
    office.till.clock.set(office.till.clock.now() + timedelta(days=12))
    office.open()
    office.page.turn("clearing")
    part = office.page.clearing
    part.month.setText("202611")
    part.month.returnPressed.emit()
    office.settle()
    assert part.presses["found"].isHidden() and part.number.isHidden()
    for number, state in (("", "未申报"), ("LQ-PORTAL-7", "已申报 LQ-PORTAL-7")):
        office.till.fault(infno="3203", kind="not_arrived")
        part.presses["declare"].click()
        office.settle()
        assert not part.presses["found"].isHidden() and "到医保门户看" in part.copy.text()
        part.presses["found"].click()
        assert "编号" in part.note.text()
        part.number.setText(number)
        press_in_time(office, "found" if number else "not_there")
        assert str(part.rows.model.lines[0].values[-1]).startswith(state)
        assert part.presses["found"].isHidden()
    for press, state in (("found", "已申报 LQ-PORTAL-7"), ("not_there", "已撤回")):
        office.till.fault(infno="3204", kind="not_arrived")
        part.presses["withdraw"].click()
        office.settle()
        assert "可能已经撤掉" in part.note.text() and "再按一次「撤回申报」" in part.copy.text()
        press_in_time(office, press)
        assert str(part.rows.model.lines[0].values[-1]).startswith(state)
