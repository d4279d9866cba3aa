"""The table of exhibits, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from app.storage.tables import METADATA

EVIDENCE = Table(
    "evidence",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("media", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("person_id", String(64), nullable=False, server_default=""),
    Column("about", String(64), nullable=False, server_default=""),
    # When its deletion was decided; the row stays, its bytes go.
    Column("deleted_at", BigInteger),
    Index("ix_evidence_sale_id", "sale_id"),
    Index("ix_evidence_person_id", "person_id"),
    Index("ix_evidence_about", "about"),
    Index("ix_evidence_till_id", "till_id", "at"),
)
