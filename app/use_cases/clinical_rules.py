"""The clinical rule file that ships, and the one that a shop adds in its home."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

from app.domain.catalogue import MARK, nfkc
from app.domain.clinical import ClinicalRules, Group, Pair
from app.errors import BadFile
from app.resources import resource

SHOP_FILE = "clinical.toml"
"""Its name in the shop's folder."""

_SECTIONS = ("stem", "frequency", "decoction", "group", "mark", "pair")
_SIZE_LIMIT = 1_000_000


@cache
def shipped_rules() -> ClinicalRules:
    """The rules in ``resources/rules/clinical.toml``, read once."""
    return read_rules(resource("rules", SHOP_FILE))


def rules_of(folder: Path) -> Callable[[], ClinicalRules]:
    """The shipped rules joined with the shop's own, read at the first use and then kept."""

    @cache
    def joined() -> ClinicalRules:
        own = folder.joinpath(SHOP_FILE)
        return join(shipped_rules(), read_rules(own)) if own.exists() else shipped_rules()

    return joined


def join(first: ClinicalRules, second: ClinicalRules) -> ClinicalRules:
    """Both together; where they name the same key the second wins, marks add up."""
    marks = dict(first.marks)
    for generic, own in second.marks.items():
        marks[generic] = tuple(dict.fromkeys((*marks.get(generic, ()), *own)))
    return ClinicalRules(
        stems={**first.stems, **second.stems},
        frequencies={**first.frequencies, **second.frequencies},
        decoction_types=first.decoction_types | second.decoction_types,
        groups=(*first.groups, *second.groups),
        marks=marks,
        pairs=(*first.pairs, *second.pairs),
    )


def read_rules(path: Path) -> ClinicalRules:
    """One rule file; :raises BadFile: with file, key and reason of the first thing wrong."""
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise BadFile(file=path.name, why="too large for a rule file")
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        raise BadFile(file=path.name, why=cause.strerror or "not readable") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as cause:
        raise BadFile(file=path.name, why=str(cause)) from None
    return _Reader(path.name).rules(table)


class _Reader:
    """Reads the tables of one file; what is wrong is told by key."""

    def __init__(self, file: str) -> None:
        self._file = file

    def rules(self, table: Mapping[str, object]) -> ClinicalRules:
        unknown = sorted(set(table) - set(_SECTIONS))
        if unknown:
            raise self._wrong(unknown[0], f"one of {', '.join(_SECTIONS)} is needed")
        stems, often = self._table(table, "stem"), self._table(table, "frequency")
        kinds = self._table(table, "decoction", ("item_types",))
        marks: dict[str, tuple[str, ...]] = {}
        for place, row in self._rows(table, "mark", ("generic", "marks")):
            generic = self._text(row, "generic", place)
            marks[generic] = (*marks.get(generic, ()), *self._marks(row, place))
        return ClinicalRules(
            stems={key: self._count(f"stem.{key}", value) for key, value in stems.items()},
            frequencies={
                nfkc(key).casefold().replace(" ", ""): self._share(f"frequency.{key}", value)
                for key, value in often.items()
            },
            decoction_types=frozenset(self._texts(kinds, "item_types", "decoction")),
            groups=tuple(
                Group(self._text(row, "name", place),
                      frozenset(map(nfkc, self._texts(row, "generics", place))))
                for place, row in self._rows(table, "group", ("name", "generics"))
            ),
            marks=marks,
            pairs=tuple(
                Pair(*(self._text(row, key, place) for key in ("one", "other", "text")))
                for place, row in self._rows(table, "pair", ("one", "other", "text"))
            ),
        )  # fmt: skip

    def _wrong(self, key: str, why: str) -> BadFile:
        return BadFile(file=self._file, why=f"{key}: {why}")

    def _table(
        self, whole: Mapping[str, object], name: str, known: tuple[str, ...] = ()
    ) -> Mapping[str, object]:
        value = whole.get(name, {})
        if not isinstance(value, Mapping):
            raise self._wrong(name, "a table is needed")
        for key in value if known else ():
            if key not in known:
                raise self._wrong(f"{name}.{key}", "unknown key")
        return value

    def _rows(
        self, whole: Mapping[str, object], name: str, known: tuple[str, ...]
    ) -> list[tuple[str, Mapping[str, object]]]:
        rows = whole.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise self._wrong(name, f"[[{name}]] tables are needed")
        for number, row in enumerate(rows, 1):
            unknown = sorted(set(row) - set(known))
            if unknown:
                raise self._wrong(f"{name}[{number}].{unknown[0]}", "unknown key")
        return [(f"{name}[{number}]", row) for number, row in enumerate(rows, 1)]

    def _text(self, row: Mapping[str, object], key: str, place: str) -> str:
        value = row.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > 200:
            raise self._wrong(f"{place}.{key}", "a text of at most 200 signs is needed")
        return nfkc(value)

    def _texts(self, row: Mapping[str, object], key: str, place: str) -> list[str]:
        value = row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self._wrong(f"{place}.{key}", "a list of texts is needed")
        return [str(one) for one in value]

    def _marks(self, row: Mapping[str, object], place: str) -> tuple[str, ...]:
        marks = self._texts(row, "marks", place)
        wrong = next((mark for mark in marks if not MARK.fullmatch(mark)), None)
        if wrong is not None or not marks:
            raise self._wrong(f"{place}.marks", f"no mark: {wrong or 'empty'}")
        return tuple(marks)

    def _count(self, key: str, value: object) -> int:
        if type(value) is not int or not 1 <= value <= 64:
            raise self._wrong(key, "a number from 1 to 64 is needed")
        return value

    def _share(self, key: str, value: object) -> Fraction:
        try:
            often = Fraction(value) if isinstance(value, str) else None
        except (ValueError, ZeroDivisionError):
            often = None
        if often is None or not 0 < often <= 24:
            raise self._wrong(key, 'a fraction of times a day such as "3" or "1/2" is needed')
        return often
