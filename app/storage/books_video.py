"""Purchase stills, video marks and looks at the recorder: rows to values and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from app.domain.clock import from_micros, micros
from app.domain.purchase_still import PurchaseStill, StillState
from app.domain.recorder import RecorderCheck, RecorderDoubt, RecorderState, RecorderWay
from app.domain.video_mark import VideoMark, channels_of, channels_text
from app.errors import NotFound
from app.storage.books_sale import moment, stored
from app.storage.hot import Hot
from app.storage.session import Session
from app.storage.tables_video import PURCHASE_STILL, RECORDER_CHECK, VIDEO_MARK

# Both are written while the customer waits for the change.
_ADD_STILL = Hot(insert(PURCHASE_STILL))
_ADD_MARK = Hot(insert(VIDEO_MARK))
_MANY = 500
"""Ids of one question; a database bounds how many it takes."""


class Stills:
    """:class:`app.ports_video.StillBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, still: PurchaseStill) -> None:
        """:raises BadValue: the sale has one."""
        row = {
            **self._session.stamp,
            "sale_id": still.sale_id,
            "till_no": still.till_no,
            "receipt_no": still.receipt_no,
            "person_id": still.person_id,
            "settlement_ids": " ".join(still.settlement_ids),
            "at": micros(still.at),
            "by": still.by,
            "state": still.state.value,
            "exhibit_id": still.exhibit_id,
            "consent_id": still.consent_id,
            "fault": still.fault,
            "gap": still.gap,
            **_answer(still),
        }
        self._session.write(_ADD_STILL, row, "purchase still")

    def of_sale(self, sale_id: str) -> PurchaseStill | None:
        """The row of a sale."""
        return self.of_sales([sale_id]).get(sale_id)

    def of_sales(self, sale_ids: Sequence[str]) -> dict[str, PurchaseStill]:
        """Those of many sales."""
        found: dict[str, PurchaseStill] = {}
        for at in range(0, len(sale_ids), _MANY):
            some = list(sale_ids[at : at + _MANY])
            query = select(PURCHASE_STILL).where(
                PURCHASE_STILL.c.store_id == self._session.store_id,
                PURCHASE_STILL.c.sale_id.in_(some),
            )
            found |= {row.sale_id: _still(row) for row in self._session.run(query)}
        return found

    def open_gaps(self) -> list[PurchaseStill]:
        """Missing and unanswered, oldest first."""
        query = (
            select(PURCHASE_STILL)
            .where(
                PURCHASE_STILL.c.store_id == self._session.store_id,
                PURCHASE_STILL.c.state == StillState.MISSING.value,
                PURCHASE_STILL.c.answer == "",
            )
            .order_by(PURCHASE_STILL.c.at, PURCHASE_STILL.c.sale_id)
        )
        return [_still(row) for row in self._session.run(query)]

    def answer(self, still: PurchaseStill) -> None:
        """:raises NotFound: it is not open."""
        query = (
            update(PURCHASE_STILL)
            .where(
                PURCHASE_STILL.c.sale_id == still.sale_id,
                PURCHASE_STILL.c.store_id == self._session.store_id,
                PURCHASE_STILL.c.state == StillState.MISSING.value,
                PURCHASE_STILL.c.answer == "",
            )
            .values(_answer(still))
        )
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="missing still")


class Videos:
    """:class:`app.ports_video.VideoBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def mark(self, mark: VideoMark) -> None:
        """:raises BadValue: the sale has one."""
        row = {
            **self._session.stamp,
            "sale_id": mark.sale_id,
            "till_no": mark.till_no,
            "channels": channels_text(mark.channels),
            "begins": micros(mark.begins),
            "ends": micros(mark.ends),
            "receipt_no": mark.receipt_no,
            "person_id": mark.person_id,
            "settlement_types": " ".join(mark.settlement_types),
        }
        self._session.write(_ADD_MARK, row, "video mark")

    def mark_of(self, sale_id: str) -> VideoMark | None:
        """Of one sale."""
        query = select(VIDEO_MARK).where(
            VIDEO_MARK.c.store_id == self._session.store_id, VIDEO_MARK.c.sale_id == sale_id
        )
        row = self._session.one(query)
        return None if row is None else _mark(row)

    def marks(self, begins: datetime, ends: datetime) -> list[VideoMark]:
        """Of the sales completed in ``[begins, ends)``, oldest first."""
        query = (
            select(VIDEO_MARK)
            .where(
                VIDEO_MARK.c.store_id == self._session.store_id,
                VIDEO_MARK.c.ends >= micros(begins),
                VIDEO_MARK.c.ends < micros(ends),
            )
            .order_by(VIDEO_MARK.c.ends, VIDEO_MARK.c.sale_id)
        )
        return [_mark(row) for row in self._session.run(query)]

    def add_check(self, check: RecorderCheck) -> None:
        """:raises BadValue: its id is taken."""
        state = check.state
        row = {
            **self._session.stamp,
            "id": check.id,
            "at": micros(check.at),
            "by": check.by,
            "way": check.way.value,
            "live": channels_text(tuple(sorted(no for no, on in state.channels.items() if on))),
            "down": channels_text(tuple(sorted(no for no, on in state.channels.items() if not on))),
            "oldest": state.oldest.isoformat() if state.oldest else "",
            "ahead_seconds": state.ahead_seconds,
            "free_days": state.free_days,
            "keep_days": check.keep_days,
            "doubts": " ".join(one.value for one in check.doubts),
            **_answer(check),
        }
        self._session.run(insert(RECORDER_CHECK), row, "recorder check")

    def checks(self, begins: datetime, ends: datetime) -> list[RecorderCheck]:
        """Looks in ``[begins, ends)``, oldest first."""
        query = (
            select(RECORDER_CHECK)
            .where(
                RECORDER_CHECK.c.store_id == self._session.store_id,
                RECORDER_CHECK.c.at >= micros(begins),
                RECORDER_CHECK.c.at < micros(ends),
            )
            .order_by(RECORDER_CHECK.c.at, RECORDER_CHECK.c.id)
        )
        return [_check(row) for row in self._session.run(query)]

    def answer_check(self, check: RecorderCheck) -> None:
        """:raises NotFound: it is not open."""
        query = (
            update(RECORDER_CHECK)
            .where(
                RECORDER_CHECK.c.id == check.id,
                RECORDER_CHECK.c.store_id == self._session.store_id,
                RECORDER_CHECK.c.doubts != "",
                RECORDER_CHECK.c.answer == "",
            )
            .values(_answer(check))
        )
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="recorder check")


