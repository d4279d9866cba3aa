"""A backup: one sealed file that a recovery code opens, and the evidence it needs beside it.

``YAOTAI BACKUP 1``, a line of JSON in the clear (when, of which till, the key file with its keys
wrapped), then sealed pieces, each bound to this head, its number, and to being the last. Inside
is a packed tar: a manifest and the files. Evidence is sealed already: each piece is copied once
into a pool beside the backups, and the manifest names which ones belong to the moment.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from app.errors import BadFile, SecretError, StoreFull, StoreReadOnly
from app.ports import Secrets

PURPOSE: Final = "backup"
SUFFIX: Final = ".yaotai-backup"
POOL: Final = "evidence"
"""Of the folder of backups: sealed pieces, each once."""
MANIFEST: Final = "manifest.json"
_MAGIC: Final = b"YAOTAI BACKUP 1\n"
_PIECE: Final = 1024 * 1024
_SEALING: Final = 4096
_HEAD_LIMIT: Final = 1024 * 1024
_LENGTH: Final = 4
_NAME_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class Head:
    """What may be read of a backup without any key."""

    made_at: str
    store_id: str
    till_id: str
    till_no: int
    environment: str
    keys: str = field(repr=False)
    """The key file as it was: only wrapped keys."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the sealed part holds."""

    facts: Mapping[str, object]
    files: Mapping[str, str]
    """Name to SHA-256."""
    evidence: Mapping[str, str]
    """Name in the pool to SHA-256 of the sealed file."""


# --- written --------------------------------------------------------------------------------------


class _Sealing(io.RawIOBase):
    """Cuts what is written to it into sealed pieces."""

    def __init__(self, file: IO[bytes], secrets: Secrets, bound: str) -> None:
        self._file, self._secrets, self._bound = file, secrets, bound
        self._held = bytearray()
        self._number = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        content = bytes(data)  # type: ignore[call-overload]
        self._held += content
        while len(self._held) > _PIECE:
            self._put(bytes(self._held[:_PIECE]), last=False)
            del self._held[:_PIECE]
        return len(content)

    def finish(self) -> None:
        self._put(bytes(self._held), last=True)

    def _put(self, plain: bytes, *, last: bool) -> None:
        place = _place(self._bound, self._number, last=last)
        sealed = self._secrets.seal(PURPOSE, plain, place)
        self._file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
        self._number += 1


def _place(bound: str, number: int, *, last: bool) -> str:
    return f"backup|{bound}|{number}|{'last' if last else 'more'}"


def write_backup(
    folder: Path,
    head: Head,
    files: Mapping[str, Path],
    facts: Mapping[str, object],
    evidence: Mapping[str, Path],
    secrets: Secrets,
) -> Path:
    """Seal ``files`` (name to place) into a new backup; it gets its name when it is on the disk.

    ``evidence``: name to sealed file; copied into the pool where it is not there yet.
    :raises StoreFull, StoreReadOnly: nothing of it is left then.
    """
    name = f"{head.till_no:02d}-{head.made_at.replace(':', '').replace('-', '')[:15]}{SUFFIX}"
    whole = _free(folder, name)
    part = whole.with_name(f".{whole.name}.part")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pool = {one: _pooled(folder / POOL, one, path) for one, path in evidence.items()}
        manifest = {
            "facts": dict(facts),
            "files": {one: _digest(path) for one, path in files.items()},
            "evidence": pool,
        }
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            _fill(file, head, files, manifest, secrets)
            file.flush()
            os.fsync(file.fileno())
        part.replace(whole)
        _settle(folder)
    except OSError as failure:
        part.unlink(missing_ok=True)
        raise _refused(failure) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return whole


