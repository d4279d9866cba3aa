"""The shelf from the office, on real books: recalls, ledgers, losses, split packs, minimums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.clock import shop_time
from app.domain.lot_states import LotState
from app.domain.money import Money, Quantity
from app.domain.recall import LockReason, LossReason, RecallLevel, RecallSource
from app.domain.recall_states import RecallEvent, RecallState
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.domain.stock import Lot, MoveKind
from app.errors import BadValue, IllegalTransition, NotAllowed, RuleBroken
from app.use_cases import lots, recalls, shelf_list
from app.use_cases.basket import held_baskets, hold_basket, keep_basket, stopped_in
from app.use_cases.board import board_view
from app.use_cases.complete_sale import complete_sale
from app.use_cases.holidays import load_calendar
from app.use_cases.item_ledger import event_behind, item_ledger
from app.use_cases.losses import LossLine, post_loss
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.shelf_list import Look
from app.use_cases.sign_in import SecondPerson, sign_in
from app.use_cases.split_register import keep_box, split_register
from app.use_cases.wanted_list import note_wanted, wanted_done, wanted_list
from tests.fakes.custody import manager
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.shelves import clear_shelf, put_on_shelf

RECALL = {"level": RecallLevel.ONE, "source": RecallSource.REGULATOR}


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


def drug(till: PracticeTill) -> str:
    """One OTC drug with nothing on the shelf yet."""
    medicine = till.find(sale_class="otc_b")
    clear_shelf(till.doors, medicine.id)
    return medicine.id


def sell(till: PracticeTill, medicine_id: str, how_much: str, code: str = "") -> Sale:
    """Sold for cash at the counter."""
    with till.doors.uow() as uow:
        medicine = uow.medicines.get(medicine_id)
    till.clock.set(till.clock.now() + timedelta(minutes=1))
    sale = till.basket((medicine, 1), traced=not code)
    line = sale.line(1)
    codes = (code,) if code else line.trace_codes
    sale.replace_line(replace(line, quantity=Quantity.of(how_much), trace_codes=codes))
    keep_basket(till.doors, sale)
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    with till.doors.uow() as uow:
        return uow.sales.get(sale.id)


def pharmacist(till: PracticeTill):
    return sign_in(till.doors, "2001", "200200")


@pytest.mark.rule("LN-2.4a")
def test_a_recall_finds_a_box_by_its_code_that_left_as_another_batch(till: PracticeTill) -> None:
    """The books lacked its own batch: the box is still of the batch that is called back."""
    medicine_id = drug(till)
    own = put_on_shelf(till.doors, medicine_id, 1, batch="R9")
    put_on_shelf(till.doors, medicine_id, 5, batch="R8")
    code = "89999990000000009901"
    with till.doors.uow() as uow:
        uow.received.add(own.id, [code], till.clock.now(), "")
        uow.stock.move([replace(uow.shelf.moves(medicine_id, own.id)[0], id="out", kind="loss",
                                quantity=-Quantity.of(1))])  # fmt: skip
        uow.commit()
    sold = sell(till, medicine_id, "1", code)
    assert [pick.batch for pick in sold.lines[0].picks] == ["R8"]
    view = recalls.recall_batch(till.doors, pharmacist(till), "R9", medicine_id, "", "", **RECALL)
    assert [(one.receipt_no, one.quantity, one.kept) for one in view.buyers] == [
        (sold.receipt_no, Quantity.of(1), Quantity.of(1))
    ]


@pytest.mark.rule("LN-2.4a")
def test_a_recall_locks_the_batch_at_once_and_names_who_bought_it(till: PracticeTill) -> None:
    medicine_id = drug(till)
    first = put_on_shelf(till.doors, medicine_id, 5, batch="R1")
    second = put_on_shelf(till.doors, medicine_id, 5, batch="R1")
    sold = sell(till, medicine_id, "1")
    with pytest.raises(NotAllowed):
        recalls.recall_batch(till.doors, till.operator, "R1", medicine_id, "", "", **RECALL)
    view = recalls.recall_batch(
        till.doors,
        pharmacist(till),
        " Ｒ1 ",
        medicine_id,
        "溶出度不合格",
        "召〔2026〕1号",
        **RECALL,
    )
    assert {row.state for row in view.lots} == {LotState.RECALLED}
    assert [(one.receipt_no, one.kept) for one in view.buyers] == [
        (sold.receipt_no, Quantity.of(1))
    ]
    assert sum(row.on_hand.packs() for row in view.lots) == 9
    with till.second_till().doors.uow() as uow:
        assert not uow.lots.get(first.id).sellable_on(shop_time(till.clock.now()).date())
        assert recalls.open_recall(uow, medicine_id, "R1") is not None
        assert recalls.open_recall(uow, "another", "R1") is None
        (later,) = recalls.lock_if_recalled(
            uow, [replace(first, id="later", state=LotState.SALEABLE)]
        )
        assert later.state is LotState.RECALLED
    boss = manager(till)
    with pytest.raises(RuleBroken):
        lots.release_lot(till.doors, boss, second.id)
    with pytest.raises(RuleBroken):
        recalls.recall_batch(till.doors, boss, "R1", medicine_id, "", "", **RECALL)
    with pytest.raises(BadValue):
        recalls.end_recall(till.doors, boss, view.recall.id, RecallEvent.CLOSED, " ")
    ended = recalls.end_recall(till.doors, boss, view.recall.id, RecallEvent.WITHDRAWN, "通知撤回")
    assert ended.recall.state is RecallState.WITHDRAWN
    assert {row.state for row in ended.lots} == {LotState.HELD}
    assert lots.release_lot(till.doors, boss, first.id).state is LotState.SALEABLE
    with pytest.raises(IllegalTransition):
        recalls.end_recall(till.doors, boss, view.recall.id, RecallEvent.CLOSED, "再一次")


@pytest.mark.rule("LN-2.4a")
def test_buyers_are_masked_unless_the_right_is_there_and_the_look_logged(
    till: PracticeTill,
) -> None:
    medicine_id = drug(till)
    put_on_shelf(till.doors, medicine_id, 5, batch="R2")
    sold = sell(till, medicine_id, "1")
    person = till.patient("chronic")
    with till.doors.uow() as uow:
        sale = uow.sales.get(sold.id)
        sale.person_id = person.person_id
        uow.sales.save(sale)
        uow.commit()
    view = recalls.recall_batch(till.doors, pharmacist(till), "R2", medicine_id, "", "", **RECALL)
    assert "*" in view.buyers[0].person
    assert person.person.name not in view.buyers[0].person
    with pytest.raises(NotAllowed):
        recalls.recall_view(till.doors, view.recall.id, till.operator, names=True)
    named = recalls.recall_view(till.doors, view.recall.id, pharmacist(till), names=True)
    assert named.buyers[0].person == person.person.name
    assert person.person.name not in repr(named)
    with till.doors.uow() as uow:
        assert uow.log.tail(1)[0].act == "recall.names_seen"
        assert person.person.name not in uow.log.tail(1)[0].entry


@pytest.mark.rule("LN-2.4a", "HY-1.5.5b")
def test_the_ledger_adds_up_to_the_shelf_and_leads_to_each_event(till: PracticeTill) -> None:
    medicine_id = drug(till)
    lot = put_on_shelf(till.doors, medicine_id, 10, batch="L1")
    sold = sell(till, medicine_id, "2")
    code = sold.line(1).trace_codes[:1]
    view = quote_return(
        till.doors, sold.id, {1: Quantity.of(1)}, code, ReturnReason.QUALITY, till.operator, None
    )
    run_return(till.doors, view.return_id, till.operator, None, lambda _leg: None)
    boss = manager(till)
    lost = LossLine(lot.id, Quantity.of(3), LossReason.BROKEN)
    aside = LossLine(lot.id, Quantity.of(1), LossReason.RETURNED, returned=True)
    paper = post_loss(till.doors, boss, [lost, aside])
    ledger = item_ledger(till.doors, medicine_id, boss, lot_id=lot.id)
    assert ledger.after == ledger.on_hand == Quantity.of(5)
    on_shelf = [row.quantity.ten_thousandths for row in ledger.rows if row.on_shelf]
    assert sum(on_shelf) == ledger.on_hand.ten_thousandths
    off = next(row for row in ledger.rows if row.kind == MoveKind.LOSS)
    event = event_behind(till.doors, off, boss)
    assert (event.title, event.number) == ("loss", paper.document.number)
    of_sale = next(row for row in ledger.rows if row.kind == MoveKind.SALE)
    behind = event_behind(till.doors, of_sale, till.operator)
    assert (behind.title, behind.number) == ("sale", sold.receipt_no)
    figures = shelf_list.shelf_drug(till.doors, medicine_id, boss)
    assert (figures.on_hand, figures.returned) == (Quantity.of(5), Quantity(0))
    tomorrow = shop_time(till.clock.now()).date() + timedelta(days=1)
    later = item_ledger(till.doors, medicine_id, boss, first=tomorrow)
    assert (later.before, later.rows) == (Quantity.of(5), ())
    with pytest.raises(BadValue):
        item_ledger(till.doors, medicine_id, boss, first=tomorrow, last=tomorrow - timedelta(1))


def test_a_loss_is_posted_once_by_who_answers_for_it(till: PracticeTill) -> None:
    medicine_id = drug(till)
    lot = put_on_shelf(till.doors, medicine_id, 100, batch="V1")
    gone = [LossLine(lot.id, Quantity.of(90), LossReason.SPOILED)]
    with pytest.raises(NotAllowed):
        post_loss(till.doors, pharmacist(till), gone)
    boss = manager(till)
    with pytest.raises(RuleBroken) as broken:
        post_loss(till.doors, boss, gone)
    assert broken.value.params["code"] == "LOSS_SECOND"
    view = post_loss(till.doors, boss, gone, second=SecondPerson("2001", "200200"))
    assert (view.second != "", view.document.second_id != boss.staff.id) == (True, True)
    for quantity in (11, 10**9):
        with pytest.raises((RuleBroken, BadValue)):
            post_loss(
                till.doors, boss, [LossLine(lot.id, Quantity.of(quantity), LossReason.OTHER)],
                second=SecondPerson("2001", "200200"),
            )  # fmt: skip
    with pytest.raises(BadValue):
        post_loss(till.doors, boss, [LossLine(lot.id, Quantity(-1), LossReason.OTHER)])
    assert shelf_list.shelf_drug(till.doors, medicine_id, boss).on_hand == Quantity.of(10)


@pytest.mark.rule("SJZ-2.1")
def test_what_wants_a_look_is_marked_and_costs_are_not_for_everybody(till: PracticeTill) -> None:
    medicine_id = drug(till)
    lot: Lot = put_on_shelf(till.doors, medicine_id, 4, batch="N1", days=20)
    put_on_shelf(till.doors, medicine_id, 3, batch="E1", days=-1)
    shelf_list.set_minimum(till.doors, medicine_id, Quantity.of(9), pharmacist(till))
    lots.hold_lot(till.doors, pharmacist(till), lot.id, LockReason.APPEARANCE)
    view = shelf_list.shelf_list(till.doors, manager(till))
    row = next(each for each in view.drugs if each.medicine_id == medicine_id)
    assert row.missing == Quantity.of(9)
    board = board_view(till.doors, manager(till), load_calendar())
    short = next(one for one in board.tiles if one.name == "short")
    assert (short.figure, short.level, short.page) == ("1", "warn", "stock")
    assert row.looks == {Look.NEAR, Look.EXPIRED, Look.LOCKED, Look.SHORT}
    assert [(one.batch, one.level) for one in row.lots] == [("E1", 0), ("N1", 30)]
    assert (view.costs, shelf_list.shelf_list(till.doors, till.operator).costs) == (True, False)
    with till.doors.uow() as uow:
        today = shop_time(till.clock.now()).date()
        wanted = shelf_list.below_minimum(uow, today)
    assert [(one.medicine_id, one.missing) for one in wanted] == [(medicine_id, Quantity.of(9))]
    for bad in ("-1", "0.5", "1000000"):
        with pytest.raises(BadValue):
            shelf_list.set_minimum(till.doors, medicine_id, Quantity.of(bad), pharmacist(till))
    with pytest.raises(NotAllowed):
        shelf_list.set_minimum(till.doors, medicine_id, Quantity.of(1), till.operator)


def test_opened_packs_are_read_from_the_sales(till: PracticeTill) -> None:
    medicine_id = drug(till)
    put_on_shelf(till.doors, medicine_id, 10, batch="S1")
    with till.doors.uow() as uow:
        code = uow.medicines.get(medicine_id).trace_product_code + "0" * 12 + "7"
    first = sell(till, medicine_id, "0.5", code)
    sell(till, medicine_id, "0.25", code)
    (row,) = split_register(till.doors, medicine_id)
    assert (row.batch, row.number, row.left) == ("S1", 1, Quantity.of("0.25"))
    assert row.taken[0].receipt_no == first.receipt_no
    keep_box(till.doors, row.pack_id, "  拆零柜  第二格 ", till.operator)
    (row,) = split_register(till.doors, medicine_id)
    assert (row.place, row.place_by) == ("拆零柜 第二格", till.operator.staff.name)
    for bad in ("", "x" * 61):
        with pytest.raises(BadValue):
            keep_box(till.doors, row.pack_id, bad, till.operator)


@pytest.mark.rule("EZ-6")
def test_what_was_asked_for_is_noted_without_the_person(till: PracticeTill) -> None:
    note_wanted(till.doors, " 练习 缺货药 ", "10片", Quantity.of(2), till.operator)
    (asked,) = wanted_list(till.doors)
    assert (asked.name, asked.quantity) == ("练习 缺货药", Quantity.of(2))
    wanted_done(till.doors, asked.id, till.operator)
    assert wanted_list(till.doors) == []
    with pytest.raises(BadValue):
        note_wanted(till.doors, " ", "", Quantity.of(1), till.operator)


def test_amounts_of_purchases_are_for_those_who_may_see_costs(till: PracticeTill) -> None:
    medicine_id = drug(till)
    lot = put_on_shelf(till.doors, medicine_id, 1, batch="C1")
    with till.doors.uow() as uow:
        (move,) = uow.shelf.moves(medicine_id, lot.id)
        uow.stock.move([replace(move, id="cost", amount=Money.of("9.00"))])
        uow.commit()
    seen = [item_ledger(till.doors, medicine_id, who, lot_id=lot.id).rows[-1].amount
            for who in (till.operator, manager(till))]  # fmt: skip
    assert seen == [None, Money.of("9.00")]


@pytest.mark.rule("LN-2.4a")
def test_a_recall_names_the_baskets_that_hold_some(till: PracticeTill) -> None:
    medicine_id = drug(till)
    put_on_shelf(till.doors, medicine_id, 5, batch="H1")
    with till.doors.uow() as uow:
        medicine = uow.medicines.get(medicine_id)
    aside, served = till.basket((medicine, 2)), till.basket((medicine, 1))
    hold_basket(till.doors, aside, till.operator)
    view = recalls.recall_batch(till.doors, pharmacist(till), "H1", "", "", "", **RECALL)
    held = {one.sale_id: (one.quantity, one.held_at is not None) for one in view.baskets}
    assert held == {aside.id: (Quantity.of(2), True), served.id: (Quantity.of(1), False)}
    (waiting,) = held_baskets(till.doors)
    name = waiting.lines[0].item.name
    assert stopped_in(till.doors, [waiting]) == {aside.id: (name,)}
    assert stopped_in(till.second_till().doors, []) == {}
    with pytest.raises(RuleBroken):
        complete_sale(till.doors, served.id, cash(served.total), served.total, till.operator)
