"""Comparisons with the platform: days, differences, documented corrections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def _acts() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
    )


def upgrade() -> None:
    """Three new tables."""
    op.create_table(
        "statement",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_index("ix_statement_day", "statement", ["store_id", "day", "at"])
    op.create_table(
        "statement_difference",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_difference")),
        sa.UniqueConstraint(
            "store_id", "day", "key", name=op.f("uq_statement_difference_store_id_day_key")
        ),
    )
    op.create_index(
        "ix_statement_difference_state", "statement_difference", ["store_id", "state", "day"]
    )
    op.create_table(
        "statement_correction",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("msgid", sa.String(length=30), nullable=False),
        sa.Column("negative", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("fund_fen", sa.BigInteger(), nullable=False),
        sa.Column("account_fen", sa.BigInteger(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_correction")),
    )
    op.create_index("ix_statement_correction_day", "statement_correction", ["store_id", "day"])
    op.create_index("ix_statement_correction_msgid", "statement_correction", ["msgid"])


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
