"""Whatever happens at counter, shelf and wire: ledger, shelf and the platform's books agree.

Random receivings, openings, sales, returns, counts, losses, goods sent back and papers put right;
lost, doubled, torn and refused answers, a line that is down, and a till that dies at a durable
step, on a whole practice till. Then the line is healthy and the outbox runs empty: for each lot
the sum of its movements, what the shelf page shows and what the platform was told are one figure,
and no row was lost or told twice.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, cast

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.recall import LossReason
from app.domain.returns import ReturnReason
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.settlement_states import SettlementState
from app.domain.stock import NOT_ON_SHELF, Lot, LotStock, MoveKind
from app.domain.stock_document import DocumentKind, StockDocument
from app.domain.stock_upload import item_code, lot_mark
from app.domain.upload_states import UploadState
from app.errors import YaotaiError
from app.ports import StockMove, UnitOfWork
from app.ports_outbox import OutboxEntry
from app.use_cases.basket import abandon_basket, keep_basket
from app.use_cases.complete_sale import complete_sale
from app.use_cases.drain_outbox import drain_outbox, drain_slice
from app.use_cases.losses import LossLine, post_loss
from app.use_cases.payment import payment
from app.use_cases.post_receiving import correct_receiving, post_receiving
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.return_goods import quote_return, run_return
from app.use_cases.send_goods import SendForm, SendLine, send_goods
from app.use_cases.shelf_list import shelf_drug
from app.use_cases.stock_facts import TELLS, Counted
from app.use_cases.stock_moves import book_moves, next_number, owe_counts
from app.use_cases.upload_remedies import say_again
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.shelves import clear_shelf
from tests.fakes.supply import a_line, a_receiving, a_supplier, manager

EXAMPLES = int(os.environ.get("YAOTAI_GOODS_EXAMPLES", "25"))
FORMS = ("3501A", "3502A", "3503A", "3504A", "3505A", "3506A", "3507A")
UPLOADS = ("3501", "3502", "3503", "3504", "3505", "3506")
KINDS = ("not_arrived", "lost_answer", "torn", "twice", "empty", "http_500", "maintenance")
PLANTED = "药师未备案（练习）"
HALF = Quantity.of("0.5")
PATIENT = "active_met"


class Died(BaseException):
    """The power went."""


class Power:
    """Lets the till die at a chosen commit, before or after it is durable."""

    def __init__(self, till: PracticeTill) -> None:
        self._left, self._before = 0, False
        units = till.doors.uow
        object.__setattr__(till.doors, "uow", lambda: self._watched(units()))

    def fail(self, commits: int, before: bool) -> None:
        self._left, self._before = commits, before

    def back(self) -> None:
        self._left = 0

    def _watched(self, uow: UnitOfWork) -> UnitOfWork:
        inner = uow.commit

        def commit() -> None:
            last, self._left = self._left == 1, max(0, self._left - 1)
            if last and self._before:
                raise Died
            inner()
            if last:
                raise Died

        uow.commit = commit  # type: ignore[method-assign]
        return uow


@dataclass
class Tally:
    """What a whole run of the property came to; printed by hand runs."""

    examples: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    deaths: int = 0
    rows: int = 0
    lots: int = 0
    said_twice: int = 0
    """Rows that the platform had already when they were said again."""


class Shop:
    """One till through all examples: each begins with a clean shelf of two drugs."""

    def __init__(self, till: PracticeTill) -> None:
        self.till, self.power, self.tally = till, Power(till), Tally()
        self.drugs = [
            till.find(sale_class="otc_b", cold_chain=False, insurance_class="A"),
            till.find(sale_class="otc_a", cold_chain=False),
        ]
        for one in self.drugs:
            clear_shelf(till.doors, one.id)
        self.supplier = a_supplier(till, *self.drugs)
        self.boss = manager(till)
        self.notes, self.many = 0, False
        self.begin(many=False)

    def begin(self, many: bool) -> None:
        """Whatever the last example left is taken off the shelf, as a shop would."""
        self.many = many
        self.healthy()
        for stock in self.stock():
            self.book(DocumentKind.CORRECTION, MoveKind.CORRECTION, stock.lot, -stock.on_hand)
        self.sales: list[Sale] = []
        self.receivings: list[str] = []
        self.tally.examples += 1

    def stock(self) -> list[LotStock]:
        with self.till.doors.uow() as uow:
            found = uow.lots.stock_of([one.id for one in self.drugs])
        return [stock for lots in found.values() for stock in lots]

    # --- what a shop does -----------------------------------------------------------------------

    def act(self, name: str, which: int, size: int) -> None:
        """One step; what the shop refuses, and a till that dies, leave the books as they are."""
        self.till.clock.set(self.till.clock.now() + timedelta(seconds=3))
        self.tally.steps[name] += 1
        try:
            self.STEPS[name](self, which, size)
        except YaotaiError as error:
            self.tally.refused[f"{name} {error.message_id}"] += 1
        except Died:
            self.tally.deaths += 1
            self.restart()

    def restart(self) -> None:
        self.power.back()
        self.till.doors.sign_numbers.clear()
        self.till.clock.set(self.till.clock.now() + timedelta(seconds=130))
        with suppress(YaotaiError):
            recover_settlements(self.till.doors, self.till.operator)
        for sale in self.till_sales():
            if sale.state is SaleState.OPEN and not sale.replaces:
                with suppress(YaotaiError):
                    abandon_basket(self.till.doors, sale, self.till.operator)

    def till_sales(self) -> list[Sale]:
        with self.till.doors.uow() as uow:
            return uow.sales.unfinished(self.till.doors.shop.till_id)

    def receive(self, which: int, size: int) -> None:
        drug = self.drugs[which % 2]
        self.notes += 1
        line = a_line(drug, str(size), batch=f"LX{which}{self.notes}")
        head = a_receiving(self.till, self.supplier, line, note=f"N{self.notes}", invoice_no="F1")
        post_receiving(self.till.doors, head.id, self.boss)
        self.receivings.append(head.id)

    def open_stock(self, which: int, size: int) -> None:
        day = shop_time(self.till.clock.now()).date()
        lot = Lot(
            id=self.till.doors.ids.new(), medicine_id=self.drugs[which % 2].id,
            batch=f"QC{which}", made_on=day - timedelta(days=90),
            expires_on=day + timedelta(days=500 + which), opening=True,
        )  # fmt: skip
        self.book(DocumentKind.OPENING, MoveKind.OPENING, lot, Quantity.of(size), fresh=True)

    def book(
        self, paper: DocumentKind, kind: MoveKind, lot: Lot, packs: Quantity, fresh: bool = False
    ) -> None:
        doors, now = self.till.doors, self.till.clock.now()
        with doors.uow() as uow:
            document = StockDocument(
                id=doors.ids.new(), kind=paper, number=next_number(doors, uow, paper), at=now,
                staff_id=self.till.operator.staff.id,
            )  # fmt: skip
            uow.documents.add(document)
            if fresh:
                uow.lots.add([lot])
            move = StockMove(
                id=doors.ids.new(), medicine_id=lot.medicine_id, quantity=packs, kind=kind,
                at=now, batch=lot.batch, lot_id=lot.id, document_id=document.id,
            )  # fmt: skip
            book_moves(doors, uow, [move])
            uow.commit()

    def count(self, which: int, size: int) -> None:
        """A stock-take finds more or less than the books say, and tells what it found."""
        stock = self.stock()
        if not stock:
            return
        one, doors = stock[which % len(stock)], self.till.doors
        found = max(one.reserved, one.on_hand + Quantity.of(size - 6))
        with doors.uow() as uow:
            document = StockDocument(
                id=doors.ids.new(), kind=DocumentKind.STOCKTAKE,
                number=next_number(doors, uow, DocumentKind.STOCKTAKE), at=doors.clock.now(),
                staff_id=self.till.operator.staff.id,
            )  # fmt: skip
            uow.documents.add(document)
            if found - one.on_hand:
                move = StockMove(
                    id=doors.ids.new(), medicine_id=one.lot.medicine_id,
                    quantity=found - one.on_hand, kind=MoveKind.COUNT, at=document.at,
                    batch=one.lot.batch, lot_id=one.lot.id, document_id=document.id,
                )  # fmt: skip
                book_moves(doors, uow, [move])
            counted = Counted(one.lot.id, one.lot.medicine_id, found, document.at, document.id)
            owe_counts(doors, uow, [counted])
            uow.commit()

    def lose(self, which: int, size: int) -> None:
        stock = self.stock()
        if stock:
            one = stock[which % len(stock)]
            line = LossLine(one.lot.id, Quantity.of(min(size, 2)), LossReason.BROKEN)
            post_loss(self.till.doors, self.boss, [line])

    def send_back(self, which: int, size: int) -> None:
        stock = [one for one in self.stock() if one.lot.supplier_id]
        if stock:
            line = SendLine(stock[which % len(stock)].lot.id, Quantity.of(min(size, 3)))
            form = SendForm(
                DocumentKind.SUPPLIER_RETURN, self.supplier.id, (line,), reason="agreed"
            )
            send_goods(self.till.doors, form, self.boss)

    def put_right(self, which: int, size: int) -> None:
        if self.receivings:
            wrong = self.receivings[which % len(self.receivings)]
            correct_receiving(self.till.doors, wrong, "练习更正", self.boss)

    def sell(self, which: int, size: int) -> None:
        sale = self.till.basket((self.drugs[which % 2], min(size, 4)))
        if size == 5:
            line = sale.line(1)
            sale.replace_line(replace(line, quantity=HALF, trace_codes=line.trace_codes[:1]))
            keep_basket(self.till.doors, sale)
        self.sales.append(sale)
        complete_sale(self.till.doors, sale.id, cash(sale.total), sale.total, self.till.operator)

    def insure(self, which: int, size: int) -> None:
        sale = self.till.prescribe(self.till.basket((self.drugs[0], min(size, 2))))
        self.sales.append(sale)
        patient = self.till.patient(PATIENT)
        self.till.quote(sale, patient)
        paid = self.till.settle(sale, patient)
        due = paid.cash_due
        complete_sale(self.till.doors, sale.id, cash(due), due, self.till.operator)

    def come_back(self, which: int, size: int) -> None:
        if not self.sales:
            return
        sale = self.sales[which % len(self.sales)]
        doors, operator = self.till.doors, self.till.operator
        with doors.uow() as uow:
            sold = uow.sales.get(sale.id)
            attempts = uow.settlements.of_sale(sale.id)
        insured = any(one.state is SettlementState.SETTLED for one in attempts)
        credential = self.till.credential(PATIENT) if insured else None
        line = sold.lines[0]
        packs = line.quantity if size > 3 or not line.quantity.is_whole() else Quantity.of(1)
        one = quote_return(
            doors, sale.id, {line.no: packs}, (), ReturnReason.QUALITY, operator, credential
        )
        run_return(doors, one.return_id, operator, credential, lambda _leg: None)

    # --- what happens on the wire ---------------------------------------------------------------

    def fault(self, which: int, size: int) -> None:
        self.till.fault(
            kind=KINDS[which % len(KINDS)],
            infno=[infno + ("A" if self.many else "") for infno in UPLOADS] + list(UPLOADS),
            times=1 + size % 3,
        )

    def drain(self, which: int, size: int) -> None:
        for _slice in range(1 + size % 3):
            drain_slice(self.till.doors, self.till.operator)
            self.only_planted()
            self.in_order()

    def in_order(self) -> None:
        """Nothing of a lot was told before an older thing that may be told (a return may wait)."""
        query = text(
            "SELECT older.key FROM outbox older JOIN outbox younger"
            " ON younger.aggregate = older.aggregate AND younger.seq > older.seq"
            " WHERE older.state IN ('pending', 'sent', 'held') AND older.kind <> '3506'"
            " AND younger.state = 'confirmed'"
        )
        with self.till.engine.connect() as connection:
            assert not connection.execute(query).all()

    def refuse(self, which: int, size: int) -> None:
        """The platform says no to a row for no fault of it; a person sends it again later."""
        kinds = [UPLOADS[which % len(UPLOADS)], "3505"]
        infno = [kind + suffix for kind in kinds for suffix in ("", "A")]
        self.till.fault(kind="refused", infno=infno, text=PLANTED, times=1 + size % 2)
        self.drain(which, size)

    def only_planted(self) -> None:
        """Whatever stands aside was refused by the fault: the order of the rows never was."""
        odd = [one for one in self.refused() if PLANTED not in str(one[1])]
        assert not odd, odd

    def storm(self, which: int, size: int) -> None:
        """Something goes wrong on the way of the next message, or the till dies around it."""
        if size % 3 == 0:
            self.power.fail(1 + which % 2, before=which > 3)
        else:
            self.fault(which, size)
        self.drain(which, size)

    def line(self, which: int, size: int) -> None:
        self.till.line_up = which > 1

    def die(self, which: int, size: int) -> None:
        self.power.fail(1 + size // 2, before=bool(which % 2))

    def wait(self, which: int, size: int) -> None:
        self.till.clock.set(self.till.clock.now() + timedelta(seconds=60 * size))

    STEPS: ClassVar[dict[str, Callable[[Shop, int, int], None]]] = {
        "receive": receive, "open": open_stock, "count": count, "lose": lose,
        "send_back": send_back, "put_right": put_right, "sell": sell, "insure": insure,
        "come_back": come_back, "fault": fault, "drain": drain, "refuse": refuse, "storm": storm,
        "line": line, "die": die, "wait": wait,
    }  # fmt: skip

    # --- the next morning -----------------------------------------------------------------------

    def healthy(self) -> None:
        """Faults are over, the line is up, what was cut off is finished, the outbox runs empty."""
        doors, operator = self.till.doors, self.till.operator
        self.power.back()
        self.till.platform.faults.clear()
        self.till.line_up = True
        self.restart()
        self.restart()
        with doors.uow() as uow:
            left = uow.returns.open_items()
        for one in left:
            with suppress(YaotaiError):
                credential = self.till.credential(PATIENT)
                run_return(doors, one.id, operator, credential, lambda _leg: None)
        for sale in self.till_sales():
            if sale.state is SaleState.COMPLETING and not sale.replaces:
                due = payment(doors, sale.id).cash_due
                complete_sale(doors, sale.id, cash(due), due, operator)
        self.run_empty()

    def run_empty(self) -> None:
        """Each pass waits longer than a row rests: a till that is left alone for an hour."""
        for _pass in range(8):
            drain_outbox(self.till.doors, self.till.operator)
            self.only_planted()
            for row in self.aside():
                say_again(self.till.doors, row.row.key, self.boss)
            with self.till.doors.uow() as uow:
                if not uow.outbox.waiting()[0]:
                    return
            self.till.clock.set(self.till.clock.now() + timedelta(seconds=1400))
        raise AssertionError("rows are left that never go")

    def aside(self) -> list[OutboxEntry]:
        with self.till.doors.uow() as uow:
            return uow.outbox.newest([UploadState.REJECTED, UploadState.INCOMPLETE], 100)

    def refused(self) -> list[tuple[str, object]]:
        return [(one.row.kind, one.answer) for one in self.aside()]

    def judge(self) -> None:
        """The three books, lot by lot, and the rows one by one."""
        ledger = self.ledger()
        shown = {
            lot.lot_id: lot.on_hand
            for one in self.drugs
            for lot in shelf_drug(self.till.doors, one.id, self.boss).lots
        }
        told = cast("dict[str, Any]", self.till.books(goods="*"))
        theirs = {(one["item"], one["batch"]): Decimal(one["sum"]) for one in told["batches"]}
        for (medicine_id, lot_id), units in ledger.items():
            item = next(one for one in self.drugs if one.id == medicine_id)
            mine = Quantity(units)
            there = theirs.pop((item_code(item.shop_code, item.id), lot_mark(lot_id)), Decimal(0))
            assert shown.get(lot_id, Quantity(0)) == mine, f"shelf of {lot_id}"
            assert there == Decimal(str(mine)), f"platform of {lot_id}"
            self.tally.lots += 1
        assert not theirs, "lots that nobody has here"
        self.judge_rows(told["serials"])

    def ledger(self) -> dict[tuple[str, str], int]:
        query = text(
            "SELECT medicine_id, lot_id, SUM(quantity) AS units FROM stock_move WHERE kind <> :bad"
            " AND lot_id IN (SELECT DISTINCT substr(aggregate, 5) FROM outbox)"
            " GROUP BY medicine_id, lot_id"
        )
        (bad,) = NOT_ON_SHELF
        with self.till.engine.connect() as connection:
            rows = connection.execute(query, {"bad": bad.value})
            return {(row.medicine_id, row.lot_id): int(row.units) for row in rows}

    def judge_rows(self, serials: list[str]) -> None:
        with self.till.engine.connect() as connection:
            rows = connection.execute(text("SELECT kind, key, state FROM outbox")).all()
            moves = connection.execute(
                text(
                    "SELECT kind, COUNT(*) AS moves FROM stock_move"
                    " WHERE lot_id IN (SELECT DISTINCT substr(aggregate, 5) FROM outbox)"
                    " GROUP BY kind"
                )
            ).all()
        assert {row.state for row in rows} <= {"confirmed"}
        assert sorted(f"{row.kind}/{row.key}" for row in rows) == sorted(serials)
        owed = Counter[str]()
        for row in moves:
            for kind in TELLS.get(row.kind, ()):
                owed[kind] += row.moves
        owed["3501"] += self.counts()
        assert Counter(row.kind for row in rows) == owed
        self.tally.rows = len(rows)
        with self.till.doors.uow() as uow:
            told = uow.outbox.newest([UploadState.CONFIRMED], 1_000_000)
        self.tally.said_twice = sum("重复" in str(one.answer.get("text", "")) for one in told)

    def counts(self) -> int:
        with self.till.engine.connect() as connection:
            query = text("SELECT COUNT(*) FROM stock_document WHERE kind = 'stocktake'")
            return int(connection.execute(query).scalar_one())


WEIGHTS = {
    "receive": 3, "open": 2, "sell": 6, "insure": 2, "come_back": 4, "count": 2, "lose": 2,
    "send_back": 2, "put_right": 1, "fault": 1, "drain": 2, "refuse": 2, "storm": 4, "line": 1,
    "die": 2, "wait": 2,
}  # fmt: skip
LENGTH = 20


def walk_of(seed: int) -> list[tuple[str, int, int]]:
    """A day of a shop; a till lives through all of them, so that none is worth making shorter."""
    dice = random.Random(seed)
    names = dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=LENGTH)
    return [(name, dice.randint(0, 6), dice.randint(1, 12)) for name in names]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with TemporaryDirectory(prefix="yaotai-goods-") as folder:
        for till in practice_till(Path(folder)):
            made = Shop(till)
            yield made
            print("goods agree:", made.tally)


@pytest.mark.rule("LN-2.4a", "HY-1.2.3", "S-27", "LN-4.3b")
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(many=st.booleans(), seed=st.integers(0, 2**32))
def test_ledger_shelf_and_platform_agree(shop: Shop, many: bool, seed: int) -> None:
    forms = FORMS if many else ()
    profile = replace(shop.till.doors.profile, a_versions=forms)
    object.__setattr__(shop.till.doors, "profile", profile)
    shop.begin(many)
    # Something lies there to begin with: an empty shop does little.
    for name, which, size in [("receive", 0, 12), ("receive", 1, 9), *walk_of(seed)]:
        note(f"{name} {which} {size}")
        shop.act(name, which, size)
    shop.healthy()
    shop.judge()
