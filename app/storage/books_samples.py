"""Boxes that stock-takes ask for: a row a lot, a row a scanned box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from app.domain.clock import from_micros, micros
from app.domain.stocktake_sample import BoxScan, BoxTold, Sample
from app.errors import NotFound
from app.storage.codec import from_text, to_text
from app.storage.session import Session, upsert
from app.storage.tables_sample import STOCKTAKE_SAMPLE, STOCKTAKE_SCAN


class Samples:
    """:class:`app.ports_samples.SampleBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, samples: Sequence[Sample]) -> int:
        """Drawn ones; a lot that was drawn before keeps its boxes. Answers how many are new."""
        if not samples:
            return 0
        table = STOCKTAKE_SAMPLE
        take = samples[0].stocktake_id
        query = select(table.c.lot_id).where(table.c.stocktake_id == take)
        known = {row.lot_id for row in self._session.run(query)}
        rows = [
            {"stocktake_id": one.stocktake_id, "lot_id": one.lot_id, "state": one.state.value,
             "body": to_text(one)}
            for one in sorted(samples, key=lambda one: one.lot_id) if one.lot_id not in known
        ]  # fmt: skip
        if rows:
            # Another till may draw the same lots at this very moment: the first row stands.
            fresh = upsert(self._session.dialect, table).on_conflict_do_nothing()
            self._session.run(fresh, rows, "sample")
        return len(rows)

    def save(self, sample: Sample) -> None:
        """Write what became of one; :raises NotFound:."""
        table = STOCKTAKE_SAMPLE
        which = (table.c.stocktake_id == sample.stocktake_id, table.c.lot_id == sample.lot_id)
        values = {"state": sample.state.value, "body": to_text(sample)}
        if self._session.run(update(table).where(*which).values(values)).rowcount != 1:
            raise NotFound(what="sample")

    def get(self, stocktake_id: str, lot_id: str) -> Sample:
        """:raises NotFound:."""
        table = STOCKTAKE_SAMPLE
        which = (table.c.stocktake_id == stocktake_id, table.c.lot_id == lot_id)
        row = self._session.one(select(table.c.body).where(*which))
        if row is None:
            raise NotFound(what="sample")
        return from_text(Sample, row.body)

    def of_take(self, stocktake_id: str) -> list[Sample]:
        """Every one, by lot."""
        table = STOCKTAKE_SAMPLE
        query = select(table.c.body).where(table.c.stocktake_id == stocktake_id)
        return [
            from_text(Sample, row.body) for row in self._session.run(query.order_by(table.c.lot_id))
        ]

    def add_scan(self, stocktake_id: str, scan: BoxScan) -> None:
        """A box was scanned."""
        row = {
            **self._session.stamp, "id": scan.id, "stocktake_id": stocktake_id,
            "lot_id": scan.lot_id, "code": scan.code, "told": scan.told.value,
            "at": micros(scan.at), "by_id": scan.by, "taken_back": scan.taken_back,
        }  # fmt: skip
        self._session.run(insert(STOCKTAKE_SCAN), row, "scan")

    def take_back(self, scan_id: str) -> None:
        """It was scanned at the wrong place; it stays in the books; :raises NotFound:."""
        query = update(STOCKTAKE_SCAN).where(STOCKTAKE_SCAN.c.id == scan_id)
        if self._session.run(query.values(taken_back=True)).rowcount != 1:
            raise NotFound(what="scan")

    def scans(self, stocktake_id: str, lot_id: str | None = None) -> list[BoxScan]:
        """In the order in which they came in; ``lot_id``: of one lot only."""
        table = STOCKTAKE_SCAN
        query = select(table).where(table.c.stocktake_id == stocktake_id)
        if lot_id is not None:
            query = query.where(table.c.lot_id == lot_id)
        return [_scan(row) for row in self._session.run(query.order_by(table.c.seq))]


def _scan(row: Row[Any]) -> BoxScan:
    return BoxScan(
        row.id, row.lot_id, row.code, BoxTold(row.told), from_micros(row.at), row.by_id,
        bool(row.taken_back),
    )  # fmt: skip
