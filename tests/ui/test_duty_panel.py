"""Pharmacists on duty: the panel over real books, bar and strip of the counter's window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.staff import Role
from app.errors import NotAllowed
from app.use_cases.buyer import register_buyer
from app.use_cases.complete_sale import complete_sale
from app.use_cases.duty import refresh_counter
from app.use_cases.duty_view import duty_view, register
from app.use_cases.sign_in import add_staff, sign_in
from app.use_cases.views import Note
from tests.fakes.lanes import HandLanes
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.station import StationShop
from tests.ui.conftest import Window
from ui.keys import Action
from ui.register_print import cells_of, save_register_pdf
from ui.rx_print import save_notice_pdf
from ui.screens.duty.panel import DutyPanel
from ui.screens.duty.view_model import DutyViewModel
from ui.screens.session import Session
from ui.words import say


@dataclass
class Board:
    """The panel with the books behind it; the manager is signed in."""

    till: PracticeTill
    lanes: HandLanes
    session: Session
    model: DutyViewModel
    panel: DutyPanel
    folder: Path

    def sign(self, act: str, number: str, pin: str) -> None:
        self.panel.number.setText(number)
        self.panel.pin.setText(pin)
        self.panel.acts[act].click()
        assert self.panel.pin.text() == ""
        self.lanes.run()

    def said(self) -> str:
        return self.model.note.message_id if self.model.note else ""


@pytest.fixture
def board(tmp_path: Path, qtbot: QtBot) -> Iterator[Board]:
    for till in practice_till(tmp_path):
        add_staff(till.doors, "3001", "练习·陈店长", Role.MANAGER, "300300", by="practice")
        shop, lanes = StationShop(till), HandLanes()
        session = Session(shop, lanes)  # type: ignore[arg-type]
        session.sign_in(sign_in(till.doors, "3001", "300300"))
        model = DutyViewModel(session)
        folder = tmp_path / "files"
        panel = DutyPanel(
            model,
            folder,
            lambda view, path: save_notice_pdf("练习", view.short_since, "practice", say, path),
            lambda rows, period, path: save_register_pdf(
                rows, period, "练习", "practice", say, path
            ),
        )
        qtbot.addWidget(panel)
        panel.show()
        panel.opened()
        lanes.run()
        yield Board(till, lanes, session, model, panel, folder)


@pytest.mark.rule("LN-2.1")
@pytest.mark.rule("HY-1.5.1")
def test_signing_off_and_on_changes_who_counts_at_once(board: Board) -> None:
    heard = []
    board.model.presence_changed.connect(lambda: heard.append(board.model.shop.presence().present))
    assert board.panel.list.count() == 2
    board.sign("off", "2001", "200200")
    board.sign("off", "2002", "200201")
    assert heard[-1] == 0 and board.model.view.short
    assert board.panel.nobody.isVisible()
    board.sign("on", "2001", "200200")
    assert heard[-1] == 1 and not board.model.view.short
    assert refresh_counter(board.till.doors).presence.present == 1


def test_a_sign_off_typed_while_the_lane_is_taken_counts_once(board: Board) -> None:
    board.panel.opened()  # the pharmacist's lane answers a review first: nothing is read yet
    for _ in range(2):
        board.panel.number.setText("2001")
        board.panel.pin.setText("200200")
        board.panel.acts["off"].click()
    board.lanes.run()
    assert board.said() == "duty.done_off"
    assert board.model.view.presence.present == 1


def test_a_wrong_pin_signs_nobody_on(board: Board) -> None:
    board.sign("off", "2001", "200200")
    board.sign("on", "2001", "111111")
    assert board.said() == "error.sign_in_refused"
    assert board.model.view.presence.present == 1
    board.sign("on", "", "")
    assert board.said() == "duty.both"


def test_who_went_away_is_told_and_comes_back_by_pin(board: Board) -> None:
    board.panel.list.setCurrentRow(0)
    board.panel.away.click()
    board.lanes.run()
    assert "离岗未回" in board.panel.list.item(0).text()
    board.sign("back", "2001", "200200")
    assert "离岗未回" not in board.panel.list.item(0).text()


@pytest.mark.rule("LN-2.1")
def test_the_notice_is_saved_as_a_pdf_and_says_where(board: Board) -> None:
    board.sign("off", "2001", "200200")
    board.sign("off", "2002", "200201")
    assert board.model.view.short_since == board.till.clock.now()
    board.panel.notice.click()
    files = list(board.folder.glob("notice-*.pdf"))
    assert len(files) == 1 and files[0].read_bytes().startswith(b"%PDF")
    assert str(files[0]) in board.panel.words.text()


def test_the_period_asked_for_most_stands_there_already(board: Board) -> None:
    board.panel.opened()
    part = board.panel.register
    assert (part.first.text(), part.last.text()) == ("2026-11-01", "2026-11-22")


@pytest.mark.rule("HY-1.5.1")
def test_attendance_goes_to_a_file_whose_path_is_told(board: Board) -> None:
    board.till.clock.advance(3600)
    part = board.panel.register
    part.first.setText("2026-11-22")
    part.last.setText("2026-11-22")
    part.export.click()
    board.lanes.run()
    files = list(board.folder.glob("attendance-*.csv"))
    assert len(files) == 1
    rows = files[0].read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].startswith("日期,工号,药师")
    assert len(rows) == 3 and "10:00-11:00" in rows[1] and "1.00" in rows[1]
    assert str(files[0]) in board.panel.words.text()
    part.last.setText("2026-11-01")
    part.export.click()
    assert board.said() == "duty.date_wrong"


def test_the_register_of_ephedrine_is_printed_or_says_that_there_is_none(board: Board) -> None:
    part, till = board.panel.register, board.till
    part.first.setText("2026-11-22")
    part.last.setText("2026-11-22")
    part.ephedrine.click()
    board.lanes.run()
    assert board.said() == "ephedrine.empty" and not list(board.folder.glob("ephedrine-*"))
    drug = till.find(ephedrine=True, sale_class="otc_a")
    known, nobody = till.basket((drug, 1)), till.basket((drug, 2))
    buyer = ("练习买药人", "999900199001010014")
    known = register_buyer(till.doors, known, *buyer, till.operator)
    for sale in (known, nobody):
        complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    part.ephedrine.click()
    board.lanes.run()
    assert board.said() == "ephedrine.saved" and board.model.note.params["rows"] == 2
    (made,) = board.folder.glob("ephedrine-20261122-20261122.pdf")
    assert made.read_bytes().startswith(b"%PDF") and made.stat().st_mode & 0o077 == 0
    whole = board.session.who()
    rows = board.session.shop.ephedrine_register(date(2026, 11, 22), date(2026, 11, 22), whole)
    first, second = (cells_of(row, say) for row in rows)
    assert drug.display_name in first[2] and drug.spec in first[2]
    assert first[5] == f"1 {drug.pack_unit}" and second[6] == "没有核验"
    assert first[6:8] == buyer
    part.last.setText("2026-11-01")
    part.ephedrine.click()
    assert board.said() == "duty.date_wrong"


def test_a_cashier_sees_who_is_here_and_no_register(board: Board) -> None:
    board.session.sign_in(board.till.operator)
    board.panel.opened()
    board.lanes.run()
    assert board.panel.list.count() == 2
    assert not board.panel.register.isVisible() and board.panel.not_you.isVisible()
    with pytest.raises(NotAllowed):
        register(board.till.doors, board.till.operator)


@pytest.mark.rule("SJZ-A.3", "LN-2.4b", "S-25", "S-03")
def test_the_register_binds_suspends_and_lets_go(board: Board) -> None:
    part = board.panel.register
    part.list.setCurrentRow(0)
    assert part.fields["code"].text() == board.model.chosen.binding.professional.code
    part.fields["filing_no"].setText("LXBA-0099")
    part.bind.click()
    board.lanes.run()
    assert board.model.chosen.binding.filing_no == "LXBA-0099"
    for name, text in (("sanction_from", "2026-11-20"), ("sanction_why", "练习暂停")):
        part.stops[name].setText(text)
    part.sanction.click()
    board.lanes.run()
    assert not board.model.chosen.bound_today and part.sanctions.isVisible()
    assert duty_view(board.till.doors).presence.present == 1
    part.end.click()
    board.lanes.run()
    assert board.model.chosen.bound_today, "from today on, so it ended yesterday"
    part.unbind.click()
    assert board.model.chosen.binding.unbound_at is None, "once is not enough"
    part.unbind.click()
    board.lanes.run()
    assert board.model.chosen.binding.unbound_at is not None
    assert duty_view(board.till.doors).presence.bound == 1


def test_a_day_that_is_none_binds_nobody(board: Board) -> None:
    part = board.panel.register
    part.list.setCurrentRow(0)
    part.fields["valid_to"].setText("soon")
    part.bind.click()
    assert board.said() == "duty.date_wrong" and not board.lanes.waiting


@pytest.mark.rule("LN-2.2b")
def test_the_platform_is_asked_whether_it_knows_them(board: Board) -> None:
    board.panel.register.confirm.click()
    board.lanes.run()
    assert board.said() == "duty.confirm_done"
    assert all(row.binding.confirmed_at == board.till.clock.now() for row in board.model.rows)


def test_business_hours_are_kept_and_nonsense_is_not(board: Board) -> None:
    part = board.panel.register
    part.hours.setText("08:00-21:30")
    part.keep.click()
    board.lanes.run()
    assert duty_view(board.till.doors).business_hours == "08:00-21:30"
    part.hours.setText("always")
    part.keep.click()
    board.lanes.run()
    assert board.said() == "error.bad_value"


def test_how_far_back_a_reviewer_looks_is_kept_and_nonsense_is_not(board: Board) -> None:
    part = board.panel.register
    assert part.history.text() == "90"
    part.history.setText("30")
    part.keep_history.click()
    board.lanes.run()
    assert board.said() == "duty.history_kept"
    assert duty_view(board.till.doors).history_days == 30
    for typed, told in (("soon", "duty.history_wrong"), ("0", "error.bad_value")):
        part.history.setText(typed)
        part.keep_history.click()
        board.lanes.run()
        assert board.said() == told and duty_view(board.till.doors).history_days == 30


def test_short_since_is_nobody_s_guess(board: Board) -> None:
    """Yesterday's duties say nothing of since when today is short."""
    board.sign("off", "2001", "200200")
    board.sign("off", "2002", "200201")
    board.till.clock.advance(timedelta(days=1).total_seconds())
    assert duty_view(board.till.doors).short_since is None


