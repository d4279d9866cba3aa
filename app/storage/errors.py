"""Errors of SQLite and PostgreSQL in the house's own words; no statement, value or path in them."""

from __future__ import annotations

import sqlite3

from app.errors import (
    BadValue,
    StoreAbsent,
    StoreAway,
    StoreBroken,
    StoreBusy,
    StoreDenied,
    StoreError,
    StoreFull,
    StoreReadOnly,
)

_SQLITE_PRIMARY = {
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_READONLY: StoreReadOnly,
    sqlite3.SQLITE_PERM: StoreReadOnly,
    sqlite3.SQLITE_CANTOPEN: StoreReadOnly,
    sqlite3.SQLITE_BUSY: StoreBusy,
    sqlite3.SQLITE_LOCKED: StoreBusy,
    sqlite3.SQLITE_NOTADB: StoreBroken,
    sqlite3.SQLITE_CORRUPT: StoreBroken,
}

_SQLITE_EXTENDED = {
    # The shared memory of the write-ahead log could not grow: the disk is full.
    sqlite3.SQLITE_IOERR_SHMSIZE: StoreFull,
}

_POSTGRES: dict[str, type[StoreError]] = {
    "53100": StoreFull,
    "53200": StoreFull,
    "25006": StoreReadOnly,
    "42501": StoreReadOnly,
    "55P03": StoreBusy,
    "57014": StoreBusy,
    "40001": StoreBusy,
    "40P01": StoreBusy,
    "53300": StoreBusy,
    "28000": StoreDenied,
    "28P01": StoreDenied,
    "3D000": StoreAbsent,
    "57P01": StoreAway,
    "57P02": StoreAway,
    "57P03": StoreAway,
    "42P01": StoreBroken,
    "XX001": StoreBroken,
    "XX002": StoreBroken,
}


_UNIQUE = "23505"
_INTEGRITY = "23"
"""SQLSTATE of a taken value, and the class of all broken rules of a table."""


def is_taken(original: BaseException | None) -> bool:
    """Whether a driver says that a unique value or primary key was already there."""
    if isinstance(original, sqlite3.Error):
        return getattr(original, "sqlite_errorcode", None) in (
            sqlite3.SQLITE_CONSTRAINT_UNIQUE,
            sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        )
    return _sqlstate(original) == _UNIQUE


def judged(original: BaseException | None, what: str) -> BadValue | StoreError:
    """The house's error for whatever a driver raised while it wrote ``what``."""
    if is_taken(original):
        return BadValue(what=what, why="already in the books")
    if _breaks_a_rule(original):
        return StoreError(why=f"a rule of the table forbids this {what}")
    return translated(original) or StoreError(why=type(original).__name__)


def translated(original: BaseException | None) -> StoreError | None:
    """The house's error for a driver's, or None where the caller must judge it himself.

    Integrity errors are left alone: which rule they break is known only where they happen.
    """
    if _breaks_a_rule(original):
        return None
    if isinstance(original, sqlite3.Error):
        return _of_sqlite(original)
    if hasattr(original, "sqlstate"):
        return _of_postgres(original)
    return None


def _sqlstate(original: BaseException | None) -> str:
    # PostgreSQL's driver is known by this attribute: importing it would slow every start.
    return getattr(original, "sqlstate", None) or ""


def _breaks_a_rule(original: BaseException | None) -> bool:
    return isinstance(original, sqlite3.IntegrityError) or _sqlstate(original)[:2] == _INTEGRITY


def _of_sqlite(original: sqlite3.Error) -> StoreError | None:
    code = getattr(original, "sqlite_errorcode", None)
    if code is None:
        return None
    kind = _SQLITE_EXTENDED.get(code) or _SQLITE_PRIMARY.get(code & 0xFF)
    if kind is not None:
        return kind(why=original.sqlite_errorname)
    if code & 0xFF == sqlite3.SQLITE_IOERR:
        return StoreError(why=original.sqlite_errorname)
    return None


def _of_postgres(original: BaseException | None) -> StoreError | None:
    state = _sqlstate(original)
    if not state:
        lost = type(original).__name__ in ("OperationalError", "InterfaceError")
        return _of_connecting(original) if lost else None
    kind = _POSTGRES.get(state)
    if kind is not None:
        return kind(why=state)
    if state[:2] == "08":
        return StoreAway()
    return StoreError(why=state) if state[:2] in ("57", "58") else None


_AT_THE_DOOR = ("pg_hba.conf", "authentication", "认证", "password", 'role "', "角色")
_NAMES_THE_DATABASE = ('database "', '数据库 "')
"""What the server says before there is a session has no SQLSTATE, only words in its language."""


def _of_connecting(original: BaseException | None) -> StoreError:
    """No session came about, or it is gone; the server's own words are not passed on."""
    said = str(original).replace("“", '"').replace("”", '"')
    link = getattr(original, "pgconn", None)
    if getattr(link, "needs_password", False) or any(word in said for word in _AT_THE_DOOR):
        return StoreDenied()
    if any(word in said for word in _NAMES_THE_DATABASE):
        return StoreAbsent()
    return StoreAway()
