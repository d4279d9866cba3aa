"""Lists that others publish: the circulation list, issuers, prescribers and services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Row,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
)

from app.domain.clock import from_micros, micros, shop_time
from app.domain.rx_case import CirculationEntry, CirculationList, ListedIssuer
from app.errors import BadValue
from app.storage.hot import Hot
from app.storage.session import Session
from app.storage.tables_rx import CIRCULATION_ENTRY, CIRCULATION_LIST, LISTED

_BATCH = 5000
"""Rows that go to the driver at once: a list of fifty thousand is never whole in memory."""

_ASKED_AT_ONCE = 500
"""Codes in one question; databases limit the values of a statement."""

_INSERT_ENTRIES = Hot(insert(CIRCULATION_ENTRY))
_INSERT_LISTED = Hot(insert(LISTED))

_OURS = and_(LISTED.c.store_id == bindparam("b_store"), LISTED.c.kind == bindparam("b_kind"))
_ALL = Hot(select(LISTED).where(_OURS).order_by(LISTED.c.code, LISTED.c.no))
_IN_FORCE = Hot(
    select(LISTED)
    .where(
        _OURS,
        LISTED.c.code == bindparam("b_code"),
        LISTED.c.disease == bindparam("b_disease"),
        LISTED.c.begins <= bindparam("b_day"),
        or_(LISTED.c.ends.is_(None), LISTED.c.ends >= bindparam("b_day")),
    )
    .order_by(LISTED.c.begins.desc(), LISTED.c.no.desc())
    .limit(1)
)
_TWO = tuple(
    select(LISTED.c.kind)
    .where(LISTED.c.store_id == bindparam("b_store"), LISTED.c.kind == bindparam(name))
    .limit(1)
    .subquery()
    for name in ("b_first", "b_second")
)
_WHICH = Hot(union_all(*(select(each.c.kind) for each in _TWO)))
"""Which of two kinds were ever imported: both are asked at every check of a prescription."""

T = TypeVar("T")


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """A stream in pieces of ``size`` for the driver."""
    stream = iter(rows)
    while batch := list(islice(stream, size)):
        yield batch


class Lists:
    """:class:`app.ports_rx.ListBook`, one set of lists for the whole store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep_circulation(
        self, version: CirculationList, entries: Iterable[CirculationEntry]
    ) -> None:
        """A whole new version; it replaces the entries of the ones before, the versions stay.

        A list that takes effect on a later day than that of its import leaves the one in force
        its entries until then; they go with the next import.
        """
        row = {
            "store_id": self._session.store_id,
            "version": version.version,
            "effective": version.effective.isoformat(),
            "imported_at": micros(version.imported_at),
            "importer_id": version.importer_id,
            "source": version.source,
            "checksum": version.checksum,
            "entries": version.entries,
        }
        fresh = insert(CIRCULATION_LIST).returning(CIRCULATION_LIST.c.seq)
        seq = int(self._session.run(fresh, row, "circulation list").one().seq)
        self._drop_replaced(seq, version)
        rows = (_entry_row(seq, no, entry) for no, entry in enumerate(entries, 1))
        for batch in batches(rows, _BATCH):
            self._session.write(_INSERT_ENTRIES, batch, "circulation entry")

    def _drop_replaced(self, seq: int, version: CirculationList) -> None:
        table = CIRCULATION_LIST
        replaced = and_(table.c.store_id == self._session.store_id, table.c.seq < seq)
        if version.effective > shop_time(version.imported_at).date():
            replaced = and_(replaced, table.c.effective >= version.effective.isoformat())
        old = select(table.c.seq).where(replaced).scalar_subquery()
        entries = CIRCULATION_ENTRY
        self._session.run(delete(entries).where(entries.c.list_seq.in_(old)))

    def circulation_versions(self) -> list[CirculationList]:
        """Newest import first."""
        table = CIRCULATION_LIST
        query = (
            select(table)
            .where(table.c.store_id == self._session.store_id)
            .order_by(table.c.imported_at.desc(), table.c.seq.desc())
        )
        return [_version(row) for row in self._session.run(query)]

    def circulating(self, national_codes: Sequence[str], day: date) -> frozenset[str]:
        """Those of the codes that stand on the newest list that has taken effect by that day."""
        lists, entries = CIRCULATION_LIST, CIRCULATION_ENTRY
        newest = (
            select(func.max(lists.c.seq))
            .where(lists.c.store_id == self._session.store_id, lists.c.effective <= day.isoformat())
            .scalar_subquery()
        )
        found: set[str] = set()
        for some in batches(dict.fromkeys(national_codes), _ASKED_AT_ONCE):
            query = select(entries.c.national_code).where(
                entries.c.list_seq == newest,
                entries.c.national_code.in_(some),
                _in_force(entries.c.valid_from, entries.c.valid_to, day),
            )
            found.update(row.national_code for row in self._session.run(query))
        return frozenset(found)

    def keep_listed(self, kind: str, rows: Iterable[ListedIssuer]) -> None:
        """Replace the whole list of that kind; :raises BadValue: a row of another kind."""
        store = self._session.store_id
        self._session.run(delete(LISTED).where(LISTED.c.store_id == store, LISTED.c.kind == kind))
        stored_rows = (self._listed_row(kind, no, one) for no, one in enumerate(rows, 1))
        for batch in batches(stored_rows, _BATCH):
            self._session.write(_INSERT_LISTED, batch, "listed")

    def _listed_row(self, kind: str, no: int, one: ListedIssuer) -> Mapping[str, Any]:
        if one.kind != kind:
            raise BadValue(what="list", why="a row of another kind")
        return {
            "store_id": self._session.store_id,
            "kind": kind,
            "code": one.code,
            "no": no,
            "disease": one.disease,
            "begins": one.begins.isoformat(),
            "ends": one.ends.isoformat() if one.ends else None,
            # A prescriber is a person: the name is sealed like every other.
            "sealed_name": self._session.seal("text", one.name, _place(kind, one.code, no)),
        }

    def listed(self, kind: str, code: str, day: date, disease: str = "") -> ListedIssuer | None:
        """The row that is in force on that day; of several the one that began last."""
        asked = {"b_code": code, "b_disease": disease, "b_day": day.isoformat()}
        found = self._session.hot(_IN_FORCE, {**self._list(kind), **asked})
        return self._listed(found[0]) if found else None

    def which_listed(self, first: str, second: str) -> frozenset[str]:
        """Those of two kinds of which a list was ever imported; no name is opened for it."""
        asked = {"b_store": self._session.store_id, "b_first": first, "b_second": second}
        return frozenset(row.kind for row in self._session.hot(_WHICH, asked))

    def all_listed(self, kind: str) -> list[ListedIssuer]:
        """The whole list, by code; empty = never imported, so nobody is asked about it."""
        return [self._listed(row) for row in self._session.hot(_ALL, self._list(kind))]

    def _list(self, kind: str) -> dict[str, str]:
        return {"b_store": self._session.store_id, "b_kind": kind}

    def _listed(self, row: Row[Any]) -> ListedIssuer:
        place = _place(row.kind, row.code, row.no)
        return ListedIssuer(
            kind=row.kind,
            code=row.code,
            name=self._session.unseal("text", row.sealed_name, place).decode(),
            begins=date.fromisoformat(row.begins),
            ends=_day(row.ends),
            disease=row.disease,
        )


def _in_force(begins: Column[str], ends: Column[str], day: date) -> ColumnElement[bool]:
    """Both days count; a missing one is open."""
    told = day.isoformat()
    return and_(or_(begins.is_(None), begins <= told), or_(ends.is_(None), ends >= told))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _place(kind: str, code: str, no: int) -> str:
    return f"listed|{kind}|{code}|{no}|name"


def _entry_row(seq: int, no: int, entry: CirculationEntry) -> Mapping[str, Any]:
    return {
        "list_seq": seq,
        "national_code": entry.national_code,
        "no": no,
        "name": entry.name,
        "spec": entry.spec,
        "maker": entry.maker,
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else None,
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
    }


def _version(row: Row[Any]) -> CirculationList:
    return CirculationList(
        version=row.version,
        effective=date.fromisoformat(row.effective),
        imported_at=from_micros(row.imported_at),
        importer_id=row.importer_id,
        source=row.source,
        checksum=row.checksum,
        entries=row.entries,
    )
