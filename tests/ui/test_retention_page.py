"""The page 保存期限 over real books: dry run, run, proofs, holds by two, a person's request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.clock import micros
from app.domain.evidence_keeping import HoldReason, HoldScope
from app.domain.record_kinds import RECORDS, Counted, Ending, RecordKind
from app.use_cases.complete_sale import complete_sale
from app.use_cases.delete_evidence import deletion_run
from app.use_cases.doors import Operator
from app.use_cases.record_run import record_run
from app.use_cases.sign_in import sign_in
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.statements import a_manager
from ui.practice import hire, practice_staff
from ui.screens.retention.page import RetentionPage
from ui.screens.retention.view_model import RetentionModel
from ui.screens.session import Session
from ui.shop_retention import ShopRetention
from ui.shop_vault import ShopVault
from ui.table_export import export_table
from ui.words import LANGUAGES, texts


class Desk(ShopRetention, ShopVault):
    """The shop's part of this page, on a practice till."""

    def __init__(self, till: PracticeTill) -> None:
        self.doors = self._recovery = till.doors

    def now(self):
        return self.doors.clock.now()


class Office:
    """The page and everything behind it."""

    def __init__(self, till: PracticeTill, folder: Path) -> None:
        self.till, self.lanes = till, HandLanes()
        self.session = Session(Desk(till), self.lanes, "zh_CN")
        self.session.sign_in(a_manager(till))
        self.sheets = []
        self.model = RetentionModel(
            self.session,
            lambda *told: export_table(folder, *told),
            lambda sheet: self.sheets.append(sheet) or f"{sheet.name}.pdf",
        )
        self.page = RetentionPage(self.model, lambda _token: None)

    def turn(self, part: str) -> None:
        self.page.tabs[part].click()
        self.settle()

    def settle(self) -> None:
        for _ in range(6):
            self.lanes.run()

    def cells(self) -> list[list[str]]:
        table = self.page.parts[self.model.part].list.model
        return [
            [str(table.index(at, each).data() or "") for each in range(table.columnCount())]
            for at in range(table.rowCount())
        ]

    def row(self, kind: RecordKind) -> list[str]:
        name = self.session.say(f"record_kind.{kind}")
        return next(one for one in self.cells() if one[0] == name)


