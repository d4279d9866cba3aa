"""Which business day a shift's money counts on: the one answer that closes and reports share."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, func, select

from app.domain.balance import Period
from app.storage.session import Session
from app.storage.tables_shift import DAY_CLOSE, SHIFT

_DAY: ColumnElement[str] = func.coalesce(DAY_CLOSE.c.day, SHIFT.c.day)


def days_of_shifts(session: Session, period: Period) -> dict[str, date]:
    """By shift, the business day of its money, for those within the period.

    It is the day of the close that holds the shift, and the shift's own until one does: the two
    part only where a shift began at one till while another one closed its day.
    """
    first, last = period.first.isoformat(), period.last.isoformat()
    query = (
        select(SHIFT.c.id, _DAY.label("day"))
        .outerjoin_from(SHIFT, DAY_CLOSE, DAY_CLOSE.c.id == SHIFT.c.close_id)
        .where(SHIFT.c.store_id == session.store_id, _DAY.between(first, last))
    )
    return {row.id: date.fromisoformat(row.day) for row in session.run(query)}
