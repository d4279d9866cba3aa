"""What scanned strings are: each row of devices.md 4.3 to 4.5, and whatever else comes in."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.scanned import GS, ScannedKind, classify
from ui.commands.scan import run
from ui.words import knows

DAY = date(2026, 11, 22)
GTIN = "06901234567892"
FULL = f"01{GTIN}17270630" + "10LOT7" + GS + "21SER99"
CERTIFICATE = "424" + "0" * 21 + "1301"


def kind(text: str) -> str:
    return str(classify(text, DAY).kind)


@pytest.mark.rule("S-19")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CERTIFICATE, "insurance_code"),
        ("opc" + "1" * 25, "insurance_code"),
        ("]Q1" + CERTIFICATE, "insurance_code"),
        ("424" + "1" * 24, "unknown"),
        ("81773220288616423835", "trace_code"),
        ("]C083515410004748401667\r", "trace_code"),
        ("８１７７３２２０２８８６１６４２３８３５", "trace_code"),
        ("71773220288616423835", "unknown"),
        (FULL, "gs1"),
        ("]d2" + FULL, "gs1"),
        ("01" + GTIN, "gs1"),
        ("0106901234567893", "unknown"),
        ("00123456789012345675", "gs1"),
        ("134567890123456789", "pay_code"),
        ("2888888888888888", "pay_code"),
        ("301234567890123456789012", "pay_code"),
        ("6212345678901234567", "pay_code"),
        ("2488888888888888", "unknown"),
        ("6901234567892", "ean13"),
        ("]E06901234567892", "ean13"),
        ("2990000000019", "ean13"),
        ("6901234567893", "unknown"),
        ("96385074", "ean8"),
        ("036000291452", "upc"),
        ("16901234567899", "itf14"),
        ("https://example.invalid/t?x=1&code=81773220288616423835", "url"),
        ("http://example.invalid/?code=8177", "unknown"),
        ("http://example.invalid/a|b", "unknown"),
        ("21010119900101123X", "unknown"),
        ("", "unknown"),
        ("阿莫西林", "unknown"),
    ],
)
def test_the_order_of_tests(text: str, expected: str) -> None:
    scanned = classify(text, DAY)
    assert str(scanned.kind) == expected
    assert scanned.valid == (expected != "unknown")
    assert bool(scanned.why) == (not scanned.valid)


def citizen_number(seventeen: str) -> str:
    """By the definition of MOD 11-2: the weighed digits and the check leave 1 modulo 11."""
    for check, sign in enumerate("0123456789X"):
        total = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(seventeen)) + check
        if total % 11 == 1:
            return seventeen + sign
    raise AssertionError


# 18 digits that begin 25 to 30 are pay codes, which are looked at earlier.
@given(st.from_regex(r"(2[0-4]|3[1-9]|[4-9][0-9])[0-9]{15}", fullmatch=True))
def test_citizen_numbers_hold_by_their_check_sign(seventeen: str) -> None:
    number = citizen_number(seventeen)
    scanned = classify(number.lower(), DAY)
    assert (scanned.kind, scanned.code) == (ScannedKind.ID_NUMBER, number)
    assert seventeen not in scanned.shown()
    other = "0" if number[-1] != "0" else "1"
    assert kind(seventeen + other) == "unknown"


def test_an_insurance_code_is_never_shown_nor_in_a_repr(capsys: pytest.CaptureFixture[str]) -> None:
    scanned = classify(CERTIFICATE, DAY)
    assert scanned.code == CERTIFICATE
    assert CERTIFICATE not in repr(scanned) + scanned.shown()
    assert run(CERTIFICATE, True) == 0
    assert json.loads(capsys.readouterr().out)["code"] == "424" + "*" * 25


@pytest.mark.parametrize("text", [CERTIFICATE + "1", "ano" + "1" * 25, "424" + "1" * 24])
def test_what_nearly_is_an_insurance_code_is_masked_too(text: str) -> None:
    assert "*" * 20 in classify(text, DAY).shown()


@pytest.mark.parametrize(
    "text",
    [
        "8385793 0000879766660",
        "药品标识码：8385793 序列号：0000879766660",
        "药品标识码:8385793,序列号:0000879766660",
        "8385793-0000879766660",
        "83857930000879766660",
    ],
)
def test_trace_codes_in_two_parts_are_one_code(text: str) -> None:
    scanned = classify(text, DAY)
    assert (scanned.kind, scanned.code) == (ScannedKind.TRACE_CODE, "83857930000879766660")
    assert (scanned.product_code, scanned.serial) == ("8385793", "0000879766660")


SPELLINGS = ["\x1d", "<GS>", "<gs>", "{GS}", "\\x1d", "|", "^]"]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("aim", ["", "]d2", "]C1", "]Q3", "]d7"])
def test_every_spelling_of_gs_gives_the_same_code(spelling: str, aim: str) -> None:
    scanned = classify(aim + FULL.replace(GS, spelling), DAY)
    assert scanned.valid
    assert (scanned.code, scanned.gtin) == (FULL, GTIN)
    assert (scanned.batch, scanned.serial) == ("LOT7", "SER99")
    assert scanned.expiry == date(2027, 6, 30)
    assert scanned.aim == aim


def test_the_text_form_is_the_same_code() -> None:
    assert classify(f"(01){GTIN}(17)270630(10)LOT7(21)SER99", DAY).code == FULL


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("270600", date(2027, 6, 30)),
        ("280200", date(2028, 2, 29)),
        ("760101", date(2076, 1, 1)),
        ("770101", date(1977, 1, 1)),
    ],
)
def test_day_zero_and_the_century_window(digits: str, expected: date) -> None:
    assert classify(f"01{GTIN}17{digits}", DAY).expiry == expected


def test_the_century_window_moves_with_the_year() -> None:
    assert classify(f"01{GTIN}17010101", date(2060, 1, 1)).expiry == date(2101, 1, 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"01{GTIN}17271301", "scan.gs1_date"),
        (f"01{GTIN}17270231", "scan.gs1_date"),
        (f"01{GTIN}172706", "scan.gs1_length"),
        (f"01{GTIN}10" + "A" * 21, "scan.gs1_length"),
        (f"01{GTIN}10{GS}21X", "scan.gs1_length"),
        (f"01{GTIN}99", "scan.gs1_length"),
        (f"01{GTIN}XX", "scan.gs1_unknown_ai"),
        (f"01{GTIN}10A{GS}10B", "scan.gs1_twice"),
        (f"01{GTIN}10批{GS}21X", "scan.gs1_sign"),
        ("]d20106901234567893", "scan.check_digit"),
        ("(01)06901234567893", "scan.check_digit"),
        ("a|b", "scan.gs1_unknown_ai"),
    ],
)
def test_wrong_element_strings_say_why(text: str, why: str) -> None:
    scanned = classify(text, DAY)
    assert (scanned.kind, scanned.valid, scanned.why) == (ScannedKind.GS1, False, why)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("81773220288616423835", "81773220288616423835"),
        ("https://example.invalid/?code=81773220288616423835", "81773220288616423835"),
        (FULL, FULL),
        ("01" + GTIN, ""),
        (f"01{GTIN}21A{GS}17271301", ""),
        ("6901234567892", ""),
    ],
)
def test_only_a_code_of_one_single_pack_is_a_trace_code(text: str, code: str) -> None:
    assert classify(text, DAY).trace_code() == code


AI82 = st.text(st.sampled_from("ABCxyz0189-._/+"), min_size=1, max_size=20)


@given(AI82, AI82, st.dates(date(1980, 1, 1), date(2070, 1, 1)))
def test_element_strings_come_back_as_they_were_put_together(
    batch: str, serial: str, expiry: date
) -> None:
    text = f"10{batch}{GS}01{GTIN}21{serial}{GS}17{expiry:%y%m%d}"
    scanned = classify("]C1" + text, DAY)
    assert (scanned.batch, scanned.serial, scanned.gtin) == (batch, serial, GTIN)
    assert scanned.expiry == expiry
    assert classify(scanned.code + GS, DAY).code == scanned.code


@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_exactly_one_check_digit_makes_an_item_code(twelve: str) -> None:
    right = [d for d in "0123456789" if kind(twelve + d) == "ean13"]
    assert len(right) == 1


@given(st.text(max_size=600) | st.text("0148|()<GS>^]{}\x1d]dC\\x", max_size=60))
def test_whatever_comes_in_is_answered(text: str) -> None:
    scanned = classify(text, DAY)
    assert scanned.valid or knows(scanned.why)


def test_exit_codes_and_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("6901234567892", True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["gtin"], told["batch"]) == ("ean13", GTIN, None)
    assert run("6901234567893", True) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["valid"] is False
    assert "校验位" in told["why"]
    assert run("81773220288616423835", False) == 0
    assert "product_code: 8177322" in capsys.readouterr().out
