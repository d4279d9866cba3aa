"""检查 in the real window: a manager makes a pack, an inspector sees a room of their own."""

from __future__ import annotations

import csv
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.money import Quantity
from app.use_cases import basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.sign_in import sign_in
from tests.fakes.practice_till import cash
from tests.fakes.practice_window import ShownWindow, practice_window
from ui.screens.inspection.page import InspectionPage, InspectorRoom
from ui.screens.office.panel import OfficePanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CASHIER, MANAGER, INSPECTOR = ("1001", "100100"), ("3001", "300300"), ("8001", "800100")


@dataclass
class Shown(ShownWindow):
    """With the page of inspections and an inspector's room."""

    folder: Path

    def page(self) -> InspectionPage:
        self.window.open_panel("office")
        office = self.window.panels["office"]
        assert isinstance(office, OfficePanel)
        office.turn("inspection")
        self.rest()
        page = office.page("inspection")
        assert isinstance(page, InspectionPage)
        return page

    def room(self) -> InspectorRoom | None:
        return next((one for one in self.window.findChildren(InspectorRoom)), None)


def _let_in(shown: Shown, order_no: str) -> InspectorRoom:
    """The manager opens an account for an order, and the inspector signs in."""
    shown.sign_in(*MANAGER)
    page = shown.page()
    accounts = page.parts["accounts"]
    page.turn("accounts")
    shown.rest()
    accounts.fields["authority"].setText("练习医保局")
    accounts.fields["order_no"].setText(order_no)
    accounts.go.click()
    shown.rest()
    shown.sign_in(*INSPECTOR)
    room = shown.room()
    assert room is not None, shown.window.sign_in.note
    return room


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    with practice_window(qtbot, tmp_path / "home") as (opened, window, lanes):
        doors = opened.shop.doors
        cashier = sign_in(doors, *CASHIER)
        with doors.uow() as uow:
            drug = next(one for one in uow.medicines.all() if one.sale_class == "otc_a")
        for _ in range(2):
            sale = basket.open_basket(doors, cashier)
            sale.add(basket.item_of(drug), basket.price_of(drug), Quantity.of(1))
            basket.keep_basket(doors, sale)
            complete_sale(doors, sale.id, cash(sale.total), sale.total, cashier)
        yield Shown(opened, lanes, window, tmp_path)


def test_a_manager_searches_opens_a_sheet_and_makes_a_pack(shown: Shown) -> None:
    shown.sign_in(*MANAGER)
    page = shown.page()
    part = page.search
    part.search()
    shown.rest()
    assert "2 笔" in part.told.text()
    part.list.table.selectRow(0)
    part.list.enter()
    shown.rest()
    assert part.sheet_title.text() == part.model.found.rows[0].receipt_no
    assert page.back()
    page.turn("pack")
    assert "2 笔" in page.pack.counted.text()
    page.pack.make.click()
    shown.rest()
    assert "用途" in page.note.text()
    page.pack.fields["purpose"].setText("练习检查")
    page.pack.fields["folder"].setText(str(shown.folder / "out"))
    page.pack.make.click()
    shown.rest()
    (made,) = (shown.folder / "out").iterdir()
    assert (made / "pack.pdf").read_bytes().startswith(b"%PDF")
    assert made.name in page.note.text()
    page.turn("packs")
    shown.rest()
    assert page.parts["packs"].list.shown_rows()[0][2] == "练习检查"
    page.turn("looks")
    shown.rest()
    assert [row[2] for row in page.parts["looks"].list.shown_rows()] == [
        *("做检查包", "打开检查单", "查找销售"),
    ]


