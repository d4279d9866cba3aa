"""The receipt printer through its driver, on the practice printer and over a real socket."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.paper import Paper, PaperLeft, PaperRow, PrintEnd, RowKind
from app.errors import DeviceBusy, DeviceFailed, NotConnected
from devices.connection import LoopbackPort
from devices.receipt_printer import wire
from devices.receipt_printer.driver import EscPosPrinter
from devices.receipt_printer.emulator import PracticePrinter
from devices.receipt_printer.layout import encode
from tests.fakes.timer import HandTimer

PAPER = Paper(
    (
        PaperRow("练习大药房", kind=RowKind.TITLE),
        PaperRow("患者", "练*㐂"),
        PaperRow(kind=RowKind.RULE),
        PaperRow("合计", "12.50", RowKind.STRONG),
        PaperRow("01-20261122-0001", kind=RowKind.QR),
        PaperRow("顾客签名：", kind=RowKind.SIGN),
    )
)


class Bench:
    """A driver and its far end."""

    def __init__(
        self, columns: int = 48, *, drawer_pin5: bool = False, open_level: bool | None = None
    ) -> None:
        self.far = PracticePrinter(columns * 12)
        self.timer = timer = HandTimer()
        self.port = LoopbackPort(timer, wire.DEVICE, lambda: self.far)
        self.printer = EscPosPrinter(
            self.port.open, timer, columns=columns, drawer_pin5=drawer_pin5, open_level=open_level
        )


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_paper_comes_out_whole_and_is_confirmed(bench: Bench) -> None:
    assert bench.printer.print(PAPER).end is PrintEnd.PRINTED
    (paper,) = bench.far.papers
    assert paper.text.splitlines() == [
        "练习大药房",
        "-" * 48,
        "合计" + " " * 39 + "12.50",
        "顾客签名：" + "_" * 38,
    ]
    assert paper.codes == ["01-20261122-0001"]


def test_seven_byte_chunks_print_the_same(bench: Bench) -> None:
    bench.printer.print(PAPER)
    data, other = encode(PAPER), PracticePrinter()
    for start in range(0, len(data), 7):
        assert list(other.hear(data[start : start + 7])) == []
    assert other.papers == bench.far.papers


def test_each_state_of_the_printer_is_told(bench: Bench) -> None:
    faults = bench.far.faults
    assert bench.printer.status().paper is PaperLeft.ENOUGH
    faults.paper = "near_end"
    assert bench.printer.status().paper is PaperLeft.NEAR_END
    assert bench.printer.print(PAPER).near_end
    faults.cover_open = True
    assert bench.printer.status().trouble == "device_printer.cover_open"
    faults.cover_open, faults.cutter = False, True
    assert bench.printer.status().trouble == "device_printer.failed"
    faults.cutter, faults.offline = False, True
    assert bench.printer.status().trouble == "device_printer.offline"


def test_without_paper_nothing_leaves_and_the_drawer_still_opens(bench: Bench) -> None:
    bench.far.faults.paper = "out"
    with pytest.raises(DeviceFailed) as told:
        bench.printer.print(PAPER)
    assert told.value.params["why"] == "device_printer.paper_out"
    bench.printer.kick_drawer()
    assert bench.far.kicks == ["pin2!"]
    list(bench.far.load_paper())
    assert bench.far.papers == []
    bench.printer.kick_drawer()
    assert bench.far.kicks == ["pin2!", "pin2"]


@pytest.mark.parametrize("inverted", [False, True])
def test_a_drawer_with_a_contact_tells_whether_it_is_open(inverted: bool) -> None:
    bench = Bench(open_level=not inverted)
    bench.far.faults.contact_inverted = inverted
    assert bench.printer.status().drawer_open is False
    bench.printer.kick_drawer()
    assert bench.printer.status().drawer_open is True
    bench.printer.kick_drawer()  # open already: nothing to be seen
    bench.far.drawer_open, bench.far.faults.drawer_stuck = False, True
    with pytest.raises(DeviceFailed) as told:
        bench.printer.kick_drawer()
    assert told.value.params["why"] == "device_printer.drawer_stuck"
    bench.far.faults.silent = True
    bench.printer.kick_drawer()  # nobody knows: believed


def test_without_a_contact_a_drawer_is_neither_open_nor_shut(bench: Bench) -> None:
    bench.far.faults.drawer_stuck = True
    assert bench.printer.status().drawer_open is None
    bench.printer.kick_drawer()
    assert bench.printer.status().drawer_open is None


def test_the_second_pin_is_kicked_where_it_is_chosen() -> None:
    bench = Bench(drawer_pin5=True)
    bench.printer.kick_drawer()
    bench.far.faults.paper = "out"
    bench.printer.kick_drawer()
    assert bench.far.kicks == ["pin5", "pin5!"]


def test_one_that_answers_nothing_is_waited_for_shortly_from_then_on(bench: Bench) -> None:
    bench.far.faults.silent = True
    began = bench.timer.now()
    bench.printer.status()
    first = bench.timer.now() - began
    bench.printer.status()
    assert bench.timer.now() - began - first < first / 2
    bench.far.faults.silent = False
    assert bench.printer.status().answers


def test_paper_that_ends_in_the_middle_is_never_called_printed(bench: Bench) -> None:
    bench.far.faults.rows_left = 2
    told = bench.printer.print(PAPER)
    assert (told.end, told.trouble) == (PrintEnd.UNSURE, "device_printer.paper_out")
    assert bench.timer.now() < 3  # the drawer of the next customer waits behind it
    list(bench.far.load_paper())
    assert len(bench.far.papers) == 1  # the printer kept the rest: sending again were twice


def test_a_printer_that_never_answers_prints_and_is_not_called_confirmed(bench: Bench) -> None:
    bench.far.faults.silent = True
    assert not bench.printer.status().answers
    assert bench.printer.print(PAPER).end is PrintEnd.SENT
    assert len(bench.far.papers) == 1


def test_noise_before_an_answer_is_stepped_over(bench: Bench) -> None:
    bench.far.faults.noise = b"\xff\x90\xfe"
    assert bench.printer.print(PAPER).end is PrintEnd.PRINTED


def test_a_cable_pulled_at_any_byte_is_an_error_or_unsure_and_never_printed() -> None:
    asked = 4 * 3
    length = asked + len(encode(PAPER)) + 3
    for cut in [*range(1, 80), *range(80, length, 37), length - 1]:
        bench = Bench()
        bench.far.faults.unplug_after = cut
        try:
            end = bench.printer.print(PAPER).end
        except NotConnected:
            assert cut <= asked
        else:
            assert end is PrintEnd.UNSURE
            assert cut >= asked


def test_unplugged_and_plugged_again_needs_nobody(bench: Bench) -> None:
    bench.port.unplug()
    with pytest.raises(NotConnected):
        bench.printer.print(PAPER)
    bench.port.plug()
    assert bench.printer.print(PAPER).end is PrintEnd.PRINTED


def test_a_printer_that_another_program_holds_is_busy(bench: Bench) -> None:
    held = bench.port.open()
    with pytest.raises(DeviceBusy):
        bench.printer.print(PAPER)
    held.close()
    assert bench.printer.print(PAPER).end is PrintEnd.PRINTED


def test_the_paper_as_a_picture_shows_a_printed_name_like_a_drawn_one() -> None:
    """㐂 goes as dots and 练 as text; both leave black where their row stands."""
    for words in ("练", "㐂"):
        bench = Bench()
        bench.printer.print(Paper((PaperRow(words),)))
        picture = bench.far.papers[0].picture()
        assert picture.width == 576
        box = picture.point(lambda grey: 255 - grey).getbbox()
        assert box is not None
        left, top, right, bottom = box
        assert 0 <= left < right <= 26
        assert 8 <= top < bottom <= 38
        assert right - left > 12


_HEADS = (b"\x1b@", b"\x1c&", b"\x1ba", b"\x1bd", b"\x1d!", b"\x1dV", b"\x1dv0", b"\x1d(k",
          b"\x1dr", b"\x10\x04", b"\x10\x14\x01", b"1P0", b"1Q0")  # fmt: skip
NOISE = st.lists(st.one_of(st.sampled_from(_HEADS), st.binary(max_size=9)), max_size=12)


@given(NOISE)
def test_the_practice_printer_bears_any_bytes(pieces: list[bytes]) -> None:
    far = PracticePrinter()
    for piece in pieces:
        assert all(len(answer) == 1 for answer in far.hear(piece))


@given(st.binary(max_size=40))
def test_any_answers_of_a_printer_end_in_a_result_or_a_device_error(noise: bytes) -> None:
    """What it says unasked before each answer: never another exception, never printed twice."""
    bench = Bench()
    bench.far.faults.noise = noise
    try:
        bench.printer.print(PAPER)
    except DeviceFailed:
        assert bench.far.papers == []
    else:
        assert len(bench.far.papers) == 1


@pytest.fixture
def quick_turns() -> Iterator[None]:
    """Threads take turns after a few steps: what may happen once a month happens at once."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_paper_put_in_while_a_till_asks_prints_nothing_twice(quick_turns: None) -> None:
    """The far end of practice is acted on from another thread than the one that speaks to it."""
    far, asking = PracticePrinter(), threading.Event()
    row = PaperRow("练习" * 20)
    slip = encode(Paper((row,) * 20))
    far.faults.paper = "out"
    assert list(far.hear(slip * 3)) == []

    def ask() -> None:
        asking.set()
        while len(far.papers) < 3:
            list(far.hear(b"\x10\x04\x01"))

    till = threading.Thread(target=ask, daemon=True)
    till.start()
    assert asking.wait(5)
    assert list(far.load_paper()) == []
    till.join(20)
    assert not till.is_alive()
    assert [paper.text.replace("\n", "") for paper in far.papers] == ["练习" * 400] * 3
