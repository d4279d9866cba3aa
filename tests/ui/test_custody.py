"""The page of held cards over the real books: the list, each form, the count, the papers."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from unicodedata import normalize

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.custody import CustodyState
from app.domain.evidence import digest_of
from app.domain.insurance import Credential, CredentialKind
from app.domain.picture import Still
from app.errors import NotFound
from app.use_cases.complete_sale import complete_sale
from app.use_cases.custody_evening import count_cards
from app.use_cases.custody_papers import FORM_FIELDS, filing_form, form_csv
from app.use_cases.quote_sale import quote_sale
from tests.fakes import custody as steps
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.shop import FakeShop
from ui.custody_files import custody_papers
from ui.custody_print import save_list_pdf
from ui.main_window import MainWindow
from ui.screens.custody.panel import ACTS, CustodyPanel
from ui.screens.custody.steps import day_of
from ui.screens.custody.strip import CustodyStrip
from ui.screens.custody.view_model import CustodyModel
from ui.shop_custody import ShopCustody
from ui.words import texts

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
rule = pytest.mark.rule


class HeldShop(ShopCustody, FakeShop):
    """The small shop, its held cards in the books of a practice till."""


@dataclass
class Box:
    """The window with the page of held cards open; the manager is signed in."""

    till: PracticeTill
    shop: HeldShop
    lanes: HandLanes
    window: MainWindow
    folder: Path

    @property
    def panel(self) -> CustodyPanel:
        panel = self.window.panels["custody"]
        assert isinstance(panel, CustodyPanel)
        return panel

    @property
    def model(self) -> CustodyModel:
        return self.window.custody

    def open(self) -> CustodyPanel:
        if self.window.panel() is not self.panel:
            self.window.open_panel("custody")
        else:
            self.panel.opened()
        self.lanes.run()
        return self.panel

    def fill(self, **typed: str) -> None:
        for name, text in typed.items():
            self.panel.form.fields[name].setText(text)
        self.panel.form.commit.click()
        self.lanes.run()

    def said(self) -> str:
        return self.model.note.message_id if self.model.note else ""

    def rows(self) -> list[list[str]]:
        table = self.panel.table
        cells = [
            [table.item(row, column) for column in range(table.columnCount())]
            for row in range(table.rowCount())
        ]
        return [[cell.text() if cell else "" for cell in row] for row in cells]

    def sold(self) -> None:
        """A completed sale with the one held card."""
        with self.till.doors.uow() as uow:
            (card,) = uow.custody.cases([CustodyState.HELD])
        sale, patient = steps.special_basket(self.till), steps.by_card(self.till)
        steps.use(self.till, sale, card)
        quote_sale(self.till.doors, sale.id, patient, "0", self.till.operator)
        due = self.till.settle(sale, patient).cash_due
        complete_sale(self.till.doors, sale.id, cash(due), due, self.till.operator)


@pytest.fixture
def box(tmp_path: Path, qtbot: QtBot) -> Iterator[Box]:
    for till in practice_till(tmp_path / "till"):
        shop, lanes = HeldShop(), HandLanes()
        shop.doors = till.doors
        window = MainWindow(shop, lanes, folder=tmp_path / "slips")
        qtbot.addWidget(window, before_close_func=lambda each: each.stop())
        window.show()
        qtbot.waitActive(window)
        qtbot.waitUntil(partial(getattr, window, "looks_at_keys"))
        lanes.run()
        window.sign_in.sign_in("3001", "123456")
        lanes.run()
        yield Box(till, shop, lanes, window, tmp_path)


def paper(folder: Path) -> str:
    """A scan in a file."""
    path = folder / "signed.jpg"
    path.write_bytes(steps.JPEG)
    return str(path)


def wide_png(width: int, height: int) -> bytes:
    """A small file that says of itself to be a very large picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        told = kind + content
        return struct.pack(">I", len(content)) + told + struct.pack(">I", zlib.crc32(told))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


# --- the whole way --------------------------------------------------------------------------------


def test_an_empty_page_says_how_it_begins(box: Box) -> None:
    panel = box.open()
    assert panel.empty.isVisible()
    assert "在店 0 张" in panel.summary.text()
    assert not panel.alarm.isVisible()
    assert not panel.next.isVisible()


