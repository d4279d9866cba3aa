"""How good a frame is: light, white-out, sharpness, motion."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.domain.picture import FrameQuality

Frame: TypeAlias = NDArray[Any]
"""Height x width x 3 bytes, blue first, as OpenCV reads them."""

WIDTH: Final = 640
"""Frames are measured at this width: sharpness depends on the scale."""
_WHITE: Final = 250


def measure(frame: Frame, before: Frame | None = None) -> FrameQuality:
    """The measures of a frame; ``before``: the small grey picture of the frame before it."""
    # Here and below, on the first look: loading it stops every thread of a starting till for long.
    import cv2

    grey = small_grey(frame)
    motion = 0
    if before is not None and before.shape == grey.shape:
        motion = round(float(cv2.absdiff(grey, before).mean()))
    return FrameQuality(
        light=round(float(grey.mean())),
        washed=round(1000 * float(np.count_nonzero(grey >= _WHITE)) / grey.size),
        sharpness=round(float(cv2.Laplacian(grey, cv2.CV_64F).var())),
        motion=motion,
    )


def small_grey(frame: Frame) -> Frame:
    """The frame without colour at :data:`WIDTH`."""
    import cv2

    return np.asarray(cv2.cvtColor(fitted(frame, WIDTH), cv2.COLOR_BGR2GRAY))


def fitted(frame: Frame, width: int) -> Frame:
    """The frame no wider than ``width`` pixels, in its own shape."""
    import cv2

    height, wide = frame.shape[:2]
    if wide <= width:
        return frame
    size = (width, max(1, round(height * width / wide)))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA))
