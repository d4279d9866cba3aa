"""JSON of the practice platform: exact decimals in and out, never a binary float."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""Whatever a JSON document may hold."""


def read(text: str | bytes) -> Json:
    """A JSON document with every number as int or Decimal; :raises ValueError: when it is none."""
    return json.loads(text, parse_float=Decimal)


def write(value: object) -> str:
    """Compact JSON text; a Decimal stands as a number with the places it carries."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(k))}:{write(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(write(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
