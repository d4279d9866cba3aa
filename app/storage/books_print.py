"""Papers on their way to the printer; they name nobody, and so nothing of them is sealed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from app.domain.clock import from_micros, micros
from app.domain.money import Money
from app.domain.print_job import Document, PrintJob
from app.domain.print_states import PrintState
from app.errors import NotFound
from app.storage.hot import Hot
from app.storage.session import Session, upsert
from app.storage.tables_print import PRINT_JOB

_INSERT = Hot(insert(PRINT_JOB))


class Prints:
    """:class:`app.ports_devices.PrintBook`: the jobs of this till."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, jobs: Iterable[PrintJob]) -> int:
        """New ones in their order; one whose id is known already is left as it stands."""
        added = 0
        for job in jobs:
            row = {**self._session.stamp, "id": job.id, **_values(job)}
            query = (
                upsert(self._session.dialect, PRINT_JOB)
                .on_conflict_do_nothing(index_elements=["id"])
                # Counted by what comes back: PostgreSQL's driver gives no count for this form.
                .returning(PRINT_JOB.c.id)
            )
            added += len(self._session.run(query, row).all())
        return added

    def add_new(self, jobs: Sequence[PrintJob]) -> None:
        """Those of an act that is being written; :raises BadValue: one of them is known."""
        if jobs:
            stamp = self._session.stamp
            rows = [{**stamp, "id": job.id, **_values(job)} for job in jobs]
            self._session.write(_INSERT, rows, "print job")

    def save(self, job: PrintJob) -> None:
        """Write a changed one; :raises NotFound: no such job of this till."""
        query = update(PRINT_JOB).where(
            PRINT_JOB.c.id == job.id, PRINT_JOB.c.till_id == self._session.till_id
        )
        if self._session.run(query.values(_values(job))).rowcount != 1:
            raise NotFound(what="print job")

    def in_state(self, *states: PrintState) -> list[PrintJob]:
        """Jobs of this till in any of the states, in the order in which they came."""
        query = (
            select(PRINT_JOB)
            .where(
                PRINT_JOB.c.till_id == self._session.till_id,
                PRINT_JOB.c.state.in_([state.value for state in states]),
            )
            .order_by(PRINT_JOB.c.seq)
        )
        return [_job(row) for row in self._session.run(query)]


def _values(job: PrintJob) -> dict[str, Any]:
    return {
        "sale_id": job.sale_id,
        "document": job.document.value,
        "copy": job.copy,
        "state": job.state.value,
        "reprint": job.reprint,
        "given": job.given.fen,
        "at": micros(job.at),
        "line_no": job.line_no,
        "usage": job.usage,
    }


def _job(row: Row[Any]) -> PrintJob:
    return PrintJob(
        id=row.id,
        sale_id=row.sale_id,
        document=Document(row.document),
        copy=row.copy,
        at=from_micros(row.at),
        state=PrintState(row.state),
        reprint=bool(row.reprint),
        given=Money(row.given),
        line_no=row.line_no,
        usage=row.usage,
        seq=row.seq,
    )
