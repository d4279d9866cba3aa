"""代购 through the real window: five steps, few keys, what is missing, and the archive."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from app.domain.code_read import CodeRead, ScanSource
from app.domain.device_plan import DeviceKind, DevicePlan, Placed
from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Money
from app.errors import RuleBroken
from app.use_cases.notes import Note
from app.use_cases.proxy_archive import MOST
from tests.fakes.proxies import PROXY, TRACE, a_page, a_row
from tests.fakes.shop import FakeShop, trace
from tests.ui.conftest import Window
from tests.ui.test_window import crowded
from ui.device_consumers import take_credential
from ui.proxy_pad_window import ProxyPadWindow
from ui.proxy_print import MOST_LINES, facts_of, keep_proxy_pdf, proxy_picture
from ui.scan_routes import Goes, No, What, goes
from ui.screens.payment.view_model import Stage
from ui.screens.proxy.panel import ProxyPanel
from ui.words import say

CAMERAS = DevicePlan(
    {kind: Placed("practice") for kind in (DeviceKind.DOCUMENT_CAMERA, DeviceKind.CAMERA)}
)
CARD = Credential(CredentialKind.ID_CARD, PROXY.cert_no)


def at_counter(window: Window, number: str = "1001") -> None:
    """A box and its patient."""
    window.enter(number)
    window.window.till.scan(trace(1, 1))
    window.lanes.run()
    take_credential(window.window, Credential(CredentialKind.SOCIAL_CARD, "LX1", "sn"), "")
    window.lanes.run()
    window.window.close_panel()


def opened(window: Window, number: str = "1001") -> ProxyPanel:
    """Shift+F3 at a counter with a patient."""
    at_counter(window, number)
    press(window, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    return panel_of(window)


def panel_of(window: Window) -> ProxyPanel:
    panel = window.window.panel()
    assert isinstance(panel, ProxyPanel)
    return panel


def press(
    window: Window, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """A key at whoever has the focus; a digit waits whether it is the first of a code."""
    QTest.keyClick(QApplication.focusWidget() or window.window, key, held)
    QTest.qWait(90)
    window.lanes.run()


def lay(window: Window, credential: Credential = CARD, name: str = PROXY.name) -> None:
    """A card as a reader gives it to the panel in sight."""
    panel = window.window.panel()
    assert panel is not None and panel.take_credential(credential, name)
    window.lanes.run()


def to_quote(window: Window) -> ProxyPanel:
    """Card, 2, 1: what the keys of the first two steps do."""
    panel = opened(window)
    lay(window)
    press(window, Qt.Key.Key_2)
    press(window, Qt.Key.Key_1)
    return panel


def cell(table: QTableWidget, row: int, column: int) -> str:
    item = table.item(row, column)
    return item.text() if item is not None else ""


def signs(panel: ProxyPanel) -> str:
    return "".join(panel.steps.signs[step].text() for step in panel.steps.signs)


@pytest.mark.rule("HY-1.5.6b", "S-24")
def test_the_five_steps_are_led_through_with_few_keys(
    window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.plan = CAMERAS
    panel = opened(window)
    assert panel.plain.heading.text() == say("proxy.do_identity")
    assert signs(panel) == "▸○○○○" and panel.takes_others
    lay(window)
    assert signs(panel) == "✓▸○○○" and not panel.takes_others
    assert panel.why.heading.text() == say("proxy.ask_relation")
    press(window, Qt.Key.Key_2)
    assert panel.why.heading.text() == say("proxy.ask_reason")
    press(window, Qt.Key.Key_1)
    assert panel.plain.heading.text() == say("proxy.do_quote")
    press(window, Qt.Key.Key_F9)
    panel = panel_of(window)
    assert signs(panel) == "✓✓✓▸○", "the list is made by the quote itself, the panel comes back"
    for page, camera in ((panel.paper, "signature"), (panel.face, "still")):
        assert panel._model.step == camera
        shop.lens.watch()
        qtbot.waitUntil(lambda page=page: not page.picture.image.isNull())
        press(window, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda page=page: page.keep.isVisible())
        press(window, Qt.Key.Key_Return)
        window.lanes.run()
    assert signs(panel) == "✓✓✓✓✓"
    assert panel.plain.heading.text() == say("proxy.do_done")
    press(window, Qt.Key.Key_F12)
    assert window.window.payment.stage is Stage.TENDER
    assert window.window.panel() is None


def test_without_a_patient_the_panel_says_what_is_missing(window: Window) -> None:
    window.enter()
    press(window, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    panel = panel_of(window)
    assert panel.words.text() == say("proxy.basket_first")
    window.window.close_panel()
    window.window.till.scan(trace(1, 1))
    window.lanes.run()
    press(window, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert panel.words.text() == say("proxy.patient_first")
    assert panel.plain.heading.text() == say("proxy.do_nobody") and signs(panel) == "○○○○○"


def test_a_social_card_is_no_document_of_a_proxy(window: Window) -> None:
    panel = opened(window)
    lay(window, Credential(CredentialKind.SOCIAL_CARD, "LX2", "sn"))
    assert panel.words.text() == say("proxy.identity_card_wanted")
    assert signs(panel) == "▸○○○○"


def test_a_card_after_the_proxy_s_is_not_taken_for_one(window: Window) -> None:
    panel = to_quote(window)
    assert not panel.take_credential(CARD, "练习别人")


@pytest.mark.rule("S-14")
def test_the_proxy_s_own_code_is_read_while_the_panel_waits(window: Window) -> None:
    panel = opened(window)
    assert panel.scan_part() == "" and goes("proxy", What.CUSTOMER) is Goes.PANEL
    window.window.dispatch.take(CodeRead("4240000000000000000900990000", ScanSource.PLAYED))
    window.lanes.run()
    assert "医保码" in panel.steps.told["identity"].text() and signs(panel)[0] == "✓"
    assert panel.scan_part() == "steps"
    assert goes("proxy.steps", What.CUSTOMER) is No.FORM_FIRST
    assert goes("proxy.typed", What.PERSON) is No.FORM_FIRST


def test_a_reason_that_wants_a_proof_asks_for_it(window: Window, shop: FakeShop) -> None:
    panel = opened(window)
    lay(window)
    press(window, Qt.Key.Key_2)
    press(window, Qt.Key.Key_3)
    assert panel.why.heading.text() == say("proxy.ask_proof")
    press(window, Qt.Key.Key_Escape)
    assert panel.why.heading.text() == say("proxy.ask_reason"), "Esc takes the last answer back"
    press(window, Qt.Key.Key_3)
    press(window, Qt.Key.Key_1)
    assert shop.proxy is not None
    assert (shop.proxy.reason, shop.proxy.proof) == ("impaired", "disability_card")
    assert "残疾证" in panel.steps.told["why"].text()


def test_a_reason_that_is_no_cause_is_asked_again(window: Window, shop: FakeShop) -> None:
    panel = opened(window)
    lay(window)
    press(window, Qt.Key.Key_2)
    press(window, Qt.Key.Key_7)
    assert panel.why.heading.text() == say("proxy.ask_reason")
    assert signs(panel) == "✓▸○○○" and "今天来不了" in panel.steps.told["why"].text()


def test_a_mouse_answers_as_well(window: Window, shop: FakeShop) -> None:
    panel = opened(window)
    lay(window)
    first = next(each for each in panel.why.buttons if each.accessibleName() == "配偶")
    first.click()
    next(each for each in panel.why.buttons if each.accessibleName() == "长期卧床").click()
    window.lanes.run()
    assert shop.proxy is not None and shop.proxy.relation == "spouse"


def test_relation_and_reason_can_be_told_anew(window: Window, shop: FakeShop) -> None:
    panel = to_quote(window)
    press(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert panel.why.heading.text() == say("proxy.ask_relation")
    press(window, Qt.Key.Key_Escape)
    assert panel.plain.heading.text() == say("proxy.do_quote"), "and let be"
    press(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    press(window, Qt.Key.Key_1)
    press(window, Qt.Key.Key_1)
    assert shop.proxy is not None and shop.proxy.relation == "spouse"


@pytest.mark.rule("HY-1.5.6b")
def test_a_refusal_is_said_and_nothing_is_recorded(window: Window, shop: FakeShop) -> None:
    panel = opened(window)
    note = Note("proxy.refused_staff", {}, "block")
    shop.proxy_error = RuleBroken((note,), code="PROXY_STAFF")
    lay(window)
    assert panel.words.text() == say("proxy.refused_staff") and signs(panel) == "▸○○○○"


def test_typing_wants_a_manager_and_keeps_no_pin(window: Window, shop: FakeShop) -> None:
    panel = opened(window)
    press(window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    form = panel.typed
    assert form.isVisible() and panel.scan_part() == "typed"
    form.name.setText("练习代购人")
    form.number.setText(PROXY.cert_no)
    form.take.click()
    window.lanes.run()
    assert panel.words.text().startswith("第二个人必须是另一位同事")
    form.staff.setText("3001")
    form.pin.setText("123456")
    QTest.keyClick(form.pin, Qt.Key.Key_Return)
    window.lanes.run()
    assert form.pin.text() == "" and signs(panel)[0] == "✓"
    assert "手工输入" in panel.steps.told["identity"].text()


def test_void_begins_anew_and_says_so(window: Window, shop: FakeShop) -> None:
    panel = to_quote(window)
    press(window, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert shop.proxy is None and panel.plain.heading.text() == say("proxy.do_nobody")


def test_where_the_area_asks_for_no_signature_two_steps_are_enough(
    window: Window, shop: FakeShop
) -> None:
    shop.proxy_special = False
    panel = to_quote(window)
    assert signs(panel) == "✓✓———"
    assert panel.steps.told["signature"].text() == say("proxy.not_asked")
    assert panel.plain.heading.text() == say("proxy.do_done")


@pytest.mark.rule("HY-1.5.6b")
def test_the_list_is_signed_on_the_pad_where_there_is_one(
    window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.plan, shop.pad = CAMERAS, "HDMI-2"
    to_quote(window)
    press(window, Qt.Key.Key_F9)
    panel, pad = panel_of(window), window.window.beside.proxy_pad
    assert isinstance(pad, ProxyPadWindow) and pad.isVisible()
    assert panel.plain.heading.text() == say("proxy.do_signature_pad")
    assert "练" in pad.words.text() and not pad.done.isEnabled()
    write_on(pad)
    assert pad.done.isEnabled()
    pad.again.click()
    assert not pad.done.isEnabled()
    write_on(pad)
    pad.done.click()
    window.lanes.run()
    assert not pad.isVisible() and signs(panel) == "✓✓✓✓▸"


def write_on(pad: ProxyPadWindow) -> None:
    """A hand on the pad."""
    area, left = pad.area, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(area, left, plain, QPoint(20, 40))
    for step in range(1, 20):
        QTest.mouseMove(area, QPoint(20 + 20 * step, 40 + 10 * (step % 3)))
    QTest.mouseRelease(area, left, plain, QPoint(420, 60))


def test_who_cannot_sign_on_the_pad_signs_on_paper(
    window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.plan, shop.pad = CAMERAS, "HDMI-2"
    to_quote(window)
    press(window, Qt.Key.Key_F9)
    panel, pad = panel_of(window), window.window.beside.proxy_pad
    assert pad is not None
    pad.close()
    assert panel._model.step == "signature" and not panel._model.on_pad
    assert panel.paper.isVisible()


def test_a_tap_is_no_signature(window: Window, shop: FakeShop) -> None:
    shop.pad = "HDMI-2"
    to_quote(window)
    press(window, Qt.Key.Key_F9)
    model = window.window.proxy
    model.signed(replace(TRACE, strokes=(TRACE.strokes[0][:2],)))
    window.lanes.run()
    assert shop.proxy is not None and shop.proxy.signed_at is None


def test_without_pad_and_camera_the_panel_says_what_to_connect(
    window: Window, shop: FakeShop
) -> None:
    to_quote(window)
    press(window, Qt.Key.Key_F9)
    panel = panel_of(window)
    assert panel.plain.heading.text() == say("proxy.do_signature_none")


def test_a_camera_that_was_left_comes_back_by_its_button(
    window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.plan = CAMERAS
    to_quote(window)
    press(window, Qt.Key.Key_F9)
    panel = panel_of(window)
    assert panel.paper.isVisible()
    press(window, Qt.Key.Key_Escape)
    assert not panel.paper.isVisible() and panel.plain.act.isVisible()
    press(window, Qt.Key.Key_Return)
    assert panel.paper.isVisible()


def settled_for_less(window: Window, shop: FakeShop) -> ProxyPanel:
    """Signed and pictured, then the platform's answer leaves another sum to pay."""
    to_quote(window)
    press(window, Qt.Key.Key_F9)
    model = window.window.proxy
    model.photographed(b"\xff\xd8 paper")
    window.lanes.run()
    model.pictured(b"\xff\xd8 still")
    window.lanes.run()
    assert model.step == "done"
    settle = shop.settle_next

    def less(sale_id: str, *rest: object) -> object:
        settle(sale_id, *rest)  # type: ignore[arg-type]
        shop.views[sale_id] = replace(shop.views[sale_id], cash_due=Money(999))
        return shop.views[sale_id]

    shop.settle_next = less  # type: ignore[method-assign, assignment]
    press(window, Qt.Key.Key_F12)
    return panel_of(window)


