"""What is said to the host of a library and what it says: tables, lines of JSON, limits."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar

from app.errors import BadFrame, BadValue

NAME: Final = "device_library.name"
Wanted = TypeVar("Wanted")

MAX_LINE: Final = 1 << 20
"""Bytes of one request or answer; a host that says more is ended."""
MAX_BUFFER: Final = 256 * 1024
"""Bytes of room that one argument may give the library."""


class Kind(StrEnum):
    """What one argument of a C function is, and which value of ours stands for it."""

    UINT8 = "uint8"
    INT32 = "int32"
    UINT32 = "uint32"
    INT64 = "int64"
    UINT64 = "uint64"
    TEXT = "text"
    """``const char *``: bytes without NUL, which the host adds; None = a null pointer."""
    DATA = "data"
    """``const void *`` that is only read: bytes as they are; None = a null pointer."""
    BUFFER = "buffer"
    """Room that the library fills, wholly answered; the value is its size, None = null pointer."""
    TEXT_BUFFER = "text_buffer"
    """As BUFFER, answered up to the first NUL."""
    INT32_REF = "int32_ref"
    """``int *``, in and out; the value is what stands there before the call."""
    UINT32_REF = "uint32_ref"
    INT64_REF = "int64_ref"
    UINT64_REF = "uint64_ref"
    HANDLE = "handle"
    """A pointer that the library gave out before; None = a null pointer."""
    HANDLE_REF = "handle_ref"
    """Where the library puts such a pointer; takes no value of ours."""


class Returns(StrEnum):
    """What a function returns."""

    NOTHING = "nothing"
    INT32 = "int32"
    UINT32 = "uint32"
    INT64 = "int64"
    TEXT = "text"
    """``char *`` to a text that ends with NUL; answered as bytes, a null pointer as None."""
    HANDLE = "handle"


@dataclass(frozen=True, slots=True)
class Function:
    """One function of a vendor's library, as its header declares it."""

    name: str
    takes: tuple[Kind, ...]
    returns: Returns = Returns.INT32
    limit: float = 5.0
    """Seconds after which it hangs, as far as the till is concerned."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A pointer of the library's, as a number of the process that holds it."""

    number: int
    process: int
    """Which start of the host gave it; the next one does not know it."""


Value = int | bytes | Handle | None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a call brought."""

    value: Value = field(repr=False)
    out: tuple[Value, ...] = field(repr=False)
    """One for each argument that the library writes to, in their order."""

    def number(self) -> int:
        """The value as a number; :raises BadFrame: it is none."""
        return _as(int, self.value)

    def out_number(self, at: int) -> int:
        """A written number."""
        return _as(int, self.out[at])

    def out_bytes(self, at: int) -> bytes:
        """Written bytes."""
        return _as(bytes, self.out[at])

    def out_handle(self, at: int) -> Handle:
        """A written pointer; :raises BadFrame: the library gave none."""
        return _as(Handle, self.out[at])


def _as(kind: type[Wanted], value: object) -> Wanted:
    if not isinstance(value, kind):
        raise BadFrame(device=NAME)
    return value


# --- lines ----------------------------------------------------------------------------------------

_REFERENCES: Final = {
    Kind.INT32_REF: Kind.INT32,
    Kind.UINT32_REF: Kind.UINT32,
    Kind.INT64_REF: Kind.INT64,
    Kind.UINT64_REF: Kind.UINT64,
}
_RANGES: Final = {
    Kind.UINT8: (0, 0xFF),
    Kind.INT32: (-(1 << 31), (1 << 31) - 1),
    Kind.UINT32: (0, (1 << 32) - 1),
    Kind.INT64: (-(1 << 63), (1 << 63) - 1),
    Kind.UINT64: (0, (1 << 64) - 1),
}
_BUFFERS: Final = frozenset((Kind.BUFFER, Kind.TEXT_BUFFER))
_FAILURES: Final = (
    "missing", "word_size", "needs_others", "no_library", "no_function", "overrun", "too_long",
)  # fmt: skip


class Failure(Exception):
    """The host answered that it could not; says which of its reasons."""


def open_line(number: int, path: str, convention: str) -> bytes:
    """Load the library."""
    return _line({"id": number, "do": "open", "path": path, "convention": convention})


def call_line(number: int, function: Function, values: Sequence[Value], process: int) -> bytes:
    """Call a function with one value for each argument but the HANDLE_REFs.

    :raises BadValue: the values are not what the table says, or too long for a line.
    """
    left = list(values)
    takes = [
        [str(kind), None if kind == Kind.HANDLE_REF else _sent(kind, left, process)]
        for kind in function.takes
    ]
    if left:
        raise BadValue(what=function.name, why="more values than the table takes")
    asked = {"name": function.name, "returns": str(function.returns), "takes": takes}
    line = _line({"id": number, "do": "call", **asked})
    if len(line) > MAX_LINE:
        raise BadValue(what=function.name, why="too long")
    return line


def _line(request: object) -> bytes:
    return json.dumps(request).encode("ascii") + b"\n"


def _sent(kind: Kind, left: list[Value], process: int) -> int | str | None:
    """The next value as JSON; no error names it, since it may be anybody's data."""
    if not left:
        raise BadValue(what=kind, why="no value")
    value = left.pop(0)
    if kind in _RANGES or kind in _REFERENCES:
        low, high = _RANGES[_REFERENCES.get(kind, kind)]
        if isinstance(value, int) and low <= value <= high:
            return value
    elif value is None:
        return None
    elif kind in _BUFFERS:
        if isinstance(value, int) and 0 < value <= MAX_BUFFER:
            return value
    elif kind == Kind.HANDLE:
        if isinstance(value, Handle) and value.process == process:
            return value.number
    elif isinstance(value, bytes) and not (kind == Kind.TEXT and b"\0" in value):
        return base64.b64encode(value).decode("ascii")
    raise BadValue(what=kind, why="not such a value")


def answer(line: bytes, number: int, function: Function | None, process: int) -> Returned:
    """What the host said to request ``number``; ``function`` is None for opening.

    :raises Failure: it says that it could not; :raises ValueError: it makes no sense.
    """
    try:
        told = json.loads(line)
    except RecursionError:
        raise ValueError("depth") from None
    if not isinstance(told, dict) or told.get("id") != number:
        raise ValueError("id")
    if "failed" in told:
        raise Failure(told["failed"] if told["failed"] in _FAILURES else "nonsense")
    out = told.get("out")
    kinds = [kind for kind in function.takes if _is_written(kind)] if function else []
    if not isinstance(out, list) or len(out) != len(kinds):
        raise ValueError("out")
    value = _read_back(function.returns, told.get("returned"), process) if function else None
    pairs = zip(kinds, out, strict=True)
    return Returned(value, tuple(_read_back(kind, one, process) for kind, one in pairs))


def _is_written(kind: Kind) -> bool:
    return kind in _REFERENCES or kind in _BUFFERS or kind == Kind.HANDLE_REF


def _read_back(kind: Kind | Returns, told: object, process: int) -> Value:
    if kind in (Kind.HANDLE_REF, Returns.HANDLE) and isinstance(told, int) and told > 0:
        return Handle(told, process)
    if kind in (Kind.BUFFER, Kind.TEXT_BUFFER, Returns.TEXT) and isinstance(told, str):
        return base64.b64decode(told, validate=True)
    if told is None and kind not in _REFERENCES:
        return None
    low, high = _RANGES.get(Kind(str(kind).removesuffix("_ref")), (1, 0))
    if isinstance(told, int) and low <= told <= high:
        return told
    raise ValueError(kind)