@pytest.mark.rule("EZ-9c")
def test_an_inspector_signs_in_to_a_room_and_reaches_nothing_else(shown: Shown) -> None:
    shown.sign_in(*INSPECTOR)
    assert shown.room() is None
    assert "不在有效期" in shown.window.session.say_note(shown.window.sign_in.note)

    shown.sign_in(*MANAGER)
    page = shown.page()
    page.turn("accounts")
    shown.rest()
    accounts = page.parts["accounts"]
    accounts.fields["authority"].setText("练习医保局")
    accounts.fields["order_no"].setText("练检 1 号")
    accounts.go.click()
    shown.rest()
    assert accounts.list.shown_rows()[0][5] == "有效"

    shown.sign_in(*INSPECTOR)
    room = shown.room()
    assert room is not None, shown.window.sign_in.note
    assert room.isVisible()
    assert shown.window.session.locked
    assert set(room.page.tabs) == {"search", "pack", "ledger"}
    assert room.page.pack.whole.isHidden()
    shown.press(Qt.Key.Key_Return)
    assert "2 笔" in room.page.search.told.text()
    for key in (Qt.Key.Key_F9, Qt.Key.Key_F12, Qt.Key.Key_F3):
        shown.press(key)
    shown.press(Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    shown.window.take_scan("6901234567892")
    shown.rest()
    assert room.isVisible()
    assert shown.window.till.lines == ()
    room.page.search.fields["words"].setText("秘密")
    room.out.click()
    shown.rest()
    assert not room.isVisible()
    assert shown.window.sign_in_view.isVisible()
    assert room.page.search.fields["words"].text() == ""
    assert room.page.model.found is None

    shown.sign_in(*INSPECTOR)
    assert room.isVisible()
    room._idle.timeout.emit()  # nobody touched a key for ten minutes
    shown.rest()
    assert shown.window.sign_in_view.isVisible()
    assert shown.window.session.inspector is None


@pytest.mark.rule("S-34", "LN-2.4a")
def test_an_inspector_takes_a_ledger_as_one_file_and_the_log_knows(shown: Shown) -> None:
    room = _let_in(shown, "练检 3 号")
    room.page.turn("ledger")
    ledger = room.page.parts["ledger"]
    assert not ledger.exports["csv"].isEnabled()
    with shown.opened.shop.doors.uow() as uow:
        drug = next(one for one in uow.medicines.all() if one.sale_class == "otc_a")
    ledger.fields["drug"].setText(drug.shop_code)
    ledger.ask()
    shown.rest()
    rows = ledger.list.shown_rows()
    ledger.exports["csv"].click()
    shown.rest()
    (file,) = (shown.window.folder.parent / "lists").glob("ledger-*.csv")
    assert file.name in room.page.note.text()
    table = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert len(table) == 1 + len(rows) and table[0] == list(ledger.list.model.titles)
    with shown.opened.shop.doors.uow() as uow:
        look = uow.inspections.looks(1)[0]
        entry = uow.log.tail(1)[0]
    assert (look.kind, look.term, look.found) == ("ledger_file", drug.display_name, len(rows))
    assert (entry.act, entry.actor) == ("inspection.ledger_file", look.by)
    room.out.click()
    shown.rest()
    assert not ledger.exports["csv"].isEnabled()


@pytest.mark.rule("EZ-9c")
def test_what_an_inspector_asked_for_last_comes_to_nobody(shown: Shown) -> None:
    """The answer was on its way when the room was left, and the ledger stood open."""
    room = _let_in(shown, "练检 2 号")
    page = room.page
    page.search.search()
    shown.rest()
    page.turn("ledger")
    ledger = page.parts["ledger"]
    with shown.opened.shop.doors.uow() as uow:
        drug = next(one for one in uow.medicines.all() if one.sale_class == "otc_a")
    ledger.fields["drug"].setText(drug.shop_code)
    ledger.ask()
    shown.rest()
    assert ledger.told.text() and ledger.list.shown_rows(), page.model.note
    page.turn("search")
    page.search.search()
    room.out.click()
    shown.rest()
    assert page.model.found is None and not page.model.busy
    assert not page.search.list.shown_rows()
    assert not ledger.told.text() and not ledger.list.shown_rows()
    assert not ledger.fields["drug"].text()


def test_a_date_that_is_none_leaves_the_list_as_it_was(shown: Shown) -> None:
    shown.sign_in(*MANAGER)
    part = shown.page().search
    part.search()
    shown.rest()
    part.fields["first"].setText("二十二号")
    part.search()
    shown.rest()
    part.list.table.selectRow(0)
    part.list.enter()
    shown.rest()
    assert part.sheet_title.text() == part.model.found.rows[0].receipt_no
