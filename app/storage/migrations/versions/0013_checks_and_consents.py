"""Person against credential, and consents of persons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """New tables only."""
    _checks()
    _consents()


def _checks() -> None:
    op.create_table(
        "person_check",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("credential", sa.String(length=8), nullable=False),
        sa.Column("model_id", sa.String(length=64), nullable=False),
        sa.Column("distance_e4", sa.Integer(), nullable=True),
        sa.Column("threshold_e4", sa.Integer(), nullable=True),
        sa.Column("liveness", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.String(length=64), nullable=False),
        sa.Column("second_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_person_check")),
        sa.UniqueConstraint("id", name=op.f("uq_person_check_id")),
    )
    for name in ("sale_id", "person_id"):
        op.create_index(f"ix_person_check_{name}", "person_check", [name], unique=False)


def _consents() -> None:
    op.create_table(
        "consent",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("text_version", sa.String(length=32), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("given_to", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("exhibit_id", sa.String(length=64), nullable=False),
        sa.Column("guardian", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_consent")),
        sa.UniqueConstraint("id", name=op.f("uq_consent_id")),
    )
    op.create_index("ix_consent_person_id", "consent", ["person_id"], unique=False)


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
