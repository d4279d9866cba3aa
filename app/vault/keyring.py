"""The key ring of a home: opens and seals fields, makes look-up hashes, rotates, restores.

A ciphertext is ``0x01 | key id (8) | nonce (12) | AES-256-GCM ciphertext and tag``; purpose and
place (table, row, column) are its associated data, so a value moved elsewhere does not open.
The key file (JSON, 0600) holds only wrapped keys and may go into a backup as it is.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import SecretError
from app.vault.keys import (
    ID_BYTES,
    KEY_BYTES,
    NONCE_BYTES,
    MasterKey,
    MasterStore,
    fresh_id,
    unwrap,
    wrap,
    write_private,
)
from app.vault.recovery import COST, RecoveryKey, RecoveryLock, new_code

KEY_FILE = "keys.json"
VERSION = 1
_FORM = b"\x01"
_HEAD = 1 + ID_BYTES + NONCE_BYTES

SEAL, INDEX = "seal", "index"

FIRST_PURPOSES = (
    ("person", SEAL),
    ("person", INDEX),
    ("platform", SEAL),
    ("prescription", SEAL),
    ("prescription", INDEX),
    ("rx_token", SEAL),
    ("staff", SEAL),
    ("outbox", SEAL),
    ("text", SEAL),
    ("settings", SEAL),
    ("signing", INDEX),
)
"""Made with the key ring, so that a running till need not write the key file."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """One data key, open; the newest of a purpose seals, all of them open."""

    id: str
    purpose: str
    use: str
    secret: bytes
    recovery: str
    """The same key wrapped for the recovery code; written once, when the key is made."""

    @property
    def place(self) -> str:
        """What is authenticated with its wrappings."""
        return f"{self.id}|{self.purpose}|{self.use}"


class Vault:
    """:class:`app.ports.Secrets` over one key file. Safe for use by several threads."""

    def __init__(
        self,
        folder: Path,
        store: MasterStore,
        master: MasterKey,
        lock: RecoveryLock,
        keys: tuple[DataKey, ...],
    ) -> None:
        self._folder, self._store, self._master = folder, store, master
        self._lock, self._keys = lock, keys
        self._guard = RLock()
        self._ciphers: dict[str, AESGCM] = {}

    # --- made, opened, restored ---------------------------------------------------------------

    @classmethod
    def create(
        cls, folder: Path, store: MasterStore, recovery_cost: int = COST
    ) -> tuple[Vault, str]:
        """A new key ring and its recovery code, which is told once and kept nowhere.

        :raises SecretError: when the folder already has one.
        """
        if (folder / KEY_FILE).exists():
            raise SecretError(why="there is a key file already")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        code, master = new_code(), MasterKey.fresh()
        store.save(master)
        vault = cls(folder, store, master, RecoveryLock.of(code, recovery_cost), ())
        vault._keys = tuple(vault._fresh(purpose, use) for purpose, use in FIRST_PURPOSES)
        vault._write()
        return vault, code

    @classmethod
    def open_folder(cls, folder: Path, store: MasterStore) -> Vault:
        """The key ring of a home; :raises SecretError: missing, damaged, wrong master key."""
        stored = _read(folder / KEY_FILE)
        master = store.load(stored.master)
        return cls(folder, store, master, stored.lock, _opened(stored, master))

    @classmethod
    def restore(cls, folder: Path, store: MasterStore, code: str) -> Vault:
        """Open a key file (from a backup) by the recovery code, under a new master key.

        :raises SecretError: wrong code, damaged file.
        """
        stored = _read(folder / KEY_FILE)
        opener = stored.lock.opener(code)
        keys = tuple(_recovered(entry, opener) for entry in stored.keys)
        master = MasterKey.fresh()
        store.save(master)
        vault = cls(folder, store, master, stored.lock, keys)
        vault._write()
        return vault

    @property
    def master_lies_in(self) -> str:
        """``file`` or ``system``: said plainly on the health page."""
        return self._store.kind

    # --- Secrets ------------------------------------------------------------------------------

    def seal(self, purpose: str, plain: bytes, place: str) -> bytes:
        """Ciphertext with its key id; ``place`` (table|row|column) is authenticated with it."""
        key = self._key(purpose, SEAL)
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher(key).encrypt(nonce, plain, _bound(purpose, place))
        return _FORM + bytes.fromhex(key.id) + nonce + sealed

    def open(self, purpose: str, sealed: bytes, place: str) -> bytes:
        """The plain bytes; :raises SecretError: wrong key, wrong place, altered."""
        if sealed[:1] != _FORM or len(sealed) < _HEAD:
            raise SecretError(why="not a ciphertext of ours")
        key = self._key_of(purpose, sealed[1 : 1 + ID_BYTES].hex())
        try:
            return self._cipher(key).decrypt(
                sealed[1 + ID_BYTES : _HEAD], sealed[_HEAD:], _bound(purpose, place)
            )
        except InvalidTag:
            raise SecretError(why="altered, or not from this place") from None

    def _key_of(self, purpose: str, key_id: str) -> DataKey:
        for key in self._keys:
            if key.id == key_id and key.purpose == purpose and key.use == SEAL:
                return key
        raise SecretError(why="no such key for this purpose")

    def index(self, purpose: str, text: str) -> bytes:
        """HMAC-SHA256 for equality search, under a key of its own."""
        return hmac.digest(self._key(purpose, INDEX).secret, text.encode(), sha256)

    def _cipher(self, key: DataKey) -> AESGCM:
        cipher = self._ciphers.get(key.id)
        if cipher is None:
            cipher = self._ciphers[key.id] = AESGCM(key.secret)
        return cipher

    # --- keys ---------------------------------------------------------------------------------

    def _key(self, purpose: str, use: str) -> DataKey:
        """The newest key, made when the purpose is met for the first time."""
        for key in reversed(self._keys):
            if key.purpose == purpose and key.use == use:
                return key
        with self._guard:
            self._read_again()
            for key in reversed(self._keys):
                if key.purpose == purpose and key.use == use:
                    return key
            return self._add(purpose, use)

    def _add(self, purpose: str, use: str) -> DataKey:
        key = self._fresh(purpose, use)
        before = self._keys
        self._keys = (*before, key)
        try:
            # On disk before the first use: a ciphertext whose key was never kept is lost.
            self._write()
        except BaseException:
            self._keys = before
            raise
        return key

    def _read_again(self) -> None:
        """Take over what another process wrote since, lest our next writing lose its keys.

        :raises SecretError: when it even changed the master key: this key ring must be reopened.
        """
        stored = _read(self._folder / KEY_FILE)
        if stored.master != self._master.id:
            raise SecretError(why="the key file was changed by another process")
        self._keys, self._lock = _opened(stored, self._master), stored.lock

    def _fresh(self, purpose: str, use: str) -> DataKey:
        secret = os.urandom(KEY_BYTES)
        bare = DataKey(fresh_id(), purpose, use, secret, "")
        return replace(bare, recovery=self._lock.wrap(secret, bare.place))

    def rotate(self, purpose: str) -> None:
        """From now on seal under a fresh data key; old ciphertexts open as before."""
        with self._guard:
            self._read_again()
            self._add(purpose, SEAL)

    def rotate_master(self, store: MasterStore | None = None) -> None:
        """Wrap every data key under a fresh master key, kept in ``store`` if one is given.

        A crash at any point leaves either the old pair or the new one usable.
        """
        with self._guard:
            self._read_again()
            old, old_store = self._master, self._store
            fresh, target = MasterKey.fresh(), store or self._store
            target.save(fresh)
            self._master, self._store = fresh, target
            try:
                self._write()
            except BaseException:
                self._master, self._store = old, old_store
                target.remove(fresh.id)
                raise
            old_store.remove(old.id)

    def renew_recovery(self, recovery_cost: int = COST) -> str:
        """A new recovery code; the old one opens nothing that is written from now on."""
        with self._guard:
            self._read_again()
            code = new_code()
            lock = RecoveryLock.of(code, recovery_cost)
            self._keys = tuple(
                replace(key, recovery=lock.wrap(key.secret, key.place)) for key in self._keys
            )
            self._lock = lock
            self._write()
            return code

    def _write(self) -> None:
        told = {
            "version": VERSION,
            "master": self._master.id,
            "master_in": self._store.kind,
            "recovery": self._lock.as_text(),
            "keys": [
                {
                    "id": key.id,
                    "purpose": key.purpose,
                    "use": key.use,
                    "wrapped": wrap(self._master.secret, key.secret, key.place),
                    "recovery": key.recovery,
                }
                for key in self._keys
            ],
        }
        text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
        try:
            write_private(self._folder / KEY_FILE, text.encode())
        except OSError:
            raise SecretError(why="the key file cannot be written") from None


def master_place(folder: Path) -> str:
    """``file`` or ``system``, as the key file says; :raises SecretError: missing, damaged."""
    return _read(folder / KEY_FILE).master_in


def discard_master(folder: Path, store: MasterStore) -> None:
    """Forget the master key of a key ring that is thrown away; harmless where there is none."""
    if (folder / KEY_FILE).exists():
        store.remove(_read(folder / KEY_FILE).master)


def _bound(purpose: str, place: str) -> bytes:
    return f"{purpose}|{place}".encode()


@dataclass(frozen=True, slots=True)
class _Stored:
    master: str
    master_in: str
    lock: RecoveryLock
    keys: tuple[dict[str, str], ...]


def _read(path: Path) -> _Stored:
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
        return _Stored(str(told["master"]), place, RecoveryLock.from_text(told["recovery"]), keys)
    except (KeyError, TypeError, AttributeError):
        raise SecretError(why="the key file is damaged") from None


def _opened(stored: _Stored, master: MasterKey) -> tuple[DataKey, ...]:
    keys = []
    for entry in stored.keys:
        bare = DataKey(entry["id"], entry["purpose"], entry["use"], b"", entry["recovery"])
        keys.append(replace(bare, secret=unwrap(master.secret, entry["wrapped"], bare.place)))
    return tuple(keys)


def _recovered(entry: dict[str, str], opener: RecoveryKey) -> DataKey:
    bare = DataKey(entry["id"], entry["purpose"], entry["use"], b"", entry["recovery"])
    return replace(bare, secret=opener.unwrap(entry["recovery"], bare.place))
