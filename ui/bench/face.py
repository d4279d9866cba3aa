"""Budget ``face``: finding and measuring the face of one frame of the live check."""

from __future__ import annotations

import time
from statistics import quantiles
from typing import TYPE_CHECKING, Final

from app.resources import resource

if TYPE_CHECKING:
    from app.domain.face import Landmarks, Pixels
    from devices.face_matcher.measure import FaceMeter

FRAMES: Final = 300
WARM_UP: Final = 20
EMBEDDED: Final = 40
GOAL: Final = 15.0
_WIDTH: Final = 640


def run() -> dict[str, object]:
    """Rendered heads at the size in which a camera hands frames to the check, one thread.

    What counts is all that the check does with a frame: detection, mesh, light, sharpness,
    offsets. Embedding is a sample: it happens once a comparison, four or five times a check.
    """
    from devices.face_matcher.engines import SHIPPED, make_engine
    from devices.face_matcher.measure import FaceMeter
    from ui.bench._face_limit import bare_ms

    meter = FaceMeter(make_engine())
    frames = _frames()
    told = [_looked(meter, frames[number % len(frames)]) for number in range(WARM_UP + FRAMES)]
    ours = [milliseconds for milliseconds, _ in told[WARM_UP:]]
    embedded = _embedded(meter, frames[0], told[0][1])
    bare = bare_ms(resource("face", SHIPPED), WARM_UP + FRAMES)[WARM_UP:]
    p50, limit = _p(ours, 50), _p(bare, 50)
    return {
        "name": "face",
        "p50": round(p50, 3),
        "p99": round(_p(ours, 99), 3),
        "limit_p50": round(limit, 3),
        "ratio": round(p50 / limit, 2),
        "peers": {},
        "goal": f"p50 <= {GOAL:g} ms for detection, mesh and figures of one frame",
        "met": p50 <= GOAL,
        "samples": {
            "n": len(ours),
            "p90": round(_p(ours, 90), 3),
            "limit_p99": round(_p(bare, 99), 3),
            "embed_p50": round(_p(embedded, 50), 3),
            "frame": f"{frames[0].width}x{frames[0].height}",
        },
    }


def _frames() -> list[Pixels]:
    """A practice head that turns from side to side."""
    import cv2

    from app.domain.picture import Glimpse
    from devices.camera.visitor import Visit
    from devices.camera.visitor_pictures import picture_of
    from devices.face_matcher.measure import pixels_of

    made = []
    for beat, yaw in enumerate(range(-30, 31, 5)):
        picture = picture_of(Visit(0), float(yaw), beat)
        high = round(picture.shape[0] * _WIDTH / picture.shape[1])
        small = cv2.resize(picture, (_WIDTH, high), interpolation=cv2.INTER_AREA)
        rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
        made.append(pixels_of(Glimpse(_WIDTH, high, rgb.tobytes())))
    return made


def _looked(meter: FaceMeter, picture: Pixels) -> tuple[float, Landmarks | None]:
    began = time.perf_counter_ns()
    seen, landmarks = meter.look(picture)
    milliseconds = (time.perf_counter_ns() - began) / 1e6
    if seen.faces != 1:
        raise RuntimeError(f"{seen.faces} faces in a frame with one")
    return milliseconds, landmarks


def _embedded(meter: FaceMeter, picture: Pixels, landmarks: Landmarks | None) -> list[float]:
    if landmarks is None:
        raise RuntimeError("no mesh")
    told = []
    for _ in range(EMBEDDED):
        began = time.perf_counter_ns()
        meter.engine.embed(picture, landmarks)
        told.append((time.perf_counter_ns() - began) / 1e6)
    return told


def _p(samples: list[float], percent: int) -> float:
    return quantiles(samples, n=100, method="inclusive")[percent - 1]
