"""Values of the domain as canonical JSON: written from their own type hints, read back the same.

Canonical form: keys sorted, no blanks, UTF-8 as it is; money in fen, unit prices in millionths,
quantities in ten-thousandths, rates in millionths, moments in microseconds since 1970 UTC, days
as ISO text, bytes in base64, enumerations by value, tuples as lists, data classes as objects of
all their fields.
A field missing in the text takes its default; a field that the class no longer knows is skipped.
"""

# ruff: noqa: ANN401 - this module handles values of any type by their hints

from __future__ import annotations

import base64
import json
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache, lru_cache
from typing import Any, TypeVar

from app.domain.clock import from_micros, micros
from app.domain.money import Money, Quantity, Rate, UnitPrice

T = TypeVar("T")
Step = Callable[[Any], Any]

_SCALARS: dict[type, tuple[Step, Step]] = {
    Money: (lambda value: value.fen, Money),
    UnitPrice: (lambda value: value.micro, UnitPrice),
    Quantity: (lambda value: value.ten_thousandths, Quantity),
    Rate: (lambda value: value.ppm, Rate),
    datetime: (micros, from_micros),
    bytes: (
        lambda value: base64.b64encode(value).decode(),
        lambda value: base64.b64decode(value),
    ),
    date: (lambda value: value.isoformat(), date.fromisoformat),
}

_AS_IT_IS = (str, int, bool)

_CANONICAL = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def canonical(value: object) -> str:
    """The one text of a JSON value: sorted keys, no blanks, nothing escaped that need not be."""
    return _CANONICAL.encode(value)


def to_text(value: object) -> str:
    """Canonical JSON of a value of the domain (a data class)."""
    return canonical(_steps_of(type(value))[0](value))


def from_text(kind: type[T], text: str | bytes) -> T:
    """The value of a text written by :func:`to_text`."""
    plain = text if isinstance(text, str) else text.decode()
    return typing.cast(T, _steps_of(kind)[1](json.loads(plain)))


@lru_cache(maxsize=4096)
def shared_text(value: Hashable) -> str:
    """As :func:`to_text`, remembered: the same frozen value is sold and stored many times."""
    return to_text(value)


@lru_cache(maxsize=4096)
def shared_value(kind: type[T], text: str) -> T:
    """As :func:`from_text`, remembered; only for frozen values."""
    return from_text(kind, text)


@cache
def _built(kind: Hashable) -> tuple[Step, Step]:
    return _steps(kind)


def _steps_of(kind: Any) -> tuple[Step, Step]:
    return _built(kind)


def _steps(kind: Any) -> tuple[Step, Step]:
    """(encode, decode) for a type, built once from its hints."""
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind in _AS_IT_IS or typing.get_origin(kind) is typing.Literal:
        return _same, _same
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _optional(kind)
    if origin in (tuple, frozenset):
        return _row(kind, origin)
    if origin in (dict, Mapping):
        return _mapping(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return (lambda value: value.value), kind
    if is_dataclass(kind):
        return _object(kind)
    raise TypeError(f"no stored form for {kind}")


def _same(value: Any) -> Any:
    return value


def _optional(kind: Any) -> tuple[Step, Step]:
    inner = [each for each in typing.get_args(kind) if each is not type(None)]
    if len(inner) != 1:
        raise TypeError(f"no stored form for {kind}")
    encode, decode = _steps(inner[0])
    return (
        lambda value: None if value is None else encode(value),
        lambda value: None if value is None else decode(value),
    )


def _given(kind: Any) -> Any:
    """The type of what is there, of a value that may be missing."""
    if typing.get_origin(kind) not in (types.UnionType, typing.Union):
        return kind
    inner = [each for each in typing.get_args(kind) if each is not type(None)]
    return inner[0] if len(inner) == 1 else kind


def _row(kind: Any, origin: Any) -> tuple[Step, Step]:
    args = typing.get_args(kind)
    if origin is frozenset:
        encode, decode = _steps(args[0])
        return (
            lambda value: sorted(encode(each) for each in value),
            lambda value: frozenset(decode(each) for each in value),
        )
    if len(args) == 2 and args[1] is Ellipsis:
        encode, decode = _steps(args[0])
        return (
            lambda value: [encode(each) for each in value],
            lambda value: tuple([decode(each) for each in value]),
        )
    pairs = [_steps(each) for each in args]
    return (
        lambda value: [step[0](each) for step, each in zip(pairs, value, strict=True)],
        lambda value: tuple([step[1](each) for step, each in zip(pairs, value, strict=True)]),
    )


def _mapping(kind: Any) -> tuple[Step, Step]:
    encode, decode = _steps(typing.get_args(kind)[1])
    return (
        lambda value: {key: encode(each) for key, each in value.items()},
        lambda value: {key: decode(each) for key, each in value.items()},
    )


def _object(kind: Any) -> tuple[Step, Step]:
    hints = typing.get_type_hints(kind)
    # What may be missing is looked at here, not by a step of its own for each value.
    inner = {each.name: _given(hints[each.name]) for each in fields(kind) if each.init}
    steps = {name: _steps(hint) for name, hint in inner.items()}
    # Most fields are stored as they are; only the others are visited one by one.
    changed = [
        (name, *pair, inner[name] is not hints[name])
        for name, pair in steps.items()
        if pair[0] is not _same
    ]

    def encode(value: Any) -> dict[str, Any]:
        told = {name: getattr(value, name) for name in steps}
        for name, outwards, _, optional in changed:
            held = told[name]
            if held is not None or not optional:
                told[name] = outwards(held)
        return told

    def decode(stored: dict[str, Any]) -> Any:
        known = stored.keys() <= steps.keys()
        told = stored if known else {name: stored[name] for name in steps if name in stored}
        for name, _, inwards, optional in changed:
            if name in told:
                held = told[name]
                if held is not None or not optional:
                    told[name] = inwards(held)
        return kind(**told)

    return encode, decode
