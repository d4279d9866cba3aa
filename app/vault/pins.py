"""PINs as argon2id hashes."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Pins:
    """:class:`app.ports.PinHasher`; the defaults follow RFC 9106's second choice (64 MiB)."""

    def __init__(self, time_cost: int = 3, memory_kib: int = 65536, parallelism: int = 4) -> None:
        self._hasher = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism
        )

    @classmethod
    def cheap(cls) -> Argon2Pins:
        """The least that the algorithm allows: for tests only."""
        return cls(time_cost=1, memory_kib=8, parallelism=1)

    def hash(self, pin: str) -> str:
        """A salted hash for the books."""
        return self._hasher.hash(pin)

    def verify(self, hashed: str, pin: str) -> bool:
        """Whether the PIN is the hashed one; a damaged hash fits no PIN."""
        try:
            return self._hasher.verify(hashed, pin)
        except (VerificationError, InvalidHashError):
            return False
