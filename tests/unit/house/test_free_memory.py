"""Memory that was let go of goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import resource
import sys
from pathlib import Path

import pytest

from ui.free_memory import give_back

PIECE, PIECES = 60_000, 1_000


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def has_trim() -> bool:
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")


@pytest.mark.skipif(not has_trim(), reason="not glibc")
def test_what_lies_free_below_what_is_kept_goes_back() -> None:
    pieces = [bytes([number % 256]) * PIECE for number in range(PIECES)]
    # The last piece keeps the heap's end: below it nothing is returned by itself.
    kept = pieces[-1]
    del pieces
    gc.collect()
    before = resident()
    assert give_back()
    assert before - resident() > PIECE * PIECES // 2
    assert len(kept) == PIECE


def test_it_may_be_asked_at_any_time_and_again() -> None:
    assert isinstance(give_back(), bool)
    assert isinstance(give_back(), bool)
