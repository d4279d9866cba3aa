"""The driver of a live check: frames in, an outcome out; comparing, enrolling, hostile frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, repeat
from threading import Condition

import pytest

from app.domain.face import Template
from app.domain.face_check import Compared, LiveOutcome, draft_of, judge
from app.domain.liveness import LiveFault, LiveView
from app.domain.liveness_states import LivePhase
from app.domain.person_check import CheckVerdict, CheckWay
from app.domain.picture import Glimpse
from devices.face_matcher.live import LiveCheck
from devices.face_matcher.measure import FaceMeter, pixels_of
from tests.unit.face.script_engine import HIGH, WIDE, ScriptEngine, glimpse

LEFT = (0, 10, 30, 48, 56, 60, 60, 45, 20, 5, 0)
RIGHT = tuple(-nose for nose in LEFT)


def _left_then_right() -> Callable[[int], int]:
    """Two turns: the draws are how many more than two, then a side each."""
    drawn = iter((0, 0, 1))
    return lambda _: next(drawn)


class Film:
    """A timer by which each wait brings the next frame of a film, 66 ms later."""

    def __init__(self, frames: Iterator[Glimpse | None]) -> None:
        self.at, self._frames = 0.0, frames
        self.check: LiveCheck | None = None

    def now(self) -> float:
        return self.at

    def wait(self, until: Condition, seconds: float) -> None:
        frame = next(self._frames, None)
        self.at += seconds if frame is None else 0.066
        if frame is not None and self.check is not None:
            self.check._newest = frame

    def pause(self, seconds: float) -> None:
        self.at += seconds


def run(
    frames: Iterator[Glimpse | None],
    *references: float,
    tell: Callable[[LiveView], None] = lambda _: None,
    engine: ScriptEngine | None = None,
) -> LiveOutcome:
    engine = engine or ScriptEngine()
    film = Film(frames)
    known = tuple(Template(engine.model_id, (one,)) for one in references)
    check = LiveCheck(FaceMeter(engine), engine, film, _left_then_right(), known)
    film.check = check
    return check.run(tell)


def head(who: int = 0) -> Iterator[Glimpse]:
    path = chain([0] * 6, LEFT, RIGHT, repeat(0))
    return (glimpse(nose, who) for nose in path)


@pytest.mark.rule("S-16")
def test_a_living_head_is_compared_with_its_reference() -> None:
    told = run(head(), 0.5)
    assert (told.passed, told.compared, told.distances_e4) == (True, Compared.MATCH, (5000,))
    draft = draft_of(told, CheckWay.TEMPLATE, "c1")
    assert draft is not None
    assert (draft.verdict, draft.distance_e4, draft.threshold_e4) == (
        CheckVerdict.MATCH, 5000, 9200,
    )  # fmt: skip
    assert (draft.liveness, draft.tries, draft.model_id) == ("turns", 1, "script@1")


@pytest.mark.rule("S-16")
def test_a_stranger_is_refused_at_the_first_picture() -> None:
    told = run(head(), 1.2)
    draft = draft_of(told, CheckWay.TEMPLATE, "c1")
    assert draft is not None
    assert (told.compared, draft.verdict, draft.reason) == (
        Compared.MISMATCH, CheckVerdict.MISMATCH, "differs",
    )  # fmt: skip
    assert draft.tries == 1


@pytest.mark.rule("S-16")
def test_the_grey_zone_takes_three_pictures_and_then_leaves_it_to_people() -> None:
    told = run(head(), 0.95)
    assert (told.compared, told.distances_e4) == (Compared.UNCLEAR, (9500, 9500, 9500))
    assert draft_of(told, CheckWay.TEMPLATE, "c1") is None


def test_a_better_picture_out_of_the_grey_zone_matches() -> None:
    film = chain(
        (glimpse(nose) for nose in (*([0] * 6), *LEFT, *RIGHT)), repeat(glimpse(0, who=10))
    )
    told = run(film, 0.95)
    assert (told.compared, told.distances_e4) == (
        Compared.MATCH, (9500, 9500, 8500),
    )  # fmt: skip


def test_the_nearest_of_several_references_counts() -> None:
    assert run(head(), 1.5, 0.3, 0.9).distances_e4 == (3000,)


@pytest.mark.parametrize(
    ("distances", "says"),
    [
        ((9200,), Compared.MATCH),
        ((9201,), Compared.RETAKE),
        ((10000, 9999), Compared.RETAKE),
        ((10001,), Compared.MISMATCH),
        ((9300, 12000), Compared.RETAKE),
        ((9300, 12000, 9300), Compared.UNCLEAR),
        ((9300, 9900, 9200), Compared.MATCH),
    ],
)
def test_the_best_of_three_pictures_counts(distances: tuple[int, ...], says: Compared) -> None:
    assert judge(distances, 9200, 10000) is says


# --- enrolling ------------------------------------------------------------------------------------


def test_enrolling_takes_three_pictures_of_who_turned_the_head() -> None:
    told = run(head())
    assert told.passed
    assert told.compared is None
    assert len(told.templates) == 3
    assert "0.0" not in repr(told)


@pytest.mark.parametrize(
    "after", [glimpse(0, width=119), glimpse(25), glimpse(0, faces=2), glimpse(0, who=93)]
)
def test_what_is_not_good_enough_is_not_enrolled(after: Glimpse) -> None:
    frames = (glimpse(nose) for nose in (*([0] * 6), *LEFT, *RIGHT, 0, 0, 0))
    told = run(chain(frames, repeat(after)))
    assert told.templates == ()


def test_pictures_that_do_not_agree_are_not_enrolled() -> None:
    """Each is the person who turned, by the accepting distance; not near enough to each other."""

    def turned() -> Iterator[Glimpse]:
        return (glimpse(nose, who=90) for nose in (*([0] * 6), *LEFT, *RIGHT, 0, 0, 0))

    far_apart = chain(turned(), repeat(glimpse(0, who=10), 8), repeat(glimpse(0, who=175)))
    told = run(far_apart)
    assert told.passed
    assert told.templates == ()


# --- what fails, hostile frames -------------------------------------------------------------------


def test_a_still_held_up_never_turns() -> None:
    shaken = (glimpse(nose) for nose in chain([0] * 6, repeat(18), [0]))
    told = run(shaken, 0.0)
    assert (told.view.fault, told.compared) == (LiveFault.TOO_SLOW, None)
    assert draft_of(told, CheckWay.TEMPLATE, "c1") is None


def test_a_camera_that_stops_ends_the_check() -> None:
    told = run(iter([glimpse(0)] * 7), 0.5)
    assert told.view.fault is LiveFault.STOPPED
    assert run(iter(())).view.fault is LiveFault.STOPPED


def test_frames_that_are_none_are_a_camera_that_stopped() -> None:
    huge = Glimpse(8660, 5774, b"")
    torn = Glimpse(WIDE, HIGH, b"\xff\xd8\xff")
    empty = Glimpse(0, 0, b"")
    for bad in (huge, torn, empty):
        told = run(chain([glimpse(0)] * 7, repeat(bad)), 0.5)
        assert told.view.fault is LiveFault.STOPPED


def test_a_black_frame_shows_nobody() -> None:
    black = Glimpse(WIDE, HIGH, bytes(3 * WIDE * HIGH))
    assert run(repeat(black), 0.5).view.fault is LiveFault.NOT_FRAMED


def test_only_the_newest_frame_is_kept() -> None:
    engine = ScriptEngine()
    check = LiveCheck(FaceMeter(engine), engine, Film(iter(())), _left_then_right())
    for nose in range(50):
        check.offer(glimpse(nose))
    held = check._picture()
    assert held is not None
    assert held.rgb[0] == 128 + 49
    assert check._picture() is None


def test_giving_up_ends_it_and_nothing_is_compared() -> None:
    seen: list[LiveView] = []

    engine = ScriptEngine()
    film = Film(head())
    check = LiveCheck(
        FaceMeter(engine), engine, film, _left_then_right(), (Template(engine.model_id, (0.0,)),)
    )
    film.check = check

    def tell(view: LiveView) -> None:
        seen.append(view)
        if view.phase is LivePhase.TURNING:
            check.give_up()

    told = check.run(tell)
    assert (told.view.fault, told.compared) == (LiveFault.GIVEN_UP, None)
    assert told.templates == ()


def test_the_face_is_embedded_once_for_each_comparison() -> None:
    engine = ScriptEngine()
    told = run(head(), 0.5, engine=engine)
    assert told.frames > 25
    assert engine.embedded == 4  # before, two turns, after


def test_the_engine_that_compares_may_be_another_than_the_one_that_measures() -> None:
    meter, engine = ScriptEngine(), ScriptEngine("other@1")
    film = Film(head())
    known = (Template("other@1", (0.5,)),)
    check = LiveCheck(FaceMeter(meter), engine, film, _left_then_right(), known)
    film.check = check
    told = check.run(lambda _: None)
    assert (told.compared, told.model_id) == (Compared.MATCH, "other@1")
    assert (meter.embedded, engine.embedded) == (4, 2)  # turned faces are the meter's alone


def test_figures_of_a_frame() -> None:
    seen, landmarks = FaceMeter(ScriptEngine()).look(pixels_of(glimpse(37, width=140)))
    assert landmarks is not None
    assert (seen.faces, seen.width, seen.nose_e4, seen.eyes_e4) == (1, 140, 3700, 2000)
    assert 100 < seen.light < 150
    assert seen.sharp > 18
    assert FaceMeter(ScriptEngine()).look(pixels_of(glimpse(faces=0)))[0].faces == 0
    assert FaceMeter(ScriptEngine()).look(pixels_of(glimpse(faces=3)))[0].faces == 3
