"""A medicine book in memory with real roll-back, for tests of the import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain.catalogue import Medicine, key_of
from app.domain.price import PriceChange
from app.errors import NotFound


class FakeMedicines:
    """Rows by id; what is written lives only in the unit of work until it commits."""

    def __init__(self, rows: dict[str, Medicine], version: int) -> None:
        self.rows = rows
        self._version = version
        self._keys = {key_of(one): one for one in rows.values()}

    def by_keys(self, keys: Sequence[str]) -> dict[str, Medicine]:
        return {key: self._keys[key] for key in keys if key in self._keys}

    def save_many(self, medicines: Sequence[Medicine]) -> None:
        for one in medicines:
            self.rows[one.id] = one
            self._keys[key_of(one)] = one
        self._version += 1

    def all(self) -> Iterable[Medicine]:
        return (self.rows[key] for key in sorted(self.rows))

    def get(self, medicine_id: str) -> Medicine:
        if medicine_id not in self.rows:
            raise NotFound(what="medicine")
        return self.rows[medicine_id]

    def version(self) -> int:
        return self._version


class FakeLog:
    def __init__(self) -> None:
        self.entries: list[tuple[str, Mapping[str, object]]] = []

    def append(self, act: str, actor: str, at: datetime, entry: Mapping[str, object]) -> None:
        self.entries.append((act, entry))


class FakePrices:
    """A drug without a history, whose new price begins one."""

    def __init__(self) -> None:
        self.rows: list[PriceChange] = []

    def in_force(self, medicine_ids: Sequence[str]) -> dict[str, PriceChange]:
        del medicine_ids
        return {}

    def add(self, changes: Sequence[PriceChange]) -> None:
        self.rows += changes


class FakeBooks:
    """Makes units of work over one set of rows: ``FakeBooks().unit`` is the factory."""

    def __init__(self) -> None:
        self.rows: dict[str, Medicine] = {}
        self.version = 0
        self.commits = 0
        self.log: list[tuple[str, Mapping[str, object]]] = []

    def unit(self) -> Any:
        return _Unit(self)

    def named(self, name: str) -> Medicine:
        return next(one for one in self.rows.values() if one.display_name == name)


class _Unit:
    def __init__(self, books: FakeBooks) -> None:
        self._books = books
        self.medicines = FakeMedicines(dict(books.rows), books.version)
        self.log = FakeLog()
        self.prices = FakePrices()

    def __enter__(self) -> _Unit:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def commit(self) -> None:
        self._books.rows = dict(self.medicines.rows)
        self._books.version = self.medicines.version()
        self._books.commits += 1
        self._books.log += self.log.entries


class CountedIds:
    """Known ids in UUID shape, one after the other."""

    def __init__(self) -> None:
        self._next = 0

    def new(self) -> str:
        self._next += 1
        return f"00000000-0000-7000-8000-{self._next:012d}"


class StillClock:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
