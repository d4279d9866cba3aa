"""Kept sums of movements by lot, heading and shop day: a file beside the books, mapped when asked.

Derived, never a truth: it names the last movement that it covers, what came later is summed from
the books, and a file that does not fit the books is thrown away and read anew (decision 33).
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.domain.balance import Heading

Ints = NDArray[np.int64]

HEADINGS: Final = tuple(Heading)
_MAGIC: Final = b"YAOSUMS1"
_DAY_BITS: Final = 20
_HEADING_BITS: Final = 4
_COLUMNS: Final = ("key", "quantity", "fen", "unknown", "count")
"""int64 each: shelf, heading and day in one number, ascending; the others run up, n + 1 of them."""


@dataclass(frozen=True, slots=True)
class DaySum:
    """What one lot moved under one heading on one day, as read from the books."""

    medicine_id: str
    lot_id: str
    heading: Heading
    day: int
    """Days since 1970 on the shop's calendar."""
    quantity: int
    fen: int
    unknown: int
    count: int


@dataclass(frozen=True)
class Sums:
    """The kept sums as they lie in their file."""

    covered: int
    """Running number of the last movement that is in them."""
    last_id: str
    schema: str
    medicines: Sequence[str]
    shelves: Sequence[tuple[int, str]]
    """(number of the drug, lot id)."""
    key: Ints
    quantity: Ints
    fen: Ints
    unknown: Ints
    count: Ints

    @classmethod
    def empty(cls, schema: str) -> Sums:
        """Nothing covered yet."""
        none, zero = np.zeros(0, np.int64), np.zeros(1, np.int64)
        return cls(0, "", schema, (), (), none, zero, zero, zero, zero)

    def extended(self, found: Sequence[DaySum], covered: int, last_id: str) -> Sums:
        """These sums with further movements in them; pure."""
        medicines = {name: at for at, name in enumerate(self.medicines)}
        shelves = {pair: at for at, pair in enumerate(self.shelves)}
        keys = np.empty(len(found), np.int64)
        for at, one in enumerate(found):
            drug = medicines.setdefault(one.medicine_id, len(medicines))
            shelf = shelves.setdefault((drug, one.lot_id), len(shelves))
            group = shelf << _HEADING_BITS | HEADINGS.index(one.heading)
            keys[at] = group << _DAY_BITS | one.day
        key = np.concatenate([self.key, keys])
        order = np.argsort(key, kind="stable")
        key = key[order]
        firsts = (
            np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else order
        )
        columns = {}
        for name in _COLUMNS[1:]:
            fresh = np.fromiter((getattr(one, name) for one in found), np.int64, len(found))
            values = np.concatenate([np.diff(getattr(self, name)), fresh])[order]
            summed = np.add.reduceat(values, firsts) if len(key) else values
            columns[name] = np.concatenate([np.zeros(1, np.int64), np.cumsum(summed)])
        return Sums(
            covered, last_id, self.schema, tuple(medicines), tuple(shelves), key[firsts], **columns
        )

    def between(self, first: date, last: date) -> tuple[Ints, Ints, dict[str, Ints]]:
        """(shelf, heading, figures) of every group that moved until ``last``.

        Figures: ``before`` = quantity of the days before ``first``; the others of the period.
        """
        group = self.key >> _DAY_BITS
        starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
        if not len(self.key):
            starts = starts[:0]
        groups = group[starts]
        base = groups << _DAY_BITS
        begin = np.searchsorted(self.key, base | day_number(first))
        end = np.searchsorted(self.key, base | (day_number(last) + 1))
        figures = {name: _diff(getattr(self, name), begin, end) for name in _COLUMNS[1:]}
        figures["before"] = _diff(self.quantity, starts, begin)
        some = end > starts
        shelf, heading = groups >> _HEADING_BITS, groups & (1 << _HEADING_BITS) - 1
        return shelf[some], heading[some], {k: v[some] for k, v in figures.items()}

    def totals(self) -> dict[Heading, tuple[int, int, int, int]]:
        """Everything covered, by heading: quantity, fen, unknown, count."""
        heading = (self.key >> _DAY_BITS) & ((1 << _HEADING_BITS) - 1)
        found: dict[Heading, tuple[int, int, int, int]] = {}
        rows = [np.diff(getattr(self, name)) for name in _COLUMNS[1:]]
        for at, each in enumerate(HEADINGS):
            mine = heading == at
            if mine.any():
                quantity, fen, unknown, count = (int(row[mine].sum()) for row in rows)
                found[each] = quantity, fen, unknown, count
        return found


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - date(1970, 1, 1)).days


def _diff(running: Ints, begin: Ints, end: Ints) -> Ints:
    return np.asarray(running[end] - running[begin])


def write_sums(place: Path, sums: Sums) -> None:
    """The file whole or as it was; :raises OSError: it cannot be written."""
    names = json.dumps([list(sums.medicines), sums.shelves], ensure_ascii=False).encode()
    arrays = [np.ascontiguousarray(getattr(sums, name)).tobytes() for name in _COLUMNS]
    crc = zlib.crc32(names)
    for each in arrays:
        crc = zlib.crc32(each, crc)
    head: Mapping[str, object] = {
        "covered": sums.covered,
        "last_id": sums.last_id,
        "schema": sums.schema,
        "rows": len(sums.key),
        "names": len(names),
        "crc": crc,
    }
    begin = json.dumps(head).encode()
    # Arrays first after the head, so that they lie on eight bytes and can be mapped.
    begin += b" " * (-(len(begin) + len(_MAGIC) + 8) % 8)
    part = place.with_name(f"{place.name}.part")
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(_MAGIC + len(begin).to_bytes(8, "little") + begin)
        for each in arrays:
            file.write(each)
        file.write(names)
        file.flush()
        os.fsync(file.fileno())
    part.replace(place)


def read_sums(place: Path, schema: str, *, whole: bool = False) -> Sums | None:
    """The kept sums, mapped; None where there is no file or it is not what it says it is.

    ``whole``: every byte is checked, not the lengths alone.
    """
    try:
        return _read(place, schema, whole)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read(place: Path, schema: str, whole: bool) -> Sums | None:
    with place.open("rb") as file:
        magic, length = file.read(8), int.from_bytes(file.read(8), "little")
        if magic != _MAGIC or length > 1 << 16:
            return None
        head = json.loads(file.read(length))
        rows, named = int(head["rows"]), int(head["names"])
        at = 16 + length
        sizes = [rows, *[rows + 1] * 4]
        if place.stat().st_size != at + 8 * sum(sizes) + named or head["schema"] != schema:
            return None
        if whole and not _holds(file.read(), 8 * sum(sizes), named, int(head["crc"])):
            return None
        file.seek(at + 8 * sum(sizes))
        medicines, shelves = json.loads(file.read(named))
    columns: dict[str, Any] = {}
    for name, size in zip(_COLUMNS, sizes, strict=True):
        columns[name] = (
            np.memmap(place, np.int64, "r", at, (size,)) if size else np.zeros(0, np.int64)
        )
        at += 8 * size
    pairs = [(int(drug), str(lot)) for drug, lot in shelves]
    return Sums(int(head["covered"]), head["last_id"], schema, medicines, pairs, **columns)


def _holds(body: bytes, arrays: int, named: int, crc: int) -> bool:
    return zlib.crc32(body[:arrays], zlib.crc32(body[arrays : arrays + named])) == crc
