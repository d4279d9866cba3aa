"""Rosters that were replaced: their persons go in stretches of a batch, never at one blow."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, select

from app.domain.clock import SHOP_ZONE, shop_time
from app.domain.record_kinds import Aged, Gone, KindStock, RecordKind
from app.storage.session import Session
from app.storage.tables_roster import ROSTER_BATCH, ROSTER_ENTRY

STRETCHES: Final = 256
"""A batch is gone through by the first byte of its hashes: some hundred persons a stretch."""


def fold_values(values: Sequence[tuple[str, object]]) -> tuple[str, int]:
    """SHA-256 in hex over ``name=length:bytes`` of each value, and the bytes of all of them."""
    whole, size = hashlib.sha256(), 0
    for name, value in values:
        told = _bytes(value)
        whole.update(f"{name}={len(told)}:".encode() + told)
        size += len(told)
    return whole.hexdigest(), size


def _bytes(value: object) -> bytes:
    if value is None:
        return b""
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()


class RosterAge:
    """The roster's part of the aging book."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def replaced(self) -> dict[int, datetime]:
        """Batches with persons behind which a newer one is in effect, and since when it is."""
        newer = ROSTER_BATCH.alias("newer")
        since = (
            select(func.min(newer.c.effective))
            .where(
                newer.c.store_id == ROSTER_BATCH.c.store_id,
                newer.c.settlement == ROSTER_BATCH.c.settlement,
                newer.c.seq > ROSTER_BATCH.c.seq,
            )
            .scalar_subquery()
        )
        there = select(ROSTER_ENTRY.c.no).where(ROSTER_ENTRY.c.batch_seq == ROSTER_BATCH.c.seq)
        query = select(ROSTER_BATCH.c.seq, since.label("since")).where(
            ROSTER_BATCH.c.store_id == self._session.store_id,
            since.is_not(None),
            there.exists(),
        )
        return {
            int(row.seq): datetime.combine(date.fromisoformat(row.since), time(), SHOP_ZONE)
            for row in self._session.run(query.order_by(ROSTER_BATCH.c.seq))
        }

    def stock(self) -> KindStock:
        """Persons of batches that were replaced."""
        found = self.replaced()
        if not found:
            return KindStock(0, None)
        query = select(func.count()).where(ROSTER_ENTRY.c.batch_seq.in_(list(found)))
        return KindStock(int(self._session.run(query).scalar_one()), min(found.values()))

    def look(self, after: str, until: datetime, limit: int) -> tuple[list[Aged], str]:
        """The next stretches that have persons."""
        found: list[Aged] = []
        last = shop_time(until)
        for seq, since in self.replaced().items():
            if since > last:
                continue
            for stretch in range(STRETCHES):
                one = f"{seq:010d}.{stretch:03d}"
                if one <= after or not self._any(one):
                    continue
                found.append(Aged(RecordKind.ROSTER, one, since))
                if len(found) >= limit:
                    return found, one
        return found, ""

    def _any(self, one: str) -> bool:
        query = select(ROSTER_ENTRY.c.no).where(_within(one)).limit(1)
        return self._session.one(query) is not None

    def measure(self, found: Sequence[Aged]) -> int:
        """Bytes of the stretches."""
        return sum(self._fold(one.id)[1] for one in found)

    def erase(self, found: Sequence[Aged]) -> list[Gone]:
        """Their rows go."""
        gone = []
        for one in found:
            digest, size = self._fold(one.id)
            if size:
                self._session.run(delete(ROSTER_ENTRY).where(_within(one.id)))
                gone.append(Gone(one.id, digest, size))
        return gone

    def _fold(self, one: str) -> tuple[str, int]:
        query = select(ROSTER_ENTRY).where(_within(one))
        ordered = query.order_by(ROSTER_ENTRY.c.mac_cert_no, ROSTER_ENTRY.c.no)
        values: list[tuple[str, Any]] = []
        for row in self._session.run(ordered):
            values += sorted(row._asdict().items())
        return fold_values(values)


def _within(one: str) -> ColumnElement[bool]:
    batch, stretch = (int(part) for part in one.split("."))
    mac = ROSTER_ENTRY.c.mac_cert_no
    wanted = and_(ROSTER_ENTRY.c.batch_seq == batch, mac >= bytes([stretch]))
    if stretch + 1 < STRETCHES:
        wanted = and_(wanted, mac < bytes([stretch + 1]))
    return wanted
