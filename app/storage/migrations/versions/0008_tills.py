"""A store knows itself and its tills, so that one that joins finds keys and a free number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables; a store of a single till has no row in them."""
    op.create_table(
        "store",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("institution_code", sa.String(length=12), nullable=False),
        sa.Column("sealed_record", sa.LargeBinary(), nullable=False),
        sa.Column("ring", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("place = 1", name=op.f("ck_store_one_store")),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_store")),
        sa.UniqueConstraint("id", name=op.f("uq_store_id")),
    )
    op.create_table(
        "till",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=64), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_till_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till")),
        sa.UniqueConstraint("store_id", "no", name=op.f("uq_till_store_id_no")),
    )


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
