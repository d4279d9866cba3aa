"""Budget ``memory``: what a till keeps of 5,760 sales, a busy day eight times over."""

from __future__ import annotations

import gc
import resource
import time
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from app.domain.catalogue import Medicine
from app.domain.insurance import Credential, CredentialKind
from app.domain.money import Money, Quantity
from app.domain.sale import Sale, Tender, TenderKind
from app.domain.settlement_states import SettlementState
from app.use_cases.views import Step
from app.vault.pins import Argon2Pins
from ui.bench._review_far_end import serve
from ui.bench._settle_far_end import ID_NUMBER
from ui.bench.far_end import far_end
from ui.bench.goods import stock_up
from ui.bench.makers import prescription
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import Home

WARM_UP, SALES = 300, 5_760
LIMIT_MB = 5.0
INSURED_EVERY = 6
LOOKED_AT = 720
"""Sales between two readings."""
MEGABYTE = 1_000_000


def run() -> dict[str, object]:
    """Sell as the counter does: search, basket, every sixth insured, tenders, slip, uploads."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="yaotai-bench-")))
        url = stack.enter_context(far_end(serve))
        settings = Settings(Home(folder), practice=True, url=url, pins=Argon2Pins.cheap())
        shop = stack.enter_context(closing(build(settings)))
        return record(_Counter(shop))


def record(counter: _Counter) -> dict[str, object]:
    """The record of design 3; times are of one sale, in milliseconds."""
    for number in range(WARM_UP):
        counter.sell(number)
    readings, times = [resident()], list[float]()
    for number in range(WARM_UP, WARM_UP + SALES):
        begun = time.perf_counter_ns()
        counter.sell(number)
        times.append((time.perf_counter_ns() - begun) / 1e6)
        if (number + 1 - WARM_UP) % LOOKED_AT == 0:
            readings.append(resident())
    grown = readings[-1] - readings[0]
    times.sort()
    return {
        "name": "memory",
        "p50": times[len(times) // 2],
        "p99": times[len(times) * 99 // 100],
        "limit_p50": None,
        "ratio": grown / MEGABYTE / LIMIT_MB,
        "peers": {},
        "goal": f"grows <= {LIMIT_MB:g} MB over {SALES} sales after the first {WARM_UP}",
        "met": grown / MEGABYTE <= LIMIT_MB,
        "samples": {
            "resident_mb": [round(each / MEGABYTE, 2) for each in readings],
            "grown_mb": round(grown / MEGABYTE, 2),
            "insured": counter.insured,
            "uploaded": counter.uploaded,
        },
    }


def resident() -> int:
    """Bytes of this process in memory, after what is garbage is gone."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


class _Counter:
    """One cashier and one insured customer at a shop with a platform of its own process."""

    def __init__(self, opened: OpenShop) -> None:
        self._shop = opened.shop
        self._operator = self._shop.sign_in("1001", "100100")
        credential = Credential(CredentialKind.ID_CARD, ID_NUMBER)
        self._patient = self._shop.identify(credential, self._operator)
        self._rx = self._drug("阿莫西林")
        self._otc = self._drug("感冒灵")
        self.insured = self.uploaded = 0

    def _drug(self, words: str) -> Medicine:
        found = self._shop.search(words, 5)
        drug = next(one.medicine for one in found if one.medicine.price)
        stock_up(self._shop.doors, [drug.id])
        return drug

    def sell(self, number: int) -> None:
        """One customer, from the first scan to the slip; uploads go out beside."""
        if number % INSURED_EVERY == 0:
            self._sell_insured(number)
        else:
            self._sell_plain(number)
        if number % INSURED_EVERY == 1:
            self._shop.recover()
            self.uploaded += self._drain()

    def _drain(self) -> int:
        return self._shop.send_uploads(_never).sent

    def _basket(self, number: int, drug: Medicine) -> Sale:
        shop = self._shop
        shop.search(drug.shop_code, 5)
        sale = shop.open_basket(self._operator)
        code = f"{drug.trace_product_code}{number:013d}"
        sale.add(shop.item_of(drug), shop.price_of(drug), Quantity.of(1), code)
        shop.keep_basket(sale)
        return sale

    def _sell_plain(self, number: int) -> None:
        sale = self._basket(number, self._otc)
        self._complete(sale.id, sale.total)

    def _sell_insured(self, number: int) -> None:
        shop, who = self._shop, self._operator
        sale = self._basket(number, self._rx)
        sale = shop.attach_prescription(sale, prescription(f"{number:012d}"), "2001", "200200")
        shop.quote(sale, self._patient, "0", who)
        view = shop.settle_next(sale.id, self._patient, who, _unseen)
        states = [one.state for one in view.settlements]
        if states != [SettlementState.SETTLED.value]:
            raise RuntimeError(f"not settled: {states} {view.notes}")
        self._complete(sale.id, view.cash_due)
        self.insured += 1

    def _complete(self, sale_id: str, due: Money) -> None:
        own = (Tender(TenderKind.CASH, due),) if due else ()
        self._shop.complete_sale(sale_id, own, due, self._operator)


def _unseen(_step: Step) -> None:
    """The screen would paint it; here nobody looks."""


def _never() -> None:
    """No customer waits: the uploads need not make way."""
