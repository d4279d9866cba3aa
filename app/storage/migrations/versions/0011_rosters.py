"""Rosters of special-disease and two-disease persons: batches, and the sealed rows of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "roster_batch",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("settlement", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("effective", sa.String(length=10), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("importer_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_roster_batch")),
    )
    op.create_index("ix_roster_batch_store_id", "roster_batch", ["store_id", "seq"], unique=False)
    op.create_table(
        "roster_entry",
        sa.Column("batch_seq", _RUNNING, nullable=False),
        sa.Column("mac_cert_no", sa.LargeBinary(length=32), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("sealed_person", sa.LargeBinary(), nullable=True),
        sa.Column("disease", sa.String(length=64), nullable=False),
        sa.Column("disease_name", sa.Text(), nullable=False),
        sa.Column("begins", sa.String(length=10), nullable=False),
        sa.Column("ends", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_seq"], ["roster_batch.seq"], name=op.f("fk_roster_entry_batch_seq")
        ),
        sa.PrimaryKeyConstraint("batch_seq", "mac_cert_no", "no", name=op.f("pk_roster_entry")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
