"""ESC/POS: golden bytes typed from the reference, and no byte that a parser cannot bear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.paper import Paper, PaperLeft, PaperRow, RowKind
from app.errors import BadFrame, BadValue
from devices.dots import Raster
from devices.receipt_printer import wire
from devices.receipt_printer.layout import arrange, encode, wrap

BYTE = st.integers(0, 255)


def test_commands_are_the_bytes_of_the_reference() -> None:
    assert bytes.fromhex("1B 40 1C 26") == wire.INIT
    assert bytes.fromhex("1D 56 42 00") == wire.CUT
    assert wire.kick() == bytes.fromhex("1B 70 00 19 FA")
    assert wire.kick(pin5=True) == bytes.fromhex("1B 70 01 19 FA")
    assert wire.kick_at_once() == bytes.fromhex("10 14 01 00 01")
    assert [wire.ask(n) for n in (1, 2, 3, 4)] == [
        bytes.fromhex(f"10 04 0{n}") for n in (1, 2, 3, 4)
    ]
    assert wire.feed(3) == bytes.fromhex("1B 64 03")


def test_a_small_paper_byte_by_byte() -> None:
    paper = Paper((PaperRow("合计", "￥8.50", RowKind.STRONG),))
    assert (
        encode(paper, 32)
        == bytes.fromhex(
            "1B40 1C26"  # init, Chinese mode
            "1B6100 1D2100 1C2100"  # left, normal size
            "1B4501 BACFBCC6" + "20" * 22 + "A3A4 382E3530 0A 1B4500"  # bold, 合计  # ￥8.50
            "1D564200"
        )
    )


def test_a_code_is_stored_and_printed_by_the_five_functions() -> None:
    assert wire.qr("01-8") == bytes.fromhex(
        "1D286B 0400 31 41 32 00"
        "1D286B 0300 31 43 06"
        "1D286B 0300 31 45 31"
        "1D286B 0700 31 50 30 30312D38"
        "1D286B 0300 31 51 30"
    )


@pytest.mark.parametrize("name", ["㐂", "𠮷", "䶮", "🙂"])
def test_a_rare_sign_goes_as_a_picture(name: str) -> None:
    assert not wire.prints_as_text(name)
    data = encode(Paper((PaperRow(f"患者 {name}"),)))
    assert b"\x1dv0\x00\x48\x00" in data  # 576 dots are 72 bytes a row
    with pytest.raises(BadValue):
        wire.text(name)


def test_common_signs_of_slips_are_text() -> None:
    assert wire.prints_as_text("阿莫西林胶囊 0.25g×24粒（￥12.50）①Ⅱ℃—·")


def test_a_name_cannot_command_the_printer() -> None:
    assert wire.text("阿\x1bp\x00\x19\xfa\x10\x14") == "阿pú".encode("gb18030")


def test_dots_never_spell_a_command_of_real_time() -> None:
    dots = bytes.fromhex("10 04 01 10 14 01 00 01 10 FF 10 04")
    sent = wire.raster(Raster(2, dots))
    assert sent == bytes.fromhex("1D7630 00 0200 0600 18 04 01 18 14 01 00 01 10 FF 18 04")


@given(st.integers(1, 8), st.binary(min_size=1, max_size=64))
def test_no_picture_holds_a_command_of_real_time(width: int, data: bytes) -> None:
    whole = data * width
    sent = wire.raster(Raster(width, whole))[8:]
    assert b"\x10\x04" not in sent
    assert b"\x10\x14" not in sent
    assert len(sent) == len(whole)


# --- status: the rows of devices.md 5.3, as an independent emulator answered them ----------------

SEEN = {
    "12 12 12 12": (PaperLeft.ENOUGH, "", False),
    "16 12 12 1E": (PaperLeft.NEAR_END, "", True),
    "1E 32 12 7E": (PaperLeft.OUT, "device_printer.paper_out", True),
    "1E 16 12 12": (PaperLeft.ENOUGH, "device_printer.cover_open", True),
    "1E 12 12 12": (PaperLeft.ENOUGH, "device_printer.offline", True),
}


@pytest.mark.parametrize("told", SEEN)
def test_status_of_the_reference(told: str) -> None:
    status = wire.read_status(dict(enumerate(bytes.fromhex(told), 1)))
    assert status.answers
    assert (status.paper, status.trouble, status.drawer_pin) == SEEN[told]


def test_cutter_and_head_are_a_failure() -> None:
    for third in (0x16, 0x1A, 0x32, 0x52):
        assert wire.read_status({1: 0x1A, 3: third}).trouble == "device_printer.failed"


def test_no_answer_is_neither_good_nor_bad() -> None:
    status = wire.read_status({})
    assert not status.answers
    assert status.paper is PaperLeft.UNKNOWN
    assert status.trouble == ""


@given(st.dictionaries(st.sampled_from((1, 2, 3, 4)), BYTE))
def test_any_bytes_are_a_status_or_a_bad_frame(told: dict[int, int]) -> None:
    valid = all(byte & 0x93 == 0x12 for byte in told.values())
    try:
        status = wire.read_status(told)
    except BadFrame:
        assert not valid
        return
    assert valid
    assert status.answers == bool(told)


# --- layout ---------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)


@given(WORDS, WORDS, st.sampled_from((32, 48)))
def test_no_line_is_wider_than_the_paper_and_no_sign_is_lost(
    left: str, right: str, columns: int
) -> None:
    lines = list(arrange(left, right, columns))
    assert all(wire.columns(line) <= columns for line in lines)
    assert sorted("".join(lines).replace(" ", "")) == sorted((left + right).replace(" ", ""))


def test_a_full_stop_never_stands_alone() -> None:
    assert wrap("请按说明书使用。", 14) == ["请按说明书使", "用。"]


@given(WORDS, st.sampled_from((4, 16, 48)))
def test_wrapping_keeps_every_sign_in_order(words: str, columns: int) -> None:
    assert "".join(wrap(words, columns)) == words
