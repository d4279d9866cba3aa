"""Rosters of special-disease and two-disease persons: found by keyed hash, never by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, delete, func, insert, select

from app.domain.clock import from_micros, micros, shop_time
from app.domain.roster import RosterBatch, RosterEntry, RosterSeen
from app.errors import BadValue
from app.storage.books_insurance import mac_cert_no
from app.storage.books_lists import batches
from app.storage.hot import Hot
from app.storage.sealed_text import hidden_pair, shown_pair
from app.storage.session import Session
from app.storage.tables import PERSON
from app.storage.tables_roster import ROSTER_BATCH, ROSTER_ENTRY

_BATCH = 5000
_INSERT_ENTRIES = Hot(insert(ROSTER_ENTRY))
_NEWEST = (
    select(func.max(ROSTER_BATCH.c.seq))
    .where(
        ROSTER_BATCH.c.store_id == bindparam("b_store"),
        ROSTER_BATCH.c.effective <= bindparam("b_day"),
    )
    .group_by(ROSTER_BATCH.c.settlement)
)
_IN_EFFECT = Hot(select(ROSTER_BATCH).where(ROSTER_BATCH.c.seq.in_(_NEWEST)))
_ROWS: Select[Any] = (
    select(ROSTER_ENTRY, ROSTER_BATCH.c.settlement)
    .join(ROSTER_BATCH, ROSTER_BATCH.c.seq == ROSTER_ENTRY.c.batch_seq)
    .where(ROSTER_ENTRY.c.batch_seq.in_(_NEWEST))
    .order_by(ROSTER_ENTRY.c.batch_seq, ROSTER_ENTRY.c.no)
)
_OF_PERSON = Hot(
    _ROWS.join(PERSON, PERSON.c.mac_cert_no == ROSTER_ENTRY.c.mac_cert_no).where(
        PERSON.c.id == bindparam("b_id"), PERSON.c.mac_cert_no != bindparam("b_none")
    )
)
_BY_NUMBER = Hot(_ROWS.where(ROSTER_ENTRY.c.mac_cert_no == bindparam("b_mac")))


class Rosters:
    """:class:`app.ports_rx.RosterBook`, the whole store's."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, batch: RosterBatch, entries: Iterable[RosterEntry]) -> None:
        """A whole new batch; the persons of the ones that it replaces go, the batches stay known.

        One that takes effect later leaves the one in effect its persons until then.
        :raises BadValue: a row of another settlement type.
        """
        row = {
            "store_id": self._session.store_id,
            "settlement": batch.settlement,
            "version": batch.version,
            "effective": batch.effective.isoformat(),
            "imported_at": micros(batch.imported_at),
            "importer_id": batch.importer_id,
            "source": batch.source,
            "checksum": batch.checksum,
            "entries": batch.entries,
            "persons": batch.persons,
        }
        fresh = insert(ROSTER_BATCH).returning(ROSTER_BATCH.c.seq)
        seq = int(self._session.run(fresh, row, "roster batch").one().seq)
        self._drop_replaced(seq, batch)
        rows = (self._row(seq, no, batch, one) for no, one in enumerate(entries, 1))
        for some in batches(rows, _BATCH):
            self._session.write(_INSERT_ENTRIES, some, "roster entry")

    def _drop_replaced(self, seq: int, batch: RosterBatch) -> None:
        table = ROSTER_BATCH
        replaced = and_(
            table.c.store_id == self._session.store_id,
            table.c.settlement == batch.settlement,
            table.c.seq < seq,
        )
        if batch.effective > shop_time(batch.imported_at).date():
            replaced = and_(replaced, table.c.effective >= batch.effective.isoformat())
        old = select(table.c.seq).where(replaced).scalar_subquery()
        self._session.run(delete(ROSTER_ENTRY).where(ROSTER_ENTRY.c.batch_seq.in_(old)))

    def _row(self, seq: int, no: int, batch: RosterBatch, one: RosterEntry) -> Mapping[str, Any]:
        if one.settlement != batch.settlement:
            raise BadValue(what="roster", why="a row of another settlement type")
        mac = mac_cert_no(self._session, one.cert_no)
        plain = f"{one.cert_no}\n{one.name}"
        return {
            "batch_seq": seq,
            "mac_cert_no": mac,
            "no": no,
            "sealed_person": self._session.seal("person", plain, _place(seq, no)),
            "disease": "",
            "disease_name": hidden_pair(
                self._session, one.disease, one.disease_name, _place(seq, no, "disease")
            ),
            "begins": one.begins.isoformat(),
            "ends": one.ends.isoformat() if one.ends else None,
        }

    def batches(self) -> list[RosterBatch]:
        """Every batch ever imported, newest first."""
        query = (
            select(ROSTER_BATCH)
            .where(ROSTER_BATCH.c.store_id == self._session.store_id)
            .order_by(ROSTER_BATCH.c.seq.desc())
        )
        return [_batch(row) for row in self._session.run(query)]

    def of_person(self, person_id: str, day: date) -> RosterSeen:
        """What the rosters in effect on that day say of a known person; no name is opened."""
        none = mac_cert_no(self._session, "")
        found = {"b_id": person_id, "b_none": none}
        return self._seen(_OF_PERSON, found, day, opened=False)

    def by_number(self, cert_no: str, day: date) -> RosterSeen:
        """The same by document number, with number and name, for who looks a person up."""
        mac = mac_cert_no(self._session, cert_no)
        return self._seen(_BY_NUMBER, {"b_mac": mac}, day, opened=True)

    def _seen(self, query: Hot, who: Mapping[str, Any], day: date, *, opened: bool) -> RosterSeen:
        when = {"b_store": self._session.store_id, "b_day": day.isoformat()}
        known = self._session.hot(_IN_EFFECT, when)
        if not known:
            return RosterSeen()
        rows = self._session.hot(query, {**when, **who})
        told = sorted((_batch(row) for row in known), key=lambda one: one.settlement)
        return RosterSeen(tuple(told), tuple(self._entries(rows, opened=opened)))

    def _entries(self, rows: Sequence[Row[Any]], *, opened: bool) -> list[RosterEntry]:
        return [self._entry(row, opened=opened) for row in rows]

    def _entry(self, row: Row[Any], *, opened: bool) -> RosterEntry:
        plain = ""
        if opened:
            place = _place(row.batch_seq, row.no)
            plain = self._session.unseal("person", row.sealed_person, place).decode()
        number, _, name = plain.partition("\n")
        of_disease = _place(row.batch_seq, row.no, "disease")
        disease, disease_name = shown_pair(self._session, row.disease, row.disease_name, of_disease)
        return RosterEntry(
            settlement=row.settlement,
            disease=disease,
            disease_name=disease_name,
            begins=date.fromisoformat(row.begins),
            ends=date.fromisoformat(row.ends) if row.ends else None,
            cert_no=number,
            name=name,
        )


def _batch(row: Row[Any]) -> RosterBatch:
    return RosterBatch(
        settlement=row.settlement,
        version=row.version,
        effective=date.fromisoformat(row.effective),
        imported_at=from_micros(row.imported_at),
        importer_id=row.importer_id,
        source=row.source,
        checksum=row.checksum,
        entries=row.entries,
        persons=row.persons,
    )


def _place(seq: int, no: int, what: str = "person") -> str:
    return f"roster|{seq}|{no}|{what}"
