"""The key ring of a home: opens and seals fields, makes look-up hashes, rotates, restores.

A ciphertext is ``0x01 | key id (8) | nonce (12) | AES-256-GCM ciphertext and tag``; purpose and
place (table, row, column) are its associated data, so a value moved elsewhere does not open.
The key file (JSON, 0600) holds only wrapped keys and may go into a backup as it is.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import RLock

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
from app.vault.recovery import COST, RecoveryLock, new_code
from app.vault.ring import (
    INDEX,
    SEAL,
    VERSION,
    DataKey,
    SharedRing,
    opened,
    read_keys,
    read_ring,
    recovered,
    ring_text,
)
from app.vault.ring import KEY_FILE as KEY_FILE

_FORM = b"\x01"
_OF_TILLS = "ring"
_HEAD = 1 + ID_BYTES + NONCE_BYTES

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
    ("ring", SEAL),
    ("evidence", SEAL),
    ("face", SEAL),
)
"""Made with the key ring, so that a running till need not write the key file."""


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
        self._shared: SharedRing | None = None
        self._published = ""
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
        stored = read_keys(folder / KEY_FILE)
        master = store.load(stored.master)
        return cls(folder, store, master, stored.lock, opened(stored, master))

    @classmethod
    def restore(cls, folder: Path, store: MasterStore, code: str) -> Vault:
        """Open a key file (from a backup) by the recovery code, under a new master key.

        :raises SecretError: wrong code, damaged file.
        """
        stored = read_keys(folder / KEY_FILE)
        opener = stored.lock.opener(code)
        keys = tuple(recovered(entry, opener) for entry in stored.keys)
        master = MasterKey.fresh()
        store.save(master)
        vault = cls(folder, store, master, stored.lock, keys)
        vault._write()
        return vault

    @classmethod
    def join(cls, folder: Path, store: MasterStore, ring: str, code: str) -> Vault:
        """A till more of a store: its ring opened by the code, under a master key of its own.

        :raises RecoveryCodeWrong: the code opens nothing; :raises SecretError: the ring is
        damaged, or the folder has a key file already.
        """
        if (folder / KEY_FILE).exists():
            raise SecretError(why="there is a key file already")
        found = read_ring(ring)
        opener = found.lock.opener(code)
        keys = tuple(recovered(entry, opener) for entry in found.keys)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        master = MasterKey.fresh()
        store.save(master)
        vault = cls(folder, store, master, found.lock, keys)
        vault._write()
        return vault

    # --- several tills ------------------------------------------------------------------------

    def ring(self) -> str:
        """The data keys as the tills of a store keep them together; none lies in it in the clear.

        Each is wrapped for the recovery code, and under the ring's own key, so that a till which
        is in can take up what another one added.
        """
        inner = self._key("ring", SEAL)
        return ring_text(self._lock, self._keys, inner)

    def share(self, shared: SharedRing) -> None:
        """From now on keys made here are every till's, and theirs are ours.

        :raises SecretError: the ring is damaged, or not that of these keys.
        """
        with self._guard:
            self._shared = shared
            self._read_again()

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
        key = self._known(purpose, key_id)
        if key is None and self._shared is not None:
            with self._guard:  # another till sealed it with a key that it has just made
                self._read_again()
            key = self._known(purpose, key_id)
        if key is None:
            raise SecretError(why="no such key for this purpose")
        return key

    def _known(self, purpose: str, key_id: str) -> DataKey | None:
        for key in self._keys:
            if key.id == key_id and key.purpose == purpose and key.use == SEAL:
                return key
        return None

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
        key = self._newest(purpose, use)
        if key is not None:
            return key
        with self._guard:
            self._read_again()
            return self._newest(purpose, use) or self._add(purpose, use, self._newest)

    def _newest(self, purpose: str, use: str) -> DataKey | None:
        for key in reversed(self._keys):
            if key.purpose == purpose and key.use == use:
                return key
        return None

    def _add(
        self,
        purpose: str,
        use: str,
        made_elsewhere: Callable[[str, str], DataKey | None] = lambda _purpose, _use: None,
    ) -> DataKey:
        """A fresh key, kept before its first use: a ciphertext whose key was lost is lost.

        ``made_elsewhere``: the key that serves as well if another till was quicker.
        """
        while True:
            key = self._fresh(purpose, use)
            if self._keep((*self._keys, key), self._lock):
                return key
            self._read_again()
            found = made_elsewhere(purpose, use)
            if found is not None:
                return found

    def _keep(self, keys: tuple[DataKey, ...], lock: RecoveryLock) -> bool:
        """Where every till looks first, then in our own file; False = another till was quicker."""
        before = self._keys, self._lock
        published = self._published
        if self._shared is not None:
            inner = next(key for key in keys if key.purpose == "ring" and key.use == SEAL)
            after = ring_text(lock, keys, inner)
            if not self._shared.replace(published, after):
                return False
            self._published = after
        self._keys, self._lock = keys, lock
        try:
            self._write()
        except BaseException:
            if self._shared is None:  # else the next reading brings it again
                self._keys, self._lock = before
            raise
        return True

    def _read_again(self) -> None:
        """Take over what another process wrote since, lest our next writing lose its keys.

        :raises SecretError: when it even changed the master key: this key ring must be reopened.
        """
        stored = read_keys(self._folder / KEY_FILE)
        if stored.master != self._master.id:
            raise SecretError(why="the key file was changed by another process")
        self._keys, self._lock = opened(stored, self._master), stored.lock
        if self._shared is not None:
            self._take_up(self._shared.read())

    def _take_up(self, text: str) -> None:
        """What other tills added or wrapped anew; their order decides which key is the newest.

        :raises SecretError: damaged, or a key in it is not sealed by a till of this store.
        """
        found = read_ring(text)
        inner = self._newest("ring", SEAL)
        known = {key.id: key for key in self._keys}
        if inner is None or not known.keys() <= {entry["id"] for entry in found.keys}:
            raise SecretError(why="these are not the keys of this store")
        keys = []
        for entry in found.keys:
            bare = DataKey(entry["id"], entry["purpose"], entry["use"], b"", entry["recovery"])
            ours = known.get(bare.id)
            secret = ours.secret if ours else unwrap(inner.secret, entry["shared"], bare.place)
            keys.append(replace(bare, secret=secret))
        self._published = text
        if (tuple(keys), found.lock) != (self._keys, self._lock):
            self._keys, self._lock = tuple(keys), found.lock
            self._write()

    def _fresh(self, purpose: str, use: str) -> DataKey:
        secret = os.urandom(KEY_BYTES)
        bare = DataKey(fresh_id(), purpose, use, secret, "")
        return replace(bare, recovery=self._lock.wrap(secret, bare.place))

    def rotate(self, purpose: str) -> None:
        """From now on seal under a fresh data key; old ciphertexts open as before.

        :raises SecretError: the key by which tills tell each other of keys is none to change.
        """
        if purpose == _OF_TILLS:
            raise SecretError(why="this key is not changed")
        with self._guard:
            self._read_again()
            self._add(purpose, SEAL)

    def purposes(self) -> dict[str, int]:
        """What is sealed here, and how many keys each purpose has had."""
        found: dict[str, int] = {}
        for key in self._keys:
            if key.use == SEAL and key.purpose != _OF_TILLS:
                found[key.purpose] = found.get(key.purpose, 0) + 1
        return found

    def head(self, purpose: str) -> bytes:
        """How a ciphertext under the newest key of a purpose begins: its form and the key's id."""
        return _FORM + bytes.fromhex(self._key(purpose, SEAL).id)

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
            while not self._keep(
                tuple(
                    replace(one, recovery=lock.wrap(one.secret, one.place)) for one in self._keys
                ),
                lock,
            ):
                self._read_again()
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
    return read_keys(folder / KEY_FILE).master_in


def discard_master(folder: Path, store: MasterStore) -> None:
    """Forget the master key of a key ring that is thrown away; harmless where there is none."""
    if (folder / KEY_FILE).exists():
        store.remove(read_keys(folder / KEY_FILE).master)


def _bound(purpose: str, place: str) -> bytes:
    return f"{purpose}|{place}".encode()
