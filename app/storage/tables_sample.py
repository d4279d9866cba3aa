"""The tables of boxes that a stock-take asks for, beside :mod:`app.storage.tables_stocktake`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text

from app.storage.tables import METADATA, RUNNING

STOCKTAKE_SAMPLE = Table(
    "stocktake_sample",
    METADATA,
    Column("stocktake_id", String(64), ForeignKey("stocktake.id"), primary_key=True),
    Column("lot_id", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("body", Text, nullable=False),
)

STOCKTAKE_SCAN = Table(
    "stocktake_scan",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("id", String(64), nullable=False, unique=True),
    Column("stocktake_id", String(64), ForeignKey("stocktake.id"), nullable=False),
    Column("lot_id", String(64), nullable=False),
    Column("code", String(100), nullable=False),
    Column("told", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by_id", String(64), nullable=False),
    Column("taken_back", Boolean, nullable=False),
    Index("ix_stocktake_scan_stocktake_id", "stocktake_id", "lot_id"),
)
