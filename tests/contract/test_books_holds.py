"""What baskets hold of lots, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from app.domain.line_stock import NEVER, Hold
from app.domain.lot_states import LotState
from app.domain.money import Quantity
from app.domain.sale_states import SaleState
from app.domain.stock import Lot, LotPick, PickBy
from tests.fakes.builders import a_sale
from tests.fakes.clock import START

SOON, LATER = START + timedelta(minutes=30), START + timedelta(hours=2)
ONE = Quantity.of(1)


def a_lot(number: int, drug: str = "med-1", **changes) -> Lot:
    base = {"expires_on": START.date() + timedelta(days=100), "received_at": START}
    return Lot(f"lot-{number}", drug, f"B{number}", **{**base, **changes})


@pytest.fixture
def shelf(books):
    with books() as uow:
        uow.lots.add([a_lot(1), a_lot(2), a_lot(3, "med-2")])
        uow.sales.add(a_sale("open"))
        uow.sales.add(a_sale("aside", held_at=START))
        uow.sales.add(a_sale("done", state=SaleState.DONE))
        uow.commit()
    return books


def test_holds_are_found_by_drug_and_by_basket(shelf, till):
    with shelf() as uow:
        uow.holds.put([Hold("open", 1, "lot-1", ONE, LATER), Hold("open", 2, "lot-3", ONE, LATER)])
        uow.holds.put([])
        uow.commit()
    with till("02")() as uow:
        uow.holds.lock(["med-1", "med-2"])
        uow.holds.put([Hold("aside", 1, "lot-1", Quantity.of("0.5"), SOON)])
        uow.commit()
    with shelf() as uow:
        first, second = uow.holds.on(["med-1"])
        assert (first.sale_id, first.quantity, first.until) == ("aside", Quantity.of("0.5"), SOON)
        assert (first.till_id, first.held_at) == ("02", START)
        assert (second.sale_id, second.held_at) == ("open", None)
        assert [hold.lot_id for hold in uow.holds.of_sale("open")] == ["lot-1", "lot-3"]
        assert uow.holds.on(["none"]) == []
        assert uow.holds.keep_until("open", NEVER) == 2
        assert {hold.until for hold in uow.holds.of_sale("open")} == {NEVER}
        assert uow.holds.drop([first.seq, first.seq + 1000]) == 1
        assert uow.holds.drop([]) == 0
        assert uow.holds.free("open") == 2
        assert uow.holds.free("open") == 0


def test_what_may_not_be_sold_is_told(shelf):
    today = START.date()
    with shelf() as uow:
        uow.lots.add(
            [a_lot(4, state=LotState.HELD), a_lot(5, expires_on=today), a_lot(6, expires_on=None)]
        )
        uow.holds.put([Hold("open", 1, f"lot-{no}", ONE, LATER) for no in (1, 4, 5, 6)])
        assert uow.holds.barred("open", today) == ["lot-4"]
        over = today + timedelta(days=1)
        assert sorted(uow.holds.barred("open", over)) == ["lot-4", "lot-5"]
        assert uow.holds.barred("aside", today) == []


def test_release_frees_what_is_over_and_never_what_is_paid_for(shelf):
    with shelf() as uow:
        uow.sales.add(a_sale("settling", state=SaleState.SETTLING))
        uow.sales.add(a_sale("again"))
        uow.holds.put(
            [
                Hold("open", 1, "lot-1", ONE, SOON),
                Hold("aside", 1, "lot-1", ONE, LATER),
                Hold("done", 1, "lot-2", ONE, LATER),
                Hold("settling", 1, "lot-2", ONE, NEVER),
                Hold("again", 1, "lot-3", ONE, NEVER),
            ]
        )
        assert uow.holds.release(SOON + timedelta(seconds=1), LATER) == 2
        left = {hold.sale_id: hold.until for hold in uow.holds.on(["med-1", "med-2"])}
        assert left == {"aside": LATER, "settling": NEVER, "again": LATER}


def test_which_lots_a_line_is_from_stays_with_the_sale(shelf):
    day = START.date()
    picks = (
        LotPick("lot-1", "B1", day, ONE, PickBy.CODE),
        LotPick("x", "", None, ONE, PickBy.FEFO),
    )
    with shelf() as uow:
        sale = a_sale("picked", 2)
        sale.replace_line(replace(sale.lines[0], picks=picks))
        uow.sales.add(sale)
        uow.commit()
    with shelf() as uow:
        first, second = uow.sales.get("picked").lines
        assert (first.picks, second.picks) == (picks, ())
        assert (first.batches, first.expires_on) == ("B1", day)


@pytest.mark.slow
def test_tills_wait_for_one_another_at_a_drug(shelf, till, engine):
    """Slow: threads. Each looks what is there and takes one of two: never three are taken."""
    if engine.dialect.name == "sqlite" and not engine.url.database:
        pytest.skip("one thread at a time")
    gate, took = Barrier(4), []

    def take(name: str) -> None:
        gate.wait(10)
        with till(name)() as uow:
            uow.holds.lock(["med-1"])
            if len(uow.holds.on(["med-1"])) < 2:
                uow.holds.put([Hold(name, 1, "lot-1", ONE, LATER)])
                took.append(name)
            uow.commit()

    threads = [Thread(target=take, args=(f"t{no}",)) for no in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    with shelf() as uow:
        assert len(uow.holds.on(["med-1"])) == len(took) == 2
