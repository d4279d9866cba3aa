"""Uploads are asked after at the practice platform before anybody takes them as told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.refusals import Remedy
from app.domain.stock_held import Found
from app.domain.upload_states import UploadState
from app.errors import BadValue, IllegalTransition, NotAllowed
from app.ports_outbox import OutboxEntry
from app.use_cases.complete_sale import complete_sale
from app.use_cases.drain_outbox import drain_outbox
from app.use_cases.upload_list import correct_upload, delete_upload, upload_list
from app.use_cases.upload_look import look_after
from app.use_cases.upload_remedies import remedy, say_alike_again
from tests.fakes.held import held_no_more, held_otherwise
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.supply import manager


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path)


def sold(till: PracticeTill, **fault: str) -> OutboxEntry:
    """A sale of two boxes whose upload met a fault."""
    sale = till.basket((till.find(sale_class="otc_b", cold_chain=False), 2))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    till.fault(infno=["3505"], times=1, **fault)
    drain_outbox(till.doors, till.operator)
    return entry(till)


def entry(till: PracticeTill) -> OutboxEntry:
    with till.doors.uow() as uow:
        (found,) = uow.outbox.newest(list(UploadState), 1)
    return found


@pytest.mark.rule("LN-2.4a")
def test_what_is_found_equal_is_confirmed_with_the_answer_as_its_proof(till: PracticeTill) -> None:
    boss, row = manager(till), sold(till, kind="lost_answer")
    assert row.state is UploadState.SENT
    made = look_after(till.doors, row.row.key, boss)
    assert made.found is Found.EQUAL and {"quantity", "price", "codes"} <= {
        one.name for one in made.sides
    }
    after = entry(till)
    assert after.state is UploadState.CONFIRMED and after.settled_at is not None
    with till.platform.state.transaction() as books:
        (held,) = books.all("SELECT serial FROM goods WHERE infno = '3505'")
    # The return that may follow names the platform's own number of the sale.
    assert after.answer["serial"] == held["serial"]
    with pytest.raises(IllegalTransition):
        look_after(till.doors, row.row.key, boss)


def test_what_differs_steps_aside_and_no_repeat_is_taken_for_it(till: PracticeTill) -> None:
    boss, row = manager(till), sold(till, kind="lost_answer")
    held_otherwise(till, sel_retn_cnt="7", manu_lotnum="LX-OTHER")
    made = look_after(till.doors, row.row.key, boss)
    assert [(one.name, one.here, one.there) for one in made.different] == [
        ("quantity", "2", "7"),
        ("batch", entry(till).row.payload["batch"], "LX-OTHER"),
    ]
    (line,) = upload_list(till.doors, "aside").lines
    assert line.remedies == (Remedy.LOOK, Remedy.TAKE, Remedy.LEAVE) and line.looked == replace(
        made, number=""
    )
    for which in (Remedy.AGAIN, Remedy.MAP, Remedy.COUNT):
        with pytest.raises(BadValue):
            remedy(till.doors, row.row.key, which, boss)
    with pytest.raises(BadValue):
        say_alike_again(till.doors, row.row.key, boss)
    with pytest.raises(IllegalTransition):
        correct_upload(till.doors, row.row.key, {"batch": "LX-OTHER"}, boss)
    assert entry(till).state is UploadState.REJECTED
    # Taken all the same, by a person who saw both: it may then be deleted there and said anew.
    remedy(till.doors, row.row.key, Remedy.TAKE, boss, "")
    (line,) = upload_list(till.doors, "done").lines
    assert {"delete"} <= line.may


def test_what_is_not_there_goes_again_and_nobody_takes_it_as_told(till: PracticeTill) -> None:
    boss, row = manager(till), sold(till, kind="refused", text="FSI-批次流水号重复上传")
    with pytest.raises(BadValue):
        remedy(till.doors, row.row.key, Remedy.TAKE, boss, "")
    (line,) = upload_list(till.doors, "aside").lines
    assert line.remedies[0] is Remedy.LOOK and Remedy.TAKE not in line.remedies
    assert look_after(till.doors, row.row.key, boss).found is Found.MISSING
    (line,) = upload_list(till.doors, "aside").lines
    assert line.remedies[0] is Remedy.AGAIN and Remedy.TAKE not in line.remedies
    remedy(till.doors, row.row.key, Remedy.AGAIN, boss)
    assert drain_outbox(till.doors, till.operator).confirmed == 1


def test_a_second_refusal_as_repeated_proves_nothing(till: PracticeTill) -> None:
    boss, row = manager(till), sold(till, kind="lost_answer")
    held_no_more(till)
    till.fault(kind="refused", infno=["3505"], text="重复", times=2)
    till.clock.set(till.clock.now().replace(hour=5))
    # Its first sending had no answer: the words are believed.
    assert drain_outbox(till.doors, till.operator).confirmed == 1
    other = sold(till, kind="refused", text="重复")
    remedy(till.doors, other.row.key, Remedy.AGAIN, boss)
    drain_outbox(till.doors, till.operator)
    assert (row.row.key, entry(till).state) != (other.row.key, UploadState.CONFIRMED)
    assert entry(till).state is UploadState.REJECTED


def test_a_repeat_after_a_refusal_or_of_a_code_is_not_believed(till: PracticeTill) -> None:
    boss, row = manager(till), sold(till, kind="refused", text="FSI-数量大于库存")
    remedy(till.doors, row.row.key, Remedy.AGAIN, boss)
    till.fault(kind="refused", infno=["3505"], text="重复", times=1)
    drain_outbox(till.doors, till.operator)
    assert entry(till).state is UploadState.REJECTED, "what was refused is not held"
    remedy(till.doors, row.row.key, Remedy.LEAVE, boss, "练习")
    coded = sold(till, kind="not_arrived")
    assert coded.state is UploadState.SENT
    till.fault(kind="refused", infno=["3505"], text="FSI-追溯码[drug_trac_codg]重复", times=1)
    till.clock.set(till.clock.now() + timedelta(hours=1))
    drain_outbox(till.doors, till.operator)
    assert entry(till).state is UploadState.REJECTED, "the code was heard of, not the row"


def test_a_deletion_that_a_person_saw_carried_out_ends_the_row(till: PracticeTill) -> None:
    boss, row = manager(till), sold(till, kind="refused", text="看不懂的话")
    remedy(till.doors, row.row.key, Remedy.AGAIN, boss)
    drain_outbox(till.doors, till.operator)
    asking = delete_upload(till.doors, row.row.key, "练习", boss)
    till.fault(kind="refused", infno=["3507"], text="看不懂的话", times=1)
    drain_outbox(till.doors, till.operator)
    remedy(till.doors, asking, Remedy.TAKE, boss, "在门户看到已删")
    with till.doors.uow() as uow:
        held = uow.outbox.many([row.row.key, asking])
    assert held[asking].state is UploadState.CONFIRMED
    assert held[row.row.key].state is UploadState.DELETED
    (line,) = [one for one in upload_list(till.doors, "done").lines if one.key == row.row.key]
    assert "correct" in line.may, "it may be said anew"


def test_a_deletion_that_is_left_may_be_asked_for_anew(till: PracticeTill) -> None:
    boss, row = manager(till), sold(till, kind="not_arrived")
    till.clock.set(till.clock.now() + timedelta(hours=1))
    drain_outbox(till.doors, till.operator)
    first = delete_upload(till.doors, row.row.key, "练习", boss)
    till.fault(kind="refused", infno=["3507"], text="未开通", times=1)
    drain_outbox(till.doors, till.operator)
    with pytest.raises(IllegalTransition):
        delete_upload(till.doors, row.row.key, "练习", boss)
    remedy(till.doors, first, Remedy.LEAVE, boss, "练习：没有开通")
    again = delete_upload(till.doors, row.row.key, "练习", boss)
    assert drain_outbox(till.doors, till.operator).confirmed == 1
    with till.doors.uow() as uow:
        held = uow.outbox.many([row.row.key, first, again])
    assert [held[key].state for key in (row.row.key, first, again)] == [
        UploadState.DELETED, UploadState.LEFT, UploadState.CONFIRMED,
    ]  # fmt: skip


def test_no_answer_changes_nothing_and_a_refusal_leaves_it_to_a_person(till: PracticeTill) -> None:
    boss, row = manager(till), sold(till, kind="refused", text="看不懂的话")
    before = entry(till)
    for kind in ("not_arrived", "torn", "html"):
        till.fault(kind=kind, infno=["3511"], times=1)
        assert look_after(till.doors, row.row.key, boss).found is Found.SILENT
    assert entry(till) == before
    till.fault(kind="refused", infno=["3511"], text="未开通", times=1)
    assert look_after(till.doors, row.row.key, boss).text == "未开通"
    remedy(till.doors, row.row.key, Remedy.TAKE, boss, "")
    assert entry(till).state is UploadState.CONFIRMED


def test_what_the_cause_does_not_ask_is_refused_below_the_screen_too(till: PracticeTill) -> None:
    boss, row = manager(till), sold(till, kind="refused", text="FSI-数量大于库存")
    (line,) = upload_list(till.doors, "aside").lines
    assert Remedy.LOOK not in line.remedies and "look" not in line.may
    with pytest.raises(BadValue):
        look_after(till.doors, row.row.key, boss)
    assert entry(till) == row


def test_who_may_ask_and_where(till: PracticeTill) -> None:
    boss, row = manager(till), sold(till, kind="refused", text="看不懂的话")
    with pytest.raises(NotAllowed):
        look_after(till.doors, row.row.key, till.operator)
    plain = replace(till.doors, profile=replace(till.doors.profile, stock_queries=()))
    with pytest.raises(BadValue):
        look_after(plain, row.row.key, boss)
    (line,) = upload_list(plain, "aside").lines
    assert Remedy.LOOK not in line.remedies and Remedy.TAKE in line.remedies
