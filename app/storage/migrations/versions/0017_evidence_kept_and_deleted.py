"""What becomes of evidence: deletions, holds, looks, exports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """New tables, a mark on the exhibits, and an index that finds what is due."""
    op.add_column("evidence", sa.Column("deleted_at", sa.BigInteger(), nullable=True))
    op.create_index("ix_evidence_till_id", "evidence", ["till_id", "at"], unique=False)
    _deletions()
    _holds()
    _looks()
    _parcels()


def _acts() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
    )


def _deletions() -> None:
    op.create_table(
        "evidence_deletion",
        sa.Column("exhibit_id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("destroyed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("exhibit_id", name=op.f("pk_evidence_deletion")),
    )
    for name, other in (("till_id", "destroyed_at"), ("store_id", "decided_at")):
        op.create_index(
            f"ix_evidence_deletion_{name}", "evidence_deletion", [name, other], unique=False
        )


def _holds() -> None:
    op.create_table(
        "evidence_hold",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("sealed_file_no", sa.LargeBinary(), nullable=True),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.String(length=64), nullable=False),
        sa.Column("lifted_second", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_hold")),
    )
    op.create_index(
        "ix_evidence_hold_store_id", "evidence_hold", ["store_id", "set_at"], unique=False
    )


def _looks() -> None:
    op.create_table(
        "evidence_look",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        *_acts(),
        sa.Column("exhibit_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_evidence_look")),
    )
    op.create_index("ix_evidence_look_exhibit_id", "evidence_look", ["exhibit_id"], unique=False)


def _parcels() -> None:
    op.create_table(
        "evidence_parcel",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=False),
        sa.Column("sealed_purpose", sa.LargeBinary(), nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_parcel")),
    )
    op.create_index(
        "ix_evidence_parcel_store_id", "evidence_parcel", ["store_id", "at"], unique=False
    )


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
