"""Times of played keys: a hand's pace on a machine of any pace."""

from __future__ import annotations

from ui.scan_filter import MEDIAN_GAP_MS, now_ms


class KeyTimes:
    """When each key of a test was pressed, in milliseconds of the event clock.

    The till takes a key that lags behind the real clock for one that was pressed before what it
    shows now. So the keys of a hand never lag, however slow the machine is; those of a scanner
    keep their gaps.
    """

    def __init__(self) -> None:
        self._at = 1_000
        self._ahead = self._at - now_ms()

    def pause(self, gap: int) -> None:
        """Nothing is pressed for so long."""
        self._at += gap

    def next(self, gap: int) -> int:
        """Of a key that comes ``gap`` after the last one."""
        self._at += gap
        now = now_ms()
        if gap > MEDIAN_GAP_MS:
            self._at = max(self._at, now + self._ahead)
        self._ahead = max(self._ahead, self._at - now)
        return self._at
