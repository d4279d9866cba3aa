"""The table of templates of faces, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table

from app.storage.tables import METADATA, RUNNING

FACE_TEMPLATE = Table(
    "face_template",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("model_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("second_id", String(64), nullable=False),
    Column("consent_id", String(64), nullable=False),
    Column("sealed_values", LargeBinary),
    Index("ix_face_template_person_id", "person_id"),
)
