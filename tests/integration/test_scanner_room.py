"""A scanner in the device room: emulated, at a pseudo-terminal, or one that types."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.code_read import CodeRead
from app.domain.device_plan import DeviceKind, DevicePlan, DeviceSaid, Heard, Lamp, Placed
from app.errors import DeviceSilent
from devices.connection import SystemTimer
from devices.pty_port import PtyPort
from devices.scanner.emulator import Gun
from tests.fakes.clock import FixedClock
from tests.fakes.timer import HandTimer
from ui.device_bench import Belongings, PracticeSeat, Trial, Workbench
from ui.device_makers import MAKERS
from ui.device_room import DeviceRoom

TRACE = "81773220288616423835"
GS1 = "0106901234567892172712311024A001\x1d21SN0007"
KIND = DeviceKind.SCANNER


class Room:
    """A device room with a scanner alone, and what it told."""

    def __init__(self, placed: Placed, folder: Path) -> None:
        plan = DevicePlan({KIND: placed})
        self.room = DeviceRoom(plan, folder, SystemTimer(), FixedClock(), practice=True)
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.room.listen(self.heard.put)
        self.room.start()

    def next_code(self) -> str:
        while True:
            told = self.heard.get(timeout=10)
            if isinstance(told, DeviceSaid):
                assert isinstance(told.what, CodeRead)
                return told.what.text

    def wait_for(self, lamp: Lamp) -> None:
        while True:
            told = self.heard.get(timeout=10)
            if not isinstance(told, DeviceSaid) and told.lamp is lamp:
                return


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Room]:
    made = Room(Placed("practice"), tmp_path)
    yield made
    made.room.close()


def test_an_emulated_scanner_is_unplugged_and_plugged_and_reads_on(practice: Room) -> None:
    practice.wait_for(Lamp.THERE)
    seat = practice.room.seat(KIND)
    assert isinstance(seat, PracticeSeat)
    for piece in seat.far_end.reads(GS1):
        seat.send(piece)
    assert practice.next_code() == GS1
    seat.unplug()
    practice.wait_for(Lamp.GONE)
    seat.plug()
    practice.wait_for(Lamp.THERE)
    for piece in seat.far_end.reads(TRACE):
        seat.send(piece)
    assert practice.next_code() == TRACE


def test_a_scanner_at_a_serial_port_gives_its_codes(tmp_path: Path) -> None:
    gun = Gun(suffix="tab", piece=7)
    port = PtyPort(lambda: gun)
    room = Room(Placed(f"serial:{port.plug()}@115200"), tmp_path)
    room.wait_for(Lamp.THERE)
    for piece in gun.reads(TRACE):
        port.send(piece)
    assert room.next_code() == TRACE
    room.room.close()
    port.unplug()
    kept = (tmp_path / "scanner.log").read_text("ascii")
    assert TRACE.encode().hex() not in kept
    assert "2a" * 20 in kept.replace("\n", "") or kept.count("2a") >= 20


def test_one_that_types_is_there_and_opens_no_port(tmp_path: Path) -> None:
    room = Room(Placed("keyboard"), tmp_path)
    room.wait_for(Lamp.THERE)
    room.room.close()


def trial(placed: Placed, folder: Path) -> Trial:
    said: list[object] = []
    bench = Workbench(
        KIND,
        placed,
        HandTimer(),
        FixedClock(),
        folder,
        said.append,
        lambda attention, lamp=Lamp.THERE: None,
        Belongings(),
    )
    return Trial(MAKERS[KIND].make(bench), bench, said)


def test_trying_it_tells_its_length_and_no_sign_of_the_code(tmp_path: Path) -> None:
    (note,) = MAKERS[KIND].check(trial(Placed("practice"), tmp_path))
    assert (note.message_id, note.params) == ("device_try.scanner", {"count": 6})
    (note,) = MAKERS[KIND].check(trial(Placed("keyboard"), tmp_path))
    assert note.message_id == "device_try.scanner_types"


def test_trying_one_without_suffix_says_so(tmp_path: Path) -> None:
    tried = trial(Placed("practice"), tmp_path)
    tried.bench.belongings.seat.far_end.suffix = "none"
    (note,) = MAKERS[KIND].check(tried)
    assert note.message_id == "device_try.scanner_endless"


def test_a_scanner_that_says_nothing_in_time_is_told_silent(tmp_path: Path) -> None:
    fresh = trial(Placed("practice"), tmp_path)
    fresh.bench.belongings.seat.far_end.reads = lambda text: iter(())
    with pytest.raises(DeviceSilent):
        MAKERS[KIND].check(fresh)
