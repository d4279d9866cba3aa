"""What was keyed in from the insurer's portal: each id once a store, and by whom."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_AMOUNTS = ("total", "fund", "account", "cash")


def upgrade() -> None:
    """One table; what was keyed before it stood there is put in, by nobody known."""
    op.create_table(
        "portal_entry",
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("setl_id", sa.String(length=30), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("at", "told_at")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _AMOUNTS),
        sa.PrimaryKeyConstraint("store_id", "setl_id", name=op.f("pk_portal_entry")),
    )
    op.create_index("ix_portal_entry_settlement_id", "portal_entry", ["settlement_id"])
    op.create_index("ix_portal_entry_sale_id", "portal_entry", ["sale_id"])
    op.create_index("ix_portal_entry_told_at", "portal_entry", ["store_id", "told_at"])
    _fill(op.get_bind())


def _fill(books: sa.Connection) -> None:
    keyed = sa.text(
        "SELECT store_id, till_id, id, sale_id, submitted_at, setl_id, total, fund, account, cash,"
        " cancel_answer FROM settlement"
        " WHERE mode = 'portal_assisted' AND answer IS NOT NULL ORDER BY submitted_at"
    )
    known = set[tuple[str, str]]()
    for row in books.execute(keyed).mappings().all():
        told = json.loads(row["cancel_answer"] or "{}")
        for setl_id, cancel in ((row["setl_id"], False), (told.get("setl_id", ""), True)):
            # Before this table one id could be keyed at two tills: the first of them stands.
            if not setl_id or (row["store_id"], setl_id) in known:
                continue
            known.add((row["store_id"], setl_id))
            _put(books, row, setl_id, cancel)


def _put(books: sa.Connection, row: sa.RowMapping, setl_id: str, cancel: bool) -> None:
    names = ("store_id", "setl_id", "till_id", "settlement_id", "sale_id", "cancel", "by", "at",
             "told_at", *_AMOUNTS)  # fmt: skip
    sign = -1 if cancel else 1
    values = {
        "store_id": row["store_id"], "setl_id": setl_id, "till_id": row["till_id"],
        "settlement_id": row["id"], "sale_id": row["sale_id"], "cancel": cancel, "by": "",
        "at": row["submitted_at"] or 0, "told_at": row["submitted_at"] or 0,
        **{name: sign * (row[name] or 0) for name in _AMOUNTS},
    }  # fmt: skip
    table = sa.table("portal_entry", *(sa.column(name) for name in names))
    books.execute(sa.insert(table).values(values))


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
