"""The supervisor: a device that comes and goes, and nobody else notices."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.identity_card import IdentityCard
from app.errors import BadFrame, DeviceBusy, DeviceError, DeviceFailed, DeviceSilent, NotConnected
from app.resources import resource
from devices.card_reader import wire
from devices.card_reader.driver import CardWatch, SamVReader, open_reader
from devices.card_reader.emulator import Fault, SamV
from devices.connection import Connection, LoopbackPort, SerialConnection, SystemTimer
from devices.pty_port import PtyPort
from devices.supervisor import DeviceNews, Supervisor, close_all, reopening_pause
from tests.fakes.timer import HandTimer

NAME = wire.DEVICE
CARDS = tomllib.loads(resource("practice", "identity_cards.toml").read_text("utf-8"))


class Bench:
    """A supervised card reader in memory, stepped by hand."""

    def __init__(self) -> None:
        self.timer, self.far = HandTimer(), SamV()
        self.port = LoopbackPort(self.timer, NAME, lambda: self.far)
        self.news: list[DeviceNews] = []
        self.cards: list[IdentityCard] = []
        self.failures: list[DeviceError] = []
        self.opened = 0
        self.supervisor = Supervisor(NAME, self.open, self.news.append, self.timer)

    def open(self) -> CardWatch:
        reader = open_reader(lambda _: self.port.open(), self.timer)
        self.opened += 1
        return CardWatch(reader, self.timer, self.cards.append, self.failures.append)

    def run(self, seconds: float) -> None:
        until = self.timer.at + seconds
        while self.timer.at < until:
            self.supervisor.step()

    @property
    def told(self) -> list[bool]:
        return [one.is_there for one in self.news]


def test_a_device_is_opened_and_told_of_once() -> None:
    bench = Bench()
    bench.run(20)
    assert bench.told == [True]
    assert bench.opened == 1


def test_gone_and_back_are_each_told_once() -> None:
    bench = Bench()
    bench.run(1)
    bench.port.unplug()
    bench.run(60)
    assert bench.told == [True, False]
    assert isinstance(bench.news[-1].why, NotConnected)
    bench.port.plug()
    bench.run(6)
    assert bench.told == [True, False, True]
    bench.far.lay(CARDS["ordinary"])
    bench.run(1)
    assert [card.name for card in bench.cards] == ["练习甲·在职"]


class Restless:
    """A driver whose look takes no time at all."""

    def __init__(self) -> None:
        self.looks = 0

    def watch(self) -> None:
        self.looks += 1

    def close(self) -> None:
        pass


def test_a_driver_that_waits_for_nothing_keeps_no_processor_busy() -> None:
    timer, driver = HandTimer(), Restless()
    supervisor = Supervisor(NAME, lambda: driver, lambda news: None, timer)
    while timer.at < 1:
        supervisor.step()
    assert 10 < driver.looks <= 210
    asked = supervisor.ask(lambda one: one.looks)
    before = timer.at
    supervisor.step()
    assert (asked.result(0), timer.at) == (driver.looks, before), "what is asked rests nowhere"


def test_a_device_that_was_never_there_is_told_of_once() -> None:
    bench = Bench()
    bench.port.unplug()
    bench.run(60)
    assert bench.told == [False]


def test_tries_come_after_half_a_second_and_then_ever_rarer_up_to_five() -> None:
    assert [reopening_pause(n) for n in range(6)] == [0.5, 1, 2, 4, 5, 5]
    assert reopening_pause(10**6) == 5
    timer, tries = HandTimer(), []

    def never() -> CardWatch:
        tries.append(timer.at)
        raise NotConnected(device=NAME)

    supervisor = Supervisor(NAME, never, lambda _: None, timer)
    while timer.at < 20:
        supervisor.step()
    assert tries == [0, 0.5, 1.5, 3.5, 7.5, 12.5, 17.5]


def test_each_card_goes_to_its_consumer_once() -> None:
    bench = Bench()
    bench.far.lay(CARDS["ordinary"])
    bench.run(5)
    bench.far.lift()
    bench.run(1)
    bench.far.lay(CARDS["long-term"])
    bench.run(5)
    assert [card.name for card in bench.cards] == ["练习甲·在职", "练习戊·退休"]


def test_a_card_that_cannot_be_read_is_told_once_and_the_reader_stays() -> None:
    bench = Bench()
    bench.run(1)
    bench.far.lay(CARDS["ordinary"])
    bench.far.faults.extend([Fault.PIECES_OF_SEVEN, Fault.PIECES_OF_SEVEN, 0x41])
    bench.run(5)
    assert [type(one) for one in bench.failures] == [DeviceFailed]
    assert bench.told == [True]


def test_a_reader_that_falls_silent_is_gone_until_it_answers() -> None:
    bench = Bench()
    hear, silent = bench.far.hear, [False]
    bench.far.hear = lambda data: () if silent[0] else hear(data)  # type: ignore[method-assign]
    bench.run(1)
    silent[0] = True
    bench.run(60)
    assert bench.told == [True, False]
    assert isinstance(bench.news[-1].why, DeviceSilent)
    silent[0] = False
    bench.run(10)
    assert bench.told == [True, False, True]


def test_what_is_asked_is_done_in_order_on_the_device() -> None:
    bench = Bench()
    first = bench.supervisor.ask(lambda one: one.reader.module_number())
    second = bench.supervisor.ask(lambda one: one.reader.is_there())
    bench.supervisor.step()
    assert first.done() and not second.done()
    bench.supervisor.step()
    assert (first.result(0)[:5], second.result(0)) == ("05.01", True)


def test_nobody_waits_for_a_device_that_is_not_there() -> None:
    bench = Bench()
    bench.port.unplug()
    asked = bench.supervisor.ask(lambda one: one.reader.is_there())
    bench.supervisor.step()
    assert isinstance(asked.exception(0), NotConnected)
    assert bench.timer.at == 0


def test_why_it_could_not_be_opened_is_what_is_answered() -> None:
    bench = Bench()
    held = bench.port.open()
    asked = bench.supervisor.ask(lambda one: one.reader.is_there())
    bench.supervisor.step()
    assert isinstance(asked.exception(0), DeviceBusy)
    held.close()
    bench.run(2)
    assert bench.told == [False, True]


def test_an_unplug_during_what_was_asked_is_answered_and_told() -> None:
    bench = Bench()
    bench.run(1)
    bench.far.unplug_after = 3
    asked = bench.supervisor.ask(lambda one: one.reader.module_number())
    bench.supervisor.step()
    assert isinstance(asked.exception(0), NotConnected)
    assert bench.told == [True, False]


def test_a_failure_of_what_was_asked_leaves_the_device_open() -> None:
    bench = Bench()

    def garbled(_: CardWatch) -> None:
        raise BadFrame(device=NAME)

    def mistaken(_: CardWatch) -> None:
        raise ZeroDivisionError

    asked = [bench.supervisor.ask(garbled), bench.supervisor.ask(mistaken)]
    bench.run(1)
    assert [type(one.exception(0)) for one in asked] == [BadFrame, ZeroDivisionError]
    assert bench.told == [True]


def test_a_mistake_of_the_consumer_does_not_end_the_device() -> None:
    bench = Bench()

    class Mistaken(list[IdentityCard]):
        def append(self, one: IdentityCard) -> None:
            raise ZeroDivisionError

    bench.cards = Mistaken()
    bench.far.lay(CARDS["ordinary"])
    bench.run(5)
    assert bench.told == [True, False, True]
    assert type(bench.news[1].why) is DeviceError


def test_what_was_taken_back_is_not_done() -> None:
    bench = Bench()
    asked = bench.supervisor.ask(lambda one: one.reader.module_number())
    assert asked.cancel()
    bench.supervisor.step()
    assert wire.MODULE_NUMBER not in bench.far.heard


def test_closing_does_what_was_asked_and_takes_nothing_new() -> None:
    bench = Bench()
    bench.run(1)
    asked = bench.supervisor.ask(lambda one: one.reader.is_there())
    assert bench.supervisor.close()
    assert asked.result(0) is True
    late = bench.supervisor.ask(lambda one: one.reader.is_there())
    assert isinstance(late.exception(0), NotConnected)
    bench.port.open().close()  # the port was given back


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["plug", "unplug"]), st.floats(0.1, 12)), max_size=12))
def test_news_alternate_whatever_is_plugged_when(acts: list[tuple[str, float]]) -> None:
    bench = Bench()
    for act, seconds in acts:
        getattr(bench.port, act)()
        bench.run(seconds)
    bench.port.plug()
    bench.run(6)
    assert bench.told[-1] is True
    assert all(a != b for a, b in zip(bench.told, bench.told[1:], strict=False))


# --- with true threads ----------------------------------------------------------------------------


@pytest.fixture
def pty(tmp_path: Path) -> Iterator[PtyPort]:
    far = SamV()
    far.lay(CARDS["rare-name"])
    port = PtyPort(lambda: far, tmp_path / "reader")
    port.plug()
    yield port
    port.unplug()


def on_serial(
    path: str, news: list[DeviceNews], changed: threading.Semaphore, card: Callable[[str], None]
) -> Supervisor[CardWatch]:
    timer = SystemTimer()

    def open_driver() -> CardWatch:
        line: Connection = SerialConnection(path, 115200, device=NAME)
        return CardWatch(SamVReader(line, timer), timer, lambda one: card(one.name), lambda _: None)

    def tell(one: DeviceNews) -> None:
        news.append(one)
        changed.release()

    return Supervisor(NAME, open_driver, tell, timer)


def test_a_serial_reader_is_unplugged_and_plugged_again_without_a_restart(pty: PtyPort) -> None:
    news: list[DeviceNews] = []
    names: list[str] = []
    changed, read = threading.Semaphore(0), threading.Event()

    def card(name: str) -> None:
        names.append(name)
        read.set()

    supervisor = on_serial(pty.path, news, changed, card)
    supervisor.start()
    assert changed.acquire(timeout=5) and read.wait(5)
    pty.unplug()
    assert changed.acquire(timeout=5)
    pty.plug()
    assert changed.acquire(timeout=10)
    assert supervisor.ask(lambda one: one.reader.is_there()).result(5)
    assert supervisor.close()
    assert [one.is_there for one in news] == [True, False, True]
    assert names == ["练习㐂𬭊䶮"]


def test_a_dead_device_stops_no_other_and_closing_leaves_it_behind(pty: PtyPort) -> None:
    stuck, changed = threading.Event(), threading.Semaphore(0)

    def hangs() -> CardWatch:
        stuck.wait(30)
        raise NotConnected(device=NAME)

    dead = Supervisor(NAME, hangs, lambda _: None, SystemTimer())
    alive = on_serial(pty.path, [], changed, lambda _: None)
    for one in (dead, alive):
        one.start()
    assert alive.ask(lambda one: one.reader.is_there()).result(5)
    assert close_all([dead, alive], seconds=0.5) == 1
    stuck.set()
    assert dead.close(5)
