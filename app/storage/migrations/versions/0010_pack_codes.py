"""Product parts of trace codes as the shop learned them: drug, pack level, boxes in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table only."""
    op.create_table(
        "pack_code",
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("product_code", sa.String(length=14), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("learned_at", sa.BigInteger(), nullable=False),
        sa.Column("learned_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "product_code", name=op.f("pk_pack_code")),
    )
    op.create_index("ix_pack_code_medicine_id", "pack_code", ["medicine_id"], unique=False)


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
