"""The deletion run: decides what is over its time, destroys it, clears away what nobody named.

A deletion is three steps, each durable before the next: decided (mark, record and log in one unit
of work), destroyed (the file), reported (the record says when). Cut off anywhere, the next run
goes on from the books; a file that is gone always has its record (decision 31).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from app.domain.clock import from_micros, micros, shop_time
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.evidence_keeping import Damage, Deletion, Hold, StoredFile, held_by
from app.domain.retention import due_from
from app.errors import StoreError
from app.ports import UnitOfWork
from app.use_cases.check_evidence import last_check
from app.use_cases.doors import Doors
from app.use_cases.hold_evidence import reaching_papers
from app.use_cases.retention import Periods, clock_start

_log = logging.getLogger(__name__)

BATCH: Final = 50
"""Pieces in one unit of work: the counter waits for no more than these."""
MOST: Final = 1000
"""Deletions of one run; what is left over goes on the next day."""
MOST_STUCK: Final = 50
"""Files that a disk may refuse to let go before the run gives up on it."""
UNNAMED_DAYS: Final = 30
"""A piece that no book names is kept so long: books from a backup are noticed before."""
JUMP_DAYS: Final = 31
"""A clock that moved on by more since the last run is not believed at once."""
WAIT_RUNS: Final = 3
"""Days of business after such a jump on which nothing is decided yet."""


@dataclass(frozen=True, slots=True)
class RunTally:
    """What a run has done so far."""

    run: str
    decided: int = 0
    destroyed: int = 0
    stuck: int = 0
    """Decided, and the disk does not let the file go."""
    held: int = 0
    """Over their time, and kept by a hold."""
    unnamed: int = 0
    """Files that no book named, removed."""
    missing: tuple[str, ...] = ()
    """``retention.*`` keys without a number; their kinds are not deleted."""
    waits: bool = False
    """The clock jumped: nothing is decided for some days."""


def deletion_run(doors: Doors, by: str) -> Iterator[RunTally]:
    """One run, in short steps: after each one somebody else may use the books. ``by``: who runs it.

    May be left off after any step and begun anew; it finds in the books where things stand.
    :raises StoreError: the books cannot be used.
    """
    return _Run(doors, by).steps()


class _Run:
    def __init__(self, doors: Doors, by: str) -> None:
        self._doors, self._by = doors, by
        self._periods = Periods(doors)
        self._now = doors.clock.now()
        self.tally = RunTally(doors.ids.new())

    def steps(self) -> Iterator[RunTally]:
        self._note_clock()
        yield self.tally
        yield from self._finish()
        self._again()
        if not self.tally.waits:
            for kind in EvidenceKind:
                yield from self._decide_kind(kind)
            yield from self._clear_unnamed()
        self._tell()
        yield self.tally

    def _count(self, **more: int) -> None:
        sums = {name: getattr(self.tally, name) + figure for name, figure in more.items()}
        self.tally = replace(self.tally, **sums)

    # --- the clock -------------------------------------------------------------------------------

    def _note_clock(self) -> None:
        """A clock that is years ahead would empty the vault: after a jump some days pass first."""
        key = f"evidence.runs.{self._doors.shop.till_id}"
        with self._doors.uow() as uow:
            told = json.loads(uow.settings.get(key) or "{}") or _noted_by_others(uow)
            last = from_micros(told["last"]) if "last" in told else self._now
            waits = int(told.get("waits", 0))
            if self._now - last > timedelta(days=JUMP_DAYS):
                waits = WAIT_RUNS
                _log.warning("evidence: the clock jumped, nothing is deleted for some days")
            elif waits and shop_time(self._now).date() != shop_time(last).date():
                waits -= 1
            uow.settings.put(key, json.dumps({"last": micros(self._now), "waits": waits}))
            uow.commit()
        self.tally = replace(self.tally, waits=waits > 0)

    # --- deciding --------------------------------------------------------------------------------

    def _decide_kind(self, kind: EvidenceKind) -> Iterator[RunTally]:
        retention = self._periods.of(kind, self._now)
        if not retention.is_known:
            if self._keeps_any(kind):
                named = {*self.tally.missing, *retention.missing}
                self.tally = replace(self.tally, missing=tuple(sorted(named)))
            return
        # No rule is shorter than today's, so nothing younger can be due.
        until = self._now - timedelta(days=retention.days)
        after: tuple[datetime, str] | None = None
        while self.tally.decided < MOST:
            page, decided = self._decide_page(kind, after, until)
            if decided:
                self._destroy([one.exhibit for one in decided])
            yield self.tally
            if len(page) < BATCH:
                return
            after = (page[-1].at, page[-1].id)

    def _keeps_any(self, kind: EvidenceKind) -> bool:
        with self._doors.uow() as uow:
            return bool(uow.keeping.page(None, 1, kind=kind))

    def _decide_page(
        self, kind: EvidenceKind, after: tuple[datetime, str] | None, until: datetime
    ) -> tuple[list[Exhibit], list[Deletion]]:
        with self._doors.uow() as uow:
            # No hold comes in between what is looked at here and what is decided.
            uow.keeping.alone()
            holds = uow.keeping.holds(standing=True)
            page = uow.keeping.page(after, BATCH, kind=kind, until=until)
            holds = reaching_papers(uow, page, holds)
            judged = [self._judge(uow, one, holds) for one in page]
            decided = [one for one in judged if one is not None]
            if decided:
                uow.keeping.decide(decided)
                for one in decided:
                    uow.log.append("evidence.deleted", self._by, self._now, _entry(one))
                uow.commit()
        self._count(decided=len(decided))
        return page, decided

    def _judge(self, uow: UnitOfWork, exhibit: Exhibit, holds: list[Hold]) -> Deletion | None:
        """The record of its deletion, None where it stays."""
        begun = clock_start(uow, exhibit)
        if begun is None:
            return None
        retention = self._periods.of(exhibit.kind, begun, self._now)
        due = due_from(retention, begun)
        if due is None or due > self._now:
            return None
        if held_by(exhibit, holds) is not None:
            self._count(held=1)
            return None
        return Deletion(
            exhibit=exhibit,
            rule=retention.rule,
            days=retention.days,
            begun_at=begun,
            due_at=due,
            decided_at=self._now,
            run=self.tally.run,
            by=self._by,
        )

    # --- destroying ------------------------------------------------------------------------------

    def _finish(self) -> Iterator[RunTally]:
        """What an earlier run decided and did not get to report."""
        stuck: set[str] = set()
        while len(stuck) < MOST_STUCK:
            with self._doors.uow() as uow:
                found = uow.keeping.undestroyed(BATCH + len(stuck))
            left = [one.exhibit for one in found if one.exhibit.id not in stuck]
            if not left:
                return
            stuck |= self._destroy(left)
            yield self.tally

    def _again(self) -> None:
        """Files that the last check found back again: a copy of the folder was put in its place."""
        with self._doors.uow() as uow:
            checked = last_check(self._doors, uow)
            back = (
                [one for one in checked.findings if one.damage is Damage.RETURNED]
                if checked
                else []
            )
            rows = uow.keeping.named([one.exhibit_id for one in back])
        there = [
            one
            for one in rows.values()
            if one.deleted_at is not None and self._doors.evidence.there(one)
        ]
        self._destroy(there)

    def _destroy(self, exhibits: list[Exhibit]) -> set[str]:
        """Their files, then the report; answers the ids of those that stay."""
        gone, stuck = [], set()
        for exhibit in exhibits:
            try:
                self._doors.evidence.remove(exhibit)
                gone.append(exhibit.id)
            except StoreError:
                stuck.add(exhibit.id)
        if gone:
            with self._doors.uow() as uow:
                uow.keeping.destroyed(gone, self._now)
                entry = {"run": self.tally.run, "exhibits": gone}
                uow.log.append("evidence.destroyed", self._by, self._now, entry)
                uow.commit()
        if stuck:
            _log.warning("evidence: %d files cannot be removed", len(stuck))
        self._count(destroyed=len(gone), stuck=len(stuck))
        return stuck

    # --- what nobody named -----------------------------------------------------------------------

    def _clear_unnamed(self) -> Iterator[RunTally]:
        """Each day's folder once, when its pieces have been named or given up for long."""
        key = f"evidence.cleared.{self._doors.shop.till_id}"
        with self._doors.uow() as uow:
            cleared = uow.settings.get(key)
        limit = self._now - timedelta(days=UNNAMED_DAYS)
        through = True
        for day in self._doors.evidence.days():
            if (cleared and day.isoformat() <= cleared) or day >= limit.date():
                continue
            through = self._clear_day(day, limit) and through
            yield self.tally
            if not through:
                continue  # this day and those after it are looked at again by the next run
            with self._doors.uow() as uow:
                uow.settings.put(key, day.isoformat())
                uow.commit()

    def _clear_day(self, day: date, limit: datetime) -> bool:
        """Whether the day is done with: nothing young in it, nothing that the disk refused."""
        files = [one for one in self._doors.evidence.of_day(day) if one.exhibit_id]
        with self._doors.uow() as uow:
            named = uow.keeping.named([one.exhibit_id for one in files])
        lost = [one for one in files if one.exhibit_id not in named]
        ours = [one for one in lost if one.changed_at < limit and self._doors.evidence.is_ours(one)]
        removed = [one for one in ours if self._drop(one)]
        if removed:
            with self._doors.uow() as uow:
                entry = {"run": self.tally.run, "files": [one.name for one in removed]}
                uow.log.append("evidence.unnamed_removed", self._by, self._now, entry)
                uow.commit()
        return len(removed) == len(ours) and all(one.changed_at < limit for one in lost)

    def _drop(self, file: StoredFile) -> bool:
        try:
            self._doors.evidence.remove_file(file)
        except StoreError:
            self._count(stuck=1)
            return False
        self._count(unnamed=1)
        return True

    def _tell(self) -> None:
        told = self.tally
        _log.info(
            "evidence: run %s decided %d, destroyed %d, stuck %d, held %d, unnamed %d",
            told.run, told.decided, told.destroyed, told.stuck, told.held, told.unnamed,
        )  # fmt: skip
        if told.missing:
            _log.warning("evidence: the packs name no retention.%s", ", ".join(told.missing))


def _noted_by_others(uow: UnitOfWork) -> dict[str, int]:
    """A till's first run has no moment of its own: the books that it joins know better than its
    clock, which may be years ahead.
    """
    texts = [uow.settings.get(f"evidence.runs.{one.id}") for one in uow.tills.all()]
    known = [int(json.loads(text)["last"]) for text in texts if text]
    return {"last": max(known)} if known else {}


def _entry(one: Deletion) -> dict[str, object]:
    exhibit = one.exhibit
    entry: dict[str, object] = {
        "exhibit": exhibit.id,
        "kind": exhibit.kind.value,
        "digest": exhibit.digest,
        "rule": one.rule,
        "days": one.days,
        "due": one.due_at.isoformat(),
        "run": one.run,
    }
    if exhibit.sale_id:
        entry["sale"] = exhibit.sale_id
    return entry
