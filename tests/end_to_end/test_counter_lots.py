"""The counter and the shelf: which lots a basket gets, and that nobody sells what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.check_context import CheckContext
from app.domain.compliance_stock import stock_rules
from app.domain.lot_states import LotEvent, LotState
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.recall import RecallLevel, RecallSource
from app.domain.returns import ReturnReason
from app.domain.sale import Sale, SoldItem
from app.domain.sale_states import SaleState
from app.domain.staff import Role
from app.domain.stock import Lot, LotPick, PickBy
from app.errors import BadValue, NotAllowed, RuleBroken
from app.use_cases import basket
from app.use_cases.allocation import hold_minutes, release_stale_holds
from app.use_cases.checks import check_line
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.line_lots import Found, FoundReason, book_found, line_lots
from app.use_cases.recalls import lock_if_recalled, recall_batch
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.sign_in import SecondPerson, add_staff
from tests.fakes.builders import a_staff, an_item
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.shelves import put_on_shelf

_DRUGS = count(1)
PRICE = UnitPrice.of("10.01")


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path_factory.mktemp("lots"))


@pytest.fixture
def drug() -> SoldItem:
    return a_drug()


def a_drug() -> SoldItem:
    """One that nobody counts, traces or reviews: only the shelf has a say."""
    return an_item(900_000 + next(_DRUGS), sale_class="otc_b", trace_exempt=True, ephedrine=False)


def want(till: PracticeTill, item: SoldItem, packs: int, sale: Sale | None = None) -> Sale:
    found = sale or basket.open_basket(till.doors, till.operator)
    found.add(item, PRICE, Quantity.of(packs))
    basket.keep_basket(till.doors, found)
    return found


def pay(till: PracticeTill, sale: Sale) -> None:
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)


def codes(till: PracticeTill, sale: Sale) -> list[str]:
    """What the shelf says of the basket as it stands now."""
    stocks = basket.keep_basket(till.doors, sale)
    now = till.clock.now()
    lines = tuple(check_line(line, stock=stocks[line.no]) for line in sale.lines)
    seen = CheckContext("self_paid", now, till.doors.policy_on("self_paid", now), lines)
    return [finding.message_id.removeprefix("finding.") for finding in stock_rules(seen)]


def refused(till: PracticeTill, sale: Sale) -> str:
    with pytest.raises(RuleBroken) as found:
        pay(till, sale)
    with till.doors.uow() as uow:
        assert uow.sales.get(sale.id).state is SaleState.OPEN
        assert uow.stock.of_sale(sale.id) == []
    return str(found.value.params["code"])


def lock(till: PracticeTill, lot: Lot, event: LotEvent) -> None:
    with till.doors.uow() as uow:
        uow.lots.save(uow.lots.get(lot.id).step(event, "practice"))
        uow.commit()


def sold(till: PracticeTill, sale: Sale) -> list[tuple[str, str, Money | None]]:
    with till.doors.uow() as uow:
        return [
            (move.batch, move.quantity.plain(), move.amount)
            for move in uow.stock.of_sale(sale.id)
            if move.kind == "sale"
        ]


@pytest.mark.rule("HY-1.5.5a")
def test_what_never_came_in_is_not_sold(till: PracticeTill, drug: SoldItem) -> None:
    sale = want(till, drug, 1)
    assert sale.lines[0].picks == ()
    assert codes(till, sale) == ["OUT_OF_STOCK"]
    assert refused(till, sale) == "OUT_OF_STOCK"


def test_first_expired_first_out_and_money_shared_to_the_fen(
    till: PracticeTill, drug: SoldItem
) -> None:
    put_on_shelf(till.doors, drug.medicine_id, 5, batch="LATE", days=400)
    put_on_shelf(till.doors, drug.medicine_id, 1, batch="SOON", days=40)
    put_on_shelf(till.doors, drug.medicine_id, 5, batch="OVER", days=-1)
    sale = want(till, drug, 3)
    assert [pick.batch for pick in sale.lines[0].picks] == ["SOON", "LATE"]
    assert sale.lines[0].batches == "SOON / LATE"
    pay(till, sale)
    assert sold(till, sale) == [
        ("SOON", "-1", Money.of("10.01")),
        ("LATE", "-2", Money.of("20.02")),
    ]
    with till.doors.uow() as uow:
        assert uow.holds.of_sale(sale.id) == []


def test_another_lot_than_the_first_is_taken_with_a_warning(
    till: PracticeTill, drug: SoldItem
) -> None:
    put_on_shelf(till.doors, drug.medicine_id, 1, batch="SOON", days=40)
    late = put_on_shelf(till.doors, drug.medicine_id, 5, batch="LATE", days=400)
    sale = want(till, drug, 1)
    line = sale.lines[0]
    chosen = LotPick(late.id, "LATE", late.expires_on, line.quantity, PickBy.CHOSEN)
    sale.replace_line(replace(line, picks=(chosen,)))
    assert codes(till, sale) == ["BATCH_NOT_FIRST"]
    assert [row.first for row in line_lots(till.doors, sale.id, drug.medicine_id)] == [True, False]
    pay(till, sale)
    assert [batch for batch, _, _ in sold(till, sale)] == ["LATE"]


@pytest.mark.rule("HY-1.5.5a")
@pytest.mark.parametrize(
    ("batch", "finding"),
    [
        ("OVER", "BATCH_EXPIRED"),
        ("BACK", "BATCH_LOCKED_recalled"),
        ("WARM", "BATCH_LOCKED_quarantined"),
        ("NOWHERE", "OUT_OF_STOCK_batch"),
        ("GOOD", ""),
    ],
)
def test_the_symbol_on_the_box_decides_before_any_call(
    till: PracticeTill, drug: SoldItem, batch: str, finding: str
) -> None:
    put_on_shelf(till.doors, drug.medicine_id, 9, batch="GOOD", days=90)
    put_on_shelf(till.doors, drug.medicine_id, 9, batch="OVER", days=-1)
    put_on_shelf(till.doors, drug.medicine_id, 9, batch="BACK", state=LotState.RECALLED)
    put_on_shelf(till.doors, drug.medicine_id, 9, batch="WARM", state=LotState.QUARANTINED)
    sale = want(till, drug, 1)
    sale.replace_line(replace(sale.lines[0], batch=batch))
    assert codes(till, sale) == ([finding] if finding else [])
    if finding:
        assert (
            refused(till, sale)
            == finding.partition("_recalled")[0].partition("_quarantined")[0].partition("_batch")[0]
        )
    else:
        pay(till, sale)


def test_the_receiving_record_of_a_box_says_its_lot(till: PracticeTill) -> None:
    item = an_item(950_000 + next(_DRUGS), sale_class="otc_b")
    put_on_shelf(till.doors, item.medicine_id, 5, batch="SOON", days=40)
    late = put_on_shelf(till.doors, item.medicine_id, 5, batch="LATE", days=400)
    code = f"8999999{next(_DRUGS):013d}"
    with till.doors.uow() as uow:
        uow.received.add(late.id, [code], till.clock.now(), "")
        uow.commit()
    sale = basket.open_basket(till.doors, till.operator)
    sale.add(item, PRICE, Quantity.of(1), code)
    basket.keep_basket(till.doors, sale)
    assert [(pick.batch, pick.by) for pick in sale.lines[0].picks] == [("LATE", PickBy.CODE)]
    lock(till, late, LotEvent.RECALLED)
    assert codes(till, sale) == ["BATCH_LOCKED_recalled"]
    assert refused(till, sale) == "BATCH_LOCKED"


@pytest.mark.rule("HY-1.5.5a", "LN-2.4a")
def test_a_box_of_a_batch_that_the_books_lack_is_told(till: PracticeTill) -> None:
    item = an_item(950_000 + next(_DRUGS), sale_class="otc_b")
    other = put_on_shelf(till.doors, item.medicine_id, 5, batch="OTHER", days=40)
    own = put_on_shelf(till.doors, item.medicine_id, 1, batch="OWN", days=400)
    first, second = (f"8999999{next(_DRUGS):013d}" for _ in range(2))
    with till.doors.uow() as uow:
        uow.received.add(own.id, [first, second], till.clock.now(), "")
        uow.commit()
    sale = basket.open_basket(till.doors, till.operator)
    sale.add(item, PRICE, Quantity.of(1), first)
    sale.add(item, PRICE, Quantity.of(1), second)
    assert "BATCH_OTHER" in codes(till, sale)
    told = basket.keep_basket(till.doors, sale)[1].other
    assert told is not None
    assert [lot.id for lot in told] == [own.id, other.id]
    again = put_on_shelf(till.doors, item.medicine_id, 5, batch="OWN", days=400)
    assert "BATCH_OTHER" not in codes(till, sale), "another receiving of its batch"
    assert {pick.lot_id for pick in sale.lines[0].picks} == {own.id, again.id}


def test_a_symbol_of_a_batch_that_runs_short_is_told(till: PracticeTill, drug: SoldItem) -> None:
    put_on_shelf(till.doors, drug.medicine_id, 5, batch="OTHER", days=400)
    put_on_shelf(till.doors, drug.medicine_id, 1, batch="OWN", days=40)
    sale = want(till, drug, 2)
    assert codes(till, sale) == []
    sale.replace_line(replace(sale.lines[0], batch="OWN"))
    assert codes(till, sale) == ["BATCH_OTHER"]


def test_a_lot_that_is_locked_while_it_lies_in_a_basket_gives_way(
    till: PracticeTill, drug: SoldItem
) -> None:
    first = put_on_shelf(till.doors, drug.medicine_id, 1, batch="ONE", days=40)
    put_on_shelf(till.doors, drug.medicine_id, 1, batch="TWO", days=400)
    sale = want(till, drug, 1)
    lock(till, first, LotEvent.HELD)
    pay(till, sale)
    assert [batch for batch, _, _ in sold(till, sale)] == ["TWO"]


def test_the_last_box_is_one_tills_alone(till: PracticeTill, drug: SoldItem) -> None:
    two = till.second_till()
    put_on_shelf(till.doors, drug.medicine_id, 1)
    mine, theirs = want(till, drug, 1), want(two, drug, 1)
    assert codes(two, theirs) == ["OUT_OF_STOCK_till"]
    assert refused(two, theirs) == "OUT_OF_STOCK"
    basket.hold_basket(till.doors, mine, till.operator)
    assert codes(two, theirs) == ["OUT_OF_STOCK_held"]
    basket.abandon_basket(till.doors, mine, till.operator)
    assert codes(two, theirs) == []
    pay(two, theirs)


def test_what_nobody_touched_for_long_may_be_taken_over(till: PracticeTill, drug: SoldItem) -> None:
    two = till.second_till()
    put_on_shelf(till.doors, drug.medicine_id, 1)
    mine = want(till, drug, 1)
    minutes = hold_minutes(till.doors, till.clock.now())
    till.clock.set(till.clock.now() + timedelta(minutes=minutes, seconds=1))
    theirs = want(two, drug, 1)
    assert theirs.lines[0].picks
    assert refused(till, mine) == "OUT_OF_STOCK"
    pay(two, theirs)


def test_what_is_over_is_released_and_what_is_put_aside_stays(
    till: PracticeTill, drug: SoldItem
) -> None:
    put_on_shelf(till.doors, drug.medicine_id, 2)
    left, aside = want(till, drug, 1), want(till, drug, 1)
    basket.hold_basket(till.doors, aside, till.operator)
    minutes = hold_minutes(till.doors, till.clock.now())
    till.clock.set(till.clock.now() + timedelta(minutes=minutes, seconds=1))
    assert release_stale_holds(till.doors) >= 1
    with till.doors.uow() as uow:
        assert uow.holds.of_sale(left.id) == []
        assert len(uow.holds.of_sale(aside.id)) == 1


def test_a_return_puts_aside_the_lot_that_came_back(till: PracticeTill, drug: SoldItem) -> None:
    put_on_shelf(till.doors, drug.medicine_id, 1, batch="SOON", days=40)
    put_on_shelf(till.doors, drug.medicine_id, 5, batch="LATE", days=400)
    sale = want(till, drug, 3)
    pay(till, sale)
    view = quote_return(
        till.doors, sale.id, {1: Quantity.of(1)}, (), ReturnReason.QUALITY, till.operator, None
    )
    run_return(till.doors, view.return_id, till.operator, None, lambda _: None)
    with till.doors.uow() as uow:
        figures = {
            row.lot.batch: row.on_hand.plain()
            for row in uow.lots.stock_of([drug.medicine_id])[drug.medicine_id]
        }
        one = uow.returns.get(view.return_id)
        kept = uow.sales.get(one.replacement_sale_id)
    assert figures == {"LATE": "3"}
    assert [(pick.batch, pick.quantity.plain()) for pick in kept.lines[0].picks] == [
        ("SOON", "1"),
        ("LATE", "1"),
    ]
    assert [(batch, amount) for batch, amount, _ in sold(till, kept)] == [
        ("SOON", "-1"),
        ("LATE", "-1"),
    ]


@pytest.mark.rule("HY-1.5.5a")
def test_a_manager_books_what_was_found(till: PracticeTill, drug: SoldItem) -> None:
    sale = want(till, drug, 2)
    today = till.clock.now().date()
    found = Found(drug.medicine_id, Quantity.of(2), FoundReason.NOT_POSTED, "", "NEW1",
                  today + timedelta(days=200))  # fmt: skip
    with pytest.raises(NotAllowed):
        book_found(till.doors, till.operator, found)
    add_staff(till.doors, "3001", "练习店长", Role.MANAGER, "300300", by="practice")
    paper = book_found(till.doors, till.operator, found, SecondPerson("3001", "300300"))
    assert paper.second_id
    again = replace(found, packs=Quantity.of(1), batch=" NEW1 ")
    book_found(till.doors, till.operator, again, SecondPerson("3001", "300300"))
    assert codes(till, sale) == []
    pay(till, sale)
    assert [batch for batch, _, _ in sold(till, sale)] == ["NEW1"]


def test_a_lot_that_ends_at_midnight_is_not_sold_out_of_an_open_basket(
    till: PracticeTill, drug: SoldItem
) -> None:
    put_on_shelf(till.doors, drug.medicine_id, 1, batch="LAST", days=0)
    sale, now = want(till, drug, 1), till.clock.now()
    assert [pick.batch for pick in sale.lines[0].picks] == ["LAST"]
    till.clock.set(now + timedelta(days=1))
    assert refused(till, sale) == "OUT_OF_STOCK"
    till.clock.set(now - timedelta(days=1))
    pay(till, sale)
    till.clock.set(now)


def test_nobody_finds_goods_of_a_recalled_batch(till: PracticeTill, drug: SoldItem) -> None:
    """By another last day, or a batch that never came: recalled is recalled, by every paper."""
    boss = Operator(a_staff("3009", role=Role.MANAGER))
    batch = f"CALL{next(_DRUGS)}"
    recall_batch(till.doors, boss, batch, drug.medicine_id, "练习", "", level=RecallLevel.ONE,
                 source=RecallSource.HOLDER)  # fmt: skip
    today = till.clock.now().date()
    found = Found(drug.medicine_id, Quantity.of(2), FoundReason.NOT_POSTED, "", batch,
                  today + timedelta(days=200))  # fmt: skip
    with pytest.raises(BadValue) as told:
        book_found(till.doors, boss, found)
    assert told.value.params["why"] == "locked"
    lot = Lot(till.doors.ids.new(), drug.medicine_id, batch)
    with till.doors.uow() as uow:
        assert [one.state for one in lock_if_recalled(uow, [lot])] == [LotState.RECALLED]
        assert uow.lots.of_batch(batch, drug.medicine_id) == []


# --- never more than was received -----------------------------------------------------------------

ACTS = st.tuples(
    st.sampled_from(["add", "fewer", "hold", "take", "pay", "give_up", "wait", "release"]),
    st.sampled_from([0, 1]),
    st.sampled_from([0, 1]),
    st.integers(1, 3),
)


class Counter:
    """Two tills of one store over one shelf."""

    def __init__(self, till: PracticeTill) -> None:
        self.tills = (till, till.second_till())
        self.drugs = (a_drug(), a_drug())
        self.received = {}
        for item in self.drugs:
            for batch, days in (("A", 40), ("B", 400)):
                lot = put_on_shelf(till.doors, item.medicine_id, 2, batch=batch, days=days)
                self.received[lot.id] = lot.medicine_id
        self.open: list[Sale | None] = [None, None]
        self.aside: list[list[Sale]] = [[], []]

    def act(self, kind: str, at: int, which: int, packs: int) -> None:
        till, sale = self.tills[at], self.open[at]
        if kind == "add":
            self.open[at] = want(till, self.drugs[which], packs, sale)
        elif kind == "wait":
            till.clock.set(till.clock.now() + timedelta(minutes=20))
        elif kind == "release":
            release_stale_holds(till.doors)
        elif kind == "take" and sale is None and self.aside[at]:
            held = self.aside[at].pop(0)
            self.open[at], _ = basket.recall_basket(till.doors, held.id, till.operator)
        elif sale is not None and sale.lines:
            self._on_open(kind, at, sale)

    def _on_open(self, kind: str, at: int, sale: Sale) -> None:
        till = self.tills[at]
        if kind == "fewer":
            sale.remove(sale.lines[0].no)
            basket.keep_basket(till.doors, sale)
        elif kind == "hold":
            basket.hold_basket(till.doors, sale, till.operator)
            self.aside[at].append(sale)
            self.open[at] = None
        elif kind == "give_up":
            basket.abandon_basket(till.doors, sale, till.operator)
            self.open[at] = None
        elif kind == "pay":
            try:
                pay(till, sale)
            except RuleBroken as broken:
                assert broken.params["code"] == "OUT_OF_STOCK"
            else:
                self.open[at] = None

    def holds(self) -> None:
        """On the shelf and in baskets never more than came in, never less than nothing."""
        with self.tills[0].doors.uow() as uow:
            stock = uow.lots.stock_of([item.medicine_id for item in self.drugs])
        for rows in stock.values():
            for row in rows:
                assert Quantity(0) <= row.reserved <= row.on_hand <= Quantity.of(2)


@pytest.mark.rule("HY-1.5.5a")
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(ACTS, min_size=4, max_size=20))
def test_two_tills_never_hold_or_sell_more_than_was_received(
    till: PracticeTill, acts: list[tuple[str, int, int, int]]
) -> None:
    counter = Counter(till)
    for act in acts:
        counter.act(*act)
        counter.holds()
