"""The table of ids that were keyed in from the insurer's portal, beside the main ones."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, String, Table

from app.storage.tables import METADATA

PORTAL_ENTRY = Table(
    "portal_entry",
    METADATA,
    Column("store_id", String(64), primary_key=True),
    Column("setl_id", String(30), primary_key=True),
    Column("till_id", String(64), nullable=False),
    Column("settlement_id", String(64), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("cancel", Boolean, nullable=False),
    Column("by", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("told_at", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("fund", BigInteger, nullable=False),
    Column("account", BigInteger, nullable=False),
    Column("cash", BigInteger, nullable=False),
    Index("ix_portal_entry_settlement_id", "settlement_id"),
    Index("ix_portal_entry_sale_id", "sale_id"),
    Index("ix_portal_entry_told_at", "store_id", "told_at"),
)
"""Its key is what keeps one settlement of the platform from being booked twice in a store."""
