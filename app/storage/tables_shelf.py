"""The tables of the shelf's own records: minimum stock, recalls, original boxes of split packs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from app.storage.tables import METADATA


def _acts() -> tuple[Column[str], Column[str]]:
    return Column("store_id", String(64), nullable=False), Column(
        "till_id", String(64), nullable=False
    )


STOCK_MINIMUM = Table(
    "stock_minimum",
    METADATA,
    Column("medicine_id", String(64), primary_key=True),
    *_acts(),
    Column("least", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
)

STOCK_RECALL = Table(
    "stock_recall",
    METADATA,
    Column("id", String(64), primary_key=True),
    *_acts(),
    Column("number", String(32), nullable=False, unique=True),
    Column("batch", Text, nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("level", String(8), nullable=False),
    Column("source", String(16), nullable=False),
    Column("notice_no", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("begun_by", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("ended_at", BigInteger),
    Column("ended_by", String(64), nullable=False),
    Column("result", Text, nullable=False),
    Index("ix_stock_recall_batch", "batch"),
)

SPLIT_PACK_KEPT = Table(
    "split_pack_kept",
    METADATA,
    Column("pack_id", String(64), primary_key=True),
    *_acts(),
    Column("place", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("staff_id", String(64), nullable=False),
)
