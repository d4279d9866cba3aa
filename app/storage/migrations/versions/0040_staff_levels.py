"""Levels of the store's own, badges, leavers, and licences of staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four columns of staff, two tables."""
    for name, length in (("level_id", 64), ("left_on", 10)):
        op.add_column(
            "staff",
            sa.Column(name, sa.String(length=length), nullable=False, server_default=""),
        )
    op.add_column(
        "staff", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("staff", sa.Column("mac_badge", sa.LargeBinary(), nullable=True))
    op.create_index("uq_staff_badge", "staff", ["store_id", "mac_badge"], unique=True)
    op.create_table(
        "staff_level",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_staff_level")),
    )
    op.create_table(
        "staff_licence",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=False),
        sa.Column("expires", sa.String(length=10), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_licence_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_licence")),
    )
    op.create_index("ix_staff_licence_staff_id", "staff_licence", ["staff_id"])


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
