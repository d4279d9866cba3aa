"""Rosters of special-disease and two-disease persons: taken in whole, listed, looked up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.domain.clock import shop_time
from app.domain.masking import mask_id_number, mask_name
from app.domain.roster import ROSTER_TYPES, RosterBatch, RosterEntry, counted
from app.domain.staff import Right
from app.errors import BadFile, PackValueMissing
from app.use_cases import rights
from app.use_cases.doors import Doors, Operator
from app.use_cases.roster_file import TOLD_EVERY, Progress, read_roster, untold

ROSTER = "roster"


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One batch as a manager sees it."""

    batch: RosterBatch
    age_days: int
    most_days: int | None
    """From which age the pack warns; None = it says none."""
    in_effect: bool

    @property
    def old(self) -> bool:
        """Whether a sale that rests on it is warned (EZ-9a, K-14)."""
        return self.most_days is not None and self.age_days > self.most_days


@dataclass(frozen=True, slots=True)
class RosterFound:
    """One row of a person, masked as whoever looks may see it."""

    settlement: str
    number: str
    name: str
    disease: str
    disease_name: str
    begins: date
    ends: date | None
    version: str


def take_in(
    doors: Doors,
    path: Path,
    version: str,
    effective: date,
    operator: Operator,
    tell: Progress = untold,
) -> tuple[RosterBatch, ...]:
    """Every settlement type in the file gets a batch; all of them or none is kept (EZ-9a, S-20).

    ``tell`` hears how far it is; what it raises ends the import, and nothing is kept.
    :raises BadFile: as :func:`app.use_cases.roster_file.read_roster`; that it was refused is
        logged with the file's digest and the count, and nothing else.
    """
    now = doors.clock.now()
    try:
        entries = read_roster(path, tell)
        checksum = _digest(path)
    except BadFile as refused:
        _log_refusal(doors, refused, version, operator)
        raise
    told = tuple(
        RosterBatch(kind, version, effective, now, operator.staff.id, "file", checksum, *counts)
        for kind, counts in counted(entries).items()
    )
    with doors.uow() as uow:
        for one in told:
            uow.rosters.keep(one, _of(entries, one.settlement, tell))
            entry: dict[str, object] = {
                "kind": ROSTER,
                "settlement": one.settlement,
                "version": version,
                "effective": effective.isoformat(),
                "entries": one.entries,
                "persons": one.persons,
                "checksum": checksum,
                "source": one.source,
            }
            uow.log.append("list.imported", operator.staff.id, now, entry)
        uow.commit()
    return told


def _of(entries: Sequence[RosterEntry], settlement: str, tell: Progress) -> Iterator[RosterEntry]:
    for number, one in enumerate(entries, 1):
        if number % TOLD_EVERY == 0:
            tell("roster.keeping", number)
        if one.settlement == settlement:
            yield one


def _digest(path: Path) -> str:
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


def _log_refusal(doors: Doors, refused: BadFile, version: str, operator: Operator) -> None:
    told: dict[str, object] = {
        "kind": ROSTER,
        "version": version,
        "why": str(refused.params.get("why", "")),
        "rows": int(str(refused.params.get("count", 0))),
    }
    with doors.uow() as uow:
        uow.log.append("list.refused", operator.staff.id, doors.clock.now(), told)
        uow.commit()


def roster_lines(doors: Doors, operator: Operator) -> tuple[RosterLine, ...]:
    """Every batch, newest first, with its age against what the pack allows.

    :raises NotAllowed: the right to manage staff and lists is lacking.
    """
    require(doors, operator)
    now = doors.clock.now()
    today = shop_time(now).date()
    with doors.uow() as uow:
        batches = uow.rosters.batches()
    effective: dict[str, RosterBatch] = {}
    for one in batches:
        if one.effective <= today:
            effective.setdefault(one.settlement, one)
    most = {kind: _most_days(doors, kind) for kind in ROSTER_TYPES}
    return tuple(
        RosterLine(
            one, one.age_days(now), most[one.settlement], effective.get(one.settlement) is one
        )
        for one in batches
    )


def _most_days(doors: Doors, settlement: str) -> int | None:
    try:
        return doors.policy_on(settlement, doors.clock.now()).person.roster_max_age_days
    except PackValueMissing:
        return None


def find_on_roster(doors: Doors, number: str, operator: Operator) -> tuple[RosterFound, ...]:
    """What the rosters in effect say of a document number; names and numbers come masked.

    :raises NotAllowed: as :func:`roster_lines`. Each look is logged, without whom it was for.
    """
    require(doors, operator)
    now = doors.clock.now()
    with doors.uow() as uow:
        seen = uow.rosters.by_number(number, shop_time(now).date())
        uow.log.append("roster.looked_up", operator.staff.id, now, {"rows": len(seen.entries)})
        uow.commit()
    version = {one.settlement: one.version for one in seen.batches}
    return tuple(
        RosterFound(
            one.settlement, mask_id_number(one.cert_no), mask_name(one.name), one.disease,
            one.disease_name, one.begins, one.ends, version[one.settlement],
        )
        for one in seen.entries
    )  # fmt: skip


def require(doors: Doors, operator: Operator) -> None:
    """:raises NotAllowed: lists are the manager's."""
    rights.require(doors, operator, Right.MANAGE_STAFF)
