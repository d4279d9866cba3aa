"""Whose turn it is in the outbox: rows that rest, are under way or stand behind others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column and three small indexes; what was under way is due at once."""
    op.add_column("outbox", sa.Column("held_by", sa.String(length=128), nullable=True))
    op.execute("UPDATE outbox SET next_try_at = at WHERE state = 'sent' AND next_try_at IS NULL")
    op.execute("UPDATE outbox SET next_try_at = NULL WHERE state <> 'sent'")
    for name, first, some in (
        ("rest", "next_try_at", "next_try_at"),
        ("way", "aggregate", "next_try_at"),
        ("held", "held_by", "held_by"),
    ):
        there = sa.text(f"{some} IS NOT NULL")
        op.create_index(
            f"ix_outbox_{name}", "outbox", [first, "seq"],
            sqlite_where=there, postgresql_where=there,
        )  # fmt: skip


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
