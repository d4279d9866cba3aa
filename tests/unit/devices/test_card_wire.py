"""SAM_V frames and cards against bytes typed from the reference, and against whatever comes."""

from __future__ import annotations

import os
import random
import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.identity_card import (
    ETHNIC_GROUPS,
    IdentityCard,
    IdentityCardType,
    Sex,
    citizen_check_digit,
    number_doubts,
)
from app.errors import BadFrame, DeviceError, DeviceFailed
from app.resources import resource
from devices.card_reader import emulator, wire
from tests.fakes.golden_bytes import golden
from ui.words import knows, say_error

CARDS = ["resident", "hmt_residence", "foreign_old", "foreign_2023"]
TODAY = date(2026, 11, 22)


def whole(name: str) -> bytes:
    return golden(f"idcard_{name}")


def read(name: str) -> IdentityCard:
    (answer,) = wire.Assembler().feed(whole(name))
    assert answer.sw3 == wire.OK
    return wire.base_info(answer.data)


@pytest.mark.parametrize(
    ("command", "frame"),
    [
        (wire.RESET, "AAAAAA9669 0003 10FF EC"),
        (wire.STATUS, "AAAAAA9669 0003 11FF ED"),
        (wire.MODULE_NUMBER, "AAAAAA9669 0003 12FF EE"),
        (wire.FIND, "AAAAAA9669 0003 2001 22"),
        (wire.SELECT, "AAAAAA9669 0003 2002 21"),
        (wire.READ_BASE, "AAAAAA9669 0003 3001 32"),
        (wire.READ_NEWEST_ADDRESS, "AAAAAA9669 0003 3003 30"),
    ],
)
def test_each_request_is_the_frame_of_the_reference(command: bytes, frame: str) -> None:
    assert wire.request(command) == bytes.fromhex(frame)


FOUND = bytes.fromhex("AAAAAA9669 0008 00009F 00000000 97")
SELECTED = bytes.fromhex("AAAAAA9669 000C 000090 0000000000000000 9C")
NO_CARD = bytes.fromhex("AAAAAA9669 0004 000080 84")


@pytest.mark.parametrize(
    ("frame", "sw3", "size"), [(FOUND, 0x9F, 4), (SELECTED, 0x90, 8), (NO_CARD, 0x80, 0)]
)
def test_the_short_answers_of_the_reference(frame: bytes, sw3: int, size: int) -> None:
    (answer,) = wire.Assembler().feed(frame)
    assert (answer.sw1, answer.sw2, answer.sw3, len(answer.data)) == (0, 0, sw3, size)


def test_a_citizen_with_rare_signs_and_a_card_for_life() -> None:
    card = read("resident")
    assert card.card_type is IdentityCardType.RESIDENT
    assert (card.name, card.sex, card.ethnicity) == ("测试甲㐂𠮷", Sex.FEMALE, "满")
    assert (card.birth_date, card.address) == (date(1955, 12, 31), "测试省测试市虚构路一号")
    assert (card.id_number, card.authority) == ("999900195512310029", "测试市公安局")
    assert (card.valid_from, card.valid_until, card.long_term) == (date(2016, 1, 2), None, True)
    assert (card.pass_number, card.english_name, card.country) == ("", "", "")
    assert number_doubts(card, TODAY) == ()


def test_a_residence_permit_has_no_ethnic_group_but_a_pass() -> None:
    card = read("hmt_residence")
    assert card.card_type is IdentityCardType.HMT_RESIDENCE
    assert (card.name, card.sex, card.ethnicity, card.ethnicity_code) == (
        "测试港",
        Sex.MALE,
        "",
        "",
    )
    assert (card.id_number, card.pass_number) == ("999900199909090018", "M00000000")
    assert (card.issue_count, card.valid_until) == ("02", date(2025, 1, 1))
    assert number_doubts(card, TODAY) == ()


