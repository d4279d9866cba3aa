"""One contract for every pipe of bytes: a serial port or a device file, both on a
pseudo-terminal, and two ends in memory.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pytest
import serial

from app.errors import DeviceBusy, DeviceForbidden, DeviceSilent, NotConnected
from devices import connection as pipes
from devices.connection import (
    Connection,
    LoopbackPair,
    LoopbackPort,
    SerialConnection,
    SystemTimer,
    Unplugged,
)
from devices.device_file import FileConnection
from devices.network import NetworkConnection
from devices.pty_port import PtyPort

NAME = "device_name.idcard"
ROUNDS = 100
"""Looks at a connection before a test gives up: five seconds at most."""


class Parrot:
    """Says each byte back with its bits turned; ``Q`` pulls the plug after three bytes."""

    def hear(self, data: bytes) -> Iterable[bytes]:
        if data == b"Q":
            yield b"abc"
            raise Unplugged
        yield bytes(byte ^ 0xFF for byte in data)


class Bench(Protocol):
    def open(self) -> Connection: ...
    def unplug(self) -> None: ...
    def plug(self) -> object: ...
    def send(self, piece: bytes) -> None: ...


class PtyBench:
    """The serial connection over a pseudo-terminal under one stable name."""

    def __init__(self, link: Path, as_file: bool = False) -> None:
        self._link, self._as_file = link, as_file
        self._port = PtyPort(Parrot, link)
        self._opened: list[Connection] = []
        self._port.plug()

    def open(self) -> Connection:
        opened: Connection
        if self._as_file:
            opened = FileConnection(str(self._link), device=NAME)
        else:
            opened = SerialConnection(str(self._link), 115200, device=NAME)
        self._opened.append(opened)
        return opened

    def unplug(self) -> None:
        self._port.unplug()

    def plug(self) -> str:
        return self._port.plug()

    def send(self, piece: bytes) -> None:
        self._port.send(piece)

    def close(self) -> None:
        for one in self._opened:
            one.close()
        self._port.unplug()


@pytest.fixture(params=["serial", "file", "memory"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param == "memory":
        yield LoopbackPort(SystemTimer(), NAME, Parrot)
        return
    pty = PtyBench(tmp_path / "port", request.param == "file")
    yield pty
    pty.close()


def read_until(connection: Connection, count: int) -> bytes:
    got = b""
    for _ in range(ROUNDS):
        if len(got) >= count:
            break
        got += connection.read()
    return got


def read_till_gone(connection: Connection) -> bytes:
    got = b""
    for _ in range(ROUNDS):
        try:
            got += connection.read()
        except NotConnected:
            return got
    raise AssertionError("nobody said that the device went")


EVERY_BYTE = bytes(range(256))


def test_every_byte_passes_as_it_is_both_ways(bench: Bench) -> None:
    line = bench.open()
    line.write(EVERY_BYTE)
    assert read_until(line, 256) == bytes(reversed(EVERY_BYTE))


def test_more_than_one_buffer_passes_whole(bench: Bench) -> None:
    line = bench.open()
    got = b""
    for _ in range(40):
        line.write(EVERY_BYTE)
        got += read_until(line, 256)
    assert got == bytes(reversed(EVERY_BYTE)) * 40


def test_silence_is_no_bytes_and_no_error(bench: Bench) -> None:
    assert bench.open().read() == b""


def test_a_device_may_speak_unasked(bench: Bench) -> None:
    line = bench.open()
    bench.send(b"\x02code\r")
    assert read_until(line, 6) == b"\x02code\r"


def test_what_nobody_waits_for_can_be_dropped(bench: Bench) -> None:
    line = bench.open()
    line.write(b"\x00" * 3)
    assert read_until(line, 3) == b"\xff" * 3
    line.write(b"\x00" * 3)
    first = read_until(line, 1)
    line.drop_input()
    assert first + line.read() in (b"\xff" * n for n in range(1, 4))


def test_one_opener_at_a_time(bench: Bench) -> None:
    line = bench.open()
    with pytest.raises(DeviceBusy) as told:
        bench.open()
    assert told.value.params == {"device": NAME}
    line.close()
    again = bench.open()
    again.write(b"\x01")
    assert read_until(again, 1) == b"\xfe"


def test_an_unplugged_device_is_not_connected_whatever_is_asked(bench: Bench) -> None:
    line = bench.open()
    bench.unplug()
    assert read_till_gone(line) == b""
    for act in (line.read, line.drop_input, lambda: line.write(b"x")):
        with pytest.raises(NotConnected):
            act()
    line.close()
    with pytest.raises(NotConnected):
        bench.open()


@pytest.mark.parametrize("first", ["read", "write", "drop_input"])
def test_each_call_alone_finds_out_that_the_device_went(bench: Bench, first: str) -> None:
    line = bench.open()
    bench.unplug()
    acts = {"read": line.read, "write": lambda: line.write(b"x"), "drop_input": line.drop_input}
    with pytest.raises(NotConnected):
        for _ in range(ROUNDS):
            acts[first]()


def test_a_device_that_goes_in_the_middle_of_its_answer(bench: Bench) -> None:
    line = bench.open()
    line.write(b"Q")
    assert b"abc".startswith(read_till_gone(line))


def test_plugged_again_it_opens_again_and_the_old_connection_stays_dead(bench: Bench) -> None:
    old = bench.open()
    bench.unplug()
    read_till_gone(old)
    bench.plug()
    new = bench.open()
    new.write(b"\x10")
    assert read_until(new, 1) == b"\xef"
    with pytest.raises(NotConnected):
        old.read()


def test_a_closed_connection_is_not_connected_and_closes_twice(bench: Bench) -> None:
    line = bench.open()
    line.close()
    line.close()
    with pytest.raises(NotConnected):
        line.read()
    with pytest.raises(NotConnected):
        line.write(b"x")


def test_closing_in_another_thread_ends_a_reader_with_not_connected(bench: Bench) -> None:
    line = bench.open()
    reading, ended = threading.Event(), []

    def read_on() -> None:
        with suppress(NotConnected):
            while True:
                line.read()
                reading.set()
        ended.append("not connected")

    reader = threading.Thread(target=read_on)
    reader.start()
    assert reading.wait(5)
    line.close()
    reader.join(5)
    assert ended == ["not connected"]


# --- what only one of them has --------------------------------------------------------------------


def test_a_port_that_is_not_there(tmp_path: Path) -> None:
    for open_it in (
        lambda: SerialConnection(str(tmp_path / "none"), 9600, device=NAME),
        lambda: FileConnection(str(tmp_path / "none"), device=NAME),
    ):
        with pytest.raises(NotConnected) as told:
            open_it()
        assert str(tmp_path) not in str(told.value)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (serial.SerialException(errno.EACCES, "denied"), DeviceForbidden),
        (serial.SerialException(errno.EBUSY, "busy"), DeviceBusy),
        (
            serial.SerialException("could not open port 'COM3': PermissionError(13, 'x')"),
            DeviceBusy,
        ),
        (serial.SerialException("could not open port 'COM9': FileNotFoundError(2)"), NotConnected),
        (ValueError("Not a valid baudrate"), NotConnected),
    ],
)
def test_why_a_port_does_not_open(
    failure: Exception, told: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(told):
        SerialConnection("COM3", 9600, device=NAME)


def test_a_device_that_takes_no_bytes_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "WRITE_LIMIT", 0.05)
    master, slave = os.openpty()
    line = SerialConnection(os.ttyname(slave), 9600, device=NAME)
    with pytest.raises(DeviceSilent):
        line.write(b"x" * 1_000_000)
    line.close()
    file = FileConnection(os.ttyname(slave), device=NAME)
    with pytest.raises(DeviceSilent):
        file.write(b"x" * 1_000_000)
    file.close()
    os.close(slave)
    os.close(master)


def test_a_device_that_never_stops_talking_holds_nobody() -> None:
    endless = FileConnection("/dev/zero", device=NAME)
    endless.drop_input()
    assert endless.read()
    endless.close()
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = NetworkConnection("127.0.0.1", server.getsockname()[1], device=NAME)
        far, _ = server.accept()
        talker = threading.Thread(target=_talk, args=(far,))
        talker.start()
        line.drop_input()
        assert line.read()
        line.close()
        talker.join()


def _talk(far: socket.socket) -> None:
    with far, suppress(OSError):
        while True:
            far.sendall(bytes(65536))


def test_two_ends_in_memory_hear_each_other() -> None:
    pair = LoopbackPair(SystemTimer(), NAME)
    pair.near.write(b"ask")
    pair.far.write(b"answer")
    assert (pair.far.read(), pair.near.read()) == (b"ask", b"answer")
