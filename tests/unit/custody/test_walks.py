"""Random walks of the real verbs over real books: a card is used if and only if it may be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.custody import CustodyCause, CustodyEvent
from app.domain.custody_use import GapEnd, GapKind
from app.domain.identity_card import citizen_check_digit
from app.errors import BadValue, IllegalTransition, RuleBroken
from app.use_cases.custody import (
    Application,
    apply,
    end_without_card,
    file_with_centre,
    record_consent,
    return_card,
    take_into_custody,
)
from app.use_cases.custody_evening import count_cards, explain
from app.use_cases.custody_use import use_card
from tests.fakes.custody import PAPER, manager, pass_days, today
from tests.fakes.practice_till import PracticeTill, practice_till

VERBS = ("file", "consent", "take", "use", "use", "return", "withdraw", "run_out", "miss", "find")
WALKS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 9), st.integers(0, 25)), max_size=18
)


@dataclass
class Known:
    """What the test itself has seen happen, beside the books."""

    covered: tuple[date, date] | None = None
    here: bool = False
    unexplained: bool = False

    def may_use(self, day: date) -> bool:
        within = self.covered is not None and self.covered[0] <= day <= self.covered[1]
        return self.here and within and not self.unexplained


class Walk:
    """One card, one step after the other."""

    def __init__(self, till: PracticeTill, number: int) -> None:
        self.till, self.known, self.keeper = till, Known(), manager(till)
        first = f"99990019500101{number:03d}"
        told = Application(
            f"练习留存{number}",
            first + citizen_check_digit(first),
            f"LX9{number:06d}",
            CustodyCause.SELF_CARE,
            today(till),
        )
        self.card = apply(till.doors, told, PAPER, self.keeper)
        self.sale = till.basket((till.medicine("P0011"), 1))

    def step(self, verb: str, ahead: int, days: int) -> None:
        pass_days(self.till, ahead)
        day = today(self.till)
        getattr(self, f"_{verb}")(day, days)

    def _file(self, day: date, _: int) -> None:
        file_with_centre(self.till.doors, self.card.id, "备", day, self.keeper)

    def _consent(self, day: date, days: int) -> None:
        until = day + timedelta(days=days)
        record_consent(self.till.doors, self.card.id, "同", day, until, self.keeper)
        self.known.covered = (day, until)

    def _take(self, day: date, _: int) -> None:
        take_into_custody(self.till.doors, self.card.id, "柜", "E", day, self.keeper)
        assert self.known.covered is not None, "a card came in without a consent"
        assert self.known.covered[0] <= day <= self.known.covered[1]
        self.known.here = True

    def _use(self, day: date, _: int) -> None:
        may, used = self.known.may_use(day), False
        with suppress(RuleBroken):
            use_card(self.till.doors, self.sale.id, self.card.id, "SF1", self.till.operator)
            used = True
        assert used == may

    def _return(self, _day: date, _: int) -> None:
        return_card(self.till.doors, self.card.id, PAPER, self.keeper)
        self.known.here = False

    def _withdraw(self, _day: date, _: int) -> None:
        end_without_card(self.till.doors, self.card.id, CustodyEvent.WITHDRAWN, self.keeper)
        assert not self.known.here

    def _run_out(self, _day: date, _: int) -> None:
        end_without_card(self.till.doors, self.card.id, CustodyEvent.RAN_OUT, self.keeper)
        assert not self.known.here

    def _miss(self, _day: date, _: int) -> None:
        gaps = count_cards(self.till.doors, [], 0, "", self.till.operator)
        self.known.unexplained = bool(gaps)
        assert self.known.unexplained or not self.known.here

    def _find(self, _day: date, _: int) -> None:
        self.explain_all()

    def explain_all(self) -> None:
        with self.till.doors.uow() as uow:
            gaps = uow.custody.gaps()
        for gap in gaps:
            assert gap.kind is GapKind.MISSING
            explain(self.till.doors, gap.id, GapEnd.FOUND, "找到了放回原处", self.keeper)
        self.known.unexplained = False

    def clear(self) -> None:
        """Nothing is left for the next walk."""
        self.explain_all()
        if self.known.here:
            return_card(self.till.doors, self.card.id, PAPER, self.keeper)
            self.known.here = False


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path / "till")


@pytest.mark.rule("HY-1.5.6c")
def test_a_card_is_used_if_and_only_if_it_may_be(till: PracticeTill) -> None:
    numbers = iter(range(1, 1000))

    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.booleans(), WALKS)
    @example(True, [("use", 0, 0), ("use", 20, 0), ("use", 1, 0), ("consent", 0, 3), ("use", 3, 0)])
    @example(True, [("miss", 0, 0), ("use", 0, 0), ("find", 0, 0), ("use", 0, 0)])
    @example(True, [("return", 0, 0), ("use", 0, 0)])
    def walk(begun: bool, steps: list[tuple[str, int, int]]) -> None:
        one = Walk(till, next(numbers))
        way = [("file", 0, 0), ("consent", 0, 20), ("take", 0, 0)] if begun else []
        try:
            for verb, ahead, days in (*way, *steps):
                with suppress(BadValue, IllegalTransition):
                    one.step(verb, ahead, days)
        finally:
            one.clear()

    walk()