def _answer(what: PurchaseStill | RecorderCheck) -> dict[str, Any]:
    return {
        "answer": what.answer,
        "answered_by": what.answered_by,
        "answered_at": stored(what.answered_at),
    }


def _still(row: Row[Any]) -> PurchaseStill:
    return PurchaseStill(
        sale_id=row.sale_id,
        person_id=row.person_id,
        settlement_ids=tuple(row.settlement_ids.split()),
        at=from_micros(row.at),
        by=row.by,
        state=StillState(row.state),
        exhibit_id=row.exhibit_id,
        consent_id=row.consent_id,
        fault=row.fault,
        gap=row.gap,
        receipt_no=row.receipt_no,
        till_no=row.till_no,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=moment(row.answered_at),
    )


def _mark(row: Row[Any]) -> VideoMark:
    return VideoMark(
        sale_id=row.sale_id,
        till_no=row.till_no,
        channels=channels_of(row.channels),
        begins=from_micros(row.begins),
        ends=from_micros(row.ends),
        receipt_no=row.receipt_no,
        person_id=row.person_id,
        settlement_types=tuple(row.settlement_types.split()),
    )


def _check(row: Row[Any]) -> RecorderCheck:
    live = dict.fromkeys(channels_of(row.live), True)
    down = dict.fromkeys(channels_of(row.down), False)
    return RecorderCheck(
        id=row.id,
        at=from_micros(row.at),
        by=row.by,
        way=RecorderWay(row.way),
        state=RecorderState(
            channels=dict(sorted({**live, **down}.items())),
            oldest=date.fromisoformat(row.oldest) if row.oldest else None,
            ahead_seconds=row.ahead_seconds,
            free_days=row.free_days,
        ),
        doubts=tuple(RecorderDoubt(one) for one in row.doubts.split()),
        keep_days=row.keep_days,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=moment(row.answered_at),
    )
