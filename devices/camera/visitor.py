"""Who stands before a practice camera, and what they do: told from any thread, seen on its own.

No picture is drawn here: ``visitor_pictures`` does, and is loaded when the first one is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.domain.liveness import Side

if TYPE_CHECKING:
    from devices.camera.quality import Frame

USUAL_DISTANCE: Final = 31
"""Hundredths: how far a person seems from their own plain picture, as a good one does."""
NEAR_DISTANCE: Final = 96
"""Hundredths: in the grey zone, too far to accept and too near to refuse."""
TURNED: Final = 30.0
"""Degrees that a person turns to the side that was asked."""
PHOTO_TURNED: Final = 35.0
_TURN_STEP: Final = 2.5
"""Degrees in a frame: quicker, and whoever looks at every third frame sees a cut."""


class Manner(StrEnum):
    """How somebody stands there."""

    LIVE = "live"
    """A person who does what they are asked."""
    STILL = "still"
    """A person who does not move."""
    PHOTO = "photo"
    """A photo of a person, held up, shaken and tilted; turned when a turn is asked for."""
    TWO = "two"
    """Two persons, side by side."""
    AWAY = "away"
    """A person who looks to the side."""
    NOBODY = "nobody"
    BLACK = "black"
    """A hand over the lens."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who stands there and how."""

    who: int = 0
    """Number of a practice person, from 0: what the name mark says."""
    looks: int = 0
    """Which invented head is theirs."""
    manner: Manner = Manner.LIVE
    distance: int = USUAL_DISTANCE
    """Hundredths that the practice engine shall find between them and their plain picture."""
    asked: Side | None = None
    """The side they were asked to turn to; None: they look ahead."""
    stopped: bool = False
    """The camera is there and gives no pictures of them."""


class Visitor:
    """What a practice camera looks at."""

    def __init__(self) -> None:
        self._visit = Visit()
        self._yaw, self._beat = 0.0, 0

    @property
    def visit(self) -> Visit:
        """Who stands there now."""
        return self._visit

    def come(self, visit: Visit) -> None:
        """Somebody takes the place of who was there."""
        self._visit = visit

    def ask(self, side: Side | None) -> None:
        """They are asked to turn their head, or (None) to look ahead again."""
        self._visit = replace(self._visit, asked=side)

    def frame(self) -> Frame | None:
        """What the camera sees, one beat later than the last time; None: it gives nothing."""
        if self._visit.stopped:
            return None
        # Here, on the first look: it loads OpenCV, which stops every thread of a starting till.
        from devices.camera.visitor_pictures import picture_of

        self._beat += 1
        visit = self._visit
        most = PHOTO_TURNED if visit.manner is Manner.PHOTO else TURNED
        wanted = {None: 0.0, Side.LEFT: most, Side.RIGHT: -most}[visit.asked]
        self._yaw += min(_TURN_STEP, max(-_TURN_STEP, wanted - self._yaw))
        return picture_of(visit, self._yaw, self._beat)
