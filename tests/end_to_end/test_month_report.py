"""The month report against the books and against the comparison's own lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.clearing import ClearingKey
from app.domain.money import Money
from app.domain.papers import PaperKind
from app.domain.settlement_states import SettlementState
from app.domain.statement import Figures, GroupKey, OwnRow, total_of
from app.errors import BadValue, NotAllowed
from app.use_cases.cancel_settlement import cancel_settlements
from app.use_cases.month_report import _sums, month_due, month_report, month_told, rows_of
from app.use_cases.remittances import Came, appeal_fee, decide_fee, month_rows, refuse_fee
from app.use_cases.store_papers import NewPaper, add_paper
from tests.fakes.practice_till import PracticeTill, practice_till
from tests.fakes.statements import DAY, a_manager, a_settled_sale, setl_id, settlement_of

MONTH = "2026-11"
FEN = st.integers(-(10**7), 10**7).map(Money)
ROWS = st.lists(
    st.builds(
        OwnRow,
        group=st.builds(
            GroupKey,
            st.just("999900"),
            st.sampled_from(["310", "390"]),
            st.just("11"),
            st.booleans(),
        ),
        figures=st.builds(Figures, FEN, FEN, FEN, FEN),
        at=st.just(datetime(2026, 11, 22, tzinfo=UTC)),
        msgid=st.text("0123456789", min_size=4, max_size=4),
        sale_id=st.sampled_from(["a", "b", ""]),
    ),
    max_size=30,
)


@pytest.mark.rule("SJZ-3")
@pytest.mark.rule("LN-3.2")
@settings(max_examples=40)
@given(ROWS)
def test_the_groups_of_any_lines_are_the_whole(rows: list[OwnRow]) -> None:
    for key_of in (lambda row: (row.sale_id, ""), lambda row: (row.group.insutype, "x")):
        sums = _sums(rows, key_of)
        assert Money.total(one.figures.fund for one in sums) == total_of(rows).fund
        assert Money.total(one.figures.total for one in sums) == total_of(rows).total
        assert sum(one.count for one in sums) == sum(not row.group.refunded for row in rows)


ACTS = st.lists(st.sampled_from(["sell", "sell_two", "cancel", "decline"]), min_size=2, max_size=5)


@pytest.mark.rule("SJZ-3")
@pytest.mark.rule("SY-4")
@settings(max_examples=3, deadline=None, derandomize=True)
@given(ACTS)
def test_the_month_is_what_the_books_settled(acts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        for till in practice_till(Path(folder)):
            manager, sales = a_manager(till), []
            for act in acts:
                if act == "decline":
                    till.fault(kind="refused", infno="2102", times=1, text="练习：额度不足")
                sales.append(a_settled_sale(till, 2 if act == "sell_two" else 1))
                if act == "cancel":
                    cancel_settlements(till.doors, sales[-1].id, till.operator)
            report = month_report(till.doors, manager, MONTH)
            # The books, read one settlement at a time.
            ones = [settlement_of(till, sale) for sale in sales]
            stand = [one for one in ones if one.state is SettlementState.SETTLED]
            assert report.total.count == len(stand)
            fund = Money.total(one.answer.split.fund for one in stand if one.answer)
            assert report.total.figures.fund == fund
            # And the comparison's own lines.
            assert report.total.figures == total_of(month_rows(till.doors, MONTH))
            declined = sum(act == "decline" for act in acts)
            assert sum(one.count for one in report.declined) == declined
            assert report.cancelled == sum(act == "cancel" for act in acts)
            parts: dict[str, Money] = {}
            for part, one in rows_of(report):
                parts[part] = parts.get(part, Money(0)) + one.figures.fund
            assert set(parts.values()) <= {fund}


@pytest.fixture
def till(tmp_path: Path):
    yield from practice_till(tmp_path)


@pytest.mark.rule("LN-3.2")
def test_the_fund_is_told_by_who_issued_and_who_wrote(till: PracticeTill) -> None:
    a_settled_sale(till)
    report = month_report(till.doors, a_manager(till), MONTH)
    (issuer,), (dept,), (doctor,) = report.by_issuer, report.by_department, report.by_prescriber
    assert (issuer.key, issuer.name) == ("H99990000001", "练习医院（虚构）")
    assert (dept.key, dept.name) == ("H99990000001/A03", "练习医院（虚构） 内科")
    assert (doctor.key, doctor.name) == ("D999900000001", "练习医师")
    assert issuer.figures == doctor.figures == report.total.figures
    (kind,) = report.by_type
    assert kind.key == "ordinary"
    with pytest.raises(NotAllowed):
        month_report(till.doors, till.operator, MONTH)
    with pytest.raises(BadValue):
        month_report(till.doors, a_manager(till), "2027-01")


@pytest.mark.rule("HY-1.5.8", "SJZ-3")
def test_refused_fees_and_what_is_open_stand_in_it(till: PracticeTill) -> None:
    manager = a_manager(till)
    a_settled_sale(till)
    told = Came(MONTH, ClearingKey("310", "11"), DAY, Money.of("3.00"), "扣款 1")
    refuse_fee(till.doors, manager, told, "练习：超量")
    for words, times in (("额度不足（练习）", 2), ("人员状态异常（练习）", 1)):
        for _ in range(times):
            till.fault(kind="refused", infno="2102", times=1, text=words)
            a_settled_sale(till)
    till.fault(kind="lost_answer", infno="2102", times=1)
    a_settled_sale(till)
    report = month_report(till.doors, manager, MONTH)
    assert [(one.words, one.count) for one in report.declined] == [
        ("额度不足（练习）", 2), ("人员状态异常（练习）", 1)
    ]  # fmt: skip
    assert [(one.count, one.amount) for one in report.fees] == [(1, Money.of("3.00"))]
    kinds = {one.kind: one.count for one in report.open}
    assert kinds["settlement"] == 1
    assert report.total.count == 1 and not report.over


@pytest.mark.rule("SY-4")
def test_the_board_reminds_from_the_first_to_the_tenth(till: PracticeTill) -> None:
    manager = a_manager(till)
    assert month_due(till.doors) is None
    till.clock.set(datetime(2026, 12, 1, 2, tzinfo=UTC))
    due = month_due(till.doors)
    assert due is not None
    assert (due.month, due.told, due.days_left) == (MONTH, False, 9)
    month_told(till.doors, manager, "2026-12", "csv")
    assert month_due(till.doors) == due
    month_told(till.doors, manager, MONTH, "csv")
    assert month_due(till.doors) == replace(due, told=True)
    till.clock.set(till.clock.now() + timedelta(days=10))
    assert month_due(till.doors) is None


@pytest.mark.rule("HY-1.5.8")
def test_a_refused_fee_is_matched_to_its_settlement_to_the_outcome(till: PracticeTill) -> None:
    manager, sale = a_manager(till), a_settled_sale(till)
    number = setl_id(till, sale)
    told = Came(MONTH, ClearingKey("310", "11"), DAY, Money.of("3.00"), number)
    fee = refuse_fee(till.doors, manager, told, "练习：超量")
    assert fee.setl_id == number
    assert not refuse_fee(till.doors, manager, replace(told, reference="K-1"), "练习").setl_id
    appeal_fee(till.doors, manager, fee.id, "练习：处方在案")
    done = decide_fee(till.doors, manager, fee.id, Money.of("1.00"), "练习：部分准予")
    assert (done.setl_id, done.lost, done.outcome) == (number, Money.of("2.00"), "练习：部分准予")


@pytest.mark.rule("HY-1.5.8")
def test_a_suspension_stops_what_insurance_pays(till: PracticeTill) -> None:
    manager = a_manager(till)
    add_paper(
        till.doors, manager, NewPaper(PaperKind.SUSPENSION, "练习：暂停医保服务", "", DAY, None)
    )
    patient = till.patient("active_met")
    sale = till.prescribe(till.basket((till.medicine("P0001"), 1)))
    view = till.quote(sale, patient)
    assert "STORE_NOT_OPEN" in [note.code for note in view.notes if note.severity == "block"]
