"""The open shop's memory of codes: what was learned is found with today's price, also elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.code_read import CodeRead, ScanSource
from app.domain.money import UnitPrice
from app.domain.pack_code import PackLevel
from app.domain.scanner_test import TEST_CODE, judge
from app.domain.staff import Role, Staff
from app.errors import NotAllowed
from app.use_cases.doors import Operator
from tests.fakes.practice_home import lay_out_practice
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import home_at

MANAGER = Operator(Staff("manager", "3001", "练习·陈店长", Role.MANAGER))
CASHIER = Operator(Staff("cashier", "1001", "练习·李收银", Role.CASHIER))
PART = "8777777"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenShop]:
    home = home_at(tmp_path)
    lay_out_practice(home)
    made = build(Settings(home, practice=True))
    yield made
    made.close()


def test_a_learned_part_is_known_at_once_and_after_the_next_start(opened: OpenShop) -> None:
    shop = opened.shop
    drug = shop.search("布洛芬", 1)[0].medicine
    assert not shop.has_pack(PART) and shop.pack_of(PART) is None and shop.find_pack(PART) is None
    shop.learn_pack(CASHIER, PART, drug.id, PackLevel.BOX, 1)
    known = shop.pack_of(PART)
    assert known is not None and known.medicine == drug
    shop.begin_codes()
    assert not shop.has_pack(PART)
    shop.load_codes()
    assert shop.has_pack(PART) and shop.pack_of(PART) is None, "the books are asked once"
    found = shop.find_pack(PART)
    assert found is not None and found.medicine == drug
    assert shop.pack_of(PART) == found
    (row,) = shop.known_packs()
    assert (row.code, row.by) == (found.code, "")


def test_price_and_name_are_todays(opened: OpenShop) -> None:
    shop = opened.shop
    drug = shop.search("布洛芬", 1)[0].medicine
    shop.learn_pack(CASHIER, PART, drug.id, PackLevel.BOX, 1)
    dearer = replace(drug, price=UnitPrice.of("99.90"), version=drug.version + 1)
    with shop.doors.uow() as uow:
        uow.medicines.save_many([dearer])
        uow.commit()
    found = shop.find_pack(PART)
    assert found is not None and found.medicine.price == UnitPrice.of("99.90")


def test_what_was_forgotten_is_asked_again(opened: OpenShop) -> None:
    shop = opened.shop
    drug = shop.search("布洛芬", 1)[0].medicine
    shop.learn_pack(CASHIER, PART, drug.id, PackLevel.CARTON, 40)
    with pytest.raises(NotAllowed):
        shop.forget_pack(CASHIER, PART)
    shop.forget_pack(MANAGER, PART)
    assert not shop.has_pack(PART) and shop.known_packs() == []


def test_a_part_forgotten_at_another_till_leaves_the_memory_when_asked_for(
    opened: OpenShop,
) -> None:
    shop = opened.shop
    drug = shop.search("布洛芬", 1)[0].medicine
    shop.learn_pack(CASHIER, PART, drug.id, PackLevel.BOX, 1)
    with shop.doors.uow() as uow:
        uow.pack_codes.drop(PART)
        uow.commit()
    assert shop.find_pack(PART) is None
    assert not shop.has_pack(PART)


def test_the_days_test_is_remembered_until_the_day_ends(opened: OpenShop) -> None:
    shop = opened.shop
    shop.load_codes()
    assert shop.scanner_day() is None
    made = shop.record_scanner_test(CASHIER, judge(CodeRead(TEST_CODE, ScanSource.SERIAL)))
    assert shop.scanner_day() == made
    shop.begin_codes()
    shop.load_codes()
    assert shop.scanner_day() == made
