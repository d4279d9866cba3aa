"""Exhibits of persons, consents, proxies and held cards, not of sales alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New columns with a default, and what finds by them."""
    for name in ("person_id", "about"):
        op.add_column(
            "evidence", sa.Column(name, sa.String(length=64), nullable=False, server_default="")
        )
        op.create_index(f"ix_evidence_{name}", "evidence", [name], unique=False)


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
