"""Two windows of one store on PostgreSQL: what one till does is seen at the other within a beat."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.rx_states import RxState
from app.domain.sale_states import SaleState
from app.errors import StoreForeign
from tests.fakes.store_tills import (
    CASHIER,
    CHECKER,
    REVIEWER,
    Store,
    Till,
    patient_password,
    two_tills,
)
from ui.operation import ThreadLanes
from ui.screens.payment.view_model import Stage

pytestmark = [pytest.mark.postgres, pytest.mark.qt_log_ignore("propagateSizeHints")]


@pytest.fixture
def store(tmp_path: Path, postgres_url: str, qtbot: QtBot) -> Iterator[Store]:
    with two_tills(tmp_path, postgres_url) as made:
        yield made


@pytest.fixture
def tills(store: Store) -> tuple[Till, Till]:
    return store.open(store.homes[0]), store.open(store.homes[1])


def stage(till: Till) -> Stage:
    """Where the payment stands."""
    return till.window.payment.stage


def pay(till: Till) -> None:
    """Quoted, settled, paid in cash."""
    till.window.close_panel()
    till.window.payment.quote()
    till.rest()
    assert stage(till) is Stage.QUOTED, till.said()
    till.window.payment.settle()
    till.rest()
    if stage(till) is Stage.PASSWORD:
        for digit in patient_password(0):
            till.window.payment.password.press(int(digit))
        till.window.payment.password.confirm()
        till.rest()
    assert stage(till) is Stage.TENDER, till.said()
    till.window.payment.complete("")
    till.rest()
    assert stage(till) is Stage.DONE, till.said()


@pytest.mark.rule("SJZ-A.3")
def test_taken_at_one_till_reviewed_at_the_other_s_station_and_paid_at_the_first(
    tills: tuple[Till, Till], store: Store
) -> None:
    counter, other = tills
    shown = [each.text() for each in other.window.sign_in_view.findChildren(QLabel)]
    assert "练习大药房（演示店） · 2号台" in shown
    other.fetch_circulating()
    station = other.station()
    rang: list[str] = []
    other.window.waiting.arrived.connect(lambda: rang.append("arrived"))
    case = counter.take()
    assert other.window.waiting.count == 0
    other.hear()
    assert other.window.waiting.count == 1 and rang == ["arrived"]
    (row,) = station.model.rows()
    assert row.case_id == case
    assert station.model.origin(row).startswith("1号台 · ")
    station.model.search("1号台")
    assert len(station.model.rows()) == 1
    station.model.search("2号台")
    assert station.model.rows() == ()
    station.model.search("")
    other.open_page(case)
    assert other.verdict("pass", REVIEWER) == "review.done_pass"
    assert "审" in counter.window.rx_strip.words.text()
    counter.hear()
    assert "rx_counter.turn_passed" in counter.said()
    assert "练习·王药师" in counter.window.till_view.head.text()
    counter.sign(CASHIER)
    other.hear()
    counter.sign(CHECKER)
    assert counter.state(case) is other.state(case) is RxState.CHECKED
    pay(counter)
    assert other.state(case) is RxState.USED
    told = store.platform("prescriptions")[-1]
    assert told["used"] is True


@pytest.mark.rule("SJZ-A.3")
def test_what_the_station_refuses_is_told_at_the_other_till_s_counter(
    tills: tuple[Till, Till],
) -> None:
    counter, other = tills
    other.station()
    case = counter.take()
    other.hear()
    other.open_page(case)
    assert other.verdict("refuse", REVIEWER, "dose", "") == "review.done_refuse"
    counter.hear()
    assert "rx_counter.turn_refused" in counter.said()
    counter.window.close_panel()
    counter.window.payment.quote()
    counter.rest()
    assert stage(counter) is Stage.SELLING


@pytest.mark.rule("SJZ-A.3")
def test_one_prescription_open_at_two_stations_has_one_verdict(
    tills: tuple[Till, Till], store: Store
) -> None:
    one, two = tills
    case = one.take()
    one.station(REVIEWER)
    two.station(CHECKER)
    two.hear()
    one.open_page(case)
    two.open_page(case)
    assert one.verdict("pass", REVIEWER) == "review.done_pass"
    assert two.verdict("refuse", CHECKER, "dose", "") == "rx_walk.rx_decided_pass"
    station = two.window.beside.review
    assert station is not None and station.model.page is not None
    assert station.model.page.state == "passed"
    assert station.model.note is not None
    assert "练习·王药师" in station.session.say_note(station.model.note)
    with two.opened.shop.doors.uow() as uow:
        made = uow.prescriptions.get(case).review
        reviewer = uow.staff.by_number(REVIEWER[0])
        assert made is not None and reviewer is not None
        assert made.pharmacist_id == reviewer[0].id
    assert store.platform("prescriptions")[-1]["state"] == "reviewed"


def test_a_page_open_at_one_station_follows_what_the_other_decides(
    tills: tuple[Till, Till],
) -> None:
    one, two = tills
    case = one.take()
    one.station(REVIEWER)
    two.station(CHECKER)
    two.hear()
    one.open_page(case)
    two.open_page(case)
    station = two.window.beside.review
    assert station is not None
    station.model.begin("pass")
    assert station.model.pending == "pass"
    assert one.verdict("pass", REVIEWER) == "review.done_pass"
    assert two.state(case) is RxState.PASSED
    two.hear()
    assert station.model.page is not None and station.model.page.state == "passed"
    assert station.model.pending == "", "there is nothing left to sign"


def present(till: Till) -> int:
    """Pharmacists here, as the till's board knows it."""
    seen = till.opened.shop.presence()
    return seen.present if seen else -1


