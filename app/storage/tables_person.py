"""The tables of checks and consents of persons, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from app.storage.tables import METADATA, RUNNING

PERSON_CHECK = Table(
    "person_check",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("way", String(16), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("credential", String(8), nullable=False),
    Column("model_id", String(64), nullable=False),
    Column("distance_e4", Integer),
    Column("threshold_e4", Integer),
    Column("liveness", String(32), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("consent_id", String(64), nullable=False),
    Column("second_id", String(64), nullable=False),
    Column("reason", String(32), nullable=False),
    Index("ix_person_check_sale_id", "sale_id"),
    Index("ix_person_check_person_id", "person_id"),
)

CONSENT = Table(
    "consent",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("text_version", String(32), nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Column("given_to", String(64), nullable=False),
    Column("how", String(8), nullable=False),
    Column("exhibit_id", String(64), nullable=False),
    Column("guardian", Boolean, nullable=False),
    Column("withdrawn_at", BigInteger),
    Column("withdrawn_by", String(64), nullable=False),
    Index("ix_consent_person_id", "person_id"),
)
