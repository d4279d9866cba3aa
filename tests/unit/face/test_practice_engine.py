"""The engine of practice: compares by name marks, says so, and is never a real shop's."""

from __future__ import annotations

import ast
from itertools import pairwise

import pytest

from app.domain.device_plan import PRACTICE, Placed
from app.domain.face import Face, FaceDecision, Landmarks, Pixels, Thresholds
from devices.camera.visitor import NEAR_DISTANCE, USUAL_DISTANCE, Manner, Visit
from devices.camera.visitor_pictures import picture_of, plain_picture
from devices.face_matcher.compare import compare
from devices.face_matcher.engines import make_engine
from devices.face_matcher.practice_engine import MODEL_ID, PracticeEngine
from tests.architecture.sources import ROOT, modules, tree
from tests.unit.face.heads import pixels
from ui.face_engines import counter_engine

ENGINE = PracticeEngine(make_engine())


def _standing(who: int, distance: int = USUAL_DISTANCE) -> Pixels:
    return pixels(picture_of(Visit(who, 0, Manner.STILL, distance), 0.0, 1))


@pytest.mark.parametrize(
    ("before", "says", "distance"),
    [
        (_standing(1), FaceDecision.SAME, 0.31),
        (_standing(1, NEAR_DISTANCE), FaceDecision.RETAKE, 0.96),
        (_standing(1, 150), FaceDecision.DIFFERENT, 1.5),
        (_standing(2), FaceDecision.DIFFERENT, 1.41),
    ],
)
def test_the_mark_decides_who_it_is(before: Pixels, says: FaceDecision, distance: float) -> None:
    told = compare(ENGINE, pixels(plain_picture(1, 0)), before)
    assert (told.engine, told.threshold, told.decision) == (MODEL_ID, 0.92, says)
    assert told.distance == pytest.approx(distance, abs=0.005)


def test_a_picture_without_a_mark_is_nobody() -> None:
    unmarked = Pixels(640, 480, bytes(640 * 480 * 3))
    nobody = ENGINE.embed(unmarked, Landmarks((), 1.0))
    somebody = ENGINE.embed(_standing(0), Landmarks((), 1.0))
    assert ENGINE.thresholds.decide(ENGINE.distance(nobody, somebody)) is FaceDecision.DIFFERENT


def test_it_finds_and_measures_with_the_real_engine() -> None:
    class Eyes:
        model_id, thresholds = "eyes@1", Thresholds(0.1, 0.2)

        def detect(self, picture: Pixels) -> list[Face]:
            return [Face(1, 2, 3, 4, 0.5)]

        def landmarks(self, picture: Pixels, face: Face) -> Landmarks:
            return Landmarks(((face.left, face.top),), 0.25)

    engine = PracticeEngine(Eyes())  # type: ignore[arg-type] - it is asked for nothing else
    face = engine.detect(_standing(0))[0]
    assert engine.landmarks(_standing(0), face).points == ((1, 2),)
    assert engine.thresholds == make_engine().thresholds, "the zones of the engine that ships"


@pytest.mark.parametrize(
    ("camera", "practice", "by_mark"),
    [
        (PRACTICE, True, True),
        (PRACTICE, False, False),  # a real shop whose plan was tampered with
        ("camera:0", True, False),
        ("camera:0", False, False),
    ],
)
def test_only_a_practice_shop_with_the_practice_camera_gets_it(
    camera: str, practice: bool, by_mark: bool
) -> None:
    engine = counter_engine(Placed(camera), practice=practice)
    assert engine.model_id.startswith("practice-") is by_mark
    assert isinstance(engine, PracticeEngine) is by_mark


def test_no_name_makes_it_and_only_one_file_does() -> None:
    for name in ("practice", "practice-name-mark", MODEL_ID):
        with pytest.raises(Exception, match="face engine"):
            make_engine(name)
    users = [
        path.relative_to(ROOT).as_posix()
        for path in modules("app", "devices", "sync", "ui")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and "practice_engine" in f"{node.module}"
    ]
    assert users == ["ui/face_engines.py"]


def test_persons_are_as_far_from_each_other_as_can_be() -> None:
    made = [ENGINE.embed(_standing(who, 0), Landmarks((), 1.0)) for who in (0, 1, 17, 63)]
    for one, other in pairwise(made):
        assert ENGINE.distance(one, other) == pytest.approx(2**0.5)
