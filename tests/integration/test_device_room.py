"""The device room with real drivers on their own threads, at emulated far ends and a real pty."""

from __future__ import annotations

import json
import queue
import threading
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from app.domain.device_plan import (
    PRACTICE,
    DeviceKind,
    DevicePlan,
    DeviceSaid,
    DeviceState,
    Heard,
    Lamp,
    Placed,
)
from app.domain.identity_card import IdentityCard
from app.errors import DeviceBusy, DeviceError, DeviceFailed, NotAllowed, NotConnected, NotOffered
from app.resources import resource
from app.system import SystemClock
from app.vault.pins import Argon2Pins
from devices.card_reader.emulator import SamV
from devices.connection import SystemTimer
from devices.pty_port import PtyPort
from tests.fakes.clock import FixedClock
from tests.fakes.practice_home import lay_out_practice
from tests.fakes.practice_till import START
from ui.bootstrap import OpenShop, Settings, build
from ui.commands.devices import run_replay
from ui.device_bench import Trial, Workbench
from ui.device_makers import MAKERS, Maker
from ui.device_room import DeviceRoom
from ui.homes import Home

READER, PRINTER, CAMERA = DeviceKind.CARD_READER, DeviceKind.RECEIPT_PRINTER, DeviceKind.CAMERA
CARDS = tomllib.loads(resource("practice", "identity_cards.toml").read_text("utf-8"))
SOON = 10.0
"""Seconds after which a device that says nothing has failed the test."""


class Bench:
    """A room and what was heard of it."""

    def __init__(self, folder: Path, plan: dict[DeviceKind, Placed], **more: Any) -> None:
        self.folder = folder
        self.room = DeviceRoom(
            DevicePlan(plan), folder, SystemTimer(), SystemClock(), practice=True, **more
        )
        self.heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self.room.listen(self.heard.put)

    def until(self, wanted: Callable[[Heard], bool]) -> list[Heard]:
        """Everything heard up to what is wanted."""
        told: list[Heard] = []
        while not told or not wanted(told[-1]):
            told.append(self.heard.get(timeout=SOON))
        return told

    def lamp(self, kind: DeviceKind, lamp: Lamp) -> list[Heard]:
        return self.until(
            lambda one: isinstance(one, DeviceState) and (one.kind, one.lamp) == (kind, lamp)
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "devices", {READER: Placed(PRACTICE)})
    yield made
    assert made.room.close() == 0


def test_nothing_is_opened_before_the_window_stands(bench: Bench) -> None:
    assert [state.lamp for state in bench.room.states()] == [Lamp.WAITING]
    assert not bench.folder.exists()
    bench.room.start()
    bench.lamp(READER, Lamp.THERE)


def test_a_card_is_given_once_however_long_it_lies(bench: Bench) -> None:
    bench.room.start()
    bench.lamp(READER, Lamp.THERE)
    seat = bench.room.seat(READER)
    seat.far_end.lay(CARDS["ordinary"])
    said = bench.until(lambda one: isinstance(one, DeviceSaid))[-1]
    assert isinstance(said, DeviceSaid)
    assert isinstance(said.what, IdentityCard)
    assert CARDS["ordinary"]["number"] not in repr(said)
    looks = len(seat.far_end.heard)
    while len(seat.far_end.heard) < looks + 4:  # it is looked at again and again
        bench.room.ask(READER, lambda watched: watched.reader.idle()).result(SOON)
    seat.unplug()
    after = bench.lamp(READER, Lamp.GONE)
    assert [one for one in after if isinstance(one, DeviceSaid)] == []


def test_unplugged_is_told_once_and_so_is_back(bench: Bench) -> None:
    bench.room.start()
    bench.lamp(READER, Lamp.THERE)
    bench.room.seat(READER).unplug()
    assert len(bench.lamp(READER, Lamp.GONE)) == 1
    state = bench.room.state(READER)
    assert state is not None
    assert isinstance(state.why, NotConnected)
    with pytest.raises(NotConnected):
        bench.room.ask(READER, lambda watched: watched.reader.module_number()).result(SOON)
    bench.room.seat(READER).plug()
    assert len(bench.lamp(READER, Lamp.THERE)) == 1
    assert bench.room.ask(READER, lambda watched: watched.reader.module_number()).result(SOON)


def test_a_till_without_the_device_says_so_at_once(bench: Bench) -> None:
    with pytest.raises(NotOffered):
        bench.room.ask(PRINTER, lambda printer: printer.status()).result(SOON)


