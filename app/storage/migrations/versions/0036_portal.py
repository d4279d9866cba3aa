"""Settlements say how the shop was connected, and by which version of the interface."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns; an id of the platform is found again at once."""
    for name, length, before in (("mode", 16, "direct"), ("infver", 8, "")):
        op.add_column(
            "settlement",
            sa.Column(name, sa.String(length=length), nullable=False, server_default=before),
        )
    known = sa.text("setl_id <> ''")
    op.create_index(
        "ix_settlement_setl_id", "settlement", ["setl_id"],
        sqlite_where=known, postgresql_where=known,
    )  # fmt: skip
