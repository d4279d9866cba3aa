"""The status file of a recorder: what counts, what is refused, what the practice one writes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.recorder import RecorderState
from app.errors import BadValue, DeviceFailed, NotConnected, NotOffered
from devices.recorder import wire
from devices.recorder.driver import StatusRecorder, WatchedByPeople
from devices.recorder.emulator import PracticeRecorder, Scene
from tests.fakes.clock import FixedClock
from tests.fakes.timer import HandTimer

AT = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
"""Half past eight in the shop."""
DEVICE = "device_kind.recorder"
CSV = b"""key,value
read_at,2026-11-22 08:00:00
recorder_clock,2026-11-22 07:58:30
oldest,2024-11-20
free_days,3
channel 1,recording
channel 12,down
"""


def _recorder(content: bytes) -> StatusRecorder:
    return StatusRecorder(lambda: content, HandTimer(), FixedClock(AT), DEVICE)


def test_csv_and_json_say_the_same() -> None:
    told = {
        "read_at": "2026-11-22T08:00:00+08:00",
        "ahead_seconds": -90,
        "oldest": "2024-11-20",
        "free_days": 3,
        "channels": {"1": "recording", "12": "down"},
    }
    expected = RecorderState({1: True, 12: False}, date(2024, 11, 20), -90, 3)
    assert _recorder(CSV).state() == expected
    assert _recorder(b"\xef\xbb\xbf" + CSV.replace(b"\n", b"\r\n")).state() == expected
    assert _recorder(json.dumps(told).encode()).state() == expected


def test_what_nobody_wrote_is_not_known() -> None:
    state = _recorder(b"read_at,2026-11-22 08:00\nchannel 2,recording\n").state()
    assert state == RecorderState({2: True}, None, None, None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"{",
        b"[" * 5_000,
        b'{"read_at": "2026-11-22 08:00:00", "channels": [1]}',
        b'{"read_at": "2026-11-22 08:00:00", "channels": {"1": true}}',
        b'{"read_at": "2026-11-22 08:00:00", "channels": {"1": {"a": 1}}}',
        CSV.replace(b"channel 1,", b"channel 300,"),
        CSV.replace(b"channel 1,", b"channel -1,"),
        CSV.replace(b"channel 1,", b"channel one,"),
        CSV.replace(b",recording", b",perhaps"),
        CSV.replace(b"2024-11-20", b"long ago"),
        CSV.replace(b"2024-11-20", b"2027-01-01"),
        CSV.replace(b"free_days,3", b"free_days,3.5"),
        CSV.replace(b"free_days,3", b"free_days," + b"9" * 40),
        CSV.replace(b"read_at,2026-11-22 08:00:00\n", b""),
        CSV + b"read_at,2026-11-22 08:00:00\n",
        CSV + b"colour,red\n",
        CSV + b"a,b,c\n",
        CSV.replace(b"2026-11-22 08:00:00", b"0001-01-01T00:00:00+08:00"),
        CSV.replace(b"2026-11-22 08:00:00", b"9999-12-31T23:59:59-10:00"),
        CSV + b"recorder_clock,9999-12-31T23:59:59-10:00\n",
        CSV + b"channel 01,down\n",
        CSV.replace(b"channel 1,recording\nchannel 12,down\n", b""),
        CSV + b"#" * wire.LARGEST,
    ],
)
def test_what_means_nothing_is_refused_whole(content: bytes) -> None:
    with pytest.raises(DeviceFailed) as refused:
        _recorder(content).state()
    assert refused.value.params["why"] == "device_recorder.unreadable"


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_nothing_but_a_refusal_comes_of_any_bytes(content: bytes) -> None:
    try:
        wire.parse(content)
    except BadValue as refused:
        assert len(str(refused)) < 200


def test_a_file_of_yesterday_says_nothing_of_today() -> None:
    for read_at in (b"2026-11-21 23:59:59", b"2026-11-23 00:00:00"):
        with pytest.raises(DeviceFailed) as refused:
            _recorder(CSV.replace(b"2026-11-22 08:00:00", read_at)).state()
        assert refused.value.params["why"] == "device_recorder.stale"


def test_a_file_that_goes_is_a_device_that_went() -> None:
    far_end, timer = PracticeRecorder(FixedClock(AT)), HandTimer()
    recorder = StatusRecorder(far_end.read, timer, FixedClock(AT), DEVICE)
    for _ in range(120):
        recorder.watch()
    far_end.unplug()
    with pytest.raises(NotConnected):
        recorder.state()
    with pytest.raises(NotConnected):
        for _ in range(120):
            recorder.watch()
    with pytest.raises(NotConnected):
        StatusRecorder(far_end.read, timer, FixedClock(AT), DEVICE)
    far_end.plug()
    assert recorder.state().channels


def test_the_practice_recorder_writes_true_files_of_each_state() -> None:
    far_end = PracticeRecorder(FixedClock(AT))
    recorder = StatusRecorder(far_end.read, HandTimer(), FixedClock(AT), DEVICE)
    well = recorder.state()
    assert all(well.channels.values()) and len(well.channels) == 4
    far_end.scene = Scene.DOWN
    assert [no for no, live in recorder.state().channels.items() if not live] == [2]
    far_end.scene = Scene.DRIFTED
    assert recorder.state().ahead_seconds == 180
    far_end.scene = Scene.YOUNG
    assert recorder.state().oldest == (AT + timedelta(hours=8)).date() - timedelta(days=61)
    far_end.scene = Scene.TORN
    with pytest.raises(DeviceFailed):
        recorder.state()


def test_one_that_people_look_at_cannot_be_asked_and_its_lamp_says_so() -> None:
    said: list[str] = []
    recorder = WatchedByPeople(HandTimer(), DEVICE, lambda: said.append("attend"))
    recorder.watch()
    assert said == ["attend"]
    with pytest.raises(NotOffered):
        recorder.state()
    recorder.close()
