"""One simulated till: a process that opens, acts, dies at any durable step and opens again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import GeneratorType, TracebackType
from typing import TYPE_CHECKING, Any, cast

from app.domain.clock import shop_time
from app.domain.insurance import Credential, CredentialKind
from app.domain.staff import Role
from app.errors import PlatformError, StoreFull
from app.ports import UnitOfWork
from app.storage.unit_of_work import SqlUnitOfWork, make_factory
from app.use_cases.counter_board import CounterBoard
from app.use_cases.doors import Doors, Operator
from app.use_cases.duty import sign_on
from app.use_cases.recover_settlements import recover_settlements
from app.use_cases.sign_in import sign_in
from sync.insurance.client import InsuranceClient
from sync.insurance.direct import DirectTransport
from sync.insurance.profile import Institution
from sync.insurance.simulator.refusal import NoReply
from ui.bootstrap import SYSTEM
from ui.practice import credentials_of, open_the_day
from ui.simulation.world import ProcessDied, TillClock

if TYPE_CHECKING:
    from ui.simulation.store import SimStore

Program = Iterator[None]
"""An act in progress; between two of its steps other tills act."""

_ASK = (30.0, 60.0)
"""Seconds between two passes of a till's recovery while something waits ..."""
_ASK_IDLE = (180.0, 300.0)
"""... and while nothing does; a true till looks twice a minute and finds as little."""


class Power:
    """What becomes of a till's commits: one of them may be the last thing that its process does."""

    def __init__(self, store: SimStore, till_no: int) -> None:
        self._store, self._till_no = store, till_no
        self._left, self._kind, self._share = 0, "", 0.0
        self.open_units = 0

    def arm(self, kind: str, commits: int, share: float) -> None:
        """At the so-manieth commit from now: ``before``, ``after``, ``power`` or ``full``."""
        self._kind, self._left, self._share = kind, commits, share

    def disarm(self) -> None:
        """Nothing happens."""
        self._left = 0

    def commit(self, inner: Callable[[], None]) -> None:
        """A commit of this till; :raises ProcessDied:; :raises StoreFull: nothing is written."""
        last, self._left = self._left == 1, max(0, self._left - 1)
        if not last:
            inner()
            return
        self._store.fired += 1
        if self._kind == "full":
            raise StoreFull
        if self._kind == "power":
            disk = self._store.disk
            durable = disk.log_size()
            inner()
            disk.keep_torn(durable, self._share)
            raise ProcessDied(self._till_no, power=True)
        if self._kind == "after":
            inner()
        raise ProcessDied(self._till_no)


