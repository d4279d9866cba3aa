"""Readings of Chinese characters, those that people really use (port ``Pinyin``)."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache

_MOST_READINGS = 3
_LEAST_SEEN = 3
"""A reading of a character counts when at least so many words of the dictionary use it."""

_OF_THE_TRADE: Mapping[str, tuple[str, ...]] = {
    "参": ("shen", "can"),
    "藏": ("zang", "cang"),
    "长": ("chang", "zhang"),
    "重": ("zhong", "chong"),
    "术": ("zhu", "shu"),
    "柏": ("bai", "bo"),
    "枸": ("gou", "ju"),
    "血": ("xue", "xie"),
    "薄": ("bo", "bao"),
    "大": ("da", "dai"),
    "阿": ("a", "e"),
    "荨": ("xun", "qian"),
    "蛤": ("ge", "ha"),
    "卒": ("zu", "cu"),
    "单": ("dan", "shan"),
    "噁": ("e", "wu"),
    "吡": ("bi", "pi"),
    "茄": ("qie", "jia"),
    "莨": ("lang", "liang"),
    "菪": ("dang",),
    "露": ("lu", "lou"),
    "降": ("jiang", "xiang"),
    "芥": ("jie", "gai"),
    "苎": ("zhu",),
    "盐": ("yan",),
    "红": ("hong",),
    "片": ("pian",),
    "石": ("shi",),
    "格": ("ge",),
    "行": ("xing", "hang"),
    "调": ("tiao", "diao"),
    "便": ("bian", "pian"),
    "曲": ("qu",),
    "龟": ("gui",),
    "仔": ("zi", "zai"),
    "夏": ("xia",),
    "核": ("he", "hu"),
    "壳": ("ke", "qiao"),
    "朝": ("chao", "zhao"),
    "厦": ("xia", "sha"),
    "蚌": ("beng", "bang"),
    "六": ("liu", "lu"),
}
"""What the counter says where a dictionary of words knows better or worse; commonest first."""


class PypinyinReadings:
    """The port over pypinyin's tables; the library is loaded when first asked."""

    def readings(self, text: str) -> list[tuple[str, ...]]:
        """Per character its toneless readings, commonest first; other signs stand as they are."""
        return [_readings_of(sign) for sign in text]


@cache
def _readings_of(sign: str) -> tuple[str, ...]:
    if sign in _OF_THE_TRADE:
        return _OF_THE_TRADE[sign]
    if sign.isascii():
        return (sign,)
    from pypinyin.constants import PINYIN_DICT

    listed = PINYIN_DICT.get(ord(sign))
    if not listed:
        return (sign,)
    every = list(dict.fromkeys(_toneless(reading) for reading in listed.split(",")))
    used = _seen_in_words().get(sign, Counter())
    alive = [reading for reading in every if used[reading] >= _LEAST_SEEN] or every[:1]
    alive.sort(key=lambda reading: -used[reading])
    return tuple(alive[:_MOST_READINGS])


@cache
def _toneless(reading: str) -> str:
    """``lǜ`` as ``lv``: the way it is typed."""
    plain = reading.replace("ü", "v")
    apart = unicodedata.normalize("NFD", plain).replace("u\u0308", "v")
    # ǖ ǘ ǚ ǜ come apart into u + diaeresis + tone.
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return letters.lower()


@cache
def _seen_in_words() -> Mapping[str, Counter[str]]:
    from pypinyin.constants import PHRASES_DICT

    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for word, syllables in PHRASES_DICT.items():
        if len(word) == len(syllables):
            for sign, readings in zip(word, syllables, strict=True):
                seen[sign][_toneless(readings[0])] += 1
    return seen
