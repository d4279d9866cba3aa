"""Evidence as sealed files in dated folders; the books hold what each one is and its digest."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

from app.domain.evidence import Exhibit, digest_of
from app.errors import NotFound, SecretError, StoreFull, StoreReadOnly
from app.ports import Secrets

PURPOSE: Final = "evidence"
EVIDENCE_FOLDER: Final = "evidence"
"""Of a shop's folder."""
_SUFFIX: Final = ".sealed"


class EvidenceFiles:
    """:class:`app.ports_evidence.EvidenceStore` in a folder. Safe for use by several threads."""

    def __init__(self, folder: Path, secrets: Secrets) -> None:
        self._folder, self._secrets = folder, secrets

    def put(self, exhibit: Exhibit, content: bytes) -> None:
        """Seal and write; when this returns it is on the disk.

        Written before the books are: a crash between leaves a file that nothing names, never a
        row without its file.
        :raises StoreFull, StoreReadOnly: nothing is kept then.
        """
        path = self._path(exhibit)
        sealed = self._secrets.seal(PURPOSE, content, _place(exhibit))
        beside = path.with_suffix(".new")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _settle_folder(path.parent)
        except OSError as failure:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            kind = StoreFull if failure.errno == 28 else StoreReadOnly
            raise kind(why=failure.strerror or "") from None

    def get(self, exhibit: Exhibit) -> bytes:
        """The plain bytes.

        :raises NotFound: the file is gone. :raises SecretError: it was altered or exchanged.
        """
        try:
            sealed = self._path(exhibit).read_bytes()
        except OSError:
            raise NotFound(what="evidence") from None
        content = self._secrets.open(PURPOSE, sealed, _place(exhibit))
        if digest_of(content) != exhibit.digest:
            raise SecretError(why="evidence is not what the books say")
        return content

    def _path(self, exhibit: Exhibit) -> Path:
        return self._folder / f"{exhibit.at:%Y}" / f"{exhibit.at:%m-%d}" / f"{exhibit.id}{_SUFFIX}"


def _place(exhibit: Exhibit) -> str:
    return f"evidence|{exhibit.id}|{exhibit.kind.value}"


def _settle_folder(folder: Path) -> None:
    """The name of a new file is on the disk only when its folder is."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
