"""The tables of inspectors' accounts, of what they looked at, and of packs that were made."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table

from app.storage.tables import METADATA, RUNNING


def _acts() -> tuple[Column[str], Column[str]]:
    return Column("store_id", String(64), nullable=False), Column(
        "till_id", String(64), nullable=False
    )


INSPECTOR_PASS = Table(
    "inspector_pass",
    METADATA,
    Column("staff_id", String(64), primary_key=True),
    *_acts(),
    Column("begins_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    # Who sent them and by which order: names of officials and of people under inquiry.
    Column("sealed_order", LargeBinary),
    Column("opened_by", String(64), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("closed_by", String(64), nullable=False),
    Column("closed_at", BigInteger),
)

INSPECTION_LOOK = Table(
    "inspection_look",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    *_acts(),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sealed_term", LargeBinary),
    Column("found", Integer, nullable=False),
    Column("sale_id", String(64), nullable=False),
    Index("ix_inspection_look_at", "store_id", "at"),
)

INSPECTION_PACK = Table(
    "inspection_pack",
    METADATA,
    Column("id", String(64), primary_key=True),
    *_acts(),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("second", String(64), nullable=False),
    Column("sealed_purpose", LargeBinary),
    Column("sealed_place", LargeBinary),
    Column("begins", BigInteger, nullable=False),
    Column("ends", BigInteger, nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("of_person", Boolean, nullable=False),
    Column("sheets", Integer, nullable=False),
    Column("gaps", Integer, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("masked", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Index("ix_inspection_pack_at", "store_id", "at"),
)