# --- at the counter ---------------------------------------------------------------------------


@pytest.mark.rule("LN-2.1")
def test_the_bar_counts_and_the_strip_stands_while_too_few_are_here(window: Window) -> None:
    window.enter()
    main = window.window
    assert main.bar.text("duty") == "在岗执业药师 1" and not main.duty_strip.isVisible()
    window.shop.present = 0
    main.top.show_presence()
    assert main.bar.text("duty") == "在岗执业药师 0"
    assert main.duty_strip.isVisible()
    assert main.duty_strip.words.text() == "执业药师不在岗，暂停销售处方药和甲类非处方药"
    window.shop.present = 1
    main.top.show_presence()
    assert not main.duty_strip.isVisible()


@pytest.mark.rule("HY-1.5.1")
def test_a_long_absence_stands_at_the_counter_with_what_to_press(window: Window) -> None:
    window.enter()
    main = window.window
    away = Note("duty.away_warn", {"name": "练习·王药师", "minutes": 9}, "warn")
    window.shop.warnings = (away,)
    main.top.show_presence()
    strip = main.duty_strip
    assert strip.isVisible() and strip.property("finding") == "warn"
    assert strip.words.text() == "药师练习·王药师离岗已久，再过 9 分钟就按不在岗处理。"
    assert "Ctrl+Shift+D" in strip.means.text() and "离岗后返回" in strip.means.text()
    window.shop.present = 0
    main.top.show_presence()
    assert strip.property("finding") == "block", "what holds already is said, not what threatens"
    window.shop.present, window.shop.warnings = 1, ()
    main.top.show_presence()
    assert not strip.isVisible()


