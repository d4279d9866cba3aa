"""Kept sums of movements by lot, heading and shop day: a file beside the books, mapped when asked.

Derived, never a truth: it names the last movement that it covers, what came later is summed from
the books, and a file that does not fit the books is thrown away and read anew (decision 33).
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.domain.balance import Heading

Ints = NDArray[np.int64]

HEADINGS: Final = tuple(Heading)
_MAGIC: Final = b"YAOSUMS2"
_DAY_BITS: Final = 20
_HEADING_BITS: Final = 4
_RUNNING: Final = ("quantity", "fen", "unknown", "count")
"""Sums that run up over all rows: n + 1 of them, so that a difference is the sum of a stretch."""
_ARRAYS: Final = ("drug", "start", "key", *_RUNNING)
"""int64 each; ``key`` = shelf, heading and day in one number, ascending."""


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
    lots: Callable[[], Sequence[str]]
    """Lot id of each shelf; read when somebody wants it."""
    drug: Ints
    """Number of the drug of each shelf."""
    start: Ints
    """Where each group (shelf and heading) begins."""
    key: Ints
    quantity: Ints
    fen: Ints
    unknown: Ints
    count: Ints

    @classmethod
    def empty(cls, schema: str) -> Sums:
        """Nothing covered yet."""
        none, zero = np.zeros(0, np.int64), np.zeros(1, np.int64)
        return cls(0, "", schema, (), tuple, none, none, none, zero, zero, zero, zero)

    def extended(self, found: Sequence[DaySum], covered: int, last_id: str) -> Sums:
        """These sums with further movements in them; pure."""
        medicines = {name: at for at, name in enumerate(self.medicines)}
        pairs = zip(self.drug.tolist(), self.lots(), strict=True)
        shelves = {pair: at for at, pair in enumerate(pairs)}
        keys = np.empty(len(found), np.int64)
        for at, one in enumerate(found):
            drug = medicines.setdefault(one.medicine_id, len(medicines))
            shelf = shelves.setdefault((drug, one.lot_id), len(shelves))
            group = shelf << _HEADING_BITS | HEADINGS.index(one.heading)
            keys[at] = group << _DAY_BITS | one.day
        key = np.concatenate([self.key, keys])
        order = np.argsort(key, kind="stable")
        key = key[order]
        firsts = _firsts(key)
        columns = {}
        for name in _RUNNING:
            fresh = np.fromiter((getattr(one, name) for one in found), np.int64, len(found))
            values = np.concatenate([np.diff(getattr(self, name)), fresh])[order]
            summed = np.add.reduceat(values, firsts) if len(key) else values
            columns[name] = np.concatenate([np.zeros(1, np.int64), np.cumsum(summed)])
        key = key[firsts]
        drugs = np.fromiter((drug for drug, _ in shelves), np.int64, len(shelves))
        lots = tuple(lot for _, lot in shelves)
        start = _firsts(key >> _DAY_BITS)
        return Sums(
            covered, last_id, self.schema, tuple(medicines), lambda: lots, drugs, start, key,
            **columns,
        )  # fmt: skip

    def between(self, first: date, last: date) -> tuple[Ints, Ints, dict[str, Ints]]:
        """(shelf, heading, figures) of every group that moved until ``last``.

        Figures: ``before`` = quantity of the days before ``first``; the others of the period.
        """
        groups = self.key[self.start] >> _DAY_BITS
        base = groups << _DAY_BITS
        begin = np.searchsorted(self.key, base | day_number(first))
        end = np.searchsorted(self.key, base | (day_number(last) + 1))
        some = end > self.start
        groups, begin, end, start = groups[some], begin[some], end[some], self.start[some]
        figures = {name: _diff(getattr(self, name), begin, end) for name in _RUNNING}
        figures["before"] = _diff(self.quantity, start, begin)
        return groups >> _HEADING_BITS, groups & (1 << _HEADING_BITS) - 1, figures

    def totals(self) -> dict[Heading, tuple[int, int, int, int]]:
        """Everything covered, by heading: quantity, fen, unknown, count."""
        heading = (self.key >> _DAY_BITS) & ((1 << _HEADING_BITS) - 1)
        found: dict[Heading, tuple[int, int, int, int]] = {}
        rows = [np.diff(getattr(self, name)) for name in _RUNNING]
        for at, each in enumerate(HEADINGS):
            mine = heading == at
            if mine.any():
                quantity, fen, unknown, count = (int(row[mine].sum()) for row in rows)
                found[each] = quantity, fen, unknown, count
        return found


def _firsts(values: Ints) -> Ints:
    """Where each run of equal values begins."""
    if not len(values):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - date(1970, 1, 1)).days


def _diff(running: Ints, begin: Ints, end: Ints) -> Ints:
    return np.asarray(running[end] - running[begin])


def write_sums(place: Path, sums: Sums) -> None:
    """The file whole or as it was; :raises OSError: it cannot be written."""
    names = [json.dumps(list(each)).encode() for each in (sums.medicines, sums.lots())]
    arrays = [np.ascontiguousarray(getattr(sums, name), np.int64).tobytes() for name in _ARRAYS]
    crc = 0
    for each in (*arrays, *names):
        crc = zlib.crc32(each, crc)
    head: Mapping[str, object] = {
        "covered": sums.covered,
        "last_id": sums.last_id,
        "schema": sums.schema,
        "sizes": [len(each) // 8 for each in arrays],
        "names": [len(each) for each in names],
        "crc": crc,
    }
    begin = json.dumps(head).encode()
    # Padded, so that the arrays lie on eight bytes and can be mapped.
    begin += b" " * (-(len(begin) + len(_MAGIC) + 8) % 8)
    part = place.with_name(f"{place.name}.part")
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(_MAGIC + len(begin).to_bytes(8, "little") + begin)
        for each in (*arrays, *names):
            file.write(each)
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
        sizes, named = [int(each) for each in head["sizes"]], [int(each) for each in head["names"]]
        begin, mapped = 16 + length, 8 * sum(sizes)
        if place.stat().st_size != begin + mapped + sum(named) or head["schema"] != schema:
            return None
        if whole and zlib.crc32(file.read()) != int(head["crc"]):
            return None
        file.seek(begin + mapped)
        medicines, lots = json.loads(file.read(named[0])), file.read(named[1])
    one = (
        np.memmap(place, np.int64, "r", begin, (mapped // 8,)) if mapped else np.zeros(0, np.int64)
    )
    flat = one.view(np.ndarray)  # a plain array over the same pages: each look at it is cheaper
    parts = np.split(flat, np.cumsum(sizes)[:-1])
    columns: dict[str, Any] = dict(zip(_ARRAYS, parts, strict=True))
    return Sums(
        int(head["covered"]),
        head["last_id"],
        schema,
        medicines,
        lambda: json.loads(lots),
        **columns,
    )
