"""Rows beside the stored index that changed since it was built, so that a new price builds nothing.

Only prices may differ: the words by which a drug is found are those of the index.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

MOST = 2_000
"""With more rows than these the index is built anew: they are read at each start."""
_HEAD = b"YTLATER1"
_BETWEEN = b"\x1e"


def write(path: Path, built: int, version: int, rows: Mapping[str, bytes]) -> None:
    """Write them all, atomically.

    ``built``: version of the books from which the index beside it was built; ``version``: the one
    that both together stand for; ``rows``: packed, by id.
    :raises OSError: no room, no permission; the old file stands.
    """
    body = _BETWEEN.join(row.replace(_BETWEEN, b" ") for row in rows.values())
    head = _HEAD + f" {built} {version} {len(body)}".encode()
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as out:
        out.write(head + _BETWEEN + body)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def read(path: Path, built: int) -> tuple[int, dict[str, bytes]] | None:
    """(version, packed rows by id); None where there are none, or they are another index's."""
    try:
        head, _, body = path.read_bytes().partition(_BETWEEN)
        sign, of, version, size = head.split(b" ")
        if sign != _HEAD or int(of) != built or int(size) != len(body):
            return None
        rows = body.split(_BETWEEN) if body else []
        return int(version), {row.split(b"\x1f", 1)[0].decode(): row for row in rows}
    except (OSError, ValueError, UnicodeError):
        return None
