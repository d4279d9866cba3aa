"""The shelf's books on both databases: sums, minimums, recalls, split packs, boxes kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.money import Quantity
from app.domain.recall import Recall, RecallLevel, RecallSource
from app.domain.recall_states import RecallEvent
from app.domain.split_pack import PACK, KeptPack, Taking, opened_packs
from app.domain.stock import Lot, MoveKind
from app.errors import BadValue, NotFound
from app.ports import StockMove, UnitOfWorkFactory
from tests.fakes.clock import START

LOT = Lot("lot-1", "m1", "B1")
RECALL = Recall(
    id="r-1", number="ZH20261122-0001", batch="B1", level=RecallLevel.TWO,
    source=RecallSource.SHOP, begun_at=START, begun_by="staff-1",
)  # fmt: skip


def move(number: int, kind: MoveKind, packs: str, lot: str = "lot-1") -> StockMove:
    at = START + timedelta(minutes=number)
    return StockMove(f"move-{number}", "m1", Quantity.of(packs), kind, at, "B1", lot_id=lot)


def test_figures_are_sums_and_the_returned_area_is_a_place_of_its_own(
    books: UnitOfWorkFactory,
) -> None:
    with books() as uow:
        uow.lots.add([LOT, replace(LOT, id="lot-2", batch="B2")])
        uow.stock.move(
            [
                move(1, MoveKind.BOUGHT, "10"), move(2, MoveKind.LOSS, "-3"),
                move(3, MoveKind.RETURN_OFF, "-1"), move(4, MoveKind.RETURN_BAD, "1"),
                move(5, MoveKind.BOUGHT, "2", "lot-2"), move(6, MoveKind.LOSS, "-2", "lot-2"),
            ]
        )  # fmt: skip
        uow.commit()
    with books() as uow:
        (one,) = uow.shelf.figures("m1")
        assert (one.on_hand, one.returned, one.reserved) == (
            Quantity.of(6), Quantity.of(1), Quantity(0),
        )  # fmt: skip
        assert uow.shelf.figures() == [one]
        assert [each.lot.id for each in uow.shelf.figures_of(["lot-2", "lot-1"])] == [
            "lot-1", "lot-2",
        ]  # fmt: skip
        begins = START + timedelta(minutes=3)
        assert uow.shelf.on_shelf_before("m1", "lot-1", begins) == Quantity.of(7)
        found = uow.shelf.moves("m1", "lot-1", begins, START + timedelta(minutes=4))
        assert [each.id for each in found] == ["move-3"]
        assert uow.shelf.moved_since(START + timedelta(minutes=6)) == {"m1"}
        assert uow.shelf.moved_since(START + timedelta(minutes=7)) == frozenset()


def test_a_minimum_is_one_a_drug_and_zero_takes_it_away(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        for packs in (5, 7):
            uow.shelf.set_minimum("m1", Quantity.of(packs), START, "staff-1")
        assert uow.shelf.minimums() == {"m1": Quantity.of(7)}
        uow.shelf.set_minimum("m1", Quantity(0), START, "staff-1")
        assert uow.shelf.minimums() == {}


def test_recalls_come_back_as_they_were_and_a_number_is_used_once(
    books: UnitOfWorkFactory,
) -> None:
    ended = RECALL.ended(RecallEvent.CLOSED, START, "staff-2", "已退")
    with books() as uow:
        uow.shelf.add_recall(RECALL)
        assert uow.shelf.recalls() == [RECALL]
        uow.shelf.save_recall(ended)
        assert uow.shelf.recall("r-1") == ended
        with pytest.raises(NotFound):
            uow.shelf.save_recall(replace(ended, id="r-9"))
        uow.commit()
    with books() as uow, pytest.raises(BadValue):
        uow.shelf.add_recall(replace(RECALL, id="r-2"))


def test_the_newer_word_on_where_a_box_is_kept_counts(books: UnitOfWorkFactory) -> None:
    with books() as uow:
        for place in ("甲柜", "乙柜"):
            uow.shelf.keep_pack(KeptPack("move-1", place, START, "staff-1"))
        assert uow.shelf.kept_packs()["move-1"].place == "乙柜"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 30_000), max_size=12))
def test_every_piece_taken_is_out_of_some_opened_pack(units: list[int]) -> None:
    takings = [
        Taking(f"t-{at}", "m1", "lot-1", "B1", START + timedelta(minutes=at), Quantity(each),
               f"s-{at}", "", "staff-1")
        for at, each in enumerate(units)
    ]  # fmt: skip
    packs = opened_packs(takings)
    parts = sum(each % PACK.ten_thousandths for each in units)
    assert sum((PACK - pack.left).ten_thousandths for pack in packs) == parts
    assert all(Quantity(0) <= pack.left < PACK for pack in packs)
    assert sum(not pack.finished for pack in packs) <= 1
    assert [pack.number for pack in packs] == list(range(1, len(packs) + 1))
