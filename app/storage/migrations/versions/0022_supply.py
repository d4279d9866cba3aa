"""Suppliers, what was approved of them, orders, receivings, and what their files taught."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables only."""
    _suppliers()
    _orders()
    _receivings()
    op.create_table(
        "supply_memory",
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("supplier_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "store_id", "supplier_id", "kind", "word", name=op.f("pk_supply_memory")
        ),
    )


def _suppliers() -> None:
    op.create_table(
        "supplier",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
    )
    op.create_index("uq_supplier_name_key", "supplier", ["store_id", "name_key"], unique=True)
    op.create_table(
        "first_product",
        sa.Column("supplier_id", sa.String(length=64), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", "medicine_id", name=op.f("pk_first_product")),
    )


def _orders() -> None:
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("supplier_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
    )
    op.create_index("ix_purchase_order_at", "purchase_order", ["store_id", "at"])


def _receivings() -> None:
    op.create_table(
        "receiving",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("supplier_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("note_no", sa.Text(), nullable=False),
        sa.Column("note_taken", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receiving")),
    )
    op.create_index("uq_receiving_note_taken", "receiving", ["note_taken"], unique=True)
    op.create_index("ix_receiving_at", "receiving", ["store_id", "state", "at"])
    op.create_table(
        "receiving_line",
        sa.Column("receiving_id", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receiving_id"], ["receiving.id"], name=op.f("fk_receiving_line_receiving_id")
        ),
        sa.PrimaryKeyConstraint("receiving_id", "no", name=op.f("pk_receiving_line")),
    )


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
