"""The practice platform's own books: SQLite, one lock, each transaction whole or not at all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS message (
    msgid TEXT PRIMARY KEY, infno TEXT NOT NULL, at TEXT NOT NULL, outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sign_in (
    sign_no TEXT PRIMARY KEY, fixmedins_code TEXT NOT NULL, opter_no TEXT NOT NULL,
    day TEXT NOT NULL, open INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS person_state (
    psn_no TEXT PRIMARY KEY, in_hospital INTEGER NOT NULL, family INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS account (
    psn_no TEXT NOT NULL, insutype TEXT NOT NULL, balance INTEGER NOT NULL,
    PRIMARY KEY (psn_no, insutype));
CREATE TABLE IF NOT EXISTS accumulator (
    psn_no TEXT NOT NULL, scheme TEXT NOT NULL, period TEXT NOT NULL,
    deductible INTEGER NOT NULL, fund INTEGER NOT NULL, scope INTEGER NOT NULL,
    PRIMARY KEY (psn_no, scheme, period));
CREATE TABLE IF NOT EXISTS visit (
    mdtrt_id TEXT PRIMARY KEY, psn_no TEXT NOT NULL, fixmedins_code TEXT NOT NULL,
    infno TEXT NOT NULL, msgid TEXT NOT NULL, state TEXT NOT NULL, insutype TEXT NOT NULL,
    med_type TEXT NOT NULL, dise_codg TEXT NOT NULL, ipt_otp_no TEXT NOT NULL,
    begntime TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS visit_of ON visit (psn_no, begntime);
CREATE TABLE IF NOT EXISTS line (
    mdtrt_id TEXT NOT NULL, feedetl_sn TEXT NOT NULL, chrg_bchno TEXT NOT NULL,
    setl_id TEXT, doc TEXT NOT NULL, PRIMARY KEY (mdtrt_id, feedetl_sn));
CREATE TABLE IF NOT EXISTS settlement (
    setl_id TEXT PRIMARY KEY, mdtrt_id TEXT NOT NULL, psn_no TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL, infno TEXT NOT NULL, msgid TEXT NOT NULL UNIQUE,
    med_type TEXT NOT NULL, insutype TEXT NOT NULL, setl_time TEXT NOT NULL,
    state TEXT NOT NULL, cancels TEXT, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS settlement_of ON settlement (psn_no, setl_time);
CREATE INDEX IF NOT EXISTS settlement_at ON settlement (setl_time);
CREATE INDEX IF NOT EXISTS settlement_visit ON settlement (mdtrt_id);
CREATE TABLE IF NOT EXISTS trace_code (code TEXT PRIMARY KEY, setl_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS upload (
    file_qury_no TEXT PRIMARY KEY, filename TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS prescription (
    hi_rxno TEXT PRIMARY KEY, psn_no TEXT NOT NULL, qr TEXT NOT NULL, doc TEXT NOT NULL,
    file BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS prescription_of ON prescription (psn_no);
CREATE INDEX IF NOT EXISTS prescription_qr ON prescription (qr);
CREATE TABLE IF NOT EXISTS rx_token (
    epc_token TEXT PRIMARY KEY, auth_rxno TEXT NOT NULL, hi_rxno TEXT NOT NULL,
    fixmedins_code TEXT NOT NULL, batch TEXT NOT NULL, expires TEXT NOT NULL,
    open INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS rx_token_of ON rx_token (hi_rxno);
CREATE TABLE IF NOT EXISTS password (psn_no TEXT PRIMARY KEY, failed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS goods (
    fixmedins_code TEXT NOT NULL, infno TEXT NOT NULL, bchno TEXT NOT NULL, item TEXT NOT NULL,
    manu_lotnum TEXT NOT NULL, quantity INTEGER NOT NULL, serial TEXT NOT NULL,
    of_serial TEXT NOT NULL, PRIMARY KEY (fixmedins_code, infno, bchno));
CREATE INDEX IF NOT EXISTS goods_serial ON goods (serial);
CREATE INDEX IF NOT EXISTS goods_of_serial ON goods (of_serial);
CREATE INDEX IF NOT EXISTS goods_item ON goods (fixmedins_code, item);
CREATE TABLE IF NOT EXISTS document (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id));
"""
"""``document`` keeps whatever further services (stock, deliveries) want to remember."""

Row = sqlite3.Row


class Books:
    """The open transaction: plain SQL with rows by name."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, *values: object) -> int:
        """Execute a change; answers how many rows it touched."""
        return self._connection.execute(sql, values).rowcount

    def one(self, sql: str, *values: object) -> Row | None:
        """The first row or None."""
        found: Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def all(self, sql: str, *values: object) -> list[Row]:
        """Every row."""
        return self._connection.execute(sql, values).fetchall()

    def number(self, name: str) -> int:
        """The next number of a series, counting from 1; taken back when the act is taken back."""
        self.run("INSERT OR IGNORE INTO counter VALUES (?, 0)", name)
        self.run("UPDATE counter SET value = value + 1 WHERE name = ?", name)
        row = self.one("SELECT value FROM counter WHERE name = ?", name)
        return int(row["value"]) if row else 0

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A savepoint: what is done inside is taken back when it raises."""
        self._connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO attempt")
            self._connection.execute("RELEASE attempt")
            raise
        self._connection.execute("RELEASE attempt")


class State:
    """The file (or memory) that holds the books; survives a restart and a killed process.

    ``path`` None keeps everything in memory. One transaction at a time, whatever the thread.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        target: Any = ":memory:" if path is None else str(path)
        self._connection = sqlite3.connect(
            target, check_same_thread=False, isolation_level=None, timeout=10
        )
        self._connection.row_factory = sqlite3.Row
        if path is not None:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[Books]:
        """Begin, hand out the books, commit; anything raised inside rolls all of it back."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Books(self._connection)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