def test_a_foreigner_of_before_2023_is_read_by_another_layout() -> None:
    card = read("foreign_old")
    assert card.card_type is IdentityCardType.FOREIGN_OLD
    assert (card.english_name, card.name) == ("TEST, INVENTED OLD CARD", "测试外")
    assert (card.sex, card.birth_date) == (Sex.FEMALE, date(1977, 7, 7))
    assert (card.id_number, card.country, card.authority) == ("ZZZ999900000002", "ZZZ", "1500")
    assert (card.valid_from, card.valid_until) == (date(2017, 1, 1), date(2027, 1, 1))
    assert card.address == ""
    assert number_doubts(card, TODAY) == ()


def test_a_long_english_name_of_2023_is_put_together() -> None:
    card = read("foreign_2023")
    assert card.card_type is IdentityCardType.FOREIGN_2023
    assert card.english_name == "TEST, INVENTED PERSON OF A VERY LONG NAME X"
    assert (card.name, card.id_number, card.country) == ("", "999999196606060011", "ZZZ")
    assert (card.issue_count, card.ethnicity, card.address) == ("01", "", "")
    assert number_doubts(card, TODAY) == ()


@pytest.mark.parametrize("name", CARDS)
def test_the_picture_is_kept_as_it_came(name: str) -> None:
    photo = read(name).photo
    assert len(photo) == 1024
    assert photo.startswith(b"WLf\x00") and photo.endswith(b"Z" * 1008)


@pytest.mark.parametrize("name", CARDS)
def test_the_practice_reader_says_the_same_bytes(name: str) -> None:
    """Near and far end are two programs: both must meet the golden bytes."""
    fields = {
        "resident": {
            "name": "测试甲㐂𠮷", "sex": "2", "ethnicity": "11", "birth": "19551231",
            "address": "测试省测试市虚构路一号", "number": "999900195512310029",
            "authority": "测试市公安局", "from": "20160102", "until": "长期",
        },
        "hmt_residence": {
            "type": "J", "name": "测试港", "sex": "1", "birth": "19990909",
            "address": "测试省虚构路二号", "number": "999900199909090018",
            "authority": "测试市公安局", "from": "20200101", "until": "20250101",
            "pass_number": "M00000000", "issues": "02",
        },
        "foreign_old": {
            "type": "I", "english_name": "TEST, INVENTED OLD CARD", "sex": "2",
            "number": "ZZZ999900000002", "country": "ZZZ", "name": "测试外", "from": "20170101",
            "until": "20270101", "birth": "19770707", "version": "01", "authority": "1500",
        },
        "foreign_2023": {
            "type": "Y", "sex": "1", "issues": "01", "birth": "19660606",
            "english_name": "TEST, INVENTED PERSON OF A VERY LON", "number": "999999196606060011",
            "from": "20240202", "until": "20340202", "english_rest": "G NAME X", "country": "ZZZ",
            "old_link": "123",
        },
    }[name]  # fmt: skip
    far = emulator.SamV(photo=emulator.PHOTO[:16] + b"Z" * 1008)
    far.lay(fields)
    said = [b"".join(far.hear(wire.request(c))) for c in (wire.FIND, wire.SELECT, wire.READ_BASE)]
    assert said == [FOUND, SELECTED, whole(name)]


def test_a_field_that_does_not_fit_a_card_is_refused() -> None:
    with pytest.raises(ValueError, match="name"):
        emulator.text_block({"name": "长" * 16})


# --- frames among whatever else comes -------------------------------------------------------------


@pytest.mark.parametrize(
    "stream",
    [
        b"\xaa" + FOUND,
        b"\xaa\xaa\xaa" + FOUND,
        bytes.fromhex("AAAAAA96") + FOUND,
        bytes.fromhex("AAAAAA9669") + FOUND,
        bytes.fromhex("AAAAAA9669 0003 22") + FOUND,
        bytes.fromhex("AAAAAA9669 FFFF 000090") + FOUND,
        bytes.fromhex("AAAAAA9669 0000") + FOUND,
        bytes(range(256)) + FOUND + b"\xf6",
        bytes.fromhex("AA 0012 A010") + FOUND + b"\x37",
    ],
)
def test_an_answer_is_found_whatever_stands_around_it(stream: bytes) -> None:
    for size in (1, 7, len(stream)):
        assembler = wire.Assembler()
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        found = [answer for piece in pieces for answer in assembler.feed(piece)]
        assert [answer.sw3 for answer in found] == [0x9F]


