"""Reports, papers and the board through their widgets, over a practice till's own books."""

from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pypdfium2
import pytest
from openpyxl import load_workbook

from app.domain.catalogue import nfkc
from app.domain.money import Money, Quantity
from app.domain.staff import Role, Staff
from app.domain.stock import MoveKind
from app.ports import StockMove
from app.use_cases.doors import Operator
from app.use_cases.paper_facts import SPECIAL
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_till import practice_till
from tests.fakes.shelves import clear_shelf, put_on_shelf
from ui.report_files import report_files
from ui.screens.board.page import BoardPage
from ui.screens.board.view_model import BoardModel
from ui.screens.papers.page import PapersPage
from ui.screens.papers.view_model import PapersModel
from ui.screens.reports.page import ReportsPage
from ui.screens.reports.view_model import NAMES as REPORT_NAMES
from ui.screens.reports.view_model import ReportsModel
from ui.screens.session import Session
from ui.shop_board import ShopBoard
from ui.shop_reports import ShopReports
from ui.theme import theme
from ui.words import say


class Figures(ShopReports, ShopBoard):
    """The two parts of the shop that these pages ask."""

    def __init__(self, till, folder):
        self.doors = self._recovery = till.doors
        self.facts, self.devices_folder = till.doors.shop, folder
        self.now = till.clock.now


@pytest.fixture(scope="module")
def till(tmp_path_factory):
    folder = tmp_path_factory.mktemp("till")
    made = practice_till(folder)
    yield next(made)
    made.close()


@pytest.fixture
def at(till, tmp_path, qtbot):
    """Session, lanes and a look; everything that waits is run by hand."""
    lanes = HandLanes()
    session = Session(Figures(till, tmp_path), lanes)
    boss = Staff("boss", "3001", "练习·陈店长", Role.MANAGER)
    session.sign_in(Operator(boss))
    look = theme("light", 100)

    def shown(page):
        qtbot.addWidget(page)
        page.resize(1180, 620)
        page.show()
        page.enter()
        lanes.run()
        return page

    files = report_files(session, tmp_path)
    return SimpleNamespace(
        session=session, lanes=lanes, look=look, files=files, shown=shown, home=tmp_path
    )


@pytest.mark.rule("HY-1.5.5b", "LN-2.4a")
def test_the_inspectors_sheet_opens_at_once_and_every_drug_opens_with_its_causes(till, at):
    now, drug = till.clock.now(), till.find(sale_class="otc_a")
    with till.doors.uow() as uow:
        (lot,) = [each.lot for each in uow.lots.stock_of([drug.id])[drug.id]][:1]
        uow.stock.move([
            StockMove("t-1", drug.id, Quantity.of(-1), MoveKind.SALE, now, lot_id=lot.id,
                      paid_by="ordinary", amount=Money(1280)),
        ])  # fmt: skip
        uow.commit()
    page = at.shown(ReportsPage(ReportsModel(at.session, at.files), at.look.colour))
    assert page.model.shown.name == "balance"
    rows = {line.carries: line for line in page.figures.model.lines}
    page.model.look(drug.id)
    at.lanes.run()
    texts = [label.text() for label in page.detail.findChildren(type(page.note))]
    assert any("医保销售" in text and "没有上传记录 1 笔" in text for text in texts)
    assert any("销售比扫码多 1 盒" in text for text in texts)
    assert page.back() and not page.back()
    page.figures.search.setText(drug.display_name)
    assert 0 < page.figures.model.rowCount() < len(rows)
    page._export("xlsx")
    page.model.export_pdf()
    at.lanes.run()
    page.model.export_pdf()
    at.lanes.run()
    assert "已写好" in page.note.text()
    (sheet,) = [load_workbook(each).active for each in (at.home / "lists").glob("*.xlsx")]
    assert sheet.max_row == page.figures.model.rowCount() + 1
    (pdf, *_more) = (at.home / "lists").glob("*.pdf")
    assert pdf.read_bytes().startswith(b"%PDF") and pdf.stat().st_mode & 0o077 == 0
    paper = pypdfium2.PdfDocument(pdf)
    last = nfkc(paper[len(paper) - 1].get_textpage().get_text_range())
    assert "金额合计" in last and "负责人" in last and "0.00?" not in last
    assert f"{len(paper)}/{len(paper)}" in last


