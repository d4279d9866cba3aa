"""Which lots the boxes of a sale line are from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new column; lines of before say nothing of lots."""
    picks = sa.Column("picks", sa.Text(), nullable=False, server_default="[]")
    op.add_column("sale_line", picks)


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
