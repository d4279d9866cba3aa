"""The stock-take over real books: the shop stays open, nothing is lost, nobody approves himself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.staff import Role
from app.domain.stock import MoveKind
from app.domain.stocktake import CountLine, Reason, Stocktake
from app.domain.stocktake_states import SheetState, StocktakeEvent, StocktakeState
from app.errors import (
    BadFile,
    BadValue,
    IllegalTransition,
    NotAllowed,
    SecondPersonNeeded,
)
from app.ports import StockMove
from app.use_cases import stocktake
from app.use_cases.basket import keep_in
from app.use_cases.doors import Operator
from app.use_cases.sign_in import SecondPerson, add_staff
from app.use_cases.stock_moves import book_moves
from app.use_cases.stocktake_count import CountDraft, record, undo_last
from app.use_cases.stocktake_papers import (
    blank_sheet,
    hand_over,
    note_sheet,
    read_form,
    receipt,
    report,
)
from app.use_cases.stocktake_post import post
from app.use_cases.stocktake_read import SheetDone, read_sheet
from app.use_cases.stocktake_view import grid, review
from tests.fakes.practice_till import PracticeTill, practice_till

MINUTES = timedelta(minutes=3)
HEAD = "条目号,行号,货号,批号,区域,货位,实盘数,盘点时间,盘点人工号,生产日期,有效期至"


@dataclass
class Shop:
    """A practice till with the people of a stock-take."""

    till: PracticeTill
    manager: Operator
    first: Operator
    second: Operator

    def wait(self, how_long: timedelta = MINUTES) -> None:
        self.till.clock.set(self.till.clock.now() + how_long)

    def begun(self) -> Stocktake:
        take = stocktake.open_extra(self.till.doors, [], self.manager)
        take = stocktake.begin(self.till.doors, take.id, self.manager)[0]
        self.wait()
        return take

    def lines(self, take: Stocktake) -> list[CountLine]:
        with self.till.doors.uow() as uow:
            return uow.stocktakes.lines(take.id)

    def count(self, take: Stocktake, line: CountLine, packs: int, who: Operator) -> None:
        draft = CountDraft(
            line.medicine_id, line.lot_id, Quantity.of(packs), line.zone, line.position
        )
        record(self.till.doors, take.id, draft, who)

    def move(self, line: CountLine, packs: int) -> None:
        """Goods leave over the counter, or come in."""
        doors = self.till.doors
        if not packs:
            return
        with doors.uow() as uow:
            move = StockMove(
                id=doors.ids.new(), medicine_id=line.medicine_id, quantity=Quantity.of(packs),
                kind=MoveKind.CORRECTION.value, at=doors.clock.now(),
                lot_id=line.lot_id,
            )  # fmt: skip
            book_moves(doors, uow, [move])
            uow.commit()

    def on_hand(self, lot_id: str) -> int:
        """Packs of a lot by SQL, past every class of ours."""
        query = "SELECT sum(quantity) FROM stock_move WHERE lot_id = :lot AND kind <> 'return_bad'"
        with self.till.engine.connect() as books:
            return int(books.execute(text(query), {"lot": lot_id}).scalar_one() or 0) // 10**4

    def approve(self, take: Stocktake) -> Stocktake:
        """Whatever is left as in the books, every difference with a reason, posted."""
        doors = self.till.doors
        for _ in range(2):
            with doors.uow() as uow:
                state = uow.stocktakes.get(take.id).state
            if state is not StocktakeState.REVIEW:
                stocktake.end_counting(doors, take.id, self.manager, with_gaps=True)
        told = review(doors, take.id, self.manager)
        goods = [row.goods for row in told.rows if row.variance]
        stocktake.give_reason(doors, take.id, goods, Reason.LOST, self.manager)
        return post(doors, take.id, self.manager)


def make_shop(folder: Path, database: str = "") -> Iterator[Shop]:
    made = practice_till(folder, database=database)
    till = next(made)
    with till.doors.uow() as uow:
        people = {one.number: Operator(one) for one in uow.staff.all()}
    manager = people.get("3001") or Operator(
        add_staff(till.doors, "3001", "练习店长", Role.MANAGER, "300300", "practice")
    )
    yield Shop(till, manager, people["1001"], people["2001"])
    for _ in made:
        pass


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from make_shop(tmp_path)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop for every example: each has a stock-take of its own."""
    yield from make_shop(tmp_path_factory.mktemp("stocktake"))


