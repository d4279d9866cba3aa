"""Lots and what lies of them on the shelf; the figures are sums of movements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, insert, literal, select, update

from app.domain.clock import micros
from app.domain.lot_states import LotState
from app.domain.money import Quantity, UnitPrice
from app.domain.stock import NOT_ON_SHELF, Lot, LotStock, by_expiry
from app.errors import NotFound
from app.storage.books_sale import moment
from app.storage.hot import HotList
from app.storage.session import Session
from app.storage.tables import STOCK_MOVE
from app.storage.tables_stock import STOCK_HOLD, STOCK_LOT

_LOTS = HotList(STOCK_LOT.c.id, lambda wanted: select(STOCK_LOT).where(wanted))

_COSTS = HotList(STOCK_LOT.c.id, lambda each: select(STOCK_LOT.c.id, STOCK_LOT.c.cost).where(each))


class Lots:
    """:class:`app.ports_stock.LotBook`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, lots: Sequence[Lot]) -> None:
        """New ones; :raises BadValue: an id is used."""
        if lots:
            rows = [{**self._session.stamp, "id": lot.id, **_row(lot)} for lot in lots]
            self._session.run(insert(STOCK_LOT), rows, "lot")

    def save(self, lot: Lot) -> None:
        """Write a changed state; :raises NotFound:."""
        query = update(STOCK_LOT).where(STOCK_LOT.c.id == lot.id).values(_row(lot))
        if self._session.run(query).rowcount != 1:
            raise NotFound(what="lot")

    def keep_judged(self, lot_id: str, words: str) -> None:
        """See the port."""
        sealed = self._session.seal("text", words, _judged(lot_id))
        query = update(STOCK_LOT).where(STOCK_LOT.c.id == lot_id)
        self._session.run(query.values(sealed_judged=sealed))

    def judged(self, lot_id: str) -> str:
        """See the port."""
        row = self._session.one(select(STOCK_LOT.c.sealed_judged).where(STOCK_LOT.c.id == lot_id))
        sealed = row.sealed_judged if row else None
        return self._session.unseal("text", sealed, _judged(lot_id)).decode()

    def get(self, lot_id: str) -> Lot:
        """:raises NotFound:."""
        row = self._session.one(select(STOCK_LOT).where(STOCK_LOT.c.id == lot_id))
        if row is None:
            raise NotFound(what="lot")
        return lot_of(row)

    def many(self, lot_ids: Sequence[str]) -> dict[str, Lot]:
        """Those that exist, by id."""
        return {row.id: lot_of(row) for row in self._session.any_of(_LOTS, lot_ids)}

    def costs(self, lot_ids: Sequence[str]) -> dict[str, UnitPrice]:
        """What each lot cost a pack; one whose cost nobody knows is not there."""
        rows = self._session.any_of(_COSTS, lot_ids)
        return {row.id: UnitPrice(row.cost) for row in rows if row.cost is not None}

    def of_batch(self, batch: str, medicine_id: str = "") -> list[Lot]:
        """Every lot of a batch number (exact), of one drug or of all; by drug, then id."""
        query = select(STOCK_LOT).where(STOCK_LOT.c.batch == batch)
        if medicine_id:
            query = query.where(STOCK_LOT.c.medicine_id == medicine_id)
        return self._those(query.order_by(STOCK_LOT.c.medicine_id, STOCK_LOT.c.id))

    def of_document(self, document_id: str) -> list[Lot]:
        """What a document brought, in id order."""
        query = select(STOCK_LOT).where(STOCK_LOT.c.document_id == document_id)
        return self._those(query.order_by(STOCK_LOT.c.id))

    def stock_of(self, medicine_ids: Sequence[str]) -> dict[str, list[LotStock]]:
        """Every lot of each drug that has goods on the shelf, first expired first."""
        found: dict[str, list[LotStock]] = {each: [] for each in medicine_ids}
        held = self._held(medicine_ids)
        for row in self._session.any_of(_ON_HAND, medicine_ids):
            lot = lot_of(row)
            stock = LotStock(lot, Quantity(int(row.on_hand)), held.get(lot.id, Quantity(0)))
            found[lot.medicine_id].append(stock)
        for lots in found.values():
            lots.sort(key=by_expiry)
        return found

    def _held(self, medicine_ids: Sequence[str]) -> dict[str, Quantity]:
        found = self._session.any_of(_HELD, medicine_ids)
        return {row.lot_id: Quantity(int(row.held)) for row in found}

    def _those(self, query: Select[Any]) -> list[Lot]:
        return [lot_of(row) for row in self._session.run(query)]


def _on_hand(of_drugs: ColumnElement[bool]) -> Select[Any]:
    elsewhere = [literal(kind) for kind in NOT_ON_SHELF]
    sums = (
        select(STOCK_MOVE.c.lot_id, func.sum(STOCK_MOVE.c.quantity).label("on_hand"))
        .where(of_drugs, STOCK_MOVE.c.kind.notin_(elsewhere))
        .group_by(STOCK_MOVE.c.lot_id)
        .having(func.sum(STOCK_MOVE.c.quantity) != 0)
        .subquery()
    )
    return select(STOCK_LOT, sums.c.on_hand).join(sums, sums.c.lot_id == STOCK_LOT.c.id)


_ON_HAND = HotList(STOCK_MOVE.c.medicine_id, _on_hand)
_HELD = HotList(
    STOCK_LOT.c.medicine_id,
    lambda of_drugs: (
        select(STOCK_HOLD.c.lot_id, func.sum(STOCK_HOLD.c.quantity).label("held"))
        .join(STOCK_LOT, STOCK_LOT.c.id == STOCK_HOLD.c.lot_id)
        .where(of_drugs)
        .group_by(STOCK_HOLD.c.lot_id)
    ),
)


def _judged(lot_id: str) -> str:
    return f"stock_lot|{lot_id}|judged"


def _row(lot: Lot) -> dict[str, Any]:
    return {
        "medicine_id": lot.medicine_id,
        "batch": lot.batch,
        "made_on": _iso(lot.made_on),
        "expires_on": _iso(lot.expires_on),
        "received_at": micros(lot.received_at) if lot.received_at else None,
        "document_id": lot.document_id,
        "supplier_id": lot.supplier_id,
        "cost": lot.cost.micro if lot.cost else None,
        "state": lot.state.value,
        "why": lot.why,
        "opening": lot.opening,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def lot_of(row: Row[Any]) -> Lot:
    """A lot as its row has it."""
    return Lot(
        id=row.id,
        medicine_id=row.medicine_id,
        batch=row.batch,
        made_on=_day(row.made_on),
        expires_on=_day(row.expires_on),
        received_at=moment(row.received_at),
        document_id=row.document_id,
        supplier_id=row.supplier_id,
        cost=UnitPrice(row.cost) if row.cost is not None else None,
        state=LotState(row.state),
        why=row.why,
        opening=bool(row.opening),
    )
