"""Data keys of a key ring and the two places where they lie wrapped: a home's file, a store's ring.

The file (JSON, 0600) belongs to one till and is wrapped by its master key. The ring lies in the
books that several tills share: each key wrapped for the recovery code, so that a till can join,
and under the ring's own key, so that tills which are in learn of keys that one of them added.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from app.errors import SecretError
from app.vault.keys import MasterKey, unwrap, wrap
from app.vault.recovery import RecoveryKey, RecoveryLock

KEY_FILE = "keys.json"
VERSION = 1
SEAL, INDEX = "seal", "index"


@dataclass(frozen=True, slots=True)
class DataKey:
    """One data key, open; the newest of a purpose seals, all of them open."""

    id: str
    purpose: str
    use: str
    secret: bytes = field(repr=False)
    recovery: str
    """The same key wrapped for the recovery code; written once, when the key is made."""

    @property
    def place(self) -> str:
        """What is authenticated with its wrappings."""
        return f"{self.id}|{self.purpose}|{self.use}"


class SharedRing(Protocol):
    """Where the tills of one store keep their data keys together, each wrapped (decision 24)."""

    def read(self) -> str:
        """The ring as text."""
        ...

    def replace(self, before: str, after: str) -> bool:
        """Put ``after`` in the place of ``before``; False = another till was quicker."""
        ...


@dataclass(frozen=True, slots=True)
class StoredKeys:
    """A key file as it was read, its keys still wrapped."""

    master: str
    master_in: str
    lock: RecoveryLock
    keys: tuple[dict[str, str], ...]


def read_keys(path: Path) -> StoredKeys:
    """The key file; :raises SecretError: missing, newer, damaged."""
    try:
        told: Any = json.loads(path.read_bytes())
    except OSError:
        raise SecretError(why="the key file is missing") from None
    except ValueError:
        raise SecretError(why="the key file is damaged") from None
    try:
        if told["version"] > VERSION:
            raise SecretError(why="the key file is from a newer version")
        wanted = ("id", "purpose", "use", "wrapped", "recovery")
        keys = tuple({name: str(each[name]) for name in wanted} for each in told["keys"])
        # Key files of before the system's store was used do not say it.
        place = str(told.get("master_in", "file"))
        return StoredKeys(
            str(told["master"]), place, RecoveryLock.from_text(told["recovery"]), keys
        )
    except (KeyError, TypeError, AttributeError):
        raise SecretError(why="the key file is damaged") from None


def ring_text(lock: RecoveryLock, keys: tuple[DataKey, ...], inner: DataKey) -> str:
    """The ring of a store: each key wrapped for the recovery code and under the ring's own key."""
    told = {
        "version": VERSION,
        "recovery": lock.as_text(),
        "keys": [
            {
                "id": key.id,
                "purpose": key.purpose,
                "use": key.use,
                "recovery": key.recovery,
                "shared": wrap(inner.secret, key.secret, key.place) if key.id != inner.id else "",
            }
            for key in keys
        ],
    }
    return json.dumps(told, sort_keys=True)


@dataclass(frozen=True, slots=True)
class StoredRing:
    """A store's ring as it was read, its keys still wrapped."""

    lock: RecoveryLock
    keys: tuple[dict[str, str], ...]


def read_ring(text: str) -> StoredRing:
    """:raises SecretError: newer, damaged."""
    try:
        told: Any = json.loads(text)
        if told["version"] > VERSION:
            raise SecretError(why="the key ring is from a newer version")
        wanted = ("id", "purpose", "use", "recovery", "shared")
        keys = tuple({name: str(each[name]) for name in wanted} for each in told["keys"])
        return StoredRing(RecoveryLock.from_text(told["recovery"]), keys)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SecretError(why="the key ring is damaged") from None


def opened(stored: StoredKeys, master: MasterKey) -> tuple[DataKey, ...]:
    """The keys of a file; :raises SecretError: another master key, or altered."""
    keys = []
    for entry in stored.keys:
        bare = DataKey(entry["id"], entry["purpose"], entry["use"], b"", entry["recovery"])
        keys.append(replace(bare, secret=unwrap(master.secret, entry["wrapped"], bare.place)))
    return tuple(keys)


def recovered(entry: dict[str, str], opener: RecoveryKey) -> DataKey:
    """A key by the recovery code; :raises SecretError: altered."""
    bare = DataKey(entry["id"], entry["purpose"], entry["use"], b"", entry["recovery"])
    return replace(bare, secret=opener.unwrap(entry["recovery"], bare.place))
