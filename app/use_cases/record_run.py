"""The run over the books: what is over its time goes, with a proof, in steps that hold up nobody.

A step is one unit of work: look at a stretch of a kind, take out what is due and held by nobody,
write the proofs and their digest into the log, all or nothing. Left off after any step, the next
run finds in the books where things stand.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.clock import micros, shop_time
from app.domain.evidence_keeping import Hold, HoldScope
from app.domain.record_kinds import (
    RUN_KINDS,
    Aged,
    Gone,
    Proof,
    RecordKind,
    proof_line,
)
from app.domain.retention import Won, due_from
from app.ports import UnitOfWork
from app.use_cases.doors import Doors
from app.use_cases.retention import Periods

_log = logging.getLogger(__name__)

STRETCH: Final = 1000
"""Records that one step looks at."""
BATCH: Final = 50
"""Records that one step takes out: the counter waits for no more than these."""
MOST: Final = 20_000
"""Of one run; what is left over goes with the next."""
LAST: Final = "retention.last"
"""Setting: how the last run went."""
ENTRY: Final = "record.deleted"
"""The log's entry of a batch of proofs."""


@dataclass(frozen=True, slots=True)
class RecordTally:
    """What a run over the books has done so far."""

    run: str
    gone: int = 0
    size: int = 0
    held: int = 0
    """Over their time, and kept by a hold."""
    missing: tuple[str, ...] = ()
    """``retention.*`` keys without a number; their kinds are left alone."""
    waits: bool = False
    """The clock jumped: nothing is decided for some days."""
    wiped: bool = True
    """Whether the database's own log was cut off afterwards; else the next run tries again."""
    through: bool = False
    """Whether it came to its end, and not to :data:`MOST`."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A record that was looked at, with what holds for it."""

    aged: Aged
    won: Won
    due: datetime
    hold: Hold | None = field(default=None)
    """The first hold that keeps it."""


class Judge:
    """Says of a record whether its time is over and whether somebody holds it."""

    def __init__(self, doors: Doors, now: datetime) -> None:
        self._periods, self._now = Periods(doors), now

    def rule(self, kind: RecordKind) -> Won:
        """What holds for the kind today."""
        return self._periods.of_record(kind, self._now)

    def until(self, kind: RecordKind) -> datetime:
        """No rule is shorter than today's, so nothing that counts from later can be due."""
        return self._now - timedelta(days=self.rule(kind).days)

    def of(self, one: Aged, holds: Sequence[Hold]) -> Judged | None:
        """None = its time is not over."""
        won = self._periods.of_record(one.kind, one.begun_at, self._now)
        due = due_from(won, one.begun_at)
        if due is None or due > self._now:
            return None
        return Judged(one, won, due, hold_on(one, holds))


def hold_on(one: Aged, holds: Sequence[Hold]) -> Hold | None:
    """The first hold that keeps a record, by whichever person it names."""
    return next(
        (
            hold
            for hold in holds
            for person_id in dict.fromkeys((one.person_id, one.also_id))
            if hold.keeps(
                kinds=(one.kind.value,), record_id=one.id, sale_id=one.sale_id,
                person_id=person_id, at=one.begun_at,
            )
        ),
        None,
    )  # fmt: skip


def reaching(
    uow: UnitOfWork, kind: RecordKind, found: Sequence[Aged], holds: Sequence[Hold]
) -> list[Hold]:
    """The holds as they meet these records: a held sale keeps the names of both its persons, a
    held person those with whom he bought for another, or another for him.
    """
    reached = list(holds)
    if kind is RecordKind.PERSON and found:
        ids = [one.person_id for one in found]
        for hold in holds:
            named = sorted(uow.aging.named_by(ids, hold))
            reached += [replace(hold, scope=HoldScope.PERSON, target=one) for one in named]
    return reached


def record_run(doors: Doors, by: str) -> Iterator[RecordTally]:
    """One run over the books in short steps. ``by``: who runs it.

    May be left off after any step and begun anew. Waits as the run over the evidence does when the
    clock jumped (it goes first). :raises StoreError: the books cannot be used.
    """
    return _Run(doors, by).steps()


