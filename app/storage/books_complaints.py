"""The register of complaints; what was said is sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from app.domain.clock import micros
from app.domain.complaint import Complaint
from app.domain.complaint_states import ComplaintState
from app.errors import NotFound, StoreStale
from app.storage.codec import from_text, to_text
from app.storage.session import Session
from app.storage.tables_complaints import COMPLAINT

_PURPOSE = "text"


class Complaints:
    """:class:`app.ports_complaints.ComplaintBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, complaint: Complaint) -> None:
        """A new one, or with one step more; :raises StoreStale:."""
        kept = replace(complaint, version=complaint.version + 1)
        row = {
            "state": complaint.state.value,
            "received_on": complaint.received_on.isoformat(),
            "due_on": complaint.due_on.isoformat(),
            "at": micros(complaint.at),
            "sealed_body": self._session.seal(_PURPOSE, to_text(kept), _place(complaint.id)),
            "version": kept.version,
        }
        if complaint.version == 0:
            new = {**self._session.stamp, **row, "id": complaint.id}
            self._session.run(insert(COMPLAINT), new, "complaint")
            return
        found = COMPLAINT.c.id == complaint.id, COMPLAINT.c.version == complaint.version
        if self._session.run(update(COMPLAINT).where(*found).values(row)).rowcount != 1:
            raise StoreStale(what="complaint")

    def get(self, complaint_id: str) -> Complaint:
        """:raises NotFound:."""
        row = self._session.one(select(COMPLAINT).where(COMPLAINT.c.id == complaint_id))
        if row is None:
            raise NotFound(what="complaint")
        return self._complaint(row)

    def all(self, most: int) -> list[Complaint]:
        """Open ones first, by the day on which they are due; then closed ones, newest first."""
        mine = select(COMPLAINT).where(COMPLAINT.c.store_id == self._session.store_id)
        waits = COMPLAINT.c.state == ComplaintState.OPEN.value
        open_ones = mine.where(waits).order_by(COMPLAINT.c.due_on, COMPLAINT.c.id).limit(most)
        found = [self._complaint(row) for row in self._session.run(open_ones)]
        if len(found) < most:
            past = mine.where(~waits).order_by(COMPLAINT.c.at.desc(), COMPLAINT.c.id.desc())
            rows = self._session.run(past.limit(most - len(found)))
            found += [self._complaint(row) for row in rows]
        return found

    def waiting(self, today: date) -> tuple[int, int]:
        """How many are open, and how many of them are late."""
        query = select(
            func.count().label("open"),
            func.count().filter(COMPLAINT.c.due_on < today.isoformat()).label("late"),
        ).where(
            COMPLAINT.c.store_id == self._session.store_id,
            COMPLAINT.c.state == ComplaintState.OPEN.value,
        )
        row = self._session.run(query).one()
        return int(row.open), int(row.late)

    def _complaint(self, row: Row[Any]) -> Complaint:
        return from_text(Complaint, self._session.unseal(_PURPOSE, row.sealed_body, _place(row.id)))


def _place(complaint_id: str) -> str:
    return f"complaint|{complaint_id}|body"
