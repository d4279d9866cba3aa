"""Stock-takes in the books, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.money import Money, Quantity
from app.domain.stock import Lot, MoveKind
from app.domain.stocktake import CountEntry, CountLine, Place, Round, Stocktake, Zone
from app.domain.stocktake_counts import Counts
from app.domain.stocktake_states import StocktakeEvent, StocktakeState
from app.domain.stocktake_tally import Difference
from app.errors import BadValue, NotFound, StoreStale
from app.ports import StockMove, UnitOfWorkFactory
from app.ports_stocktake import Remark, ResultRow, SheetRead
from tests.fakes.builders import a_medicine

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TAKE = Stocktake(id="take-1", number="PC2026Q4", opened_at=AT, opened_by="system",
                 period="2026Q4", due_on=date(2026, 12, 31))  # fmt: skip
LINES = [
    CountLine(1, "med-1", "lot-1", "z-1", "A-1", Quantity.of(5)),
    CountLine(2, "med-2", "lot-2"),
]
ENTRY = CountEntry("e-1", "med-1", "lot-1", Quantity.of(4), "staff-1", AT, "z-1", "A-1",
                   device="till-1", in_basket=True)  # fmt: skip
FOUND = CountEntry("e-2", "med-1", "", Quantity.of("0.5"), "staff-2", AT, round=Round.SECOND,
                   batch="X-1", made_on=date(2026, 1, 1), expires_on=date(2028, 1, 1))  # fmt: skip


def begun(books: UnitOfWorkFactory) -> Stocktake:
    with books() as uow:
        uow.stocktakes.add(TAKE)
        take = uow.stocktakes.save(replace(TAKE.step(StocktakeEvent.BEGUN), begun_at=AT))
        uow.stocktakes.add_lines(take.id, LINES)
        uow.commit()
    return take


def test_a_task_comes_back_as_it_was_written_and_each_period_has_one(
    books: UnitOfWorkFactory,
) -> None:
    take = begun(books)
    with books() as uow:
        assert uow.stocktakes.get("take-1") == take == uow.stocktakes.of_period("2026Q4")
        assert uow.stocktakes.all([StocktakeState.PLANNED]) == []
        assert uow.stocktakes.all() == [take]
        assert (uow.stocktakes.lines("take-1"), uow.stocktakes.line_count("take-1")) == (LINES, 2)
        assert uow.stocktakes.counting_in(["med-1", "med-9"]) == {"med-1": "take-1"}
        with pytest.raises(StoreStale):
            uow.stocktakes.save(TAKE)
        with pytest.raises(NotFound):
            uow.stocktakes.get("take-9")
    with books() as uow, pytest.raises(BadValue):
        uow.stocktakes.add(replace(TAKE, id="take-2", number="PC-2"))
    with books() as uow:
        extra = replace(TAKE, id="take-3", number="PC-3", period="")
        uow.stocktakes.add(extra)
        uow.stocktakes.add(replace(extra, id="take-4", number="PC-4"))


def test_counts_come_back_in_their_order_and_each_once(books: UnitOfWorkFactory) -> None:
    take = begun(books)
    read = [ENTRY._replace(id=f"s-{n}", device="sheet", in_basket=False) for n in range(3)]
    read.append(FOUND._replace(id="s-3", device="sheet"))
    sheet = SheetRead("sheet-1", "digest", AT, "staff-1", len(read))
    with books() as uow:
        assert uow.stocktakes.add_entry(take.id, ENTRY, "staff-1")
        assert uow.stocktakes.add_entry(take.id, FOUND, "staff-2")
        assert not uow.stocktakes.add_entry(take.id, ENTRY, "staff-1")
        assert uow.stocktakes.add_sheet(take.id, sheet, Counts.of(read))
        assert not uow.stocktakes.add_sheet(take.id, replace(sheet, id="sheet-2"), Counts.of(read))
        uow.commit()
    with books() as uow:
        assert uow.stocktakes.entries(take.id) == [ENTRY, FOUND, *read]
        assert uow.stocktakes.sheets(take.id) == [sheet]


def test_the_ledger_is_the_sum_of_movements_at_any_moment(books: UnitOfWorkFactory) -> None:
    late = AT + timedelta(minutes=5)
    lots = [Lot("lot-1", "med-1", "B1"), Lot("lot-2", "med-1", "B1"), Lot("lot-3", "med-1", "")]

    def move(key: str, packs: int, kind: MoveKind, at: datetime, lot: str) -> StockMove:
        return StockMove(key, "med-1", Quantity.of(packs), kind.value, at, lot_id=lot)

    with books() as uow:
        uow.lots.add(lots)
        uow.stock.move(
            [
                move("m-1", 9, MoveKind.BOUGHT, AT - timedelta(days=1), "lot-1"),
                move("m-2", -2, MoveKind.SALE, late, "lot-1"),
                move("m-3", 3, MoveKind.OPENING, AT - timedelta(days=2), "lot-2"),
                move("m-4", 1, MoveKind.RETURN_BAD, late, "lot-2"),
            ]
        )
        ledger = uow.stocktakes.ledger({"med-1"}, AT)
        assert (ledger.at("lot-1", AT), ledger.at("lot-1", late)) == (90_000, 70_000)
        assert ledger.at("lot-2", late) == 30_000, "the returned area is no shelf"
        assert set(ledger.alike("lot-2")) == {"lot-1", "lot-2"}
        assert ledger.alike("lot-3") == ("lot-3",)
        assert ledger.moved("lot-1", late, late)
        assert not ledger.moved("lot-1", AT, AT + timedelta(minutes=3))
        assert uow.stocktakes.batches() == {("med-1", "B1"): "lot-1"}


def test_sums_kept_with_a_list_say_what_all_movements_say(books: UnitOfWorkFactory) -> None:
    def move(key: str, lot: str, packs: int, at: datetime) -> StockMove:
        kind = MoveKind.BOUGHT.value
        return StockMove(key, "med-1", Quantity.of(packs), kind, at, lot_id=lot)

    with books() as uow:
        uow.stocktakes.add(TAKE)
        uow.lots.add([Lot("lot-1", "med-1", "B1"), Lot("lot-2", "med-1", "B2")])
        uow.stock.move(
            [
                move("m-1", "lot-1", 9, AT - timedelta(days=1)),
                move("m-2", "lot-1", 2, AT - timedelta(minutes=1)),
                move("m-3", "lot-2", 4, AT + timedelta(minutes=9)),  # booked by a clock ahead
            ]
        )
        uow.stocktakes.add_lines("take-1", LINES, uow.stocktakes.ledger(None, AT))
        uow.commit()
    later = [
        move("m-4", "lot-1", -3, AT + timedelta(minutes=2)),
        move("m-5", "lot-2", 1, AT + timedelta(minutes=3)),
        move("m-6", "lot-1", 7, AT - timedelta(hours=1)),  # booked by a clock set back
    ]
    for each in (None, *later):
        with books() as uow:
            if each is not None:
                uow.stock.move([each])
            built, anew = (uow.stocktakes.ledger(None, AT, take) for take in ("take-1", ""))
            assert {lot: built.now[lot] for lot in anew.now} == anew.now
            assert (built.later, built.lots_of) == (anew.later, anew.lots_of)
            uow.commit()


def test_differences_keep_their_reasons_and_results_every_line(books: UnitOfWorkFactory) -> None:
    take = begun(books)
    told = Difference(("med-1", "lot-1", ""), Quantity.of(4), Quantity.of(5), AT, Round.FIRST,
                      frozenset({"staff-1"}), moved=True)  # fmt: skip
    remark = Remark(told, "differs", frozenset({"staff-1"}), frozenset({("z-1", "A-1")}))
    rows = [
        ResultRow(1, "med-1", "lot-1", "", Quantity.of(4), Quantity.of(5), AT, "first", "lost",
                  Money(-100), ("staff-1",)),
        ResultRow(2, "med-2", "lot-2", "", None, Quantity.of(1), None, "", "", None),
    ]  # fmt: skip
    with books() as uow:
        uow.stocktakes.put_remarks(take.id, [remark])
        uow.stocktakes.give_reason(take.id, [told.goods], "lost", "staff-9")
        uow.stocktakes.put_remarks(take.id, [remark])
        assert uow.stocktakes.remarks(take.id) == [
            replace(remark, reason="lost", reason_by="staff-9")
        ]
        with pytest.raises(NotFound):
            uow.stocktakes.give_reason(take.id, [("med-9", "", "")], "lost", "staff-9")
        uow.stocktakes.add_results(take.id, rows)
        assert uow.stocktakes.results(take.id) == rows


def test_zones_and_places_are_the_shops_own(books: UnitOfWorkFactory) -> None:
    begun(books)
    with books() as uow:
        uow.medicines.save_many([replace(a_medicine(), id="med-1", shop_code="P1")])
        uow.lots.add([Lot("lot-1", "med-1", "B1")])
        told = uow.stocktakes.sheet_lines("take-1")
        first, second = LINES
        assert told == {
            str(first.no): (str(first.no), *first[1:5], "P1", "B1"),
            str(second.no): (str(second.no), *second[1:5], "", ""),
        }, "neither a drug without a code nor a lot without a batch is left out"
        assert list(zip(*uow.stocktakes.listed("take-1"), strict=True)) == [
            (str(line.no), *line[1:5], "", "") for line in LINES
        ], "the list stays as it was frozen: the books knew neither code nor batch then"
        uow.stocktakes.put_zone(Zone("z-2", "B", 2))
        uow.stocktakes.put_zone(Zone("z-1", "A", 1))
        uow.stocktakes.put_zone(Zone("z-2", "C", 3))
        assert uow.stocktakes.zones() == [Zone("z-1", "A", 1), Zone("z-2", "C", 3)]
        places = [Place("med-1", "z-1", "A-1"), Place("med-1", "z-2")]
        uow.stocktakes.put_places([*places, places[0]])
        uow.stocktakes.put_places(places)
        assert uow.stocktakes.places() == {"med-1": places}
