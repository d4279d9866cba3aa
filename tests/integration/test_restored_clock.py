"""A backup that was made while the clock was wrong: no lost hour stays out of the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.domain.clock import shop_time
from app.use_cases.backups import catch_up, mark_restored, restored
from app.use_cases.counter_board import Behind
from tests.fakes.practice_till import INSTITUTION, PracticeTill, practice_till
from ui.bootstrap import SYSTEM


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


def _days(till: PracticeTill) -> list[date]:
    """Which of the days about now were compared."""
    today = shop_time(till.clock.now()).date()
    about = [today + timedelta(days=one) for one in range(-4, 4)]
    with till.doors.uow() as uow:
        return [day for day in about if uow.reconciliations.newest(day) is not None]


@pytest.mark.parametrize("ahead", [0, 1, 2])
def test_the_days_before_a_clock_that_was_ahead_are_compared(
    till: PracticeTill, ahead: int
) -> None:
    """The till's clock was ``ahead`` days ahead when the backup was made, and was set right."""
    now = till.clock.now()
    with till.doors.uow() as uow:
        mark_restored(uow, INSTITUTION, 1, now + timedelta(days=ahead), "backup", now, {})
        uow.commit()
    assert restored(till.doors) is not None
    done = catch_up(till.doors, SYSTEM)
    assert done is not None and till.doors.counter.behind is Behind.NOTHING
    today = shop_time(now).date()
    assert _days(till) == [today - timedelta(days=1), today]


def test_no_slip_number_of_the_days_about_is_given_again(till: PracticeTill) -> None:
    """A clock that is set back a day gives numbers of yesterday, which the lost hours gave too.

    One that ran ahead in them gave numbers of tomorrow, which comes all the same.
    """
    now = till.clock.now()
    with till.doors.uow() as uow:
        mark_restored(uow, INSTITUTION, 1, now - timedelta(days=3), "backup", now, {})
        uow.commit()
    for back in range(-2, 4):
        day = f"{shop_time(now - timedelta(days=back)):%Y%m%d}"
        with till.doors.uow() as uow:
            number = uow.numbers.next_receipt("01", day)
            serial = uow.numbers.next_serial(f"order|{day}")
        assert int(number.rpartition("-")[2]) > 1000, day
        assert serial > 1000, day


def test_put_back_twice_it_leaves_out_what_a_clock_ahead_gave_between(till: PracticeTill) -> None:
    made, tomorrow = till.clock.now(), f"{shop_time(till.clock.now()) + timedelta(days=1):%Y%m%d}"
    firsts = []
    for _ in range(2):
        till.clock.advance(hours=3)
        with till.doors.uow() as uow:  # never committed: the books come back as they were
            mark_restored(uow, INSTITUTION, 1, made, "backup", till.clock.now(), {})
            firsts.append(uow.numbers.next_receipt("01", tomorrow))
    assert firsts == [f"01-{tomorrow}-{1000 + 5 * 180 * one + 1}" for one in (1, 2)]