Act = tuple[str, int, int, int]
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("count"), st.integers(0, 2), st.integers(0, 200), st.integers(0, 1)),
        st.tuples(st.just("move"), st.integers(0, 2), st.integers(-4, 4), st.just(0)),
        st.tuples(st.just("wait"), st.just(0), st.integers(0, 200), st.just(0)),
    ),
    min_size=3,
    max_size=24,
)


@pytest.mark.rule("HY-1.5.5b")
@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(acts=ACTS)
def test_after_posting_the_books_are_the_count_and_what_moved_later(
    lasting: Shop, acts: list[Act]
) -> None:
    shop = lasting
    take = shop.begun()
    lines = shop.lines(take)[:3]
    before = [shop.on_hand(line.lot_id) for line in lines]
    figures: list[dict[str, int]] = [{}, {}, {}]
    later = [0, 0, 0]
    moved = [0, 0, 0]
    for kind, which, number, who in acts:
        if kind == "count":
            person = (shop.first, shop.second)[who]
            shop.count(take, lines[which], number, person)
            figures[which][person.staff.id] = number
            later[which] = 0
        elif kind == "move":
            shop.wait(timedelta(milliseconds=1))
            shop.move(lines[which], number)
            later[which] += number
            moved[which] += number
        else:
            shop.wait(timedelta(seconds=number))
    shop.wait()
    expected = [
        sum(figures[at].values()) + later[at] if figures[at] else before[at] + moved[at]
        for at in range(3)
    ]
    shop.approve(take)
    assert [shop.on_hand(line.lot_id) for line in lines] == expected


@pytest.mark.rule("HY-1.5.5a", "HY-1.5.5b")
def test_a_posting_waits_for_no_basket_and_the_basket_is_short_from_then_on(shop: Shop) -> None:
    doors, take = shop.till.doors, shop.begun()
    line = shop.lines(take)[0]
    with doors.uow() as uow:
        drug = uow.medicines.get(line.medicine_id)
        packs = next(
            one.on_hand.packs()
            for one in uow.lots.stock_of([drug.id])[drug.id]
            if one.lot.id == line.lot_id
        )
    shop.count(take, line, packs - 1, shop.first)
    sale = shop.till.basket((drug, packs))
    shop.approve(take)
    assert shop.on_hand(line.lot_id) == packs - 1
    with doors.uow() as uow:
        kept = keep_in(doors, uow, uow.sales.get(sale.id))
    assert [one.short.packs() for one in kept.values()] == [1]


@pytest.mark.rule("HY-1.5.5b")
def test_the_quarters_task_opens_by_itself_once_and_is_late_after_the_quarter(shop: Shop) -> None:
    doors = shop.till.doors
    take = stocktake.ensure_task(doors)
    again = stocktake.ensure_task(shop.till.second_till().doors)
    assert take is not None
    assert again is not None
    assert (take.id, take.period, take.due_on) == (again.id, "2026Q4", date(2026, 12, 31))
    assert stocktake.attention(doors) == []
    shop.wait(timedelta(days=32))
    assert [(one.what, one.days_left) for one in stocktake.attention(doors)] == [("count", 7)]
    shop.wait(timedelta(days=10))
    assert [(one.what, one.days_left) for one in stocktake.attention(doors)] == [("count", -3)]
    with pytest.raises(BadValue):
        stocktake.step_aside(doors, take.id, StocktakeEvent.CANCELLED, shop.manager)
    with pytest.raises(NotAllowed):
        stocktake.begin(doors, take.id, shop.first)
    with pytest.raises(NotAllowed):
        review(doors, take.id, shop.first)


