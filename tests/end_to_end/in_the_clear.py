"""Searches raw files for identifiers in every form in which a program may have left them.

A file is looked at as it lies on the disk and, where it is an archive, as it unpacks; numbers are
also looked for backwards and with blanks, dashes or line ends between their digits.
"""

from __future__ import annotations

import base64
import io
import re
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_BETWEEN = b" -\t\r\n\0"
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_MOST = 64 * 1024 * 1024
_PIECE = 128 * 1024


def forms(text: str) -> frozenset[bytes]:
    """Each way of writing it that is looked for in bytes as they are."""
    found: set[bytes] = set()
    for encoding in _ENCODINGS:
        raw = text.encode(encoding)
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode(), *_base64(raw)}
    found |= {quote(text).encode(), text.encode("unicode_escape"), _json(text)}
    return frozenset(one for one in found if len(one) > 4)


def _base64(raw: bytes) -> Iterator[bytes]:
    """What stays the same of its Base64 wherever it stands in a longer text."""
    for before in range(3):
        told = base64.b64encode(bytes(before) + raw)
        first = (0, 2, 3)[before]
        last = len(told) - (0, 3, 2)[(before + len(raw)) % 3]
        inner = told[first:last]
        if len(inner) > 7:
            yield inner
            yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def _json(text: str) -> bytes:
    """As ``json.dumps`` writes what is not ASCII."""
    return "".join(one if ord(one) < 128 else f"\\u{ord(one):04x}" for one in text).encode()


def squeezed_forms(text: str) -> frozenset[bytes]:
    """Of a number, what is looked for where blanks and dashes were taken out: it, and backwards."""
    raw = text.encode("ascii", "ignore").translate(None, _BETWEEN)
    return frozenset({raw, raw[::-1]}) if len(raw) >= 8 else frozenset()


_WINDOWS = (12, 8, 4)


class _Finder:
    """Looks for many byte strings at once: by a hash of the last bytes of each, then whole."""

    def __init__(self, wanted: Mapping[str, frozenset[bytes]]) -> None:
        self._by_end: dict[bytes, list[tuple[bytes, str]]] = {}
        self._known = {width: np.zeros(1 << 24, dtype=bool) for width in _WINDOWS}
        for text, ways in wanted.items():
            for one in ways:
                width = next(each for each in _WINDOWS if len(one) >= each)
                end = one[-width:]
                self._by_end.setdefault(end, []).append((one, text))
                self._known[width][_hashes(end)[width]] = True

    def found_in(self, raw: bytes) -> set[str]:
        found: set[str] = set()
        for width, hashes in _hashes(raw).items():
            for at in np.flatnonzero(self._known[width][hashes]).tolist():
                for one, text in self._by_end.get(raw[at : at + width], ()):
                    if text not in found and raw.endswith(one, 0, at + width):
                        found.add(text)
        return found


def _hashes(raw: bytes) -> dict[int, np.ndarray[Any, np.dtype[Any]]]:
    """Of every run of 4, 8 and 12 bytes, folded into 24 bits."""
    octets = np.frombuffer(raw, np.uint8).astype(np.uint32)
    if len(octets) < 4:
        return {}
    four = octets[:-3] | octets[1:-2] << 8 | octets[2:-1] << 16 | octets[3:] << 24
    told = {4: four * _ODD >> 8}
    if len(octets) >= 8:
        eight = (four[:-4] * _ODD) ^ four[4:]
        told[8] = eight * _ODD >> 8
        if len(octets) >= 12:
            told[12] = ((eight[:-4] * _ODD) ^ four[8:]) * _ODD >> 8
    return told


_ODD = np.uint32(2654435761)


class Identifiers:
    """What must be found nowhere, by kind, and its forms made once."""

    def __init__(self, told: Mapping[str, frozenset[str]]) -> None:
        self.told = told
        every = frozenset[str]().union(*told.values())
        plain = {text: forms(text) for text in every}
        self._plain = _Finder(plain)
        self._squeezed = _Finder({text: squeezed_forms(text) for text in every})
        self._overlap = max(len(one) for ways in plain.values() for one in ways) * 2
        self._looked: dict[bytes, frozenset[str]] = {}

    def found_in(self, raw: bytes) -> list[str]:
        """Which of them stand in these bytes, or in what they unpack to."""
        found: set[str] = set()
        for part in unpacked(raw):
            for begins in range(0, len(part), _PIECE):
                found |= self._piece(part[max(0, begins - self._overlap) : begins + _PIECE])
        return sorted(found)

    def _piece(self, raw: bytes) -> frozenset[str]:
        """Pieces that files have in common are searched once."""
        digest = sha256(raw).digest()
        if digest not in self._looked:
            squeezed = self._squeezed.found_in(raw.translate(None, _BETWEEN))
            self._looked[digest] = frozenset(self._plain.found_in(raw) | squeezed)
        return self._looked[digest]


def unpacked(raw: bytes) -> Iterator[bytes]:
    """The bytes themselves, then the members of a zip, what gzip or tar holds, a PDF's streams."""
    yield raw
    if raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield from unpacked(packed.read(name))
    elif raw[:2] == b"\x1f\x8b":
        yield from unpacked(zlib.decompressobj(31).decompress(raw, _MOST))
    elif raw[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
            for entry in tar:
                content = tar.extractfile(entry)
                if content is not None:
                    yield from unpacked(content.read(_MOST))
    elif raw[:5] == b"%PDF-":
        for stream in _STREAM.findall(raw):
            try:
                yield zlib.decompressobj().decompress(stream, _MOST)
            except zlib.error:
                continue


class Removed:
    """Keeps a copy of every file that the process removes or writes over, just before it does.

    By an audit hook of the interpreter, which cannot be taken off again: it sleeps when closed.
    """

    def __init__(self, kept: Path, below: Path) -> None:
        self._kept, self._below = kept, below.resolve()
        self._awake = False
        self._count = 0
        sys.addaudithook(self._hear)

    def __enter__(self) -> Removed:
        self._kept.mkdir(parents=True, exist_ok=True)
        self._awake = True
        return self

    def __exit__(self, *_: object) -> None:
        self._awake = False

    def _hear(self, event: str, args: tuple[object, ...]) -> None:
        if not self._awake or event not in ("os.remove", "os.rename", "shutil.rmtree"):
            return
        self._awake = False  # our own reading removes nothing, and must not be heard either
        try:
            for one in args[: 2 if event == "os.rename" else 1]:
                if isinstance(one, str | bytes | Path):
                    self._keep(Path(str(one) if not isinstance(one, bytes) else one.decode()))
        finally:
            self._awake = True

    def _keep(self, path: Path) -> None:
        if not path.is_absolute() or not path.is_relative_to(self._below):
            return
        for one in path.rglob("*") if path.is_dir() else [path]:
            if one.is_file():
                self._count += 1
                (self._kept / f"{self._count:05d}-{one.name}").write_bytes(one.read_bytes())