def test_one_byte_too_many_is_ignored() -> None:
    wrapped = b"\xaa\x05\x0d\xa0\x10" + whole("resident") + b"\x7b"
    for stream in (whole("resident") + b"\xf6", wrapped):
        (answer,) = wire.Assembler().feed(stream)
        assert wire.base_info(answer.data).name == "测试甲㐂𠮷"


def test_a_good_answer_inside_a_broken_one_is_found() -> None:
    half = whole("resident")[:700]
    assembler = wire.Assembler()
    found = assembler.feed(half + whole("hmt_residence"))
    assert [wire.base_info(answer.data).name for answer in found] == ["测试港"]
    assert assembler.damaged


@pytest.mark.parametrize("at", range(5, len(FOUND)))
def test_no_single_wrong_byte_makes_an_answer(at: int) -> None:
    for wrong in range(1, 256):
        frame = bytearray(FOUND)
        frame[at] ^= wrong
        assert wire.Assembler().feed(bytes(frame)) == []


@pytest.mark.parametrize("cut", range(len(FOUND)))
def test_no_half_frame_is_an_answer(cut: int) -> None:
    assert wire.Assembler().feed(FOUND[:cut]) == []


def test_a_card_of_no_known_type_is_said_so() -> None:
    data = bytearray(whole("resident")[10:-1])
    data[4 + 248] = ord("Q")
    with pytest.raises(DeviceFailed) as told:
        wire.base_info(bytes(data))
    assert "不是阅读器认识的证件" in say_error(told.value)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x01", b"\x01\x00\x04\x00", b"\x00\xff\x04\x00" + bytes(1280), b"\x01\x00\x04\x00" * 9],
)
def test_lengths_that_do_not_fit_are_no_card(data: bytes) -> None:
    with pytest.raises(BadFrame):
        wire.base_info(data)


def test_half_a_sign_and_control_signs_are_told_as_unreadable() -> None:
    data = bytearray(whole("resident")[10:-1])
    data[4:12] = "练".encode("utf-16-le") + b"\x42\xd8" + b"\x07\x00" + "习".encode("utf-16-le")
    card = wire.base_info(bytes(data))
    assert card.name.startswith("练\ufffd\ufffd习")


@pytest.mark.parametrize(
    "digits", ["19990230", "00000000", "1999年月日", "２０２００１０１", "2020-1-1"]
)
def test_a_date_that_cannot_be_is_no_date(digits: str) -> None:
    data = bytearray(whole("resident")[10:-1])
    data[4 + 36 : 4 + 52] = digits.ljust(8)[:8].encode("utf-16-le")
    card = wire.base_info(bytes(data))
    assert card.birth_date is None
    assert number_doubts(card, TODAY) == ("device_idcard.number_birth",)


def test_the_reader_number_is_told_as_it_is_printed() -> None:
    data = bytes.fromhex("0500 0100 8D873401 15CD5B07 01000000")
    assert wire.module_number(data) == "05.01-20219789-0123456789-0000000001"
    with pytest.raises(BadFrame):
        wire.module_number(data[:-1])


@pytest.mark.parametrize("sw3", range(256))
def test_every_status_has_words(sw3: int) -> None:
    assert knows(wire.why(sw3))
    assert (wire.why(sw3) == "device_idcard.sw_other") is (sw3 not in wire.TOLD)


def test_an_address_that_was_added() -> None:
    assert wire.address("新址一号".ljust(35).encode("utf-16-le")) == "新址一号"
    assert wire.address(b"") == ""


# --- numbers --------------------------------------------------------------------------------------


def test_the_check_digit_of_the_standard() -> None:
    """The two numbers that GB 11643 itself gives as examples."""
    assert citizen_check_digit("11010519491231002") == "X"
    assert citizen_check_digit("44052418800101001") == "4"


