"""The log as it is read: heads, pages, and the walk that holds every link and every witness."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, or_, select

from app.domain.anchor import Head
from app.domain.clock import from_micros, micros
from app.ports import LogEntry
from app.ports_log import Broken, LogQuery, Mark, Walked
from app.storage.act_log import FIRST, entry_hash, entry_of
from app.storage.tables import ACT_LOG

_C = ACT_LOG.c
_ALL = select(_C.chain_id, _C.seq, _C.at, _C.actor, _C.act, _C.entry, _C.prev, _C.hash).order_by(
    _C.chain_id, _C.seq
)
_NEXT = (
    select(_C.chain_id)
    .where(_C.chain_id > bindparam("b_chain"))
    .order_by(_C.chain_id)
    .limit(1)
)  # fmt: skip
_LAST = (
    select(_C.chain_id, _C.seq, _C.hash)
    .where(_C.chain_id == bindparam("b_chain"))
    .order_by(_C.seq.desc())
    .limit(1)
)
_CLOSES = select(_C.at, _C.entry).where(_C.act == "day.closed")
_ONE = select(_C.hash, _C.act).where(
    _C.chain_id == bindparam("b_chain"), _C.seq == bindparam("b_seq")
)
_TAIL = (
    select(_C.chain_id, _C.seq, _C.at, _C.actor, _C.act, _C.entry, _C.prev, _C.hash)
    .where(_C.chain_id == bindparam("b_chain"), _C.seq > bindparam("b_after"))
    .order_by(_C.seq)
)
_AT_A_TIME: Final = 1000

CLOSED: Final = "day.closed"
"""The act whose entry names the heads of the store's other chains."""


class LogBook:
    """:class:`app.ports_log.LogReader`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def heads(self) -> list[Head]:
        """By chain; a few look-ups, however long the log is."""
        found: list[Head] = []
        for chain in self._chains():
            row = self._connection.execute(_LAST, {"b_chain": chain}).one()
            found.append(Head(*row))
        return found

    def _chains(self) -> Iterator[str]:
        chain: str | None = ""
        while True:
            chain = self._connection.execute(_NEXT, {"b_chain": chain}).scalar()
            if chain is None:
                return
            yield chain

    def walk(self, marks: Sequence[Mark] = ()) -> Walked:
        """In the order of chains and numbers; ends at the first link that does not hold."""
        found = list(marks)
        if len(list(self._chains())) > 1:
            found += self._told_within()
        with self._connection.execute(_ALL.execution_options(yield_per=_AT_A_TIME)) as rows:
            return walk_rows(rows, found)

    def _told_within(self) -> Iterator[Mark]:
        """What closes of days say of the other tills' chains."""
        for at, entry in self._connection.execute(_CLOSES):
            day = f"{from_micros(at):%Y-%m-%d}"
            try:
                heads = [Head(*one) for one in json.loads(entry).get("heads", ())]
            except (ValueError, TypeError, AttributeError):
                continue  # a changed entry: the walk itself finds it
            for head in heads:
                yield Mark(str(head.chain), int(head.seq), str(head.hash), "log", day)

    def lately(self) -> LatelyBook:
        """The same log, of which only the last entries are walked."""
        return LatelyBook(self._connection)

    def page(self, wanted: LogQuery) -> list[LogEntry]:
        """Newest first, over all chains or one."""
        return [entry_of(row) for row in self._connection.execute(_query(wanted))]


LATELY: Final = 5000
"""Entries of each chain: some days of a busy till."""


class LatelyBook(LogBook):
    """Walks the end of each chain, and looks every older mark up by itself: a few moments."""

    def walk(self, marks: Sequence[Mark] = ()) -> Walked:
        """As :meth:`LogBook.walk`; ``agree`` counts marks of any age."""
        heads = self.heads()
        starts = {one.chain: self._before(one.chain, one.seq - LATELY) for one in heads}
        old = [one for one in marks if one.seq <= starts.get(one.chain, (0, ""))[0]]
        agree = 0
        for mark in old:
            broken = self._looked_up(mark)
            if broken is not None:
                return Walked((), agree, broken)
            agree += 1
        known = {id(one) for one in old}
        rows = (
            row
            for one in heads
            for row in self._connection.execute(
                _TAIL, {"b_chain": one.chain, "b_after": starts[one.chain][0]}
            )
        )
        found = walk_rows(rows, [one for one in marks if id(one) not in known], starts)
        return Walked(found.chains, found.agree + agree, found.broken)

    def _before(self, chain: str, seq: int) -> tuple[int, str]:
        if seq < 1:
            return 0, FIRST
        row = self._connection.execute(_ONE, {"b_chain": chain, "b_seq": seq}).first()
        return (seq, row.hash) if row is not None else (seq, "")

    def _looked_up(self, mark: Mark) -> Broken | None:
        row = self._connection.execute(_ONE, {"b_chain": mark.chain, "b_seq": mark.seq}).first()
        if row is None:
            return Broken(mark.chain, mark.seq, "missing")
        if not row.hash.startswith(mark.digits) or (mark.act and row.act != mark.act):
            return Broken(mark.chain, mark.seq, "unlike", mark.source, mark.day)
        return None


