"""Records that grow old: :class:`app.ports_retention.AgingBook` on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    String,
    Table,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from app.domain.clock import SHOP_ZONE, from_micros, micros, shop_time
from app.domain.evidence_keeping import Hold
from app.domain.record_kinds import RUN_KINDS, Aged, Gone, KindStock, Proof, RecordKind
from app.storage.aging_belongs import READ_THROUGH, belonging, uploads_of
from app.storage.aging_ended import ended
from app.storage.aging_persons import last_mentions, met_first, named_by, still_unnamed
from app.storage.aging_plans import PLANS, Plan
from app.storage.aging_roster import RosterAge, fold_values
from app.storage.engine import scrub
from app.storage.session import Session, chunks
from app.storage.tables import ACT_LOG, OUTBOX
from app.storage.tables_retention import RECORD_DELETION


class Aging:
    """:class:`app.ports_retention.AgingBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._roster = RosterAge(session)

    # --- looking ---------------------------------------------------------------------------------

    def stock(self, kind: RecordKind, until: datetime) -> KindStock:
        """What stands there with something that can go; unfinished are those since ``until``."""
        if kind is RecordKind.ROSTER:
            return self._roster.stock()
        plan = PLANS[kind]
        late = case((and_(plan.at <= _last(plan, until), ~plan.done), 1), else_=0)
        counted = select(
            func.count().label("rows"),
            func.min(plan.at).label("oldest"),
            func.coalesce(func.sum(late), 0).label("unfinished"),
        )
        row = self._session.run(
            counted.select_from(plan.source).where(self._mine(plan), self._left(kind, plan))
        ).one()
        return KindStock(int(row.rows), _moment(plan, row.oldest), int(row.unfinished))

    def look(
        self, kind: RecordKind, after: str, until: datetime, now: datetime, limit: int
    ) -> tuple[list[Aged], str]:
        """(those that count from ``until`` or before among the next records, where to go on)."""
        if kind is RecordKind.ROSTER:
            return self._roster.look(after, until, limit)
        plan = PLANS[kind]
        beyond = plan.key > _typed(plan, after) if after else plan.key.is_not(None)
        # A bounded stretch of the key: however few are due, no step reads the whole table.
        query = select(plan.key).select_from(plan.table).where(beyond).order_by(plan.key)
        keys = list(self._session.run(query.limit(limit)).scalars())
        if not keys:
            return [], ""
        stretch = and_(beyond, plan.key <= keys[-1])
        further = str(keys[-1]) if len(keys) == limit else ""
        if kind is RecordKind.PERSON:
            return self._persons(plan, stretch, until, now), further
        wanted = and_(stretch, plan.done, plan.at <= _last(plan, until))
        found = self._aged(kind, plan, self._rows(kind, plan, wanted), now)
        return [one for one in found if one.begun_at <= until], further

    def _persons(
        self, plan: Plan, stretch: ColumnElement[bool], until: datetime, now: datetime
    ) -> list[Aged]:
        rows = self._rows(RecordKind.PERSON, plan, stretch)
        ids = [str(row.key) for row in rows]
        mentions = last_mentions(self._session, ids)
        met_first(self._session, [one for one in ids if one not in mentions], now)
        found = []
        for one in ids:
            # None = something that names him stands on: a consent, a paper.
            begun = mentions.get(one, now)
            if begun is not None and begun <= until:
                found.append(Aged(RecordKind.PERSON, one, begun, person_id=one))
        return found

    def _rows(self, kind: RecordKind, plan: Plan, wanted: ColumnElement[bool]) -> list[Row[Any]]:
        query = (
            select(
                plan.key.label("key"), plan.at.label("at"), plan.sale.label("sale"),
                plan.person.label("person"), plan.also.label("also"), plan.done.label("done"),
            )
            .select_from(plan.source)
            .where(wanted, self._mine(plan), self._left(kind, plan))
            .order_by(plan.key)
        )  # fmt: skip
        return list(self._session.run(query))

    def _aged(
        self, kind: RecordKind, plan: Plan, rows: Sequence[Row[Any]], now: datetime
    ) -> list[Aged]:
        found = [
            Aged(
                kind, str(row.key), (_moment(plan, row.at) if row.done else None) or now,
                row.sale or "", row.person or "", row.also or "",
            )
            for row in rows
        ]  # fmt: skip
        return belonging(self._session, kind, ended(self._session, kind, found))

    def _mine(self, plan: Plan) -> ColumnElement[bool]:
        store = plan.table.c.store_id if plan.store is None else plan.store
        return store == self._session.store_id

    def _left(self, kind: RecordKind, plan: Plan) -> ColumnElement[bool]:
        """Something is there that was not taken out before; a row that went needs no question."""
        if plan.blanks is None:
            return plan.left
        proof = RECORD_DELETION.c
        proved = select(proof.kind).where(
            proof.kind == kind.value, proof.record_id == cast(plan.key, String)
        )
        return and_(plan.left, ~proved.exists())

    def of_person(self, person_id: str, now: datetime) -> list[Aged]:
        """What names a person, of every kind; what is not done with counts from now on."""
        found: list[Aged] = []
        for kind in RUN_KINDS:
            if kind is RecordKind.ROSTER:
                continue
            plan = PLANS[kind]
            if kind is RecordKind.PERSON:
                named = last_mentions(self._session, [person_id]).get(person_id) or now
                rows = self._rows(kind, plan, plan.person == person_id)
                found += [Aged(kind, str(row.key), named, person_id=person_id) for row in rows]
                continue
            for wanted in self._naming(kind, plan, person_id):
                some = self._aged(kind, plan, self._rows(kind, plan, wanted), now)
                found += [one for one in some if person_id in (one.person_id, one.also_id)]
        return found

    def _naming(self, kind: RecordKind, plan: Plan, person_id: str) -> list[ColumnElement[bool]]:
        """Where to look for what names a person; each record says itself whether it does."""
        if kind in READ_THROUGH:
            return [true()]
        if kind is RecordKind.OUTBOX:
            keys = uploads_of(self._session, person_id)
            return [OUTBOX.c.key.in_(some) for some in chunks(keys)]
        return [or_(plan.person == person_id, plan.also == person_id)]

    # --- taking out ------------------------------------------------------------------------------

    def measure(self, found: Sequence[Aged]) -> int:
        """Bytes, as they lie there, that would go with them (all of one kind)."""
        if not found:
            return 0
        if found[0].kind is RecordKind.ROSTER:
            return self._roster.measure(found)
        plan = PLANS[found[0].kind]
        return sum(_fold(plan, row)[1] for row in self._whole(plan, found))

    def erase(self, found: Sequence[Aged]) -> list[Gone]:
        """Take them out (all of one kind); what is gone already, or a person who was met or named
        since the look, is not answered.
        """
        if not found:
            return []
        if found[0].kind is RecordKind.ROSTER:
            return self._roster.erase(found)
        plan, gone = PLANS[found[0].kind], []
        if found[0].kind is RecordKind.PERSON:
            found = still_unnamed(self._session, found)
        for row in self._whole(plan, found):
            digest, size = _fold(plan, row)
            here = plan.key == row.aged_key
            if plan.blanks is None:
                self._session.run(delete(plan.table).where(here))
            else:
                values = {name: blank(self._session, row) for name, blank in plan.blanks.items()}
                self._session.run(update(plan.table).where(here).values(values))
            gone.append(Gone(str(row.aged_key), digest, size))
        return gone

    def _whole(self, plan: Plan, found: Sequence[Aged]) -> list[Row[Any]]:
        rows: list[Row[Any]] = []
        for some in chunks([one.id for one in found]):
            query = (
                select(plan.table, plan.key.label("aged_key"))
                .where(plan.key.in_([_typed(plan, one) for one in some]))
                .order_by(plan.key)
            )
            rows += self._session.run(query)
        return rows

    def named_by(self, ids: Sequence[str], hold: Hold) -> set[str]:
        """Those of the persons whom a held sale names, or one of a held period or person."""
        return named_by(self._session, ids, hold)

    def wiper(self) -> Callable[[], bool]:
        """Cut off what the database's own log still holds of what went."""
        return partial(scrub, self._session.connection.engine)

    # --- proofs ----------------------------------------------------------------------------------

    def prove(self, proofs: Sequence[Proof]) -> None:
        """Write the proofs; :raises BadValue: one was written before."""
        rows = [
            {
                **self._session.stamp,
                "kind": one.kind.value,
                "record_id": one.id,
                "digest": one.digest,
                "size": one.size,
                "rule": one.rule,
                "days": one.days,
                "begun_at": micros(one.begun_at),
                "due_at": micros(one.due_at),
                "at": micros(one.at),
                "run": one.run,
                "by": one.by,
                "batch": one.batch,
            }
            for one in proofs
        ]
        if rows:
            self._session.run(insert(RECORD_DELETION), rows, "proof")

    def proofs(self, limit: int, *, run: str = "", kind: RecordKind | None = None) -> list[Proof]:
        """Newest first."""
        c = RECORD_DELETION.c
        query = select(RECORD_DELETION).where(c.store_id == self._session.store_id)
        if run:
            query = query.where(c.run == run)
        if kind is not None:
            query = query.where(c.kind == kind.value)
        order = (c.at.desc(), c.run.desc(), c.batch.desc(), c.record_id)
        return [_proof(row) for row in self._session.run(query.order_by(*order).limit(limit))]

    def told(self) -> dict[tuple[str, int], str]:
        """What the log's chains say: digest of its proofs by (run, batch), of every till."""
        query = select(ACT_LOG.c.entry).where(
            ACT_LOG.c.act == "record.deleted",
            ACT_LOG.c.chain_id.startswith(f"{self._session.store_id}/", autoescape=True),
        )
        entries = [json.loads(text) for text in self._session.run(query).scalars()]
        return {(one["run"], int(one["batch"])): one["digest"] for one in entries}

    def batch(self, run: str, number: int) -> list[Proof]:
        """The proofs of one batch, by id."""
        c = RECORD_DELETION.c
        query = select(RECORD_DELETION).where(c.run == run, c.batch == number)
        return [_proof(row) for row in self._session.run(query.order_by(c.kind, c.record_id))]

    def proof_count(self) -> int:
        """How many there are."""
        query = select(func.count()).where(RECORD_DELETION.c.store_id == self._session.store_id)
        return int(self._session.run(query).scalar_one())


def _typed(plan: Plan, key: str) -> int | str:
    return int(key) if isinstance(plan.key.type, Integer) else key


def _last(plan: Plan, until: datetime) -> int | str:
    return shop_time(until).date().isoformat() if plan.by_day else micros(until)


def _moment(plan: Plan, value: int | str | None) -> datetime | None:
    """A day counts from its beginning in the shop."""
    if value is None:
        return None
    if plan.by_day:
        return datetime.combine(date.fromisoformat(str(value)), time(), SHOP_ZONE)
    return from_micros(int(value))


def _fold(plan: Plan, row: Row[Any]) -> tuple[str, int]:
    """(digest, bytes) of what goes of a row, as it lies there."""
    names = sorted(plan.blanks) if plan.blanks is not None else _names(plan.table)
    return fold_values([(name, row._mapping[name]) for name in names])


def _names(table: Table) -> list[str]:
    return sorted(column.name for column in table.columns)


def _proof(row: Row[Any]) -> Proof:
    return Proof(
        kind=RecordKind(row.kind),
        id=row.record_id,
        digest=row.digest,
        size=row.size,
        rule=row.rule,
        days=row.days,
        begun_at=from_micros(row.begun_at),
        due_at=from_micros(row.due_at),
        at=from_micros(row.at),
        run=row.run,
        by=row.by,
        batch=row.batch,
    )