@pytest.mark.rule("HY-1.5.5b")
def test_a_great_difference_is_counted_again_by_another_person(shop: Shop) -> None:
    doors, take = shop.till.doors, shop.begun()
    line = shop.lines(take)[0]
    shop.count(take, line, 93, shop.first)
    with pytest.raises(BadValue) as told:
        stocktake.end_counting(doors, take.id, shop.first)
    assert told.value.params["why"] == "gaps"
    take = stocktake.end_counting(doors, take.id, shop.manager, with_gaps=True)
    assert take.state is StocktakeState.RECOUNT
    with pytest.raises(BadValue) as told:
        shop.count(take, line, 93, shop.first)
    assert told.value.params["why"] == "same_person"
    other = shop.lines(take)[1]
    with pytest.raises(BadValue) as told:
        shop.count(take, other, 100, shop.second)
    assert told.value.params["why"] == "not_asked"
    seen = grid(doors, take.id, shop.second).lines
    assert [(one.line.lot_id, one.own, one.asked) for one in seen] == [
        (line.lot_id, None, "differs")
    ]
    shop.count(take, line, 95, shop.second)
    take = stocktake.end_counting(doors, take.id, shop.manager, with_gaps=True)
    (row,) = review(doors, take.id, shop.manager).rows
    assert (row.variance, row.reason) == (Quantity.of(-5), "")
    with pytest.raises(BadValue) as told:
        post(doors, take.id, shop.manager)
    assert told.value.params["why"] == "reasons"
    stocktake.give_reason(doors, take.id, [row.goods], Reason.BROKEN, shop.manager)
    take = post(doors, take.id, shop.manager)
    assert shop.on_hand(line.lot_id) == 95
    with pytest.raises(IllegalTransition):
        post(doors, take.id, shop.manager)
    with shop.till.engine.connect() as books:
        query = "SELECT kind, reason, document_id FROM stock_move WHERE kind = 'count'"
        assert books.execute(text(query)).all() == [("count", "broken", take.document_id)]


@pytest.mark.rule("HY-1.5.5b")
def test_what_moves_in_the_minute_of_its_count_is_counted_once_more(shop: Shop) -> None:
    doors, take = shop.till.doors, shop.begun()
    line, calm = shop.lines(take)[:2]
    shop.count(take, line, 100, shop.first)
    shop.count(take, calm, 100, shop.first)
    shop.wait(timedelta(seconds=20))
    shop.move(line, -1)
    take = stocktake.end_counting(doors, take.id, shop.manager, with_gaps=True)
    asked = grid(doors, take.id, shop.first).lines
    assert [(one.line.lot_id, one.asked, one.closed) for one in asked] == [
        (line.lot_id, "moved", False)
    ]
    shop.wait()
    shop.count(take, line, 99, shop.first)
    shop.wait(timedelta(seconds=1))
    shop.move(line, -1)
    take = stocktake.end_counting(doors, take.id, shop.manager, with_gaps=True)
    assert take.state is StocktakeState.REVIEW, "one more look, not one for ever"
    assert [row for row in review(doors, take.id, shop.manager).rows if row.variance] == []


@pytest.mark.rule("HY-1.5.5b")
def test_a_manager_who_counted_alone_needs_somebody_beside(shop: Shop) -> None:
    doors, take = shop.till.doors, shop.begun()
    line = shop.lines(take)[0]
    shop.count(take, line, 99, shop.manager)
    take = stocktake.end_counting(doors, take.id, shop.manager, with_gaps=True)
    goods = [row.goods for row in review(doors, take.id, shop.manager).rows]
    stocktake.give_reason(doors, take.id, goods, Reason.LOST, shop.manager)
    with pytest.raises(SecondPersonNeeded):
        post(doors, take.id, shop.manager)
    with pytest.raises(SecondPersonNeeded):
        post(doors, take.id, shop.manager, SecondPerson("3001", "300300"))
    take = post(doors, take.id, shop.manager, SecondPerson("2001", "200200"))
    assert (take.posted_by, take.second_by) == (shop.manager.staff.id, shop.second.staff.id)


