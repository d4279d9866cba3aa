"""Budget ``outbox``: sending from a queue of any length, beside bare posts, and beside the till.

A million rows wait behind the ones that are sent; a tenth of them rests or is held by another, so
that a sender that looks at what cannot leave would be seen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, text

from app.domain.clock import micros
from app.domain.money import Quantity, UnitPrice
from app.domain.sale import Tender, TenderKind
from app.domain.stock_upload import SaleTold, StockUpload, UploadKind, serial_of
from app.regions.loader import load_region
from app.resources import resource
from app.storage.engine import fold, open_store
from app.storage.unit_of_work import make_factory
from app.system import SystemClock
from app.use_cases.allocation import allocate
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Doors, Operator
from app.use_cases.drain_outbox import drain_slice
from app.use_cases.outbox_turn import SINGLES
from app.use_cases.stock_moves import outbox_row
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from sync.insurance.client import InsuranceClient
from sync.insurance.field_tables import load_tables
from sync.insurance.profile import Institution
from ui.bench import commit
from ui.bench._outbox_far_end import serve
from ui.bench._outbox_limit import Bare, peers
from ui.bench.far_end import Post, Recording, far_end
from ui.gate import Gate
from ui.practice import credentials_of

FEW, MANY = 1_000, 1_000_000
ROUNDS, PER_ROUND = 6, 500
SALES = 300
RATE, BARE, BESIDE = 0.9, 0.6, 1.5
LINE_SECONDS = 0.01
"""Way and work of a platform in the same town, for the single rows: without any, the bare posts
measure no line but how fast two processes of one machine talk, which is told beside."""
REST_SECONDS = 0.15
"""Between two slices, as the window's sender rests."""
SALE_SECONDS = 0.02
"""Between two sales: a queue of customers faster than any."""
REGION = "CN-999900"
FORMS = ("3501A", "3502A", "3504A", "3505A", "3506A", "3507A")


