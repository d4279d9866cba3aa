"""Shift and day over true books: drawer as a sum, blind counts, hand-over, the close of a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.domain.day_close import OpenKind
from app.domain.money import ZERO, Money, Quantity, UnitPrice
from app.domain.returns import ReturnReason
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.sale_states import SaleState
from app.domain.shift import MoveKind, Rounding, ShiftRules
from app.domain.shift_states import ShiftState
from app.domain.staff import Role
from app.errors import BadValue, NotAllowed, ReleaseNeeded, SecondPersonNeeded, SecondWordNeeded
from app.use_cases.basket import hold_basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.day_close import close_day, closed_days, unclosed_days, verify_close
from app.use_cases.day_open_items import open_items
from app.use_cases.return_goods import _own_tenders, quote_return, run_return
from app.use_cases.return_view import own_paid
from app.use_cases.shift import (
    Counted,
    Release,
    close_shift,
    confirm_count,
    current_shift,
    hand_over,
    move_cash,
    open_shift,
    waiting_shifts,
)
from app.use_cases.shift_rules import keep_rules, shift_rules
from app.use_cases.sign_in import SecondPerson, add_staff, sign_in
from tests.fakes.builders import an_item
from tests.fakes.clock import START
from tests.fakes.practice_till import cash, practice_till
from ui.screens.payment.tenders import TenderDraft

MANAGER, CASHIER = SecondPerson("3001", "300300"), SecondPerson("1001", "100100")


@pytest.fixture
def till(tmp_path):
    yield from practice_till(tmp_path)


@pytest.fixture
def manager(till):
    add_staff(till.doors, "3001", "练习店长", Role.MANAGER, "300300", "test")
    return sign_in(till.doors, "3001", "300300")


def sell(till, packs=1, own=None):
    sale = till.basket((till.find(sale_class="otc_b"), packs))
    return sale, complete_sale(till.doors, sale.id, own or cash(sale.total), sale.total,
                               till.operator)  # fmt: skip


def shift_of(till, sale_id):
    with till.doors.uow() as uow:
        return uow.shifts.get(uow.sales.get(sale_id).shift_id)


def test_a_sale_opens_its_shift_by_itself_and_the_float_is_counted_later(till):
    assert current_shift(till.doors) is None
    sale, _ = sell(till)
    shift, known = current_shift(till.doors)
    assert (shift.by_itself, known) == (True, False) and shift_of(till, sale.id) == shift
    opened = open_shift(till.doors, till.operator, Counted.of_pieces({10000: 2, 100: 5}))
    assert opened.id == shift.id and current_shift(till.doors)[1]
    with pytest.raises(BadValue):
        open_shift(till.doors, till.operator, Counted.of_sum(Money.of("1")))
    seen = confirm_count(till.doors, till.operator, shift.id, Counted.of_sum(Money.of("205")))
    assert seen.drawer.expected == Money.of("205") + sale.total


def test_a_return_and_its_remainder_belong_to_the_shift_in_which_the_money_goes_back(till):
    open_shift(till.doors, till.operator, Counted.of_sum(Money.of("100")))
    sale, _ = sell(till, packs=3)
    first = shift_of(till, sale.id)
    confirm_count(till.doors, till.operator, first.id,
                  Counted.of_sum(Money.of("100") + sale.total))  # fmt: skip
    close_shift(till.doors, till.operator, first.id)
    view = quote_return(till.doors, sale.id, {1: Quantity.of(1)}, (), ReturnReason.QUALITY,
                        till.operator, None)  # fmt: skip
    done = run_return(till.doors, view.return_id, till.operator, None, lambda _: None)
    assert done.state == "done"
    second, _ = current_shift(till.doors)
    seen = confirm_count(till.doors, till.operator, second.id, Counted.of_sum(Money(0)))
    assert seen.drawer.cash_back == sale.total
    assert seen.drawer.expected == -done.net_cash
    with till.doors.uow() as uow:
        assert uow.sales.get(sale.id).shift_id == first.id


def test_cash_moves_want_reasons_and_from_the_limit_on_two_people(till, manager):
    much, out = Money.of("500"), MoveKind.OUT
    doors = till.doors
    with pytest.raises(BadValue):
        move_cash(doors, till.operator, out, Money.of("5"), "other", " ")
    with pytest.raises(SecondWordNeeded):
        move_cash(doors, till.operator, out, much, "bank")
    with pytest.raises(SecondPersonNeeded):
        move_cash(doors, till.operator, out, much, "bank", second=CASHIER)
    with pytest.raises(NotAllowed):
        move_cash(doors, till.operator, out, much, "bank", second=SecondPerson("2001", "200200"))
    move = move_cash(doors, till.operator, out, much, "bank", second=MANAGER)
    assert (move.second_by, move.signed) == (manager.staff.id, -much)
    move_cash(doors, till.operator, MoveKind.IN, Money.of("20"), "change")


def test_a_difference_above_the_limit_wants_somebody_who_did_not_count(till, manager):
    shift = open_shift(till.doors, till.operator, Counted.of_sum(Money.of("100")))
    seen = confirm_count(till.doors, till.operator, shift.id, Counted.of_sum(Money.of("80")))
    assert seen.over_limit and seen.difference == Money.of("-20")
    for release in (None, Release(" ", MANAGER)):
        with pytest.raises(ReleaseNeeded):
            close_shift(till.doors, till.operator, shift.id, release)
    with pytest.raises(NotAllowed):
        close_shift(till.doors, till.operator, shift.id, Release("少收", CASHIER))
    again = confirm_count(till.doors, manager, shift.id, Counted.of_sum(Money.of("85")))
    assert again.count.no == 2
    with pytest.raises(SecondPersonNeeded):
        close_shift(till.doors, manager, shift.id, Release("少收"))
    confirm_count(till.doors, till.operator, shift.id, Counted.of_sum(Money.of("85")))
    closed = close_shift(till.doors, till.operator, shift.id, Release("练习少收", MANAGER))
    assert (closed.state, closed.released_by) == (ShiftState.CLOSED, manager.staff.id)
    assert close_shift(till.doors, till.operator, shift.id) == closed


def test_hand_over_is_signed_by_both_and_begins_with_what_was_counted(till, manager):
    shift = open_shift(till.doors, till.operator, Counted.of_sum(Money.of("100")))
    held = till.basket((till.find(sale_class="otc_b"), 1))
    hold_basket(till.doors, held, till.operator)
    confirm_count(till.doors, till.operator, shift.id, Counted.of_sum(Money.of("100")))
    with till.doors.uow() as uow:
        assert uow.holds.of_sale(held.id) == []
        assert all(not line.trace_codes for line in uow.sales.get(held.id).lines)
    between, _ = sell(till)
    with pytest.raises(SecondPersonNeeded):
        hand_over(till.doors, shift.id, CASHIER, CASHIER)
    with pytest.raises(NotAllowed):
        hand_over(till.doors, shift.id, MANAGER, CASHIER)
    fresh = hand_over(till.doors, shift.id, CASHIER, SecondPerson("2001", "200200"))
    assert shift_of(till, between.id).id == fresh.id
    taker = sign_in(till.doors, "2001", "200200")
    seen = confirm_count(till.doors, taker, fresh.id, Counted.of_sum(Money.of("100")))
    assert fresh.holder == taker.staff.id
    assert seen.drawer.expected == Money.of("100") + between.total


def test_sales_after_midnight_belong_to_the_evening_and_after_the_turn_to_the_next_day(till):
    till.clock.set(datetime(2026, 11, 22, 15, 50, tzinfo=UTC))  # 23:50 in the shop
    evening, _ = sell(till)
    till.clock.set(till.clock.now() + timedelta(hours=4))
    night, _ = sell(till)
    assert shift_of(till, evening.id) == shift_of(till, night.id)
    till.clock.set(till.clock.now() + timedelta(minutes=10))
    morning, _ = sell(till)
    assert shift_of(till, night.id).state is ShiftState.LEFT
    assert shift_of(till, morning.id).day == date(2026, 11, 23)
    assert [one.day for one in waiting_shifts(till.doors)] == [date(2026, 11, 22)]


def test_a_day_closes_once_chains_and_rolls_open_things_forward(till, manager):
    sold, _ = sell(till)
    held = till.basket((till.find(sale_class="otc_b"), 1))
    hold_basket(till.doors, held, till.operator)
    with pytest.raises(NotAllowed):
        close_day(till.doors, till.operator)
    first = close_day(till.doors, manager)
    assert first.fresh and not close_day(till.doors, manager).fresh
    later, _ = sell(till)
    assert shift_of(till, later.id).day == first.close.day + timedelta(days=1)
    till.clock.set(till.clock.now() + timedelta(days=3))
    assert len(unclosed_days(till.doors)) == 2
    last = close_day(till.doors, manager)
    assert [one.isoformat() for one in last.days] == ["2026-11-23", "2026-11-25"]
    assert [one.no for one in closed_days(till.doors)] == [3, 2, 1]
    assert all(verify_close(till.doors, one.day).good for one in closed_days(till.doors))
    with till.doors.uow() as uow:
        kinds = {item.kind for item in open_items(uow, "x")}
    assert {OpenKind.BASKET, OpenKind.SHIFT, OpenKind.UPLOAD} <= kinds
    waiting = waiting_shifts(till.doors)[0]
    confirm_count(till.doors, till.operator, waiting.id, Counted.of_sum(sold.total))
    close_shift(till.doors, till.operator, waiting.id)
    assert verify_close(till.doors, first.close.day).good
    with till.engine.begin() as connection:
        connection.execute(text("UPDATE tender SET amount = amount + 1 WHERE kind = 'cash'"))
    assert not verify_close(till.doors, first.close.day).books_agree


def test_rounding_is_a_line_of_its_own_and_only_of_cash_that_nobody_insures(till, manager):
    total = till.basket((till.find(sale_class="otc_b"), 3)).total
    rules = replace(ShiftRules(), rounding=Rounding.YUAN, turns_at=time(5))
    with pytest.raises(NotAllowed):
        keep_rules(till.doors, till.operator, rules)
    keep_rules(till.doors, manager, rules)
    assert shift_rules(till.doors) == rules
    off = Money(total.fen % 100)
    assert off, "the practice drug has jiao"
    own = (*cash(total - off), Tender(TenderKind.ROUNDING, off))
    for wrong in (
        (*cash(total - Money(1)), Tender(TenderKind.ROUNDING, Money(1))),
        (Tender(TenderKind.SCAN_PAY, total - off, "x"), Tender(TenderKind.ROUNDING, off)),
        (*own[:1], Tender(TenderKind.ROUNDING, off - Money(1)),
         Tender(TenderKind.ROUNDING, Money(1))),
    ):  # fmt: skip
        with pytest.raises(BadValue):
            sell(till, 3, wrong)
    sale, slip = sell(till, 3, own)
    assert Money.total(one.amount for one in slip.tenders) == slip.total
    shift, _ = current_shift(till.doors)
    with till.doors.uow() as uow:
        sums = {one.kind: one.amount for one in uow.shifts.tenders([shift.id])}
    assert sums == {"cash": total - off, "rounding": off}
    back = quote_return(till.doors, sale.id, {1: Quantity.of(3)}, (), ReturnReason.QUALITY,
                        till.operator, None)  # fmt: skip
    assert back.net_cash == total - off


@pytest.mark.rule("HY-3.6d")
def test_nothing_is_let_go_of_what_an_insured_customer_pays(till, manager):
    rules = replace(ShiftRules(), rounding=Rounding.YUAN, turns_at=time(5))
    keep_rules(till.doors, manager, rules)
    sale = till.prescribe(till.basket((till.find(sale_class="rx", insurance_class="A"), 2)))
    patient = till.patient("active_met")
    till.quote(sale, patient)
    due = till.settle(sale, patient).cash_due
    off = Money(due.fen % 100)
    assert off, "the personal part has jiao"
    for kind in TenderKind:
        if kind is not TenderKind.CASH and kind is not TenderKind.SCAN_PAY:
            with pytest.raises(BadValue):
                complete_sale(till.doors, sale.id, (*cash(due - off), Tender(kind, off)), due,
                              till.operator)  # fmt: skip
    slip = complete_sale(till.doors, sale.id, cash(due), due, till.operator)
    assert Money.total(one.amount for one in slip.tenders) == slip.total


class PowerCut(BaseException):
    """The machine went: nothing may catch it."""


def cut_at(till, number, *, after):
    """Doors whose n-th commit from now on is the last thing that happens, done or not."""
    seen = []

    def opened():
        uow = units()
        inner = uow.commit

        def commit():
            seen.append(1)
            if len(seen) == number and not after:
                raise PowerCut
            inner()
            if len(seen) == number:
                raise PowerCut

        uow.commit = commit
        return uow

    units = till.doors.uow
    return replace(till.doors, uow=opened)


def an_ending(till, doors, manager):
    """Cash out, count, hand-over with a release, close of the day: every commit of an evening."""
    shift, _ = current_shift(doors)
    move_cash(doors, till.operator, MoveKind.OUT, Money.of("10"), "bank")
    confirm_count(doors, till.operator, shift.id, Counted.of_sum(Money.of("1")))
    hand_over(doors, shift.id, CASHIER, SecondPerson("2001", "200200"), Release("练习", MANAGER))
    close_day(doors, manager)


def test_power_that_goes_at_any_commit_of_an_evening_leaves_nothing_half(till, manager):
    cuts = 0
    for after in (False, True):
        for number in range(1, 30):
            # Each evening a day later: what the one before left open rolls forward.
            till.clock.set(till.clock.now() + timedelta(days=1))
            shift = open_shift(till.doors, till.operator, Counted.of_sum(Money.of("100")))
            try:
                an_ending(till, cut_at(till, number, after=after), manager)
            except PowerCut:
                cuts += 1
                check_whole(till, shift.id)
                close_day(till.doors, manager)
            else:
                break
            check_whole(till, shift.id)
            assert not close_day(till.doors, manager).fresh
            days = closed_days(till.doors)
            assert all(verify_close(till.doors, one.day).good for one in days[:2])
    assert cuts >= 14


def check_whole(till, shift_id):
    """Closed means counted, released and followed; a close holds its shifts or is not there."""
    with till.doors.uow() as uow:
        shift, counts = uow.shifts.get(shift_id), uow.shifts.counts([shift_id])
        closed = shift.state is ShiftState.CLOSED
        assert not closed or (counts and shift.released_by and shift.reason)
        assert (shift.state is ShiftState.COUNTED) <= bool(counts)
        current = uow.shifts.current()
        if closed and current is not None:
            (float_,) = [m for m in uow.shifts.moves([current.id]) if m.kind is MoveKind.FLOAT]
            assert float_.amount == counts[-1].total
        if shift.close_id:
            close = uow.shifts.close(shift.close_id)
            assert close is not None and f'"{shift.number}"' in close.totals


fen = st.integers(1, 40_000)
kept = st.lists(st.integers(0, 9), min_size=1, max_size=4)


@given(st.lists(st.tuples(fen, st.integers(1, 9)), min_size=1, max_size=4),
       st.sampled_from(Rounding), st.integers(0, 100), kept)  # fmt: skip
def test_money_adds_up_for_any_basket_rounding_and_any_returns(lines, rounding, share, keeps):
    sale = Sale("s", "store", "till", START, "staff")
    for number, (price, packs) in enumerate(lines):
        sale.add(an_item(number), UnitPrice.of_money(Money(price)), Quantity.of(packs))
    draft = TenderDraft(sale.total, rounding=rounding.value)
    scan = Money(sale.total.fen * share // 100)
    if scan:
        draft.add_scan_pay(scan, "x")
    given_cash = draft.remaining
    sale.complete(draft.tenders(given_cash), "R", START)
    off = Money.total(t.amount for t in sale.tenders if t.kind is TenderKind.ROUNDING)
    assert ZERO <= off < Money(100) and (off == ZERO or rounding is not Rounding.OFF)
    assert own_paid(sale) + off == sale.total and not (scan == sale.total and off)
    paid, back = own_paid(sale), ZERO
    for many in [*keeps, 0]:
        left = [replace(line, quantity=min(line.quantity, Quantity.of(many)))
                for line in sale.lines]  # fmt: skip
        rest = replace(sale, state=SaleState.OPEN, lines=tuple(x for x in left if x.quantity))
        if rest.lines:
            tenders = _own_tenders(sale, rest.total)
            rest = replace(rest, tenders=())
            rest.complete(tenders, "R", START)
        else:
            rest = replace(rest, tenders=())
        step = own_paid(sale) - own_paid(rest)
        assert step >= ZERO, "nobody pays for bringing something back"
        back, sale = back + step, rest
        if not rest.lines:
            break
    assert back == paid, "over all returns exactly what was paid comes back"


@pytest.mark.parametrize("turns", [time(12), time(4, 0, 1), time(4, tzinfo=UTC)])
def test_a_turn_that_is_no_hour_of_the_night_is_refused(turns):
    with pytest.raises(BadValue):
        ShiftRules(turns_at=turns)


@pytest.mark.parametrize("pieces", [{3: 1}, {100: -1}, {100: 10**6}])
def test_a_count_that_cannot_be_is_refused(pieces):
    with pytest.raises(BadValue):
        Counted.of_pieces(pieces)
