"""The insurance terminal and the number pad in the device room, under real threads."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.abort import Abort
from app.domain.device_plan import DeviceKind, DevicePlan, DeviceSaid, Heard, Lamp, Placed
from app.domain.e_certificate import Cashier, CertificateUse, SettledNotice
from app.domain.money import Money
from app.domain.patient_password import Digits
from app.errors import Cancelled, DeviceFailed, DeviceSilent, NotConnected
from devices.connection import SystemTimer
from devices.insurance_terminal.emulator import Misdeed, PracticeTerminal
from devices.pin_pad.emulator import Pad
from devices.pty_port import PtyPort
from tests.fakes.clock import FixedClock
from tests.makers import nation_library
from ui.device_room import DeviceRoom
from ui.terminals import practice_customers

TERMINAL, PAD = DeviceKind.TERMINAL, DeviceKind.PIN_PAD
CASHIER = Cashier("1001", "练习收银", "P99990000001")
SECRET = "705953"


class Room:
    """A device room with one device, and what it told."""

    def __init__(self, kind: DeviceKind, placed: Placed, folder: Path) -> None:
        self.kind = kind
        plan = DevicePlan({kind: placed})
        self.room = DeviceRoom(plan, folder, SystemTimer(), FixedClock(), practice=True)
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.room.listen(self.heard.put)
        self.room.start()

    def wait_for(self, lamp: Lamp) -> str:
        """Until the lamp shows it; what somebody should look at."""
        while True:
            told = self.heard.get(timeout=15)
            if not isinstance(told, DeviceSaid) and told.lamp is lamp:
                return told.attention


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Room]:
    made = Room(TERMINAL, Placed("practice"), tmp_path)
    made.wait_for(Lamp.THERE)
    yield made
    made.room.close()


def seat(room: Room) -> PracticeTerminal:
    found = room.room.seat(TERMINAL)
    assert isinstance(found, PracticeTerminal)
    return found


def notice() -> SettledNotice:
    return SettledNotice(
        "P1", True, datetime(2026, 11, 22, tzinfo=UTC), "练习", "999900", "练习店", Money(100)
    )


def test_a_customer_of_practice_shows_a_code_and_a_face(practice: Room) -> None:
    who = practice_customers()["retired_met"]
    seat(practice).show(who)
    code = practice.room.ask(
        TERMINAL, lambda one: one.certificate(CertificateUse.BUYING, CASHIER, Abort())
    ).result(15)
    assert code.token == who.token
    seat(practice).show(who)
    face = practice.room.ask(
        TERMINAL, lambda one: one.face(CertificateUse.BUYING, CASHIER, Abort())
    ).result(15)
    assert face.names(who.id_number) is True


def test_nobody_is_needed_in_practice(practice: Room) -> None:
    told = practice.room.ask(
        TERMINAL, lambda one: one.certificate(CertificateUse.BUYING, CASHIER, Abort())
    ).result(15)
    assert told.token == practice_customers()["active_met"].token


def test_giving_up_frees_the_terminal_at_once(practice: Room) -> None:
    far, abort = seat(practice), Abort()
    far.always = None
    asked = practice.room.ask(
        TERMINAL, lambda one: one.certificate(CertificateUse.BUYING, CASHIER, abort)
    )
    abort.trip()
    with pytest.raises(Cancelled):
        asked.result(15)
    far.show(practice_customers()["resident"])
    told = practice.room.ask(
        TERMINAL, lambda one: one.certificate(CertificateUse.BUYING, CASHIER, Abort())
    ).result(15)
    assert told.token == practice_customers()["resident"].token


def test_a_notice_that_is_not_shown_is_a_lamp_and_the_next_one_clears_it(practice: Room) -> None:
    seat(practice).misbehave(Misdeed.NOT_CALLED)
    failed = practice.room.ask(TERMINAL, lambda one: one.show_settled(notice(), CASHIER))
    with pytest.raises(DeviceFailed):
        failed.result(15)
    assert practice.wait_for(Lamp.ATTENTION) == "device_terminal.not_shown"
    practice.room.ask(TERMINAL, lambda one: one.show_settled(notice(), CASHIER)).result(15)
    assert practice.wait_for(Lamp.THERE) == ""
    assert seat(practice).screen["totalFee"] == "1.00"


def test_a_crash_is_a_lamp_and_the_terminal_comes_back(practice: Room) -> None:
    seat(practice).misbehave(Misdeed.CRASH)
    failed = practice.room.ask(TERMINAL, lambda one: one.show_settled(notice(), CASHIER))
    with pytest.raises(NotConnected):
        failed.result(15)
    practice.wait_for(Lamp.GONE)
    practice.wait_for(Lamp.THERE)


def test_a_compiled_library_at_its_place(tmp_path: Path) -> None:
    if not nation_library.has_compiler():
        pytest.skip("no C compiler on this machine")
    file = nation_library.build(tmp_path)
    options = {"front": "http://127.0.0.1:1/x", "notices": "yes", "faces": "yes"}
    room = Room(TERMINAL, Placed(f"library:{file}", options), tmp_path)
    try:
        room.wait_for(Lamp.THERE)
        told = room.room.ask(
            TERMINAL, lambda one: one.certificate(CertificateUse.BUYING, CASHIER, Abort())
        ).result(30)
        assert told.token == nation_library.TOKEN
        assert room.room.try_out(TERMINAL, Placed(f"library:{file}", options))
    finally:
        room.room.close()


def test_a_library_that_is_not_there_is_a_lamp(tmp_path: Path) -> None:
    room = Room(TERMINAL, Placed(f"library:{tmp_path / 'NationECCode.dll'}"), tmp_path)
    try:
        room.wait_for(Lamp.GONE)
    finally:
        room.room.close()


def test_a_number_pad_at_a_serial_port_and_no_file_knows_what_was_typed(tmp_path: Path) -> None:
    pad = Pad(b"\x82", b"\x83")
    port = PtyPort(lambda: pad)
    options = {"begins_with": "82", "ends_with": "83"}
    room = Room(PAD, Placed(f"serial:{port.plug()}", options), tmp_path)
    try:
        room.wait_for(Lamp.THERE)
        pad.types(SECRET)
        typed, counts = Digits(), list[int]()
        room.room.ask(PAD, lambda one: one.read(typed, 15.0, Abort(), counts.append)).result(20)
        assert typed.take() == bytearray(SECRET, "ascii")
        assert counts[-1] == 6
        with pytest.raises(DeviceSilent):
            room.room.ask(PAD, lambda one: one.read(Digits(), 0.2, Abort(), print)).result(20)
    finally:
        room.room.close()
        port.unplug()
    for file in tmp_path.rglob("*"):
        if file.is_file():
            found = file.read_bytes()
            assert SECRET.encode() not in found
            assert SECRET.encode().hex().encode() not in found


def test_octets_that_are_none_are_told_at_the_lamp(tmp_path: Path) -> None:
    room = Room(PAD, Placed("serial:/dev/null", {"begins_with": "xyz"}), tmp_path)
    try:
        room.wait_for(Lamp.GONE)
    finally:
        room.room.close()
