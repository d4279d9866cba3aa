"""Invented heads before the shipped models: found, turned, blinking; a flat picture never turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from threading import Condition

import cv2
import numpy as np
import pytest

from app.domain.face_check import Compared, LiveOutcome
from app.domain.liveness import TURN, Advice, FrameSeen, LiveFault, LiveView, Side
from app.domain.liveness_states import LivePhase
from devices.camera.head_shape import PERSONS
from devices.camera.heads import Pose, portrait
from devices.camera.quality import Frame
from devices.camera.visitor import NEAR_DISTANCE, Manner, Visit, Visitor
from devices.camera.visitor_pictures import held_up, picture_of, plain_picture
from devices.face_matcher.engines import make_engine
from devices.face_matcher.live import LiveCheck
from devices.face_matcher.measure import FaceMeter
from devices.face_matcher.practice_engine import PracticeEngine
from tests.unit.face.heads import glimpse, pixels

EVERYBODY = range(len(PERSONS))
ENGINE = PracticeEngine(make_engine())
METER = FaceMeter(ENGINE)


def look(frame: Frame) -> FrameSeen:
    return METER.look(pixels(frame))[0]


def live(who: int, yaw: float = 0.0) -> FrameSeen:
    return look(picture_of(Visit(looks=who), yaw, 20))


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_head_is_found_framed_and_follows_its_turns(who: int) -> None:
    straight = live(who)
    assert straight.framing() is None
    assert straight.width >= 150
    offsets = [live(who, yaw).nose_e4 - straight.nose_e4 for yaw in (-30, -25, -10, 10, 25, 30)]
    assert offsets == sorted(offsets)
    assert max(offsets[:2]) <= -TURN
    assert min(offsets[-2:]) >= TURN
    assert all(live(who, yaw).fault() is None for yaw in (-30, -15, 15, 30))


@pytest.mark.rule("S-16")
@pytest.mark.parametrize(("who", "yaw"), list(product(EVERYBODY, (-35, -25, -15, 0, 15, 25, 35))))
def test_a_flat_picture_never_moves_the_nose_by_what_is_asked(who: int, yaw: float) -> None:
    straight = look(held_up(who, 0, 0, 0)).nose_e4
    for tilt, roll in product((-20, 0, 20), (-8, 8)):
        seen = look(held_up(who, yaw, tilt, roll))
        assert seen.faces == 1
        assert abs(seen.nose_e4 - straight) < TURN * 6 // 10


@pytest.mark.parametrize("who", EVERYBODY)
def test_closed_eyes_are_seen_to_be_closed(who: int) -> None:
    open_, closed = (
        look(picture_of(Visit(looks=who), 0.0, beat)).eyes_e4
        for beat in (20, 41)  # beat 40 to 42 is a blink
    )
    assert closed < 0.75 * open_


@pytest.mark.parametrize(
    ("manner", "wrong"),
    [
        (Manner.TWO, Advice.SEVERAL),
        (Manner.NOBODY, Advice.NONE_FOUND),
        (Manner.BLACK, Advice.NONE_FOUND),
        (Manner.AWAY, Advice.TURNED),
    ],
)
@pytest.mark.parametrize("who", EVERYBODY)
def test_what_cannot_be_compared_is_played_too(who: int, manner: Manner, wrong: Advice) -> None:
    assert look(picture_of(Visit(looks=who, manner=manner), 0.0, 3)).framing() is wrong


@pytest.mark.parametrize("size", [(358, 441), (102, 126)])
def test_the_picture_of_a_card_shows_one_face(size: tuple[int, int]) -> None:
    seen = look(plain_picture(5, 2, *size))
    assert (seen.faces, seen.mesh_e4 > 9000) == (1, True)


def test_a_pose_that_was_asked_for_is_drawn_once() -> None:
    assert portrait(1, Pose(10.4))[0] is portrait(1 + len(PERSONS), Pose(10.6))[0]
    picture, there = portrait(1, Pose())
    assert 0.2 < np.count_nonzero(there) / there.size < 0.8
    assert there[60:200, 160].min() == 255, "no hole from the forehead to the chest"
    assert cv2.Laplacian(picture[:, :, 1], cv2.CV_64F).var() > 100


# --- the whole live check over what the camera shows ----------------------------------------------


class Stage:
    """A timer by which each wait brings the visitor's next frame, some time later."""

    def __init__(self, visitor: Visitor, beat: float = 0.066) -> None:
        self.at, self.visitor, self.beat = 0.0, visitor, beat
        self.check: LiveCheck | None = None

    def now(self) -> float:
        return self.at

    def wait(self, until: Condition, seconds: float) -> None:
        self.at += self.beat
        if self.check is not None:
            frame = self.visitor.frame()
            self.check._newest = None if frame is None else glimpse(frame)

    def pause(self, seconds: float) -> None:
        self.at += seconds


