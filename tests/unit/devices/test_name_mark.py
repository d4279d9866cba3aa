"""The mark that names an invented person in a practice picture: written, compressed, read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.name_mark import MOST_PERSONS, NameMark, draw, read

SIZES = ((480, 640), (720, 1280), (441, 358), (126, 102))
_GROUND = np.random.default_rng(4).integers(0, 256, (720, 1280, 3), dtype=np.uint8)


@settings(max_examples=60)
@given(
    st.builds(NameMark, st.integers(0, MOST_PERSONS - 1), st.integers(0, 200)),
    st.sampled_from(SIZES),
    st.sampled_from((0.3, 1.0, 1.3)),
)
def test_it_survives_light_noise_and_a_jpeg(
    mark: NameMark, size: tuple[int, int], light: float
) -> None:
    picture = _GROUND[: size[0], : size[1]].copy()
    draw(picture, mark)
    lit = cv2.add(cv2.convertScaleAbs(picture, alpha=light), _GROUND[: size[0], : size[1]] // 32)
    done, coded = cv2.imencode(".jpg", lit, [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert done
    assert read(cv2.imdecode(coded, cv2.IMREAD_COLOR)) == mark


@pytest.mark.parametrize("size", [*SIZES, (8, 8), (480, 20)])
def test_a_picture_without_one_names_nobody(size: tuple[int, int]) -> None:
    assert read(np.zeros((*size, 3), np.uint8)) is None
    assert read(np.ascontiguousarray(_GROUND[: size[0], : size[1]])) is None


def test_a_wrong_check_sum_names_nobody() -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    draw(picture, NameMark(3, 31))
    side = 480 // 40
    first = 5 * side + side  # the first square of the person
    picture[-2 * side : -side, first : first + side] ^= 0xFF
    assert read(picture) is None
