"""The balance table on every database, and the sums that a till keeps beside its books."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.balance import CodeCount, Flow, Heading, Period, Uploaded, heading_of, together
from app.domain.clock import SHOP_ZONE
from app.domain.money import Money, Quantity
from app.domain.stock import Lot, MoveKind
from app.domain.stock_upload import serial_of
from app.ports import OutboxRow, StockMove
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from tests.fakes.builders import STORE, TILL, a_sale
from tests.fakes.unit_of_work import secrets_for_tests, template

FIRST = date(2026, 7, 1)
PERIOD = Period(FIRST, date(2026, 9, 30))


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHOP_ZONE)


def move(no: int, kind: MoveKind, packs: int, day: date, **more) -> StockMove:
    values = {"medicine_id": "med-000001", "lot_id": "lot-a", "amount": Money(abs(packs) * 1280)}
    return StockMove(
        id=f"m{no:05d}", quantity=Quantity.of(packs), kind=kind, at=at(day), **(values | more)
    )


def book(books, moves):
    with books() as uow:
        uow.stock.move(moves)
        uow.commit()


@pytest.mark.rule("HY-1.5.5b", "LN-2.4a")
def test_a_period_opens_with_what_was_there_and_closes_with_what_is(books):
    day = timedelta(days=1)
    book(books, [
        move(1, MoveKind.OPENING, 10, FIRST - 3 * day, amount=None),
        move(2, MoveKind.BOUGHT, 20, FIRST),
        move(3, MoveKind.SALE, -3, FIRST + day, paid_by="ordinary", sale_id=""),
        move(4, MoveKind.SALE, -4, FIRST + day, paid_by="self_paid"),
        move(5, MoveKind.SALE_UNDO, 3, FIRST + 2 * day, paid_by="ordinary", reverses="m00003"),
        move(6, MoveKind.RETURN_OFF, -1, FIRST + 2 * day),
        move(7, MoveKind.RETURN_BAD, 1, FIRST + 2 * day),
        move(8, MoveKind.COUNT, -2, date(2026, 9, 30), lot_id="lot-b", amount=None),
        move(9, MoveKind.LOSS, -5, date(2026, 10, 1)),
    ])  # fmt: skip
    with books() as uow:
        lots = uow.balances.of_medicine(PERIOD, "med-000001")
        (whole,) = uow.balances.of_store(PERIOD)
        on_hand = uow.stock.on_hand(["med-000001"])["med-000001"]
        (later,) = uow.balances.of_store(Period(date(2026, 10, 1), date(2026, 10, 1)))
    assert [line.lot_id for line in lots] == ["lot-a", "lot-b"]
    assert together("med-000001", lots) == whole
    assert whole.opening == Quantity.of(10)
    assert whole.flow(Heading.SOLD_INSURED) == Flow(Quantity.of(-3), Money(-3 * 1280))
    assert whole.flow(Heading.SOLD_SELF).shown(Heading.SOLD_SELF).quantity == Quantity.of(4)
    assert whole.flow(Heading.RETURNED).quantity == Quantity.of(3)
    assert whole.flow(Heading.SET_ASIDE).quantity == Quantity.of(-1)
    assert whole.unknown == 1
    assert whole.closing == Quantity.of(23) == later.opening
    assert later.closing == Quantity.of(18) == on_hand


@pytest.mark.rule("LN-2.4a")
def test_beside_the_table_stands_what_the_platform_was_told(books):
    moves = [move(no, MoveKind.SALE, -1, FIRST, sale_id="sale-1", line_no=no) for no in (1, 2, 3)]
    # Keys as the uploads make them: a row is found from its movement.
    keys = [serial_of("lot-a", "3505", one.id) for one in moves]
    rows = [OutboxRow(key, "lot/lot-a", "3505", {}, at(FIRST)) for key in keys[:2]]
    with books() as uow:
        uow.sales.add(a_sale("sale-1", 3))
        uow.lots.add([Lot("lot-a", "med-000001", "B1")])
        uow.received.add("lot-a", ["81000010000000000001"], at(FIRST), "doc-1")
        uow.stock.move(moves)
        uow.outbox.add(rows)
        uow.commit()
    with books() as uow:
        told = uow.balances.told(PERIOD, "med-000001")
        open_rows = uow.balances.unsettled(PERIOD)
        codes = uow.balances.codes(PERIOD, "med-000001")
        before = uow.balances.unsettled(Period(date(2026, 1, 1), date(2026, 6, 30)))
    assert told == {Heading.SOLD_SELF: Uploaded(waiting=2, untold=1)}
    assert open_rows == {"med-000001": Uploaded(waiting=2)}
    assert codes == CodeCount(received=1, sold=3)
    assert before == {}


KINDS = st.sampled_from([kind for kind in MoveKind if kind is not MoveKind.RETURN_BAD])
MOVES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 1),
        KINDS,
        st.sampled_from(("", "self_paid", "ordinary")),
        st.integers(-99, 99).filter(bool),
        st.integers(0, 40),
        st.one_of(st.none(), st.integers(0, 10**6)),
    ),
    max_size=40,
)


@pytest.mark.rule("HY-1.5.5b")
@settings(max_examples=30, deadline=None)
@given(MOVES, st.integers(1, 39), st.integers(1, 7), st.integers(0, 40))
def test_the_closing_of_a_period_is_the_opening_of_the_next(rows, cut, slice_of, kept):
    moves = [
        StockMove(
            id=f"m{no}", medicine_id=f"med-{drug}", lot_id=f"lot-{drug}{lot}", kind=kind,
            quantity=Quantity(packs), at=at(FIRST + timedelta(days=day)), paid_by=paid,
            amount=Money(fen) if fen is not None else None,
        )
        for no, (drug, lot, kind, paid, packs, day, fen) in enumerate(rows)
    ]  # fmt: skip
    first = Period(FIRST, FIRST + timedelta(days=cut - 1))
    then = Period(FIRST + timedelta(days=cut), FIRST + timedelta(days=40))
    with TemporaryDirectory() as folder:
        place = Path(folder) / "books.db"
        place.write_bytes(template())
        engine = open_store(place)
        units = make_factory(engine, secrets_for_tests(), STORE, TILL)
        book(units, moves[:kept])
        keep_all(units, slice_of)
        book(units, moves[kept:])  # these come after what is kept
        with units() as uow:
            early, late = uow.balances.of_store(first), uow.balances.of_store(then)
            lots, on_hand = (
                uow.balances.lots_of_store(then),
                uow.stock.on_hand([f"med-{drug}" for drug in range(3)]),
            )
            assert uow.balances.check_sums()
        engine.dispose()
    closing = {line.medicine_id: line.closing for line in early}
    for line in late:
        assert line.opening == closing.get(line.medicine_id, Quantity(0))
        assert line.closing == on_hand[line.medicine_id]
        mine = [each for each in lots if each.medicine_id == line.medicine_id]
        assert replace(together(line.medicine_id, mine)) == line
        assert line.flows == flows_of(moves, line.medicine_id, then)


def flows_of(moves, medicine_id, period):
    """The same by hand."""
    found = {}
    for one in moves:
        if one.medicine_id == medicine_id and period.begins <= one.at < period.ends:
            sign = -1 if one.quantity < Quantity(0) else 1
            money = Money(0) if one.amount is None else Money(sign * one.amount.fen)
            heading = heading_of(one.kind, one.paid_by)
            more = Flow(one.quantity, money, int(one.amount is None))
            found[heading] = found.get(heading, Flow()) + more
    return found


def keep_all(units, limit):
    """Bring the kept sums up to date."""
    while True:
        with units() as uow:
            part = uow.balances.read_part(limit)
        if part is None:
            return
        part.keep()


def test_sums_that_do_not_fit_the_books_are_found_and_gone(sqlite_place):
    engine = open_store(sqlite_place)
    units = make_factory(engine, secrets_for_tests(), STORE, TILL)
    book(units, [move(no, MoveKind.BOUGHT, no, FIRST) for no in range(1, 6)])
    keep_all(units, 2)
    place = sqlite_place.with_suffix(".sums")
    whole = place.read_bytes()

    def closing():
        with units() as uow:
            (line,) = uow.balances.of_store(PERIOD)
            return line.closing

    assert closing() == Quantity.of(15)
    for broken in (whole[:-3], whole.replace(b"m00005", b"m00009"), b"", whole[:40] + whole[48:]):
        place.write_bytes(broken)
        assert closing() == Quantity.of(15)
    # One figure is another: the lengths hold, the checksum does not; it is never built upon.
    spoilt = bytearray(whole)
    spoilt[-200] ^= 1
    place.write_bytes(spoilt)
    with units() as uow:
        assert not uow.balances.check_sums()
    assert not place.exists()
    assert closing() == Quantity.of(15)
    # Changed behind our back in the books themselves: the deep look sums anew.
    keep_all(units, 100)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE stock_move SET quantity = 70000 WHERE id = 'm00002'")
    with units() as uow:
        assert not uow.balances.check_sums()
    assert closing() == Quantity.of(20)
    engine.dispose()
