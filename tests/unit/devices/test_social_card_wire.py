"""Bytes of the social security card, typed from the reference; and whatever else may come."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.identity_card import Sex
from app.domain.social_card import SocialCard
from app.errors import BadFrame, Cancelled, DeviceError, DeviceFailed, NotConnected
from devices.social_card import regional, wire
from devices.social_card.emulator import Manners, Style, VirtualCard
from devices.social_card.wire import ABOUT_CARD, ABOUT_HOLDER, EF05, EF06, Spelling
from ui.words import LANGUAGES, knows, say

CARD_NUMBER = ABOUT_CARD[6]
NUMBER, NAME = ABOUT_HOLDER[0], ABOUT_HOLDER[1]


def h(text: str) -> bytes:
    return bytes.fromhex(text)


# --- commands -------------------------------------------------------------------------------------


def test_selecting_in_the_spellings_of_the_reference() -> None:
    assert h("00A404000F 7378312E73682E C9E7BBE1B1A3D5CF") == wire.SELECT_SSSE
    assert wire.select_file(EF05, 0x00) == h("00A4000002EF05")
    assert wire.select_file(EF05, 0x02) == h("00A4020002EF05")
    assert wire.select_file(EF06, 0x02) == h("00A4020002EF06")
    assert set(wire.SELECT_SPELLINGS) == {0x00, 0x02}


@pytest.mark.parametrize(
    ("item", "spelling", "expected"),
    [
        (CARD_NUMBER, Spelling.BY_TAG, "00B207000B"),
        (CARD_NUMBER, Spelling.BY_NUMBER, "00B207040B"),
        (CARD_NUMBER, Spelling.BY_SHORT_FILE, "00B2072C0B"),
        (NUMBER, Spelling.BY_TAG, "00B2080014"),
        (NUMBER, Spelling.BY_NUMBER, "00B2010414"),
        (NAME, Spelling.BY_TAG, "00B2090020"),
        (NAME, Spelling.BY_NUMBER, "00B2020420"),
        (NAME, Spelling.BY_SHORT_FILE, "00B2023420"),
        (ABOUT_HOLDER[3], Spelling.BY_NUMBER, "00B2040403"),
    ],
)
def test_reading_a_record_in_the_spellings_of_the_reference(
    item: wire.Item, spelling: Spelling, expected: str
) -> None:
    assert wire.read_record(item, spelling, item.size + 2) == h(expected)


def test_what_is_said_to_61_and_6c() -> None:
    assert wire.get_response(0x1A) == h("00C000001A")
    assert wire.with_expectation(h("00B2090000"), 0x20) == h("00B2090020")
    assert wire.expectations(CARD_NUMBER) == (0, 11, 9)


def test_the_table_of_records_is_that_of_the_reference() -> None:
    table = {(i.file.hex(), i.tag): i.size for i in (*ABOUT_CARD, *ABOUT_HOLDER)}
    assert table == {
        ("ef05", 0x01): 16,
        ("ef05", 0x02): 1,
        ("ef05", 0x03): 4,
        ("ef05", 0x04): 12,
        ("ef05", 0x05): 4,
        ("ef05", 0x06): 4,
        ("ef05", 0x07): 9,
        ("ef06", 0x08): 18,
        ("ef06", 0x09): 30,
        ("ef06", 0x4E): 20,
        ("ef06", 0x0A): 1,
    }


# --- answers --------------------------------------------------------------------------------------


def test_an_answer_is_data_and_a_status() -> None:
    told = wire.answer(h("07094C583030303030303190 00"))
    assert (told.status, told.data) == (0x9000, h("07094C58303030303030 31"))
    assert wire.answer(h("6A82")).status == wire.NO_SUCH_FILE
    assert "LX" not in repr(told)


@pytest.mark.parametrize("raw", ["", "90", "0102", "FFFF", "00" * 70000])
def test_what_is_no_answer_is_a_bad_frame(raw: str) -> None:
    with pytest.raises(BadFrame):
        wire.answer(h(raw))


def test_a_record_is_tag_length_value_and_what_follows_is_ignored() -> None:
    assert wire.record(h("03 04 322E3030")) == (3, b"2.00")
    assert wire.record(h("03 04 322E3030 FFFF")) == (3, b"2.00")
    assert wire.record(h("08 00")) == (8, b"")
    for torn in ("", "03", "0304322E30", "09FF41"):
        assert wire.record(h(torn)) is None


@pytest.mark.parametrize(
    ("atr", "expected"),
    [
        ("3B6D0000 86380000000000000000000001", "86380000000000000000000001"),
        # TA1 TB1 TC1 TD1, TD2, TA3 TB3: interface bytes stand before the historical ones.
        ("3BF4 11 00 FF 81 31 FE 45 11223344 7A", "11223344"),
        ("3B6D0000 8638", ""),
        ("3BFF", ""),
        ("3B", ""),
        ("", ""),
    ],
)
def test_historical_bytes_of_the_answer_to_reset(atr: str, expected: str) -> None:
    assert wire.historical(h(atr)).hex() == expected.lower()


# --- what the records say -------------------------------------------------------------------------

RECORDS = {
    0x01: h("999900D1560000050000000000000001"),
    0x02: b"3",
    0x03: b"2.00",
    0x04: h("999900000000000000000001"),
    0x05: h("20180601"),
    0x06: h("20380601"),
    0x07: b"LX0000001",
    0x08: b"99990019800312011x",
    0x09: h("C1B7CFB0BCD7A1A4D4DAD6B0") + bytes(18),
    0x0A: b"1",
}


def test_a_whole_card() -> None:
    card = wire.social_card(RECORDS, h("8638"))
    assert card == SocialCard(
        id_code="999900D1560000050000000000000001",
        card_number="LX0000001",
        id_number="99990019800312011X",
        name="练习甲·在职",
        sex=Sex.MALE,
        card_class="3",
        version="2.00",
        organisation="999900000000000000000001",
        area="999900",
        issued=date(2018, 6, 1),
        expires=date(2038, 6, 1),
        reset_information="8638",
    )
    assert not card.needs_authentication
    assert "练习" not in repr(card) and "9999" not in repr(card)


@pytest.mark.parametrize("padding", ["00", "20", "FF"])
def test_names_are_padded_with_whatever(padding: str) -> None:
    name = h("C1B7CFB0BCD7").ljust(30, h(padding))
    assert wire.social_card({0x09: name}, b"").name == "练习甲"


def test_a_long_name_goes_on_in_its_extension_even_in_the_middle_of_a_sign() -> None:
    whole = ("A" + "练习" * 8).encode("gbk")
    records = {0x09: whole[:30], 0x4E: whole[30:].ljust(20, b"\0")}
    assert wire.social_card(records, b"").name == "A" + "练习" * 8
    short = {0x09: "练习".encode("gbk").ljust(30), 0x4E: bytes(20)}
    assert wire.social_card(short, b"").name == "练习"


@pytest.mark.parametrize("tag", [0x07, 0x08, 0x09])
@pytest.mark.parametrize("empty", [b"", b"\0" * 9, b" " * 9, b"\xff" * 9])
def test_an_empty_field_means_authentication_and_never_nobody(tag: int, empty: bytes) -> None:
    card = wire.social_card(RECORDS | {tag: empty}, b"")
    assert card.needs_authentication


@pytest.mark.parametrize("bad", ["20181301", "00000000", "FFFFFFFF", "2018060", "2018A601"])
def test_a_date_that_cannot_be_is_none(bad: str) -> None:
    records = RECORDS | {0x06: h(bad) if len(bad) % 2 == 0 else bad.encode()}
    assert wire.social_card(records, b"").expires is None


def test_numbers_with_signs_that_no_number_has_are_refused() -> None:
    for bad in (b"LX\x0700001", b"LX|0001", "卡号".encode("gbk")):
        with pytest.raises(BadFrame):
            wire.social_card(RECORDS | {0x07: bad}, b"")
    with pytest.raises(BadFrame):
        wire.social_card(RECORDS | {0x07: b"1" * 19}, b"")


@given(st.dictionaries(st.integers(0, 255), st.binary(max_size=70), max_size=12), st.binary())
def test_whatever_records_come_are_a_card_or_a_bad_frame(
    records: dict[int, bytes], reset: bytes
) -> None:
    try:
        card = wire.social_card(records, wire.historical(reset))
    except BadFrame:
        return
    for text in (card.name, card.card_number, card.id_number, card.version):
        assert text.isprintable() and len(text) <= 100


@given(st.binary(max_size=300))
def test_whatever_bytes_come_are_an_answer_or_a_bad_frame(raw: bytes) -> None:
    try:
        told = wire.answer(raw)
    except BadFrame:
        return
    found = wire.record(told.data)
    assert found is None or len(found[1]) <= len(told.data)


# --- the far end, by the same reference -----------------------------------------------------------


def test_the_virtual_card_speaks_the_bytes_of_the_reference() -> None:
    fields = {"card_number": "LX0000001", "id_number": "999900198003120116", "version": "3.00"}
    card = VirtualCard(fields)
    assert card.reset_answer[:4] == h("3B6D0000") and len(card.reset_answer) == 17
    assert card.hear(h("00A404000F7378312E73682EC9E7BBE1B1A3D5CF")) == h("6113")
    assert card.hear(h("00C0000013"))[-2:] == h("9000")
    assert card.hear(h("00A4000002EF05"))[0] == 0x61
    assert card.hear(h("00B2070000")) == h("6C0B")
    assert card.hear(h("00B207000B")) == h("07094C58303030303030319000")
    assert card.hear(h("00B2070409")) == h("6A86")
    assert card.hear(h("00B2030006")) == h("0304332E30309000")
    numbered = VirtualCard(fields, Manners(Style.NUMBER, fetches=False))
    numbered.hear(h("00A4020002EF06"))
    assert numbered.hear(h("00B2010400"))[:2] == h("0812")
    assert numbered.hear(h("00B2020420"))[:2] == h("091E")
    short = VirtualCard(fields, Manners(Style.SHORT_FILE, fetches=False))
    assert short.hear(h("00B2072C0B"))[:2] == h("0709")
    assert VirtualCard(fields).hear(h("0020000003 123456")) == h("6D00")


# --- the regions' drivers -------------------------------------------------------------------------

TEXT = (
    "999900|999900198003120116|LX0000001|999900D1560000050000000000000001|练习甲·在职|"
    "86380000000000000000000001|2.00|20180601|20380601|990000000001|DEV01|"
)


def test_the_text_of_a_driver() -> None:
    card = regional.card_of_text(TEXT.encode("gbk") + b"\0rest of the buffer")
    assert (card.area, card.id_number, card.card_number) == (
        "999900",
        "999900198003120116",
        "LX0000001",
    )
    assert (card.id_code, card.name) == ("999900D1560000050000000000000001", "练习甲·在职")
    assert (card.version, card.issued, card.expires) == (
        "2.00",
        date(2018, 6, 1),
        date(2038, 6, 1),
    )
    assert not card.needs_authentication
    assert card.issuer == "999900"
    assert regional.card_of_text(TEXT.removesuffix("|").encode("gbk")) == card


def test_a_third_generation_card_without_authentication_leaves_three_fields_empty() -> None:
    text = "999900|||999900D1560000050000000000000097||8638|3.00|20220601|20320601||"
    card = regional.card_of_text(text.encode("gbk") + b"|")
    assert card.needs_authentication
    assert (card.name, card.id_number, card.card_number) == ("", "", "")
    assert card.version == "3.00"


@pytest.mark.parametrize(
    "text", ["", "|", "|" * 9, "|" * 12, "a\x01|" + "|" * 10, "1" * 99 + "|" * 11]
)
def test_another_text_is_a_bad_frame(text: str) -> None:
    with pytest.raises(BadFrame):
        regional.card_of_text(text.encode("gbk"))


@settings(max_examples=300)
@given(
    st.binary(max_size=200)
    | st.lists(st.binary(max_size=20), min_size=11, max_size=12).map(b"|".join)
)
def test_whatever_text_comes_is_a_card_or_a_bad_frame(raw: bytes) -> None:
    try:
        card = regional.card_of_text(raw)
    except BadFrame:
        return
    assert card.name.isprintable()


CODES = {
    -25536: "sw_63c0",
    -25539: "sw_63cx",
    -26368: "sw_6700",
    -27010: "sw_6982",
    -27011: "sw_6983",
    -27266: "sw_6a82",
    -27267: "sw_6a83",
    -27272: "sw_6a88",
    -1: "code_1",
    -2: "code_2",
    -3: "code_3",
    -4: "code_4",
    -11: "code_11",
    -12: "code_12",
    -21: "code_21",
    -24: "code_24",
    -31: "code_31",
    -32: "code_32",
    -35: "code_35",
    -51: "code_51",
    -52: "code_52",
    -2201: "code_2201",
    -2202: "code_2202",
    -2203: "code_2203",
    -77: "code_other",
    5: "code_other",
}


@pytest.mark.parametrize(("code", "expected"), CODES.items())
def test_every_code_of_the_drivers_has_words(code: int, expected: str) -> None:
    assert regional.why(code) == f"device_sscard.{expected}"
    for lang in LANGUAGES:
        assert knows(regional.why(code)), say(regional.why(code), lang)


def test_codes_that_are_no_failure_of_the_card() -> None:
    assert isinstance(regional.failure(-12), NotConnected)
    assert isinstance(regional.failure(-31), Cancelled)
    assert isinstance(regional.failure(-27010), DeviceFailed)


@given(st.integers(-(2**31), 2**31 - 1))
def test_whatever_code_comes_is_a_device_error_with_words(code: int) -> None:
    error = regional.failure(code)
    assert isinstance(error, DeviceError)
    assert knows(regional.why(code))
