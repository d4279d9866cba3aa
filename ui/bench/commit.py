"""Budget ``commit``: completing a three-line sale, beside the bare rows of it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, text

from app.domain.insurance import Answer, Call, Header, Message
from app.domain.money import Quantity, Rate, UnitPrice
from app.domain.pharmacist import Duty, Pharmacist, Professional
from app.domain.sale import Sale, SaleLine, SoldItem, Tender, TenderKind
from app.domain.staff import Role, Staff
from app.errors import NotSent
from app.ports import UnitOfWorkFactory
from app.regions.loader import load_region
from app.storage.engine import open_store
from app.storage.unit_of_work import make_factory
from app.use_cases.allocation import allocate
from app.use_cases.complete_sale import complete_sale
from app.use_cases.doors import Doors, Operator, ShopFacts
from app.vault.evidence import EvidenceFiles
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from app.vault.pins import Argon2Pins
from app.vault.signatures import InternalSigner
from ui.bench import _commit_limit as limit
from ui.bench.goods import stock_up
from ui.collector import release_collector

SAMPLES = 250
WARM_UP = 20
ROUND = 10
"""Each way writes so many sales in a row: a flush is dear or cheap by what was flushed before."""
GOAL = 2.0
STORE, TILL = "bench-store", "bench-till"
START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

_CASHIER = Staff("bench-staff", "1001", "练习店员", Role.CASHIER)


class _SteadyClock:
    """A clock that moves a second with every question."""

    def __init__(self) -> None:
        self._at = START

    def now(self) -> datetime:
        self._at += timedelta(seconds=1)
        return self._at


class _CountedIds:
    def __init__(self) -> None:
        self._last = 0

    def new(self) -> str:
        self._last += 1
        return f"00000000-0000-7000-8000-{self._last:012d}"


class _LineDown:
    """A cash sale asks no platform; a question would be a fault of the benchmark."""

    def compose(self, call: Call, header: Header) -> Message:
        raise NotSent(infno=type(call).__name__)

    def send(self, message: Message) -> Answer:
        raise NotSent(infno=message.infno)


def run() -> dict[str, object]:
    """Measure on a temporary home; all ways in turn, so that a busy disk slows them alike."""
    with TemporaryDirectory(prefix="yaotai-bench-") as folder:
        return _measure(Path(folder))


def _measure(folder: Path) -> dict[str, object]:
    vault, _code = Vault.create(folder / "keys", FileMasterStore(folder / "keys"))
    place = folder / "books.db"
    engine = open_store(place)
    doors = _doors(engine, vault)
    sales = [_sale(number) for number in range(WARM_UP + SAMPLES)]
    staff_and_goods(doors)
    release_collector()
    engine.dispose()
    copies = [folder / "core.db", folder / "orm.db"]
    for copy in copies:
        shutil.copy(place, copy)
    with closing(_Samples(folder, engine, doors, copies)) as samples:
        for start in range(0, len(sales), ROUND):
            samples.take(sales[start : start + ROUND], kept=start >= WARM_UP)
        return samples.record()


def staff_and_goods(doors: Doors) -> None:
    """Who sells, and what lies there to be sold."""
    with doors.uow() as uow:
        uow.staff.add(_CASHIER, "")
        uow.pharmacists.keep(Pharmacist(_CASHIER.id, Professional("练习", code="LX01")))
        uow.duties.sign_on(Duty("duty", _CASHIER.id, doors.shop.till_id, START))
        uow.commit()
    stock_up(doors, [line.item.medicine_id for line in _sale(0).lines])


class _Samples:
    """Completes sales, and writes the rows of each again in every other way."""

    def __init__(self, folder: Path, engine: Engine, doors: Doors, copies: list[Path]) -> None:
        self._folder, self._engine, self._doors = folder, engine, doors
        self._copies = [limit.open_copy(copy) for copy in copies]
        self._core = limit.bare_core(self._copies[0])
        self._orm = limit.orm_unit(self._copies[1])
        self._log = limit.LogAhead(folder / "books.db-wal")
        self._first = True
        self._flush: Callable[[], None] | None = None
        self.times: dict[str, list[float]] = {"ours": [], "core": [], "orm": [], "flush": []}

    def take(self, sales: list[Sale], kept: bool) -> None:
        """One round of each way."""
        self._open(sales)
        took: dict[str, list[float]] = {"ours": []}
        for sale in sales:
            took["ours"].append(_timed(partial(self._complete, sale)))
            self._log.look()
        if self._flush is None:
            size = self._log.frames * 4120 // len(sales)
            self._flush = limit.bare_flush(self._folder / "flush", size)
        rows = [rows_of(self._engine, sale.id, self._first and sale is sales[0]) for sale in sales]
        self._first = False
        took["core"] = [_timed(partial(self._core, written)) for written in rows]
        took["orm"] = [_timed(partial(self._orm, written)) for written in rows]
        took["flush"] = [_timed(self._flush) for _ in sales]
        if kept:
            for name, values in took.items():
                self.times[name] += values

    def _open(self, sales: list[Sale]) -> None:
        """The baskets of the round, kept as at a counter; no more stand open than a queue has."""
        with self._doors.uow() as uow:
            for sale in sales:
                allocate(self._doors, uow, sale)
                uow.sales.add(sale)
            uow.commit()
        self._log.skip()
        for sale in sales:
            opened = opened_rows(self._engine, sale.id)
            self._core(opened)
            self._orm(opened)

    def _complete(self, sale: Sale) -> None:
        own = (Tender(TenderKind.CASH, sale.total),)
        complete_sale(self._doors, sale.id, own, sale.total, Operator(_CASHIER))

    def record(self) -> dict[str, object]:
        """The record of design 3."""
        done = WARM_UP + SAMPLES
        cut = {name: quantiles(values, n=100) for name, values in self.times.items()}
        ratio = cut["ours"][49] / cut["core"][49]
        return {
            "name": "commit",
            "p50": cut["ours"][49],
            "p99": cut["ours"][98],
            "limit_p50": cut["core"][49],
            "ratio": ratio,
            "peers": {"orm_unit_of_work": cut["orm"][49], "fdatasync": cut["flush"][49]},
            "goal": f"p50 <= {GOAL:g} x a bare Core transaction, one flush a sale (milliseconds)",
            "met": ratio <= GOAL and self._log.commits == done,
            "samples": {
                "count": SAMPLES,
                "flushes_per_sale": self._log.commits / done,
                "pages_per_sale": self._log.frames / done,
                "limit_p99": cut["core"][98],
            },
        }

    def close(self) -> None:
        """Let go of the files."""
        for engine in (self._engine, *self._copies):
            engine.dispose()


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - begun) / 1e6


def _doors(engine: Engine, vault: Vault) -> Doors:
    return bench_doors(make_factory(engine, vault, STORE, TILL), vault, TILL)


def bench_doors(uow: UnitOfWorkFactory, vault: Vault, till_id: str) -> Doors:
    """Doors on books of a benchmark; nobody is asked over a line."""
    region = load_region("CN-999900", practice=True)
    shop = ShopFacts(STORE, till_id, 1, "练习药店", "P99990000001", region.division, "practice")
    return Doors(
        uow=uow,
        platform=_LineDown(),
        clock=_SteadyClock(),
        ids=_CountedIds(),
        pins=Argon2Pins(),
        shop=shop,
        profile=region.profile,
        policy_on=region.policy_on,
        signer=InternalSigner(vault),
        evidence=EvidenceFiles(Path("evidence"), vault),
        prints=lambda: True,
    )


def _sale(number: int) -> Sale:
    """An open basket of three lines with a trace code each."""
    lines = tuple(
        SaleLine(
            no=no,
            item=SoldItem(
                medicine_id=f"00000000-0000-7000-8001-{no:012d}",
                shop_code=f"B{no:05d}",
                name=f"练习感冒灵颗粒{no}",
                generic_name="练习感冒灵",
                spec="10g*9袋",
                maker="练习制药厂",
                unit="盒",
                insurance_class="A",
                first_self_pay=Rate.of("0"),
                sale_class="otc_a",
                trace_product_code=f"8{no:06d}",
            ),
            quantity=Quantity.of(1),
            price=UnitPrice.of("12.80"),
            trace_codes=(f"8{no:06d}{number:013d}",),
            batch="B1",
            expiry=date(2028, 12, 31),
        )
        for no in (1, 2, 3)
    )
    identity = f"00000000-0000-7000-8002-{number:012d}"
    return Sale(identity, STORE, TILL, START, _CASHIER.id, lines=lines, practice=True)


def opened_rows(engine: Engine, sale_id: str) -> limit.Written:
    """What an open basket has in the books."""
    columns = {"sale": "id", "sale_line": "sale_id", "stock_hold": "sale_id"}
    with engine.connect() as connection:
        added = {
            name: [
                dict(row._mapping)
                for row in connection.execute(
                    text(f"SELECT * FROM {name} WHERE {column} = :sale"),  # noqa: S608 - our names
                    {"sale": sale_id},
                )
            ]
            for name, column in columns.items()
        }
    return limit.Written({}, added, {})


def rows_of(engine: Engine, sale_id: str, first: bool) -> limit.Written:
    """What the completion of a sale left in the books; the first one made the counter's row."""

    def rows(query: str) -> list[Mapping[str, Any]]:
        found = connection.execute(text(query), {"sale": sale_id})
        return [dict(row._mapping) for row in found]

    with engine.connect() as connection:
        (sale,) = rows("SELECT * FROM sale WHERE id = :sale")
        (counter,) = rows("SELECT * FROM counter WHERE name LIKE 'receipt|%'")
        added = {
            "tender": rows("SELECT * FROM tender WHERE sale_id = :sale"),
            "sold_code": rows("SELECT * FROM sold_code WHERE sale_id = :sale"),
            "stock_move": rows("SELECT * FROM stock_move WHERE sale_id = :sale ORDER BY line_no"),
            "outbox": rows(
                "SELECT * FROM outbox WHERE at IN (SELECT at FROM stock_move WHERE sale_id = :sale)"
            ),
            "print_job": rows("SELECT * FROM print_job WHERE sale_id = :sale"),
            "act_log": rows("SELECT * FROM act_log WHERE entry LIKE '%' || :sale || '%'"),
        }
    freed = {"stock_hold": ("sale_id", sale_id)}
    if first:
        return limit.Written({"sale": (("id",), sale)}, {**added, "counter": [counter]}, freed)
    changed = {"sale": (("id",), sale), "counter": (("store_id", "name"), counter)}
    return limit.Written(changed, added, freed)
