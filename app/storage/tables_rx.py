"""Tables of prescriptions, pharmacists and the lists around them, beside :mod:`app.storage.tables`.

The same rules hold: ``sealed_*`` are ciphertexts, ``mac_*`` keyed hashes, BIGINT for moments and
quantities. Days are ISO texts of ten signs, which compare as days do.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from app.storage.tables import METADATA, RUNNING


def _id() -> Column[str]:
    return Column("id", String(64), primary_key=True)


def _store() -> Column[str]:
    return Column("store_id", String(64), nullable=False)


def _till() -> tuple[Column[str], Column[str]]:
    return _store(), Column("till_id", String(64), nullable=False)


def _number(name: str, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _day(name: str, nullable: bool = False) -> Column[str]:
    return Column(name, String(10), nullable=nullable)


LIVE_WITH_A_SALE = (
    "sale_id <> '' AND state NOT IN ('dead', 'refused', 'released', 'returned', 'used')"
)
"""Cases that hold their sale for themselves; a test holds it against ``rx_states.LIVE``."""

RX_CASE = Table(
    "rx_case",
    METADATA,
    _id(),
    *_till(),
    Column("state", String(16), nullable=False),
    Column("form", String(16), nullable=False),
    Column("sale_id", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    _number("arrived_at"),
    _number("reviewed_at", nullable=True),
    _number("used_at", nullable=True),
    Column("asked", Integer, nullable=False),
    _number("next_ask_at", nullable=True),
    Column("mac_number", LargeBinary(32), nullable=False),
    Column("sealed_sheet", LargeBinary, nullable=False),
    Column("sealed_tokens", LargeBinary),
    Column("sealed_acts", LargeBinary, nullable=False),
    Column("sealed_last_text", LargeBinary),
    Column("version", Integer, nullable=False),
    Index("ix_rx_case_store_id_state", "store_id", "state", "arrived_at"),
    Index("ix_rx_case_store_id_arrived_at", "store_id", "arrived_at"),
    Index("ix_rx_case_mac_number", "mac_number"),
    Index("ix_rx_case_sale_id", "sale_id"),
    Index(
        "uq_rx_case_live_sale",
        "sale_id",
        unique=True,
        sqlite_where=text(LIVE_WITH_A_SALE),
        postgresql_where=text(LIVE_WITH_A_SALE),
    ),
)

# Beside the case and not in it: a queue of fifty prescriptions must not read fifty pictures.
RX_FILE = Table(
    "rx_file",
    METADATA,
    Column("case_id", String(64), ForeignKey("rx_case.id"), primary_key=True),
    Column("sealed_content", LargeBinary, nullable=False),
)

# A download under way: it has no sheet yet, and a sheet is never changed.
RX_OPENING = Table(
    "rx_opening",
    METADATA,
    _id(),
    *_till(),
    _number("at"),
    Column("sealed_opening", LargeBinary, nullable=False),
    Index("ix_rx_opening_store_id", "store_id", "at"),
)

PHARMACIST = Table(
    "pharmacist",
    METADATA,
    _store(),
    Column("staff_id", String(64), nullable=False),
    Column("sealed_binding", LargeBinary, nullable=False),
    PrimaryKeyConstraint("store_id", "staff_id"),
)

DUTY = Table(
    "duty",
    METADATA,
    _id(),
    *_till(),
    Column("staff_id", String(64), nullable=False),
    _number("on_at"),
    _number("off_at", nullable=True),
    Column("off_why", String(16), nullable=False),
    Column("remote", Boolean, nullable=False),
    Index("ix_duty_store_id_on_at", "store_id", "on_at"),
    # Nobody is in the shop twice.
    Index(
        "uq_duty_open",
        "store_id",
        "staff_id",
        unique=True,
        sqlite_where=text("off_at IS NULL"),
        postgresql_where=text("off_at IS NULL"),
    ),
)

OWING = Table(
    "owing",
    METADATA,
    _id(),
    *_till(),
    Column("case_id", String(64), nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    _day("due"),
    _number("made_at"),
    _number("settled_at", nullable=True),
    # With the case beside it the name of the drug says what somebody suffers from.
    Column("sealed_what", LargeBinary, nullable=False),
    Index("ix_owing_store_id_state", "store_id", "state", "due"),
    Index("ix_owing_case_id", "case_id"),
)

UNMET_REQUEST = Table(
    "unmet_request",
    METADATA,
    _id(),
    *_till(),
    _number("at"),
    Column("name", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("national_code", String(64), nullable=False),
    _number("quantity"),
    Column("unit", Text, nullable=False),
    Column("why", String(16), nullable=False),
    Column("case_id", String(64), nullable=False),
    _number("done_at", nullable=True),
    Index("ix_unmet_request_store_id_at", "store_id", "done_at", "at"),
)

CIRCULATION_LIST = Table(
    "circulation_list",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    _store(),
    Column("version", Text, nullable=False),
    _day("effective"),
    _number("imported_at"),
    Column("importer_id", String(64), nullable=False),
    Column("source", String(16), nullable=False),
    Column("checksum", Text, nullable=False),
    Column("entries", Integer, nullable=False),
    Index("ix_circulation_list_store_id", "store_id", "seq"),
)

CIRCULATION_ENTRY = Table(
    "circulation_entry",
    METADATA,
    Column("list_seq", RUNNING, ForeignKey("circulation_list.seq"), nullable=False),
    Column("national_code", String(64), nullable=False),
    Column("no", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("maker", Text, nullable=False),
    _day("valid_from", nullable=True),
    _day("valid_to", nullable=True),
    PrimaryKeyConstraint("list_seq", "national_code", "no"),
    sqlite_with_rowid=False,
)

LISTED = Table(
    "listed",
    METADATA,
    _store(),
    Column("kind", String(16), nullable=False),
    Column("code", String(64), nullable=False),
    Column("no", Integer, nullable=False),
    Column("disease", String(64), nullable=False),
    _day("begins"),
    _day("ends", nullable=True),
    Column("sealed_name", LargeBinary),
    PrimaryKeyConstraint("store_id", "kind", "code", "no"),
    sqlite_with_rowid=False,
)
