"""What wrong settings do to the test code is recognised, each by its own sentence."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.code_read import CodeRead, ScanSource
from app.domain.scanned import GS, ScannedKind, classify
from app.domain.scanner_test import TEST_CODE, Fault, Judged, is_test_code, judge
from tests.fakes.clock import START

GERMAN = str.maketrans(
    dict(zip("yzYZ-_;:/?&", "zyZYß?öÖ-_/", strict=True)) | {"=": ""}
)  # fmt: skip
"""What a German system makes of the keys of a United States scanner; ´ is a dead key."""
FRENCH = str.maketrans(
    dict(zip("qawzQAWZ;:mM1234567890-_/?.&", "aqzwAQZWmM,?&é\"'(-è_çà)°!§:7", strict=True))
)


def judged(text: str, *, ended: bool = True, composed: bool = False) -> Judged:
    return judge(CodeRead(text, ScanSource.WEDGE, ended, composed))


def faults(text: str, **more: bool) -> tuple[str, ...]:
    return tuple(one.value for one in judged(text, **more).faults)


@pytest.mark.parametrize(
    "text",
    [TEST_CODE, "]Q1" + TEST_CODE, "]d2" + TEST_CODE]
    + [TEST_CODE.replace(GS, spelling) for spelling in ("<GS>", "{GS}", "|", "^]", "\\x1d")],
)
def test_a_good_scanner_passes_however_it_spells_the_separator(text: str) -> None:
    assert faults(text) == ()
    assert judged(text).passed
    assert is_test_code(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TEST_CODE.upper(), ("upper",)),
        (TEST_CODE.lower(), ("lower",)),
        (TEST_CODE.swapcase(), ("swapped",)),
        (TEST_CODE.replace(GS, ""), ("gs_lost",)),
        (TEST_CODE.translate(GERMAN), ("layout_de",)),
        (TEST_CODE.translate(FRENCH), ("layout_fr",)),
        (TEST_CODE.upper().replace(GS, ""), ("upper", "gs_lost")),
        (
            TEST_CODE.swapcase().translate(GERMAN).replace(GS, ""),
            ("layout_de", "swapped", "gs_lost"),
        ),
        (TEST_CODE * 2, ("doubled",)),
        (TEST_CODE[:20], ("cut",)),
        (TEST_CODE[9:], ("cut",)),
        ("7" + TEST_CODE, ("extra",)),
        (TEST_CODE.replace("7", "8"), ("garbled",)),
        ("81773220288616423835", ("other",)),
        ("6901234567892", ("other",)),
        ("", ("other",)),
    ],
)  # fmt: skip
def test_each_wrong_setting_is_named(text: str, found: tuple[str, ...]) -> None:
    assert faults(text) == found
    assert not judged(text).passed


def test_a_wrong_sign_is_shown_where_it_stands() -> None:
    found = judged(TEST_CODE.replace("7", "8"))
    assert (found.expected, found.found) == ("56789␝", "56889␝")


def test_a_missing_suffix_is_told_and_fails_nothing() -> None:
    assert faults(TEST_CODE, ended=False) == ("suffix_missing",)
    assert judged(TEST_CODE, ended=False).passed


@pytest.mark.parametrize(
    "text",
    [
        TEST_CODE.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        TEST_CODE.replace(":", "：").replace("?", "？").replace(";", "；"),
        TEST_CODE.replace("/", "、").replace(".", "。").replace("_", "——"),
        TEST_CODE.replace("qwzyam", "去玩在呀吗"),
    ],
)
def test_what_an_input_method_made_of_it_is_its_doing_alone(text: str) -> None:
    assert faults(text)[0] == "composed"
    assert not judged(text).passed
    assert not {"garbled", "other", "extra"} & set(faults(text))


def test_chinese_that_is_no_test_code_is_another_code() -> None:
    assert faults("药品标识码：8385793 序列号：0000879766660") == ("other",)


def test_the_test_code_is_nothing_that_a_counter_sells_or_asks() -> None:
    for text in (
        TEST_CODE,
        TEST_CODE.replace(GS, ""),
        TEST_CODE.upper(),
        TEST_CODE.translate(GERMAN),
    ):
        scanned = classify(text, START.date())
        assert scanned.kind in (ScannedKind.UNKNOWN, ScannedKind.GS1)
        assert not scanned.valid
        assert not scanned.trace_code()


def test_no_two_settings_make_the_same_of_it() -> None:
    turned = {
        "upper": TEST_CODE.upper(), "lower": TEST_CODE.lower(), "swapped": TEST_CODE.swapcase(),
        "gs": TEST_CODE.replace(GS, ""), "de": TEST_CODE.translate(GERMAN),
        "fr": TEST_CODE.translate(FRENCH), "plain": TEST_CODE,
    }  # fmt: skip
    for one, other in combinations(turned.values(), 2):
        assert one != other
        assert faults(one) != faults(other)


def test_every_fault_has_been_seen() -> None:
    """A fault without a case above would be words that nobody can ever read."""
    seen = Path(__file__).read_text("utf-8")
    assert all(f'"{fault.value}"' in seen for fault in Fault)


@given(st.text(max_size=120), st.booleans(), st.booleans())
def test_whatever_comes_is_judged(text: str, ended: bool, composed: bool) -> None:
    found = judged(text, ended=ended, composed=composed)
    assert found.passed == (not set(found.faults) - {Fault.SUFFIX_MISSING})
    assert is_test_code(text) <= (not {Fault.OTHER, Fault.GARBLED} & set(found.faults))


@given(st.integers(0, len(TEST_CODE) - 1), st.sampled_from("0aZ~药"))
def test_one_wrong_sign_never_passes(at: int, sign: str) -> None:
    spoilt = TEST_CODE[:at] + sign + TEST_CODE[at + 1 :]
    assert judged(spoilt).passed == (spoilt == TEST_CODE)
