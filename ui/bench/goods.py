"""Goods for a benchmark's shop: so many that none of its sales lacks any."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from app.domain.clock import shop_time
from app.domain.money import Quantity
from app.domain.stock import Lot, MoveKind
from app.ports import StockMove
from app.use_cases.doors import Doors

PLENTY = Quantity.of(1_000_000)


def stock_up(doors: Doors, medicine_ids: Iterable[str], packs: Quantity = PLENTY) -> list[Lot]:
    """One lot of each drug, received now."""
    now = doors.clock.now()
    last = shop_time(now).date() + timedelta(days=700)
    lots = [
        Lot(f"bench/{each}", each, "B1", expires_on=last, received_at=now) for each in medicine_ids
    ]
    with doors.uow() as uow:
        uow.lots.add(lots)
        uow.stock.move(
            [
                StockMove(
                    id=f"bought/{lot.id}",
                    medicine_id=lot.medicine_id,
                    quantity=packs,
                    kind=MoveKind.BOUGHT,
                    at=now,
                    batch=lot.batch,
                    lot_id=lot.id,
                )
                for lot in lots
            ]
        )
        uow.commit()
    return lots
