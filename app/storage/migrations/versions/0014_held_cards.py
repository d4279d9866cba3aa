"""Held cards: cases, uses, unexplained cards, evening counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables only."""
    _cards()
    _uses()
    _gaps()
    _counts()


def _cards() -> None:
    op.create_table(
        "held_card",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("mac_cert_no", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mac_card_no", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_holder", sa.LargeBinary(), nullable=True),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("disease", sa.Text(), nullable=False),
        sa.Column("applied_on", sa.String(length=10), nullable=False),
        sa.Column("applied_by", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("filing_no", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.String(length=10), nullable=True),
        sa.Column("filed_by", sa.String(length=64), nullable=False),
        sa.Column("consent_no", sa.Text(), nullable=False),
        sa.Column("consent_on", sa.String(length=10), nullable=True),
        sa.Column("valid_until", sa.String(length=10), nullable=True),
        sa.Column("consent_by", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("expected_return", sa.String(length=10), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.Column("return_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_card")),
    )
    op.create_index("ix_held_card_mac_card_no", "held_card", ["mac_card_no"], unique=False)
    op.create_index("ix_held_card_mac_cert_no", "held_card", ["mac_cert_no"], unique=False)
    op.create_index("ix_held_card_store_id_state", "held_card", ["store_id", "state"], unique=False)


def _uses() -> None:
    op.create_table(
        "held_card_use",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("held_id", sa.String(length=64), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("sealed_bearer", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_id", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["held_id"], ["held_card.id"], name=op.f("fk_held_card_use_held_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_card_use")),
        sa.UniqueConstraint("sale_id", name=op.f("uq_held_card_use_sale_id")),
    )
    op.create_index("ix_held_card_use_held_id", "held_card_use", ["held_id"], unique=False)
    op.create_index(
        "ix_held_card_use_store_id_confirmed_at",
        "held_card_use",
        ["store_id", "confirmed_at"],
        unique=False,
    )


def _gaps() -> None:
    op.create_table(
        "held_card_gap",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("held_id", sa.String(length=64), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=False),
        sa.Column("end", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_card_gap")),
    )
    op.create_index(
        "ix_held_card_gap_store_id_ended_at",
        "held_card_gap",
        ["store_id", "ended_at"],
        unique=False,
    )


def _counts() -> None:
    op.create_table(
        "held_card_count",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("surplus", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_card_count")),
    )
    op.create_index(
        "ix_held_card_count_store_id_at", "held_card_count", ["store_id", "at"], unique=False
    )


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