def _fill(
    file: IO[bytes],
    head: Head,
    files: Mapping[str, Path],
    manifest: Mapping[str, object],
    secrets: Secrets,
) -> None:
    line = json.dumps({**_head_dict(head)}, sort_keys=True).encode() + b"\n"
    file.write(_MAGIC + line)
    sealing = _Sealing(file, secrets, hashlib.sha256(line).hexdigest())
    with (
        gzip.GzipFile(fileobj=sealing, mode="wb", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        told = json.dumps(manifest, sort_keys=True).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(told), 0o600
        tar.addfile(entry, io.BytesIO(told))
        for name, path in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = path.stat().st_size, 0o600
            with path.open("rb") as content:
                tar.addfile(entry, content)
    sealing.finish()


def _head_dict(head: Head) -> dict[str, object]:
    return {name: getattr(head, name) for name in Head.__dataclass_fields__}


def _pooled(pool: Path, name: str, path: Path) -> str:
    """Copy a sealed piece into the pool, whole or not at all; its digest."""
    target = pool / name
    digest = _digest(path)
    # Held against its digest and not its size: what a stick spoilt is copied anew, else no later
    # backup would be whole again.
    if target.is_file() and _digest(target) == digest:
        return digest
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(path, beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.chmod(0o600)
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return digest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _free(folder: Path, name: str) -> Path:
    whole, number = folder / name, 2
    while whole.exists():
        whole, number = folder / name.replace(SUFFIX, f"-{number}{SUFFIX}"), number + 1
    return whole


def _settle(folder: Path) -> None:
    with contextlib.suppress(OSError, AttributeError):  # a folder cannot be flushed on Windows
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refused(failure: OSError) -> StoreFull | StoreReadOnly:
    kind = StoreFull if failure.errno == errno.ENOSPC else StoreReadOnly
    return kind(why=failure.strerror or "")


# --- read -----------------------------------------------------------------------------------------


def read_head(path: Path) -> Head:
    """What a backup says of itself; :raises BadFile: it is none, or its head is damaged."""
    try:
        with path.open("rb") as file:
            return _read_head(file, path.name)[0]
    except OSError as error:
        raise BadFile(file=path.name, why=error.strerror or "cannot be read") from None


def _read_head(file: IO[bytes], name: str) -> tuple[Head, str]:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise BadFile(file=name, why="not a backup of Yaotai")
    line = file.readline(_HEAD_LIMIT)
    try:
        told = json.loads(line)
        head = Head(**{one: told[one] for one in Head.__dataclass_fields__})
        texts = (head.made_at, head.store_id, head.till_id, head.environment, head.keys)
        if not all(isinstance(one, str) for one in texts) or type(head.till_no) is not int:
            raise TypeError
        datetime.fromisoformat(head.made_at)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise BadFile(file=name, why="the head of the backup is damaged") from None
    return head, hashlib.sha256(line).hexdigest()


class _Opening(io.RawIOBase):
    """The plain bytes behind the sealed pieces; knows whether the last one was seen."""

    def __init__(self, file: IO[bytes], secrets: Secrets, bound: str) -> None:
        self._file, self._secrets, self._bound = file, secrets, bound
        self._held = b""
        self._number = 0
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._held and not self.ended:
            self._held = self._next()
        count = min(len(view), len(self._held))
        view[:count] = self._held[:count]
        self._held = self._held[count:]
        return count

    def _next(self) -> bytes:
        told = self._file.read(_LENGTH)
        length = int.from_bytes(told, "big")
        if len(told) != _LENGTH or not 0 < length <= _PIECE + _SEALING:
            raise SecretError(why="the backup breaks off")
        sealed = self._file.read(length)
        if len(sealed) != length:
            raise SecretError(why="the backup breaks off")
        # A piece that is the last was sealed as the last: a file cut at a piece does not pass.
        at_end = not self._file.peek(1)  # type: ignore[attr-defined]
        place = _place(self._bound, self._number, last=at_end)
        self._number, self.ended = self._number + 1, at_end
        return self._secrets.open(PURPOSE, sealed, place)


def unpack(path: Path, target: Path, secrets: Secrets) -> Manifest:
    """Open a backup into ``target`` (an empty folder) and hold each file against its digest.

    :raises BadFile: it is none, or what it holds is not what it says; :raises SecretError: it was
    altered, breaks off, or the keys are not its own; :raises StoreFull, StoreReadOnly:.
    """
    try:
        with path.open("rb") as file:
            _, bound = _read_head(file, path.name)
            opening = _Opening(file, secrets, bound)
            with gzip.GzipFile(fileobj=io.BufferedReader(opening), mode="rb") as packed:
                manifest = _take_out(packed, target, path.name)
            opening.readall()
            if not opening.ended:
                raise SecretError(why="the backup breaks off")
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, ValueError):
        raise BadFile(file=path.name, why="the backup is damaged") from None
    except OSError as failure:
        raise _refused(failure) from None
    for name, digest in manifest.files.items():
        if not (target / name).is_file() or _digest(target / name) != digest:
            raise BadFile(file=path.name, why=f"{name} is not what the backup says")
    return manifest


def read_manifest(path: Path, secrets: Secrets) -> Manifest:
    """What a backup says that it holds; only its first pieces are opened.

    :raises BadFile, SecretError: it is none, was altered, or the keys are not its own.
    """
    try:
        with path.open("rb") as file:
            _, bound = _read_head(file, path.name)
            opening = _Opening(file, secrets, bound)
            with (
                gzip.GzipFile(fileobj=io.BufferedReader(opening), mode="rb") as packed,
                tarfile.open(fileobj=packed, mode="r|") as tar,
            ):
                entry = tar.next()
                content = tar.extractfile(entry) if entry is not None else None
                if entry is None or content is None:
                    raise BadFile(file=path.name, why="the backup is empty")
                return _manifest(content.read(_HEAD_LIMIT * 64), entry.name, path.name)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, ValueError):
        raise BadFile(file=path.name, why="the backup is damaged") from None
    except OSError as failure:
        raise _refused(failure) from None


def thin_pool(folder: Path, secrets: Secrets) -> int:
    """Take pieces out of the pool that no backup of the folder names any more; how many went.

    One backup that cannot be read keeps them all: nobody can say what it needs.
    :raises StoreReadOnly: one cannot be removed.
    """
    needed: set[str] = set()
    try:
        for path in folder.glob(f"*{SUFFIX}"):
            needed |= set(read_manifest(path, secrets).evidence)
    except (BadFile, SecretError):
        return 0
    gone = 0
    try:
        for piece in (folder / POOL).rglob("*.sealed"):
            if piece.relative_to(folder / POOL).as_posix() not in needed:
                piece.unlink(missing_ok=True)
                gone += 1
    except OSError as failure:
        raise _refused(failure) from None
    return gone


def _take_out(packed: gzip.GzipFile, target: Path, name: str) -> Manifest:
    manifest: Manifest | None = None
    with tarfile.open(fileobj=packed, mode="r|") as tar:
        for entry in tar:
            content = tar.extractfile(entry) if entry.isreg() else None
            if content is None:
                raise BadFile(file=name, why="the backup holds something that is no file")
            if manifest is None:
                manifest = _manifest(content.read(_HEAD_LIMIT * 64), entry.name, name)
                continue
            # Only what the manifest names, and only by a plain name: nothing leaves the folder.
            if entry.name not in manifest.files or not _plain(entry.name):
                raise BadFile(file=name, why="the backup holds a file that it does not name")
            place = target / entry.name
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(
                os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as out:
                shutil.copyfileobj(content, out)
                out.flush()
                os.fsync(out.fileno())
    if manifest is None:
        raise BadFile(file=name, why="the backup is empty")
    return manifest


def _plain(name: str) -> bool:
    parts = name.split("/")
    return (
        len(name) <= _NAME_LIMIT
        and all(one not in ("", ".", "..") for one in parts)
        and ("\\" not in name and ":" not in name)
    )


def _manifest(content: bytes, entry: str, name: str) -> Manifest:
    told = json.loads(content) if entry == MANIFEST else None
    if not isinstance(told, dict):
        raise BadFile(file=name, why="the backup has no manifest")
    parts = [told.get(one) for one in ("facts", "files", "evidence")]
    if not all(isinstance(one, dict) for one in parts):
        raise BadFile(file=name, why="the manifest is damaged")
    facts, files, evidence = parts
    texts = [*files.items(), *evidence.items()]  # type: ignore[union-attr]
    if not all(isinstance(value, str) and _plain(key) for key, value in texts):
        raise BadFile(file=name, why="the manifest is damaged")
    return Manifest(facts, files, evidence)  # type: ignore[arg-type]


def missing_evidence(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Names that the pool lacks, or holds otherwise than the manifest says."""
    for name, digest in manifest.evidence.items():
        place = folder / POOL / name
        if not place.is_file() or _digest(place) != digest:
            yield name
