"""1318 and 1319: the platform's limit prices and first shares beside ours, by the real client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain.list_calls import AskLimits, LimitRow
from app.domain.money import Money, Rate, UnitPrice
from app.errors import BadValue, NotAllowed, NotSent
from app.use_cases.price_query import ask_lists
from app.use_cases.sign_in import sign_in
from sync.insurance.list_messages import read_list
from tests.fakes.practice_till import PracticeTill, practice_till
from ui.practice import hire, practice_staff


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    for made in practice_till(tmp_path):
        hire(made.doors, [one for one in practice_staff() if one.number == "3001"])
        yield made


def test_both_lists_are_asked_to_their_end_and_differences_named(till: PracticeTill) -> None:
    limited = till.find(insurance_class="B", pay_limit=Money.of("44.00"))
    shared = till.medicine("P0002")
    with till.doors.uow() as uow:
        uow.medicines.save_many(
            [
                replace(limited, pay_limit=Money.of("45.00")),
                replace(shared, first_self_pay=Rate.of("0.2")),
            ]
        )
        uow.commit()
    told: list[int] = []
    who = sign_in(till.doors, "3001", "300300")
    found = ask_lists(till.doors, who, lambda _what, rows: told.append(rows))
    assert [(one.what, one.code, one.ours, one.theirs) for one in found.differences] == [
        ("limit", limited.shop_code, UnitPrice.of("45.00"), UnitPrice.of("44.00")),
        ("share", "P0002", Rate.of("0.2"), Rate.of("0.1")),
    ]
    assert found.same > 50
    assert found.limits >= 1
    assert max(told) > 100, "more than one page was asked for"


def test_who_may_not_change_prices_asks_nothing_and_a_cut_line_is_told(
    till: PracticeTill,
) -> None:
    with pytest.raises(NotAllowed):
        ask_lists(till.doors, till.operator, lambda *_: None)
    till.line_up = False
    with pytest.raises(NotSent):
        ask_lists(till.doors, sign_in(till.doors, "3001", "300300"), lambda *_: None)


GOOD = {
    "hilist_code": "X1",
    "hilist_pric_uplmt_amt": "12.5",
    "hilist_lmtpric_type": "1",
    "begndate": "2026-01-01",
    "enddate": None,
    "vali_flag": "1",
}
CALL = AskLimits(date(2026, 1, 1), date(2026, 1, 1), 1, 100)


@pytest.mark.parametrize("output", [[GOOD], {"data": [GOOD]}, {"data": GOOD}])
def test_a_bare_list_and_a_single_object_are_read_too(output: object) -> None:
    (row,) = read_list(CALL, output)
    assert isinstance(row, LimitRow)
    assert (row.limit, row.ends, row.valid) == (UnitPrice.of("12.5"), None, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hilist_pric_uplmt_amt": "1e400"},
        {"hilist_pric_uplmt_amt": -1},
        {"hilist_pric_uplmt_amt": None},
        {"begndate": "2026-02-31"},
        {"hilist_code": ""},
    ],
)
def test_a_row_that_cannot_be_read_is_no_row(wrong: dict[str, object]) -> None:
    with pytest.raises(BadValue):
        read_list(CALL, {"data": [{**GOOD, **wrong}]})