def test_a_device_on_a_real_port_is_planned_tried_and_unplugged(bench: Bench) -> None:
    bench.room.start()
    bench.lamp(READER, Lamp.THERE)
    far_end = SamV()
    port = PtyPort(lambda: far_end)
    place = Placed(f"serial:{port.plug()}")
    try:
        tried = bench.room.try_out(READER, place)
        assert [note.message_id for note in tried] == ["device_try.card_reader"]
        assert bench.room.plan.of(READER) == Placed(PRACTICE), "a try keeps nothing"
        bench.room.replan(READER, place)
        bench.lamp(READER, Lamp.THERE)
        far_end.lay(CARDS["rare-name"])
        bench.until(lambda one: isinstance(one, DeviceSaid))
        port.unplug()
        bench.lamp(READER, Lamp.GONE)
    finally:
        port.unplug()
    bench.room.replan(READER, Placed())
    assert bench.room.states() == ()


def test_a_try_at_a_port_that_is_not_there_says_so_and_gives_the_device_back(bench: Bench) -> None:
    bench.room.start()
    bench.lamp(READER, Lamp.THERE)
    with pytest.raises(NotConnected):
        bench.room.try_out(READER, Placed("serial:/dev/no-such-port"))
    with pytest.raises(DeviceFailed):
        bench.room.try_out(READER, Placed("toaster"))
    with pytest.raises(DeviceFailed):
        bench.room.replan(READER, Placed("tcp:127.0.0.1:9"))
    assert bench.room.ask(READER, lambda watched: watched.reader.module_number()).result(SOON)


def test_a_real_shop_opens_no_emulated_device(tmp_path: Path) -> None:
    plan = DevicePlan({READER: Placed(PRACTICE)})
    room = DeviceRoom(plan, tmp_path, SystemTimer(), SystemClock(), practice=False)
    try:
        with pytest.raises(DeviceFailed) as told:
            room.ask(READER, lambda watched: watched.reader.module_number()).result(SOON)
        assert told.value.params["why"] == "device_plan.practice_only_why"
        assert room.seat(READER) is None
        assert not room.is_emulated(READER)
    finally:
        room.close()


class Hanging:
    """A device whose driver never comes back from its port."""

    def __init__(self, gate: threading.Event) -> None:
        self._gate = gate
        self.hangs = threading.Event()

    def watch(self) -> None:
        self.hangs.set()
        self._gate.wait()

    def close(self) -> None:
        pass


def test_one_that_hangs_stops_no_other_and_is_left_behind(tmp_path: Path) -> None:
    gate = threading.Event()
    hanging = Hanging(gate)

    def make(bench: Workbench) -> Hanging:
        return hanging

    def check(trial: Trial) -> tuple[()]:
        return ()

    makers = {READER: MAKERS[READER], CAMERA: Maker(make, check)}
    placed = {READER: Placed(PRACTICE), CAMERA: Placed(PRACTICE)}
    bench = Bench(tmp_path, placed, makers=makers)
    bench.room.start()
    bench.lamp(READER, Lamp.THERE)
    try:
        assert hanging.hangs.wait(SOON)
        assert bench.room.ask(READER, lambda watched: watched.reader.module_number()).result(SOON)
        assert bench.room.close() == 1
    finally:
        gate.set()


class Asking:
    """A driver; while it closes, somebody asks for the device, as the printer's lane may."""

    def __init__(self, close: Callable[[], None]) -> None:
        self.close = close

    def watch(self) -> None:
        pass


@pytest.mark.parametrize("act", ["replan", "try_out"])
def test_who_asks_while_a_device_is_moved_does_not_wake_it_at_the_old_place(
    tmp_path: Path, act: str
) -> None:
    opened: list[str] = []
    asked: list[Future[str]] = []

    def make(made: Workbench) -> Asking:
        opened.append(made.placed.address)
        return Asking(lambda: asked.append(bench.room.ask(READER, lambda _: opened[-1])))

    bench = Bench(tmp_path, {READER: Placed(PRACTICE)}, makers={READER: Maker(make, lambda _: ())})
    bench.room.start()
    bench.lamp(READER, Lamp.THERE)
    getattr(bench.room, act)(READER, Placed("serial:/dev/elsewhere"))
    with pytest.raises(DeviceBusy):
        asked[0].result(SOON)
    assert (
        bench.room.ask(READER, lambda _: opened[-1]).result(SOON)
        == bench.room.plan.of(READER).address
    )
    elsewhere = [PRACTICE] if act == "try_out" else []
    assert opened == [PRACTICE, "serial:/dev/elsewhere", *elsewhere]
    assert bench.room.close() == 0


