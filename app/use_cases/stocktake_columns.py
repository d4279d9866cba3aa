"""The rows of a sheet of counts, taken by columns: what agrees with the list needs no second look.

A row that names a line, and says of it what the frozen list says, is a count. Every other row is
odd: :mod:`app.use_cases.stocktake_row` looks at it by itself, and says why where it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import compress, repeat
from operator import ne
from typing import Any, TypeVar

from app.domain.money import Quantity
from app.domain.stocktake import Round
from app.ports_stocktake import SheetLines
from app.use_cases.stocktake_count import SHEET
from app.use_cases.stocktake_row import (
    OF_EVERY_ROW,
    Facts,
    figure_at,
    keys_of,
    moment_of,
    sound_ids,
)

_T = TypeVar("_T")


def by_columns(
    cells: Mapping[str, Sequence[str]], facts: Facts
) -> tuple[list[Sequence[Any]], set[int]]:
    """The parts of a :class:`CountEntry` of each row, a column each; the places of odd rows.

    ``cells``: the columns of a sheet by name. What the answer says at the place of an odd row
    means nothing.
    """
    rows, listed, odd = len(cells["id"]), facts.listed, set[int]()
    ids, numbers, codes, batches, counted, when, who = (
        cells.get(name) or [""] * rows for name in OF_EVERY_ROW
    )
    figures = _each(counted, figure_at, Quantity(0), odd)
    moments = _each(when, partial(_timely, facts), facts.begins, odd)
    counters = _each(who, facts.staff.get, "", odd)
    medicines, lots, zones, positions, own_codes, own_batches = _lines(numbers, listed, odd)
    odd.update(_unlike(codes, own_codes), _unlike(batches, own_batches))
    ids = list(map(str.strip, ids))
    if ids and not sound_ids(ids):
        odd.update(at for at, one in enumerate(ids) if not sound_ids([one]))
    taken: list[Sequence[Any]] = [
        *(keys_of(ids, figures, moments), medicines, lots, figures, counters, moments),
        *(zones, positions, [Round.FIRST] * rows, [SHEET] * rows, [False] * rows),
        *([""] * rows, [""] * rows, [None] * rows, [None] * rows),
    ]
    return taken, odd


def _lines(numbers: Sequence[str], listed: SheetLines, odd: set[int]) -> Iterable[Sequence[str]]:
    """What the list says of each row's line: drug, lot, zone, position, code, batch."""
    if len(numbers) == len(listed.no) and list(numbers) == list(listed.no):
        # A sheet that came back whole: its rows are the list's.
        return listed[1:]
    at_line = {number: at for at, number in enumerate(listed.no)}
    lines = list(map(at_line.get, numbers, repeat(-1)))
    if -1 in lines:
        odd.update(at for at, line in enumerate(lines) if line < 0)
    return [list(map(column.__getitem__, lines)) for column in listed[1:]]


def _timely(facts: Facts, text: str) -> datetime | None:
    at = moment_of(text)
    return at if at is not None and facts.begins <= at <= facts.now else None


def _each(
    column: Sequence[str], told: Callable[[str], _T | None], none: _T, odd: set[int]
) -> list[_T]:
    """What each cell says, each spelling asked once; the places of those that say nothing."""
    found = {cell: told(cell.strip()) for cell in set(column)}
    silent = {cell for cell, said in found.items() if said is None}
    if silent:
        odd.update(at for at, cell in enumerate(column) if cell in silent)
    sure = {cell: none if said is None else said for cell, said in found.items()}
    return list(map(sure.__getitem__, column))


def _unlike(cells: Sequence[str], own: Sequence[str]) -> Iterable[int]:
    """Where a sheet says something else beside a line than the list does."""
    return compress(range(len(cells)), map(ne, cells, own))
