"""Without a national code, of the drug or of the pharmacist who reviewed, nothing is pooled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.pharmacist import Pharmacist
from app.domain.settlement_states import SettlementState
from app.use_cases.complete_sale import complete_sale
from app.use_cases.payment import payment
from tests.fakes.practice_till import PracticeTill, cash, practice_till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def blocks(view: object) -> list[str]:
    return [one.code for one in view.notes if one.severity == "block"]  # type: ignore[attr-defined]


def reviewer(till: PracticeTill) -> Pharmacist:
    with till.doors.uow() as uow:
        who = next(one for one in uow.staff.all() if one.number == "2001")
        bound = uow.pharmacists.get(who.id)
    assert bound is not None
    return bound


def keep(till: PracticeTill, one: Pharmacist) -> None:
    with till.doors.uow() as uow:
        uow.pharmacists.keep(one)
        uow.commit()


@pytest.mark.rule("LN-2.2b")
def test_a_line_without_the_national_code_is_paid_for_and_never_pooled(till: PracticeTill) -> None:
    coded, bare = till.find(sale_class="rx", insurance_class="A"), till.find(insurance_class="B")
    with till.doors.uow() as uow:  # a drug of books older than the import's own refusal
        uow.medicines.save_many([replace(bare, national_code="")])
        uow.commit()
    bare = till.medicine(bare.shop_code)
    sale = till.prescribe(till.basket((coded, 1), (bare, 1)))
    patient = till.patient("active_met")
    view = till.quote(sale, patient)
    (part,) = view.settlements
    assert (part.line_nos, blocks(view)) == ((1,), [])
    paid = till.settle(sale, patient)
    assert paid.cash_due >= sale.line(2).amount
    complete_sale(till.doors, sale.id, cash(paid.cash_due), paid.cash_due, till.operator)
    settled = payment(till.doors, sale.id).settlements
    assert [one.state for one in settled] == [SettlementState.SETTLED]
    (row,) = till.books()["settlements"]  # type: ignore[misc]
    assert row["amounts"]["medfee_sumamt"] == str(sale.line(1).amount)


@pytest.mark.rule("LN-2.2b", "SJZ-A.3")
@pytest.mark.parametrize("why", ["no_code", "unbound", "licence_over", "in_order"])
def test_the_pass_of_a_pharmacist_without_code_or_binding_settles_nothing(
    till: PracticeTill, why: str
) -> None:
    sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 1)))
    one, now = reviewer(till), till.clock.now()
    keep(till, {
        "no_code": replace(one, professional=replace(one.professional, code="")),
        "unbound": replace(one, unbound_at=now - timedelta(minutes=1)),
        "licence_over": replace(one, valid_to=now.date() - timedelta(days=1)),
        "in_order": one,
    }[why])  # fmt: skip
    view = till.quote(sale, till.patient("active_met"))
    assert blocks(view) == ([] if why == "in_order" else ["RX_NOT_REVIEWED"])
    assert till.books()["settlements"] == []
