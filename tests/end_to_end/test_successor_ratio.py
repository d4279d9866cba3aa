"""A successor of the ratio holds from its day; what was settled before stays as it was (EZ-2a)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.domain.clock import shop_time
from app.domain.money import Rate
from app.domain.policy import Policy
from app.use_cases.complete_sale import complete_sale
from app.use_cases.duty import sign_on
from app.use_cases.estimate_basket import estimate_basket
from app.use_cases.receipt import receipt
from tests.fakes.practice_till import PracticeTill, cash, practice_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


@pytest.mark.rule("EZ-2a")
def test_a_receipt_keeps_the_ratio_of_its_day(till: PracticeTill) -> None:
    drug = till.find(insurance_class="A", sale_class="rx")
    pack, last = till.doors.policy_on, shop_time(till.clock.now()).date()

    def policy_on(kind: str, at: datetime) -> Policy:
        """The pack, with 70 % for the active from the day after the sale."""
        policy = pack(kind, at)
        later = kind == "ordinary" and shop_time(at).date() > last
        return replace(policy, ratios={"active": Rate.of("0.70")}) if later else policy

    doors = replace(till.doors, policy_on=policy_on)

    patient = till.patient("active_met")
    sale = till.prescribe(till.basket((drug, 1)))
    estimated = estimate_basket(doors, sale, patient).fund
    till.quote(sale, patient)
    view = till.settle(sale, patient)
    complete_sale(doors, sale.id, cash(view.cash_due), view.cash_due, till.operator)
    before = receipt(doors, sale.id)
    (settled,) = before.settlements
    assert settled.split is not None
    assert settled.split.fund == estimated

    till.clock.advance(days=1)
    sign_on(till.doors, "2001", "200200")
    again = estimate_basket(doors, till.prescribe(till.basket((drug, 1))), patient).fund
    assert again > estimated, "the successor holds for what is settled from its day on"
    assert receipt(doors, sale.id) == before, "a reprint shows what was settled"
