"""Budget ``settle``: click to stored result, beside its bare flushes and round trips."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, event

from app.domain.catalogue import Medicine
from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Quantity
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.settlement_states import SettlementState
from app.use_cases.doors import Operator
from app.use_cases.views import Patient, Step
from app.vault.pins import Argon2Pins
from ui.bench._settle_far_end import ID_NUMBER, serve
from ui.bench._settle_limit import Bare
from ui.bench.far_end import Post, Recording, far_end
from ui.bench.goods import stock_up
from ui.bench.makers import prescription
from ui.bootstrap import OpenShop, Settings, build
from ui.collector import release_collector
from ui.homes import STORE_FILE, Home

SAMPLES, WARM_UP = 100, 10
FACTOR, EXTRA_MS = 1.5, 3.0


def run() -> dict[str, object]:
    """Measure on a temporary practice home; ours and the bare flow take turns."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="yaotai-bench-")))
        url = stack.enter_context(far_end(serve))
        settings = Settings(Home(folder), practice=True, url=url, pins=Argon2Pins.cheap())
        shop = stack.enter_context(closing(build(settings)))
        release_collector()
        return _Bench(shop, folder).record()


class _Commits:
    """Counts what the engine makes durable."""

    def __init__(self, engine: Engine) -> None:
        self.seen = 0
        event.listen(engine, "commit", self._count)

    def _count(self, _connection: object) -> None:
        self.seen += 1


class _Bench:
    def __init__(self, opened: OpenShop, folder: Path) -> None:
        self._shop = opened.shop
        self._log = folder / "practice" / f"{STORE_FILE}-wal"
        self._commits = _Commits(opened.engine)
        client = opened.clients[0]
        self._posts: list[Post] = []
        client._transport = Recording(client._transport, self._posts.append)
        self._place = folder / "flush"
        self._operator = self._shop.sign_in("1001", "100100")
        credential = Credential(CredentialKind.ID_CARD, ID_NUMBER)
        self._patient = self._shop.identify(credential, self._operator)
        self._drug = self._stocked()
        self._bare: Bare | None = None
        self.flows: set[tuple[int, int]] = set()

    def record(self) -> dict[str, object]:
        """The record of design 3."""
        times: dict[str, list[float]] = {"ours": [], "limit": [], "flush": [], "post": []}
        for number in range(WARM_UP + SAMPLES):
            took = self._sample(number)
            if number >= WARM_UP:
                for name, value in took.items():
                    times[name].append(value)
        if self._bare is not None:
            self._bare.close()
        cut = {name: quantiles(values, n=100) for name, values in times.items()}
        allowed = FACTOR * cut["limit"][49] + EXTRA_MS
        ((flushes, posts),) = self.flows
        return {
            "name": "settle",
            "p50": cut["ours"][49],
            "p99": cut["ours"][98],
            "limit_p50": cut["limit"][49],
            "ratio": cut["ours"][49] / cut["limit"][49],
            "peers": {"one_flush": cut["flush"][49], "one_round_trip": cut["post"][49]},
            "goal": f"p50 <= {FACTOR:g} x its flushes and round trips + {EXTRA_MS:g} ms",
            "met": cut["ours"][49] <= allowed,
            "samples": {
                "count": SAMPLES,
                "flushes": flushes,
                "round_trips": posts,
                "allowed_p50": allowed,
                "limit_p99": cut["limit"][98],
            },
        }

    def _sample(self, number: int) -> dict[str, float]:
        sale = self._quoted(number)
        before, size = self._commits.seen, self._log.stat().st_size
        self._posts.clear()
        took = {"ours": _timed(lambda: self._settle(sale, self._patient, self._operator))}
        flushes, posts = self._commits.seen - before, list(self._posts)
        self.flows.add((flushes, len(posts)))
        if self._bare is None:
            grown = max(self._log.stat().st_size - size, 4120 * flushes)
            self._bare = Bare(self._place, grown // flushes)
        bare = self._bare
        took["limit"] = _timed(lambda: bare.flow(flushes, posts))
        took["flush"] = _timed(bare.flush)
        took["post"] = _timed(lambda: bare.post(posts[-1]))
        self._pay_rest(sale)
        return took

    def _pay_rest(self, sale: Sale) -> None:
        """Not measured: a customer pays and goes before the next, no till piles up open baskets."""
        due = self._shop.payment(sale.id).cash_due
        own = (Tender(TenderKind.CASH, due),) if due else ()
        self._shop.complete_sale(sale.id, own, due, self._operator)

    def _stocked(self) -> Medicine:
        found = self._shop.search("阿莫西林", 5)
        drug = next(one.medicine for one in found if one.medicine.price)
        stock_up(self._shop.doors, [drug.id])
        return drug

    def _quoted(self, number: int) -> Sale:
        shop = self._shop
        drug = self._drug
        sale = shop.open_basket(self._operator)
        for box in (1, 2):
            code = f"{drug.trace_product_code}{number:012d}{box}"
            sale.add(shop.item_of(drug), shop.price_of(drug), Quantity.of(1), code)
        shop.keep_basket(sale)
        sale = shop.attach_prescription(sale, prescription(f"{number:012d}"), "2001", "200200")
        shop.quote(sale, self._patient, "0", self._operator)
        return sale

    def _settle(self, sale: Sale, patient: Patient, operator: Operator) -> None:
        def tell(_step: Step) -> None:
            """The screen would paint it; here nobody looks."""

        view = self._shop.settle_next(sale.id, patient, operator, tell)
        states = [one.state for one in view.settlements]
        if states != [SettlementState.SETTLED.value]:
            raise RuntimeError(f"not settled: {states}")


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - begun) / 1e6
