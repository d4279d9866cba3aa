"""The ten-second scanner test: one known code, and what came of it, letter by letter.

A wrong setting shows in what it does to a known string: capital letters, swapped keys of another
keyboard layout, a lost group separator, an input method in between (lessons 24, devices.md 4.1).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.code_read import CodeRead, ScanSource
from app.domain.scanned import GS, with_plain_gs, without_aim

TEST_CODE: Final = f"YaoTai-test{GS}0123456789{GS}qwzyamQWZYAM{GS}:/?=&_.;"
"""What the test code says: both cases, digits, the letters that layouts move, signs of addresses.

Beginning with letters it is no drug, no customer and no payment, whatever a setting makes of it.
"""


class Fault(StrEnum):
    """What is wrong with a scanner's setting; the value is the tail of its message ids."""

    UPPER = "upper"
    """All letters came as capitals."""
    LOWER = "lower"
    SWAPPED = "swapped"
    """Small came as capital and capital as small: caps lock."""
    LAYOUT_DE = "layout_de"
    """y and z changed places."""
    LAYOUT_FR = "layout_fr"
    """a and q, w and z changed places."""
    GS_LOST = "gs_lost"
    SUFFIX_MISSING = "suffix_missing"
    COMPOSED = "composed"
    """An input method stood in between."""
    DOUBLED = "doubled"
    CUT = "cut"
    """Only a part came."""
    EXTRA = "extra"
    """Something stands before or after the code that does not belong to it."""
    GARBLED = "garbled"
    """It is the test code, and single signs of it are wrong."""
    OTHER = "other"
    """Another code was scanned."""


HARMLESS: Final = frozenset({Fault.SUFFIX_MISSING})
"""Told, and no reason to fail: silence ends a code too, only later."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a reading of the test code showed."""

    faults: tuple[Fault, ...] = ()
    source: ScanSource = ScanSource.WEDGE
    expected: str = ""
    """Around the first sign that differs, where single signs are wrong."""
    found: str = ""

    @property
    def passed(self) -> bool:
        """Whether every code that such a scanner reads arrives as it is."""
        return not set(self.faults) - HARMLESS


def judge(read: CodeRead) -> Judged:
    """What the till makes of the test code as it came."""
    got, composed = _plain(read.text), read.composed or _is_composed(read.text)
    faults = _faults(got)
    if composed:
        # Signs that an input method changed are its doing and no other fault.
        faults = [Fault.COMPOSED, *(one for one in faults if one not in _BY_SIGNS)]
    if faults == [Fault.OTHER] or (composed and _DIGITS not in got and len(faults) == 1):
        return Judged((Fault.OTHER,), read.source)
    if not read.ended:
        faults.append(Fault.SUFFIX_MISSING)
    expected, found = _first_difference(got) if Fault.GARBLED in faults else ("", "")
    return Judged(tuple(faults), read.source, expected, found)


def is_test_code(text: str) -> bool:
    """Whether a string is the test code or what one wrong setting makes of it."""
    return _settings(_plain(text)) is not None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).strip(" \t\r\n")
    return with_plain_gs(without_aim(folded))


_DIGITS: Final = "0123456789"
_BY_SIGNS: Final = frozenset({Fault.GARBLED, Fault.OTHER, Fault.EXTRA})
_LEAST: Final = 6
"""Signs of the test code at one end of it: enough to know it by."""
_ALIKE: Final = 60
"""Percent of the signs that must be in place for it to be the test code at all."""


def _is_composed(text: str) -> bool:
    """Whether there are signs that only an input method makes: full width, Chinese."""
    return any(unicodedata.east_asian_width(sign) in "FW" for sign in text)


def _faults(got: str) -> list[Fault]:
    for text, more in ((got, []), (got[: len(got) // 2], [Fault.DOUBLED])):
        faults = _settings(text)
        if faults is not None and text * (1 + len(more)) == got:
            return [*faults, *more]
    if TEST_CODE in got:
        return [Fault.EXTRA]
    if len(got) >= _LEAST and (TEST_CODE.startswith(got) or TEST_CODE.endswith(got)):
        return [Fault.CUT]
    same = sum(a == b for a, b in zip(got, TEST_CODE, strict=False))
    return [Fault.GARBLED if 100 * same >= _ALIKE * len(TEST_CODE) else Fault.OTHER]


def _first_difference(got: str) -> tuple[str, str]:
    pairs = enumerate(zip(got, TEST_CODE, strict=False))
    shorter = min(len(got), len(TEST_CODE))
    at = next((place for place, (one, other) in pairs if one != other), shorter)
    return _around(TEST_CODE, at), _around(got, at)


def _around(text: str, at: int) -> str:
    return text[max(0, at - 2) : at + 4].replace(GS, "␝")


# --- what wrong settings make of it ---------------------------------------------------------------

_CASES: Final[Mapping[Fault | None, Callable[[str], str]]] = {
    None: str,
    Fault.UPPER: str.upper,
    Fault.LOWER: str.lower,
    Fault.SWAPPED: str.swapcase,
}
_LAYOUTS: Final[Mapping[Fault, Mapping[str, str]]] = {
    # What the keys of a United States keyboard write where the system believes in another one.
    Fault.LAYOUT_DE: dict(zip("yzYZ", "zyZY", strict=True)),
    Fault.LAYOUT_FR: dict(zip("qawzQAWZ;:mM", "aqzwAQZWmM,?", strict=True)),
}


_DEAD_KEYS: Final = 6
"""Signs of the test code that another layout may swallow."""


def _settings(got: str) -> list[Fault] | None:
    """The settings that turn the test code into this; none of them = an empty list."""
    bare, lost = (
        got.replace(GS, ""),
        [] if got.count(GS) == TEST_CODE.count(GS) else [Fault.GS_LOST],
    )
    wanted = TEST_CODE.replace(GS, "")
    # Most codes of a day are no test code and are told so at once.
    if (lost and GS in got) or abs(len(bare) - len(wanted)) > _DEAD_KEYS:
        return None
    for case, turned in _CASES.items():
        if bare == turned(wanted):
            return [*([case] if case else []), *lost]
    # Of another layout the letters alone are looked at: some of its signs are dead keys.
    for case, layout, spoilt in _other_layouts(wanted):
        if _letters(bare) == _letters(spoilt):
            return [layout, *([case] if case else []), *lost]
    return None


def _other_layouts(wanted: str) -> Iterator[tuple[Fault | None, Fault, str]]:
    for layout, table in _LAYOUTS.items():
        for case, turned in _CASES.items():
            yield case, layout, "".join(table.get(sign, sign) for sign in turned(wanted))


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isalpha())
