"""购药图像: the one picture of a special-disease purchase, or why there is none (S-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class StillState(StrEnum):
    """How a sale that wants a picture came out of it."""

    TAKEN = "taken"
    """The picture lies sealed beside the sale."""
    BY_PROXY = "by_proxy"
    """A proxy bought: the still of proxy and signed list stands for it (HY-1.5.6b)."""
    NO_CONSENT = "no_consent"
    """The person did not consent; what the staff recorded stands alone (policy 3.9)."""
    MISSING = "missing"
    """There should be one and is none: a gap that somebody has to answer."""


class StillGap(StrEnum):
    """Why a picture is missing; each has words ``still_gap_<code>``."""

    NO_CAMERA = "no_camera"
    """This till has no customer camera."""
    CAMERA_GONE = "camera_gone"
    """It is not there, or gave no picture."""
    POOR = "poor"
    """No picture was good enough, and nobody took it again."""
    SLOW = "slow"
    """It did not answer in time: a settled sale waits for no camera."""
    NOT_KEPT = "not_kept"
    """The picture was there and could not be written to the disk."""
    NOT_TAKEN = "not_taken"
    """Nobody took one: the sale was finished elsewhere, or after a restart."""


class GapAnswer(StrEnum):
    """What the manager says of a missing picture; each has words ``still_answer_<code>``."""

    DEVICE_MENDED = "device_mended"
    """The camera was at fault and is in order again."""
    DEVICE_ORDERED = "device_ordered"
    """The camera is at fault; a new one is on its way."""
    CLIP_STANDS_IN = "clip_stands_in"
    """The clip of the counter's camera shows the purchase."""
    PERSON_LEFT = "person_left"
    """The person could not wait or turned away."""
    STAFF_TRAINED = "staff_trained"
    """Forgotten; whoever stood there was told how it is done."""


STILL_SIZE: Final = (640, 480)
"""Widest and highest in pixels: enough to see who bought, no more (policy 3.9: least data)."""


@dataclass(frozen=True, slots=True)
class StillDraft:
    """What the camera gave for a sale before it is completed: a picture, or why there is none."""

    jpeg: bytes = b""
    at: datetime | None = None
    """When the picture was taken."""
    fault: str = ""
    """:class:`~app.domain.picture.FrameFault` that a person let pass; empty = good."""
    gap: StillGap | None = None

    def __repr__(self) -> str:
        """A picture shows a person: never more than its size."""
        return f"StillDraft({len(self.jpeg)} bytes, {self.fault!r}, {self.gap!r})"


@dataclass(frozen=True, slots=True)
class PurchaseStill:
    """The one row of a sale that wants a picture; written in the sale's own completion."""

    sale_id: str
    person_id: str
    settlement_ids: tuple[str, ...]
    """The settlements that want it."""
    at: datetime
    by: str
    """Random id of the member of staff at the counter."""
    state: StillState
    exhibit_id: str = ""
    consent_id: str = ""
    fault: str = ""
    gap: str = ""
    """A :class:`StillGap` where it is missing."""
    receipt_no: str = ""
    till_no: int = 0
    answer: str = ""
    """A :class:`GapAnswer`; empty while nobody has answered."""
    answered_by: str = ""
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it stands on the manager's list."""
        return self.state is StillState.MISSING and not self.answer
