"""Shifts, what moved in their drawers, their counts: rows to objects and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, Row, bindparam, func, insert, or_, select, update

from app.domain.clock import from_micros, micros
from app.domain.day_close import DayClose
from app.domain.money import Money
from app.domain.shift import DrawerCount, DrawerMove, MoveKind, Shift
from app.domain.shift_states import ShiftState
from app.errors import NotFound, StoreStale
from app.ports_shift import BackSum, BasketSeen, ReceiptSum, TenderSum, TypeSum
from app.storage.books_sale import moment, stored
from app.storage.codec import canonical
from app.storage.hot import Hot
from app.storage.shift_sums import ShiftSums
from app.storage.tables_shift import DAY_CLOSE, DRAWER_COUNT, DRAWER_MOVE, SHIFT

_OPEN = ShiftState.OPEN.value


def _current(dialect: str) -> Executable:
    query = select(SHIFT).where(
        SHIFT.c.store_id == bindparam("b_store"),
        SHIFT.c.till_id == bindparam("b_till"),
        # A literal, so that the database sees that the index of open ones answers it.
        SHIFT.c.state == "open",
    )
    # Where several tills share the books, a close of the day at another one waits for this unit.
    return query.with_for_update(read=True) if dialect == "postgresql" else query


_CURRENT = Hot(_current)


class Shifts(ShiftSums):
    """:class:`app.ports_shift.ShiftBook`."""

    @property
    def _mine(self) -> ColumnElement[bool]:
        """Made when it is asked for: each sale asks for its shift, and needs no more than that."""
        return SHIFT.c.store_id == self._session.store_id

    def current(self) -> Shift | None:
        """The open shift of this till; until the unit ends nobody ends it elsewhere."""
        at = {"b_store": self._session.store_id, "b_till": self._session.till_id}
        found = self._session.hot(_CURRENT, at)
        return self._whole(found[0]) if found else None

    def add(self, shift: Shift) -> None:
        """A new one; :raises BadValue: its till has an open one, or its number is used."""
        row = {
            **self._session.stamp,
            **self._row(shift),
            "id": shift.id,
            "till_id": shift.till_id,
            "number": shift.number,
            "day": shift.day.isoformat(),
            "opened_at": micros(shift.opened_at),
            "until_at": micros(shift.until),
            "by_itself": shift.by_itself,
            "version": shift.version,
        }
        self._session.run(insert(SHIFT), row, "shift")

    def save(self, shift: Shift) -> Shift:
        """Write a changed one; :raises StoreStale: somebody changed it meanwhile."""
        query = update(SHIFT).where(
            self._mine, SHIFT.c.id == shift.id, SHIFT.c.version == shift.version
        )
        values = {**self._row(shift), "version": shift.version + 1}
        if self._session.run(query.values(values)).rowcount != 1:
            raise StoreStale(what="shift")
        return self.get(shift.id)

    def get(self, shift_id: str) -> Shift:
        """:raises NotFound:."""
        row = self._session.one(select(SHIFT).where(self._mine, SHIFT.c.id == shift_id))
        if row is None:
            raise NotFound(what="shift")
        return self._whole(row)

    def uncounted(self) -> list[Shift]:
        """Shifts of every till that were left, or counted and not closed, oldest first."""
        waiting = [ShiftState.LEFT.value, ShiftState.COUNTED.value]
        return self._those(SHIFT.c.state.in_(waiting))

    def waiting_of(self) -> list[Shift]:
        """The same, of this till."""
        waiting = [ShiftState.LEFT.value, ShiftState.COUNTED.value]
        mine = SHIFT.c.till_id == self._session.till_id
        return self._those(SHIFT.c.state.in_(waiting), mine)

    def recent(self, text: str, limit: int) -> list[Shift]:
        """Newest first; ``text`` narrows by number or day."""
        query = select(SHIFT).where(self._mine)
        if text:
            number = SHIFT.c.number.icontains(text, autoescape=True)
            query = query.where(or_(number, SHIFT.c.day.icontains(text, autoescape=True)))
        query = query.order_by(SHIFT.c.opened_at.desc(), SHIFT.c.id.desc()).limit(limit)
        return [self._whole(row) for row in self._session.run(query)]

    def _those(self, *wanted: ColumnElement[bool]) -> list[Shift]:
        query = select(SHIFT).where(self._mine, *wanted)
        rows = self._session.run(query.order_by(SHIFT.c.opened_at, SHIFT.c.id))
        return [self._whole(row) for row in rows]

    def _row(self, shift: Shift) -> dict[str, Any]:
        return {
            "state": shift.state.value,
            "ended_at": stored(shift.ended_at),
            "holder": shift.holder,
            "closed_by": shift.closed_by,
            "released_by": shift.released_by,
            "sealed_reason": self._session.seal("text", shift.reason, _place(shift.id)),
            "close_id": shift.close_id,
        }

    def _whole(self, row: Row[Any]) -> Shift:
        return Shift(
            id=row.id,
            till_id=row.till_id,
            number=row.number,
            day=date.fromisoformat(row.day),
            opened_at=from_micros(row.opened_at),
            until=from_micros(row.until_at),
            holder=row.holder,
            by_itself=bool(row.by_itself),
            state=ShiftState(row.state),
            ended_at=moment(row.ended_at),
            closed_by=row.closed_by,
            released_by=row.released_by,
            reason=self._session.unseal("text", row.sealed_reason, _place(row.id)).decode(),
            close_id=row.close_id,
            version=row.version,
        )

    # --- the drawer ---

    def add_move(self, move: DrawerMove) -> None:
        """A movement; :raises BadValue: its id is used, or a second opening float."""
        row = {
            **self._session.stamp,
            "id": move.id,
            "shift_id": move.shift_id,
            "kind": move.kind.value,
            "amount": move.amount.fen,
            "at": micros(move.at),
            "by": move.by,
            "reason": move.reason,
            "sealed_note": self._session.seal("text", move.note, _note(move.id)),
            "second_by": move.second_by,
        }
        self._session.run(insert(DRAWER_MOVE), row, "drawer move")

    def moves(self, shift_ids: Sequence[str]) -> list[DrawerMove]:
        """In the order in which they happened."""
        query = select(DRAWER_MOVE).where(DRAWER_MOVE.c.shift_id.in_(shift_ids))
        rows = self._session.run(query.order_by(DRAWER_MOVE.c.at, DRAWER_MOVE.c.id))
        return [
            DrawerMove(
                row.id, row.shift_id, MoveKind(row.kind), Money(row.amount), from_micros(row.at),
                row.by, row.reason,
                self._session.unseal("text", row.sealed_note, _note(row.id)).decode(),
                row.second_by,
            )
            for row in rows
        ]  # fmt: skip

    def add_count(self, count: DrawerCount) -> None:
        """A count; :raises BadValue: there is one of that number."""
        row = {
            **self._session.stamp,
            "shift_id": count.shift_id,
            "no": count.no,
            "at": micros(count.at),
            "by": count.by,
            "total": count.total.fen,
            "pieces": canonical(count.pieces),
        }
        self._session.run(insert(DRAWER_COUNT), row, "drawer count")

    def counts(self, shift_ids: Sequence[str]) -> list[DrawerCount]:
        """By shift, in the order of counting."""
        query = select(DRAWER_COUNT).where(DRAWER_COUNT.c.shift_id.in_(shift_ids))
        rows = self._session.run(query.order_by(DRAWER_COUNT.c.shift_id, DRAWER_COUNT.c.no))
        return [
            DrawerCount(
                row.shift_id, row.no, from_micros(row.at), row.by, Money(row.total),
                tuple((face, many) for face, many in json.loads(row.pieces)),
            )
            for row in rows
        ]  # fmt: skip

    # --- closed days ---

    def one_close_at_a_time(self) -> None:
        """Whoever closes a day of the store waits here for whoever does already."""
        if self._session.dialect == "postgresql":
            # First of all and held by nobody else: no till that sells ever waits for it.
            name = f"day_close|{self._session.store_id}"
            lock = func.pg_advisory_xact_lock(func.hashtextextended(name, 0))
            self._session.run(select(lock))

    def open_days(self, until: date) -> list[date]:
        """Business days up to ``until`` with shifts that no close holds, oldest first."""
        query = (
            select(SHIFT.c.day)
            .where(self._mine, SHIFT.c.close_id == "", SHIFT.c.day <= until.isoformat())
            .distinct()
            .order_by(SHIFT.c.day)
        )
        return [date.fromisoformat(row.day) for row in self._session.run(query)]

    def claim(self, day: date, close_id: str, at: datetime) -> list[Shift]:
        """Every shift up to ``day`` that no close holds is this close's; open ones are left."""
        free = (self._mine, SHIFT.c.close_id == "", SHIFT.c.day <= day.isoformat())
        left = {"state": ShiftState.LEFT.value, "ended_at": micros(at)}
        raised = {"close_id": close_id, "version": SHIFT.c.version + 1}
        opened = update(SHIFT).where(*free, SHIFT.c.state == _OPEN)
        self._session.run(opened.values({**left, **raised}))
        self._session.run(update(SHIFT).where(*free).values(raised))
        return self.of_close(close_id)

    def of_close(self, close_id: str) -> list[Shift]:
        """The shifts that a close holds, by till and number."""
        query = select(SHIFT).where(self._mine, SHIFT.c.close_id == close_id)
        rows = self._session.run(query.order_by(SHIFT.c.till_id, SHIFT.c.opened_at, SHIFT.c.id))
        return [self._whole(row) for row in rows]

    def add_close(self, close: DayClose) -> None:
        """Write one; :raises BadValue: the day is closed."""
        row = {
            **self._session.stamp,
            "id": close.id,
            "no": close.no,
            "day": close.day.isoformat(),
            "at": micros(close.at),
            "by": close.by,
            "totals": close.totals,
            "open_items": close.open_items,
            "prev": close.prev,
            "hash": close.hash,
        }
        self._session.run(insert(DAY_CLOSE), row, "day close")

    def close_of(self, day: date) -> DayClose | None:
        """The close of a day."""
        found = self._closes(1, DAY_CLOSE.c.day == day.isoformat())
        return found[0] if found else None

    def close(self, close_id: str) -> DayClose | None:
        """The close of that id."""
        found = self._closes(1, DAY_CLOSE.c.id == close_id)
        return found[0] if found else None

    def close_no(self, no: int) -> DayClose | None:
        """The close of that number."""
        found = self._closes(1, DAY_CLOSE.c.no == no)
        return found[0] if found else None

    def last_close(self) -> DayClose | None:
        """The newest one."""
        found = self._closes(1)
        return found[0] if found else None

    def closes(self, text: str, limit: int) -> list[DayClose]:
        """Newest first; ``text`` narrows by day."""
        wanted = [DAY_CLOSE.c.day.icontains(text, autoescape=True)] if text else []
        return self._closes(limit, *wanted)

    def _closes(self, limit: int, *wanted: ColumnElement[bool]) -> list[DayClose]:
        query = select(DAY_CLOSE).where(DAY_CLOSE.c.store_id == self._session.store_id, *wanted)
        rows = self._session.run(query.order_by(DAY_CLOSE.c.no.desc()).limit(limit))
        return [
            DayClose(
                row.id, row.no, date.fromisoformat(row.day), from_micros(row.at), row.by,
                row.totals, row.open_items, row.prev, row.hash,
            )
            for row in rows
        ]  # fmt: skip

    def held_baskets(self) -> list[BasketSeen]:
        """Baskets put aside at any till, oldest first."""
        return self._baskets(held=True)

    def unfinished_sales(self) -> list[BasketSeen]:
        """Sales of any till that were begun to be paid and are not at rest, oldest first."""
        return self._baskets(held=False)

    # Sums are asked for by shift: see ShiftSums.

    def tenders(self, shift_ids: Sequence[str]) -> list[TenderSum]:
        """By shift, cashier and kind, what came in before what went back."""
        return [*self._paid(shift_ids), *self._paid_back(shift_ids)]

    def types(self, shift_ids: Sequence[str]) -> list[TypeSum]:
        """By shift and settlement type."""
        return [*self._sold(shift_ids), *self._came_back(shift_ids)]

    def receipts(self, shift_ids: Sequence[str]) -> list[ReceiptSum]:
        """By shift; one without a sale is not there."""
        return self._slips(shift_ids)

    def backs(self, shift_ids: Sequence[str]) -> list[BackSum]:
        """By shift; one without a return is not there."""
        return self._returns(shift_ids)


def _place(shift_id: str) -> str:
    return f"shift|{shift_id}|reason"


def _note(move_id: str) -> str:
    return f"drawer_move|{move_id}|note"
