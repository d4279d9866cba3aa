"""The doors to stock-takes: tasks, frozen lists, counts, differences, zones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from app.domain.money import Money, Quantity
from app.domain.stocktake import CountEntry, CountLine, Place, Stocktake, Zone
from app.domain.stocktake_counts import Counts
from app.domain.stocktake_states import StocktakeState
from app.domain.stocktake_tally import Difference, Ledger


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A sheet of counts that was read from a file."""

    id: str
    digest: str
    """SHA-256 of what it brought, hexadecimal: the same counts are read once."""
    at: datetime
    by: str
    rows: int


class SheetLine(NamedTuple):
    """A line of the frozen list, with what stands beside its number on a sheet."""

    no: str
    medicine_id: str
    lot_id: str
    zone: str
    position: str
    shop_code: str
    """Empty = the drug has none."""
    batch: str
    """Empty = the books know none."""


class SheetLines(NamedTuple):
    """The frozen list as it was frozen, a column for each part of :class:`SheetLine`."""

    no: Sequence[str] = ()
    medicine_id: Sequence[str] = ()
    lot_id: Sequence[str] = ()
    zone: Sequence[str] = ()
    position: Sequence[str] = ()
    shop_code: Sequence[str] = ()
    batch: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A stored difference with what people and program said of it."""

    difference: Difference
    why: str = ""
    """Why it wanted a second count; empty = it did not."""
    not_by: frozenset[str] = frozenset()
    """Who may not be the one to count it again."""
    places: frozenset[tuple[str, str]] = frozenset()
    """(zone, position) of each place where it has to be counted again."""
    reason: str = ""
    """Code of the reason a person gave."""
    reason_by: str = ""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of the posted stock-take, for the papers."""

    no: int
    medicine_id: str
    lot_id: str
    batch: str
    counted: Quantity | None
    """None = nobody counted it."""
    ledger: Quantity
    at: datetime | None
    round: str
    reason: str
    worth: Money | None
    """What the difference is worth, with its sign; None = no price known."""
    counters: tuple[str, ...] = ()


class StocktakeBook(Protocol):
    """Stock-takes of the whole store."""

    def add(self, take: Stocktake) -> None:
        """A new one; :raises BadValue: its number, or its period's task, is there already."""
        ...

    def save(self, take: Stocktake) -> Stocktake:
        """Write a changed one; answers it with its version raised; :raises StoreStale: behind."""
        ...

    def get(self, stocktake_id: str) -> Stocktake:
        """:raises NotFound:."""
        ...

    def of_period(self, period: str) -> Stocktake | None:
        """The task of a period."""
        ...

    def all(self, states: Sequence[StocktakeState] | None = None) -> list[Stocktake]:
        """Newest first."""
        ...

    def keep_handed_to(self, stocktake_id: str, name: str) -> None:
        """Who took the sheet at the county centre; sealed."""
        ...

    def handed_to(self, stocktake_id: str) -> str:
        """The name, empty where nobody took it yet."""
        ...

    def add_lines(
        self, stocktake_id: str, lines: Sequence[CountLine], books: Ledger | None = None
    ) -> None:
        """The frozen list; ``books``: what :meth:`ledger` said for it, to be built on later."""
        ...

    def lines(self, stocktake_id: str) -> list[CountLine]:
        """In their order."""
        ...

    def line_count(self, stocktake_id: str) -> int:
        """How long the frozen list is."""
        ...

    def add_entry(self, stocktake_id: str, entry: CountEntry, by: str) -> bool:
        """A count, ``by`` who typed it; False = the entry of that id is there already."""
        ...

    def add_sheet(self, stocktake_id: str, sheet: SheetRead, counts: Counts) -> bool:
        """All counts of a file at once; False = this very sheet is there already."""
        ...

    def sheets(self, stocktake_id: str) -> list[SheetRead]:
        """Oldest first."""
        ...

    def entries(self, stocktake_id: str) -> list[CountEntry]:
        """Every count, typed or read, in the order in which they came in."""
        ...

    def counts(self, stocktake_id: str) -> Counts:
        """The same, side by side."""
        ...

    def ledger(
        self, medicine_ids: Iterable[str] | None, since: datetime, stocktake_id: str = ""
    ) -> Ledger:
        """The sums of movements of all lots, late ones one by one.

        ``medicine_ids``: the drugs whose lots are named one by one, None = all.
        ``stocktake_id``: whose list was frozen at ``since``: sums kept with it are built on.
        """
        ...

    def put_remarks(self, stocktake_id: str, remarks: Sequence[Remark]) -> None:
        """Stored differences anew; the reasons that were given stay with their lots."""
        ...

    def remarks(self, stocktake_id: str) -> list[Remark]:
        """By drug and lot."""
        ...

    def give_reason(
        self, stocktake_id: str, goods: Sequence[tuple[str, str, str]], reason: str, by: str
    ) -> None:
        """Say why some lots differ."""
        ...

    def add_results(self, stocktake_id: str, rows: Sequence[ResultRow]) -> None:
        """What was posted, every line."""
        ...

    def results(self, stocktake_id: str) -> list[ResultRow]:
        """In the order of their lines."""
        ...

    def zones(self) -> list[Zone]:
        """The shop's own list, in its order."""
        ...

    def put_zone(self, zone: Zone) -> None:
        """Add one, or change its name or order."""
        ...

    def places(self) -> dict[str, list[Place]]:
        """Drug -> where it lies."""
        ...

    def put_places(self, places: Sequence[Place]) -> None:
        """Learn where drugs lie, beside what is known."""
        ...

    def sheet_lines(self, stocktake_id: str) -> Mapping[str, SheetLine]:
        """The frozen list by its lines' numbers, with codes and batches as the books have them."""
        ...

    def listed(self, stocktake_id: str) -> SheetLines:
        """The frozen list, with codes and batches as they were when it was frozen."""
        ...

    def batches(self) -> Mapping[tuple[str, str], str]:
        """(drug, batch number) -> the lot under which its boxes are counted, the oldest."""
        ...

    def counting_in(self, medicine_ids: Sequence[str]) -> Mapping[str, str]:
        """Drug -> id of the live stock-take that has it in its list."""
        ...
