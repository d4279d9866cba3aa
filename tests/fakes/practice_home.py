"""The practice shop that a first opening makes, made once a process and laid out for each test."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from app.vault.pins import Argon2Pins
from tests.fakes.clock import FixedClock
from tests.fakes.ids import CountingIds
from tests.fakes.made import MadeFolder
from ui.bootstrap import Settings, build
from ui.homes import PRACTICE_REGION, Home

_NOBODY_LISTENS = "http://127.0.0.1:9"
"""The shop that is copied knows no platform: who opens the copy starts one or names one."""


def lay_out_practice(
    home: Home, region: str = PRACTICE_REGION, begins: datetime | None = None
) -> CountingIds:
    """Staff (their PINs cheaply hashed), drugs and stock as on the day ``begins`` (default: today).

    Answers the ids that follow on those in the shop.
    """
    made, used = _made(region, begins)
    made.lay_out(home.practice)
    ids = CountingIds()
    for _ in range(used):
        ids.new()
    return ids


@cache
def _made(region: str, begins: datetime | None) -> tuple[MadeFolder, int]:
    ids, clock = CountingIds(), FixedClock(begins or datetime.now(UTC))
    with TemporaryDirectory() as place:
        home = Home(Path(place))
        build(
            Settings(
                home, practice=True, region=region, url=_NOBODY_LISTENS, clock=clock, ids=ids,
                pins=Argon2Pins.cheap(),
            )
        ).close()  # fmt: skip
        return MadeFolder.of(home.practice), len(ids.made)
