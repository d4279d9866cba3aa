"""Boxes that a stock-take asks for, and what the books said at the moment of each count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, length: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _of(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_stocktake_id")
    return sa.ForeignKeyConstraint(["stocktake_id"], ["stocktake.id"], name=name)


def upgrade() -> None:
    """New tables only; of counts that were typed before nothing more is known."""
    op.create_table(
        "stocktake_moment",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        *(_text("stocktake_id"), _text("entry_id")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("books", sa.Text(), nullable=False),
        _of("stocktake_moment"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_stocktake_moment")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_stocktake_moment_entry_id")),
    )
    op.create_index("ix_stocktake_moment_stocktake_id", "stocktake_moment", ["stocktake_id", "seq"])
    op.create_table(
        "stocktake_sample",
        *(_text("stocktake_id"), _text("lot_id"), _text("state", 16)),
        sa.Column("body", sa.Text(), nullable=False),
        _of("stocktake_sample"),
        sa.PrimaryKeyConstraint("stocktake_id", "lot_id", name=op.f("pk_stocktake_sample")),
    )
    op.create_table(
        "stocktake_scan",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        *(_text("store_id"), _text("till_id"), _text("id"), _text("stocktake_id")),
        *(_text("lot_id"), _text("code", 100), _text("told", 16)),
        *(sa.Column("at", sa.BigInteger(), nullable=False), _text("by_id")),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        _of("stocktake_scan"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_stocktake_scan")),
        sa.UniqueConstraint("id", name=op.f("uq_stocktake_scan_id")),
    )
    op.create_index("ix_stocktake_scan_stocktake_id", "stocktake_scan", ["stocktake_id", "lot_id"])


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
