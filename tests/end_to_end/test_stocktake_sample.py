"""Boxes that a stock-take asks for, on real books: drawn once, scanned, judged, doubted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.money import Quantity, Rate
from app.domain.received_states import ReceivedEvent
from app.domain.sale import Sale
from app.domain.stocktake import Reason, Stocktake, Threshold
from app.domain.stocktake_sample import BoxTold
from app.domain.stocktake_states import StocktakeEvent, StocktakeState
from app.errors import BadValue, NotAllowed, PackValueMissing
from app.resources import resource
from app.use_cases import stocktake, stocktake_sample
from app.use_cases.basket import item_of, keep_basket, open_basket, price_of
from app.use_cases.quality import quality_list
from app.use_cases.stocktake_papers import read_form, report
from app.use_cases.stocktake_post import post
from app.use_cases.stocktake_rules import set_threshold
from app.use_cases.stocktake_sample import (
    SampleRow,
    draw_samples,
    finish_sample,
    list_doubts,
    reopen_sample,
    sample_list,
    scan_box,
    undo_scan,
)
from app.use_cases.stocktake_view import list_tasks, review
from app.use_cases.stocktake_zones import add_zone, rename_zone
from tests.end_to_end.test_stocktake import Shop, make_shop
from tests.end_to_end.test_trace_codes import code, sell
from tests.fakes.shelves import put_on_shelf


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from make_shop(tmp_path)


def receive(shop: Shop, batch: str, *numbers: int) -> str:
    """A lot of 维C银翘片 whose boxes carry these codes."""
    till = shop.till
    lot = put_on_shelf(till.doors, till.medicine("P0060").id, len(numbers), batch=batch)
    with till.doors.uow() as uow:
        uow.received.add(lot.id, [code(each) for each in numbers], till.clock.now(), "doc-1")
        uow.commit()
    return lot.id


def basket(shop: Shop, box: str) -> Sale:
    sale = open_basket(shop.till.doors, shop.till.operator)
    drug = shop.till.medicine("P0060")
    sale.add(item_of(drug), price_of(drug), Quantity.of(1), box)
    keep_basket(shop.till.doors, sale)
    return sale


def rows(shop: Shop, take: Stocktake) -> dict[str, SampleRow]:
    told = sample_list(shop.till.doors, take.id, shop.first)
    return {row.sample.lot_id: row for row in told.rows}


def refused(why: str, call: object) -> None:
    with pytest.raises(BadValue) as told:
        call()  # type: ignore[operator]
    assert told.value.params["why"] == why


@pytest.mark.rule("S-19", "HY-1.5.5b")
def test_asked_boxes_are_looked_for_and_what_cannot_lie_there_is_named(shop: Shop) -> None:
    doors = shop.till.doors
    lot, other = receive(shop, "B77", *range(1, 26)), receive(shop, "B78", *range(31, 42))
    take = shop.begun()
    assert draw_samples(doors, take.id, shop.first) == 5
    assert draw_samples(doors, take.id, shop.second) == 0, "drawn once"
    asked = {each: row.sample.asked for each, row in rows(shop, take).items()}
    assert (len(asked[lot]), len(asked[other])) == (3, 2)  # 10 %, rounded up
    plain = next(code(n) for n in range(31, 42) if code(n) not in asked[other])
    extra, gone = [code(n) for n in range(1, 26) if code(n) not in asked[lot]][:2]
    sell(shop.till, basket(shop, asked[lot][0]))
    with doors.uow() as uow:
        uow.received.leave([gone], ReceivedEvent.RETURNED, shop.till.clock.now(), "doc-2")
        uow.commit()
    told = {
        box: scan_box(doors, take.id, lot, box, shop.first)
        for box in (asked[lot][0], asked[lot][1], extra, gone, plain, code(99), asked[other][0])
    }
    assert [one.scan.told.value for one in told.values()] == [
        "sold", "found", "extra", "left", "other_lot", "unknown", "found",
    ]  # fmt: skip
    assert told[asked[other][0]].lot_id == other, "the lot that asks for it goes first"
    assert scan_box(doors, take.id, lot, asked[lot][1], shop.second).again
    # No code of a box: an insurance code under the scanner is not written down.
    refused("sample_code", lambda: scan_box(doors, take.id, lot, "6900000000001", shop.first))
    refused("sample_choose", lambda: scan_box(doors, take.id, "", code(98), shop.first))
    back = scan_box(doors, take.id, lot, code(97), shop.second)
    assert undo_scan(doors, take.id, lot, shop.second) == back.scan
    assert undo_scan(doors, take.id, lot, shop.second) is None
    # A box sold after it was scanned was there; one sold before anybody looked is no loss.
    sell(shop.till, basket(shop, asked[lot][1]))
    sell(shop.till, basket(shop, asked[other][1]))
    done = finish_sample(doors, take.id, lot, shop.first)
    assert (done.missing, done.away) == (asked[lot][2:], ())
    assert finish_sample(doors, take.id, other, shop.first).away == asked[other][1:]
    row = rows(shop, take)[lot]
    assert row.found == (asked[lot][1],)
    assert {one.told for one in row.odd} == {
        BoxTold.SOLD, BoxTold.LEFT, BoxTold.OTHER_LOT, BoxTold.UNKNOWN,
    }  # fmt: skip
    refused("sample_finished", lambda: scan_box(doors, take.id, lot, code(96), shop.first))


@pytest.mark.rule("S-19")
def test_doubts_go_onto_the_quality_list_at_once_and_once(shop: Shop) -> None:
    doors = shop.till.doors
    lot = receive(shop, "B77", 1)
    take = shop.begun()
    draw_samples(doors, take.id, shop.first)
    scan_box(doors, take.id, lot, code(99), shop.first)
    refused("sample_open", lambda: list_doubts(doors, take.id, lot, shop.first))
    finish_sample(doors, take.id, lot, shop.first)
    reopen_sample(doors, take.id, lot, shop.first)
    finish_sample(doors, take.id, lot, shop.second)
    assert list_doubts(doors, take.id, lot, shop.first) == 2
    cases = {view.case.code: view.case.why for view in quality_list(doors)}
    assert cases == {code(1): "SAMPLE_MISSING", code(99): "SAMPLE_UNKNOWN"}
    refused("sample_listed", lambda: list_doubts(doors, take.id, lot, shop.first))
    refused("sample_listed", lambda: reopen_sample(doors, take.id, lot, shop.first))
    stocktake.step_aside(doors, take.id, StocktakeEvent.CANCELLED, shop.manager)
    refused("closed", lambda: scan_box(doors, take.id, lot, code(1), shop.first))
    refused("closed", lambda: draw_samples(doors, take.id, shop.first))
    assert rows(shop, take)[lot].finished_by == "练习·王药师"


def test_a_drawing_that_broke_off_goes_on_and_a_silent_pack_is_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = shop.till.doors
    lot, take = receive(shop, "B77", *range(1, 26)), shop.begun()

    def silent(kind: str, at: object) -> object:
        policy = doors.policy_on(kind, at)  # type: ignore[arg-type]
        return replace(policy, trace=replace(policy.trace, sample_percent=None))

    with pytest.raises(PackValueMissing) as missing:
        draw_samples(replace(doors, policy_on=silent), take.id, shop.first)  # type: ignore[arg-type]
    assert missing.value.params["key"] == "trace.sample_percent"
    monkeypatch.setattr(stocktake_sample, "_SLICE", 20)

    def broken(told: tuple[int, int]) -> None:
        if told[0]:
            raise BadValue(what="power", why="cut")

    with pytest.raises(BadValue):
        draw_samples(doors, take.id, shop.first, broken)
    with doors.uow() as uow:
        assert len(uow.samples.of_take(take.id)) == 20
    draw_samples(doors, take.id, shop.first)
    told = sample_list(doors, take.id, shop.first)
    with doors.uow() as uow:
        lines = {line.lot_id for line in uow.stocktakes.lines(take.id)}
    assert told.bare + len(told.rows) == len(lines)
    assert [row.sample.lot_id for row in told.rows] == [lot]


@pytest.mark.rule("S-22", "HY-1.5.5b")
def test_the_sheets_say_what_nobody_counted_and_what_became_of_the_boxes(shop: Shop) -> None:
    doors = shop.till.doors
    lot = receive(shop, "B77", 1)
    take = shop.begun()
    draw_samples(doors, take.id, shop.first)
    scan_box(doors, take.id, lot, code(99), shop.first)
    finish_sample(doors, take.id, lot, shop.first)
    line = next(one for one in shop.lines(take) if one.lot_id == lot)
    shop.count(take, line, 1, shop.first)
    shop.approve(take)
    told = report(doors, take.id, read_form(resource("stocktake", "sheet.toml")), shop.manager, str)
    rows = [dict(zip(told.headings, row, strict=True)) for row in told.rows]
    (mine,) = [row for row in rows if row["生产批号"] == "B77"]
    boxes = [mine[each] for each in ("抽查追溯码盒数", "抽查在架", "抽查缺失", "抽查异常")]
    assert (boxes, mine["实盘数"]) == ([1, 0, 1, 1], 1)
    rest = {
        (row["实盘数"], row["盈亏数"], row["抽查追溯码盒数"]) for row in rows if row is not mine
    }
    assert rest == {("uncounted", None, None)}
    (sample,) = told.samples
    assert (sample.finished_by, sample.sample.missing) == ("练习·李收银", (code(1),))


@pytest.mark.rule("HY-1.5.5b")
def test_a_posting_can_be_stopped_until_everything_is_written(shop: Shop) -> None:
    doors, take = shop.till.doors, shop.begun()
    line = shop.lines(take)[0]
    shop.count(take, line, 99, shop.first)
    told: list[tuple[int, int]] = []

    def stop(done: int, whole: int) -> None:
        told.append((done, whole))
        if done == whole:
            raise BadValue(what="count", why="post_stopped")

    stocktake.end_counting(doors, take.id, shop.manager, with_gaps=True)
    goods = [row.goods for row in review(doors, take.id, shop.manager).rows]
    stocktake.give_reason(doors, take.id, goods, Reason.LOST, shop.manager)
    refused("post_stopped", lambda: post(doors, take.id, shop.manager, None, stop))
    assert told == [(0, 1), (1, 1)]
    with doors.uow() as uow:
        assert uow.stocktakes.get(take.id).state is StocktakeState.REVIEW
        assert uow.stocktakes.results(take.id) == []
    assert shop.on_hand(line.lot_id) == 100
    post(doors, take.id, shop.manager)
    assert shop.on_hand(line.lot_id) == 99


def test_limits_and_zones_are_the_managers_to_set(shop: Shop) -> None:
    doors = shop.till.doors
    assert not list_tasks(doors, shop.first).own_threshold
    limits = Threshold(Quantity.of(2), Rate.of("0.05"), None)
    set_threshold(doors, limits, shop.manager)
    told = list_tasks(doors, shop.manager)
    assert (told.threshold, told.own_threshold) == (limits, True)
    assert shop.begun().threshold == limits
    refused("no_threshold", lambda: set_threshold(doors, Threshold(), shop.manager))
    zone, other = (add_zone(doors, name, shop.manager) for name in ("A", "B"))
    assert rename_zone(doors, zone.id, "处方药柜", shop.manager).name == "处方药柜"
    for name in ("", "B", "x" * 65):
        refused("zone_name", lambda name=name: rename_zone(doors, zone.id, name, shop.manager))
    assert [one.name for one in list_tasks(doors, shop.manager).zones] == ["处方药柜", other.name]
    for forbidden in (
        lambda: set_threshold(doors, limits, shop.first),
        lambda: rename_zone(doors, zone.id, "C", shop.second),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
