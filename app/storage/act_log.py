"""The hash-chained log: one chain a till, written in the act's own transaction.

The hash of an entry is SHA-256, in hex, over the UTF-8 of the canonical JSON list
``[chain_id, seq, at, actor, act, entry, prev]``: no blanks, nothing escaped that need not be,
``at`` in microseconds UTC, ``entry`` the stored text as a string, ``prev`` the hash before (64
zeros before the first). Anybody can check it with a JSON library and sha256sum; the triggers that
forbid changes are a second wall, and :mod:`app.storage.log_walk` does not lean on them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, bindparam, insert, select

from app.domain.clock import from_micros, micros
from app.ports import LogEntry
from app.storage.codec import canonical
from app.storage.hot import Hot
from app.storage.session import Session
from app.storage.tables import ACT_LOG

if TYPE_CHECKING:
    from app.domain.anchor import Head
    from app.ports_log import LogQuery, Mark, Walked

FIRST = "0" * 64
"""What stands before the first entry of a chain."""

_HEAD = Hot(
    select(ACT_LOG.c.seq, ACT_LOG.c.hash)
    .where(ACT_LOG.c.chain_id == bindparam("b_chain"))
    .order_by(ACT_LOG.c.seq.desc())
    .limit(1)
)
_TAIL = (
    select(ACT_LOG).where(ACT_LOG.c.chain_id == bindparam("b_chain")).order_by(ACT_LOG.c.seq.desc())
)
_INSERT = Hot(insert(ACT_LOG))


def chain_id(store_id: str, till_id: str) -> str:
    """The name of a till's chain."""
    return f"{store_id}/{till_id}"


def entry_hash(chain: str, seq: int, at: int, actor: str, act: str, entry: str, prev: str) -> str:
    """The hash of one entry as the module's first lines define it; ``at`` in microseconds."""
    told = canonical([chain, seq, at, actor, act, entry, prev])
    return hashlib.sha256(told.encode()).hexdigest()


class Log:
    """:class:`app.ports.ActLog`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._chain = chain_id(session.store_id, session.till_id)
        self._head: tuple[int, str] | None = None

    def append(self, act: str, actor: str, at: datetime, entry: Mapping[str, object]) -> None:
        """Write the next entry of this till's chain; ``entry`` holds no personal data."""
        if self._head is None:
            found = self._session.hot(_HEAD, {"b_chain": self._chain})
            self._head = (found[0].seq, found[0].hash) if found else (0, FIRST)
        before, prev = self._head
        seq, when, text = before + 1, micros(at), canonical(dict(entry))
        digest = entry_hash(self._chain, seq, when, actor, act, text, prev)
        self._session.write(
            _INSERT,
            {
                "chain_id": self._chain,
                "seq": seq,
                "at": when,
                "actor": actor,
                "act": act,
                "entry": text,
                "prev": prev,
                "hash": digest,
            },
        )
        self._head = (seq, digest)

    def tail(self, limit: int) -> list[LogEntry]:
        """The newest entries of this till, newest first."""
        rows = self._session.run(_TAIL.limit(limit), {"b_chain": self._chain})
        return [entry_of(row) for row in rows]

    def verify(self) -> tuple[int, str]:
        """(entries that hold, "" or the first broken link), over every chain of the store."""
        from app.storage.log_walk import verify_chains  # a till that sells never walks

        return verify_chains(self._session.connection)

    def heads(self) -> list[Head]:
        """The last entry of every chain, what this unit wrote included."""
        from app.storage.log_walk import LogBook

        return LogBook(self._session.connection).heads()

    def page(self, wanted: LogQuery) -> list[LogEntry]:
        """Entries of any chain, newest first."""
        from app.storage.log_walk import LogBook

        return LogBook(self._session.connection).page(wanted)

    def lately(self, marks: Sequence[Mark]) -> Walked:
        """The last entries of every chain, and each mark by itself."""
        from app.storage.log_walk import LogBook

        return LogBook(self._session.connection).lately().walk(marks)


def entry_of(row: Row[Any]) -> LogEntry:
    """An entry as its row has it."""
    return LogEntry(
        row.chain_id, row.seq, from_micros(row.at), row.actor, row.act, row.entry, row.prev,
        row.hash,
    )  # fmt: skip
