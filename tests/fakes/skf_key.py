"""Practice keys of a certificate authority: a folder a key, a library of the SKF interface in C.

The far end shares nothing with the till: the library is C, its signatures are made by the openssl
program, and so are keys and certificates. Persons are invented.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.c_library import COMPILER, build

OPENSSL = shutil.which("openssl")
needs_keys = pytest.mark.skipif(
    COMPILER is None or OPENSSL is None, reason="needs a C compiler and the openssl program"
)
PIN = "practice-8642"
TRIES = 3
ISSUER = "练习发证机构"
_ID = ("-sigopt", "distid:1234567812345678")

_SOURCE = Path(__file__).with_name("skf_key.c")


def _openssl(*words: str) -> bytes:
    done = subprocess.run([str(OPENSSL), *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


_AUTHORITY = """
[ca]
default_ca = practice
[practice]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
policy = anything
default_md = sm3
unique_subject = no
[anything]
countryName = optional
organizationName = optional
commonName = supplied
"""


def _key(path: Path) -> None:
    if not path.exists():
        _openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", str(path))


def _authority(folder: Path) -> Path:
    """A practice authority with a key of its own; answers its folder."""
    place = folder / ".authority"  # keys whose name begins with a dot are not plugged in
    if not place.exists():
        place.mkdir(parents=True)
        _key(place / "key.pem")
        _openssl(
            "req", "-x509", "-new", "-key", str(place / "key.pem"), "-sm3", *_ID, "-utf8",
            "-subj", f"/C=CN/O=练习/CN={ISSUER}", "-days", "36500", "-out", str(place / "cert.pem"),
        )  # fmt: skip
        (place / "index.txt").touch()
        (place / "openssl.cnf").write_text(_AUTHORITY.format(folder=place), encoding="utf-8")
    return place


def make_certificate(
    folder: Path,
    holder: str,
    *,
    serial: int = 0,
    begins: str = "20260101000000Z",
    ends: str = "20280101000000Z",
) -> bytes:
    """A key, and a certificate for it from the practice authority beside it; answers the DER.

    The days are fixed ones: a test brings its own clock. ``serial`` 0 = the next one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    authority = _authority(folder.parent)
    key, request, text, der = (folder / name for name in ("key.pem", "csr.pem", "cert.pem",
                                                          "cert.der"))  # fmt: skip
    _key(key)
    _openssl("req", "-new", "-key", str(key), "-sm3", *_ID, "-utf8",
             "-subj", f"/C=CN/O=练习大药房/CN={holder}", "-out", str(request))  # fmt: skip
    issued = len((authority / "index.txt").read_text("utf-8").splitlines())
    number = f"{serial or 0x5A17 + issued:X}"
    (authority / "serial").write_text(number.zfill(len(number) + len(number) % 2))
    _openssl(
        "ca", "-batch", "-notext", "-utf8", "-config", str(authority / "openssl.cnf"),
        "-cert", str(authority / "cert.pem"), "-keyfile", str(authority / "key.pem"),
        "-md", "sm3", *_ID,
        "-vfyopt", "distid:1234567812345678", "-startdate", begins, "-enddate", ends,
        "-in", str(request), "-out", str(text),
    )  # fmt: skip
    _openssl("x509", "-in", str(text), "-outform", "DER", "-out", str(der))
    return der.read_bytes()


def openssl_signature(folder: Path, text: bytes) -> bytes:
    """DER of what the key of the folder signs over a whole text, by the openssl program."""
    (folder / "text").write_bytes(text)
    return _openssl(
        "pkeyutl", "-sign", "-inkey", str(folder / "key.pem"), "-in", str(folder / "text"),
        "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678",
    )  # fmt: skip


@dataclass
class SkfBench:
    """A place where keys are plugged in, and the library that reaches them."""

    folder: Path
    library: Path

    def add(self, name: str, holder: str, **more: int | str) -> bytes:
        """A key with a certificate, plugged in; more as for :func:`make_certificate`."""
        place = self.folder / name
        certificate = make_certificate(place, holder, **more)  # type: ignore[arg-type]
        (place / "pin").write_text(PIN, encoding="ascii")
        (place / "tries").write_text(str(TRIES), encoding="ascii")
        self.plug(name)
        return certificate

    def plug(self, name: str) -> None:
        (self.folder / name / "plugged").touch()

    def pull(self, name: str) -> None:
        (self.folder / name / "plugged").unlink()

    def fault(self, word: str) -> None:
        """``pull``, ``forge``, ``crash``, ``hang`` at the next signature; empty = none."""
        (self.folder / "fault").write_text(word, encoding="ascii")

    def tries(self, name: str) -> int:
        """How many are left."""
        return int((self.folder / name / "tries").read_text("ascii"))


def make_bench(folder: Path) -> SkfBench:
    """An empty place with its library, built here."""
    keys = folder / "keys"
    keys.mkdir(parents=True)
    flags = (f'-DFOLDER="{keys}"', f'-DOPENSSL="{OPENSSL}"')
    return SkfBench(keys, build(folder, "skf", _SOURCE.read_text("utf-8"), *flags))
