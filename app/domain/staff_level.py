"""The store's own levels beside the built-in ones: a name, rights, and how far each reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.domain.staff import Right
from app.errors import BadValue

NAME_LENGTH = 20
MOST_FEN = 10**9
"""Ten million yuan: a limit above it is a typing error."""
MOST_POINTS = 100_000
"""A price made eleven times as high; in hundredths of a percent."""


class LimitUnit(StrEnum):
    """What a limit counts."""

    FEN = "fen"
    POINTS = "points"
    """Hundredths of a percent of the price before."""


LIMITED: Final[Mapping[Right, LimitUnit]] = {
    Right.RETURN: LimitUnit.FEN,
    Right.OPEN_DRAWER: LimitUnit.FEN,
    Right.CHANGE_PRICE: LimitUnit.POINTS,
}
"""Rights that a level may bound: worth of the goods that come back, cash taken out, a price."""


@dataclass(frozen=True, slots=True)
class Level:
    """A named level as one version of it says; a change is a new version."""

    id: str
    name: str
    rights: frozenset[Right]
    limits: tuple[tuple[Right, int], ...] = ()
    """By right, in its unit; a right that is not named is not bounded."""
    version: int = 1
    withdrawn: bool = False
    """Nobody gets it any more; whoever has it keeps it until given another."""
    changed_at: datetime | None = None
    changed_by: str = ""

    def limit(self, right: Right) -> int | None:
        """How far the right reaches, in its unit; None = it is not bounded."""
        return dict(self.limits).get(right)

    def allows(self, right: Right, size: int | None = None) -> bool:
        """Whether the level carries the right, for an act of that size in the right's unit."""
        if right not in self.rights:
            return False
        limit = self.limit(right)
        return limit is None or size is None or size <= limit


def check_level(level: Level) -> Level:
    """The level as it may be kept.

    :raises BadValue: no name or one too long, no right, or a limit that is none.
    """
    name = " ".join(level.name.split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise BadValue(what="level", why=f"a name of at most {NAME_LENGTH} characters")
    if not level.rights:
        raise BadValue(what="level", why="at least one right")
    for right, limit in level.limits:
        most = MOST_FEN if LIMITED.get(right) is LimitUnit.FEN else MOST_POINTS
        if right not in LIMITED or right not in level.rights or not 0 <= limit <= most:
            raise BadValue(what="limit", why="of a right that has one, and no more than can be")
    ordered = tuple(sorted(dict(level.limits).items()))
    return Level(
        level.id, name, level.rights, ordered, level.version, level.withdrawn,
        level.changed_at, level.changed_by,
    )  # fmt: skip


def price_points(before_micro: int, after_micro: int) -> int:
    """How far a price moves, in hundredths of a percent of the one before, rounded up.

    A price where there was none moves by everything there is.
    """
    if before_micro <= 0:
        return MOST_POINTS if after_micro else 0
    return -(-abs(after_micro - before_micro) * 10_000 // before_micro)
