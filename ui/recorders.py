"""The video recorder in the device room: made, tried, and which cameras see this counter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.device_plan import BY_HAND, Lamp, counter_channels
from app.use_cases.notes import Note

if TYPE_CHECKING:
    from devices.recorder.driver import StatusRecorder, WatchedByPeople
    from ui.device_bench import Trial, Workbench
    from ui.device_room import DeviceRoom


def channels_here(devices: DeviceRoom) -> tuple[int, ...]:
    """Cameras that see this counter, as planned now; asked within each completion."""
    return counter_channels(devices.plan)


def watched_recorder(bench: Workbench) -> StatusRecorder | WatchedByPeople:
    """:raises DeviceError: its status file is not there."""
    from devices.recorder.driver import StatusRecorder, WatchedByPeople, file_reader

    device = bench.kind.name_id
    if bench.placed.address == BY_HAND:
        return WatchedByPeople(
            bench.timer, device, lambda: bench.attend("device_recorder.by_hand", Lamp.UNKNOWN)
        )
    if bench.placed.is_practice:
        from devices.recorder.emulator import PracticeRecorder

        read = bench.kept(lambda: PracticeRecorder(bench.clock)).read
    else:
        read = file_reader(Path(bench.rest_of("file")))
    return StatusRecorder(read, bench.timer, bench.clock, device)


def try_recorder(trial: Trial) -> tuple[Note, ...]:
    """What it shows; a recorder that people look at has nothing to show.

    :raises DeviceError: its file is not there or means nothing.
    """
    if trial.bench.placed.address == BY_HAND:
        return (Note("device_try.recorder_by_hand", {}, "told"),)
    recorder: Any = trial.driver
    state = recorder.state()
    live = sum(state.channels.values())
    told = {"live": live, "all": len(state.channels), "oldest": state.oldest or "—"}
    return (Note("device_try.recorder", told, "good" if live == len(state.channels) else "warn"),)