def _query(wanted: LogQuery) -> Select[Any]:
    query = select(ACT_LOG).order_by(_C.at.desc(), _C.chain_id.desc(), _C.seq.desc())
    if wanted.begins is not None:
        query = query.where(_C.at >= micros(wanted.begins))
    if wanted.ends is not None:
        query = query.where(_C.at < micros(wanted.ends))
    if wanted.act.endswith("."):
        query = query.where(_C.act.startswith(wanted.act, autoescape=True))
    elif wanted.act:
        query = query.where(_C.act == wanted.act)
    if wanted.staff:
        query = query.where(_C.actor == wanted.staff)
    if wanted.chain:
        query = query.where(_C.chain_id == wanted.chain)
    if wanted.after is not None:
        at, chain, seq = wanted.after
        query = query.where(
            or_(
                _C.at < at,
                and_(_C.at == at, _C.chain_id < chain),
                and_(_C.at == at, _C.chain_id == chain, _C.seq < seq),
            )
        )
    return query.limit(wanted.limit)


# --- the walk -------------------------------------------------------------------------------------


class _Marks:
    """What witnesses say, by place; forgets what was met."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._placed: dict[tuple[str, int], list[Mark]] = {}
        self._anywhere: dict[int, list[Mark]] = {}
        self._met: set[int] = set()
        self.agree = 0
        for mark in marks:
            if mark.chain:
                self._placed.setdefault((mark.chain, mark.seq), []).append(mark)
            else:
                self._anywhere.setdefault(mark.seq, []).append(mark)
        self.empty = not self._placed and not self._anywhere

    def hold(self, chain: str, seq: int, digest: str, act: str) -> Mark | None:
        """The first mark that the entry contradicts."""
        for mark in self._placed.pop((chain, seq), ()):
            if not digest.startswith(mark.digits) or (mark.act and act != mark.act):
                return mark
            self.agree += 1
        for mark in self._anywhere.get(seq, ()):
            if digest.startswith(mark.digits) and id(mark) not in self._met:
                self._met.add(id(mark))
                self.agree += 1
        return None

    def over(self, chain: str) -> Mark | None:
        """The lowest mark of a chain that ended before it."""
        left = [one for (name, _), found in self._placed.items() if name == chain for one in found]
        return min(left, key=lambda one: one.seq, default=None)

    def left(self) -> Mark | None:
        """The first mark of a chain that is not there at all."""
        return next((one for found in self._placed.values() for one in found), None)

    def unmet(self) -> Mark | None:
        """The first typed mark that no chain bears out."""
        every = (one for found in self._anywhere.values() for one in found)
        return next((one for one in every if id(one) not in self._met), None)


def walk_rows(
    rows: Iterable[Any],
    marks: Iterable[Mark] = (),
    starts: Mapping[str, tuple[int, str]] | None = None,
) -> Walked:
    """Rows of the log by chain and number, each with the eight columns in their order.

    ``starts``: by chain the number and hash of the entry before the first row; else the beginning.
    """
    starts = starts or {}
    held: dict[str, int] = {}
    witnesses = _Marks(marks)
    chain, seq, prev, most = "", 0, FIRST, 0

    def ended(broken: Broken | None) -> Walked:
        return Walked(tuple(held.items()), witnesses.agree, broken)

    def cut() -> Broken | None:
        mark = witnesses.over(chain) if chain else None
        return Broken(chain, seq + 1, "cut", mark.source, mark.day) if mark else None

    for name, number, at, actor, act, entry, before, digest in rows:
        if name != chain:
            if short := cut():
                return ended(short)
            chain, held[name] = name, 0
            seq, prev = starts.get(name, (0, FIRST))
        if number != seq + 1:
            return ended(Broken(chain, seq + 1, "missing"))
        if before != prev:
            return ended(Broken(chain, number, "unlinked"))
        if entry_hash(chain, number, at, actor, act, entry, before) != digest:
            return ended(Broken(chain, number, "changed"))
        if not witnesses.empty and (mark := witnesses.hold(chain, number, digest, act)):
            return ended(Broken(chain, number, "unlike", mark.source, mark.day))
        seq, prev = number, digest
        held[chain] += 1
        most = max(most, seq)
    if short := cut():
        return ended(short)
    if mark := witnesses.left():
        return ended(Broken(mark.chain, 1, "cut", mark.source, mark.day))
    if mark := witnesses.unmet():
        what = "cut" if mark.seq > most else "unlike"
        return ended(Broken("", mark.seq, what, mark.source, mark.day))
    return ended(None)


def verify_chains(connection: Connection) -> tuple[int, str]:
    """(entries that hold, "" or the first broken link): the chains by themselves, no witness."""
    with connection.execute(_ALL.execution_options(yield_per=_AT_A_TIME)) as rows:
        walked = walk_rows(rows)
    return walked.held, _where(walked.broken) if walked.broken else ""


def _where(broken: Broken) -> str:
    where = f"{broken.chain} #{broken.seq}"
    if broken.what == "missing":
        return f"{broken.chain} #{broken.seq + 1}: #{broken.seq} is missing"
    if broken.what == "unlinked":
        return f"{where}: does not follow #{broken.seq - 1}"
    return f"{where}: was changed"
