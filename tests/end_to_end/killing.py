"""Tills that are killed with SIGKILL at every durable step of a story and started again.

The machinery of the walks (``crash_walk.py``, ``rx_crash_walk.py``), which run as a process of
their own: ``python crash_walk.py PLAN.json``. That process loads the program once and forks a
child for each step; the child acts on its own copy of a home and dies in the middle of it; a
second child starts on the same home as the next morning would.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from app.domain.insurance import Answer, Message
from app.domain.money import Money
from app.domain.sale import Sale
from app.domain.sale_states import SaleState
from app.domain.settlement_states import SettlementState
from app.ports import InsurancePlatform, UnitOfWork
from app.use_cases.doors import Doors
from app.vault.pins import Argon2Pins
from ui.bootstrap import OpenShop, Settings, build
from ui.homes import Home, read_shop

Plan = Mapping[str, str]
Stage = Callable[[str], None]
Books = dict[str, object]


@dataclass(frozen=True, slots=True)
class Story:
    """What is done with a till, what the next morning does, and what is told of it then.

    ``act`` names its stages as it comes to them; ``morning`` answers the books that are judged.
    """

    act: Callable[[OpenShop, str, Plan, Stage], None]
    morning: Callable[[OpenShop, Plan, AheadClock], Books]


@dataclass(frozen=True, slots=True)
class Point:
    """Where a till may die: at a commit, before or after it is durable."""

    at: int
    before: bool
    stage: str


class Killer:
    """Counts commits; at the wanted one the process dies.

    Without a wanted one it writes down where one could die. Dying before a commit leaves the disk
    as dying after the one before it did: worth a walk only where the wire was touched between.
    """

    def __init__(self, wanted: Point | None) -> None:
        self._wanted, self._seen, self._sent = wanted, 0, False
        self.stage, self.points = "", list[Point]()

    def watch(self, doors: Doors) -> None:
        """From now on every commit and every sending of these doors is seen."""
        units, platform = doors.uow, doors.platform
        object.__setattr__(doors, "uow", lambda: self._wrap(units()))
        object.__setattr__(doors, "platform", _Watched(platform, self))

    def sent(self) -> None:
        """The wire was touched."""
        self._sent = True

    def named(self, stage: str) -> None:
        """The story has come to that stage."""
        self.stage = stage

    def _wrap(self, uow: UnitOfWork) -> UnitOfWork:
        inner = uow.commit

        def commit() -> None:
            self._seen += 1
            if self._sent:
                self._at(Point(self._seen, True, self.stage))
            inner()
            self._sent = False
            self._at(Point(self._seen, False, self.stage))

        uow.commit = commit  # type: ignore[method-assign]
        return uow

    def _at(self, point: Point) -> None:
        self.points.append(point)
        if point == self._wanted:
            os.kill(os.getpid(), signal.SIGKILL)


class _Watched:
    """The true platform, noticing what is sent."""

    def __init__(self, inner: InsurancePlatform, killer: Killer) -> None:
        self._inner, self._killer = inner, killer
        self.compose = inner.compose

    def send(self, message: Message) -> Answer:
        """One leg."""
        self._killer.sent()
        return self._inner.send(message)


class AheadClock:
    """The clock of the machine, put forward by hand: nobody waits for the platform's time limit.

    ``begun``: how far ahead this till lives. All tills of a walk ask about one person at one
    platform and know nothing of each other: their visits must not fall into one second.
    """

    def __init__(self, begun: timedelta = timedelta(0)) -> None:
        self._begun = self.ahead = begun

    def set_right(self) -> None:
        """Back to where this till began."""
        self.ahead = self._begun

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC) + self.ahead


def recover(open_shop: OpenShop, clock: AheadClock) -> None:
    """At start, and twice more when the far end's time limits are over."""
    for _pass in range(3):
        open_shop.shop.recover()
        clock.ahead += timedelta(seconds=130)


def sales_of(doors: Doors, engine: Engine) -> list[Sale]:
    """Every sale of the books."""
    with engine.connect() as connection:
        ids = connection.execute(text("SELECT id FROM sale")).scalars().all()
    with doors.uow() as uow:
        return [uow.sales.get(each) for each in ids]


