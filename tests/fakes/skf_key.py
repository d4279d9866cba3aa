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

_SOURCE = Path(__file__).with_name("skf_key.c")


def _openssl(*words: str) -> bytes:
    done = subprocess.run([str(OPENSSL), *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def make_certificate(
    folder: Path, holder: str, *, serial: int = 0x5A17, begins: str = "", ends: str = ""
) -> bytes:
    """A key and a certificate that signs itself, in ``folder``; answers the DER.

    ``begins``, ``ends``: days from now; openssl takes whole days only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key, text, der = folder / "key.pem", folder / "cert.pem", folder / "cert.der"
    if not key.exists():
        _openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", str(key))
    _openssl(
        "req", "-x509", "-new", "-key", str(key), "-sm3", "-sigopt", "distid:1234567812345678",
        "-utf8", "-subj", f"/C=CN/O=练习发证机构/CN={holder}", "-days", ends or "365",
        "-set_serial", str(serial), "-out", str(text),
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
        """A key with a certificate, plugged in."""
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
