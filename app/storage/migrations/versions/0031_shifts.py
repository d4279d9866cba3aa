"""Shifts, their drawers and counts, closed days; sales and returns name their shift."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def _acts() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
    )


def upgrade() -> None:
    """New tables, and a column each for sales and returns: those of before name no shift."""
    for table in ("sale", "sale_return"):
        op.add_column(
            table, sa.Column("shift_id", sa.String(length=64), nullable=False, server_default="")
        )
    told = sa.text("shift_id <> ''")
    op.create_index(
        "ix_sale_shift_id", "sale", ["shift_id"], sqlite_where=told, postgresql_where=told
    )
    op.create_index("ix_sale_return_shift_id", "sale_return", ["shift_id"])
    _shift()
    _drawer()
    _closes()


def _shift() -> None:
    op.create_table(
        "shift",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("by_itself", sa.Boolean(), nullable=False),
        sa.Column("closed_by", sa.String(length=64), nullable=False),
        sa.Column("released_by", sa.String(length=64), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("close_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("store_id", "number", name=op.f("uq_shift_store_id_number")),
    )
    opened = sa.text("state = 'open'")
    op.create_index(
        "uq_shift_open", "shift", ["store_id", "till_id"], unique=True,
        sqlite_where=opened, postgresql_where=opened,
    )  # fmt: skip
    op.create_index("ix_shift_close_id", "shift", ["close_id"])
    op.create_index("ix_shift_opened_at", "shift", ["opened_at"])


def _drawer() -> None:
    op.create_table(
        "drawer_move",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("shift_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.Column("second_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_drawer_move_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawer_move")),
    )
    op.create_index("ix_drawer_move_shift_id", "drawer_move", ["shift_id"])
    counted = sa.text("kind = 'float'")
    op.create_index(
        "uq_drawer_move_float", "drawer_move", ["shift_id"], unique=True,
        sqlite_where=counted, postgresql_where=counted,
    )  # fmt: skip
    op.create_table(
        "drawer_count",
        sa.Column("shift_id", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        *_acts(),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_drawer_count_shift_id")),
        sa.PrimaryKeyConstraint("shift_id", "no", name=op.f("pk_drawer_count")),
    )


def _closes() -> None:
    op.create_table(
        "day_close",
        sa.Column("id", sa.String(length=64), nullable=False),
        *_acts(),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("open_items", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_close")),
        sa.UniqueConstraint("store_id", "day", name=op.f("uq_day_close_store_id_day")),
        sa.UniqueConstraint("store_id", "no", name=op.f("uq_day_close_store_id_no")),
    )


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
