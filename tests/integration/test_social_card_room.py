"""A social security card reader in the device room: emulated, behind a driver, behind pcscd."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.device_plan import (
    DeviceKind,
    DevicePlan,
    DeviceSaid,
    DeviceState,
    Heard,
    Lamp,
    Placed,
)
from app.domain.social_card import SocialCard
from app.errors import DeviceFailed, LibraryGone, NotConnected
from devices.connection import SystemTimer
from tests.fakes.c_library import build, needs_compiler
from tests.fakes.clock import FixedClock
from tests.fakes.pcscd import PORTS, READERS, service
from tests.fakes.vpcd_card import VpcdCard
from ui.commands.devices import run_replay
from ui.commands.read_sscard import practice_card
from ui.device_makers import found_places
from ui.device_room import DeviceRoom

KIND = DeviceKind.SOCIAL_CARD
SOON = 20.0


class Room:
    """A device room with the reader alone, and what it told."""

    def __init__(self, placed: Placed, folder: Path, *, practice: bool) -> None:
        plan = DevicePlan({KIND: placed})
        self.room = DeviceRoom(plan, folder, SystemTimer(), FixedClock(), practice=practice)
        self.heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self.room.listen(self.heard.put)
        self.room.start()

    def until(self, wanted: Callable[[Heard], bool]) -> Heard:
        while not wanted(told := self.heard.get(timeout=SOON)):
            continue
        return told

    def lamp(self, lamp: Lamp) -> None:
        self.until(lambda told: isinstance(told, DeviceState) and told.lamp is lamp)

    def said(self) -> object:
        told = self.until(lambda told: isinstance(told, DeviceSaid))
        assert isinstance(told, DeviceSaid)
        return told.what


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Room]:
    made = Room(Placed("practice"), tmp_path, practice=True)
    yield made
    assert made.room.close() == 0


def test_an_emulated_card_is_put_in_and_the_log_names_nobody(
    practice: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    practice.lamp(Lamp.THERE)
    seat = practice.room.seat(KIND)
    seat.far_end.lay(practice_card("ordinary"))
    card = practice.said()
    assert isinstance(card, SocialCard) and card.card_number == "LX0000001"
    seat.far_end.lift()
    seat.far_end.lay(practice_card("third-generation-refusing"))
    guarded = practice.said()
    assert isinstance(guarded, SocialCard) and guarded.needs_authentication
    practice.room.close()
    log = (tmp_path / "social_card.log").read_text("ascii")
    for personal in ("LX0000001", "999900198003120116", "练习甲·在职"):
        for coded in (personal.encode("gbk").hex(), personal):
            assert coded not in log
    assert "D1560000050000000000000001".lower() not in log
    assert run_replay(tmp_path / "social_card.log", as_json=False) == 0
    assert capsys.readouterr().out.split() == ["card:2.00", "card:3.00"]


def test_unplugged_and_plugged(practice: Room) -> None:
    practice.lamp(Lamp.THERE)
    seat = practice.room.seat(KIND)
    seat.unplug()
    practice.lamp(Lamp.GONE)
    with pytest.raises(NotConnected):
        practice.room.ask(KIND, lambda watch: watch.reader.read()).result(SOON)
    seat.plug()
    practice.lamp(Lamp.THERE)
    seat.far_end.lay(practice_card("second"))
    card = practice.said()
    assert isinstance(card, SocialCard) and card.card_number == "LX0000002"


def test_a_card_that_is_none_of_these_is_told_once(practice: Room) -> None:
    practice.lamp(Lamp.THERE)
    other = practice_card("ordinary")
    other.faults.extend([b"\x6a\x82"] * 3)
    practice.room.seat(KIND).far_end.lay(other)
    failure = practice.said()
    assert isinstance(failure, DeviceFailed)
    assert failure.params["why"] == "device_sscard.not_social"


def test_trying_it_says_whether_a_card_in_it_can_be_read(practice: Room) -> None:
    practice.lamp(Lamp.THERE)
    told = practice.room.try_out(KIND, Placed("practice"))
    assert [note.message_id for note in told] == ["device_try.social_card"]
    practice.room.seat(KIND).far_end.lay(practice_card("ordinary"))
    told = practice.room.try_out(KIND, Placed("practice"))
    assert [note.message_id for note in told] == ["device_try.social_card_read"]


DRIVER = r"""
#include <string.h>
long iReadCardBas(int type, char *out) {
    strcpy(out, "999900|1|LX0000001|01|\xc1\xb7\xcf\xb0|8638|2.00|20180601|20380601|1|2|");
    return 0;
}
"""


@needs_compiler
def test_a_regions_driver_is_asked_on_request(tmp_path: Path) -> None:
    path = build(tmp_path, "SSCardDriver", DRIVER)
    made = Room(Placed(f"library:{path}"), tmp_path / "devices", practice=False)
    try:
        made.lamp(Lamp.THERE)
        card = made.room.ask(KIND, lambda watch: watch.reader.read()).result(SOON)
        assert (card.name, card.card_number) == ("练习", "LX0000001")
        told = made.room.try_out(KIND, Placed(f"library:{path}"))
        assert [note.message_id for note in told] == ["device_try.social_card_library"]
        with pytest.raises(LibraryGone):
            made.room.try_out(KIND, Placed(f"library:{tmp_path}/none.so"))
    finally:
        assert made.room.close() == 0


def test_a_reader_behind_the_real_service_is_found_and_gives_its_cards(tmp_path: Path) -> None:
    """Slow: the service looks for cards every second or two."""
    with service():
        found = found_places(KIND)
        assert [place.address for place in found] == [f"pcsc:{name}" for name in READERS]
        made = Room(Placed(found[1].address), tmp_path, practice=False)
        try:
            made.lamp(Lamp.THERE)
            laid = VpcdCard(practice_card("ordinary"), PORTS[1])
            card = made.said()
            assert isinstance(card, SocialCard) and card.name == "练习甲·在职"
            laid.take()
        finally:
            assert made.room.close() == 0
