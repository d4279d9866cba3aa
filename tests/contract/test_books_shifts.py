"""Shifts, drawers and closed days, on every database."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from app.domain.balance import Period
from app.domain.day_close import FIRST, DayClose, close_hash
from app.domain.money import Money
from app.domain.return_states import ReturnState
from app.domain.returns import Return, ReturnReason
from app.domain.sale_states import SaleState
from app.domain.shift import DrawerCount, DrawerMove, MoveKind, Shift
from app.domain.shift_states import ShiftEvent, ShiftState
from app.errors import BadValue, NotFound, StoreStale
from app.ports_shift import BackSum, ReceiptSum, TenderSum, TypeSum
from tests.fakes.builders import TILL, a_sale, cash_for
from tests.fakes.clock import START

DAY = date(2026, 11, 22)


def a_shift(name="s1", **more):
    values = {
        "id": name, "till_id": TILL, "number": f"01-20261122-{name}", "day": DAY,
        "opened_at": START, "until": START + timedelta(days=1), "holder": "staff-1",
    }  # fmt: skip
    return Shift(**(values | more))


def a_done_sale(number, shift_id="s1"):
    sale = a_sale(f"sale-{number}", shift_id=shift_id)
    sale.state = SaleState.DONE
    sale.tenders, sale.receipt_no, sale.done_at = cash_for(sale), f"R-{number}", START
    return sale


def test_a_till_has_one_open_shift_and_each_till_its_own(till):
    with till(TILL)() as uow:
        assert uow.shifts.current() is None
        uow.shifts.add(a_shift())
        assert uow.shifts.current() == a_shift()
        with pytest.raises(NotFound):
            uow.shifts.get("none")
        uow.commit()
    with till("02")() as uow:
        assert uow.shifts.current() is None
        uow.shifts.add(a_shift("s2", till_id="02"))
        uow.commit()
    with till(TILL)() as uow, pytest.raises(BadValue):
        uow.shifts.add(a_shift("s3"))


def test_a_stale_shift_is_not_written_and_a_float_stands_once(books):
    with books() as uow:
        uow.shifts.add(a_shift())
        counted = uow.shifts.save(a_shift().ended(ShiftEvent.COUNTED, START))
        assert (counted.state, counted.version) == (ShiftState.COUNTED, 1)
        assert uow.shifts.waiting_of() == uow.shifts.uncounted() == [counted]
        with pytest.raises(StoreStale):
            uow.shifts.save(a_shift())
        float_ = DrawerMove("m1", "s1", MoveKind.FLOAT, Money(100), START, "staff-1", note="练习")
        count = DrawerCount("s1", 1, START, "staff-1", Money(90), ((10, 9),))
        uow.shifts.add_move(float_)
        uow.shifts.add_count(count)
        uow.commit()
    with books() as uow:
        assert uow.shifts.moves(["s1"]) == [float_] and uow.shifts.counts(["s1"]) == [count]
        closed = replace(uow.shifts.get("s1").after(ShiftEvent.CLOSED), reason="练习差额")
        assert uow.shifts.save(closed).reason == "练习差额"
        assert [one.id for one in uow.shifts.recent("20261122", 5)] == ["s1"]
    with books() as uow, pytest.raises(BadValue):
        uow.shifts.add_move(replace(float_, id="m2"))


def test_sums_tell_what_came_in_from_what_went_back_by_their_own_shifts(books):
    with books() as uow:
        uow.shifts.add(a_shift())
        for number in (1, 2):
            uow.sales.add(a_done_sale(number))
        back = uow.sales.get("sale-1")
        back.tenders = (*back.tenders, *(replace(t, amount=-t.amount) for t in back.tenders))
        back.state = SaleState.UNDONE
        uow.sales.save(back)
        one = Return("r1", "sale-1", ReturnReason.QUALITY, "staff-2", START, ())
        uow.returns.add(replace(one, state=ReturnState.DONE, shift_id="later"))
        total = back.total
        paid = uow.shifts.tenders(["s1"])
        assert paid == [TenderSum("s1", back.cashier_id, "cash", False, 2, total + total)]
        assert uow.shifts.tenders(["later"]) == [
            TenderSum("later", "staff-2", "cash", True, 1, total)
        ]
        assert uow.shifts.receipts(["s1"]) == [ReceiptSum("s1", 2, "R-1", "R-2", total + total)]
        assert uow.shifts.backs(["later"]) == [BackSum("later", 1, total)]
        kinds = uow.shifts.types(["s1", "later"])
        assert [(one.back, one.sales, one.amount) for one in kinds] == [
            (False, 2, total + total), (True, 1, total),
        ]  # fmt: skip
        assert isinstance(kinds[0], TypeSum)
        uow.sales.add(a_sale("held", held_at=START))
        assert [one.sale_id for one in uow.shifts.held_baskets()] == ["held"]
        assert uow.shifts.unfinished_sales() == []


def test_money_counts_on_the_day_of_the_close_that_holds_its_shift(books):
    later, night = DAY + timedelta(days=1), datetime(2026, 11, 19, 17, 30, tzinfo=UTC)
    with books() as uow:
        uow.shifts.add(a_shift())
        uow.shifts.add(a_shift("s2", till_id="02", close_id="close-2"))
        text = (1, later, START, "staff-3", "{}", "[]", FIRST)
        uow.shifts.add_close(DayClose("close-2", *text, close_hash(*text)))
        uow.sales.add(a_done_sale(1))
        uow.sales.add(a_done_sale(2, "s2"))
        early = a_done_sale(3, "")
        early.done_at = night  # half past one in the shop, of before there were shifts
        uow.sales.add(early)
        uow.sales.add(a_sale("basket"))
        uow.commit()
    with books() as uow:
        whole = Period(date(2026, 11, 1), later)
        told = [(one.day, one.receipts) for one in uow.reports.takings(whole, time(4))]
        assert told == [(date(2026, 11, 19), 1), (DAY, 1), (later, 1)]
        assert [one.day for one in uow.reports.tenders(Period(DAY, DAY), time(4))] == [DAY]
        assert uow.reports.takings(Period(date(2026, 11, 20), date(2026, 11, 20)), time(4)) == []
        drugs = uow.reports.lines(whole, time(4))
        assert Money.total(one.own_money + one.insured_money for one in drugs) == Money.total(
            [early.total] * 3
        )
        assert uow.reports.takings(Period(date(2026, 11, 20), DAY), time(0))[0].day.day == 20


def test_a_close_claims_every_shift_up_to_its_day_once_and_leaves_open_ones(books):
    with books() as uow:
        uow.shifts.add(a_shift())
        uow.shifts.one_close_at_a_time()
        assert uow.shifts.open_days(DAY) == [DAY] and uow.shifts.last_close() is None
        (left,) = uow.shifts.claim(DAY, "close-1", START)
        assert (left.state, left.close_id, left.ended_at) == (ShiftState.LEFT, "close-1", START)
        assert uow.shifts.claim(DAY, "close-2", START) == [] == uow.shifts.open_days(DAY)
        text = (1, DAY, START, "staff-3", "{}", "[]", FIRST)
        close = DayClose("close-1", *text[:3], *text[3:], close_hash(*text))
        uow.shifts.add_close(close)
        uow.commit()
    with books() as uow:
        found = (uow.shifts.close_of(DAY), uow.shifts.last_close(), uow.shifts.close("close-1"))
        assert found == (close, close, close) == (*[uow.shifts.close_no(1)] * 3,)
        assert uow.shifts.closes("2026-11", 9) == [close] and uow.shifts.closes("2025", 9) == []
        assert uow.shifts.of_close("close-1") == [left]
    with books() as uow, pytest.raises(BadValue):
        uow.shifts.add_close(replace(close, id="close-2", no=2))
