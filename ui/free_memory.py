"""Gives memory that nothing uses any more back to the system; the C library would keep it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> bool:
    """Return the free parts of the C library's heap; answers whether there were any.

    A few milliseconds, so only where no customer waits. glibc raises the size from which it
    returns memory by itself with every large piece that is freed, up to tens of megabytes: after a
    day of quotes and answers several megabytes of free heap stay with the till for good. Does
    nothing where the C library has no such call (Windows, macOS, musl).
    """
    trim = _malloc_trim()
    return trim is not None and bool(trim(0))


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # TypeError: Windows has no library without name
        return None
    trim.argtypes, trim.restype = [ctypes.c_size_t], ctypes.c_int
    return trim
