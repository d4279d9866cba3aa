"""Signatures by keys of a certificate authority: SM2 with SM3 under the usual user id.

The key makes r and s over what is prepared here (GB/T 32918.2); ``gmssl`` checks them against the
certificate before anything counts. What is not done: neither the certificate's own signature nor
a list of revoked ones is looked at, since no authority's root is known here. A manager binds each
certificate to its person.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from app.domain.ca_key import ALGORITHM, Certificate
from app.domain.rx_case import Signature
from app.errors import BadValue, DeviceFailed

if TYPE_CHECKING:
    from app.domain.ca_key import CaKey
    from app.ports import Clock
    from app.ports_devices import SignatureKeys

KIND: Final = "ca"
USER_ID: Final = b"1234567812345678"
DEVICE: Final = "device_kind.signature_key"

_NO_END: Final = datetime(9999, 12, 30, tzinfo=UTC)
"""Certificates without an end say 9999-12-31; a day earlier is a day in every zone."""
_SPKI: Final = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")
"""How the public key of every SM2 certificate begins: curve 1.2.156.10197.1.301, uncompressed."""
_A: Final = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
_B: Final = "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
_GX: Final = "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
_GY: Final = "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
_CURVE: Final = bytes.fromhex(_A + _B + _GX + _GY)


def prepared(public_key: bytes, text: bytes) -> bytes:
    """The 32 bytes that are signed for ``text``: SM3(Z || text), GB/T 32918.2 5.5 and 6.1."""
    length = (len(USER_ID) * 8).to_bytes(2, "big")
    return _sm3(_sm3(length + USER_ID + _CURVE + public_key) + text)


def _sm3(data: bytes) -> bytes:
    # Here and not above: a till without such keys loads no more ciphers than it needs.
    from cryptography.hazmat.primitives import hashes

    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def is_signed(public_key: bytes, text: bytes, value: bytes) -> bool:
    """Whether r and s were made over exactly this text by the key; 64 bytes each."""
    from gmssl import sm2

    if len(public_key) != 64 or len(value) != 64:
        return False
    machine = sm2.CryptSM2(private_key="", public_key="")
    # Set here: the constructor would strip leading digits off a point that begins with 04.
    machine.public_key = public_key.hex()
    r, s = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
    order = int(sm2.default_ecc_table["n"], 16)
    if not (0 < r < order and 0 < s < order):
        return False
    try:
        return bool(machine.verify(value.hex(), prepared(public_key, text)))
    except (ValueError, TypeError, AttributeError):
        return False  # a point that is not on the curve


def read_certificate(der: bytes) -> tuple[Certificate, bytes]:
    """(what people look at, the 64 bytes of its public key).

    :raises BadValue: no certificate, or none of SM2.
    """
    from cryptography import x509
    from cryptography.x509.oid import NameOID, PublicKeyAlgorithmOID

    try:
        read = x509.load_der_x509_certificate(der)
        body = read.tbs_certificate_bytes
        subject, issuer = read.subject, read.issuer
        is_curve = read.public_key_algorithm_oid == PublicKeyAlgorithmOID.EC_PUBLIC_KEY
        begins, ends = read.not_valid_before_utc, read.not_valid_after_utc
    except (ValueError, TypeError, x509.InvalidVersion):
        raise BadValue(what="certificate", why="not to be read") from None
    # The library does not know the curve; its key has one form only, and stands there once.
    if not is_curve or body.count(_SPKI) != 1:
        raise BadValue(what="certificate", why="no SM2 key")
    public_key = body.partition(_SPKI)[2][:64]

    def common(name: x509.Name) -> str:
        found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else name.rfc4514_string()

    told = Certificate(
        key_id=hashlib.sha256(der).hexdigest(),
        holder=common(subject),
        issuer=common(issuer),
        serial=f"{read.serial_number:X}",
        valid_from=begins,
        valid_to=min(ends, _NO_END),
    )
    return told, public_key


class CaSigner:
    """:class:`app.ports_rx.CertificateSigner` over the keys that are plugged in at this till."""

    def __init__(self, keys: SignatureKeys, clock: Clock) -> None:
        self._keys, self._clock = keys, clock

    def plugged_in(self) -> tuple[Certificate, ...]:
        """See the port."""
        return tuple(told for told, _key, _der in self._all())

    def unlock(self, key: CaKey, pin: str) -> None:
        """See the port."""
        self._keys.unlock(self._plugged(key)[2], pin)

    def lock(self) -> None:
        """See the port."""
        self._keys.lock()

    def sign(self, key: CaKey, text: bytes) -> Signature:
        """See the port."""
        told, public_key, der = self._plugged(key)
        now = self._clock.now()
        if not told.valid_at(now):
            raise _failed("expired" if now > told.valid_to else "not_yet")
        value = self._keys.sign(der, prepared(public_key, text))
        if not is_signed(public_key, text, value):
            raise _failed("forged")
        return Signature(KIND, told.key_id, value, ALGORITHM, der)

    def holds(self, signature: Signature, text: bytes) -> bool:
        """See the port."""
        return holds(signature, text)

    def certificate_of(self, signature: Signature) -> Certificate | None:
        """See the port."""
        return certificate_of(signature)

    def _plugged(self, key: CaKey) -> tuple[Certificate, bytes, bytes]:
        found = self._all()
        if not found:
            raise _failed("no_certificate")
        for one in found:
            if one[0].key_id == key.certificate.key_id:
                return one
        raise _failed("other_key")

    def _all(self) -> list[tuple[Certificate, bytes, bytes]]:
        """Those that can be read; other certificates on a key are not for signing here."""
        found = []
        for der in self._keys.certificates():
            try:
                told, public_key = read_certificate(der)
            except BadValue:
                continue
            found.append((told, public_key, der))
        return found


def certificate_of(signature: Signature) -> Certificate | None:
    """The certificate that a signature carries; None where it carries none that can be read."""
    if signature.kind != KIND:
        return None
    try:
        return read_certificate(signature.certificate)[0]
    except BadValue:
        return None


def holds(signature: Signature, text: bytes) -> bool:
    """Whether it was made over exactly this text by the key of the certificate that it carries."""
    if signature.kind != KIND or signature.algorithm != ALGORITHM:
        return False
    try:
        told, public_key = read_certificate(signature.certificate)
    except BadValue:
        return False
    return told.key_id == signature.key_id and is_signed(public_key, text, signature.value)


def _failed(why: str) -> DeviceFailed:
    return DeviceFailed(device=DEVICE, why=f"device_skf.{why}")
