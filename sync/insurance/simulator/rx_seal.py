"""The hospital's signature over a prescription file: practice certificates, SM2, read back."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.insurance.simulator import jsontext, sm2
from sync.insurance.simulator.call import stamp

_MARK = b"\n%LXSEAL "
"""After the end of the PDF: a comment there changes nothing for a reader."""

AUTHORITY = "practice authority"
MANNERS = ("valid", "forged", "altered", "expired")
"""How a practice signature may be: good, by a stranger's key, over other bytes, out of date."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed file and what 7102 tells of it."""

    file: bytes
    digest: str
    """``signDigest``: SM3 of the unsigned file."""
    cert_sn: str
    cert_dn: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at the signature says."""

    holds: bool
    cert_sn: str = ""
    cert_dn: str = ""
    why: str = ""


def _certificate(hospital: str, now: datetime, manner: str) -> dict[str, str]:
    """The hospital's certificate under the practice authority; a stranger's carries no word of it.

    An expired one ended the day before the signature.
    """
    holder = f"stranger {hospital}" if manner == "forged" else f"hospital {hospital}"
    until = now - timedelta(days=1) if manner == "expired" else now + timedelta(days=365)
    told = {
        "sn": f"LXCERT{hospital}",
        "dn": f"CN=练习医院（虚构）,OU={hospital},O=练习",
        "public": sm2.public_of(sm2.practice_key(holder)),
        "since": stamp(now - timedelta(days=730)),
        "until": stamp(until),
    }
    signer = holder if manner == "forged" else AUTHORITY
    return {**told, "word": sm2.sign(sm2.practice_key(signer), _text(told))}


def _text(told: dict[str, str]) -> bytes:
    return "&".join(f"{name}={told[name]}" for name in sorted(told)).encode()


def _digest(body: bytes) -> str:
    return hashlib.new("sm3", body).hexdigest()


def seal(body: bytes, hospital: str, now: datetime, manner: str = "valid") -> Sealed:
    """Sign a file for a hospital; ``manner`` as in :data:`MANNERS` (bad ones are for practice)."""
    certificate = _certificate(hospital, now, manner)
    holder = "stranger" if manner == "forged" else "hospital"
    digest = _digest(body)
    at = stamp(now)
    value = sm2.sign(sm2.practice_key(f"{holder} {hospital}"), f"{digest}&{at}".encode())
    word = jsontext.write({"certificate": certificate, "at": at, "value": value})
    if manner == "altered":
        body += b"\n%changed afterwards"
    file = body + _MARK + base64.b64encode(word.encode()) + b"\n"
    return Sealed(file, digest, certificate["sn"], certificate["dn"])


def check(file: bytes) -> Checked:
    """Whether the file is a PDF that a hospital known to the authority signed in good time."""
    body, mark, word = file.rpartition(_MARK)
    if not file.startswith(b"%PDF-"):
        return Checked(False, why="处方文件不是PDF")
    try:
        told = jsontext.read(base64.b64decode(word.strip(), validate=True) if mark else b"{}")
        certificate = dict(told["certificate"])
        at, value = str(told["at"]), str(told["value"])
        given = str(certificate.pop("word"))
        sn, dn = str(certificate["sn"]), str(certificate["dn"])
        public, until, since = (str(certificate[one]) for one in ("public", "until", "since"))
        signed = _text({name: str(one) for name, one in certificate.items()})
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        return Checked(False, why="处方文件没有电子签名")
    if not sm2.holds(sm2.public_of(sm2.practice_key(AUTHORITY)), signed, given):
        return Checked(False, sn, dn, "签名证书不是本中心信任的证书")
    if not since <= at <= until:
        return Checked(False, sn, dn, "签名证书已过有效期")
    if not sm2.holds(public, f"{_digest(body)}&{at}".encode(), value):
        return Checked(False, sn, dn, "处方文件在签名后被改动")
    return Checked(True, sn, dn)
