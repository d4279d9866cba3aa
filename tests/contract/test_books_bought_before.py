"""What a person bought before is what was sold and is still with the person, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.domain.money import Money, Quantity, UnitPrice
from app.domain.return_states import ReturnEvent
from app.domain.returns import Return, ReturnReason
from app.domain.rx_case import BoughtBefore
from app.domain.sale import SaleLine
from app.domain.sale_states import SaleEvent, SaleState
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import TILL, a_prescription, a_sale, an_item, cash_for
from tests.fakes.clock import START
from tests.fakes.unit_of_work import memory_engine, secrets_for_tests

BEFORE = START - timedelta(days=30)


def a_line(no=1, **changes):
    values = {"no": no, "item": an_item(no), "quantity": Quantity.of(2)}
    values |= {"price": UnitPrice.of("12.80"), "settlement_type": "ordinary"}
    return SaleLine(**(values | changes))


def sold(books, sale_id, minutes=0, **changes):
    """A done sale of ``person-1`` with two packs of drug 1."""
    at = START + timedelta(minutes=minutes)
    lines = changes.pop("lines", (a_line(),))
    sale = a_sale(sale_id, **({"person_id": "person-1", "opened_at": at} | changes))
    sale.lines = lines
    sale.complete(cash_for(sale), f"no-{sale_id}", at + timedelta(seconds=30))
    with books() as uow:
        uow.sales.add(sale)
        uow.commit()
    return sale


def found(books, since=BEFORE, person="person-1"):
    with books() as uow:
        return uow.sales.bought_by(person, since)


def told(books, **asked):
    return [(one.sale_id, one.medicine_id, one.quantity) for one in found(books, **asked)]


def test_every_line_is_told_with_its_drug_quantity_and_money(books):
    rare = a_line(2, item=an_item(2, ephedrine=True), quantity=Quantity.of("0.5"))
    sold(books, "a", lines=(a_line(), rare), prescription=a_prescription(days_supply=7))
    first, second = found(books)
    assert first == BoughtBefore(
        sale_id="a",
        at=START + timedelta(seconds=30),
        medicine_id="med-000001",
        name="练习感冒灵颗粒1",
        generic_name="练习感冒灵",
        national_code="XPRACTICE00000000001",
        quantity=Quantity.of(2),
        unit="盒",
        amount=Money.of("25.60"),
        supply_days=7,
    )
    assert (second.medicine_id, second.ephedrine, second.supply_days) == ("med-000002", True, 7)
    assert (second.quantity, second.amount) == (Quantity.of("0.5"), Money.of("6.40"))


def test_only_done_sales_of_this_person_since_then_newest_first(books, till):
    sold(books, "old", -50)
    sold(books, "new", 5)
    sold(till("02"), "elsewhere", 2, till_id="02")
    sold(books, "stranger", person_id="person-2")
    sold(books, "nobody", person_id="")
    with books() as uow:
        for state in SaleState:
            if state is not SaleState.DONE:
                uow.sales.add(a_sale(state.value, person_id="person-1", state=state))
        uow.commit()
    assert [one.sale_id for one in found(books)] == ["new", "elsewhere", "old"]
    assert [one.sale_id for one in found(books, START)] == ["new", "elsewhere"]
    assert [one.sale_id for one in found(books, person="person-2")] == ["stranger"]
    assert found(books, person="") == []
    assert found(books, START + timedelta(minutes=5, seconds=30)) != []
    assert found(books, START + timedelta(minutes=5, seconds=31)) == []


def test_another_store_in_the_same_database_tells_nothing(books, engine):
    sold(books, "a")
    other = make_factory(engine, secrets_for_tests(), "another-store", TILL)
    assert found(other) == []


@pytest.mark.parametrize(
    ("sale_class", "settlement", "days"),
    [
        ("rx", "ordinary", 7),
        ("rx", "self_paid", 7),
        ("otc_a", "outpatient_pool", 7),
        ("otc_a", "self_paid", 0),
        ("none", "", 0),
        ("", "self_paid", 7),
    ],
)
def test_days_of_supply_are_those_of_lines_that_the_prescription_covers(
    books, sale_class, settlement, days
):
    line = a_line(item=an_item(1, sale_class=sale_class), settlement_type=settlement)
    sold(books, "a", lines=(line,), prescription=a_prescription(days_supply=7))
    assert [one.supply_days for one in found(books)] == [days]


def test_without_a_prescription_no_days_are_known(books):
    sold(books, "a")
    assert [one.supply_days for one in found(books)] == [0]


def returned(books, sale, quantities, remainder=None, return_id="return-1"):
    """A return as the counter writes it, up to the step at which goods are still to come."""
    one = Return(
        return_id,
        sale.id,
        ReturnReason.QUALITY,
        "staff-1",
        START,
        quantities,
        replacement_sale_id=remainder.id if remainder else "",
    )
    with books() as uow:
        uow.returns.add(one)
        if remainder is not None:
            uow.sales.add(remainder)
        uow.commit()
    return one


def step(books, sale, one, sale_event, *events):
    with books() as uow:
        sale.move(sale_event)
        uow.sales.save(sale)
        for event in events:
            one.move(event)
        uow.returns.save(one)
        uow.commit()


TWO = ("sale", "med-000001", Quantity.of(2))


def test_a_return_that_is_only_asked_or_was_dropped_takes_nothing_away(books):
    sale = sold(books, "sale")
    one = returned(books, sale, ((1, Quantity.of(2)),))
    assert told(books) == [TWO]
    with books() as uow:
        one.move(ReturnEvent.DROPPED)
        uow.returns.save(one)
        uow.commit()
    assert told(books) == [TWO]


def test_a_whole_return_takes_everything_away_from_its_first_step(books):
    sale = sold(books, "sale")
    one = returned(books, sale, ((1, Quantity.of(2)),))
    step(books, sale, one, SaleEvent.UNDO_ASKED, ReturnEvent.NOTHING_TO_CANCEL)
    assert told(books) == []
    step(books, sale, one, SaleEvent.UNDONE, ReturnEvent.PAID_BACK)
    assert told(books) == []


def test_of_a_return_of_single_boxes_what_is_kept_counts_once_at_every_step(books):
    other = a_line(2, quantity=Quantity.of(1))
    sale = sold(books, "sale", lines=(a_line(), other))
    kept = (a_line(quantity=Quantity.of(1)),)
    remainder = a_sale("rest", person_id="person-1", opened_at=sale.opened_at, replaces=sale.id)
    remainder.lines = kept
    quantities = ((1, Quantity.of(1)), (2, Quantity.of(1)))
    one = returned(books, sale, quantities, remainder)
    step(books, sale, one, SaleEvent.UNDO_ASKED, ReturnEvent.NOTHING_TO_CANCEL)
    assert told(books) == [("sale", "med-000001", Quantity.of(1))]
    assert [each.amount for each in found(books)] == [Money.of("12.80")]
    remainder.complete(cash_for(remainder), "no-rest", START + timedelta(days=20))
    with books() as uow:
        uow.sales.save(remainder)
        uow.commit()
    step(books, sale, one, SaleEvent.UNDONE, ReturnEvent.PAID_BACK)
    assert told(books) == [("rest", "med-000001", Quantity.of(1))]
    # Bought on the first day, whenever the rest of it came back.
    assert [each.at for each in found(books)] == [sale.opened_at]
    assert told(books, since=START + timedelta(days=10)) == []


def test_a_return_that_the_platform_stopped_takes_nothing_away(books):
    sale = sold(books, "sale")
    one = returned(books, sale, ((1, Quantity.of(2)),))
    step(books, sale, one, SaleEvent.UNDO_ASKED, ReturnEvent.CANCEL_STARTED)
    assert told(books) == []
    step(books, sale, one, SaleEvent.UNDO_STOPPED, ReturnEvent.CANCEL_REFUSED)
    assert told(books) == [TWO]


def test_an_earlier_return_that_was_dropped_does_not_count_twice(books):
    sale = sold(books, "sale", lines=(replace(a_line(), quantity=Quantity.of(3)),))
    dropped = returned(books, sale, ((1, Quantity.of(2)),), return_id="return-0")
    with books() as uow:
        dropped.move(ReturnEvent.DROPPED)
        uow.returns.save(dropped)
        uow.commit()
    one = returned(books, sale, ((1, Quantity.of(1)),))
    step(books, sale, one, SaleEvent.UNDO_ASKED, ReturnEvent.NOTHING_TO_CANCEL)
    assert told(books) == [TWO]


def test_the_way_from_a_person_to_the_sales_is_an_index():
    engine = memory_engine()
    with engine.connect() as connection:
        plan = connection.execute(
            text("EXPLAIN QUERY PLAN SELECT * FROM sale WHERE person_id = 'a' AND done_at >= 1")
        ).all()
    engine.dispose()
    assert "ix_sale_person_id_done_at" in str(plan)


def test_what_was_sold_with_ephedrine_stays_registered_of_every_till_and_buyer(books, till):
    rare = (a_line(), a_line(2, item=an_item(2, ephedrine=True)))
    sold(books, "before", -10, lines=rare)
    sold(books, "plain", 1)
    sold(books, "back", 4, lines=rare)
    sold(till("02"), "elsewhere", 2, till_id="02", lines=rare, person_id="")
    sold(books, "after", 60, lines=rare)
    with books() as uow:
        sale = uow.sales.get("back")
        sale.move(SaleEvent.UNDO_ASKED)
        sale.move(SaleEvent.UNDONE)
        uow.sales.save(sale)
        uow.commit()
    with books() as uow:
        listed = uow.sales.with_ephedrine(START, START + timedelta(minutes=60))
        assert [one.id for one in listed] == ["elsewhere", "back"]
        assert listed[1].state is SaleState.UNDONE and listed[1].lines == rare
