"""Dosage labels from a sale and from a picked prescription to the label printer, each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.print_states import PrintState
from app.domain.sale import Sale
from app.errors import BadValue
from app.use_cases import labels, print_slips
from app.use_cases.basket import keep_basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.labels import MOST_COPIES, Wanted
from app.use_cases.spool import Spool
from devices.connection import LoopbackPort
from devices.label_printer import wire
from devices.label_printer.driver import TsplPrinter
from devices.label_printer.emulator import PracticeLabelPrinter
from tests.fakes.practice_rx import RxTill
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.timer import HandTimer
from ui.labels import composer
from ui.words import say

COMPOSE = composer(say, 180)


@dataclass
class Desk:
    """A till with its label printer."""

    till: PracticeTill
    far: PracticeLabelPrinter
    printer: TsplPrinter

    def sell(self) -> Sale:
        sale = self.till.basket(
            (self.till.find(sale_class="otc_b"), 2), (self.till.find(sale_class="none"), 1)
        )
        complete_sale(self.till.doors, sale.id, cash(sale.total), sale.total, self.till.operator)
        return sale

    def want(self, sale: Sale, *wanted: Wanted) -> int:
        return labels.queue_labels(self.till.doors, sale.id, wanted, self.till.operator)

    def run(self) -> Spool:
        return labels.print_labels(self.till.doors, self.printer, COMPOSE)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    far, timer = PracticeLabelPrinter(), HandTimer()
    port = LoopbackPort(timer, wire.DEVICE, lambda: far)
    for till in practice_till(tmp_path, "CN-999900"):
        yield Desk(till, far, TsplPrinter(port.open, timer))


def test_what_is_typed_stands_on_as_many_labels_as_are_wanted(desk: Desk) -> None:
    sale = desk.sell()
    sheet = labels.label_sheet(desk.till.doors, sale.id)
    assert [line.directions.known for line in sheet.lines] == [False, False]
    assert sheet.receipt_no
    assert desk.want(sale, Wanted(1, " 口服， 一次2片 ", 2), Wanted(2, "", 0)) == 2
    assert desk.run() == Spool(printed=2)
    assert desk.run() == Spool()
    one, two = desk.far.labels
    assert one.text == two.text
    assert "用法 口服， 一次2片" in one.text
    assert "练习 无效" in one.text
    assert "2026-11-22" in one.text
    with desk.till.doors.uow() as uow:
        entry = uow.log.tail(1)[0]
        assert (entry.act, "口服" in str(entry)) == ("label.asked", False)


@pytest.mark.parametrize(
    "wanted",
    [Wanted(1, ""), Wanted(1, "   "), Wanted(1, "药" * 61), Wanted(1, "药", MOST_COPIES + 1)],
)
def test_a_label_that_says_nothing_or_too_much_is_refused(desk: Desk, wanted: Wanted) -> None:
    sale = desk.sell()
    with pytest.raises(BadValue):
        desk.want(sale, Wanted(2, "外用"), wanted)
    assert desk.run() == Spool()  # nothing of the request is kept


def test_an_open_basket_has_no_labels(desk: Desk) -> None:
    sale = desk.till.basket((desk.till.find(sale_class="otc_b"), 1))
    with pytest.raises(BadValue):
        labels.label_sheet(desk.till.doors, sale.id)
    with pytest.raises(BadValue):
        desk.want(sale, Wanted(1, "口服"))


def test_without_labels_they_wait_and_come_out_once(desk: Desk) -> None:
    sale = desk.sell()
    desk.want(sale, Wanted(1, "口服"))
    desk.far.state = 4
    held = desk.run()
    assert (held.trouble, held.waiting) == ("device_label.paper_out", 1)
    desk.far.state = 0
    assert desk.run() == Spool(printed=1)
    assert len(desk.far.labels) == 1


def test_a_label_in_doubt_is_never_printed_again_by_itself(desk: Desk) -> None:
    sale = desk.sell()
    desk.want(sale, Wanted(1, "口服"))
    desk.far.unplug_after = 60
    assert desk.run().unsure == 1
    desk.far.unplug_after = None
    assert desk.run() == Spool(unsure=1)
    assert desk.far.labels == []
    assert labels.decide_labels(desk.till.doors, True, desk.till.operator) == 1
    assert desk.run().printed == 1
    assert "（补打）" in desk.far.labels[0].text


def test_slips_and_labels_do_not_wait_for_each_other(desk: Desk) -> None:
    """One spool in the books, two printers: neither takes the other's papers or doubts."""
    from dataclasses import replace

    desk.till.doors = replace(desk.till.doors, prints=lambda: True)
    sale = desk.sell()
    desk.want(sale, Wanted(1, "口服"))
    assert desk.run() == Spool(printed=1)  # the slip before it waits for another printer
    desk.want(sale, Wanted(1, "口服"))
    desk.far.unplug_after = 60
    desk.run()
    assert print_slips.let_be(desk.till.doors, desk.till.operator) == 0
    assert labels.decide_labels(desk.till.doors, False, desk.till.operator) == 1