def test_keys_pressed_at_the_station_never_reach_the_till(window: Window, qtbot: QtBot) -> None:
    window.enter("2001")
    main = window.window
    main.router.perform(Action.REVIEW)
    window.lanes.run()
    station = main.beside.review
    assert station is not None and station.isVisible() and not station.session.locked
    press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F11, Qt.KeyboardModifier.NoModifier)
    assert not main.scans.eventFilter(station.list.search, press)
    assert not main.session.locked
    qtbot.waitUntil(station.isActiveWindow)
    QTest.keyClick(station, Qt.Key.Key_F11)
    assert station.session.locked and not main.session.locked
    again = station
    main.router.perform(Action.REVIEW)
    assert main.beside.review is again


def test_the_bar_counts_who_waits_and_leads_to_the_station(window: Window) -> None:
    from app.use_cases.rx_views import RxWaiting

    window.enter()
    now = window.shop.now()
    row = RxWaiting("c1", "arrived", now, 0, 0, "electronic", 2, "练**")
    window.shop.queue = (row,)
    window.window.session.rx_changed.emit()
    window.lanes.run()
    assert window.window.bar.review.text() == "审方(1)"
    window.shop.queue = (replace(row, level=2),)
    window.window.session.rx_changed.emit()
    window.lanes.run()
    assert window.window.bar.review.text() == "审方(1) !!", "colour never speaks alone"
    window.window.bar.review.click()
    assert window.window.beside.review is not None
