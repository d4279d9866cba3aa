"""The far end: an invented recorder that writes a true status file of four cameras."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.domain.clock import shop_time
from app.ports import Clock

CAMERAS: Final = 4
_LONG_AGO: Final = timedelta(days=760)


class Scene(StrEnum):
    """How the practice recorder does."""

    WELL = "well"
    DOWN = "down"
    """Its second camera does not record."""
    DRIFTED = "drifted"
    """Its clock is three minutes ahead."""
    YOUNG = "young"
    """Its disk is new: nothing is older than two months."""
    TORN = "torn"
    """Half a file."""


class PracticeRecorder:
    """Writes down what it shows, whenever it is asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.scene = Scene.WELL
        self._plugged = True

    def unplug(self) -> None:
        """The share with the file is not there."""
        self._plugged = False

    def plug(self) -> None:
        """It is there again."""
        self._plugged = True

    def read(self) -> bytes:
        """The status file of this moment; :raises OSError: it cannot be reached."""
        if not self._plugged:
            raise FileNotFoundError
        now = shop_time(self._clock.now())
        ahead = timedelta(seconds=180 if self.scene is Scene.DRIFTED else 4)
        kept = timedelta(days=61) if self.scene is Scene.YOUNG else _LONG_AGO
        rows = [
            "key,value",
            f"read_at,{now:%Y-%m-%d %H:%M:%S}",
            f"recorder_clock,{now + ahead:%Y-%m-%d %H:%M:%S}",
            f"oldest,{(now - kept):%Y-%m-%d}",
            "free_days,0",
        ]
        for no in range(1, CAMERAS + 1):
            down = self.scene is Scene.DOWN and no == 2
            rows.append(f"channel {no},{'down' if down else 'recording'}")
        whole = "\n".join(rows).encode() + b"\n"
        return whole[: len(whole) // 3] if self.scene is Scene.TORN else whole