def test_a_name_on_a_label_is_masked(desk: Desk) -> None:
    till = desk.till
    sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 1)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    till.settle(sale, patient)
    from app.use_cases.payment import payment

    due = payment(till.doors, sale.id).cash_due
    complete_sale(till.doors, sale.id, cash(due), due, till.operator)
    desk.want(sale, Wanted(1, "口服"))
    desk.run()
    text = desk.far.labels[0].text
    assert patient.person.name not in text
    assert f"姓名 {patient.person.name[0]}*" in text


def test_a_picked_prescription_has_its_own_directions_and_nobody_changes_them(desk: Desk) -> None:
    """Before payment: the label is stuck on while the boxes are in the hand."""
    rx = RxTill(desk.till)
    sale, case, patient = rx.ready()
    (line,) = labels.label_sheet(desk.till.doors, sale.id).lines
    written = case.sheet.lines[0]
    assert line.directions.route == written.route
    assert line.directions.frequency == written.frequency
    assert line.directions.dose == f"{written.dose}{written.dose_unit}"
    assert line.directions.known
    assert (
        desk.want(
            sale,
            Wanted(1, "饭后服"),
        )
        == 1
    )
    assert desk.run() == Spool(printed=1)
    text = desk.far.labels[0].text
    assert written.frequency in text
    assert "注意 饭后服" in text
    assert patient.person.name not in text
    assert desk.want(sale, Wanted(1)) == 1  # the directions alone are enough


def test_a_label_whose_line_left_the_basket_is_dropped_and_holds_up_nothing(desk: Desk) -> None:
    rx = RxTill(desk.till)
    sale, _case, _patient = rx.ready()
    desk.want(sale, Wanted(1))
    sold = desk.sell()
    desk.want(sold, Wanted(1, "外用"))
    with desk.till.doors.uow() as uow:
        basket = uow.sales.get(sale.id)
        basket.remove(1)
        uow.sales.save(basket)
        uow.commit()
    assert desk.run() == Spool(printed=1)
    assert "外用" in desk.far.labels[0].text
    with desk.till.doors.uow() as uow:
        (dropped,) = uow.prints.in_state(PrintState.DROPPED)
        assert dropped.sale_id == sale.id
        assert any(entry.act == "print.dropped" for entry in uow.log.tail(5))


def test_a_label_of_pieces_tells_batch_expiry_and_the_day_the_pack_was_opened(desk: Desk) -> None:
    till = desk.till
    sale = till.basket((till.find(sale_class="otc_b"), 1))
    sale.replace_line(replace(sale.line(1), quantity=Quantity.of("0.5")))
    keep_basket(till.doors, sale)
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    (line,) = labels.label_sheet(till.doors, sale.id).lines
    assert (bool(line.batch), line.opened) == (True, shop_time(till.clock.now()).date())
    words = " ".join(row.left for row in COMPOSE(line).rows)
    assert f"拆零 批号 {line.batch} 效期 {line.expiry}" in words
    assert f"开启 {line.opened}" in words
    whole = labels.label_sheet(till.doors, desk.sell().id).lines[0]
    assert "拆零" not in " ".join(row.left for row in COMPOSE(whole).rows)
