"""What becomes of exhibits in the books, on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.evidence_keeping import (
    Deletion,
    Hold,
    HoldReason,
    HoldScope,
    KindCount,
    Look,
    Parcel,
)
from app.errors import BadValue, NotFound
from app.ports import UnitOfWorkFactory
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import STORE, a_sale
from tests.fakes.unit_of_work import secrets_for_tests

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ONE = Exhibit(
    "e-1", EvidenceKind.SIGNATURE, "sale-1", AT, "staff-1", "application/json", 120, "ab" * 32
)
STILL = replace(
    ONE,
    id="e-2",
    kind=EvidenceKind.PURCHASE_STILL,
    at=AT + timedelta(minutes=1),
    size=5000,
    person_id="person-1",
)
LATER = replace(ONE, id="e-3", sale_id="sale-2", at=AT + timedelta(days=2))
HOLD = Hold("h-1", HoldScope.SALE, "sale-1", HoldReason.COURT, "练习案号 1", AT, "staff-9")


def _deletion(exhibit: Exhibit, **changes) -> Deletion:
    base = Deletion(
        exhibit, "purchase_list", 730, exhibit.at, AT, AT + timedelta(days=9), "run-1", "system"
    )
    return replace(base, **changes)


@pytest.fixture
def filled(books: UnitOfWorkFactory) -> UnitOfWorkFactory:
    with books() as uow:
        for one in (ONE, STILL, LATER):
            uow.evidence.add(one)
        uow.commit()
    return books


def test_pieces_are_found_newest_first(filled: UnitOfWorkFactory) -> None:
    with filled() as uow:
        found = uow.keeping.find(limit=10)
        assert [one.exhibit for one in found] == [LATER, STILL, ONE]
        assert len(uow.keeping.find(limit=2)) == 2
        day = uow.keeping.find(begins=AT, ends=AT + timedelta(days=1), limit=10)
        assert [one.exhibit.id for one in day] == ["e-2", "e-1"]
        still = uow.keeping.find(kinds=[EvidenceKind.PURCHASE_STILL], limit=10)
        assert [one.exhibit for one in still] == [STILL]
        assert [k.exhibit.id for k in uow.keeping.find(person_id="person-1", limit=9)] == ["e-2"]
        assert [k.exhibit.id for k in uow.keeping.find(sale_id="sale-2", limit=9)] == ["e-3"]
        assert [k.exhibit.id for k in uow.keeping.find(exhibit_id="e-1", limit=9)] == ["e-1"]


def test_pieces_of_a_person_are_those_that_name_him_and_those_of_his_sales(
    filled: UnitOfWorkFactory,
) -> None:
    with filled() as uow:
        assert uow.keeping.of_people([""]) == []
        assert uow.keeping.of_people(["person-1", ""]) == [STILL]
        uow.sales.add(a_sale("sale-2", 1, person_id="person-1"))
        assert uow.keeping.of_people(["person-1"]) == [STILL, LATER]


def test_pages_walk_in_order_of_time_and_id(filled: UnitOfWorkFactory) -> None:
    twin = replace(ONE, id="e-0")
    with filled() as uow:
        uow.evidence.add(twin)
        first = uow.keeping.page(None, 2)
        assert first == [twin, ONE]
        assert uow.keeping.page((ONE.at, ONE.id), 9) == [STILL, LATER]
        assert uow.keeping.page(None, 9, until=AT) == [twin, ONE]
        assert uow.keeping.page(None, 9, kind=EvidenceKind.PURCHASE_STILL) == [STILL]


def test_another_tills_pieces_are_found_but_not_kept_here(till, filled: UnitOfWorkFactory) -> None:
    other = till("02")
    with other() as uow:
        assert uow.keeping.page(None, 9) == []
        assert uow.keeping.counts() == []
        assert uow.keeping.elsewhere() == 3
        assert uow.keeping.named(["e-1", "e-9"]) == {"e-1": ONE}
        assert {kept.till_id for kept in uow.keeping.find(limit=9)} != {"02"}
        assert uow.keeping.decide([_deletion(ONE)]) == [], "its file lies elsewhere"
        assert uow.keeping.undestroyed(9) == []
        with pytest.raises(BadValue):
            uow.keeping.decide([_deletion(ONE)])
        uow.commit()
    with filled() as uow:
        assert [one.exhibit.id for one in uow.keeping.undestroyed(9)] == ["e-1"]


def test_counts_are_by_kind_and_leave_out_what_was_deleted(filled: UnitOfWorkFactory) -> None:
    with filled() as uow:
        assert uow.keeping.counts() == [
            KindCount(EvidenceKind.SIGNATURE, 2, 240, AT),
            KindCount(EvidenceKind.PURCHASE_STILL, 1, 5000, STILL.at),
        ]
        uow.keeping.decide([_deletion(STILL)])
        assert uow.keeping.counts() == [KindCount(EvidenceKind.SIGNATURE, 2, 240, AT)]
        assert uow.keeping.grown(AT) == (5240, 5000)
        assert uow.keeping.grown(AT + timedelta(days=1)) == (120, 5000)
        assert uow.keeping.grown(AT + timedelta(days=30)) == (0, 0)


def test_a_deletion_marks_the_row_and_leaves_a_record(filled: UnitOfWorkFactory) -> None:
    with filled() as uow:
        uow.keeping.decide([_deletion(ONE)])
        uow.commit()
    with filled() as uow:
        marked = replace(ONE, deleted_at=AT + timedelta(days=9))
        assert uow.evidence.of_sale("sale-1") == [marked, STILL]
        assert uow.keeping.undestroyed(9) == [_deletion(marked)]
        assert [one.id for one in uow.keeping.page(None, 9)] == ["e-2", "e-3"]
        gone = AT + timedelta(days=9, seconds=1)
        uow.keeping.destroyed(["e-1"], gone)
        uow.keeping.destroyed(["e-1"], gone + timedelta(hours=1))
        assert uow.keeping.undestroyed(9) == []
        assert uow.keeping.deletions(9) == [_deletion(marked, destroyed_at=gone)]


def test_nothing_is_deleted_twice(filled: UnitOfWorkFactory) -> None:
    with filled() as uow:
        uow.keeping.decide([_deletion(ONE)])
        uow.commit()
    with filled() as uow, pytest.raises(BadValue):
        uow.keeping.decide([_deletion(LATER), _deletion(ONE)])
    with filled() as uow:
        assert [one.exhibit.id for one in uow.keeping.deletions(9)] == ["e-1"]


def test_holds_stand_until_they_are_lifted_once(filled: UnitOfWorkFactory) -> None:
    with filled() as uow:
        uow.keeping.alone()
        uow.keeping.add_hold(HOLD)
        uow.commit()
    lifted = replace(HOLD, lifted_at=AT + timedelta(days=1), lifted_by="a", lifted_second="b")
    with filled() as uow:
        assert uow.keeping.holds(standing=True) == [HOLD]
        with pytest.raises(BadValue):
            uow.keeping.lift_hold(HOLD)
        uow.keeping.lift_hold(lifted)
        uow.commit()
    with filled() as uow:
        assert uow.keeping.holds(standing=True) == []
        assert uow.keeping.holds(standing=False) == [lifted]
        with pytest.raises(NotFound):
            uow.keeping.lift_hold(lifted)


def test_who_looked_last_is_known(filled: UnitOfWorkFactory) -> None:
    with filled() as uow:
        uow.keeping.looked("e-1", "staff-1", AT)
        uow.keeping.looked("e-1", "staff-2", AT)
        uow.keeping.looked("e-2", "staff-1", AT + timedelta(days=1))
        uow.commit()
    with filled() as uow:
        assert uow.keeping.looks(["e-1", "e-2", "e-3"]) == {
            "e-1": Look("e-1", AT, "staff-2"),
            "e-2": Look("e-2", AT + timedelta(days=1), "staff-1"),
        }
        assert uow.keeping.looks([]) == {}


def test_exports_are_remembered(filled: UnitOfWorkFactory) -> None:
    one = Parcel("p-1", AT, "staff-1", "staff-2", "练习检查", 3, 1, "cd" * 32)
    two = replace(one, id="p-2", at=AT + timedelta(days=1))
    with filled() as uow:
        uow.keeping.add_parcel(one)
        uow.keeping.add_parcel(two)
        uow.commit()
    with filled() as uow:
        assert uow.keeping.parcels(9) == [two, one]
        with pytest.raises(BadValue):
            uow.keeping.add_parcel(one)


@pytest.mark.postgres
def test_a_hold_of_one_till_and_a_deletion_of_another_take_turns(postgres_books: str) -> None:
    engine = open_store(postgres_books)
    first = make_factory(engine, secrets_for_tests(), STORE, "01")
    second = make_factory(engine, secrets_for_tests(), STORE, "02")
    seen: list[list[Hold]] = []

    def delete() -> None:
        with second() as uow:
            uow.keeping.alone()
            seen.append(uow.keeping.holds(standing=True))

    try:
        with first() as uow:
            uow.keeping.alone()
            thread = threading.Thread(target=delete)
            thread.start()
            uow.keeping.add_hold(HOLD)
            uow.commit()
        thread.join(timeout=30)
    finally:
        engine.dispose()
    assert seen == [[HOLD]], "who decides waits for who holds"
