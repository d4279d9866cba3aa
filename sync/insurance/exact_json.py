"""JSON with exact decimals both ways: written from our values, read from hostile bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring, encode_basestring_ascii

MAX_DEPTH = 40
"""No documented answer nests deeper than six; beyond this it is an attack or an accident."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class NotJson(ValueError):
    """Bytes that are no JSON document we accept; ``why`` is one of empty, utf8, syntax, deep,
    duplicate."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def text_of(value: object) -> str:
    """The document as compact JSON text; a Decimal keeps its places and is never a binary float.

    :raises TypeError: for a float or any type JSON does not have.
    """
    parts: list[str] = []
    _collect(value, parts.append, encode_basestring)
    text = "".join(parts)
    if text.isascii() or not _SURROGATE.search(text):
        return text
    # A lone surrogate has no UTF-8; escaped it survives the wire unchanged.
    parts.clear()
    _collect(value, parts.append, encode_basestring_ascii)
    return "".join(parts)


def _collect(value: object, add: Callable[[str], None], quote: Callable[[str], str]) -> None:
    if isinstance(value, str):
        add(quote(value))
    elif isinstance(value, dict):
        sign = "{"
        for name, one in value.items():
            if type(one) is str:  # nearly all that travels
                add(f"{sign}{quote(str(name))}:{quote(one)}")
            else:
                add(f"{sign}{quote(str(name))}:")
                _collect(one, add, quote)
            sign = ","
        add("}" if sign == "," else "{}")
    elif isinstance(value, list | tuple):
        sign = "["
        for one in value:
            add(sign)
            _collect(one, add, quote)
            sign = ","
        add("]" if sign == "," else "[]")
    else:
        add(_scalar(value))


def _scalar(value: object) -> str:
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int):
            raise TypeError("NaN and Infinity are no JSON")
        return format(value, "f") if -20 <= exponent <= 20 else str(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no exact JSON")


def write(value: object) -> bytes:
    """:func:`text_of` as UTF-8, the bytes that travel."""
    return text_of(value).encode("utf-8")


def _refuse_constant(name: str) -> object:
    raise NotJson("syntax")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A repeated member is harmless while it says the same; two answers at once are none."""
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found and found[name] != value:
            raise NotJson("duplicate")
        found[name] = value
    return found


def _check_depth(document: object) -> None:
    layer: list[object] = [document]
    for _ in range(MAX_DEPTH):
        inner: list[object] = []
        for one in layer:
            if isinstance(one, dict):
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
        if not inner:
            return
        layer = inner
    raise NotJson("deep")


def read(content: bytes) -> object:
    """A document from the wire: numbers exact, NaN and Infinity refused, depth bounded.

    :raises NotJson: for everything that is not one whole document.
    """
    if not content.strip():
        raise NotJson("empty")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotJson("utf8") from None
    try:
        document = json.loads(
            text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_pairs
        )
    except NotJson:
        raise
    except RecursionError:
        raise NotJson("deep") from None
    except (ValueError, ArithmeticError):
        raise NotJson("syntax") from None
    _check_depth(document)
    return document
