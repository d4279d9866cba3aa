"""Counts as they are typed at the shelf: each one on disk before the next key (HY-1.5.5b)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.catalogue import nfkc
from app.domain.money import Quantity
from app.domain.staff import Right
from app.domain.stocktake import NO_ZONE, CountEntry, Round, Stocktake, check_entry
from app.domain.stocktake_states import COUNTABLE, StocktakeState
from app.domain.stocktake_tally import standing
from app.errors import BadValue, NotFound
from app.use_cases.stocktake import require
from app.use_cases.stocktake_seen import keep_moment, moment_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.stock import LotStock
    from app.ports import UnitOfWork
    from app.use_cases.doors import Doors, Operator

SHEET: Final = "sheet"
"""The device of counts that came in a file."""
_FIGURE: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")


@dataclass(frozen=True, slots=True)
class CountDraft:
    """What a person typed: so many of a lot at a place."""

    medicine_id: str
    lot_id: str
    """Empty = the lot is not known."""
    counted: Quantity
    zone: str = NO_ZONE
    position: str = ""
    batch: str = ""
    """What stands on the boxes of an unknown lot."""
    made_on: date | None = None
    expires_on: date | None = None
    entry_id: str = ""
    """Minted at the counter, so that asking twice counts once; empty = minted here."""


def figure_of(text: str) -> Quantity:
    """A typed figure; :raises BadValue: what is none, is negative, or can be no count."""
    plain = nfkc(text)
    if not (plain.isascii() and _FIGURE.fullmatch(plain)):
        raise BadValue(what="count", why="number")
    found = Quantity.of(plain)
    if found.ten_thousandths > 9_999_999 * 10**4:
        raise BadValue(what="count", why="number")
    return found


def record(doors: Doors, stocktake_id: str, draft: CountDraft, operator: Operator) -> CountEntry:
    """Write one count; durable when it answers. A later one of the same person there corrects it.

    :raises NotAllowed:; :raises BadValue: ``closed``, ``number``, ``other_take``, ``not_asked``,
    ``same_person`` and what :func:`check_entry` says; :raises NotFound: no such drug or lot.
    """
    require(doors, operator, Right.COUNT_STOCK)
    now = doors.clock.now()
    with doors.uow() as uow:
        take = open_take(uow, stocktake_id)
        lot_id = _lot(uow, draft)
        stocks = uow.lots.stock_of([draft.medicine_id])[draft.medicine_id]
        at = moment_of(uow, take, now)
        entry = CountEntry(
            draft.entry_id or doors.ids.new(), draft.medicine_id, lot_id, draft.counted,
            operator.staff.id, at, draft.zone, draft.position,
            Round.SECOND if take.state is StocktakeState.RECOUNT else Round.FIRST,
            doors.shop.till_id, _in_basket(stocks, lot_id), "",
            "" if lot_id else draft.batch.strip(), draft.made_on, draft.expires_on,
        )  # fmt: skip
        check_entry(entry, take.begun_at or take.opened_at, at)
        if entry.round is Round.SECOND:
            _require_asked(uow, take, entry)
        elif uow.stocktakes.counting_in([entry.medicine_id]).get(entry.medicine_id, take.id) != (
            take.id
        ):
            raise BadValue(what="count", why="other_take")
        if uow.stocktakes.add_entry(take.id, entry, operator.staff.id):
            keep_moment(uow, take, entry.id, at, stocks)
            told = {"take": take.id, "entry": entry.id}
            uow.log.append("stocktake.counted", operator.staff.id, now, told)
        uow.commit()
    return entry


def undo_last(doors: Doors, stocktake_id: str, operator: Operator) -> CountEntry | None:
    """Take back the operator's last standing count of this round; answers what was taken back.

    It stays in the books with the entry that takes it back. None = there is nothing.
    """
    require(doors, operator, Right.COUNT_STOCK)
    now = doors.clock.now()
    with doors.uow() as uow:
        take = open_take(uow, stocktake_id)
        turn = Round.SECOND if take.state is StocktakeState.RECOUNT else Round.FIRST
        own = [
            one for one in uow.stocktakes.entries(take.id)
            if one.counter_id == operator.staff.id and one.round is turn and one.device != SHEET
        ]  # fmt: skip
        undone = {one.undoes for one in own if one.undoes}
        last = next((one for one in reversed(own) if not one.undoes and one.id not in undone), None)
        if last is None:
            return None
        at = moment_of(uow, take, now)
        back = last._replace(id=doors.ids.new(), at=at, undoes=last.id)
        uow.stocktakes.add_entry(take.id, back, operator.staff.id)
        told = {"take": take.id, "entry": back.id, "undoes": last.id}
        uow.log.append("stocktake.undone", operator.staff.id, now, told)
        uow.commit()
    return last


def own_figures(
    entries: list[CountEntry], counter_id: str, turn: Round
) -> dict[tuple[str, str, str, str, str], CountEntry]:
    """What stands of one person in one round, by drug, lot, batch, zone, position."""
    return {
        (*one.goods, one.zone, one.position): one
        for one in standing(entries)
        if one.counter_id == counter_id and one.round is turn
    }


def open_take(uow: UnitOfWork, stocktake_id: str) -> Stocktake:
    """The stock-take, if it takes counts now; :raises BadValue: ``closed``; :raises NotFound:."""
    take = uow.stocktakes.get(stocktake_id)
    if take.state not in COUNTABLE:
        raise BadValue(what="count", why="closed")
    return take


def _lot(uow: UnitOfWork, draft: CountDraft) -> str:
    """The lot under which these boxes are counted: the oldest of their batch."""
    if not draft.lot_id:
        uow.medicines.get(draft.medicine_id)
        if not draft.batch.strip():
            return ""
        known = uow.lots.of_batch(nfkc(draft.batch), draft.medicine_id)
        return min((lot.id for lot in known), default="")
    lot = uow.lots.get(draft.lot_id)
    if lot.medicine_id != draft.medicine_id:
        raise NotFound(what="lot")
    if not lot.batch:
        return lot.id
    return min(one.id for one in uow.lots.of_batch(lot.batch, lot.medicine_id))


def _in_basket(stocks: Sequence[LotStock], lot_id: str) -> bool:
    """Whether boxes lie in a basket: off the shelf already, in the books not yet sold."""
    return any(one.reserved and lot_id in ("", one.lot.id) for one in stocks)


def _require_asked(uow: UnitOfWork, take: Stocktake, entry: CountEntry) -> None:
    for one in uow.stocktakes.remarks(take.id):
        if one.why and one.difference.goods == entry.goods:
            if entry.counter_id in one.not_by:
                raise BadValue(what="count", why="same_person")
            return
    raise BadValue(what="count", why="not_asked")
