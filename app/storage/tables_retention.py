"""The tables of records that went, beside :mod:`app.storage.tables`; they name nobody."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
)

from app.storage.tables import METADATA

RECORD_DELETION = Table(
    "record_deletion",
    METADATA,
    Column("kind", String(32), nullable=False),
    Column("record_id", String(128), nullable=False),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("rule", String(32), nullable=False),
    Column("days", Integer, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("run", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("batch", Integer, nullable=False),
    PrimaryKeyConstraint("kind", "record_id"),
    Index("ix_record_deletion_run", "run", "batch"),
    Index("ix_record_deletion_at", "store_id", "at"),
    sqlite_with_rowid=False,
)

PERSON_SEEN = Table(
    "person_seen",
    METADATA,
    Column("person_id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""When a person was met last: read from a card, typed, or first seen by the run as he is. A change
of keys changes nothing here."""
