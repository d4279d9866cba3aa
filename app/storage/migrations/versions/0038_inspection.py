"""Inspectors' accounts, what they looked at, and the packs that were made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Three tables; nothing is in them before the first inspection."""
    op.create_table(
        "inspector_pass",
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        *_acts(),
        _number("begins_at"),
        _number("ends_at"),
        sa.Column("sealed_order", sa.LargeBinary(), nullable=True),
        _text("opened_by"),
        _number("opened_at"),
        _text("closed_by"),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_inspector_pass")),
    )
    op.create_table(
        "inspection_look",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        *_acts(),
        _number("at"),
        _text("by"),
        _text("kind", 16),
        sa.Column("sealed_term", sa.LargeBinary(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        _text("sale_id"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inspection_look")),
    )
    op.create_index("ix_inspection_look_at", "inspection_look", ["store_id", "at"])
    op.create_table(
        "inspection_pack",
        _text("id"),
        *_acts(),
        _number("at"),
        _text("by"),
        _text("second"),
        sa.Column("sealed_purpose", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_place", sa.LargeBinary(), nullable=True),
        _number("begins"),
        _number("ends"),
        _text("medicine_id"),
        _text("sale_id"),
        sa.Column("of_person", sa.Boolean(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        _number("total"),
        sa.Column("masked", sa.Boolean(), nullable=False),
        _text("digest"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_pack")),
    )
    op.create_index("ix_inspection_pack_at", "inspection_pack", ["store_id", "at"])


def _acts() -> tuple[sa.Column[str], sa.Column[str]]:
    return _text("store_id"), _text("till_id")


def _text(name: str, length: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
