"""The store's own entry and its tills: who shares these books."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from app.domain.clock import from_micros, micros
from app.domain.store import StoreRecord, TillRecord
from app.errors import BadValue, NotFound, StoreTaken, TillTaken
from app.storage.codec import from_text, to_text
from app.storage.session import Session
from app.storage.tables_tills import STORE, TILL

PURPOSE = "settings"
ONLY = 1
"""Where the one store of a database stands."""


class Tills:
    """:class:`app.ports.TillBook`; the record is sealed, since it says who confirmed the area."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def found(self, store: StoreRecord, ring: str) -> None:
        """The store's entry, not made yet; :raises StoreTaken: there is one."""
        sealed = self._session.secrets.seal(PURPOSE, to_text(store).encode(), _place(store.id))
        row = {
            "place": ONLY,
            "id": store.id,
            "institution_code": store.institution_code,
            "sealed_record": sealed,
            "ring": ring,
            "made_at": None,
        }
        try:
            self._session.run(insert(STORE), row, "store")
        except BadValue:
            raise StoreTaken(code=store.institution_code) from None

    def store(self) -> StoreRecord:
        """:raises NotFound: a store of one till has no entry."""
        row = self._session.one(select(STORE).where(STORE.c.id == self._session.store_id))
        if row is None:
            raise NotFound(what="store")
        plain = self._session.unseal(PURPOSE, row.sealed_record, _place(row.id))
        return from_text(StoreRecord, plain)

    def made(self, at: datetime) -> None:
        """``setup`` has finished: tills may open and join; said again it changes nothing."""
        mine = (STORE.c.id == self._session.store_id) & STORE.c.made_at.is_(None)
        self._session.run(update(STORE).where(mine).values(made_at=micros(at)))

    def register(self, till: TillRecord) -> None:
        """A till more; :raises TillTaken: the number is another's."""
        row = {
            "id": till.id,
            "store_id": self._session.store_id,
            "no": till.no,
            "seat": till.seat,
            "joined_at": micros(till.joined_at),
        }
        taken = self.all()
        if any(one.no == till.no for one in taken):
            raise TillTaken(till=till.no, taken=numbers(taken))
        try:
            self._session.run(insert(TILL), row, "till")
        except BadValue:  # somebody joined under it at this very moment
            raise TillTaken(till=till.no, taken=till.no) from None

    def take_over(self, no: int, seat: str, at: datetime) -> TillRecord:
        """The till of that number is another home's from now on; :raises NotFound: no such till."""
        mine = (TILL.c.store_id == self._session.store_id) & (TILL.c.no == no)
        query = update(TILL).where(mine).values(seat=seat, joined_at=micros(at))
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="till")
        return next(one for one in self.all() if one.no == no)

    def all(self) -> list[TillRecord]:
        """By number."""
        query = select(TILL).where(TILL.c.store_id == self._session.store_id)
        return [_till(row) for row in self._session.run(query.order_by(TILL.c.no))]


def numbers(tills: list[TillRecord]) -> str:
    """Their numbers for people: 1, 2, 5."""
    return ", ".join(str(one.no) for one in tills)


def _till(row: Row[Any]) -> TillRecord:
    return TillRecord(row.id, row.no, row.seat, from_micros(row.joined_at))


def _place(store_id: str) -> str:
    return f"store|{store_id}|record"
