"""The page 上传 over real books: what stands aside is told in words, put right and sent again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.domain.money import Quantity
from app.domain.refusals import REMEDIES, RefusalCause, Remedy
from app.domain.stock import Lot, MoveKind
from app.domain.upload_states import UploadState
from app.ports import StockMove
from app.use_cases.complete_sale import complete_sale
from app.use_cases.drain_outbox import drain_outbox
from app.use_cases.mappings import owe_mappings
from app.use_cases.stock_moves import book_moves
from app.use_cases.upload_ages import outbox_ages
from sync.line_watch import LineState
from tests.fakes.held import held_otherwise
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.shelves import clear_shelf
from tests.fakes.supply import manager
from ui.screens.session import Session
from ui.screens.uploads.page import UploadsPage
from ui.screens.uploads.sender import UploadSender
from ui.screens.uploads.view_model import UploadsModel
from ui.shop_uploads import ShopUploads
from ui.table_export import export_table
from ui.words import say


class Desk(ShopUploads):
    """The shop's part of this page, on a practice till."""

    def __init__(self, till: PracticeTill) -> None:
        self.doors = self._sending = self._recovery = till.doors
        self._system, self._line = till.operator, LineState(till.clock)

    def now(self):
        return self.doors.clock.now()


class Office:
    """The page and everything behind it."""

    def __init__(self, till: PracticeTill, folder: Path, lang: str = "zh_CN") -> None:
        self.till, self.lanes = till, HandLanes()
        self.session = Session(Desk(till), self.lanes, lang)
        self.session.sign_in(manager(till))
        self.sender = UploadSender(self.session)
        self.model = UploadsModel(
            self.session, self.sender, lambda *told: export_table(folder, *told)
        )
        self.page = UploadsPage(self.model, lambda _token: None)

    def cells(self) -> list[list[str]]:
        table = self.page.list.model
        return [
            [str(table.index(at, each).data() or "") for each in range(table.columnCount())]
            for at in range(table.rowCount())
        ]

    def turn(self, part: str) -> None:
        self.page.parts[part].click()
        self.lanes.run()

    def states(self) -> list[UploadState]:
        with self.till.doors.uow() as uow:
            found = uow.outbox.newest(list(UploadState), 100)
        return [one.state for one in reversed(found)]


@pytest.fixture
def office(qtbot, tmp_path: Path) -> Iterator[Office]:
    for till in practice_till(tmp_path / "till"):
        made = Office(till, tmp_path)
        qtbot.addWidget(made.page)
        made.page.resize(1366, 700)
        yield made
        made.sender.stop()


def sold_of_unknown_date(till: PracticeTill) -> Lot:
    """Opening goods whose production date nobody knew, and a box of them sold."""
    drug = till.find(sale_class="otc_b", cold_chain=False)
    clear_shelf(till.doors, drug.id)
    now = till.clock.now()
    lot = Lot(id=till.doors.ids.new(), medicine_id=drug.id, batch="LX77", opening=True,
              expires_on=date(2028, 5, 31))  # fmt: skip
    with till.doors.uow() as uow:
        uow.lots.add([lot])
        move = StockMove(
            id=till.doors.ids.new(), medicine_id=drug.id, quantity=Quantity.of(9),
            kind=MoveKind.OPENING, at=now, batch=lot.batch, lot_id=lot.id,
        )  # fmt: skip
        book_moves(till.doors, uow, [move])
        uow.commit()
    sale = till.basket((drug, 2))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    return lot


