"""The page 合规档案 over real books: the file, the self-assessment by keys, scans, complaints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton

from app.domain.admission import Verdict
from app.domain.complaint_states import ComplaintEvent
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.fakes.statements import a_manager
from ui.screens.compliance.page import CompliancePage
from ui.screens.compliance.view_model import ComplianceModel
from ui.screens.session import Session
from ui.shop_board import ShopBoard
from ui.shop_compliance import ShopCompliance
from ui.shop_receiving import ShopReceiving
from ui.table_export import export_table
from ui.words import say

TORN = b"\x89PNG\r\n\x1a\n" + bytes(40)
"""Begins like a picture and is none."""


class Desk(ShopCompliance, ShopBoard, ShopReceiving):
    """The shop's part of this page, on a practice till."""

    def __init__(self, till: PracticeTill, folder: Path) -> None:
        self.doors = self._recovery = till.doors
        self.devices_folder = folder

    def now(self):
        return self.doors.clock.now()


class Office:
    """The page and everything behind it."""

    def __init__(self, till: PracticeTill, folder: Path, lang: str = "zh_CN") -> None:
        self.till, self.lanes, self.sheets = till, HandLanes(), []
        self.session = Session(Desk(till, folder), self.lanes, lang)
        self.session.sign_in(a_manager(till))
        self.model = ComplianceModel(
            self.session,
            lambda *told: export_table(folder, *told),
            lambda sheet: self.sheets.append(sheet) or f"{sheet.name}.pdf",
        )
        self.page = CompliancePage(self.model, lambda _token: None)

    def open(self, part: str):
        self.page.show()
        self.page.enter()
        self.settle()
        self.page.tabs[part].click()
        self.settle()
        return self.page.parts[part]

    def write(self, part) -> None:
        """The key that writes the rows as CSV."""
        keys = part.findChildren(QAbstractButton)
        next(key for key in keys if key.text() == say("figures.csv")).click()
        self.settle()

    def settle(self) -> None:
        """Let every lane run until nothing is asked any more."""
        for _ in range(6):
            self.lanes.run()


@pytest.fixture
def office(qtbot, tmp_path) -> Iterator[Office]:
    yield from an_office(qtbot, tmp_path, "CN-999900")


@pytest.fixture
def there(qtbot, tmp_path) -> Iterator[Office]:
    """Of the area that asks for the quality system."""
    yield from an_office(qtbot, tmp_path, "CN-430421")


def an_office(qtbot, tmp_path, region: str) -> Iterator[Office]:
    made = practice_till(tmp_path / "home", region)
    till = next(made)
    office = Office(till, tmp_path)
    qtbot.addWidget(office.page)
    yield office
    office.page.close()
    made.close()


@pytest.mark.rule("SJZ-2.2b", "HY-1.1.1", "HY-1.5.8")
def test_the_file_says_opening_dual_channel_and_suspension(office, tmp_path):
    part = office.open("file")
    assert "没有登记开业日期" in part.told.text() and "双通道：否" in part.told.text()

    def add(kind, begins, title="", number="", ends=""):
        part.kind.setCurrentIndex(part.kind.findData(kind))
        part.title.setText(title)
        part.number.setText(number)
        part.begins.setText(begins)
        part.ends.setText(ends)
        part.add.click()
        office.settle()

    add("opening", "2026/9/1")
    assert "只满 2 个月" in part.told.text() and "2026-12-01" in part.told.text()
    add("dual_channel", "20260101", number="XY-2026-8")
    assert "双通道：是" in part.told.text() and "XY-2026-8" in part.told.text()
    office.write(part)
    (file,) = (tmp_path / "lists").glob("*file-*.csv")
    rows = file.read_text(encoding="utf-8-sig").splitlines()
    (dual,) = [row for row in rows if "XY-2026-8" in row]
    assert "双通道" in dual and "2026-01-01" in dual
    for garbage in (("suspension", "2026-13-45", "练习"), ("suspension", "", "练习"),
                    ("suspension", "2026-11-22", "")):  # fmt: skip
        add(*garbage)
        assert office.model.note.severity == "warn" and len(part.list.model.lines) == 2
    add("suspension", "2026-11-01", "练习：整改", ends="2026-12-31")
    assert "医保服务暂停中（练习：整改）" in part.told.text()
    part.list.choose(office.model.file.suspension.id)
    part.withdraw.click()
    assert office.model.file.suspension is not None and part.back()
    part.withdraw.click()
    part.withdraw.click()
    office.settle()
    assert "暂停中" not in part.told.text()


@pytest.mark.rule("SY-2")
def test_a_self_assessment_is_answered_from_the_list_and_printed(office):
    part = office.open("assess")
    done = office.model.assessment
    asked = [one for one in done.items if one.verdict is Verdict.OPEN and part.yes]
    for _ in asked:
        if part.yes.isEnabled():
            part.yes.click()
            office.settle()
    done = office.model.assessment
    open_ones = {one.condition for one in done.items if one.verdict is Verdict.OPEN}
    assert open_ones == {"months_traded"}
    part.pdf.click()
    office.settle()
    (sheet,) = office.sheets
    below = sum(len(one.parts) for one in done.items)
    assert "自评" in sheet.title and len(sheet.tables[0].rows) == len(done.items) + below
    lacking = [row for row in sheet.tables[0].rows if row[0] == "缺"]
    assert lacking and all(row[5] for row in lacking)
    with office.till.doors.uow() as uow:
        logged = [entry for entry in uow.log.tail(20) if entry.act == "admission.assessed"]
    assert len(logged) == 1


