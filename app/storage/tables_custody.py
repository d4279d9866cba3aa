"""The tables of held cards, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table
from sqlalchemy import Text as Words

from app.storage.tables import METADATA

HELD_CARD = Table(
    "held_card",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("mac_cert_no", LargeBinary(32), nullable=False),
    Column("mac_card_no", LargeBinary(32), nullable=False),
    Column("sealed_holder", LargeBinary),
    Column("cause", String(16), nullable=False),
    Column("disease", Words, nullable=False),
    Column("applied_on", String(10), nullable=False),
    Column("applied_by", String(64), nullable=False),
    Column("application_id", String(64), nullable=False),
    Column("filing_no", Words, nullable=False),
    Column("filed_on", String(10)),
    Column("filed_by", String(64), nullable=False),
    Column("consent_no", Words, nullable=False),
    Column("consent_on", String(10)),
    Column("valid_until", String(10)),
    Column("consent_by", String(64), nullable=False),
    Column("taken_at", BigInteger),
    Column("taken_by", String(64), nullable=False),
    Column("place", Words, nullable=False),
    Column("envelope", Words, nullable=False),
    Column("expected_return", String(10)),
    Column("ended_at", BigInteger),
    Column("ended_by", String(64), nullable=False),
    Column("return_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_held_card_store_id_state", "store_id", "state"),
    Index("ix_held_card_mac_cert_no", "mac_cert_no"),
    Index("ix_held_card_mac_card_no", "mac_card_no"),
)

HELD_CARD_USE = Table(
    "held_card_use",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("held_id", String(64), ForeignKey("held_card.id"), nullable=False),
    Column("sale_id", String(64), nullable=False, unique=True),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("way", String(16), nullable=False),
    Column("due", String(10), nullable=False),
    Column("sealed_bearer", LargeBinary),
    Column("receipt_id", String(64), nullable=False),
    Column("confirmed_at", BigInteger),
    Column("confirmed_by", String(64), nullable=False),
    Index("ix_held_card_use_held_id", "held_id"),
    Index("ix_held_card_use_store_id_confirmed_at", "store_id", "confirmed_at"),
)

HELD_CARD_GAP = Table(
    "held_card_gap",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("held_id", String(64), nullable=False),
    Column("found_at", BigInteger, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("sealed_words", LargeBinary),
    Column("ended_at", BigInteger),
    Column("ended_by", String(64), nullable=False),
    Column("end", String(16), nullable=False),
    Index("ix_held_card_gap_store_id_ended_at", "store_id", "ended_at"),
)

HELD_CARD_COUNT = Table(
    "held_card_count",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("expected", Integer, nullable=False),
    Column("found", Integer, nullable=False),
    Column("surplus", Integer, nullable=False),
    Index("ix_held_card_count_store_id_at", "store_id", "at"),
)
