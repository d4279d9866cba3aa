"""The limit of ``search``: SQLite's FTS5 with prefix indexes. Imports nothing of ours.

It is given less to do than our engine: only prefixes of whole names in initials and full pinyin,
one reading a character. Characters are indexed one by one and asked for as phrases.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from functools import cache
from itertools import starmap

_RUNS = re.compile(r"[0-9.]+|[a-z]+|[^\x00-\x7f]+")

Row = tuple[str, str, str, str, str, int]
"""Id, code, name, spec, maker, price."""


@cache
def syllable(sign: str) -> str:
    """The commonest toneless reading of a character; other signs as they are."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(sign)).lower()


def spelled(text: str) -> list[str]:
    """The syllables of a text."""
    return [syllable(sign) for sign in text]


def _spaced(text: str) -> str:
    return " ".join(text)


def _spec_words(spec: str) -> str:
    return " ".join(re.findall(r"[0-9.]+|[a-z]+", spec.lower().replace("μ", "u"))).replace(".", "p")


class Fts:
    """A table of rows and its FTS5 index, in memory: no disk disturbs the comparison."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute(
            "CREATE TABLE drug (n INTEGER PRIMARY KEY, id, code, name, spec, maker, price)"
        )
        self._db.execute(
            "CREATE VIRTUAL TABLE found USING fts5"
            "(hz, short, full, spec, maker, content='', prefix='1 2 3 4')"
        )
        self._db.executemany("INSERT INTO drug VALUES (NULL,?,?,?,?,?,?)", rows)
        known = self._db.execute("SELECT n, name, spec, maker FROM drug").fetchall()
        self._db.executemany(
            "INSERT INTO found VALUES (?,?,?,?,?,?)".replace(
                "INTO found", "INTO found (rowid, hz, short, full, spec, maker)"
            ),
            starmap(_terms, known),
        )
        self._db.commit()

    def search(self, query: str, *, ranked: bool) -> list[Row]:
        """Full rows that match every token of the query, fifty at most."""
        order = "ORDER BY rank" if ranked else ""
        sql = (
            "SELECT drug.id, drug.code, drug.name, drug.spec, drug.maker, drug.price FROM "  # noqa: S608
            f"(SELECT rowid FROM found WHERE found MATCH ? {order} LIMIT 50) AS hit "
            "JOIN drug ON drug.n = hit.rowid"
        )
        return self._db.execute(sql, (_match(query),)).fetchall()

    def close(self) -> None:
        """Give the memory back."""
        self._db.close()


def _terms(number: int, name: str, spec: str, maker: str) -> tuple[int, str, str, str, str, str]:
    syllables = spelled(name)
    short = "".join(part[:1] for part in syllables)
    full = "".join(syllables)
    return number, _spaced(name), short, full, _spec_words(spec), _spaced(maker)


def _match(query: str) -> str:
    parts = []
    for run in _RUNS.findall(query.lower()):
        if run.isascii():
            parts.append(f'"{run.replace(".", "p")}"*')
        else:
            parts.append(f'"{_spaced(run)}"')
    return " AND ".join(parts)