def run() -> dict[str, object]:
    """Measure on temporary homes; short and long queue, ours and the bare posts take turns."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="yaotai-bench-")))
        url, away = (stack.enter_context(far_end(serve, each)) for each in (0.0, LINE_SECONDS))
        vault, _code = Vault.create(folder / "keys", FileMasterStore(folder / "keys"))
        few, many = (
            stack.enter_context(closing(_Queue(folder / name, vault, url)))
            for name in ("few", "many")
        )
        few.fill(ROUNDS * PER_ROUND, behind=0)
        many.fill(ROUNDS * PER_ROUND, behind=MANY)
        rates = _rates(few, many)
        line = stack.enter_context(closing(_Queue(folder / "line", vault, away)))
        single = {"line": _single(line), "none": _single(few)}
        beside = _beside(few, folder, vault)
        told = _record(rates, single, beside)
        told["peers"] = peers(folder, "x" * 500, FEW)
        return told


class _Queue:
    """Books with rows that wait, and a real client to a far end that takes them."""

    def __init__(self, folder: Path, vault: Vault, url: str) -> None:
        folder.mkdir()
        self.place = folder / "books.db"
        self.engine = open_store(self.place)
        self.doors = commit.bench_doors(
            make_factory(self.engine, vault, commit.STORE, commit.TILL), vault, commit.TILL
        )
        profile = load_region(REGION, practice=True).profile
        client = InsuranceClient(
            profile,
            url=url,
            institution=Institution(self.doors.shop.institution_code, "练习药店"),
            credentials=credentials_of(REGION),
            tables=load_tables(resource("interface")),
            clock=SystemClock(),
        )
        self.posts: list[Post] = []
        self.client = client
        self.doors = replace(self.doors, platform=client, clock=SystemClock())
        client._transport = Recording(client._transport, self.posts.append)
        self._written = 0

    def in_batches(self, many: bool) -> Doors:
        """The doors of an area that takes many rows a message, or one."""
        forms = FORMS if many else ()
        return replace(self.doors, profile=replace(self.doors.profile, a_versions=forms))

    def fill(self, rows: int, behind: int) -> None:
        """Rows that will be sent, each of its own lot, and as many behind them as are wanted."""
        with self.doors.uow() as uow:
            numbers = range(self._written, self._written + rows)
            uow.outbox.add([outbox_row(_row(each, self.doors)) for each in numbers])
            uow.commit()
        self._written += rows
        if behind:
            _queue_behind(self.engine, behind)

    def send(self, rows: int, many: bool) -> float:
        """Rows a second."""
        doors, sent = self.in_batches(many), 0
        begun = time.perf_counter()
        while sent < rows:
            done = drain_slice(doors, _OPERATOR)
            if done.confirmed != done.sent or not done.sent:
                raise RuntimeError(f"not everything was taken: {done}")
            sent += done.sent
        took = time.perf_counter() - begun
        fold(self.engine)
        return sent / took

    def close(self) -> None:
        self.client.close()
        self.engine.dispose()


_OPERATOR = Operator(commit._CASHIER)


def _row(number: int, doors: Doors) -> StockUpload:
    """A self-paid box as the till tells of it."""
    lot = f"bench-lot-{number:06d}"
    return StockUpload(
        serial=serial_of(lot, UploadKind.SOLD, f"move-{number}"),
        kind=UploadKind.SOLD.value,
        at=commit.START,
        lot_id=lot,
        move_id=f"move-{number}",
        item=f"B{number:05d}",
        medicine_id="bench",
        name="练习感冒灵颗粒",
        national_code="XLX0000000001",
        quantity=Quantity.of(1),
        batch="B1",
        made_on=commit.START.date(),
        expires_on=commit.START.date().replace(year=2028),
        price=UnitPrice.of("12.80"),
        codes=(f"8999999{number:013d}",),
        maker="练习制药厂",
        approval_no="国药准字Z00000000",
        operator="练习店员",
        sale=SaleTold(
            receipt_no=f"{number:08d}", visit=f"{number:08d}", pharmacist="练习药师",
            pharmacist_licence="LX01", pharmacist_code="LX01",
        ),
    )  # fmt: skip


def _queue_behind(engine: Engine, rows: int) -> None:
    """As they would lie there, but for what they say, which nobody reads: one row in twenty rests
    for a long time, the next is held by it.
    """
    query = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows)"
        " INSERT INTO outbox (store_id, till_id, key, aggregate, kind, sealed_payload, at, state,"
        " tries, next_try_at, held_by)"
        " SELECT :store, :till, 'behind/' || i, 'lot/behind-' || (i / 20), '3505', randomblob(500),"
        " :at, CASE i % 20 WHEN 0 THEN 'sent' WHEN 1 THEN 'held' ELSE 'pending' END,"
        " i % 20 = 0, CASE i % 20 WHEN 0 THEN :until END,"
        " CASE i % 20 WHEN 1 THEN 'lot/behind-' || (i / 20) END FROM n"
    )
    at = micros(SystemClock().now())
    values = {
        "rows": rows, "store": commit.STORE, "till": commit.TILL, "at": at,
        "until": at + 3_500_000_000,
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(query, values)
    fold(engine)


def _rates(few: _Queue, many: _Queue) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"few": [], "many": []}
    for number in range(ROUNDS):
        pair = [("few", few), ("many", many)]
        for name, queue in pair if number % 2 else reversed(pair):
            found[name].append(queue.send(PER_ROUND, many=True))
    return found


def _single(few: _Queue) -> dict[str, list[float]]:
    """One row a message, and the very same messages again with nothing of ours around."""
    found: dict[str, list[float]] = {"ours": [], "bare": []}
    with closing(Bare()) as bare:
        for _ in range(ROUNDS * 2):
            few.fill(SINGLES, behind=0)
            few.posts.clear()
            found["ours"].append(few.send(SINGLES, many=False))
            posts = list(few.posts)
            found["bare"].append(len(posts) / bare.seconds(posts))
    return found


class _Drain(threading.Thread):
    """The sender beside the till, as the window runs it."""

    def __init__(self, queue: _Queue, gate: Gate) -> None:
        super().__init__(daemon=True)
        self._queue, self._gate = queue, gate
        self._on, self._over = threading.Event(), threading.Event()
        self.sent = 0

    def run(self) -> None:
        doors = self._queue.in_batches(True)
        while not self._over.wait(REST_SECONDS):
            if self._on.is_set():
                self.sent += drain_slice(doors, _OPERATOR, self._gate.give_way).sent

    def turn(self, on: bool) -> None:
        (self._on.set if on else self._on.clear)()

    def end(self) -> None:
        self._over.set()
        self.join()


class _Till:
    """A counter on the same books: three lines a sale, as the budget ``commit`` has them."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        uow = make_factory(engine, vault, commit.STORE, "bench-till-2")
        self._doors = commit.bench_doors(uow, vault, "bench-till-2")
        self._number = 0
        commit.staff_and_goods(self._doors)

    def sell(self, gate: Gate) -> float:
        """Milliseconds of one completion."""
        time.sleep(SALE_SECONDS)
        self._number += 1
        sale = replace(commit._sale(self._number), till_id="bench-till-2")
        with gate.inside():
            with self._doors.uow() as uow:
                allocate(self._doors, uow, sale)
                uow.sales.add(sale)
                uow.commit()
            own = (Tender(TenderKind.CASH, sale.total),)
            begun = time.perf_counter_ns()
            complete_sale(self._doors, sale.id, own, sale.total, _OPERATOR)
            return (time.perf_counter_ns() - begun) / 1e6


