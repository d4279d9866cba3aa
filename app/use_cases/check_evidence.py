"""Looks at every file of this till's vault: missing, altered, back again, unnamed or foreign."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from app.domain.clock import from_micros, micros
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.evidence_keeping import Damage, Finding, StoredFile
from app.errors import NotFound, SecretError, StoreError
from app.ports import UnitOfWork
from app.use_cases.doors import Doors

BATCH: Final = 50
"""Pieces opened, or files named, between two turns of somebody else."""
MOST_KEPT: Final = 200
"""Findings of the last check that are kept by name; all are counted."""
FRESH: Final = timedelta(days=1)
"""A file that no book names yet may belong to an act that is under way."""


@dataclass(frozen=True, slots=True)
class CheckTally:
    """How far a check has come."""

    pieces: int = 0
    """To be opened in all."""
    opened: int = 0
    files: int = 0
    """Named so far, in the second walk."""
    findings: tuple[Finding, ...] = ()
    over: bool = False

    def counts(self) -> dict[Damage, int]:
        """How many of each; what there is none of is left out."""
        found = [one.damage for one in self.findings]
        return {damage: found.count(damage) for damage in Damage if damage in found}


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What the last whole check of this till found."""

    at: datetime
    pieces: int
    counts: Mapping[Damage, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    """At most :data:`MOST_KEPT`."""

    @property
    def is_good(self) -> bool:
        """Whether it found nothing."""
        return not self.counts


def check_evidence(doors: Doors, by: str) -> Iterator[CheckTally]:
    """Open each piece of this till, then name each file; short steps, kept and logged at the end.

    May be given up after any step: then nothing is kept of it. ``by``: who wants to know.
    :raises StoreError: the books cannot be used, or the folder cannot be read.
    """
    tally = CheckTally(pieces=_pieces(doors))
    yield tally
    after: tuple[datetime, str] | None = None
    while True:
        with doors.uow() as uow:
            page = uow.keeping.page(after, BATCH)
        found = _opened(doors, page)
        tally = replace(tally, opened=tally.opened + len(page), findings=(*tally.findings, *found))
        yield tally
        if len(page) < BATCH:
            break
        after = (page[-1].at, page[-1].id)
    files = doors.evidence.walk()
    while some := list(islice(files, BATCH)):
        found = _judge_files(doors, some)
        tally = replace(tally, files=tally.files + len(some), findings=(*tally.findings, *found))
        yield tally
    tally = replace(tally, over=True, pieces=tally.opened)
    _keep(doors, tally, by)
    yield tally


def look_over(doors: Doors) -> Iterator[CheckTally]:
    """The same without opening a piece: which files are missing, and which are nobody's.

    Writes nothing. :raises StoreError: the books cannot be used, or the folder cannot be read.
    """
    tally = CheckTally(pieces=_pieces(doors))
    after: tuple[datetime, str] | None = None
    while True:
        with doors.uow() as uow:
            page = uow.keeping.page(after, BATCH)
        gone = [
            Finding(Damage.MISSING, doors.evidence.place(one), one.id, one.kind, one.sale_id)
            for one in page
            if not doors.evidence.there(one)
        ]
        found = (*tally.findings, *_confirmed(doors, gone))
        tally = replace(tally, opened=tally.opened + len(page), findings=found)
        yield tally
        if len(page) < BATCH:
            break
        after = (page[-1].at, page[-1].id)
    files = doors.evidence.walk()
    while some := list(islice(files, BATCH)):
        found = (*tally.findings, *_judge_files(doors, some))
        tally = replace(tally, files=tally.files + len(some), findings=found)
        yield tally


def _pieces(doors: Doors) -> int:
    with doors.uow() as uow:
        return sum(one.pieces for one in uow.keeping.counts())


# --- pieces ---------------------------------------------------------------------------------------


def _opened(doors: Doors, page: list[Exhibit]) -> list[Finding]:
    found = []
    for one in page:
        try:
            doors.evidence.get(one)
            continue
        except NotFound:
            damage = Damage.MISSING
        except (SecretError, StoreError):
            damage = Damage.ALTERED
        found.append(Finding(damage, doors.evidence.place(one), one.id, one.kind, one.sale_id))
    return _confirmed(doors, found)


def _confirmed(doors: Doors, found: list[Finding]) -> list[Finding]:
    """Without those whose deletion was decided while they were being opened."""
    if not found:
        return []
    with doors.uow() as uow:
        rows = uow.keeping.named([one.exhibit_id for one in found])
    return [one for one in found if rows[one.exhibit_id].deleted_at is None]


# --- files ----------------------------------------------------------------------------------------


def _judge_files(doors: Doors, files: list[StoredFile]) -> list[Finding]:
    with doors.uow() as uow:
        rows = uow.keeping.named([one.exhibit_id for one in files if one.exhibit_id])
        gone = [one.id for one in rows.values() if one.deleted_at is not None]
        open_ = {one.exhibit.id for one in uow.keeping.undestroyed(MOST_KEPT)} if gone else set()
    judged = (_judge(doors, one, rows.get(one.exhibit_id), open_) for one in files)
    return [one for one in judged if one is not None]


def _judge(
    doors: Doors, file: StoredFile, row: Exhibit | None, undestroyed: Iterable[str]
) -> Finding | None:
    if row is not None and doors.evidence.place(row) == file.name:
        if row.deleted_at is None or not doors.evidence.there(row):
            return None
        damage = Damage.STUCK if row.id in undestroyed else Damage.RETURNED
        return Finding(damage, file.name, row.id, row.kind, row.sale_id)
    if not doors.evidence.is_ours(file):
        return Finding(Damage.FOREIGN, file.name)
    if doors.clock.now() - file.changed_at < FRESH:
        return None
    return Finding(Damage.UNNAMED, file.name, file.exhibit_id)


# --- what is kept of a check ----------------------------------------------------------------------


def _key(doors: Doors) -> str:
    return f"evidence.checked.{doors.shop.till_id}"


def _keep(doors: Doors, tally: CheckTally, by: str) -> None:
    now = doors.clock.now()
    counts = {damage.value: number for damage, number in tally.counts().items()}
    told = {
        "at": micros(now),
        "pieces": tally.opened,
        "counts": counts,
        "findings": [
            [one.damage.value, one.name, one.exhibit_id, one.kind.value if one.kind else "",
             one.sale_id]
            for one in tally.findings[:MOST_KEPT]
        ],
    }  # fmt: skip
    with doors.uow() as uow:
        uow.settings.put(_key(doors), json.dumps(told))
        entry = {"pieces": tally.opened, "files": tally.files, "findings": counts}
        uow.log.append("evidence.checked", by, now, entry)
        uow.commit()


def last_check(doors: Doors, uow: UnitOfWork) -> LastCheck | None:
    """The last whole check of this till; None = there was none yet."""
    kept = uow.settings.get(_key(doors))
    if not kept:
        return None
    told = json.loads(kept)
    return LastCheck(
        at=from_micros(told["at"]),
        pieces=told["pieces"],
        counts={Damage(name): number for name, number in told["counts"].items()},
        findings=tuple(
            Finding(Damage(damage), name, exhibit_id, EvidenceKind(kind) if kind else None, sale)
            for damage, name, exhibit_id, kind, sale in told["findings"]
        ),
    )
