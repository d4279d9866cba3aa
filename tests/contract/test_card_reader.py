"""The card reader's driver and its far end under one contract, also when the line misbehaves."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.identity_card import IdentityCard
from app.errors import BadFrame, DeviceError, DeviceFailed, DeviceSilent, NotConnected
from app.resources import resource
from devices.card_reader import wire
from devices.card_reader.driver import POLL_EVERY, SamVReader, open_reader
from devices.card_reader.emulator import Fault, SamV
from devices.connection import Connection, LoopbackPair, SerialConnection, SystemTimer
from devices.pty_port import PtyPort
from tests.fakes.timer import HandTimer
from ui.commands.read_card import run_idcard
from ui.words import LANGUAGES, say_error

CARDS = tomllib.loads(resource("practice", "identity_cards.toml").read_text("utf-8"))
NAMES = list(CARDS)
ALL_BYTES = 15 + 19 + 1295
"""What the reader says in one reading: found, selected, the card."""


class Counter:
    """A driver and its far end, on a pseudo-terminal or in memory."""

    def __init__(self, far: SamV, reader: SamVReader) -> None:
        self.far, self.reader = far, reader


@pytest.fixture(params=["memory", "serial"])
def counter(request: pytest.FixtureRequest) -> Iterator[Counter]:
    far = SamV()
    if request.param == "memory":
        timer = HandTimer()
        yield Counter(far, SamVReader(LoopbackPair(timer, wire.DEVICE, far).near, timer))
        return
    port = PtyPort(lambda: far)
    line = SerialConnection(port.plug(), 115200, device=wire.DEVICE)
    yield Counter(far, SamVReader(line, SystemTimer()))
    line.close()
    port.unplug()


def in_memory(far: SamV) -> tuple[SamVReader, HandTimer]:
    timer = HandTimer()
    return SamVReader(LoopbackPair(timer, wire.DEVICE, far).near, timer), timer


def laid(name: str = "ordinary", *faults: Fault | int) -> SamV:
    far = SamV()
    far.lay(CARDS[name])
    far.faults.extend(faults)
    return far


# --- in good order --------------------------------------------------------------------------------


@pytest.mark.rule("S-15")
@pytest.mark.parametrize("name", NAMES)
def test_every_practice_card_is_read(counter: Counter, name: str) -> None:
    counter.far.lay(CARDS[name])
    card = counter.reader.poll()
    assert card is not None
    assert (card.name, card.id_number) == (CARDS[name].get("name", ""), CARDS[name]["number"])
    assert len(card.photo) == 1024
    assert counter.far.heard == [wire.FIND, wire.SELECT, wire.READ_BASE]


def test_an_empty_tray_is_nothing_new(counter: Counter) -> None:
    assert counter.reader.poll() is None
    assert counter.far.heard == [wire.FIND]


def test_a_card_left_on_the_reader_is_read_once_until_it_is_lifted(counter: Counter) -> None:
    counter.far.lay(CARDS["ordinary"])
    assert counter.reader.poll() is not None
    assert counter.reader.poll() is None
    counter.far.lift()
    assert counter.reader.poll() is None
    counter.far.lay(CARDS["ordinary"])
    assert counter.reader.poll() is not None


def test_a_module_that_finds_a_read_card_again_gives_it_once_all_the_same(
    counter: Counter,
) -> None:
    counter.far.finds_again = True
    counter.far.lay(CARDS["ordinary"])
    assert counter.reader.poll() is not None
    assert [counter.reader.poll() for _ in range(4)] == [None] * 4
    assert counter.far.heard.count(wire.READ_BASE) == 2, "read once more, then left alone"
    counter.far.lift()
    assert counter.reader.poll() is None
    counter.far.lay(CARDS["ordinary"])
    assert counter.reader.poll() is not None


@pytest.mark.parametrize("finds_again", [False, True])
def test_another_card_in_its_place_without_a_pause_is_another_card(
    counter: Counter, finds_again: bool
) -> None:
    counter.far.finds_again = finds_again
    counter.far.lay(CARDS["ordinary"])
    assert counter.reader.poll() is not None
    counter.far.lay(CARDS["long-term"])
    card = counter.reader.poll()
    assert card is not None
    assert card.id_number == CARDS["long-term"]["number"]


def test_the_address_that_was_added_and_none(counter: Counter) -> None:
    counter.far.lay(CARDS["ordinary"])
    counter.reader.poll()
    assert counter.reader.newest_address() == ""
    counter.far.newest_address = "练习省练习市新址9号"
    assert counter.reader.newest_address() == "练习省练习市新址9号"


def test_the_module_says_who_it_is(counter: Counter) -> None:
    assert counter.reader.is_there()
    assert counter.reader.module_number() == "05.01-20219789-0123456789-0000000001"


# --- when the line misbehaves ---------------------------------------------------------------------

HARMLESS = [
    Fault.NOISE_BEFORE,
    Fault.ONE_BYTE_TOO_MANY,
    Fault.WRAPPED,
    Fault.PIECES_OF_SEVEN,
    Fault.SINGLE_BYTES,
]
ASKED_AGAIN = [Fault.BAD_CHECKSUM, Fault.HALF, Fault.REQUEST_GARBLED]


@pytest.mark.parametrize("fault", HARMLESS)
def test_what_stands_around_an_answer_changes_nothing(counter: Counter, fault: Fault) -> None:
    counter.far.lay(CARDS["rare-name"])
    counter.far.faults.extend([fault] * 3)
    card = counter.reader.poll()
    assert card is not None
    assert card.name == "练习㐂𬭊䶮"
    assert len(counter.far.heard) == 3


@pytest.mark.parametrize("fault", ASKED_AGAIN)
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_what_came_damaged_is_asked_for_once_more(fault: Fault, turn: int) -> None:
    far = laid()
    reader, _ = in_memory(far)
    far.faults.extend(Fault.PIECES_OF_SEVEN for _ in range(turn))
    far.faults.append(fault)
    assert reader.poll() is not None
    # A card that may be selected already is found again first.
    again = [wire.FIND, wire.SELECT] if turn == 1 else far.heard[turn : turn + 1]
    assert len(far.heard) == 3 + len(again)
    assert far.heard[turn + 1 : turn + 1 + len(again)] == again


@pytest.mark.parametrize("fault", [Fault.BAD_CHECKSUM, Fault.HALF])
def test_damaged_twice_is_a_bad_frame(fault: Fault) -> None:
    reader, _ = in_memory(laid("ordinary", fault, fault))
    with pytest.raises(BadFrame):
        reader.poll()


def test_a_module_that_never_understands_is_told_in_its_words() -> None:
    reader, _ = in_memory(laid("ordinary", Fault.REQUEST_GARBLED, Fault.REQUEST_GARBLED))
    with pytest.raises(DeviceFailed) as told:
        reader.poll()
    assert told.value.params["why"] == "device_idcard.sw_10"


def test_silence_ends_after_the_time_limit_of_each_step() -> None:
    for silent_at, limit in ((0, 0.8), (1, 0.8), (2, 2.5)):
        far = laid()
        far.faults.extend([Fault.PIECES_OF_SEVEN] * silent_at + [Fault.SILENT])
        reader, timer = in_memory(far)
        with pytest.raises(DeviceSilent):
            reader.poll()
        assert limit <= timer.at <= limit + 0.2
        assert len(far.heard) == silent_at + 1, "a silent device is not shouted at"


class Late(SamV):
    """Says before each answer one that belongs to an earlier request."""

    def __init__(self, late: bytes) -> None:
        super().__init__()
        self._late = late

    def hear(self, data: bytes) -> Iterable[bytes]:
        yield self._late
        yield from super().hear(data)


def test_an_answer_that_comes_late_is_not_taken_for_another() -> None:
    whole = laid()
    said = [b"".join(whole.hear(wire.request(c))) for c in (wire.FIND, wire.SELECT, wire.READ_BASE)]
    for late, spoiled in ((said[0], (wire.SELECT, wire.READ_BASE)), (said[2], (wire.FIND,))):
        far = Late(late)
        far.lay(CARDS["foreign-old"])
        reader, _ = in_memory(far)
        assert reader.poll() is not None, spoiled


@pytest.mark.parametrize("bytes_before", range(0, ALL_BYTES, 7))
def test_unplugged_at_any_byte_is_not_connected(bytes_before: int) -> None:
    far = laid()
    far.unplug_after = bytes_before
    reader, _ = in_memory(far)
    with pytest.raises(NotConnected):
        while True:
            reader.poll()
    reader.close()


def test_unplugged_at_every_byte_of_the_short_answers_and_the_ends_of_the_long_one() -> None:
    edges = [*range(40), *range(ALL_BYTES - 12, ALL_BYTES + 1)]
    for bytes_before in edges:
        far = laid()
        far.unplug_after = bytes_before
        reader, _ = in_memory(far)
        with pytest.raises(NotConnected):
            while True:
                reader.poll()


# --- what the module says -------------------------------------------------------------------------

ERRORS = sorted(wire.TOLD - {wire.NO_CARD, wire.REQUEST_CHECKSUM_WRONG})


@pytest.mark.parametrize("sw3", [*ERRORS, 0x00, 0x55, 0xFF])
@pytest.mark.parametrize("turn", [0, 1, 2])
def test_every_status_is_told_in_words(sw3: int, turn: int) -> None:
    far = laid()
    far.faults.extend([Fault.PIECES_OF_SEVEN] * turn + [sw3])
    reader, _ = in_memory(far)
    with pytest.raises(DeviceFailed) as told:
        reader.poll()
    for lang in LANGUAGES:
        words = say_error(told.value, lang)
        assert "device_" not in words and "{" not in words
        assert len(words) > 30
    assert not told.value.args[1].keys() - {"device", "why"}


def test_after_a_failed_reading_the_card_must_be_lifted() -> None:
    far = laid("ordinary", Fault.PIECES_OF_SEVEN, Fault.PIECES_OF_SEVEN, 0x41)
    reader, _ = in_memory(far)
    with pytest.raises(DeviceFailed):
        reader.poll()
    assert reader.poll() is None, "said once, not at every look"
    far.lift()
    assert reader.poll() is None
    far.lay(CARDS["ordinary"])
    assert reader.poll() is not None


# --- waiting, and finding the speed ---------------------------------------------------------------


def test_waiting_asks_no_faster_than_the_reader_bears_and_ends_in_time() -> None:
    reader, timer = in_memory(SamV())
    assert reader.wait_for_card(3) is None
    assert set(timer.pauses) == {POLL_EVERY}
    assert 3 <= timer.at <= 3.5


def test_waiting_ends_with_the_card_that_is_laid_down_meanwhile() -> None:
    far = SamV()
    reader, timer = in_memory(far)
    wait = timer.pause

    def lay_at_the_third(seconds: float) -> None:
        wait(seconds)
        if len(timer.pauses) == 3:
            far.lay(CARDS["long-term"])

    timer.pause = lay_at_the_third  # type: ignore[method-assign]
    card = reader.wait_for_card(60)
    assert card is not None and card.long_term
    assert timer.at < 2


def opener(far: SamV, timer: HandTimer, tried: list[int]) -> Callable[[int], Connection]:
    class Deaf:
        """At another speed a line carries garbage."""

        def hear(self, data: bytes) -> list[bytes]:
            return [b"\x00\xf8\x80"] if tried[-1] == 9600 else []

    def open_at(baud: int) -> Connection:
        tried.append(baud)
        end = far if baud == far.baud else Deaf()
        return LoopbackPair(timer, wire.DEVICE, end).near

    return open_at


@pytest.mark.parametrize("baud", wire.BAUDS)
def test_a_module_that_was_switched_to_another_speed_is_found(baud: int) -> None:
    far, timer = SamV(baud=baud), HandTimer()
    tried: list[int] = []
    far.lay(CARDS["ordinary"])
    reader = open_reader(opener(far, timer, tried), timer)
    assert tried == list(wire.BAUDS[: wire.BAUDS.index(baud) + 1])
    assert reader.poll() is not None


def test_a_port_with_nothing_behind_it_is_silent() -> None:
    timer = HandTimer()
    tried: list[int] = []
    with pytest.raises(DeviceSilent):
        open_reader(opener(SamV(baud=300), timer, tried), timer)
    assert tried == list(wire.BAUDS)


def test_a_module_out_of_service_is_told_and_no_other_speed_is_tried() -> None:
    far, timer = SamV(), HandTimer()
    tried: list[int] = []
    far.faults.append(0x60)
    with pytest.raises(DeviceFailed):
        open_reader(opener(far, timer, tried), timer)
    assert tried == [115200]


class ThreeCommandsOnly(SamV):
    """A board that answers nothing but find, select and read."""

    def hear(self, data: bytes) -> Iterable[bytes]:
        known = data[7:9] in (wire.FIND, wire.SELECT, wire.READ_BASE)
        return super().hear(data) if known else ()


def test_a_board_that_tells_no_state_is_a_reader_too() -> None:
    far, timer = ThreeCommandsOnly(), HandTimer()
    far.lay(CARDS["ordinary"])
    assert open_reader(opener(far, timer, []), timer).poll() is not None
    assert far.heard == [wire.FIND, wire.SELECT, wire.READ_BASE]


class GivesOnce(SamV):
    """A module that reads a card out once and then wants it found and selected again."""

    def hear(self, data: bytes) -> Iterable[bytes]:
        if data == wire.request(wire.READ_BASE) and self.heard[-1] == wire.READ_BASE:
            self.lay(CARDS["ordinary"])
        return super().hear(data)


def test_a_module_that_gives_a_card_once_is_asked_from_the_beginning() -> None:
    far = GivesOnce()
    far.lay(CARDS["ordinary"])
    far.faults.extend([Fault.PIECES_OF_SEVEN, Fault.PIECES_OF_SEVEN, Fault.BAD_CHECKSUM])
    reader, _ = in_memory(far)
    assert reader.poll() is not None
    whole = [wire.FIND, wire.SELECT, wire.READ_BASE]
    assert far.heard == [*whole, wire.READ_BASE, *whole]


# --- anything at all ------------------------------------------------------------------------------


class Babbler:
    """Answers each request with the next of the streams it was given."""

    def __init__(self, streams: list[bytes]) -> None:
        self._streams = streams

    def hear(self, data: bytes) -> list[bytes]:
        return [self._streams.pop(0)] if self._streams else []


ANSWERS = [
    b"".join(far.hear(wire.request(command)))
    for far in [laid("rare-name")]
    for command in (wire.FIND, wire.SELECT, wire.READ_BASE)
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=30), st.sampled_from(ANSWERS)), max_size=8))
def test_whatever_a_device_says_is_a_card_nothing_or_a_device_error(streams: list[bytes]) -> None:
    timer = HandTimer()
    reader = SamVReader(LoopbackPair(timer, wire.DEVICE, Babbler(streams)).near, timer)
    try:
        card = reader.poll()
    except DeviceError as told:
        assert "练习" not in str(told)
    else:
        assert card is None or isinstance(card, IdentityCard)
    assert timer.at <= 9


# --- the command ----------------------------------------------------------------------------------

KEYS = [
    "card_type", "name", "english_name", "sex", "ethnicity", "birth_date", "address", "id_number",
    "authority", "valid_from", "valid_until", "pass_number", "photo_bytes",
]  # fmt: skip


@pytest.fixture
def pty_with(tmp_path: Path) -> Iterator[Callable[[SamV], str]]:
    ports: list[PtyPort] = []

    def plug(far: SamV) -> str:
        ports.append(PtyPort(lambda: far, tmp_path / "reader"))
        return ports[-1].plug()

    yield plug
    for port in ports:
        port.unplug()


def test_the_command_prints_the_document_of_the_design(
    pty_with: Callable[[SamV], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_idcard(pty_with(laid("long-term", Fault.WRAPPED)), 5, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told)[: len(KEYS)] == KEYS
    assert told == {
        "card_type": "resident", "name": "练习戊·退休", "english_name": None, "sex": "male",
        "ethnicity": "满", "birth_date": "1955-02-17", "address": "练习省练习市练习区测试路5号",
        "id_number": "99990019550217051X", "authority": "练习市公安局练习分局",
        "valid_from": "2015-06-01", "valid_until": "long-term", "pass_number": None,
        "photo_bytes": 1024, "country": None, "issue_count": None, "findings": [],
    }  # fmt: skip


def test_a_number_that_cannot_be_is_a_finding(
    pty_with: Callable[[SamV], str], capsys: pytest.CaptureFixture[str]
) -> None:
    far = SamV()
    far.lay({**CARDS["ordinary"], "number": "999900198003120117"})
    assert run_idcard(pty_with(far), 5, as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert [one["rule"] for one in told["findings"]] == ["device_idcard.number_check"]
    assert "校验位" in told["findings"][0]["text"]


def test_without_a_card_the_command_says_so(pty_with: Callable[[SamV], str]) -> None:
    with pytest.raises(DeviceFailed) as told:
        run_idcard(pty_with(SamV()), 0, as_json=True)
    assert "没有找到证件" in say_error(told.value)


@pytest.mark.parametrize("name", NAMES)
def test_the_practice_port_reads_each_practice_card(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_idcard(f"practice:{name}", 0, as_json=False) == 0
    lines = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    assert lines["id_number"] == CARDS[name]["number"]
    assert "pass_number" not in lines or name == "hmt-residence"


def test_the_order_of_the_conversation_never_changes() -> None:
    far = laid()
    reader, _ = in_memory(far)
    reader.poll()
    assert list(pairwise(far.heard)) == [
        (wire.FIND, wire.SELECT),
        (wire.SELECT, wire.READ_BASE),
    ]
