"""Proxy purchases, and the document numbers of staff that a proxy is compared with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TEXTS = (
    *(("sale_id", 64), ("patient_id", 64), ("patient_kind", 8), ("state", 16), ("proxy_id", 64)),
    *(("proxy_kind", 8), ("second_id", 64), ("staff_filing", 64), ("relation", 32)),
    *(("reason", 32), ("proof", 32), ("list_digest", 64), ("signature_id", 64), ("still_id", 64)),
    *(("look", 16), ("looked_by", 64)),
)
_MOMENTS = ("listed_at", "signed_at", "pictured_at", "ended_at", "looked_at")


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "proxy_purchase",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.String(length=size), nullable=False) for name, size in _TEXTS),
        sa.Column("patient_typed", sa.Boolean(), nullable=False),
        sa.Column("proxy_typed", sa.Boolean(), nullable=False),
        sa.Column("sealed_list", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in _MOMENTS),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_purchase")),
    )
    for name in ("sale_id", "patient_id", "proxy_id", "opened_at"):
        op.create_index(f"ix_proxy_purchase_{name}", "proxy_purchase", [name], unique=False)
    op.create_table(
        "staff_document",
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("mac_cert_no", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_cert_no", sa.LargeBinary(), nullable=True),
        sa.Column("proxy_filing", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_document")),
    )
    op.create_index(
        "ix_staff_document_mac_cert_no", "staff_document", ["mac_cert_no"], unique=False
    )


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
