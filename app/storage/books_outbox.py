"""The outbox: what no customer waits for, sealed, in the order in which it was written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from app.domain.clock import from_micros, micros
from app.domain.upload_states import UPLOAD, WAITING, UploadEvent, UploadState
from app.ports import OutboxRow
from app.ports_outbox import OutboxEntry
from app.storage.books_sale import moment, stored
from app.storage.codec import canonical
from app.storage.hot import Hot
from app.storage.session import Session, chunks
from app.storage.tables import OUTBOX

_INSERT = Hot(insert(OUTBOX))
_WAITING = tuple(state.value for state in WAITING)


class Outbox:
    """:class:`app.ports_outbox.OutboxBook`; payloads and answers are sealed: some name a person."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, rows: Sequence[OutboxRow]) -> None:
        """In the act's own transaction; :raises BadValue: for a used key."""
        if rows:
            self._session.write(_INSERT, [self._fresh(row) for row in rows], "outbox key")

    def _fresh(self, row: OutboxRow) -> dict[str, Any]:
        answer = {"gaps": list(row.gaps)} if row.gaps else {}
        judged = UploadEvent.LACKING if row.gaps else UploadEvent.WHOLE
        return {
            **self._session.stamp,
            "key": row.key,
            "aggregate": row.aggregate,
            "kind": row.kind,
            "sealed_payload": self._session.secrets.seal(
                "outbox", canonical(dict(row.payload)).encode(), _place(row.key)
            ),
            "at": micros(row.at),
            "state": UPLOAD.step(UploadState.WRITTEN, judged).value,
            "tries": 0,
            "sealed_answer": self._sealed(row.key, answer),
        }

    def waiting(self) -> tuple[int, datetime | None]:
        """How many wait, and since when the oldest does."""
        query = select(func.count().label("waiting"), func.min(OUTBOX.c.at).label("since")).where(
            OUTBOX.c.state.in_(_WAITING)
        )
        found = self._session.run(query).one()
        return int(found.waiting), moment(found.since)

    def counts(self) -> dict[UploadState, int]:
        """How many rows stand in each state; a state without rows is not there."""
        query = select(OUTBOX.c.state, func.count().label("rows")).group_by(OUTBOX.c.state)
        return {UploadState(row.state): int(row.rows) for row in self._session.run(query)}

    def oldest(self, limit: int, after: int = 0) -> list[OutboxEntry]:
        """Waiting rows in the order in which they were written, beyond ``after``."""
        query = (
            select(OUTBOX)
            .where(OUTBOX.c.state.in_(_WAITING), OUTBOX.c.seq > after)
            .order_by(OUTBOX.c.seq)
            .limit(limit)
        )
        return [self._entry(row) for row in self._session.run(query)]

    def newest(self, states: Sequence[UploadState], limit: int) -> list[OutboxEntry]:
        """Rows in one of the states, newest first."""
        wanted = [state.value for state in states]
        query = select(OUTBOX).where(OUTBOX.c.state.in_(wanted))
        rows = self._session.run(query.order_by(OUTBOX.c.seq.desc()).limit(limit))
        return [self._entry(row) for row in rows]

    def stepped_aside(self, aggregate: str) -> list[OutboxEntry]:
        """Rows of one aggregate that need a person, oldest first."""
        asides = (UploadState.REJECTED.value, UploadState.INCOMPLETE.value)
        query = select(OUTBOX).where(OUTBOX.c.state.in_(asides), OUTBOX.c.aggregate == aggregate)
        return [self._entry(row) for row in self._session.run(query.order_by(OUTBOX.c.seq))]

    def many(self, keys: Sequence[str]) -> dict[str, OutboxEntry]:
        """Those that exist, by key."""
        found: dict[str, OutboxEntry] = {}
        for some in chunks(keys):
            query = select(OUTBOX).where(OUTBOX.c.key.in_(some))
            found |= {row.key: self._entry(row) for row in self._session.run(query)}
        return found

    def keep(self, entry: OutboxEntry, was: OutboxEntry) -> bool:
        """Write what became of a row; False when another till was faster."""
        changed = {
            "state": entry.state.value,
            "tries": entry.tries,
            "next_try_at": stored(entry.next_try_at),
            "settled_at": stored(entry.settled_at),
            "sealed_answer": self._sealed(entry.row.key, entry.answer),
        }
        query = (
            update(OUTBOX)
            .where(
                OUTBOX.c.key == entry.row.key,
                OUTBOX.c.state == was.state.value,
                OUTBOX.c.tries == was.tries,
            )
            .values(changed)
        )
        return self._session.run(query).rowcount == 1

    def _sealed(self, key: str, answer: Mapping[str, object]) -> bytes | None:
        text = canonical(dict(answer)) if answer else ""
        return self._session.seal("outbox", text, _answer_place(key))

    def _entry(self, row: Row[Any]) -> OutboxEntry:
        plain = self._session.unseal("outbox", row.sealed_payload, _place(row.key))
        told = self._session.unseal("outbox", row.sealed_answer, _answer_place(row.key))
        return OutboxEntry(
            seq=row.seq,
            row=OutboxRow(row.key, row.aggregate, row.kind, json.loads(plain), from_micros(row.at)),
            state=UploadState(row.state),
            tries=row.tries,
            next_try_at=moment(row.next_try_at),
            settled_at=moment(row.settled_at),
            answer=json.loads(told) if told else {},
        )


def _place(key: str) -> str:
    return f"outbox|{key}|payload"


def _answer_place(key: str) -> str:
    return f"outbox|{key}|answer"
