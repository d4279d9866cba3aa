"""Counts side by side: a column for each part, for a sheet brings tens of thousands at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain, compress, repeat
from typing import Any, NamedTuple

from app.domain.money import Quantity
from app.domain.stocktake import CountEntry, Round

made = tuple.__new__
"""A named tuple of parts that are all there: as its own constructor, in a third of the time."""


class Counts(NamedTuple):
    """The parts of :class:`CountEntry`, a column each; all of one length, in one order."""

    id: Sequence[str] = ()
    medicine_id: Sequence[str] = ()
    lot_id: Sequence[str] = ()
    counted: Sequence[Quantity] = ()
    counter_id: Sequence[str] = ()
    at: Sequence[datetime] = ()
    zone: Sequence[str] = ()
    position: Sequence[str] = ()
    round: Sequence[Round] = ()
    device: Sequence[str] = ()
    in_basket: Sequence[bool] = ()
    undoes: Sequence[str] = ()
    batch: Sequence[str] = ()
    made_on: Sequence[date | None] = ()
    expires_on: Sequence[date | None] = ()

    @classmethod
    def of(cls, entries: Sequence[CountEntry]) -> Counts:
        """The columns of entries, in their order."""
        return cls(*map(list, zip(*entries, strict=True))) if entries else cls()

    def entries(self) -> list[CountEntry]:
        """One by one."""
        return list(map(made, repeat(CountEntry), zip(*self, strict=True)))

    def some(self, places: Iterable[int]) -> list[CountEntry]:
        """Those at some places (from 0), in the order of these."""
        return [made(CountEntry, [column[at] for column in self]) for at in places]

    def those(self, kept: Sequence[bool]) -> Counts:
        """Only those where ``kept`` says so."""
        columns: Iterable[Any] = (list(compress(column, kept)) for column in self)
        return Counts(*columns)


def joined(parts: Sequence[Counts]) -> Counts:
    """All of them, one after the other."""
    there = [one for one in parts if one.id]
    if len(there) == 1:
        return there[0]
    return Counts(*(list(chain.from_iterable(columns)) for columns in zip(*there, strict=True)))


SpotColumns = tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]]
"""Drugs, lots, zones, positions, side by side: one spot in each row."""


def spots_of(counts: Counts) -> SpotColumns:
    """Where counts were made."""
    return counts.medicine_id, counts.lot_id, counts.zone, counts.position


def all_there(asked: SpotColumns, counted: SpotColumns) -> bool:
    """Whether somebody counted at every spot that is asked for."""
    # A sheet that came back whole has the order of the list: four comparisons, no spot is made.
    if all(
        one == other or list(one) == list(other) for one, other in zip(asked, counted, strict=True)
    ):
        return True
    return set(zip(*asked, strict=True)) <= set(zip(*counted, strict=True))
