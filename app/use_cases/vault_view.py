"""The vault as its keeper sees it: what is kept and for how long, what is held, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.evidence_keeping import (
    Deletion,
    Forecast,
    Hold,
    HoldScope,
    Kept,
    Look,
    Parcel,
    Room,
    forecast,
    held_by,
)
from app.domain.retention import RULES, ClockStart, due_from
from app.domain.staff import Right
from app.errors import BadValue, NotFound, PackValueMissing, StoreError
from app.ports import UnitOfWork
from app.use_cases.check_evidence import LastCheck, last_check
from app.use_cases.doors import Doors, Operator
from app.use_cases.exhibits import look_at
from app.use_cases.hold_evidence import pieces_of, reaching_papers, require_keeper
from app.use_cases.notes import Note
from app.use_cases.retention import GENERAL, Periods, clock_start

GROWTH_DAYS: Final = 30
"""The period whose growth is carried on."""
MOST_FOUND: Final = 300
MOST_RECORDS: Final = 50


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of evidence at this till."""

    kind: EvidenceKind
    pieces: int
    size: int
    """Bytes."""
    oldest: datetime | None
    rule: str
    """The ``retention.*`` key that wins; empty while one is missing."""
    days: int
    missing: tuple[str, ...]
    starts: ClockStart
    next_due: datetime | None
    """When the oldest piece may go; None = not known, or its clock has not begun."""


@dataclass(frozen=True, slots=True)
class VaultView:
    """The vault of this till on one page."""

    kinds: tuple[KindLine, ...]
    elsewhere: int
    """Pieces on the disks of other tills of the store."""
    holds: int
    stuck: int
    """Deletions whose file the disk does not let go (at most fifty are counted)."""
    records: tuple[Deletion, ...]
    """The newest deletions."""
    parcels: tuple[Parcel, ...]
    checked: LastCheck | None
    room: Room | None
    """None = the disk cannot be asked."""
    forecast: Forecast | None
    warn_days: int | None
    who: str
    """Who can answer what the packs leave open."""

    @property
    def pieces(self) -> int:
        """At this till."""
        return sum(one.pieces for one in self.kinds)

    @property
    def size(self) -> int:
        """Bytes at this till."""
        return sum(one.size for one in self.kinds)

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys without a number of kinds of which there is something."""
        return tuple(sorted({key for one in self.kinds if one.pieces for key in one.missing}))


def vault_view(doors: Doors, operator: Operator) -> VaultView:
    """Everything of the page but the pieces; :raises NotAllowed: no keeper of evidence."""
    require_keeper(doors, operator)
    return read_vault(doors)


def read_vault(doors: Doors) -> VaultView:
    """The same for ``yaotai doctor``."""
    now = doors.clock.now()
    periods = Periods(doors)
    room = _room(doors)
    warn_days = _warn_days(doors, now)
    with doors.uow() as uow:
        kinds = tuple(_kind_line(uow, periods, kind, now) for kind in EvidenceKind)
        taken, deleted = uow.keeping.grown(now - timedelta(days=GROWTH_DAYS))
        oldest = min((one.oldest for one in kinds if one.oldest), default=now)
        return VaultView(
            kinds=kinds,
            elsewhere=uow.keeping.elsewhere(),
            holds=len(uow.keeping.holds(standing=True)),
            stuck=len(uow.keeping.undestroyed(MOST_RECORDS)),
            records=tuple(uow.keeping.deletions(MOST_RECORDS)),
            parcels=tuple(uow.keeping.parcels(MOST_RECORDS)),
            checked=last_check(doors, uow),
            room=room,
            forecast=_forecast(room, taken, deleted, oldest, now, warn_days),
            warn_days=warn_days,
            who=doors.profile.who,
        )


def _kind_line(uow: UnitOfWork, periods: Periods, kind: EvidenceKind, now: datetime) -> KindLine:
    counted = {one.kind: one for one in uow.keeping.counts()}.get(kind)
    told, starts = periods.of(kind, now), RULES[kind].starts
    due = None
    if counted is not None and starts is ClockStart.TAKEN:
        due = due_from(periods.of(kind, counted.oldest, now), counted.oldest)
    return KindLine(
        kind=kind,
        pieces=counted.pieces if counted else 0,
        size=counted.size if counted else 0,
        oldest=counted.oldest if counted else None,
        rule=told.rule,
        days=told.days,
        missing=told.missing,
        starts=starts,
        next_due=due if told.is_known else None,
    )


def _room(doors: Doors) -> Room | None:
    try:
        return doors.evidence.room()
    except StoreError:
        return None


def _warn_days(doors: Doors, now: datetime) -> int | None:
    try:
        return doors.policy_on(GENERAL, now).store.disk_warn_days
    except PackValueMissing:
        return None


def _forecast(
    room: Room | None,
    taken: int,
    deleted: int,
    oldest: datetime,
    now: datetime,
    warn_days: int | None,
) -> Forecast | None:
    """A till that is younger than the period is judged by the days that it has."""
    if room is None:
        return None
    days = max(1, min(GROWTH_DAYS, (now - oldest).days))
    return forecast(room, taken, deleted, days, warn_days, now)


def vault_attention(doors: Doors, operator: Operator) -> tuple[Note, ...]:
    """What a keeper is told when he comes, without opening the page; nothing to anybody else."""
    if not operator.staff.may(Right.KEEP_EVIDENCE):
        return ()
    now, room = doors.clock.now(), _room(doors)
    with doors.uow() as uow:
        checked = last_check(doors, uow)
        stuck = len(uow.keeping.undestroyed(MOST_RECORDS))
        taken, deleted = uow.keeping.grown(now - timedelta(days=GROWTH_DAYS))
        first = uow.keeping.page(None, 1)
    notes = []
    if checked is not None and not checked.is_good:
        count = sum(checked.counts.values())
        notes.append(Note("vault.attention_damage", {"count": count}, "warn"))
    if stuck:
        notes.append(Note("vault.stuck", {"count": stuck}, "warn"))
    oldest = first[0].at if first else now
    seen = _forecast(room, taken, deleted, oldest, now, _warn_days(doors, now))
    if seen is not None and seen.warn and seen.full_on is not None:
        day = f"{shop_time(seen.full_on):%Y-%m-%d}"
        notes.append(Note("vault.attention_disk", {"day": day}, "warn"))
    return tuple(notes)


# --- finding --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FoundPiece:
    """A piece as the list shows it."""

    kept: Kept
    receipt_no: str
    taken_by: str
    hold: Hold | None
    due: datetime | None
    """From when on it may go; None = its clock has not begun, or a number is missing."""
    look: Look | None
    looked_by: str
    """The name of who looked last; empty = nobody did."""
    here: bool
    """Whether it lies on this till's disk."""

    @property
    def exhibit(self) -> Exhibit:
        """The piece itself."""
        return self.kept.exhibit


