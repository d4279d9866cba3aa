"""The review station over real books and the practice centre: every act through its widgets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.domain.prescription import PrescriptionForm
from app.domain.rx_acts import CHECK_QUESTIONS, REASONS, TEN_QUESTIONS
from app.domain.rx_case import RxCase
from app.errors import NotAllowed
from app.use_cases.duty import come_back, note_absence, refresh_counter, watch_duties
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.rx_page import DAYS, review_page, set_history_days
from app.use_cases.sign_in import sign_in
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_rx import RxTill
from tests.fakes.practice_till import practice_till
from tests.fakes.station import Sheets, StationShop
from ui.operation import Lane
from ui.review_window import ReviewWindow
from ui.rx_print import rx_parts, signature_boxes
from ui.screens.review.list_view import clock_of
from ui.screens.review.waiting import WaitingViewModel
from ui.screens.session import Session
from ui.theme import dress, theme

PIN, OTHER_PIN = "200200", "200201"


@dataclass
class Station:
    """The window with everything behind it."""

    rx: RxTill
    sheets: Sheets
    lanes: HandLanes
    counter: Session
    waiting: WaitingViewModel
    window: ReviewWindow

    @property
    def model(self):
        return self.window.model

    def run(self) -> None:
        self.lanes.run()

    def ask(self) -> None:
        self.waiting.ask()
        self.run()

    def choose(self, case: RxCase) -> None:
        self.model.choose(case.id)
        self.run()

    def answer_all(self) -> None:
        for item in self.model.open_items():
            QTest.keyClick(self.window.acts.buttons[item], Qt.Key.Key_Space)

    def press(self, key: Qt.Key, control: bool = True) -> None:
        held = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self.window, key, held)

    def sign(self, pin: str = PIN) -> None:
        box = self.window.acts.box
        box.pin.setText(pin)
        QTest.keyClick(box.pin, Qt.Key.Key_Return)
        self.run()

    def said(self) -> str:
        return self.model.note.message_id if self.model.note else ""


@pytest.fixture
def station(tmp_path: Path, qtbot: QtBot, qapp) -> Iterator[Station]:
    look = theme()
    dress(qapp, look)
    for till in practice_till(tmp_path):
        shop, lanes = StationShop(till), HandLanes()
        counter = Session(shop, lanes)  # type: ignore[arg-type]
        waiting = WaitingViewModel(counter)
        window = ReviewWindow(shop, lanes, waiting, folder=tmp_path / "slips", look=lambda: look)  # type: ignore[arg-type]
        qtbot.addWidget(window)
        counter.sign_in(shop.sign_in("2001", PIN))
        window.show()
        window.enter(counter)
        qtbot.waitActive(window)
        lanes.run()
        yield Station(RxTill(till), Sheets(till), lanes, counter, waiting, window)


# --- queue ------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "00:00"), (65, "01:05"), (3599, "59:59"), (3661, "1:01:01")]
)
def test_a_wait_is_told_in_minutes_and_seconds(seconds: int, words: str) -> None:
    assert clock_of(seconds) == words


def test_the_longest_wait_stands_first_with_a_sign_and_a_masked_name(station: Station) -> None:
    station.sheets.arrive(1)
    old = station.sheets.arrive(14)
    station.ask()
    table = station.window.list.table
    assert table.rows[0].case_id == old.id
    first = table.index(0, 0).data()
    assert first.startswith("14:00") and first.endswith("!!"), "colour never speaks alone"
    assert "张小" not in table.index(0, 1).data()


def test_an_empty_queue_says_so_and_a_search_without_a_hit_says_something_else(
    station: Station,
) -> None:
    station.ask()
    empty = station.window.list.empty
    assert empty.isVisible() and empty.text() == station.window.session.say("review.empty_review")
    station.sheets.arrive()
    station.ask()
    assert not empty.isVisible()
    QTest.keyClicks(station.window.list.search, "nobody")
    assert empty.text() == station.window.session.say("review.empty_found")


def test_columns_sort_the_list(station: Station) -> None:
    one = station.sheets.arrive(3)
    line = one.sheet.lines[0]
    two = station.sheets.arrive(
        1, lines=(line, line.__class__(2, "练习二号", "片剂", "1", line.quantity, "盒"))
    )
    station.ask()
    station.model.sort("drugs")
    assert [row.case_id for row in station.window.list.table.rows] == [one.id, two.id]
    station.model.sort("drugs")
    assert [row.case_id for row in station.window.list.table.rows] == [two.id, one.id]


def test_an_arrival_rings_once_and_what_waited_before_does_not(station: Station) -> None:
    rung = []
    station.waiting.arrived.connect(lambda: rung.append(1))
    station.ask()
    station.sheets.arrive()
    station.counter.rx_changed.emit()
    station.run()
    station.ask()
    assert rung == [1]
    assert station.waiting.count == 1


def test_while_a_question_is_under_way_one_more_is_kept_not_ten(station: Station) -> None:
    for _ in range(5):
        station.waiting.ask()
    assert len(station.lanes.waiting) == 1
    station.lanes.run_one()
    assert len(station.lanes.waiting) == 1
    station.run()


def test_reviews_run_on_a_lane_of_their_own(station: Station) -> None:
    case = station.sheets.arrive()
    station.ask()
    station.model.choose(case.id)
    assert {lane for lane, _, _ in station.lanes.waiting} == {Lane.REVIEW}
    station.run()


# --- page ------------------------------------------------------------


def test_the_sheet_is_shown_as_issued(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    shown = "\n".join(station.window.sheet.texts())
    for part in ("练习张小兰", "62 岁", "青霉素（练习）", "急性上呼吸道感染", "练习医师",
                 "口服，1片 × 每日三次 × 7 天", "练习医院药师", case.sheet.number):  # fmt: skip
        assert part in shown, part
    acts = "\n".join(station.window.acts.texts())
    assert station.window.session.say("clinical.no_database") in acts


def test_a_prescriber_that_the_centre_does_not_name_leaves_no_gap(station: Station) -> None:
    case = station.sheets.arrive(doctor_code="", doctor_name="", dept_name="全科")
    station.choose(case)
    page = station.model.page
    assert page is not None
    printed = [part.text for part in rx_parts(page, station.window.session.say)]
    assert "开方：全科" in station.window.sheet.texts() and "开方：全科" in printed


def test_the_chosen_row_stays_marked_while_its_page_is_read(station: Station) -> None:
    case = station.sheets.arrive()
    station.ask()
    station.window.list.view.selectRow(0)
    station.waiting.changed.emit()  # the queue is looked at again before the page is there
    assert station.model.page is None and station.model.chosen == case.id
    marked = station.window.list.view.selectionModel().selectedRows()
    assert [index.row() for index in marked] == [0]


def test_the_focus_alone_opens_nothing_and_down_begins_at_the_top(station: Station) -> None:
    first, second = station.sheets.arrive(minutes_ago=9), station.sheets.arrive(minutes_ago=3)
    station.ask()
    view = station.window.list.view
    station.window.title.setFocus()
    view.setFocus()
    station.run()
    assert station.model.chosen == ""
    QTest.keyClick(view, Qt.Key.Key_Down)
    station.run()
    assert station.model.chosen == first.id
    station.answer_all()
    station.press(Qt.Key.Key_Return)
    station.sign()
    station.run()
    station.press(Qt.Key.Key_1)
    station.run()
    assert station.model.chosen == first.id, "what was just signed stays in sight"
    QTest.keyClick(view, Qt.Key.Key_Down)
    station.run()
    assert station.model.chosen == second.id


def test_without_a_page_no_act_is_offered(station: Station) -> None:
    acts = station.window.acts
    shown = [*acts.acts.values(), acts.printing, acts.stamp, acts.box, acts.words]
    assert not any(made.isVisible() for made in shown)


def test_looking_is_logged_by_ids_only(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    with station.rx.doors.uow() as uow:
        entries = [entry for entry in uow.log.tail(20) if entry.act == "rx.looked_at"]
    assert len(entries) == 1
    text = str(entries[0].entry)
    assert case.id in text
    for secret in (case.sheet.number, "张小兰", "J06", "上呼吸道"):
        assert secret not in text


def test_a_cashier_may_not_see_the_page(station: Station) -> None:
    case = station.sheets.arrive()
    with pytest.raises(NotAllowed):
        review_page(station.rx.doors, case.id, station.rx.till.operator)


def test_earlier_purchases_reach_as_far_as_the_shop_says(station: Station) -> None:
    case = station.sheets.arrive()
    doors = station.rx.doors
    viewer = sign_in(doors, "2001", PIN)
    assert review_page(doors, case.id, viewer).history_days == DAYS
    with pytest.raises(NotAllowed):
        set_history_days(doors, 30, viewer)
    assert not review_page(doors, case.id, viewer).buyer_known


# --- verdicts ------------------------------------------------------------


@pytest.mark.rule("SJZ-A.3")
def test_a_pass_needs_all_ten_answers_and_the_pin(station: Station) -> None:
    case = station.sheets.arrive()
    station.ask()
    station.choose(case)
    station.press(Qt.Key.Key_Return)
    assert station.said() == "review.items_open" and not station.model.pending
    station.answer_all()
    station.press(Qt.Key.Key_Return)
    assert station.model.pending == "pass"
    assert not station.window.acts.box.number.isVisible(), "the person signed in gives the PIN only"
    station.sign("999999")
    assert station.sheets.state(case) == "arrived"
    station.sign()
    assert station.sheets.state(case) == "passed"
    assert station.said() == "review.done_pass"
    signed = station.model.page.act("review")
    assert signed is not None and signed.holds and signed.number == "2001"
    words = "\n".join(station.window.acts.texts())
    assert "内部电子签名（非CA证书）" in words
    assert station.waiting.count == 0


def test_an_item_that_is_not_in_order_keeps_it_from_passing(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    station.answer_all()
    station.model.answer("usage")
    assert station.model.answers["usage"] is False
    station.press(Qt.Key.Key_Return)
    assert station.said() == "review.items_wrong"
    assert station.model.note.params["items"] == "用法用量"


def test_what_the_program_proved_is_filled_in_and_can_be_turned(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    proved = {one.item for one in station.model.page.items if one.proved == "ok"}
    assert proved and proved == {item for item, yes in station.model.answers.items() if yes}
    item = next(iter(proved))
    button = station.window.acts.buttons[item]
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert station.model.answers[item] is False
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert item not in station.model.answers


@pytest.mark.parametrize(
    ("key", "state", "done"),
    [
        (Qt.Key.Key_R, "returned", "review.done_return"),
        (Qt.Key.Key_D, "refused", "review.done_refuse"),
    ],
)
def test_a_return_and_a_refusal_need_a_coded_reason(
    station: Station, key: Qt.Key, state: str, done: str
) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    station.press(key)
    station.sign()
    assert station.said() == "review.reason_first"
    box = station.window.acts.box
    box.reason.setCurrentIndex(box.reason.findData("other"))
    station.sign()
    assert station.said() == "review.text_first"
    box.reason.setCurrentIndex(box.reason.findData("dose"))
    station.sign()
    assert (station.sheets.state(case), station.said()) == (state, done)
    assert box.reason.count() == len(REASONS) + 1


def test_escape_gives_up_the_signature_and_nothing_else(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    station.press(Qt.Key.Key_D)
    station.press(Qt.Key.Key_Escape, control=False)
    assert not station.model.pending and station.model.page is not None
    assert station.sheets.state(case) == "arrived"


def test_a_paper_prescription_passes_only_when_the_stamp_was_seen(station: Station) -> None:
    case = station.sheets.arrive(form=PrescriptionForm.PAPER)
    station.choose(case)
    station.answer_all()
    station.press(Qt.Key.Key_Return)
    assert station.said() == "review.stamp_open"
    station.window.acts.stamp.click()
    station.press(Qt.Key.Key_Return)
    station.sign()
    assert station.sheets.state(case) == "passed"


@pytest.mark.rule("SJZ-A.3")
def test_without_an_answer_of_the_centre_there_is_nothing_to_press(station: Station) -> None:
    """Lived through: signed, not answered, asked again by the recovery, confirmed on the page."""
    rx, drug = station.rx, station.rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    rx.till.fault(kind="lost_answer", infno="7206", times=2)
    station.ask()
    station.choose(case)
    station.answer_all()
    station.press(Qt.Key.Key_Return)
    station.sign()
    assert station.sheets.state(case) == "passing"
    assert station.model.stage() == "wait"
    assert not any(made.isVisible() for made in station.window.acts.acts.values())
    before = len(station.lanes.waiting)
    station.press(Qt.Key.Key_Return)
    station.press(Qt.Key.Key_D)
    assert not station.model.pending and len(station.lanes.waiting) == before
    rx.till.clock.advance(200)
    recover_settlements(rx.doors, rx.till.operator)
    station.ask()
    assert station.sheets.state(case) == "passed"
    assert station.model.page.state == "passed", "the page follows the books by itself"


def test_pressed_twice_it_is_sent_once(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    station.answer_all()
    station.model.begin("pass")
    station.model.sign("", PIN)
    station.model.sign("", PIN)
    assert sum(lane is Lane.REVIEW for lane, _, _ in station.lanes.waiting) == 1
    station.run()
    assert station.sheets.state(case) == "passed"


@pytest.mark.rule("HY-1.5.1")
def test_a_long_absence_stands_at_the_station_as_long_as_it_lasts(station: Station) -> None:
    till, strip = station.rx.till, station.window.duty_strip
    with till.doors.uow() as uow:
        who = uow.staff.by_number("2001")[0].id
    note_absence(till.doors, who, "cashier")
    till.clock.advance(minutes=20)
    watch_duties(till.doors)
    station.ask()
    assert strip.isVisible() and "离岗已久，再过 10 分钟" in strip.words.text()
    assert not strip.open.isVisible() and "在收银台按 Ctrl+Shift+D" in strip.means.text()
    refresh_counter(till.doors)
    assert till.doors.counter.seen.warnings, "another reading of the books forgets nobody"
    come_back(till.doors, "2001", PIN)
    station.ask()
    assert not strip.isVisible()


# --- 调配 and 核对 ------------------------------------------------------------


@pytest.mark.rule("SJZ-A.3")
def test_three_acts_three_signatures_and_a_printed_sheet(station: Station, tmp_path: Path) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    station.answer_all()
    station.press(Qt.Key.Key_Return)
    station.sign()
    station.press(Qt.Key.Key_2)
    station.run()
    assert [row.case_id for row in station.window.list.table.rows] == [case.id]
    station.press(Qt.Key.Key_Return)
    assert station.said() == "review.no_basket"
    station.sheets.put_in_basket(case)
    station.counter.rx_changed.emit()
    station.run()
    station.press(Qt.Key.Key_Return)
    assert station.model.pending == "pick" and station.window.acts.box.number.isVisible()
    station.window.acts.box.number.setText("1001")
    station.sign("100100")
    assert station.sheets.state(case) == "picked"
    station.press(Qt.Key.Key_Return)
    assert station.said() == "review.checks_open"
    for item in CHECK_QUESTIONS:
        station.model.tick(item, True)
    station.press(Qt.Key.Key_Return)
    station.window.acts.box.text.setText("饭后服用（练习）")
    station.sign()
    assert station.sheets.state(case) == "checked"
    page = station.model.page
    assert [(act.act, act.number, act.holds) for act in page.acts] == [
        ("review", "2001", True), ("pick", "1001", True), ("check", "2001", True),
    ]  # fmt: skip
    assert page.handed and page.handed[0].line_no == 1
    assert page.act("check").answers == tuple((item, True) for item in CHECK_QUESTIONS)
    assert not page.act("pick").answers
    shown = [one.text() for one in station.window.acts.findChildren(QLabel)]
    assert "药盒已核对：药名、剂型、规格、数量、药品性状" in shown
    boxes = signature_boxes(page, station.window.session.say)
    assert [heading for heading, _ in boxes] == ["审方药师", "调配", "核对发药"]
    assert all("内部电子签名（非CA证书）" in lines for _, lines in boxes)
    assert ["药盒 5 项已核对" in lines for _, lines in boxes] == [False, False, True]
    printed = "\n".join(part.text for part in rx_parts(page, station.window.session.say))
    assert "练习 无效" in printed and case.sheet.lines[0].generic_name in printed
    station.press(Qt.Key.Key_P)
    files = list((tmp_path / "slips").glob("rx-*.pdf"))
    assert len(files) == 1 and files[0].read_bytes().startswith(b"%PDF")
    assert case.sheet.number not in files[0].name


def test_a_sheet_that_was_changed_in_the_books_shows_that_its_signature_does_not_hold(
    station: Station,
) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    station.answer_all()
    station.press(Qt.Key.Key_Return)
    station.sign()
    doors = station.rx.doors
    with doors.uow() as uow:
        held = uow.prescriptions.get(case.id)
        held.review = held.review.__class__(
            **{name: getattr(held.review, name) for name in held.review.__dataclass_fields__}
            | {"opinion": "另写的意见"}
        )
        uow.prescriptions.save(held)
        uow.commit()
    page = review_page(doors, case.id, sign_in(doors, "2001", PIN))
    assert not page.act("review").holds
    boxes = signature_boxes(page, station.window.session.say)
    assert "签名无效：内容与签名不符" in boxes[0][1]


def test_what_was_done_is_found_by_its_day(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    station.press(Qt.Key.Key_R)
    station.window.acts.box.reason.setCurrentIndex(1)
    station.sign()
    station.press(Qt.Key.Key_3)
    station.run()
    view = station.window.list
    assert [row.case_id for row in view.table.rows] == [case.id]
    view.day.setText("2026-11-21")
    QTest.keyClick(view.day, Qt.Key.Key_Return)
    station.run()
    assert view.table.rows == ()
    assert view.empty.text() == station.window.session.say("review.empty_done")
    view.day.setText("21.11.2026")
    QTest.keyClick(view.day, Qt.Key.Key_Return)
    assert view.day_words.isVisible()


# --- persons ------------------------------------------------------------


def test_another_pharmacist_signs_on_after_a_lock(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    station.press(Qt.Key.Key_F11, control=False)
    assert station.window.session.locked and station.model.page is None
    station.window.sign_in.sign_in("2002", OTHER_PIN)
    station.run()
    station.choose(case)
    station.answer_all()
    station.press(Qt.Key.Key_Return)
    station.sign(OTHER_PIN)
    assert station.model.page.act("review").number == "2002"


def test_a_cashier_at_the_counter_opens_a_station_that_asks_who_is_there(station: Station) -> None:
    station.window.close()
    assert station.window.session.locked, "closing locks"
    station.counter.sign_in(sign_in(station.rx.doors, "1001", "100100"))
    station.window.enter(station.counter)
    assert station.window.session.locked


def test_all_ten_have_a_button_and_the_arrows_go_through_them(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    buttons = station.window.acts.buttons
    assert tuple(buttons) == TEN_QUESTIONS
    station.window.acts.buttons["department"].setFocus()
    QTest.keyClick(buttons["department"], Qt.Key.Key_Down)
    assert buttons["name"].hasFocus()
    QTest.keyClick(buttons["name"], Qt.Key.Key_Right)
    assert buttons[TEN_QUESTIONS[6]].hasFocus()
    QTest.keyClick(buttons[TEN_QUESTIONS[6]], Qt.Key.Key_Right)
    assert buttons[TEN_QUESTIONS[6]].hasFocus(), "there is nothing beyond the edge"
    assert all(made.accessibleName() for made in buttons.values())


def test_all_ten_are_in_sight_with_the_largest_type(qtbot: QtBot, qapp, tmp_path: Path) -> None:
    look = theme("light", 150)
    dress(qapp, look)
    for till in practice_till(tmp_path):
        shop, lanes = StationShop(till), HandLanes()
        counter = Session(shop, lanes)  # type: ignore[arg-type]
        waiting = WaitingViewModel(counter)
        window = ReviewWindow(shop, lanes, waiting, folder=tmp_path, look=lambda: look)  # type: ignore[arg-type]
        qtbot.addWidget(window)
        window.setFixedSize(1366, 768)
        counter.sign_in(shop.sign_in("2001", PIN))
        window.show()
        window.enter(counter)
        window.model.choose(Sheets(till).arrive().id)
        lanes.run()
        area = window.acts.area.viewport()

        def in_sight(made: QAbstractButton, area: QWidget = area) -> bool:
            top = made.mapTo(area, made.rect().topLeft()).y()
            return top >= 0 and top + made.height() <= area.height()

        ten = tuple(window.acts.buttons.values())
        assert len(ten) == len(TEN_QUESTIONS)
        qtbot.waitUntil(lambda all_ten=ten, seen=in_sight: all(map(seen, all_ten)))
    dress(qapp, theme())


def test_a_page_is_read_once_for_each_thing_that_happens(station: Station) -> None:
    shop, seen = station.window.session.shop, list[str]()
    read = shop.review_page
    shop.review_page = lambda case_id, viewer: seen.append(case_id) or read(case_id, viewer)
    case = station.sheets.arrive()
    station.ask()
    station.choose(case)
    station.ask()
    station.ask()
    assert len(seen) == 1, "chosen"
    station.sheets.put_in_basket(case)
    station.counter.rx_changed.emit()
    station.run()
    assert len(seen) == 2, "the counter put it into a basket"
    station.answer_all()
    station.press(Qt.Key.Key_Return)
    station.sign()
    station.window.decided.emit(case.id)
    station.counter.rx_changed.emit()
    station.run()
    assert station.model.page.state == "passed"
    passed = len(seen)
    for _ in range(3):
        station.ask()
    assert len(seen) == passed <= 4, "a page that lies open is not read with every poll"


def test_the_words_of_a_refusal_stand_there_once(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    station.press(Qt.Key.Key_D)
    box = station.window.acts.box
    box.reason.setCurrentIndex(box.reason.findData("dose"))
    box.text.setText("练习：剂量过大")
    station.sign()
    shown = [one.text() for one in station.window.acts.findChildren(QLabel)]
    assert sum("练习：剂量过大" in text for text in shown) == 1
    assert "原因：用法用量不适宜" in shown


def test_the_original_is_shown_page_by_page_and_nothing_is_written(
    station: Station, tmp_path: Path
) -> None:
    rx = station.rx
    drug = rx.till.find(insurance_class="A", sale_class="rx")
    rx.prescribe("active_met", (drug, 1))
    case = rx.take(rx.patient("active_met"))
    station.ask()
    station.choose(case)
    station.press(Qt.Key.Key_O)
    station.run()
    shown = station.window.sheet.pictures
    assert shown and not shown[0].pixmap().isNull()
    assert shown[0].accessibleName() == f"处方原件，第 1 页，共 {len(shown)} 页"
    assert not list((tmp_path / "slips").glob("*"))
    with rx.doors.uow() as uow:
        assert [one.act for one in uow.log.tail(3)].count("rx.original_opened") == 1
        uow.prescriptions.keep_file(case.id, b"%PDF-1.4 torn")
        uow.commit()
    station.press(Qt.Key.Key_O)
    station.run()
    assert station.said() == "review.original_unreadable"
    bare = station.sheets.arrive()
    station.choose(bare)
    station.press(Qt.Key.Key_O)
    assert station.said() == "review.original_none" and not station.window.sheet.pictures


def test_every_control_of_the_station_has_an_accessible_name(station: Station) -> None:
    case = station.sheets.arrive()
    station.choose(case)
    station.answer_all()
    station.press(Qt.Key.Key_R)
    kinds = (QAbstractButton, QLineEdit, QAbstractItemView, QComboBox)
    found = [each for kind in kinds for each in station.window.findChildren(kind)]
    nameless = [
        type(each).__name__
        for each in found
        if not each.accessibleName()
        and not isinstance(each, QHeaderView)
        and type(each) is not QAbstractButton
    ]
    assert nameless == [], "but for the table's own corner, which Qt keeps hidden"


def test_words_of_the_station_are_whole_in_english_too(station: Station, tmp_path: Path) -> None:
    look = theme("dark", 150)
    window = ReviewWindow(
        station.window.session.shop, station.lanes, station.waiting,
        folder=tmp_path, look=lambda: look, lang="en",
    )  # fmt: skip
    case = station.sheets.arrive()
    window.enter(station.counter)
    station.run()
    window.model.choose(case.id)
    station.run()
    shown = "\n".join([*window.sheet.texts(), *window.acts.texts()])
    assert "review.state" not in shown and "review.column" not in shown
    assert "Allergies: 青霉素（练习）" in shown
    window.close()
    window.deleteLater()


@pytest.mark.rule("HY-1.5.1")
def test_a_reviewer_from_elsewhere_is_named_as_such(station: Station) -> None:
    doors = station.rx.doors
    staff_id = sign_in(doors, "2001", PIN).staff.id
    with doors.uow() as uow:
        bound = uow.pharmacists.get(staff_id)
        uow.pharmacists.keep(replace(bound, remote=True))
        uow.commit()
    case = station.sheets.arrive()
    station.choose(case)
    station.answer_all()
    station.press(Qt.Key.Key_Return)
    station.sign()
    assert station.model.page.act("review").remote
    assert "（远程）" in "\n".join(station.window.acts.texts())
