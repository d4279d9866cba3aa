"""What shifts took in and paid back, summed by the database out of sales, returns and tenders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from app.domain.money import Money
from app.domain.return_states import ReturnState
from app.domain.sale_states import SaleState
from app.ports_shift import BackSum, ReceiptSum, TenderSum, TypeSum
from app.storage.session import Session
from app.storage.tables import SALE, SALE_LINE, SALE_RETURN, TENDER

_LIVE = [state.value for state in SaleState
         if state not in (SaleState.DONE, SaleState.UNDONE, SaleState.ABANDONED)]  # fmt: skip


def _sold_in(shift_ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    # The second says what the index of completed sales needs to be told.
    return SALE.c.shift_id.in_(shift_ids), SALE.c.shift_id != ""


def _back_in(shift_ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
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
            .where(*_sold_in(shift_ids), TENDER.c.amount > 0)
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
            .where(*_back_in(shift_ids), TENDER.c.amount < 0)
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
            .where(*_sold_in(shift_ids))
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
            .where(*_back_in(shift_ids))
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
            .where(*_sold_in(shift_ids))
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
            .where(*_back_in(shift_ids))
            .group_by(SALE_RETURN.c.shift_id)
            .order_by(SALE_RETURN.c.shift_id)
        )
        return [
            BackSum(row.shift_id, int(row.returns), Money(int(row.total)))
            for row in self._session.run(query)
        ]

    def _held(self) -> list[Row[Any]]:
        query = (
            select(SALE.c.id, SALE.c.till_id, SALE.c.cashier_id, SALE.c.held_at, SALE.c.total)
            .where(
                SALE.c.store_id == self._session.store_id,
                SALE.c.held_at.is_not(None),
                SALE.c.state.in_(_LIVE),
            )
            .order_by(SALE.c.held_at, SALE.c.id)
        )
        return list(self._session.run(query))


def _type(row: Row[Any], *, back: bool) -> TypeSum:
    """Lines of before the split have no type: nobody settled them."""
    kind = row.settlement_type or "self_paid"
    return TypeSum(row.shift_id, kind, back, int(row.sales), Money(int(row.amount)))