@pytest.mark.rule("LN-2.4a", "HY-1.2.3")
def test_a_missing_date_is_typed_once_and_the_whole_batch_goes(office: Office, qtbot) -> None:
    lot = sold_of_unknown_date(office.till)
    office.page.enter()
    office.lanes.run()
    assert office.page.parts["aside"].text() == "需处理 2"
    assert [row[1] for row in office.cells()] == ["销售", "盘存"]
    assert all(row[6] == "缺内容" and row[7] == "缺：生产日期。" for row in office.cells())
    qtbot.keyClick(office.page.list.table, Qt.Key.Key_Return)
    office.lanes.run()
    assert next(iter(office.page.fields)) == "made_on"  # what is missing stands first
    office.page.fields["made_on"].setText("2029-01-01")
    office.page.keep.click()
    office.lanes.run()
    assert office.model.form is not None and office.page.note.text()  # after its expiry
    office.page.fields["made_on"].setText("2026-06-01")
    office.page.keep.click()
    office.lanes.run()
    assert "同一批另补齐 1 条" in office.page.note.text()
    with office.till.doors.uow() as uow:
        assert uow.lots.get(lot.id).made_on == date(2026, 6, 1)
    office.page.send.click()
    office.lanes.run()
    for _slice in range(5):  # the timer between two slices is the event loop's
        office.sender._slice()
        office.lanes.run()
    assert office.states().count(UploadState.CONFIRMED) == 3
    assert office.states().count(UploadState.REPLACED) == 2
    assert office.page.parts["aside"].text() == "需处理 0"


@pytest.mark.rule("LN-3.4b", "SJZ-A.11")
def test_a_refusal_is_told_in_the_platforms_words_and_may_go_again(office: Office) -> None:
    till = office.till
    drug = till.find(sale_class="otc_b", cold_chain=False)
    sale = till.basket((drug, 1))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    till.fault(kind="refused", infno=["3505", "3505A"], text="药师未备案（练习）", times=1)
    office.page.enter()
    office.page.send.click()
    office.lanes.run()
    office.turn("aside")
    (row,) = office.cells()
    assert row[6:] == ["被退回", "药师或医师没有备案"]
    assert (
        "药师未备案（练习）" in office.page.told.text() and "由药师处理" in office.page.told.text()
    )
    assert not office.page.delete.isVisibleTo(office.page)
    office.page.remedies[Remedy.AGAIN].click()
    office.lanes.run()
    office.sender._slice()
    office.lanes.run()
    assert office.states() == [UploadState.CONFIRMED]
    office.turn("done")
    office.page.delete.click()
    office.lanes.run()
    assert "原因" in office.page.note.text()
    office.page.reason.setText("批号传错")
    office.page.delete.click()
    office.lanes.run()
    office.sender._slice()
    office.lanes.run()
    assert office.states() == [UploadState.DELETED, UploadState.CONFIRMED]
    assert till.books(goods="*")["serials"] == []
    office.turn("done")
    deleted = next(row for row in office.cells() if row[6] == "平台已删除")
    assert deleted[7] == "删除原因：批号传错"
    # Said anew, rightly: under a serial of its own.
    office.page.list.table.setCurrentIndex(
        office.page.list.model.index(office.cells().index(deleted), 0)
    )
    office.page.remedies[Remedy.CORRECT].click()
    office.lanes.run()
    office.page.fields["batch"].setText("LX-RIGHT")
    office.page.keep.click()
    office.lanes.run()
    office.sender._slice()
    office.lanes.run()
    (one,) = till.books(goods="*")["batches"]
    assert (one["lots"], one["sum"]) == (["LX-RIGHT"], "-1.0000")


def test_whoever_may_not_approve_only_looks(office: Office) -> None:
    sold_of_unknown_date(office.till)
    office.session.sign_in(office.till.operator)
    office.page.enter()
    office.lanes.run()
    assert office.cells() and not office.page.remedies[Remedy.CORRECT].isEnabled()
    office.till.line_up = False
    office.till.clock.set(office.till.clock.now() + timedelta(hours=2))
    office.turn("waiting")
    assert "最早一条是" in office.page.note.text()
    office.page.send.click()
    office.lanes.run()
    assert "连不上医保平台" in office.page.note.text()
    assert office.states().count(UploadState.PENDING) == 1


