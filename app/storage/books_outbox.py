"""The outbox: what no customer waits for, sealed, in the order in which it was written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    union_all,
    update,
)

from app.domain.clock import from_micros, micros
from app.domain.upload_states import COUNTED, UPLOAD, WAITING, UploadEvent, UploadState
from app.ports import OutboxRow
from app.ports_outbox import OutboxEntry, Turn
from app.storage.books_sale import moment, stored
from app.storage.codec import canonical
from app.storage.hot import Hot, HotList
from app.storage.session import Session
from app.storage.tables import OUTBOX

_INSERT = Hot(insert(OUTBOX))
_BY_KEYS = HotList(OUTBOX.c.key, lambda wanted: select(OUTBOX).where(wanted))
_ALONE = 5_927_430_112_774_002
"""Advisory lock of who chooses or books rows; the next after the migrations' own."""

RELEASED = 50
"""Rows of one aggregate that come forward at once; each that is through calls others."""

_before = OUTBOX.alias("before")
_same = (_before.c.aggregate == OUTBOX.c.aggregate, _before.c.seq < OUTBOX.c.seq)
_rests = select(literal(1)).where(*_same, _before.c.next_try_at.is_not(None)).correlate(OUTBOX)
_is_held = (
    select(literal(1))
    .where(_before.c.held_by == OUTBOX.c.aggregate, _before.c.seq < OUTBOX.c.seq)
    .correlate(OUTBOX)
)
_until = (
    select(func.max(_before.c.next_try_at))
    .where(*_same, _before.c.next_try_at.is_not(None))
    .correlate(OUTBOX)
)
_TURN = select(
    OUTBOX.c.seq,
    OUTBOX.c.key,
    OUTBOX.c.aggregate,
    OUTBOX.c.kind,
    OUTBOX.c.tries,
    OUTBOX.c.next_try_at,
    or_(_rests.exists(), _is_held.exists()).label("behind"),
    _until.scalar_subquery().label("behind_until"),
)
"""Three probes of small indexes beside each row."""