@rule("HY-1.5.6c", "S-23")
def test_each_step_is_one_key_from_the_list(box: Box, qtbot: QtBot) -> None:
    panel = box.open()
    panel.acts["apply"].click()
    person = box.till.person("chronic")
    panel.form.radios["mobility"].click()
    box.fill(
        name=str(person["name"]),
        cert_no=str(person["id_number"]),
        card_no=str(person["card_number"]),
        paper=paper(box.folder),
    )
    assert box.said() == "custody.did_apply"
    assert box.rows()[0][2] == "已申请"
    for typed, said, state in (
        ({"filing_no": "备-1"}, "custody.did_file", "待同意"),
        ({"consent_no": "同-1"}, "custody.did_consent", "待收卡"),
        (
            {"place": "保险柜", "envelope": "E-1", "expected_return": "20270501"},
            "custody.did_take",
            "在店保管",
        ),
    ):
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(box.model.step))
        box.fill(**typed)
        assert box.said() == said
        assert box.rows()[0][2] == state
    assert "在店 1 张" in panel.summary.text()


@pytest.mark.qt_log_ignore("JPEG", extend=True)
def test_what_is_wrong_is_said_at_the_form_and_nothing_is_kept(box: Box) -> None:
    panel = box.open()
    panel.acts["apply"].click()
    box.fill()
    assert box.said() == "custody.bad_empty"
    named = {"name": "练习壬", "cert_no": "1", "card_no": "LX0000009", "paper": paper(box.folder)}
    box.fill(**named)
    assert box.said() == "custody.bad_choice"
    panel.form.radios["mobility"].click()
    box.fill()
    assert box.said() == "custody.bad_cert_no"
    box.fill(cert_no="999900196008150913", applied_on="2026-02-30")
    assert box.said() == "custody.bad_day"
    box.fill(applied_on="2026-11-23")
    assert box.said() == "custody.bad_future"
    box.fill(applied_on="2026-11-21", paper=str(box.folder / "none.jpg"))
    assert box.said() == "custody.bad_paper_file"
    (box.folder / "text.jpg").write_text("no picture")
    box.fill(paper=str(box.folder / "text.jpg"))
    assert box.said() == "custody.bad_paper_kind"
    for broken in (steps.JPEG[:40], b"\xff\xd8\xff" + bytes(100), wide_png(60_000, 60_000)):
        (box.folder / "broken.jpg").write_bytes(broken)
        box.fill(paper=str(box.folder / "broken.jpg"))
        assert box.said() in ("custody.bad_paper_kind", "error.picture_too_large")
    panel.form.radios["elsewhere"].click()
    box.fill(paper=paper(box.folder))
    assert box.said() == "custody.bad_empty"
    with box.till.doors.uow() as uow:
        assert uow.custody.cases() == []
    assert panel.back(), "Esc goes back to the list"
    assert not panel.back(), "and from the list to the basket"


@pytest.mark.parametrize(
    "text", ["2026-11-22", "20261122", "2026/11/22", "2026年11月22日", "+2", "+ 2"]
)
def test_a_day_is_typed_as_people_write_it(text: str) -> None:
    assert day_of(text, "day", date(2026, 11, 20)).isoformat() == "2026-11-22"


def test_cards_fill_the_application(box: Box) -> None:
    panel = box.open()
    card = Credential(CredentialKind.SOCIAL_CARD, "LX0000009", "9999")
    assert not panel.take_credential(card, "练习壬"), "over the list it is a customer's"
    panel.acts["apply"].click()
    assert panel.take_credential(card, "练习壬")
    assert panel.take_credential(Credential(CredentialKind.ID_CARD, "9999"), "练习壬")
    fields = panel.form.fields
    assert (fields["card_no"].text(), fields["cert_no"].text(), fields["name"].text()) == (
        "LX0000009", "9999", "练习壬",
    )  # fmt: skip
    assert panel.take_scan("LX0000008")
    assert fields["card_no"].text() == "LX0000008"


def test_the_paper_may_lie_under_the_camera(box: Box) -> None:
    steps.applied(box.till)
    steps.held(box.till, "active_met")
    panel = box.open()
    with box.till.doors.uow() as uow:
        (card,) = uow.custody.cases([CustodyState.HELD])
    box.model.begin("return", card.id)
    box.model.take_photo(Still(steps.JPEG, 640, 480, box.shop.now(), digest_of(steps.JPEG)))
    assert panel.form.paper_words.isVisibleTo(panel)
    panel.form.commit.click()
    box.lanes.run()
    assert box.said() == "custody.did_return"


def test_a_cashier_looks_and_may_not_keep(box: Box) -> None:
    steps.applied(box.till)
    box.window.sign_in.sign_in("1001", "123456")
    box.lanes.run()
    panel = box.open()
    assert box.rows()[0][0] == "练*****病", "a name stands whole for who keeps the cards alone"
    for act in ("apply", "return", "end", "form", "ledger"):
        panel.acts[act].click()
        assert box.said() == "custody.no_right"
    panel.acts["count"].click()
    assert box.model.step == "count"


