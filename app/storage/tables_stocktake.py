"""The tables of stock-takes, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.storage.tables import METADATA, RUNNING

STOCKTAKE = Table(
    "stocktake",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("number", String(32), nullable=False),
    Column("period", String(16)),
    Column("state", String(16), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("sealed_handed_to", LargeBinary),
    UniqueConstraint("store_id", "number"),
    UniqueConstraint("store_id", "period"),
)

STOCKTAKE_LINE = Table(
    "stocktake_line",
    METADATA,
    Column("stocktake_id", String(64), ForeignKey("stocktake.id"), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("medicine_id", String(64), nullable=False),
    Column("lot_id", String(64), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("position", String(64), nullable=False),
    Column("expected", BigInteger, nullable=False),
    Index("ix_stocktake_line_medicine_id", "medicine_id"),
)

STOCKTAKE_LIST = Table(
    "stocktake_list",
    METADATA,
    Column("stocktake_id", String(64), ForeignKey("stocktake.id"), primary_key=True),
    Column("body", Text, nullable=False),
)

STOCKTAKE_ENTRY = Table(
    "stocktake_entry",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("id", String(64), nullable=False, unique=True),
    Column("stocktake_id", String(64), ForeignKey("stocktake.id"), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("lot_id", String(64), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("position", String(64), nullable=False),
    Column("round", String(8), nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("counter_id", String(64), nullable=False),
    Column("by_id", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("in_basket", Boolean, nullable=False),
    Column("undoes", String(64), nullable=False),
    Column("batch", String(64), nullable=False),
    Column("made_on", String(10)),
    Column("expires_on", String(10)),
    Index("ix_stocktake_entry_stocktake_id", "stocktake_id"),
)

STOCKTAKE_SHEET = Table(
    "stocktake_sheet",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("id", String(64), nullable=False, unique=True),
    Column("stocktake_id", String(64), ForeignKey("stocktake.id"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by_id", String(64), nullable=False),
    Column("entries", Integer, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("stocktake_id", "digest"),
)

STOCKTAKE_DIFFERENCE = Table(
    "stocktake_difference",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("stocktake_id", String(64), ForeignKey("stocktake.id"), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("lot_id", String(64), nullable=False),
    Column("batch", String(64), nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("ledger", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("round", String(8), nullable=False),
    Column("moved", Boolean, nullable=False),
    Column("why", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("reason_by", String(64), nullable=False),
    Column("more", Text, nullable=False),
    UniqueConstraint("stocktake_id", "medicine_id", "lot_id", "batch"),
)

STOCKTAKE_RESULT = Table(
    "stocktake_result",
    METADATA,
    Column("stocktake_id", String(64), ForeignKey("stocktake.id"), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("medicine_id", String(64), nullable=False),
    Column("lot_id", String(64), nullable=False),
    Column("batch", String(64), nullable=False),
    Column("counted", BigInteger),
    Column("ledger", BigInteger, nullable=False),
    Column("at", BigInteger),
    Column("round", String(8), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("worth_fen", BigInteger),
    Column("counters", Text, nullable=False),
)

SHELF_ZONE = Table(
    "shelf_zone",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("ordering", Integer, nullable=False),
    UniqueConstraint("store_id", "name"),
)

SHELF_PLACE = Table(
    "shelf_place",
    METADATA,
    Column("store_id", String(64), primary_key=True),
    Column("medicine_id", String(64), primary_key=True),
    Column("zone", String(64), primary_key=True),
    Column("position", String(64), primary_key=True),
)
