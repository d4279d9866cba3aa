"""Two tills of a store on PostgreSQL at the same moment: nothing collides, nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from app.domain.lot_states import LotEvent, LotState
from app.domain.money import Quantity, UnitPrice
from app.domain.recall import RecallLevel, RecallSource
from app.domain.sale_states import SaleState
from app.domain.staff import Role
from app.domain.stock import Lot
from app.errors import RuleBroken, StoreBusy
from app.use_cases.allocation import secure
from app.use_cases.basket import item_of, keep_basket, open_basket, price_of
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Operator
from app.use_cases.recalls import lock_if_recalled, recall_batch
from app.vault.pins import Argon2Pins
from tests.fakes.builders import a_staff, an_item
from tests.fakes.practice_till import PracticeTill, cash, practice_till
from tests.fakes.shelves import put_on_shelf
from tests.fakes.store_tills import CASHIER, MEANS, two_tills
from ui.bootstrap import Settings, build

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).resolve().parents[2]
MANY = 12


@pytest.fixture
def tills(tmp_path: Path, postgres_books: str) -> Iterator[tuple[PracticeTill, PracticeTill]]:
    for first in practice_till(tmp_path, database=postgres_books):
        yield first, first.second_till()


def at_once(*acts: object) -> list[object]:
    """What each act answers, or the error it ended with; they begin at the same moment."""
    gate = Barrier(len(acts))

    def run(act: object) -> object:
        gate.wait(10)
        try:
            return act()  # type: ignore[operator]
        except RuleBroken as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def sell(till: PracticeTill) -> str:
    """One pack for cash; answers the receipt number."""
    drug = till.find(insurance_class="B", sale_class="otc_b")
    sale = till.basket((drug, 1))
    done = complete_sale(till.doors, sale.id, cash(sale.total), sale.total, till.operator)
    return done.receipt_no


def test_receipts_and_stock_of_two_tills_never_collide(
    tills: tuple[PracticeTill, PracticeTill],
) -> None:
    one, two = tills
    drug = one.find(insurance_class="B", sale_class="otc_b")
    with one.doors.uow() as uow:
        before = uow.stock.on_hand([drug.id])[drug.id]
    told = at_once(*(lambda till=till: [sell(till) for _ in range(MANY)] for till in tills))
    numbers = [number for each in told for number in each]  # type: ignore[attr-defined]
    assert len(set(numbers)) == 2 * MANY
    assert Counter(number.split("-")[0] for number in numbers) == {"01": MANY, "02": MANY}
    with two.doors.uow() as uow:
        after = uow.stock.on_hand([drug.id])[drug.id]
        assert uow.log.verify()[1] == ""
    assert (before - after).packs() == 2 * MANY
    with one.engine.connect() as connection:
        chains = connection.execute(
            text("SELECT chain_id, count(*) FROM act_log WHERE act = 'sale.completed' GROUP BY 1")
        ).all()
    assert {(row[0].split("/")[1], row[1]) for row in chains} == {
        ("till-1", MANY),
        ("till-2", MANY),
    }


@pytest.mark.rule("HY-1.2.3")
def test_a_box_scanned_at_both_tills_is_sold_at_one(
    tills: tuple[PracticeTill, PracticeTill],
) -> None:
    one, _two = tills
    drug = one.find(insurance_class="B", sale_class="otc_b")
    for round_ in range(4):
        code = f"{drug.trace_product_code or '8999999'}{7_000_000 + round_:013d}"
        sales = []
        for till in tills:
            sale = open_basket(till.doors, till.operator)
            sale.add(item_of(drug), price_of(drug), Quantity.of(1), code)
            keep_basket(till.doors, sale)
            sales.append((till, sale))
        told = at_once(
            *(
                lambda till=till, sale=sale: complete_sale(
                    till.doors, sale.id, cash(sale.total), sale.total, till.operator
                )
                for till, sale in sales
            )
        )
        refused = [each for each in told if isinstance(each, RuleBroken)]
        # By the sale that was quicker, or by the basket that was opened first.
        assert len(refused) == 1
        assert refused[0].params["code"] in ("TRACE_DUPLICATE", "TRACE_IN_OTHER_BASKET")
        with one.doors.uow() as uow:
            states = sorted(uow.sales.get(sale.id).state for _till, sale in sales)
        assert states == [SaleState.DONE, SaleState.OPEN]


def test_a_recall_waits_for_the_sale_that_ends_and_the_next_sale_for_the_recall(
    tills: tuple[PracticeTill, PracticeTill],
) -> None:
    """What was looked at is what leaves: nobody locks a lot between the look and the commit."""
    one, two = tills
    item = an_item(990_001, sale_class="otc_b", trace_exempt=True, ephedrine=False)
    lot = put_on_shelf(one.doors, item.medicine_id, 2, batch="BACK")
    sales = []
    for till in tills:
        sale = open_basket(till.doors, till.operator)
        sale.add(item, UnitPrice.of("10"), Quantity.of(1))
        keep_basket(till.doors, sale)
        sales.append(sale)
    with one.doors.uow() as uow:
        assert secure(one.doors, uow, uow.sales.get(sales[0].id)) == {}
        with two.engine.connect() as line, pytest.raises(StoreBusy):
            query = "SELECT id FROM stock_lot WHERE id = :lot FOR NO KEY UPDATE NOWAIT"
            line.execute(text(query), {"lot": lot.id})
    done = complete_sale(one.doors, sales[0].id, cash(sales[0].total), sales[0].total, one.operator)
    assert done.receipt_no
    with two.doors.uow() as uow:
        uow.lots.save(uow.lots.get(lot.id).step(LotEvent.RECALLED, "practice"))
        uow.commit()
    with pytest.raises(RuleBroken) as refused:
        complete_sale(two.doors, sales[1].id, cash(sales[1].total), sales[1].total, two.operator)
    assert refused.value.params["code"] in ("BATCH_LOCKED", "OUT_OF_STOCK")


def test_what_comes_in_while_its_batch_is_recalled_is_locked_too(
    tills: tuple[PracticeTill, PracticeTill],
) -> None:
    one, two = tills
    lot = Lot("lot-called", "990002", "CALLED", expires_on=date(2030, 1, 1),
              received_at=one.clock.now())  # fmt: skip
    boss = Operator(a_staff("3009", role=Role.MANAGER))

    def recall() -> object:
        return recall_batch(two.doors, boss, "CALLED", "", "练习", "", level=RecallLevel.ONE,
                            source=RecallSource.HOLDER)  # fmt: skip

    with ThreadPoolExecutor(1) as pool:
        with one.doors.uow() as uow:
            (kept,) = lock_if_recalled(uow, [lot])
            uow.lots.add([kept])
            under_way = pool.submit(recall)
            with two.engine.connect() as line:
                query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
                while not under_way.done() and not line.execute(query).scalar_one():
                    line.rollback()
            uow.commit()
        under_way.result(20)
    with two.doors.uow() as uow:
        assert uow.lots.get(lot.id).state is LotState.RECALLED


def test_msgids_carry_the_till_and_are_never_the_same(
    tills: tuple[PracticeTill, PracticeTill],
) -> None:
    """The hand clock stands still: every call of both tills falls into one second."""
    at_once(
        *(lambda till=till: [till.patient("active_met") for _ in range(MANY)] for till in tills)
    )
    with tills[0].engine.connect() as connection:
        rows = connection.execute(text("SELECT msgid, till_id FROM platform_request")).all()
    digits = Counter((row.msgid[26:28], row.till_id) for row in rows)
    assert set(digits) == {("01", "till-1"), ("02", "till-2")}
    assert min(digits.values()) >= MANY and len({row.msgid for row in rows}) == len(rows)


# --- a till that dies -----------------------------------------------------------------------------

DYING = """
import os, sys
from pathlib import Path
from app.domain.clock import shop_time
from ui.bootstrap import Settings, build
from ui.homes import Home
opened = build(Settings(Home(Path(sys.argv[1])), practice=False))
with opened.shop.doors.uow() as uow:
    number = uow.numbers.next_receipt("02", "2026-11-22")
    uow.log.append("never.written", "x", opened.shop.now(), {})
    print("inside", flush=True)
    sys.stdin.read()
