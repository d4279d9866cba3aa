"""Key stores of an operating system as plug-ins of the ``keyring`` library, for tests only.

In the clear and in a plain file: what a real one protects is not what is tested here.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend

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