@given(st.text("0123456789", min_size=17, max_size=17), st.data())
def test_every_wrong_digit_and_every_swap_of_neighbours_is_found(
    digits: str, data: st.DataObject
) -> None:
    right = citizen_check_digit(digits)
    at = data.draw(st.integers(0, 16))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[at]]))
    assert citizen_check_digit(digits[:at] + other + digits[at + 1 :]) != right
    if at < 16 and digits[at] != digits[at + 1]:
        swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        assert citizen_check_digit(swapped) != right


def card_with(**facts: object) -> IdentityCard:
    usual: dict[str, object] = {
        "card_type": IdentityCardType.RESIDENT,
        "id_number": "999900195512310029",
        "birth_date": date(1955, 12, 31),
        "sex": Sex.FEMALE,
    }
    return IdentityCard(**{**usual, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "doubts"),
    [
        ({}, ()),
        ({"sex": Sex.NOT_STATED}, ()),
        ({"sex": Sex.MALE}, ("device_idcard.number_sex",)),
        ({"birth_date": date(1955, 12, 30)}, ("device_idcard.number_birth",)),
        ({"id_number": "999900195512310028"}, ("device_idcard.number_check",)),
        ({"id_number": "999900551231002"}, ("device_idcard.number_form",)),
        ({"id_number": ""}, ("device_idcard.number_form",)),
        ({"id_number": "９９９９００195512310029"}, ("device_idcard.number_form",)),
        ({"card_type": IdentityCardType.FOREIGN_OLD, "id_number": "ZZZ999900000002"}, ()),
    ],
)
def test_what_is_wrong_with_a_number(facts: dict[str, object], doubts: tuple[str, ...]) -> None:
    assert number_doubts(card_with(**facts), TODAY) == doubts
    assert all(knows(doubt) for doubt in doubts)


def test_nobody_is_born_tomorrow() -> None:
    day = date(2026, 11, 23)
    number = "99990020261123002"
    card = card_with(id_number=number + citizen_check_digit(number), birth_date=day)
    assert number_doubts(card, TODAY) == ("device_idcard.number_birth",)
    assert number_doubts(card, day) == ()


def test_the_numbers_of_the_practice_cards_hold() -> None:
    cards = tomllib.loads(resource("practice", "identity_cards.toml").read_text("utf-8"))
    assert {fields.get("type", " ") for fields in cards.values()} == {" ", "J", "I", "Y"}
    for fields in cards.values():
        block = emulator.text_block(fields)
        card = wire.base_info(b"\x01\x00\x04\x00" + block + emulator.PHOTO)
        assert number_doubts(card, TODAY) == ()
        assert card.id_number.removeprefix("XXX").startswith("9999"), "nobody lives there"


def test_the_ethnic_groups_of_the_standard() -> None:
    assert len(ETHNIC_GROUPS) == 58
    some = {"01": "汉", "11": "满", "28": "景颇", "41": "塔吉克", "56": "基诺", "97": "其他"}
    assert some.items() <= ETHNIC_GROUPS.items()


# --- nothing of a person shows --------------------------------------------------------------------


def test_a_card_and_an_answer_show_nothing_of_themselves() -> None:
    card = read("resident")
    (answer,) = wire.Assembler().feed(whole("resident"))
    shown = f"{card} {card!r} {answer!r} {[card, answer]}"
    assert shown.count("IdentityCard(resident)") == 3
    assert "测试" not in shown and "9999" not in shown


@pytest.mark.parametrize("name", CARDS)
def test_a_masked_reading_can_still_be_read_and_names_nobody(name: str) -> None:
    stream = b"\xaa\x01" + whole(name) + b"\xf6"
    shown = wire.masked(stream)
    assert len(shown) == len(stream)
    (answer,) = wire.Assembler().feed(shown)
    card = wire.base_info(answer.data)
    assert card.card_type == read(name).card_type
    assert set(card.name + card.english_name + card.id_number + card.address) <= {"*", " "}
    assert (card.birth_date, card.valid_from, card.sex) == (None, None, Sex.UNKNOWN)
    assert not any(card.photo)


