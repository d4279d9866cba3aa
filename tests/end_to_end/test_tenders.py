"""Cash given over: what the slip says of it, and what is too little."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.money import Money
from app.domain.sale import Tender, TenderKind
from app.errors import BadValue
from app.use_cases.complete_sale import complete_sale
from tests.fakes.practice_till import PracticeTill, cash, practice_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


@pytest.mark.rule("S-31")
def test_change_comes_out_of_the_cash_part_alone(till: PracticeTill) -> None:
    sale = till.basket((till.find(sale_class="otc_b"), 2))
    scanned = Tender(TenderKind.SCAN_PAY, Money(100), "ref-1")
    rest = sale.total - scanned.amount
    given = rest + Money(500)
    receipt = complete_sale(till.doors, sale.id, (scanned, *cash(rest)), given, till.operator)
    assert receipt.change == Money(500)


def test_less_cash_than_the_tenders_say_completes_nothing(till: PracticeTill) -> None:
    sale = till.basket((till.find(sale_class="otc_b"), 1))
    short = sale.total - Money(1)
    with pytest.raises(BadValue):
        complete_sale(till.doors, sale.id, cash(sale.total), short, till.operator)
    receipt = complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    assert receipt.change == Money(0)
