"""JSON of the practice platform: exact decimals in and out, never a binary float."""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""Whatever a JSON document may hold."""


def read(text: str | bytes) -> Json:
    """A JSON document with every number as int or Decimal; :raises ValueError: when it is none."""
    return json.loads(text, parse_float=Decimal)


def write(value: object) -> str:
    """Compact JSON text; a Decimal stands as a number with the places it carries."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        members = [f"{encode_basestring(str(name))}:{write(one)}" for name, one in value.items()]
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join([write(one) for one in value]) + "]"
    return json.dumps(value)
