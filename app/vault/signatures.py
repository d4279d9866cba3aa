"""The shop's own signing keys (内部电子签名, no CA): Ed25519, one key a person.

A person's private key is grown from a root key of the key ring and the person's random id: the
root lies wrapped in the key file and in every backup, so each till of the store signs with the
same key, nothing is written while somebody's transaction is open, and no key lies on a disk in
the clear. A certificate authority's key comes by a driver of its own behind
:class:`app.ports_rx.Signer`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.domain.ca_key import Certificate
from app.domain.pharmacist import Pharmacist
from app.domain.rx_case import Signature
from app.errors import BadValue
from app.ports import Secrets

KIND = "internal"
PURPOSE = "signing"
"""Purpose of the root key in the key ring."""


class InternalSigner:
    """:class:`app.ports_rx.Signer` with keys of our own. Safe for use by several threads."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._keys: dict[str, Ed25519PrivateKey] = {}

    def sign(self, staff_id: str, text: bytes) -> Signature:
        """Sign the canonical text of an act with the person's key, made at the first use.

        :raises BadValue: no person is named; :raises SecretError: the key ring does not open.
        """
        key = self._key(staff_id)
        return Signature(KIND, _id_of(key), key.sign(text))

    def holds(self, signature: Signature, text: bytes) -> bool:
        """Whether it was made over exactly this text by the key that it names.

        The id of a key is its public half, so a signature can be checked at every till and
        years later; that the key is a certain person's says :meth:`key_of`.
        """
        return holds(signature, text)

    def made_by(self, signature: Signature, staff_id: str, binding: Pharmacist | None) -> bool:
        """See the port; the person's key is grown anew, no binding is needed."""
        return signature.kind == KIND and signature.key_id == self.key_of(staff_id)

    def certificate_of(self, signature: Signature) -> None:
        """Keys of our own have no certificate."""

    def by_certificate(self, staff_id: str) -> bool:
        """Never: these are the shop's own keys."""
        return False

    def plugged_in(self) -> tuple[Certificate, ...]:
        """None: keys of our own lie in the key ring."""
        return ()

    def forget_pins(self) -> None:
        """Nothing is remembered."""

    def unlocked(self, staff_id: str, key_pin: str) -> AbstractContextManager[None]:
        """Keys of our own want no PIN beside the person's."""
        return nullcontext()

    def key_of(self, staff_id: str) -> str:
        """The id of the person's key: 64 hex digits."""
        return _id_of(self._key(staff_id))

    def _key(self, staff_id: str) -> Ed25519PrivateKey:
        if not staff_id:
            raise BadValue(what="signer", why="nobody")
        key = self._keys.get(staff_id)
        if key is None:
            seed = self._secrets.index(PURPOSE, f"ed25519|{staff_id}")
            key = self._keys[staff_id] = Ed25519PrivateKey.from_private_bytes(seed)
        return key


def holds(signature: Signature, text: bytes) -> bool:
    """Whether it was made over exactly this text by the key that it names; needs no key ring."""
    if signature.kind != KIND:
        return False
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.key_id))
        public.verify(signature.value, text)
    except (ValueError, InvalidSignature):
        return False
    return True


def _id_of(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
