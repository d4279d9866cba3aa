"""The page 监管 over real books: one key answers an alert, a month leaves, a drug is watched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt

from app.use_cases.alerts import alerts_told
from app.use_cases.complete_sale import complete_sale
from app.use_cases.month_report import month_due
from app.use_cases.watched import watched_in
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.statements import a_manager
from ui.screens.session import Session
from ui.screens.watch.page import WatchPage
from ui.screens.watch.view_model import WatchModel
from ui.shop_watch import ShopWatch
from ui.table_export import export_table


class Desk(ShopWatch):
    """The shop's part of this page, on a practice till."""

    def __init__(self, till: PracticeTill) -> None:
        self.doors = self._recovery = till.doors

    def now(self):
        return self.doors.clock.now()


class Office:
    """The page and everything behind it."""

    def __init__(self, till: PracticeTill, folder: Path, lang: str = "zh_CN") -> None:
        self.till, self.lanes, self.folder = till, HandLanes(), folder
        self.session = Session(Desk(till), self.lanes, lang)
        self.session.sign_in(a_manager(till))
        self.sheets = []
        self.model = WatchModel(
            self.session,
            lambda *told: export_table(folder, *told),
            lambda sheet: self.sheets.append(sheet) or f"{sheet.name}.pdf",
        )
        self.page = WatchPage(self.model, lambda _token: None)

    def open(self, part: str = "alerts") -> None:
        self.page.show()
        self.page.enter()
        self.settle()
        if part != "alerts":
            self.page.tabs[part].click()
            self.settle()

    def settle(self) -> None:
        """Let every lane run until nothing is asked any more."""
        for _ in range(6):
            self.lanes.run()

    def cells(self) -> list[list[str]]:
        table = self.page.parts[self.model.part].list.model
        return [
            [str(table.index(at, each).data() or "") for each in range(table.columnCount())]
            for at in range(table.rowCount())
        ]


