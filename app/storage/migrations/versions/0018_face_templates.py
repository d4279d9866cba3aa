"""Templates of faces, sealed, each bound to person, purpose and model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A new table only."""
    op.create_table(
        "face_template",
        sa.Column("seq", _RUNNING, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("model_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("second_id", sa.String(length=64), nullable=False),
        sa.Column("consent_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_values", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_face_template")),
        sa.UniqueConstraint("id", name=op.f("uq_face_template_id")),
    )
    op.create_index("ix_face_template_person_id", "face_template", ["person_id"], unique=False)


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
