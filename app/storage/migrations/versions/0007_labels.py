"""Labels among the papers: which line of the sale, and the directions where somebody typed them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns; the papers that are there have neither."""
    op.add_column(
        "print_job", sa.Column("line_no", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("print_job", sa.Column("usage", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
