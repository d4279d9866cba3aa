"""Prescriptions, pharmacists and their duty, what is owed or missing, lists of the authorities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables only, and the way from a person to what was bought before."""
    op.create_table(
        "circulation_list",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("effective", sa.String(length=10), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.Column("importer_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("checksum", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_circulation_list")),
    )
    op.create_index(
        "ix_circulation_list_store_id", "circulation_list", ["store_id", "seq"], unique=False
    )
    op.create_table(
        "duty",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("on_at", sa.BigInteger(), nullable=False),
        sa.Column("off_at", sa.BigInteger(), nullable=True),
        sa.Column("off_why", sa.String(length=16), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index("ix_duty_store_id_on_at", "duty", ["store_id", "on_at"], unique=False)
    op.create_index(
        "uq_duty_open",
        "duty",
        ["store_id", "staff_id"],
        unique=True,
        sqlite_where=sa.text("off_at IS NULL"),
        postgresql_where=sa.text("off_at IS NULL"),
    )
    op.create_table(
        "listed",
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("disease", sa.String(length=64), nullable=False),
        sa.Column("begins", sa.String(length=10), nullable=False),
        sa.Column("ends", sa.String(length=10), nullable=True),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "kind", "code", "no", name=op.f("pk_listed")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "owing",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed_what", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owing")),
    )
    op.create_index("ix_owing_case_id", "owing", ["case_id"], unique=False)
    op.create_index("ix_owing_store_id_state", "owing", ["store_id", "state", "due"], unique=False)
    op.create_table(
        "pharmacist",
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_binding", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "staff_id", name=op.f("pk_pharmacist")),
    )
    op.create_table(
        "rx_case",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("next_ask_at", sa.BigInteger(), nullable=True),
        sa.Column("mac_number", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_sheet", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_tokens", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_acts", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_last_text", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rx_case")),
    )
    op.create_index("ix_rx_case_mac_number", "rx_case", ["mac_number"], unique=False)
    op.create_index("ix_rx_case_sale_id", "rx_case", ["sale_id"], unique=False)
    op.create_index(
        "ix_rx_case_store_id_arrived_at", "rx_case", ["store_id", "arrived_at"], unique=False
    )
    op.create_index(
        "ix_rx_case_store_id_state", "rx_case", ["store_id", "state", "arrived_at"], unique=False
    )
    op.create_index(
        "uq_rx_case_live_sale",
        "rx_case",
        ["sale_id"],
        unique=True,
        sqlite_where=sa.text(
            "sale_id <> '' AND state NOT IN ('dead', 'refused', 'released', 'returned', 'used')"
        ),
        postgresql_where=sa.text(
            "sale_id <> '' AND state NOT IN ('dead', 'refused', 'released', 'returned', 'used')"
        ),
    )
    op.create_table(
        "unmet_request",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("national_code", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmet_request")),
    )
    op.create_index(
        "ix_unmet_request_store_id_at", "unmet_request", ["store_id", "done_at", "at"], unique=False
    )
    op.create_table(
        "circulation_entry",
        sa.Column("list_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("national_code", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=True),
        sa.Column("valid_to", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_seq"], ["circulation_list.seq"], name=op.f("fk_circulation_entry_list_seq")
        ),
        sa.PrimaryKeyConstraint(
            "list_seq", "national_code", "no", name=op.f("pk_circulation_entry")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rx_file",
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["rx_case.id"], name=op.f("fk_rx_file_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_rx_file")),
    )
    op.create_index("ix_sale_person_id_done_at", "sale", ["person_id", "done_at"], unique=False)


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
