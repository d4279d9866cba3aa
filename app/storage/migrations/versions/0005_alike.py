"""What a prescription finds drugs by: the folded generic name and the national code."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_AT_ONCE = 2000
"""Rows read and written together: a catalogue is never whole in memory."""


def upgrade() -> None:
    """Two columns, filled from the drugs that are there, and then their indexes."""
    for name in ("generic_key", "national_code"):
        column = sa.Column(name, sa.Text(), nullable=False, server_default="")
        op.add_column("medicine", column)
    _fill(op.get_bind())
    for name in ("generic_key", "national_code"):
        op.create_index(f"ix_medicine_{name}", "medicine", [name], unique=False)


def _fill(connection: sa.Connection) -> None:
    medicine = sa.table(
        "medicine",
        *(sa.column(name, sa.Text()) for name in ("id", "body", "generic_key", "national_code")),
    )
    after = sa.bindparam("b_after", type_=sa.Text())
    page = sa.select(medicine.c.id, medicine.c.body).where(medicine.c.id > after)
    page = page.order_by(medicine.c.id).limit(_AT_ONCE)
    change = medicine.update().where(medicine.c.id == sa.bindparam("b_id"))
    change = change.values(
        generic_key=sa.bindparam("b_generic"), national_code=sa.bindparam("b_national")
    )
    last = ""
    while rows := connection.execute(page, {"b_after": last}).all():
        connection.execute(change, [_keys(row.id, json.loads(row.body)) for row in rows])
        last = rows[-1].id


def _keys(identity: str, body: dict[str, Any]) -> dict[str, str]:
    """As the program folded names when this step was written; a step never changes later."""
    name = body.get("generic_name") or body["display_name"]
    plain = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return {
        "b_id": identity,
        "b_generic": plain,
        "b_national": body.get("national_code", ""),
    }


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