def _beside(queue: _Queue, folder: Path, vault: Vault) -> dict[str, list[float]]:
    """Sales with the sender silent and with the sender at work, by turns of ten."""
    till = _Till(queue.engine, vault)
    found: dict[str, list[float]] = {"idle": [], "draining": []}
    gate = Gate()
    queue.fill(SALES * 60, behind=0)
    drain = _Drain(queue, gate)
    drain.start()
    try:
        for turn in range(2 * SALES // 10 + 2):
            on = bool(turn % 2)
            drain.turn(on)
            time.sleep(REST_SECONDS * 2)
            took = [till.sell(gate) for _ in range(10)]
            if turn >= 2:
                found["draining" if on else "idle"] += took
    finally:
        drain.end()
    if not drain.sent:
        raise RuntimeError("the sender never came to its turn")
    return found


def _record(
    rates: Mapping[str, list[float]],
    single: Mapping[str, Mapping[str, list[float]]],
    beside: Mapping[str, list[float]],
) -> dict[str, object]:
    """The record of design 3."""
    flat = median(rates["many"]) / median(rates["few"])
    bare, none = (
        median(single[name]["ours"]) / median(single[name]["bare"]) for name in ("line", "none")
    )
    idle, draining = (quantiles(beside[name], n=100) for name in ("idle", "draining"))
    slower = draining[98] / idle[98]
    return {
        "name": "outbox",
        "p50": draining[49],
        "p99": draining[98],
        "limit_p50": idle[49],
        "ratio": slower,
        "goal": (
            f"rate at {MANY:,} >= {RATE:g} x at {FEW:,}; singles >= {BARE:g} x bare posts"
            f" over a line of {LINE_SECONDS * 1000:g} ms;"
            f" commit p99 while sending <= {BESIDE:g} x idle (milliseconds)"
        ),
        "met": flat >= RATE and bare >= BARE and slower <= BESIDE,
        "samples": {
            "rows_per_second_few": median(rates["few"]),
            "rows_per_second_many": median(rates["many"]),
            "many_by_few": flat,
            "singles_per_second": median(single["line"]["ours"]),
            "bare_posts_per_second": median(single["line"]["bare"]),
            "singles_by_bare": bare,
            "singles_by_bare_without_line": none,
            "idle_p99": idle[98],
            "sales": len(beside["draining"]),
        },
    }
