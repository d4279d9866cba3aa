"""Learned product parts on every database: one row a part, the shop's, correctable."""

from dataclasses import replace

import pytest

from app.domain.pack_code import PackCode, PackLevel
from app.errors import NotFound
from tests.fakes.clock import START

BOX = PackCode("8385793", "m-1", PackLevel.BOX, 1, START, "staff-1")


def test_a_part_is_learned_corrected_and_forgotten(books):
    with books() as uow:
        uow.pack_codes.put(BOX)
        uow.commit()
    carton = replace(BOX, level=PackLevel.CARTON, units=200, learned_by="staff-2")
    other = replace(BOX, product_code="06901234567892", medicine_id="m-2")
    with books() as uow:
        assert uow.pack_codes.get("8385793") == BOX
        uow.pack_codes.put(carton)
        uow.pack_codes.put(other)
        uow.commit()
    with books() as uow:
        assert uow.pack_codes.get("8385793") == carton
        assert uow.pack_codes.all() == [other, carton]
        uow.pack_codes.drop("8385793")
        assert uow.pack_codes.get("8385793") is None
        with pytest.raises(NotFound):
            uow.pack_codes.drop("8385793")


def test_all_tills_of_a_shop_know_it(till):
    with till("till-1")() as uow:
        uow.pack_codes.put(BOX)
        uow.commit()
    with till("till-2")() as uow:
        assert uow.pack_codes.get("8385793") == BOX
        uow.pack_codes.put(replace(BOX, medicine_id="m-9"))
        uow.commit()
    with till("till-1")() as uow:
        assert [one.medicine_id for one in uow.pack_codes.all()] == ["m-9"]
