"""The tables of the store's own levels and of licences of staff, beside ``tables.STAFF``."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from app.storage.tables import METADATA

STAFF_LEVEL = Table(
    "staff_level",
    METADATA,
    Column("id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("store_id", String(64), nullable=False),
    Column("name", String(32), nullable=False),
    Column("rights", Text, nullable=False),
    Column("limits", Text, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    # Every version stays: what somebody could do on a day can be told years later.
    PrimaryKeyConstraint("id", "version"),
)

STAFF_LICENCE = Table(
    "staff_licence",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("staff_id", String(64), ForeignKey("staff.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sealed_number", LargeBinary, nullable=False),
    Column("expires", String(10), nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Index("ix_staff_licence_staff_id", "staff_id"),
)
