"""The counter's prescription walk in the real window, on real books and the practice platform."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytestqt.qtbot import QtBot

from app.domain.rx_states import RxState
from app.domain.sale_states import SaleState
from app.use_cases.rx_page import RxPage
from tests.fakes.practice_window import ShownWindow, practice_window
from ui.screens.payment.view_model import Stage
from ui.screens.practice.helper import persons
from ui.screens.prescription.panel import PrescriptionPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
CASHIER, REVIEWER, CHECKER = ("1001", "100100"), ("2001", "200200"), ("2002", "200201")


@dataclass
class Shown(ShownWindow):
    """With a prescription's way from its issuing to the basket."""

    def customer(self) -> None:
        self.window.sign_in.sign_in(*CASHIER)
        self.rest()
        self.window.take_scan(persons()[0].code)
        self.rest()
        self.window.patient.confirm()
        self.rest()

    def stage(self) -> Stage:
        return self.window.payment.stage

    def panel(self) -> PrescriptionPanel:
        panel = self.window.panel()
        assert isinstance(panel, PrescriptionPanel)
        return panel

    def door(self, method: str, path: str, body: object = None) -> Any:
        parts = urlsplit(self.opened.shop.url)
        line = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        line.request(method, path, json.dumps(body).encode() if body is not None else None)
        told = json.loads(line.getresponse().read())
        line.close()
        return told

    def prescription(self) -> dict[str, Any]:
        return dict(self.door("GET", "/practice/prescriptions")[-1])

    def state(self) -> RxState:
        rx = self.window.rx.rx
        assert rx is not None
        with self.opened.shop.doors.uow() as uow:
            return uow.prescriptions.get(rx.case_id).state

    def said(self) -> list[str]:
        return [note.message_id for note in self.window.till.notes]

    def fill(self) -> None:
        """One issued, taken, and everything of it put into the basket, every box scanned."""
        self.customer()
        self.window.rx.prescribe_practice()
        self.rest()
        self.panel().offers.take.click()
        self.rest()
        self.panel().filling.commit.click()
        self.rest()
        assert self.window.panel() is None
        bar = self.window.practice_bar
        while any(len(li.trace_codes) < li.quantity.packs() for li in self.window.till.lines):
            bar.scan_box()
            self.rest()

    def sign(self, who: tuple[str, str]) -> None:
        """The act that is due, under F4."""
        if self.window.panel() is None:
            self.window.open_panel("prescription")
        walk = self.panel().walk
        if walk.boxes.isVisibleTo(walk):
            walk.all_five.click()
        walk.number.setText(who[0])
        walk.pin.setText(who[1])
        walk.submit()
        self.rest()

    def walk(self) -> None:
        """Reviewed, picked, checked."""
        self.fill()
        self.window.open_panel("prescription")
        self.rest()
        self.panel().walk.all.click()
        self.sign(REVIEWER)
        self.sign(CASHIER)
        self.sign(CHECKER)
        self.window.close_panel()


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    with practice_window(qtbot, tmp_path) as (opened, window, lanes):
        made = Shown(opened, lanes, window)
        made.rest()
        yield made


@pytest.mark.rule("SJZ-A.3")
@pytest.mark.rule("SJZ-A.4")
def test_a_prescription_is_offered_taken_signed_and_settled(shown: Shown) -> None:
    shown.walk()
    assert shown.state() is RxState.CHECKED
    window = shown.window
    assert "已核对" in window.rx_strip.words.text()
    assert "练习·王药师" in window.till_view.head.text()
    window.payment.quote()
    shown.rest()
    assert shown.stage() is Stage.QUOTED, shown.said()
    window.payment.settle()
    shown.rest()
    assert shown.stage() is Stage.TENDER, shown.said()
    assert "told" in [step.value for step in window.payment.ticks]
    window.payment.complete("")
    shown.rest()
    assert shown.stage() is Stage.DONE
    assert shown.prescription()["used"] is True
    assert not window.rx_strip.isVisible()


