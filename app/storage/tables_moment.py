"""What the books said at each typed count, beside :mod:`app.storage.tables_stocktake`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from app.storage.tables import METADATA, RUNNING

STOCKTAKE_MOMENT = Table(
    "stocktake_moment",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("stocktake_id", String(64), ForeignKey("stocktake.id"), nullable=False),
    Column("entry_id", String(64), nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("books", Text, nullable=False),
    Index("ix_stocktake_moment_stocktake_id", "stocktake_id", "seq"),
)