def test_masking_keeps_what_is_wrong_wrong_and_what_is_plain_plain() -> None:
    wrong = whole("resident")[:-1] + b"\x00"
    assert wire.Assembler().feed(wire.masked(wrong)) == []
    assert wire.masked(FOUND + SELECTED + NO_CARD) == FOUND + SELECTED + NO_CARD
    for command in (wire.FIND, wire.STATUS, wire.READ_BASE):
        assert wire.masked(wire.request(command)) == wire.request(command)


def secrets(name: str) -> list[bytes]:
    """Every pair of UTF-16 units of the card's own text, blanks apart."""
    block = whole(name)[14 : 14 + 248]
    pairs = [block[at : at + 4] for at in range(0, 248, 2)]
    return [pair for pair in pairs if b" \0" not in (pair[:2], pair[2:])]


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("begin", [0, 3, 6, 200])
@pytest.mark.parametrize("end", [8, 100, 333, 1294, 1295])
def test_no_part_of_a_reading_tells_who_it_was(name: str, begin: int, end: int) -> None:
    for stream in (whole(name)[begin:end], whole(name)[begin:end] + FOUND + whole(name)[:end]):
        shown = wire.masked(stream)
        assert len(shown) == len(stream)
        assert [pair for pair in secrets(name) if pair in shown] == []


# --- hostile bytes --------------------------------------------------------------------------------

CASES = int(os.environ.get("YAOTAI_FUZZ", "3000"))
"""A million was run once; the normal run takes seconds."""

FRAMES = st.sampled_from([FOUND, SELECTED, NO_CARD, *(whole(name) for name in CARDS)])
STREAMS = st.lists(
    st.one_of(
        st.binary(max_size=40),
        FRAMES,
        FRAMES.flatmap(lambda f: st.integers(0, len(f)).map(lambda cut: f[:cut])),
    ),
    max_size=5,
).map(b"".join)


def survives(stream: bytes, size: int) -> None:
    """Whatever comes: answers or none, cards or device errors, never anything else."""
    assembler = wire.Assembler()
    for at in range(0, len(stream), size):
        for answer in assembler.feed(stream[at : at + size]):
            try:
                card = wire.base_info(answer.data)
            except DeviceError:
                continue
            number_doubts(card, TODAY)
    assert len(wire.masked(stream)) == len(stream)


@settings(max_examples=min(CASES, 100_000) // 20, deadline=None)
@given(STREAMS, st.integers(1, 300))
def test_any_stream_is_survived(stream: bytes, size: int) -> None:
    survives(stream, size)


@settings(max_examples=100, deadline=None)
@given(STREAMS, st.integers(1, 300))
def test_pieces_make_no_difference(stream: bytes, size: int) -> None:
    pieces = wire.Assembler()
    found = [a for at in range(0, len(stream), size) for a in pieces.feed(stream[at : at + size])]
    assert found == wire.Assembler().feed(stream)


@given(st.binary(min_size=wire.TEXT_SIZE, max_size=wire.TEXT_SIZE))
def test_any_text_block_is_a_card_of_its_type(block: bytes) -> None:
    for sign, kind in zip(" JIY", CARDS, strict=True):
        typed = block[:248] + sign.encode("utf-16-le") + block[250:]
        card = wire.base_info(b"\x01\x00\x00\x00" + typed)
        assert (str(card.card_type), card.photo) == (kind, b"")
        number_doubts(card, TODAY)


def test_readings_with_wrong_bytes_are_survived() -> None:
    """Mutations of true readings go deeper than chance does; the seed is fixed."""
    chance = random.Random(20261122)
    readings = [whole(name) for name in CARDS]
    for _ in range(CASES):
        stream = bytearray(chance.choice(readings))
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(stream))
            match chance.randrange(4):
                case 0:
                    stream[at] = chance.randrange(256)
                case 1:
                    del stream[at : at + chance.randrange(1, 40)]
                case 2:
                    stream[at:at] = chance.randbytes(chance.randrange(1, 12))
                case _:
                    stream[5:7] = chance.randrange(0x600).to_bytes(2, "big")
            if not stream:
                break
        if chance.randrange(2) and len(stream) > 7:
            stream[-1] ^= wire.xor(bytes(stream[5:]))  # so that it is taken for an answer
        survives(bytes(stream), chance.choice((7, 64, 5000)))
