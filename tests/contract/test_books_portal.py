"""What was keyed in from the insurer's portal, on every database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.insurance import Settled
from app.domain.money import Money
from app.domain.return_states import ReturnState
from app.domain.returns import Return, ReturnReason
from app.domain.sale_states import SaleState
from app.domain.settlement_states import SettlementState
from app.errors import BadValue
from app.ports_portal import PortalEntry, PortalSum
from tests.fakes.builders import TILL, a_person, a_sale, a_settlement, a_split, cash_for
from tests.fakes.clock import START

ONE = PortalEntry(
    "S-1", "set-1", "sale-1", False, "staff-1", START, START - timedelta(minutes=3),
    Money(3840), Money(2000), Money(1000), Money(840),
)  # fmt: skip
BACK = replace(
    ONE, setl_id="S-2", cancel=True, at=START + timedelta(minutes=9), told_at=START,
    total=Money(-3840), fund=Money(-2000), account=Money(-1000), cash=Money(-840),
)  # fmt: skip


@pytest.mark.rule("SJZ-A.7")
def test_an_id_of_the_portal_is_keyed_in_once_whichever_till_and_for_whatever(till):
    with till(TILL)() as uow:
        uow.portal.enter(ONE)
        uow.commit()
    for other in (TILL, "02"):
        for again in (replace(ONE, settlement_id="set-9"), replace(BACK, setl_id="S-1")):
            with till(other)() as uow:
                assert uow.portal.has("S-1") and not uow.portal.has("S-2")
                with pytest.raises(BadValue):
                    uow.portal.enter(again)
    with till("02")() as uow:
        uow.portal.enter(BACK)
        uow.commit()
    with till(TILL)() as uow:
        assert uow.portal.of_sale("sale-1") == uow.portal.of_settlements(["set-1"]) == [ONE, BACK]
        assert uow.portal.between(START - timedelta(minutes=3), START) == [ONE]
        with pytest.raises(BadValue):
            uow.portal.enter(BACK)


@pytest.mark.rule("SJZ-A.7")
def test_the_books_know_an_id_of_a_cancel_of_any_till(till):
    told = Settled(replace(a_split(), total=Money.of("-38.40")), setl_id="C_1")
    gone = a_settlement(state=SettlementState.CANCELLED, cancel_answer=told)
    with till("02")() as uow:
        uow.sales.add(a_sale())
        uow.persons.keep(a_person(), "person-1", START)
        uow.settlements.add(gone)
        uow.commit()
    with till(TILL)() as uow:
        assert uow.settlements.knows("C_1")
        assert not any(uow.settlements.knows(each) for each in ("CX1", "C_", "_", "%", ""))


def test_what_of_a_shift_went_by_the_portal(books):
    sale = a_sale(shift_id="s1")
    sale.state, sale.tenders, sale.done_at = SaleState.DONE, cash_for(sale), START
    dropped = replace(ONE, setl_id="S-9", settlement_id="set-9", sale_id="sale-9")
    back = Return(
        "r-1", "sale-1", ReturnReason.QUALITY, "staff-1", START, (), state=ReturnState.DONE,
        shift_id="s2",
    )  # fmt: skip
    with books() as uow:
        uow.sales.add(sale)
        uow.sales.add(a_sale("sale-9", shift_id=""))  # undone before it was completed
        for entry in (ONE, dropped):
            uow.portal.enter(entry)
        assert uow.portal.sums(["s1", "s2"]) == [
            PortalSum("s1", False, 1, Money(3840), Money(2000))
        ]
        uow.portal.enter(BACK)
        uow.returns.add(back)
        assert uow.portal.sums(["s1", "s2"]) == [
            PortalSum("s1", False, 1, Money(3840), Money(2000)),
            PortalSum("s2", True, 1, Money(3840), Money(2000)),
        ]
        assert uow.portal.sums([]) == []