def test_days_that_are_none_are_said_and_every_list_can_be_counted(at):
    page = at.shown(ReportsPage(ReportsModel(at.session, at.files), at.look.colour))
    for first, last in (("2026-02-30", "2026-03-01"), ("2026-03-02", "2026-03-01"), ("x", "")):
        page.first.setText(first)
        page.last.setText(last)
        page.go.click()
        assert "2026-07-01" in page.note.text()
    page._span("this_quarter")
    at.lanes.run()
    for row in range(1, page.names.count()):
        page.names.setCurrentRow(row)
        at.lanes.run()
        assert page.model.note is None, page.model.name
        assert page.model.shown.name in page.model.name
    page.names.setCurrentRow(0)
    at.lanes.run()
    page.check.click()
    at.lanes.run()
    assert "一致" in page.note.text()


@pytest.mark.rule("LN-3.3")
def test_the_scored_figures_are_a_list_of_the_page_with_its_files(at):
    page = at.shown(ReportsPage(ReportsModel(at.session, at.files), at.look.colour))
    page.names.setCurrentRow([*REPORT_NAMES].index("score"))
    at.lanes.run()
    told = [line.values[0] for line in page.figures.model.lines]
    assert told == ["结算被拒率", "费用拒付率", "上传及时率", "超限价销售", "追溯码采集率"]
    page.xlsx.click()
    at.lanes.run()
    page.csv.click()
    at.lanes.run()
    (sheet,) = [load_workbook(each).active for each in (at.home / "lists").glob("score*.xlsx")]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == told
    (text,) = [each.read_text(encoding="utf-8-sig") for each in (at.home / "lists").glob("*.csv")]
    assert all(name in text for name in told)


@pytest.mark.rule("LN-2.3a", "LN-3.4a", "SJZ-A.2", "HY-1.2.1")
def test_what_is_due_stands_on_the_board_and_opens_its_page(till, at):
    page = at.shown(PapersPage(PapersModel(at.session, at.files.table), at.look.colour))
    today = till.clock.now().date()
    page.title.setText("练习协议")
    page.ends.setText("x")
    page._add_paper(False)
    assert "2026-07-01" in page.note.text()
    page.ends.setText(f"{today + timedelta(days=3)}")
    page._add_paper(False)
    at.lanes.run()
    for amount in ("-1", "1e9", "0", "0.001"):
        page.claim_title.setText("练习申领")
        page.claim_amount.setText(amount)
        page._add_claim()
        assert "大于零" in page.note.text()
    page.claim_amount.setText("88.10")
    page.claim_day.setText(f"{today - timedelta(days=90)}")
    page._add_claim()
    at.lanes.run()
    page.zone.click()
    at.lanes.run()
    with till.doors.uow() as uow:
        assert uow.papers.zone(till.doors.shop.till_id) == SPECIAL
    page.zone.click()
    at.lanes.run()

    went = []
    board = at.shown(BoardPage(BoardModel(at.session, lambda: None), lambda: at.look, went.append))
    tiles = board.tiles
    assert (tiles["uploads"].figure.text(), tiles["uploads"].property("tone")) == ("0", "good")
    assert tiles["papers"].figure.text() == "1" and tiles["claims"].figure.text() == "1"
    assert tiles["claims"].property("tone") == "bad" and "88.10" in tiles["claims"].said.text()
    assert tiles["catalogue_share"].figure.text().endswith("%")
    assert all(chart.plot.accessibleDescription() for chart in board.charts)
    tiles["papers"].click()
    tiles["uploads"].click()
    assert went == ["papers", "uploads"]


@pytest.mark.rule("HY-1.1.5")
def test_what_a_disease_lacks_is_told_and_leaves_as_a_list_to_order_from(till, at):
    with till.doors.uow() as uow:
        listed = [one for one in uow.medicines.all() if one.diseases]
        counted = Counter(code for one in listed for code in one.diseases)
        rarest = min(counted, key=counted.__getitem__)
        assert counted[rarest] < 10, "one less of it is below nine tenths"
        drug = next(one for one in listed if rarest in one.diseases)
        lots = uow.lots.stock_of([drug.id])[drug.id]
    clear_shelf(till.doors, drug.id)
    try:
        page = at.shown(PapersPage(PapersModel(at.session, at.files.table), at.look.colour))
        page.turn("fractions")
        at.lanes.run()
        words = page.model.fraction_words()
        assert "低于目标的病种" in words
        (line,) = [one for one in page.lists["fractions"].model.lines if one.carries == drug.id]
        assert line.values[1] == drug.display_name and line.values[0] == say("papers.why_missing")
        page._export("xlsx")
        at.lanes.run()
        (file,) = at.home.rglob("*fractions*.xlsx")
        rows = [[cell.value for cell in row] for row in load_workbook(file).active.iter_rows()]
        assert any(drug.display_name in row for row in rows)
    finally:  # the till is the whole file's
        put_on_shelf(till.doors, drug.id, lots[0].on_hand.packs())
