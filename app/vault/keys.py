"""Master keys and where they lie, data keys and how they are wrapped.

A data key is 32 random bytes for one purpose and one use (``seal`` or ``index``). It never lies
in the clear: one wrapping is by the master key (AES-256-GCM), one is to the public half of the
recovery key (X25519, HKDF-SHA256, AES-256-GCM), whose private half grows from the recovery code.
So a key that is made years after ``setup`` is covered by the code that was printed then.
"""

from __future__ import annotations

import base64
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import KeyStoreSilent, MasterKeyMissing, SecretError

KEY_BYTES = 32
NONCE_BYTES = 12
ID_BYTES = 8
SERVICE = "yaotai"
"""The name under which the system's key store keeps our keys."""


_T = TypeVar("_T")


def fresh_id() -> str:
    """A new key id: 16 hex digits."""
    return os.urandom(ID_BYTES).hex()


def wrap(outer: bytes, inner: bytes, place: str) -> str:
    """A key under another key, as text; ``place`` is authenticated with it."""
    nonce = os.urandom(NONCE_BYTES)
    return text_of(nonce + AESGCM(outer).encrypt(nonce, inner, place.encode()))


def unwrap(outer: bytes, wrapped: str, place: str) -> bytes:
    """The inner key; :raises SecretError: wrong key, wrong place, altered."""
    data = bytes_of(wrapped)
    try:
        return AESGCM(outer).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):
        raise SecretError(why="a key does not open") from None


def text_of(data: bytes) -> str:
    """Bytes as base64 text."""
    return base64.b64encode(data).decode()


def bytes_of(text: str) -> bytes:
    """Bytes of base64 text; :raises SecretError: when it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise SecretError(why="the key file is damaged") from None


def write_private(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(0o600)
    fresh.replace(path)
    with suppress(OSError, AttributeError):  # a folder cannot be flushed on Windows
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A master key and the id by which it is named."""

    id: str
    secret: bytes

    @classmethod
    def fresh(cls) -> MasterKey:
        """A new random one."""
        return cls(fresh_id(), os.urandom(KEY_BYTES))


class MasterStore(Protocol):
    """Where master keys lie."""

    kind: str
    """``file`` or ``system``, said plainly on the health page."""

    def save(self, key: MasterKey) -> None:
        """Keep it; :raises SecretError: when it cannot be read back."""
        ...

    def load(self, key_id: str) -> MasterKey:
        """:raises SecretError: when it is not there."""
        ...

    def remove(self, key_id: str) -> None:
        """Forget it; harmless when it is not there."""
        ...


class FileMasterStore:
    """A file of mode 0600 beside the books: practice, tests, the command line."""

    kind = "file"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, key_id: str) -> Path:
        return self._folder / f"master-{key_id}.key"

    def save(self, key: MasterKey) -> None:
        """Keep it."""
        write_private(self._path(key.id), text_of(key.secret).encode())

    def load(self, key_id: str) -> MasterKey:
        """:raises SecretError: when it is not there or others may read it."""
        path = self._path(key_id)
        try:
            mode = path.stat().st_mode
            text = path.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            raise MasterKeyMissing() from None
        if os.name == "posix" and mode & 0o077:
            raise SecretError(why="the master key can be read by others")
        return MasterKey(key_id, bytes_of(text))

    def remove(self, key_id: str) -> None:
        """Forget it."""
        self._path(key_id).unlink(missing_ok=True)


class KeyringBackend(Protocol):
    """The three functions of the ``keyring`` library that are used."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store."""
        ...

    def get_password(self, service: str, username: str) -> str | None:
        """Read."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Delete."""
        ...


def system_keyring() -> KeyringBackend:
    """The operating system's store; loaded late, since looking for it takes time."""
    import keyring

    backend: KeyringBackend = keyring.get_keyring()
    return backend


UNLOCK_WAIT = 60.0
"""Seconds: while the system asks a person to unlock its store, the till waits no longer."""


def within(seconds: float, call: Callable[[], _T]) -> _T:
    """What the call answers; :raises KeyStoreSilent: not in this time, locked, or it failed.

    On a thread of its own, because a key store that shows a prompt answers when it is answered.
    """
    answers: list[_T] = []
    failed = threading.Event()

    def ask() -> None:
        try:
            answers.append(call())
        except Exception:  # backends raise what they like
            failed.set()

    thread = threading.Thread(target=ask, name="yaotai-key-store", daemon=True)
    thread.start()
    thread.join(seconds)
    if answers:
        return answers[0]
    if failed.is_set():
        raise KeyStoreSilent(why="refuses")
    raise KeyStoreSilent(why="no answer")


class SystemMasterStore:
    """The operating system's own key store; asked with a time limit, so that no prompt blocks."""

    kind = "system"

    def __init__(
        self, backend: Callable[[], KeyringBackend] = system_keyring, wait: float = UNLOCK_WAIT
    ) -> None:
        self._backend, self._wait = backend, wait

    def save(self, key: MasterKey) -> None:
        """Keep it; :raises SecretError: when the system does not give it back."""
        text = text_of(key.secret)
        within(self._wait, lambda: self._backend().set_password(SERVICE, key.id, text))
        if self.load(key.id) != key:
            raise SecretError(why="the system's key store does not keep")

    def load(self, key_id: str) -> MasterKey:
        """:raises MasterKeyMissing: it is not there; :raises KeyStoreSilent: locked or gone."""
        text = within(self._wait, lambda: self._backend().get_password(SERVICE, key_id))
        if text is None:
            raise MasterKeyMissing()
        return MasterKey(key_id, bytes_of(text))

    def remove(self, key_id: str) -> None:
        """Forget it."""
        with suppress(SecretError):
            within(self._wait, lambda: self._backend().delete_password(SERVICE, key_id))
