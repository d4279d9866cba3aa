"""Whatever is sold, returned, put aside, given up or interrupted: a code is in one live sale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.money import Quantity
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.errors import YaotaiError
from app.ports import UnitOfWork, UnitOfWorkFactory
from app.use_cases.basket import (
    abandon_basket,
    hold_basket,
    item_of,
    keep_basket,
    open_basket,
    price_of,
    recall_basket,
)
from app.use_cases.complete_sale import complete_sale
from app.use_cases.free_codes import free_held_codes
from app.use_cases.return_goods import quote_return, run_return
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.shelves import put_on_shelf

ACTS = ("ring", "sell", "sell", "crash", "hold", "recall", "give_up", "bring_back", "free")
STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(0, 2))
EXAMPLES = 30


class PowerCut(Exception):
    """The till dies in the middle of its transaction."""


def dying(factory: UnitOfWorkFactory) -> UnitOfWorkFactory:
    """Units that are killed after their last row and before the flush."""

    def unit() -> UnitOfWork:
        def die() -> None:
            raise PowerCut

        uow = factory()
        uow.commit = die  # type: ignore[method-assign]
        return uow

    return unit


class Hand:
    """One till's cashier: an open basket, and what is tried with it."""

    def __init__(self, till: PracticeTill, codes: tuple[str, ...], did: Counter[str]) -> None:
        self.till, self.codes, self.did = till, codes, did
        self.sale: Sale | None = None
        self.medicine = till.medicine("P0060")

    def act(self, act: str, code: str) -> None:
        """What is refused is refused: only what the books hold afterwards counts."""
        with suppress(YaotaiError, PowerCut):
            getattr(self, act)(code)

    def ring(self, code: str) -> None:
        doors, who = self.till.doors, self.till.operator
        self.sale = self.sale or open_basket(doors, who)
        self.sale.add(item_of(self.medicine), price_of(self.medicine), Quantity.of(1), code)
        keep_basket(doors, self.sale)

    def sell(self, code: str) -> None:
        if self.sale is None:
            self.ring(code)
        sale, self.sale = self.sale, None
        if sale is not None:
            who = self.till.operator
            complete_sale(self.till.doors, sale.id, cash(sale.total), sale.total, who)
            self.did["sold"] += 1

    def crash(self, code: str) -> None:
        if self.sale is None:
            self.ring(code)
        sale = self.sale
        if sale is not None:
            doors = replace(self.till.doors, uow=dying(self.till.doors.uow))
            self.did["crashed"] += 1
            complete_sale(doors, sale.id, cash(sale.total), sale.total, self.till.operator)

    def hold(self, code: str) -> None:
        if self.sale is None:
            self.ring(code)
        sale, self.sale = self.sale, None
        if sale is not None:
            hold_basket(self.till.doors, sale, self.till.operator)

    def recall(self, _code: str) -> None:
        with self.till.doors.uow() as uow:
            held = uow.sales.held(self.till.doors.shop.till_id)
        if held and self.sale is None:
            self.sale, _notes = recall_basket(self.till.doors, held[0].id, self.till.operator)

    def give_up(self, _code: str) -> None:
        sale, self.sale = self.sale, None
        if sale is not None:
            abandon_basket(self.till.doors, sale, self.till.operator)

    def free(self, _code: str) -> None:
        self.till.clock.advance(days=1)
        free_held_codes(self.till.doors, self.till.operator)

    def bring_back(self, code: str) -> None:
        """One box, or with it all the others of its receipt."""
        doors, who = self.till.doors, self.till.operator
        with doors.uow() as uow:
            sold = uow.codes.where((code,)).get(code)
            sale = uow.sales.get(sold.sale_id) if sold is not None else None
        if sale is None:
            return
        one = {line.no: Quantity.of(1) for line in sale.lines if code in line.trace_codes}
        asked = quote_return(doors, sale.id, one, (code,), ReturnReason.QUALITY, who, None)
        run_return(doors, asked.return_id, who, None, lambda _: None)
        self.did["returned"] += 1

    def holders(self, code: str) -> list[str]:
        """Done sales that say they sold this box."""
        with self.till.doors.uow() as uow:
            sales = [uow.sales.get(one.sale_id) for one in uow.baskets.sales_of(code)]
            live = [one for one in uow.baskets.sales_of(code) if one.freed_at is None]
        assert len(live) <= 1
        held = {sale.id for sale in sales if sale.state == "done"
                and any(code in line.trace_codes for line in sale.lines)}  # fmt: skip
        assert held == {one.sale_id for one in live}
        return sorted(held)


@contextmanager
def shared_books() -> Iterator[PracticeTill]:
    with TemporaryDirectory() as folder:
        yield from practice_till(Path(folder), "CN-999900")


@pytest.mark.slow
@pytest.mark.rule("HY-1.2.3", "S-19", "LN-4.3b")
def test_a_code_is_never_live_in_two_sales() -> None:
    did: Counter[str] = Counter()
    numbers = count()
    books = shared_books()
    till = books.__enter__()
    put_on_shelf(till.doors, till.medicine("P0060").id, 9000, days=3000)

    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(steps=st.lists(STEP, min_size=8, max_size=18))
    def drive(steps: list[tuple[str, int, int]]) -> None:
        # Boxes of their own for each example: what was sold before stays sold.
        codes = tuple(f"8990060{next(numbers):013d}" for _ in range(3))
        hands = [Hand(each, codes, did) for each in (till, till.second_till())]
        for act, who, which in steps:
            hands[who].act(act, codes[which])
            assert all(len(hands[0].holders(code)) <= 1 for code in codes)

    try:
        drive()
    finally:
        books.__exit__(None, None, None)
    assert did["sold"] >= EXAMPLES // 2
    assert did["returned"] >= 3
    assert did["crashed"] >= 3