@pytest.mark.rule("HY-1.5.6b")
def test_other_amounts_of_the_answer_are_told_and_signed_again(
    window: Window, shop: FakeShop
) -> None:
    panel = settled_for_less(window, shop)
    assert window.window.payment.stage is Stage.TENDER
    assert panel.words.text() == say("proxy.answer_differs")
    assert signs(panel) == "✓✓▸○○" and panel.plain.heading.text() == say("proxy.do_list")
    assert panel.plain.act.text() == say("proxy.offer_print")
    assert not panel.acts["void"].isVisible(), "what is settled is cancelled, not forgotten"
    assert panel.acts["undo"].isVisible()
    panel.plain.act.click()
    window.lanes.run()
    assert signs(panel) == "✓✓✓▸○" and not panel.acts["undo"].isVisible()


@pytest.mark.rule("HY-1.5.6b")
def test_other_amounts_may_be_cancelled_instead(window: Window, shop: FakeShop) -> None:
    settled_for_less(window, shop)
    press(window, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    assert "cancel_settlements" in shop.calls
    assert window.window.payment.stage is Stage.SELLING


def test_many_patients_of_one_proxy_are_told(window: Window, shop: FakeShop) -> None:
    panel = opened(window)
    assert shop.proxy is not None
    shop.proxy = replace(shop.proxy, many=True, patients=3, days=30)
    lay(window)
    assert panel.words.text() == say("proxy.many", patients=3, days=30)


def test_a_record_of_before_is_gone_on_with(window: Window, shop: FakeShop) -> None:
    """As after a restart: the record is in the books, the panel was never open."""
    to_quote(window)
    panel, model = panel_of(window), window.window.proxy
    window.window.close_panel()
    model.forget()
    assert signs(panel) == "○○○○○"
    press(window, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert signs(panel) == "✓✓▸○○" and "子女 · 长期卧床" in panel.steps.told["why"].text()


def test_the_next_customer_has_no_record(window: Window, shop: FakeShop) -> None:
    to_quote(window)
    window.window.close_panel()
    window.window.till.reset()
    assert window.window.proxy.view is None


# --- looked up ---------------------------------------------------------------------------------


def test_a_cashier_is_not_offered_the_archive(window: Window) -> None:
    panel = opened(window)
    assert not panel.acts["archive"].isVisible()
    press(window, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    assert not panel._finding()


@pytest.mark.rule("S-24")
def test_the_archive_is_searched_sorted_and_one_is_opened(
    window: Window, shop: FakeShop, qtbot: QtBot
) -> None:
    shop.proxy_rows = (a_row(1), a_row(2, proxy="练*", state="void", look="doubtful"))
    panel = opened(window, "3001")
    press(window, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    archive = panel.archive
    assert archive.isVisible() and panel.scan_part() == "archive"
    assert shop.proxy_asked[-1] == "|2026-10-23|2026-11-22"
    assert archive.table.rowCount() == 2
    assert cell(archive.table, 0, 0) > cell(archive.table, 1, 0), "newest first"
    archive.table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert cell(archive.table, 0, 3) == "练*"
    archive.table.setCurrentCell(1, 0)
    archive.open.click()
    window.lanes.run()
    assert archive.one_page.isVisible() and "练**甲" in archive.told.text()
    assert not archive.picture.pixmap().isNull()
    archive.in_order.click()
    window.lanes.run()
    assert shop.proxy_said == "in_order"
    archive.save.click()
    assert archive.words.text().startswith("已存到 proxy-")
    assert list(window.window.folder.glob("proxy-*.pdf"))
    press(window, Qt.Key.Key_Escape)
    assert archive.rows_page.isVisible()
    press(window, Qt.Key.Key_Escape)
    assert panel.work.isVisible()


@pytest.mark.rule("HY-3.6c")
def test_the_parcel_s_number_is_scanned_on_the_page(window: Window, shop: FakeShop) -> None:
    shop.proxy_rows = (a_row(1),)
    panel = opened(window, "3001")
    press(window, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    archive = panel.archive
    archive.table.setCurrentCell(0, 0)
    archive.open.click()
    window.lanes.run()
    assert archive.parcel.isVisible()
    archive.shipping.setFocus()
    archive.take_text("SF1234567890123")
    window.lanes.run()
    assert shop.proxy_parcel == "SF1234567890123"
    assert archive.one_page.isVisible(), "the scan is the parcel's and looks for nobody"
    page = archive._model.page
    assert page is not None
    assert (say("proxy.page_shipping_no"), "SF1234567890123") in facts_of(page, say)


def test_a_card_or_a_code_is_looked_for_in_the_archive(window: Window, shop: FakeShop) -> None:
    panel = opened(window, "3001")
    press(window, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    lay(window)
    assert shop.proxy_asked[-1].startswith(PROXY.cert_no)
    assert panel.take_scan("01-20261122-0001")
    window.lanes.run()
    assert shop.proxy_asked[-1].startswith("01-20261122-0001")
    assert panel.archive.empty.text() == say("proxy.none_found")


def test_an_empty_archive_and_a_day_that_is_none_are_said(window: Window, shop: FakeShop) -> None:
    panel = opened(window, "3001")
    press(window, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    archive = panel.archive
    assert archive.empty.text() == say("proxy.none_there") and not archive.table.isVisible()
    archive.first_day.setText("22.11.")
    archive.find_now.click()
    window.lanes.run()
    assert archive.words.text() == say("proxy.bad_day") and len(shop.proxy_asked) == 1


def test_a_list_that_was_cut_says_so(window: Window, shop: FakeShop) -> None:
    shop.proxy_rows = tuple(a_row(number % 24) for number in range(MOST))
    panel = opened(window, "3001")
    press(window, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    assert panel.archive.empty.text() == say("proxy.most_shown", count=MOST)
    assert panel.archive.empty.isVisible() and panel.archive.table.rowCount() == MOST


def test_the_manager_tells_numbers_of_staff(window: Window, shop: FakeShop) -> None:
    panel = opened(window, "3001")
    press(window, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)
    archive = panel.archive
    archive.staff.click()
    window.lanes.run()
    assert archive.members.rowCount() == 2
    archive.members.setCurrentCell(0, 0)
    number = cell(archive.members, 0, 0)
    assert archive.member.text() == number
    archive.cert.setText(PROXY.cert_no)
    archive.filing.setText("F-9")
    archive.tell.click()
    window.lanes.run()
    assert shop.proxy_asked[-1] == f"{number}|F-9" and archive.cert.text() == ""


@pytest.mark.rule("S-24")
def test_the_page_is_one_sheet_whatever_was_bought(tmp_path: Path, qapp: QApplication) -> None:
    page = a_page(lines=MOST_LINES + 30, second="练习陈店长", proxy_typed=True,
                  staff_filing="F-1")  # fmt: skip
    picture = proxy_picture(page, say)
    assert (picture.width(), picture.height()) == (1240, 1754)
    name = keep_proxy_pdf(page, say, tmp_path)
    if os.name == "posix":
        assert (tmp_path / name).stat().st_mode & 0o077 == 0  # signature and faces are on it
    pdf = (tmp_path / name).read_bytes()
    assert pdf.startswith(b"%PDF") and pdf.count(b"/Type /Page\n") == 1
    told = dict(facts_of(page, say))
    assert told["代购人证件"] == "身份证（手工输入） 练习陈店长" and told["人员备案"] == "F-1"
    assert not any(PROXY.cert_no in value for value in told.values())


def test_buttons_have_names_for_who_cannot_see(window: Window) -> None:
    panel = to_quote(window)
    for each in panel.findChildren(QPushButton):
        assert each.accessibleName()


@pytest.mark.parametrize("scale", [125, 150])
def test_a_camera_has_room_for_its_picture_and_keys_at_large_type(
    window: Window, shop: FakeShop, qtbot: QtBot, scale: int
) -> None:
    shop.plan = CAMERAS
    main = window.window
    main.looks.choose_look("light", scale)
    main.resize(1366, 768)
    panel = to_quote(window)
    press(window, Qt.Key.Key_F9)
    shop.lens.watch()
    qtbot.waitUntil(lambda: not panel.paper.picture.image.isNull())
    assert panel.paper.picture.height() > 100
    assert crowded(panel.paper) == [] and crowded(panel.steps) == []
