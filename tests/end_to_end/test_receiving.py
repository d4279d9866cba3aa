"""Goods come in: whole or not at all, from whom they may, cold ones through quarantine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.domain.catalogue import Medicine
from app.domain.evidence import EvidenceKind
from app.domain.lot_states import LotEvent, LotState
from app.domain.money import Quantity
from app.domain.received_states import ReceivedState
from app.domain.receiving import LineFault, Receiving
from app.domain.receiving_states import OrderState, ReceivingState
from app.domain.stock import MoveKind
from app.domain.stock_document import DocumentKind, StockDocument
from app.domain.supplier import Supplier, SupplierKind
from app.domain.supplier_states import SupplierEvent
from app.errors import BadValue, NotAllowed, NotFound, RuleBroken
from app.use_cases.exhibits import look_at
from app.use_cases.goods_files import KINDS, attach_file, files_of
from app.use_cases.goods_paper import goods_paper
from app.use_cases.item_ledger import event_behind, item_ledger
from app.use_cases.orders import keep_order, order_line, send_order
from app.use_cases.post_receiving import correct_receiving, judge_quarantined, post_receiving
from app.use_cases.receiving import begin, drop, keep_head, keep_lines, scan
from app.use_cases.receiving_check import check_receiving
from app.use_cases.send_goods import SendForm, SendLine, send_goods
from app.use_cases.suppliers import (
    SupplierForm,
    approve_supplier,
    keep_supplier,
    stop_supplier,
    supplier_warnings,
)
from tests.fakes.practice_till import START, PracticeTill, practice_till
from tests.fakes.supply import ALL, a_line, a_receiving, a_supplier, manager


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


def drug(till: PracticeTill) -> Medicine:
    return till.find(sale_class="otc_b", cold_chain=False)


def on_hand(till: PracticeTill, one: Medicine) -> Quantity:
    with till.doors.uow() as uow:
        return uow.stock.on_hand([one.id])[one.id]


def whys(faults: tuple[LineFault, ...]) -> list[tuple[int, str, str]]:
    return [(one.no, one.field, one.why) for one in faults]


def rows(till: PracticeTill, kind: str) -> int:
    with till.engine.connect() as connection:
        return int(
            connection.execute(
                text("SELECT COUNT(*) FROM outbox WHERE kind = :kind"), {"kind": kind}
            ).scalar_one()
        )


def refused(till: PracticeTill, head: Receiving) -> list[tuple[int, str, str]]:
    with pytest.raises(RuleBroken) as told:
        post_receiving(till.doors, head.id, manager(till))
    return whys(told.value.findings)  # type: ignore[arg-type]


@pytest.mark.rule("LN-2.4a", "HY-1.5.5a")
def test_a_note_is_posted_whole_with_lots_codes_upload_rows_and_order(till):
    one, boxes = drug(till), tuple(f"8999999{n:013d}" for n in range(1, 4))
    supplier, before, told = a_supplier(till, one), on_hand(till, one), rows(till, "3503")
    order = keep_order(till.doors, supplier.id, [order_line(one.id, "5", "8.50")], manager(till))
    send_order(till.doors, order.id, manager(till))
    with till.doors.uow() as uow:
        order = uow.orders.get(order.id)
    head = begin(till.doors, manager(till), order=order)
    ordered = check_receiving(till.doors, head.id).lines[0]
    assert (ordered.delivered, ordered.cost) == ("5", "8.50")
    typed = replace(a_line(one, "3", boxes), no=1, reject="broken", accepted="2")
    keep_lines(till.doors, head.id, [typed], manager(till))
    assert whys(check_receiving(till.doors, head.id).faults) == [
        (0, "note_no", "note_missing"),
        (1, "codes", "codes_too_many"),
    ]
    keep_head(till.doors, replace(head, note_no="SHTX-1", version=1), manager(till))
    keep_lines(till.doors, head.id, [replace(typed, accepted="", reject="")], manager(till))
    done = post_receiving(till.doors, head.id, manager(till))
    assert done.document.number.startswith("SH")
    assert on_hand(till, one) == before + Quantity.of(3)
    assert rows(till, "3503") == told + 1
    with till.doors.uow() as uow:
        assert uow.orders.get(order.id).state is OrderState.PART_RECEIVED
        assert set(uow.received.lots_of(boxes).values()) == {done.lots[0].id}
        assert uow.lots.of_document(head.id)[0].batch == "LX2611"
    with pytest.raises(BadValue):
        keep_lines(till.doors, head.id, [typed], manager(till))


@pytest.mark.rule("LN-2.3b")
def test_nothing_is_received_from_whom_it_may_not_be(till):
    one = drug(till)
    supplier = a_supplier(till, one)
    head = a_receiving(till, supplier, a_line(one, "2"))
    other = till.find(sale_class="otc_a", cold_chain=False)
    keep_lines(till.doors, head.id, [a_line(other, "2")], manager(till))
    assert refused(till, head) == [(2, "name", "first_product")]
    unknown = begin(till.doors, manager(till))
    keep_lines(till.doors, unknown.id, [a_line(one, "2")], manager(till))
    assert (0, "supplier", "supplier_unknown") in refused(till, unknown)
    stop_supplier(till.doors, supplier.id, SupplierEvent.STOPPED, "停供", manager(till))
    assert (0, "supplier", "supplier_stopped") in refused(till, head)
    again = a_supplier(till, one, name="练习二号医药有限公司")
    late = a_receiving(till, again, a_line(one, "2"))
    till.clock.set(till.clock.now().replace(year=2028, month=11))
    assert [each.days_left for each in supplier_warnings(till.doors)] == [39]
    till.clock.set(till.clock.now().replace(year=2029, month=1))
    assert (0, "supplier", "supplier_expired") in refused(till, late)
    assert on_hand(till, one) == Quantity.of(100)


def test_what_cannot_be_is_refused_line_by_line_and_nothing_is_half_posted(till):
    one = drug(till)
    supplier = a_supplier(till, one)
    wrong = (
        a_line(one, "-1"),
        a_line(one, "1000000000"),
        a_line(one, "2", batch=" ", made="2027-01-01"),
        a_line(one, "2", made="2026-06-01", expires="2026-05-31"),
        a_line(one, "2", expires="2026-02-30"),
        a_line(one, "2", accepted="1"),
        a_line(one, "2", gift=True),
        a_line(one, "2", cost="", ticks=("look",)),
        replace(a_line(one, "2"), medicine_id=""),
        a_line(one, "2"),
    )
    head = a_receiving(till, supplier, *wrong, note_total="1.00", note_packs="99")
    assert refused(till, head) == [
        (0, "note_total", "totals_differ"),
        (0, "note_packs", "totals_differ"),
        (1, "delivered", "count_not_positive"),
        (2, "delivered", "count_too_large"),
        (3, "batch", "batch_missing"),
        (3, "made", "made_later"),
        (4, "expires", "expiry_before_made"),
        (4, "expires", "expired"),
        (5, "expires", "no_date"),
        (6, "reject", "reject_reason"),
        (7, "cost", "gift_costs"),
        (8, "cost", "cost_missing"),
        (8, "ticks", "ticks_missing"),
        (9, "name", "unknown_drug"),
    ]
    assert on_hand(till, one) == Quantity.of(100)
    good = a_receiving(till, supplier, a_line(one, "2"), note="N 7")
    post_receiving(till.doors, good.id, manager(till))
    twice = a_receiving(till, supplier, a_line(one, "2"), note="ｎ7")
    assert refused(till, twice) == [(0, "note_no", "note_twice")]
    drop(till.doors, twice.id, manager(till))
    with pytest.raises(NotAllowed):
        post_receiving(till.doors, head.id, till.operator)


@pytest.mark.rule("LN-2.3b")
def test_cold_goods_that_came_warm_wait_in_quarantine_for_the_quality_person(till):
    cold = till.find(cold_chain=True)
    supplier = a_supplier(till, cold)
    head = a_receiving(till, supplier, a_line(cold, "4"))
    assert [why for _, _, why in refused(till, head)] == [
        "temperature_missing", "transport_missing", "departed_missing",
    ]  # fmt: skip
    warm = {"temperature": "11.5", "transport": "truck", "departed": "08:30"}
    head = a_receiving(till, supplier, a_line(cold, "4"), note="N2", **warm)
    done = post_receiving(till.doors, head.id, manager(till))
    lot = done.lots[0]
    assert (lot.state, lot.why, done.quarantined) == (LotState.QUARANTINED, "cold_chain", 1)
    rejected = judge_quarantined(
        till.doors, lot.id, LotEvent.REJECTED, "到货温度 11.5 ℃", manager(till)
    )
    assert rejected.state is LotState.REJECTED
    with till.doors.uow() as uow:
        assert uow.lots.judged(lot.id) == "到货温度 11.5 ℃"
        assert "11.5" not in uow.log.tail(1)[0].entry
    (came,) = item_ledger(till.doors, cold.id, manager(till), lot_id=lot.id).rows
    assert "到货温度 11.5 ℃" in event_behind(till.doors, came, manager(till)).note
    form = SendForm(
        DocumentKind.SUPPLIER_RETURN, supplier.id, (SendLine(lot.id, Quantity.of(4)),), "cold_chain"
    )
    too_many = replace(form, lines=(SendLine(lot.id, Quantity.of(5)),))
    with pytest.raises(BadValue):
        send_goods(till.doors, too_many, manager(till))
    sent = send_goods(till.doors, form, manager(till))
    assert sent.number.startswith("TC")
    with pytest.raises(BadValue):
        send_goods(till.doors, form, manager(till))
    right = {"temperature": "5", "transport": "box", "departed": "2026-11-22 08:30"}
    head = a_receiving(till, supplier, a_line(cold, "4"), note="N3", **right)
    assert post_receiving(till.doors, head.id, manager(till)).quarantined == 0


def a_store(till: PracticeTill) -> Supplier:
    """Another store of the chain: its code is its paper."""
    form = SupplierForm("练习大药房二店", SupplierKind.STORE, "ST-02")
    kept = keep_supplier(till.doors, form, manager(till))
    return approve_supplier(till.doors, kept.id, manager(till))


def document_of(till: PracticeTill, number: str) -> StockDocument:
    with till.doors.uow() as uow:
        found = uow.documents.of_kinds(
            list(DocumentKind), START - timedelta(days=1), till.clock.now() + timedelta(days=1)
        )
    return next(one for one in found if one.number == number)


@pytest.mark.rule("HY-1.5.5a")
def test_goods_come_from_another_store_and_go_there_by_a_transfer_note(till, tmp_path):
    one, store = drug(till), a_store(till)
    code, before = "8999999" + "0" * 12 + "1", on_hand(till, one)
    came = a_receiving(till, store, a_line(one, "3", (code,)), note="DC20261121-0007")
    done = post_receiving(till.doors, came.id, manager(till))
    assert done.document.kind is DocumentKind.TRANSFER_IN
    assert done.document.number.startswith("DR20261122-")
    with till.doors.uow() as uow:
        (move,) = uow.shelf.of_document(came.id)
        assert uow.lots.many([done.lots[0].id])[done.lots[0].id].supplier_id == store.id
    assert (move.kind, on_hand(till, one)) == (MoveKind.TRANSFER_IN, before + Quantity.of(3))

    line = SendLine(done.lots[0].id, Quantity.of(2), codes=(code,))
    form = SendForm(DocumentKind.TRANSFER_OUT, store.id, (line,))
    supplier = a_supplier(till, one)
    with pytest.raises(BadValue):
        send_goods(till.doors, replace(form, party_id=supplier.id), manager(till))
    with pytest.raises(BadValue):
        send_goods(till.doors, replace(form, lines=(replace(line, quantity=Quantity.of(4)),)),
                   manager(till))  # fmt: skip
    sent = send_goods(till.doors, form, manager(till))
    assert sent.number.startswith("DC20261122-") and document_of(till, sent.number) == sent
    assert on_hand(till, one) == before + Quantity.of(1)
    with till.doors.uow() as uow:
        (left,) = uow.shelf.of_document(sent.id)
        assert uow.received.of_codes((code,))[code].state is ReceivedState.TRANSFERRED
    assert (left.kind, left.quantity) == (MoveKind.TRANSFER_OUT, -Quantity.of(2))
    assert goods_paper(till.doors, sent.id).party_code == "ST-02"
    assert goods_paper(till.doors, came.id).note_no == "DC20261121-0007"

    signed = tmp_path / "signed.pdf"
    signed.write_bytes(b"%PDF-1.4 practice")
    kept = attach_file(till.doors, sent.id, EvidenceKind.DELIVERY_NOTE, signed, manager(till))
    assert files_of(till.doors, sent.id) == [kept] and files_of(till.doors, came.id) == []
    with till.doors.uow() as uow:
        assert uow.log.tail(1)[0].act == "goods.paper_kept"


@pytest.mark.rule("HY-1.5.5a")
@pytest.mark.parametrize("kind", KINDS)
def test_note_invoice_payment_and_report_are_sealed_with_their_receiving(till, tmp_path, kind):
    one = drug(till)
    head = a_receiving(till, a_supplier(till, one), a_line(one, "2"))
    file, content = tmp_path / "paper.pdf", b"%PDF-1.4 practice " + kind.value.encode()
    file.write_bytes(content)
    before = attach_file(till.doors, head.id, kind, file, manager(till))
    post_receiving(till.doors, head.id, manager(till))
    after = attach_file(till.doors, head.id, kind, file, manager(till))
    assert [each.id for each in files_of(till.doors, head.id)] == [before.id, after.id]
    assert (after.kind, after.about) == (kind, head.id)
    assert look_at(till.doors, after, manager(till)) == content
    kept = b"".join(each.read_bytes() for each in (tmp_path / "evidence").rglob("*")
                    if each.is_file())  # fmt: skip
    assert content not in kept
    for wrong in (head.id + "x", till.operator.staff.id):
        with pytest.raises(NotFound):
            attach_file(till.doors, wrong, kind, file, manager(till))


@pytest.mark.rule("S-19")
def test_a_scan_finds_the_line_opens_one_and_counts_the_boxes(till):
    one = drug(till)
    supplier = a_supplier(till, one)
    head = a_receiving(till, supplier)
    first = scan(till.doors, head.id, one.trace_product_code + "0000000000001", manager(till))
    assert first.added
    again = scan(till.doors, head.id, one.trace_product_code + "0000000000001", manager(till))
    assert again.why == "receiving.code_twice"
    more = scan(till.doors, head.id, one.trace_product_code + "0000000000002", manager(till))
    assert (more.added, more.line.delivered, len(more.line.boxes)) == (False, "2", 2)
    by_bar = scan(till.doors, head.id, one.barcode, manager(till))
    assert (by_bar.added, by_bar.line.no) == (False, 1)
    assert scan(till.doors, head.id, "8111111" + "0" * 13, manager(till)).line is None


@pytest.mark.rule("LN-2.4a")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.integers(1, 400), st.integers(0, 400), st.integers(1, 99_999), st.booleans()),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_what_is_posted_and_put_right_sums_to_nothing(till, goods):
    one = drug(till)
    with till.doors.uow() as uow:
        supplier = uow.suppliers.by_name("练习医药有限公司")
    supplier = supplier or a_supplier(till, one)
    lines, due, packs = [], 0, 0
    for number, (delivered, kept, fen, gift) in enumerate(goods):
        accepted = min(kept, delivered)
        cost = "" if gift else f"{fen // 100}.{fen % 100:02d}"
        lines.append(
            a_line(
                one,
                str(delivered),
                accepted=str(accepted),
                reject="broken",
                gift=gift,
                cost=cost,
                batch=f"B{number}",
                ticks=ALL,
            )
        )
        packs += accepted
        due += 0 if gift else fen * accepted
    before = on_hand(till, one)
    head = a_receiving(till, supplier, *lines, note="SUM")
    done = post_receiving(till.doors, head.id, manager(till))
    with till.doors.uow() as uow:
        moves = uow.shelf.of_document(done.document.id)
    assert sum(move.amount.fen for move in moves) == due
    assert on_hand(till, one) == before + Quantity.of(packs)
    paper = correct_receiving(till.doors, head.id, "录错", manager(till))
    assert on_hand(till, one) == before
    with till.doors.uow() as uow:
        back = uow.shelf.of_document(paper.id)
        assert sum(move.amount.fen for move in (*moves, *back)) == 0
        assert uow.receivings.get(head.id).state is ReceivingState.CORRECTED