def _draws() -> Callable[[int], int]:
    """Two turns: left, then right."""
    drawn: Iterator[int] = iter((0, 0, 1))
    return lambda _: next(drawn)


def _checked(
    who: int,
    manner: Manner,
    distance: int = 31,
    patient: int = 1,
    beat: float = 0.066,
    then: Visit | None = None,
) -> LiveOutcome:
    """``patient`` is who it should be; the visitor does what the screen asks.

    ``then``: who takes their place once the first turn was seen.
    """
    visitor = Visitor()
    visitor.come(Visit(who, 1, manner, distance))
    stage = Stage(visitor, beat)
    card = pixels(plain_picture(patient, 1))
    reference = ENGINE.embed(card, ENGINE.landmarks(card, ENGINE.detect(card)[0]))
    check = LiveCheck(METER, ENGINE, stage, _draws(), (reference,))
    stage.check = check

    def told(view: LiveView) -> None:
        if then is not None and view.phase is LivePhase.RETURNING:
            visitor.come(then)
        elif view.phase is not LivePhase.FRAMING:
            visitor.ask(view.side)

    return check.run(told)


@pytest.mark.rule("S-16")
def test_the_patient_who_turns_as_asked_is_who_they_are() -> None:
    told = _checked(1, Manner.LIVE)
    assert (told.passed, told.compared, told.distances_e4) == (True, Compared.MATCH, (3100,))
    assert told.model_id.startswith("practice-")


@pytest.mark.rule("S-16")
def test_somebody_else_is_somebody_else() -> None:
    assert _checked(2, Manner.LIVE).compared is Compared.MISMATCH


@pytest.mark.rule("S-16")
def test_somebody_near_is_for_people_to_judge_after_three_pictures() -> None:
    told = _checked(1, Manner.LIVE, NEAR_DISTANCE)
    assert (told.passed, told.compared, told.distances_e4) == (
        True, Compared.UNCLEAR, (9600, 9600, 9600),
    )  # fmt: skip


@pytest.mark.rule("S-16")
def test_a_photo_of_the_patient_is_refused_however_it_is_turned() -> None:
    told = _checked(1, Manner.PHOTO)
    assert (told.passed, told.compared) == (False, None)
    assert told.view.fault in (LiveFault.TOO_SLOW, LiveFault.NOT_FRAMED)


@pytest.mark.parametrize("manner", [Manner.TWO, Manner.NOBODY, Manner.AWAY, Manner.BLACK])
def test_what_is_not_one_face_is_never_framed(manner: Manner) -> None:
    assert _checked(1, manner, beat=0.8).view.fault is LiveFault.NOT_FRAMED


@pytest.mark.rule("S-16")
@pytest.mark.parametrize(
    ("then", "fault"),
    [
        (Visit(1, 1, Manner.TWO), LiveFault.SEVERAL),
        (Visit(1, 1, Manner.NOBODY), LiveFault.LOST),
        (Visit(1, 1, Manner.BLACK), LiveFault.LOST),
        (Visit(1, 1, Manner.AWAY), LiveFault.LOST),
        (Visit(1, 1, Manner.STILL, stopped=True), LiveFault.STOPPED),
    ],
    ids=lambda one: one.manner if isinstance(one, Visit) else "",
)
def test_what_happens_in_the_middle_ends_it_by_name(then: Visit, fault: LiveFault) -> None:
    told = _checked(1, Manner.LIVE, then=then)
    assert (told.passed, told.compared, told.view.fault) == (False, None, fault)


@pytest.mark.rule("S-16")
def test_somebody_else_who_takes_over_is_another_face() -> None:
    """They turn as they are asked: only the comparison with the one before finds them out."""
    told = _checked(1, Manner.LIVE, then=Visit(2, 2))
    assert (told.view.fault, told.compared) == (LiveFault.OTHER_FACE, None)


def test_somebody_who_stands_still_is_too_slow() -> None:
    assert _checked(1, Manner.STILL).view.fault is LiveFault.TOO_SLOW


def test_a_turn_takes_some_frames_as_a_real_one_does() -> None:
    visitor = Visitor()
    visitor.ask(Side.LEFT)
    frames = [visitor.frame() for _ in range(14)]
    offsets = [look(frame).nose_e4 for frame in frames if frame is not None]
    assert sum(1500 < one < TURN for one in offsets) >= 3
    assert offsets[-1] > TURN
