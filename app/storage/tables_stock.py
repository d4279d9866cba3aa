"""The tables of lots and of what baskets hold of them, beside :mod:`app.storage.tables`."""

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

STOCK_LOT = Table(
    "stock_lot",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("batch", Text, nullable=False),
    Column("made_on", String(10)),
    Column("expires_on", String(10)),
    Column("received_at", BigInteger),
    Column("document_id", String(64), nullable=False),
    Column("supplier_id", String(64), nullable=False),
    Column("cost", BigInteger),
    Column("state", String(16), nullable=False),
    Column("why", String(64), nullable=False),
    Column("opening", Boolean, nullable=False),
    Column("sealed_judged", LargeBinary),
    Index("ix_stock_lot_medicine_id", "medicine_id", "expires_on"),
    Index("ix_stock_lot_batch", "batch"),
    Index("ix_stock_lot_document_id", "document_id"),
)

STOCK_HOLD = Table(
    "stock_hold",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("lot_id", String(64), ForeignKey("stock_lot.id"), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index("ix_stock_hold_lot_id", "lot_id"),
    Index("ix_stock_hold_sale_id", "sale_id"),
)

STOCK_DOCUMENT = Table(
    "stock_document",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("number", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("second_id", String(64), nullable=False),
    Column("party_id", String(64), nullable=False),
    Column("corrects", String(64), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("note", Text, nullable=False),
    UniqueConstraint("store_id", "number"),
    Index("ix_stock_document_at", "at"),
)
