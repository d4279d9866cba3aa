"""Held cards in the books, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.custody import (
    PENDING,
    CustodyCause,
    CustodyEvent,
    HeldCard,
    Holder,
)
from app.domain.custody_use import (
    CardUse,
    CustodyCount,
    CustodyGap,
    GapEnd,
    GapKind,
    UseWay,
)
from app.domain.sale_states import SaleState
from app.errors import BadValue, NotFound, StoreStale
from app.ports import UnitOfWorkFactory
from tests.fakes.builders import a_sale

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
HOLDER = Holder("练习留存甲", "999900195001010011", "LX900001x")
CARD = HeldCard("held-1", HOLDER, CustodyCause.MOBILITY, DAY, "staff-1", "exhibit-1")
USE = CardUse(
    "use-1", "held-1", "sale-1", AT, "staff-1", UseWay.BEARER, DAY + timedelta(days=7),
    "练习代取乙", "999900197001010012",
)  # fmt: skip


def approved(card: HeldCard) -> HeldCard:
    filed = card.filed("F-1", DAY, "staff-1")
    return filed.consented("C-1", DAY, DAY + timedelta(days=365), "staff-1")


def held(card: HeldCard) -> HeldCard:
    back = DAY + timedelta(days=30)
    return approved(card).taken_in(AT, DAY, "staff-1", "保险柜", "E-1", back)


def test_a_case_comes_back_as_it_was_written(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        uow.custody.add(CARD)
        kept = uow.custody.save(held(CARD))
        uow.commit()
    with books() as uow:
        assert uow.custody.get("held-1") == kept == replace(held(CARD), version=1)
        assert uow.custody.cases() == [kept]
        assert uow.custody.cases(PENDING) == []


def test_a_stale_case_is_not_written(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        uow.custody.add(CARD)
        uow.custody.save(CARD.filed("F-1", DAY, "staff-1"))
        with pytest.raises(StoreStale):
            uow.custody.save(CARD.filed("F-2", DAY, "staff-1"))
    with books() as uow, pytest.raises(NotFound):
        uow.custody.get("held-9")


def test_a_case_is_found_by_either_number_however_it_is_spelled(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        uow.custody.add(CARD)
        uow.commit()
    with books() as uow:
        assert uow.custody.shown(" lx900001X ", "") == CARD
        assert uow.custody.shown("", HOLDER.cert_no) == CARD
        assert uow.custody.shown("LX900002", "999900195001010012") is None
        assert uow.custody.shown("", "") is None


def test_a_card_that_lies_here_comes_before_one_applied_for(books: UnitOfWorkFactory) -> None:
    second = replace(CARD, id="held-2")
    with books() as uow:
        uow.custody.add(CARD)
        uow.custody.add(second)
        here = uow.custody.save(held(second))
        assert uow.custody.shown(HOLDER.card_no, "") == here
        uow.custody.save(here.ended(CustodyEvent.RETURNED, AT, "staff-1", "exhibit-2"))
        assert uow.custody.shown(HOLDER.card_no, "") == CARD
        uow.custody.save(CARD.ended(CustodyEvent.WITHDRAWN, AT, "staff-1"))
        assert uow.custody.shown(HOLDER.card_no, "") is None


def test_a_sale_rests_on_one_use(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        uow.custody.add(CARD)
        uow.custody.add_use(USE)
        uow.commit()
    with books() as uow:
        assert uow.custody.use_of_sale("sale-1") == USE
        assert uow.custody.use_of_sale("sale-2") is None
        with pytest.raises(BadValue):
            uow.custody.add_use(replace(USE, id="use-2"))
    changed = replace(USE, bearer="", bearer_cert="", shipping_no="SF1", way=UseWay.DELIVERY)
    with books() as uow:
        uow.custody.save_use(changed)
        uow.commit()
    with books() as uow:
        assert uow.custody.use_of_sale("sale-1") == changed
        with pytest.raises(NotFound):
            uow.custody.save_use(replace(USE, id="use-3"))


def test_only_completed_sales_wait_for_a_receipt(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        uow.custody.add(CARD)
        for no, state in enumerate((SaleState.DONE, SaleState.OPEN, SaleState.ABANDONED), 1):
            sale = a_sale(f"sale-{no}")
            sale.state, sale.receipt_no = state, f"R{no}"
            sale.done_at = AT if state is SaleState.DONE else None
            uow.sales.add(sale)
            uow.custody.add_use(replace(USE, id=f"use-{no}", sale_id=f"sale-{no}"))
        uow.commit()
    with books() as uow:
        (waiting,) = uow.custody.awaiting()
        assert (waiting.use.id, waiting.done_at, waiting.receipt_no) == ("use-1", AT, "R1")
        assert {seen.use.id for seen in uow.custody.uses("held-1")} == {"use-1", "use-2", "use-3"}
        assert uow.custody.uses("held-2") == []
        uow.custody.save_use(waiting.use.confirmed(AT, "staff-2", "exhibit-3"))
        assert uow.custody.awaiting() == []
        uow.commit()
    with books() as uow:
        assert uow.custody.use_of_sale("sale-1") == waiting.use.confirmed(
            AT, "staff-2", "exhibit-3"
        )


def test_what_came_back_whole_owes_no_receipt_and_a_remainder_does(
    books: UnitOfWorkFactory,
) -> None:
    with books() as uow:
        uow.custody.add(CARD)
        for no in (1, 2):
            sale = a_sale(f"sale-{no}")
            sale.state, sale.done_at, sale.receipt_no = SaleState.UNDONE, AT, f"R{no}"
            uow.sales.add(sale)
            uow.custody.add_use(replace(USE, id=f"use-{no}", sale_id=f"sale-{no}"))
        rest = a_sale("sale-3")
        rest.replaces, rest.state, rest.done_at = "sale-2", SaleState.DONE, AT
        uow.sales.add(rest)
        uow.commit()
    with books() as uow:
        assert [seen.use.id for seen in uow.custody.awaiting()] == ["use-2"]
        assert {seen.use.id: seen.owes for seen in uow.custody.uses()} == {
            "use-1": False, "use-2": True,
        }  # fmt: skip


def test_unexplained_cards_roll_forward_until_they_are_explained(books: UnitOfWorkFactory) -> None:
    missing = CustodyGap("gap-1", GapKind.MISSING, AT, "staff-1", "held-1")
    surplus = CustodyGap("gap-2", GapKind.SURPLUS, AT, "staff-1", note="练习多出的卡")
    with books() as uow:
        uow.custody.add_gap(surplus)
        uow.custody.add_gap(missing)
        uow.commit()
    done = missing.explained(AT, "staff-2", GapEnd.FOUND, "夹在抽屉后面")
    with books() as uow:
        assert uow.custody.gaps() == [missing, surplus]
        uow.custody.save_gap(done)
        uow.commit()
    with books() as uow:
        assert uow.custody.gaps() == [surplus]
        assert uow.custody.gaps(every=True) == [done, surplus]


def test_the_newest_count_is_the_last_one(books: UnitOfWorkFactory) -> None:
    first = CustodyCount("count-1", AT, "staff-1", 2, 2, 0)
    later = replace(first, id="count-2", at=AT + timedelta(days=1), found=1)
    with books() as uow:
        assert uow.custody.last_count() is None
        uow.custody.add_count(later)
        uow.custody.add_count(first)
        assert uow.custody.last_count() == later


def test_another_store_sees_none_of_it(books: UnitOfWorkFactory, engine: object) -> None:
    from sqlalchemy import Engine

    from app.storage.unit_of_work import make_factory
    from tests.fakes.unit_of_work import secrets_for_tests

    assert isinstance(engine, Engine)
    with books() as uow:
        uow.custody.add(CARD)
        uow.custody.add_use(USE)
        uow.commit()
    other = make_factory(engine, secrets_for_tests(), "store-2", "till-1")
    with other() as uow:
        assert uow.custody.cases() == []
        assert uow.custody.shown(HOLDER.card_no, HOLDER.cert_no) is None
        assert uow.custody.uses() == []


def test_a_holder_is_not_told_by_repr() -> None:
    assert HOLDER.name not in repr(CARD)
    assert USE.bearer_cert not in repr(USE)