def sell(till: PracticeTill) -> str:
    """A settled sale on a prescription; answers the number of its slip."""
    drug = till.find(insurance_class="A", sale_class="rx", trace_exempt=False)
    sale = till.prescribe(till.basket((drug, 1)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    due = till.settle(sale, patient).cash_due
    complete_sale(till.doors, sale.id, cash(due), due, till.operator)
    with till.doors.uow() as uow:
        return uow.sales.get(sale.id).receipt_no


def grow(till: PracticeTill, days: int) -> None:
    till.clock.set(till.clock.now() + timedelta(days=days))
    with till.doors.uow() as uow:
        told = json.dumps({"last": micros(till.clock.now()), "waits": 0})
        uow.settings.put(f"evidence.runs.{till.doors.shop.till_id}", told)
        uow.commit()


def run(till: PracticeTill) -> None:
    list(deletion_run(till.doors, "system"))
    list(record_run(till.doors, "system"))


@pytest.fixture
def office(qtbot, tmp_path: Path) -> Iterator[Office]:
    for till in practice_till(tmp_path / "till"):
        made = Office(till, tmp_path)
        qtbot.addWidget(made.page)
        made.page.resize(1180, 640)
        made.page.show()
        yield made


def test_a_hold_asked_for_while_the_page_is_still_read_is_not_lost(office: Office) -> None:
    office.page.enter()
    office.page.tabs["holds"].click()
    part = office.page.parts["holds"]
    part.kind.setCurrentIndex(part.kind.findData(RecordKind.PLATFORM_REQUEST.value))
    part.file_no.setText("练检〔2031〕7号")
    for _ in range(2):
        part.set.click()
    office.settle()
    assert len(office.cells()) == 1


@pytest.mark.rule("HY-1.5.2b")
def test_the_dry_run_is_what_the_run_does_and_a_hold_stops_both(office: Office) -> None:
    sell(office.till)
    office.page.enter()
    office.settle()
    assert office.row(RecordKind.PLATFORM_REQUEST)[1:3] == ["1825 天", "处方"]
    assert office.row(RecordKind.PLATFORM_REQUEST)[4] == "0"
    grow(office.till, 365 * 5 + 30)
    office.page.parts["plan"].again.click()
    office.settle()
    due = int(office.row(RecordKind.PLATFORM_REQUEST)[4])
    assert due >= 3 and "现在可删" in office.page.parts["plan"].words.text()

    office.turn("holds")
    part = office.page.parts["holds"]
    assert part.kind.isVisible() and part.first.isHidden()
    part.kind.setCurrentIndex(part.kind.findData(RecordKind.PLATFORM_REQUEST.value))
    part.reason.setCurrentIndex(part.reason.findData(HoldReason.COURT))
    part.set.click()
    office.settle()
    assert "文号" in office.page.note.text(), "a hold without a number is none"
    part.file_no.setText("练检〔2031〕7号")
    part.set.click()
    office.settle()
    (held,) = office.cells()
    assert held[0] == "医保往来报文" and held[4] == str(due)
    run(office.till)
    office.turn("plan")
    assert office.row(RecordKind.PLATFORM_REQUEST)[5] == str(due)
    assert office.row(RecordKind.SALE_PRESCRIPTION)[3] == "0"

    office.turn("holds")
    table = part.holds.table
    table.selectRow(0)
    part.number.setText("3001")
    part.pin.setText("300300")
    part.lift.click()
    office.settle()
    assert len(office.cells()) == 1, "nobody lifts a hold alone"
    hire(office.till.doors, [one for one in practice_staff() if one.number == "9001"])
    part.number.setText("9001")
    part.pin.setText("900900")
    table.selectRow(0)
    part.lift.click()
    office.settle()
    assert office.cells() == []
    run(office.till)
    office.turn("proofs")
    kinds = [row[1] for row in office.cells()]
    assert kinds.count("医保往来报文") == due
    assert "全部与操作日志的链一致" in office.page.parts["proofs"].words.text()
    office.page.parts["proofs"].paper.click()
    office.settle()
    (sheet,) = office.sheets
    assert len(sheet.tables[0].rows) == len(kinds)


@pytest.mark.parametrize("scope", [HoldScope.SALE, HoldScope.PERIOD])
def test_a_held_sale_keeps_its_persons_name(office: Office, scope: HoldScope) -> None:
    slip = sell(office.till)
    office.page.enter()
    office.turn("holds")
    part = office.page.parts["holds"]
    part.scope.setCurrentIndex(part.scope.findData(scope))
    part.file_no.setText("练检〔2031〕8号")
    part.receipt.setText("no such slip")
    part.first.setText("2026-11-31")
    part.set.click()
    office.settle()
    assert "没有设立" in office.page.note.text() and office.cells() == []
    part.receipt.setText(slip)
    part.first.setText("2026-11-22")
    part.last.setText("2026-11-22")
    part.set.click()
    office.settle()
    grow(office.till, 365 * 5 + 30)
    run(office.till)
    with office.till.doors.uow() as uow:
        person_id = uow.sales.by_receipt(slip).person_id
        assert uow.persons.get(person_id).person.name
    office.turn("holds")
    assert int(office.cells()[0][4]) >= 2


def test_a_proof_that_was_changed_by_hand_is_seen(office: Office) -> None:
    sell(office.till)
    grow(office.till, 365 * 5 + 30)
    run(office.till)
    with office.till.engine.begin() as connection:
        changed = "UPDATE record_deletion SET rule='video' WHERE kind='platform_request'"
        connection.exec_driver_sql(changed)
    office.page.enter()
    office.turn("proofs")
    assert "对不上" in office.page.parts["proofs"].words.text()


def test_a_person_is_told_what_the_law_keeps_and_the_rest_goes(office: Office) -> None:
    slip = sell(office.till)
    office.page.enter()
    office.turn("request")
    part = office.page.parts["request"]
    part.receipt.setText("no such slip")
    part.look.click()
    office.settle()
    assert "没有找到" in office.page.note.text() and part.do.isHidden()
    part.receipt.setText(slip)
    part.look.click()
    office.settle()
    assert part.told.text().count("按「处方」保留到 2031-11-22") == 4 and not part.do.isHidden()
    assert "投诉登记的文字" in part.told.text(), "what is not known by person"
    part.do.click()
    office.settle()
    assert "已办理" in office.page.note.text() and part.told.text() == ""
    assert "其余依法保留" in office.page.note.text()
    with office.till.doors.uow() as uow:
        (entry,) = [one for one in uow.log.tail(50) if one.act == "person.request"]
        assert "prescription" not in json.loads(entry.entry)["person"]


def test_a_cashier_is_told_whose_page_it_is(office: Office) -> None:
    office.session.sign_in(Operator(sign_in(office.till.doors, "1001", "100100").staff))
    office.page.enter()
    office.settle()
    assert office.page.stack.currentWidget() is office.page.closed
    assert office.model.plan is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_has_words(lang: str) -> None:
    keys = {key for rule in RECORDS.values() for key in (*rule.keys, *rule.also)}
    wanted = [f"{stem}.{kind}" for kind in RecordKind for stem in ("record_kind", "record_why")]
    wanted += [f"retention.rule_{key}" for key in (*keys, "request")]
    wanted += [f"retention.counted_{one}" for one in Counted]
    wanted += [f"retention.ending_{one}" for one in Ending]
    wanted += [f"vault.scope_{one}" for one in HoldScope]
    assert set(RECORDS) == set(RecordKind)
    assert [one for one in wanted if one not in texts(lang)] == []
