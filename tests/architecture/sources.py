"""What the house tests look at: the tracked files and the syntax trees of the rooms."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "devices", "sync", "ui")


def modules(*folders: str) -> list[Path]:
    """Every Python file under the folders, empty package markers left out."""
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if path.stat().st_size
    )


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file, read once."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def nodes(*folders: str) -> Iterator[tuple[Path, ast.AST]]:
    """Every syntax node under the folders, with its file."""
    for path in modules(*folders):
        for node in ast.walk(tree(path)):
            yield path, node


def place(path: Path, node: ast.AST) -> str:
    """Where a node stands, as people and editors write it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def tracked_files() -> list[Path]:
    """What git holds; in an unpacked copy without git, every file that is not made by a tool."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run(
            [git, "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=False
        )
        if listed.returncode == 0:
            names = [ROOT / name for name in listed.stdout.split("\0") if name]
            return [path for path in names if path.is_file()]
    made = {".venv", ".git", "build", "dist", "__pycache__", ".hypothesis"}
    made |= {".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"}
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not made.intersection(path.relative_to(ROOT).parts)
    ]
