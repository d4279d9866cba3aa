"""Scanner bytes to codes: any suffix, any pieces, noise, endless strings; golden bytes typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.scanner import wire
from devices.scanner.wire import Assembler, Code, Dropped

TRACE = b"81773220288616423835"
GS1 = b"0106901234567892172712311024A001\x1d21SN0007"


def codes(found: list[wire.Found]) -> list[str]:
    return [one.text for one in found if isinstance(one, Code)]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t"])
def test_each_suffix_ends_a_code_and_leaves_nothing_behind(end: bytes) -> None:
    one = Assembler()
    assert codes(one.feed(TRACE + end)) == [TRACE.decode()]
    assert not one.waiting()
    assert codes(one.feed(GS1 + end + TRACE + end)) == [GS1.decode(), TRACE.decode()]


def test_a_group_separator_comes_through_where_it_stands() -> None:
    (code,) = Assembler().feed(GS1 + b"\r")
    assert isinstance(code, Code)
    assert code.text.index("\x1d") == 32


def test_silence_ends_the_code_of_a_scanner_without_suffix() -> None:
    one = Assembler()
    assert one.feed(TRACE) == []
    assert one.patience() == 0.15
    assert one.silent() == [Code(TRACE.decode(), ended=False)]
    assert one.silent() == []


def test_half_a_code_of_a_scanner_with_suffix_is_never_handed_on() -> None:
    one = Assembler()
    one.feed(TRACE + b"\r")
    one.feed(TRACE[:9])
    assert one.patience() == 1.0
    assert one.silent() == [Dropped("device_scanner.cut_off")]
    assert codes(one.feed(TRACE + b"\r")) == [TRACE.decode()]


def test_a_scanner_that_was_set_to_no_suffix_is_understood_after_two_codes() -> None:
    one = Assembler()
    one.feed(TRACE + b"\r")
    told = []
    for _ in range(3):
        one.feed(TRACE)
        told.append(one.silent())
    assert [codes(each) for each in told] == [[], [], [TRACE.decode()]]


def test_what_frames_a_code_is_no_part_of_it() -> None:
    assert codes(Assembler().feed(b"\x00\x02" + TRACE + b"\x03\r")) == [TRACE.decode()]


def test_noise_that_is_no_text_is_no_code() -> None:
    one = Assembler()
    assert one.feed(b"\x00\x07\xff\r\r\n") == []
    one.feed(b"~~")
    assert one.silent() == [], "two signs and silence are a line that crackles"


def test_a_string_without_end_is_dropped_once_and_the_next_code_is_read() -> None:
    one = Assembler()
    assert one.feed(b"7" * 5000) == []
    assert one.feed(b"7\r" + TRACE + b"\r") == [
        Dropped("device_scanner.too_long"),
        Code(TRACE.decode()),
    ]


def test_what_waits_is_bounded() -> None:
    one = Assembler()
    for _ in range(100):
        one.feed(b"9" * 4096)
    assert len(one._bytes) == wire.LONGEST


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xe8\x8d\xaf\xe5\x93\x81:8385793", "药品:8385793"),
        (b"\xd2\xa9\xc6\xb7:8385793", "药品:8385793"),
        (b"\xff81773220288616423835", "81773220288616423835"),
    ],
    ids=["utf-8", "gb18030", "broken"],
)
def test_texts_of_either_coding_are_read(raw: bytes, text: str) -> None:
    assert codes(Assembler().feed(raw + b"\r")) == [text]


def test_the_log_keeps_shape_and_no_sign_of_a_code() -> None:
    raw = b"]d2" + GS1 + "药".encode() + b"\r\n"
    masked = wire.mask(raw)
    assert len(masked) == len(raw)
    assert masked.count(b"\x1d") == 1
    assert masked.endswith(b"***\r\n")
    assert masked.startswith(b"]**")
    assert not any(chr(byte).isalnum() for byte in masked)


def test_no_code_shows_in_a_log_line() -> None:
    assert TRACE.decode() not in repr(Code(TRACE.decode()))


@settings(max_examples=300)
@given(st.lists(st.binary(max_size=40), max_size=30), st.data())
def test_whatever_comes_is_codes_or_nothing(chunks: list[bytes], data: st.DataObject) -> None:
    one = Assembler()
    for chunk in chunks:
        found = one.feed(chunk)
        if data.draw(st.booleans()):
            found += one.silent()
        for each in found:
            assert not isinstance(each, Code) or 0 < len(each.text) <= wire.LONGEST
            assert not isinstance(each, Code) or not set(each.text) & set("\r\n\t\0")
        assert len(one._bytes) <= wire.LONGEST


ALPHABET = st.sampled_from("0123456789ABCxyz:/?=&-.]\x1d")
TEXTS = st.text(ALPHABET, min_size=3, max_size=60).filter(lambda text: text.strip("\x1d"))


@given(st.lists(TEXTS, min_size=1, max_size=5), st.sampled_from(["cr", "lf", "crlf", "tab"]),
       st.integers(1, 9))  # fmt: skip
def test_codes_are_the_same_however_they_are_cut(texts: list[str], end: str, size: int) -> None:
    raw = b"".join(text.encode() + wire.SUFFIXES[end] for text in texts)
    one, found = Assembler(), []
    for at in range(0, len(raw), size):
        found += one.feed(raw[at : at + size])
    assert codes(found) == texts
