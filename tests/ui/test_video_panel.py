"""Clips, the recorder of the day and missing pictures, in the real window."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.purchase_still import GapAnswer
from app.domain.recorder import RecorderAnswer, RecorderState, RecorderWay
from app.errors import DeviceFailed, NotFound
from app.use_cases.recorder_day import RecorderDay
from tests.fakes.shop import NOON, FakeShop
from tests.fakes.video import a_clip, a_gap
from tests.ui.conftest import Window
from ui.clip_print import ROWS_A_PAGE
from ui.keys import Action
from ui.pdf_pages import pages_of
from ui.screens.video.panel import VideoPanel
from ui.screens.video.strip import RecorderStrip
from ui.screens.video.view_model import csv_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def rows(shop: FakeShop) -> None:
    shop.rows = (
        a_clip(1, NOON - timedelta(hours=2)),
        a_clip(2, NOON - timedelta(hours=1), person="欧**雪", still="no_consent"),
        a_clip(3, NOON, settlement_types=(), person="", still="", channels=()),
    )


def _open(window: Window, number: str = "3001") -> VideoPanel:
    window.enter(number)
    window.window.router.perform(Action.VIDEO)
    window.lanes.run()
    panel = window.window.panel()
    assert isinstance(panel, VideoPanel)
    return panel


def _jpeg() -> bytes:
    image = QImage(64, 48, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.darkGreen)
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG")  # type: ignore[call-overload]
    return bytes(held.data())


# --- clips ----------------------------------------------------------------------------------------


@pytest.mark.rule("HY-1.5.4")
def test_todays_clips_are_there_when_the_panel_opens(
    window: Window, shop: FakeShop, rows: None
) -> None:
    panel = _open(window)
    assert panel.page == "clips" and panel.clips.found.rowCount() == 3
    (asked,) = shop.asked_clips
    assert asked[1] - asked[0] == timedelta(days=1)
    newest = panel.clips.found.shown()[0]
    cells = panel._model.cells(newest)
    assert cells[2] == "没有设" and cells[4] == "没有用医保"
    told = panel._model.cells(panel.clips.found.shown()[2])
    assert told[3] == "10:01:15 – 10:05:15", "on the recorder's own clock"


def test_a_search_and_a_sort_need_no_books(window: Window, shop: FakeShop, rows: None) -> None:
    panel = _open(window)
    asked = len(shop.asked_clips)
    panel.clips.sought.setText("欧 0002")
    assert [one.sale_id for one in panel.clips.found.shown()] == ["sale-2"]
    panel.clips.sought.setText("nobody")
    assert panel.clips.found.rowCount() == 0
    assert "没有找到" in panel.clips.empty.text() and panel.clips.empty.isVisible()
    assert not panel.clips.pdf.isEnabled()
    panel.clips.sought.clear()
    panel.clips.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert panel.clips.found.shown()[0].sale_id == "sale-1"
    assert len(shop.asked_clips) == asked


def test_a_day_without_marks_says_where_marks_come_from(window: Window) -> None:
    panel = _open(window)
    assert panel.clips.empty.isVisible() and "Ctrl+D" in panel.clips.empty.text()
    assert not panel.clips.table.isVisible()


@pytest.mark.parametrize(
    ("first", "last"),
    [("yesterday", "2026-11-22"), ("2026-11-22", "2026-11-21"), ("2020-01-01", "2026-11-22")],
)
def test_a_period_that_cannot_be_is_said_and_asks_nobody(
    window: Window, shop: FakeShop, first: str, last: str
) -> None:
    panel = _open(window)
    asked = len(shop.asked_clips)
    panel.clips.begins.setText(first)
    panel.clips.ends.setText(last)
    panel.clips.fetch.click()
    window.lanes.run()
    assert len(shop.asked_clips) == asked
    assert "2026-11-22" in panel.words.text() and panel.words.isVisible()


@pytest.mark.rule("S-18")
def test_a_picture_is_shown_to_who_may_see_persons_and_esc_goes_back(
    window: Window, shop: FakeShop, rows: None
) -> None:
    shop.picture = _jpeg()
    panel = _open(window)
    panel.clips.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    panel.clips.table.selectRow(1)
    assert not panel.clips.look.isEnabled(), "no consent, no picture"
    panel.clips.table.selectRow(0)
    panel.clips.table.setFocus()
    QTest.keyClick(panel.clips.table, Qt.Key.Key_Return)
    window.lanes.run()
    assert panel.clips.picture.isVisible() and not panel.clips.picture.image.isNull()
    window.window.router.back()
    assert panel.clips.picture.image.isNull(), "nothing of it is left"
    assert panel.clips.table.isVisible()
    window.window.router.back()
    assert window.window.panel() is None


def test_a_picture_is_gone_with_its_page_by_whatever_key(
    window: Window, shop: FakeShop, rows: None
) -> None:
    shop.picture = _jpeg()
    panel = _open(window)
    for leave in (window.window.session.lock, window.window.close_panel):
        panel.clips.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        panel.clips.table.selectRow(0)
        panel.clips.look.click()
        window.lanes.run()
        assert panel.clips.picture.isVisible()
        leave()
        assert panel.clips.picture.image.isNull()
        window.enter("3001")
        window.window.open_panel("video")
        window.lanes.run()
        assert panel.clips.table.isVisible()


def test_a_cashier_sees_the_list_and_no_picture(window: Window, shop: FakeShop, rows: None) -> None:
    panel = _open(window, "1001")
    assert panel.clips.found.rowCount() == 3
    assert not panel.clips.look.isVisible()


def test_a_picture_that_is_gone_or_none_is_said(window: Window, shop: FakeShop, rows: None) -> None:
    panel = _open(window)
    panel.clips.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    panel.clips.table.selectRow(0)
    for broken in (NotFound(what="exhibit"), b"no picture"):
        shop.picture = broken
        panel.clips.look.click()
        window.lanes.run()
        assert panel.words.isVisible() and panel.words.property("tone") == "bad"
        assert panel.clips.table.isVisible()


@pytest.mark.rule("HY-1.5.4")
def test_the_list_goes_to_paper_and_file_as_it_is_in_sight(
    window: Window, shop: FakeShop, rows: None, tmp_path: Path
) -> None:
    panel = _open(window)
    panel.clips.sought.setText("0002")
    panel.clips.csv.click()
    (file,) = tmp_path.rglob("*.csv")
    assert file.stat().st_mode & 0o077 == 0
    content = file.read_text("utf-8-sig")
    lines = list(csv.reader(io.StringIO(content)))
    assert lines[0][0] == "时间" and len(lines) == 2 and lines[1][5] == "欧**雪"
    panel.clips.pdf.click()
    (paper,) = tmp_path.rglob("clips-*.pdf")
    assert str(paper) in panel.words.text()
    assert len(pages_of(paper.read_bytes())) == 1


def test_more_rows_than_a_page_holds_go_on_the_next_one(
    window: Window, shop: FakeShop, tmp_path: Path
) -> None:
    count = ROWS_A_PAGE + 1
    shop.rows = tuple(a_clip(n, NOON - timedelta(minutes=n)) for n in range(count))
    panel = _open(window)
    panel.clips.pdf.click()
    (paper,) = tmp_path.rglob("clips-*.pdf")
    assert len(pages_of(paper.read_bytes())) == 2


def test_a_folder_that_cannot_be_written_is_said(
    window: Window, shop: FakeShop, rows: None, tmp_path: Path
) -> None:
    panel = _open(window)
    (tmp_path / "lists").write_text("a file where the folder should be")
    for each in (panel.clips.pdf, panel.clips.csv, panel.clips.signs):
        each.click()
        assert panel.words.property("tone") == "bad"
    assert (tmp_path / "lists").is_file()


@pytest.mark.rule("HY-1.5.4")
def test_the_signs_for_the_wall_are_two_pages(window: Window, tmp_path: Path) -> None:
    panel = _open(window)
    panel.clips.signs.click()
    (paper,) = tmp_path.rglob("signs-*.pdf")
    assert len(pages_of(paper.read_bytes())) == 2


def test_what_could_be_a_formula_is_a_text() -> None:
    content = csv_of(("a",), [("=1+1",), ("-5",), ("@x",), ("plain",), ("",)])
    cells = [
        line[0] if line else "" for line in csv.reader(io.StringIO(content.decode("utf-8-sig")))
    ]
    assert cells == ["a", "'=1+1", "'-5", "'@x", "plain", ""]


# --- the recorder ---------------------------------------------------------------------------------


@pytest.fixture
def strip(window: Window, shop: FakeShop) -> Iterator[RecorderStrip]:
    """Of a window whose shop has a recorder that people look at."""
    shop.way = RecorderWay.BY_HAND
    window.enter()
    QApplication.processEvents()
    window.lanes.run()
    (found,) = window.window.findChildren(RecorderStrip)
    yield found


@pytest.mark.rule("HY-1.5.4")
@pytest.mark.rule("S-17")
def test_the_first_sign_in_of_the_day_asks_for_a_look_without_a_dialog(
    strip: RecorderStrip, window: Window, shop: FakeShop
) -> None:
    main = window.window
    assert strip.isVisible() and "Ctrl+Shift+O" in strip.words.text()
    assert QApplication.focusWidget() is main.till_view.field, "selling goes on"
    main.router.perform(Action.VIDEO)
    window.lanes.run()
    panel = main.panel()
    assert isinstance(panel, VideoPanel) and panel.page == "recorder"
    page = panel.recorder
    assert [made.text() for made in page.channels.values()] == ["第 1 路", "第 2 路"]
    assert "12:00:00" in page.clock.text() and "730" in page.needed.text()
    page.oldest.setText("2024-01-01")
    page.ahead.setText("-3")
    QTest.keyClick(page.ahead, Qt.Key.Key_Return)
    window.lanes.run()
    check = shop.day.check
    assert check is not None and check.way is RecorderWay.BY_HAND
    assert check.state == RecorderState({1: True, 2: True}, date(2024, 1, 1), -3)
    assert not strip.isVisible() and panel.words.property("tone") == "good"
    assert not page.answer_row.isVisible()


@pytest.mark.rule("HY-1.5.4")
@pytest.mark.rule("S-17")
def test_what_is_wrong_stands_over_the_basket_until_it_is_answered(
    strip: RecorderStrip, window: Window, shop: FakeShop
) -> None:
    main = window.window
    main.router.perform(Action.VIDEO)
    window.lanes.run()
    panel = main.panel()
    assert isinstance(panel, VideoPanel)
    page = panel.recorder
    page.channels[2].setChecked(False)
    page.oldest.setText("2026-09-22")
    page.ahead.setText("75")
    page.keep.click()
    window.lanes.run()
    assert not strip.isVisible(), "the panel says it itself"
    main.close_panel()
    assert strip.isVisible() and strip.property("finding") == "warn"
    main.open_panel("video")
    window.lanes.run()
    strip.refresh()
    assert "第 2 路" in strip.words.text() and "2 项" in strip.words.text()
    assert "61 天" in page.doubts.text() and "快了 75 秒" in page.doubts.text()
    assert page.answer_row.isVisible()
    page.answers[RecorderAnswer.VENDOR_CALLED].click()
    window.lanes.run()
    assert shop.day.check is not None and shop.day.check.answer == "vendor_called"
    assert not strip.isVisible() and not page.answer_row.isVisible()
    assert "已叫厂家" in page.today.text()
    main.session.lock()
    window.enter()
    QApplication.processEvents()
    window.lanes.run()
    assert not strip.isVisible(), "once a day"


@pytest.mark.parametrize(
    ("oldest", "ahead"), [("long ago", ""), ("2027-01-01", ""), ("", "soon"), ("", "1.5")]
)
def test_what_cannot_be_read_off_is_said_and_not_kept(
    strip: RecorderStrip, window: Window, shop: FakeShop, oldest: str, ahead: str
) -> None:
    window.window.router.perform(Action.VIDEO)
    window.lanes.run()
    panel = window.window.panel()
    assert isinstance(panel, VideoPanel)
    panel.recorder.oldest.setText(oldest)
    panel.recorder.ahead.setText(ahead)
    panel.recorder.keep.click()
    window.lanes.run()
    assert shop.day.check is None
    assert panel.words.property("tone") == "bad" and panel.words.isVisible()


def test_a_recorder_that_can_be_asked_is_asked_by_itself(window: Window, shop: FakeShop) -> None:
    shop.way = RecorderWay.FILE
    window.enter()
    QApplication.processEvents()
    window.lanes.run()
    assert shop.day.check is not None and shop.day.check.way is RecorderWay.FILE
    (strip,) = window.window.findChildren(RecorderStrip)
    assert not strip.isVisible(), "all is well: nobody is asked anything"


def test_a_status_that_cannot_be_read_asks_for_eyes(window: Window, shop: FakeShop) -> None:
    shop.way = RecorderWay.FILE
    shop.status = DeviceFailed(device="device_kind.recorder", why="device_recorder.stale")
    window.enter()
    QApplication.processEvents()
    window.lanes.run()
    (strip,) = window.window.findChildren(RecorderStrip)
    assert strip.isVisible() and "照它的屏幕" in strip.words.text()
    assert shop.day.check is not None and shop.day.check.state.channels == {}


def test_a_till_without_a_recorder_says_nothing_and_loads_nothing(window: Window) -> None:
    window.enter()
    QApplication.processEvents()
    window.lanes.run()
    assert not window.window.is_made("recorder")
    window.window.router.perform(Action.VIDEO)
    window.lanes.run()
    panel = window.window.panel()
    assert isinstance(panel, VideoPanel)
    panel.turn("recorder")
    window.lanes.run()
    assert panel.recorder.unplanned.isVisible() and not panel.recorder.form.isVisible()


def test_the_manager_sets_how_far_off_the_clock_may_be(window: Window, shop: FakeShop) -> None:
    shop.way = RecorderWay.PRACTICE
    panel = _open(window)
    panel.turn("recorder")
    window.lanes.run()
    page = panel.recorder
    assert page.setting.isVisible() and page.drift.text() == "60"
    page.drift.setText("soon")
    page.keep_drift.click()
    window.lanes.run()
    assert shop.day.limits.drift_seconds == 60 and panel.words.property("tone") == "bad"
    page.drift.setText("5")
    page.keep_drift.click()
    window.lanes.run()
    assert shop.day.limits.drift_seconds == 5


def test_the_day_changes_over_night(strip: RecorderStrip, window: Window, shop: FakeShop) -> None:
    model = window.window.recorder
    model.look({1: True, 2: True}, "2024-01-01", "0")
    window.lanes.run()
    assert not strip.isVisible()
    tomorrow = NOON + timedelta(days=1)
    shop.now = lambda: tomorrow  # type: ignore[method-assign]
    shop.day = RecorderDay(None, (), shop.day.limits, shop.day.history)
    window.window.session.lock()
    window.enter()
    QApplication.processEvents()
    window.lanes.run()
    assert strip.isVisible() and "今天还没有核对" in strip.words.text()


# --- missing pictures -----------------------------------------------------------------------------


@pytest.mark.rule("HY-1.1.4b")
@pytest.mark.rule("S-18")
def test_a_missing_picture_stands_on_the_list_until_the_manager_answers(
    window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.gaps = (a_gap("sale-0001", "camera_gone", NOON), a_gap("sale-0002", "poor", NOON))
    panel = _open(window)
    assert "(2)" in panel.tabs["gaps"].text()
    panel.tabs["gaps"].click()
    window.lanes.run()
    page = panel.gaps
    assert page.table.rowCount() == 2 and page.holder.isVisible()
    page.table.selectRow(0)
    chosen = page.table.item(0, 1)
    page.answers[GapAnswer.DEVICE_MENDED].click()
    window.lanes.run()
    assert chosen is not None and shop.answered[0][1] == "device_mended"
    assert page.table.rowCount() == 1
    page.answers[GapAnswer.CLIP_STANDS_IN].click()
    window.lanes.run()
    assert not shop.gaps and page.empty.isVisible() and not page.holder.isVisible()
    assert panel.tabs["gaps"].text() == "缺购药图像"


def test_a_cashier_may_see_that_pictures_are_missing_and_not_answer(
    window: Window, shop: FakeShop
) -> None:
    shop.gaps = (a_gap("sale-0001", "camera_gone", NOON),)
    panel = _open(window, "1001")
    panel.turn("gaps")
    window.lanes.run()
    assert panel.gaps.table.rowCount() == 1
    assert not panel.gaps.holder.isVisible() and panel.gaps.not_you.isVisible()


@pytest.mark.rule("HY-1.1.4b")
def test_the_manager_is_told_at_sign_in_until_each_is_answered(
    window: Window, shop: FakeShop
) -> None:
    shop.gaps = (a_gap("sale-0001", "camera_gone", NOON),)
    window.enter("1001")
    QApplication.processEvents()
    window.lanes.run()
    assert not window.window.is_made("recorder"), "a cashier without a recorder loads nothing"
    window.window.session.lock()
    window.enter("3001")
    QApplication.processEvents()
    window.lanes.run()
    (strip,) = window.window.findChildren(RecorderStrip)
    assert strip.isVisible() and "1 单" in strip.words.text()
    window.window.router.perform(Action.VIDEO)
    window.lanes.run()
    panel = window.window.panel()
    assert isinstance(panel, VideoPanel)
    panel.turn("gaps")
    window.lanes.run()
    panel.gaps.answers[GapAnswer.STAFF_TRAINED].click()
    window.lanes.run()
    assert not strip.isVisible()
    shop.gaps = (a_gap("sale-0002", "poor", NOON),)
    window.window.session.lock()
    window.enter("1001")
    QApplication.processEvents()
    window.lanes.run()
    assert not strip.isVisible(), "who cannot answer is not told"


@pytest.mark.rule("HY-1.5.4")
def test_the_clips_of_one_person_are_found_by_the_whole_number(
    window: Window, shop: FakeShop, rows: None
) -> None:
    panel = _open(window)
    panel.clips.person.setText(" 99990019800312011x ")
    panel.clips.fetch.click()
    window.lanes.run()
    assert shop.asked_person == "99990019800312011X" and panel.clips.found.rowCount() == 1
    window.window.session.lock()
    again = _open(window, "1001")
    assert not again.clips.person.isVisible() and again.clips.person.text() == ""
    assert shop.asked_person == ""


def test_the_panel_takes_the_focus_from_nobody_for_good(window: Window, shop: FakeShop) -> None:
    shop.way = RecorderWay.BY_HAND
    _open(window, "1001")
    QApplication.processEvents()
    assert QApplication.activeWindow() is window.window
    window.window.close_panel()
    QApplication.processEvents()
    assert QApplication.focusWidget() is window.window.till_view.field


@pytest.mark.rule("HY-1.5.4")
def test_who_places_devices_is_told_where_the_area_wants_video_and_there_is_none(
    window: Window, shop: FakeShop
) -> None:
    shop.demanded = True
    window.enter("3001")
    QApplication.processEvents()
    window.lanes.run()
    (strip,) = window.window.findChildren(RecorderStrip)
    assert strip.isVisible() and "人工核对" in strip.words.text()
    window.window.session.lock()
    window.enter("1001")
    QApplication.processEvents()
    window.lanes.run()
    assert not strip.isVisible()
