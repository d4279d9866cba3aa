"""Dosage labels: TSPL bytes typed from the reference, the driver on the practice printer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.paper import Paper, PaperRow, PrintEnd, RowKind
from app.errors import BadValue, DeviceFailed, NotConnected
from app.use_cases.labels import Directions, LabelView
from devices.connection import LoopbackPort
from devices.dots import Raster
from devices.label_printer import wire
from devices.label_printer.driver import LabelSize, TsplPrinter, encode
from devices.label_printer.emulator import PracticeLabelPrinter
from tests.fakes.timer import HandTimer
from ui.labels import label_paper
from ui.words import say

VIEW = LabelView(
    1, "练习阿莫西林", "阿莫西林胶囊", "0.25g*24粒",
    Directions("口服", "0.5g", "每日三次", "7"), "饭后服", "练*兰", date(2026, 11, 22),
    "练习大药房", mark="practice", expiry=date(2027, 1, 1),
)  # fmt: skip
LABEL = label_paper(VIEW, say=say, near_days=180)


class Bench:
    def __init__(self) -> None:
        self.far, timer = PracticeLabelPrinter(), HandTimer()
        self.port = LoopbackPort(timer, wire.DEVICE, lambda: self.far)
        self.printer = TsplPrinter(self.port.open, timer)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_small_label_byte_by_byte() -> None:
    (page,) = encode(Paper((PaperRow("每日3次"),)), LabelSize())
    assert page == (
        b"SIZE 60 mm,40 mm\r\nGAP 2 mm,0\r\nDIRECTION 1\r\nCLS\r\n"
        b'TEXT 12,12,"TSS24.BF2",0,1,1,"\xc3\xbf\xc8\xd53\xb4\xce"\r\n'
        b"PRINT 1\r\n"
    )


def test_dots_are_printed_where_a_bit_is_off() -> None:
    sent = wire.bitmap(8, 16, Raster(1, b"\x80\x0f"))
    assert sent == b"BITMAP 8,16,1,2,0,\x7f\xf0\r\n"


def test_a_name_can_end_neither_the_text_nor_the_line() -> None:
    assert wire.text(0, 0, '药"\r\nPRINT 9') == (
        'TEXT 0,0,"TSS24.BF2",0,1,1,"药”PRINT 9"\r\n'.encode("gbk")
    )


def test_a_rare_sign_is_no_text() -> None:
    with pytest.raises(BadValue):
        wire.text(0, 0, "㐂")


@given(st.integers(0, 255))
def test_any_status_byte_is_good_or_has_words(byte: int) -> None:
    why = wire.trouble(byte)
    assert bool(why) == bool(byte & 0x1D)
    assert why == "" or say(why) != why


def test_the_label_says_how_the_drug_is_taken_and_masks_the_name(bench: Bench) -> None:
    assert bench.printer.print(LABEL).end is PrintEnd.PRINTED
    (label,) = bench.far.labels
    for words in (
        "练习 无效",
        "阿莫西林胶囊",
        "练习阿莫西林 0.25g*24粒",
        "用法 口服，每日三次",
        "每次 0.5g，用 7 天",
        "注意 饭后服",
        "近效期，请在 2027-01-01 前用完",
    ):
        assert words in label.text
    assert label.picture().size == (480, 320)


def test_what_the_prescription_does_not_say_is_left_out() -> None:
    bare = LabelView(
        1, "阿莫西林胶囊", "阿莫西林胶囊", "", Directions(), "", "", date(2026, 11, 22),
        "练习大药房", mark="", expiry=date(2028, 1, 1),
    )  # fmt: skip
    label = label_paper(bare, say=say, near_days=180)
    assert [row.left for row in label.rows] == ["阿莫西林胶囊", "发药 练习大药房 2026-11-22"]
    typed = label_paper(replace(bare, typed="口服，一次2片"), say=say, near_days=0)
    assert [row.left for row in typed.rows][1:-1] == ["用法 口服，一次2片"]


def test_a_rare_name_is_drawn_in_its_row(bench: Bench) -> None:
    bench.printer.print(Paper((PaperRow("㐂"),)))
    (label,) = bench.far.labels
    assert label.texts == []
    box = label.picture().point(lambda grey: 255 - grey).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert 12 <= left < right <= 36 + 8
    assert 12 <= top < bottom <= 42


def test_more_rows_than_fit_make_another_label(bench: Bench) -> None:
    rows = tuple(PaperRow(f"第{number}行") for number in range(12))
    bench.printer.print(Paper((PaperRow("药", kind=RowKind.TITLE), *rows)), copies=2)
    texts = [label.text for label in bench.far.labels]
    assert len(texts) == 4
    assert texts[0] == texts[1]
    both = "\n".join((texts[0], texts[2])).splitlines()
    assert both == ["药", *(row.left for row in rows)]


@pytest.mark.parametrize(
    ("state", "why"),
    [(1, "head_open"), (4, "paper_out"), (5, "head_open"), (8, "ribbon_out"), (16, "paused")],
)
def test_nothing_leaves_while_it_cannot_print(bench: Bench, state: int, why: str) -> None:
    bench.far.state = state
    with pytest.raises(DeviceFailed) as told:
        bench.printer.print(LABEL)
    assert told.value.params["why"] == f"device_label.{why}"
    assert bench.far.labels == []


def test_one_that_never_answers_is_believed_and_one_that_stays_busy_is_not(bench: Bench) -> None:
    bench.far.silent = True
    assert bench.printer.print(LABEL).end is PrintEnd.SENT
    bench.far.silent, bench.far.state = False, wire.PRINTING
    assert bench.printer.print(LABEL).end is PrintEnd.UNSURE


def test_seven_byte_chunks_print_the_same(bench: Bench) -> None:
    bench.printer.print(LABEL)
    other = PracticeLabelPrinter()
    data = b"".join(encode(LABEL, LabelSize()))
    for start in range(0, len(data), 7):
        assert list(other.hear(data[start : start + 7])) == []
    assert other.labels == bench.far.labels


def test_a_cable_pulled_at_any_byte_is_never_called_printed() -> None:
    length = 3 + len(b"".join(encode(LABEL, LabelSize())))
    for cut in [1, 2, 3, 4, *range(5, length, 41), length - 1]:
        bench = Bench()
        bench.far.unplug_after = cut
        try:
            assert bench.printer.print(LABEL).end is PrintEnd.UNSURE
        except NotConnected:
            assert cut <= 3
