"""The log of a shop's folder for somebody who only looks: an engine, and every witness of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.anchor import Typed
from app.errors import BadFile, KeyStoreNotAsked, SecretError, YaotaiError
from app.storage.anchor_file import ANCHORS, AnchorFile
from app.storage.log_walk import LogBook
from app.storage.reading import open_reading
from app.use_cases.anchors import BackupHeads, Witnesses, heads_of_text
from app.vault.backup import read_manifest
from app.vault.keyring import KEY_FILE
from app.vault.places import open_vault
from ui.backups import found_in, place_of
from ui.homes import STORE_FILE, read_shop
from ui.shared_books import books_place

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from app.vault.keyring import Vault
    from ui.homes import ShopFile


@dataclass(frozen=True, slots=True)
class Gathered:
    """Witnesses, and those that could not be asked."""

    witnesses: Witnesses
    unread: int = 0
    """Backups that cannot be opened: damaged, or the key lies in the system's store."""


def open_books_to_read(folder: Path, file: ShopFile) -> Engine:
    """The books of a shop; :raises StoreError, SecretError, BadFile: in their kinds."""
    if file.database:
        return open_reading(books_place(folder, file, open_vault(folder)))
    return open_reading(folder / STORE_FILE)


@contextmanager
def reading(folder: Path) -> Iterator[Connection]:
    """A connection that can write nothing; :raises YaotaiError: as the books' kinds are."""
    engine = open_books_to_read(folder, read_shop(folder))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def log_of(folder: Path) -> Iterator[LogBook]:
    """The log of a shop, also while its till is open."""
    with reading(folder) as connection:
        yield LogBook(connection)


def gather(folder: Path, typed: Typed | None = None) -> Gathered:
    """Anchors and manifests; :raises BadFile: the file of anchors, or ``shop.toml``."""
    file = read_shop(folder)
    read = AnchorFile(folder / ANCHORS).read()
    place = place_of(folder)
    names = [one.name for one in found_in(place, (file.store_id, file.till_id))]
    vault = _vault(folder) if names else None
    found, unread = [], 0
    for name in names:
        heads = _heads(place / name, vault) if vault is not None else None
        if heads is None:
            unread += 1
        else:
            found.append(heads)
    return Gathered(Witnesses(read, tuple(found), typed), unread)


def _vault(folder: Path) -> Vault | None:
    if not (folder / KEY_FILE).exists():
        return None  # opening would make a new one
    try:
        return open_vault(folder)
    except (KeyStoreNotAsked, SecretError, YaotaiError):
        return None


def _heads(path: Path, vault: Vault) -> BackupHeads | None:
    from datetime import datetime

    from app.vault.backup import read_head

    try:
        facts = read_manifest(path, vault).facts
        made_at = datetime.fromisoformat(read_head(path).made_at)
    except (BadFile, SecretError, YaotaiError, ValueError):
        return None
    return BackupHeads(path.name, made_at, heads_of_text(str(facts.get("log_heads", ""))))