class _Run:
    def __init__(self, doors: Doors, by: str) -> None:
        self._doors, self._by = doors, by
        self._now = doors.clock.now()
        self._judge = Judge(doors, self._now)
        self._batches = 0
        self.tally = RecordTally(doors.ids.new())

    def steps(self) -> Iterator[RecordTally]:
        self.tally = replace(self.tally, waits=clock_waits(self._doors))
        yield self.tally
        if not self.tally.waits:
            for kind in RUN_KINDS:
                yield from self._kind(kind)
            self.tally = replace(self.tally, through=self.tally.gone < MOST)
        wipe = self._tell()
        # Also where nothing went today: somebody may have stood in the way yesterday.
        self.tally = replace(self.tally, wiped=wipe())
        yield self.tally

    def _kind(self, kind: RecordKind) -> Iterator[RecordTally]:
        rule = self._judge.rule(kind)
        if not rule.is_known:
            named = {*self.tally.missing, *rule.missing}
            self.tally = replace(self.tally, missing=tuple(sorted(named)))
            return
        after = ""
        while self.tally.gone < MOST:
            after = self._step(kind, after)
            yield self.tally
            if not after:
                return

    def _step(self, kind: RecordKind, after: str) -> str:
        """One unit of work; answers where to go on."""
        with self._doors.uow() as uow:
            # No hold comes in between what is looked at here and what is taken out.
            uow.keeping.alone()
            holds = uow.keeping.holds(standing=True)
            found, further = uow.aging.look(
                kind, after, self._judge.until(kind), self._now, STRETCH
            )
            holds = reaching(uow, kind, found, holds)
            due: list[Judged] = []
            held = 0
            for one in found:
                judged = self._judge.of(one, holds)
                if judged is None:
                    continue
                if judged.hold is not None:
                    held += 1
                    continue
                due.append(judged)
                if len(due) == BATCH:
                    further = one.id
                    break
            proofs = self._take_out(uow, due) if due else []
            # Also where nothing went: whom the run met for the first time is noted down.
            uow.commit()
        self.tally = replace(
            self.tally,
            gone=self.tally.gone + len(proofs),
            size=self.tally.size + sum(one.size for one in proofs),
            held=self.tally.held + held,
        )
        return further

    def _take_out(self, uow: UnitOfWork, due: Sequence[Judged]) -> list[Proof]:
        self._batches += 1
        return take_out(uow, due, self._now, self.tally.run, self._by, self._batches)

    def _tell(self) -> Callable[[], bool]:
        """Answers what is left to be done once the unit is over."""
        told = self.tally
        with self._doors.uow() as uow:
            last = {
                "at": micros(self._now), "run": told.run, "gone": told.gone, "held": told.held,
                "missing": list(told.missing), "waits": told.waits, "through": told.through,
            }  # fmt: skip
            uow.settings.put(LAST, json.dumps(last))
            if told.gone or told.held:
                entry = {"run": told.run, "records": told.gone, "held": told.held}
                uow.log.append("record.run", self._by, self._now, entry)
            wipe = uow.aging.wiper()
            uow.commit()
        _log.info("retention: run %s, %d records gone, %d held", told.run, told.gone, told.held)
        if told.missing:
            _log.warning("retention: the packs name no retention.%s", ", ".join(told.missing))
        return wipe


def take_out(
    uow: UnitOfWork, due: Sequence[Judged], now: datetime, run: str, by: str, batch: int
) -> list[Proof]:
    """Take records of one kind out of the books, prove it, chain the proofs."""
    judged = {one.aged.id: one for one in due}
    gone = uow.aging.erase([one.aged for one in due])
    proofs = [_proof(judged[one.id], one, now, run, by, batch) for one in gone]
    uow.aging.prove(proofs)
    if proofs:
        entry: dict[str, object] = {
            "run": run, "batch": batch, "kind": proofs[0].kind.value,
            "rules": sorted({one.rule for one in proofs}), "records": len(proofs),
            "bytes": sum(one.size for one in proofs), "digest": digest_of_proofs(proofs),
        }  # fmt: skip
        uow.log.append(ENTRY, by, now, entry)
    return proofs


def _proof(judged: Judged, gone: Gone, now: datetime, run: str, by: str, batch: int) -> Proof:
    proved = gone.id
    if judged.aged.kind is RecordKind.STAFF_DOCUMENT:
        # Who came back and left again has a document under the same key once more.
        proved = f"{proved}@{shop_time(judged.aged.begun_at).date()}"
    return Proof(
        kind=judged.aged.kind, id=proved, digest=gone.digest, size=gone.size,
        rule=judged.won.rule, days=judged.won.days, begun_at=judged.aged.begun_at,
        due_at=judged.due, at=now, run=run, by=by, batch=batch,
    )  # fmt: skip


def digest_of_proofs(proofs: Sequence[Proof]) -> str:
    """What the log's entry holds of a batch: SHA-256 over its lines in order, in hex."""
    lines = sorted(proof_line(one) for one in proofs)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def clock_waits(doors: Doors) -> bool:
    """Whether the run over the evidence found that the clock jumped, and nothing is decided yet."""
    with doors.uow() as uow:
        told = json.loads(uow.settings.get(f"evidence.runs.{doors.shop.till_id}") or "{}")
    return int(told.get("waits", 0)) > 0
