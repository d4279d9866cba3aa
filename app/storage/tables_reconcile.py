"""The tables of comparisons with the platform, beside the main ones."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.storage.tables import METADATA

STATEMENT = Table(
    "statement",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_statement_day", "store_id", "day", "at"),
)
"""``body``: groups and sums; it names no person."""

STATEMENT_DIFFERENCE = Table(
    "statement_difference",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("key", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("cause", String(24), nullable=False),
    Column("state", String(16), nullable=False),
    Column("act", String(24), nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("sealed_body", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("store_id", "day", "key"),
    Index("ix_statement_difference_state", "store_id", "state", "day"),
)
"""``sealed_body``: the whole difference with person number and ground."""

STATEMENT_CORRECTION = Table(
    "statement_correction",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("msgid", String(30), nullable=False),
    Column("negative", Boolean, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("day", String(10), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("fund_fen", BigInteger, nullable=False),
    Column("account_fen", BigInteger, nullable=False),
    Column("sealed_body", LargeBinary, nullable=False),
    Index("ix_statement_correction_day", "store_id", "day"),
    Index("ix_statement_correction_msgid", "msgid"),
)
