"""Packs sold by the piece: their codes are written down, and shared by the pieces only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.money import Quantity
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.errors import RuleBroken
from app.use_cases.basket import keep_basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.return_goods import quote_return, run_return
from tests.fakes.practice_till import PracticeTill, cash, practice_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


def of_one_box(till: PracticeTill, how_much: str, code: str) -> Sale:
    """So much of the box with this code, sold for cash."""
    sale = till.basket((till.find(sale_class="otc_b"), 1), traced=False)
    line = replace(sale.line(1), quantity=Quantity.of(how_much), trace_codes=(code,))
    sale.replace_line(line)
    keep_basket(till.doors, sale)
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    return sale


def holder(till: PracticeTill, code: str) -> str:
    with till.doors.uow() as uow:
        return uow.codes.where([code])[code].sale_id


def receipt_number(till: PracticeTill, sale: Sale) -> str:
    with till.doors.uow() as uow:
        return uow.sales.get(sale.id).receipt_no


CODE = "8990050" + "0" * 12 + "7"


@pytest.mark.rule("HY-1.2.3")
def test_pieces_of_one_box_share_its_code(till: PracticeTill) -> None:
    first = of_one_box(till, "0.5", CODE)
    assert holder(till, CODE) == first.id
    second = of_one_box(till, "0.5", CODE)
    assert holder(till, CODE) == second.id


@pytest.mark.rule("HY-1.2.3")
@pytest.mark.parametrize(("first", "then"), [("0.5", "1"), ("1", "0.5"), ("1", "1")])
def test_a_whole_box_shares_its_code_with_nothing(
    till: PracticeTill, first: str, then: str
) -> None:
    of_one_box(till, first, CODE)
    with pytest.raises(RuleBroken) as broken:
        of_one_box(till, then, CODE)
    assert broken.value.params["code"] == "TRACE_DUPLICATE"


def test_a_returned_piece_frees_its_own_hold_only(till: PracticeTill) -> None:
    first, second = of_one_box(till, "0.5", CODE), of_one_box(till, "0.5", CODE)
    view = quote_return(
        till.doors, second.id, {1: Quantity.of("0.5")}, (CODE,), ReturnReason.QUALITY,
        till.operator, None,
    )  # fmt: skip
    done = run_return(till.doors, view.return_id, till.operator, None, lambda _leg: None)
    assert (done.state, done.receipt_no) == ("done", receipt_number(till, second))
    assert holder(till, CODE) == first.id
