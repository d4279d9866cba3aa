"""Why goods in quarantine were accepted or rejected, sealed with their lot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new column; what was said before stands in the log of acts alone."""
    op.add_column("stock_lot", sa.Column("sealed_judged", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
