"""What the books said at each typed count of a stock-take."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from app.domain.clock import from_micros, micros
from app.ports_moments import CountMoment
from app.storage.codec import canonical
from app.storage.hot import Hot
from app.storage.session import Session
from app.storage.tables_moment import STOCKTAKE_MOMENT

_ADD = Hot(insert(STOCKTAKE_MOMENT))
_MINE = STOCKTAKE_MOMENT.c.stocktake_id == bindparam("b_take")
_LAST = Hot(
    select(STOCKTAKE_MOMENT.c.at).where(_MINE).order_by(STOCKTAKE_MOMENT.c.seq.desc()).limit(1)
)
_ALL = Hot(
    select(STOCKTAKE_MOMENT.c.entry_id, STOCKTAKE_MOMENT.c.at, STOCKTAKE_MOMENT.c.books)
    .where(_MINE)
    .order_by(STOCKTAKE_MOMENT.c.seq)
)


class Moments:
    """:class:`app.ports_moments.MomentBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, stocktake_id: str, moment: CountMoment) -> None:
        """Beside its count, in the same transaction."""
        row = {"stocktake_id": stocktake_id, "entry_id": moment.entry_id,
               "at": micros(moment.at), "books": canonical(dict(moment.books))}  # fmt: skip
        self._session.write(_ADD, [row], "moment")

    def of_take(self, stocktake_id: str) -> list[CountMoment]:
        """In the order in which the counts came in."""
        return [
            CountMoment(row.entry_id, from_micros(row.at), json.loads(row.books))
            for row in self._session.hot(_ALL, {"b_take": stocktake_id})
        ]

    def last_at(self, stocktake_id: str) -> datetime | None:
        """The time of the newest one; no later count is older."""
        for row in self._session.hot(_LAST, {"b_take": stocktake_id}):
            return from_micros(row.at)
        return None
