"""Trace codes that came in, and what suppliers' files announced of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """New tables only."""
    _received()
    _noticed()


def _received() -> None:
    op.create_table(
        "received_code",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("carton", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("left_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_received_code_lot_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_received_code")),
    )
    op.create_index(
        "uq_received_code_live",
        "received_code",
        ["code"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.create_index("ix_received_code_code", "received_code", ["code"])
    op.create_index("ix_received_code_lot_id", "received_code", ["lot_id"])
    op.create_index("ix_received_code_document_id", "received_code", ["document_id"])
    op.create_index("ix_received_code_carton", "received_code", ["carton"])


def _noticed() -> None:
    op.create_table(
        "noticed_code",
        sa.Column("code", sa.String(length=100), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=64), nullable=False),
        sa.Column("carton", sa.String(length=100), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("made_on", sa.String(length=10), nullable=True),
        sa.Column("expires_on", sa.String(length=10), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_noticed_code")),
    )
    op.create_index("ix_noticed_code_carton", "noticed_code", ["carton"])
    op.create_index("ix_noticed_code_import_id", "noticed_code", ["import_id"])


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
