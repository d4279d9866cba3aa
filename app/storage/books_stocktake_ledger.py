"""What the books say of every lot at the moments of a stock-take, in few queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, cast, func, select

from app.domain.clock import from_micros, micros
from app.domain.stock import NOT_ON_SHELF
from app.domain.stocktake import COUNTING_MINUTE
from app.domain.stocktake_tally import Ledger
from app.storage.books_stocktake_pack import FrozenBooks, pack_books
from app.storage.hot import Hot
from app.storage.session import Session, chunks
from app.storage.tables import STOCK_MOVE
from app.storage.tables_stock import STOCK_LOT

(_OFF_SHELF,) = NOT_ON_SHELF
_SUMS = Hot(
    select(STOCK_MOVE.c.lot_id, cast(func.sum(STOCK_MOVE.c.quantity), BigInteger))
    .where(STOCK_MOVE.c.kind != bindparam("b_off"))
    .group_by(STOCK_MOVE.c.lot_id)
)
_LATER = Hot(
    select(STOCK_MOVE.c.lot_id, STOCK_MOVE.c.at, STOCK_MOVE.c.quantity).where(
        STOCK_MOVE.c.at > bindparam("b_since"), STOCK_MOVE.c.kind != bindparam("b_off")
    )
)
_COUNTS = Hot(
    select(
        select(func.count()).select_from(STOCK_MOVE).scalar_subquery(),
        select(func.count())
        .select_from(STOCK_MOVE)
        .where(STOCK_MOVE.c.at > bindparam("b_until"))
        .scalar_subquery(),
    )
)
"""How many movements there are, and how many of them after a moment."""
_NAMED = select(STOCK_LOT.c.id, STOCK_LOT.c.medicine_id, STOCK_LOT.c.batch)
_ORDER = (
    STOCK_LOT.c.medicine_id,
    func.coalesce(STOCK_LOT.c.expires_on, "9999"),
    STOCK_LOT.c.id,
)
LOTS = Hot(_NAMED.order_by(*_ORDER))
"""Every lot: id, drug, batch; first expired first."""
_SEVERAL = Hot(
    _NAMED.where(
        STOCK_LOT.c.medicine_id.in_(
            select(STOCK_LOT.c.medicine_id)
            .group_by(STOCK_LOT.c.medicine_id)
            .having(func.count() > 1)
        )
    ).order_by(*_ORDER)
)
"""Those of drugs with more than one: only they can have a batch that came twice."""


def ledger_of(
    session: Session,
    medicine_ids: Iterable[str] | None,
    since: datetime,
    kept: FrozenBooks | None = None,
) -> Ledger:
    """See :meth:`app.ports_stocktake.StocktakeBook.ledger`."""
    off = {"b_off": _OFF_SHELF}
    if medicine_ids is None:
        several = named = LOTS.plain(session.connection, {})
    else:
        several = _SEVERAL.plain(session.connection, {})
        named = _lots_of(session, sorted(set(medicine_ids)))
    lots_of: dict[str, list[str]] = {}
    for lot, medicine, _ in named:
        lots_of.setdefault(medicine, []).append(lot)
    later: dict[str, list[tuple[datetime, int]]] = {}
    begins = micros(since - 2 * COUNTING_MINUTE)
    for lot, at, figure in _LATER.plain(session.connection, {"b_since": begins, **off}):
        later.setdefault(lot, []).append((from_micros(at), figure))
    if kept is not None and _still_so(session, kept, begins):
        now = kept.sums
        for lot, moved in later.items():
            now[lot] = now.get(lot, 0) + sum(figure for _, figure in moved)
    else:
        now = dict(_SUMS.plain(session.connection, off))
    return Ledger(now, later, lots_of, _same(several), since)


def frozen_of(session: Session, ledger: Ledger) -> str:
    """What of a ledger is kept with the list that is frozen by it: the sums without late ones."""
    if ledger.since is None:
        return ""
    until = micros(ledger.since - 2 * COUNTING_MINUTE)
    sums = {
        lot: figure - sum(late for _, late in ledger.later.get(lot, ()))
        for lot, figure in ledger.now.items()
    }
    there = {lot: figure for lot, figure in sums.items() if figure}
    return pack_books(FrozenBooks(until, _moves_until(session, until), there))


def _still_so(session: Session, kept: FrozenBooks, until: int) -> bool:
    """Movements are never changed: while none was added before it, all sums up to it stand.

    One is added before it where a clock was set back, or where another till was slow to write.
    """
    return kept.until == until and kept.moves == _moves_until(session, until)


def _moves_until(session: Session, until: int) -> int:
    ((all_of_them, later),) = _COUNTS.plain(session.connection, {"b_until": until})
    return int(all_of_them) - int(later)


def _lots_of(session: Session, medicine_ids: Sequence[str]) -> list[tuple[str, str, str]]:
    found: list[Any] = []
    for some in chunks(medicine_ids):
        these = STOCK_LOT.c.medicine_id.in_(some)
        found += session.run(_NAMED.where(these).order_by(*_ORDER))
    return found


def _same(lots: Iterable[tuple[str, str, str]]) -> dict[str, tuple[str, ...]]:
    """Lot -> every lot of its drug and batch, itself first, where there are several."""
    groups: dict[tuple[str, str], list[str]] = {}
    for lot, medicine, batch in lots:
        if batch:
            groups.setdefault((medicine, batch), []).append(lot)
    return {
        lot: (lot, *(other for other in group if other != lot))
        for group in groups.values()
        if len(group) > 1
        for lot in group
    }
