"""Alerts of the supervision subsystem, notes on watched drugs; what names people is sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update

from app.domain.alert_states import AlertState
from app.domain.clock import from_micros, micros
from app.domain.supervision import Alert
from app.errors import NotFound, StoreStale
from app.ports_alerts import SaleNote
from app.storage.codec import from_text, to_text
from app.storage.session import Session
from app.storage.tables_alerts import SALE_LINE_NOTE, SUPERVISION_ALERT

_PURPOSE = "text"


class Alerts:
    """:class:`app.ports_alerts.AlertBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, alert: Alert) -> None:
        """A new one, or what became of one; :raises StoreStale:."""
        kept = replace(alert, version=alert.version + 1)
        place = f"supervision_alert|{alert.id}|body"
        row = {
            "sale_id": alert.sale_id,
            "settlement_id": alert.settlement_id,
            "rule_id": alert.rule_id,
            "state": alert.state.value,
            "at": micros(alert.at),
            "sealed_body": self._session.seal(_PURPOSE, to_text(kept), place),
            "version": kept.version,
        }
        if alert.version == 0:
            new = {**self._session.stamp, **row, "id": alert.id}
            self._session.run(insert(SUPERVISION_ALERT), new, "alert")
            return
        found = SUPERVISION_ALERT.c.id == alert.id, SUPERVISION_ALERT.c.version == alert.version
        if self._session.run(update(SUPERVISION_ALERT).where(*found).values(row)).rowcount != 1:
            raise StoreStale(what="supervision_alert")

    def get(self, alert_id: str) -> Alert:
        """:raises NotFound:."""
        query = select(SUPERVISION_ALERT).where(SUPERVISION_ALERT.c.id == alert_id)
        row = self._session.one(query)
        if row is None:
            raise NotFound(what="supervision_alert")
        return self._alert(row)

    def of_sale(self, sale_id: str) -> list[Alert]:
        """Oldest first."""
        query = select(SUPERVISION_ALERT).where(SUPERVISION_ALERT.c.sale_id == sale_id)
        ordered = query.order_by(SUPERVISION_ALERT.c.at, SUPERVISION_ALERT.c.id)
        return [self._alert(row) for row in self._session.run(ordered)]

    def between(self, begins: datetime, ends: datetime, most: int) -> list[Alert]:
        """Of a period and every open one of before, newest first."""
        at = SUPERVISION_ALERT.c.at
        inside = (at >= micros(begins)) & (at < micros(ends))
        waiting = (SUPERVISION_ALERT.c.state == AlertState.OPEN.value) & (at < micros(ends))
        query = select(SUPERVISION_ALERT).where(
            SUPERVISION_ALERT.c.store_id == self._session.store_id, or_(inside, waiting)
        )
        ordered = query.order_by(at.desc(), SUPERVISION_ALERT.c.id.desc()).limit(most)
        return [self._alert(row) for row in self._session.run(ordered)]

    def open_ones(self) -> tuple[int, datetime | None]:
        """How many wait, and since when the oldest does."""
        query = select(
            func.count().label("waiting"), func.min(SUPERVISION_ALERT.c.at).label("oldest")
        ).where(
            SUPERVISION_ALERT.c.store_id == self._session.store_id,
            SUPERVISION_ALERT.c.state == AlertState.OPEN.value,
        )
        row = self._session.run(query).one()
        return int(row.waiting), from_micros(int(row.oldest)) if row.oldest is not None else None

    def _alert(self, row: Row[Any]) -> Alert:
        place = f"supervision_alert|{row.id}|body"
        return from_text(Alert, self._session.unseal(_PURPOSE, row.sealed_body, place))


class SaleNotes:
    """:class:`app.ports_alerts.SaleNoteBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, note: SaleNote) -> None:
        """Write one; what stood there before is said anew."""
        mine = (
            SALE_LINE_NOTE.c.sale_id == note.sale_id,
            SALE_LINE_NOTE.c.line_no == note.line_no,
        )
        self._session.run(delete(SALE_LINE_NOTE).where(*mine))
        row = {
            **self._session.stamp,
            "sale_id": note.sale_id,
            "line_no": note.line_no,
            "medicine_id": note.medicine_id,
            "staff_id": note.staff_id,
            "at": micros(note.at),
            "sealed_words": self._session.seal(_PURPOSE, note.words, _note_place(note)),
        }
        self._session.run(insert(SALE_LINE_NOTE), row, "note")

    def of_sale(self, sale_id: str) -> dict[int, SaleNote]:
        """By the number of the line."""
        query = select(SALE_LINE_NOTE).where(SALE_LINE_NOTE.c.sale_id == sale_id)
        return {row.line_no: self._note(row) for row in self._session.run(query)}

    def between(self, begins: datetime, ends: datetime) -> list[SaleNote]:
        """Of a period, oldest first."""
        query = select(SALE_LINE_NOTE).where(
            SALE_LINE_NOTE.c.store_id == self._session.store_id,
            SALE_LINE_NOTE.c.at >= micros(begins),
            SALE_LINE_NOTE.c.at < micros(ends),
        )
        ordered = query.order_by(SALE_LINE_NOTE.c.at, SALE_LINE_NOTE.c.line_no)
        return [self._note(row) for row in self._session.run(ordered)]

    def _note(self, row: Row[Any]) -> SaleNote:
        told = SaleNote(
            row.sale_id, row.line_no, row.medicine_id, row.staff_id, from_micros(row.at), ""
        )
        words = self._session.unseal(_PURPOSE, row.sealed_words, _note_place(told))
        return replace(told, words=words.decode())


def _note_place(note: SaleNote) -> str:
    return f"sale_line_note|{note.sale_id}|{note.line_no}|words"