def test_where_the_area_holds_no_cards_nothing_is_offered(tmp_path: Path, box: Box) -> None:
    for other in practice_till(tmp_path / "other", "CN-460200"):
        box.shop.doors = other.doors
        panel = box.open()
        assert "不允许药店留存社保卡" in panel.summary.text()
        assert not panel.acts["apply"].isVisible()
        box.model.begin("apply")
        assert box.said() == "custody.off"


# --- what is late ---------------------------------------------------------------------------------


@rule("HY-1.5.6c")
def test_what_is_late_stands_over_the_basket_until_it_is_put_right(box: Box, qtbot: QtBot) -> None:
    steps.held(box.till)
    box.sold()
    steps.pass_days(box.till, 8)
    count_cards(box.till.doors, [], 1, "练习多出的卡", box.till.operator)
    panel = box.open()
    strip = box.window.findChild(CustodyStrip)
    assert strip is not None
    assert strip.isVisible()
    assert "不符 2 张，签收过期 1 单" in strip.words.text()
    assert [row[0][:1] for row in box.rows()] == ["!", "!"]
    for choice in ("given_back", "found"):
        panel.table.selectRow(0)
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: box.model.step == "explain")
        box.fill(reason="写明去向的原因")
        assert box.said() == "custody.bad_choice"
        panel.form.radios[choice].click()
        box.fill(reason="错")
        assert box.said() == "custody.bad_reason"
        box.fill(reason="写明去向的原因")
        assert box.said() == "custody.did_explain"
    panel.table.selectRow(0)
    assert box.model.next_of(panel.chosen()) == "receipt"
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: box.model.step == "receipt")
    box.fill(paper=paper(box.folder))
    assert box.said() == "custody.did_receipt"
    assert not strip.isVisible()


def test_who_may_not_explain_asks_the_manager_beside(box: Box) -> None:
    steps.held(box.till)
    steps.manager(box.till)
    count_cards(box.till.doors, [], 0, "", box.till.operator)
    box.window.sign_in.sign_in("1001", "123456")
    box.lanes.run()
    panel = box.open()
    box.model.begin("explain", panel.chosen())
    assert box.model.step == "explain_second"
    panel.form.radios["found"].click()
    box.fill(reason="夹在抽屉后面", number="3001", pin="000000")
    assert box.said() == "error.sign_in_refused"
    assert panel.form.fields["pin"].text() == ""
    box.fill(reason="夹在抽屉后面", number="3001", pin="300300")
    assert box.said() == "custody.did_explain"


def test_the_count_ticks_nothing_beforehand(box: Box) -> None:
    steps.held(box.till)
    panel = box.open()
    panel.acts["count"].click()
    (ticked,) = panel.count.boxes.values()
    assert not ticked.isChecked()
    panel.count.surplus.setText("two")
    panel.count.commit.click()
    assert box.said() == "custody.bad_surplus_number"
    panel.count.surplus.setText("0")
    ticked.setChecked(True)
    panel.count.commit.click()
    box.lanes.run()
    assert box.said() == "custody.did_count"
    assert "已清点" in panel.summary.text()


def test_the_list_is_searched_and_sorted(box: Box) -> None:
    steps.applied(box.till)
    steps.held(box.till, "active_met")
    panel = box.open()
    assert len(box.rows()) == 2
    panel.finder.setText("已申请")
    assert [row[0] for row in box.rows()] == ["练习壬·慢特病"]
    panel.finder.setText("nobody")
    assert panel.empty.isVisible()
    panel.finder.clear()
    panel.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    states = [row[2] for row in box.rows()]
    assert states == sorted(states)


# --- at the counter -------------------------------------------------------------------------------


@rule("HY-1.5.6c", "HY-3.6c")
def test_the_card_of_the_customer_asks_who_takes_the_drugs(box: Box) -> None:
    card = steps.held(box.till)
    sale, patient = steps.special_basket(box.till), steps.by_card(box.till)
    assert patient.held_card
    till = box.window.till
    till.sale = sale
    till.set_patient(replace(patient))
    panel = box.open()
    assert box.model.step == "use"
    assert "还没有登记代购人" in panel.form.about.text()
    panel.form.radios["bearer"].click()
    panel.form.commit.click()
    box.lanes.run()
    assert box.said() == "finding.HELD_CARD_proxy"
    panel.form.radios["delivery"].click()
    panel.form.commit.click()
    assert box.said() == "custody.bad_shipping_no"
    assert panel.take_scan("SF999900")
    panel.form.commit.click()
    box.lanes.run()
    assert box.window.panel() is None, "the basket is back"
    with box.till.doors.uow() as uow:
        use = uow.custody.use_of_sale(sale.id)
    assert use is not None
    assert (use.held_id, use.shipping_no) == (card.id, "SF999900")
    panel = box.open()
    assert "已登记" in panel.form.about.text()
    panel.form.unuse.click()
    box.lanes.run()
    with box.till.doors.uow() as uow:
        assert uow.custody.use_of_sale(sale.id) is None


