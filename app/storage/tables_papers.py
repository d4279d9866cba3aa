"""The tables of the store's papers, claims, marks and month values, beside the main ones."""

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
    Text,
)

from app.storage.tables import METADATA, RUNNING

STORE_PAPER = Table(
    "store_paper",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("begins", String(10), nullable=False),
    Column("ends", String(10)),
    Column("holder", String(64), nullable=False),
    Column("sealed_note", LargeBinary),
    Column("renews", String(64), unique=True),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("withdrawn_at", BigInteger),
)

CLAIM = Table(
    "claim",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("submitted_on", String(10), nullable=False),
    Column("reference", Text, nullable=False),
    Column("paid_on", String(10)),
    Column("paid_fen", BigInteger),
    Column("sealed_note", LargeBinary),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
)

DRUG_MARK = Table(
    "drug_mark",
    METADATA,
    Column("medicine_id", String(64), nullable=False),
    Column("mark", String(16), nullable=False),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    PrimaryKeyConstraint("medicine_id", "mark"),
)

MONTH_VALUE = Table(
    "month_value",
    METADATA,
    Column("store_id", String(64), nullable=False),
    Column("month", String(7), nullable=False),
    Column("name", String(64), nullable=False),
    Column("part", Integer, nullable=False),
    Column("whole", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    PrimaryKeyConstraint("store_id", "month", "name"),
)

INSURANCE_CHANGE = Table(
    "insurance_change",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("before", String(4), nullable=False),
    Column("after", String(4), nullable=False),
    Column("batch_no", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_insurance_change_at", "at"),
)
