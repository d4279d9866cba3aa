"""Tables of a store that several tills share, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.storage.tables import METADATA

STORE = Table(
    "store",
    METADATA,
    # One database holds one store: the table itself has room for one row.
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("id", String(64), nullable=False, unique=True),
    Column("institution_code", String(12), nullable=False),
    Column("sealed_record", LargeBinary, nullable=False),
    Column("ring", Text, nullable=False),
    Column("made_at", BigInteger),
    CheckConstraint("place = 1", name="one_store"),
)
"""``ring``: the store's data keys, each wrapped; ``made_at``: empty while ``setup`` is at work."""

TILL = Table(
    "till",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), ForeignKey("store.id"), nullable=False),
    Column("no", Integer, nullable=False),
    Column("seat", String(64), nullable=False),
    Column("joined_at", BigInteger, nullable=False),
    UniqueConstraint("store_id", "no"),
)
