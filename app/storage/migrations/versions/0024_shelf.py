"""Minimum stock, recalls, and where the original boxes of split packs are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def _acts() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
    )


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "stock_minimum",
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("least", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("medicine_id", name=op.f("pk_stock_minimum")),
    )
    _recalls()
    op.create_table(
        "split_pack_kept",
        sa.Column("pack_id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("pack_id", name=op.f("pk_split_pack_kept")),
    )


def _recalls() -> None:
    op.create_table(
        "stock_recall",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("notice_no", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("begun_by", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_recall")),
        sa.UniqueConstraint("number", name=op.f("uq_stock_recall_number")),
    )
    op.create_index("ix_stock_recall_batch", "stock_recall", ["batch"])


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
