"""Product parts and the day's scanner test in the books: who said it, who may change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.code_read import CodeRead, ScanSource
from app.domain.pack_code import PackCode, PackLevel
from app.domain.scanner_test import TEST_CODE, Fault, judge
from app.domain.staff import Role, Staff
from app.errors import BadValue, NotAllowed, NotFound
from app.use_cases.doors import Doors, Operator
from app.use_cases.pack_codes import (
    forget_pack_code,
    learn_pack_code,
    pack_codes,
)
from app.use_cases.scanner_day import TestState, record_scanner_test, scanner_today
from tests.fakes.clock import FixedClock
from tests.fakes.practice_till import PracticeTill, practice_till

MANAGER = Operator(Staff("manager", "3001", "练习·陈店长", Role.MANAGER))
CASHIER = Operator(Staff("cashier", "1001", "练习·李收银", Role.CASHIER))
PART = "8999901"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


@pytest.fixture
def drugs(till: PracticeTill) -> list[str]:
    with till.doors.uow() as uow:
        return [one.id for _, one in zip(range(2), uow.medicines.all(), strict=False)]


def acts(doors: Doors) -> list[str]:
    with doors.uow() as uow:
        return [entry.act for entry in uow.log.tail(50) if entry.act.startswith("pack_code")]


def kept(doors: Doors) -> PackCode | None:
    with doors.uow() as uow:
        return uow.pack_codes.get(PART)


def test_whoever_sells_may_name_a_part_that_nobody_knows(
    till: PracticeTill, drugs: list[str]
) -> None:
    assert kept(till.doors) is None
    made = learn_pack_code(till.doors, CASHIER, PART, drugs[0], PackLevel.BOX, 1)
    assert kept(till.doors) == made
    assert (made.learned_by, made.learned_at) == ("cashier", till.doors.clock.now())
    again = learn_pack_code(till.doors, CASHIER, PART, drugs[0], PackLevel.BOX, 1)
    assert again == made
    assert acts(till.doors) == ["pack_code.learned"], "the same said twice is one act"


def test_a_correction_takes_a_right_and_says_what_stood_there(
    till: PracticeTill, drugs: list[str]
) -> None:
    learn_pack_code(till.doors, CASHIER, PART, drugs[0], PackLevel.BOX, 1)
    with pytest.raises(NotAllowed):
        learn_pack_code(till.doors, CASHIER, PART, drugs[1], PackLevel.BOX, 1)
    learn_pack_code(till.doors, MANAGER, PART, drugs[1], PackLevel.CARTON, 200)
    (found,) = pack_codes(till.doors)
    assert (found.medicine_id, found.level, found.units) == (drugs[1], PackLevel.CARTON, 200)
    assert acts(till.doors) == ["pack_code.corrected", "pack_code.learned"]
    with till.doors.uow() as uow:
        entry = next(one for one in uow.log.tail(5) if one.act == "pack_code.corrected")
    assert f"{drugs[0]} box 1" in str(entry)


def test_it_is_forgotten_by_who_may_correct_it(till: PracticeTill, drugs: list[str]) -> None:
    learn_pack_code(till.doors, CASHIER, PART, drugs[0], PackLevel.MIDDLE, 10)
    with pytest.raises(NotAllowed):
        forget_pack_code(till.doors, CASHIER, PART)
    forget_pack_code(till.doors, MANAGER, PART)
    assert pack_codes(till.doors) == []
    with pytest.raises(NotFound):
        forget_pack_code(till.doors, MANAGER, PART)


def test_nothing_is_learned_of_a_drug_that_is_not_there_or_of_nonsense(
    till: PracticeTill, drugs: list[str]
) -> None:
    with pytest.raises(NotFound):
        learn_pack_code(till.doors, CASHIER, PART, "nobody", PackLevel.BOX, 1)
    with pytest.raises(BadValue):
        learn_pack_code(till.doors, CASHIER, PART, drugs[0], PackLevel.BOX, 10)
    with pytest.raises(BadValue):
        learn_pack_code(till.doors, CASHIER, "123", drugs[0], PackLevel.BOX, 1)
    assert pack_codes(till.doors) == []
    assert acts(till.doors) == []


def read(text: str) -> CodeRead:
    return CodeRead(text, ScanSource.SERIAL)


def test_the_days_test_is_kept_for_its_till_and_its_day(till: PracticeTill) -> None:
    clock = FixedClock(till.doors.clock.now())
    doors = replace(till.doors, clock=clock)
    assert scanner_today(doors) is None
    made = record_scanner_test(doors, CASHIER, judge(read(TEST_CODE.upper())))
    assert (made.state, made.faults) == (TestState.FAILED, (Fault.UPPER,))
    assert scanner_today(doors) == made
    passed = record_scanner_test(doors, CASHIER, judge(read(TEST_CODE)))
    assert scanner_today(doors) == passed
    assert passed.source is ScanSource.SERIAL
    elsewhere = replace(doors, shop=replace(doors.shop, till_id="another"))
    assert scanner_today(elsewhere) is None
    clock.advance(days=1)
    assert scanner_today(doors) is None
    skipped = record_scanner_test(doors, CASHIER, None)
    assert (scanner_today(doors), skipped.state) == (skipped, TestState.SKIPPED)
    with doors.uow() as uow:
        told = [one for one in uow.log.tail(20) if one.act == "scanner.tested"]
    assert len(told) == 3


def test_what_another_version_kept_is_no_test(till: PracticeTill) -> None:
    kept = '{"state": "danced", "at": 1, "by": "", "faults": "", "source": ""}'
    for text in ("", "x", "[]", "null", '{"state": "passed", "at": "x"}', kept):
        with till.doors.uow() as uow:
            uow.settings.put(f"scanner_test/{till.doors.shop.till_id}", text)
            uow.commit()
        assert scanner_today(till.doors) is None


def test_business_day_is_the_shops(till: PracticeTill) -> None:
    clock = FixedClock(till.doors.clock.now().replace(hour=15, minute=59))
    doors = replace(till.doors, clock=clock)
    record_scanner_test(doors, CASHIER, None)
    clock.advance(seconds=timedelta(minutes=2).total_seconds())
    assert scanner_today(doors) is None, "midnight in the shop is 16:00 UTC"
