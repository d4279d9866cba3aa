"""What would go (the dry run), what went (the proofs) and how retention stands; nothing changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from app.domain.clock import from_micros
from app.domain.record_kinds import (
    RECORDS,
    RUN_KINDS,
    Counted,
    Ending,
    Proof,
    RecordKind,
)
from app.domain.retention import due_from
from app.use_cases.doors import Doors
from app.use_cases.record_run import (
    LAST,
    STRETCH,
    Judge,
    Judged,
    clock_waits,
    digest_of_proofs,
    reaching,
)

MOST_SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class KindPlan:
    """One kind of record in the dry run."""

    kind: RecordKind
    ending: Ending
    counted: Counted
    rule: str
    """The ``retention.*`` key that wins today; empty = one is missing, or none holds."""
    days: int
    missing: tuple[str, ...]
    rows: int = 0
    """With something that can go one day."""
    oldest: datetime | None = None
    due: int = 0
    """Would go now."""
    size: int = 0
    """Bytes that would go, as they lie there."""
    held: int = 0
    """Over their time, and kept by a hold."""
    unfinished: int = 0
    """Over their time and not done with: they wait for a person, and stay until then."""
    next_due: datetime | None = None
    """When the oldest may go; None = nothing counts yet."""


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """The dry run."""

    at: datetime
    kinds: tuple[KindPlan, ...]
    waits: bool
    """The clock jumped: the run would take nothing out today."""
    through: bool = False

    @property
    def due(self) -> int:
        """Would go now, of all kinds."""
        return sum(one.due for one in self.kinds)

    @property
    def held(self) -> int:
        """Kept by a hold, of all kinds."""
        return sum(one.held for one in self.kinds)

    @property
    def unfinished(self) -> int:
        """Over their time and not done with, of all kinds."""
        return sum(one.unfinished for one in self.kinds)

    @property
    def size(self) -> int:
        """Bytes that would go."""
        return sum(one.size for one in self.kinds)

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys without a number of kinds of which there is something."""
        return tuple(sorted({key for one in self.kinds if one.rows for key in one.missing}))


def plan_run(doors: Doors) -> Iterator[RetentionPlan]:
    """The dry run a kind at a time; the last answer is whole. Nothing is written.

    :raises StoreError: the books cannot be used.
    """
    now = doors.clock.now()
    judge = Judge(doors, now)
    plan = RetentionPlan(now, (), clock_waits(doors))
    for kind in RECORDS:
        line = _line(judge, kind)
        if kind in RUN_KINDS and line.rule:
            line = _counted(doors, judge, line, now)
        elif kind in RUN_KINDS:
            with doors.uow() as uow:
                stock = uow.aging.stock(kind, now)
            line = replace(line, rows=stock.rows, oldest=stock.oldest)
        plan = replace(plan, kinds=(*plan.kinds, line))
        yield plan
    yield replace(plan, through=True)


def plan_now(doors: Doors) -> RetentionPlan:
    """The whole dry run at once."""
    return list(plan_run(doors))[-1]


def _line(judge: Judge, kind: RecordKind) -> KindPlan:
    rule = RECORDS[kind]
    if not rule.keys:
        return KindPlan(kind, rule.ending, rule.counted, "", 0, ())
    won = judge.rule(kind)
    return KindPlan(kind, rule.ending, rule.counted, won.rule, won.days, won.missing)


def _counted(doors: Doors, judge: Judge, line: KindPlan, now: datetime) -> KindPlan:
    with doors.uow() as uow:
        stock = uow.aging.stock(line.kind, judge.until(line.kind))
        holds = uow.keeping.holds(standing=True)
    due = held = size = 0
    after = ""
    while stock.rows:
        with doors.uow() as uow:
            found, after = uow.aging.look(line.kind, after, judge.until(line.kind), now, STRETCH)
            meet = reaching(uow, line.kind, found, holds)
            judged = [seen for one in found if (seen := judge.of(one, meet)) is not None]
            going = [one.aged for one in judged if one.hold is None]
            size += uow.aging.measure(going)
        due += len(going)
        held += len(judged) - len(going)
        if not after:
            break
    won = judge.rule(line.kind)
    next_due = due_from(won, stock.oldest) if stock.oldest is not None else None
    return replace(
        line, rows=stock.rows, oldest=stock.oldest, unfinished=stock.unfinished, due=due,
        held=held, size=size, next_due=next_due,
    )  # fmt: skip


def blocked(doors: Doors, limit: int = MOST_SHOWN) -> tuple[Judged, ...]:
    """Records over their time that a hold keeps, with it."""
    now = doors.clock.now()
    judge = Judge(doors, now)
    found: list[Judged] = []
    for kind in RUN_KINDS:
        after = ""
        while judge.rule(kind).is_known and len(found) < limit:
            with doors.uow() as uow:
                holds = uow.keeping.holds(standing=True)
                if not holds:
                    return ()
                aged, after = uow.aging.look(kind, after, judge.until(kind), now, STRETCH)
                holds = reaching(uow, kind, aged, holds)
            seen = [judge.of(one, holds) for one in aged]
            found += [one for one in seen if one is not None and one.hold is not None]
            if not after:
                break
    return tuple(found[:limit])


# --- what went ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProofsSeen:
    """The proofs with what the log's chain says of them."""

    proofs: tuple[Proof, ...]
    """The newest."""
    count: int
    """All there are."""
    batches: int
    broken: tuple[str, ...] = field(default=())
    """``run#batch`` whose proofs are not those that the log told of."""


def proofs_seen(doors: Doors, limit: int = MOST_SHOWN, run: str = "") -> ProofsSeen:
    """The newest proofs, each batch held against the entry of the log that was written with it."""
    with doors.uow() as uow:
        told = uow.aging.told()
        count = uow.aging.proof_count()
        newest = uow.aging.proofs(limit, run=run)
        broken = [
            f"{name}#{batch}"
            for (name, batch), digest in told.items()
            if digest_of_proofs(uow.aging.batch(name, batch)) != digest
        ]
        silent = sorted(
            {(one.run, one.batch) for one in newest} - set(told), key=lambda one: (one[0], one[1])
        )
    return ProofsSeen(
        tuple(newest), count, len(told), (*broken, *(f"{name}#{batch}" for name, batch in silent))
    )


# --- how it stands --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RetentionHealth:
    """For ``yaotai doctor`` and the page: whether retention runs and what it lacks."""

    last_at: datetime | None
    """When the last run ended; None = there was none."""
    gone: int
    held: int
    missing: tuple[str, ...]
    """``retention.*`` keys that the packs do not name."""
    waits: bool
    through: bool
    """False = the last run came to its limit: the next goes on."""
    holds: int
    proofs: int


def retention_health(doors: Doors) -> RetentionHealth:
    """Cheap; :raises StoreError: the books cannot be used."""
    with doors.uow() as uow:
        told = json.loads(uow.settings.get(LAST) or "{}")
        holds = len(uow.keeping.holds(standing=True))
        proofs = uow.aging.proof_count()
    judge = Judge(doors, doors.clock.now())
    missing = {key for kind in RUN_KINDS for key in judge.rule(kind).missing}
    return RetentionHealth(
        last_at=from_micros(int(told["at"])) if "at" in told else None,
        gone=int(told.get("gone", 0)),
        held=int(told.get("held", 0)),
        missing=tuple(sorted(missing)),
        waits=clock_waits(doors),
        through=bool(told.get("through", True)),
        holds=holds,
        proofs=proofs,
    )
