"""Budget ``tills``: eight tills of one store want boxes of one batch, on PostgreSQL."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from app.domain.money import Quantity, UnitPrice
from app.domain.sale import Sale, SoldItem
from app.domain.staff import Role, Staff
from app.errors import YaotaiError
from app.storage.engine import connect_server, open_store
from app.storage.unit_of_work import make_factory
from app.use_cases import basket
from app.use_cases.doors import Doors, Operator
from app.vault.keyring import Vault
from app.vault.keys import FileMasterStore
from ui.bench import _tills_limit as limit
from ui.bench._cluster import cluster, programs
from ui.bench.commit import bench_doors
from ui.bench.goods import stock_up

if TYPE_CHECKING:
    from collections.abc import Callable

TILLS = 8
SECONDS, ROUNDS = 3.0, 2
SCARCE = Quantity.of(40)
GOAL, FAIR = 0.85, 0.8
STORE, DRUG, RARE = "bench-store", "bench-drug", "bench-rare"
_WHO = Operator(Staff("bench-staff", "1001", "练习店员", Role.CASHIER))


def run() -> dict[str, object]:
    """Ours and the bare same-row UPDATE in turn; then all want the last boxes of a scarce batch.

    A basket is two transactions in both: a box is taken and given back.
    """
    tools = programs()
    if tools is None:
        return {"name": "tills", "goal": "PostgreSQL is not installed", "met": False}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="yaotai-bench-")))
        url = stack.enter_context(cluster(tools))
        Vault.create(folder, FileMasterStore(folder))
        _stock(url, folder)
        limit.prepare(url)
        return _measure(url, folder)


def _stock(url: str, folder: Path) -> None:
    engine = open_store(url)
    doors = _doors(url, folder, 1)
    stock_up(doors, [DRUG])
    stock_up(doors, [RARE], SCARCE)
    engine.dispose()


def _measure(url: str, folder: Path) -> dict[str, object]:
    ours, bare, broken = [0] * TILLS, [0] * TILLS, 0
    for _ in range(ROUNDS):
        bare = _added(bare, _together(limit.till, [(url,)] * TILLS))
        told = _together(till, [(url, str(folder), no) for no in range(1, TILLS + 1)])
        ours = _added(ours, [done for done, _ in told])
        broken += sum(wrong for _, wrong in told)
    held = sum(_together(rush, [(url, str(folder), no) for no in range(1, TILLS + 1)]))
    ratio, fair = sum(ours) / sum(bare), min(ours) / max(ours)
    over = held - SCARCE.packs()
    return {
        "name": "tills",
        "p50": 1000 * SECONDS * ROUNDS * TILLS / sum(ours),
        "limit_p50": 1000 * SECONDS * ROUNDS * TILLS / sum(bare),
        "ratio": ratio,
        "peers": {},
        "goal": f"rate >= {GOAL:g} x a bare same-row UPDATE, none oversold, no deadlock,"
        f" fairness >= {FAIR:g} (milliseconds a basket)",
        "met": ratio >= GOAL and fair >= FAIR and not over and not broken,
        "samples": {
            "baskets": sum(ours), "bare": sum(bare), "fairness": fair, "oversold": over,
            "broken": broken,
        },
    }  # fmt: skip


def _added(some: list[int], more: list[int]) -> list[int]:
    return [one + other for one, other in zip(some, more, strict=True)]


def _together(act: Callable[..., None], arguments: list[tuple[Any, ...]]) -> list[Any]:
    """A process a till, all let go at once; what each tells."""
    context = get_context("spawn")
    start, told = context.Barrier(TILLS), context.Queue()
    tills = [
        context.Process(target=act, args=(*some, start, SECONDS, told), daemon=True)
        for some in arguments
    ]
    for each in tills:
        each.start()
    answers = [told.get(timeout=120) for _ in tills]
    for each in tills:
        each.join()
    return answers


def till(url: str, folder: str, no: int, start: Any, seconds: float, told: Any) -> None:  # noqa: ANN401
    """Takes a box and gives it back until the time is over; tells (baskets, what broke)."""
    doors, done, broken = _doors(url, Path(folder), no), 0, 0
    item = _item(DRUG)
    _basket(doors, no, -1, item)
    start.wait()
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        try:
            sale = _basket(doors, no, done, item)
            basket.abandon_basket(doors, sale, _WHO)
            done += bool(sale.lines[0].picks)
        except YaotaiError:
            broken += 1
    told.put((done, broken))


def rush(url: str, folder: str, no: int, start: Any, seconds: float, told: Any) -> None:  # noqa: ANN401
    """Keeps what it gets of the scarce batch; tells how many boxes it has."""
    del seconds
    doors, got = _doors(url, Path(folder), no), 0
    start.wait()
    for number in range(SCARCE.packs() // 4):
        sale = _basket(doors, no, 10**6 + number, _item(RARE))
        got += len(sale.lines[0].picks)
    told.put(got)


def _basket(doors: Doors, no: int, number: int, item: SoldItem) -> Sale:
    sale = basket.open_basket(doors, _WHO)
    sale.id = f"bench-{no}-{number}-{time.monotonic_ns()}"
    sale.add(item, UnitPrice.of("12.80"), Quantity.of(1))
    basket.keep_basket(doors, sale)
    return sale


def _item(drug: str) -> SoldItem:
    return SoldItem(drug, "B1", "练习感冒灵颗粒", "练习感冒灵", "10g*9袋", "练习制药厂", "盒",
                    sale_class="otc_b", trace_exempt=True)  # fmt: skip


def _doors(url: str, folder: Path, no: int) -> Doors:
    vault = Vault.open_folder(folder, FileMasterStore(folder))
    uow = make_factory(connect_server(url), vault, STORE, f"till-{no}")
    return replace(bench_doors(uow, vault, f"till-{no}"), clock=_Now())


class _Now:
    """Holds of other tills end by the same clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)
