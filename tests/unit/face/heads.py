"""Frames of practice cameras as the engines and the live check take them."""

from __future__ import annotations

import numpy as np

from app.domain.face import Pixels
from app.domain.picture import Glimpse
from devices.camera.quality import Frame


def pixels(frame: Frame) -> Pixels:
    """Blue first to red first."""
    rgb = np.ascontiguousarray(frame[:, :, ::-1])
    return Pixels(rgb.shape[1], rgb.shape[0], rgb.tobytes())


def glimpse(frame: Frame) -> Glimpse:
    """As the driver hands a frame to who looks."""
    seen = pixels(frame)
    return Glimpse(seen.width, seen.height, seen.rgb)
