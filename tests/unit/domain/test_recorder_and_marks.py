"""What is wrong with a recorder, camera numbers as typed, and where a clip is found."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.device_plan import (
    DeviceKind,
    DevicePlan,
    Placed,
    counter_channels,
    placing_doubt,
    recorder_channels,
)
from app.domain.recorder import RecorderDoubt, RecorderLimits, RecorderState, doubts_of
from app.domain.video_mark import VideoMark, channels_of, channels_text, clip_of
from app.errors import BadValue

TODAY = date(2026, 11, 22)
LIMITS = RecorderLimits((1, 3), 730, 60)
WELL = RecorderState({1: True, 2: True, 3: True}, TODAY - timedelta(days=730), 60, 0)


def _codes(state: RecorderState, limits: RecorderLimits = LIMITS) -> list[RecorderDoubt]:
    return [one.doubt for one in doubts_of(state, limits, TODAY)]


@pytest.mark.rule("HY-1.5.4")
def test_a_recorder_that_keeps_every_demand_is_not_spoken_of() -> None:
    assert _codes(WELL) == []


@pytest.mark.rule("HY-1.5.4")
@pytest.mark.rule("S-17")
def test_a_camera_that_is_down_or_was_not_looked_at_is_named() -> None:
    state = RecorderState({1: True, 2: False}, WELL.oldest, 0)
    found = doubts_of(state, LIMITS, TODAY)
    assert [(one.doubt, one.figures["channels"]) for one in found] == [
        (RecorderDoubt.CHANNEL_DOWN, "2"),
        (RecorderDoubt.CHANNEL_UNSEEN, "3"),
    ]


@pytest.mark.rule("S-17")
def test_recordings_younger_than_the_pack_demands_are_said_with_both_figures() -> None:
    young = RecorderState(WELL.channels, TODAY - timedelta(days=729), 0)
    (found,) = doubts_of(young, LIMITS, TODAY)
    assert found.doubt is RecorderDoubt.KEPT_SHORT
    assert (found.figures["days"], found.figures["needed"]) == (729, 730)
    assert _codes(young, RecorderLimits((1,), 365, 60)) == [], "the pack's number, no other"
    assert _codes(young, RecorderLimits((1,), None, 60)) == [], "a silent pack judges nothing"
    unknown = RecorderState(WELL.channels, None, 0)
    assert _codes(unknown) == [RecorderDoubt.OLDEST_UNKNOWN]


@given(st.integers(-4000, 4000), st.integers(0, 3600))
def test_the_clock_is_spoken_of_beyond_the_setting_alone(ahead: int, limit: int) -> None:
    state = RecorderState({1: True}, TODAY - timedelta(days=900), ahead)
    said = _codes(state, RecorderLimits((1,), 730, limit))
    assert (RecorderDoubt.CLOCK in said) == (abs(ahead) > limit)


def test_camera_numbers_as_people_type_them() -> None:
    assert channels_of(" 3, 1;3、12 ") == (1, 3, 12)
    assert channels_of("") == ()
    for odd in ("0", "257", "1-3", "one", "1.5", "٣"):
        with pytest.raises(BadValue):
            channels_of(odd)


@given(st.sets(st.integers(1, 256)))
def test_camera_numbers_come_back_as_they_were_stored(channels: set[int]) -> None:
    kept = tuple(sorted(channels))
    assert channels_of(channels_text(kept)) == kept
    assert len(channels_text(kept)) <= 1024


@given(st.integers(-100_000, 100_000), st.integers(0, 86_400))
def test_a_clip_is_as_long_as_its_sale_and_lies_on_the_recorders_clock(
    ahead: int, long: int
) -> None:
    begins = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    mark = VideoMark("s", 1, (1,), begins, begins + timedelta(seconds=long), "01-1")
    clip = clip_of(mark, ahead)
    assert clip.ends - clip.begins == mark.ends - mark.begins
    assert clip.begins - mark.begins == timedelta(seconds=ahead)


def test_the_plan_of_the_till_names_its_cameras() -> None:
    def plan(address: str, **options: str) -> DevicePlan:
        return DevicePlan({DeviceKind.RECORDER: Placed(address, options)})

    assert counter_channels(DevicePlan()) == ()
    assert counter_channels(plan("practice")) == (1,), "an emulated one sees this counter"
    assert counter_channels(plan("by_hand")) == ()
    here = plan("by_hand", channels="3,1", cameras="8")
    assert counter_channels(here) == (1, 3)
    assert recorder_channels(here) == tuple(range(1, 9))
    assert recorder_channels(plan("by_hand", channels="5")) == (1, 2, 3, 4, 5)
    assert counter_channels(plan("by_hand", channels="front")) == (), "no number is guessed"


def test_a_recorder_hangs_on_people_or_on_a_file() -> None:
    def doubt(address: str, **options: str) -> str:
        return placing_doubt(DeviceKind.RECORDER, Placed(address, options), practice=False)

    assert doubt("by_hand", channels="1,3", cameras="8") == ""
    assert doubt("file:/srv/recorder/status.csv") == ""
    assert doubt("file:") == "device_plan.bad_address"
    assert doubt("by_hand:x") == "device_plan.bad_address"
    assert doubt("tcp:10.0.0.9:80") == "device_plan.bad_address"
    assert doubt("by_hand", channels="front") == "device_plan.bad_channels"
    assert doubt("by_hand", cameras="4,8") == "device_plan.bad_channels"