"""


@pytest.mark.slow
def test_a_till_that_is_killed_inside_an_act_stops_nobody(
    tmp_path: Path, postgres_url: str
) -> None:
    """Slow: another Python starts. Its half act is gone, its place is free, its chain holds."""
    with two_tills(tmp_path, postgres_url) as store:
        one = build(Settings(store.homes[0], practice=False, pins=MEANS.pins))
        try:
            child = subprocess.Popen(
                [sys.executable, "-c", DYING, str(store.homes[1].root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "YAOTAI_KEYS": "file"},
            )
            assert child.stdout is not None and child.stdin is not None
            try:
                assert child.stdout.readline().strip() == "inside"
                operator = one.shop.sign_in(*CASHIER)
                sale = one.shop.open_basket(operator)
                one.shop.keep_basket(sale)
                child.send_signal(signal.SIGKILL)
                child.wait(10)
            finally:
                child.kill()
                child.wait()
                child.stdin.close()
                child.stdout.close()
            one.shop.keep_basket(sale)
            two = build(Settings(store.homes[1], practice=False, pins=Argon2Pins.cheap()))
            try:
                assert two.shop.sign_in(*CASHIER).staff.number == CASHIER[0]
                with two.shop.doors.uow() as uow:
                    assert uow.log.verify()[1] == ""
                    assert "never.written" not in {entry.act for entry in uow.log.tail(50)}
                    assert uow.numbers.next_receipt("02", "2026-11-22").endswith("-0001")
            finally:
                two.close()
        finally:
            one.close()