def test_the_station_beside_follows_what_the_counter_signs_and_sells(shown: Shown) -> None:
    window = shown.window
    shown.fill()
    window.open_panel("prescription")
    shown.rest()
    shown.panel().walk.all.click()
    shown.sign(REVIEWER)
    window.beside.open_review()
    station = window.beside.review
    assert station is not None and window.rx.rx is not None
    station.sign_in.sign_in(*REVIEWER)
    shown.rest()
    station.model.choose(window.rx.rx.case_id)
    shown.rest()

    def page() -> RxPage:
        assert station.model.page is not None
        return station.model.page

    seen = [page().state]
    for who in (CASHIER, CHECKER):
        shown.sign(who)
        seen.append(page().state)
    assert seen == ["passed", "picked", "checked"]
    window.close_panel()
    for step in (window.payment.quote, window.payment.settle, lambda: window.payment.complete("")):
        step()
        shown.rest()
    assert shown.stage() is Stage.DONE, shown.said()
    assert page().state == "used"
    # What this very prescription sold is no earlier purchase, and no reason to call it too early.
    assert page().history == ()
    assert [each.message_id for each in page().findings if "EARLY" in str(each)] == []
    station.close()


@pytest.mark.rule("SJZ-A.4")
def test_a_self_paid_sale_is_told_to_the_centre_before_it_completes(shown: Shown) -> None:
    shown.walk()
    window = shown.window
    window.patient.drop()
    window.payment.settle()
    shown.rest()
    assert shown.stage() is Stage.TENDER, shown.said()
    window.payment.complete("")
    shown.rest()
    assert shown.stage() is Stage.DONE, shown.said()
    told = shown.prescription()
    assert [one["insured"] for one in told["reports"] if one["state"] != "undone"] == [False]
    assert told["used"] is True


@pytest.mark.rule("SJZ-A.4")
def test_a_prescription_revoked_meanwhile_stops_the_payment(shown: Shown) -> None:
    shown.walk()
    window = shown.window
    window.payment.quote()
    shown.rest()
    number = shown.prescription()["hi_rxno"]
    shown.door("POST", f"/practice/prescriptions/{number}/revoke", {"reason": "开错"})
    window.payment.settle()
    shown.rest()
    assert shown.stage() is Stage.QUOTED
    assert any(said.startswith("rx_walk.") for said in shown.said())
    with shown.opened.shop.doors.uow() as uow:
        assert window.till.sale is not None
        assert uow.sales.get(window.till.sale.id).state is SaleState.OPEN
    assert shown.door("GET", "/practice/books")["settlements"] == []


def test_a_basket_given_up_gives_its_prescription_back(shown: Shown) -> None:
    shown.fill()
    assert shown.prescription()["locked_by"]
    shown.window.till.clear()
    shown.window.till.clear()
    shown.rest()
    assert not shown.prescription()["locked_by"]
    assert "rx_counter.released" in shown.said()


def test_a_part_is_handed_out_and_the_rest_is_owed(shown: Shown) -> None:
    shown.customer()
    window = shown.window
    window.rx.prescribe_practice()
    shown.rest()
    window.rx.take(0)
    shown.rest()
    window.rx.hand_out(2, "1")
    window.rx.fill()
    shown.rest()
    while any(len(li.trace_codes) < li.quantity.packs() for li in window.till.lines):
        window.practice_bar.scan_box()
        shown.rest()
    window.open_panel("prescription")
    shown.panel().walk.all.click()
    for who in (REVIEWER, CASHIER, CHECKER):
        shown.sign(who)
    window.close_panel()
    window.patient.drop()
    window.payment.settle()
    window.payment.complete("")
    shown.rest()
    assert shown.stage() is Stage.DONE, shown.said()
    assert "rx_counter.owed" in shown.said()
    assert [one.quantity.plain() for one in shown.opened.shop.rx_owings()] == ["1"]


