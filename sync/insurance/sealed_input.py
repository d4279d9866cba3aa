"""Where a region signs and encrypts ``input`` for itself: the wire of interface 1.2 (d)."""

from __future__ import annotations

import base64
import binascii
import re

from app.errors import BadValue
from sync.insurance import exact_json
from sync.insurance.centre_envelope import Unverifiable, sign, sm4_decrypt, sm4_encrypt

_KEY_OCTETS = 16


class InputSealer:
    """Signs and encrypts the plain JSON of ``input``; opens the ``output`` of an answer.

    ``client_id`` is the SM4 key octet by octet, ``sm2_private`` 64 hexadecimal digits; either may
    be empty where the region's pack does not want that half.
    """

    def __init__(self, client_id: str, sm2_private: str) -> None:
        """:raises BadValue: a key that is none."""
        self._key = client_id.encode()
        if self._key and len(self._key) != _KEY_OCTETS:
            raise BadValue(what="client_id", why="16 octets expected")
        if sm2_private and not re.fullmatch("[0-9A-Fa-f]{64}", sm2_private):
            raise BadValue(what="sm2_private", why="64 hexadecimal digits expected")
        self._private = sm2_private

    def seal(self, plain: bytes) -> dict[str, object]:
        """The members of the envelope that change: ``cainfo`` is r and s over ``plain``, Base64."""
        members: dict[str, object] = {}
        if self._private:
            signature = base64.b64encode(sign(self._private, plain)).decode("ascii")
            members |= {"cainfo": signature, "signtype": "SM2"}
        if self._key:
            secret = base64.b64encode(sm4_encrypt(self._key, plain)).decode("ascii")
            members |= {"encType": "SM4", "input": secret}
        return members

    def open(self, body: bytes) -> bytes:
        """An answer with its ``output`` in clear; one that holds none in cipher stays as it is.

        :raises Unverifiable: an ``output`` that is no message under this key.
        """
        try:
            document = exact_json.read(body) if self._key else None
        except exact_json.NotJson:
            return body
        if not isinstance(document, dict):
            return body
        told = document.get("output")
        if not isinstance(told, str) or not told:
            return body
        try:
            plain = sm4_decrypt(self._key, base64.b64decode(told, validate=True))
            return exact_json.write({**document, "output": exact_json.read(plain)})
        except (binascii.Error, ValueError, exact_json.NotJson):
            raise Unverifiable("output") from None