def test_the_english_page_says_the_same(qtbot, tmp_path: Path) -> None:
    for till in practice_till(tmp_path / "till"):
        sold_of_unknown_date(till)
        office = Office(till, tmp_path, "en")
        qtbot.addWidget(office.page)
        office.page.enter()
        office.lanes.run()
        assert office.page.note.text() == say("uploads.law_aside", "en")
        assert office.cells()[0][7] == "Missing: Made on."
        office.page.exports["csv"].click()
        office.lanes.run()
        (file,) = (tmp_path / "lists").glob("uploads-aside*.csv")
        assert "Missing: Made on." in file.read_text(encoding="utf-8-sig")
        office.sender.stop()


def test_the_catalogue_is_mapped_once_and_a_changed_code_by_itself(office: Office) -> None:
    """3301 of a whole catalogue; 3302 and 3301 of a drug whose national code was corrected."""
    office.page.enter()
    office.lanes.run()
    office.page.map.click()
    office.lanes.run()
    with office.till.doors.uow() as uow:
        coded = [one for one in uow.medicines.all() if one.national_code]
    assert f"{len(coded)} 种药" in office.page.note.text()
    office.page.map.click()
    office.lanes.run()
    assert office.page.note.text() == say("uploads.mapped_all")
    assert not drain_outbox(office.till.doors, office.till.operator).refused
    one, other = coded[0], coded[1]
    for code in (other.national_code, "", one.national_code):
        with office.till.doors.uow() as uow:
            now = uow.medicines.get(one.id)
            later = replace(now, national_code=code)
            assert owe_mappings(uow, [(now, later)], office.till.clock.now())
            uow.medicines.save_many([later])
            uow.commit()
    done = drain_outbox(office.till.doors, office.till.operator)
    assert (done.confirmed, done.refused) == (4, 0)
    told = office.till.books(goods="*")["mappings"]
    mine = {row["med_list_codg"]: row["state"] for row in told
            if row["fixmedins_hilist_id"] == one.shop_code}  # fmt: skip
    assert mine == {one.national_code: "2", other.national_code: "4"}


def refused_sale(till: PracticeTill, words: str) -> None:
    drug = till.find(sale_class="otc_b", cold_chain=False)
    sale = till.basket((drug, 1))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    till.fault(kind="refused", infno=["3505", "3505A"], text=words, times=1)
    drain_outbox(till.doors, till.operator)


def lost_sale(till: PracticeTill) -> None:
    """A box sold whose upload was carried out, and nobody heard it."""
    drug = till.find(sale_class="otc_b", cold_chain=False)
    sale = till.basket((drug, 1))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    till.fault(kind="lost_answer", infno=["3505"], times=1)
    drain_outbox(till.doors, till.operator)


def press_enter(office: Office, qtbot) -> None:
    office.turn("aside")
    qtbot.keyClick(office.page.list.table, Qt.Key.Key_Return)
    office.lanes.run()


def flow(office: Office) -> None:
    for _slice in range(4):
        office.sender._slice()
        office.lanes.run()


@pytest.mark.parametrize(
    ("words", "before"),
    [
        ("FSI-该药品目录未对照", "3301"),
        ("FSI-批次[LX001]不存在", "3501"),
        ("药师未备案（练习）", ""),
        ("看不懂的话", ""),
    ],
)
def test_one_key_helps_a_refused_row_and_it_goes_on(office, qtbot, words: str, before: str) -> None:
    """What helps is told first where the cause asks for it; the row follows by itself."""
    till = office.till
    refused_sale(till, words)
    press_enter(office, qtbot)
    flow(office)
    with till.doors.uow() as uow:
        told = [one.row.kind for one in uow.outbox.newest([UploadState.CONFIRMED], 9)]
    assert sorted(told) == sorted(kind for kind in ("3505", before) if kind)
    assert office.page.parts["aside"].text() == "需处理 0"