_resting = OUTBOX.c.next_try_at
_ENDED, _ODD, _FRESH = (
    Hot(_TURN.where(some).order_by(*order).limit(bindparam("most")))
    for some, order in (
        (_resting <= bindparam("at"), (_resting, OUTBOX.c.seq)),
        (_resting > bindparam("at"), (_resting, OUTBOX.c.seq)),
        (OUTBOX.c.state == bindparam("at"), (OUTBOX.c.seq,)),
    )
)


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

    def waiting(self, most: int = COUNTED) -> tuple[int, datetime | None]:
        """How many wait, up to ``most``, and since when the oldest does."""
        counted = self.counts(most)
        since = [one.at for one in self._first_of_each()]
        waiting = sum(counted.get(state, 0) for state in WAITING)
        return min(waiting, most), moment(min(since, default=None))

    def _first_of_each(self) -> list[Row[Any]]:
        parts = [_in(state, OUTBOX.c.at).order_by(OUTBOX.c.seq).limit(1) for state in WAITING]
        return list(self._session.run(union_all(*[select(one.subquery()) for one in parts])))

    def counts(self, most: int = COUNTED) -> dict[UploadState, int]:
        """How many rows stand in each state, up to ``most``; each is read off its index."""
        each = [_in(state, OUTBOX.c.seq).limit(most).subquery() for state in UploadState]
        query = union_all(
            *[
                select(literal(state.value).label("state"), func.count().label("rows")).select_from(
                    one
                )
                for state, one in zip(UploadState, each, strict=True)
            ]
        )
        found = {UploadState(row.state): int(row.rows) for row in self._session.run(query)}
        return {state: rows for state, rows in found.items() if rows}

    def oldest(self, limit: int, after: int = 0) -> list[OutboxEntry]:
        """Waiting rows in the order in which they were written, beyond ``after``."""
        rows: list[Row[Any]] = []
        for state in WAITING:  # each by its own index range: together they would be sorted whole
            query = _in(state, *OUTBOX.c).where(OUTBOX.c.seq > after)
            rows += self._session.run(query.order_by(OUTBOX.c.seq).limit(limit))
        return [self._entry(row) for row in sorted(rows, key=lambda row: row.seq)[:limit]]

    def newest(
        self, states: Sequence[UploadState], limit: int, before: int = 0
    ) -> list[OutboxEntry]:
        """Rows in one of the states, newest first, below ``before``."""
        rows: list[Row[Any]] = []
        for state in states:
            query = _in(state, *OUTBOX.c)
            query = query.where(OUTBOX.c.seq < before) if before else query
            rows += self._session.run(query.order_by(OUTBOX.c.seq.desc()).limit(limit))
        return [self._entry(row) for row in sorted(rows, key=lambda row: -row.seq)[:limit]]

    # --- whose turn it is ------------------------------------------------------------------------

    def alone(self) -> None:
        """On SQLite every unit is alone from its beginning."""
        if self._session.dialect == "postgresql":
            query = text("SELECT pg_advisory_xact_lock(:key)")
            self._session.connection.execute(query, {"key": _ALONE})

    def turns(self, now: datetime, far: datetime, limit: int) -> list[Turn]:
        """What rested until now, then what never left; three ranges of indexes."""
        ended = self._session.hot(_ENDED, {"at": micros(now), "most": limit})
        odd = self._session.hot(_ODD, {"at": micros(far), "most": limit})
        fresh = self._session.hot(_FRESH, {"at": UploadState.PENDING.value, "most": limit})
        return [_turn(row) for row in (*ended, *odd, *fresh)]

    def hold(self, held: Iterable[tuple[int, str]]) -> None:
        """They leave the range that the sender reads."""
        values = [{"row": seq, "by": by} for seq, by in held]
        if values:
            self._session.run(_HOLD, values)

    def rest(self, rests: Iterable[tuple[int, datetime]]) -> None:
        """Not before."""
        values = [{"row": seq, "until": micros(until)} for seq, until in rests]
        if values:
            self._session.run(_REST, values)

    def release(self, moved: Sequence[int]) -> None:
        """Who stood behind them, or waited for them: mostly nobody, which one question tells."""
        behind = OUTBOX.alias("behind")
        stands = select(literal(1)).where(
            behind.c.held_by.in_([OUTBOX.c.aggregate, OUTBOX.c.key])
        ).correlate(OUTBOX)  # fmt: skip
        for some in numbers(moved):
            query = select(OUTBOX.c.aggregate, OUTBOX.c.key).where(
                OUTBOX.c.seq.in_(some), stands.exists()
            )
            for name in sorted({each for row in self._session.run(query) for each in row}):
                first = (
                    select(behind.c.seq).where(behind.c.held_by == name)
                    .order_by(behind.c.seq).limit(RELEASED)
                )  # fmt: skip
                self._session.run(
                    update(OUTBOX)
                    .where(OUTBOX.c.seq.in_(first))
                    .values(state=_RELEASED_STATE, held_by=None)
                )

    def stepped_aside(self, aggregate: str) -> list[OutboxEntry]:
        """Rows of one aggregate that need a person, oldest first."""
        asides = (UploadState.REJECTED.value, UploadState.INCOMPLETE.value)
        query = select(OUTBOX).where(OUTBOX.c.state.in_(asides), OUTBOX.c.aggregate == aggregate)
        return [self._entry(row) for row in self._session.run(query.order_by(OUTBOX.c.seq))]

    def many(self, keys: Sequence[str]) -> dict[str, OutboxEntry]:
        """Those that exist, by key."""
        return {row.key: self._entry(row) for row in self._session.any_of(_BY_KEYS, keys)}

    def keep(self, entry: OutboxEntry, was: OutboxEntry) -> bool:
        """Write what became of a row; False when another till was faster."""
        changed = {
            "state": entry.state.value,
            "tries": entry.tries,
            "next_try_at": stored(entry.next_try_at),
            "settled_at": stored(entry.settled_at),
            "sealed_answer": self._sealed(entry.row.key, entry.answer),
        }
        was_so = {"row": was.seq, "was_state": was.state.value, "was_tries": was.tries}
        return self._session.write(_KEEP, {**changed, **was_so}) == 1

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


_KEEP = Hot(
    update(OUTBOX)
    .where(
        OUTBOX.c.seq == bindparam("row"),
        OUTBOX.c.state == bindparam("was_state"),
        OUTBOX.c.tries == bindparam("was_tries"),
    )
    .values(
        {
            name: bindparam(name)
            for name in ("state", "tries", "next_try_at", "settled_at", "sealed_answer")
        }
    )
)
_HOLD = (
    update(OUTBOX)
    .where(OUTBOX.c.seq == bindparam("row"), OUTBOX.c.state == UploadState.PENDING.value)
    .values(state=UPLOAD.step(UploadState.PENDING, UploadEvent.HELD).value, held_by=bindparam("by"))
)
_REST = (
    update(OUTBOX)
    .where(OUTBOX.c.seq == bindparam("row"), OUTBOX.c.state == UploadState.SENT.value)
    .values(next_try_at=bindparam("until"))
)
_RELEASED_STATE = UPLOAD.step(UploadState.HELD, UploadEvent.RELEASED).value


def _in(state: UploadState, *columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).where(OUTBOX.c.state == state.value)


def _turn(row: Row[Any]) -> Turn:
    until = moment(row.behind_until)
    return Turn(
        row.seq, row.key, row.aggregate, row.kind, row.tries, moment(row.next_try_at),
        bool(row.behind), until,
    )  # fmt: skip


def numbers(values: Sequence[int]) -> Iterable[Sequence[int]]:
    """In runs that fit into one IN list."""
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


_AT_ONCE = 500


def _place(key: str) -> str:
    return f"outbox|{key}|payload"


def _answer_place(key: str) -> str:
    return f"outbox|{key}|answer"