@pytest.mark.rule("HY-1.5.5b")
def test_counts_of_two_people_are_added_corrected_and_taken_back(shop: Shop) -> None:
    doors, take = shop.till.doors, shop.begun()
    line = shop.lines(take)[0]
    shop.count(take, line, 60, shop.first)
    shop.count(take, line, 39, shop.second)
    shop.wait(timedelta(seconds=1))
    shop.count(take, line, 61, shop.first)
    shop.wait(timedelta(seconds=1))
    shop.count(take, line, 7, shop.second)
    assert undo_last(doors, take.id, shop.second) is not None
    with doors.uow() as uow:
        result = stocktake.tally(doors, uow, uow.stocktakes.get(take.id))
        assert len(uow.stocktakes.entries(take.id)) == 5, "nothing is ever taken out"
    (told,) = result.told
    assert (told.counted, told.variance) == (Quantity.of(100), Quantity(0))
    assert told.counters == {shop.first.staff.id, shop.second.staff.id}


def sheet(shop: Shop, folder: Path, *rows: str) -> Path:
    path = folder / "counted.csv"
    path.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    return path


@pytest.mark.rule("HY-1.5.5b")
def test_a_sheet_is_read_once_and_every_wrong_row_has_its_reason(
    shop: Shop, tmp_path: Path
) -> None:
    doors, take = shop.till.doors, shop.begun()
    line = shop.lines(take)[0]
    with doors.uow() as uow:
        drug, lot = uow.medicines.get(line.medicine_id), uow.lots.get(line.lot_id)
    at = f"{shop_time(shop.till.clock.now()):%Y-%m-%d %H:%M}"
    late = f"{shop_time(shop.till.clock.now() + timedelta(days=1)):%Y-%m-%d %H:%M}"
    good = f"a-1,{line.no},{drug.shop_code},{lot.batch},,,98,{at},1001,,"
    path = sheet(
        shop, tmp_path, good,
        f"a-2,{line.no},,,,,-1,{at},1001,,",
        f"a-3,{line.no},,,,,1000000000,{at},1001,,",
        f"a-4,{line.no},,,,,九十,{at},1001,,",
        f"a-5,,NONE,,,,1,{at},1001,,",
        f"a-6,,{drug.shop_code},X-1,,,1,{at},1001,2026-05-01,2026-04-01",
        f"a-7,{line.no},,,,,1,,1001,,",
        f"a-8,{line.no},,,,,1,{late},1001,,",
        f"a-9,{line.no},,,,,1,{at},9999,,",
        f"a-1,{line.no},,,,,98,{at},1001,,",
        f"a-10,99999,,,,,1,{at},1001,,",
        f"a-11,{line.no},,,,,,,,,",
        f"a-12,{line.no},,,,,1,{at},1001,,,,surplus",
        f"a-13,,{drug.shop_code},{lot.batch},nowhere,,1,{at},1001,,",
        f"a-14,{line.no},{drug.shop_code},OTHER-BATCH,,,1,{at},1001,,",
    )  # fmt: skip
    told = read_sheet(doors, take.id, path, shop.manager)
    assert (told.taken, told.refused_count, told.read) == (0, 13, 14)
    assert [why.partition(".")[2] for _, why in told.refused] == [
        "bad_number", "bad_number", "bad_number", "row_code", "row_dates", "row_time",
        "bad_future", "row_counter", "row_twice", "row_line", "row_columns", "row_zone",
        "row_batch_line",
    ]  # fmt: skip
    with doors.uow() as uow:
        assert uow.stocktakes.entries(take.id) == [], "nothing is half taken in"
    assert read_sheet(doors, take.id, path, shop.manager, partly=True).taken == 1
    assert read_sheet(doors, take.id, path, shop.manager, partly=True) == SheetDone(
        14, 0, 1, told.refused, 13
    )
    shop.wait()
    at = f"{shop_time(shop.till.clock.now()):%Y-%m-%d %H:%M:%S}"
    corrected = sheet(shop, tmp_path, f"a-1,{line.no},,,,,97,{at},1001,,")
    assert read_sheet(doors, take.id, corrected, shop.first).taken == 1
    with doors.uow() as uow:
        (one,) = stocktake.tally(doors, uow, uow.stocktakes.get(take.id)).told
    assert one.counted == Quantity.of(97)
    named_other = sheet(shop, tmp_path, f"b-1,{line.no},,,,,97,{at},1001,,")
    assert read_sheet(doors, take.id, named_other, shop.second).refused == (
        (2, "stocktake.row_counter"),
    )
    path.write_text("nothing,at,all\n1,2,3\n", encoding="utf-8")
    with pytest.raises(BadFile):
        read_sheet(doors, take.id, path, shop.manager)


