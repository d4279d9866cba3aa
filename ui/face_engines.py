"""Which engine compares faces at the counter: the shop's own, or in practice the one by marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.device_plan import Placed
    from app.ports_face import FaceEngine


def counter_engine(camera: Placed, *, practice: bool, name: str = "") -> FaceEngine:
    """The engine of a till; loading it takes a quarter of a second: not on the screen's thread.

    ``camera``: the one that customers stand before; ``practice``: whether this is a practice
    shop; ``name``: as :func:`devices.face_matcher.engines.make_engine` takes it. Only a practice
    shop whose camera is the practice one compares by name marks, whatever ``name`` says: a real
    camera in practice, and every camera of a real shop, is looked at by the real engine.

    :raises BadValue: no such engine; :raises BadFile: its pack is damaged;
    :raises NotOffered: its library or models are not installed here.
    """
    from devices.face_matcher.engines import make_engine

    if not (practice and camera.is_practice):
        return make_engine(name)
    from devices.face_matcher.practice_engine import PracticeEngine

    return PracticeEngine(make_engine())
