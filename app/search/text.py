"""Text as it is indexed and asked for: one spelling for what means the same."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

LONGEST_QUERY = 100
"""Signs; nobody types more, and what is pasted longer is no search."""

_MOST_TOKENS = 8
_LOOKALIKES = str.maketrans(
    {"α": "a", "β": "b", "γ": "g", "δ": "d", "μ": "u", "ω": "o", "а": "a", "×": "*"}
)
"""Greek letters (and one Cyrillic that stands in real rows) as people type them."""
_TIMES = re.compile(r"(\d(?:mg|g|ml|ug|mcg|iu|l)?)x(?=\d)")
_BARE_POINT = re.compile(r"(?<![\d.])\.(?=\d)")
_ZEROS = re.compile(r"(\.\d*?)0+(?!\d)")
_END_POINT = re.compile(r"(?<=\d)\.(?!\d)")
_RUNS = re.compile(r"(?P<latin>[0-9a-z][0-9a-z.*/%:+-]*)|(?P<hanzi>[^\x00-\x7f]+)")
_PARTS = re.compile(r"\d+(?:\.\d+)?|[a-z]+")
_GRAMS = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)(mg|g)(?![a-z])")
_APPROVAL_WORDS = re.compile(r"国药准字|进口药品注册证号?|注册证号?")


class Token(NamedTuple):
    """One piece of a query: ``latin`` (letters, digits, spec signs) or Chinese."""

    text: str
    latin: bool


def folded(text: str) -> str:
    """Width, case, Greek letters and signs of multiplication in one spelling."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain.translate(_LOOKALIKES).replace("ü", "v").replace("lyu", "lv").replace("nyu", "nv")


def same_numbers(text: str) -> str:
    """Numbers without what changes nothing: 0.250 is 0.25, .5 is 0.5, 24x2 is 24*2."""
    text = _TIMES.sub(r"\1*", text)
    text = _BARE_POINT.sub("0.", text)
    text = _ZEROS.sub(r"\1", text)
    return _END_POINT.sub("", text)


def in_other_unit(spec: str) -> str:
    """The spec with grams told as milligrams and the reverse; the same text when it has none."""
    return _GRAMS.sub(_other_unit, spec)


def _other_unit(found: re.Match[str]) -> str:
    digits, unit = found[1], found[2]
    whole, _, part = digits.partition(".")
    if unit == "g":
        moved = whole + part[:3].ljust(3, "0") + ("." + part[3:] if part[3:] else "")
        return same_numbers((moved.lstrip("0") or "0") + "mg")
    padded = whole.rjust(4, "0")
    return same_numbers(f"{padded[:-3].lstrip('0') or '0'}.{padded[-3:]}{part}") + "g"


def is_hanzi(sign: str) -> bool:
    """Whether a sign stands in the Chinese half of the index: any letter beyond ASCII."""
    return not sign.isascii() and sign.isalnum()


def plans_of(query: str) -> list[tuple[Token, ...]]:
    """How a query may be read, the likeliest way first; empty for what is no query.

    First with runs of letters and digits left whole (``b12``, ``0.25g*24``, a code), then with
    each taken apart (``amxl0.25`` is ``amxl`` and ``0.25``). All tokens of a plan must match; the
    next plan is for when the one before found nothing.
    """
    if not query or len(query) > LONGEST_QUERY:
        return []
    plain = _APPROVAL_WORDS.sub(" ", folded(query))
    if not _sensible(plain):
        return []
    whole: list[Token] = []
    apart: list[Token] = []
    for run in _RUNS.finditer(same_numbers(plain)):
        if hanzi := run["hanzi"]:
            kept = "".join(sign for sign in hanzi if is_hanzi(sign))
            if kept:
                whole.append(Token(kept, latin=False))
                apart.append(Token(kept, latin=False))
        else:
            whole.append(Token(run["latin"].rstrip(".*/%:+-"), latin=True))
            apart += [Token(part, latin=True) for part in _PARTS.findall(run["latin"])]
    plans = [tuple(dict.fromkeys(plan)) for plan in (whole, apart)]
    return [plan for plan in dict.fromkeys(plans) if 0 < len(plan) <= _MOST_TOKENS]


def _sensible(text: str) -> bool:
    """No control characters, no pictures: nothing that is written on no box."""
    if text.isascii() and text.isprintable():
        return True
    for sign in text:
        kind = unicodedata.category(sign)
        if kind in ("Cc", "Cn", "Cs", "Co", "So") and sign not in "\t\n\r":
            return False
    return True
