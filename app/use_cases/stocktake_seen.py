"""What typed counts saw in the books goes before what the clock says of them (HY-1.5.5b).

A movement is later than a count because it was booked later. Its time says so too, unless the
clock was set back in between; a count therefore keeps what the books said in its own transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.stocktake_tally import Ledger
from app.ports_moments import CountMoment

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.stock import LotStock
    from app.domain.stocktake import Stocktake
    from app.domain.stocktake_counts import Counts
    from app.ports import UnitOfWork


def moment_of(uow: UnitOfWork, take: Stocktake, now: datetime) -> datetime:
    """The time of a count that is typed now: never before the list, nor before another count."""
    last = uow.moments.last_at(take.id)
    return max(now, take.begun_at or take.opened_at, last or now)


def keep_moment(
    uow: UnitOfWork, take: Stocktake, entry_id: str, at: datetime, stocks: Sequence[LotStock]
) -> None:
    """What the books say of the drug's lots now, beside the count."""
    books = {one.lot.id: one.on_hand.ten_thousandths for one in stocks}
    uow.moments.add(take.id, CountMoment(entry_id, at, books))


def as_seen(ledger: Ledger, counts: Counts, moments: Sequence[CountMoment]) -> Ledger:
    """The ledger with what typed counts saw, wherever its times say another thing.

    Lots of which they do are among those that moved: nobody takes them for having lain still.
    """
    if not moments:
        return ledger
    undone = {one for one in counts.undoes if one}
    goods: Mapping[str, tuple[str, str]] = {
        key: (medicine, lot)
        for key, medicine, lot in zip(counts.id, counts.medicine_id, counts.lot_id, strict=True)
    }
    seen: dict[tuple[str, datetime], int] = {}
    for moment in moments:
        if moment.entry_id in undone or moment.entry_id not in goods:
            continue
        medicine, lot = goods[moment.entry_id]
        for each in ledger.alike(lot) if lot else ledger.lots_of.get(medicine, ()):
            books = moment.books.get(each, 0)
            # Of two counts at one time the later one stands, and so does what it saw.
            if (each, moment.at) in seen or ledger.at(each, moment.at) != books:
                seen[each, moment.at] = books
    if not seen:
        return ledger
    later = {**{lot: () for lot, _ in seen}, **ledger.later}
    return replace(ledger, seen=seen, later=later)
