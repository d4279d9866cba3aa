"""Watched drugs: no sale without a note that stays with the line; what sells most."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.money import Quantity
from app.domain.sale import Sale
from app.errors import BadValue, IllegalTransition, NotAllowed, RuleBroken
from app.use_cases.alerts import this_month
from app.use_cases.basket import keep_basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.watched import lines_to_note, note_line, notes_of, set_watched, top_drugs
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.statements import a_manager

PHARMACIST = ("2001", "200200")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def sold(till: PracticeTill, sale: Sale) -> None:
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)


def codes(error: pytest.ExceptionInfo[RuleBroken]) -> list[str]:
    return [note.code for note in error.value.findings]


@pytest.mark.rule("LN-5.2")
def test_a_watched_drug_waits_for_a_pharmacists_note(till: PracticeTill) -> None:
    manager, drug = a_manager(till), _otc(till)[0]
    plain = till.basket((drug, 1))
    with pytest.raises(NotAllowed):
        set_watched(till.doors, till.operator, drug.id, "练习：金额大")
    with pytest.raises(BadValue):
        set_watched(till.doors, manager, drug.id, " ")
    set_watched(till.doors, manager, drug.id, "练习：金额大")
    with pytest.raises(RuleBroken) as stopped:
        sold(till, plain)
    assert codes(stopped) == ["WATCH_NOTE"]
    ((line, note),) = lines_to_note(till.doors, plain.id)
    assert note is None
    with pytest.raises(NotAllowed):
        note_line(till.doors, plain.id, line.no, "练习", "1001", "100100")
    with pytest.raises(BadValue):
        note_line(till.doors, plain.id, line.no, "  ", *PHARMACIST)
    note_line(till.doors, plain.id, line.no, "练习：家中备用", *PHARMACIST)
    sold(till, plain)
    with pytest.raises(IllegalTransition):
        note_line(till.doors, plain.id, line.no, "练习：事后", *PHARMACIST)
    (row,) = notes_of(till.doors, manager, this_month(till.clock.now()))
    assert (row.note.words, row.by, row.quantity) == (
        "练习：家中备用",
        "练习·王药师",
        Quantity.of(1),
    )
    assert row.receipt_no and row.note.line_no == line.no
    set_watched(till.doors, manager, drug.id, None)
    sold(till, till.basket((drug, 1)))


@pytest.mark.rule("LN-5.2")
def test_the_quote_asks_for_the_note_and_a_changed_line_wants_its_own(till: PracticeTill) -> None:
    manager, drug = a_manager(till), till.medicine("P0001")
    set_watched(till.doors, manager, drug.id, "练习：用量大")
    sale = till.prescribe(till.basket((drug, 1)))
    patient = till.patient("active_met")
    assert "WATCH_NOTE" in [note.code for note in till.quote(sale, patient).notes]
    note_line(till.doors, sale.id, 1, "练习：慢性病", *PHARMACIST)
    view = till.quote(sale, patient)
    assert "WATCH_NOTE" not in [note.code for note in view.notes]
    settled = till.settle(sale, patient)
    complete_sale(till.doors, sale.id, cash(settled.cash_due), settled.cash_due, till.operator)


@pytest.mark.rule("LN-5.2")
def test_another_till_hears_of_the_list_within_a_minute(till: PracticeTill) -> None:
    manager, drug = a_manager(till), _otc(till)[0]
    other = till.second_till()
    sold(other, other.basket((drug, 1)))
    set_watched(till.doors, manager, drug.id, "练习：单价高")
    till.clock.set(till.clock.now() + timedelta(minutes=1))
    with pytest.raises(RuleBroken) as stopped:
        sold(other, other.basket((drug, 1)))
    assert codes(stopped) == ["WATCH_NOTE"]


@pytest.mark.rule("LN-5.2")
def test_the_biggest_by_money_packs_and_price(till: PracticeTill) -> None:
    manager = a_manager(till)
    dear, cheap = sorted(
        (one for one in _otc(till)), key=lambda one: one.price.micro if one.price else 0
    )[:: len(_otc(till)) - 1][::-1]
    sold(till, till.basket((cheap, 3)))
    sold(till, till.basket((dear, 1)))
    period = this_month(till.clock.now())
    by_packs = top_drugs(till.doors, manager, period, "packs", 1)
    assert [(row.medicine_id, row.packs) for row in by_packs] == [(cheap.id, Quantity.of(3))]
    by_price = top_drugs(till.doors, manager, period, "price", 1)
    assert [row.medicine_id for row in by_price] == [dear.id]
    # What is watched is always told, however little it sold.
    set_watched(till.doors, manager, cheap.id, "练习：关注")
    rows = top_drugs(till.doors, manager, period, "price", 1)
    assert [(row.place, row.medicine_id) for row in rows] == [(1, dear.id), (2, cheap.id)]
    money = {row.medicine_id: row.money for row in top_drugs(till.doors, manager, period, "money")}
    assert money[cheap.id] == cheap.price.times(Quantity.of(3))
    with pytest.raises(BadValue):
        top_drugs(till.doors, manager, period, "luck")
    with pytest.raises(NotAllowed):
        top_drugs(till.doors, till.operator, period, "money")


def _otc(till: PracticeTill) -> list:
    with till.doors.uow() as uow:
        return [
            one
            for one in uow.medicines.all()
            if one.sale_class == "otc_b" and one.price and not one.ephedrine
        ]


def test_a_note_does_not_pass_to_another_drug_on_the_line(till: PracticeTill) -> None:
    manager = a_manager(till)
    first, second = _otc(till)[:2]
    for drug in (first, second):
        set_watched(till.doors, manager, drug.id, "练习：关注")
    sale = till.basket((first, 1))
    note_line(till.doors, sale.id, 1, "练习：家中备用", *PHARMACIST)
    other = till.basket((second, 1))
    sale.lines = other.lines
    keep_basket(till.doors, sale)
    with pytest.raises(RuleBroken) as stopped:
        sold(till, sale)
    assert "WATCH_NOTE" in codes(stopped)
