"""A version of the insurance's list: read ahead, in force on its day, told with the stock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import Medicine
from app.domain.insured_list import Listed, Turn, changes_of
from app.domain.money import Quantity, Rate
from app.domain.print_job import Document
from app.errors import BadFile, BadValue, NotAllowed
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.insured_lists import (
    MOST_PLANS,
    apply_due_lists,
    due_lists,
    import_insured_list,
    list_rows,
    plans_in,
    version_at,
)
from app.use_cases.receipt import receipt
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.statements import DAY, a_manager
from ui.practice import open_the_day
from ui.slips import paper
from ui.words import say

DAY_BEGINS = datetime(2026, 11, 22, tzinfo=UTC)
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def a_file(folder: Path, *rows: str, head: str = "国家医保编码,医保类别,先行自付,药品名称") -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join((head, *rows)), encoding="utf-8")
    return path


def whole(till: PracticeTill, without: Medicine) -> list[str]:
    """Every insured drug of the shop as it is, but one."""
    with till.doors.uow() as uow:
        return [
            f"{one.national_code},{one.insurance_class},,{one.display_name}"
            for one in uow.medicines.all()
            if one.insurance_class in ("A", "B") and one.national_code != without.national_code
            and one.national_code
        ]  # fmt: skip


def turned(till: PracticeTill) -> list[Medicine]:
    due = due_lists(till.doors)
    with till.doors.uow() as uow:
        done = apply_due_lists(uow, till.clock.now(), due)
        uow.commit()
    with till.doors.uow() as uow:  # a second till that read the same does nothing more
        assert apply_due_lists(uow, till.clock.now(), due) == []
    return done


@pytest.mark.rule("LN-5.2b")
def test_a_drug_that_leaves_is_self_paid_from_its_day(till: PracticeTill, tmp_path: Path) -> None:
    manager, drug = a_manager(till), till.medicine("P0001")
    patient = till.patient("active_met")
    rows = dict.fromkeys(whole(till, drug))
    with pytest.raises(NotAllowed):
        import_insured_list(till.doors, till.operator, tmp_path, "2027", TOMORROW)
    plan = import_insured_list(till.doors, manager, a_file(tmp_path, *rows), "2027", TOMORROW)
    left = [one for one in plan.changes if one.turn is Turn.LEFT]
    assert [one.national_code for one in left if one.medicine_id == drug.id] == [drug.national_code]
    # Before its day nothing has changed; the manager sees what will, with what lies there.
    assert turned(till) == []
    row = next(one for one in list_rows(till.doors, manager) if one.change.medicine_id == drug.id)
    assert (row.shop_code, row.plan.applied_at) == ("P0001", None)
    assert row.on_hand is not None and row.on_hand > Quantity(0)
    before = till.quote(till.prescribe(till.basket((till.medicine("P0001"), 1))), patient)
    assert before.fund.fen > 0
    with till.doors.uow() as uow:
        assert version_at(uow, till.clock.now()) == ""
    till.clock.set(till.clock.now() + timedelta(days=1))
    assert drug.id in {one.id for one in turned(till)} and turned(till) == []
    now = till.medicine("P0001")
    assert (now.insurance_class, now.batch_no) == ("C", plan.checksum[:32])
    after = till.quote(till.basket((now, 1)), till.patient("active_met"))
    assert after.fund.fen == 0 and not after.settlements
    with till.doors.uow() as uow:
        now = till.clock.now()
        assert (version_at(uow, now - timedelta(days=1)), version_at(uow, now)) == ("", "2027")
        changes = uow.papers.insurance_changes(DAY_BEGINS)
    mine = [(one.before, one.after) for one in changes if one.medicine_id == drug.id]
    assert mine == [("A", "C")]
    with pytest.raises(BadValue):
        import_insured_list(till.doors, manager, a_file(tmp_path, *rows), "2027", TOMORROW)


@pytest.mark.rule("LN-5.2b", "LN-2.2b")
def test_a_list_of_changes_touches_what_it_names(till: PracticeTill, tmp_path: Path) -> None:
    manager = a_manager(till)
    out = till.find(insurance_class="A")
    other = till.find(insurance_class="B")
    head = "国家医保编码,医保类别,先行自付,药品名称,变动"
    path = a_file(
        tmp_path,
        f"{out.national_code},,,,调出",
        f"{other.national_code},乙,12.5%,,调整",
        "XLX77A00000000000000001,乙类,0.1,练习新药,新增",
        head=head,
    )
    plan = import_insured_list(till.doors, manager, path, "2027-1", DAY)
    turns = {one.national_code: one.turn for one in plan.changes}
    assert turns[out.national_code] is Turn.LEFT
    assert turns["XLX77A00000000000000001"] is Turn.PROPOSED
    turned(till)
    with till.doors.uow() as uow:
        assert uow.medicines.get(other.id).first_self_pay == Rate.of("0.125")
        assert [one.version for one in plans_in(uow)] == ["2027-1"]
    (new,) = [one for one in list_rows(till.doors, manager) if one.change.turn is Turn.PROPOSED]
    assert (new.change.name, new.on_hand) == ("练习新药", None)


@pytest.mark.parametrize(
    "rows",
    [("X1,甲", "X1,乙"), ("X1,丁",), (",甲",), ("X1,甲,两成",), ("X1,甲,120%",), ()],
    ids=str,
)
def test_a_list_with_a_wrong_row_does_not_come_in(
    till: PracticeTill, tmp_path: Path, rows: tuple[str, ...]
) -> None:
    with pytest.raises(BadFile):
        import_insured_list(till.doors, a_manager(till), a_file(tmp_path, *rows), "v", TOMORROW)
    with till.doors.uow() as uow:
        assert plans_in(uow) == []


@pytest.mark.rule("LN-5.2b")
def test_a_part_of_a_list_is_not_taken_for_the_whole(till: PracticeTill, tmp_path: Path) -> None:
    with pytest.raises(BadFile) as refused:
        import_insured_list(till.doors, a_manager(till), a_file(tmp_path, "X1,甲"), "v", TOMORROW)
    assert refused.value.params["why"] == "insured.part_of_a_list"


@pytest.mark.rule("LN-5.2b")
def test_an_old_whole_list_does_not_undo_the_one_in_force(
    till: PracticeTill, tmp_path: Path
) -> None:
    manager, drug = a_manager(till), till.medicine("P0001")
    path = a_file(tmp_path, *dict.fromkeys(whole(till, drug)))
    import_insured_list(till.doors, manager, path, "2027", DAY)
    assert turned(till)
    with pytest.raises(BadFile) as refused:
        import_insured_list(till.doors, manager, path, "2026", DAY - timedelta(days=1))
    assert refused.value.params["why"] == "insured.older_list"
    import_insured_list(till.doors, manager, path, "2027-b", DAY)  # of the same day it may be


CODES = st.sampled_from(["X1", "X2", "X3", "X4"])
DRUGS = st.lists(
    st.builds(
        Medicine,
        id=st.uuids().map(str), display_name=st.just("练习药"),
        national_code=CODES | st.just(""), insurance_class=st.sampled_from(["A", "B", "C", ""]),
    ),
    max_size=6,
    unique_by=lambda one: one.id,
)  # fmt: skip
LISTED = st.dictionaries(CODES, st.sampled_from(["A", "B"]), max_size=4)


@pytest.mark.rule("LN-5.2b")
@given(DRUGS, LISTED)
def test_after_a_whole_list_a_drug_is_insured_exactly_where_it_stands_in_it(
    drugs: list[Medicine], listed: dict[str, str]
) -> None:
    rows = {code: Listed(code, kind) for code, kind in listed.items()}
    after = {one.id: one.insurance_class for one in drugs}
    for change in changes_of(drugs, rows, whole=True):
        assert change.before != change.after
        after[change.medicine_id] = change.after
    for drug in drugs:
        told = listed.get(drug.national_code, "") if drug.national_code else ""
        assert (after[drug.id] if after[drug.id] in ("A", "B") else "") == told
    # Said again it changes nothing.
    now = [replace(one, insurance_class=after[one.id]) for one in drugs]
    assert changes_of(now, rows, whole=True) == []


@pytest.mark.rule("LN-5.2b")
def test_two_versions_of_the_same_rows_and_one_that_lost_its_rows(
    till: PracticeTill, tmp_path: Path
) -> None:
    """A list without rows would turn every drug out of the insurance."""
    manager, drug = a_manager(till), till.medicine("P0001")
    path = a_file(tmp_path, *dict.fromkeys(whole(till, drug)))
    for version in ("2027", "2027-b"):
        import_insured_list(till.doors, manager, path, version, DAY)
    assert {one.id for one in turned(till)} >= {drug.id}
    with till.doors.uow() as uow:
        assert [one.applied_at is not None for one in plans_in(uow)] == [True, True]
    import_insured_list(till.doors, manager, path, "2028", DAY)
    with till.doors.uow() as uow:
        (key,) = _keys(uow, "2028")
        uow.settings.put(key, "[]")
        uow.commit()
    assert turned(till) == []
    with till.doors.uow() as uow:
        (lost,) = [one for one in plans_in(uow) if one.version == "2028"]
    assert lost.applied_at is None and till.find(insurance_class="A")


def one_new(till: PracticeTill, manager: Operator, folder: Path, no: int, day: date) -> None:
    head = "国家医保编码,医保类别,先行自付,药品名称,变动"
    path = a_file(folder, f"XLX77A{no:017d},乙类,0.1,练习新药,新增", head=head)
    import_insured_list(till.doors, manager, path, f"v{no}", day)


@pytest.mark.rule("LN-5.2b")
def test_a_slip_names_the_list_that_its_part_went_by_whenever_it_is_printed(
    till: PracticeTill, tmp_path: Path
) -> None:
    manager = a_manager(till)
    one_new(till, manager, tmp_path, 1, DAY)
    unlisted = a_sale(till)
    turned(till)
    first = a_sale(till)
    one_new(till, manager, tmp_path, 2, TOMORROW)
    before = a_sale(till)
    till.clock.set(till.clock.now() + timedelta(days=1))
    open_the_day(till.doors)
    turned(till)
    after = a_sale(till)
    one_new(till, manager, tmp_path, 3, DAY + timedelta(days=1))  # read late, of a day that began
    till.clock.advance(60)
    turned(till)
    told = {"v1": (first, before), "v2": (after,), "": (unlisted,), "v3": (a_sale(till),)}
    for version, sales in told.items():
        for sale_id in sales:
            slip = receipt(till.doors, sale_id)
            assert [one.catalogue for one in slip.settlements] == [version]
            for copy in (1, 2):
                rows = paper(slip, Document.SETTLEMENT, copy, say=say, near_days=0).rows
                named = [row.right for row in rows if row.left == say("slip.catalogue")]
                assert named == ([version] if version else [])
    with till.doors.uow() as uow:  # books of before this was kept beside the plans
        uow.settings.put("insured/versions", "")
        uow.commit()
    assert receipt(till.doors, after).settlements[0].catalogue == "v2"


def a_sale(till: PracticeTill) -> str:
    """One insured drug, settled and paid."""
    sale = till.prescribe(till.basket((till.medicine("P0001"), 1)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    due = till.settle(sale, patient).cash_due
    complete_sale(till.doors, sale.id, cash(due), due, till.operator)
    till.clock.advance(60)
    return sale.id


@pytest.mark.rule("LN-5.2b")
def test_versions_in_force_never_fill_the_list_and_what_waits_does(
    till: PracticeTill, tmp_path: Path
) -> None:
    manager = a_manager(till)
    for no in range(MOST_PLANS + 2):
        one_new(till, manager, tmp_path, no, DAY)
        turned(till)
        till.clock.set(till.clock.now() + timedelta(seconds=1))
    with till.doors.uow() as uow:
        assert [one.version for one in plans_in(uow)] == [f"v{n}" for n in range(MOST_PLANS + 2)]
        assert version_at(uow, till.clock.now()) == f"v{MOST_PLANS + 1}"
    told = {row.plan.version for row in list_rows(till.doors, manager)}
    assert told == {f"v{n}" for n in range(2, MOST_PLANS + 2)}
    for no in range(100, 100 + MOST_PLANS):
        one_new(till, manager, tmp_path, no, TOMORROW)
    with pytest.raises(BadValue):
        one_new(till, manager, tmp_path, 999, TOMORROW)
    one_new(till, manager, tmp_path, 100, TOMORROW)  # read again it takes its own place


def _keys(uow, version: str) -> list[str]:
    from app.use_cases.insured_lists import _rows_key

    return [_rows_key(one) for one in plans_in(uow) if one.version == version]