# --- papers ---------------------------------------------------------------------------------------


def read_pdf(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        told = "".join(page.get_textpage().get_text_bounded() for page in document)
        return normalize("NFKC", told)  # some signs come back as the radicals they look like
    finally:
        document.close()


@rule("HY-1.5.6c", "S-23")
def test_the_day_s_list_and_the_ledger_are_masked_papers(box: Box) -> None:
    steps.held(box.till)
    count_cards(box.till.doors, [], 0, "", box.till.operator)
    panel = box.open()
    for name in ("evening", "ledger"):
        panel.acts[name].click()
        box.lanes.run()
        assert box.said() == "custody.saved"
    files = sorted((box.folder / "slips").glob("held-cards-*.pdf"))
    assert len(files) == 2
    person = box.till.person("chronic")
    for path in files:
        assert path.stat().st_mode & 0o077 == 0
        told = read_pdf(path)
        assert "留存社保卡" in told
        assert "责任人" in told
        assert str(person["name"]) not in told
    drawn = (box.shop.custody_ledger(steps.manager(box.till)),
             box.shop.custody_evening(steps.manager(box.till)))  # fmt: skip
    for page in drawn:
        (case,) = page.cases
        shown = (case.name, case.cert_no, case.card_no)
        assert shown == ("练*****病", "999*************13", "*****0009")


def test_a_long_ledger_takes_the_pages_that_it_needs(box: Box, tmp_path: Path) -> None:
    steps.held(box.till)
    page = box.shop.custody_ledger(steps.manager(box.till))
    (case,) = page.cases
    long = replace(page, cases=(replace(case, place="柜" * 90), *(case,) * 39))
    path, session = tmp_path / "ledger.pdf", box.window.session
    save_list_pdf(long, "ledger", box.shop.facts, box.shop.now(), session.say, path)
    document = pypdfium2.PdfDocument(path)
    try:
        assert len(document) == 6
    finally:
        document.close()
    assert read_pdf(path).count("保险柜一层") == 39
    save_list_pdf(
        replace(page, cases=()), "ledger", box.shop.facts, box.shop.now(), session.say, path
    )
    assert "没有记录" in read_pdf(path)


@rule("S-23")
def test_the_filing_form_is_a_paper_and_a_table_of_its_own(box: Box) -> None:
    steps.applied(box.till)
    panel = box.open()
    panel.acts["form"].click()
    box.lanes.run()
    assert box.said() == "custody.saved"
    (path,) = (box.folder / "slips").glob("held-card-filing-*.pdf")
    (table,) = (box.folder / "slips").glob("held-card-filing-*.csv")
    person = box.till.person("chronic")
    assert str(person["name"]) in read_pdf(path)
    assert table.stat().st_mode & 0o077 == 0
    rows = table.read_bytes().decode("utf-8-sig").splitlines()
    # Behind a tab: a spreadsheet would cut eighteen digits to fifteen.
    assert rows[1].split(",")[3] == f"\t{person['id_number']}"
    with box.till.engine.connect() as connection:
        from sqlalchemy import text

        query = text("SELECT count(*) FROM act_log WHERE act = 'custody.form'")
        assert connection.execute(query).scalar_one() == 1


def test_a_table_runs_no_formula(box: Box) -> None:
    card = steps.applied(box.till)
    form = filing_form(box.till.doors, card.id, steps.manager(box.till))
    told = form_csv(replace(form, name="=1+1"), {name: name for name in FORM_FIELDS}, "cause")
    assert ",'=1+1," in told.decode("utf-8-sig")
    with pytest.raises(NotFound):
        filing_form(box.till.doors, "held-9", steps.manager(box.till))


def test_every_act_has_its_words_and_papers_their_drawing(box: Box) -> None:
    known = texts("zh_CN")
    assert all(f"custody.act_{name}" in known for name in ACTS)
    assert set(custody_papers(box.window)) == {"form", "ledger", "evening"}
