"""The tables of what becomes of evidence: deletions, holds, looks, exports."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from app.storage.tables import METADATA, RUNNING


def _acts() -> tuple[Column[str], Column[str]]:
    return Column("store_id", String(64), nullable=False), Column(
        "till_id", String(64), nullable=False
    )


EVIDENCE_DELETION = Table(
    "evidence_deletion",
    METADATA,
    # One record a piece: what was decided twice would be a lie.
    Column("exhibit_id", String(64), primary_key=True),
    *_acts(),
    Column("kind", String(32), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("rule", String(32), nullable=False),
    Column("days", Integer, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("decided_at", BigInteger, nullable=False),
    Column("run", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("destroyed_at", BigInteger),
    Index("ix_evidence_deletion_till_id", "till_id", "destroyed_at"),
    Index("ix_evidence_deletion_store_id", "store_id", "decided_at"),
)

EVIDENCE_HOLD = Table(
    "evidence_hold",
    METADATA,
    Column("id", String(64), primary_key=True),
    *_acts(),
    Column("scope", String(16), nullable=False),
    Column("target", String(64), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("sealed_file_no", LargeBinary),
    Column("set_at", BigInteger, nullable=False),
    Column("set_by", String(64), nullable=False),
    Column("lifted_at", BigInteger),
    Column("lifted_by", String(64), nullable=False),
    Column("lifted_second", String(64), nullable=False),
    Index("ix_evidence_hold_store_id", "store_id", "set_at"),
)

EVIDENCE_LOOK = Table(
    "evidence_look",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    *_acts(),
    Column("exhibit_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Index("ix_evidence_look_exhibit_id", "exhibit_id"),
)

EVIDENCE_PARCEL = Table(
    "evidence_parcel",
    METADATA,
    Column("id", String(64), primary_key=True),
    *_acts(),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("second", String(64), nullable=False),
    Column("sealed_purpose", LargeBinary),
    Column("pieces", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Index("ix_evidence_parcel_store_id", "store_id", "at"),
)
