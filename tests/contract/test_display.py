"""The customer display: bytes typed from the reference, far end, and a cable that is pulled."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.display import DARK, Figure, Meaning
from app.errors import BadValue, NotConnected
from devices.connection import LoopbackPort, SystemTimer, Unplugged
from devices.display import wire
from devices.display.driver import LedDisplay
from devices.display.emulator import PracticeDisplay
from devices.display.wire import Dialect
from devices.pty_port import PtyPort
from tests.fakes.timer import HandTimer

LED, VFD = Dialect(), Dialect(lines=2)
TOTAL = Figure(Meaning.TOTAL, "12.50")


@pytest.mark.parametrize(
    ("figure", "dialect", "sent"),
    [
        (TOTAL, LED, b"\x1bs2\x1bQA    12.50\r"),
        (Figure(Meaning.PRICE, "0.05"), LED, b"\x1bs1\x1bQA     0.05\r"),
        (Figure(Meaning.RECEIVED, "123456.78"), LED, b"\x1bs3\x1bQA123456.78\r"),
        (Figure(Meaning.CHANGE, "1234567.89"), LED, b"\x1bs4\x1bQA--------\r"),
        (Figure(Meaning.CHANGE, "-0.10"), LED, b"\x1bs4\x1bQA    -0.10\r"),
        (DARK, LED, b"\x0c\x1bs0"),
        (TOTAL, Dialect(lamps="bare"), b"2\x1bQA    12.50\r"),
        (TOTAL, Dialect(lamps="stx"), b"\x02\x4c2\x1bQA    12.50\r"),
        (DARK, Dialect(clear="init"), b"\x1b@\x1bs0"),
        (DARK, Dialect(clear="spaces"), b"\x1bQA        \r\x1bs0"),
        (
            TOTAL,
            VFD,
            b"\x1bQATOTAL               \r\x1bQB               12.50\r",
        ),
        (DARK, VFD, b"\x0c"),
        (DARK, Dialect(2, clear="spaces"), b"\x1bQA" + b" " * 20 + b"\r\x1bQB" + b" " * 20 + b"\r"),
    ],
)
def test_the_bytes_of_each_model(figure: Figure, dialect: Dialect, sent: bytes) -> None:
    assert wire.show(figure, dialect) == sent


def test_the_usual_speeds() -> None:
    assert (LED.baud, VFD.baud) == (2400, 9600)


@pytest.mark.parametrize("amount", ["", "1,50", "12.50元", "1.2.3", "\x1b@", "¥3"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(BadValue):
        wire.show(Figure(Meaning.TOTAL, amount), LED)


class Bench:
    """A display and its far end."""

    def __init__(self, dialect: Dialect = LED) -> None:
        self.far = PracticeDisplay(8 if dialect.lines == 1 else 20)
        timer = HandTimer()
        self.port = LoopbackPort(timer, wire.DEVICE, lambda: self.far)
        self.display = LedDisplay(self.port.open(), timer, dialect)


@pytest.mark.parametrize("lamps", wire.LAMP_WAYS)
@pytest.mark.parametrize("clear", wire.CLEAR_WAYS)
def test_a_customer_sees_price_total_received_change_and_then_nothing(
    lamps: str, clear: str
) -> None:
    bench = Bench(Dialect(lamps=lamps, clear=clear))
    for meaning, lamp in (
        (Meaning.PRICE, "单价"),
        (Meaning.TOTAL, "总计"),
        (Meaning.RECEIVED, "收款"),
        (Meaning.CHANGE, "找零"),
    ):
        bench.display.show(Figure(meaning, "88.00"))
        assert (bench.far.digits, bench.far.lamp) == ("88.00", lamp)
    bench.display.show(DARK)
    assert (bench.far.digits, bench.far.lamp) == ("", "")


@pytest.mark.parametrize("clear", wire.CLEAR_WAYS)
def test_a_vfd_has_words_and_nothing_of_a_longer_figure_stays(clear: str) -> None:
    bench = Bench(Dialect(2, clear=clear))
    bench.display.show(Figure(Meaning.RECEIVED, "1000.00"))
    bench.display.show(Figure(Meaning.CHANGE, "1.00"))
    assert bench.far.lines == {"A": "CHANGE".ljust(20), "B": "1.00".rjust(20)}
    bench.display.show(DARK)
    assert {line.strip() for line in bench.far.lines.values()} == {""}


def test_seven_byte_chunks_and_noise_show_the_same() -> None:
    data = wire.show(Figure(Meaning.PRICE, "7.00"), LED) + wire.show(TOTAL, LED)
    far = PracticeDisplay()
    list(far.hear(b"\xff\x00\x1b\x1b?"))
    for start in range(0, len(data), 7):
        assert list(far.hear(data[start : start + 7])) == []
    assert (far.digits, far.lamp) == ("12.50", "总计")


def test_a_cable_pulled_at_any_byte_is_not_connected_and_plugged_again_shows() -> None:
    sent = wire.show(TOTAL, LED)
    for cut in range(1, len(sent) + 1):
        bench = Bench()
        bench.far.unplug_after = cut
        bench.display.show(TOTAL)  # the last bytes that left: nobody can know
        with pytest.raises(NotConnected):
            bench.display.watch()
        bench.display.close()
        bench.port.plug()
        bench.far.unplug_after = None
        again = LedDisplay(bench.port.open(), HandTimer(), LED)
        again.show(TOTAL)
        assert bench.far.digits == "12.50"


def test_over_a_real_port() -> None:
    far, timer = PracticeDisplay(), SystemTimer()
    from devices.connection import SerialConnection

    port = PtyPort(lambda: far)
    path = port.plug()
    display = LedDisplay(SerialConnection(path, 2400, device=wire.DEVICE), timer, LED)
    display.show(TOTAL)
    for _ in range(100):
        if far.digits:
            break
        display.watch()
    assert (far.digits, far.lamp) == ("12.50", "总计")
    port.unplug()
    with pytest.raises(NotConnected):
        for _ in range(100):
            display.watch()
    display.close()


_PIECES = (b"\x1b", b"\x1bQA", b"\x1bQB", b"\x1bs", b"\x0c", b"\x1b@", b"\r", b"\x02L", b"12.5")


@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.binary(max_size=80)), max_size=12))
def test_the_practice_display_bears_any_bytes(pieces: list[bytes]) -> None:
    far = PracticeDisplay()
    for piece in pieces:
        with suppress(Unplugged):
            assert list(far.hear(piece)) == []
    assert len(far.lines["A"].replace(".", "")) <= 8


@given(st.integers(-(10**9), 10**9), st.sampled_from(list(Meaning)[1:]))
def test_what_a_customer_reads_is_the_amount_or_no_figure_at_all(
    fen: int, meaning: Meaning
) -> None:
    amount = f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
    bench = Bench()
    bench.display.show(Figure(meaning, amount))
    fits = len(amount.replace(".", "")) <= 8
    assert bench.far.digits == (amount if fits else "-" * 8)
