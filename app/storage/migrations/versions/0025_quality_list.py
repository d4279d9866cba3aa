"""The quality list, the no-code list, and why boxes were sold without a code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables only."""
    _cases()
    _no_code()
    _uncoded()


def _cases() -> None:
    op.create_table(
        "quality_case",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("found_by", sa.String(length=64), nullable=False),
        sa.Column("till_no", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_case")),
    )
    live = sa.text("live AND code <> ''")
    op.create_index(
        "uq_quality_case_live",
        "quality_case",
        ["code"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("ix_quality_case_code", "quality_case", ["code"])
    op.create_index("ix_quality_case_live", "quality_case", ["live", "found_at"])


def _no_code() -> None:
    op.create_table(
        "no_code_lot",
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "medicine_id", "batch", name=op.f("pk_no_code_lot")),
    )


def _uncoded() -> None:
    op.create_table(
        "uncoded_line",
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("sale_id", "line_no", name=op.f("pk_uncoded_line")),
    )
    op.create_index("ix_uncoded_line_medicine_id", "uncoded_line", ["medicine_id", "batch", "at"])
    op.create_index("ix_uncoded_line_at", "uncoded_line", ["at"])


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
