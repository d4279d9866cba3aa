"""The platform's public key as the shop wrote it down: beside the authorities, not instead of them.

A pin is ``sha256/`` and the Base64 of SHA-256 over the certificate's SubjectPublicKeyInfo, as
browsers and ``openssl`` write it; a renewed certificate of the same key keeps it. Several are
divided by commas: the key of now and the one that is to follow, or those of gateway, token server
and prescription centre where they differ.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ssl
from typing import Final

_PREFIX: Final = "sha256/"
_MOST: Final = 16

UNTRUSTED: Final = "tls"
"""Why a line was not agreed where nothing better is known: no TLS, or an unknown authority."""
_WHY: Final = {
    9: "tls_expired",  # not valid yet: as often this machine's clock
    10: "tls_expired",
    18: "tls_authority",  # signed by itself
    19: "tls_authority",
    20: "tls_authority",
    21: "tls_authority",
    62: "tls_host",
    64: "tls_host",
}
"""OpenSSL's verification codes as words of ours."""


class WrongPin(ssl.SSLError):
    """The far end proved who it is to the authorities, and its key is not the one written down."""


def read_pins(text: str) -> frozenset[bytes]:
    """The digests; empty text = no pin. :raises ValueError: one is no pin."""
    found = set()
    for one in (part.strip() for part in text.split(",")):
        if not one:
            continue
        if not one.startswith(_PREFIX):
            raise ValueError("a pin begins with sha256/")
        try:
            digest = base64.b64decode(one[len(_PREFIX) :], validate=True)
        except binascii.Error:
            raise ValueError("a pin is Base64") from None
        if len(digest) != hashlib.sha256().digest_size:
            raise ValueError("a pin is a SHA-256")
        found.add(digest)
    if text.strip() and not 0 < len(found) <= _MOST:
        raise ValueError(f"one to {_MOST} pins")
    return frozenset(found)


def pin_of(certificate: bytes) -> bytes:
    """The digest of a certificate's public key; ``certificate`` is DER."""
    # Only where a shop has a pin: a start without one loads no ciphers for it.
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from cryptography.x509 import load_der_x509_certificate

    key = load_der_x509_certificate(certificate).public_key()
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).digest()


def require_pin(certificate: bytes | None, pins: frozenset[bytes]) -> None:
    """:raises WrongPin: none of the pins is its key's."""
    try:
        held = certificate is not None and pin_of(certificate) in pins
    except ValueError:  # a key of a kind that is not known here
        held = False
    if not held:
        raise WrongPin("the platform's key is not the one that was written down")


def why_of(error: ssl.SSLError) -> str:
    """In one word, why no line was agreed."""
    if isinstance(error, WrongPin):
        return "tls_pin"
    if isinstance(error, ssl.SSLCertVerificationError):
        return _WHY.get(error.verify_code, UNTRUSTED)
    return UNTRUSTED