class WatchedUnit:
    """A unit of work whose commit may be the last thing that a process does."""

    def __init__(self, inner: SqlUnitOfWork, power: Power) -> None:
        self._inner, self._power = inner, power

    def __enter__(self) -> SqlUnitOfWork:
        """Begin."""
        uow = self._inner.__enter__()
        self._power.open_units += 1
        commit = type(uow).commit
        inner, power = self._inner, self._power

        def watched() -> None:
            power.commit(lambda: commit(inner))

        uow.commit = watched  # type: ignore[method-assign]
        return uow

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Roll back what was not committed."""
        self._power.open_units -= 1
        self._inner.__exit__(kind, error, trace)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the unit has
        return getattr(self._inner, name)


class Till:
    """A till of the store, open or dead, with the act that its cashier is in the middle of."""

    doors: Doors
    lane: Doors
    """The recovery's own way to the platform."""
    operator: Operator
    manager: Operator

    def __init__(self, store: SimStore, no: int) -> None:
        self.store, self.no = store, no
        self.name = f"till {no}"
        self.clock = TillClock(store.clock)
        self.power = Power(store, no)
        self.open = False
        self.program: Program | None = None
        self.act = ""
        self.next_recovery = store.clock.now()
        self.wrong_until: datetime | None = None
        """When somebody sets the clock right again."""
        self.dice = store.dice
        self.morning = ""
        self.reserved = False
        """Whether a place among the baskets to be paid is kept for the customer of this moment."""

    # --- the process ------------------------------------------------------------------------------

    def _units(self) -> UnitOfWork:
        factory = make_factory(
            self.store.disk.engine, self.store.template.vault, "store-1", f"till-{self.no}"
        )
        return cast("UnitOfWork", WatchedUnit(cast("SqlUnitOfWork", factory()), self.power))

    def _client(self) -> InsuranceClient:
        template, net = self.store.template, self.store.net
        return InsuranceClient(
            template.region.profile,
            url="http://practice.invalid",
            institution=Institution(template.facts.institution_code, template.facts.shop_name),
            credentials=credentials_of(template.region.code),
            tables=template.tables,
            clock=self.clock,
            transport=DirectTransport(
                net.handle_for(self.no), NoReply, lambda: self.no not in net.down
            ),
        )

    def start(self) -> None:
        """The process begins: new doors, and the recovery before the first customer."""
        template = self.store.template
        facts = replace(template.facts, till_id=f"till-{self.no}", till_no=self.no)
        self.doors = Doors(
            uow=self._units,
            platform=self.store.defect.platform(self, self._client()),
            clock=self.clock,
            ids=self.store.ids,
            pins=template.pins,
            shop=facts,
            profile=template.region.profile,
            policy_on=template.region.policy_on,
            signer=template.signer,
            evidence=self.store.evidence,
            settlement_types=template.settlement_types,
            counter=CounterBoard(),
            dice=self.dice.randrange,
        )
        self.lane = replace(self.doors, platform=self._client(), sign_numbers={})
        self.program, self.act = None, "opening"
        self.store.restoring.opened(self)
        self.new_day()
        self.recover(left_before=self.clock.now())
        self.open, self.act = True, ""
        self.store.look_again(self)

    def new_day(self) -> None:
        """Everybody signs in, pharmacists are there."""
        self.operator = sign_in(self.doors, "1001", "100100")
        self.manager = sign_in(self.doors, "3001", "300300")
        open_the_day(self.doors)
        self.morning = self.today()

    def sign_pharmacists_on(self) -> None:
        """By number and PIN, as people do who find themselves signed off."""
        for number, pin in (("2001", "200200"), ("2002", "200201")):
            sign_on(self.doors, number, pin)
        self.tell("the pharmacists sign on again")

    def keep_place(self) -> None:
        """A customer comes in who will be counted."""
        self.reserved = True
        self.store.reserved += 1

    def release(self) -> None:
        """Counted, or gone before there was anything to pay."""
        if self.reserved:
            self.reserved = False
            self.store.reserved -= 1

    def die(self) -> None:
        """Whatever it was doing, it does no more."""
        if self.program is not None:
            program, self.program = self.program, None
            _forget(program)
        self.open, self.act = False, ""
        self.release()
        self.power.disarm()
        self.power.open_units = 0

    def recover(self, left_before: datetime | None = None) -> None:
        """One pass of the recovery on its own lane."""
        self._look_again_in(_ASK)
        told = recover_settlements(self.lane, SYSTEM, left_before=left_before)
        self.store.restoring.compare(self)
        if not told.taken_up and left_before is None:
            self._look_again_in(_ASK_IDLE)
        if told.taken_up or told.visits_closed or told.line_down:
            self.tell(
                f"recovery took up {told.taken_up}, decided {told.decided},"
                f" closed {told.visits_closed} visits" + (", line down" if told.line_down else "")
            )

    def _look_again_in(self, seconds: tuple[float, float]) -> None:
        wait = timedelta(seconds=self.dice.uniform(*seconds))
        self.next_recovery = self.store.clock.now() + wait

    def tell(self, what: str, *about: str) -> None:
        """Into the story."""
        self.store.story.add(self.store.clock.now(), self.name, what, frozenset(about))

    # --- people -----------------------------------------------------------------------------------

    def credential(self, key: str) -> Credential:
        """An invented person's card as typed in practice."""
        return Credential(CredentialKind.ID_CARD, self.store.template.persons[key][0])

    def certificate(self, key: str) -> Credential:
        """The same person's e-certificate."""
        return Credential(CredentialKind.E_CERTIFICATE, self.store.template.persons[key][1])

    def boss(self) -> Operator:
        """Who receives goods and approves."""
        return Operator(replace(self.operator.staff, role=Role.MANAGER))

    def today(self) -> str:
        """The day on this till's clock, which may be wrong."""
        return f"{shop_time(self.clock.now()):%Y-%m-%d}"

    def try_line(self, act: Callable[[], object]) -> bool:
        """Whether an act that needs the line came through."""
        try:
            act()
        except PlatformError as error:
            self.tell(f"the platform could not be asked: {error.message_id}")
            return False
        return True


def _forget(program: Program) -> None:
    """Let go of an act; one that waits for the platform further up ends by :class:`ProcessDied`."""
    if isinstance(program, GeneratorType) and not program.gi_running:
        program.close()
