"""What shifts took in and paid back, summed by the database out of sales, returns and tenders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from app.domain.clock import from_micros
from app.domain.money import Money
from app.domain.return_states import ReturnState
from app.domain.sale_states import SaleState
from app.ports_shift import BackSum, BasketSeen, ReceiptSum, TenderSum, TypeSum
from app.storage.session import Session
from app.storage.tables import SALE, SALE_LINE, SALE_RETURN, TENDER
from app.storage.tables_shift import SHIFT

_REST = (SaleState.DONE, SaleState.UNDONE, SaleState.ABANDONED)
_LIVE = [state.value for state in SaleState if state not in _REST]
_BEGUN = [state for state in _LIVE if state != SaleState.OPEN.value]


def _tills(store_id: str) -> Select[tuple[str]]:
    return select(SHIFT.c.till_id).where(SHIFT.c.store_id == store_id).distinct()


def sold_in(shift_ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    """Sales completed in these shifts: what a report and a close sum alike."""
    # The second says what the index of completed sales needs to be told.
    return SALE.c.shift_id.in_(shift_ids), SALE.c.shift_id != ""


def back_in(shift_ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    """Returns whose money went back in these shifts."""
    done = SALE_RETURN.c.state == ReturnState.DONE.value
    return SALE_RETURN.c.shift_id.in_(shift_ids), done


class ShiftSums:
    """The sums behind a shift's report.

    A completed sale keeps its tenders for ever; a return adds the same ones, negative, and is
    named by its own shift. So what came in is the positive ones of the shift's sales, and what
    went back the negative ones of the shift's returns.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def _paid(self, shift_ids: Sequence[str]) -> list[TenderSum]:
        columns = (SALE.c.shift_id, SALE.c.cashier_id, TENDER.c.kind)
        query = (
            select(
                *columns,
                func.count(TENDER.c.sale_id.distinct()).label("sales"),
                func.sum(TENDER.c.amount).label("amount"),
            )
            .join_from(SALE, TENDER, TENDER.c.sale_id == SALE.c.id)
            .where(*sold_in(shift_ids), TENDER.c.amount > 0)
            .group_by(*columns)
            .order_by(*columns)
        )
        return [
            TenderSum(row.shift_id, row.cashier_id, row.kind, False, int(row.sales),
                      Money(int(row.amount)))
            for row in self._session.run(query)
        ]  # fmt: skip

    def _paid_back(self, shift_ids: Sequence[str]) -> list[TenderSum]:
        columns = (SALE_RETURN.c.shift_id, SALE_RETURN.c.staff_id, TENDER.c.kind)
        query = (
            select(
                *columns,
                func.count(TENDER.c.sale_id.distinct()).label("sales"),
                func.sum(TENDER.c.amount).label("amount"),
            )
            .join_from(SALE_RETURN, TENDER, TENDER.c.sale_id == SALE_RETURN.c.sale_id)
            .where(*back_in(shift_ids), TENDER.c.amount < 0)
            .group_by(*columns)
            .order_by(*columns)
        )
        return [
            TenderSum(row.shift_id, row.staff_id, row.kind, True, int(row.sales),
                      Money(-int(row.amount)))
            for row in self._session.run(query)
        ]  # fmt: skip

    def _sold(self, shift_ids: Sequence[str]) -> list[TypeSum]:
        columns = (SALE.c.shift_id, SALE_LINE.c.settlement_type)
        query = (
            select(
                *columns,
                func.count(SALE.c.id.distinct()).label("sales"),
                func.sum(SALE_LINE.c.amount).label("amount"),
            )
            .join_from(SALE, SALE_LINE, SALE_LINE.c.sale_id == SALE.c.id)
            .where(*sold_in(shift_ids))
            .group_by(*columns)
            .order_by(*columns)
        )
        return [_type(row, back=False) for row in self._session.run(query)]

    def _came_back(self, shift_ids: Sequence[str]) -> list[TypeSum]:
        columns = (SALE_RETURN.c.shift_id, SALE_LINE.c.settlement_type)
        query = (
            select(
                *columns,
                func.count(SALE_LINE.c.sale_id.distinct()).label("sales"),
                func.sum(SALE_LINE.c.amount).label("amount"),
            )
            .join_from(SALE_RETURN, SALE_LINE, SALE_LINE.c.sale_id == SALE_RETURN.c.sale_id)
            .where(*back_in(shift_ids))
            .group_by(*columns)
            .order_by(*columns)
        )
        return [_type(row, back=True) for row in self._session.run(query)]

    def _slips(self, shift_ids: Sequence[str]) -> list[ReceiptSum]:
        query = (
            select(
                SALE.c.shift_id,
                func.count().label("receipts"),
                func.min(SALE.c.receipt_no).label("first"),
                func.max(SALE.c.receipt_no).label("last"),
                func.sum(SALE.c.total).label("total"),
            )
            .where(*sold_in(shift_ids))
            .group_by(SALE.c.shift_id)
            .order_by(SALE.c.shift_id)
        )
        return [
            ReceiptSum(row.shift_id, int(row.receipts), row.first or "", row.last or "",
                       Money(int(row.total)))
            for row in self._session.run(query)
        ]  # fmt: skip

    def _returns(self, shift_ids: Sequence[str]) -> list[BackSum]:
        query = (
            select(
                SALE_RETURN.c.shift_id,
                func.count().label("returns"),
                func.sum(SALE.c.total).label("total"),
            )
            .join_from(SALE_RETURN, SALE, SALE.c.id == SALE_RETURN.c.sale_id)
            .where(*back_in(shift_ids))
            .group_by(SALE_RETURN.c.shift_id)
            .order_by(SALE_RETURN.c.shift_id)
        )
        return [
            BackSum(row.shift_id, int(row.returns), Money(int(row.total)))
            for row in self._session.run(query)
        ]

    def _baskets(self, *, held: bool) -> list[BasketSeen]:
        at = SALE.c.held_at if held else SALE.c.opened_at
        put_aside = SALE.c.held_at.is_not(None) if held else SALE.c.held_at.is_(None)
        query = (
            select(
                SALE.c.id, SALE.c.till_id, SALE.c.cashier_id, at.label("seen_at"), SALE.c.total
            )
            .where(
                # By till: that is how the books find what is not at rest.
                SALE.c.till_id.in_(_tills(self._session.store_id)),
                SALE.c.store_id == self._session.store_id,
                put_aside,
                SALE.c.state.in_(_LIVE if held else _BEGUN),
            )
            .order_by(at, SALE.c.id)
        )  # fmt: skip
        return [
            BasketSeen(row.id, row.till_id, row.cashier_id, from_micros(row.seen_at),
                       Money(int(row.total)))
            for row in self._session.run(query)
        ]  # fmt: skip


def _type(row: Row[Any], *, back: bool) -> TypeSum:
    """Lines of before the split have no type: nobody settled them."""
    kind = row.settlement_type or "self_paid"
    return TypeSum(row.shift_id, kind, back, int(row.sales), Money(int(row.amount)))
