"""Shared libraries in place of vendors' ones, built by gcc when a test wants them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

COMPILER = shutil.which("gcc") or shutil.which("cc")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler on this machine")


def build(folder: Path, name: str, source: str, *flags: str) -> Path:
    """``libNAME.so`` of this source in the folder."""
    if COMPILER is None:
        pytest.skip("no C compiler on this machine")
    text, made = folder / f"{name}.c", folder / f"lib{name}.so"
    text.write_text(source, encoding="utf-8")
    done = subprocess.run(
        [COMPILER, "-shared", "-fPIC", "-O0", "-w", "-o", str(made), str(text), *flags],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return made
