"""Boxes, anchors and transforms: against numbers that are known without the models."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.face_matcher.geometry import (
    DETECTOR_SIDE,
    anchors,
    back,
    decode,
    letterbox,
    similarity,
    square,
)


def test_there_are_896_anchors_row_by_row() -> None:
    told = anchors()
    assert told.shape == (896, 2)
    assert told[0].tolist() == told[1].tolist() == [1 / 32, 1 / 32]
    assert told[2].tolist() == [3 / 32, 1 / 32]
    assert told[512].tolist() == told[517].tolist() == [1 / 16, 1 / 16]
    assert told[895].tolist() == [15 / 16, 15 / 16]


def test_a_box_is_read_beside_its_anchor() -> None:
    regressors, scores = np.zeros((1, 896, 16), np.float32), np.full((1, 896, 1), -50, np.float32)
    regressors[0, 0, :4] = (12.8, 25.6, 64, 32)
    scores[0, 0] = 3
    found, sure = decode(regressors, scores)
    assert found.shape == (1, 16)
    assert sure[0] == pytest.approx(0.9526, abs=1e-4)
    left, top, width, height = found[0, :4]
    assert (width, height) == (0.5, 0.25)
    assert left == pytest.approx(0.1 + 1 / 32 - 0.25)
    assert top == pytest.approx(0.2 + 1 / 32 - 0.125)


def test_overlapping_boxes_are_one_face_and_the_surest_comes_first() -> None:
    regressors, scores = np.zeros((1, 896, 16), np.float32), np.full((1, 896, 1), -50, np.float32)
    for at, score in ((0, 1.0), (1, 2.0), (511, 4.0)):
        regressors[0, at, 2:4] = 40
        scores[0, at] = score
    found, sure = decode(regressors, scores)
    assert len(found) == 2
    assert sure[0] > sure[1]
    assert found[0, 0] > found[1, 0]


def test_nothing_sure_is_no_face() -> None:
    empty = decode(np.zeros((1, 896, 16), np.float32), np.full((1, 896, 1), -9, np.float32))
    assert len(empty[0]) == len(empty[1]) == 0


@given(st.integers(1, 6000), st.integers(1, 6000))
def test_a_picture_lies_inside_the_square(width: int, height: int) -> None:
    scale, left, top = letterbox(width, height)
    assert 0 <= left <= DETECTOR_SIDE / 2
    assert 0 <= top <= DETECTOR_SIDE / 2
    assert round(max(width, height) * scale) == DETECTOR_SIDE


@given(
    st.floats(-3, 3), st.floats(20, 400), st.tuples(st.floats(0, 900), st.floats(0, 900)),
    st.tuples(st.floats(0, 192), st.floats(0, 192)),
)  # fmt: skip
def test_points_of_the_square_come_back_to_the_picture(
    angle: float, side: float, centre: tuple[float, float], point: tuple[float, float]
) -> None:
    matrix = square(np.array(centre), side, angle, 192)
    (there,) = back(matrix, np.array([point]))
    again = matrix[:, :2] @ there + matrix[:, 2]
    assert again == pytest.approx(point, abs=1e-6)


@given(st.floats(-3, 3), st.floats(0.2, 5), st.tuples(st.floats(-50, 50), st.floats(-50, 50)))
def test_a_similarity_is_found_again(
    angle: float, scale: float, shift: tuple[float, float]
) -> None:
    source = np.array([(0.0, 0.0), (40, 3), (22, 30), (5, 50), (38, 52)])
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    found = similarity(source, source @ turn.T + shift)
    assert found == pytest.approx(np.hstack([turn, np.array(shift).reshape(2, 1)]), abs=1e-6)


def test_a_mirrored_face_is_not_mirrored_back() -> None:
    source = np.array([(0.0, 0.0), (40, 0), (20, 30), (5, 50), (35, 50)])
    found = similarity(source, source * (-1, 1))
    assert np.linalg.det(found[:, :2]) > 0
