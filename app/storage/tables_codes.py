"""The table of learned product parts of trace codes, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, String, Table

from app.storage.tables import METADATA

PACK_CODE = Table(
    "pack_code",
    METADATA,
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("product_code", String(14), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("level", String(8), nullable=False),
    Column("units", Integer, nullable=False),
    Column("learned_at", BigInteger, nullable=False),
    Column("learned_by", String(64), nullable=False),
    PrimaryKeyConstraint("store_id", "product_code"),
    Index("ix_pack_code_medicine_id", "medicine_id"),
)
