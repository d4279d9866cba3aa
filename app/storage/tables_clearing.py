"""The tables of claims of months, remittances and refused fees, beside the main ones."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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

CLEARING_CLAIM = Table(
    "clearing_claim",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("month", String(7), nullable=False),
    Column("clr_type", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_clearing_claim_month", "store_id", "month"),
)

REMITTANCE = Table(
    "remittance",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("month", String(7), nullable=False),
    Column("insutype", String(8), nullable=False),
    Column("clr_type", String(8), nullable=False),
    Column("paid_on", String(10), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reference", String(120), nullable=False),
    Column("batch", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    UniqueConstraint("store_id", "month", "insutype", "clr_type", "reference"),
)

REFUSED_FEE = Table(
    "refused_fee",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("month", String(7), nullable=False),
    Column("state", String(16), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sealed_body", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_refused_fee_month", "store_id", "month"),
)
"""``sealed_body``: the whole fee; a reason mostly names a patient."""