def test_a_row_is_taken_as_told_or_left_for_good_only_by_a_manager_who_says_why(
    office: Office, qtbot
) -> None:
    till = office.till
    # An area without the questions: a person's word is all there is.
    plain = replace(till.doors.profile, stock_queries=())
    object.__setattr__(till.doors, "profile", plain)
    refused_sale(till, "FSI-批次流水号重复上传")
    press_enter(office, qtbot)
    assert office.states() == [UploadState.CONFIRMED]
    refused_sale(till, "看不懂的话")
    office.turn("aside")
    assert "看不懂的话" in office.page.told.text()
    office.page.remedies[Remedy.LEAVE].click()
    office.lanes.run()
    assert "为什么" in office.page.note.text()
    office.page.reason.setText("练习：中心答复不用传")
    qtbot.keyClick(office.page.reason, Qt.Key.Key_Return)
    office.lanes.run()
    assert office.states()[-1] is UploadState.LEFT
    office.turn("done")
    assert office.cells()[0][7] == "不再上传：练习：中心答复不用传"
    office.session.sign_in(till.operator)
    refused_sale(till, "看不懂的话")
    office.turn("aside")
    assert not any(made.isEnabled() for made in office.page.remedies.values())


def test_one_key_asks_what_the_platform_holds_and_both_sides_are_shown(office, qtbot) -> None:
    till, page = office.till, office.page
    page.enter()
    lost_sale(till)
    office.turn("waiting")
    assert office.states() == [UploadState.SENT] and "问平台" in page.told.text()
    held_otherwise(till, sel_retn_cnt="7")
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    office.lanes.run()
    assert office.states() == [UploadState.REJECTED] and "数量" in page.note.text()
    office.turn("aside")
    assert "数量：本店 1，平台 7；其余" in page.told.text()
    shown = [each for each, made in page.remedies.items() if made.isVisibleTo(page)]
    assert set(shown) == {Remedy.LOOK, Remedy.TAKE, Remedy.LEAVE}
    held_otherwise(till, sel_retn_cnt="1")
    press_enter(office, qtbot)
    assert office.states() == [UploadState.CONFIRMED]
    office.turn("done")
    assert "项一致" in page.told.text()


@pytest.mark.rule("LN-3.4b")
def test_how_old_a_row_may_become_is_a_managers_setting(office) -> None:
    till, page, told = office.till, office.page, []
    office.model.aged.connect(told.append)
    page.enter()
    office.turn("waiting")
    assert (page.ages.warn.text(), page.ages.late.text()) == ("10", "120")
    for warn, late in (("0", "5"), ("30", "5"), ("x", "5"), ("", ""), ("5", "10081"), ("٣", "-1")):
        page.ages.warn.setText(warn)
        page.ages.late.setText(late)
        page.ages.keep.click()
        office.lanes.run()
        assert page.note.text() == say("uploads.ages_bad")
    page.ages.warn.setText("5")
    page.ages.late.setText("30")
    page.ages.keep.click()
    office.lanes.run()
    assert outbox_ages(till.doors) == (5, 30)
    page.ages.default.click()
    office.lanes.run()
    assert outbox_ages(till.doors) == (10, 120) and page.ages.warn.text() == "10"
    assert told == [(10, 120), (5, 30), (10, 120)]
    with till.doors.uow() as uow:
        assert [one.act for one in uow.log.tail(20)].count("outbox.ages") == 2
    office.session.sign_in(till.operator)
    page.refresh()
    office.model.changed.emit()
    assert not page.ages.keep.isEnabled()


def test_every_cause_has_a_card_in_both_languages() -> None:
    for cause in RefusalCause:
        assert REMEDIES[cause]
        for part in ("", "_means", "_press"):
            for lang in ("zh_CN", "en"):
                assert say(f"uploads.cause_{cause}{part}", lang, text="x")
