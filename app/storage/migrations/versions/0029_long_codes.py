"""Sold codes as long as received ones: a whole GS1 string is longer than 64 characters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_PARTIAL = "live AND NOT split_pack"


def upgrade() -> None:
    """SQLite copies the table: its indexes are made anew, the partial one among them."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("sold_code", "code", type_=sa.String(length=100))
        return
    op.drop_index("uq_sold_code_live", "sold_code")
    with op.batch_alter_table("sold_code") as table:
        table.alter_column("code", type_=sa.String(length=100), existing_nullable=False)
    op.create_index(
        "uq_sold_code_live", "sold_code", ["code"], unique=True, sqlite_where=sa.text(_PARTIAL)
    )


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
