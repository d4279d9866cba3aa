"""Boxes that a stock-take asks for in the books, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.sample_states import SampleState
from app.domain.stocktake import Stocktake
from app.domain.stocktake_sample import BoxScan, BoxTold, Sample
from app.errors import IllegalTransition, NotFound
from app.ports import UnitOfWorkFactory
from app.ports_moments import CountMoment

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TAKE = Stocktake(id="take-1", number="PC-1", opened_at=AT, opened_by="staff-1")
SAMPLE = Sample(stocktake_id="take-1", lot_id="lot-1", medicine_id="med-1",
                asked=("89900600000000000001", "89900600000000000002"), drawn_at=AT)  # fmt: skip
SCANS = [
    BoxScan("s-1", "lot-1", SAMPLE.asked[0], BoxTold.FOUND, AT, "staff-1"),
    BoxScan("s-2", "lot-1", "89900600000000000099", BoxTold.SOLD, AT, "staff-1"),
    BoxScan("s-3", "lot-2", "89900600000000000098", BoxTold.UNKNOWN, AT, "staff-1"),
]


@pytest.mark.rule("S-19")
def test_asked_boxes_stay_as_they_were_drawn_and_scans_as_they_were_made(
    books: UnitOfWorkFactory,
) -> None:
    with books() as uow:
        uow.stocktakes.add(TAKE)
        assert uow.samples.add([replace(SAMPLE, lot_id="lot-2", asked=()), SAMPLE]) == 2
        assert uow.samples.add([replace(SAMPLE, asked=("other",))]) == 0, "drawn once"
        for scan in SCANS:
            uow.samples.add_scan("take-1", scan)
        uow.samples.take_back("s-2")
        uow.commit()
    done = SAMPLE.finish([SAMPLE.asked[0]], [], AT + timedelta(hours=1), "staff-2")
    with books() as uow:
        assert uow.samples.get("take-1", "lot-1") == SAMPLE
        uow.samples.save(done)
        assert [one.lot_id for one in uow.samples.of_take("take-1")] == ["lot-1", "lot-2"]
        assert uow.samples.of_take("take-1")[0] == done
        assert done.state is SampleState.FINISHED
        assert done.missing == SAMPLE.asked[1:]
        told = [SCANS[0], replace(SCANS[1], taken_back=True), SCANS[2]]
        assert uow.samples.scans("take-1") == told
        assert uow.samples.scans("take-1", "lot-2") == SCANS[2:]
        for missing in (
            lambda: uow.samples.get("take-1", "lot-9"),
            lambda: uow.samples.save(replace(SAMPLE, lot_id="lot-9")),
            lambda: uow.samples.take_back("s-9"),
        ):
            with pytest.raises(NotFound):
                missing()


def test_what_is_on_the_quality_list_is_not_opened_again() -> None:
    done = SAMPLE.finish([], [SAMPLE.asked[1]], AT, "staff-1")
    assert (done.missing, done.away) == (SAMPLE.asked[:1], SAMPLE.asked[1:])
    assert done.reopen() == SAMPLE
    listed = done.listed(AT, "staff-1")
    assert (listed.state, listed.listed_by) == (SampleState.LISTED, "staff-1")
    for again in (listed.reopen, lambda: listed.listed(AT, "staff-1")):
        with pytest.raises(IllegalTransition):
            again()
    with pytest.raises(IllegalTransition):
        done.finish([], [], AT, "staff-1")


def test_moments_of_counts_come_back_in_their_order(books: UnitOfWorkFactory) -> None:
    told = [
        CountMoment("e-1", AT, {"lot-1": 50_000, "lot-2": 10_000}),
        CountMoment("e-2", AT + timedelta(seconds=1), {}),
    ]
    with books() as uow:
        uow.stocktakes.add(TAKE)
        assert uow.moments.last_at("take-1") is None
        for one in told:
            uow.moments.add("take-1", one)
        uow.commit()
    with books() as uow:
        assert uow.moments.of_take("take-1") == told
        assert uow.moments.last_at("take-1") == told[1].at
