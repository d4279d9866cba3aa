"""Faces of one till over the real engine: a practice card, and what a real shop never gets."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from app.domain.device_plan import PRACTICE, DeviceKind, DevicePlan, Placed
from app.domain.identity_card import IdentityCard, IdentityCardType
from app.errors import DeviceFailed
from devices.face_matcher.practice_engine import MODEL_ID
from tests.fakes.timer import HandTimer
from ui.face_counter import FaceCounter

OWNER, NOBODY = "999900196008150913", "999900197001010000"


def _counter(folder: Path, *, practice: bool, camera: str, reader: str = PRACTICE) -> FaceCounter:
    kinds = {DeviceKind.CAMERA: Placed(camera), DeviceKind.CARD_READER: Placed(reader)}
    room = SimpleNamespace(plan=DevicePlan(kinds))
    return FaceCounter(room, folder, HandTimer(), practice=practice)  # type: ignore[arg-type]


def _card(number: str) -> IdentityCard:
    return IdentityCard(IdentityCardType.RESIDENT, id_number=number, photo=bytes(1024))


def test_a_practice_card_has_the_picture_of_its_owner(tmp_path: Path) -> None:
    counter = _counter(tmp_path, practice=True, camera=PRACTICE)
    told = counter.load()
    assert told == (MODEL_ID, True)
    assert counter.load() == told, "made once"
    counter.card_laid(_card(OWNER))
    assert counter.has_picture_of(OWNER)
    engine = counter._loaded().engine
    (template,) = counter.card_templates(engine)
    assert template.model_id == MODEL_ID
    counter.forget_card()
    assert not counter.has_picture_of(OWNER)
    with pytest.raises(DeviceFailed):
        counter.card_templates(engine)


@pytest.mark.parametrize("engine", ["onnx", "dlib"])
def test_practice_sees_one_face_throughout_by_the_mark_too(engine: str, tmp_path: Path) -> None:
    """Drawn heads are alike to every network: a swap would not be seen by the faces."""
    (tmp_path / "faces.toml").write_text(f'engine = "{engine}"\n')
    eyes = _counter(tmp_path, practice=True, camera=PRACTICE)._loaded()
    assert eyes.engine.model_id == MODEL_ID
    assert eyes.meter.engine is eyes.engine


def test_the_card_of_nobody_in_practice_has_none(tmp_path: Path) -> None:
    counter = _counter(tmp_path, practice=True, camera=PRACTICE)
    counter.card_laid(_card(NOBODY))
    assert not counter.has_picture_of(NOBODY)


@pytest.mark.rule("S-16")
@pytest.mark.parametrize(("practice", "camera"), [(False, PRACTICE), (True, "camera:0")])
def test_no_picture_is_drawn_and_no_mark_is_read_elsewhere(
    practice: bool, camera: str, tmp_path: Path
) -> None:
    """A real shop, be its plan tampered with, and practice before a real camera."""
    counter = _counter(tmp_path, practice=practice, camera=camera)
    model_id, by_marks = counter.load()
    assert (model_id, by_marks) == ("blaze-mesh-mobilefacenet@1", False)
    counter.card_laid(_card(OWNER))
    assert not counter.has_picture_of(OWNER)
