"""The number pad's driver and its far end under one contract, also when the line misbehaves."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.abort import Abort
from app.domain.patient_password import Digits
from app.errors import BadValue, Cancelled, DeviceError, DeviceSilent, NotConnected
from devices.connection import LoopbackPort, SerialConnection, SystemTimer
from devices.pin_pad import wire
from devices.pin_pad.driver import PlainPad
from devices.pin_pad.emulator import Fault, Pad
from devices.pty_port import PtyPort
from tests.fakes.timer import HandTimer
from ui.words import LANGUAGES, say_error

SECRET = "705953"
LIMIT = 60.0


class Bench:
    """A pad in memory and the driver that asks it."""

    def __init__(self, pad: Pad) -> None:
        self.pad, self.timer = pad, HandTimer()
        self.port = LoopbackPort(self.timer, wire.DEVICE, lambda: pad)
        self.driver = PlainPad(self.port.open(), self.timer, pad.wakes_on, pad.sleeps_on)
        self.typed, self.counts = Digits(), list[int]()

    def read(self, abort: Abort | None = None) -> bytearray:
        self.driver.read(self.typed, LIMIT, abort or Abort(), self.counts.append)
        return self.typed.take()


WAKING = [Pad(b"\x82", b"\x83"), Pad(b"\x1bP", b"\x1bQ", at_once=True, ends=b"\x03")]


@pytest.mark.parametrize("place", range(len(WAKING)))
@pytest.mark.parametrize("fault", [None, Fault.NOISE, Fault.SLIP])
def test_what_the_patient_types_arrives(place: int, fault: Fault | None) -> None:
    kept = WAKING[place]
    bench = Bench(Pad(kept.wakes_on, kept.sleeps_on, kept.at_once, kept.ends, fault))
    bench.pad.types(SECRET)
    assert bench.read() == bytearray(SECRET, "ascii")
    assert bench.counts[-1] == 6
    assert not bench.pad.awake


def test_who_walks_away_leaves_nothing_behind() -> None:
    bench = Bench(Pad(b"\x82", b"\x83", fault=Fault.HALF))
    bench.pad.types(SECRET)
    with pytest.raises(DeviceSilent):
        bench.read()
    assert len(bench.typed) == 0
    assert bench.timer.now() >= LIMIT
    assert not bench.pad.awake


def test_a_pad_that_stays_silent_is_given_up() -> None:
    bench = Bench(Pad(b"\x82"))
    with pytest.raises(DeviceSilent) as told:
        bench.read()
    for lang in LANGUAGES:
        assert say_error(told.value, lang)


class Sender:
    """A line on which a test sends octets as it likes; ``during`` happens after the first look."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces, self.written = list(pieces), b""

    def read(self) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""

    def write(self, data: bytes) -> None:
        self.written += data

    def drop_input(self) -> None:
        return

    def close(self) -> None:
        return


class _Ticking(HandTimer):
    """Each look costs a tenth of a second."""

    def now(self) -> float:
        self.at += 0.1
        return self.at


def asked(pieces: Iterable[bytes]) -> Digits:
    typed = Digits()
    PlainPad(Sender(pieces), _Ticking()).read(typed, LIMIT, Abort(), lambda _: None)
    return typed


@pytest.mark.parametrize("size", range(1, 8))
def test_pieces_of_any_size(size: int) -> None:
    raw = b"1\x08" + SECRET.encode() + b"\r"
    pieces = [raw[at : at + size] for at in range(0, len(raw), size)]
    assert asked(pieces).take() == bytearray(SECRET, "ascii")


def test_an_early_enter_confirms_nothing_and_clear_begins_anew() -> None:
    assert asked([b"12\r", b"34\x18", SECRET.encode(), b"9", b"\n"]).take() == b"705953"


@pytest.mark.parametrize("cut", range(7))
def test_cancelled_at_every_key(cut: int) -> None:
    typed = Digits()
    with pytest.raises(Cancelled):
        PlainPad(Sender([SECRET[:cut].encode() + b"\x1b"]), _Ticking()).read(
            typed, LIMIT, Abort(), lambda _: None
        )
    assert len(typed) == 0


def test_the_cashier_gives_up() -> None:
    abort, typed = Abort(), Digits()

    def pressed(count: int) -> None:
        if count == 3:
            abort.trip()

    line = Sender([digit.encode() for digit in SECRET])
    with pytest.raises(Cancelled):
        PlainPad(line, _Ticking(), b"", b"\x83").read(typed, LIMIT, abort, pressed)
    assert len(typed) == 0
    assert line.written == b"\x83"


class Pulled(Sender):
    """A line that is pulled out when it has said what it had to say."""

    def read(self) -> bytes:
        if not self.pieces:
            raise NotConnected(device=wire.DEVICE)
        return super().read()

    def write(self, data: bytes) -> None:
        raise NotConnected(device=wire.DEVICE)


@pytest.mark.parametrize("cut", range(7))
def test_unplugged_at_every_key(cut: int) -> None:
    typed = Digits()
    line = Pulled([digit.encode() for digit in SECRET[:cut]])
    with pytest.raises(NotConnected):
        PlainPad(line, _Ticking(), ends_with=b"\x83").read(typed, LIMIT, Abort(), lambda _: None)
    assert len(typed) == 0


def test_what_was_pressed_too_early_is_no_password() -> None:
    bench = Bench(Pad())
    for piece in bench.pad.types(SECRET):
        bench.port.send(piece)
    with pytest.raises(DeviceSilent):
        bench.read()


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=20), max_size=12))
def test_whatever_comes_is_six_digits_or_a_device_error(pieces: list[bytes]) -> None:
    try:
        taken = asked(pieces).take()
    except DeviceError:
        return
    assert len(taken) == 6
    assert all(0x30 <= octet <= 0x39 for octet in taken)


@pytest.mark.parametrize(
    ("text", "octets"), [("", b""), ("1B 50", b"\x1bP"), ("8283", b"\x82\x83")]
)
def test_sequences_are_octets(text: str, octets: bytes) -> None:
    assert wire.sequence(text) == octets


@pytest.mark.parametrize("text", ["x", "1", "00" * 65])
def test_what_is_no_sequence(text: str) -> None:
    with pytest.raises(BadValue):
        wire.sequence(text)


def test_over_a_real_pseudo_terminal() -> None:
    pad = Pad(b"\x82", b"\x83")
    port = PtyPort(lambda: pad)
    try:
        line = SerialConnection(port.plug(), 9600, device=wire.DEVICE)
        driver = PlainPad(line, SystemTimer(), pad.wakes_on, pad.sleeps_on)
        pad.types(SECRET)
        typed = Digits()
        driver.read(typed, 10.0, Abort(), lambda _: None)
        assert typed.take() == bytearray(SECRET, "ascii")
        driver.close()
    finally:
        port.unplug()
