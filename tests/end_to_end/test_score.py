"""The figures by which the agency scores a store, against what was really sold and told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.domain.balance import Period
from app.domain.catalogue import Medicine
from app.domain.clearing import ClearingKey
from app.domain.money import Money
from app.domain.price import PriceList, PriceTerm, TermKind
from app.use_cases.complete_sale import complete_sale
from app.use_cases.drain_outbox import drain_outbox
from app.use_cases.remittances import Came, refuse_fee
from app.use_cases.reports import report
from app.use_cases.score import Score, score
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.statements import DAY, a_manager, a_settled_sale, settlement_of

MONTH = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def scores(till: PracticeTill, period: Period = MONTH) -> dict[str, Score]:
    return {one.name: one for one in score(till.doors, period)}


def counted(till: PracticeTill, name: str, period: Period = MONTH) -> tuple[object, object, str]:
    one = scores(till, period)[name]
    return one.part, one.whole, one.share


def sell(till: PracticeTill, *items: tuple[Medicine, int], traced: bool = True) -> None:
    sale = till.basket(*items, traced=traced)
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)


def bind(till: PracticeTill, drug: Medicine, price: str, begins: date) -> None:
    """A list of volume-based procurement names the drug."""
    now = till.clock.now()
    told = PriceList(f"list-{begins}", TermKind.SELECTED, "练习", begins, 1, "0", now, "boss")
    term = PriceTerm(
        id=f"term-{begins}", medicine_id=drug.id, kind=TermKind.SELECTED, price=Money.of(price),
        begins=begins, list_id=told.id,
    )  # fmt: skip
    with till.doors.uow() as uow:
        uow.prices.keep_list(told, [term])
        uow.commit()


@pytest.mark.rule("LN-3.3")
def test_settlements_that_the_platform_refused_are_counted_of_those_it_answered(
    till: PracticeTill,
) -> None:
    assert counted(till, "declined") == (0, 0, "—")
    a_settled_sale(till)
    till.fault(kind="refused", infno="2102", times=1, text="练习：额度不足")
    a_settled_sale(till)
    till.fault(kind="lost_answer", infno="2102", times=1)
    a_settled_sale(till)
    a_settled_sale(till)
    assert counted(till, "declined") == (1, 3, "33.34%"), "what nobody answered is neither"
    assert counted(till, "declined", Period(date(2026, 10, 1), date(2026, 10, 31)))[1] == 0


@pytest.mark.rule("LN-3.3")
def test_fees_that_the_agency_does_not_pay_are_told_of_whole_months(till: PracticeTill) -> None:
    answer = settlement_of(till, a_settled_sale(till)).answer
    assert answer is not None
    told = Came(f"{DAY:%Y-%m}", ClearingKey("310", "11"), DAY, Money.of("3.00"), "扣款 1")
    refuse_fee(till.doors, a_manager(till), told, "练习：超量")
    lost, fund, share = counted(till, "fees")
    assert (lost, fund) == (Money.of("3.00"), answer.split.fund) and share.endswith("%")
    some_days = Period(MONTH.first, MONTH.last - timedelta(days=1))
    assert counted(till, "fees", some_days) == (Money(0), Money(0), "—")


@pytest.mark.rule("LN-3.3")
def test_an_upload_is_in_time_late_or_not_due_yet(till: PracticeTill) -> None:
    drug = till.find(sale_class="otc_a")
    sell(till, (drug, 1))
    assert counted(till, "uploads") == (0, 0, "—"), "it still has time"
    till.clock.set(till.clock.now() + timedelta(minutes=119))
    drain_outbox(till.doors, till.operator)
    assert counted(till, "uploads") == (1, 1, "100.00%")
    sell(till, (drug, 1))
    till.clock.set(till.clock.now() + timedelta(minutes=121))
    assert counted(till, "uploads") == (1, 2, "50.00%"), "it waits beyond its time"
    drain_outbox(till.doors, till.operator)
    assert counted(till, "uploads") == (1, 2, "50.00%"), "and was told too late"


@pytest.mark.rule("LN-3.3")
def test_what_was_sold_over_a_ceiling_is_found_by_the_list_of_its_day(till: PracticeTill) -> None:
    dear, other = till.find(sale_class="otc_a"), till.find(sale_class="otc_b", cold_chain=False)
    sell(till, (dear, 1), (other, 1))
    before = scores(till)["prices"]
    assert before.part == 0
    bind(till, dear, "0.01", DAY + timedelta(days=1))
    assert scores(till)["prices"] == before, "the list begins tomorrow"
    bind(till, dear, "0.01", DAY)
    after = scores(till)["prices"]
    assert isinstance(before.whole, int), before
    assert (after.part, after.whole) == (1, before.whole + 1), "one that came after the sale"


@pytest.mark.rule("LN-3.3")
def test_boxes_sold_without_their_code_lower_its_coverage(till: PracticeTill) -> None:
    drug, free = till.find(sale_class="otc_a"), till.find(sale_class="none")
    sell(till, (drug, 3), (free, 2))
    assert counted(till, "codes") == (3, 3, "100.00%"), "what carries none is not asked for"
    sell(till, (drug, 1), traced=False)
    assert counted(till, "codes") == (3, 4, "75.00%")


@pytest.mark.rule("LN-3.3")
def test_every_figure_stands_on_one_page_with_how_it_is_counted(till: PracticeTill) -> None:
    made = report(till.doors, a_manager(till), "score", MONTH)
    names = ("declined", "fees", "uploads", "prices", "codes")
    assert [row[0] for row in made.rows] == [f"~reports.score_{name}" for name in names]
    assert [row[4] for row in made.rows] == [f"~reports.score_how_{name}" for name in names]
    assert len(made.columns) == len(made.rows[0])
