"""The recorder's health at opening: kept once a day, judged by the pack, answered once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.domain.clock import shop_time
from app.domain.policy import Policy
from app.domain.recorder import RecorderAnswer, RecorderDoubt, RecorderState, RecorderWay
from app.domain.staff import Role, Staff
from app.errors import BadValue, NotAllowed, NotFound, PackValueMissing
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.recorder_day import (
    DRIFT_SECONDS,
    answer_look,
    record_look,
    recorder_day,
    set_drift,
)
from app.use_cases.video_marks import clip_list
from tests.fakes.practice_till import PracticeTill, cash, practice_till

MANAGER = Operator(Staff("id-3001", "3001", "练习店长", Role.MANAGER))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def till(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PracticeTill]:
    database = request.getfixturevalue("postgres_books") if request.param == "postgres" else ""
    for one in practice_till(tmp_path, "CN-999900", database):
        one.doors = replace(one.doors, channels=lambda: (1, 2))
        yield one


def _today(till: PracticeTill) -> date:
    return shop_time(till.clock.now()).date()


def _state(till: PracticeTill, days: int = 760, ahead: int = 0, **down: bool) -> RecorderState:
    live = {1: True, 2: not down.get("second", False), 3: True}
    return RecorderState(live, _today(till) - timedelta(days=days), ahead, 0)


@pytest.mark.rule("HY-1.5.4")
@pytest.mark.rule("S-17")
def test_a_look_is_kept_with_who_and_when_and_says_nothing_where_all_is_well(
    till: PracticeTill,
) -> None:
    assert recorder_day(till.doors).check is None
    day = record_look(till.doors, till.operator, RecorderWay.BY_HAND, _state(till))
    assert day.check is not None and day.doubts == () and not day.check.is_open
    assert (day.check.by, day.check.at) == (till.operator.staff.id, till.clock.now())
    assert day.limits.keep_days == 730, "of the pack"
    assert recorder_day(till.doors) == day
    till.clock.set(till.clock.now() + timedelta(days=1))
    tomorrow = recorder_day(till.doors)
    assert tomorrow.check is None and tomorrow.history == (day.check,), "asked anew each day"


@pytest.mark.rule("HY-1.5.4")
@pytest.mark.rule("S-17")
def test_what_is_wrong_is_said_with_figures_until_it_is_answered(till: PracticeTill) -> None:
    state = _state(till, days=100, ahead=-95, second=True)
    day = record_look(till.doors, till.operator, RecorderWay.FILE, state)
    assert day.check is not None and day.check.is_open
    told = {one.doubt: one.figures for one in day.doubts}
    assert set(told) == {
        RecorderDoubt.CHANNEL_DOWN,
        RecorderDoubt.CLOCK,
        RecorderDoubt.KEPT_SHORT,
    }
    assert told[RecorderDoubt.KEPT_SHORT]["days"] == 100
    assert told[RecorderDoubt.CLOCK]["seconds"] == 95
    answered = answer_look(till.doors, day.check.id, RecorderAnswer.VENDOR_CALLED, till.operator)
    assert answered.check is not None and not answered.check.is_open
    assert answered.check.answered_by == till.operator.staff.id
    with pytest.raises(NotFound):
        answer_look(till.doors, day.check.id, RecorderAnswer.MENDED, till.operator)


def test_the_number_of_days_is_the_packs_own(till: PracticeTill) -> None:
    whole = till.doors.policy_on

    def shorter(kind: str, at: object) -> Policy:
        policy = whole(kind, at)  # type: ignore[arg-type]
        return replace(policy, store=replace(policy.store, retention_days={"video": 90}))

    till.doors = replace(till.doors, policy_on=shorter)
    day = record_look(till.doors, till.operator, RecorderWay.BY_HAND, _state(till, days=91))
    assert day.doubts == () and day.limits.keep_days == 90

    def silent(kind: str, at: object) -> Policy:
        raise PackValueMissing(key="policy", who="somebody")

    till.doors = replace(till.doors, policy_on=silent)
    day = record_look(till.doors, till.operator, RecorderWay.BY_HAND, _state(till, days=1))
    assert day.doubts == () and day.limits.keep_days is None, "what the pack leaves open"


def test_a_recorder_that_could_not_be_read_is_a_doubt_of_its_own(till: PracticeTill) -> None:
    day = record_look(till.doors, till.operator, RecorderWay.FILE, None)
    assert [one.doubt for one in day.doubts] == [RecorderDoubt.UNREAD]
    again = record_look(till.doors, till.operator, RecorderWay.BY_HAND, _state(till))
    assert again.doubts == () and len(again.history) == 2, "the newest look of the day counts"


def test_what_cannot_be_is_not_kept(till: PracticeTill) -> None:
    with pytest.raises(BadValue):
        record_look(till.doors, till.operator, RecorderWay.BY_HAND, RecorderState({}))
    with pytest.raises(BadValue):
        record_look(till.doors, till.operator, RecorderWay.BY_HAND, _state(till, days=-1))
    assert recorder_day(till.doors).history == ()


def test_how_far_off_the_clock_may_be_is_a_setting_with_who_and_when(till: PracticeTill) -> None:
    assert recorder_day(till.doors).limits.drift_seconds == DRIFT_SECONDS
    with pytest.raises(NotAllowed):
        set_drift(till.doors, 5, till.operator)
    for odd in (0, 3601):
        with pytest.raises(BadValue):
            set_drift(till.doors, odd, MANAGER)
    assert set_drift(till.doors, 5, MANAGER).limits.drift_seconds == 5
    with till.doors.uow() as uow:
        (entry,) = [one for one in uow.log.tail(20) if one.act == "video.drift_set"]
    assert entry.actor == MANAGER.staff.id and '"after":5' in entry.entry.replace(" ", "")
    day = record_look(till.doors, till.operator, RecorderWay.BY_HAND, _state(till, ahead=6))
    assert [one.doubt for one in day.doubts] == [RecorderDoubt.CLOCK]


@pytest.mark.rule("HY-1.5.4")
def test_a_clip_is_told_on_the_recorders_own_clock(till: PracticeTill) -> None:
    record_look(till.doors, till.operator, RecorderWay.BY_HAND, _state(till, ahead=75))
    till.clock.set(till.clock.now() + timedelta(hours=2))
    sale = till.basket((till.find(sale_class="otc_b"), 1))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    now = till.clock.now()
    (row,) = clip_list(till.doors, now - timedelta(days=1), now + timedelta(1), till.operator)
    assert row.ahead_seconds == 75
    assert row.clip_begins - row.begins == timedelta(seconds=75)
    assert row.clip_ends - row.ends == timedelta(seconds=75)
