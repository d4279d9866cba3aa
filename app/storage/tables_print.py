"""The table of papers on their way to the printer, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from app.storage.tables import METADATA, RUNNING

PRINT_JOB = Table(
    "print_job",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("id", String(128), nullable=False),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("document", String(16), nullable=False),
    Column("copy", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reprint", Boolean, nullable=False),
    Column("given", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("line_no", Integer, nullable=False, server_default="0"),
    Column("usage", Text, nullable=False, server_default=""),
    UniqueConstraint("id"),
    Index("ix_print_job_till_id", "till_id", "state", "seq"),
)
