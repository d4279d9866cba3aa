"""人员 in the real window, on real books: by keys and scans, from joining to leaving."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.code_read import CodeRead, ScanSource
from app.domain.staff import Right
from app.domain.staff_level import Level
from app.use_cases.facts import Operator
from tests.fakes.practice_window import ShownWindow, practice_window
from ui.screens.office.panel import OfficePanel
from ui.screens.people.page import PeoplePage
from ui.screens.till.view_model import Prompt
from ui.widgets.badge import put_badge

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
BADGE, OWN = "LXGP-7F3A-0099-KQ", "481927"


@dataclass
class Shown(ShownWindow):
    """With a badge that is scanned, and fields left by Enter."""

    qtbot: QtBot

    def scan(self, code: str) -> None:
        self.window.dispatch.take(CodeRead(code, ScanSource.PLAYED))
        self.rest()

    def keys(self, field: QLineEdit, text: str) -> None:
        field.setFocus()
        field.setText(text)  # typed as quickly as a test types it would be a scan
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.rest()

    def page(self) -> PeoplePage:
        self.window.open_panel("office")
        panel = self.window.panel()
        assert isinstance(panel, OfficePanel)
        panel.turn("people")
        self.rest()
        page = panel.page("people")
        assert isinstance(page, PeoplePage)
        return page


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    with practice_window(qtbot, tmp_path) as (opened, window, lanes):
        made = Shown(opened, lanes, window, qtbot)
        made.rest()
        yield made


def cells(page: PeoplePage) -> dict[str, tuple[object, ...]]:
    return {str(line.values[0]): line.values for line in page.list.model.lines}


def test_somebody_joins_gets_a_badge_and_leaves(shown: Shown) -> None:
    window = shown.window
    shown.sign_in("3001", "300300")
    page = shown.page()
    assert {"1001", "2001", "3001"} <= set(cells(page)) and page.list.isVisible()
    shown.look("people")
    page.acts["join"].click()
    shown.keys(page.form.fields["number"], "1009")
    shown.keys(page.form.fields["name"], "练习新人")
    first = page.model.first
    assert first is not None and first.pin in page.first.text()
    assert cells(page)["1009"][3] == page._say("people.state_pin")
    shown.look("joined")
    page.list.choose(first.staff.id)
    page.acts["badge"].click()
    assert page.first.isVisible() and first.pin in page.first.text(), "until the next act"
    shown.scan(BADGE)
    field = page.form.fields["badge"]
    assert field.text() == BADGE and field.echoMode() is QLineEdit.EchoMode.Password
    shown.look("badge")
    page.form.commit.click()
    shown.rest()
    assert cells(page)["1009"][4] == page._say("people.has_badge")
    assert not page.form.isVisible() and not page.first.isVisible(), "the PIN is told once"

    window.session.lock()
    shown.scan(BADGE)
    view = window.sign_in_view
    assert view.number.echoMode() is QLineEdit.EchoMode.Password and view.pin.hasFocus()
    shown.keys(view.pin, first.pin)
    assert window.session.locked and view.fresh.isVisible()
    shown.look("own_pin")
    shown.keys(view.fresh, "123456")
    shown.keys(view.again, "123456")
    assert window.session.locked and "连续" in view.words.text()
    shown.keys(view.fresh, OWN)
    shown.keys(view.again, OWN)
    assert not window.session.locked and window.session.who().staff.number == "1009"
    assert not window.session.may(Right.MANAGE_STAFF)

    shown.sign_in("3001", "300300")
    page = shown.page()
    page.list.choose(first.staff.id)
    page.acts["leave"].click()
    shown.rest()
    shown.look("leave")
    page.form.commit.click()
    shown.rest()
    assert "离职" in str(cells(page)["1009"][3])
    shown.sign_in("1009", OWN)
    assert window.session.locked and view.words.text()


def test_a_level_is_made_and_given(shown: Shown) -> None:
    shown.sign_in("3001", "300300")
    page = shown.page()
    page.parts["levels"].click()
    page.new_level.click()
    shown.keys(page.form.fields["level_name"], "收银一级")
    shown.look("level")
    shown.keys(page.form.fields["limit_return"], "abc")
    shown.keys(page.form.fields["limit_return"], "200")
    shown.keys(page.form.fields["limit_change_price"], "")
    names = [line.values[0] for line in page.levels.model.lines]
    assert names[0] == "收银一级" and "200" in str(page.levels.model.lines[0].values[2])
    shown.look("levels")
    page.parts["people"].click()
    row = next(one for one in page.model.view.people if one.staff.number == "1001")
    page.list.choose(row.staff.id)
    page.acts["level"].click()
    page.form.choices["level"].setCurrentIndex(1)
    page.form.commit.click()
    shown.rest()
    assert "收银一级" in str(cells(page)["1001"][2])
    shown.look("given")


def test_an_idle_till_locks_and_another_cashier_goes_on_with_the_basket(shown: Shown) -> None:
    window, idle = shown.window, shown.window.idle
    shown.sign_in("3001", "300300")
    page = shown.page()
    shown.keys(page.idle, "3")
    window.close_panel()
    window.till.add(next(hit.medicine for hit in shown.opened.shop.search("创可贴", 9)))
    shown.rest()
    at = window.scans.touched_at
    idle._clock = lambda: at + 1
    idle.tick()
    shown.rest()
    assert idle.minutes == 3
    idle._clock = lambda: at + 179_000
    idle.tick()
    assert not window.session.locked, "not yet"
    idle._clock = lambda: at + 181_000
    idle.tick()
    assert window.session.locked and not window.till_view.isVisible()
    shown.look("idle")
    shown.sign_in("1001", "100100")
    assert not window.session.locked and len(window.till.lines) == 1


def test_a_price_goes_down_no_further_than_the_level_reaches(shown: Shown) -> None:
    window = shown.window
    shown.sign_in("3001", "300300")
    window.till.add(next(hit.medicine for hit in shown.opened.shop.search("创可贴", 9)))
    shown.rest()
    before = window.till.lines[0].price
    staff = window.session.who().staff
    level = Level("l", "店长一级", staff.rights(), ((Right.CHANGE_PRICE, 1000),))
    window.session.operator = Operator(replace(staff, level=level))
    for share, goes_on in (("-20%", False), ("-5%", True)):
        window.till._set_prompt(Prompt.SEARCH)
        window.till.price_key("")
        window.till._give_price(share)
        assert (window.till.prompt is Prompt.WHY) is goes_on
    assert window.till.lines[0].price == before, "nothing changes before the reason"


def test_an_own_pin_is_changed_where_one_signs_in(shown: Shown) -> None:
    view = shown.window.sign_in_view
    shown.window.session.lock()
    view.number.setText("1001")
    view.change.click()
    assert view.pin.hasFocus() and view.fresh.isVisible() and not view.change.isVisible()
    shown.keys(view.pin, "100100")
    assert view.fresh.hasFocus()
    shown.keys(view.fresh, OWN)
    shown.keys(view.again, OWN)
    assert not shown.window.session.locked
    shown.sign_in("1001", "100100")
    assert shown.window.session.locked
    shown.sign_in("1001", OWN)
    assert not shown.window.session.locked


def test_choosing_a_pin_has_a_way_back(shown: Shown) -> None:
    """By Esc, by its button, and by nobody being there any more; nothing typed stays."""
    view = shown.window.sign_in_view
    ways = (
        lambda: shown.press(Qt.Key.Key_Escape),
        lambda: view.back.click(),
        lambda: view._alone.timeout.emit(),
    )
    for way in ways:
        shown.window.session.lock()
        view.number.setText("1001")
        view.change.click()
        shown.keys(view.pin, "100100")
        view.fresh.setText(OWN)
        way()
        assert not view.fresh.isVisible() and view.change.isVisible() and not view.back.isVisible()
        assert view.number.hasFocus()
        assert [one.text() for one in (view.number, view.pin, view.fresh, view.again)] == [""] * 4
    shown.sign_in("1001", "100100")
    assert not shown.window.session.locked, "the PIN is as it was"


def test_a_badge_is_never_shown_in_clear(shown: Shown) -> None:
    view = shown.window.sign_in_view
    shown.window.session.lock()
    shown.scan(BADGE)
    assert view.number.text() == BADGE
    for key, left in ((Qt.Key.Key_7, "7"), (Qt.Key.Key_Backspace, "")):
        put_badge(view.number, BADGE)
        view.number.setFocus()
        QTest.keyClick(view.number, key)
        shown.qtbot.wait(80)  # a digit waits whether it begins a code
        assert view.number.text() == left
        assert view.number.echoMode() is QLineEdit.EchoMode.Normal


def test_a_form_acts_for_whom_it_was_opened(shown: Shown) -> None:
    shown.sign_in("3001", "300300")
    page = shown.page()
    people = {one.staff.number: one.staff for one in page.model.view.people}
    page.list.choose(people["1001"].id)
    page.acts["pin"].click()
    page.list.choose(people["2001"].id)
    page.form.commit.click()
    shown.rest()
    assert page.model.first is not None and page.model.first.staff.id == people["1001"].id


def test_a_first_pin_that_comes_after_the_page_was_left_is_shown_to_nobody(shown: Shown) -> None:
    shown.sign_in("3001", "300300")
    page = shown.page()
    row = next(one for one in page.model.view.people if one.staff.number == "1001")
    page.list.choose(row.staff.id)
    page.acts["pin"].click()
    page.form.commit.click()
    shown.window.close_panel()
    shown.rest()
    assert page.model.first is None
    page = shown.page()
    assert not page.first.isVisible()
    assert cells(page)["1001"][3] == page._say("people.state_pin"), "it was reset, and is again"
