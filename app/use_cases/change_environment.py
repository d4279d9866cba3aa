"""The till changes between 医保测试 and 正式: an administrator, a second person, books of its own.

Each environment has its own folder, books, keys, numbers and log (SJZ-A.12), so that a settlement
of one can never stand among those of the other. Nothing is moved between them but what belongs to
the shop itself: people with their PINs and the catalogue, once, when the second one is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.catalogue import Medicine
from app.domain.sale_states import SaleState
from app.domain.staff import Right, Staff
from app.errors import BadValue, NotAllowed, NotFound, SecondPersonNeeded, WorkOpen
from app.ports import UnitOfWork, UnitOfWorkFactory
from app.use_cases.doors import Doors, Operator
from app.use_cases.rights import require
from app.use_cases.sign_in import approve

ENVIRONMENTS = ("test", "production")
"""Those a real shop changes between; practice is entered by ``--practice`` and never stays."""

ACT = "change_environment"


@dataclass(frozen=True, slots=True)
class NewPlatform:
    """What a second environment needs that the first one cannot know."""

    url: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Empty = the administrator says that they are those of the present environment."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What belongs to the shop whatever the environment."""

    staff: tuple[tuple[Staff, str], ...] = field(repr=False)
    """With the hashes of their PINs."""
    medicines: tuple[Medicine, ...]


@dataclass(frozen=True, slots=True)
class EnvironmentView:
    """How this shop stands, for the panel."""

    environment: str
    master_in: str
    """``file`` or ``system``: where the master key lies."""
    url: str
    region: str
    others: tuple[str, ...]
    """Where an administrator can change to; empty where that is not possible here."""
    known: tuple[str, ...]
    """Environments that have a shop already."""


class EnvironmentBooks(Protocol):
    """The folders of a home, one an environment."""

    def view(self) -> EnvironmentView:
        """How this shop stands."""
        ...

    def make(self, environment: str, new: NewPlatform, carried: Carried) -> str:
        """Make the other shop, whole or not at all; answers its recovery code, told once.

        :raises BadValue: address or credentials are missing or no such thing.
        """
        ...

    def books(self, environment: str) -> AbstractContextManager[UnitOfWorkFactory]:
        """The other environment's books, open for one act; :raises StoreError: in its kinds."""
        ...

    def choose(self, environment: str) -> None:
        """The till opens this one from now on; on disk when it answers."""
        ...

    def discard(self, environment: str) -> None:
        """Take back a shop that was made just now and never chosen."""
        ...


def change_environment(
    doors: Doors,
    operator: Operator,
    homes: EnvironmentBooks,
    wanted: str,
    number: str,
    pin: str,
    new: NewPlatform | None = None,
) -> str:
    """Let the till open another environment from its next start on.

    Both logs hold the act before it takes effect. ``new``: for an environment that has no shop
    yet. Answers the recovery code of a shop that was made on the way, else an empty text.

    :raises NotAllowed: not an administrator; a practice shop; one of the two is unknown over
    there; :raises SecondPersonNeeded: the second is the first; :raises SignInRefused, LockedOut:
    the second person's PIN; :raises WorkOpen: something here is not at its end;
    :raises BadValue: no such environment, or what a new one needs is missing.
    """
    view = homes.view()
    require(doors, operator, Right.SETUP)
    if wanted not in view.others:
        raise NotAllowed(act=ACT)
    waiting = _at_rest(doors)
    second = approve(doors, number, pin, Right.SECOND_WORD, beside=operator.staff.id)
    if second.id == operator.staff.id:
        raise SecondPersonNeeded(act=ACT)
    code = ""
    if wanted not in view.known:
        if new is None:
            raise BadValue(what=wanted, why="its address is missing")
        code = homes.make(wanted, new, _carried(doors))
    try:
        _write_down(doors, operator.staff, second, homes, wanted, waiting)
        homes.choose(wanted)
    except BaseException:
        if code:
            # Its recovery code was never told, so it must not be found later.
            homes.discard(wanted)
        raise
    return code


def _write_down(
    doors: Doors, first: Staff, second: Staff, homes: EnvironmentBooks, wanted: str, waiting: int
) -> None:
    """The act in both logs, by ids; before it takes effect."""
    now = doors.clock.now()
    told = {"approver": second.id, "from": doors.shop.environment, "to": wanted}
    with homes.books(wanted) as there, there() as uow:
        _known_there(uow, first, Right.SETUP)
        _known_there(uow, second, Right.SECOND_WORD)
        uow.log.append("environment.entering", first.id, now, told)
        uow.commit()
    with doors.uow() as uow:
        uow.log.append("environment.leaving", first.id, now, {**told, "waiting": waiting})
        uow.commit()


def _at_rest(doors: Doors) -> int:
    """Rows that wait for upload stay in these books and keep nobody; they are counted.

    :raises WorkOpen: baskets, settlements, visits or returns that only this environment can end.
    """
    till = doors.shop.till_id
    with doors.uow() as uow:
        baskets = [*uow.sales.unfinished(till), *uow.sales.held(till)]
        counts = {
            "sales": sum(1 for one in baskets if one.lines or one.state is not SaleState.OPEN),
            "settlements": len(uow.settlements.undecided()),
            "visits": len(uow.settlements.with_open_visit()),
            "returns": len(uow.returns.open_items()),
        }
        waiting, _oldest = uow.outbox.waiting()
    if any(counts.values()):
        raise WorkOpen(act=ACT, **counts)
    return waiting


def _carried(doors: Doors) -> Carried:
    with doors.uow() as uow:
        found = [uow.staff.by_number(one.number) for one in uow.staff.all() if one.active]
        medicines = tuple(uow.medicines.all())
    return Carried(tuple(each for each in found if each is not None), medicines)


def _known_there(uow: UnitOfWork, staff: Staff, right: Right) -> None:
    """Who may not do it in the other books may not do it from here either."""
    try:
        known = uow.staff.get(staff.id)
    except NotFound:
        raise NotAllowed(act=ACT) from None
    if not known.may(right):
        raise NotAllowed(act=ACT)
