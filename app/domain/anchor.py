"""Anchors: the heads of the log as they are kept outside the database, each line chained.

A line is the canonical JSON of an anchor; its ``hash`` is SHA-256, in hex, over the canonical JSON
list ``[at, day, kind, heads, base, prev]``, ``prev`` the hash of the line before (64 zeros before
the first). The short form, as printed on the slip of a day, is ``SEQ-`` and 16 hex digits.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.domain.day_close import canonical
from app.errors import BadValue

FIRST: Final = "0" * 64
"""What stands before the first line."""
SHORT: Final = 16
"""Hex digits of a hash on paper: 64 bits, which nobody meets by trying."""
LINE_LIMIT: Final = 64 * 1024
"""Characters of a line; what is longer is none of ours."""

_BEGINS: Final = '{"at":'
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_TYPED: Final = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{16,64})")


class AnchorKind(StrEnum):
    """Why an anchor was made."""

    CLOSE = "close"
    """With the close of a day."""
    MORNING = "morning"
    """By itself: the day before nobody closed, or the till starts for the first time."""
    RESTORED = "restored"
    """A backup was put back: what was anchored after the backup was made is gone rightly."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain at a moment."""

    chain: str
    seq: int
    hash: str

    @property
    def short(self) -> str:
        """As it is typed: ``1234-ab12cd34ef567890``."""
        return f"{self.seq}-{self.hash[:SHORT]}"


def printed(short: str) -> str:
    """The short form for the eye, in groups of four: ``1234-ab12 cd34 ef56 7890``."""
    seq, _, digits = short.partition("-")
    return f"{seq}-" + " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed from a slip; it names no chain."""

    seq: int
    digits: str


def typed(text: str) -> Typed:
    """``1234-ab12 cd34 ef56 7890``, with or without its blanks; :raises BadValue: is none."""
    bare = "".join(text.split()).lower()
    found = _TYPED.fullmatch(bare)
    if found is None:
        raise BadValue(what="anchor", why="SEQ-HASH")
    return Typed(int(found[1]), found[2])


@dataclass(frozen=True, slots=True)
class Anchor:
    """The heads of every chain of the store at one moment."""

    at: int
    """Microseconds UTC."""
    day: str
    """The business day, ISO."""
    kind: AnchorKind
    heads: tuple[Head, ...]
    base: tuple[Head, ...]
    """RESTORED: what the backup held; else nothing."""
    prev: str
    hash: str

    @property
    def line(self) -> str:
        """As it stands in the file, without the end of the line."""
        return canonical(
            {
                "at": self.at, "day": self.day, "kind": self.kind.value,
                "heads": _listed(self.heads), "base": _listed(self.base),
                "prev": self.prev, "hash": self.hash,
            }
        )  # fmt: skip


def next_anchor(
    prev: str, at: int, day: str, kind: AnchorKind, heads: Sequence[Head], base: Sequence[Head] = ()
) -> Anchor:
    """The anchor after the line whose hash is ``prev`` (:data:`FIRST`: it is the first)."""
    return Anchor(
        at, day, kind, tuple(heads), tuple(base), prev, _hash(at, day, kind, heads, base, prev)
    )


@dataclass(frozen=True, slots=True)
class AnchorsRead:
    """What a file of anchors holds."""

    anchors: tuple[Anchor, ...] = ()
    torn: int = 0
    """Lines that are none: a crash cut them off while they were written. What follows them is
    chained to what stands before, so that nothing can have been lost in between."""
    broken: int = 0
    """Number of the first line that does not follow the one before, or was changed; 0 = none."""


def read_anchors(lines: Iterable[str]) -> AnchorsRead:
    """Read lines in their order; after a broken one nothing more is believed."""
    found: list[Anchor] = []
    torn, prev = 0, FIRST
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        anchor = _anchor(line)
        if anchor is None:
            if not _cut_off(line):
                return AnchorsRead(tuple(found), torn, number)
            torn += 1
            continue
        right = _hash(anchor.at, anchor.day, anchor.kind, anchor.heads, anchor.base, anchor.prev)
        if anchor.prev != prev or anchor.hash != right:
            return AnchorsRead(tuple(found), torn, number)
        found.append(anchor)
        prev = anchor.hash
    return AnchorsRead(tuple(found), torn)


def _cut_off(line: str) -> bool:
    """Whether it may be the beginning of a line of ours, or what a disk leaves of one."""
    bare = line.strip("\0")
    return not bare or (bare.startswith(_BEGINS) and not bare.endswith("}"))


def _anchor(line: str) -> Anchor | None:
    if len(line) > LINE_LIMIT:
        return None
    try:
        told: Any = json.loads(line)
        anchor = Anchor(
            told["at"], told["day"], AnchorKind(told["kind"]), _heads(told["heads"]),
            _heads(told["base"]), told["prev"], told["hash"],
        )  # fmt: skip
        texts = (anchor.prev, anchor.hash)
        good = type(anchor.at) is int and all(_HEX.fullmatch(one) for one in texts)
        return anchor if good and isinstance(anchor.day, str) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _heads(told: Any) -> tuple[Head, ...]:  # noqa: ANN401
    heads = tuple(Head(*one) for one in told)
    for one in heads:
        if not isinstance(one.chain, str) or type(one.seq) is not int:
            raise ValueError("no head")
        if not _HEX.fullmatch(one.hash):
            raise ValueError("no hash")
    return heads


def _listed(heads: Sequence[Head]) -> list[list[object]]:
    return [[one.chain, one.seq, one.hash] for one in heads]


def _hash(
    at: int, day: str, kind: AnchorKind, heads: Sequence[Head], base: Sequence[Head], prev: str
) -> str:
    told = canonical([at, day, kind.value, _listed(heads), _listed(base), prev])
    return hashlib.sha256(told.encode()).hexdigest()
