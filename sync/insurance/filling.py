"""Fills the nodes of a request from the field tables and refuses what breaks them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from app.errors import BadValue
from sync.insurance.field_tables import Field, Node, Transaction

Row = Mapping[str, object]

_NUMBERS = ("n", "int")
_MAY_BE_EMPTY = frozenset({("1101", "certno"), ("1101", "psn_name"), ("1101", "psn_cert_type")})
"""Marked required, sent empty by everybody when the credential says who it is (interface 2.2)."""

_ECHOED_LENGTH = {"psn_type": 6, "psn_name": 50, "certno": 50}
"""Values the platform itself gave in 1101 with these lengths; later tables print them shorter."""


def _empty_value(field: Field) -> object:
    """A number without value is 0, everything else is empty (interface 1.3)."""
    return 0 if field.kind in _NUMBERS else ""


def _check_number(field: Field, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise BadValue(what=field.name, why="number expected")
    number = Decimal(value)
    if field.kind == "n" and field.length is None and field.places is None:
        return  # a table without any lengths (3501A, interface 7.5)
    places = field.places or 0
    if number != round(number, places):
        raise BadValue(what=field.name, why=f"more than {places} places")
    if field.length is not None and abs(number) >= 10 ** (field.length - places):
        raise BadValue(what=field.name, why=f"longer than {field.length}")


def _check_text(field: Field, value: object, letters: bool) -> None:
    if not isinstance(value, str):
        raise BadValue(what=field.name, why="text expected")
    if field.kind == "digits":
        pattern = "[A-Za-z0-9_-]{1,30}" if letters else "[0-9]*[1-9][0-9]*"
        if not re.fullmatch(pattern, value):
            raise BadValue(what=field.name, why="digits expected")
        if letters:
            return
    limit = field.length
    if limit is not None and len(value) > max(limit, _ECHOED_LENGTH.get(field.name, 0)):
        raise BadValue(what=field.name, why=f"longer than {limit}")


def fill_row(infno: str, node: Node, given: Row, letters: bool = False) -> dict[str, object]:
    """One row of a node: every documented field in the table's order, inner nodes as given.

    :raises BadValue: naming the field that is missing, over-long, ill-typed or not documented.
    """
    known = {field.name for field in node.fields}
    row: dict[str, object] = {}
    for field in node.fields:
        if field.kind == "node":
            continue
        value = given.get(field.name, _empty_value(field))
        if value in ("", None) and field.kind not in _NUMBERS:
            if field.required and (infno, field.name) not in _MAY_BE_EMPTY:
                raise BadValue(what=field.name, why="missing")
            value = ""
        elif field.kind in _NUMBERS:
            _check_number(field, value)
        elif field.kind != "bytes":
            _check_text(field, value, letters)
        row[field.name] = value
    for name in given:
        if name not in known and not isinstance(given[name], list):
            raise BadValue(what=name, why="not in the table")
    row.update({name: value for name, value in given.items() if isinstance(value, list)})
    return row


def fill(table: Transaction, name: str, given: Row, letters: bool = False) -> dict[str, object]:
    """:func:`fill_row` for the table's node of that name; :raises BadValue: as there."""
    node = table.input_node(name)
    if node is None:
        raise BadValue(what=name, why="not a node of " + table.infno)
    return fill_row(table.key, node, given, letters)
