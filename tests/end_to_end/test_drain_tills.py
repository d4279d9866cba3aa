"""Several tills drain one store's outbox on PostgreSQL: no row is lost, doubled, or left behind."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.insurance import Answer, Call, Header, Message
from app.domain.upload_states import UploadState
from app.ports import InsurancePlatform
from app.use_cases.complete_sale import complete_sale
from app.use_cases.drain_outbox import drain_slice
from tests.fakes.practice_till import PracticeTill, cash, practice_till

TILLS, SALES, PASSES = 3, 18, 12


class OneAtATime:
    """The practice platform is called directly here: one message after the other."""

    def __init__(self, inner: InsurancePlatform) -> None:
        self._inner, self._lock = inner, threading.Lock()

    def compose(self, call: Call, header: Header) -> Message:
        return self._inner.compose(call, header)

    def send(self, message: Message) -> Answer:
        with self._lock:
            return self._inner.send(message)


@pytest.mark.postgres
def test_tills_that_drain_at_once_hold_and_release_each_others_rows(tmp_path, postgres_url) -> None:
    """Answers are lost on the way: rows of one lot rest at one till while others look at it."""
    for till in practice_till(tmp_path, database=postgres_url):
        drugs = [till.find(sale_class="otc_a"), till.find(sale_class="otc_b", cold_chain=False)]
        for number in range(SALES):
            sale = till.basket((drugs[number % 2], 1))
            complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
        wire = OneAtATime(till.doors.platform)
        tills = [replace_platform(till, number, wire) for number in range(TILLS)]
        till.fault(kind="lost_answer", infno=["3505", "3505A"], times=4)
        for _pass in range(PASSES):
            threads = [threading.Thread(target=drain_slice, args=(one.doors, one.operator))
                       for one in tills]  # fmt: skip
            for each in threads:
                each.start()
            for each in threads:
                each.join()
            till.clock.set(till.clock.now() + timedelta(seconds=700))
        with till.doors.uow() as uow:
            assert uow.outbox.counts() == {UploadState.CONFIRMED: SALES}
        told = till.books(goods="*")["serials"]
        assert len(told) == len(set(told)) == SALES


def replace_platform(till: PracticeTill, number: int, platform: InsurancePlatform) -> PracticeTill:
    """A till of the store with its own place among the msgids, on the shared wire."""
    other = till.second_till()
    shop = replace(other.doors.shop, till_no=number + 1)
    doors = replace(other.doors, platform=platform, shop=shop, sign_numbers={})
    return replace(other, doors=doors)
