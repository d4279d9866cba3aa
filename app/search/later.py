"""Rows beside the stored index that changed since it was built, so that a new price builds nothing.

Only prices may differ: the words by which a drug is found are those of the index.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from app.domain.catalogue import Medicine
from app.search.rows import packed_row, unpacked_row

MOST = 5_000
"""With more rows than these the index is built anew: they are read at each start."""
_HEAD = b"YTLATER1"
_BETWEEN = b"\x1e"


def write(path: Path, built: int, version: int, medicines: Sequence[Medicine]) -> None:
    """Write them all, atomically.

    ``built``: version of the books from which the index beside it was built; ``version``: the one
    that both together stand for. :raises OSError: no room, no permission; the old file stands.
    """
    head = _HEAD + f" {built} {version} {len(medicines)}".encode()
    rows = [packed_row(one).replace(_BETWEEN, b" ") for one in medicines]
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as out:
        out.write(_BETWEEN.join([head, *rows]))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def read(path: Path, built: int) -> tuple[int, list[Medicine]] | None:
    """(version, rows); None where there are none, or they belong to another index."""
    try:
        head, *rows = path.read_bytes().split(_BETWEEN)
        sign, of, version, many = head.split(b" ")
        if sign != _HEAD or int(of) != built or int(many) != len(rows):
            return None
        return int(version), [unpacked_row(row) for row in rows]
    except (OSError, ValueError, UnicodeError):
        return None
