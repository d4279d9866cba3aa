"""Reads a file that somebody named, never more of it than was agreed, and never one that is none.

A size that is asked first proves nothing: a device has none, and a file may grow in between.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

SETTINGS_LIMIT: Final = 1024 * 1024
"""Of a file of settings: mapping, calendar, form, shop."""


class TooMuch(ValueError):
    """More than was agreed; the caller says it in its own words."""


def read_bounded(path: Path, limit: int) -> bytes:
    """At most ``limit`` bytes; :raises TooMuch: it holds more; :raises OSError: it cannot be read,
    or is no file (a pipe or a device would be waited for, or read without end).
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("not a file")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise TooMuch(f"more than {limit} bytes")
    return content


def settings_text(path: Path) -> str:
    """The text of a file of settings; :raises OSError, TooMuch, UnicodeError:."""
    return read_bounded(path, SETTINGS_LIMIT).decode("utf-8-sig")


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file of any size, a piece at a time; :raises OSError: it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
