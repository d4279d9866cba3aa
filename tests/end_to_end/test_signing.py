"""A customer signs on a pad: the trace is kept sealed, the shop's copy printed on demand only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.evidence import EvidenceKind
from app.domain.print_job import Document
from app.domain.print_states import PrintState
from app.domain.sale import Sale
from app.domain.signature import PenPoint, PenTrace, trace_text
from app.domain.staff import Role, Staff
from app.errors import BadValue, NotAllowed, NotFound
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.payment import payment
from app.use_cases.sign_slip import (
    keep_signature,
    owe_shop_copy,
    signature_of,
    take_up_signature,
)
from tests.fakes.practice_till import PracticeTill, cash, practice_till

MANAGER = Operator(Staff("id-3001", "3001", "练习店长", Role.MANAGER))
NAME = PenTrace(700, 200, (tuple(PenPoint(20 + 12 * n, 60, 400, 8 * n) for n in range(30)),))


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    for one in practice_till(tmp_path, "CN-999900"):
        one.doors = replace(one.doors, prints=lambda: True, pad=lambda: True)
        yield one


def _insured(till: PracticeTill) -> Sale:
    sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 1)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    till.settle(sale, patient)
    due = payment(till.doors, sale.id).cash_due
    complete_sale(till.doors, sale.id, cash(due), due, till.operator)
    return sale


def _plain(till: PracticeTill) -> Sale:
    sale = till.basket((till.find(sale_class="otc_b"), 1))
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    return sale


def _papers(till: PracticeTill, sale: Sale) -> list[tuple[Document, int]]:
    with till.doors.uow() as uow:
        waiting = uow.prints.in_state(PrintState.WAITING)
    return [(job.document, job.copy) for job in waiting if job.sale_id == sale.id]


CUSTOMERS = [(Document.SALE, 1), (Document.SETTLEMENT, 1)]


def test_with_a_pad_the_shops_copy_is_not_on_paper(till: PracticeTill) -> None:
    assert _papers(till, _insured(till)) == CUSTOMERS


def test_a_signature_is_kept_and_read_again(till: PracticeTill, tmp_path: Path) -> None:
    sale = _insured(till)
    exhibit = keep_signature(till.doors, sale.id, NAME, till.operator)
    assert signature_of(till.doors, sale.id, MANAGER) == NAME
    with till.doors.uow() as uow:
        assert uow.evidence.of_sale(sale.id) == [exhibit]
    assert exhibit.kind is EvidenceKind.SIGNATURE
    raw = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    assert trace_text(NAME).encode()[:40] not in raw


def test_whoever_looks_at_it_is_in_the_log(till: PracticeTill) -> None:
    sale = _insured(till)
    keep_signature(till.doors, sale.id, NAME, till.operator)
    signature_of(till.doors, sale.id, MANAGER)
    with till.doors.uow() as uow:
        assert [entry.act for entry in uow.log.tail(2)] == ["evidence.seen", "slip.signed"]


def test_a_cashier_sees_no_signature(till: PracticeTill) -> None:
    sale = _insured(till)
    keep_signature(till.doors, sale.id, NAME, till.operator)
    with pytest.raises(NotAllowed):
        signature_of(till.doors, sale.id, till.operator)


def test_a_tap_is_no_signature_and_nothing_is_kept(till: PracticeTill, tmp_path: Path) -> None:
    sale = _insured(till)
    with pytest.raises(BadValue):
        keep_signature(till.doors, sale.id, PenTrace(700, 200), till.operator)
    assert signature_of(till.doors, sale.id, MANAGER) is None
    assert not (tmp_path / "evidence").exists()


def test_a_sale_without_a_settlement_is_not_signed_for(till: PracticeTill) -> None:
    sale = _plain(till)
    with pytest.raises(BadValue):
        keep_signature(till.doors, sale.id, NAME, till.operator)
    with pytest.raises(BadValue):
        owe_shop_copy(till.doors, sale.id)
    with pytest.raises(NotFound):
        keep_signature(till.doors, "no-such-sale", NAME, till.operator)


def test_on_paper_after_all_is_owed_once(till: PracticeTill) -> None:
    sale = _insured(till)
    assert owe_shop_copy(till.doors, sale.id) == 1
    assert owe_shop_copy(till.doors, sale.id) == 0
    assert _papers(till, sale) == [*CUSTOMERS, (Document.SETTLEMENT, 2)]


def test_a_till_that_died_while_a_customer_signed_owes_the_paper(till: PracticeTill) -> None:
    sale = _insured(till)
    assert take_up_signature(till.doors) == 1
    assert take_up_signature(till.doors) == 0
    assert _papers(till, sale) == [*CUSTOMERS, (Document.SETTLEMENT, 2)]


def test_what_is_signed_or_needs_none_owes_nothing_at_the_start(till: PracticeTill) -> None:
    assert take_up_signature(till.doors) == 0
    signed = _insured(till)
    keep_signature(till.doors, signed.id, NAME, till.operator)
    assert take_up_signature(till.doors) == 0
    _plain(till)
    assert take_up_signature(till.doors) == 0


def test_a_till_without_a_pad_prints_both_copies(till: PracticeTill) -> None:
    till.doors = replace(till.doors, pad=lambda: False)
    assert _papers(till, _insured(till)) == [*CUSTOMERS, (Document.SETTLEMENT, 2)]
    assert take_up_signature(till.doors) == 0
