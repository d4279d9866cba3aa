"""The scanner's driver and its far end under one contract, also when the line misbehaves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.code_read import CodeRead, ScanSource
from app.errors import DeviceError, NotConnected
from devices.connection import LoopbackPair, LoopbackPort, SerialConnection, SystemTimer
from devices.pty_port import PtyPort
from devices.ring_log import RecordedConnection, RingLog
from devices.scanner import wire
from devices.scanner.driver import SerialScanner
from devices.scanner.emulator import Fault, Gun
from devices.supervisor import DeviceNews, Supervisor
from tests.fakes.clock import FixedClock
from tests.fakes.timer import HandTimer
from ui.commands.devices import run_replay
from ui.words import LANGUAGES, say_error

TRACE = "81773220288616423835"
GS1 = "0106901234567892172712311024A001\x1d21SN0007"
CODES = (TRACE, "6901234567892", GS1, "https://example.invalid/c?code=" + TRACE, "1001")


@dataclass
class Heard:
    """What the counter was told."""

    codes: list[CodeRead] = field(default_factory=list)
    failures: list[DeviceError] = field(default_factory=list)

    def texts(self) -> list[str]:
        return [one.text for one in self.codes]


@dataclass
class Bench:
    """A driver and its far end; ``settled`` looks until nothing more can come."""

    gun: Gun
    send: Callable[[bytes], None]
    scanner: SerialScanner
    heard: Heard
    looks: int

    def scan(self, text: str, symbology: str = "]C0") -> None:
        for piece in self.gun.reads(text, symbology):
            self.send(piece)

    def settled(self, codes: int) -> None:
        """Until so many codes or failures came; then once more, so that one too many shows."""
        for _ in range(self.looks):
            if len(self.heard.codes) + len(self.heard.failures) >= codes:
                break
            self.scanner.watch()
        self.scanner.watch()


@pytest.fixture(params=["memory", "serial"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    gun, heard = Gun(), Heard()
    if request.param == "memory":
        timer = HandTimer()
        pair = LoopbackPair(timer, wire.DEVICE, gun)
        scanner = SerialScanner(pair.near, timer, heard.codes.append, heard.failures.append)
        yield Bench(gun, pair.send, scanner, heard, 60)
        return
    port = PtyPort(lambda: gun)
    line = SerialConnection(port.plug(), wire.BAUDS[0], device=wire.DEVICE)
    scanner = SerialScanner(line, SystemTimer(), heard.codes.append, heard.failures.append)
    yield Bench(gun, port.send, scanner, heard, 400)
    scanner.close()
    port.unplug()


def in_memory(gun: Gun) -> tuple[SerialScanner, LoopbackPair, Heard]:
    timer, heard = HandTimer(), Heard()
    pair = LoopbackPair(timer, wire.DEVICE, gun)
    return (
        SerialScanner(pair.near, timer, heard.codes.append, heard.failures.append), pair, heard,
    )  # fmt: skip


def looked(scanner: SerialScanner, times: int = 40) -> None:
    for _ in range(times):
        scanner.watch()


@pytest.mark.parametrize("suffix", wire.SUFFIXES)
@pytest.mark.parametrize("piece", [0, 1, 7])
def test_every_code_comes_once_whatever_the_settings(bench: Bench, suffix: str, piece: int) -> None:
    bench.gun.suffix, bench.gun.piece = suffix, piece
    for number, text in enumerate(CODES, 1):
        bench.scan(text)
        bench.settled(number)
    assert bench.heard.texts() == list(CODES)
    assert {one.ended for one in bench.heard.codes} == {suffix != "none"}
    assert {one.source for one in bench.heard.codes} == {ScanSource.SERIAL}
    assert not bench.heard.failures


def test_the_aim_identifier_stays_in_front(bench: Bench) -> None:
    bench.gun.aim = True
    bench.scan(GS1, "]d2")
    bench.settled(1)
    assert bench.heard.texts() == ["]d2" + GS1]


@pytest.mark.parametrize("fault", [Fault.NOISE_BEFORE, Fault.STX_ETX])
def test_what_surrounds_a_code_harms_it_not(bench: Bench, fault: Fault) -> None:
    bench.gun.fault = fault
    bench.scan(TRACE)
    bench.settled(1)
    assert bench.heard.texts() == [TRACE]


def test_half_a_code_is_told_and_the_next_one_read(bench: Bench) -> None:
    bench.scan(TRACE)
    bench.settled(1)
    bench.gun.fault = Fault.HALF
    bench.scan(GS1)
    bench.settled(2)
    bench.scan(TRACE[::-1])
    bench.settled(3)
    assert bench.heard.texts() == [TRACE, TRACE[::-1]]
    assert [one.params["why"] for one in bench.heard.failures] == ["device_scanner.cut_off"]


def test_an_endless_string_is_told_once(bench: Bench) -> None:
    bench.gun.fault = Fault.ENDLESS
    bench.scan(TRACE)
    bench.settled(1)
    bench.scan(TRACE)
    bench.settled(2)
    assert bench.heard.texts() == [TRACE]
    (failure,) = bench.heard.failures
    for lang in LANGUAGES:
        assert "device_scanner" not in say_error(failure, lang)


@pytest.mark.parametrize("cut", range(len(TRACE) + 1))
def test_a_cable_pulled_at_any_byte_leaves_no_half_code(cut: int) -> None:
    gun = Gun()
    scanner, pair, heard = in_memory(gun)
    pair.send((TRACE + "\r").encode()[:cut])
    pair.part()
    with pytest.raises(NotConnected):
        looked(scanner)
    assert heard.texts() == []
    scanner.close()
    scanner.close()


def test_unplugged_and_plugged_again_it_reads_on_and_is_told_once_each() -> None:
    gun, timer, heard = Gun(), HandTimer(), Heard()
    port = LoopbackPort(timer, wire.DEVICE, lambda: gun)
    news: list[DeviceNews] = []
    keeper = Supervisor(
        wire.DEVICE,
        lambda: SerialScanner(port.open(), timer, heard.codes.append),
        news.append,
        timer,
    )

    def scan(text: str) -> None:
        for piece in gun.reads(text):
            port.send(piece)
        for _ in range(30):
            keeper.step()

    keeper.step()
    scan(TRACE)
    port.send(b"8177")
    port.unplug()
    for _ in range(30):
        keeper.step()
    port.plug()
    for _ in range(30):
        keeper.step()
    scan(GS1)
    keeper.close()
    assert heard.texts() == [TRACE, GS1]
    assert [one.is_there for one in news] == [True, False, True]


def test_the_ring_log_holds_no_digit_of_a_code_and_plays_back_its_length(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gun, timer, heard = Gun(), HandTimer(), Heard()
    pair = LoopbackPair(timer, wire.DEVICE, gun)
    log = RingLog(tmp_path / "scanner.log", "scanner", wire.mask, timer, FixedClock())
    scanner = SerialScanner(RecordedConnection(pair.near, log), timer, heard.codes.append)
    for piece in gun.reads("4240000000000000000000000099"):
        pair.send(piece)
    looked(scanner)
    scanner.close()
    assert heard.texts() == ["4240000000000000000000000099"]
    assert run_replay(tmp_path / "scanner.log", as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert [step["what"] for step in told["steps"]] == ["code:28", "gone"]
    kept = (tmp_path / "scanner.log").read_text("ascii")
    assert "2a" * 28 + "0d" in kept
    assert "34323430" not in kept


@settings(max_examples=150)
@given(st.lists(st.binary(min_size=1, max_size=60), max_size=20))
def test_nothing_that_a_line_brings_breaks_the_driver(chunks: list[bytes]) -> None:
    scanner, pair, heard = in_memory(Gun())
    for chunk in chunks:
        pair.send(chunk)
        looked(scanner, 2)
    looked(scanner)
    assert all(isinstance(one, DeviceError) for one in heard.failures)
    pair.send(b"\r" + TRACE.encode() + b"\r")
    looked(scanner)
    assert heard.texts()[-1] == TRACE
