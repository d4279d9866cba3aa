"""Lots, what baskets hold of them, and movements that say lot, document, money and reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """New tables and columns; goods without a lot get one of their drug, batch unknown."""
    _lots()
    _holds()
    _moves()
    _opening_lots()


def _lots() -> None:
    op.create_table(
        "stock_lot",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("made_on", sa.String(length=10), nullable=True),
        sa.Column("expires_on", sa.String(length=10), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("supplier_id", sa.String(length=64), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=64), nullable=False),
        sa.Column("opening", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_lot")),
    )
    op.create_index("ix_stock_lot_medicine_id", "stock_lot", ["medicine_id", "expires_on"])
    op.create_index("ix_stock_lot_batch", "stock_lot", ["batch"])
    op.create_index("ix_stock_lot_document_id", "stock_lot", ["document_id"])


def _holds() -> None:
    op.create_table(
        "stock_hold",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_stock_hold_lot_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_stock_hold")),
    )
    op.create_index("ix_stock_hold_lot_id", "stock_hold", ["lot_id"])
    op.create_index("ix_stock_hold_sale_id", "stock_hold", ["sale_id"])


def _moves() -> None:
    for name, kind in (
        ("lot_id", sa.String(length=64)),
        ("document_id", sa.String(length=64)),
        ("paid_by", sa.String(length=16)),
        ("reason", sa.String(length=32)),
    ):
        op.add_column("stock_move", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("stock_move", sa.Column("amount_fen", sa.BigInteger(), nullable=True))
    op.create_index("ix_stock_move_lot_id", "stock_move", ["lot_id", "kind", "quantity"])
    op.create_index("ix_stock_move_at", "stock_move", ["at"])
    op.create_index("ix_stock_move_document_id", "stock_move", ["document_id"])


def _opening_lots() -> None:
    op.execute(
        "INSERT INTO stock_lot (id, store_id, till_id, medicine_id, batch, document_id,"
        " supplier_id, state, why, opening, received_at)"
        " SELECT 'opening/' || medicine_id, MIN(store_id), MIN(till_id), medicine_id, '', '', '',"
        " 'saleable', '', true, MIN(at) FROM stock_move GROUP BY medicine_id"
    )
    op.execute("UPDATE stock_move SET lot_id = 'opening/' || medicine_id")


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