def books(doors: Doors, engine: Engine) -> Books:
    """What the till believes: settled attempts by msgid, and everything that is still open."""
    sales = sales_of(doors, engine)
    with doors.uow() as uow:
        attempts = [one for sale in sales for one in uow.settlements.of_sale(sale.id)]
        left = uow.settlements.undecided()
        visits = uow.settlements.with_open_visit()
        held, problem = uow.log.verify()
    return {
        "settled": {
            one.settle_msgid: [one.answer.split.fund.fen, one.answer.split.cash.fen]
            for one in attempts
            if one.state is SettlementState.SETTLED and one.answer
        },
        "undecided": [one.state.value for one in left],
        "open_visits": [
            one.visit.mdtrt_id for one in visits if one.visit and one.state.value != "settled"
        ],
        "sales": [sale.state.value for sale in sales],
        "unbalanced": [sale.id for sale in sales if not _balances(sale)],
        "log": [held, problem],
    }


def _balances(sale: Sale) -> bool:
    paid = Money.total(tender.amount for tender in sale.tenders)
    return paid == (sale.total if sale.state is SaleState.DONE else Money(0))


def in_child(work: Callable[[], object]) -> int:
    """Fork, work, and answer how the child ended: 0, 1, or minus the signal."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


class Walk:
    """One walk of a plan: ``template``, ``homes``, ``url``, ``region``, ``person``."""

    def __init__(self, story: Story, plan: Plan) -> None:
        self._story, self._plan = story, plan
        self._number = 0

    def through(self, act: str, stages: Sequence[str]) -> Iterator[dict[str, object]]:
        """Unharmed first, then one till for each point of the wanted stages."""
        told = self._one(act, None)
        yield {"through": True, "act": act, **told}
        points = told["points"]
        assert isinstance(points, list)
        for at, before, stage in points:
            if stage in stages:
                point = Point(at, before, stage)
                told = self._one(act, point)
                yield {"through": False, "act": act, "point": [at, before, stage], **told}

    def _one(self, act: str, point: Point | None) -> dict[str, object]:
        """Kill one till at one point and bring it back; answers what its books say then."""
        self._number += 1
        home = Path(self._plan["homes"]) / f"{act}-{self._number}"
        shutil.copytree(self._plan["template"], home)
        folder = home / "practice"
        number = self._number % 99 + 1
        replace(read_shop(folder), till_no=number, till_id=f"till-{number}").write(folder)
        told, plan = home / "books.json", {**self._plan, "home": str(home)}
        pins = Argon2Pins.cheap()
        begun = timedelta(seconds=2 * self._number)
        settings = Settings(
            Home(home), practice=True, region=plan["region"], url=plan["url"], pins=pins,
            clock=AheadClock(begun),
        )  # fmt: skip

        def crash() -> None:
            open_shop = build(settings)
            killer = Killer(point)
            killer.watch(open_shop.shop.doors)
            self._story.act(open_shop, act, plan, killer.named)
            points = [(one.at, one.before, one.stage) for one in killer.points]
            told.write_text(json.dumps(points))
            open_shop.close()

        def morning() -> None:
            clock = AheadClock(begun)
            open_shop = build(replace(settings, clock=clock))
            told.write_text(json.dumps(self._story.morning(open_shop, plan, clock)))
            open_shop.close()

        if point is None:
            # In this very process: what is loaded on the way is there for every child.
            crash()
            points = json.loads(told.read_text())
            morning()
        else:
            points = []
            if in_child(crash) != -signal.SIGKILL:
                raise SystemExit(f"{act}, {point}: the story itself failed")
            if in_child(morning) != 0:
                raise SystemExit(f"{act}, {point}: the next morning failed")
        return {"points": points, "till": number, **json.loads(told.read_text())}


def main(story: Story) -> None:
    """Walk every act of the plan; print one JSON document."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    acts = plan.pop("acts")
    walk = Walk(story, plan)
    print(json.dumps([one for act, stages in acts for one in walk.through(act, stages)]))
