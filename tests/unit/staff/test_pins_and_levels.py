"""Which PINs are refused, how far a level reaches, when a licence is over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pin import weak_pin
from app.domain.staff import RIGHTS, Right, Role, Staff
from app.domain.staff_level import LIMITED, MOST_POINTS, Level, check_level, price_points
from app.domain.staff_licence import LicenceKind, StaffLicence, Standing, holds, standing
from app.errors import BadValue

LEVEL = Level(
    "level-1", "收银一级", frozenset({Right.SELL, Right.RETURN}), ((Right.RETURN, 20000),)
)


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("000000", "repeats"), ("121212", "repeats"), ("100100", "repeats"), ("123456", "run"),
        ("987654", "run"), ("890123", "run"), ("481001", "number"), ("100193", "number"),
        ("48190", "length"), ("4819a7", "length"), ("４８１９２７", "length"), ("", "length"),
        ("4819274819274", "length"), ("481927", ""), ("900413", ""),
    ],
)  # fmt: skip
def test_a_pin_that_anybody_would_try_first_is_refused(pin: str, why: str) -> None:
    assert weak_pin(pin, "1001") == why


@given(st.text(max_size=20), st.text(max_size=12))
def test_what_is_let_through_is_six_to_twelve_digits(pin: str, number: str) -> None:
    if not weak_pin(pin, number):
        assert pin.isascii() and pin.isdigit() and 6 <= len(pin) <= 12


def test_a_level_takes_the_place_of_the_roles_rights_and_is_held_to_its_limits() -> None:
    member = Staff("1", "1001", "练习", Role.MANAGER, level=LEVEL)
    assert member.may(Right.RETURN) and member.may(Right.RETURN, 20000)
    assert not member.may(Right.RETURN, 20001)
    assert not member.may(Right.CHANGE_PRICE) and Right.CHANGE_PRICE in RIGHTS[Role.MANAGER]
    assert member.rights() == LEVEL.rights


@given(st.sampled_from(sorted(Right)), st.integers(0, 10**9), st.integers(0, 10**9))
def test_no_size_above_the_limit_is_ever_allowed(right: Right, limit: int, size: int) -> None:
    limits = ((right, limit),) if right in LIMITED else ()
    level = Level("x", "x", frozenset({right}), limits)
    assert level.allows(right, size) == (not limits or size <= limit)
    assert not Level("x", "x", frozenset(), limits).allows(right, size)


def test_an_impossible_level_is_refused() -> None:
    assert check_level(LEVEL) == LEVEL
    for wrong in (
        Level("x", " ", frozenset({Right.SELL})),
        Level("x", "字" * 21, frozenset({Right.SELL})),
        Level("x", "x", frozenset()),
        Level("x", "x", frozenset({Right.SELL}), ((Right.SELL, 1),)),
        Level("x", "x", frozenset({Right.SELL}), ((Right.RETURN, 1),)),
        Level("x", "x", frozenset({Right.RETURN}), ((Right.RETURN, -1),)),
        Level("x", "x", frozenset({Right.CHANGE_PRICE}), ((Right.CHANGE_PRICE, MOST_POINTS + 1),)),
    ):
        with pytest.raises(BadValue):
            check_level(wrong)


@pytest.mark.parametrize(
    ("before", "after", "points"),
    [(10_000_000, 11_000_000, 1000), (10_000_000, 9_000_000, 1000), (3_000_000, 4_000_000, 3334),
     (0, 1, MOST_POINTS), (0, 0, 0), (5, 5, 0)],
)  # fmt: skip
def test_how_far_a_price_moves_is_rounded_up(before: int, after: int, points: int) -> None:
    assert price_points(before, after) == points


@given(st.integers(-400, 400), st.integers(0, 90))
def test_a_licence_holds_through_its_last_day(left: int, warn: int) -> None:
    today = date(2026, 11, 22)
    ends = today + timedelta(days=left)
    one = StaffLicence("l", "s", LicenceKind.HEALTH, "LX-1", ends)
    over = standing(ends, today, warn) is Standing.OVER
    assert over == (left < 0) == (not holds([one], LicenceKind.HEALTH, today))
    assert holds([one], LicenceKind.TRAINING, today) is None