def test_nothing_is_asked_of_a_row_that_a_search_took_out_of_sight(office):
    part = office.open("assess")
    assert part.yes.isEnabled() and part.words.text()
    part.list.search.setText("没有这样的条件")
    assert part.list.chosen() is None and not part.yes.isEnabled() and not part.words.text()
    part.list.search.setText("")
    assert part.list.chosen() is not None and part.words.text()


@pytest.mark.rule("HY-1.1.2")
def test_the_records_of_the_quality_system_stand_below_it_with_what_is_missing(there):
    part = there.open("assess")
    lines = {line.key: line for line in part.list.model.lines}
    health = lines["gsp.health"].values
    assert health[0] == "缺" and "练习·" in health[4] and "人员" in health[5]
    assert lines["gsp.batches"].values[0] == "符合"
    assert lines["gsp.storage"].values[0] == "仅列出"
    assert not part.yes.isEnabled() or part.list.chosen().condition != "quality_system"
    part.list.choose("gsp.health")
    assert "练习·" in part.words.text() and not part.yes.isEnabled()
    part.list.choose("gsp.batches")
    assert "都在有效期内" in part.words.text()


@pytest.mark.rule("HY-1.3")
def test_a_step_is_filed_by_its_day_and_what_follows_is_told(there):
    part = there.open("steps")
    assert "正常" in part.told.text() and "没有在等的事项" in part.told.text()
    part.kind.setCurrentIndex(part.kind.findData("rectifying"))
    part.begins.setText("2026-11-02")
    part.ends.setText("2026-11-30")
    part.add.click()
    there.settle()
    assert "整改中" in part.told.text() and "到 2026-11-30，还有 8 天" in part.told.text()
    part.kind.setCurrentIndex(part.kind.findData("public_notice"))
    part.begins.setText("2026-11-20")
    part.add.click()
    there.settle()
    assert "到 2026-11-27，还有 5 个工作日" in part.told.text()
    part.pdf.click()
    there.settle()
    assert "定点进程" in there.sheets[0].title and len(there.sheets[0].tables[0].rows) == 2


@pytest.mark.rule("HY-1.4")
def test_a_paper_has_its_scan_sealed_and_shown(office, tmp_path):
    part = office.open("documents")
    part.kind.setCurrentIndex(part.kind.findData("lease"))
    part.title.setText("练习租赁合同")
    part.begins.setText("2026-01-01")
    part.ends.setText("2026-12-20")
    part.add.click()
    office.settle()
    part.path.setText(str(tmp_path / "none.pdf"))
    part.attach.click()
    office.settle()
    assert office.model.note.severity == "warn"
    wrong = tmp_path / "note.txt"
    wrong.write_text("练习")
    part.path.setText(str(wrong))
    part.attach.click()
    office.settle()
    assert office.model.note.severity == "warn" and not office.model.scans
    scan = tmp_path / "lease.png"
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    assert image.save(str(scan))
    part.path.setText(str(scan))
    part.attach.click()
    office.settle()
    (kept,) = office.model.scans.values()
    assert kept[0].size == scan.stat().st_size and part.look.isEnabled()
    part.look.click()
    office.settle()
    assert not part.view.isHidden() and part.back() and part.view.isHidden()
    scan.write_bytes(TORN)
    part.path.setText(str(scan))
    part.attach.click()
    office.settle()
    part.scans.setCurrentIndex(1)
    part.look.click()
    office.settle()
    assert not part.view.isHidden() and part.back()
    assert part.list.model.lines[0].values[7] == "快到期"


@pytest.mark.rule("SJZ-A.2")
def test_an_agreement_is_on_file_with_number_scope_days_and_its_scan(office, tmp_path):
    part = office.open("documents")
    part.kind.setCurrentIndex(part.kind.findData("agreement"))
    part.title.setText("练习补充协议")
    part.number.setText("XY-2026-9")
    part.begins.setText("2026-01-01")
    part.ends.setText("2026-12-31")
    part.note.setText("普通门诊统筹、门诊慢特病")
    part.add.click()
    office.settle()
    (line,) = part.list.model.lines
    told = [f"{value}" for value in line.values]
    for wanted in ("XY-2026-9", "2026-01-01", "2026-12-31", "普通门诊统筹、门诊慢特病"):
        assert wanted in told
    scan = tmp_path / "agreement.png"
    scan.write_bytes(TORN)
    part.path.setText(str(scan))
    part.attach.click()
    office.settle()
    assert part.scans.count() == 1
    office.write(part)
    (file,) = (tmp_path / "lists").glob("*documents-*.csv")
    assert "普通门诊统筹、门诊慢特病" in file.read_text(encoding="utf-8-sig")


def test_a_complaint_is_worked_on_and_closed(office):
    part = office.open("complaints")
    part.new_words.setText("练习：价签与收款不一致")
    part.person.setText("练习·王女士")
    part.due.setText("2026-11-01")
    part.add.click()
    assert office.model.note.severity == "warn"
    part.received.setText("2026-11-10")
    part.due.setText("2026-11-15")
    part.add.click()
    office.settle()
    assert "超期 1 件" in part.told.text()
    part.steps[ComplaintEvent.CLOSED].click()
    assert office.model.note.message_id == "compliance.no_step_words"
    for event in (ComplaintEvent.ACTED, ComplaintEvent.CLOSED):
        part.said.setText("练习：已退差价")
        part.steps[event].click()
        office.settle()
    row = part.list.model.lines[0].values
    assert row[6] == "已办结" and row[8]
    assert not part.steps[ComplaintEvent.ACTED].isEnabled()
    office.page.leave()
    assert part.person.text() == ""
