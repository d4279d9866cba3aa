"""A clock that is set back during a stock-take decides about no difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.money import Quantity
from app.use_cases import stocktake
from app.use_cases.stocktake_count import CountDraft, record, undo_last
from tests.end_to_end.test_stocktake import Shop, make_shop

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from make_shop(tmp_path)


@pytest.mark.rule("HY-1.5.5b")
def test_what_is_sold_after_its_count_is_no_difference_though_the_clock_was_set_back(
    shop: Shop,
) -> None:
    take = shop.begun()
    sold, short, loose = shop.lines(take)[:3]
    shop.count(take, sold, 100, shop.first)
    shop.count(take, short, 99, shop.first)
    record(shop.till.doors, take.id, CountDraft(loose.medicine_id, "", Quantity.of(100)),
           shop.first)  # fmt: skip
    shop.wait(-HOUR)
    for line in (sold, short, loose):
        shop.move(line, -1)
    shop.wait()
    shop.approve(take)
    assert [shop.on_hand(line.lot_id) for line in (sold, short, loose)] == [99, 98, 99]


@pytest.mark.rule("HY-1.5.5b")
def test_a_later_count_corrects_an_earlier_one_though_the_clock_was_set_back(shop: Shop) -> None:
    doors, take = shop.till.doors, shop.begun()
    line, other = shop.lines(take)[:2]
    shop.count(take, line, 50, shop.first)
    shop.wait(-HOUR)
    shop.count(take, line, 98, shop.first)
    shop.move(line, -3)
    shop.count(take, line, 95, shop.first)
    shop.count(take, other, 7, shop.first)
    assert undo_last(doors, take.id, shop.first) is not None
    shop.move(line, -1)
    with doors.uow() as uow:
        told = stocktake.tally(doors, uow, uow.stocktakes.get(take.id)).told
        entries = uow.stocktakes.entries(take.id)
    assert [(one.counted, one.ledger) for one in told] == [(Quantity.of(95), Quantity.of(97))]
    assert [one.at for one in entries] == sorted(one.at for one in entries)
