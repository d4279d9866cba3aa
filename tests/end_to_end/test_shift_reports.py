"""One business day: the sums of day reports are the sums of the closes, however a night went."""

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.balance import Period
from app.domain.clock import SHOP_ZONE
from app.domain.money import Money, Quantity
from app.domain.returns import ReturnReason
from app.domain.staff import Role
from app.domain.stock import MoveKind
from app.ports import StockMove
from app.use_cases.board import DAYS, board_view
from app.use_cases.complete_sale import complete_sale
from app.use_cases.day_close import business_day, close_day, closed_days
from app.use_cases.reports import report
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.sign_in import add_staff, sign_in
from tests.fakes.practice_till import cash, practice_till


class Shop:
    """Two tills of one store, its manager, and what can still be brought back."""

    def __init__(self, till):
        self.tills, self.sold = (till, till.second_till()), []
        add_staff(till.doors, "3001", "练习店长", Role.MANAGER, "300300", "test")
        self.manager = sign_in(till.doors, "3001", "300300")
        self.drug = till.find(sale_class="otc_b")
        with till.doors.uow() as uow:
            lot = uow.lots.stock_of([self.drug.id])[self.drug.id][0].lot
            uow.stock.move([
                StockMove("much", self.drug.id, Quantity.of(9999), MoveKind.CORRECTION,
                          till.clock.now(), lot_id=lot.id),
            ])  # fmt: skip
            uow.commit()

    def sell(self, at, packs):
        till = self.tills[at]
        sale = till.basket((self.drug, packs))
        complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
        self.sold.append((at, sale.id, packs))

    def bring_back(self, which, keep):
        if not self.sold:
            return
        at, sale_id, packs = self.sold.pop(which % len(self.sold))
        till = self.tills[at]
        view = quote_return(till.doors, sale_id, {1: Quantity.of(max(1, packs - keep))}, (),
                            ReturnReason.QUALITY, till.operator, None)  # fmt: skip
        assert (
            run_return(till.doors, view.return_id, till.operator, None, lambda _: None).state
            == "done"
        )

    def wait(self, minutes):
        clock = self.tills[0].clock
        clock.set(clock.now() + timedelta(minutes=minutes))

    def close(self):
        close_day(self.tills[0].doors, self.manager)

    def rows(self, name, first, last):
        found = report(self.tills[0].doors, self.manager, name, Period(first, last))
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    made = practice_till(tmp_path_factory.mktemp("till"))
    yield Shop(next(made))
    made.close()


acts = st.one_of(
    st.tuples(st.just("sell"), st.integers(0, 1), st.integers(1, 3)),
    st.tuples(st.just("bring_back"), st.integers(0, 9), st.integers(0, 2)),
    st.tuples(st.just("wait"), st.integers(1, 900)),
    st.tuples(st.just("close")),
)
_FIGURES = ("receipts", "total", "returns", "back_total")


@settings(max_examples=15, deadline=None)
@given(st.lists(acts, min_size=3, max_size=10))
def test_day_reports_sum_up_to_the_closes(shop, steps):
    for name, *values in steps:
        getattr(shop, name)(*values)
    shop.close()
    found = closed_days(shop.tills[0].doors, "", 9999)
    first, closes = date(2026, 11, 1), {one.day: one for one in found}
    days = {row["day"]: row for row in shop.rows("sales_by_day", first, max(closes))}
    assert days.keys() <= closes.keys()
    every = dict.fromkeys(_FIGURES, 0)
    for day, close in closes.items():
        told = json.loads(close.totals)
        figures = {name: sum(one[name] for one in told["shifts"]) for name in _FIGURES}
        paid = sum((-1 if back else 1) * fen
                   for _, _, kind, back, _, fen in told["tenders"] if kind == "cash")  # fmt: skip
        every = {name: every[name] + figures[name] for name in _FIGURES}
        row = days.get(day)
        if row is None:
            assert not any(figures.values())
            continue
        assert figures == {
            "receipts": row["receipts"], "total": row["total"].fen,
            "returns": row["undone"], "back_total": row["undone_total"].fen,
        }  # fmt: skip
        assert row["tender_cash"] == row["net_money"] == Money(paid)
    net = Money(every["total"] - every["back_total"])
    for name, column in (("sales_by_cashier", "net_money"), ("sales_by_drug", "net_money")):
        assert Money.total(r[column] for r in shop.rows(name, first, max(closes))) == net


def test_half_past_one_is_the_evening_before_in_report_close_and_on_the_board(shop):
    doors, clock = shop.tills[0].doors, shop.tills[0].clock
    clock.set(datetime(2027, 3, 2, 1, 30, tzinfo=SHOP_ZONE))
    evening = date(2027, 3, 1)
    shop.sell(0, 2)
    assert business_day(doors) == evening
    (row,) = shop.rows("sales_by_day", evening, evening)
    assert shop.rows("sales_by_day", date(2027, 3, 2), date(2027, 3, 2)) == []
    shop.wait(3 * 60)
    board = board_view(doors, shop.manager, calendar=None)
    (tile,) = [one for one in board.tiles if one.name == "yesterday"]
    assert (tile.params["receipts"], board.day) == (1, date(2027, 3, 2))
    assert (board.sales[-1].day, board.sales[-1].own) == (evening, row["total"])
    assert len(board.sales) == DAYS
    shop.close()
    (close,) = [one for one in closed_days(doors) if one.day == evening]
    assert json.loads(close.totals)["shifts"][0]["total"] == row["total"].fen
