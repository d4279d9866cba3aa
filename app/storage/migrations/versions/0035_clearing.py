"""Claims of months, remittances, refused fees."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
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
        "clearing_claim",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("clr_type", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearing_claim")),
    )
    op.create_index("ix_clearing_claim_month", "clearing_claim", ["store_id", "month"])
    op.create_table(
        "remittance",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("insutype", sa.String(length=8), nullable=False),
        sa.Column("clr_type", sa.String(length=8), nullable=False),
        sa.Column("paid_on", sa.String(length=10), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("batch", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance")),
        sa.UniqueConstraint(
            "store_id", "month", "insutype", "clr_type", "reference",
            name=op.f("uq_remittance_store_id_month_insutype_clr_type_reference"),
        ),
    )  # fmt: skip
    op.create_table(
        "refused_fee",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_fee")),
    )
    op.create_index("ix_refused_fee_month", "refused_fee", ["store_id", "month"])


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
