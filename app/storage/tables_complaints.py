"""The table of complaints, beside the main ones."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from app.storage.tables import METADATA

COMPLAINT = Table(
    "complaint",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("received_on", String(10), nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sealed_body", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_complaint_state", "store_id", "state", "due_on"),
)
"""``sealed_body``: the whole complaint with its steps; it may name anybody."""
