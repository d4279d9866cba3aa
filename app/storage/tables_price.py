"""The tables of prices and of the lists that bound them, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text, text

from app.storage.tables import METADATA

IN_FORCE = "state = 'in_force'"

PRICE_CHANGE = Table(
    "price_change",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("catalogue_version", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    # Of one drug one price counts: the table itself says so.
    Index(
        "uq_price_change_in_force",
        "medicine_id",
        unique=True,
        sqlite_where=text(IN_FORCE),
        postgresql_where=text(IN_FORCE),
    ),
    Index("ix_price_change_medicine_id", "medicine_id", "effective_at"),
    Index("ix_price_change_state", "state", "effective_at"),
    Index("ix_price_change_catalogue_version", "catalogue_version"),
)

PRICE_TERM = Table(
    "price_term",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("begins", String(10), nullable=False),
    Column("ends", String(10)),
    Column("list_id", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_price_term_medicine_id", "medicine_id", "kind"),
    Index("ix_price_term_begins", "begins"),
    Index("ix_price_term_ends", "ends"),
)

PRICE_LIST = Table(
    "price_list",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_price_list_kind", "kind", "at"),
)
