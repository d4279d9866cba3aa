"""What a long run came to so far, in a file: started again with the same words it goes on there.

The file is replaced whole after each told store. It is believed only for the same words and the
same program, and only where its figures fit each other: half a run of another kind proves nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from app.vault.keys import write_private
from ui.simulate import Totals
from ui.simulation.store import Task

_LIMIT: Final = 4 * 1024 * 1024
_ROOT: Final = Path(__file__).resolve().parents[2]
PROGRAM: Final = (
    "app/**/*.py", "sync/**/*.py", "ui/simulation/*.py", "ui/simulate.py", "ui/practice*.py",
    "ui/backups.py", "ui/credentials.py", "ui/homes.py", "ui/moves.py", "ui/shared_books.py",
    "resources/calendar/*", "resources/interface/*", "resources/practice/**/*",
    "resources/regions/**/*.toml", "resources/rules/**/*",
)  # fmt: skip
"""What decides how a store goes."""
_FIGURES: Final = ("sales", "faults", "lost", "doubled", "unresolved", "stores", "events")
_HEX: Final = frozenset("0123456789abcdef")


class ProgressRefused(Exception):
    """The file cannot be gone on with; ``why`` is the end of a message id."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Words:
    """What a run was started with; the number of cores changes nothing of what comes out."""

    seed: int
    sales: int
    faults: tuple[str, ...]
    defect: str


class Progress:
    """One file of one run."""

    def __init__(self, path: Path, words: Words, tasks: Sequence[Task]) -> None:
        self._path, self._tasks = path, tasks
        self._head = {**asdict(words), "faults": sorted(words.faults), "program": _program()}

    def begin(self) -> tuple[Totals, float]:
        """What was told before and the seconds that it took; a new file is written at once.

        :raises ProgressRefused: of another run, broken, or it cannot be read or written.
        """
        if not self._path.is_file() and not self._path.is_dir():
            fresh = Totals(self._tasks[0].seed)
            self.keep(fresh, 0.0)
            return fresh, 0.0
        return self._read()

    def keep(self, totals: Totals, seconds: float) -> None:
        """One store more was told. :raises ProgressRefused: it cannot be written."""
        told = {**self._head, "told": asdict(totals), "seconds": round(seconds, 1)}
        try:
            write_private(self._path, json.dumps(told, ensure_ascii=False, indent=1).encode())
        except OSError:
            raise ProgressRefused("unwritten") from None

    def _read(self) -> tuple[Totals, float]:
        try:
            with self._path.open("rb") as file:
                held: Any = json.loads(file.read(_LIMIT))
        except (OSError, ValueError, RecursionError):
            raise ProgressRefused("broken") from None
        if not isinstance(held, dict) or not set(self._head) <= set(held):
            raise ProgressRefused("broken")
        if held["program"] != self._head["program"]:
            raise ProgressRefused("program")
        if any(held[name] != value for name, value in self._head.items()):
            raise ProgressRefused("other")
        totals: Any = held.get("told")
        seconds: Any = held.get("seconds")
        if not _whole(totals) or type(seconds) not in (int, float) or not 0 <= seconds < 1e9:
            raise ProgressRefused("broken")
        done = Totals(**totals)
        told = sum(one.sales for one in self._tasks[: done.stores])
        ended = bool(done.violations)
        if done.stores > len(self._tasks) or done.seed != self._head["seed"] or (
            done.sales > told if ended else done.sales != told
        ):  # fmt: skip
            raise ProgressRefused("broken")
        return done, float(seconds)


def _whole(told: object) -> bool:
    if not isinstance(told, dict) or set(told) != {one.name for one in fields(Totals)}:
        return False
    figures = all(type(told[name]) is int and told[name] >= 0 for name in _FIGURES)
    listed = isinstance(told["violations"], list) and all(
        isinstance(one, dict) and {"invariant", "text", "store", "story"} <= set(one)
        for one in told["violations"]
    )
    digest = told["digest"]
    length = 32 if told["stores"] else 0
    return (
        figures
        and listed
        and isinstance(digest, str)
        and len(digest) == length
        and set(digest) <= _HEX
    )


def _program() -> str:
    """Of everything that decides how a store goes: another program goes another way."""
    made = hashlib.sha256()
    for pattern in PROGRAM:
        for path in sorted(_ROOT.glob(pattern)):
            if path.is_file() and path.suffix != ".pyc":
                made.update(path.relative_to(_ROOT).as_posix().encode() + b"\0")
                made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()[:16]
