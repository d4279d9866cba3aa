"""A day is closed while two tills sell: no sale is outside a shift, no shift is closed twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from app.domain.staff import Role
from app.use_cases.complete_sale import complete_sale
from app.use_cases.day_close import close_day, closed_days, verify_close
from app.use_cases.sign_in import add_staff, sign_in
from tests.fakes.practice_till import PracticeTill, cash, practice_till

pytestmark = pytest.mark.postgres
MANY = 10


@pytest.fixture
def tills(tmp_path: Path, postgres_books: str) -> Iterator[tuple[PracticeTill, PracticeTill]]:
    for first in practice_till(tmp_path, database=postgres_books):
        yield first, first.second_till()


def test_closes_beside_sales_lose_nothing_and_lock_nobody_out(
    tills: tuple[PracticeTill, PracticeTill],
) -> None:
    one, two = tills
    add_staff(one.doors, "3001", "练习店长", Role.MANAGER, "300300", "test")
    manager = sign_in(one.doors, "3001", "300300")
    drug, gate = one.find(insurance_class="B", sale_class="otc_b"), Barrier(3)

    def sell(till: PracticeTill) -> int:
        gate.wait(10)
        fen = 0
        for _ in range(MANY):
            sale = till.basket((drug, 1))
            complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
            fen += sale.total.fen
        return fen

    def close(till: PracticeTill) -> int:
        gate.wait(10)
        return sum(close_day(till.doors, manager).fresh for _ in range(MANY))

    with ThreadPoolExecutor(3) as pool:
        sold = [pool.submit(sell, till) for till in tills]
        fresh = pool.submit(close, one.second_till())
        total = sum(each.result(60) for each in sold)
        assert fresh.result(60) == 1, "however often it is pressed"
    one.clock.set(one.clock.now() + timedelta(days=2))
    close_day(two.doors, manager)
    closes = closed_days(one.doors)
    assert all(verify_close(one.doors, each.day).good for each in closes)
    shifts = [shift for each in closes for shift in json.loads(each.totals)["shifts"]]
    assert sum(shift["total"] for shift in shifts) == total
    assert len({shift["number"] for shift in shifts}) == len(shifts)
