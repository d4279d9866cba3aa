"""Stock-takes: tasks, frozen lists, counts, differences, results, and where drugs lie."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str, length: int = 64, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def _big(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _of(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_stocktake_id")
    return sa.ForeignKeyConstraint(["stocktake_id"], ["stocktake.id"], name=name)


def _goods() -> tuple[sa.Column[str], sa.Column[str], sa.Column[str]]:
    return _text("medicine_id"), _text("lot_id"), _text("batch")


def upgrade() -> None:
    """New tables only."""
    _tasks()
    _entries()
    _differences()
    _zones()


def _tasks() -> None:
    op.create_table(
        "stocktake",
        *(_text("id"), _text("store_id"), _text("till_id"), _text("number", 32)),
        *(_text("period", 16, nullable=True), _text("state", 16), _big("opened_at")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sealed_handed_to", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocktake")),
        sa.UniqueConstraint("store_id", "number", name=op.f("uq_stocktake_store_id_number")),
        sa.UniqueConstraint("store_id", "period", name=op.f("uq_stocktake_store_id_period")),
    )
    op.create_table(
        "stocktake_line",
        *(_text("stocktake_id"), sa.Column("no", sa.Integer(), nullable=False)),
        *(_text("medicine_id"), _text("lot_id"), _text("zone"), _text("position")),
        _big("expected"),
        _of("stocktake_line"),
        sa.PrimaryKeyConstraint("stocktake_id", "no", name=op.f("pk_stocktake_line")),
    )
    op.create_index("ix_stocktake_line_medicine_id", "stocktake_line", ["medicine_id"])


def _entries() -> None:
    op.create_table(
        "stocktake_entry",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        *(_text("store_id"), _text("till_id"), _text("id"), _text("stocktake_id")),
        *(_text("medicine_id"), _text("lot_id"), _text("zone"), _text("position")),
        *(_text("round", 8), _big("counted"), _text("counter_id"), _text("by_id")),
        *(_text("device"), _big("at"), sa.Column("in_basket", sa.Boolean(), nullable=False)),
        *(_text("undoes"), _text("batch")),
        *(_text("made_on", 10, nullable=True), _text("expires_on", 10, nullable=True)),
        _of("stocktake_entry"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_stocktake_entry")),
        sa.UniqueConstraint("id", name=op.f("uq_stocktake_entry_id")),
    )
    op.create_index("ix_stocktake_entry_stocktake_id", "stocktake_entry", ["stocktake_id"])
    op.create_table(
        "stocktake_sheet",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        *(_text("store_id"), _text("till_id"), _text("id"), _text("stocktake_id")),
        *(_text("digest"), _big("at"), _text("by_id")),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _of("stocktake_sheet"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_stocktake_sheet")),
        sa.UniqueConstraint("id", name=op.f("uq_stocktake_sheet_id")),
        sa.UniqueConstraint(
            "stocktake_id", "digest", name=op.f("uq_stocktake_sheet_stocktake_id_digest")
        ),
    )


def _differences() -> None:
    op.create_table(
        "stocktake_difference",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        *(_text("stocktake_id"), *_goods(), _big("counted"), _big("ledger"), _big("at")),
        *(_text("round", 8), sa.Column("moved", sa.Boolean(), nullable=False), _text("why", 16)),
        *(_text("reason", 32), _text("reason_by")),
        sa.Column("more", sa.Text(), nullable=False),
        _of("stocktake_difference"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_stocktake_difference")),
        sa.UniqueConstraint(
            *("stocktake_id", "medicine_id", "lot_id", "batch"),
            name=op.f("uq_stocktake_difference_stocktake_id_medicine_id_lot_id_batch"),
        ),
    )
    op.create_table(
        "stocktake_result",
        *(_text("stocktake_id"), sa.Column("no", sa.Integer(), nullable=False)),
        *(*_goods(), _big("counted", nullable=True), _big("ledger"), _big("at", nullable=True)),
        *(_text("round", 8), _text("reason", 32), _big("worth_fen", nullable=True)),
        sa.Column("counters", sa.Text(), nullable=False),
        _of("stocktake_result"),
        sa.PrimaryKeyConstraint("stocktake_id", "no", name=op.f("pk_stocktake_result")),
    )


def _zones() -> None:
    op.create_table(
        "shelf_zone",
        *(_text("id"), _text("store_id"), _text("till_id"), _text("name")),
        sa.Column("ordering", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_zone")),
        sa.UniqueConstraint("store_id", "name", name=op.f("uq_shelf_zone_store_id_name")),
    )
    op.create_table(
        "shelf_place",
        *(_text("store_id"), _text("medicine_id"), _text("zone"), _text("position")),
        sa.PrimaryKeyConstraint(
            *("store_id", "medicine_id", "zone", "position"), name=op.f("pk_shelf_place")
        ),
    )


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
