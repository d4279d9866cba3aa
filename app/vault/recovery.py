"""The recovery code: printed once by ``setup``, it opens every data key, old and new.

The code is 160 random bits in the alphabet of Crockford (no I, L, O, U). scrypt stretches it to
the private half of an X25519 key; the public half and scrypt's parameters lie in the key file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from app.errors import RecoveryCodeWrong, SecretError
from app.vault.keys import KEY_BYTES, bytes_of, text_of, unwrap, wrap

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
_SYMBOLS = 32
_GROUP = 4

COST = 2**15
"""scrypt's n: about a tenth of a second and 32 MB for each guess."""


def new_code() -> str:
    """A fresh recovery code, eight groups of four."""
    bits = int.from_bytes(os.urandom(_SYMBOLS * 5 // 8))
    symbols = "".join(_ALPHABET[bits >> 5 * place & 31] for place in range(_SYMBOLS))
    return "-".join(symbols[at : at + _GROUP] for at in range(0, _SYMBOLS, _GROUP))


def _plain(code: str) -> bytes:
    symbols = "".join(each for each in code.upper() if each.isalnum()).translate(_LOOKALIKES)
    if len(symbols) != _SYMBOLS or any(each not in _ALPHABET for each in symbols):
        raise RecoveryCodeWrong(why="not a recovery code")
    return symbols.encode()


@dataclass(frozen=True, slots=True)
class RecoveryLock:
    """What lies in the key file: enough to wrap new keys, nothing to open one."""

    public: bytes
    salt: bytes
    cost: int

    @classmethod
    def of(cls, code: str, cost: int = COST) -> RecoveryLock:
        """The lock of a code; :raises SecretError: when it is no code."""
        salt = os.urandom(16)
        return cls(_private(code, salt, cost).public_key().public_bytes_raw(), salt, cost)

    def as_text(self) -> dict[str, object]:
        """For the key file."""
        return {"public": text_of(self.public), "salt": text_of(self.salt), "cost": self.cost}

    @classmethod
    def from_text(cls, stored: dict[str, object]) -> RecoveryLock:
        """From the key file; :raises SecretError: when damaged."""
        cost = stored.get("cost")
        if type(cost) is not int or not 2 <= cost <= 2**20 or cost & (cost - 1):
            raise SecretError(why="the key file is damaged")
        return cls(bytes_of(str(stored["public"])), bytes_of(str(stored["salt"])), cost)

    def wrap(self, key: bytes, place: str) -> str:
        """A data key that only the code opens."""
        once = X25519PrivateKey.generate()
        try:
            shared = once.exchange(X25519PublicKey.from_public_bytes(self.public))
        except ValueError:
            raise SecretError(why="the key file is damaged") from None
        mine = once.public_key().public_bytes_raw()
        return f"{text_of(mine)}:{wrap(_derived(shared, mine, self.public), key, place)}"

    def opener(self, code: str) -> RecoveryKey:
        """What opens the wrapped keys; :raises RecoveryCodeWrong: for a wrong code."""
        private = _private(code, self.salt, self.cost)
        if private.public_key().public_bytes_raw() != self.public:
            raise RecoveryCodeWrong(why="wrong recovery code")
        return RecoveryKey(private, self.public)


@dataclass(frozen=True)
class RecoveryKey:
    """The private half, alive only while a restore runs."""

    _private: X25519PrivateKey
    _public: bytes

    def unwrap(self, wrapped: str, place: str) -> bytes:
        """The data key; :raises SecretError: when altered."""
        mine_text, _, inner = wrapped.partition(":")
        mine = bytes_of(mine_text)
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(mine))
        except ValueError:
            raise SecretError(why="the key file is damaged") from None
        return unwrap(_derived(shared, mine, self._public), inner, place)


def _private(code: str, salt: bytes, cost: int) -> X25519PrivateKey:
    seed = Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=8, p=1).derive(_plain(code))
    return X25519PrivateKey.from_private_bytes(seed)


def _derived(shared: bytes, mine: bytes, public: bytes) -> bytes:
    info = b"yaotai recovery" + mine + public
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=info).derive(shared)
