"""The quality list, boxes without codes, and which unfinished basket holds which code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, func, insert, or_, select, tuple_, update

from app.domain.clock import from_micros, micros
from app.domain.quality import (
    NoCodeLot,
    NoCodeReason,
    QualityCase,
    QualityStep,
    UncodedLine,
)
from app.domain.quality_states import QualityState
from app.domain.trace import CodeSale
from app.domain.trace_facts import CodeHeld
from app.errors import NotFound
from app.storage.books_sale import moment, open_states
from app.storage.codec import from_text, to_text
from app.storage.hot import Hot, HotList
from app.storage.session import Session, upsert
from app.storage.tables import SALE, SALE_LINE, SOLD_CODE
from app.storage.tables_tills import TILL
from app.storage.tables_trace import NO_CODE_LOT, QUALITY_CASE, UNCODED_LINE

_PAIRS = 200
"""How many pairs one IN list holds: two values each."""


class Quality:
    """:class:`app.ports_trace.QualityBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, case: QualityCase) -> None:
        """A new one; :raises BadValue: the box has a live case already."""
        row = {**self._session.stamp, "id": case.id, **_case_row(case)}
        self._session.run(insert(QUALITY_CASE), row, "quality case")

    def save(self, case: QualityCase) -> None:
        """Write a decision; :raises NotFound:."""
        query = update(QUALITY_CASE).where(QUALITY_CASE.c.id == case.id).values(_case_row(case))
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="quality case")

    def get(self, case_id: str) -> QualityCase:
        """:raises NotFound:."""
        row = self._session.one(select(QUALITY_CASE).where(QUALITY_CASE.c.id == case_id))
        if row is None:
            raise NotFound(what="quality case")
        return _case(row)

    def live_of(self, codes: Sequence[str]) -> dict[str, QualityCase]:
        """The live cases of these codes."""
        return {row.code: _case(row) for row in self._session.any_of(_LIVE_CASES, codes)}

    def of_code(self, code: str) -> list[QualityCase]:
        """Every case of one code, oldest first."""
        query = select(QUALITY_CASE).where(QUALITY_CASE.c.code == code)
        order = (QUALITY_CASE.c.found_at, QUALITY_CASE.c.id)
        return [_case(row) for row in self._session.run(query.order_by(*order))]

    def those(self, *, live: bool, limit: int) -> list[QualityCase]:
        """Newest first; ``live``: only what waits for a decision."""
        query = select(QUALITY_CASE)
        if live:
            query = query.where(QUALITY_CASE.c.live)
        query = query.order_by(QUALITY_CASE.c.found_at.desc(), QUALITY_CASE.c.id.desc())
        return [_case(row) for row in self._session.run(query.limit(limit))]

    def waiting(self) -> int:
        """How many wait for a decision."""
        query = select(func.count()).select_from(QUALITY_CASE).where(QUALITY_CASE.c.live)
        return int(self._session.run(query).scalar_one())


@dataclass(frozen=True, slots=True)
class _Steps:
    """The decisions as they stand in one column."""

    steps: tuple[QualityStep, ...] = ()


_LIVE_CASES = HotList(
    QUALITY_CASE.c.code, lambda wanted: select(QUALITY_CASE).where(wanted, QUALITY_CASE.c.live)
)


def _case_row(case: QualityCase) -> dict[str, Any]:
    return {
        "state": case.state.value,
        "live": case.live,
        "code": case.code,
        "medicine_id": case.medicine_id,
        "batch": case.batch,
        "lot_id": case.lot_id,
        "why": case.why,
        "found_at": micros(case.found_at),
        "found_by": case.found_by,
        "till_no": case.till_no,
        "sale_id": case.sale_id,
        "note": case.note,
        "steps": to_text(_Steps(case.steps)),
    }


def _case(row: Row[Any]) -> QualityCase:
    return QualityCase(
        id=row.id,
        medicine_id=row.medicine_id,
        why=row.why,
        found_at=from_micros(row.found_at),
        found_by=row.found_by,
        code=row.code,
        batch=row.batch,
        lot_id=row.lot_id,
        till_no=row.till_no,
        sale_id=row.sale_id,
        note=row.note,
        state=QualityState(row.state),
        steps=from_text(_Steps, row.steps).steps,
    )


class Uncoded:
    """:class:`app.ports_trace.UncodedBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, lots: Sequence[NoCodeLot]) -> int:
        """Batches for the list; answers how many were not on it yet."""
        pairs = dict.fromkeys((one.medicine_id, one.batch) for one in lots)
        known = self.listed(list(pairs))
        rows = [
            {
                **self._session.stamp,
                "medicine_id": one.medicine_id,
                "batch": one.batch,
                "at": micros(one.at),
                "staff_id": one.staff_id,
                "source": one.source,
            }
            for one in {(one.medicine_id, one.batch): one for one in lots}.values()
            if (one.medicine_id, one.batch) not in known
        ]
        if rows:
            self._session.run(insert(NO_CODE_LOT), rows, "no-code lot")
        return len(rows)

    def drop(self, medicine_id: str, batch: str) -> None:
        """Take a batch off the list; :raises NotFound:."""
        query = delete(NO_CODE_LOT).where(
            NO_CODE_LOT.c.store_id == self._session.store_id,
            NO_CODE_LOT.c.medicine_id == medicine_id,
            NO_CODE_LOT.c.batch == batch,
        )
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="no-code lot")

    def listed(self, lots: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of (drug, batch) that are on the list."""
        found: set[tuple[str, str]] = set()
        key = tuple_(NO_CODE_LOT.c.medicine_id, NO_CODE_LOT.c.batch)
        distinct = list(dict.fromkeys(lots))
        for start in range(0, len(distinct), _PAIRS):
            mine = (
                NO_CODE_LOT.c.store_id == self._session.store_id,
                key.in_(distinct[start : start + _PAIRS]),
            )
            query = select(NO_CODE_LOT.c.medicine_id, NO_CODE_LOT.c.batch).where(*mine)
            found |= {(row.medicine_id, row.batch) for row in self._session.run(query)}
        return found

    def all(self) -> list[NoCodeLot]:
        """The list, newest first."""
        query = (
            select(NO_CODE_LOT)
            .where(NO_CODE_LOT.c.store_id == self._session.store_id)
            .order_by(NO_CODE_LOT.c.at.desc(), NO_CODE_LOT.c.medicine_id, NO_CODE_LOT.c.batch)
        )
        return [
            NoCodeLot(row.medicine_id, row.batch, from_micros(row.at), row.staff_id, row.source)
            for row in self._session.run(query)
        ]

    def say(self, one: UncodedLine) -> None:
        """Why a line's boxes carry no code; a line's later word takes the place of its earlier."""
        row = {
            **self._session.stamp,
            "sale_id": one.sale_id,
            "line_no": one.line_no,
            "medicine_id": one.medicine_id,
            "batch": one.batch,
            "reason": one.reason.value,
            "at": micros(one.at),
            "staff_id": one.staff_id,
        }
        fresh = upsert(self._session.dialect, UNCODED_LINE)
        keys = ("sale_id", "line_no")
        changed = {c.name: fresh.excluded[c.name] for c in UNCODED_LINE.c if c.name not in keys}
        self._session.run(fresh.on_conflict_do_update(index_elements=list(keys), set_=changed), row)

    def of_sale(self, sale_id: str) -> dict[int, NoCodeReason]:
        """Line -> reason."""
        rows = self._session.hot(_SAID, {"b_sale": sale_id})
        return {row.line_no: NoCodeReason(row.reason) for row in rows}

    def last(self, medicine_id: str, batch: str) -> NoCodeReason | None:
        """What was said last of this product and lot; None = nothing yet."""
        query = (
            select(UNCODED_LINE.c.reason)
            .where(UNCODED_LINE.c.medicine_id == medicine_id, UNCODED_LINE.c.batch == batch)
            .order_by(UNCODED_LINE.c.at.desc())
            .limit(1)
        )
        row = self._session.one(query)
        return NoCodeReason(row.reason) if row is not None else None

    def recent(self, limit: int) -> list[UncodedLine]:
        """Newest first."""
        query = select(UNCODED_LINE).order_by(UNCODED_LINE.c.at.desc(), UNCODED_LINE.c.sale_id)
        return [
            UncodedLine(
                sale_id=row.sale_id,
                line_no=row.line_no,
                medicine_id=row.medicine_id,
                batch=row.batch,
                reason=NoCodeReason(row.reason),
                at=from_micros(row.at),
                staff_id=row.staff_id,
            )
            for row in self._session.run(query.limit(limit))
        ]


_SAID = Hot(
    select(UNCODED_LINE.c.line_no, UNCODED_LINE.c.reason).where(
        UNCODED_LINE.c.sale_id == bindparam("b_sale")
    )
)


class Baskets:
    """:class:`app.ports_trace.BasketCodes`: read from the baskets themselves, kept nowhere else."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def holding(self, codes: Sequence[str], but: Sequence[str]) -> dict[str, CodeHeld]:
        """Who holds them, other than the sales ``but``; pieces of an opened pack are shared.

        ``CodeHeld.till_no`` is 0 for this till, and for one whose number nobody knows.
        """
        if not codes:
            return {}
        wanted = set(codes)
        found: dict[str, CodeHeld] = {}
        for row in self._session.plain(_OPEN_LINES):
            sale_id, till_id, held_at, opened_at, quantity, text = row
            # Most baskets hold none of them: nothing is parsed to learn that.
            for code in wanted:
                if code in text:
                    break
            else:
                continue
            if sale_id in but or quantity % _WHOLE:
                continue
            here = wanted.intersection(from_text(tuple[str, ...], text))
            if here:
                no = 0 if till_id == self._session.till_id else self._number(till_id)
                found |= dict.fromkeys(here, _held(sale_id, held_at, opened_at, no))
        return found

    def _number(self, till_id: str) -> int:
        for row in self._session.hot(_TILL_NO, {"b_id": till_id}):
            return int(row.no)
        return 0

    def freed(self, codes: Sequence[str]) -> set[str]:
        """Those that were sold before and came back by a completed reversal."""
        return {row.code for row in self._session.any_of(_SOLD_EVER, codes) if not row.live}

    def sales_of(self, code: str) -> list[CodeSale]:
        """Every sale of one code, oldest first."""
        query = (
            select(SOLD_CODE, SALE.c.receipt_no)
            .join(SALE, SALE.c.id == SOLD_CODE.c.sale_id)
            .where(SOLD_CODE.c.code == code)
            .order_by(SOLD_CODE.c.seq)
        )
        return [
            CodeSale(
                sale_id=row.sale_id,
                receipt_no=row.receipt_no or "",
                at=from_micros(row.taken_at),
                freed_at=moment(row.freed_at),
                split_pack=bool(row.split_pack),
                till_id=row.till_id,
            )
            for row in self._session.run(query)
        ]


_WHOLE = 10_000
"""A pack in ten-thousandths: what is not a multiple is sold by the piece."""

_TILL_NO = Hot(select(TILL.c.no).where(TILL.c.id == bindparam("b_id")))


def _open_lines() -> Select[Any]:
    """Lines of unfinished baskets, till by till along the index: from one till that ever sold to
    the next, not through every sale."""
    tills = select(func.min(SALE.c.till_id).label("id")).cte("tills", recursive=True)
    after = select(func.min(SALE.c.till_id)).where(SALE.c.till_id > tills.c.id).scalar_subquery()
    tills = tills.union_all(select(after).where(tills.c.id.is_not(None)))
    return (
        select(
            SALE.c.id,
            SALE.c.till_id,
            SALE.c.held_at,
            SALE.c.opened_at,
            SALE_LINE.c.quantity,
            SALE_LINE.c.trace_codes,
        )
        .select_from(tills)
        .join(SALE, SALE.c.till_id == tills.c.id)
        .join(SALE_LINE, SALE_LINE.c.sale_id == SALE.c.id)
        .where(or_(*(SALE.c.state == state for state in open_states())))
    )


_OPEN_LINES = Hot(_open_lines())
_SOLD_EVER = HotList(
    SOLD_CODE.c.code, lambda wanted: select(SOLD_CODE.c.code, SOLD_CODE.c.live).where(wanted)
)


def _held(sale_id: str, held_at: int | None, opened_at: int, till_no: int) -> CodeHeld:
    opened = from_micros(opened_at)
    since = opened if held_at is None else from_micros(held_at)
    return CodeHeld(
        sale_id=sale_id,
        till_no=till_no,
        since=since,
        aside=held_at is not None,
        opened_at=opened,
    )
