"""Papers, claims, marks, month values and takings, on every database."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from app.domain.balance import Period
from app.domain.clock import shop_time
from app.domain.indicators import Mark
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.papers import Claim, PaperKind, StorePaper
from app.domain.sale import TenderKind
from app.domain.stock import Lot, MoveKind
from app.domain.upload_states import UploadState
from app.errors import BadValue, NotFound
from app.ports import OutboxRow, StockMove
from app.ports_papers import InsuranceChange, MonthValue
from app.ports_reports import Asked, BoughtFrom, TakenBy, Takings
from tests.fakes.builders import a_sale, cash_for
from tests.fakes.clock import START

TURN = time(4)


def a_paper(number, **more):
    values = {
        "id": f"p{number}", "kind": PaperKind.LICENCE, "title": f"练习证照{number}",
        "begins": date(2026, 1, number), "at": START, "by": "staff-1", "note": "练习张小兰",
    }  # fmt: skip
    return StorePaper(**(values | more))


@pytest.mark.rule("LN-2.4b", "SJZ-A.2", "HY-1.5.7")
def test_a_paper_is_renewed_once_and_a_note_is_sealed(books):
    with books() as uow:
        uow.papers.add(a_paper(1))
        uow.papers.add(a_paper(2, renews="p1", ends=date(2027, 1, 1)))
        uow.papers.withdraw("p2", START)
        uow.commit()
    with books() as uow:
        first, second = uow.papers.all()
        assert first == a_paper(1)
        assert second.withdrawn_at == START and second.ends == date(2027, 1, 1)
        with pytest.raises(NotFound):
            uow.papers.withdraw("none", START)
    with books() as uow, pytest.raises(BadValue):
        uow.papers.add(a_paper(3, renews="p1"))


def test_claims_marks_months_and_changes_come_back(books):
    claim = Claim(
        id="c1", title="练习申领", amount=Money(123456), submitted_on=date(2026, 9, 28),
        at=START, by="staff-1", note="练习",
    )  # fmt: skip
    with books() as uow:
        uow.papers.add_claim(claim)
        uow.papers.mark("med-1", Mark.AUXILIARY, START, "staff-1")
        uow.papers.mark("med-1", Mark.AUXILIARY, START, "staff-1")
        uow.papers.mark("med-2", Mark.IN_ZONE, START, "staff-1")
        uow.papers.unmark("med-2", Mark.IN_ZONE)
        for part in (1, 2):
            uow.papers.keep_month([MonthValue("2026-11", "catalogue_share", part, 3, START)])
        uow.papers.note_insurance([InsuranceChange("med-1", "A", "C", "batch", START)])
        uow.commit()
    with books() as uow:
        assert uow.papers.claims() == [claim]
        assert uow.papers.marks() == {"med-1": {Mark.AUXILIARY}}
        assert uow.papers.marks_of(["med-2", "med-1"]) == {"med-1": {Mark.AUXILIARY}}
        assert [one.part for one in uow.papers.months("catalogue_share")] == [2]
        assert [one.after for one in uow.papers.insurance_changes(START)] == ["C"]
        assert uow.papers.insurance_changes(START + timedelta(seconds=1)) == []


def test_takings_tenders_and_purchases_of_a_period(books):
    sale = a_sale("sale-1", 2)
    day = shop_time(START).date()
    with books() as uow:
        sale.complete(cash_for(sale), "R-1", START)
        uow.sales.add(sale)
        uow.lots.add([Lot("lot-1", "med-000001", "B1", supplier_id="sup-1")])
        uow.stock.move([
            StockMove("m1", "med-000001", Quantity.of(5), MoveKind.BOUGHT, START, lot_id="lot-1",
                      document_id="d1", amount=Money(900)),
            StockMove("m2", "med-000001", Quantity.of(-1), MoveKind.SALE, START, lot_id="lot-1"),
        ])  # fmt: skip
        uow.commit()
    with books() as uow:
        found = Period(day, day)
        assert uow.reports.takings(found, TURN) == [
            Takings(day, "staff-1", 1, sale.total, 0, Money(0))
        ]
        assert uow.reports.tenders(found, TURN) == [
            TakenBy(day, "staff-1", TenderKind.CASH.value, sale.total)
        ]
        assert uow.reports.bought_from(found) == [
            BoughtFrom("sup-1", 1, 1, Quantity.of(5), Money(900), 0)
        ]
        assert uow.reports.last_sold() == {"med-000001": START}
        later = Period(day + timedelta(days=1), day + timedelta(days=1))
        assert uow.reports.takings(later, TURN) == []
        price = UnitPrice.of("12.80")
        assert uow.reports.asked(found) == [
            Asked(f"med-00000{no}", "ordinary", day, price, 1, 1, 1) for no in (1, 2)
        ]
        assert uow.reports.asked(later) == []


@pytest.mark.rule("LN-3.3")
def test_uploads_of_a_period_that_were_told_in_time(books):
    hour, day = timedelta(hours=1), shop_time(START).date()
    found, now = Period(day, day), START + 3 * hour
    with books() as uow:
        rows = [OutboxRow(f"k{no}", f"lot/{no}", "3505", {}, START) for no in range(5)]
        uow.outbox.add([*rows, OutboxRow("k9", "lot/9", "3505", {}, now)])
        uow.commit()
    with books() as uow:
        was = uow.outbox.many([row.key for row in rows])
        for no, (state, late) in enumerate((
            (UploadState.CONFIRMED, hour), (UploadState.CONFIRMED, 3 * hour),
            (UploadState.LEFT, hour), (UploadState.REPLACED, hour),
        )):  # fmt: skip
            old = was[f"k{no}"]
            assert uow.outbox.keep(replace(old, state=state, settled_at=START + late), old)
        uow.commit()
    with books() as uow:
        # Told, late, left, waiting too long; what another row says and what has time are not due.
        assert uow.reports.told_in_time(found, 2 * hour, now) == (1, 4)
        assert uow.reports.told_in_time(found, 4 * hour, now) == (2, 3)
