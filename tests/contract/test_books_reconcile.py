"""Comparisons with the platform in the books, on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.money import Money
from app.domain.statement import (
    Cause,
    Correction,
    CorrectionKind,
    DayState,
    Difference,
    Figures,
    GroupKey,
    GroupResult,
    GroupTold,
    Statement,
)
from app.domain.statement_states import DifferenceState
from app.errors import BadValue, StoreStale
from app.ports import RequestRow
from tests.fakes.builders import PSN_NO, a_person, a_sale, a_settlement
from tests.fakes.clock import START

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
KEY = GroupKey("999900", "310", "11")
FIGURES = Figures(Money(1280), Money(768))
ONE = Difference(
    "d-1", DAY, Cause.ONLY_THERE, KEY, "M" * 30, state=DifferenceState.OPEN, there=FIGURES,
    psn_no=PSN_NO, found_at=START, seen_at=START,
)  # fmt: skip


def test_the_last_comparison_of_each_day(books):
    told = GroupTold(KEY, 1, FIGURES, GroupResult.LEVEL)
    made = [
        Statement(f"s-{n}", DAY - timedelta(days=n // 2), START + timedelta(minutes=n), "staff-1",
                  DayState.LEVEL, (told,), n)
        for n in range(4)
    ]  # fmt: skip
    with books() as uow:
        for one in made:
            uow.reconciliations.keep(one)
        uow.commit()
    with books() as uow:
        assert uow.reconciliations.newest(DAY) == made[1]
        assert uow.reconciliations.days(9) == [made[1], made[3]]
        assert uow.reconciliations.newest(date(2020, 1, 1)) is None


def test_a_difference_is_one_row_however_often_it_is_seen(books):
    with books() as uow:
        uow.reconciliations.put(ONE)
        with pytest.raises(BadValue):
            uow.reconciliations.put(replace(ONE, id="d-2"))
    with books() as uow:
        uow.reconciliations.put(ONE)
        uow.reconciliations.put(replace(ONE, id="d-3", negative=True))
        uow.commit()
    with books() as uow:
        kept = uow.reconciliations.get("d-1")
        assert kept == replace(ONE, version=1)
        closed = replace(kept, state=DifferenceState.CLOSED, closed_at=START)
        uow.reconciliations.put(closed)
        with pytest.raises(StoreStale):
            uow.reconciliations.put(closed)
        assert [one.id for one in uow.reconciliations.standing()] == ["d-3"]
        assert [one.id for one in uow.reconciliations.of_day(DAY)] == ["d-3", "d-1"]


def test_corrections_by_day_and_by_message(books):
    one = Correction(
        "c-1", CorrectionKind.ADOPTED, DAY, START, "M" * 30, False, KEY, FIGURES, "staff-1",
        "staff-2", START, "练习原因", psn_no=PSN_NO,
    )  # fmt: skip
    other = replace(one, id="c-2", day=DAY + timedelta(days=1), msgid="N" * 30)
    with books() as uow:
        uow.reconciliations.correct([one, other])
        uow.commit()
    with books() as uow:
        assert uow.reconciliations.corrections(DAY, DAY) == [one]
        assert uow.reconciliations.corrections_of(["N" * 30, "Q"]) == [other]


def test_attempts_by_the_time_of_their_messages(books):
    with books() as uow:
        uow.persons.keep(a_person(), "person-1", START)
        uow.sales.add(a_sale())
        uow.settlements.add(a_settlement())
        for msgid, leg in (
            ("P9999000000120261122100000" + "0101", "SettleBasket"),
            ("P9999000000120261123100000" + "0101", "CancelSettlement"),
            ("P9999000000220261122100000" + "0101", "SettleBasket"),
            ("P9999000000120261122100001" + "0101", "QuoteBasket"),
        ):
            found = a_settlement().id if msgid.startswith("P99990000001") else ""
            uow.requests.write(RequestRow(msgid, "2102", leg, found, b"{}", START))
        uow.commit()
    with books() as uow:
        book = uow.reconciliations
        within = book.sent_between(NOON - timedelta(hours=4), NOON)
        assert [one.id for one in within] == [a_settlement().id]
        assert book.sent_between(NOON - timedelta(days=9), NOON - timedelta(days=8)) == []
        assert book.of_message("P99990000001202611231000000101") is not None
        assert book.of_message("P99990000001202611221000010101") is None
