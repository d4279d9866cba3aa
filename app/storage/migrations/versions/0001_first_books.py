"""The first books: sales, insurance, goods, staff, outbox, numbers, and the act log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE TRIGGER act_log_no_update BEFORE UPDATE ON act_log "
    "BEGIN SELECT RAISE(ABORT, 'act_log is append-only'); END",
    "CREATE TRIGGER act_log_no_delete BEFORE DELETE ON act_log "
    "BEGIN SELECT RAISE(ABORT, 'act_log is append-only'); END",
)

_POSTGRES = (
    "CREATE FUNCTION act_log_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'act_log is append-only'; END $$",
    "CREATE TRIGGER act_log_no_change BEFORE UPDATE OR DELETE ON act_log "
    "FOR EACH ROW EXECUTE FUNCTION act_log_append_only()",
    "CREATE TRIGGER act_log_no_truncate BEFORE TRUNCATE ON act_log "
    "FOR EACH STATEMENT EXECUTE FUNCTION act_log_append_only()",
)


def upgrade() -> None:
    """Every table, and the wall around the log."""
    op.create_table(
        "act_log",
        sa.Column("chain_id", sa.String(length=130), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "seq", name=op.f("pk_act_log")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "counter",
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "name", name=op.f("pk_counter")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "medicine",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("shop_code", sa.Text(), nullable=False),
        sa.Column("barcode", sa.Text(), nullable=False),
        sa.Column("trace_product_code", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medicine")),
        sa.UniqueConstraint("key", name=op.f("uq_medicine_key")),
    )
    op.create_index("ix_medicine_barcode", "medicine", ["barcode"], unique=False)
    op.create_index("ix_medicine_shop_code", "medicine", ["shop_code"], unique=False)
    op.create_index(
        "ix_medicine_trace_product_code", "medicine", ["trace_product_code"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("aggregate", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "seq"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("mac_psn_no", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mac_cert_no", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_insured", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("mac_psn_no", name=op.f("uq_person_mac_psn_no")),
    )
    op.create_index("ix_person_mac_cert_no", "person", ["mac_cert_no"], unique=False)
    op.create_table(
        "platform_request",
        sa.Column("msgid", sa.String(length=30), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("infno", sa.String(length=8), nullable=False),
        sa.Column("leg", sa.String(length=32), nullable=False),
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_request", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("infcode", sa.String(length=16), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("millis", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("msgid", name=op.f("pk_platform_request")),
    )
    op.create_index(
        "ix_platform_request_settlement_id", "platform_request", ["settlement_id"], unique=False
    )
    op.create_index(
        "ix_platform_request_till_id_outcome",
        "platform_request",
        ["till_id", "outcome"],
        unique=False,
    )
    op.create_table(
        "sale",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("cashier_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("receipt_no", sa.String(length=64), nullable=True),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("replaces", sa.String(length=64), nullable=False),
        sa.Column("sealed_prescription", sa.LargeBinary(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("first_line", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale")),
        sa.UniqueConstraint("store_id", "receipt_no", name=op.f("uq_sale_store_id_receipt_no")),
    )
    op.create_index("ix_sale_till_id_done_at", "sale", ["till_id", "done_at"], unique=False)
    op.create_index("ix_sale_till_id_state", "sale", ["till_id", "state"], unique=False)
    op.create_table(
        "setting",
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "key", name=op.f("pk_setting")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("store_id", "number", name=op.f("uq_staff_store_id_number")),
    )
    op.create_table(
        "stock_move",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=True),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("reverses", sa.String(length=64), nullable=True),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_stock_move_moves_something")),
        sa.ForeignKeyConstraint(
            ["reverses"], ["stock_move.id"], name=op.f("fk_stock_move_reverses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
        sa.UniqueConstraint("reverses", name=op.f("uq_stock_move_reverses")),
    )
    op.create_index(
        "ix_stock_move_medicine_id", "stock_move", ["medicine_id", "kind", "quantity"], unique=False
    )
    op.create_index("ix_stock_move_sale_id", "stock_move", ["sale_id"], unique=False)
    op.create_table(
        "sale_line",
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("medicine_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("settlement_type", sa.String(length=16), nullable=False),
        sa.Column("self_paid_by_choice", sa.Boolean(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("expiry", sa.String(length=10), nullable=False),
        sa.Column("trace_codes", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_line_sale_id")),
        sa.PrimaryKeyConstraint("sale_id", "no", name=op.f("pk_sale_line")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sale_line_medicine_id", "sale_line", ["medicine_id"], unique=False)
    op.create_table(
        "sale_return",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=64), nullable=False),
        sa.Column("approver_id", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("quantities", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("replacement_sale_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_return_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_return")),
    )
    op.create_index("ix_sale_return_sale_id", "sale_return", ["sale_id"], unique=False)
    op.create_index("ix_sale_return_state", "sale_return", ["state"], unique=False)
    op.create_table(
        "settlement",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("settlement_type", sa.String(length=16), nullable=False),
        sa.Column("route", sa.String(length=16), nullable=False),
        sa.Column("med_type", sa.String(length=16), nullable=False),
        sa.Column("account_use", sa.String(length=4), nullable=False),
        sa.Column("insurance_row", sa.Text(), nullable=False),
        sa.Column("line_nos", sa.Text(), nullable=False),
        sa.Column("disease_code", sa.Text(), nullable=False),
        sa.Column("disease_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("settle_msgid", sa.String(length=30), nullable=False),
        sa.Column("settle_infno", sa.String(length=8), nullable=False),
        sa.Column("cancel_msgid", sa.String(length=30), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("fund", sa.BigInteger(), nullable=True),
        sa.Column("account", sa.BigInteger(), nullable=True),
        sa.Column("cash", sa.BigInteger(), nullable=True),
        sa.Column("setl_id", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("cancel_answer", sa.Text(), nullable=True),
        sa.Column("estimate_fund_fen", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("visit_no", sa.Text(), nullable=True),
        sa.Column("visit_state", sa.String(length=16), nullable=True),
        sa.Column("visit_mdtrt_id", sa.Text(), nullable=True),
        sa.Column("visit_batch", sa.Text(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("next_ask_at", sa.BigInteger(), nullable=True),
        sa.Column("absent_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed_last_text", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_settlement_person_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_settlement_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
    )
    op.create_index("ix_settlement_sale_id", "settlement", ["sale_id"], unique=False)
    op.create_index("ix_settlement_till_id_state", "settlement", ["till_id", "state"], unique=False)
    op.create_table(
        "sold_code",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("store_id", sa.String(length=64), nullable=False),
        sa.Column("till_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("freed_at", sa.BigInteger(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("split_pack", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sold_code_sale_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_sold_code")),
    )
    op.create_index("ix_sold_code_code", "sold_code", ["code"], unique=False)
    op.create_index("ix_sold_code_sale_id", "sold_code", ["sale_id"], unique=False)
    op.create_index(
        "uq_sold_code_live",
        "sold_code",
        ["code"],
        unique=True,
        sqlite_where=sa.text("live AND NOT split_pack"),
        postgresql_where=sa.text("live AND NOT split_pack"),
    )
    op.create_table(
        "tender",
        sa.Column("sale_id", sa.String(length=64), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("settlement_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_tender_sale_id")),
        sa.PrimaryKeyConstraint("sale_id", "no", name=op.f("pk_tender")),
        sqlite_with_rowid=False,
    )
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES if on_postgres else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Books are never taken down."""
    raise NotImplementedError("a store is never downgraded")
