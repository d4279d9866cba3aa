"""What people decided about disputed settlements is kept, sealed, with the attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column, empty for every attempt that nobody had to decide about."""
    op.add_column("settlement", sa.Column("sealed_decisions", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
