"""The patient's password as ``cainfo`` carries it: RSA under the platform's key (interface 1.5)."""

from __future__ import annotations

import base64
import binascii
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from app.domain.patient_password import SealedPassword, wipe
from app.errors import BadValue
from sync.insurance.profile import Credentials

_PEM_LINE = re.compile(r"-----[A-Z ]{1,40}-----")
_SMALLEST_KEY = 1024
"""Bits; smaller ones can be broken by anybody."""


class RsaPasswordSealer:
    """``app.ports.PasswordSealer``: password and gateway token, encrypted under the platform's key.

    Interface 1.5 names RSA and "password + token", seen in one repository, where the token is the
    one of the x-tif signature. Padding (PKCS#1 v1.5) and Base64 are what such clients do by
    default; the bureau's own paper decides.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._key_text = credentials.password_key
        self._token = credentials.token.encode()

    def seal(self, password: bytearray) -> SealedPassword:
        """Encrypt at once and overwrite what was handed in, whatever happens.

        :raises BadValue: the key is not the Base64 of an RSA public key of use.
        """
        plain = password + self._token
        try:
            # The library wants bytes; this one copy lives as long as the call.
            sealed = public_key(self._key_text).encrypt(bytes(plain), PKCS1v15())
        except ValueError:
            raise BadValue(what="password_key", why="too short for password and token") from None
        finally:
            wipe(plain)
            wipe(password)
        return SealedPassword(bytearray(base64.b64encode(sealed)))


def public_key(text: str) -> RSAPublicKey:
    """A key in Base64, with or without the lines of PEM around it; :raises BadValue: none."""
    bare = "".join(_PEM_LINE.sub("", text).split())
    try:
        key = load_der_public_key(base64.b64decode(bare, validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        raise BadValue(what="password_key", why="no public key in Base64") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < _SMALLEST_KEY:
        raise BadValue(what="password_key", why="no RSA key of 1024 bits or more")
    return key
