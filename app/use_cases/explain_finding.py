"""Why a finding is told: the requirements it rests on, from the rule book that ships as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.errors import BadFile
from app.resources import resource

_FILES = (("requirements.toml", "requirement"), ("systems.toml", "system"))


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement or system of the rule book, in our own words."""

    id: str
    title: str
    title_en: str
    source: str
    """File and clause of the policy document; of a system the requirements that name it."""
    users: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    """``module:name`` of what carries it."""
    not_till: str = ""
    """Why nothing is left for a till to do; empty where something is."""
    not_till_en: str = ""
    lacks: str = ""
    """What it demands and the till does not do yet; empty where nothing is missing."""
    lacks_en: str = ""


def explain_finding(rule_ids: Iterable[str]) -> tuple[Requirement, ...]:
    """The requirements behind a finding, in its order; ids nobody knows are left out.

    This answers the info key on a finding. No unit of work is needed: the book is a file.
    """
    known = rule_book()
    return tuple(known[each] for each in rule_ids if each in known)


@cache
def rule_book(folder: Path | None = None) -> Mapping[str, Requirement]:
    """All requirements and systems by id, in the order of the book.

    :raises BadFile: an id twice, an unknown key, or a file that cannot be read.
    """
    home = folder or resource("rules")
    book: dict[str, Requirement] = {}
    for name, table in _FILES:
        for entry in _entries(home.joinpath(name), table):
            one = _requirement(entry, name)
            if one.id in book:
                raise BadFile(file=name, why=f"{one.id} stands twice")
            book[one.id] = one
    return book


def _entries(path: Path, table: str) -> list[dict[str, object]]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        raise BadFile(file=path.name, why=str(cause)) from None
    rows = found.get(table)
    if set(found) != {table} or not isinstance(rows, list):
        raise BadFile(file=path.name, why=f"[[{table}]] expected")
    return rows


def _requirement(entry: Mapping[str, object], file: str) -> Requirement:
    told: dict[str, object] = {}
    for key, value in entry.items():
        if key in ("users", "code") and isinstance(value, list):
            told[key] = tuple(str(item) for item in value)
        elif key in Requirement.__slots__ and isinstance(value, str):
            told[key] = value
        else:
            raise BadFile(file=file, why=f"{entry.get('id')}: {key}")
    try:
        return Requirement(**told)  # type: ignore[arg-type]  # names and kinds are checked above
    except TypeError:
        raise BadFile(file=file, why=f"{entry.get('id')}: incomplete") from None
