"""Every table of the till's books, once, for both databases (SQLAlchemy Core).

Money in fen, unit prices x 10^6, quantities x 10^4, moments in microseconds UTC: all BIGINT.
Columns named ``sealed_*`` hold ciphertexts of :class:`app.ports.Secrets`, columns named ``mac_*``
keyed hashes for look-up; nothing that names a person stands in any other column.
Rows of an act carry the store and the till that acted.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

RUNNING = BigInteger().with_variant(Integer(), "sqlite")
"""A running number; SQLite counts only an INTEGER PRIMARY KEY up by itself."""


def _id() -> Column[str]:
    return Column("id", String(64), primary_key=True)


def _till() -> tuple[Column[str], Column[str]]:
    return Column("store_id", String(64), nullable=False), Column(
        "till_id", String(64), nullable=False
    )


def _number(name: str, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


SALE = Table(
    "sale",
    METADATA,
    _id(),
    *_till(),
    Column("state", String(16), nullable=False),
    _number("opened_at"),
    _number("held_at", nullable=True),
    _number("done_at", nullable=True),
    Column("cashier_id", String(64), nullable=False),
    Column("person_id", String(64), nullable=False),
    Column("receipt_no", String(64)),
    Column("practice", Boolean, nullable=False),
    Column("replaces", String(64), nullable=False),
    Column("sealed_prescription", LargeBinary),
    _number("total"),
    Column("line_count", Integer, nullable=False),
    Column("first_line", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("shift_id", String(64), nullable=False, server_default=""),
    UniqueConstraint("store_id", "receipt_no"),
    Index("ix_sale_till_id_state", "till_id", "state"),
    Index("ix_sale_till_id_done_at", "till_id", "done_at"),
    Index("ix_sale_person_id_done_at", "person_id", "done_at"),
    # Baskets have no shift yet: keeping them costs nothing here.
    Index(
        "ix_sale_shift_id",
        "shift_id",
        sqlite_where=text("shift_id <> ''"),
        postgresql_where=text("shift_id <> ''"),
    ),
)

SALE_LINE = Table(
    "sale_line",
    METADATA,
    Column("sale_id", String(64), ForeignKey("sale.id"), nullable=False),
    Column("no", Integer, nullable=False),
    Column("medicine_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    _number("quantity"),
    _number("price"),
    _number("amount"),
    Column("settlement_type", String(16), nullable=False),
    Column("self_paid_by_choice", Boolean, nullable=False),
    Column("batch", Text, nullable=False),
    Column("expiry", String(10), nullable=False),
    Column("trace_codes", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("picks", Text, nullable=False, server_default="[]"),
    PrimaryKeyConstraint("sale_id", "no"),
    Index("ix_sale_line_medicine_id", "medicine_id"),
    sqlite_with_rowid=False,
)

TENDER = Table(
    "tender",
    METADATA,
    Column("sale_id", String(64), ForeignKey("sale.id"), nullable=False),
    Column("no", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    _number("amount"),
    Column("reference", Text, nullable=False),
    Column("settlement_id", String(64), nullable=False),
    PrimaryKeyConstraint("sale_id", "no"),
    sqlite_with_rowid=False,
)

PERSON = Table(
    "person",
    METADATA,
    _id(),
    *_till(),
    Column("mac_psn_no", LargeBinary(32), nullable=False, unique=True),
    Column("mac_cert_no", LargeBinary(32), nullable=False),
    Column("sealed_insured", LargeBinary, nullable=False),
    Index("ix_person_mac_cert_no", "mac_cert_no"),
)

SETTLEMENT = Table(
    "settlement",
    METADATA,
    _id(),
    *_till(),
    Column("sale_id", String(64), ForeignKey("sale.id"), nullable=False),
    Column("person_id", String(64), ForeignKey("person.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("settlement_type", String(16), nullable=False),
    Column("route", String(16), nullable=False),
    Column("med_type", String(16), nullable=False),
    Column("account_use", String(4), nullable=False),
    Column("insurance_row", Text, nullable=False),
    Column("line_nos", Text, nullable=False),
    Column("disease_code", Text, nullable=False),
    Column("disease_name", Text, nullable=False),
    _number("created_at"),
    _number("submitted_at", nullable=True),
    Column("settle_msgid", String(30), nullable=False),
    Column("settle_infno", String(8), nullable=False),
    Column("cancel_msgid", String(30), nullable=False),
    _number("total", nullable=True),
    _number("fund", nullable=True),
    _number("account", nullable=True),
    _number("cash", nullable=True),
    Column("setl_id", Text, nullable=False),
    Column("quote", Text),
    Column("answer", Text),
    Column("cancel_answer", Text),
    _number("estimate_fund_fen", nullable=True),
    Column("digest", String(64), nullable=False),
    Column("mode", String(16), nullable=False, server_default="direct"),
    Column("infver", String(8), nullable=False, server_default=""),
    Column("visit_no", Text),
    Column("visit_state", String(16)),
    Column("visit_mdtrt_id", Text),
    Column("visit_batch", Text),
    Column("asked", Integer, nullable=False),
    _number("next_ask_at", nullable=True),
    _number("absent_at", nullable=True),
    Column("sealed_last_text", LargeBinary),
    Column("sealed_decisions", LargeBinary),
    Column("version", Integer, nullable=False),
    Index("ix_settlement_sale_id", "sale_id"),
    Index("ix_settlement_till_id_state", "till_id", "state"),
    Index(
        "ix_settlement_setl_id",
        "setl_id",
        sqlite_where=text("setl_id <> ''"),
        postgresql_where=text("setl_id <> ''"),
    ),
)

PLATFORM_REQUEST = Table(
    "platform_request",
    METADATA,
    Column("msgid", String(30), primary_key=True),
    *_till(),
    Column("infno", String(8), nullable=False),
    Column("leg", String(32), nullable=False),
    Column("settlement_id", String(64), nullable=False),
    Column("sealed_request", LargeBinary, nullable=False),
    _number("sent_at"),
    Column("outcome", String(16), nullable=False),
    Column("infcode", String(16), nullable=False),
    Column("sealed_text", LargeBinary),
    Column("sealed_answer", LargeBinary),
    _number("answered_at", nullable=True),
    Column("millis", Integer, nullable=False),
    Index("ix_platform_request_settlement_id", "settlement_id"),
    Index("ix_platform_request_till_id_outcome", "till_id", "outcome"),
)

MEDICINE = Table(
    "medicine",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("shop_code", Text, nullable=False),
    Column("barcode", Text, nullable=False),
    Column("trace_product_code", Text, nullable=False),
    Column("body", Text, nullable=False),
    # After the body, where a store that is older got them.
    Column("generic_key", Text, nullable=False, server_default=""),
    Column("national_code", Text, nullable=False, server_default=""),
    Index("ix_medicine_shop_code", "shop_code"),
    Index("ix_medicine_barcode", "barcode"),
    Index("ix_medicine_trace_product_code", "trace_product_code"),
    Index("ix_medicine_generic_key", "generic_key"),
    Index("ix_medicine_national_code", "national_code"),
)

STAFF = Table(
    "staff",
    METADATA,
    _id(),
    Column("store_id", String(64), nullable=False),
    Column("number", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("wrong_pins", Integer, nullable=False),
    _number("locked_until", nullable=True),
    Column("pin_hash", Text, nullable=False),
    Column("sealed_name", LargeBinary, nullable=False),
    Column("level_id", String(64), nullable=False, server_default=""),
    Column("must_change", Boolean, nullable=False, server_default=false()),
    Column("mac_badge", LargeBinary),
    Column("left_on", String(10), nullable=False, server_default=""),
    UniqueConstraint("store_id", "number"),
    Index("uq_staff_badge", "store_id", "mac_badge", unique=True),
)

STOCK_MOVE = Table(
    "stock_move",
    METADATA,
    _id(),
    *_till(),
    Column("medicine_id", String(64), nullable=False),
    _number("quantity"),
    Column("kind", String(16), nullable=False),
    _number("at"),
    Column("batch", Text, nullable=False),
    Column("sale_id", String(64)),
    Column("line_no", Integer, nullable=False),
    Column("reverses", String(64), ForeignKey("stock_move.id"), unique=True),
    Column("lot_id", String(64), nullable=False, server_default=""),
    Column("document_id", String(64), nullable=False, server_default=""),
    Column("paid_by", String(16), nullable=False, server_default=""),
    Column("reason", String(32), nullable=False, server_default=""),
    _number("amount_fen", nullable=True),
    CheckConstraint("quantity <> 0", name="moves_something"),
    Index("ix_stock_move_medicine_id", "medicine_id", "kind", "quantity"),
    Index("ix_stock_move_sale_id", "sale_id"),
    Index("ix_stock_move_lot_id", "lot_id", "kind", "quantity"),
    Index("ix_stock_move_at", "at"),
    Index("ix_stock_move_document_id", "document_id"),
)

SOLD_CODE = Table(
    "sold_code",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    *_till(),
    Column("code", String(100), nullable=False),
    Column("sale_id", String(64), ForeignKey("sale.id"), nullable=False),
    _number("taken_at"),
    _number("freed_at", nullable=True),
    Column("live", Boolean, nullable=False),
    Column("split_pack", Boolean, nullable=False),
    # One live sale a code; the packs that are sold by the piece may share theirs.
    Index(
        "uq_sold_code_live",
        "code",
        unique=True,
        sqlite_where=text("live AND NOT split_pack"),
        postgresql_where=text("live AND NOT split_pack"),
    ),
    Index("ix_sold_code_code", "code"),
    Index("ix_sold_code_sale_id", "sale_id"),
)

SALE_RETURN = Table(
    "sale_return",
    METADATA,
    _id(),
    *_till(),
    Column("sale_id", String(64), ForeignKey("sale.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("staff_id", String(64), nullable=False),
    Column("approver_id", String(64), nullable=False),
    _number("asked_at"),
    Column("quantities", Text, nullable=False),
    Column("codes", Text, nullable=False),
    Column("replacement_sale_id", String(64), nullable=False),
    Column("sealed_note", LargeBinary),
    Column("shift_id", String(64), nullable=False, server_default=""),
    Index("ix_sale_return_sale_id", "sale_id"),
    Index("ix_sale_return_state", "state"),
    Index("ix_sale_return_shift_id", "shift_id"),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("seq", RUNNING, primary_key=True, autoincrement=True),
    *_till(),
    Column("key", String(128), nullable=False, unique=True),
    Column("aggregate", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("sealed_payload", LargeBinary, nullable=False),
    _number("at"),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    _number("next_try_at", nullable=True),
    _number("settled_at", nullable=True),
    Column("sealed_answer", LargeBinary),
    Column("held_by", String(128)),
    Index("ix_outbox_state", "state", "seq"),
)

# Only what the sender touched stands in these three: they cost a sale nothing.
for _name, _first, _some in (
    ("rest", "next_try_at", "next_try_at"),
    ("way", "aggregate", "next_try_at"),
    ("held", "held_by", "held_by"),
):
    _there = OUTBOX.c[_some].is_not(None)
    Index(
        f"ix_outbox_{_name}",
        OUTBOX.c[_first],
        OUTBOX.c.seq,
        sqlite_where=_there,
        postgresql_where=_there,
    )

COUNTER = Table(
    "counter",
    METADATA,
    Column("store_id", String(64), nullable=False),
    Column("name", String(128), nullable=False),
    _number("value"),
    PrimaryKeyConstraint("store_id", "name"),
    sqlite_with_rowid=False,
)

SETTING = Table(
    "setting",
    METADATA,
    Column("store_id", String(64), nullable=False),
    Column("key", String(128), nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("store_id", "key"),
    sqlite_with_rowid=False,
)

ACT_LOG = Table(
    "act_log",
    METADATA,
    Column("chain_id", String(130), nullable=False),
    _number("seq"),
    _number("at"),
    Column("actor", String(64), nullable=False),
    Column("act", String(64), nullable=False),
    Column("entry", Text, nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    PrimaryKeyConstraint("chain_id", "seq"),
    sqlite_with_rowid=False,
)