def test_a_driver_that_breaks_loses_its_device_and_no_other(tmp_path: Path) -> None:
    def make(bench: Workbench) -> Hanging:
        raise ZeroDivisionError

    makers = {READER: MAKERS[READER], CAMERA: Maker(make, lambda trial: ())}
    placed = {READER: Placed(PRACTICE), CAMERA: Placed(PRACTICE)}
    bench = Bench(tmp_path, placed, makers=makers)
    bench.room.start()
    told = bench.lamp(CAMERA, Lamp.GONE)
    if not any(isinstance(one, DeviceState) and one.kind is READER for one in told):
        bench.lamp(READER, Lamp.THERE)
    state = bench.room.state(CAMERA)
    assert state is not None
    assert isinstance(state.why, DeviceError)
    assert bench.room.close() == 0


def test_no_log_of_a_device_names_anybody_and_it_plays_back(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """The raw files, searched for each field of each card in every form that it may take there."""
    bench.room.start()
    bench.lamp(READER, Lamp.THERE)
    for name, card in CARDS.items():
        bench.room.seat(READER).far_end.lay(card)
        bench.until(lambda one: isinstance(one, DeviceSaid))
        assert name
    bench.room.close()
    files = sorted(bench.folder.iterdir())
    assert [path.name for path in files] == ["card_reader.log"]
    assert files[0].stat().st_mode & 0o077 == 0
    raw = files[0].read_bytes().lower()
    sent = b"".join(
        bytes.fromhex(line.split()[2].decode())
        for line in raw.splitlines()
        if not line.startswith(b"#") and len(line.split()) == 3
    )
    secrets = {
        value
        for card in CARDS.values()
        for field, value in card.items()
        if field not in ("type", "sex", "ethnicity", "issues", "version", "country", "authority")
        and len(value) > 1
    }
    secrets |= {part for value in secrets for part in (value[-8:], value[:8]) if len(part) == 8}
    secrets.discard("00000000")  # of an invented pass number; what is masked is zeros too
    for secret in secrets:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            known = secret.encode(encoding)
            assert known not in sent
            assert known.hex().encode() not in raw
            assert known.lower() not in raw
    assert run_replay(files[0], True) == 0
    told = json.loads(capsys.readouterr().out)
    read = [one["what"] for one in told["steps"] if one["what"].startswith("card:")]
    assert len(read) == len(CARDS)


# --- in a shop ------------------------------------------------------------------------------------


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenShop]:
    home = Home(tmp_path)
    lay_out_practice(home, begins=START)
    made = build(Settings(home, practice=True, clock=FixedClock(START), pins=Argon2Pins.cheap()))
    yield made
    made.close()


def test_who_may_place_a_device_and_that_it_is_logged(opened: OpenShop, tmp_path: Path) -> None:
    shop = opened.shop
    cashier, manager = shop.sign_in("1001", "100100"), shop.sign_in("3001", "300300")
    with pytest.raises(NotAllowed):
        shop.place_device(READER, Placed("serial:/dev/ttyUSB9"), cashier)
    with pytest.raises(DeviceFailed):
        shop.place_device(READER, Placed("toaster"), manager)
    assert shop.device_plan().of(READER) == Placed(PRACTICE)
    assert not (tmp_path / "practice" / "devices.toml").exists()
    shop.place_device(PRINTER, Placed(PRACTICE, {"paper": "58"}), manager)
    written = tomllib.loads((tmp_path / "practice" / "devices.toml").read_text("utf-8"))
    assert written["receipt_printer"] == {"address": PRACTICE, "paper": "58"}
    with shop.doors.uow() as uow:
        acts = [json.loads(one.entry) for one in uow.log.tail(50) if one.act == "device.placed"]
    assert acts == [{"device": "receipt_printer", "address": PRACTICE, "option_paper": "58"}]


def test_a_damaged_plan_stops_no_till(tmp_path: Path) -> None:
    home = Home(tmp_path)
    settings = Settings(home, practice=True, clock=FixedClock(START), pins=Argon2Pins.cheap())
    lay_out_practice(home, begins=START)
    (home.practice / "devices.toml").write_text("[[", "utf-8")
    opened = build(settings)
    try:
        trouble = opened.shop.start_devices(lambda heard: None)
        assert trouble is not None
        assert trouble.params["file"] == "devices.toml"
        assert opened.shop.device_states() == ()
        assert opened.shop.sign_in("1001", "100100")
    finally:
        opened.close()
