"""Figures of whole periods out of sales, tenders and movements."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, case, func, literal_column, select

from app.domain.balance import Period
from app.domain.clock import from_micros, micros
from app.domain.money import Money, Quantity
from app.domain.sale_states import SaleState
from app.domain.stock import MoveKind
from app.ports_reports import BoughtFrom, TakenBy, Takings
from app.storage.session import Session
from app.storage.tables import SALE, STOCK_MOVE, TENDER
from app.storage.tables_stock import STOCK_LOT

_BACK = SALE.c.state == SaleState.UNDONE.value


class Reports:
    """:class:`app.ports_reports.ReportBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def takings(self, period: Period) -> list[Takings]:
        """By day, then cashier."""
        day = _day().label("day")
        query = (
            select(
                day,
                SALE.c.cashier_id,
                func.count().label("receipts"),
                func.sum(SALE.c.total).label("total"),
                func.sum(case((_BACK, 1), else_=0)).label("undone"),
                func.sum(case((_BACK, SALE.c.total), else_=0)).label("undone_total"),
            )
            .where(_within(period))
            .group_by(day, SALE.c.cashier_id)
            .order_by(day, SALE.c.cashier_id)
        )
        return [
            Takings(
                _date(row.day), row.cashier_id, int(row.receipts), Money(int(row.total)),
                int(row.undone), Money(int(row.undone_total)),
            )
            for row in self._session.run(query)
        ]  # fmt: skip

    def tenders(self, period: Period) -> list[TakenBy]:
        """By day, cashier and kind."""
        day = _day().label("day")
        columns = (day, SALE.c.cashier_id, TENDER.c.kind)
        query = (
            select(*columns, func.sum(TENDER.c.amount).label("amount"))
            .join_from(SALE, TENDER, TENDER.c.sale_id == SALE.c.id)
            .where(_within(period), SALE.c.state != SaleState.UNDONE.value)
            .group_by(*columns)
            .order_by(*columns)
        )
        return [
            TakenBy(_date(row.day), row.cashier_id, row.kind, Money(int(row.amount)))
            for row in self._session.run(query)
        ]

    def bought_from(self, period: Period) -> list[BoughtFrom]:
        """By supplier; goods whose lot names none under an empty one."""
        supplier = func.coalesce(STOCK_LOT.c.supplier_id, literal_column("''")).label("supplier_id")
        query = (
            select(
                supplier,
                func.count(STOCK_MOVE.c.document_id.distinct()).label("papers"),
                func.count(STOCK_MOVE.c.medicine_id.distinct()).label("drugs"),
                func.sum(STOCK_MOVE.c.quantity).label("quantity"),
                func.coalesce(func.sum(STOCK_MOVE.c.amount_fen), 0).label("fen"),
                func.sum(case((STOCK_MOVE.c.amount_fen.is_(None), 1), else_=0)).label("unknown"),
            )
            .outerjoin_from(STOCK_MOVE, STOCK_LOT, STOCK_LOT.c.id == STOCK_MOVE.c.lot_id)
            .where(
                STOCK_MOVE.c.kind == MoveKind.BOUGHT.value,
                STOCK_MOVE.c.at >= micros(period.begins),
                STOCK_MOVE.c.at < micros(period.ends),
            )
            .group_by(supplier)
            .order_by(supplier)
        )
        return [
            BoughtFrom(
                row.supplier_id, int(row.papers), int(row.drugs), Quantity(int(row.quantity)),
                Money(int(row.fen)), int(row.unknown),
            )
            for row in self._session.run(query)
        ]  # fmt: skip

    def last_sold(self) -> dict[str, datetime]:
        """By drug, the newest sale; drugs never sold are not there."""
        query = (
            select(STOCK_MOVE.c.medicine_id, func.max(STOCK_MOVE.c.at).label("at"))
            .where(STOCK_MOVE.c.kind == MoveKind.SALE.value)
            .group_by(STOCK_MOVE.c.medicine_id)
        )
        return {row.medicine_id: from_micros(row.at) for row in self._session.run(query)}


def _day() -> ColumnElement[int]:
    """Shop days since 1970: the zone is eight hours ahead the whole year."""
    return (SALE.c.done_at + literal_column("28800000000")) // literal_column("86400000000")


def _within(period: Period) -> ColumnElement[bool]:
    return (SALE.c.done_at >= micros(period.begins)) & (SALE.c.done_at < micros(period.ends))


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=int(day))
