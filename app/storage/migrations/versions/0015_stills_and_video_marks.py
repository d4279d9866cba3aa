"""Purchase stills, video marks of sales, daily looks at the recorder."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables only."""
    _stills()
    _marks()
    _checks()


def _stills() -> None:
    op.create_table(
        "purchase_still",
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("till_no", sa.Integer(), nullable=False),
        sa.Column("receipt_no", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("settlement_ids", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("exhibit_id", sa.String(length=64), nullable=False),
        sa.Column("consent_id", sa.String(length=64), nullable=False),
        sa.Column("fault", sa.String(length=16), nullable=False),
        sa.Column("gap", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("sale_id", name=op.f("pk_purchase_still")),
    )
    columns = ["store_id", "state", "answer"]
    op.create_index("ix_purchase_still_state", "purchase_still", columns, unique=False)


def _marks() -> None:
    op.create_table(
        "video_mark",
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("till_no", sa.Integer(), nullable=False),
        sa.Column("channels", sa.String(length=1024), nullable=False),
        sa.Column("begins", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("receipt_no", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("settlement_types", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("sale_id", name=op.f("pk_video_mark")),
    )
    op.create_index("ix_video_mark_ends", "video_mark", ["store_id", "ends"], unique=False)


def _checks() -> None:
    op.create_table(
        "recorder_check",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("live", sa.String(length=1024), nullable=False),
        sa.Column("down", sa.String(length=1024), nullable=False),
        sa.Column("oldest", sa.String(length=10), nullable=False),
        sa.Column("ahead_seconds", sa.Integer(), nullable=True),
        sa.Column("free_days", sa.Integer(), nullable=True),
        sa.Column("keep_days", sa.Integer(), nullable=True),
        sa.Column("doubts", sa.String(length=256), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorder_check")),
    )
    op.create_index("ix_recorder_check_at", "recorder_check", ["store_id", "at"], unique=False)


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
