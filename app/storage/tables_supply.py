"""The tables of suppliers, orders and receivings, beside :mod:`app.storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from app.storage.tables import METADATA

SUPPLIER = Table(
    "supplier",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Index("uq_supplier_name_key", "store_id", "name_key", unique=True),
)
"""``body``: canonical JSON of :class:`app.domain.supplier.Supplier`."""

FIRST_PRODUCT = Table(
    "first_product",
    METADATA,
    Column("supplier_id", String(64), primary_key=True),
    Column("medicine_id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("body", Text, nullable=False),
)
"""``body``: canonical JSON of :class:`app.domain.supplier.FirstProduct`."""

PURCHASE_ORDER = Table(
    "purchase_order",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", String(32), nullable=False),
    Column("supplier_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_purchase_order_at", "store_id", "at"),
)
"""``body``: canonical JSON of :class:`app.domain.purchase_order.PurchaseOrder`."""

RECEIVING = Table(
    "receiving",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("store_id", String(64), nullable=False),
    Column("till_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("supplier_id", String(64), nullable=False),
    Column("order_id", String(64), nullable=False),
    Column("note_no", Text, nullable=False),
    Column("note_taken", Text, nullable=True),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("uq_receiving_note_taken", "note_taken", unique=True),
    Index("ix_receiving_at", "store_id", "state", "at"),
)
"""A receiving from its first line on; its id becomes the document's. ``note_taken``: store,
supplier and delivery note of a posted one, so that no note is posted twice, whoever posts first."""

RECEIVING_LINE = Table(
    "receiving_line",
    METADATA,
    Column("receiving_id", String(64), ForeignKey("receiving.id"), primary_key=True),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("medicine_id", String(64), nullable=False),
    Column("body", Text, nullable=False),
)
"""One line each, so that what is typed is kept line by line."""

SUPPLY_MEMORY = Table(
    "supply_memory",
    METADATA,
    Column("store_id", String(64), primary_key=True),
    Column("supplier_id", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("word", Text, primary_key=True),
    Column("meaning", Text, nullable=False),
)
"""What the shop learned of a supplier's files: which heading is what, which name is which drug."""