@dataclass(frozen=True, slots=True)
class FindWish:
    """What is looked for; what is empty does not narrow."""

    receipt_no: str = ""
    first: date | None = None
    last: date | None = None
    """Days of the shop, both whole."""
    kind: EvidenceKind | None = None
    exhibit_id: str = ""


def period_of(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """Two whole days of the shop as ``[begins, ends)``; :raises BadValue: in the wrong order."""
    if first is not None and last is not None and last < first:
        raise BadValue(what="date", why="order")
    begins = datetime.combine(first, time(), SHOP_ZONE) if first else None
    ends = datetime.combine(last + timedelta(days=1), time(), SHOP_ZONE) if last else None
    return begins, ends


def find_pieces(doors: Doors, wish: FindWish, operator: Operator) -> tuple[FoundPiece, ...]:
    """At most :data:`MOST_FOUND`, newest first.

    :raises NotAllowed: no keeper of evidence; :raises NotFound: no sale has this receipt number.
    """
    require_keeper(doors, operator)
    begins, ends = period_of(wish.first, wish.last)
    periods, now = Periods(doors), doors.clock.now()
    with doors.uow() as uow:
        found = uow.keeping.find(
            begins=begins,
            ends=ends,
            kinds=(wish.kind,) if wish.kind else (),
            sale_id=_sale_of(uow, wish.receipt_no),
            exhibit_id=wish.exhibit_id,
            limit=MOST_FOUND,
        )
        reader = _Reader(doors, uow, periods, now)
        return reader.read(found)


def _sale_of(uow: UnitOfWork, receipt_no: str) -> str:
    if not receipt_no.strip():
        return ""
    sale = uow.sales.by_receipt(receipt_no.strip())
    if sale is None:
        raise NotFound(what="receipt")
    return sale.id


class _Reader:
    """Rows of the list, with what belongs to each read once."""

    def __init__(self, doors: Doors, uow: UnitOfWork, periods: Periods, now: datetime) -> None:
        self._doors, self._uow, self._periods, self._now = doors, uow, periods, now
        self._names: dict[str, str] = {}
        self._receipts: dict[str, str] = {"": ""}

    def read(self, found: list[Kept]) -> tuple[FoundPiece, ...]:
        holds = self._uow.keeping.holds(standing=True)
        holds = reaching_papers(self._uow, [one.exhibit for one in found], holds)
        looks = self._uow.keeping.looks([one.exhibit.id for one in found])
        return tuple(self._row(one, holds, looks.get(one.exhibit.id)) for one in found)

    def _row(self, one: Kept, holds: list[Hold], look: Look | None) -> FoundPiece:
        exhibit = one.exhibit
        return FoundPiece(
            kept=one,
            receipt_no=self._receipt(exhibit.sale_id),
            taken_by=self._name(exhibit.by),
            hold=held_by(exhibit, holds),
            due=self._due(exhibit),
            look=look,
            looked_by=self._name(look.by) if look else "",
            here=one.till_id == self._doors.shop.till_id,
        )

    def _due(self, exhibit: Exhibit) -> datetime | None:
        begun = clock_start(self._uow, exhibit)
        if begun is None or not self._periods.of(exhibit.kind, self._now).is_known:
            return None
        return due_from(self._periods.of(exhibit.kind, begun, self._now), begun)

    def _receipt(self, sale_id: str) -> str:
        if sale_id not in self._receipts:
            try:
                self._receipts[sale_id] = self._uow.sales.get(sale_id).receipt_no
            except NotFound:
                self._receipts[sale_id] = ""
        return self._receipts[sale_id]

    def _name(self, staff_id: str) -> str:
        if staff_id not in self._names:
            self._names[staff_id] = staff_name(self._uow, staff_id)
        return self._names[staff_id]


def staff_name(uow: UnitOfWork, staff_id: str) -> str:
    """The name of a member of staff; the id where the books know nobody (the till itself)."""
    try:
        return uow.staff.get(staff_id).name
    except NotFound:
        return staff_id


def see_piece(doors: Doors, exhibit_id: str, viewer: Operator) -> tuple[Exhibit, bytes]:
    """A piece in the clear; who looked is in the log first.

    :raises NotAllowed: no keeper, or the role may not see persons; :raises NotFound: it is gone;
    :raises SecretError: it was altered.
    """
    require_keeper(doors, viewer)
    with doors.uow() as uow:
        exhibit = uow.keeping.named([exhibit_id]).get(exhibit_id)
    if exhibit is None:
        raise NotFound(what="evidence")
    return exhibit, look_at(doors, exhibit, viewer)


# --- holds ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold with names, and what it covers now."""

    hold: Hold
    set_by: str
    lifted_by: str
    lifted_second: str
    covered: int
    receipt_no: str
    """Where it holds a sale."""


def hold_lines(doors: Doors, operator: Operator) -> tuple[HoldLine, ...]:
    """Every hold, those that stand first, newest first; :raises NotAllowed: no keeper."""
    require_keeper(doors, operator)
    with doors.uow() as uow:
        lines = tuple(_hold_line(uow, one) for one in uow.keeping.holds(standing=False))
    return tuple(sorted(lines, key=lambda line: not line.hold.stands))


def _hold_line(uow: UnitOfWork, hold: Hold) -> HoldLine:
    pieces = pieces_of(uow, hold.scope, hold.target)
    receipt = ""
    if hold.scope is HoldScope.SALE:
        try:
            receipt = uow.sales.get(hold.target).receipt_no
        except NotFound:
            receipt = ""
    return HoldLine(
        hold=hold,
        set_by=staff_name(uow, hold.set_by),
        lifted_by=staff_name(uow, hold.lifted_by) if hold.lifted_by else "",
        lifted_second=staff_name(uow, hold.lifted_second) if hold.lifted_second else "",
        covered=sum(one.deleted_at is None for one in pieces),
        receipt_no=receipt,
    )
