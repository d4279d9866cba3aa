"""What was keyed in from the insurer's portal: every id once a store, and what went that way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, insert, select

from app.domain.balance import Period
from app.domain.clock import from_micros, micros
from app.domain.money import ZERO, Money
from app.ports_portal import PortalEntry, PortalSum
from app.storage.business_day import days_of_shifts
from app.storage.session import Session, chunks
from app.storage.shift_sums import back_in, sold_in
from app.storage.tables import SALE, SALE_RETURN
from app.storage.tables_portal import PORTAL_ENTRY

_MONEY = ("total", "fund", "account", "cash")


class Portal:
    """:class:`app.ports_portal.PortalBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _mine(self) -> ColumnElement[bool]:
        return PORTAL_ENTRY.c.store_id == self._session.store_id

    def enter(self, entry: PortalEntry) -> None:
        """:raises BadValue: the store has that id, from any till."""
        row = {
            **self._session.stamp,
            **{one.name: getattr(entry, one.name) for one in fields(entry)},
            **{name: getattr(entry, name).fen for name in _MONEY},
            "at": micros(entry.at),
            "told_at": micros(entry.told_at),
        }
        self._session.run(insert(PORTAL_ENTRY), row, "portal_setl_id")

    def has(self, setl_id: str) -> bool:
        """Whether any till of the store keyed it in."""
        query = select(PORTAL_ENTRY.c.setl_id).where(self._mine, PORTAL_ENTRY.c.setl_id == setl_id)
        return self._session.one(query) is not None

    def of_sale(self, sale_id: str) -> list[PortalEntry]:
        """In the order of keying."""
        return self._those(PORTAL_ENTRY.c.sale_id == sale_id)

    def of_settlements(self, settlement_ids: Sequence[str]) -> list[PortalEntry]:
        """In the order of keying."""
        wanted = PORTAL_ENTRY.c.settlement_id
        found = [
            one for some in chunks(settlement_ids) for one in self._those(wanted.in_(some))
        ]  # fmt: skip
        return sorted(found, key=lambda one: (one.at, one.setl_id))

    def between(self, begins: datetime, ends: datetime) -> list[PortalEntry]:
        """By the portal's time in ``[begins, ends)``, oldest first."""
        table = PORTAL_ENTRY.c
        inside = self._those(table.told_at >= micros(begins), table.told_at < micros(ends))
        return sorted(inside, key=lambda one: (one.told_at, one.setl_id))

    def _those(self, *wanted: ColumnElement[bool]) -> list[PortalEntry]:
        query = select(PORTAL_ENTRY).where(self._mine, *wanted)
        rows = self._session.run(query.order_by(PORTAL_ENTRY.c.at, PORTAL_ENTRY.c.setl_id))
        return [
            PortalEntry(
                row.setl_id, row.settlement_id, row.sale_id, bool(row.cancel), row.by,
                from_micros(row.at), from_micros(row.told_at), Money(row.total), Money(row.fund),
                Money(row.account), Money(row.cash),
            )
            for row in rows
        ]  # fmt: skip

    def sums(self, shift_ids: Sequence[str]) -> list[PortalSum]:
        """Of completed sales and done returns, by shift; one without them is not there."""
        return [
            *self._sums(SALE.c.shift_id, SALE.c.id, sold_in(shift_ids), back=False),
            *self._sums(
                SALE_RETURN.c.shift_id, SALE_RETURN.c.sale_id, back_in(shift_ids), back=True
            ),
        ]

    def _sums(
        self,
        shift: ColumnElement[str],
        sale: ColumnElement[str],
        of_shift: tuple[ColumnElement[bool], ...],
        *,
        back: bool,
    ) -> list[PortalSum]:
        table = PORTAL_ENTRY.c
        query = (
            select(
                shift.label("shift_id"),
                func.count(sale.distinct()).label("sales"),
                func.sum(table.total).label("total"),
                func.sum(table.fund).label("fund"),
            )
            .join_from(PORTAL_ENTRY, sale.table, table.sale_id == sale)
            .where(self._mine, table.cancel.is_(back), *of_shift)
            .group_by(shift)
            .order_by(shift)
        )
        sign = -1 if back else 1
        return [
            PortalSum(row.shift_id, back, int(row.sales), Money(sign * int(row.total)),
                      Money(sign * int(row.fund)))
            for row in self._session.run(query)
        ]  # fmt: skip

    def days(self, period: Period) -> dict[date, tuple[int, Money]]:
        """By business day of the shifts: completed sales, and their money less what came back."""
        days, found = days_of_shifts(self._session, period), dict[date, tuple[int, Money]]()
        for one in [each for some in chunks(list(days)) for each in self.sums(some)]:
            sales, money = found.get(days[one.shift_id], (0, ZERO))
            if one.back:
                sales, money = sales, money - one.total
            else:
                sales, money = sales + one.sales, money + one.total
            found[days[one.shift_id]] = sales, money
        return found
