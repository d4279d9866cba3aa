"""The till that is killed: queues uploads, says how many are on the disk after each commit."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.ports import OutboxRow
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore

STORE, TILL = "bench-store", "bench-till"
AT_ONCE = 2_000
_AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def main(home: Path, rows: int) -> None:
    """``rows`` in large commits, then one row a commit until somebody pulls the plug."""
    vault, _ = Vault.create(home, FileMasterStore(home), 2)
    books = make_factory(open_store(home / "store.sqlite3"), vault, STORE, TILL)
    for part in _parts(rows):
        with books() as uow:
            uow.outbox.add([_row(number) for number in part])
            uow.commit()
        sys.stdout.write(f"{part[-1] + 1}\n")
        sys.stdout.flush()


def _parts(rows: int) -> Iterator[Sequence[int]]:
    for start in range(0, rows, AT_ONCE):
        yield range(start, min(start + AT_ONCE, rows))
    while True:
        yield range(rows, rows + 1)
        rows += 1


def _row(number: int) -> OutboxRow:
    key = f"bench/{number:06d}"
    return OutboxRow(key, key, "3505", {"sale": key}, _AT)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
