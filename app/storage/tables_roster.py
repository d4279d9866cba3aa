"""The tables of rosters, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from app.storage.tables import METADATA, RUNNING

ROSTER_BATCH = Table(
    "roster_batch",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("store_id", String(64), nullable=False),
    Column("settlement", String(16), nullable=False),
    Column("version", Text, nullable=False),
    Column("effective", String(10), nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("importer_id", String(64), nullable=False),
    Column("source", String(16), nullable=False),
    Column("checksum", Text, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("persons", Integer, nullable=False),
    Index("ix_roster_batch_store_id", "store_id", "seq"),
)

ROSTER_ENTRY = Table(
    "roster_entry",
    METADATA,
    Column("batch_seq", RUNNING, ForeignKey("roster_batch.seq"), nullable=False),
    Column("mac_cert_no", LargeBinary(32), nullable=False),
    Column("no", Integer, nullable=False),
    Column("sealed_person", LargeBinary),
    Column("disease", String(64), nullable=False),
    Column("disease_name", Text, nullable=False),
    Column("begins", String(10), nullable=False),
    Column("ends", String(10)),
    # A person's rows in one batch lie side by side: the look-up at the counter is one short walk.
    PrimaryKeyConstraint("batch_seq", "mac_cert_no", "no"),
    sqlite_with_rowid=False,
)
