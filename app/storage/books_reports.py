"""Figures of whole periods out of sales, tenders and movements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    func,
    literal_column,
    not_,
    select,
)

from app.domain.balance import SELF_PAID, Period
from app.domain.clock import from_micros, micros, shop_time
from app.domain.money import Money, Quantity, UnitPrice
from app.domain.prescription import Prescription
from app.domain.return_states import ReturnState
from app.domain.sale import SoldItem
from app.domain.stock import MoveKind
from app.domain.upload_states import WAITING, UploadState
from app.ports_reports import Asked, BoughtFrom, SoldLines, TakenBy, Takings
from app.storage.business_day import days_of_shifts
from app.storage.codec import from_text, shared_value
from app.storage.session import Session, chunks
from app.storage.shift_sums import back_in, sold_in
from app.storage.tables import OUTBOX, SALE, SALE_LINE, SALE_RETURN, STOCK_MOVE, TENDER
from app.storage.tables_stock import STOCK_LOT


class Reports:
    """:class:`app.ports_reports.ReportBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def takings(self, period: Period, turns_at: time) -> list[Takings]:
        """By business day, then cashier."""
        found: dict[tuple[date, str], list[int]] = {}
        sums = func.count().label("slips"), func.sum(SALE.c.total).label("fen")
        sold = select(SALE.c.cashier_id.label("who"), *sums)
        back = select(SALE_RETURN.c.staff_id.label("who"), *sums).join_from(
            SALE_RETURN, SALE, SALE.c.id == SALE_RETURN.c.sale_id
        )
        days = self._days(period, turns_at)
        for at, rows in ((0, days.sold(sold)), (2, days.back(back))):
            for day, row in rows:
                figures = found.setdefault((day, row.who), [0, 0, 0, 0])
                figures[at] += int(row.slips)
                figures[at + 1] += int(row.fen)
        return [
            Takings(day, who, slips, Money(fen), undone, Money(gone))
            for (day, who), (slips, fen, undone, gone) in sorted(found.items())
        ]

    def tenders(self, period: Period, turns_at: time) -> list[TakenBy]:
        """By business day, cashier and kind."""
        found: dict[tuple[date, str, str], int] = {}
        amount = func.sum(TENDER.c.amount).label("fen")
        sold = select(SALE.c.cashier_id.label("who"), TENDER.c.kind, amount)
        back = select(SALE_RETURN.c.staff_id.label("who"), TENDER.c.kind, amount)
        sold = sold.join_from(SALE, TENDER, TENDER.c.sale_id == SALE.c.id)
        back = back.join_from(SALE_RETURN, TENDER, TENDER.c.sale_id == SALE_RETURN.c.sale_id)
        days = self._days(period, turns_at)
        # A completed sale keeps its tenders; a return adds the same ones, negative.
        paid = days.sold(sold.where(TENDER.c.amount > 0), TENDER.c.kind)
        paid_back = days.back(back.where(TENDER.c.amount < 0), TENDER.c.kind)
        for day, row in chain(paid, paid_back):
            key = day, row.who, row.kind
            found[key] = found.get(key, 0) + int(row.fen)
        return [TakenBy(*key, Money(fen)) for key, fen in sorted(found.items())]

    def lines(self, period: Period, turns_at: time) -> list[SoldLines]:
        """By drug; what a customer kept of a sale that came back is neither sold nor back."""
        found: dict[str, list[int]] = {}
        columns = (SALE_LINE.c.medicine_id, SALE_LINE.c.settlement_type)
        sums = (
            func.sum(SALE_LINE.c.quantity).label("quantity"),
            func.sum(SALE_LINE.c.amount).label("fen"),
        )
        kept = (SALE.c.replaces != "").label("kept")
        sold = select(*columns, kept, *sums).join_from(
            SALE, SALE_LINE, SALE_LINE.c.sale_id == SALE.c.id
        )
        back = select(*columns, *sums).join_from(
            SALE_RETURN, SALE_LINE, SALE_LINE.c.sale_id == SALE_RETURN.c.sale_id
        )
        days = self._days(period, turns_at)
        for _, row in days.sold(sold, *columns, kept):
            own = row.settlement_type in ("", SELF_PAID)
            place, sign = (4, -1) if row.kept else (2 if own else 0, 1)
            _add(found, row, place, sign)
        for _, row in days.back(back, *columns):
            _add(found, row, 4, 1)
        return [
            SoldLines(
                medicine, Quantity(insured), Money(insured_fen), Quantity(own), Money(own_fen),
                Quantity(gone), Money(gone_fen),
            )
            for medicine, (insured, insured_fen, own, own_fen, gone, gone_fen) in sorted(
                found.items()
            )
        ]  # fmt: skip

    def _days(self, period: Period, turns_at: time) -> _Days:
        return _Days(self._session, period, turns_at)

    def prescribed(self, sale_ids: Sequence[str]) -> dict[str, Prescription]:
        """The prescription of each sale that has one, by the sale's id."""
        found: dict[str, Prescription] = {}
        columns = select(SALE.c.id, SALE.c.sealed_prescription)
        for ids in chunks(list(sale_ids)):
            some = columns.where(SALE.c.id.in_(ids), SALE.c.sealed_prescription.is_not(None))
            for row in self._session.run(some):
                sealed, place = bytes(row.sealed_prescription), f"sale|{row.id}|prescription"
                text = self._session.unseal("prescription", sealed, place)
                found[row.id] = from_text(Prescription, text)
        return found

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

    def asked(self, period: Period) -> list[Asked]:
        """What was sold, at which prices and with how many codes."""
        line = SALE_LINE.c
        query = (
            select(line.medicine_id, line.settlement_type, line.price, line.quantity,
                   line.trace_codes, line.item, SALE.c.done_at)
            .join_from(SALE, SALE_LINE, line.sale_id == SALE.c.id)
            # What a customer keeps of a sale that came back was sold once.
            .where(SALE.c.replaces == "", *_within(SALE.c.done_at, period))
        )  # fmt: skip
        found: dict[tuple[str, str, date, int], list[int]] = {}
        for row in self._session.run(query):
            day = shop_time(from_micros(row.done_at)).date()
            key = row.medicine_id, row.settlement_type, day, int(row.price)
            sold = shared_value(SoldItem, row.item)
            owed = Quantity(int(row.quantity)).packs() if sold.bears_code else 0
            figures = found.setdefault(key, [0, 0, 0])
            more = (1, owed, min(owed, len(from_text(tuple[str, ...], row.trace_codes))))
            figures[:] = [old + new for old, new in zip(figures, more, strict=True)]
        return [
            Asked(medicine, kind, day, UnitPrice(price), *figures)
            for (medicine, kind, day, price), figures in sorted(found.items())
        ]

    def told_in_time(self, period: Period, within: timedelta, now: datetime) -> tuple[int, int]:
        """Of the uploads of what happened in the period: told within that time, and all of them."""
        allowed, row = within // timedelta(microseconds=1), OUTBOX.c
        told = and_(row.state == UploadState.CONFIRMED.value, row.settled_at <= row.at + allowed)
        waits = and_(row.state.in_(_WAITING), row.at + allowed >= micros(now))
        sums = func.sum(case((told, 1), else_=0)).label("told"), func.count().label("due")
        query = select(*sums).where(
            *_within(row.at, period), row.state.not_in(_SAID_ANEW), not_(waits)
        )
        found = self._session.one(query)
        return (int(found.told or 0), int(found.due)) if found is not None else (0, 0)


_WAITING = [state.value for state in WAITING]
_SAID_ANEW = [UploadState.REPLACED.value, UploadState.DELETED.value]
"""Another row says it; a row that was deleted at the centre keeps the moment of that."""


def _within(moment: ColumnElement[Any], period: Period) -> tuple[ColumnElement[bool], ...]:
    return moment >= micros(period.begins), moment < micros(period.ends)


class _Days:
    """Runs a question over sales or returns, answered with the business day of each row.

    A row counts on the day of its shift. One of before the shifts (schema 31) has none: its own
    moment decides, by the turn that holds now.
    """

    def __init__(self, session: Session, period: Period, turns_at: time) -> None:
        self._session, self._shifts = session, days_of_shifts(session, period)
        past = timedelta(hours=turns_at.hour, minutes=turns_at.minute)
        self._turn = past // timedelta(microseconds=1)
        self._begins = micros(period.begins) + self._turn
        self._ends = micros(period.ends) + self._turn

    def sold(
        self, query: Select[Any], *kinds: ColumnElement[Any]
    ) -> Iterator[tuple[date, Row[Any]]]:
        """Of completed sales."""
        return self._both(query, sold_in, SALE.c.shift_id, SALE.c.done_at, SALE.c.cashier_id, kinds)

    def back(
        self, query: Select[Any], *kinds: ColumnElement[Any]
    ) -> Iterator[tuple[date, Row[Any]]]:
        """Of returns whose money went back."""
        columns = SALE_RETURN.c.shift_id, SALE_RETURN.c.asked_at, SALE_RETURN.c.staff_id
        return self._both(query, back_in, *columns, kinds)

    def _both(
        self,
        query: Select[Any],
        within: Callable[[Sequence[str]], tuple[ColumnElement[bool], ...]],
        shift: ColumnElement[str],
        moment: ColumnElement[int],
        who: ColumnElement[str],
        kinds: Sequence[ColumnElement[Any]],
    ) -> Iterator[tuple[date, Row[Any]]]:
        for ids in chunks(list(self._shifts)):
            mine = query.add_columns(shift.label("shift")).where(*within(ids))
            for row in self._session.run(mine.group_by(shift, who, *kinds)):
                yield self._shifts[row.shift], row
        # The zone is eight hours ahead the whole year.
        offset: ColumnElement[int] = literal_column(f"{8 * 3_600_000_000 - self._turn}")
        day = (moment + offset) // literal_column("86400000000")
        early = query.add_columns(day.label("days")).where(
            shift == "", moment >= self._begins, moment < self._ends, *_settled(shift)
        )
        for row in self._session.run(early.group_by(day, who, *kinds)):
            yield date(1970, 1, 1) + timedelta(days=int(row.days)), row


def _settled(shift: ColumnElement[str]) -> tuple[ColumnElement[bool], ...]:
    """A sale has its moment once it is completed; a return from the beginning."""
    done = SALE_RETURN.c.state == ReturnState.DONE.value
    return (done,) if shift is SALE_RETURN.c.shift_id else ()


def _add(found: dict[str, list[int]], row: Row[Any], place: int, sign: int) -> None:
    figures = found.setdefault(row.medicine_id, [0] * 6)
    figures[place] += sign * int(row.quantity)
    figures[place + 1] += sign * int(row.fen)
