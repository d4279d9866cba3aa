"""Field tables and code lists of the insurance interface, read from data; no checks here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["s", "n", "int", "digits", "date", "datetime", "bytes", "bool", "node"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a node, as the interface prints it.

    ``kind``: ``s`` text, ``n`` decimal, ``int`` whole number, ``digits`` a number kept as text,
    ``date``, ``datetime``, ``bytes``, ``bool``, ``node`` (holds another node or a list).
    ``length`` counts characters of text and digits of a number; ``places`` are decimal places.
    """

    name: str
    zh: str
    kind: Kind
    en: str = ""
    length: int | None = None
    places: int | None = None
    required: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a message: its fields, whether it is a list, and the node that holds it.

    ``name`` is empty for fields that stand directly in ``output``. ``also`` are other spellings.
    """

    name: str
    fields: tuple[Field, ...]
    many: bool = False
    inside: str = ""
    also: tuple[str, ...] = ()
    optional: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The node's own name and its other spellings."""
        return (self.name, *self.also)

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction of the interface: nodes of its request, answer and files."""

    infno: str
    name: str
    english: str
    input: tuple[Node, ...] = ()
    output: tuple[Node, ...] = ()
    file_input: tuple[Node, ...] = ()
    file_output: tuple[Node, ...] = ()
    release: str = ""
    """``A`` where another release gives the same number another meaning (interface 3.1)."""
    version: str = ""
    """Of the text that the tables are taken from; the envelope names it for all of them."""

    @property
    def key(self) -> str:
        """What tells it from every other table: ``7206``, ``A7206``."""
        return self.release + self.infno

    def input_node(self, name: str) -> Node | None:
        """The request node of that name or other spelling, or None."""
        return next((node for node in self.input if name in node.names), None)


@dataclass(frozen=True, slots=True)
class CodeList:
    """One code list (interface part 5); ``open`` when regions add codes of their own."""

    name: str
    title: str
    open: bool
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paths:
    """Where transactions are posted (interface 1.1)."""

    one_url: str
    per_transaction: dict[str, str]
    assumed: frozenset[str]


def _field(row: dict[str, Any]) -> Field:
    return Field(
        name=row["name"],
        zh=row["zh"],
        kind=row["type"],
        en=row.get("en", ""),
        length=row.get("length"),
        places=row.get("places"),
        required=row.get("required", False),
        code=row.get("code", ""),
    )


def _nodes(rows: list[dict[str, Any]]) -> tuple[Node, ...]:
    return tuple(
        Node(
            name=row["node"],
            fields=tuple(_field(one) for one in row["fields"]),
            many=row.get("many", False),
            inside=row.get("inside", ""),
            also=tuple(row.get("also", ())),
            optional=row.get("optional", False),
        )
        for row in rows
    )


def read_table(file: Path) -> Transaction:
    """One transaction's table.

    :raises OSError, tomllib.TOMLDecodeError, KeyError: when the shipped file is not one.
    """
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return Transaction(
        infno=table["infno"],
        name=table["name"],
        english=table["english"],
        input=_nodes(table.get("input", [])),
        output=_nodes(table.get("output", [])),
        file_input=_nodes(table.get("file_input", [])),
        file_output=_nodes(table.get("file_output", [])),
        release=table.get("release", ""),
        version=table.get("version", ""),
    )


@cache
def load_tables(folder: Path) -> Mapping[str, Transaction]:
    """Every transaction of the folder by its number, the envelope under ``envelope``.

    Numbers that mean another act in release A stand there as ``A7201`` too: see :func:`table_of`.
    They ship with the program, so a process reads them once; nobody can write into them.
    """
    files = sorted(file for file in folder.glob("*.toml") if file.stem not in ("codes", "paths"))
    tables = (read_table(file) for file in files)
    return MappingProxyType({table.key: table for table in tables})


def dictionary_version(folder: Path) -> str:
    """Which text of the interface the field tables are taken from."""
    return read_table(folder / "envelope.toml").version


def table_of(
    tables: Mapping[str, Transaction], infno: str, release: str | None = None
) -> Transaction | None:
    """The table of a transaction in the region's e-prescription release, or None.

    2207A and the like share the table of their number; of release A its own table prevails,
    and where it has none for a prescription number there is none (interface 3.1).
    """
    if release == "A" and infno.startswith("72"):
        return tables.get(f"A{infno}")
    return tables.get(infno) or tables.get(infno.rstrip("ABC"))


@cache
def load_codes(folder: Path) -> Mapping[str, CodeList]:
    """The code lists of the folder by name; a field whose list is not here is not checked."""
    table = tomllib.loads((folder / "codes.toml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            name: CodeList(name, row["title"], row["open"], MappingProxyType(dict(row["values"])))
            for name, row in table.items()
        }
    )


def load_paths(folder: Path) -> Paths:
    """The paths of the folder; numbers in ``assumed`` were never seen on a live platform."""
    table = tomllib.loads((folder / "paths.toml").read_text(encoding="utf-8"))
    return Paths(table["one_url"], dict(table["per_transaction"]), frozenset(table["assumed"]))
