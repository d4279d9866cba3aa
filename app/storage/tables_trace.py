"""The tables of trace codes, of the quality list and of boxes without codes."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from app.storage.tables import METADATA, RUNNING

RECEIVED_CODE = Table(
    "received_code",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("code", String(100), nullable=False),
    Column("lot_id", String(64), ForeignKey("stock_lot.id"), nullable=False),
    Column("document_id", String(64), nullable=False),
    Column("carton", String(100), nullable=False),
    Column("source", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("live", Boolean, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("left_at", BigInteger),
    Column("left_by", String(64), nullable=False),
    # A box is on hand once; that it left and came again is told by further rows.
    Index(
        "uq_received_code_live",
        "code",
        unique=True,
        sqlite_where=text("live"),
        postgresql_where=text("live"),
    ),
    Index("ix_received_code_code", "code"),
    Index("ix_received_code_lot_id", "lot_id"),
    Index("ix_received_code_document_id", "document_id"),
    Index("ix_received_code_carton", "carton"),
)

NOTICED_CODE = Table(
    "noticed_code",
    METADATA,
    Column("code", String(100), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("import_id", String(64), nullable=False),
    Column("carton", String(100), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("batch", Text, nullable=False),
    Column("made_on", String(10)),
    Column("expires_on", String(10)),
    Column("at", BigInteger, nullable=False),
    Index("ix_noticed_code_carton", "carton"),
    Index("ix_noticed_code_import_id", "import_id"),
)

QUALITY_CASE = Table(
    "quality_case",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("live", Boolean, nullable=False),
    Column("code", String(100), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("batch", Text, nullable=False),
    Column("lot_id", String(64), nullable=False),
    Column("why", String(32), nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("found_by", String(64), nullable=False),
    Column("till_no", Integer, nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("steps", Text, nullable=False),
    Index(
        "uq_quality_case_live",
        "code",
        unique=True,
        sqlite_where=text("live AND code <> ''"),
        postgresql_where=text("live AND code <> ''"),
    ),
    Index("ix_quality_case_code", "code"),
    Index("ix_quality_case_live", "live", "found_at"),
)

NO_CODE_LOT = Table(
    "no_code_lot",
    METADATA,
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("batch", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("source", Text, nullable=False),
    PrimaryKeyConstraint("store_id", "medicine_id", "batch"),
)

UNCODED_LINE = Table(
    "uncoded_line",
    METADATA,
    Column("sale_id", String(64), nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("batch", Text, nullable=False),
    Column("reason", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("staff_id", String(64), nullable=False),
    PrimaryKeyConstraint("sale_id", "line_no"),
    Index("ix_uncoded_line_medicine_id", "medicine_id", "batch", "at"),
    Index("ix_uncoded_line_at", "at"),
)
