"""Alerts of the supervision subsystem, and notes on lines of watched drugs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def _acts() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
    )


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "supervision_alert",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("rule_id", sa.String(length=50), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_alert")),
    )
    op.create_index("ix_supervision_alert_state", "supervision_alert", ["store_id", "state", "at"])
    op.create_index("ix_supervision_alert_at", "supervision_alert", ["store_id", "at"])
    op.create_index("ix_supervision_alert_sale", "supervision_alert", ["sale_id"])
    op.create_table(
        "sale_line_note",
        *_acts(),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sale_id", "line_no", name=op.f("pk_sale_line_note")),
    )
    op.create_index("ix_sale_line_note_at", "sale_line_note", ["store_id", "at"])


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
