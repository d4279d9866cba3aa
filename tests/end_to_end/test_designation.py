"""定点进程: dated steps of an application or a rectification, and what the store is meanwhile."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.delisting import Delisting
from app.domain.designation import PERIOD, Status, Step
from app.domain.papers import PaperKind, PaperState
from app.domain.staff import Role, Staff
from app.errors import NotAllowed
from app.use_cases.board import board_view
from app.use_cases.delisting import set_delisting
from app.use_cases.designation import Designation, designation
from app.use_cases.doors import Operator
from app.use_cases.holidays import load_calendar
from app.use_cases.store_papers import NewPaper, add_paper, papers_view, withdraw_paper
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.fakes.statements import a_manager

BOSS = Operator(Staff("boss", "3001", "练习·陈店长", Role.MANAGER))
CALENDAR = load_calendar()


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-430421")


def file(till: PracticeTill, kind: PaperKind, begins: date, ends: date | None = None) -> str:
    return add_paper(till.doors, BOSS, NewPaper(kind, "练习", "", begins, ends)).id


def on(till: PracticeTill, day: date) -> Designation:
    till.clock.set(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
    return designation(till.doors, BOSS, CALENDAR)


def open_ones(seen: Designation) -> list[tuple[Step, date | None, int | None]]:
    return [(one.step, one.due, one.left) for one in seen.open()]


@pytest.mark.rule("HY-1.3")
def test_an_application_is_followed_from_acceptance_to_the_written_result(till):
    assert on(till, date(2026, 9, 1)).steps == ()
    file(till, PaperKind.APPLICATION, date(2026, 9, 1))
    assert open_ones(on(till, date(2026, 9, 1))) == [(Step.EVALUATION, date(2026, 12, 1), 91)]
    assert open_ones(on(till, date(2026, 12, 3))) == [(Step.EVALUATION, date(2026, 12, 1), -2)]
    # 29 and 30 September, then the 8th, 9th and 10th of October, a Saturday that is worked.
    file(till, PaperKind.NOTICE, date(2026, 9, 28))
    assert open_ones(on(till, date(2026, 9, 30))) == [(Step.NOTICE, date(2026, 10, 10), 3)]
    assert open_ones(on(till, date(2026, 10, 11))) == []
    file(till, PaperKind.REFUSED, date(2026, 10, 12))
    assert open_ones(on(till, date(2026, 10, 20))) == [(Step.RESULT, date(2026, 10, 19), -1)]
    file(till, PaperKind.RESULT, date(2026, 10, 20))
    seen = on(till, date(2026, 10, 20))
    assert open_ones(seen) == [] and len(seen.steps) == 3
    assert seen.status is Status.DESIGNATED


@pytest.mark.rule("HY-1.3")
def test_a_store_is_being_rectified_until_its_result_and_then_goes_or_stays(till):
    first, last = date(2026, 11, 2), date(2026, 11, 30)
    paper = file(till, PaperKind.RECTIFYING, first, last)
    seen = on(till, date(2026, 11, 22))
    assert (seen.status, open_ones(seen)) == (Status.RECTIFYING, [(Step.RECTIFY, last, 8)])
    late = on(till, date(2026, 12, 2))
    assert (late.status, late.open()[0].left) == (Status.RECTIFYING, -2)
    (line,) = papers_view(till.doors, BOSS, CALENDAR).papers
    assert line.state is PaperState.PAST, "told as a step, never as a paper that ran out"
    result = file(till, PaperKind.RESULT, date(2026, 12, 1))
    assert on(till, date(2026, 12, 2)).status is Status.DESIGNATED
    withdraw_paper(till.doors, BOSS, result)
    assert on(till, date(2026, 12, 2)).status is Status.RECTIFYING
    withdraw_paper(till.doors, BOSS, paper)
    assert on(till, date(2026, 12, 2)).status is Status.DESIGNATED

    record = Delisting(date(2026, 12, 31), date(2027, 1, 4))
    set_delisting(till.doors, record, a_manager(till))
    seen = on(till, date(2026, 12, 2))
    again = date(2028, 1, 4)
    assert (seen.status, seen.delist_date) == (Status.LEAVING, record.delist_date)
    assert open_ones(seen) == [
        (Step.TRANSITION, date(2026, 12, 31), 29),
        (Step.REAPPLY, again, 398),
    ]
    assert on(till, date(2027, 1, 4)).status is Status.DELISTED
    assert open_ones(on(till, date(2028, 1, 4))) == []


@pytest.mark.rule("HY-1.3")
def test_the_next_step_stands_on_the_board_and_a_quiet_store_has_no_tile(till):
    def tile():
        tiles = board_view(till.doors, BOSS, CALENDAR).tiles
        return next((one for one in tiles if one.name == "designation"), None)

    assert tile() is None
    file(till, PaperKind.APPLICATION, date(2026, 9, 1))
    seen = tile()
    assert (seen.figure, seen.level, seen.params["due"]) == ("9", "warn", "2026-12-01")
    on(till, date(2026, 12, 2))
    assert tile().level == "bad"
    with pytest.raises(NotAllowed):
        designation(till.doors, till.operator, CALENDAR)


@pytest.mark.rule("HY-1.3")
def test_the_periods_are_the_packs_and_elsewhere_no_day_is_made_up(till, tmp_path):
    policy = till.doors.policy_on("special", till.clock.now())
    assert policy.store.designation == {
        "evaluation_months": 3, "notice_days": 5, "result_days": 5, "reapply_months": 12,
    }  # fmt: skip
    assert set(policy.store.designation) == set(PERIOD.values())
    for other in practice_till(tmp_path / "other", "CN-999900"):
        file(other, PaperKind.APPLICATION, date(2026, 9, 1))
        assert open_ones(on(other, date(2026, 12, 3))) == [(Step.EVALUATION, None, None)]