def a_sale(till: PracticeTill, packs: int) -> None:
    """Sold with eleven boxes the practice platform warns of the quantity."""
    drug = till.find(insurance_class="A", sale_class="rx", trace_exempt=False)
    sale = till.prescribe(till.basket((drug, packs)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    due = till.settle(sale, patient).cash_due
    complete_sale(till.doors, sale.id, cash(due), due, till.operator)


@pytest.fixture
def office(qtbot, tmp_path: Path) -> Iterator[Office]:
    for till in practice_till(tmp_path / "till", "CN-999905"):
        a_sale(till, 11)
        made = Office(till, tmp_path)
        qtbot.addWidget(made.page)
        made.page.resize(1180, 640)
        yield made


@pytest.mark.rule("S-11")
def test_one_key_answers_an_alert(office, qtbot):
    office.open()
    part = office.page.parts["alerts"]
    assert [row[1:4] for row in office.cells()] == [["待答复", "超量购药", "高度可疑"]]
    assert "待答复 1 条" in part.count.text() and "3101" not in part.text.text()
    qtbot.keyClick(part.list.search, Qt.Key.Key_Return)
    qtbot.keyClick(part.list.table, Qt.Key.Key_Return)
    qtbot.keyClick(part.words, Qt.Key.Key_Return)
    assert "答复还是空的" in office.page.note.text()
    qtbot.keyClick(part.list.table, Qt.Key.Key_3)
    office.settle()
    assert "已答复" in office.page.note.text() and office.cells() == []
    assert alerts_told(office.till.doors).waiting == 0
    part.filters["all"].click()
    (row,) = office.cells()
    assert row[1] == "已答复" and "长期用药，数量按处方" in row[7] and row[8] == "待上传"
    assert part.acts.isHidden()


@pytest.mark.rule("SJZ-3")
@pytest.mark.rule("LN-3.2")
def test_the_month_leaves_as_files_and_as_a_paper(office):
    office.open("month")
    part = office.page.parts["month"]
    names = [row[0] for row in office.cells()]
    assert names == ["合计", "结算类型", "险种 · 清算类别", "开方机构", "开方科室", "开方医师"]
    assert len({row[4] for row in office.cells()}) == 1
    assert "还没过完" in part.total.text()
    part._write("csv")
    office.settle()
    (file,) = (office.folder / "lists").glob("month-sums-2026-11-*.csv")
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 1 + len(names)
    part._write("xlsx")
    office.settle()
    (book,) = (office.folder / "lists").glob("month-sums-2026-11-*.xlsx")
    sheet = load_workbook(book).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == names
    part.pdf.click()
    office.settle()
    (sheet,) = office.sheets
    assert [len(table.rows) for table in sheet.tables] == [6, len(part.lists["whys"].shown_rows())]
    assert len(sheet.signatures) == 2
    # A month to come is not asked for; nonsense is said.
    office.page.after.click()
    office.page.month.setText("2027-01")
    office.page.month.returnPressed.emit()
    assert office.model.month == "2026-11" and "没看懂月份" in office.page.note.text()


@pytest.mark.rule("LN-5.2")
def test_a_drug_is_watched_and_left_alone_again_by_enter(office, qtbot):
    office.open("drugs")
    part = office.page.parts["drugs"]
    qtbot.keyClick(part.list.search, Qt.Key.Key_Return)
    qtbot.keyClick(part.list.table, Qt.Key.Key_Return)
    part.reason.setText("金额大")
    qtbot.keyClick(part.reason, Qt.Key.Key_Return)
    office.settle()
    assert office.cells()[0][8] == "金额大"
    with office.till.doors.uow() as uow:
        assert [one.why for one in watched_in(uow).values()] == ["金额大"]
    assert part.keep.text() == "不再关注" and part.reason.isHidden()
    part.keep.click()
    office.settle()
    with office.till.doors.uow() as uow:
        assert watched_in(uow) == {}


def test_a_cashier_is_told_why_nothing_is_shown(office):
    office.session.sign_in(office.till.operator)
    office.open()
    assert office.page.stack.currentWidget() is office.page.closed
    assert office.cells() == []


def test_the_rule_base_stands_beside_our_own_checks(office):
    office.open("mirror")
    rows = {row[0]: row for row in office.cells()}
    assert rows["超量购药"][1] == "LX002" and rows["超量购药"][3] == "1"
    assert "上次的药没用完" in rows["重复购药"][2]


@pytest.mark.rule("LN-5.2b")
def test_a_version_of_the_drug_list_is_read_with_its_day(office, tmp_path):
    office.open("lists")
    part, drug = office.page.parts["lists"], office.till.medicine("P0001")
    path = tmp_path / "list.csv"
    path.write_text(f"国家医保编码,医保类别,变动\n{drug.national_code},,调出\n", encoding="utf-8")
    part.take(path)
    assert "没有读入" in office.page.note.text()
    part.version.setText("2027 版")
    part.effective.setText("2027-01-01")
    part.take(path)
    office.settle()
    assert "调出 1 种" in office.page.note.text() and part.version.text() == ""
    (row,) = office.cells()
    assert row[:4] == ["2027-01-01", "2027 版", "调出，改自费", "P0001"]
    assert row[7:9] == ["甲", "丙"] and int(row[9]) > 0 and row[10] == "未到日期"
    path.write_text("国家医保编码,医保类别\nX1,丁\n", encoding="utf-8")
    part.version.setText("2028 版")
    part.effective.setText("2028-01-01")
    part.take(path)
    office.settle()
    assert "第 2 行没看懂" in office.page.note.text()


@pytest.mark.rule("SY-4")
def test_from_the_first_to_the_tenth_the_report_begins_with_the_month_before(office):
    office.till.clock.set(datetime(2026, 12, 2, 2, tzinfo=UTC))
    office.model.month = "2026-12"
    office.open("month")
    assert office.model.month == "2026-11" and len(office.cells()) == 6
    part = office.page.parts["month"]
    assert "还没过完" not in part.total.text()
    part._write("csv")
    office.settle()
    told = month_due(office.till.doors)
    assert told is not None and told.told
    office.page.after.click()
    office.settle()
    assert office.model.month == "2026-12"
    office.page.tabs["month"].click()
    assert office.model.month == "2026-12"  # where somebody turned to