def test_a_card_opens_nothing_and_the_prescriptions_own_code_does(shown: Shown) -> None:
    window, one = shown.window, persons()[0]
    people = shown.door("GET", "/practice/persons")
    person = next(each for each in people if each["ec_code"] == one.code)
    issued = shown.door(
        "POST",
        "/practice/prescriptions",
        {"person": person["psn_no"], "lines": [{"code": "XLX99A00000000000000001", "quantity": 1}]},
    )
    window.sign_in.sign_in(*CASHIER)
    shown.rest()
    window.patient.type_code(person["id_number"])
    shown.rest()
    window.patient.confirm()
    shown.rest()
    window.close_panel()
    assert "扫处方二维码" in window.rx_strip.words.text()
    window.open_panel("prescription")
    page = shown.panel().offers
    page.registration.setText(person["reg_sn"])
    page.registration.returnPressed.emit()
    shown.rest()
    assert len(window.rx.offers) == 1
    window.close_panel()
    window.take_scan(issued["qr"])
    shown.rest()
    assert shown.panel().page() is shown.panel().filling
    assert shown.prescription()["locked_by"]


def test_a_dead_authority_asks_for_the_code_and_keeps_the_basket(shown: Shown) -> None:
    shown.fill()
    window = shown.window
    lines = window.till.lines
    told = shown.prescription()
    shown.door("POST", f"/practice/prescriptions/{told['hi_rxno']}/tokens", {})
    window.open_panel("prescription")
    shown.panel().walk.all.click()
    shown.sign(REVIEWER)
    assert shown.state() is RxState.ARRIVED
    assert shown.panel().walk.words.text()
    assert shown.panel().take_scan(told["qr"])
    shown.rest()
    assert window.till.lines == lines
    for box in shown.panel().walk.ten.values():
        box.setChecked(True)
    shown.sign(REVIEWER)
    assert shown.state() is RxState.PASSED


@pytest.mark.rule("SJZ-A.4")
def test_a_report_without_an_answer_takes_no_money(shown: Shown) -> None:
    shown.walk()
    window = shown.window
    window.patient.drop()
    rules = [{"infno": "7207", "kind": "lost_answer", "times": 3}]
    assert shown.door("POST", "/practice/faults", rules)
    window.payment.settle()
    window.payment.complete("")
    shown.rest()
    assert shown.stage() is Stage.TENDER
    assert any(said.startswith("rx_walk.told_") for said in shown.said()), shown.said()


def test_a_refusal_is_told_with_what_to_press_and_lets_the_basket_go_on(shown: Shown) -> None:
    shown.fill()
    window = shown.window
    window.open_panel("prescription")
    walk = shown.panel().walk
    walk.reason.setCurrentIndex(walk.reason.findData("dose"))
    walk.number.setText(REVIEWER[0])
    walk.pin.setText(REVIEWER[1])
    walk.refuse.click()
    shown.rest()
    assert shown.state() is RxState.REFUSED
    assert "rx_counter.turn_refused" in shown.said()
    assert "用法用量不适宜" in window.rx_strip.words.text()
    walk.leave.click()
    shown.rest()
    assert window.till.sale is not None
    assert window.till.sale.prescription is None
    assert window.till.lines == ()


@pytest.mark.rule("LN-4.2a")
def test_a_paper_prescription_goes_to_the_queue_with_its_picture(shown: Shown) -> None:
    shown.customer()
    window = shown.window
    window.open_panel("prescription")
    panel = shown.panel()
    panel.turn("form")
    form = panel.form
    form.fill.click()
    form.electronic.setChecked(False)
    form.add.setText("amxljn")
    form.add.returnPressed.emit()
    shown.rest()
    item = form.lines.item(0, 2)
    assert item is not None
    item.setText("0.5")
    form.send.click()
    shown.rest()
    assert "prescription.sent" in shown.said(), form.words.text()
    waiting = shown.opened.shop.review_queue()
    assert [(one.form, one.drugs) for one in waiting] == [("paper", 1)]
    with shown.opened.shop.doors.uow() as uow:
        case = uow.prescriptions.get(waiting[0].case_id)
        assert case.sheet.lines[0].dose == "0.5"
        assert uow.prescriptions.file(case.id).startswith(b"\x89PNG")
    window.open_panel("prescription")
    walk = shown.panel().walk
    walk.all.click()
    shown.sign(REVIEWER)
    assert "印章" in walk.words.text()
    walk.stamp.setChecked(True)
    shown.sign(REVIEWER)
    assert shown.state() is RxState.PASSED
