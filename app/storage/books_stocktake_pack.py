"""Long columns of a stock-take as one text, parted by signs nobody types; never changed.

Twenty thousand rows of a table take longer to write, and to read, than the sheet itself; nobody
looks one of them up alone, a stock-take always wants all of its counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from app.domain.money import Quantity
from app.domain.stocktake import Round
from app.domain.stocktake_counts import Counts
from app.errors import StoreBroken
from app.ports_stocktake import SheetLines

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_COLUMN, _VALUE = "\x1e", "\x1f"
"""What stands between columns, and between the values of one: ASCII's own for this."""


def pack(counts: Counts) -> str:
    """The text of a sheet's counts: none is in a basket, none takes another back."""
    at = {one: str((one - _ZERO) // _MICRO) for one in set(counts.at)}
    figures = [one.ten_thousandths for one in counts.counted]
    figure = {one: str(one) for one in set(figures)}
    day = {one: str(one or "") for one in {*counts.made_on, *counts.expires_on}}
    return _text(
        (
            *(counts.id, counts.medicine_id, counts.lot_id),
            *(list(map(figure.__getitem__, figures)), counts.counter_id),
            *(list(map(at.__getitem__, counts.at)), counts.zone, counts.position),
            *(counts.round, counts.device, counts.batch),
            *(list(map(day.__getitem__, counts.made_on)),),
            *(list(map(day.__getitem__, counts.expires_on)),),
        )
    )


def unpack(text: str) -> Counts:
    """The counts of a packed text; :raises StoreBroken: it is none."""
    try:
        (keys, medicines, lots, figures, counters, moments, zones, positions, turns, devices,
         batches, made_on, expires_on) = _columns(text)  # fmt: skip
        counted = {one: Quantity(int(one)) for one in set(figures)}
        at = {one: _ZERO + int(one) * _MICRO for one in set(moments)}
        rounds = {one: Round(one) for one in set(turns)}
        day = {one: date.fromisoformat(one) if one else None for one in {*made_on, *expires_on}}
    except ValueError:
        raise StoreBroken(why="a stored sheet of counts") from None
    return Counts(
        keys, medicines, lots, list(map(counted.__getitem__, figures)), counters,
        list(map(at.__getitem__, moments)), zones, positions,
        list(map(rounds.__getitem__, turns)), devices, [False] * len(keys), [""] * len(keys),
        batches, list(map(day.__getitem__, made_on)), list(map(day.__getitem__, expires_on)),
    )  # fmt: skip


def pack_list(lines: SheetLines) -> str:
    """The text of a frozen list; empty where a value of it cannot stand in one."""
    try:
        return _text(lines)
    except StoreBroken:
        return ""


def unpack_list(text: str) -> SheetLines:
    """The list of a packed text; :raises StoreBroken: it is none."""
    try:
        return SheetLines(*_columns(text))
    except (ValueError, TypeError):
        raise StoreBroken(why="a stored list") from None


def _text(columns: Sequence[Sequence[str]]) -> str:
    """A column of one value throughout stands as that value alone."""
    rows = len(columns[0])
    parts = [str(rows)]
    for column in columns:
        once = column.count(column[0]) == rows
        part = column[0] if once else _VALUE.join(column)
        if _COLUMN in part or part.count(_VALUE) != (0 if once else rows - 1):
            raise StoreBroken(why="a sign that parts columns")
        parts.append(part)
    return _COLUMN.join(parts)


def _columns(text: str) -> list[list[str]]:
    count, *parts = text.split(_COLUMN)
    rows = int(count)
    columns = [part.split(_VALUE) for part in parts]
    columns = [column * rows if len(column) == 1 else column for column in columns]
    if {len(column) for column in columns} != {rows}:
        raise ValueError
    return columns
