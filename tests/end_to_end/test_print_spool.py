"""From a done sale to paper: each slip once, through trouble, crash and restart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.domain.money import Money, Quantity
from app.domain.paper import Paper, PrintResult
from app.domain.print_job import Document
from app.domain.print_states import PrintState
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.domain.staff import Role, Staff
from app.errors import BadValue, NotAllowed
from app.ports import UnitOfWork
from app.use_cases import print_slips
from app.use_cases.complete_sale import complete_sale
from app.use_cases.day_close import close_day
from app.use_cases.doors import Operator
from app.use_cases.payment import payment
from app.use_cases.receipt import receipt
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.shift import Counted, Release, close_shift, confirm_count, open_shift
from app.use_cases.sign_in import SecondPerson, add_staff, sign_in
from app.use_cases.spool import Spool
from devices.connection import LoopbackPort
from devices.receipt_printer import wire
from devices.receipt_printer.driver import EscPosPrinter
from devices.receipt_printer.emulator import PracticePrinter
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.timer import HandTimer
from ui.shift_rows import report_paper
from ui.slips import composer
from ui.words import say

COMPOSE = composer(say, 180)


@dataclass
class Desk:
    """A till with its printer."""

    till: PracticeTill
    far: PracticePrinter
    printer: EscPosPrinter

    def sell(self, given: Money | None = None) -> Sale:
        sale = self.till.basket((self.till.find(sale_class="otc_b"), 2))
        money = given or sale.total
        complete_sale(self.till.doors, sale.id, cash(sale.total), money, self.till.operator)
        return sale

    def sell_insured(self) -> Sale:
        till = self.till
        sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 1)))
        patient = till.patient("active_met")
        till.quote(sale, patient)
        till.settle(sale, patient)
        due = payment(till.doors, sale.id).cash_due
        complete_sale(till.doors, sale.id, cash(due), due, till.operator)
        return sale

    def run(self) -> Spool:
        return print_slips.print_waiting(self.till.doors, self.printer, COMPOSE)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    far, timer = PracticePrinter(), HandTimer()
    port = LoopbackPort(timer, wire.DEVICE, lambda: far)
    for till in practice_till(tmp_path, "CN-999900"):
        till.doors = replace(till.doors, prints=lambda: True)
        yield Desk(till, far, EscPosPrinter(port.open, timer))


def test_a_sale_comes_out_as_one_slip_with_its_figures(desk: Desk) -> None:
    sale = desk.sell(given=Money.of("500.00"))
    assert desk.run() == Spool(printed=1)
    (paper,) = desk.far.papers
    slip = receipt(desk.till.doors, sale.id, reprint=False)
    for words in (slip.receipt_no, slip.lines[0].name, slip.lines[0].maker, str(slip.total)):
        assert words in paper.text.replace("\n", "")
    for code in slip.lines[0].trace_codes:
        assert code in paper.text
    change = Money.of("500.00") - slip.total
    assert re.search(rf"找零 +{re.escape(str(change))}", paper.text)
    assert paper.codes == [slip.receipt_no]
    assert paper.text.count("练习 无效") == 2
    for absent in ("补打", "处方号", "审方药师", "调配人", "参保人"):
        assert absent not in paper.text  # not known of this sale: no row, no invention


@pytest.mark.rule("SJZ-A.12")
@pytest.mark.parametrize(("environment", "times"), [("test", 2), ("production", 0)])
def test_a_slip_of_the_test_environment_says_so_whenever_it_is_printed(
    desk: Desk, environment: str, times: int
) -> None:
    doors = desk.till.doors
    desk.till.doors = replace(doors, shop=replace(doors.shop, environment=environment))
    sale = desk.sell()
    assert desk.run() == Spool(printed=1)
    assert desk.far.papers[0].text.count("医保测试 无效") == times
    assert receipt(desk.till.doors, sale.id).mark == ("test" if times else "")


def test_slips_are_owed_in_the_very_step_that_completes_the_sale(desk: Desk) -> None:
    """Law 2: a sale that is done has its paper waiting, one that is not done has none."""
    doors = desk.till.doors
    sale = desk.till.basket((desk.till.find(sale_class="otc_b"), 2))

    def cut(*_: object) -> None:
        raise PowerCut

    dying = replace(doors, uow=lambda: _without_commit(doors.uow(), cut))
    with pytest.raises(PowerCut):
        complete_sale(dying, sale.id, cash(sale.total), sale.total, desk.till.operator)
    assert desk.run() == Spool()
    complete_sale(doors, sale.id, cash(sale.total), sale.total, desk.till.operator)
    # The till goes here, before anything was asked of the printer: the paper is still owed.
    assert desk.run().printed == 1
    assert desk.run().printed == 0
    assert len(desk.far.papers) == 1


def _without_commit(unit: UnitOfWork, cut: Callable[..., None]) -> UnitOfWork:
    unit.commit = cut  # type: ignore[method-assign]
    return unit


def test_a_till_without_a_printer_owes_no_paper(desk: Desk) -> None:
    desk.till.doors = replace(desk.till.doors, prints=lambda: False)
    desk.sell()
    assert desk.run() == Spool()
    with desk.till.doors.uow() as uow:
        assert uow.prints.in_state(*PrintState) == []


@pytest.mark.rule("LN-2.2c", "S-21")
def test_an_insured_sale_has_its_settlement_in_two_copies(desk: Desk) -> None:
    sale = desk.sell_insured()
    assert desk.run().printed == 3
    slip = receipt(desk.till.doors, sale.id)
    (one,) = slip.settlements
    assert one.split is not None
    for copy, paper in enumerate(desk.far.papers[1:], 1):
        rows = paper.text
        assert ("第一联" in rows, "第二联" in rows) == (copy == 1, copy == 2)
        assert ("顾客签名：" in rows) == (copy == 2)
        for label, told in (
            ("医药机构编码", slip.institution_code),
            ("结算编号", one.setl_id),
            ("险种", "职工医保"),
            ("费用总额", str(one.split.total)),
            ("统筹基金支付", str(one.split.fund)),
            ("个人账户支付", str(one.split.account)),
            ("个人现金支付", str(one.split.cash)),
            ("处方号", slip.rx_no),
            ("审方药师", slip.reviewer),
            ("调配人", slip.picker),
            ("核对人", slip.checker),
        ):
            assert re.search(rf"{label} +{re.escape(told)}\n", rows), label
        assert slip.patient in rows


@pytest.mark.rule("LN-3.1c")
def test_goods_that_are_no_medicine_stay_out_of_what_is_settled(desk: Desk) -> None:
    """Never in the fee list, never paid by fund or account; a row of its own on the slip."""
    till = desk.till
    drug, goods = till.find(sale_class="rx", insurance_class="A"), till.find(sale_class="none")
    sale, patient = till.prescribe(till.basket((drug, 1), (goods, 2))), till.patient("active_met")
    insured, own = (line.amount for line in sale.lines)
    till.quote(sale, patient, "1")
    due = till.settle(sale, patient).cash_due
    complete_sale(till.doors, sale.id, cash(due), due, till.operator)
    with till.doors.uow() as uow:
        parts = uow.settlements.of_sale(sale.id)
        sent = [row for one in parts for row in uow.requests.of_settlement(one.id)]
    told = {row.infno: row.request.decode() for row in sent}
    assert {"2101", "2102"} <= set(told)
    assert drug.national_code in told["2102"]
    for text in told.values():
        assert goods.shop_code not in text and goods.display_name not in text
    assert Money.total(one.answer.split.total for one in parts if one.answer) == insured
    assert due >= own
    desk.run()
    slip, *copies = desk.far.papers
    assert goods.display_name in slip.text
    assert re.search(rf"× 2 .* +{re.escape(str(own))}\n", slip.text)
    for paper in copies:
        assert goods.display_name not in paper.text
        assert re.search(rf"费用总额 +{re.escape(str(insured))}\n", paper.text)


def test_without_paper_the_slip_waits_and_comes_out_once(desk: Desk) -> None:
    desk.far.faults.paper = "out"
    desk.sell()
    held = desk.run()
    assert (held.trouble, held.waiting, held.printed) == ("device_printer.paper_out", 1, 0)
    assert desk.run().waiting == 1
    list(desk.far.load_paper())
    assert desk.run() == Spool(printed=1)
    assert len(desk.far.papers) == 1


def test_paper_that_ends_in_the_middle_is_asked_of_a_person(desk: Desk) -> None:
    desk.sell()
    desk.far.faults.rows_left = 5
    told = desk.run()
    assert (told.unsure, told.trouble) == (1, "device_printer.paper_out")
    list(desk.far.load_paper())
    desk.far.papers.clear()
    assert desk.run() == Spool(unsure=1)  # never again by itself
    assert desk.far.papers == []
    assert print_slips.print_again(desk.till.doors, desk.till.operator) == 1
    assert desk.run().printed == 1
    assert "补打" in desk.far.papers[0].text


def test_reports_of_shift_and_day_outlive_the_end_of_the_roll_and_come_out_once(
    desk: Desk,
) -> None:
    doors, reports = desk.till.doors, lambda report: report_paper(report, say)
    add_staff(doors, "3001", "练习店长", Role.MANAGER, "300300", "test")
    manager = sign_in(doors, "3001", "300300")
    shift = open_shift(doors, desk.till.operator, Counted.of_sum(Money.of("100.00")))
    sale = desk.sell()
    seen = confirm_count(doors, desk.till.operator, shift.id, Counted.of_sum(Money.of("200.00")))
    release = Release("练习", SecondPerson("3001", "300300"))
    close_shift(doors, desk.till.operator, shift.id, release if seen.over_limit else None)
    closed = close_day(doors, manager).close

    def run() -> Spool:
        return print_slips.print_waiting(doors, desk.printer, COMPOSE, reports)

    desk.far.faults.paper = "out"
    assert (run().waiting, desk.far.papers) == (3, []), "slip, shift, day: each owed by its act"
    list(desk.far.load_paper())
    assert run() == Spool(printed=3)
    _slip, of_shift, of_day = desk.far.papers
    total, expected = str(sale.total), str(Money.of("100.00") + sale.total)
    for paper in (of_shift, of_day):
        assert shift.number in paper.text and total in paper.text and expected in paper.text
        assert "补打" not in paper.text and "练习店长" in paper.text
    assert closed.hash[:8] in of_day.text
    # Once more, and now the roll ends within it: it stops, a person loads, the rest comes.
    desk.far.papers.clear()
    print_slips.queue_report(doors, Document.SHIFT, shift.id, manager)
    print_slips.queue_report(doors, Document.DAY, closed.id, manager)
    desk.far.faults.rows_left = 5
    told = run()
    assert (told.unsure, told.waiting, told.trouble) == (1, 1, "device_printer.paper_out")
    list(desk.far.load_paper())
    assert run() == Spool(printed=1, unsure=1), "the day's, and the shift's never by itself"
    assert print_slips.let_be(doors, manager) == 1
    assert run() == Spool()
    again, day_again = desk.far.papers
    assert ["补打" in one.text for one in (again, day_again)] == [True, True]


def test_what_came_out_after_all_is_let_be(desk: Desk) -> None:
    desk.sell()
    desk.far.faults.rows_left = 5
    desk.run()
    assert print_slips.let_be(desk.till.doors, desk.till.operator) == 1
    assert desk.run() == Spool()
    with desk.till.doors.uow() as uow:
        assert uow.log.tail(1)[0].act == "slip.let_be"


class PowerCut(BaseException):
    """The till is gone."""


@dataclass
class DyingPrinter:
    """Takes the paper and dies with the till."""

    inner: EscPosPrinter

    def print(self, paper: Paper) -> PrintResult:
        self.inner.print(paper)
        raise PowerCut

    status = kick_drawer = None


def test_a_till_that_dies_at_the_printer_prints_nothing_twice(desk: Desk) -> None:
    doors = desk.till.doors
    desk.sell()
    desk.sell()
    dying = DyingPrinter(desk.printer)
    with pytest.raises(PowerCut):
        print_slips.print_waiting(doors, dying, COMPOSE)  # type: ignore[arg-type]
    assert len(desk.far.papers) == 1
    assert print_slips.take_up_prints(doors) == 1
    told = desk.run()
    assert (told.printed, told.unsure) == (1, 1)
    assert len(desk.far.papers) == 2
    with doors.uow() as uow:
        assert len(uow.prints.in_state(PrintState.PRINTED)) == 1


def test_a_reprint_says_so_and_is_logged(desk: Desk) -> None:
    sale = desk.sell_insured()
    desk.run()
    print_slips.queue_reprint(desk.till.doors, sale.id, desk.till.operator)
    assert desk.run().printed == 3
    assert [("补打" in paper.text) for paper in desk.far.papers] == [False] * 3 + [True] * 3
    with desk.till.doors.uow() as uow:
        entry = uow.log.tail(1)[0]
        assert entry.act == "slip.reprinted"


def test_a_sale_that_is_not_done_has_no_slip(desk: Desk) -> None:
    sale = desk.till.basket((desk.till.find(sale_class="otc_b"), 1))
    with pytest.raises(BadValue):
        print_slips.queue_reprint(desk.till.doors, sale.id, desk.till.operator)


def test_the_drawer_opens_with_a_reason_and_on_record_even_without_paper(desk: Desk) -> None:
    doors, operator = desk.till.doors, desk.till.operator
    print_slips.open_drawer(doors, desk.printer, operator, "change")
    desk.far.faults.paper = "out"
    print_slips.open_drawer(doors, desk.printer, operator, "count")
    assert desk.far.kicks == ["pin2", "pin2!"]
    with doors.uow() as uow:
        assert [entry.act for entry in uow.log.tail(2)] == ["drawer.opened"] * 2
    with pytest.raises(BadValue):
        print_slips.open_drawer(doors, desk.printer, operator, "because")
    gone = Operator(Staff("x", "9", "x", Role.CASHIER, active=False))
    with pytest.raises(NotAllowed):
        print_slips.open_drawer(doors, desk.printer, gone, "change")
    assert len(desk.far.kicks) == 2


def test_a_pack_that_expires_soon_says_so(desk: Desk) -> None:
    from datetime import date

    sale = desk.sell()
    slip = receipt(desk.till.doors, sale.id, reprint=False)
    near = replace(slip.lines[0], batch="L1", expiry=date(2027, 1, 1))
    far = replace(slip.lines[0], batch="L2", expiry=date(2028, 1, 1))
    for lines, told in (((near,), 1), ((far,), 0), ((near, far), 1)):
        for document in (Document.SALE, Document.SETTLEMENT):
            paper = COMPOSE(replace(slip, lines=lines), document, 1)
            words = [row.left for row in paper.rows]
            assert sum("近效期" in word for word in words) == told


def _take_back(desk: Desk, sale: Sale, quantities: dict[int, int]) -> None:
    till = desk.till
    wanted = {no: Quantity.of(packs) for no, packs in quantities.items()}
    with till.doors.uow() as uow:
        insured = bool(uow.sales.get(sale.id).person_id)
    who = till.credential("active_met") if insured else None
    asked = quote_return(till.doors, sale.id, wanted, (), ReturnReason.QUALITY, till.operator, who)
    done = run_return(till.doors, asked.return_id, till.operator, who, lambda _leg: None)
    assert done.state == "done"


def test_a_return_has_its_paper_in_two_copies(desk: Desk) -> None:
    sale = desk.sell()
    desk.run()
    desk.far.papers.clear()
    _take_back(desk, sale, {1: 2})
    assert desk.run() == Spool(printed=2)
    money, number = str(sale.total), receipt(desk.till.doors, sale.id).receipt_no
    for copy, paper in enumerate(desk.far.papers, 1):
        assert "退货单" in paper.text
        assert ("第一联" in paper.text, "第二联" in paper.text) == (copy == 1, copy == 2)
        assert ("顾客签名：__" in paper.text) == (copy == 2)
        for label, told in (
            ("小票号", number),
            ("退货原因", "质量问题"),
            ("退货金额", money),
            ("退回 现金", money),
        ):
            assert re.search(rf"{label} +{re.escape(told)}\n", paper.text), label
        assert "补打" not in paper.text
    print_slips.queue_reprint(desk.till.doors, sale.id, desk.till.operator)
    assert desk.run().printed == 2
    assert ["补打" in paper.text for paper in desk.far.papers] == [False, False, True, True]


def test_a_part_that_is_kept_has_its_own_slip_and_is_named_on_the_return(desk: Desk) -> None:
    sale = desk.sell()
    desk.run()
    desk.far.papers.clear()
    _take_back(desk, sale, {1: 1})
    assert desk.run() == Spool(printed=3)
    kept, back, _second = desk.far.papers
    assert "销售" not in back.text
    (number,) = kept.codes
    assert re.search(rf"留下部分的小票号 +{number}\n", back.text)
    half = Money(sale.total.fen // 2)
    assert re.search(rf"退回 现金 +{re.escape(str(half))}\n", back.text)


@pytest.mark.rule("S-21")
def test_an_insured_return_tells_what_went_back_to_whom(desk: Desk) -> None:
    sale = desk.sell_insured()
    (one,) = receipt(desk.till.doors, sale.id).settlements
    assert one.split is not None
    desk.run()
    desk.far.papers.clear()
    _take_back(desk, sale, {1: 1})
    assert desk.run() == Spool(printed=4)
    (cancelled,) = receipt(desk.till.doors, sale.id).settlements
    assert cancelled.cancel_id
    for copy, paper in enumerate(desk.far.papers[2:], 1):
        assert "医保退费单" in paper.text
        assert ("顾客签名：__" in paper.text) == (copy == 2)
        for label, told in (
            ("退费结算编号", cancelled.cancel_id),
            ("结算编号", one.setl_id),
            ("退费总额", str(one.split.total)),
            ("退回统筹基金", str(one.split.fund)),
            ("退回个人账户", str(one.split.account)),
            ("退还个人现金", str(one.split.cash)),
        ):
            assert re.search(rf"(^|\n){label} +{re.escape(told)}\n", paper.text), label
