"""Trace codes from the supplier's file to the counter, through real books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.domain.lot_states import LotState
from app.domain.money import Quantity
from app.domain.quality import NoCodeReason
from app.domain.quality_states import QualityEvent
from app.domain.received_states import ReceivedEvent
from app.domain.sale import Sale
from app.domain.trace import CodeSource
from app.errors import (
    BadFile,
    BadValue,
    IllegalTransition,
    NotAllowed,
    NotSent,
    RuleBroken,
)
from app.use_cases.basket import (
    hold_basket,
    item_of,
    keep_basket,
    open_basket,
    price_of,
    recall_basket,
)
from app.use_cases.checks import check_before_complete
from app.use_cases.code_life import code_life
from app.use_cases.complete_sale import complete_sale
from app.use_cases.free_codes import free_held_codes
from app.use_cases.quality import BY_HAND, Suspect, decide, hold_lot, quality_waiting, suspect
from app.use_cases.sign_in import sign_in
from app.use_cases.trace_check import look_at_code
from app.use_cases.trace_import import take_code_file
from app.use_cases.uncoded import (
    bare_line,
    list_lots,
    say_uncoded,
    take_virtual_codes,
    uncoded_lines,
)
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.shelves import put_on_shelf

PART = "8990060"
"""维C银翘片, over the counter."""


def code(number: int, part: str = PART) -> str:
    return f"{part}{number:013d}"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[PracticeTill]:
    yield from practice_till(tmp_path, "CN-999900")


def boxes(till: PracticeTill, *codes: str, shop_code: str = "P0060") -> Sale:
    """A kept basket of one line whose packs carry these codes."""
    sale = open_basket(till.doors, till.operator)
    medicine = till.medicine(shop_code)
    for each in codes:
        sale.add(item_of(medicine), price_of(medicine), Quantity.of(1), each)
    keep_basket(till.doors, sale)
    return sale


def sell(till: PracticeTill, sale: Sale) -> None:
    complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)


def found(till: PracticeTill, sale: Sale, box: str) -> list[str]:
    look = look_at_code(till.doors, sale, 1, box)
    return [f"{note.code} {note.severity}" for note in look.notes]


def blocked(till: PracticeTill, sale: Sale) -> str:
    """The code that stops the completion of a basket."""
    with till.doors.uow() as uow, pytest.raises(RuleBroken) as told:
        check_before_complete(till.doors, uow, sale)
    return str(told.value.params["code"])


def receive(till: PracticeTill, *codes: str, shop_code: str = "P0060") -> str:
    lot = put_on_shelf(till.doors, till.medicine(shop_code).id, len(codes), batch="B77")
    with till.doors.uow() as uow:
        uow.received.add(lot.id, codes, till.clock.now(), "doc-1", "carton-1")
        uow.commit()
    return lot.id


# --- at the counter ---------------------------------------------------------------------------


@pytest.mark.rule("HY-1.2.3", "S-19")
def test_a_box_in_the_basket_of_another_till_is_named_with_till_and_time(
    till: PracticeTill,
) -> None:
    other = boxes(till.second_till(), code(1))
    mine = boxes(till, code(1))
    (note,) = look_at_code(till.doors, mine, 1, code(1)).notes
    assert (note.code, note.severity) == ("TRACE_IN_OTHER_BASKET", "block")
    assert blocked(till, mine) == "TRACE_IN_OTHER_BASKET"
    with till.doors.uow() as uow:  # of the two the basket that was opened first has the box
        check_before_complete(till.second_till().doors, uow, other)
    hold_basket(till.second_till().doors, other, till.operator)
    (note,) = look_at_code(till.doors, mine, 1, code(1)).notes
    assert note.message_id.startswith("finding.TRACE_IN_OTHER_BASKET_aside")
    assert found(till, mine, code(2)) == []


@pytest.mark.rule("HY-1.2.3", "S-19", "LN-2.4a")
def test_a_box_that_nobody_received_warns_and_one_that_left_stops(till: PracticeTill) -> None:
    receive(till, code(1), code(2))
    sale = boxes(till, code(9))
    assert found(till, sale, code(9)) == ["TRACE_NOT_RECEIVED warn"]
    assert found(till, sale, code(1)) == []
    with till.doors.uow() as uow:
        uow.received.leave([code(2)], ReceivedEvent.RETURNED, till.clock.now(), "doc-2")
        uow.commit()
    assert found(till, sale, code(2)) == ["TRACE_LEFT block"]
    assert blocked(till, boxes(till, code(2))) == "TRACE_LEFT"


@pytest.mark.rule("HY-1.2.3", "S-19")
def test_from_the_packs_day_on_a_box_that_nobody_received_stops(till: PracticeTill) -> None:
    plain = till.doors.policy_on

    def strict(settlement: str, at: object) -> object:
        policy = plain(settlement, at)  # type: ignore[arg-type]
        return replace(policy, trace=replace(policy.trace, received_check_from=date(2026, 1, 1)))

    till.doors = replace(till.doors, policy_on=strict)  # type: ignore[arg-type]
    sale = boxes(till, code(9))
    assert found(till, sale, code(9)) == ["TRACE_NOT_RECEIVED block"]
    assert blocked(till, sale) == "TRACE_NOT_RECEIVED"
    receive(till, code(9))
    with till.doors.uow() as uow:
        check_before_complete(till.doors, uow, sale)


@pytest.mark.rule("LN-4.3b", "HY-1.2.3")
def test_the_code_of_another_drug_stops(till: PracticeTill) -> None:
    foreign = code(1, "8990049")
    sale = boxes(till, foreign)
    assert found(till, sale, foreign) == ["TRACE_MISMATCH block"]
    receive(till, code(3), shop_code="P0049")  # by its receiving, whatever its digits say
    assert found(till, sale, code(3)) == ["TRACE_MISMATCH block"]


@pytest.mark.rule("HY-1.2.3")
def test_a_suspect_box_is_sold_by_no_till_until_it_is_cleared(till: PracticeTill) -> None:
    lot_id = receive(till, code(1))
    sale = boxes(till, code(1))
    case = suspect(till.doors, till.operator, Suspect(BY_HAND, code(1), sale_id=sale.id))
    assert (case.lot_id, case.batch) == (lot_id, "B77")
    again = suspect(till.doors, till.operator, Suspect("TRACE_DUPLICATE", code(1)))
    assert again == case
    assert quality_waiting(till.doors) == 1
    assert blocked(till, boxes(till.second_till(), code(1))) in (
        "TRACE_IN_OTHER_BASKET",
        "TRACE_SUSPECT",
    )
    assert blocked(till, sale) in ("TRACE_IN_OTHER_BASKET", "TRACE_SUSPECT")
    with pytest.raises(NotAllowed):
        decide(till.doors, till.operator, case.id, QualityEvent.EXAMINED, "看过")
    who = sign_in(till.doors, "2001", "200200")
    with pytest.raises(BadValue):
        decide(till.doors, who, case.id, QualityEvent.EXAMINED, " ")
    with pytest.raises(IllegalTransition):
        decide(till.doors, who, case.id, QualityEvent.CLEARED)
    assert hold_lot(till.doors, who, case.id) == "B77"
    with till.doors.uow() as uow:
        assert uow.lots.get(lot_id).state is LotState.HELD
    decide(till.doors, who, case.id, QualityEvent.EXAMINED, "封口完好")
    decide(till.doors, who, case.id, QualityEvent.CLEARED)
    assert quality_waiting(till.doors) == 0
    steps = [step.what for step in code_life(till.doors, code(1)).steps]
    assert steps == ["received", "suspected", "case_examined", "case_cleared"]


# --- without a code ------------------------------------------------------------------------------


@pytest.mark.rule("HY-1.2.3", "S-19")
def test_a_box_without_a_code_says_why_and_the_next_one_of_its_lot_the_same(
    till: PracticeTill,
) -> None:
    sale = boxes(till, "")
    assert bare_line(till.doors, sale, 1).remembered is None
    say_uncoded(till.doors, till.operator, sale, 1, NoCodeReason.UNREADABLE)
    sell(till, sale)
    following = boxes(till, "")
    assert bare_line(till.doors, following, 1).remembered is NoCodeReason.UNREADABLE
    (told,) = uncoded_lines(till.doors)
    assert (told.line.reason, bool(told.receipt)) == (NoCodeReason.UNREADABLE, True)
    with pytest.raises(BadValue):
        say_uncoded(till.doors, till.operator, following, 1, NoCodeReason.OLD_STOCK)
    with pytest.raises(BadValue):
        say_uncoded(till.doors, till.operator, boxes(till, code(1)), 1, NoCodeReason.NO_CODE)


@pytest.mark.rule("HY-1.2.3", "S-19")
def test_an_insured_box_without_a_code_is_settled_from_the_no_code_list_only(
    till: PracticeTill,
) -> None:
    medicine = till.medicine("P0060")
    patient = till.patient("active_met")
    sale = till.prescribe(till.basket((medicine, 1), traced=False))
    notes = [note.code for note in till.quote(sale, patient).notes if note.severity == "block"]
    assert "TRACE_MISSING" in notes
    with till.doors.uow() as uow:
        batch = {pick.batch for pick in uow.sales.get(sale.id).line(1).picks} or {""}
    who = sign_in(till.doors, "2001", "200200")
    with pytest.raises(NotAllowed):
        list_lots(till.doors, till.operator, [(medicine.id, "B1")])
    assert list_lots(till.doors, who, [(medicine.id, each or "旧") for each in batch]) == len(batch)
    if batch == {""}:
        with till.doors.uow() as uow:
            kept = uow.sales.get(sale.id)
        kept.replace_line(replace(kept.line(1), batch="旧"))
        keep_basket(till.doors, kept)
    notes = [note.code for note in till.quote(sale, patient).notes if note.severity == "block"]
    assert "TRACE_MISSING" not in notes


# --- the supplier's file ---


@pytest.mark.rule("S-19", "LN-2.4a")
def test_a_code_file_is_taken_row_by_row_with_reasons(till: PracticeTill, tmp_path: Path) -> None:
    receive(till, code(50))
    sold = boxes(till, code(51))
    sell(till, sold)
    rows = (
        "商品编码,批号,生产日期,有效期至,追溯码,父码",
        f"P0060,B9,2026-01-02,2028-12,{code(1)},{code(90)}",
        f"P0060,B9,2026-01-02,2028-12,{code(2)},{code(90)}",
        f"P0060,B9,2026-01-02,2028-12,{code(90)},{code(99)}",
        f"P0060,B9,2026-01-02,2028-12,{code(3)},{code(99)}",
        f"P0060,B9,2026-01-02,2028-12,{code(1)},{code(90)}",
        "P0060,B9,2026-01-02,2028-12,123,",
        f"P0060,B9,2026-13-02,2028-12,{code(4)},",
        f"P0060,B9,2028-01-02,2027-12,{code(5)},",
        f"P9999,B9,,,{code(6)},",
        f"P0060,B9,,,{code(7, '8990049')},",
        f",B9,,,{code(8, '8111111')},",
        f"P0060,B9,,,{code(50)},",
        f"P0060,B9,,,{code(51)},",
        f"P0060,B9,,,{code(9)},{code(9)}",
    )
    path = tmp_path / "codes.csv"
    path.write_text("\n".join(rows), encoding="gb18030")
    who = sign_in(till.doors, "2001", "200200")
    with pytest.raises(NotAllowed):
        take_code_file(till.doors, till.operator, path)
    looked = take_code_file(till.doors, who, path, keep=False)
    with till.doors.uow() as uow:
        assert uow.received.noticed([code(1)]) == {}
    taken = take_code_file(till.doors, who, path)
    assert (taken.read, taken.boxes, taken.cartons) == (14, 3, 2)
    assert taken.unfit == looked.unfit
    assert [(one.row, one.why.partition(".")[2]) for one in taken.unfit] == [
        (6, "double"),
        (7, "wrong_code"),
        (8, "bad_date"),
        (9, "expiry_first"),
        (10, "unknown_drug"),
        (11, "other_drug"),
        (12, "unknown_product"),
        (13, "on_hand"),
        (14, "sold"),
        (15, "own_carton"),
    ]
    drug = till.medicine("P0060").id
    with till.doors.uow() as uow:
        inside = uow.received.noticed_in(code(99))  # the middle pack inside is unpacked
        assert [one.code for one in inside] == [code(1), code(2), code(3)]
        assert {one.medicine_id for one in inside} == {drug}
        assert inside[0].expires_on == date(2028, 12, 31)
        assert [one.code for one in uow.received.noticed_in(code(90))] == [code(1), code(2)]


def test_a_text_of_bare_codes_is_read_and_garbage_is_not(
    till: PracticeTill, tmp_path: Path
) -> None:
    who = sign_in(till.doors, "2001", "200200")
    path = tmp_path / "codes.txt"
    path.write_text(f"{code(1)}\n\n{code(2)}\n{code(1)}\n", encoding="utf-8")
    taken = take_code_file(till.doors, who, path)
    assert (taken.boxes, [one.row for one in taken.unfit]) == (2, [4])
    path.write_text(f"my code;box\n{code(5)};{code(90)}\n", encoding="utf-8")
    with pytest.raises(BadFile):
        take_code_file(till.doors, who, path)
    mapped = take_code_file(till.doors, who, path, mapping={"code": "My Code", "carton": "box"})
    assert (mapped.boxes, mapped.cartons) == (1, 1)
    for garbage in (b"", b"\x00\x01\x02\xff", b"PK\x03\x04 no workbook"):
        path.write_bytes(garbage)
        with pytest.raises(BadFile):
            take_code_file(till.doors, who, path)
    path.write_text("\n".join(code(n) for n in range(1200)), encoding="utf-8")
    with pytest.raises(BadFile, match="given_up"):
        take_code_file(till.doors, who, path, progress=lambda read: read < 1000)
    with till.doors.uow() as uow:
        assert uow.received.noticed([code(900)]) == {}


# --- at the end of a shift ---


@pytest.mark.rule("HY-1.2.3")
def test_what_a_basket_put_aside_held_is_free_for_the_next_shift(till: PracticeTill) -> None:
    sale = boxes(till, code(1), code(2))
    hold_basket(till.doors, sale, till.operator)
    for number, pin in (("1001", "100100"), ("2001", "200200")):
        # The same cashier again, a pharmacist who steps in: nobody's shift has ended.
        assert free_held_codes(till.doors, sign_in(till.doors, number, pin)) == 0
    till.clock.set(till.clock.now() + timedelta(days=1))
    assert free_held_codes(till.doors, till.operator) == 2
    mine = boxes(till, code(1))
    assert found(till, mine, code(1)) == []
    sell(till, mine)
    held, notes = recall_basket(till.doors, sale.id, till.operator)
    assert [line.trace_codes for line in held.lines] == [()]
    assert "basket.codes_again" in [note.message_id for note in notes]


# --- at a stock-take ---


# --- on paper ---


@pytest.mark.rule("HY-1.2.3")
@pytest.mark.parametrize(("printed", "shown"), [("full", code(1)), ("last_digits", "…000001")])
def test_a_slip_carries_the_codes_as_the_pack_says(
    till: PracticeTill, printed: str, shown: str
) -> None:
    plain = till.doors.policy_on

    def saying(settlement: str, at: object) -> object:
        policy = plain(settlement, at)  # type: ignore[arg-type]
        return replace(policy, trace=replace(policy.trace, printed=printed))

    till.doors = replace(till.doors, policy_on=saying)  # type: ignore[arg-type]
    sale = boxes(till, code(1))
    slip = complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    assert [line.trace_codes for line in slip.lines] == [(shown,)]


@pytest.mark.rule("HY-1.2.3", "S-19")
def test_an_insured_box_without_a_code_takes_a_virtual_one(till: PracticeTill) -> None:
    medicine = till.medicine("P0060")
    patient = till.patient("active_met")
    sale = till.prescribe(till.basket((medicine, 2), traced=False))
    assert bare_line(till.doors, sale, 1).virtual
    codes = take_virtual_codes(till.doors, till.operator, sale, 1)
    assert len(set(codes)) == 2
    with till.doors.uow() as uow:
        known = uow.received.of_codes(codes)
        kept = uow.sales.get(sale.id)
    assert {one.source for one in known.values()} == {CodeSource.VIRTUAL}
    kept.replace_line(replace(kept.line(1), trace_codes=codes))
    keep_basket(till.doors, kept)
    told = [note.code for note in till.quote(kept, patient).notes]
    assert not [each for each in told if each.startswith("TRACE_")]
    with pytest.raises(BadValue):
        take_virtual_codes(till.doors, till.operator, kept, 1)
    till.line_up = False
    other = till.basket((medicine, 1), traced=False)
    with pytest.raises(NotSent):
        take_virtual_codes(till.doors, till.operator, other, 1)
