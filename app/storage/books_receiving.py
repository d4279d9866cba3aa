"""Purchase orders and receivings: rows to values and back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from app.domain.clock import micros
from app.domain.purchase_order import PurchaseOrder
from app.domain.receiving import Receiving, TypedLine
from app.domain.receiving_states import OrderState, ReceivingState
from app.errors import NotFound, StoreStale
from app.storage.codec import from_text, to_text
from app.storage.session import Session, upsert
from app.storage.tables_supply import PURCHASE_ORDER, RECEIVING, RECEIVING_LINE


class Orders:
    """:class:`app.ports_supply.OrderBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, order: PurchaseOrder) -> None:
        """A new one; :raises BadValue: its id is taken."""
        row = {**self._session.stamp, "id": order.id, **_order_row(order)}
        self._session.run(insert(PURCHASE_ORDER), row, "order")

    def save(self, order: PurchaseOrder) -> PurchaseOrder:
        """Write a changed one; answers it one version on; :raises StoreStale: when behind."""
        saved = replace(order, version=order.version + 1)
        query = update(PURCHASE_ORDER).where(
            PURCHASE_ORDER.c.id == order.id, PURCHASE_ORDER.c.version == order.version
        )
        if self._session.run(query.values(_order_row(saved))).rowcount != 1:
            raise StoreStale(what="order")
        return saved

    def get(self, order_id: str) -> PurchaseOrder:
        """:raises NotFound:."""
        query = select(PURCHASE_ORDER).where(
            PURCHASE_ORDER.c.id == order_id, PURCHASE_ORDER.c.store_id == self._session.store_id
        )
        row = self._session.one(query)
        if row is None:
            raise NotFound(what="order")
        return _order(row)

    def those(self, states: Collection[OrderState], limit: int) -> list[PurchaseOrder]:
        """In these states, newest first."""
        query = (
            select(PURCHASE_ORDER)
            .where(
                PURCHASE_ORDER.c.store_id == self._session.store_id,
                PURCHASE_ORDER.c.state.in_([one.value for one in states]),
            )
            .order_by(PURCHASE_ORDER.c.at.desc(), PURCHASE_ORDER.c.id.desc())
            .limit(limit)
        )
        return [_order(row) for row in self._session.run(query)]


class Receivings:
    """:class:`app.ports_supply.ReceivingBook`: those of the store."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, head: Receiving) -> None:
        """A new draft; :raises BadValue: its id is taken."""
        row = {**self._session.stamp, "id": head.id, **self._row(head)}
        self._session.run(insert(RECEIVING), row, "receiving")

    def save(self, head: Receiving) -> Receiving:
        """Write a changed head; answers it one version on.

        A posted one takes its note's number for its supplier, a corrected one gives it back.
        :raises StoreStale: when behind; :raises BadValue: the note was posted before.
        """
        saved = replace(head, version=head.version + 1)
        query = update(RECEIVING).where(
            RECEIVING.c.id == head.id, RECEIVING.c.version == head.version
        )
        done = self._session.run(query.values(self._row(saved)), what="delivery note")
        if done.rowcount != 1:
            raise StoreStale(what="receiving")
        return saved

    def get(self, receiving_id: str) -> Receiving:
        """:raises NotFound:."""
        query = select(RECEIVING).where(
            RECEIVING.c.id == receiving_id, RECEIVING.c.store_id == self._session.store_id
        )
        row = self._session.one(query)
        if row is None:
            raise NotFound(what="receiving")
        return _head(row)

    def those(self, states: Collection[ReceivingState], limit: int) -> list[Receiving]:
        """In these states, newest first."""
        query = (
            select(RECEIVING)
            .where(
                RECEIVING.c.store_id == self._session.store_id,
                RECEIVING.c.state.in_([one.value for one in states]),
            )
            .order_by(RECEIVING.c.at.desc(), RECEIVING.c.id.desc())
            .limit(limit)
        )
        return [_head(row) for row in self._session.run(query)]

    def posted_note(self, head: Receiving) -> Receiving | None:
        """The posted receiving of the same note of the same supplier."""
        taken = self._taken(head)
        if taken is None:
            return None
        query = select(RECEIVING).where(RECEIVING.c.note_taken == taken, RECEIVING.c.id != head.id)
        row = self._session.one(query)
        return None if row is None else _head(row)

    def lines(self, receiving_id: str) -> list[TypedLine]:
        """By line number."""
        query = (
            select(RECEIVING_LINE.c.body)
            .where(RECEIVING_LINE.c.receiving_id == receiving_id)
            .order_by(RECEIVING_LINE.c.no)
        )
        return [from_text(TypedLine, row.body) for row in self._session.run(query)]

    def count(self, receiving_ids: Sequence[str]) -> dict[str, int]:
        """How many lines each has."""
        query = (
            select(RECEIVING_LINE.c.receiving_id, func.count().label("lines"))
            .where(RECEIVING_LINE.c.receiving_id.in_(list(receiving_ids)))
            .group_by(RECEIVING_LINE.c.receiving_id)
        )
        found = {row.receiving_id: int(row.lines) for row in self._session.run(query)}
        return {each: found.get(each, 0) for each in receiving_ids}

    def put(self, receiving_id: str, lines: Sequence[TypedLine]) -> None:
        """Write lines, in place of those of the same numbers."""
        if not lines:
            return
        rows = [
            {
                "receiving_id": receiving_id,
                "no": one.no,
                "medicine_id": one.medicine_id,
                "body": to_text(one),
            }
            for one in lines
        ]
        query = upsert(self._session.dialect, RECEIVING_LINE)
        query = query.on_conflict_do_update(
            index_elements=["receiving_id", "no"],
            set_={"medicine_id": query.excluded.medicine_id, "body": query.excluded.body},
        )
        self._session.run(query, rows, "line")

    def take_out(self, receiving_id: str, no: int) -> None:
        """Strike a line of a draft; a line that is not there is no error."""
        place = RECEIVING_LINE.c
        self._session.run(
            delete(RECEIVING_LINE).where(place.receiving_id == receiving_id, place.no == no)
        )

    def _taken(self, head: Receiving) -> str | None:
        if not head.note_key:
            return None
        return f"{self._session.store_id}|{head.supplier_id}|{head.note_key}"

    def _row(self, head: Receiving) -> dict[str, Any]:
        posted = head.state is ReceivingState.POSTED
        return {
            "version": head.version,
            "state": head.state.value,
            "supplier_id": head.supplier_id,
            "order_id": head.order_id,
            "note_no": head.note_no,
            "note_taken": self._taken(head) if posted else None,
            "at": micros(head.at),
            "body": to_text(head),
        }


def _order_row(one: PurchaseOrder) -> dict[str, Any]:
    return {
        "version": one.version,
        "number": one.number,
        "supplier_id": one.supplier_id,
        "state": one.state.value,
        "at": micros(one.at),
        "body": to_text(one),
    }


def _order(row: Row[Any]) -> PurchaseOrder:
    return replace(from_text(PurchaseOrder, row.body), version=row.version)


def _head(row: Row[Any]) -> Receiving:
    return replace(from_text(Receiving, row.body), version=row.version)
