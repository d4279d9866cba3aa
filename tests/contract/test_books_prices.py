"""Prices and lists in the books, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.money import Money, Quantity, UnitPrice
from app.domain.price import PriceChange, PriceList, PriceTerm, TermKind
from app.domain.price_states import OPEN, PriceState
from app.domain.stock import MoveKind
from app.errors import BadValue, NotFound, StoreStale
from app.ports import StockMove, UnitOfWorkFactory

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = PriceChange(
    id="p-1",
    medicine_id="m-1",
    price=UnitPrice.of("12.80"),
    before=None,
    effective_at=AT,
    reason="起始",
    state=PriceState.IN_FORCE,
    catalogue_version=3,
)
NEXT = PriceChange(
    id="p-2",
    medicine_id="m-1",
    price=UnitPrice.of("13.30"),
    before=UnitPrice.of("12.80"),
    effective_at=AT + DAY,
    reason="进价上涨",
    highest=UnitPrice.of("13.30"),
    proposed_by="s-1",
    proposed_at=AT,
)
TERM = PriceTerm(
    id="t-1",
    medicine_id="m-1",
    kind=TermKind.SELECTED,
    price=Money.of("9.90"),
    begins=date(2026, 3, 1),
    ends=date(2026, 12, 31),
    source="练习批次",
    list_id="l-1",
    batch="第九批",
    quantity=Quantity.of(120),
    by_hq=True,
)


def test_a_change_comes_back_as_it_was_and_only_one_counts(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        uow.prices.add([NOW, NEXT])
        uow.commit()
    with books() as uow:
        assert uow.prices.get("p-2") == NEXT
        assert uow.prices.of_medicine("m-1") == [NEXT, NOW]
        assert uow.prices.in_force(["m-1", "m-9"]) == {"m-1": NOW}
        assert uow.prices.in_state(OPEN) == [NEXT]
        assert uow.prices.began_between(AT, AT + DAY) == [NOW]
        assert uow.prices.taken_after(2) == [NOW]
        assert uow.prices.taken_after(3) == []
        with pytest.raises(NotFound):
            uow.prices.get("p-9")
    with books() as uow, pytest.raises(BadValue):
        uow.prices.add([replace(NOW, id="p-3")])


def test_a_change_that_moved_on_meanwhile_is_not_overwritten(books: UnitOfWorkFactory) -> None:
    approved = replace(NEXT, state=PriceState.APPROVED, approved_by="s-2")
    with books() as uow:
        uow.prices.add([NEXT])
        uow.prices.save(approved, PriceState.PROPOSED)
        with pytest.raises(StoreStale):
            uow.prices.save(replace(NEXT, state=PriceState.WITHDRAWN), PriceState.PROPOSED)
        assert uow.prices.due(AT) == []
        assert uow.prices.due(AT + DAY) == [approved]


def test_rows_of_lists_turn_on_their_days(books: UnitOfWorkFactory) -> None:
    told = PriceList("l-1", TermKind.SELECTED, "练习批次", TERM.begins, 1, "ab", AT, "s-1")
    with books() as uow:
        uow.prices.keep_list(told, [TERM])
        uow.commit()
    with books() as uow:
        assert uow.prices.lists() == [told]
        assert uow.prices.terms_of(["m-1", "m-2"]) == {"m-1": [TERM]}
        turning = uow.prices.terms_turning
        assert turning(date(2026, 2, 28), date(2026, 3, 1)) == {"m-1"}
        assert turning(date(2026, 3, 1), date(2026, 12, 31)) == set()
        assert turning(date(2026, 12, 31), date(2027, 1, 1)) == {"m-1"}
        assert uow.prices.with_term("selected", date(2026, 12, 31)) == [TERM]
        assert uow.prices.with_term("selected", date(2027, 1, 1)) == []
        assert uow.prices.with_term("listed", date(2026, 12, 31)) == []


def test_what_was_bought_and_sold_in_a_period_is_summed(books: UnitOfWorkFactory) -> None:
    moves = [
        StockMove("a", "m-1", Quantity.of(10), MoveKind.BOUGHT, AT),
        StockMove("b", "m-1", Quantity.of(-3), MoveKind.SALE, AT + DAY),
        StockMove("c", "m-1", Quantity.of(4), MoveKind.BOUGHT, AT + 2 * DAY),
    ]
    with books() as uow:
        uow.stock.move(moves)
        bought = uow.prices.moved(["m-1", "m-2"], {MoveKind.BOUGHT}, AT, AT + 2 * DAY)
        assert bought == {"m-1": Quantity.of(10), "m-2": Quantity(0)}
        assert uow.prices.moved(["m-1"], {MoveKind.SALE}, AT, AT + 2 * DAY) == {
            "m-1": Quantity.of(-3)
        }
