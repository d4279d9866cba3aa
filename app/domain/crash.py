"""A crash report: where the program broke, and never with what: no value, no text of an error."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Final

KEPT: Final = 20
"""Reports of a till; the oldest goes first."""
FRAMES: Final = 60
CAUSES: Final = 5
ACTS: Final = 50
LIMIT: Final = 256 * 1024
"""Bytes of a report that is read."""


@dataclass(frozen=True, slots=True)
class Raised:
    """One error of a chain of causes."""

    kind: str
    """Name of its class."""
    message_id: str
    """Of an error of ours; its parameters are left out."""
    stack: tuple[str, ...]
    """``file:line function``, outermost first."""


@dataclass(frozen=True, slots=True)
class CrashReport:
    """The same crash is one report, however often it happens."""

    first_at: str
    """ISO, UTC."""
    last_at: str
    times: int
    version: str
    thread: str
    raised: tuple[Raised, ...]
    """What was raised last first, then its causes."""
    acts: tuple[str, ...]
    """Names of the last acts in the log, newest first."""

    @property
    def mark(self) -> str:
        """Names a crash by where and how it happened."""
        told = json.dumps([asdict(one) for one in self.raised], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @property
    def kind(self) -> str:
        """The class of what was raised."""
        return self.raised[0].kind if self.raised else "?"

    @property
    def place(self) -> str:
        """Where it was raised."""
        return self.raised[0].stack[-1] if self.raised and self.raised[0].stack else "?"

    def text(self) -> str:
        """As it is written."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def read_report(text: str) -> CrashReport | None:
    """What a file holds; None = it is no report."""
    try:
        told: dict[str, Any] = json.loads(text)
        raised = tuple(
            Raised(str(one["kind"]), str(one["message_id"]), tuple(map(str, one["stack"])))
            for one in told["raised"]
        )
        return CrashReport(
            str(told["first_at"]), str(told["last_at"]), int(told["times"]), str(told["version"]),
            str(told["thread"]), raised, tuple(map(str, told["acts"])),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