@pytest.mark.rule("HY-1.5.5b")
@pytest.mark.rule("S-22")
def test_a_sheet_goes_out_comes_back_and_the_centre_gets_its_own(
    shop: Shop, tmp_path: Path
) -> None:
    from app.documents.tables import write_xlsx
    from app.resources import resource

    doors, take = shop.till.doors, shop.begun()
    blank = blank_sheet(doors, take.id, shop.first)
    assert len(blank.rows) == len(shop.lines(take))
    at = f"{shop_time(shop.till.clock.now()):%Y-%m-%d %H:%M}"
    figure, when = blank.headings.index("实盘数"), blank.headings.index("盘点时间")
    expected = [line.expected.plain() for line in shop.lines(take)]
    filled = [
        (*row[:figure], amount, at, *row[when + 1 :])
        for row, amount in zip(blank.rows, expected, strict=True)
    ]
    path = tmp_path / "counted.xlsx"
    write_xlsx(path, "盘点表", blank.headings, filled)
    told = read_sheet(doors, take.id, path, shop.first)
    assert (told.taken, told.refused) == (len(filled), ())
    take = stocktake.end_counting(doors, take.id, shop.first)
    assert take.state is StocktakeState.REVIEW
    with pytest.raises(BadValue):
        report(doors, take.id, read_form(resource("stocktake", "sheet.toml")), shop.manager, str)
    take = post(doors, take.id, shop.manager)
    form = read_form(resource("stocktake", "sheet.toml"))
    made = report(doors, take.id, form, shop.manager, str)
    assert len(made.rows) == len(filled)
    with pytest.raises(IllegalTransition):
        hand_over(doors, take.id, "练习接收人", "mail", shop.manager)
    take, digest = note_sheet(doors, take.id, b"sheet", len(made.rows), shop.manager)
    assert take.sheet_digest == digest
    shop.wait(timedelta(days=45))
    take = hand_over(doors, take.id, "练习接收人", "mail", shop.manager)
    today = shop_time(shop.till.clock.now()).date()
    for number, day in (("", today), ("HZ-1", today - timedelta(days=1)),
                        ("HZ-1", today + timedelta(days=1))):  # fmt: skip
        with pytest.raises(BadValue):
            receipt(doors, take.id, number, day, shop.manager)
    take = receipt(doors, take.id, "HZ-1", today, shop.manager)
    assert (take.sheet, take.receipt_no) == (SheetState.RECEIPTED, "HZ-1")
    with shop.till.engine.connect() as books:
        query = "SELECT count(*) FROM outbox WHERE kind = '3501'"
        assert books.execute(text(query)).scalar_one() == len(filled)


def test_boxes_of_an_unknown_batch_become_a_lot_of_their_own(shop: Shop) -> None:
    doors, take = shop.till.doors, shop.begun()
    line = shop.lines(take)[0]
    draft = CountDraft(line.medicine_id, "", Quantity.of(2), batch="NEW-1",
                       expires_on=date(2028, 1, 31))  # fmt: skip
    record(doors, take.id, draft, shop.first)
    with pytest.raises(BadValue):
        record(doors, take.id, CountDraft(line.medicine_id, "", Quantity.of(2), batch="X",
               made_on=date(2028, 1, 31), expires_on=date(2027, 1, 31)), shop.first)  # fmt: skip
    shop.approve(take)
    with doors.uow() as uow:
        (found,) = uow.lots.of_batch("NEW-1")
    assert (found.expires_on, shop.on_hand(found.id)) == (date(2028, 1, 31), 2)
