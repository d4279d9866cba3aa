"""A sale is completed, and a refused part paid oneself, by what the books hold at that moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.errors import RuleBroken
from app.use_cases import duty
from app.use_cases.basket import item_of
from app.use_cases.book_facts import facts_in
from app.use_cases.buyer import register_buyer
from app.use_cases.complete_sale import complete_sale
from app.use_cases.resolve_part import resolve_refused_part
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.unit.pharmacy.test_duty import WANG, ZHOU

BUYER = ("练习买药人", "999900199001010014")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def everybody_leaves(till: PracticeTill) -> None:
    """Signed off at another till: the board of this one still shows who was here."""
    duty.refresh_counter(till.doors)
    with till.doors.uow() as uow:
        for one in uow.duties.open():
            uow.duties.sign_off(one.id, till.clock.now(), "signed_off")
        uow.commit()


def complete(till: PracticeTill, sale: Sale) -> None:
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)


def refused(till: PracticeTill, sale: Sale) -> str:
    with pytest.raises(RuleBroken) as found:
        complete(till, sale)
    with till.doors.uow() as uow:
        assert uow.sales.get(sale.id).state is SaleState.OPEN
        assert uow.stock.of_sale(sale.id) == []
    return str(found.value.params["code"])


@pytest.mark.rule("LN-2.1", "HY-1.5.1")
@pytest.mark.parametrize("sale_class", ["rx", "otc_a"])
def test_nothing_gated_is_sold_once_the_last_pharmacist_left(
    till: PracticeTill, sale_class: str
) -> None:
    sale = till.basket((till.find(sale_class=sale_class, ephedrine=False), 1))
    if sale_class == "rx":
        sale = till.prescribe(sale)
    everybody_leaves(till)
    assert refused(till, sale) == "NO_PHARMACIST"
    duty.sign_on(till.doors, *WANG)
    complete(till, sale)


@pytest.mark.rule("LN-2.1")
def test_what_needs_no_pharmacist_is_sold_without_one(till: PracticeTill) -> None:
    sale = till.basket((till.find(sale_class="otc_b"), 1), (till.find(sale_class="none"), 1))
    everybody_leaves(till)
    complete(till, sale)


@pytest.mark.parametrize("line_up", [True, False])
def test_ephedrine_is_counted_over_visits_when_the_sale_is_completed(
    till: PracticeTill, line_up: bool
) -> None:
    till.line_up = line_up
    drug = till.find(ephedrine=True, sale_class="otc_a")
    # Both baskets lie open at once: neither sees the other before it is sold.
    first, second = (
        register_buyer(till.doors, till.basket((drug, packs)), *BUYER, till.operator)
        for packs in (2, 1)
    )
    complete(till, first)
    assert refused(till, second) == "EPHEDRINE_LIMIT"
    till.clock.advance(days=1)
    for number, pin in (WANG, ZHOU):
        duty.sign_on(till.doors, number, pin)
    complete(till, second)


def part_refused(till: PracticeTill) -> Sale:
    """Quoted with a pharmacist there, and refused by the platform when it was settled."""
    first = till.find(insurance_class="A", sale_class="rx")
    sale = till.prescribe(till.basket((first, 1)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    till.fault(kind="refused", infno=["2102", "2207"])
    till.settle(sale, patient)
    return sale


@pytest.mark.rule("LN-2.1", "HY-1.5.1")
def test_a_refused_part_is_not_paid_oneself_while_no_pharmacist_is_there(
    till: PracticeTill,
) -> None:
    sale = part_refused(till)
    everybody_leaves(till)
    with pytest.raises(RuleBroken, match="NO_PHARMACIST"):
        resolve_refused_part(till.doors, sale.id, "self_paid", till.operator)
    with till.doors.uow() as uow:
        assert not any(line.self_paid_by_choice for line in uow.sales.get(sale.id).lines)
    resolve_refused_part(till.doors, sale.id, "take_out", till.operator)
    with till.doors.uow() as uow:
        assert uow.sales.get(sale.id).lines == ()


@pytest.mark.parametrize(
    ("sale_class", "ephedrine", "present", "bought"),
    [
        ("otc_b", False, False, False),
        ("none", False, False, False),
        ("otc_a", False, True, False),
        ("otc_a", True, True, True),
    ],
)
def test_cash_goods_ask_the_books_only_what_can_stop_them(
    till: PracticeTill, sale_class: str, ephedrine: bool, present: bool, bought: bool
) -> None:
    drug = till.find(ephedrine=True, sale_class="otc_a")
    earlier = register_buyer(till.doors, till.basket((drug, 1)), *BUYER, till.operator)
    complete(till, earlier)
    goods = till.find(sale_class=sale_class, ephedrine=ephedrine)
    sale = register_buyer(till.doors, till.basket((goods, 1)), *BUYER, till.operator)
    assert sale.lines[0].item == item_of(goods)
    with till.doors.uow() as uow:
        lean = facts_in(till.doors, uow, sale, pooled=False)
        whole = facts_in(till.doors, uow, sale)
    assert (lean.presence is not None, bool(lean.bought)) == (present, bought)
    assert whole.presence is not None
    assert whole.bought
    assert lean.sold == whole.sold
