"""Sales, returns and their parts come back as they were written, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.money import Money, Quantity, UnitPrice
from app.domain.return_states import ReturnEvent
from app.domain.returns import Return, ReturnReason
from app.domain.sale import Tender, TenderKind
from app.domain.sale_states import SaleEvent
from app.errors import BadValue, NotFound, StoreError, StoreStale
from tests.fakes.builders import a_prescription, a_sale, cash_for
from tests.fakes.clock import START


def add(books, *sales):
    with books() as uow:
        for sale in sales:
            uow.sales.add(sale)
        uow.commit()


def done(sale, receipt, minutes=0):
    sale.complete(cash_for(sale), receipt, START + timedelta(minutes=minutes))
    return sale


def test_a_sale_comes_back_whole(books):
    sale = a_sale(prescription=a_prescription(), person_id="person-1", replaces="sale-0")
    sale.replace_line(replace(sale.lines[1], self_paid_by_choice=True, expiry=None))
    sale.complete(
        (
            Tender(TenderKind.FUND, Money.of("20.00"), "set-1", "set-1"),
            Tender(TenderKind.CASH, Money.of("18.40")),
        ),
        "01-20261120-0001",
        START,
    )
    add(books, sale)
    with books() as uow:
        assert uow.sales.get("sale-1") == sale
        assert uow.sales.by_receipt("01-20261120-0001") == sale
        assert uow.sales.by_receipt("none") is None


def test_saving_replaces_lines_and_tenders_and_raises_the_version(books):
    add(books, a_sale())
    with books() as uow:
        sale = uow.sales.get("sale-1")
        sale.remove(2)
        sale.set_quantity(1, Quantity.of("2.5"))
        sale.set_price(3, UnitPrice.of("0.333333"))
        uow.sales.save(sale)
        assert uow.sales.get("sale-1") == sale
        sale.remove(1)
        uow.sales.save(sale)
        uow.commit()
    assert sale.version == 2
    with books() as uow:
        assert uow.sales.get("sale-1") == sale


def test_a_sale_changed_elsewhere_is_not_overwritten(books):
    add(books, a_sale())
    with books() as uow:
        mine = uow.sales.get("sale-1")
    with books() as uow:
        theirs = uow.sales.get("sale-1")
        theirs.remove(3)
        uow.sales.save(theirs)
        uow.commit()
    mine.remove(1)
    with books() as uow, pytest.raises(StoreStale):
        uow.sales.save(mine)
    with books() as uow:
        assert [line.no for line in uow.sales.get("sale-1").lines] == [1, 2]


def test_a_unit_left_without_commit_leaves_nothing(books):
    with books() as uow:
        uow.sales.add(a_sale())
    with pytest.raises(ZeroDivisionError), books() as uow:
        uow.sales.add(a_sale())
        uow.log.append("sale.opened", "staff-1", START, {})
        raise ZeroDivisionError
    with books() as uow:
        assert uow.log.tail(1) == []
        with pytest.raises(NotFound):
            uow.sales.get("sale-1")


def test_a_unit_ends_with_its_commit(books):
    with books() as uow:
        uow.sales.add(a_sale())
        uow.commit()
        with pytest.raises(StoreError):
            uow.commit()


def test_an_id_is_used_once(books):
    add(books, a_sale())
    with books() as uow, pytest.raises(BadValue):
        uow.sales.add(a_sale())


def test_a_receipt_number_is_used_once(books):
    add(books, done(a_sale("sale-1"), "R1"))
    with books() as uow, pytest.raises(BadValue):
        uow.sales.add(done(a_sale("sale-2"), "R1"))


def test_work_lists_hold_what_they_say(books):
    settling = a_sale("settling")
    settling.move(SaleEvent.SETTLE_STARTED)
    gone = a_sale("gone")
    gone.move(SaleEvent.ABANDONED)
    add(
        books,
        a_sale("open", opened_at=START + timedelta(minutes=1)),
        settling,
        gone,
        a_sale("held-2", held_at=START + timedelta(minutes=5)),
        a_sale("held-1", held_at=START + timedelta(minutes=4)),
        done(a_sale("done"), "R1"),
        a_sale("elsewhere", till_id="02"),
    )
    with books() as uow:
        assert [sale.id for sale in uow.sales.held("01")] == ["held-1", "held-2"]
        assert [sale.id for sale in uow.sales.unfinished("01")] == ["settling", "open"]
        assert [sale.id for sale in uow.sales.unfinished("02")] == ["elsewhere"]


def test_the_last_receipt_is_the_newest_done_sale_of_the_till(books):
    undone = done(a_sale("undone"), "R9", minutes=9)
    undone.move(SaleEvent.UNDO_ASKED)
    add(
        books,
        done(a_sale("one"), "R1", minutes=1),
        done(a_sale("two"), "R2", minutes=2),
        done(a_sale("other", till_id="02"), "R3", minutes=3),
        undone,
    )
    with books() as uow:
        assert uow.sales.last_done("01").id == "two"
        assert uow.sales.last_done("09") is None


def test_recent_sales_are_found_by_receipt_and_by_drug(books):
    insured = a_sale("two", lines=1)
    insured.complete((Tender(TenderKind.FUND, insured.total, "", "set-1"),), "01-B", START)
    late = done(a_sale("one"), "01-A", minutes=1)
    add(books, insured, late, a_sale("open"))
    with books() as uow:
        newest, oldest = uow.sales.recent("01", "", 10)
        assert (newest.sale_id, newest.lines, newest.insured) == ("one", 3, False)
        assert (oldest.receipt_no, oldest.total_fen, oldest.insured) == ("01-B", 1280, True)
        assert oldest.first_line == "练习感冒灵颗粒1"
        assert [row.sale_id for row in uow.sales.recent("01", "颗粒3", 10)] == ["one"]
        assert [row.sale_id for row in uow.sales.recent("01", "01-b", 10)] == ["two"]
        assert [row.sale_id for row in uow.sales.recent("01", "", 1)] == ["one"]
        # Signs of the pattern language are plain signs here.
        assert uow.sales.recent("01", "%", 10) == []


def test_returns_come_back_whole_and_by_their_sale(books):
    add(books, done(a_sale(), "R1"))
    one = Return(
        "ret-1",
        "sale-1",
        ReturnReason.QUALITY,
        "staff-1",
        START,
        ((1, Quantity.of("1")), (3, Quantity.of("0.5"))),
        codes=("80000010000000000001",),
        note="练习备注",
    )
    with books() as uow:
        uow.returns.add(one)
        uow.commit()
    with books() as uow:
        assert uow.returns.get("ret-1") == one
        assert uow.returns.open_items() == [one]
        one.move(ReturnEvent.NOTHING_TO_CANCEL)
        one.move(ReturnEvent.PAID_BACK)
        one.approver_id, one.replacement_sale_id = "staff-2", "sale-2"
        uow.returns.save(one)
        uow.commit()
    with books() as uow:
        assert uow.returns.of_sale("sale-1") == [one]
        assert uow.returns.open_items() == []
        with pytest.raises(NotFound):
            uow.returns.get("ret-2")
        with pytest.raises(NotFound):
            uow.returns.save(replace(one, id="ret-2"))
