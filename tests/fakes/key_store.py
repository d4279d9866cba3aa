"""Key stores of an operating system as plug-ins of the ``keyring`` library, for tests only.

In the clear and in a plain file: what a real one protects is not what is tested here.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

PLACE = "YAOTAI_TEST_KEY_STORE"
"""Names the file in which :class:`FileKeyring` keeps; so another process can ask it too."""


class FileKeyring(KeyringBackend):
    """Keeps and gives back, over processes."""

    priority = 5  # type: ignore[assignment]

    def _read(self) -> dict[str, str]:
        path = Path(os.environ[PLACE])
        held: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return held

    def _write(self, held: dict[str, str]) -> None:
        Path(os.environ[PLACE]).write_text(json.dumps(held))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write(self._read() | {f"{service}/{username}": password})

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}/{username}")

    def delete_password(self, service: str, username: str) -> None:
        held = self._read()
        del held[f"{service}/{username}"]
        self._write(held)


class MemoryKeyring(KeyringBackend):
    """A machine's own store: what it holds is gone with it; it may be locked."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def _open(self) -> dict[tuple[str, str], str]:
        if self.locked:
            raise KeyringLocked("practice")
        return self.held

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self._open().get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        del self._open()[service, username]


class PromptingKeyring(FileKeyring):
    """Shows a prompt that nobody answers, until ``answered`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answered.wait()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.answered.wait()
