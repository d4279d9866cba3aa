"""Which terms a medicine is found by: names, makers, specs and codes, as prefixes of suffixes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, product

from app.domain.catalogue import Medicine
from app.ports import Pinyin
from app.search.keys import CHINESE, HEAD, LATIN
from app.search.text import folded, in_other_unit, is_hanzi, same_numbers

_MOST_SPELLINGS = 12
"""Ways to read one name that are indexed: the common one and what differs in one or two signs."""

_FIRM = re.compile(r"(股份|集团|控股)?(有限|责任|股份)*(公司|厂)$")
_LATIN_RUN = re.compile(r"[0-9a-z.*/%:+-]+")
_BOUNDARY = re.compile(r"(?<![\d.])\d|(?<![a-z])[a-z]")
_CODE_SIGNS = re.compile(r"[0-9a-z]+")

Terms = tuple[frozenset[str], frozenset[str]]
"""Latin terms and Chinese terms of one text."""


class TermMaker:
    """Makes the terms of texts; the readings come through the port."""

    def __init__(self, pinyin: Pinyin) -> None:
        self._pinyin = pinyin
        self.syllables: set[str] = set()
        """Every reading met, for taking queries apart later."""

    def of_text(self, kind: str, text: str) -> Terms:
        """Terms of one text of a medicine; ``kind`` as :func:`texts_of` tells it."""
        if kind == "name":
            return self._of_name(text)
        if kind == "maker":
            return self._of_maker(text)
        if kind == "spec":
            return _of_spec(text), frozenset(_chinese(text, head=False))
        if kind == "initials":
            return frozenset(_suffixes(_letters(text), head=True)), frozenset()
        if kind == "words":
            return frozenset(), frozenset(_chinese(text, head=False))
        return frozenset(_of_code(text)), frozenset()

    def _of_name(self, text: str) -> Terms:
        plain = folded(text)
        latin = set(self._spoken(plain, head=True))
        # "B1 2.5mg" and the like: numbers as a spec has them.
        latin |= _of_spec(text)
        return frozenset(latin), frozenset(_chinese(text, head=True))

    def _of_maker(self, text: str) -> Terms:
        short = _FIRM.sub("", folded(text))
        return frozenset(self._spoken(short, head=False)), frozenset(_chinese(text, head=False))

    def _spoken(self, plain: str, *, head: bool) -> Iterator[str]:
        """Initials and full spellings from each sign on."""
        signs = "".join(sign for sign in plain if sign.isalnum())
        readings = [_typed(options) for options in self._pinyin.readings(signs)]
        for sign, options in zip(signs, readings, strict=True):
            if is_hanzi(sign):
                self.syllables.update(option for option in options if len(option) > 1)
        for spelling in _spellings(readings):
            starts = [0]
            for syllable in spelling:
                starts.append(starts[-1] + len(syllable))
            full = "".join(spelling)
            short = "".join(syllable[:1] for syllable in spelling)
            if head:
                yield HEAD + full[: LATIN.longest - 1]
                yield HEAD + short[: LATIN.longest - 1]
            yield from (full[at : at + LATIN.longest] for at in starts[:-1])
            yield from (short[at : at + LATIN.longest] for at in range(len(short)))


def texts_of(medicine: Medicine) -> Iterator[tuple[str, str]]:
    """The texts that a medicine is found by, each with its kind."""
    for name in {medicine.display_name, medicine.generic_name, medicine.trade_name}:
        if name:
            yield "name", name
    rest = (
        ("maker", medicine.manufacturer),
        ("spec", medicine.spec),
        ("words", medicine.dosage_form),
        ("initials", medicine.initials_given),
    )
    yield from ((kind, text) for kind, text in rest if text)
    for code in codes_of(medicine):
        yield "code", code


def codes_of(medicine: Medicine) -> Iterator[str]:
    """The codes that name a medicine exactly."""
    codes = (
        medicine.shop_code, medicine.barcode, medicine.national_code, medicine.approval_no,
        medicine.nhsa_generic_code, medicine.trace_product_code,
    )  # fmt: skip
    yield from (code for code in codes if code)


def _typed(options: tuple[str, ...]) -> tuple[str, ...]:
    """Readings as keys can type them: a sign that nobody can spell stands as nothing."""
    return tuple(option for option in options if option.isascii()) or ("",)


def _spellings(readings: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The common reading first, then those that differ from it in one sign, then in two."""
    common = [options[0] for options in readings]
    yield tuple(common)
    made = 1
    open_places = [place for place, options in enumerate(readings) if len(options) > 1]
    for places in _few(open_places):
        for chosen in product(*(readings[place][1:] for place in places)):
            if made == _MOST_SPELLINGS:
                return
            spelling = list(common)
            for place, reading in zip(places, chosen, strict=True):
                spelling[place] = reading
            yield tuple(spelling)
            made += 1


def _few(places: list[int]) -> Iterator[tuple[int, ...]]:
    yield from combinations(places, 1)
    yield from combinations(places, 2)


def _chinese(text: str, *, head: bool) -> Iterator[str]:
    """Runs of Chinese from each sign on; brackets and dashes inside a name do not part them."""
    signs = "".join(sign for sign in folded(text) if sign.isalnum())
    for run in re.finditer(r"[^\x00-\x7f]+", signs):
        yield from (run[0][at : at + CHINESE.longest] for at in range(len(run[0])))
        if head and run.start() == 0:
            yield HEAD + run[0][: CHINESE.longest - 1]


def _of_spec(text: str) -> frozenset[str]:
    """From each number and each unit on, grams told as milligrams too."""
    plain = same_numbers(folded(text))
    found: set[str] = set()
    for spec in {plain, in_other_unit(plain)}:
        for run in _LATIN_RUN.finditer(spec):
            for start in _BOUNDARY.finditer(run[0]):
                found.add(run[0][start.start() : start.start() + LATIN.longest])
    return frozenset(found)


def _letters(text: str) -> str:
    return "".join(sign for sign in folded(text) if sign.isascii() and sign.isalnum())


def _suffixes(letters: str, *, head: bool) -> Iterator[str]:
    if not letters:
        return
    if head:
        yield HEAD + letters[: LATIN.longest - 1]
    yield from (letters[at : at + LATIN.longest] for at in range(len(letters)))


def _of_code(text: str) -> Iterable[str]:
    """A code from its beginning, and its digits alone (``51023368`` of an approval number)."""
    for piece in _CODE_SIGNS.findall(folded(text)):
        yield piece[: LATIN.longest]
        digits = piece.lstrip("abcdefghijklmnopqrstuvwxyz")
        if digits and digits != piece:
            yield digits[: LATIN.longest]
