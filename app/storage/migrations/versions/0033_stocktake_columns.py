"""Frozen lists also as one text, and counts of sheets by columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table; what sheets brought before is written anew, column by column."""
    op.create_table(
        "stocktake_list",
        sa.Column("stocktake_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_stocktake_list_stocktake_id")
        ),
        sa.PrimaryKeyConstraint("stocktake_id", name=op.f("pk_stocktake_list")),
    )
    books = op.get_bind()
    sheet = sa.table("stocktake_sheet", sa.column("seq"), sa.column("body"))
    for seq, body in books.execute(sa.select(sheet.c.seq, sheet.c.body)).all():
        changed = sa.update(sheet).where(sheet.c.seq == seq).values(body=_by_columns(body))
        books.execute(changed)


def _by_columns(body: str) -> str:
    """Lines of values, parted by tabs -> how many, and the columns."""
    rows = [line.split("\t") for line in body.split("\n")]
    columns = ["\x1f".join(column) for column in zip(*rows, strict=True)]
    return "\x1e".join([str(len(rows)), *columns])


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
