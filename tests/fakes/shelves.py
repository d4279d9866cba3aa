"""Goods for tests: lots with their movements, put on the shelf or taken off it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from app.domain.clock import shop_time
from app.domain.lot_states import LotState
from app.domain.money import Quantity
from app.domain.stock import Lot, MoveKind
from app.ports import Clock, Ids, StockMove, UnitOfWorkFactory

if TYPE_CHECKING:
    from collections.abc import Iterable

_FAR = timedelta(days=700)


class Store(Protocol):
    """What goods are put into: the doors of a till, or :class:`Shelf`."""

    @property
    def uow(self) -> UnitOfWorkFactory: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def ids(self) -> Ids: ...


@dataclass(frozen=True)
class Shelf:
    """Books, a clock and ids, where a test has no whole doors."""

    uow: UnitOfWorkFactory
    clock: Clock
    ids: Ids


def put_on_shelf(
    store: Store,
    medicine_id: str,
    packs: int | str = 100,
    *,
    batch: str = "B1",
    expires: date | None = None,
    days: int | None = None,
    state: LotState = LotState.SALEABLE,
    why: str = "",
) -> Lot:
    """A lot that somebody received; ``expires``, or so many ``days`` from now, else far away."""
    now = store.clock.now()
    today = shop_time(now).date()
    last = expires or today + (_FAR if days is None else timedelta(days=days))
    lot = Lot(
        id=store.ids.new(),
        medicine_id=medicine_id,
        batch=batch,
        made_on=min(today, last) - timedelta(days=300),
        expires_on=last,
        received_at=now,
        state=state,
        why=why,
    )
    with store.uow() as uow:
        uow.lots.add([lot])
        uow.stock.move([_move(store, lot, Quantity.of(packs), MoveKind.BOUGHT)])
        uow.commit()
    return lot


def stock_lines(store: Store, medicine_ids: Iterable[str], packs: int = 100) -> None:
    """One lot of each, whatever the drug is."""
    for medicine_id in dict.fromkeys(medicine_ids):
        put_on_shelf(store, medicine_id, packs)


def clear_shelf(store: Store, medicine_id: str) -> None:
    """Every lot of the drug is gone."""
    with store.uow() as uow:
        rows = uow.lots.stock_of([medicine_id])[medicine_id]
        uow.stock.move([_move(store, row.lot, -row.on_hand, MoveKind.LOSS) for row in rows])
        uow.commit()


def _move(store: Store, lot: Lot, quantity: Quantity, kind: MoveKind) -> StockMove:
    return StockMove(
        id=store.ids.new(),
        medicine_id=lot.medicine_id,
        quantity=quantity,
        kind=kind,
        at=store.clock.now(),
        batch=lot.batch,
        lot_id=lot.id,
    )
