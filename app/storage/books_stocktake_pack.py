"""Long columns of a stock-take as one text, parted by signs nobody types; never changed.

Twenty thousand rows of a table take longer to write, and to read, than the sheet itself; nobody
looks one of them up alone, a stock-take always wants all of its counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, overload

from app.domain.money import Quantity
from app.domain.stocktake import Round
from app.domain.stocktake_counts import Counts
from app.errors import StoreBroken
from app.ports_stocktake import SheetLines

T = TypeVar("T")
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_COLUMN, _VALUE = "\x1e", "\x1f"
"""What stands between columns, and between the values of one: ASCII's own for this."""
_BOOKS = "\x1d"
"""What stands between a frozen list and the sums that were kept with it."""


class FrozenBooks(NamedTuple):
    """Sums of movements up to a moment, as they were when a list was frozen."""

    until: int
    """Microseconds; that moment included."""
    moves: int
    """How many movements there were up to it, on the shelf or off: while there are no more, the
    sums are those of today."""
    sums: dict[str, int]
    """Lot -> ten-thousandths; zeros are left out."""


class Packed(Sequence[T]):
    """A column that stays a text until somebody asks for one of its values.

    Compared with another it is the two texts that are compared, and packed again it is the text.
    """

    def __init__(self, rows: int, text: str, read: Callable[[str], T]) -> None:
        self.rows, self.text, self._read = rows, text, read
        if text.count(_VALUE) not in (0, rows - 1):
            raise StoreBroken(why="a stored column")

    @cached_property
    def _values(self) -> list[T]:
        parts = self.text.split(_VALUE)
        try:
            if len(parts) < self.rows:
                # A column of one value throughout stands as that value alone.
                return [self._read(self.text)] * self.rows
            if self._read is _itself:
                return parts  # type: ignore[return-value]  # a column of texts
            known = {part: self._read(part) for part in set(parts)}
        except ValueError:
            raise StoreBroken(why="a stored column") from None
        return list(map(known.__getitem__, parts))

    def __len__(self) -> int:
        return self.rows

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._values[place]

    def __iter__(self) -> Iterator[T]:
        return iter(self._values)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Packed) and (self.rows, self.text) == (other.rows, other.text):
            return True
        return isinstance(other, Sequence) and self._values == list(other)

    __hash__ = None  # type: ignore[assignment]  # as a list has none


def _itself(text: str) -> str:
    return text


def pack(counts: Counts) -> str:
    """The text of a sheet's counts: none is in a basket, none takes another back."""
    at = {one: str((one - _ZERO) // _MICRO) for one in set(counts.at)}
    figures = [one.ten_thousandths for one in counts.counted]
    figure = {one: str(one) for one in set(figures)}
    return _text(
        (
            *(counts.id, counts.medicine_id, counts.lot_id),
            *(list(map(figure.__getitem__, figures)), counts.counter_id),
            *(list(map(at.__getitem__, counts.at)), counts.zone, counts.position),
            *(counts.round, counts.device, counts.batch),
            *(_days(counts.made_on), _days(counts.expires_on)),
        )
    )


def _days(column: Sequence[date | None]) -> Sequence[str]:
    if not any(column):
        return [""] * len(column)
    return [str(day or "") for day in column]


def unpack(text: str) -> Counts:
    """The counts of a packed text, each column read when it is asked for.

    :raises StoreBroken: it is none, here or when a value is asked for.
    """
    rows, parts = _parts(text)
    if len(parts) != len(_READ):
        raise StoreBroken(why="a stored sheet of counts")
    (keys, medicines, lots, figures, counters, moments, zones, positions, turns, devices,
     batches, made_on, expires_on) = (
        Packed(rows, part, read) for part, read in zip(parts, _READ, strict=True)
    )  # fmt: skip
    return Counts(
        keys, medicines, lots, figures, counters, moments, zones, positions, turns, devices,
        [False] * rows, [""] * rows, batches, made_on, expires_on,
    )  # fmt: skip


def _moment(text: str) -> datetime:
    return _ZERO + int(text) * _MICRO


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_READ: tuple[Callable[[str], Any], ...] = (
    *(_itself, _itself, _itself, lambda text: Quantity(int(text)), _itself),
    *(_moment, _itself, _itself, Round, _itself, _itself, _day, _day),
)
"""What the texts of a sheet's columns mean, in their order."""


def pack_list(lines: SheetLines) -> str:
    """The text of a frozen list; empty where a value of it cannot stand in one."""
    try:
        return _text(lines)
    except StoreBroken:
        return ""


def unpack_list(text: str) -> SheetLines:
    """The list of a packed text; :raises StoreBroken: it is none."""
    rows, parts = _parts(text.partition(_BOOKS)[0])
    try:
        return SheetLines(*(Packed(rows, part, _itself) for part in parts))
    except TypeError:
        raise StoreBroken(why="a stored list") from None


def pack_books(books: FrozenBooks) -> str:
    """What stands behind the text of a frozen list; empty where it cannot stand there."""
    if not books.sums:
        return ""
    try:
        sums = _text((list(books.sums), list(map(str, books.sums.values()))))
    except StoreBroken:
        return ""
    return _BOOKS.join(("", str(books.until), str(books.moves), sums))


def books_of_list(text: str) -> FrozenBooks | None:
    """The sums kept with a frozen list, if any were; :raises StoreBroken: they are none."""
    if _BOOKS not in text:
        return None
    try:
        _, until, moves, sums = text.split(_BOOKS)
        rows, (lots, figures) = _parts(sums)
        columns = Packed(rows, lots, _itself), Packed(rows, figures, int)
        return FrozenBooks(int(until), int(moves), dict(zip(*columns, strict=True)))
    except ValueError:
        raise StoreBroken(why="sums kept with a list") from None


def _text(columns: Sequence[Sequence[str]]) -> str:
    """A column of one value throughout stands as that value alone."""
    rows = len(columns[0])
    parts = [str(rows)]
    for column in columns:
        if isinstance(column, Packed):
            parts.append(column.text)
            continue
        once = column.count(column[0]) == rows
        part = column[0] if once else _VALUE.join(column)
        if _COLUMN in part or _BOOKS in part or part.count(_VALUE) != (0 if once else rows - 1):
            raise StoreBroken(why="a sign that parts columns")
        parts.append(part)
    return _COLUMN.join(parts)


def _parts(text: str) -> tuple[int, list[str]]:
    """How many rows, and the text of each column."""
    count, *parts = text.split(_COLUMN)
    if not (count.isascii() and count.isdigit()):
        raise StoreBroken(why="a stored text of columns")
    return int(count), parts
