"""What a killed till does first: opens its books and reads the first record that waits."""

from __future__ import annotations

import sys
from pathlib import Path

from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore

STORE, TILL = "bench-store", "bench-till"


def main(home: Path) -> None:
    """Says its key, opened by the till's own keys."""
    vault = Vault.open_folder(home, FileMasterStore(home))
    books = make_factory(open_store(home / "store.sqlite3"), vault, STORE, TILL)
    with books() as uow:
        (first,) = uow.outbox.oldest(1)
        sys.stdout.write(f"{first.row.payload['sale']}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
