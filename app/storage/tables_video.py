"""Tables of purchase stills, video marks and looks at the recorder; they name nobody."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from app.storage.tables import METADATA

PURCHASE_STILL = Table(
    "purchase_still",
    METADATA,
    Column("sale_id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("till_no", Integer, nullable=False),
    Column("receipt_no", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("settlement_ids", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("exhibit_id", String(64), nullable=False),
    Column("consent_id", String(64), nullable=False),
    Column("fault", String(16), nullable=False),
    Column("gap", String(16), nullable=False),
    Column("answer", String(32), nullable=False),
    Column("answered_by", String(64), nullable=False),
    Column("answered_at", BigInteger, nullable=True),
    Index("ix_purchase_still_state", "store_id", "state", "answer"),
)

VIDEO_MARK = Table(
    "video_mark",
    METADATA,
    Column("sale_id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("till_no", Integer, nullable=False),
    Column("channels", String(1024), nullable=False),
    Column("begins", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("receipt_no", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("settlement_types", String(128), nullable=False),
    Index("ix_video_mark_ends", "store_id", "ends"),
)

RECORDER_CHECK = Table(
    "recorder_check",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("way", String(16), nullable=False),
    Column("live", String(1024), nullable=False),
    Column("down", String(1024), nullable=False),
    Column("oldest", String(10), nullable=False),
    Column("ahead_seconds", Integer, nullable=True),
    Column("free_days", Integer, nullable=True),
    Column("keep_days", Integer, nullable=True),
    Column("doubts", String(256), nullable=False),
    Column("answer", String(32), nullable=False),
    Column("answered_by", String(64), nullable=False),
    Column("answered_at", BigInteger, nullable=True),
    Index("ix_recorder_check_at", "store_id", "at"),
)
