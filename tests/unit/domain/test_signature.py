"""The trace of a pen: what is a name, how it is kept, what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.signature import (
    FULL_PRESSURE,
    LARGEST,
    MOST_POINTS,
    PenPoint,
    PenTrace,
    trace_of,
    trace_text,
)
from app.errors import BadValue

points = st.builds(
    PenPoint,
    x=st.integers(0, LARGEST),
    y=st.integers(0, LARGEST),
    pressure=st.integers(0, FULL_PRESSURE),
    millis=st.integers(0, 600_000),
)
traces = st.builds(
    PenTrace,
    width=st.integers(1, LARGEST),
    height=st.integers(1, LARGEST),
    strokes=st.lists(st.lists(points, max_size=8).map(tuple), max_size=6).map(tuple),
)


def _line(count: int, step: int) -> tuple[PenPoint, ...]:
    return tuple(PenPoint(10 + n * step, 40, 500, n * 9) for n in range(count))


@given(traces)
def test_what_is_kept_comes_back(trace: PenTrace) -> None:
    assert trace_of(trace_text(trace)) == trace


def test_it_is_kept_as_numbers_only() -> None:
    trace = PenTrace(700, 200, (_line(2, 5),))
    assert trace_text(trace) == (
        '{"height":200,"strokes":[[[10,40,500,0],[15,40,500,9]]],"v":1,"width":700}'
    )


@pytest.mark.parametrize(
    ("strokes", "enough"),
    [
        ((), False),
        (((),), False),
        ((_line(1, 1),), False),
        ((_line(7, 50),), False),
        ((_line(8, 2),), False),
        ((_line(12, 10),), True),
        ((_line(6, 20), _line(6, 20)), True),
    ],
    ids=["nothing", "no points", "a tap", "too few points", "a twitch", "a line", "two strokes"],
)
def test_a_tap_by_mistake_is_no_name(
    strokes: tuple[tuple[PenPoint, ...], ...], enough: bool
) -> None:
    assert PenTrace(700, 200, strokes).is_signature() is enough


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "[" * 5000,
        '{"v":2,"width":1,"height":1,"strokes":[]}',
        '{"v":1,"width":0,"height":1,"strokes":[]}',
        '{"v":1,"width":1,"height":99999,"strokes":[]}',
        '{"v":1,"width":1,"height":1,"strokes":[[[1,2,3]]]}',
        '{"v":1,"width":1,"height":1,"strokes":[[[1,2,3,-4]]]}',
        '{"v":1,"width":1,"height":1,"strokes":[[[1,2,3.5,4]]]}',
        '{"v":1,"width":1,"height":1,"strokes":[[[true,2,3,4]]]}',
        '{"v":1,"width":1,"height":1,"strokes":7}',
    ],
)
def test_what_is_no_trace_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        trace_of(text)


def test_an_endless_scribble_is_refused() -> None:
    stroke = [[1, 1, 1, 1]] * (MOST_POINTS + 1)
    with pytest.raises(BadValue):
        trace_of(json.dumps({"v": 1, "width": 9, "height": 9, "strokes": [stroke]}))
