"""The tables of supervision alerts and of notes on watched drugs, beside the main ones."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
)

from app.storage.tables import METADATA

SUPERVISION_ALERT = Table(
    "supervision_alert",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("settlement_id", String(64), nullable=False),
    Column("rule_id", String(50), nullable=False),
    Column("state", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sealed_body", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_supervision_alert_state", "store_id", "state", "at"),
    Index("ix_supervision_alert_at", "store_id", "at"),
    Index("ix_supervision_alert_sale", "sale_id"),
)
"""``sealed_body``: the whole alert; its text mostly names a drug, and sometimes a patient."""

SALE_LINE_NOTE = Table(
    "sale_line_note",
    METADATA,
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sealed_words", LargeBinary, nullable=False),
    PrimaryKeyConstraint("sale_id", "line_no"),
    Index("ix_sale_line_note_at", "store_id", "at"),
)
"""``sealed_words``: why it was handed out; it may name a patient."""
