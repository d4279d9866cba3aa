"""What becomes of exhibits: :class:`app.ports_evidence.KeepingBook` on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update

from app.domain.clock import from_micros, micros
from app.domain.evidence import EvidenceKind, Exhibit
from app.domain.evidence_keeping import (
    Deletion,
    Hold,
    HoldReason,
    HoldScope,
    Kept,
    KindCount,
    Look,
    Parcel,
)
from app.errors import BadValue, NotFound
from app.storage.books_evidence import exhibit_of
from app.storage.books_insurance import Persons, mac_cert_no
from app.storage.session import Session
from app.storage.tables import PERSON, SALE
from app.storage.tables_custody import HELD_CARD, HELD_CARD_USE
from app.storage.tables_evidence import EVIDENCE
from app.storage.tables_keeping import (
    EVIDENCE_DELETION,
    EVIDENCE_HOLD,
    EVIDENCE_LOOK,
    EVIDENCE_PARCEL,
)
from app.storage.tables_proxy import PROXY_PURCHASE

_ASKED_AT_ONCE = 500
"""Ids in one question; databases limit the values of a statement."""


class Keeping:
    """:class:`app.ports_evidence.KeepingBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # --- finding ---------------------------------------------------------------------------------

    def find(
        self,
        *,
        begins: datetime | None = None,
        ends: datetime | None = None,
        kinds: Sequence[EvidenceKind] = (),
        sale_id: str = "",
        person_id: str = "",
        exhibit_id: str = "",
        limit: int,
    ) -> list[Kept]:
        """The store's pieces in ``[begins, ends)``, newest first, deleted ones too."""
        c, which = EVIDENCE.c, [EVIDENCE.c.store_id == self._session.store_id]
        if begins is not None:
            which.append(c.at >= micros(begins))
        if ends is not None:
            which.append(c.at < micros(ends))
        if kinds:
            which.append(c.kind.in_([kind.value for kind in kinds]))
        named = ((c.sale_id, sale_id), (c.person_id, person_id), (c.id, exhibit_id))
        which += [column == value for column, value in named if value]
        query = select(EVIDENCE).where(*which).order_by(c.at.desc(), c.id.desc()).limit(limit)
        return [Kept(exhibit_of(row), row.till_id) for row in self._session.run(query)]

    def of_people(self, person_ids: Sequence[str]) -> list[Exhibit]:
        """What is of one of them, deleted ones too: what names them, the papers of their sales, of
        purchases by or for them, of their held cards, by id.
        """
        c, bought = EVIDENCE.c, PROXY_PURCHASE.c
        ids = [one for one in person_ids if one]  # an empty one stands for nobody
        cards = (
            select(HELD_CARD.c.id)
            .join(PERSON, PERSON.c.mac_cert_no == HELD_CARD.c.mac_cert_no)
            .where(PERSON.c.id.in_(ids), PERSON.c.mac_cert_no != mac_cert_no(self._session, ""))
        )
        for_another = select(bought.sale_id).where(
            or_(bought.patient_id.in_(ids), bought.proxy_id.in_(ids))
        )
        theirs = (
            c.person_id.in_(ids),
            c.sale_id.in_(select(SALE.c.id).where(SALE.c.person_id.in_(ids))),
            c.sale_id.in_(for_another),
            c.about.in_(cards),
            c.about.in_(select(HELD_CARD_USE.c.id).where(HELD_CARD_USE.c.held_id.in_(cards))),
        )
        here = c.store_id == self._session.store_id
        found = {
            row.id: exhibit_of(row)
            for which in theirs  # each by its own index
            for row in self._session.run(select(EVIDENCE).where(here, which))
        }
        return [found[one] for one in sorted(found)]

    def page(
        self,
        after: tuple[datetime, str] | None,
        limit: int,
        *,
        kind: EvidenceKind | None = None,
        until: datetime | None = None,
    ) -> list[Exhibit]:
        """This till's pieces that are not deleted, by (time, id), beyond ``after``."""
        c, which = EVIDENCE.c, [self._here()]
        if kind is not None:
            which.append(c.kind == kind.value)
        if until is not None:
            which.append(c.at <= micros(until))
        if after is not None:
            at = micros(after[0])
            which.append(or_(c.at > at, and_(c.at == at, c.id > after[1])))
        query = select(EVIDENCE).where(*which).order_by(c.at, c.id).limit(limit)
        return [exhibit_of(row) for row in self._session.run(query)]

    def _here(self) -> ColumnElement[bool]:
        c, session = EVIDENCE.c, self._session
        return and_(
            c.store_id == session.store_id, c.till_id == session.till_id, c.deleted_at.is_(None)
        )

    def named(self, ids: Sequence[str]) -> dict[str, Exhibit]:
        """Those of the ids that the store's books name, whichever till took them."""
        found: dict[str, Exhibit] = {}
        for start in range(0, len(ids), _ASKED_AT_ONCE):
            some = list(ids[start : start + _ASKED_AT_ONCE])
            rows = self._session.run(select(EVIDENCE).where(EVIDENCE.c.id.in_(some)))
            found |= {row.id: exhibit_of(row) for row in rows}
        return found

    def counts(self) -> list[KindCount]:
        """What this till keeps, by kind, in the order of the kinds."""
        c = EVIDENCE.c
        query = (
            select(
                c.kind,
                func.count().label("pieces"),
                func.sum(c.size).label("bytes"),
                func.min(c.at).label("oldest"),
            )
            .where(self._here())
            .group_by(c.kind)
        )
        rows = {row.kind: row for row in self._session.run(query)}
        return [
            KindCount(kind, int(row.pieces), int(row.bytes), from_micros(int(row.oldest)))
            for kind in EvidenceKind
            if (row := rows.get(kind.value)) is not None
        ]

    def elsewhere(self) -> int:
        """How many pieces lie with other tills of the store."""
        c, session = EVIDENCE.c, self._session
        query = select(func.count()).where(
            c.store_id == session.store_id, c.till_id != session.till_id, c.deleted_at.is_(None)
        )
        return int(session.run(query).scalar_one())

    def grown(self, since: datetime) -> tuple[int, int]:
        """(bytes taken, bytes deleted) at this till since then."""
        c, session, at = EVIDENCE.c, self._session, micros(since)
        ours = and_(c.store_id == session.store_id, c.till_id == session.till_id)
        taken = select(func.coalesce(func.sum(c.size), 0)).where(ours, c.at >= at)
        gone = select(func.coalesce(func.sum(c.size), 0)).where(ours, c.deleted_at >= at)
        return int(session.run(taken).scalar_one()), int(session.run(gone).scalar_one())

    # --- holds -----------------------------------------------------------------------------------

    def alone(self) -> None:
        """Until this unit of work ends nobody else of the store holds, lifts or deletes."""
        # SQLite has one writer anyway, from the unit's first moment on.
        if self._session.dialect == "postgresql":
            name = f"evidence|{self._session.store_id}"
            self._session.run(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 1))))

    def holds(self, *, standing: bool) -> list[Hold]:
        """Those that stand, or all that ever were, newest first; one on a person with his twins."""
        c = EVIDENCE_HOLD.c
        query = select(EVIDENCE_HOLD).where(c.store_id == self._session.store_id)
        if standing:
            query = query.where(c.lifted_at.is_(None))
        rows = self._session.run(query.order_by(c.set_at.desc(), c.id.desc()))
        return [self._hold(row) for row in rows]

    def _hold(self, row: Row[Any]) -> Hold:
        number = self._session.unseal("text", row.sealed_file_no, _hold_place(row.id))
        also: tuple[str, ...] = ()
        if row.scope == HoldScope.PERSON.value and row.lifted_at is None:
            same = Persons(self._session).same_document(row.target)
            also = tuple(one for one in same if one != row.target)
        return Hold(
            id=row.id,
            scope=HoldScope(row.scope),
            target=row.target,
            reason=HoldReason(row.reason),
            file_no=number.decode(),
            set_at=from_micros(row.set_at),
            set_by=row.set_by,
            lifted_at=_moment(row.lifted_at),
            lifted_by=row.lifted_by,
            lifted_second=row.lifted_second,
            also=also,
        )

    def add_hold(self, hold: Hold) -> None:
        """A new one; :raises BadValue: its id is taken."""
        row = {
            **self._session.stamp,
            "id": hold.id,
            "scope": hold.scope.value,
            "target": hold.target,
            "reason": hold.reason.value,
            "sealed_file_no": self._session.seal("text", hold.file_no, _hold_place(hold.id)),
            "set_at": micros(hold.set_at),
            "set_by": hold.set_by,
            "lifted_at": None,
            "lifted_by": "",
            "lifted_second": "",
        }
        self._session.run(insert(EVIDENCE_HOLD), row, "hold")

    def lift_hold(self, hold: Hold) -> None:
        """Write down who lifted it and who agreed; :raises NotFound: it does not stand."""
        c = EVIDENCE_HOLD.c
        if hold.lifted_at is None:
            raise BadValue(what="hold", why="not lifted")
        done = self._session.run(
            update(EVIDENCE_HOLD)
            .where(c.id == hold.id, c.store_id == self._session.store_id, c.lifted_at.is_(None))
            .values(
                lifted_at=micros(hold.lifted_at),
                lifted_by=hold.lifted_by,
                lifted_second=hold.lifted_second,
            )
        )
        if done.rowcount != 1:
            raise NotFound(what="hold")

    # --- deletions -------------------------------------------------------------------------------

    def decide(self, deletions: Sequence[Deletion]) -> list[str]:
        """Mark the rows and write the records; answers the ids whose files lie with this till.

        The others are destroyed by the next run of theirs. :raises BadValue: decided before.
        """
        c, here = EVIDENCE.c, list[str]()
        for one in deletions:
            kept = and_(
                c.id == one.exhibit.id, c.store_id == self._session.store_id, c.deleted_at.is_(None)
            )
            till_id = self._session.run(select(c.till_id).where(kept)).scalar()
            marked = update(EVIDENCE).where(kept).values(deleted_at=micros(one.decided_at))
            if till_id is None or self._session.run(marked).rowcount != 1:
                raise BadValue(what="deletion", why="not kept")
            row = self._deletion_row(one, till_id)
            self._session.run(insert(EVIDENCE_DELETION), row, "deletion")
            here += [one.exhibit.id] if till_id == self._session.till_id else []
        return here

    def _deletion_row(self, one: Deletion, till_id: str) -> dict[str, object]:
        return {
            "store_id": self._session.store_id,
            "till_id": till_id,
            "exhibit_id": one.exhibit.id,
            "kind": one.exhibit.kind.value,
            "sale_id": one.exhibit.sale_id,
            "digest": one.exhibit.digest,
            "rule": one.rule,
            "days": one.days,
            "begun_at": micros(one.begun_at),
            "due_at": micros(one.due_at),
            "decided_at": micros(one.decided_at),
            "run": one.run,
            "by": one.by,
            "destroyed_at": micros(one.destroyed_at) if one.destroyed_at else None,
        }

    def undestroyed(self, limit: int) -> list[Deletion]:
        """Decided at this till, oldest first, and the file not reported gone yet."""
        c, session = EVIDENCE_DELETION.c, self._session
        query = (
            _RECORDS.where(
                c.store_id == session.store_id,
                c.till_id == session.till_id,
                c.destroyed_at.is_(None),
            )
            .order_by(c.decided_at, c.exhibit_id)
            .limit(limit)
        )
        return [_deletion(row) for row in session.run(query)]

    def destroyed(self, ids: Sequence[str], at: datetime) -> None:
        """Their files are gone."""
        c = EVIDENCE_DELETION.c
        for start in range(0, len(ids), _ASKED_AT_ONCE):
            some = list(ids[start : start + _ASKED_AT_ONCE])
            self._session.run(
                update(EVIDENCE_DELETION)
                .where(c.exhibit_id.in_(some), c.destroyed_at.is_(None))
                .values(destroyed_at=micros(at))
            )

    def deletions(self, limit: int) -> list[Deletion]:
        """The store's records, newest first."""
        c = EVIDENCE_DELETION.c
        query = (
            _RECORDS.where(c.store_id == self._session.store_id)
            .order_by(c.decided_at.desc(), c.exhibit_id.desc())
            .limit(limit)
        )
        return [_deletion(row) for row in self._session.run(query)]

    # --- looks and exports -----------------------------------------------------------------------

    def looked(self, exhibit_id: str, by: str, at: datetime) -> None:
        """Somebody is about to see a piece."""
        row = {**self._session.stamp, "exhibit_id": exhibit_id, "at": micros(at), "by": by}
        self._session.run(insert(EVIDENCE_LOOK), row)

    def looks(self, ids: Iterable[str]) -> dict[str, Look]:
        """Who looked last, by exhibit; pieces that nobody looked at are absent."""
        c, asked = EVIDENCE_LOOK.c, list(ids)
        found: dict[str, Look] = {}
        for start in range(0, len(asked), _ASKED_AT_ONCE):
            some = asked[start : start + _ASKED_AT_ONCE]
            last = select(func.max(c.seq)).where(c.exhibit_id.in_(some)).group_by(c.exhibit_id)
            for row in self._session.run(select(EVIDENCE_LOOK).where(c.seq.in_(last))):
                found[row.exhibit_id] = Look(row.exhibit_id, from_micros(row.at), row.by)
        return found

    def add_parcel(self, parcel: Parcel) -> None:
        """An export that was made; :raises BadValue: its id is taken."""
        place = _parcel_place(parcel.id)
        row = {
            **self._session.stamp,
            "id": parcel.id,
            "at": micros(parcel.at),
            "by": parcel.by,
            "second": parcel.second,
            "sealed_purpose": self._session.seal("text", parcel.purpose, place),
            "pieces": parcel.pieces,
            "missing": parcel.missing,
            "digest": parcel.digest,
        }
        self._session.run(insert(EVIDENCE_PARCEL), row, "export")

    def parcels(self, limit: int) -> list[Parcel]:
        """Newest first."""
        c, session = EVIDENCE_PARCEL.c, self._session
        query = (
            select(EVIDENCE_PARCEL)
            .where(c.store_id == session.store_id)
            .order_by(c.at.desc(), c.id.desc())
            .limit(limit)
        )
        return [
            Parcel(
                id=row.id,
                at=from_micros(row.at),
                by=row.by,
                second=row.second,
                purpose=session.unseal("text", row.sealed_purpose, _parcel_place(row.id)).decode(),
                pieces=row.pieces,
                missing=row.missing,
                digest=row.digest,
            )
            for row in session.run(query)
        ]


_RECORDS = select(
    EVIDENCE,
    EVIDENCE_DELETION.c.rule,
    EVIDENCE_DELETION.c.days,
    EVIDENCE_DELETION.c.begun_at,
    EVIDENCE_DELETION.c.due_at,
    EVIDENCE_DELETION.c.decided_at,
    EVIDENCE_DELETION.c.run,
    EVIDENCE_DELETION.c.by.label("decided_by"),
    EVIDENCE_DELETION.c.destroyed_at,
).join(EVIDENCE_DELETION, EVIDENCE_DELETION.c.exhibit_id == EVIDENCE.c.id)


def _deletion(row: Row[Any]) -> Deletion:
    return Deletion(
        exhibit=exhibit_of(row),
        rule=row.rule,
        days=row.days,
        begun_at=from_micros(row.begun_at),
        due_at=from_micros(row.due_at),
        decided_at=from_micros(row.decided_at),
        run=row.run,
        by=row.decided_by,
        destroyed_at=_moment(row.destroyed_at),
    )


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_micros(value)


def _hold_place(hold_id: str) -> str:
    return f"evidence_hold|{hold_id}|file_no"


def _parcel_place(parcel_id: str) -> str:
    return f"evidence_parcel|{parcel_id}|purpose"