@pytest.mark.rule("HY-1.5.1")
def test_who_goes_off_duty_at_one_till_is_missed_at_the_other(tills: tuple[Till, Till]) -> None:
    one, two = tills
    for till in tills:
        till.hear()
    assert present(two) == 2
    one.opened.shop.duty_off(*REVIEWER)
    one.opened.shop.duty_off(*CHECKER)
    assert present(two) == 2
    two.hear()
    assert present(two) == 0
    assert "0" in two.window.bar.text("duty")


def test_one_till_closes_and_opens_while_the_other_goes_on(store: Store) -> None:
    one, two = store.open(store.homes[0]), store.open(store.homes[1])
    case = one.take()
    two.close()
    one.window.close_panel()
    two = store.open(store.homes[1])
    two.station()
    assert two.window.waiting.count == 1
    one.close()  # the customer's basket stays in the books
    two.open_page(case)
    assert two.verdict("pass", REVIEWER) == "review.done_pass"
    one = store.open(store.homes[0])
    one.window.sign_in.sign_in(*CASHIER)
    one.rest()
    with one.opened.shop.doors.uow() as uow:
        held = uow.prescriptions.get(case)
        assert held.state is RxState.PASSED
        sale = uow.sales.get(held.sale_id)
    assert sale.state is SaleState.OPEN and sale.prescription is not None
    assert one.opened.shop.unfinished_sales()[0].id == sale.id
    assert two.opened.shop.unfinished_sales() == []


def test_a_new_machine_goes_on_with_the_basket_of_the_one_that_broke(store: Store) -> None:
    one, two = store.open(store.homes[0]), store.open(store.homes[1])
    case = two.take()
    two.close()
    new = store.open(store.join(2, take_over=True))
    with new.opened.shop.doors.uow() as uow:
        sale = uow.sales.get(uow.prescriptions.get(case).sale_id)
    assert [each.id for each in new.opened.shop.unfinished_sales()] == [sale.id]
    assert one.opened.shop.unfinished_sales() == []
    one.station()
    one.open_page(case)
    assert one.verdict("pass", REVIEWER) == "review.done_pass"
    assert new.state(case) is RxState.PASSED
    with pytest.raises(StoreForeign):
        store.open(store.homes[1])


def test_the_windows_hear_each_other_by_themselves(store: Store, qtbot: QtBot) -> None:
    """With the real lanes and timers: nobody asks anything by hand."""
    one = store.open(store.homes[0])
    two = store.open(store.homes[1], ThreadLanes)
    two.window.start()
    try:
        with qtbot.waitSignal(two.window.waiting.changed, timeout=10_000):
            pass
        case = one.take()
        qtbot.waitUntil(lambda: two.window.waiting.count == 1, timeout=10_000)
        assert [row.case_id for row in two.window.waiting.rows] == [case]
    finally:
        with qtbot.waitSignal(two.lanes.closed, timeout=20_000):
            two.window.stop()
            two.lanes.close_later()
