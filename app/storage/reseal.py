"""A change of keys: rows that lie under an older key, or in the open, are sealed anew.

In small batches, each a transaction that also keeps how far it came, so that a till which dies in
the middle goes on where it was; a row that somebody changes meanwhile is left to its writer, who
seals under the newest key anyway. Files (evidence, backups) keep the key under which they were
made: their digests are in the books.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Row,
    Table,
    and_,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

import app.storage.unit_of_work as _every_table  # noqa: F401 - it knows every table
from app.storage.sealed_places import HIDDEN, SEALED
from app.storage.sealed_text import MARK, PURPOSE, RESEALING
from app.storage.tables import METADATA, SETTING

BATCH: Final = 50
"""Rows of a step; some hold a file of some megabytes."""
_HEAD: Final = 9
"""Form and key id at the beginning of a ciphertext."""


class Keys(Protocol):
    """What is asked of the key ring."""

    def seal(self, purpose: str, plain: bytes, place: str) -> bytes:
        """Under the newest key."""
        ...

    def open(self, purpose: str, sealed: bytes, place: str) -> bytes:
        """By whichever key."""
        ...

    def head(self, purpose: str) -> bytes:
        """How a ciphertext under the newest key begins."""
        ...


@dataclass(frozen=True, slots=True)
class Resealed:
    """How far a pass has come."""

    columns: int
    done: int
    """Columns that are through."""
    rows: int
    """Sealed anew by this run."""


def begin(engine: Engine, store_id: str, purposes: Sequence[str]) -> None:
    """Write down that a pass is wanted, before the first key is made: a crash after it costs a
    look at every row, never a row that is forgotten.
    """
    with engine.begin() as connection:
        before = _marker(connection, store_id)
        wanted = sorted({*purposes, *(before["purposes"] if before else ())})
        _put(connection, store_id, {"purposes": wanted, "at": 0, "after": None})


def pending(engine: Engine, store_id: str) -> bool:
    """Whether a pass is under way."""
    with engine.connect() as connection:
        return _marker(connection, store_id) is not None


def older_rows(engine: Engine, keys: Keys, purposes: Sequence[str]) -> dict[str, int]:
    """How many values of each purpose lie under an older key or in the open; looks at every row."""
    found = dict.fromkeys(purposes, 0)
    with engine.connect() as connection:
        for one in _columns(purposes):
            wanted = _older(one, keys)
            count = select(func.count()).select_from(one.table).where(wanted)
            found[one.purpose] += int(connection.execute(count).scalar_one())
    return found


def steps(engine: Engine, store_id: str, keys: Keys, batch: int = BATCH) -> Iterator[Resealed]:
    """Go on with the pass that is under way, a transaction a step; nothing where there is none."""
    rows = 0
    while True:
        with engine.begin() as connection:
            told = _marker(connection, store_id)
            if told is None:
                return
            columns = _columns(told["purposes"])
            at, after = int(told["at"]), told["after"]
            if at >= len(columns):
                _remove(connection, store_id)
                return
            last, count = _step(connection, columns[at], keys, after, batch)
            rows += count
            moved = {"at": at, "after": last} if last is not None else {"at": at + 1, "after": None}
            _put(connection, store_id, {**told, **moved})
        yield Resealed(len(columns), int(str(moved["at"])), rows)


# --- one column -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sealed:
    table: Table
    column: Column[Any]
    purpose: str
    place: str
    code: Column[Any] | None = None
    text: bool = False


def _columns(purposes: Sequence[str]) -> list[_Sealed]:
    found = []
    for name, (purpose, place) in SEALED.items():
        if purpose in purposes:
            table, column = name.split(".")
            whole = METADATA.tables[table]
            found.append(_Sealed(whole, whole.c[column], purpose, place))
    for name, (code, place) in HIDDEN.items():
        if PURPOSE in purposes:
            table, column = name.split(".")
            whole = METADATA.tables[table]
            beside = whole.c[code] if code else None
            found.append(_Sealed(whole, whole.c[column], PURPOSE, place, beside, text=True))
    return found


def _older(one: _Sealed, keys: Keys) -> Any:  # noqa: ANN401 - a condition
    if not one.text:
        head = keys.head(one.purpose)
        return and_(one.column.is_not(None), func.substr(one.column, 1, _HEAD) != head)
    # Base64 of nine octets is twelve characters of its own.
    head_text = MARK + base64.b64encode(keys.head(one.purpose)).decode()
    older = and_(one.column != "", func.substr(one.column, 1, len(head_text)) != head_text)
    return older if one.code is None else or_(older, one.code != "")


def _step(
    connection: Connection, one: _Sealed, keys: Keys, after: Sequence[Any] | None, batch: int
) -> tuple[list[Any] | None, int]:
    """The last primary key of the batch (None: the column is through) and how many were sealed."""
    ids = list(one.table.primary_key.columns)
    query = select(one.table).where(_older(one, keys)).order_by(*ids).limit(batch)
    if after is not None:
        query = query.where(tuple_(*ids) > tuple_(*map(_back, after)))
    rows = connection.execute(query).fetchall()
    count = sum(_seal(connection, one, keys, row) for row in rows)
    if len(rows) < batch:
        return None, count
    return [_told(rows[-1]._mapping[each.name]) for each in ids], count


def _told(value: object) -> object:
    return {"hex": bytes(value).hex()} if isinstance(value, bytes | memoryview) else value


def _back(value: Any) -> Any:  # noqa: ANN401 - a value of a key
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def _seal(connection: Connection, one: _Sealed, keys: Keys, row: Row[Any]) -> int:
    held = dict(row._mapping)
    kept = held[one.column.name]
    place = one.place.format(**held)
    fresh: dict[str, Any]
    if one.text:
        fresh = _text_of(one, keys, held, place)
    else:
        plain = keys.open(one.purpose, bytes(kept), place)
        fresh = {one.column.name: keys.seal(one.purpose, plain, place)}
    same = and_(*(each == held[each.name] for each in one.table.primary_key.columns))
    changed = update(one.table).where(same, one.column == kept).values(fresh)
    return connection.execute(changed).rowcount


def _text_of(one: _Sealed, keys: Keys, held: Mapping[str, Any], place: str) -> dict[str, str]:
    kept = str(held[one.column.name])
    if kept.startswith(MARK):
        plain = keys.open(PURPOSE, base64.b64decode(kept[len(MARK) :]), place)
    elif one.code is not None:  # a row of before: code and name each in a column of its own
        plain = f"{held[one.code.name]}\n{kept}".encode()
    else:
        plain = kept.encode()
    fresh = {one.column.name: MARK + base64.b64encode(keys.seal(PURPOSE, plain, place)).decode()}
    return fresh if one.code is None else {**fresh, one.code.name: ""}


# --- how far --------------------------------------------------------------------------------------


def _marker(connection: Connection, store_id: str) -> dict[str, Any] | None:
    which = and_(SETTING.c.store_id == store_id, SETTING.c.key == RESEALING)
    found = connection.execute(select(SETTING.c.value).where(which)).scalar_one_or_none()
    return json.loads(found) if found else None


def _put(connection: Connection, store_id: str, told: Mapping[str, object]) -> None:
    insert = pg_insert if connection.dialect.name == "postgresql" else sqlite_insert
    value = json.dumps(told, sort_keys=True)
    made = insert(SETTING).values(store_id=store_id, key=RESEALING, value=value)
    connection.execute(
        made.on_conflict_do_update(index_elements=["store_id", "key"], set_={"value": value})
    )


def _remove(connection: Connection, store_id: str) -> None:
    which = and_(SETTING.c.store_id == store_id, SETTING.c.key == RESEALING)
    connection.execute(SETTING.delete().where(which))
