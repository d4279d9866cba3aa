"""The tables of shifts, their drawers and closed days, beside :mod:`app.storage.tables`."""

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
    UniqueConstraint,
    text,
)

from app.storage.tables import METADATA

SHIFT = Table(
    "shift",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("number", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("until_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("holder", String(64), nullable=False),
    Column("by_itself", Boolean, nullable=False),
    Column("closed_by", String(64), nullable=False),
    Column("released_by", String(64), nullable=False),
    Column("sealed_reason", LargeBinary),
    Column("close_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("store_id", "number"),
    # One open shift a till: what a sale belongs to is never a question.
    Index(
        "uq_shift_open",
        "store_id",
        "till_id",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_shift_close_id", "close_id"),
    Index("ix_shift_opened_at", "opened_at"),
)

DRAWER_MOVE = Table(
    "drawer_move",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("shift_id", String(64), ForeignKey("shift.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("sealed_note", LargeBinary),
    Column("second_by", String(64), nullable=False),
    Index("ix_drawer_move_shift_id", "shift_id"),
    Index(
        "uq_drawer_move_float",
        "shift_id",
        unique=True,
        sqlite_where=text("kind = 'float'"),
        postgresql_where=text("kind = 'float'"),
    ),
)

DRAWER_COUNT = Table(
    "drawer_count",
    METADATA,
    Column("shift_id", String(64), ForeignKey("shift.id"), nullable=False),
    Column("no", Integer, nullable=False),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("pieces", Text, nullable=False),
    PrimaryKeyConstraint("shift_id", "no"),
)

DAY_CLOSE = Table(
    "day_close",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("no", Integer, nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("totals", Text, nullable=False),
    Column("open_items", Text, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("store_id", "day"),
    UniqueConstraint("store_id", "no"),
)
