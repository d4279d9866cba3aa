"""The number of the parcel in which a proxy's purchase goes to the patient, sealed (HY-3.6c)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new column; purchases before it were handed over, or their parcels are not known."""
    op.add_column("proxy_purchase", sa.Column("sealed_shipping", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
